"""Days that are none, stand in another order, in another epoch, or say less than they seem to."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

from tests.readers.book import Book, Spot, X
from tests.readers.choosing import Chooser
from tests.readers.defects import (
    Spoilt,
    as_text,
    cannot_hold,
    cells,
    defect,
    in_workbook,
    pick,
    row_of,
    spoil_cell,
    spot,
)
from tests.readers.defects_numbers import ARABIC, FULL_WIDTH
from tests.readers.facts import Nominal, When
from tests.readers.reading import Address, Saying, stated
from tests.readers.spellings import MONTHS_IN, serial


def _day(spot: Spot) -> bool:
    return spot.kind == "when" and isinstance(spot.said, When) and bool(spot.said.day)


def _alone(spot: Spot) -> bool:
    """A day on which all records of its row rest."""
    return (
        _day(spot)
        and spot.key == "day"
        and spot.table in ("visits", "later visits", "values", "events", "diagnoses", "deaths")
    )


def _alone_in(book: Book) -> list[tuple[str, int, int]]:
    """Such days, those of fatal events left out: their death may rest on the last day."""
    return [
        at for at in cells(book, _alone) if not any(record[2] == "death" for record in row_of(book, at).records[1:])
    ]


def _iso(day: When) -> str:
    return day.first.isoformat()


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
#: name, the text made of a day, and whether it may be read as that day in silence.
DATES: list[tuple[str, Callable[[When, str], str], bool]] = [
    ("day: 30 February", lambda day, order: ordered(day.year, 2, 30, order), False),
    ("day: 29 February of a common year", lambda day, order: ordered(day.year + (day.year % 4 == 0), 2, 29, order), False),
    ("day: 31 April", lambda day, order: ordered(day.year, 4, 31, order), False),
    ("day: month 13", lambda day, order: ordered(day.year, 13, 13, order), False),
    ("day: month 0", lambda day, order: ordered(day.year, 0, 5, order), False),
    ("day: day 0", lambda day, order: ordered(day.year, 5, 0, order), False),
    ("day: zeros for the unknown", lambda day, order: ordered(day.year, 0, 0, order), False),
    ("year: of two digits", lambda day, order: ordered(day.year, day.month, day.day, order).replace(str(day.year), f"{day.year % 100:02}"), True),
    ("year: of three digits", lambda day, order: ordered(day.year, day.month, day.day, order).replace(str(day.year), "209"), False),
    ("year: of five digits", lambda day, order: ordered(day.year, day.month, day.day, order).replace(str(day.year), f"{day.year}9"), False),
    ("year: 0", lambda day, order: ordered(day.year, day.month, day.day, order).replace(str(day.year), "0000"), False),
    ("year: 1 January 1900, a placeholder", lambda day, order: ordered(1900, 1, 1, order), False),
    ("year: nothing but zeros", lambda day, order: re.sub(r"\d", "0", ordered(day.year, day.month, day.day, order)), False),
    ("year: nothing but nines", lambda day, order: re.sub(r"\d", "9", ordered(day.year, day.month, day.day, order)), False),
    ("year: 1899", lambda day, order: ordered(1899, day.month, day.day, order), False),
    ("year: 2101", lambda day, order: ordered(2101, day.month, day.day, order), False),
    ("future: 2093", lambda day, order: ordered(2093, day.month, day.day, order), False),
    ("future: 9999", lambda day, order: ordered(9999, 12, 31, order), False),
    ("time: 24 o'clock", lambda day, order: f"{_iso(day)} 24:00", True),
    ("time: no such time", lambda day, order: f"{_iso(day)} 25:61", False),
    ("zone: Greenwich", lambda day, order: f"{_iso(day)}T23:30:00Z", False),
    ("zone: two hours east", lambda day, order: f"{_iso(day)}T23:30:00+02:00", False),
    ("zone: with thousandths", lambda day, order: f"{_iso(day)}T23:30:00.123Z", False),
    ("zone: in letters", lambda day, order: f"{_iso(day)} 23:30 EST", False),
    ("part: a Roman month", lambda day, order: f"{day.day}.{ROMAN[day.month - 1]}.{day.year}", True),
    ("part: letters for the day", lambda day, order: f"{day.year}-{day.month:02}-XX", False),
    ("part: a question mark for the day", lambda day, order: f"??/{day.month:02}/{day.year}", False),
    ("part: with a question mark", lambda day, order: f"{ordered(day.year, day.month, day.day, order)}?", False),
    ("part: about", lambda day, order: f"ca. {day.year}", False),
    ("part: a season", lambda day, order: f"spring {day.year}", False),
    ("part: a quarter", lambda day, order: f"Q1 {day.year}", False),
    ("part: before", lambda day, order: f"before {day.year}", False),
    ("part: a bound", lambda day, order: f"<{day.year}", False),
    ("part: two years", lambda day, order: f"{day.year}/{day.year + 1}", False),
    ("part: two years with a hyphen", lambda day, order: f"{day.year}-{day.year + 1}", False),
    ("part: a decade", lambda day, order: f"{day.year // 10 * 10}s", False),
    ("part: month and two digits", lambda day, order: f"{day.month:02}/{day.year % 100:02}", False),
    ("words: another language", lambda day, order: f"{day.day}. {MONTHS_IN['German'][day.month - 1]} {day.year}", True),
    ("words: a language that is not read", lambda day, order: f"{day.day} gennaio {day.year}", False),
    ("words: a month that is two", lambda day, order: f"{day.day} Ju {day.year}", False),
    ("words: an ordinal", lambda day, order: f"{day.day}th of March {day.year}", False),
    ("words: unknown", lambda day, order: "unknown date", False),
    ("words: today", lambda day, order: "today", False),
    ("words: with a weekday", lambda day, order: f"Mon {_iso(day)}", False),
    ("joined: two dates", lambda day, order: f"{_iso(day)}, {_iso(day)}", False),
    ("joined: from, to", lambda day, order: f"{_iso(day)} - {_iso(day)}", False),
    ("order: reversed in an ISO dress", lambda day, order: _other_dress(day, order), True),
    ("order: turned, with a day above 12", lambda day, order: _turned(day, order), False),
    ("order: year, day, month", lambda day, order: f"{day.year}/{max(day.day, 13)}/{day.month}", False),
    ("order: slashes in ISO", lambda day, order: f"{day.year}/{day.month}/{day.day}", True),
    ("digits of a date: none between", lambda day, order: f"{day.year}{day.month:02}{day.day:02}", True),
    ("digits of a date: a dot behind", lambda day, order: f"{day.day:02}.{day.month:02}.{day.year}.", False),
    ("digits of a date: dots in ISO", lambda day, order: _iso(day).replace("-", "."), True),
    ("digits of a date: Arabic", lambda day, order: ordered(day.year, day.month, day.day, order).translate(ARABIC), True),
    ("digits of a date: full width", lambda day, order: ordered(day.year, day.month, day.day, order).translate(FULL_WIDTH), True),
    ("digits of a date: another hyphen", lambda day, order: _iso(day).replace("-", "\u2011"), True),
    ("digits of a date: mixed signs", lambda day, order: f"{day.day:02}/{day.month:02}-{day.year}", False),
    ("digits of a date: a serial in text", lambda day, order: "39000", False),
    ("digits of a date: a week", lambda day, order: f"{day.year}-W10-4", False),
    ("digits of a date: a day of the year", lambda day, order: f"{day.year}-064", False),
    ("unseen in a date: a no-break space", lambda day, order: f"\xa0{ordered(day.year, day.month, day.day, order)}", True),
    ("unseen in a date: a space of no width", lambda day, order: f"{ordered(day.year, day.month, day.day, order)}\u200b", True),
    ("unseen in a date: a mark of direction", lambda day, order: f"\u200f{ordered(day.year, day.month, day.day, order)}", True),
    ("unseen in a date: an apostrophe before", lambda day, order: f"'{ordered(day.year, day.month, day.day, order)}", True),
    ("nominal: in a dated chart", lambda day, order: "month 3", False),
    ("nominal: a number in a dated chart", lambda day, order: "91", False),
]  # fmt: skip


def _turned(day: When, order: str) -> str:
    """The date in the other order of day and month, where only one of the two can be read."""
    other = "month-day-year" if order == "day-month-year" else "day-month-year"
    return ordered(day.year, day.month, max(day.day, 13), other)


def _other_dress(day: When, order: str) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year}" if order == "year-month-day" else _iso(day)


def ordered(year: int, month: int, day: int, order: str) -> str:
    return {
        "year-month-day": f"{year}-{month:02}-{day:02}",
        "day-month-year": f"{day:02}/{month:02}/{year}",
        "month-day-year": f"{month:02}/{day:02}/{year}",
    }[order]  # fmt: skip


def order_of(book: Book) -> str:
    """The order of dates that chart.yaml declares somewhere."""
    said = json.dumps(book.declared)
    return next(
        order
        for order in ("year-month-day", "day-month-year", "month-day-year")
        if f'"dates": "{order}"' in said or '"dates"' not in said
    )


def _date_defect(name: str, text: Callable[[When, str], str], same: bool) -> None:
    @defect(name, days="dated", dates="one column", dates_moved="no")
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        where = pick(choose, cells(book, _day))
        if where is None:
            return None
        written = text(spot(book, where).said, order_of(book))
        if cannot_hold(book, written):
            return None
        spoilt = spoil_cell(book, where, as_text(book, written), silent=[stated(book)] if same else [])
        if name.startswith("future") and row_of(book, where).table not in ("patients", "deaths"):
            gone = stated(book)
            gone[(*book.file(where[0]), where[1])] = (
                "out of scope",
                gone[(*book.file(where[0]), where[1])][1].__class__(),
            )
            spoilt.silent.append(gone)
        return spoilt


for _two in DATES:
    _date_defect(*_two)

_in_dated = {"days": "dated", "dates": "one column"}


def _date_in_workbook(name: str, made: Callable[[Chooser, Spot], X], **wishes: str) -> None:
    in_workbook(name, _day, made, **_in_dated, **wishes)


_date_in_workbook("serial: 29 February 1900", lambda choose, spot: X("n", "60", "dd/mm/yyyy"))
_date_in_workbook("serial: 0", lambda choose, spot: X("n", "0", "dd/mm/yyyy"))
_date_in_workbook("serial: 5", lambda choose, spot: X("n", "5", "dd/mm/yyyy"), epoch="1900")
_date_in_workbook("serial: negative", lambda choose, spot: X("n", "-39000", "dd/mm/yyyy"))
_date_in_workbook("serial: beyond the year 9999", lambda choose, spot: X("n", "2958470", "dd/mm/yyyy"))
_date_in_workbook("serial: a bare year", lambda choose, spot: X("n", str(spot.said.year)))
_date_in_workbook(
    "serial: a bare year shown as a date", lambda choose, spot: X("n", str(spot.said.year), "dd/mm/yyyy"), epoch="1900"
)
_date_in_workbook("serial: digits of a date as a number", lambda choose, spot: X("n", _iso(spot.said).replace("-", "")))
_date_in_workbook("cell: a truth value for a date", lambda choose, spot: X("b", "1"))
_date_in_workbook("cell: an error for a date", lambda choose, spot: X("e", "#VALUE!"))
_date_in_workbook("cell: a time alone", lambda choose, spot: X("n", "0.5", "h:mm"))
_date_in_workbook("cell: a duration for a date", lambda choose, spot: X("n", "39000.5", "[h]:mm:ss"))
_date_in_workbook("cell: a formula without its date", lambda choose, spot: X("n", "", "dd/mm/yyyy", formula="TODAY()"))


@defect("serial: not declared", medium="xlsx", days="dated", dates="one column", a_date="as text")
def plain_serial(choose: Chooser, book: Book) -> Spoilt | None:
    """A plain number in a column that does not say `serials`."""
    where = pick(choose, cells(book, _day))
    if where is None or '"serials"' in json.dumps(book.declared):
        return None
    return spoil_cell(book, where, X("n", str(serial(spot(book, where).said.first, book.made["epoch"]))))


@defect("epoch: a plain number in a workbook of 1904", medium="xlsx", days="dated", dates="one column", epoch="1904")
def serial_of_1904(choose: Chooser, book: Book) -> Spoilt | None:
    """`serials: yes` in a workbook that counts from 1904: read by that count, or refused."""
    where = pick(choose, cells(book, _day))
    if where is None:
        return None
    here = spot(book, where)
    spoilt = spoil_cell(book, where, X("n", str(serial(here.said.first, "1904"))), silent=[stated(book)])
    _declare(spoilt.book, here, "serials", "yes")
    return spoilt


@defect("epoch: shown without its day", medium="xlsx", days="dated", dates="one column", a_mixture_of_dates="no")
def month_format(choose: Chooser, book: Book) -> Spoilt | None:
    """`03/2009` typed into Excel becomes 1 March 2009, shown as Mar-09: a month, or refused, or told; never that day in silence."""
    where = pick(choose, _alone_in(book))
    if where is None:
        return None
    here = spot(book, where)
    date = When(here.said.year, here.said.month, 1)
    cell = X(
        "n", str(serial(date.first, book.made["epoch"])), choose.one(["mmm-yy", "mm/yyyy", "yyyy\\-mm", "mmmm yyyy"])
    )
    said = _other_day(book, where, When(date.year, date.month))
    exact = _other_day(book, where, date)
    return spoil_cell(book, where, cell, silent=[said], told=[exact])


@defect("epoch: shown as a year", medium="xlsx", days="dated", dates="one column", a_mixture_of_dates="no")
def year_format(choose: Chooser, book: Book) -> Spoilt | None:
    """1 January, of which a cell shows the year only."""
    where = pick(choose, _alone_in(book))
    if where is None:
        return None
    here = spot(book, where)
    first = When(here.said.year, 1, 1)
    cell = X("n", str(serial(first.first, book.made["epoch"])), "yyyy")
    said, exact = _other_day(book, where, When(here.said.year)), _other_day(book, where, first)
    return spoil_cell(book, where, cell, silent=[said], told=[exact])


@defect("epoch: a moment before midnight", medium="xlsx", days="dated", dates="one column", a_mixture_of_dates="no")
def before_midnight(choose: Chooser, book: Book) -> Spoilt | None:
    """A day less a moment is still that day; less than half a thousandth of a second is the noise of a sum, and the next day."""
    where = pick(choose, cells(book, _day))
    if where is None:
        return None
    day = serial(spot(book, where).said.first, book.made["epoch"])
    return spoil_cell(
        book, where, X("n", f"{day}{choose.one(['.9999999', '.99998'])}", "dd/mm/yyyy"), silent=[stated(book)]
    )


def _declare(book: Book, here: Spot, name: str, value: Any) -> None:
    """Say more of the date column of a table."""

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            if node.get("column") == here.name:
                return {**node, name: value}
            dated = {"date", "birth", "death", "start", "stop", "until"}
            return {
                key: {"column": part, name: value} if part == here.name and key in dated else walk(part)
                for key, part in node.items()
            }
        return [walk(part) for part in node] if isinstance(node, list) else node

    book.declared["tables"] = {
        table: walk(declared) if table == here.table or "visits" in declared else declared
        for table, declared in book.declared["tables"].items()
    }


def _other_day(book: Book, where: tuple[str, int, int], day: When) -> dict[Address, Saying]:
    """What the book says with another day in a cell on which all records of its row rest."""
    said = stated(book)
    address = (*book.file(where[0]), where[1])
    place = {"value": 3, "fact": 4}
    records = said[address][1].__class__()
    for record, count in said[address][1].items():
        at = place[record[0]]
        records[(*record[:at], day.low, day.high, *record[at + 2 :])] += count
    said[address] = (said[address][0], records)
    return said


@defect(
    "order: half of a column turned by Excel",
    medium="xlsx",
    days="dated",
    dates="one column",
    values="a visit a row",
    rows="in order",
    a_mixture_of_dates="no",
)
def half_converted(choose: Chooser, book: Book) -> Spoilt | None:
    """Excel took days up to 12 for months: text above, wrong date cells below. The column is stopped at."""
    if order_of(book) != "day-month-year":
        return None
    where = pick(
        choose,
        cells(
            book,
            lambda spot: (
                _day(spot) and spot.table == "visits" and spot.said.day <= 12 and spot.said.day != spot.said.month
            ),
        ),
    )
    if where is None:
        return None
    name, _, place = where
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    column = [
        (r, p)
        for (r, p), one in sheet.spots.items()
        if p == place and one.table == "visits" and (r, p) in sheet.cells and isinstance(one.said, When)
    ]
    if not any(sheet.spots[at].said.day > 12 for at in column):
        return None
    for at in column:
        day = sheet.spots[at].said
        if not day.day or day.day > 12:
            sheet.cells[at] = X(
                "s",
                f"{day.day:02}/{day.month:02}/{day.year}"
                if day.day
                else f"{day.month:02}/{day.year}"
                if day.month
                else str(day.year),
            )
        else:
            turned = dt.date(day.year, day.day, day.month)
            sheet.cells[at] = X("n", str(serial(turned, book.made["epoch"])), "dd/mm/yyyy")
    at_all = [(name, r, place) for r, _ in column]
    return Spoilt(spoilt, at_all, patients=[row_.patient for row_ in sheet.rows.values()])


@defect("order: half of a column written in the other order", medium="csv", days="dated", dates="one column",
        values="a visit a row", rows="in order", **{"order of dates": "day-month-year"})  # fmt: skip
def two_orders(choose: Chooser, book: Book) -> Spoilt | None:
    """Two hands, two orders: where one date cannot be read in the declared order the column is stopped at."""
    days = cells(book, lambda spot: _day(spot) and spot.table == "visits")
    if not any(spot(book, where).said.day > 12 for where in days) or len(days) < 2:
        return None
    first = next(where for where in days if spot(book, where).said.day > 12)
    spoilt = book.copy()
    turned = [where for where in days if where == first or choose.yes()]
    for where in turned:
        day = spot(book, where).said
        spoilt.sheets[where[0]].cells[where[1], where[2]] = f"{day.month:02}/{day.day:02}/{day.year}"
    at = [(name, row, None) for name, row, _ in days] + [(first[0], None, first[2])]
    return Spoilt(spoilt, at, patients=[row.patient for row in spoilt.sheets[first[0]].rows.values()])


NOMINAL = ("3 months", "day 30", "30.5", "D30", "\u22127", "V2", "2009-03-05", "30 days", "1e1", "30,", "week 4")


@defect("nominal: not a day", days="nominal", nominal="whole numbers")
def not_nominal(choose: Chooser, book: Book) -> Spoilt | None:
    """Anything but a whole number of days."""
    where = pick(choose, cells(book, lambda spot: spot.kind == "nominal" and isinstance(spot.said, Nominal)))
    written = choose.one(NOMINAL)
    return None if where is None or cannot_hold(book, written) else spoil_cell(book, where, as_text(book, written))


@defect("nominal: an unknown label", days="nominal", nominal="labels")
def unknown_label(choose: Chooser, book: Book) -> Spoilt | None:
    """A visit's label that is not declared."""
    where = pick(choose, cells(book, lambda spot: spot.kind == "label"))
    return (
        None
        if where is None
        else spoil_cell(book, where, as_text(book, choose.one(["month 30", "basline", "month", "91"])))
    )


@defect("part: a date in three columns that is no day", days="dated", dates="three columns")
def no_such_parts(choose: Chooser, book: Book) -> Spoilt | None:
    """Month 13, day 40, a year of two digits, a number with decimals."""
    where = pick(choose, cells(book, lambda spot: spot.kind == "part"))
    if where is None:
        return None
    part = spot(book, where).key.rpartition(".")[2]
    written = {
        "year": ["09", "209", "2009.5", "0", "-5"],
        "month": ["13", "0.5", "-1", "Mar", "0"],
        "day": ["32", "40", "1.5", "-1", "0"],
    }[part]
    spoilt = spoil_cell(book, where, as_text(book, choose.one(written)))
    name, row, _ = where
    key = spot(book, where).key.rpartition(".")[0]
    spoilt.at += [
        (name, r, p) for (r, p), one in book.sheets[name].spots.items() if r == row and one.key.startswith(f"{key}.")
    ]
    return spoilt
