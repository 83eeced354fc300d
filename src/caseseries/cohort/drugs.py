"""Other drugs of each case: earlier, background at the index date, added after it.

    other_drug(case_no, drug, role, first, last, last_record)

Grain: included case x ingredient, the study drug left out. Days relative to the index date; last NULL where ongoing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.store import Numbers
from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol

Role = Literal["earlier", "background", "added"]

#: Courses of other drugs of the included cases.
_OTHERS = """
SELECT k.case_no, k.index_day, k.follow_end, c.drug, c.first, c.last, c.record
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
LEFT JOIN study_drug AS s ON s.drug = c.drug
WHERE s.drug IS NULL
"""

#: The role of a drug is the largest of its courses'.
_ROLES: tuple[Role, ...] = ("earlier", "added", "background")
_ROLE = "max(CASE WHEN first <= index_day AND coalesce(last >= index_day, TRUE) THEN 2 WHEN first > index_day THEN 1 ELSE 0 END)"

_OTHER_DRUGS = f"""
SELECT case_no, drug, {_ROLE} AS role, min(first) - index_day AS first_day,
    CASE WHEN bool_or(last IS NULL) THEN NULL ELSE max(last) - index_day END AS last_day,
    max(CASE WHEN place = 1 THEN record END) AS last_record
FROM (
    SELECT o.*, row_number() OVER (PARTITION BY case_no, drug ORDER BY coalesce(last, {NEVER_ENDS}) DESC, record) AS place
    FROM ({_OTHERS}) AS o
    WHERE o.first <= o.follow_end
) AS placed
GROUP BY case_no, index_day, drug
ORDER BY case_no, first_day, drug
"""

_COUNT_ROLES = f"""
SELECT drug, role, count(*) AS cases
FROM (SELECT case_no, drug, {_ROLE} AS role FROM ({_OTHERS}) AS o WHERE o.first <= o.follow_end GROUP BY case_no, drug) AS roles
GROUP BY drug, role
"""

_PRIOR = f"""
SELECT DISTINCT p.place, o.case_no
FROM ({_OTHERS}) AS o JOIN prior_drug AS p ON p.drug = o.drug
WHERE o.first < o.index_day
"""

_COUNT_PRIOR = f"SELECT place, count(*) AS cases FROM ({_PRIOR}) AS used GROUP BY place"


@dataclass(frozen=True, slots=True)
class OtherDrug:
    """One other ingredient of one case; `last_record` is the course that ended last."""

    case_id: str
    drug: str
    role: Role
    first: int
    last: int | None
    last_record: int


def other_drugs(engine: Engine, cohort: Cohort) -> tuple[OtherDrug, ...]:
    """Every other drug of every included case.

    A drug being taken on the index date is background; one begun (or begun again) after it is added; the rest are earlier.
    """
    names = {number: key for key, number in cohort.numbers.drugs.items()}
    case_ids = {case.number: case.case_id for case in cohort.cases}
    return tuple(
        OtherDrug(case_ids[case_no], names[drug], _ROLES[role], first, last, record)
        for case_no, drug, role, first, last, record in engine.rows(_OTHER_DRUGS)
    )


def count_drugs(engine: Engine, numbers: Numbers) -> dict[tuple[str, Role], int]:
    """How many included cases have an ingredient in a role."""
    names = {number: key for key, number in numbers.drugs.items()}
    return {(names[drug], _ROLES[role]): int(n) for drug, role, n in engine.rows(_COUNT_ROLES)}


def _load_prior(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Make the table ``prior_drug(place, drug)``: the ingredients of each group of `prior_groups`."""
    rows = [
        (place, numbers.drugs[key])
        for place, group in enumerate(protocol.prior_groups)
        for key in sorted(drugs_of(protocol, group) & set(numbers.drugs))
    ]
    engine.table("prior_drug", [("place", "INT"), ("drug", "INT")], rows)


def prior_use(engine: Engine, protocol: Protocol, cohort: Cohort) -> dict[str, tuple[str, ...]]:
    """For each group of `prior_groups`: the included cases with a course begun before the index date."""
    case_ids = {case.number: case.case_id for case in cohort.included}
    _load_prior(engine, protocol, cohort.numbers)
    found: dict[str, tuple[str, ...]] = dict.fromkeys(protocol.prior_groups, ())
    for place, case_no in engine.rows(f"{_PRIOR} ORDER BY place, case_no"):
        found[protocol.prior_groups[place]] += (case_ids[case_no],)
    return found


def count_prior(engine: Engine, protocol: Protocol, numbers: Numbers) -> dict[str, int]:
    """For each group of `prior_groups`: how many included cases had it before the index date."""
    _load_prior(engine, protocol, numbers)
    counted = {place: int(n) for place, n in engine.rows(_COUNT_PRIOR)}
    return {group: counted.get(place, 0) for place, group in enumerate(protocol.prior_groups)}
