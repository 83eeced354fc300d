"""Courses of drugs: which, from when to when, how much, how often, by which route."""

from __future__ import annotations

from functools import partial

from caseseries.catalogue import Taper
from caseseries.chart.cells import Quantity
from caseseries.chart.dates import Span
from caseseries.chart.described import DrugsTable
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.taper_cell import TaperReader, reads_taper
from caseseries.protocol.case import FirstExposure, NominalDay
from caseseries.protocol.drug_uses import drugs_of
from caseseries.source.daily_dose import in_its_unit
from caseseries.source.dates_of_rows import dates_of_rows
from caseseries.source.doses_of_row import CourseCells, DosesOfRow
from caseseries.source.drug_names import DrugNames
from caseseries.source.fatal import SAYS_NO_DRUG, says_none
from caseseries.source.from_index import NO_INDEX, index_days
from caseseries.source.people import belongs
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.several_in_cell import Dated, dated_name, split_cell
from caseseries.source.stops import Stops
from caseseries.source.table import TableReading
from caseseries.source.tapers import ends_of_taper

#: Why a row of which nothing is written is no course, where the description says so.
NOT_TAKEN = "a blank first day means that the drug was not taken"
#: The same where a blank first day means that it lay before the index date.
NOTHING_WRITTEN = "nothing is written of this drug"
#: Days before the index date from which a drug may have been taken of which no more is known than that it was before, without a date of birth.
LONGEST_LIFE = 36_525


def read_drugs(reading: TableReading, records: Records) -> None:
    """Every course of a drugs table; those whose days rest on the index date wait in `records` until all others are read."""
    courses = _Courses(reading, records)
    for row in reading.rows:
        if belongs(reading, records, row):
            courses.read(row)


class _Courses:
    """Reads the rows of one drugs table."""

    def __init__(self, reading: TableReading, records: Records) -> None:
        table = reading.table
        assert isinstance(table, DrugsTable)
        self.reading, self.records, self.table = reading, records, table
        self.drug, self.route = reading.texts(table.drug, "drug"), reading.texts(table.route, "route")
        self.unit, self.frequency = reading.texts(table.unit, "unit"), reading.texts(table.frequency, "frequency")
        self.reason, self.pulse = reading.texts(table.stop_reason, "stop reason"), reading.texts(table.pulse, "pulse")
        self.start = dates_of_rows(reading, table.start, "start")
        there = table.dose is not None and reading.has(table.dose.column)
        self.dose = reading.number_reader(table.dose) if there and table.dose is not None else None
        self.stop = Stops(reading, records, table)
        self.doses = DosesOfRow(reading, records, table)
        self.names = DrugNames.open(reading, records, table)
        self.start_header = table.start_header
        index = records.protocol.case.index_date
        self.study = (
            drugs_of(records.protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset[str]()
        )
        self.order = table.dates or reading.description.dates
        self.hundred = table.two_digit_years_from or reading.description.two_digit_years_from

    def read(self, row: Row) -> None:
        """The course of a row, or each of several in its cell."""
        reading, table = self.reading, self.table
        name, begun, unit = self.drug(row), self.start(row), self.unit(row)
        amount: Quantity | Taper | Missing | None = None
        if self.dose is not None and table.dose is not None:
            raw = reading.raw(row, table.dose.column)
            number = in_its_unit(self.dose, raw, unit)
            if reads_taper(number, raw):
                amount = reading.take(row, table.dose.column, TaperReader(number.comma), "dose")
            else:
                amount = reading.take(row, table.dose.column, number, "dose")
        cells = CourseCells(unit, amount, self.frequency(row), self.route(row), self.reason(row), self.pulse(row))
        ended = self.stop.read(row)
        value = amount if isinstance(amount, Quantity) else None
        if value is not None and (value.censor or value.value < 0) and not says_none(name) and table.dose is not None:
            reading.refuse(row, "dose", "not a dose", table.dose.column, field="dose", allowed="a number of 0 or more")
        if not row.is_used():
            if name and not says_none(name) and table.drug.separated_by is None:
                self.names.read(row, name)  # what else is wrong with the row is told in the same run
            self.stop.look_backwards(row, begun, ended)
            return
        if says_none(name) and not self.names.told(name):
            row.status, row.reason = "out of scope", SAYS_NO_DRUG
            return
        if begun is None and table.blank_start == "not taken" and self._not_taken(row, cells, ended):
            return
        if begun is None and table.blank_start == "before index date" and self._nothing_written(row):
            row.status, row.reason = "out of scope", NOTHING_WRITTEN
            header = self.start_header or self.stop.header
            reading.look(
                row,
                "course",
                f"{NOTHING_WRITTEN}, and it counts as not taken",
                header,
                field="start",
                allowed="`blank_start: not taken` where that is meant; a date or a dose where it was taken",
            )
            return
        if not name:
            if table.drug.separated_by is not None and begun is None and ended is None and amount is None:
                row.status, row.reason = "out of scope", "no drug is written"
                return
            what = "a course without a drug"
            reading.refuse(row, "drug", what, table.drug.column, field="drug", allowed="the name of the drug")
            return
        for one in self._named(row, name, begun, ended):
            if self._rests_on_index(row, one):
                self.records.waiting.append(partial(self._course, row, one.name, cells, one.start, one.stop))
            else:
                self._course(row, one.name, cells, one.start, one.stop)

    def _rests_on_index(self, row: Row, one: Dated) -> bool:
        """Whether a day of a course is not written, and lies before the index date."""
        table = self.table
        no_start = one.start is None and table.blank_start == "before index date"
        return no_start or self._over_before(row, one.stop)

    def _over_before(self, row: Row, ended: Span | None) -> bool:
        """Whether the last day is blank, and lay before the index date; a word or a code in its place is no blank."""
        written = self.reading.shown(row, self.stop.header) if self.stop.header is not None else ""
        return ended is None and not written and self.table.blank_stop == "before index date"

    def _nothing_written(self, row: Row) -> bool:
        """Whether a drug that is named for every row has no other cell filled, so that nothing says that this patient took it."""
        table = self.table
        if table.drug.column is not None:
            return False
        columns = [
            one.column
            for one in (table.dose, table.frequency, table.route, table.stop_reason, table.pulse)
            if one is not None
        ]
        return not any(
            self.reading.shown(row, header) for header in (self.start_header, self.stop.header, *columns) if header
        )

    def _not_taken(self, row: Row, cells: CourseCells, ended: Span | None) -> bool:
        """Whether nothing of the course is written, so that the drug was not taken; a row with a part of it is refused."""
        table, reading = self.table, self.reading
        if reading.shown(row, self.start_header):
            return False  # a code for a missing value is no blank
        others = [(table.stop_header, "a last day"), (table.dose.column if table.dose else None, "a dose")]
        others += [(table.stop_reason.column if table.stop_reason else None, "a reason for stopping")]
        for header, what in others:
            if reading.shown(row, header):
                reading.refuse(
                    row,
                    "course",
                    f"{what} without a first day, where a blank first day means that the drug was not taken",
                    header,
                    field="start",
                    allowed="the first day, or none of them",
                )
                return True
        half = [("frequency", table.frequency), ("route", table.route), ("pulse", table.pulse)]
        for field, column in half:
            if column is not None and reading.shown(row, column.column):
                what = "a word stands beside a blank first day, which means that the drug was not taken"
                reading.look(row, "course", what, column.column, field=field, allowed="the first day, or nothing")
                break
        row.status, row.reason = "out of scope", NOT_TAKEN
        return True

    def _named(self, row: Row, name: str, begun: Span | None, ended: Span | None) -> list[Dated]:
        """The drugs of a cell, each with its dates: those behind its name, or else those of the row."""
        table, reading = self.table, self.reading
        if table.drug.separated_by is None or self.names.told(name):
            return [Dated(name, begun, ended)]
        found: list[Dated] = []
        parts = split_cell(name, table.drug.separated_by)
        for part in parts:
            plain = self.names.told(part) or not reading.description.dated
            one = Dated(part) if plain else dated_name(part, self.order, self.hundred)
            if isinstance(one, Refusal):
                reading.refuse(row, one.rule, one.what, table.drug.column, field="drug", allowed=one.allowed)
                return []
            header = table.drug.column or ""
            if any(day is not None and reading.past(row, header, day, "drug") is None for day in (one.start, one.stop)):
                return []
            if says_none(one.name):
                reading.refuse(
                    row,
                    "drug",
                    "a word for none stands beside a drug",
                    table.drug.column,
                    field="drug",
                    allowed="drugs, or none",
                )
                return []
            if (one.start or one.stop) and (begun or ended):
                reading.refuse(
                    row,
                    "date",
                    "dates stand behind the name of a drug, and in a column too",
                    table.drug.column,
                    field="drug",
                    allowed="the dates in one place",
                )
                return []
            found.append(Dated(one.name, one.start or begun, one.stop or ended))
        if len({one.name.casefold() for one in found if one.start is None}) < sum(one.start is None for one in found):
            reading.look(row, "duplicate row", "a drug stands twice in one cell", table.drug.column, field="drug")
            found = list({(one.name.casefold(), one.start, one.stop): one for one in found}.values())
        return found

    def _first(self, row: Row, begun: Span | None, ended: Span | None) -> tuple[Span, int | None] | None:
        """The days on which a course may have begun, and the index day before which it began where no more is known; None leaves it out."""
        reading, records = self.reading, self.records
        if begun is not None:
            first = self.stop.settle(row, self.start_header, begun)
            fits = (
                first is not None
                and records.in_scope(row, first)
                and records.alive(reading, row, self.start_header, first)
            )
            before = self._index_day(row) if fits and self._over_before(row, ended) else None
            return (first, before) if first is not None and fits and row.is_used() else None
        if self.table.blank_start != "before index date" or reading.shown(row, self.start_header):
            what = "a course without a first day"
            reading.refuse(
                row,
                "date",
                what,
                self.start_header or self.table.drug.column,
                field="start",
                allowed="the first day taken",
            )
            return None
        index = self._index_day(row)
        if index is None:
            return None
        born = records.people[row.patient].birth_low if row.patient in records.people else None
        low = born if born is not None and born < index else index - LONGEST_LIFE
        return Span(low, index - 1), index if self._over_before(row, ended) else None

    def _index_day(self, row: Row) -> int | None:
        index = self.records.protocol.case.index_date
        if isinstance(index, NominalDay):
            return index.nominal_day
        days = index_days(self.records).get(row.patient, ())
        if not days:
            row.status, row.reason = "out of scope", NO_INDEX
        return days[0] if days else None

    def _course(self, row: Row, name: str, cells: CourseCells, begun: Span | None, ended: Span | None) -> None:
        """One course, kept or the reason why its row is refused."""
        reading, records, table, stop = self.reading, self.records, self.table, self.stop
        taper = cells.amount if isinstance(cells.amount, Taper) else None
        stops = taper is not None and taper.stops
        if not row.is_used() or (ended is None and not stops and not stop.blank(row)):
            return
        meant = self.names.read(row, name)
        reading.means(row, table.drug.column, meant.key)
        key = meant.key
        rests = row.is_used() and self._rests_on_index(row, Dated(name, begun, ended))
        days = index_days(records).get(row.patient) if rests and key in self.study else None
        if rests and key in self.study and (not days or (begun is not None and begun.low < days[0])):
            what = "of the study drug the first or the last day is blank, which means a day before the index date: its own first day"
            reading.refuse(
                row,
                "course",
                what,
                stop.header if begun is not None else self.start_header,
                field="drug",
                allowed="the first day, and the last or a word that `ongoing` lists",
            )
        begun, ended = records.together(begun, ended, stop.shift)
        found = self._first(row, begun, ended) if row.is_used() else None
        if found is None:
            return
        first, before = found
        last = None if ended is None else stop.settle(row, stop.header, ended)
        if not row.is_used():
            return
        open_ = ended is None and not stop.says_ongoing(row) and table.blank_stop == "not known"
        unknown = ended is None and (
            open_ or stop.unknown(row) or (before is None and not stops and stop.reason_alone(row, cells.reason))
        )
        if not row.is_used():
            return
        ends = stop.ends(first, last, within=begun is None or stop.within(begun, ended), unknown=unknown, before=before)
        if ends is None:
            if before is None:
                stop.refuse_backwards(row)
            else:
                what = "a course that began on or after the index date was not over before it"
                reading.refuse(
                    row,
                    "course",
                    what,
                    stop.header or self.start_header,
                    field="stop",
                    allowed="a day before the index date",
                )
            return
        if taper is not None:
            # a blank last day leaves the words of a taper as they are; a code for it, and a reason for stopping, do not
            lost = unknown and (not open_ or stop.says_stopped(row, cells.reason))
            ends = ends_of_taper(reading, row, taper, ends, written=last is not None, lost=lost, before=before)
        if ends is not None:
            self.doses.keep(row, name, cells, meant, ends, last)
