"""Other drugs of each case: earlier, background at the index date, added after it.

    other_drug(case_no, drug, role, first, last, last_record)

Grain: included case x ingredient, the study drug left out. Days relative to the index date; last NULL where ongoing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol

Role = Literal["earlier", "background", "added"]

_OTHER_DRUGS = """
SELECT k.case_no, c.drug,
    CASE
        WHEN bool_or(c.first <= k.index_day AND coalesce(c.last >= k.index_day, TRUE)) THEN 'background'
        WHEN max(c.first) > k.index_day THEN 'added'
        ELSE 'earlier'
    END AS role,
    min(c.first) - k.index_day AS first,
    CASE WHEN bool_or(c.last IS NULL) THEN NULL ELSE max(c.last) - k.index_day END AS last,
    arg_max(c.record, coalesce(c.last, {never})) AS last_record
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
WHERE c.drug NOT IN (SELECT drug FROM study_drug) AND c.first <= k.follow_end
GROUP BY k.case_no, k.index_day, c.drug
ORDER BY k.case_no, first, c.drug
"""

_PRIOR = """
SELECT DISTINCT k.case_no
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
JOIN prior_drug USING (drug)
WHERE c.first < k.index_day AND c.drug NOT IN (SELECT drug FROM study_drug)
ORDER BY k.case_no
"""


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
        OtherDrug(case_ids[case_no], names[drug], role, first, last, record)
        for case_no, drug, role, first, last, record in engine.rows(_OTHER_DRUGS.format(never=NEVER_ENDS))
    )


def prior_use(engine: Engine, protocol: Protocol, cohort: Cohort) -> dict[str, tuple[str, ...]]:
    """For each group of `prior_groups`: the included cases with a course begun before the index date."""
    case_ids = {case.number: case.case_id for case in cohort.cases}
    found = {}
    for group in protocol.prior_groups:
        known = sorted(ingredients(protocol, group) & set(cohort.numbers.drugs))
        engine.table("prior_drug", [("drug", "INTEGER")], [(cohort.numbers.drugs[key],) for key in known])
        found[group] = tuple(case_ids[case_no] for (case_no,) in engine.rows(_PRIOR))
    return found
