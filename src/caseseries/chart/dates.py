"""Written dates: read strictly in the declared order; a partial date keeps its earliest and latest day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from caseseries.chart.columns import FIRST_YEAR, LAST_YEAR, DateOrder
from caseseries.chart.month_names import month_of
from caseseries.chart.refusal import Refusal
from caseseries.chart.tables import day_number


@dataclass(frozen=True, slots=True)
class Span:
    """The earliest and latest possible day, as day numbers; equal where the date is known to the day.

    `relative` says that they are counted from the index date, in a chart whose other days are days of the calendar.
    """

    low: int
    high: int
    note: str = ""
    relative: bool = False

    @property
    def partial(self) -> bool:
        """Whether only the month or the year is known."""
        return self.low != self.high

    @property
    def middle(self) -> int:
        """The day halfway, the earlier of two."""
        return self.low if self.low == self.high else (self.low + self.high) // 2


def possible_together(first: Span, last: Span, shift: int = 0) -> tuple[Span, Span]:
    """A first and a last day, each as far as the other leaves it possible; as they are where the one contradicts the other.

    `shift` is how many days the written last day lies behind the last one.

    >>> first, last = possible_together(Span(0, 30), Span(9, 9))
    >>> (first.low, first.high), (last.low, last.high)
    ((0, 9), (9, 9))
    """
    if last.high - shift < first.low:
        return first, last
    if first.partial:
        first = replace(first, high=min(first.high, last.high - shift))
    if last.partial:
        last = replace(last, low=max(last.low, first.low + shift))
    return first, last


_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ISO_SHORT = re.compile(r"([0-9]{2})([./-])([0-9]{1,2})\2([0-9]{1,2})")
#: A time of day behind a date, of the clock or of half a day; and the mark of a time zone behind that.
_TIME = re.compile(r"(.*[0-9])(?: +|T)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?: ?([AaPp])\.?[Mm]\.?)?")
_ZONE = re.compile(r" ?(?:[Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})")
_NUMERIC = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[./-]([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
#: A month in words: `5 March 2009`, `05MAR2009`, `5. März 2009`, `5 de marzo de 2009`; `March 5, 2009`; `March 2009`.
_WORD = r"([^\W\d_]{3,10})"
_DAY_NAME = re.compile(
    rf"([0-9]{{1,2}})(?:[ -]|\. ?|(?= ?[^\W\d_]))(?:de )?{_WORD}\.?(?:[ -]|(?=[0-9]))(?:de )?([0-9]{{4}}|[0-9]{{2}})"
)
_NAME_DAY = re.compile(rf"{_WORD}\.? ([0-9]{{1,2}}),? ([0-9]{{4}})")
_NAME_YEAR = re.compile(rf"{_WORD}\.?(?:[ -]|(?=[0-9]))(?:de )?([0-9]{{4}})")

EXAMPLES = {
    "year-month-day": "2009-03-05, or 2009-03 or 2009 where no more is known",
    "day-month-year": "05/03/2009 for 5 March 2009, or 03/2009, March 2009, 2009",
    "month-day-year": "03/05/2009 for 5 March 2009, or 03/2009, March 2009, 2009",
}


#: What a year of two digits asks for.
TWO_DIGITS = (
    "`two_digit_years_from: 1950` in the chart description, for its table or for the column, where 50 to 99 are 1950 to 1999 and 00 to 49 are "
    "2000 to 2049; or years of four digits"
)


@lru_cache(maxsize=1 << 16)
def read_date(text: str, order: DateOrder, hundred: int | None = None) -> Span | Refusal:
    """The days meant by a date written in the declared order; no other order is tried. A month in words is plain in every order.

    `hundred` is the first of the hundred years in which a year of two digits lies; None: such a year is refused.

    >>> read_date("05/03/2009", "day-month-year") == read_date("2009-03-05", "year-month-day")
    True
    >>> read_date("05MAR2009", "year-month-day") == read_date("2009-03-05", "year-month-day")
    True
    >>> read_date("5/3/09", "day-month-year", 1950) == read_date("5/3/2009", "day-month-year")
    True
    >>> read_date("5/3/09", "day-month-year").rule
    'two-digit year'
    >>> span = read_date("2009-02", "year-month-day")
    >>> span.high - span.low
    27
    >>> read_date("2009-02-30", "year-month-day").what
    'there is no such day'
    >>> read_date("03/05/2009 2:30 PM", "month-day-year").note
    'the time of day is not used'
    """
    timed = _TIME.match(text)
    if timed is None:
        return _read_day(text, order, hundred)
    rest, time = text[timed.end() :], [int(part or 0) for part in timed.groups()[1:4]]
    if _ZONE.fullmatch(rest):
        return Refusal(
            "a time in a time zone stands behind the date, and where the patient was it may be another day",
            f"the day alone: {EXAMPLES[order]}",
            rule="date",
        )
    hours = range(1, 13) if timed[5] else range(24)
    if rest:
        return _refused(order)
    if time[0] not in hours or max(time[1:]) > 59:
        return Refusal("there is no such time of day", f"the day alone: {EXAMPLES[order]}", rule="date")
    found = _read_day(timed[1], order, hundred)
    if isinstance(found, Refusal):
        return found
    if found.partial:
        return Refusal("a time of day stands behind a month or a year", EXAMPLES[order], rule="date")
    return found if not any(time) and not timed[5] else replace(found, note="the time of day is not used")


def _read_day(text: str, order: DateOrder, hundred: int | None) -> Span | Refusal:
    """The days meant by a date written in the declared order, without a time of day."""
    if order == "year-month-day":
        if found := _ISO.fullmatch(text):
            year, month, day = found[1], found[2], found[3]
            return span(int(year), month and int(month), day and int(day))
        if short := _ISO_SHORT.fullmatch(text):
            return _dated(short[1], int(short[3]), int(short[4]), hundred)
    elif numeric := _NUMERIC.fullmatch(text):
        first, second = int(numeric[1]), int(numeric[3])
        day_, month_ = (first, second) if order == "day-month-year" else (second, first)
        return _dated(numeric[4], month_, day_, hundred)
    elif month_only := _MONTH_YEAR.fullmatch(text):
        return span(int(month_only[2]), int(month_only[1]), None)
    elif _YEAR.fullmatch(text):
        return span(int(text), None, None)
    # a month in words cannot be misread in any order, but a year of two digits can where the year may stand first
    if (named := _DAY_NAME.fullmatch(text)) and (len(named[3]) == 4 or order != "year-month-day"):
        return _named(named[3], named[2], named[1], order, hundred)
    if named := _NAME_DAY.fullmatch(text):
        return _named(named[3], named[1], named[2], order, hundred)
    if named := _NAME_YEAR.fullmatch(text):
        return _named(named[2], named[1], None, order, hundred)
    return _refused(order)


def _refused(order: DateOrder) -> Refusal:
    return Refusal(f"not a date written {order}", EXAMPLES[order], rule="date")


def _named(year: str, name: str, day: str | None, order: DateOrder, hundred: int | None) -> Span | Refusal:
    month = month_of(name)
    return _refused(order) if month is None else _dated(year, month, None if day is None else int(day), hundred)


def _dated(year: str, month: int, day: int | None, hundred: int | None) -> Span | Refusal:
    """The days of a year of four digits, or of two in the declared hundred years."""
    if len(year) == 4:
        return span(int(year), month, day)
    if hundred is None:
        return Refusal(
            "a year of two digits, and in which hundred years it lies is not declared",
            TWO_DIGITS,
            rule="two-digit year",
        )
    return span(hundred + (int(year) - hundred) % 100, month, day)


def span(year: int, month: int | str | None, day: int | str | None, *, note: str = "") -> Span | Refusal:
    """The days of a year, of a month, or one day; None says that a part is not known, and 0 is no month and no day.

    >>> span(2008, 2, None).high - span(2008, 2, None).low + 1
    29
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Refusal("the year cannot be right", f"{FIRST_YEAR} to {LAST_YEAR}", rule="date")
    try:
        if month is None:
            return Span(day_number(dt.date(year, 1, 1)), day_number(dt.date(year, 12, 31)), note)
        if day is None:
            last = calendar.monthrange(year, int(month))[1]
            return Span(day_number(dt.date(year, int(month), 1)), day_number(dt.date(year, int(month), last)), note)
        number = day_number(dt.date(year, int(month), int(day)))
    except (ValueError, calendar.IllegalMonthError):
        return Refusal(
            "there is no such day", "a day of the calendar; a month or a year alone where no more is known", rule="date"
        )
    return Span(number, number, note)


def excel_epoch(*, from_1904: bool = False) -> dt.date:
    """The day that Excel's count of days begins from, in the 1900 or the 1904 system.

    It counts a 29 February 1900 that never was, so that its first 60 numbers of 1900 mean two things; those years are left out anyway.
    """
    return dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)


def excel_serial(number: int, *, from_1904: bool = False) -> dt.date | None:
    """The date that Excel keeps as this number, by the 1900 or the 1904 system; None where the number cannot be a date of a chart.

    >>> excel_serial(39000), excel_serial(39000, from_1904=True)
    (datetime.date(2006, 10, 10), datetime.date(2010, 10, 11))
    """
    date = excel_epoch(from_1904=from_1904) + dt.timedelta(days=number) if 0 <= number < 80_000 else None
    return date if date is not None and FIRST_YEAR <= date.year <= LAST_YEAR else None
