"""A taper in the cell of a dose: the doses of its steps, the days of all of them, and a course for each step.

Until everything was read a taper is one course: it begins and ends as one, another row replaces it as one, and it says the same as another
row as one. Then each step becomes a course of its own, with the address of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.catalogue import CatalogueMiss, Taper, TaperStep, dose_unit
from caseseries.chart.described import DrugsTable
from caseseries.chart.tables import Course, Ends, calendar_date
from caseseries.source.drug_words import DrugWords
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import FUTURE, TableReading

READ = "a taper: each of its steps is a course of its own"
UNTOLD = (
    "the last step of a taper says how long it lasts, and neither the words nor the row say that the drug was stopped then: "
    "whether it was taken afterwards is not known"
)
PARTLY = "a taper whose first day, or the day on which it ended, is not known: the dose is not known from the first step that depends on it"
LEFT_OUT = "steps of a taper after the data cut-off or the death of the patient are left out"


@dataclass(frozen=True, slots=True)
class Tapered(Course):
    """A course of several doses. Its own amount is absent; `steps` holds each as a course, of which the days do not count, with its length."""

    steps: tuple[tuple[Course, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of one dose: how much of it, in which unit, how often; `per_day` where words of the taper say how often."""

    amount: Fraction | None
    unit: str
    schedule: str
    per_day: Fraction | None


def doses_of(
    reading: TableReading, row: Row, words: DrugWords, taper: Taper, unit: str, schedule: str
) -> list[Written]:
    """The doses of a taper with the unit and the frequency of its row; none where the two do not agree, and the row is refused."""
    table = reading.table
    assert isinstance(table, DrugsTable)
    header = table.dose.column if table.dose is not None else None
    times, of_unit = words.per_day(row, schedule), words.unit(unit)[2]
    found = []
    for step in taper.steps:
        if not _one_unit(step, unit, of_unit):
            what, allowed = (
                "the words of a taper say another unit than the row",
                "one unit in both places, or in one of them",
            )
            reading.refuse(row, "unit", what, header, field="dose", allowed=allowed)
            return []
        in_words = (
            step.frequency or " " in step.unit
        )  # `mg/day` says of what time the amount is, whatever the frequency
        if step.per_day is not None and in_words and schedule and of_unit is None and step.per_day != times:
            what, allowed = (
                "the words of a taper say how often, and the frequency of the row says otherwise",
                "how often in one place",
            )
            reading.refuse(row, "frequency", what, header, field="dose", allowed=allowed)
            return []
        own = step.unit if step.unit and of_unit is None else unit
        often = schedule if step.per_day is None or not step.frequency else step.frequency
        found.append(Written(step.amount, own, often, step.per_day if of_unit is None else None))
    once = of_unit is not None or taper.steps[0].per_day is not None or times is None or times <= 1
    if taper.falls and not once:
        what = "it is not said whether the fall of a taper is of a dose or of a day, where the drug is taken several times a day"
        reading.refuse(row, "taper", what, header, field="dose", allowed="the dose of a day, in mg/day")
        return []
    return found


def _one_unit(step: TaperStep, unit: str, of_unit: Fraction | None) -> bool:
    """Whether the unit of a step is that of its row, as far as both are written."""
    if not step.unit or not unit:
        return True
    try:
        own, row = dose_unit(step.unit), dose_unit(unit)
    except CatalogueMiss:
        return False
    return (own.mg, own.per) == (row.mg, row.per) and (of_unit is None or step.per_day in {None, of_unit})


def ends_of_taper(
    reading: TableReading, row: Row, taper: Taper, ends: Ends, *, written: bool, lost: bool, before: int | None
) -> Ends | None:
    """The days of a whole taper, from those of its row (`ends`); None where they contradict each other, and the row is refused.

    `written`: the row says a last day. `lost`: it says that nobody knows the last day. `before`: it was over before this day.
    """
    table = reading.table
    assert isinstance(table, DrugsTable)
    header = table.dose.column if table.dose is not None else None
    stop = table.stop_header or header
    if ends.first_low != ends.first_high:
        return ends if written or lost or before is not None else _long(ends, taper)
    first, n = ends.first_low, taper.days
    last_step = first + sum(step.days or 0 for step in taper.steps[:-1])
    stated = None if n is None else first + n - 1
    found: Ends | None = ends
    if written:
        assert ends.last_low is not None and ends.last_high is not None
        if stated is None:
            found = None if ends.last_high < last_step else replace(ends, last_low=max(ends.last_low, last_step))
        elif taper.open_ended:
            found = None if ends.last_low > stated else replace(ends, last_high=min(ends.last_high, stated))
        else:
            found = Ends(first, first, stated, stated) if ends.last_low <= stated <= ends.last_high else None
        if found is None:
            what = "the last day of the row is not that of the steps of its taper"
            shift = 1 if table.stop_means == "first day without" else 0
            dated = reading.description.dated
            proposal = calendar_date(stated + shift).isoformat() if dated and stated is not None else ""
            allowed = "the last day of the last step"
            reading.refuse(row, "taper", what, stop, field="stop", allowed=allowed, proposal=proposal)
    elif lost:
        found = Ends(first, first, first, None)
    elif taper.stops and stated is not None:
        found = Ends(first, first, stated, stated)
        if before is not None and stated >= before:
            what = "the steps of the taper go on to the index date, and a blank last day means that it was over before"
            reading.refuse(row, "taper", what, stop, field="stop", allowed="the last day")
        elif reading.shown(row, table.stop_header):
            what = "the words of the taper say that the drug was stopped, and the row that it goes on"
            reading.refuse(row, "taper", what, stop, field="stop", allowed="the last day, or nothing")
    elif before is None and stated is not None:
        reading.look(
            row,
            "taper",
            UNTOLD,
            header,
            field="dose",
            allowed="the last day, `then stop`, or `overlaps: replace` where the next row takes its place",
        )
        found = Ends(first, first, stated, None)
    elif before is None and ends.last_low is not None:
        found = replace(ends, last_low=max(ends.last_low, last_step))
    if found is not None and not written and not lost and before is None:
        known = last_step if found.last_low is None else found.last_low
        if reading.latest is not None and known > reading.latest:
            what = f"of the last step of the taper {FUTURE}"
            reading.refuse(
                row, "future", what, header, field="dose", allowed="the steps that were taken by the day of the run"
            )
    return found


def _long(ends: Ends, taper: Taper) -> Ends:
    """The days of a taper of which the first is not known, where its words say how long all of it was."""
    if taper.days is None:
        return ends
    low, high = ends.first_low + taper.days - 1, ends.first_high + taper.days - 1
    return Ends(ends.first_low, ends.first_high, low, high if taper.stops else None)


def lay_out_tapers(readings: Sequence[TableReading], records: Records) -> None:
    """Every taper as the courses of its steps; those after the data cut-off or the patient's death are left out."""
    rows = {row.row_id: (reading, row) for reading in readings for row in reading.rows}
    courses: list[Course] = []
    for course in records.courses:
        if not isinstance(course, Tapered):
            courses.append(course)
            continue
        reading, row = rows[course.row_id]
        table = reading.table
        assert isinstance(table, DrugsTable)
        header = table.dose.column if table.dose is not None else None
        died = records.deaths.get(course.patient)
        limits = [day for day in (records.cutoff, None if died is None else died.high) if day is not None]
        steps = list(in_steps(course))
        kept = [step for step in steps if not limits or step.ends.first_low <= min(limits)]
        if len(kept) < len(steps):
            reading.look(row, "taper", LEFT_OUT, header, field="dose", severity="note")
        if any(step.amount is None for step in kept):
            reading.look(row, "taper", PARTLY, header, field="dose")
        courses += [replace(step, stop_reason=course.stop_reason if step is kept[-1] else "") for step in kept]
    records.courses = courses


def in_steps(course: Tapered) -> Iterator[Course]:
    """The courses of the steps of a taper, one after the other; from the first on that may not have been taken as written, one without a dose.

    >>> plain = Course(0, 1, "a", "prednisone", 0, None, Fraction(40), "mg", Fraction(1), "", True)
    >>> whole = Tapered(0, 1, "a", "prednisone", 10, 30, None, "mg", None, "", True, steps=((plain, 14), (plain, 7)))
    >>> [(step.start, step.end) for step in in_steps(whole)]
    [(10, 23), (24, 30)]
    """
    ends = course.ends
    if ends.first_low != ends.first_high:
        yield _unknown(course, ends)
        return
    first = ends.first_low
    for number, (step, days) in enumerate(course.steps, 1):
        last = None if days is None else first + days - 1
        if number == len(course.steps):
            yield _taken(course, step, Ends(first, first, ends.last_low, ends.last_high))
        elif last is None or ends.last_low is None or last < ends.last_low:  # the next one surely began
            yield _taken(course, step, Ends(first, first, last, last))
        elif ends.last_high is not None and ends.last_high <= last:
            yield _taken(course, step, Ends(first, first, ends.last_low, ends.last_high))
            return
        else:
            yield _unknown(course, Ends(first, first, max(first, ends.last_low), ends.last_high))
            return
        first += days or 0


def _taken(course: Course, step: Course, ends: Ends) -> Course:
    day, end = shown_days(ends)
    possible = None if ends == Ends(day, day, end, end) else ends
    return replace(step, record=course.record, start=day, end=end, possible=possible)


def _unknown(course: Tapered, ends: Ends) -> Course:
    """A course without a dose, as a list shows it with the schedule of the first step."""
    return _taken(course, replace(course.steps[0][0], amount=None), ends)


def shown_days(ends: Ends) -> tuple[int, int | None]:
    """The days on which a list or a drawing shows a course to begin and to end: halfway between the possible ones.

    >>> shown_days(Ends(0, 10, 20, 30)), shown_days(Ends(0, 0, 5, None))
    ((5, 25), (0, None))
    """
    last = None if ends.last_low is None or ends.last_high is None else (ends.last_low + ends.last_high) // 2
    first = (ends.first_low + ends.first_high) // 2
    return first, None if last is None else max(first, last)
