"""A sheet as it was found: rows of cells with the row numbers a user sees, whatever the kind of file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from caseseries.chart.tables import Finding


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that a workbook marks as broken: an error such as #DIV/0!, or a formula without its value."""

    text: str
    what: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number that its format shows otherwise than it is kept: `text` is what stands there for a reader.

    `scale` is what the shown number is times the kept one (100 for a percentage), `unit` the text behind it, and `hidden` says that
    no number is shown at all.
    """

    value: float
    text: str
    scale: Fraction
    unit: str
    hidden: bool = False

    @property
    def shown(self) -> Fraction:
        """The number that stands there."""
        return Fraction(number_text(self.value)) * self.scale


@dataclass(frozen=True, slots=True)
class Shortened:
    """A date of which the format shows `text` only; `hides` is what is not shown."""

    day: dt.date
    text: str
    hides: Literal["day", "day and month", "year"]


#: A cell as it was found; an exact decimal stands for a float of a data frame.
Raw = (
    str
    | int
    | float
    | Decimal
    | bool
    | dt.datetime
    | dt.date
    | dt.time
    | dt.timedelta
    | Bad
    | Formatted
    | Shortened
    | None
)


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of merged cells; rows and columns from 1, both ends included. Only the first cell holds the value."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell belongs to the block."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV file or one sheet of a workbook.

    `rows` maps the row number, as the user sees it, to the cells from the first column on; rows without any cell are left
    out. `lettered` says that columns carry letters, `from_1904` that plain numbers count days from 1904.
    `ends_open` says that no line break ends a file of text. `findings` are what was noticed while unpacking. Of the forms of one export,
    `beside` are the columns of other forms, and `within` says of a row where in its record it is (`event visit_1, instance 2`).
    """

    file: str
    name: str
    rows: Mapping[int, list[Raw]]
    lettered: bool = False
    from_1904: bool = False
    ends_open: bool = False
    merged: tuple[Merged, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    beside: frozenset[str] = frozenset()
    within: Mapping[int, str] = field(default_factory=dict)


def letter(column: int) -> str:
    """The letters of a column of a workbook, from 1.

    >>> letter(1), letter(26), letter(27)
    ('A', 'Z', 'AA')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int | None:
    """The number of a column given by its letters or its number; None where it is neither.

    >>> column_number("AA"), column_number("3"), column_number("mmt")
    (27, 3, None)
    """
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    if not (text.isascii() and text.isalpha() and text.isupper() and len(text) <= 3):
        return None
    number = 0
    for sign in text:
        number = number * 26 + ord(sign) - 64
    return number


def number_text(value: float | Decimal) -> str:
    """A number of a workbook as decimal text, with the 15 digits that a spreadsheet keeps; an exact decimal with all of its digits.

    >>> number_text(41.5), number_text(3.0), number_text(0.1 + 0.2), number_text(1e-7)
    ('41.5', '3', '0.3', '0.0000001')
    """
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = format(value if isinstance(value, Decimal) else Decimal(f"{value:.15g}"), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def shown(raw: Raw) -> str:
    """A cell as text: dates year-month-day, numbers without trailing zeros, outer spaces removed.

    >>> shown(dt.datetime(2009, 3, 5)), shown(3.0), shown(None), shown(" P1 ")
    ('2009-03-05', '3', '', 'P1')
    """
    if isinstance(raw, str):
        return raw.strip(" \t\r\n")
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int | float | Decimal):
        return number_text(raw)
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ")
    return raw.text if isinstance(raw, Bad | Formatted | Shortened) else str(raw)


def blank(raw: Raw) -> bool:
    """Whether nothing but spaces stands in the cell."""
    return raw is None or (isinstance(raw, str) and not raw.strip(" \t\r\n"))
