"""One table while it is read: its rows, its columns by name, its accepted cells, and what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol as Shape
from typing import TypeVar

from caseseries.chart.cells import GradeReader, NumberReader, TextReader, YesNoReader, fold_codes, numbers_of
from caseseries.chart.columns import NumberColumn, TextColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import LongTable, Table
from caseseries.chart.described_redcap import NOT_ASKED
from caseseries.chart.description import Accepted, Description
from caseseries.chart.findings import Findings
from caseseries.chart.header import missing_column, place_of
from caseseries.chart.letters import SPOILT, spoilt
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Raw, Sheet, shown
from caseseries.errors import Place
from caseseries.protocol.grades import grade_place
from caseseries.protocol.measure import Graded
from caseseries.protocol.written import folded
from caseseries.source.decisions import Cell, plainly
from caseseries.source.row import Row
from caseseries.source.whole_columns import holds_percentages, look_like_parts_of_one
from caseseries.source.words_taken import WordsTaken

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
    accepted: dict[Cell, Accepted] = field(default_factory=dict)
    #: Where the single cells of the sheet stand that were given a name; those that hold the sheet's or the file's name stand nowhere.
    singles: Mapping[str, Cell | None] = field(default_factory=dict)
    #: How many cells a row has; what single cells hold stands behind them.
    width: int = 0
    #: The readings of the same table on other sheets, in their order, this one among them.
    siblings: Sequence[TableReading] = ()
    #: The cells of a column on all of these sheets, by its header, once they were asked for; one for all of them.
    gathered: dict[str, list[Raw]] = field(default_factory=dict)
    #: Whether some of these cells are percentages, in the same way.
    percents: dict[str, bool] = field(default_factory=dict)
    #: The last row that is about somebody, once it was asked for; 0 where none is.
    last_good: int | None = None
    words: WordsTaken = field(default_factory=WordsTaken)

    # --- Rows -------------------------------------------------------------------------------------------------------

    def no_patient(self, row: Row) -> None:
        """Refuse a row whose id is probably none."""
        if self.last_good is None:
            self.last_good = max((one.number for one in self.rows if not one.strange and one.patient), default=0)
        below = 0 < self.last_good < row.number
        allowed = "an id; `last_row` says where the table ends, `skip_rows` leaves rows out, `as_found: yes` accepts the id of a patient"
        proposal = f"last_row: {self.last_good}" if below else ""
        self.refuse(
            row, "no patient", row.strange, self.id_column(row), field="patient", allowed=allowed, proposal=proposal
        )

    # --- Columns and cells ------------------------------------------------------------------------------------------

    def has(self, column: str) -> bool:
        """Whether the column is there; noted as an error, once, where it is not."""
        self.used.add(column)
        if column in self.positions:
            return True
        missing_column(self.sheet, self.table, self.positions, column, self.findings)
        return False

    def at(self, row: Row, column: str) -> Cell:
        """Where the cell of the row stands on the sheet: usually in it, or above, or in the one place where a single cell stands."""
        position = self.positions.get(column, -1)
        return self.singles.get(column) or (row.origin.get(position, row.number), position)

    def place(self, row: Row, column: str | None) -> Place:
        """The address of a cell of the row, or of the row."""
        if column is None or column not in self.positions:
            return place_of(self.sheet, row.number, None, column or "")
        if self.singles.get(column, row) is None:  # what the sheet or the file is called stands in no cell
            return Place(self.sheet.file, self.sheet.name)
        number, position = self.at(row, column)
        return place_of(self.sheet, number, position, column)

    def id_column(self, row: Row) -> str:
        """The column at which something is said of the row's id: of several the first whose cell is not that of another row."""
        ids = [column for column in self.table.patient if column in self.positions]
        own = [column for column in ids if self.at(row, column)[0] == row.number]
        return (own or ids or list(self.table.patient))[0]

    def raw(self, row: Row, column: str) -> Raw:
        """The cell as it was found, or as a person said it is to be read."""
        decision = self.decided(row, column)
        if decision is not None and decision.read_as is not None:
            return decision.read_as
        return row.cells[self.positions[column]]

    def shown(self, row: Row, column: str | None) -> str:
        """The text of the cell as it was found."""
        return shown(row.cells[self.positions[column]]) if column and column in self.positions else ""

    def decided(self, row: Row, column: str) -> Accepted | None:
        """A person's decision about the cell, where there is one."""
        return self.accepted.get(self.at(row, column)) if self.accepted else None

    def take(self, row: Row, column: str, reader: Reader[Value], name: str) -> Value | Missing | None:
        """The cell's value; a refusal refuses the whole row and is kept with its address."""
        decision = self.decided(row, column)
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
            self.findings.add(
                "error",
                "accepted cell",
                what,
                decision.line,
                patient=row.patient,
                field=name,
                value=decision.read_as,
                allowed=value.allowed,
                proposal=value.proposal,
            )
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
        self,
        row: Row,
        rule: str,
        what: str,
        column: str | None,
        *,
        field: str = "",
        value: str | None = None,
        allowed: str = "",
        proposal: str = "",
    ) -> None:
        """Refuse the row because of one of its cells."""
        found = self.shown(row, column) if value is None else value
        self.findings.add(
            "error",
            rule,
            what,
            self.place(row, column),
            patient=row.patient,
            field=field,
            value=found,
            allowed=allowed,
            proposal=proposal,
        )
        row.status, row.reason = "refused", row.reason or what

    def look(
        self,
        row: Row,
        rule: str,
        what: str,
        column: str | None,
        *,
        field: str = "",
        allowed: str = "",
        proposal: str = "",
        severity: str = "warning",
    ) -> None:
        """Note something about a cell that does not stop it from being read."""
        self.findings.add(
            "note" if severity == "note" else "warning",
            rule,
            what,
            self.place(row, column),
            patient=row.patient,
            field=field,
            value=self.shown(row, column),
            allowed=allowed,
            proposal=proposal,
        )

    # --- Readers of declared columns --------------------------------------------------------------------------------

    def codes(self, *more: Mapping[str, str]) -> dict[str, str]:
        """Missing codes of the chart, this table and the column."""
        asked = {} if self.description.redcap is None else {NOT_ASKED: NOT_ASKED}
        return fold_codes(asked, self.description.missing, self.table.missing, *more)

    def number_reader(self, column: NumberColumn, unit: str = "") -> NumberReader:
        """The reader of a column of numbers."""
        comma = (column.decimal or self.description.decimal) == "comma"
        cells, unit = self.cells(column.column), column.unit or unit
        if column.formatted is None and self.is_first() and look_like_parts_of_one(cells, unit):
            what = "every number of this column in % is at most 1: are they parts of one, as a spreadsheet keeps percentages?"
            self.findings.add(
                "warning", "number format", what, self.column_place(column.column), allowed="numbers of a hundred"
            )
        if column.column not in self.percents:
            self.percents[column.column] = holds_percentages(cells)
        return NumberReader(
            self.codes(column.missing),
            comma,
            column.split,
            column.part or 1,
            column.parts,
            column.round_to,
            unit,
            column.unit_in_cell,
            column.formatted,
            column.formatted is None and self.percents[column.column],
            numbers_of(column.words),
        )

    def yes_no_reader(
        self, missing: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None
    ) -> YesNoReader:
        """The reader of a column of yes and no, or of `words` that mean one of them."""
        yes, no = self.description.yes, self.description.no
        if words:
            folded = {
                meaning: tuple(word for word, one in words.items() if _is(one, meaning)) for meaning in ("yes", "no")
            }
            yes, no = folded["yes"], folded["no"]
        return YesNoReader(self.codes(missing or {}), folded_words(yes), folded_words(no))

    def grade_reader(self, column: NumberColumn, measure: Graded) -> GradeReader:
        """The reader of a column of grades, in the spelling of the measure, its `words` and those of the column."""
        of_several = isinstance(self.table, LongTable)  # its words are those of several measures
        words = {**column.words, **measure.words} if of_several else {**measure.words, **column.words}
        found = {folded(word): grade_place(measure.grades, meaning) for word, meaning in words.items()}
        places = {word: place for word, place in found.items() if place is not None}
        places |= {folded(grade): place for place, grade in enumerate(measure.grades)}
        return GradeReader(self.codes(column.missing), places, measure.grades)

    def text_reader(self, column: TextColumn) -> TextReader:
        """The reader of a column of words."""
        words = None if column.words is None else {word.casefold(): meaning for word, meaning in column.words.items()}
        return TextReader(self.codes(column.missing), words, tuple(column.words or ()))

    def cells(self, header: str) -> list[Raw]:
        """The cells of a column in the rows that are read, on every sheet of the table, those left out that a person decided on."""
        if header not in self.gathered:
            self.gathered[header] = [
                row.cells[one.positions[header]]
                for one in self.siblings or (self,)
                if header in one.positions
                for row in one.rows
                if one.decided(row, header) is None
            ]
        return self.gathered[header]

    def is_first(self) -> bool:
        """Whether what is said of a whole column is said here, and not of each sheet of the table again."""
        return not self.siblings or self.siblings[0] is self

    def column_place(self, header: str) -> Place:
        """The address of a column, by its header."""
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

    def past(self, row: Row, header: str, read: Span, name: str) -> Span | None:
        """The days, unless all of them are still to come; a person may accept the date as found where the clock is wrong."""
        decision = self.decided(row, header)
        if self.latest is None or read.low <= self.latest or (decision is not None and decision.as_found):
            return read
        self.refuse(row, "future", FUTURE, header, field=name, allowed=NOT_LATER)
        return None


def _is(written: str, meaning: str) -> bool:
    return written.strip().casefold() in {"yes": ("yes", "true"), "no": ("no", "false")}[meaning]


def folded_words(words: tuple[str, ...]) -> frozenset[str]:
    """Words without the case of their letters, and with single spaces."""
    return frozenset(folded(word) for word in words)
