"""One table while it is read: its rows, its columns by name, its accepted cells, and what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol as Shape
from typing import TypeVar

from caseseries.chart.cells import DateReader, NumberReader, TextReader, YesNoReader, fold_codes, has_control
from caseseries.chart.columns import DateColumn, DateOrder, NumberColumn, TextColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import Table
from caseseries.chart.description import Accepted, Description
from caseseries.chart.findings import Findings
from caseseries.chart.header import columns_of, missing_column, place_of
from caseseries.chart.letters import SPOILT, spoilt
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Raw, Sheet, blank, shown
from caseseries.chart.table_end import filled_cells, has_words, only_ids, repeats_heading, strange_ids
from caseseries.chart.tables import RowStatus
from caseseries.errors import Place
from caseseries.source.date_parts import dates_in_parts
from caseseries.source.decisions import decisions_on, plainly
from caseseries.source.merged_cells import merged_cells
from caseseries.source.whole_columns import date_pattern, holds_percentages, look_like_parts_of_one, order_of_all
from caseseries.source.words_taken import WordsTaken

#: Why a row that holds nothing else than an id is about no patient.
ONLY_AN_ID = "the row holds nothing but an id"

#: What is said of a date that is still to come, and what would have been allowed.
FUTURE = "the date is in the future"
NOT_LATER = (
    "a day not after the day of the run; `shifted_dates: yes` where dates were moved to hide who the patients are"
)

Value = TypeVar("Value", covariant=True)


class Reader(Shape[Value]):
    """Anything that turns one cell into a value, a missing code, nothing, or a refusal."""

    def read(self, raw: Raw) -> Value | Missing | Refusal | None:
        """The value of the cell."""


@dataclass(slots=True)
class Row:
    """One row while it is read. `status` and `reason` say in the end what became of it; `strange` why its id is probably none."""

    number: int
    cells: list[Raw]
    patient: str = ""
    row_id: int = 0
    status: RowStatus = "used"
    reason: str = ""
    strange: str = ""

    def is_used(self) -> bool:
        """Whether nothing has taken the row out so far."""
        return self.status == "used"

    def is_refused(self) -> bool:
        """Whether one of its cells was refused."""
        return self.status == "refused"


@dataclass(slots=True)
class TableReading:
    """One table of the description with its rows; every cell is taken through :meth:`take`, and each refusal is kept."""

    name: str
    table: Table
    sheet: Sheet
    description: Description
    findings: Findings
    latest: int | None = None
    positions: Mapping[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    accepted: dict[tuple[int, int], Accepted] = field(default_factory=dict)
    words: WordsTaken = field(default_factory=WordsTaken)

    @classmethod
    def open(
        cls, name: str, table: Table, sheet: Sheet, description: Description, findings: Findings, latest: int | None = None
    ) -> TableReading:  # fmt: skip
        """The table with its header read, its rows counted, and each row's patient known; `latest` is the last day a date can be."""
        reading = cls(name, table, sheet, description, findings, latest)
        reading.positions = columns_of(sheet, table, findings)
        reading.accepted = decisions_on(sheet, table, reading.positions, description, findings)
        reading._rows()
        return reading

    # --- Rows -------------------------------------------------------------------------------------------------------

    def _rows(self) -> None:
        table, width = self.table, max(self.positions.values(), default=-1) + 1
        header_width = len(self.sheet.rows.get(table.header[-1], []))
        for number in sorted(self.sheet.rows):
            cells = self.sheet.rows[number]
            if not table.reads(number) or all(blank(cell) for cell in cells):
                continue
            row = Row(number, cells + [None] * (width - len(cells)))
            self.rows.append(row)
            if not self.sheet.lettered and len(cells) != header_width:
                more = "more" if len(cells) > header_width else "fewer"
                self.refuse(
                    row,
                    "row",
                    f"the row has {more} cells than the header",
                    None,
                    value=str(len(cells)),
                    allowed=str(header_width),
                )
        merged_cells(self)
        ids = [column for column in table.patient if self.has(column)]
        for row in self.rows:
            if row.is_used():
                row.patient = self._patient(row, ids)
        self._strangers(ids)

    def _strangers(self, ids: list[str]) -> None:
        """Mark rows whose id is probably none: means and legends below the table, and rows with nothing but an id."""
        rows = sorted((row for row in self.rows if row.is_used()), key=lambda row: row.number)
        positions = [self.positions[column] for column in ids]
        for column in ids:
            position = self.positions[column]
            asked = [row for row in rows if (row.number, position) not in self.accepted]
            filled = [filled_cells(row.cells) for row in asked]
            worded = [has_words(row.cells, positions) for row in asked]
            for place, why in strange_ids([self.shown(row, column) for row in asked], filled, worded).items():
                asked[place].strange = asked[place].strange or why
        heading = self.sheet.rows.get(self.table.header[-1], [])
        for row in rows:
            if ids and repeats_heading(row.cells, heading, positions):
                row.strange = "the row is the heading once more"
        for place in only_ids([row.cells for row in rows], positions):
            row = rows[place]
            if not any((row.number, position) in self.accepted for position in positions):
                row.strange = row.strange or ONLY_AN_ID

    def no_patient(self, row: Row) -> None:
        """Refuse a row whose id is probably none."""
        good = [one.number for one in self.rows if not one.strange and one.patient]
        below = bool(good) and row.number > max(good)
        allowed = "an id; `last_row` says where the table ends, `skip_rows` leaves rows out, `as_found: yes` accepts the id of a patient"
        proposal = f"last_row: {max(good)}" if below else ""
        self.refuse(
            row, "no patient", row.strange, self.table.patient[0], field="patient", allowed=allowed, proposal=proposal
        )

    def _patient(self, row: Row, ids: list[str]) -> str:
        parts = []
        for column in ids:
            raw = self.raw(row, column)
            if isinstance(raw, str) and not blank(raw) and raw != raw.strip():
                self.findings.add("note", "id", "spaces around the id are left out", self.place(row, column), value=raw)
            if isinstance(raw, str) and has_control(raw.strip()):
                self.refuse(row, "id", "the id holds a line break or another control character", column, field="patient",
                            allowed="letters, digits and signs on one line")  # fmt: skip
                return ""
            read = self.take(row, column, TextReader({}), "patient")
            parts.append(read if isinstance(read, str) else "")
        if not ids or row.is_refused():
            return ""
        if not all(parts):
            self.refuse(row, "id", "the row says of no patient", ids[parts.index("")], field="patient",
                        allowed="a patient id in every row; `skip_rows` or `last_row` leave out notes below a table")  # fmt: skip
        return "-".join(parts)

    # --- Columns and cells ------------------------------------------------------------------------------------------

    def has(self, column: str) -> bool:
        """Whether the column is there; noted as an error, once, where it is not."""
        self.used.add(column)
        if column in self.positions:
            return True
        missing_column(self.sheet, self.table, self.positions, column, self.findings)
        return False

    def place(self, row: Row, column: str | None) -> Place:
        """The address of a cell of the row, or of the row."""
        position = self.positions.get(column) if column else None
        return place_of(self.sheet, row.number, position, column or "")

    def raw(self, row: Row, column: str) -> Raw:
        """The cell as it was found, or as a person said it is to be read."""
        position = self.positions[column]
        decision = self.accepted.get((row.number, position))
        if decision is not None and decision.read_as is not None:
            return decision.read_as
        return row.cells[position]

    def shown(self, row: Row, column: str | None) -> str:
        """The text of the cell as it was found."""
        return shown(row.cells[self.positions[column]]) if column and column in self.positions else ""

    def decided(self, row: Row, column: str) -> Accepted | None:
        """A person's decision about the cell, where there is one."""
        return self.accepted.get((row.number, self.positions.get(column, -1)))

    def take(self, row: Row, column: str, reader: Reader[Value], name: str) -> Value | Missing | None:
        """The cell's value; a refusal refuses the whole row and is kept with its address."""
        decision = self.accepted.get((row.number, self.positions[column]))
        raw: Raw
        if decision is None:
            raw = row.cells[self.positions[column]]
        elif decision.not_evaluable is not None:
            return Missing(decision.not_evaluable, seen=True)  # something was written down at this visit
        elif decision.read_as is not None:
            raw, reader = decision.read_as, plainly(reader)
        else:
            raw = row.cells[self.positions[column]]
        value = reader.read(raw)
        if isinstance(value, Refusal) and decision is not None and decision.read_as is not None:
            what = f"`read_as` for {self.place(row, column)}: {value.what}"
            self.findings.add("error", "accepted cell", what, decision.line, patient=row.patient, field=name, value=decision.read_as,
                              allowed=value.allowed, proposal=value.proposal)  # fmt: skip
            row.status, row.reason = "refused", row.reason or value.what
            return None
        if isinstance(value, Refusal):
            self.refuse(row, value.rule, value.what, column, field=name, allowed=value.allowed, proposal=value.proposal)
            return None
        self.words.count(self.name, column, name, reader, raw, value)
        if isinstance(value, Missing) and shown(raw).casefold() in {
            code.strip().casefold() for code in self.description.seen
        }:
            return Missing(value.meaning, seen=True)
        return value

    def means(self, row: Row, column: str | None, meaning: str) -> None:
        """Say what the word of a cell is taken for, where the text alone does not."""
        if column is not None and column in self.positions:
            self.words.means(column, self.raw(row, column), meaning)

    def refuse(
        self, row: Row, rule: str, what: str, column: str | None, *, field: str = "", value: str | None = None, allowed: str = "",
        proposal: str = "",
    ) -> None:  # fmt: skip
        """Refuse the row because of one of its cells."""
        found = self.shown(row, column) if value is None else value
        self.findings.add("error", rule, what, self.place(row, column), patient=row.patient, field=field, value=found,
                          allowed=allowed, proposal=proposal)  # fmt: skip
        row.status, row.reason = "refused", row.reason or what

    def look(
        self, row: Row, rule: str, what: str, column: str | None, *, field: str = "", allowed: str = "", proposal: str = "",
        severity: str = "warning",
    ) -> None:  # fmt: skip
        """Note something about a cell that does not stop it from being read."""
        self.findings.add("note" if severity == "note" else "warning", rule, what, self.place(row, column), patient=row.patient,
                          field=field, value=self.shown(row, column), allowed=allowed, proposal=proposal)  # fmt: skip

    # --- Readers of declared columns --------------------------------------------------------------------------------

    def codes(self, *more: Mapping[str, str]) -> dict[str, str]:
        """Missing codes of the chart, this table and the column."""
        return fold_codes(self.description.missing, self.table.missing, *more)

    def number_reader(self, column: NumberColumn, unit: str = "") -> NumberReader:
        """The reader of a column of numbers."""
        comma = (column.decimal or self.description.decimal) == "comma"
        cells, unit = self.cells(column.column), column.unit or unit
        if column.formatted is None and look_like_parts_of_one(cells, unit):
            what = "every number of this column in % is at most 1: are they parts of one, as a spreadsheet keeps percentages?"
            self.findings.add(
                "warning", "number format", what, self._column(column.column), allowed="numbers of a hundred"
            )
        return NumberReader(
            self.codes(column.missing), comma, column.split, column.part or 1, column.parts, column.round_to, unit,
            column.unit_in_cell, column.formatted, column.formatted is None and holds_percentages(cells),
        )  # fmt: skip

    def yes_no_reader(self, missing: Mapping[str, str] | None = None) -> YesNoReader:
        """The reader of a column of yes and no."""
        words = self.description
        return YesNoReader(self.codes(missing or {}), _folded(words.yes), _folded(words.no))

    def text_reader(self, column: TextColumn) -> TextReader:
        """The reader of a column of words."""
        words = None if column.words is None else {word.casefold(): meaning for word, meaning in column.words.items()}
        return TextReader(self.codes(column.missing), words, tuple(column.words or ()))

    def date_reader(self, column: DateColumn) -> DateReader:
        """The reader of a column of dates."""
        order = column.dates or self.table.dates or self.description.dates
        days = (
            None
            if column.days is None
            else {" ".join(word.split()).casefold(): day for word, day in column.days.items()}
        )
        dated = self.description.dated and not column.relative
        if dated and column.date_cells is None and column.column is not None:
            # a code or a word that means still taken is no date, however it is written
            words = {*self.codes(column.missing), *_folded(getattr(self.table, "ongoing", ()))}
            cells = [raw for raw in self.cells(column.column) if " ".join(shown(raw).split()).casefold() not in words]
            self._as_a_whole(column.column, cells)
            self._in_another_order(column.column, cells, order)
        return DateReader(
            self.codes(column.missing), order, dated, days, column.serials, self.sheet.from_1904, column.date_cells
        )  # fmt: skip

    def _as_a_whole(self, header: str, cells: list[Raw]) -> None:
        """Stop on a column of dates of which a spreadsheet seems to have changed a part."""
        pattern, changed, left = date_pattern(cells)
        if pattern == "half converted":
            what = (
                f"dates of two forms stand in this column: of {changed} no day is above 12, and in {left} day or month is. A spreadsheet "
                "that expected the other order has probably changed the first and left the others as text"
            )
            allowed = "`date_cells: as they stand`, or `day and month swapped`, for the column; correct the cells of a CSV file"
        elif pattern == "no year":
            what = f"{changed} dates show no year; a spreadsheet puts the year of typing behind a date without one"
            allowed = "dates with their year, or `date_cells: as they stand` for the column"
        else:
            return
        self.findings.add("error", "dates", what, self._column(header), field="date", allowed=allowed)

    def _in_another_order(self, header: str, cells: list[Raw], order: DateOrder | None) -> None:
        """The one cause of many refused dates: all of them can be read in another order than the declared one."""
        found = order_of_all(cells, order)
        if found is not None:
            other, wrong, every = found
            what = f"{wrong} of the {every} dates of this column do not stand in the declared order, {order}; all of them can be read as {other}"
            self.findings.add(
                "error", "date order", what, self._column(header), field="date", proposal=f"dates: {other}"
            )

    def cells(self, header: str) -> list[Raw]:
        """The cells of a column in the rows that are read, those left out that a person decided on."""
        position = self.positions.get(header)
        if position is None:
            return []
        return [row.cells[position] for row in self.rows if (row.number, position) not in self.accepted]

    def _column(self, header: str) -> Place:
        return place_of(self.sheet, None, self.positions.get(header), header)

    def texts(self, column: TextColumn | None, name: str) -> Callable[[Row], str]:
        """A function from a row to the text of a declared column; missing codes and blanks are empty."""
        if column is None:
            return lambda row: ""
        if column.column is None:
            fixed = column.value or ""
            return lambda row: fixed
        if not self.has(column.column):
            return lambda row: ""
        header, reader = column.column, self.text_reader(column)

        def text(row: Row) -> str:
            read = self.take(row, header, reader, name)
            if isinstance(read, str) and spoilt(read) and self.decided(row, header) is None:
                self.look(row, "letters", SPOILT, header, field=name)
            return read if isinstance(read, str) else ""

        return text

    def dates(self, column: DateColumn | None, name: str) -> Callable[[Row], Span | None]:
        """A function from a row to the days that its date can be; None where nothing is recorded."""
        if column is None:
            return lambda row: None
        if column.nominal_day is not None:
            fixed = Span(column.nominal_day, column.nominal_day, relative=self.description.dated)
            return lambda row: fixed
        there = [self.has(header) for header in column.columns]  # each that is not there is noted
        if not all(there):
            return lambda row: None
        if column.column is None:
            return dates_in_parts(self, column, name)
        header, reader = column.column, self.date_reader(column)

        def date(row: Row) -> Span | None:
            read = self.take(row, header, reader, name)
            if not isinstance(read, Span):
                return None
            if read.note:
                self.findings.add(
                    "note", "date", read.note, place_of(self.sheet, None, self.positions[header], header), field=name
                )
            return (
                replace(read, relative=True)
                if self.description.dated and column.relative
                else self.past(row, header, read, name)
            )

        return date

    def past(self, row: Row, header: str, read: Span, name: str) -> Span | None:
        """The days, unless all of them are still to come; a person may accept the date as found where the clock is wrong."""
        decision = self.decided(row, header)
        if self.latest is None or read.low <= self.latest or (decision is not None and decision.as_found):
            return read
        self.refuse(row, "future", FUTURE, header, field=name, allowed=NOT_LATER)
        return None


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(word.split()).casefold() for word in words)
