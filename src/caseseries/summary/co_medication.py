"""Other drugs of the included cases, from counts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries import catalogue
from caseseries.errors import ensure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Key
from caseseries.summary.model import DrugCount
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.shares import share
from caseseries.summary.tally_reader import TallyReader


def drugs(protocol: Protocol, counts: TallyReader, included: int) -> tuple[DrugCount, ...]:
    """Other drugs by the number of cases that took them at all, the most frequent first."""
    groups = {group: drugs_of(protocol, group) for group in protocol.prior_groups}
    rows: dict[str, dict[str, Count]] = {}
    for (drug, role), n in counts.under("drug").items():
        rows.setdefault(str(drug), {})[str(role)] = n
    found = [
        DrugCount(
            drug,
            drug_name(drug),
            tuple(group for group, members in groups.items() if drug in members),
            roles.get("earlier", NONE),
            roles.get("background", NONE),
            roles.get("added", NONE),
            roles.get("unclear", NONE),
        )
        for drug, roles in rows.items()
    ]
    for row in found:
        ensure(
            all(role.low <= included for role in (row.earlier, row.background, row.added, row.unclear)),
            "a role is one of a case",
        )
    return tuple(
        sorted(
            found,
            key=lambda row: (-sum(n.high for n in (row.earlier, row.background, row.added, row.unclear)), row.drug),
        )
    )


def prior(
    protocol: Protocol, counts: TallyReader, included: int, lacking: Mapping[str, int], level: Fraction
) -> tuple[Result, ...]:
    """For each declared group the share of cases that took it before the index date, of those in sources that could tell a drug of it.

    `lacking` are the cases of the other sources, by `other drugs` or `other drugs: GROUP`. Who may have begun it before the index date or after
    it is in neither number.
    """

    def of_group(group: str) -> Result:
        untold = sum(lacking.get(kind, 0) for kind in ("other drugs", f"other drugs: {group}"))
        name, label = f"prior/{group}", f"{group} before the index date"
        if untold and included == untold:
            return Result(name, label, None, unit="proportion", absent_because="other drugs were not charted")
        taken, unclear = counts.count("prior", group), counts.count("prior not known", group)
        known = Count(max(taken.low, included - untold - unclear.high), included - untold - unclear.low)
        return share(name, label, taken, known, level)

    return tuple(map(of_group, protocol.prior_groups))


def drug_name(key: str) -> str:
    """The printed name of an ingredient."""
    try:
        return catalogue.drug(key).key
    except catalogue.CatalogueMiss:
        return key


def of_drugs(protocol: Protocol, group: str, counts: Mapping[Key, int]) -> list[int]:
    """The cases with a drug of a group by role, and those who certainly began it before or took it on the index date; `counts` by drug and role."""
    roles: dict[str, dict[str, int]] = {}
    for (drug, role), n in counts.items():
        if drug in drugs_of(protocol, group):
            roles.setdefault(str(drug), {})[str(role)] = n
    sums = [found.get("earlier", 0) + found.get("background", 0) for found in roles.values()]
    return [n for n in (*(n for found in roles.values() for n in found.values()), *sums) if n]
