"""Numbers that are not written as declared, or that a workbook shows otherwise than it holds them."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction

from tests.readers.book import Book, Spot, X
from tests.readers.choosing import Chooser
from tests.readers.defects import (
    Spoilt,
    as_text,
    cannot_hold,
    cells,
    defect,
    in_workbook,
    instead,
    may_be_utf_8,
    pick,
    spoil_cell,
    spot,
)
from tests.readers.facts import Number
from tests.readers.layouts import UNITS, Record, millionths
from tests.readers.reading import stated
from tests.readers.spellings import digits


def _number(spot: Spot) -> bool:
    return spot.kind == "number" and isinstance(spot.said, Number) and not spot.said.bound and spot.record is not None


def _whole(spot: Spot) -> bool:
    return _number(spot) and spot.said.value.denominator == 1


def _lab(spot: Spot) -> bool:
    return _number(spot) and spot.measure in ("ck", "weight", "score")


def with_value(record: Record, spot: Spot, value: Fraction) -> Record:
    """The record with another written number in it."""
    if record[0] == "course":
        return (*record[:7], value, *record[8:])
    factor = UNITS[spot.measure][spot.unit] if spot.unit else Fraction(1)
    return (*record[:5], millionths(value * factor), *record[6:])


#: What is written for a number `n` (as plain digits) -> the number that anybody would read, where there is one.
Meant = Callable[[Fraction], Fraction | None]
_SAME: Meant = lambda value: value  # noqa: E731  # one of a table of small functions
_NEGATIVE: Meant = lambda value: -value  # noqa: E731
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

#: name, which numbers, the text made of their digits, and what it may be read as in silence.
NUMBERS: list[tuple[str, Callable[[Spot], bool], Callable[[str], str], Meant | None]] = [
    ("sign: a true minus", _lab, lambda n: f"\u2212{n}", _NEGATIVE),
    ("sign: an en dash", _lab, lambda n: f"\u2013{n}", _NEGATIVE),
    ("sign: a minus behind", _number, lambda n: f"{n}-", None),
    ("sign: brackets", _number, lambda n: f"({n})", _NEGATIVE),
    ("sign: plus or minus", _number, lambda n: f"±{n}", None),
    ("sign: with its spread", _number, lambda n: f"{n} ± 2", None),
    ("sign: two", _number, lambda n: f"--{n}", None),
    ("sign: apart from its number", _lab, lambda n: f"- {n}", _NEGATIVE),
    ("bound: at most, signs turned", _lab, lambda n: f"=<{n}", None),
    ("bound: in words", _lab, lambda n: f"below {n}", None),
    ("bound: two signs", _lab, lambda n: f"<>{n}", None),
    ("bound: behind", _lab, lambda n: f"{n}<", None),
    ("bound: an entity of the web", _lab, lambda n: f"&lt;{n}", None),
    ("bound: a wide sign", _lab, lambda n: f"＜{n}", None),
    ("bound: not equal", _lab, lambda n: f"≠{n}", None),
    ("bound: of another kind", _lab, lambda n: f"≫{n}", None),
    ("bound: spoilt by another encoding", _lab, lambda n: f"â‰¥{n}", None),
    ("bound: a letter that was lost", _lab, lambda n: f"\ufffd{n}", None),
    ("about: a tilde", _number, lambda n: f"~{n}", None),
    ("about: ca.", _number, lambda n: f"ca. {n}", None),
    ("about: a question mark", _number, lambda n: f"{n}?", None),
    ("range: with a hyphen", _number, lambda n: f"{n}-{n}", None),
    ("range: with an en dash", _number, lambda n: f"{n}–{n}", None),
    ("flag: a star", _number, lambda n: f"{n}*", None),
    ("flag: high", _number, lambda n: f"{n} H", None),
    ("flag: in brackets behind", _number, lambda n: f"{n} (repeat)", None),
    ("flag: a footnote", _number, lambda n: f"{n}²", None),
    ("flag: an arrow", _number, lambda n: f"{n}↑", None),
    ("digits: full width", _number, lambda n: n.translate(FULL_WIDTH), _SAME),
    ("digits: Arabic", _number, lambda n: n.translate(ARABIC), _SAME),
    ("digits: raised", _number, lambda n: n.translate(RAISED), None),
    ("digits: the letter O", _number, lambda n: f"{n}O", None),
    ("digits: the letter l", _number, lambda n: f"l{n}", None),
    ("digits: Roman", _number, lambda n: "Ⅷ", None),
    ("thousands: a no-break space", _whole, lambda n: f"1\xa0{n:0>3}", None),
    ("thousands: a narrow no-break space", _whole, lambda n: f"1\u202f{n:0>3}", None),
    ("thousands: a space", _whole, lambda n: f"1 {n:0>3}", None),
    ("thousands: a thin space", _whole, lambda n: f"1\u2009{n:0>3}", None),
    ("thousands: marks of two groups", _whole, lambda n: "1.234.567", None),
    ("thousands: Indian groups", _whole, lambda n: "12,34,567", None),
    ("thousands: an apostrophe", _whole, lambda n: f"1'{n:0>3}", None),
    ("thousands: an underscore", _whole, lambda n: f"1_{n:0>3}", None),
    ("thousands: both marks", _whole, lambda n: "1.234,5", None),
    ("thousands: both marks, in English", _whole, lambda n: "1,234.5", None),
    ("decimals: two marks", _number, lambda n: f"{n}.2.3", None),
    ("decimals: a middle dot", _whole, lambda n: f"{n}·5", None),
    ("decimals: an Arabic mark", _whole, lambda n: f"{n}٫5", None),
    ("decimals: an apostrophe before", _number, lambda n: f"'{n}", _SAME),
    ("decimals: none behind the mark", _whole, lambda n: f"{n}.", _SAME),
    ("decimals: nothing before the mark", _number, lambda n: ".5", None),
    ("decimals: too many", lambda spot: _whole(spot) and not spot.rounded, lambda n: f"{n}.12345678", None),
    ("exponent", _whole, lambda n: f"{n}e1", lambda value: value * 10),
    ("exponent: times ten", _whole, lambda n: f"{n}×10^2", lambda value: value * 100),
    ("unit: another behind", _number, lambda n: f"{n} furlong", None),
    ("unit: a prefix behind", _number, lambda n: f"{n}k", None),
    ("unit: a currency", _number, lambda n: f"${n}", None),
    ("percent: a sign behind", _number, lambda n: f"{n}%", None),
    ("percent: per mille", _number, lambda n: f"{n} ‰", None),
    ("fraction: two numbers", _number, lambda n: f"{n}/2", None),
    ("fraction: one sign", _number, lambda n: "½", None),
    ("fraction: behind a number", _whole, lambda n: f"{n}½", None),
    ("time: as a number", _whole, lambda n: f"{n}:30", None),
    ("formula: as text", _number, lambda n: f"={n}", _SAME),
    ("formula: a sum", _number, lambda n: f"{n}+1", None),
    ("not a number: a long dash", _number, lambda n: "—", None),
    ("not a number: dots", _number, lambda n: "...", None),
    ("not a number: nan", _number, lambda n: "nan", None),
    ("not a number: infinity", _number, lambda n: "inf", None),
    ("not a number: NULL", _number, lambda n: "NULL", None),
    ("not a number: #N/A", _number, lambda n: "#N/A", None),
    ("not a number: hexadecimal", _number, lambda n: "0x1F", None),
    ("not a number: a word", _number, lambda n: "five", None),
    ("not a number: a truth value", _number, lambda n: "TRUE", None),
    ("unseen: a space of no width", _number, lambda n: f"{n}\u200b", _SAME),
    ("unseen: a mark of direction", _number, lambda n: f"\u200e{n}", _SAME),
    ("unseen: a mark of the other direction", _number, lambda n: f"\u200f{n}", _SAME),
    ("unseen: a text set from right to left", _number, lambda n: f"\u202b{n}\u202c", _SAME),
    ("unseen: a soft hyphen", _number, lambda n: f"{n}\u00ad", _SAME),
    ("unseen: a byte order mark", _number, lambda n: f"\ufeff{n}", _SAME),
    ("unseen: a no-break space around", _number, lambda n: f"\xa0{n}\xa0", _SAME),
    ("unseen: a control character", _number, lambda n: f"{n}\x7f", _SAME),
    ("joined: two numbers", _number, lambda n: f"{n} {n}", None),
    ("joined: two numbers with a semicolon", _number, lambda n: f"{n}; {n}", None),
    ("joined: an arrow between", _number, lambda n: f"{n}→{n}", None),
    ("joined: in quotation marks", _number, lambda n: f"“{n}”", _SAME),
    ("joined: two lines", _number, lambda n: f"{n}\n{n}", None),
    ("code: not declared", _number, lambda n: "NK", None),
    ("code: minus nine", lambda spot: _number(spot) and spot.measure in ("cmas", "weight", "ck", "systolic"), lambda n: "-9", None),
    ("range: above the scale", lambda spot: _number(spot) and spot.measure == "cmas", lambda n: "53", None),
    ("range: a minus on a scale", lambda spot: _number(spot) and spot.measure == "cmas" and spot.said.value > 0, lambda n: f"-{n}", None),
    ("unit: grams in kilograms", lambda spot: _number(spot) and spot.measure == "weight" and spot.unit == "kg", lambda n: "14500", None),
    ("unit: a factor of a million", lambda spot: _number(spot) and spot.measure == "ck", lambda n: "999999999", None),
]  # fmt: skip


def _number_defect(name: str, wanted: Callable[[Spot], bool], text: Callable[[str], str], meant: Meant | None) -> None:
    @defect(name)
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        where = pick(choose, cells(book, wanted))
        if where is None:
            return None
        here = spot(book, where)
        plain = digits(here.said.value)
        written = text(plain)
        if cannot_hold(book, written):
            return None
        silent = []
        if meant is not None and here.record is not None:
            value = meant(here.said.value)
            if value is not None:
                silent = [instead(book, where, here.record, with_value(here.record, here, value))]
        stopped = "the file" if may_be_utf_8(book, written) else ""
        return spoil_cell(book, where, as_text(book, written), silent=silent, stopped=stopped)


for _one in NUMBERS:
    _number_defect(*_one)


@defect("decimals: the other mark")
def other_mark(choose: Chooser, book: Book) -> Spoilt | None:
    """A decimal comma where the point is declared, or the other way round."""
    where = pick(choose, cells(book, _whole))
    if where is None:
        return None
    comma = _comma(book, spot(book, where))
    return spoil_cell(book, where, as_text(book, digits(spot(book, where).said.value) + (".5" if comma else ",5")))


@defect("thousands: the other mark")
def other_thousands(choose: Chooser, book: Book) -> Spoilt | None:
    """1,200 where a point is declared, 1.200 where a comma is."""
    where = pick(choose, cells(book, _whole))
    if where is None:
        return None
    return spoil_cell(book, where, as_text(book, "1.200" if _comma(book, spot(book, where)) else "1,200"))


def _comma(book: Book, here: Spot) -> bool:
    """Whether chart.yaml declares a decimal comma for the column or the chart."""
    said = json.dumps(book.declared)
    return '"decimal": "comma"' in said


@defect("nothing: only a no-break space")
def no_break_blank(choose: Chooser, book: Book) -> Spoilt | None:
    """A cell that looks blank."""
    where = pick(choose, cells(book, _number))
    if where is None or cannot_hold(book, "\xa0"):
        return None
    record = spot(book, where).record
    assert record is not None
    if record[0] == "course":
        return None
    gone = instead(book, where, record, None)
    return spoil_cell(book, where, as_text(book, "\xa0"), silent=[gone])


in_workbook("cell: a truth value", _number, lambda choose, spot: X("b", choose.one("01")))
in_workbook(
    "cell: an error",
    _number,
    lambda choose, spot: X("e", choose.one(["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NUM!", "#NAME?"])),
)
in_workbook("cell: an error in text", _number, lambda choose, spot: X("str", "#N/A", formula="VLOOKUP(A1,B:B,1)"))
in_workbook("cell: a formula without its value", _number, lambda choose, spot: X("n", "", formula="B2*2"))
in_workbook("cell: an empty formula text", _number, lambda choose, spot: X("str", "", formula='IF(A1="","",1)'))
in_workbook("cell: a date for a number", _number, lambda choose, spot: X("n", "39000", "dd/mm/yyyy"))
in_workbook("cell: a day and month for a number", _number, lambda choose, spot: X("n", "39000", "d-mmm"))
in_workbook("cell: an ISO date for a number", _number, lambda choose, spot: X("d", "2009-05-10", "General"))
in_workbook("cell: a time for a number", _number, lambda choose, spot: X("n", "0.0625", "h:mm"))
in_workbook("cell: a duration for a number", _number, lambda choose, spot: X("n", "1.5", "[h]:mm:ss"))
in_workbook("cell: beyond any number", _number, lambda choose, spot: X("n", "1E+30"))
in_workbook(
    "cell: more decimals than meant",
    lambda spot: _whole(spot) and not spot.rounded,
    lambda choose, spot: X("n", "33.33333333333"),
)


@defect("percent: shown by the format", medium="xlsx", formatted="not said")
def percent_format(choose: Chooser, book: Book) -> Spoilt | None:
    """62 % is stored as 0.62 and shown as 62 %: it is 62, or refused; never 0.62."""
    return _shown(choose, book, choose.one(["0%", "0.00%"]), Fraction(1, 100))


@defect("thousands: shown by the format", medium="xlsx", formatted="not said")
def thousands_format(choose: Chooser, book: Book) -> Spoilt | None:
    """12 is stored as 12000 and shown in thousands."""
    return _shown(choose, book, choose.one(["#,##0,", "0.0,", '0.0," k"']), Fraction(1000))


def _shown(choose: Chooser, book: Book, shape: str, factor: Fraction) -> Spoilt | None:
    where = pick(choose, cells(book, lambda spot: _whole(spot) and spot.said.value != 0))
    if where is None:
        return None
    here = spot(book, where)
    stored = here.said.value * factor
    spoilt = spoil_cell(book, where, X("n", repr(float(stored)), shape), silent=[stated(book)])
    # small plain numbers beside a percentage are refused as well: they may have been meant as parts of one
    column = [(where[0], row) for (row, place) in book.sheets[where[0]].spots if place == where[2]]
    spoilt.rows, spoilt.patients = (
        column,
        spoilt.patients and [book.sheets[name].rows[row].patient for name, row in column],
    )
    return spoilt


@defect("unit: another in the format", medium="xlsx", formatted="not said")
def unit_in_format(choose: Chooser, book: Book) -> Spoilt | None:
    """The cell shows `70 lb` in a column of kilograms: told or refused."""
    where = pick(choose, cells(book, lambda spot: _whole(spot) and spot.measure == "weight" and spot.unit == "kg"))
    if where is None:
        return None
    cell = X("n", digits(spot(book, where).said.value), choose.one(['0" lb"', '0.0" g"', '0\\ "lbs"']))
    return spoil_cell(book, where, cell, told=[stated(book)])


@defect("merged: two values", medium="xlsx", merged_ids="no")
def merged_values(choose: Chooser, book: Book) -> Spoilt | None:
    """Values of two rows merged into one cell, not declared."""
    below = [
        (name, row, place) for name, row, place in cells(book, _number)
        if row + 1 in book.sheets[name].rows and book.sheets[name].rows[row + 1].table == book.sheets[name].rows[row].table
        and book.sheets[name].rows[row + 1].status == "used"
    ]  # fmt: skip
    where = pick(choose, below)
    if where is None or not isinstance(book.sheets[where[0]].cells[where[1], where[2]], X):
        return None
    spoilt = book.copy()
    sheet = spoilt.sheets[where[0]]
    sheet.cells.pop((where[1] + 1, where[2]), None)
    sheet.merged.append((where[1], where[1] + 1, where[2], where[2]))
    rows = [sheet.rows[where[1]], sheet.rows[where[1] + 1]]
    patients = [row.patient for row in rows if row.table == "patients"]
    return Spoilt(spoilt, [where], rows=[(where[0], where[1] + 1)], patients=patients)
