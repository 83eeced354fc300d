"""What was taken, by which route and how often: a course of one dose, or a taper, from the cells of a row whose days are known."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

from caseseries.catalogue import Taper, words_of
from caseseries.chart.cells import Quantity
from caseseries.chart.columns import TextColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import DrugsTable
from caseseries.chart.refusal import Missing
from caseseries.chart.tables import Course, Ends
from caseseries.protocol.drug_uses import LOCAL_ROWS, local_form
from caseseries.source.daily_dose import DailyDoses
from caseseries.source.drug_names import ReadName
from caseseries.source.drug_words import DrugWords
from caseseries.source.fatal import means_death
from caseseries.source.records import FatalRow, Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading
from caseseries.source.tapers import READ, Tapered, Written, doses_of, shown_days


@dataclass(frozen=True, slots=True)
class CourseCells:
    """What stands in a row of drugs beside the name and its dates."""

    unit: str
    amount: Quantity | Taper | Missing | None
    schedule: str
    route: str
    reason: str
    pulse: str


class DosesOfRow:
    """Makes the courses of the rows of one drugs table."""

    def __init__(self, reading: TableReading, records: Records, table: DrugsTable) -> None:
        self.reading, self.records, self.table = reading, records, table
        self.words, self.daily = DrugWords(reading, records, table), DailyDoses(reading, records, table)

    def keep(self, row: Row, name: str, cells: CourseCells, meant: ReadName, ends: Ends, last: Span | None) -> None:
        """Keep the course of a row that lasted from one of the first to one of the last of `ends`, or the reason why its row is refused."""
        reading, table, words = self.reading, self.table, self.words
        schedule = cells.schedule
        per_day, (mg, plain, of_unit) = words.per_day(row, schedule), words.unit(cells.unit)
        route, systemic = words.route(row, cells.route, meant, pulse=words.says_pulse(cells.pulse, schedule, name))
        words.tell(row, per_day, mg, plain, of_unit, route, systemic=systemic)
        taper = cells.amount if isinstance(cells.amount, Taper) else None
        value = cells.amount.value if isinstance(cells.amount, Quantity) else None
        doses: list[Written] = []
        if taper is not None and row.is_used():
            doses = doses_of(reading, row, words, taper, cells.unit, schedule)
        if not row.is_used():
            return
        for field, column, word in (
            ("drug", table.drug, name),
            ("frequency", table.frequency, schedule),
            ("route", table.route, cells.route),
        ):
            _doubt(reading, row, field, column, word)
        if means_death(cells.reason):
            said_in = table.stop_reason.column if table.stop_reason is not None else None
            self.records.fatal.append(FatalRow(reading, row, said_in, last))
        if taper is None:
            course = self._course(
                row, name, cells, meant, Written(value, cells.unit, schedule, None), ends, (route, systemic)
            )
        else:
            steps = [self._course(row, name, cells, meant, dose, ends, (route, systemic)) for dose in doses]
            if len({step.pulse for step in steps}) > 1:
                what, header = "pulses and other doses stand in one taper", table.dose.column if table.dose else None
                reading.refuse(
                    row, "taper", what, header, field="dose", allowed="a row for the pulses, and one for the rest"
                )
                return
            course = _whole(steps, taper)
            dose = table.dose.column if table.dose is not None else None
            reading.look(row, "taper", READ, dose, field="dose", severity="note", proposal=taper.told())
        if not systemic and meant.key in words.of_a_class:
            at = table.route.column if table.route is not None and cells.route else table.drug.column
            reading.look(row, "route", LOCAL_ROWS, at, field="route", severity="note")
        self.records.courses.append(course)

    def _course(
        self, row: Row, name: str, cells: CourseCells, meant: ReadName, dose: Written, ends: Ends, way: tuple[str, bool]
    ) -> Course:
        """The course of one dose."""
        words, table, key = self.words, self.table, meant.key
        mg, plain, of_unit = words.unit(dose.unit)
        per_day = words.per_day(row, dose.schedule) if dose.per_day is None else dose.per_day
        given = None if dose.amount is None else dose.amount * mg
        (route, systemic), (day, end) = way, shown_days(ends)
        course = Course(
            0,
            row.row_id,
            row.patient,
            key if systemic else local_form(key),
            day,
            end,
            given,
            plain,
            per_day if of_unit is None else of_unit,
            route,
            systemic,
            words.pulse(row, key, given, plain, route, cells.pulse, dose.schedule, name),
            dose.schedule if of_unit is None else _times(of_unit),
            cells.reason,
            None if ends == Ends(day, day, end, end) else ends,
        )
        if given is not None:
            self.records.units.setdefault(
                (f"the drug {key}", (table.unit.column if table.unit is not None else None) or ""), {}
            ).setdefault(" ".join(dose.unit.split()), (self.reading, row))
        if not course.taken and key not in words.dosed:
            self.reading.look(
                row,
                "dose",
                "a dose of 0: the drug was not taken",
                table.dose.column if table.dose else None,
                field="dose",
                severity="note",
            )
        self.daily.check(row, course, dose.schedule)
        return course


def _whole(steps: list[Course], taper: Taper) -> Tapered:
    """A taper as one course without an amount, with the days that its steps were given for now."""
    of_first = {field.name: getattr(steps[0], field.name) for field in fields(Course)}
    of_first |= {"amount": None, "per_day": None}
    return Tapered(**of_first, steps=tuple(zip(steps, (step.days for step in taper.steps), strict=True)))


def _doubt(reading: TableReading, row: Row, field: str, column: TextColumn | None, word: str) -> None:
    """A question mark that the catalogue does not look at when it knows the word; one that the table declares is meant so."""
    if "?" not in word or column is None or column.column is None:
        return
    table = reading.table
    assert isinstance(table, DrugsTable)
    if word.casefold() in {" ".join(one.split()).casefold() for one in (*table.drugs, *table.frequencies)}:
        return
    if reading.decided(row, column.column) is None:
        what = "a question mark stands in this word, which is read as if it were certain"
        reading.look(
            row, "doubt", what, column.column, field=field, allowed="the word without it, or a decision under `accept`"
        )


def _times(per_day: Fraction) -> str:
    """How often an amount is taken that has its time in the unit, as lists say it.

    >>> _times(Fraction(1)), _times(Fraction(1, 7)), _times(Fraction(1, 28))
    ('a day', 'a week', 'every 28 days')
    """
    days = 1 / per_day
    return {Fraction(1): "a day", Fraction(7): "a week"}.get(days, f"every {words_of(days)} days")
