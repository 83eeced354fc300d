"""Courses of one drug that run at the same time: written twice, replaced by the later one, or taken together.

A course that is not given a last day when the dose changes seems to run on beside the next. Whether the later replaces it or both count is
asked once of a drug of which a daily dose is made (`overlaps` of the table of drugs).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from caseseries.chart.described import DrugsTable, Overlaps
from caseseries.chart.findings import OVERLAPS
from caseseries.chart.tables import Course, Ends
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

_Rows = Mapping[int, tuple[TableReading, Row]]


def settle_overlaps(readings: Sequence[TableReading], records: Records) -> None:
    """Leave out courses that are written twice, and end those that a later one replaces; what nobody has said is asked."""
    rows = {row.row_id: (reading, row) for reading in readings for row in reading.rows}
    # a row may hold several courses in one cell, so that a course is known by a number of its own
    records.courses = [replace(course, record=number) for number, course in enumerate(records.courses, 1)]
    twice = _written_twice(records, rows)
    groups: dict[tuple[str, str, bool, bool], list[Course]] = {}
    for course in records.courses:
        if course.record not in twice:
            groups.setdefault((course.patient, course.drug, course.systemic, course.pulse), []).append(course)
    ended: dict[int, Ends] = {}
    for courses in groups.values():
        told = set[int]()
        for earlier, later in _pairs(courses):
            if _said(rows, earlier, later) == "replace" and _replaces(earlier, later):
                ended[later.record] = _perhaps_on(ended.get(later.record, later.ends), earlier.ends)
        for earlier, later in _pairs(courses):
            _pair(records, rows, earlier, later, ended, told)
    records.courses = [
        _with(course, ended.get(course.record)) for course in records.courses if course.record not in twice
    ]


def _pairs(courses: list[Course]) -> Iterator[tuple[Course, Course]]:
    """Each two courses of one route, in order of start; a route that is not written may be any."""
    courses.sort(key=lambda one: (one.start, one.end is None, one.end or 0, one.row_id, one.record))
    for earlier, later in combinations(courses, 2):
        if earlier.route == later.route or not earlier.route or not later.route:
            yield earlier, later


def _pair(
    records: Records, rows: _Rows, earlier: Course, later: Course, ended: dict[int, Ends], told: set[int]
) -> None:
    """Two courses of one drug and route: what is said of them, and, in `ended`, the days of the earlier one where the later replaces it."""
    reading, row = rows[later.row_id]
    where, first = rows[earlier.row_id]
    table = reading.table
    assert isinstance(table, DrugsTable)
    said = _said(rows, earlier, later)
    asked, header = _in_a_dose(records, later), table.start_header
    named = f"row {first.number}" if reading is where else f"row {first.number} of {where.name!r}"
    both = _both_run(earlier, later)
    if said is None and asked and both:
        proposal = "stop_means: first day without" if earlier.end == later.start else ""
        what = f"the course overlaps the one in {named}: does it replace that one, or are both taken?"
        reading.refuse(
            row,
            OVERLAPS,
            what,
            header,
            field="start",
            proposal=proposal,
            allowed="`overlaps: replace` in the table of drugs ends the earlier on the day before; `overlaps: add`",
        )
    elif said == "replace" and earlier.ends.first_high < later.ends.first_low:
        before = ended.get(earlier.record, earlier.ends)
        if before.last_high is None or before.last_high >= later.ends.first_low:
            ended[earlier.record] = _until(before, later.ends)
            what = f"the course replaces the one in {named}, which ends on the day before"
            longer = later.end is not None and (earlier.end is None or earlier.end > later.end)
            if longer:
                lasting = "has no last day" if earlier.end is None else "was written to last longer than this one"
                what += (
                    f"; that one {lasting}, so that nobody knows what was taken after this one, up to the next course"
                )
            if both:
                severity = "warning" if longer else "note"
                reading.look(row, "overlap", what, header, field="start", severity=severity)
    elif said == "replace" and asked and both:
        what = f"the course begins on the same day as the one in {named}, or may do so: neither replaces the other"
        reading.refuse(
            row,
            "overlap",
            what,
            header,
            field="start",
            allowed="one row with the dose of the day, different days, or `overlaps: add`",
        )
    elif both and later.record not in told:
        told.add(later.record)
        proposal = "stop_means: first day without" if earlier.end == later.start else ""
        what = f"the course overlaps the one in {named}; doses of the same day are added up"
        reading.look(row, "overlap", what, header, field="start", proposal=proposal)


def _both_run(earlier: Course, later: Course) -> bool:
    """Whether two courses surely run on one day, or the later surely begins while the earlier is taken."""
    one, two = earlier.ends, later.ends
    if one.last_low is not None and two.first_high > one.last_low:
        return False
    return one.first_high <= two.first_low or two.last_low is None or one.first_high <= two.last_low


def _said(rows: _Rows, earlier: Course, later: Course) -> Overlaps | None:
    """What the tables of two courses say of an overlap; None where they do not say the same."""
    one, other = (rows[course.row_id][0].table for course in (earlier, later))
    assert isinstance(one, DrugsTable) and isinstance(other, DrugsTable)
    return one.overlaps if one.overlaps == other.overlaps else None


def _replaces(earlier: Course, later: Course) -> bool:
    """Whether the later course certainly begins later, and perhaps while the earlier is taken."""
    one, two = earlier.ends, later.ends
    return one.first_high < two.first_low and (one.last_high is None or one.last_high >= two.first_low)


def _perhaps_on(later: Ends, earlier: Ends) -> Ends:
    """The days of a course within a longer one that it replaces: whether anything was taken after it, up to the end of that one, nobody knows.

    A burst within a dose that goes on may be followed by the old dose, or by none.
    """
    if later.last_low is None or later.last_high is None:
        return later
    high = None if earlier.last_high is None else max(later.last_high, earlier.last_high)
    return Ends(later.first_low, later.first_high, later.last_low, high)


def _until(ends: Ends, later: Ends) -> Ends:
    """The days of a course that ends, at the latest, on the day before another begins."""
    low, high = later.first_low - 1, later.first_high - 1
    last_low = low if ends.last_low is None else min(ends.last_low, low)
    last_high = high if ends.last_high is None else min(ends.last_high, high)
    return Ends(ends.first_low, ends.first_high, last_low, last_high)


def _with(course: Course, ends: Ends | None) -> Course:
    """A course with other days, shown to end halfway between the possible ones, or without end where nothing bounds it."""
    if ends is None or ends == course.ends or ends.last_low is None:
        return course
    if ends.last_high is None:
        return replace(course, end=None, possible=ends)
    last = max(course.start, (ends.last_low + ends.last_high) // 2)
    exact = ends == Ends(course.start, course.start, last, last)
    return replace(course, end=last, possible=None if exact else ends)


def _in_a_dose(records: Records, course: Course) -> bool:
    """Whether a daily dose is added up from such courses, or a rule asks whether they change."""
    if course.drug in records.compared:
        return True
    return course.systemic and any(
        dose.source == "courses"
        and course.drug in records.drugs(dose.daily_dose)
        and (not course.pulse or dose.pulses == "included")
        for dose in records.protocol.doses.values()
    )


def _written_twice(records: Records, rows: _Rows) -> set[int]:
    """The numbers of courses that say the same as one before them, however well their days are known; each is told.

    Of a drug of which a daily dose is made, that is the same dose by the same route on the same days, whatever else the rows say.
    """
    seen: dict[tuple[object, ...], tuple[TableReading, Row]] = {}
    twice: set[int] = set()
    for course in sorted(records.courses, key=lambda one: (one.row_id, one.record)):
        reading, row = rows[course.row_id]
        keys: list[tuple[object, ...]] = [(reading.name, course.drug, course.ends, *map(repr, row.cells))]
        if course.amount is not None and _in_a_dose(records, course):
            dose = (course.amount, course.unit, course.per_day, " ".join(course.schedule.split()).casefold())
            keys.append((course.patient, course.drug, course.route, course.pulse, *dose, course.ends))
        found = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, (reading, row))
        if found is not None:
            where, first = found
            twice.add(course.record)
            named = f"row {first.number}" if where is reading else f"row {first.number} of {where.name!r}"
            same = (
                "the same"
                if list(map(repr, first.cells)) == list(map(repr, row.cells))
                else "the same dose on the same days"
            )
            if first is not row:
                row.reason = f"says {same} as another row"
            table = reading.table
            assert isinstance(table, DrugsTable)
            header = table.start_header
            what = f"the course says {same} as {named}; it is counted once"
            reading.look(row, "duplicate row", what, header, field="start")
    return twice
