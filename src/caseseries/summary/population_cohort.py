"""The cohort of very many patients: flow, Table 1, follow-up, other drugs, from counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from caseseries.cohort.eligibility import (
    INDEX_UNSURE,
    NO_EVENT,
    NO_EXPOSURE,
    OUTSIDE_OBSERVED,
    OUTSIDE_PERIOD,
    START_UNSURE,
    WASHOUT,
)
from caseseries.errors import ensure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.eligibility import MinimumFollowUp
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.response.respond import BASELINE
from caseseries.summary.model import FlowStep, Result
from caseseries.summary.patients import drug_name, prior_share
from caseseries.summary.population_model import (
    Count,
    DrugCount,
    NotCharted,
    PopulationChange,
    PopulationDeaths,
)
from caseseries.summary.population_results import RANGED, share
from caseseries.summary.population_spread import Spread, described
from caseseries.summary.population_told import Told


def flow(protocol: Protocol, told: Told, branches: Sequence[FlowStep], found: str) -> tuple[FlowStep, ...]:
    """From the persons found to the included, each step the one before less what was removed, and then a branch per outcome.

    `found` labels the first step. Where a site withheld why persons were no cases, the flow begins with the included.
    """
    included = told.exact("cases", "", "")
    steps: list[FlowStep] = []
    if not told.withheld("cases"):
        steps = _until_included(protocol, told, included, found)
    for branch in branches:
        ensure(
            included == branch.n + sum(n for _, n in branch.removed), "an outcome's branch holds every included case"
        )
    return (*steps, FlowStep("Included", included), *branches)


def _until_included(protocol: Protocol, told: Told, included: int, found: str) -> list[FlowStep]:
    persons = told.exact("persons")
    removed: dict[str, int] = {}
    without = {NO_EXPOSURE: 0, NO_EVENT: 0}
    for (failed, undetermined), count in told.under("cases").items():
        assert count.exact is not None, "why persons are no cases is told exactly or not at all"
        if failed in without:
            without[str(failed)] += count.exact
        elif failed:
            words = f"{failed} (could not be determined)" if undetermined else str(failed)
            removed[words] = removed.get(words, 0) + count.exact
    missing = sum(without.values())
    exposed = included + sum(removed.values())
    if protocol.case.per == "patient":
        ensure(persons == missing + exposed, "every person is one case or has no index date")
    else:
        ensure(missing <= persons <= missing + exposed, "every person has a case or no index date")
    order = [INDEX_UNSURE, START_UNSURE, OUTSIDE_PERIOD, OUTSIDE_OBSERVED, WASHOUT]
    order += [criterion_words(criterion) for criterion in (*protocol.include, *protocol.exclude)]
    place = {words: number for number, words in reversed([*enumerate(order)])}
    ordered = sorted(
        removed.items(),
        key=lambda item: (place.get(item[0].removesuffix(" (could not be determined)"), len(order)), item[0]),
    )
    steps = [FlowStep(found, persons, tuple((why, n) for why, n in without.items() if n))]
    if missing or protocol.case.per == "course":
        steps.append(FlowStep("Courses" if protocol.case.per == "course" else "With an index date", exposed))
    steps[-1] = FlowStep(steps[-1].label, steps[-1].n, (*steps[-1].removed, *ordered))
    return steps


def removed_by_minimum_follow_up(protocol: Protocol, told: Told) -> int:
    """How many cases only a minimum follow-up excluded."""
    words = {criterion_words(criterion) for criterion in protocol.include if isinstance(criterion, MinimumFollowUp)}
    return sum(told.exact("cases", one, "") for one in sorted(words))


def spreads(told: Told, included: int) -> tuple[dict[str, Spread], dict[str, int]]:
    """Age in years, time since diagnosis in years, observed time and time on the drug in months; and how many are not known."""
    year, month = DAYS_PER_UNIT["year"], DAYS_PER_UNIT["month"]
    found, unknown = {}, {}
    for name, parts in (("age", Fraction(1)), ("duration", year), ("observed", month), ("on drug", month)):
        found[name], unknown[name] = told.spread(name, parts=parts)
        ensure(
            found[name].n + unknown[name] + found[name].withheld == included, f"every included case counts in {name!r}"
        )
    return found, unknown


def dose_before(protocol: Protocol, changes: Iterable[PopulationChange]) -> PopulationChange | None:
    """The first change, in the order of the outcomes, that tells the first declared daily dose at baseline; None where none does.

    So the dose is that of the days which the primary outcome looks at, as in Table 1 of a chart; a change outcome may look at other days and have
    more cases. A dose is counted where there is one afterwards too, so its cases are those with both.
    """
    name = next(iter(protocol.doses), "")
    return next((one for one in changes if one.measure == name and one.before_window == BASELINE and one.n), None)


def table_one(
    told: Told,
    found: dict[str, Spread],
    unknown: dict[str, int],
    dose: PopulationChange | None,
    included: int,
    level: Fraction,
) -> tuple[Result, ...]:
    """Age, sex, time since diagnosis and dose before of the included cases, with what is unknown; ids as in the table of a chart."""
    rows: list[Result] = []

    def numbers(key: str, label: str, name: str) -> None:
        rows.extend(described(f"table1/{key}", label, found[name], "years").values())
        if unknown[name]:
            rows.append(_unknown(f"table1/{key}/unknown", f"{label}, unknown", unknown[name], included))

    numbers("age", "Age at index", "age")
    sexes = told.under("sex")
    ensure(sum(n.low for n in sexes.values()) <= included <= sum(n.high for n in sexes.values()))
    nobody = sexes.get(("",), Count(0, 0))
    known = Count(max(0, included - nobody.high), included - nobody.low)
    for (sex,), n in sexes.items():
        if sex:
            rows.append(share(f"table1/sex/{sex}", f"Sex {sex}", n, known, level))
    if nobody.exact:
        rows.append(_unknown("table1/sex/unknown", "Sex, unknown", nobody.exact, included))
    elif nobody.high:
        low, high = Fraction(nobody.low), Fraction(nobody.high)
        rows.append(Result("table1/sex/unknown", "Sex, unknown", None, low, high, None, included, "count", "", RANGED))
    if found["duration"].n:
        numbers("disease_duration", "Time since diagnosis", "duration")
    if dose is not None:
        unit = dose.before["median"].unit
        rows.extend(described("table1/dose", "Glucocorticoid before", dose.spreads["before"], unit).values())
    return tuple(rows)


def _unknown(result_id: str, label: str, n: int, total: int) -> Result:
    return Result(result_id, label, Fraction(n), n=n, total=total, unit="count")


def follow_up(found: dict[str, Spread]) -> dict[str, Result]:
    """Observed and on-drug follow-up of the included cases in months, with the keys and ids of the small study."""
    results = described("follow_up/observed", "Follow-up, observed", found["observed"], "months")
    on_drug = described("follow_up/on_drug", "Follow-up, on drug", found["on drug"], "months")
    return {f"observed/{key}": one for key, one in results.items()} | {
        f"on_drug/{key}": one for key, one in on_drug.items()
    }


def deaths(told: Told, patients: Count, lacking: NotCharted | None, level: Fraction) -> PopulationDeaths | None:
    """How many of the included patients died and how long after the index date; None where no site tells. `lacking` are the sources
    without deaths, whose patients count in nothing."""
    found, _ = told.spread("deaths", parts=Fraction(1))
    people = found.n + told.exact("no death")
    if (found.withheld or lacking is not None) and not people:
        return None
    untold = Count(0, 0) if lacking is None else lacking.patients
    ensure(people + untold.low <= patients.high, "a patient has died or has not")
    ensure(found.withheld or patients.low <= people + untold.high, "a patient has died or has not")
    within = told.count("deaths within")
    ensure(within.low <= found.n, "who died within follow-up has died")
    dead, every = Count(found.n, found.n), Count(people, people)
    return PopulationDeaths(
        people, found.n, within, share("deaths/died", "died", dead, every, level),
        described("deaths/days", "Days from the index date to the death", found, "days"), found,
    )  # fmt: skip


def drugs(protocol: Protocol, told: Told, included: int) -> tuple[DrugCount, ...]:
    """Other drugs by the number of cases that took them at all, the most frequent first."""
    groups = {group: drugs_of(protocol, group) for group in protocol.prior_groups}
    rows: dict[str, dict[str, Count]] = {}
    for (drug, role), n in told.under("drug").items():
        rows.setdefault(str(drug), {})[str(role)] = n
    none = Count(0, 0)
    found = [
        DrugCount(
            drug, drug_name(drug), tuple(group for group, members in groups.items() if drug in members),
            roles.get("earlier", none), roles.get("background", none), roles.get("added", none), roles.get("unclear", none),
        )
        for drug, roles in rows.items()
    ]  # fmt: skip
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
    protocol: Protocol, told: Told, included: int, lacking: Mapping[str, NotCharted], level: Fraction
) -> tuple[Result, ...]:
    """For each declared group the share of cases that took it before the index date, of those in sources that could tell a drug of it."""

    def of_group(group: str) -> Result:
        untold = sum(lacking[kind].cases for kind in ("other drugs", f"other drugs: {group}") if kind in lacking)
        if included == untold:
            return prior_share(group, 0, 0, level, charted=False)
        total = Count(included - untold, included - untold)
        return share(f"prior/{group}", f"{group} before the index date", told.count("prior", group), total, level)

    return tuple(map(of_group, protocol.prior_groups))
