"""Days counted from the index date in a chart with dates: planned visits (`3 months`) and study days without a date of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from caseseries.chart.columns import DateColumn
from caseseries.chart.dates import Span
from caseseries.chart.findings import PLANNED_COURSE
from caseseries.chart.tables import Course, Ends
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.written import folded
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import FUTURE, NOT_LATER, TableReading

#: Why a row on a day counted from the index date is not used where there is no index date.
NO_INDEX = "a day counted from the index date, and the patient has none"


def index_days(records: Records) -> Mapping[str, tuple[int, ...]]:
    """The index days of each patient who has one: of the one case, or of every course where each is a case.

    It is asked when courses, diagnoses and dated events have been read; who is a case is decided later, by the cohort.
    """
    if records.index_days is None:
        records.index_days = _index_days(records)
    return records.index_days


def _index_days(records: Records) -> dict[str, tuple[int, ...]]:
    case = records.protocol.case
    index = case.index_date
    if isinstance(index, FirstExposure):
        study = drugs_of(records.protocol, index.first_exposure)
        of: dict[str, list[Course]] = {}
        for course in records.courses:
            if course.taken and course.drug in study:
                of.setdefault(course.patient, []).append(course)
        found = {}
        for patient, courses in of.items():
            starts = first_days([course.ends for course in courses], int(index.restart_after or 0))
            found[patient] = tuple(starts if case.per == "course" else starts[:1])
        return found
    if isinstance(index, FirstEvent):
        wanted = folded(index.first_event)
        first: dict[str, int] = {}
        for fact in records.facts:
            if fact.kind in {"diagnosis", "event"} and fact.start is not None and folded(fact.term) == wanted:
                first[fact.patient] = min(fact.start, first.get(fact.patient, fact.start))
        return {patient: (day,) for patient, day in first.items()}
    return {}


def first_days(courses: Iterable[Ends], restart_after: int) -> list[int]:
    """The first day of each episode: of a course that may begin more than `restart_after` days after all before it ended.

    >>> first_days([Ends(0, 0, 10, 10), Ends(41, 41, None, None), Ends(500, 500, 510, 510)], 30), first_days([Ends(0, 0, 10, 10)], 30)
    ([0], [0])
    >>> first_days([Ends(0, 0, 10, 10), Ends(35, 42, 50, 60)], 30)
    [0, 35]
    """
    found: list[int] = []
    reached: float = -inf
    lasting = [(one.first_low, one.first_high, inf if one.last_low is None else one.last_low) for one in courses]
    for first_low, first_high, last in sorted(lasting):
        if not found or first_high - reached - 1 > restart_after:
            found.append(first_low)
        reached = max(reached, last)
    return found


def placed(
    reading: TableReading, records: Records, row: Row, header: str | None, column: DateColumn, written: Span
) -> Span | None:
    """The days of the calendar that a day counted from the index date stands for; other days as they are. None leaves the row out."""
    if not written.relative:
        return written
    days = index_days(records).get(row.patient, ())
    if not days:
        row.status, row.reason = "out of scope", NO_INDEX
        return None
    if len(days) > 1 and column.course is None:
        what = "the patient has several courses, and it is not said from the first day of which of them this day counts"
        reading.refuse(row, PLANNED_COURSE, what, header, field="date", allowed="course: first, or last")
        return None
    index = days[-1 if column.course == "last" else 0]
    span = Span(index + written.low, index + written.high)
    if reading.latest is not None and span.low > reading.latest:
        reading.refuse(row, "future", f"{FUTURE}, counted from the index date", header, field="date", allowed=NOT_LATER)
        return None
    death = records.deaths.get(row.patient)
    if death is not None and span.low > death.high:
        what = "the planned day lies after the patient's death; what was found stands on it all the same"
        reading.look(row, "after death", what, header, field="date")
    return span
