"""What was done with the study drug because of an adverse event, whether it was serious, and its grade: what the words are taken for, and whether the
courses of the drug say the same."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.chart.action_taken import action_of
from caseseries.chart.described import EventsTable
from caseseries.chart.event_questions import GRADE_3, serious_of, severe_of
from caseseries.chart.tables import Course, Fact
from caseseries.protocol.case import FirstExposure
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


def say_action(reading: TableReading, row: Row, written: str) -> None:
    """Say what an action is taken for; one of which nobody knows whether it stopped the study drug counts as not known."""
    answer = action_of(written)
    meaning = answer if answer in {None, "not known", "not recorded"} else f"study drug {answer}"
    what = "the action does not say whether the study drug was stopped; it counts as not known"
    allowed = "drug withdrawn, drug interrupted, dose reduced, dose not changed and the like"
    _say(reading, row, "action", meaning, what, allowed)


def say_serious(reading: TableReading, row: Row, written: str) -> None:
    """Say what a word of the column of seriousness is taken for; one that says neither yes nor no counts as not known."""
    answer = serious_of(written)
    meaning = {"yes": "serious", "no": "not serious"}.get(answer or "", answer)
    what = "the cell does not say whether the event was serious; it counts as not known"
    _say(reading, row, "serious", meaning, what, "yes, no")


def say_grade(reading: TableReading, records: Records, row: Row, written: str) -> None:
    """Say of a grade that is none in numbers that it is not known whether it is one of 3 or more, where that is asked."""
    column = _column(reading, "grade")
    if not GRADE_3.asked(records.protocol) or severe_of(written) is not None or _stands(reading, row, "grade"):
        return
    what = "no grade in numbers; whether the event was of grade 3 or more counts as not known"
    allowed = "0 to 5; `words` of the column says what a word means"
    reading.look(row, "event", what, column, field="grade", allowed=allowed)


def _say(reading: TableReading, row: Row, field: str, meaning: str | None, what: str, allowed: str) -> None:
    """Note what a word is taken for, or that it says neither."""
    column = _column(reading, field)
    if meaning == "not recorded":
        return
    if meaning is not None:
        reading.means(row, column, meaning)
    elif not _stands(reading, row, field):
        allowed += "; `words` of the column says what a word means"
        reading.look(row, "event", what, column, field=field, allowed=allowed)


def check_stopping(records: Records, rows: Mapping[int, tuple[TableReading, Row]]) -> None:
    """An event that led to stopping the study drug while no course of it ends then or later, or on the day before."""
    index = records.protocol.case.index_date
    stopping = [one for one in records.facts if one.kind == "event" and action_of(one.attribute("action")) == "stopped"]
    if not isinstance(index, FirstExposure) or not stopping:
        return
    study = records.drugs(index.first_exposure)
    courses: dict[str, list[Course]] = {}
    for course in records.courses:
        if course.taken and course.drug in study:
            courses.setdefault(course.patient, []).append(course)
    seen = set()
    for fact in sorted(stopping, key=lambda one: one.row_id):
        reading, row = rows[fact.row_id]
        ended = any(_may_end(course, fact) for course in courses.get(fact.patient, ()))
        if ended or not row.is_used() or fact.row_id in seen or _stands(reading, row):
            continue
        seen.add(fact.row_id)
        what = "the event led to stopping the study drug, and no course of it ends then or later; the course counts"
        allowed = "the last day of the drug, or what was done with it"
        reading.look(row, "contradiction", what, _column(reading), field="action", allowed=allowed)


def _may_end(course: Course, fact: Fact) -> bool:
    """Whether a course may have ended on the day before an event or later; one that goes on for certain has no end."""
    if course.ends.last_high is None:
        return course.ends.last_low is not None
    return fact.low is None or course.ends.last_high >= fact.low - 1


def _column(reading: TableReading, field: str = "action") -> str | None:
    assert isinstance(reading.table, EventsTable)
    table = reading.table
    written = {"serious": table.serious, "grade": table.grade}.get(field, table.action)
    return written.column if written is not None else None


def _stands(reading: TableReading, row: Row, field: str = "action") -> bool:
    """Whether a person let the cell stand as it is."""
    decision = reading.decided(row, column) if (column := _column(reading, field)) else None
    return decision is not None and decision.as_found
