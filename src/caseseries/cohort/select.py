"""Select the cohort: who is a case, who is not, and why.

    case(case_id, patient, episode, index, episode_end, ongoing, status, failed, undetermined, follow_end, on_drug_end)

Grain: patient x index episode. Days are the chart's own day numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from caseseries.brief import brief
from caseseries.chart.derived import derive, with_derived
from caseseries.chart.natural import natural
from caseseries.chart.store import Numbers, store
from caseseries.chart.tables import Chart, Course
from caseseries.cohort.eligibility import no_index, reason
from caseseries.cohort.find import Answer, find
from caseseries.cohort.index import NEVER_ENDS, patients_with_gaps
from caseseries.engine.connection import Engine
from caseseries.errors import ChoiceNeeded, Place, Problem
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class CohortCase:
    """One case, included or not; `number` is its number in the engine, 0 for a person without an index date.

    The last day of the drug lies in `end_low..end_high` (None: without end), `episode_end` is None where that is not one day. Follow-up
    ends in `follow_end..follow_high` (of the patient, in `seen_end..seen_high`), on the drug in `on_drug_low..on_drug_high`; `on_drug_end` is
    None where that is not known.
    """

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
    end_low: int | None = None
    end_high: int | None = None
    follow_high: int | None = None
    on_drug_low: int | None = None
    on_drug_high: int | None = None
    seen_end: int | None = None
    seen_high: int | None = None

    @property
    def included(self) -> bool:
        """Whether the case met every criterion."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Cohort:
    """All cases, in the order of patient ids and episodes, and the numbers names have in the engine."""

    cases: tuple[CohortCase, ...]
    numbers: Numbers

    __repr__ = brief

    @property
    def included(self) -> tuple[CohortCase, ...]:
        """The included cases."""
        return tuple(case for case in self.cases if case.included)


_CASES = """
SELECT f.case_no, f.patient, f.episode, f.index_day, CASE WHEN f.end_low = f.end_high THEN f.end_low END AS episode_end, f.ongoing,
    j.failed, j.undetermined, f.follow_end, f.on_drug_end, f.end_low, f.end_high, f.follow_high, f.on_drug_low, f.on_drug_high,
    f.seen_end, f.seen_high
FROM followed AS f
JOIN judged AS j ON j.case_no = f.case_no
ORDER BY f.case_no
"""


def select(engine: Engine, protocol: Protocol, chart: Chart, answer: Answer | None = None) -> Cohort:
    """Load the chart, find index dates, apply the criteria in order; leaves table ``included_case`` for the next stages.

    `answer` (``caseseries.response.answer_criteria``) is needed where a criterion rests on the value of a measure.

    Raises ChoiceNeeded where courses of the study drug leave gaps and `restart_after` is not declared.
    """
    numbers = with_derived(protocol, store(engine, chart))
    derive(engine, protocol, numbers)
    find(engine, protocol, numbers, dated=chart.dated, answer=answer)
    gaps = patients_with_gaps(engine, protocol)
    if gaps:
        raise ChoiceNeeded(
            f"Courses of the study drug leave gaps in {len(gaps)} patient(s), and `restart_after` is not declared.",
            _gaps(chart, protocol, [numbers.patient(number) for number in gaps]),
            do="Add restart_after to case.index_date: the longest gap, in days, that still is one episode.",
        )
    cases = []
    for case_no, patient, episode, index_day, episode_end, ongoing, failed, undetermined, *ends in engine.rows(_CASES):
        name = numbers.patient(patient)
        case_id = f"{name}/{episode}" if protocol.case.per == "course" else name
        cases.append(
            CohortCase(
                case_no,
                case_id,
                name,
                episode,
                index_day,
                episode_end,
                ongoing,
                reason(protocol, failed),
                undetermined,
                *ends,
            )
        )
    indexed = {case.patient for case in cases}
    cases += [
        CohortCase(0, person.patient, person.patient, 0, None, None, False, no_index(protocol), False, None, None)
        for person in chart.people
        if person.patient not in indexed
    ]
    return Cohort(tuple(sorted(cases, key=lambda case: (natural(case.patient), case.episode))), numbers)


def _gaps(chart: Chart, protocol: Protocol, patients: Sequence[str]) -> list[Problem]:
    """Each patient's first gap, at the row of the course that begins after it."""
    index = protocol.case.index_date
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()
    rows = {row.row_id: row for row in chart.rows}
    of: dict[str, list[Course]] = {}
    for course in chart.courses:
        if course.taken and course.drug in studied:
            of.setdefault(course.patient, []).append(course)
    found = []
    for patient in patients:
        row = rows.get(_after_a_gap(of[patient]).row_id)
        place = Place() if row is None else Place(row.file, row.sheet, row.row or None)
        found.append(Problem("a gap between two courses", place, patient, private=True))
    return found


def _after_a_gap(courses: Sequence[Course]) -> Course:
    """The first course that begins after a day on which perhaps none was taken."""
    ordered = sorted(courses, key=lambda course: (course.ends.first_low, course.record))
    lasting = (NEVER_ENDS if course.ends.last_low is None else course.ends.last_low for course in ordered)
    reached = accumulate(lasting, max)
    return next(later for until, later in zip(reached, ordered[1:], strict=False) if later.ends.first_high - until > 1)
