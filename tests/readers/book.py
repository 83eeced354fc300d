"""Files before they are written: sheets of spelt cells, what each row says, and the chart description that belongs to them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.readers.layouts import Record


@dataclass(frozen=True)
class X:
    """A cell of a workbook: its type in the file (`n`, `s`, `inline`, `rich`, `phonetic`, `str`, `b`, `e`, `d`, `blank`), what is
    stored, its number format, and a formula of which it is the last value."""

    type: str
    stored: str = ""
    format: str = "General"
    formula: str = ""

    def __repr__(self) -> str:
        shape = "" if self.format == "General" else f" as {self.format}"
        return f"{self.type}:{self.stored!r}{shape}{' of a formula' * bool(self.formula)}"


#: A cell of a CSV file is its text.
Cell = str | X | None


@dataclass(frozen=True)
class Spot:
    """What a cell is about: its table, the kind of its column, the column's key and name, what it says unspelt, and its column's unit."""

    table: str
    kind: str
    key: str
    name: str
    said: Any
    measure: str = ""
    line: int = 0
    record: Record | None = None
    unit: str = ""
    rounded: bool = False


@dataclass
class Row:
    """What became of one row, and what it says."""

    table: str
    patient: str
    status: str
    records: list[Record]


@dataclass
class Sheet:
    """One CSV file, or one sheet of the workbook. Rows and places count from 1."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    spots: dict[tuple[int, int], Spot] = field(default_factory=dict)
    headers: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    state: str = "visible"
    filtered: bool = False

    @property
    def last(self) -> int:
        return max((row for row, _ in self.cells), default=0)


@dataclass
class Book:
    """All files of one chart."""

    medium: str
    sheets: dict[str, Sheet] = field(default_factory=dict)
    declared: dict[str, Any] = field(default_factory=dict)
    #: How the files are made: encoding, delimiter, newline, quote, bom, final; epoch, references, others.
    made: dict[str, Any] = field(default_factory=dict)
    #: Bytes that stand in place of a file as it would be written.
    instead: dict[str, bytes] = field(default_factory=dict)
    cut_off: bool = True
    #: What the protocol must be for it: whether it has a daily dose, and from where; whether its days are moved.
    dose: str = "none"
    shifted: bool = False
    #: On which days visits stand, and whether courses replace each other: then one row decides on what others say.
    counted: str = "dates"
    replaces: bool = False
    #: What is expected of the chart as a whole.
    not_charted: set[str] = field(default_factory=set)
    first_entries: dict[str, int] | None = None

    def copy(self) -> Book:
        """A copy of which cells, rows and the description may be changed, and the first left as it is."""
        sheets = {
            name: replace(
                one, cells=dict(one.cells), spots=dict(one.spots), headers=dict(one.headers), rows=dict(one.rows), widths=dict(one.widths),
                merged=list(one.merged), hidden_rows=set(one.hidden_rows), hidden_columns=set(one.hidden_columns),
            )
            for name, one in self.sheets.items()
        }  # fmt: skip
        return replace(
            self, sheets=sheets, declared=copy.deepcopy(self.declared), made=dict(self.made), instead=dict(self.instead)
        )

    def label(self, sheet: str, place: int, name: str) -> str:
        """A column as a finding names it."""
        return name if self.medium == "csv" else f"{letters(place)} ({name})" if name else letters(place)

    def file(self, sheet: str) -> tuple[str, str]:
        """File and sheet as a finding names them."""
        return (sheet, "") if self.medium == "csv" else ("chart.xlsx", sheet)


def letters(place: int) -> str:
    text = ""
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
