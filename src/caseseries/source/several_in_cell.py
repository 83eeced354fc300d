"""Several things in one cell: names with a sign between them, and the dates that stand behind a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, read_date
from caseseries.chart.refusal import Refusal

#: Words for the beginning and for the end of a time, in the languages that charts are kept in.
_SINCE = re.compile(r"(?:since|from|seit|ab|depuis|dès|desde)\s+", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|till|to|up to|bis|jusqu'en|jusqu'à|jusque|hasta)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[-–—]\s*|\s+(?:to|until|till|bis|à|a|hasta)\s+", re.IGNORECASE)
#: A year and two digits: 2006-07 is a month, and 2006 to 2007 as well.
_YEAR_AND_TWO = re.compile(r"[0-9]{4}[-–/][0-9]{2}")

#: A number alone behind a name that is as often a dose: mycophenolate 2000.
_YEARS_OR_DOSES = frozenset({"2000"})


def split_cell(text: str, separators: Sequence[str]) -> list[str]:
    """The parts of a cell; a sign within brackets separates nothing, and neither does a word within a word.

    >>> split_cell("MTX (2006, 2007), IVIG", [","]), split_cell("MTX and standard care", ["and"]), split_cell(" ; ", [";"])
    (['MTX (2006, 2007)', 'IVIG'], ['MTX', 'standard care'], [])
    """
    marks = [
        rf"\b{re.escape(one.strip())}\b" if one.strip().isalpha() else re.escape(one.strip() or one)
        for one in separators
    ]
    pattern = re.compile("|".join(sorted(marks, key=len, reverse=True)), re.IGNORECASE)
    parts, begun, depth, place = [], 0, 0, 0
    while place < len(text):
        sign = text[place]
        depth = max(0, depth + (sign in "([") - (sign in ")]"))
        found = pattern.match(text, place) if depth == 0 else None
        if found is not None and found.end() > place:
            parts.append(text[begun:place])
            begun = place = found.end()
        else:
            place += 1
    return [part.strip() for part in (*parts, text[begun:]) if part.strip()]


@dataclass(frozen=True, slots=True)
class Dated:
    """A name with the days that stand behind it."""

    name: str
    start: Span | None = None
    stop: Span | None = None


def dated_name(text: str, order: DateOrder | None, hundred: int | None = None) -> Dated | Refusal:
    """A name and the dates behind it, in brackets or not: its start, or its start and its stop.

    >>> found = dated_name("MTX 2006-2007", "year-month-day")
    >>> found.name, found.start.partial, found.stop.low - found.start.low
    ('MTX', True, 365)
    >>> dated_name("6-MP (since 03/2008)", "day-month-year").start.high - dated_name("6-MP 1.3.2008", "day-month-year").start.low
    30
    >>> dated_name("MTX 15", "day-month-year").name, dated_name("MTX 2006-07", "year-month-day").rule
    ('MTX 15', 'date')
    """
    plain = text.strip()
    bracket = re.fullmatch(r"(.*\S)\s*[(\[]([^()\[\]]*)[)\]]", plain)
    for name, rest in [(bracket[1], bracket[2])] if bracket else list(_tails(plain)):
        found = _days(rest.strip(), order, hundred)
        if isinstance(found, Refusal):
            return found
        if found is not None:
            return Dated(name.strip(" ,:"), *found)
    return Dated(plain)


def _tails(text: str) -> Iterator[tuple[str, str]]:
    """A text cut at each space, the longest end first."""
    for place in re.finditer(r"[\s,:]+", text):
        if place.start() > 0 and re.search(r"\d", text[place.end() :]):
            yield text[: place.start()], text[place.end() :]


def _days(text: str, order: DateOrder | None, hundred: int | None) -> tuple[Span | None, Span | None] | Refusal | None:
    """The start and the stop that a text says; None where it says no dates."""
    if text in _YEARS_OR_DOSES:
        return Refusal(
            "the number may be a year, or a dose",
            "since and the year, two years with a hyphen, or the dose in its column",
            rule="date",
        )
    if _YEAR_AND_TWO.fullmatch(text):
        return Refusal(
            "a year and two digits may be a month, or two years", "2006-2007, or a month in words", rule="date"
        )
    if since := _SINCE.match(text):
        first = _one(text[since.end() :], order, hundred)
        return None if first is None else (first, None)
    if until := _UNTIL.match(text):
        last = _one(text[until.end() :], order, hundred)
        return None if last is None else (None, last)
    single = _one(text, order, hundred)
    if single is not None:
        return single, None
    for between in _BETWEEN.finditer(text):
        first, last = _one(text[: between.start()], order, hundred), _one(text[between.end() :], order, hundred)
        if first is not None and last is not None:
            if last.high < first.low:
                return Refusal("the later of two dates stands first", "the first day, then the last", rule="date")
            return first, last
    return None


def _one(text: str, order: DateOrder | None, hundred: int | None) -> Span | None:
    """A date; a year of four digits is plain without any order."""
    if re.fullmatch(r"[0-9]{4}", text.strip()):
        order = order or "year-month-day"
    found = None if order is None else read_date(text.strip(), order, hundred)
    return found if isinstance(found, Span) else None
