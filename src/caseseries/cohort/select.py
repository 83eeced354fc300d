"""Select the cohort: who is a case, who is not, and why.

    case(case_id, patient, episode, index, episode_end, ongoing, status, failed, undetermined, follow_end, on_drug_end)

Grain: patient x index episode. Days are the chart's own day numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.chart.store import Numbers, store
from caseseries.chart.tables import Chart
from caseseries.cohort.eligibility import judge
from caseseries.cohort.follow_up import follow
from caseseries.cohort.index import find_index, patients_with_gaps
from caseseries.engine.connection import Engine
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class CohortCase:
    """One case, included or not; `number` is its number in the engine."""

    number: int
    case_id: str
    patient: str
    episode: int
    index: int | None
    episode_end: int | None
    ongoing: bool
    failed: str
    undetermined: bool
    follow_end: int | None
    on_drug_end: int | None

    @property
    def included(self) -> bool:
        """Whether the case met every criterion."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Cohort:
    """All cases, in the order of patient ids and episodes, and the numbers names have in the engine."""

    cases: tuple[CohortCase, ...]
    numbers: Numbers

    @property
    def included(self) -> tuple[CohortCase, ...]:
        """The included cases."""
        return tuple(case for case in self.cases if case.included)


def select(engine: Engine, protocol: Protocol, chart: Chart) -> Cohort:
    """Load the chart, find index dates, apply the criteria in order; leaves table ``included_case`` for the next stages.

    Raises ChoiceNeeded where courses of the study drug leave gaps and `restart_after` is not declared.
    """
    numbers = store(engine, chart)
    find_index(engine, protocol, numbers)
    index = protocol.case.index_date
    if isinstance(index, FirstExposure) and index.restart_after is None:
        gaps = patients_with_gaps(engine, numbers)
        if gaps:
            raise ChoiceNeeded(
                f"Courses of the study drug leave gaps in {len(gaps)} patient(s), and `restart_after` is not declared.",
                [Problem("a gap between two courses", found=patient, private=True) for patient in gaps],
                do="Add restart_after to case.index_date: the longest gap, in days, that still is one episode.",
            )
    follow(engine, protocol, dated=chart.dated)
    reasons = judge(engine, protocol, numbers, dated=chart.dated)
    rows = engine.rows(
        "SELECT i.case_no, i.patient, i.episode, i.index_day, i.episode_end, i.ongoing, f.follow_end, f.on_drug_end "
        "FROM index_case AS i LEFT JOIN followed AS f USING (case_no) ORDER BY i.case_no"
    )
    cases = []
    for case_no, patient, episode, index_day, episode_end, ongoing, follow_end, on_drug_end in rows:
        name = numbers.patient(patient)
        failed, undetermined = reasons[case_no]
        case_id = f"{name}/{episode}" if protocol.case.per == "course" and index_day is not None else name
        cases.append(
            CohortCase(
                case_no,
                case_id,
                name,
                episode,
                index_day,
                episode_end,
                ongoing,
                failed,
                undetermined,
                follow_end,
                on_drug_end,
            )
        )
    included = [(case.number,) for case in cases if case.included]
    engine.table("included", [("case_no", "INTEGER")], included)
    engine.run(
        "CREATE OR REPLACE TEMP TABLE included_case AS SELECT followed.* FROM followed JOIN included USING (case_no)"
    )
    return Cohort(tuple(cases), numbers)
