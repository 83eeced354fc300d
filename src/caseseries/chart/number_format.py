"""What the number format of a workbook's cell makes a reader see: another number, a unit behind it, nothing, or less of a date."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from caseseries.chart.sheet import Formatted, Shortened, number_text
from caseseries.protocol.written import decimal_text

_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|([0#?.,/]+)|([Ee][+-][0#?]+)|(General)|(%)|(@)|(.)', re.DOTALL | re.IGNORECASE
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_CURRENCY = re.compile(r"\$([^-]*)")


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of a format: signs that scale, text before and behind the digits, and for which numbers it holds."""

    percents: int = 0
    thousands: int = 0
    before: str = ""
    behind: str = ""
    digits: str = ""
    condition: tuple[str, Fraction] | None = None


@lru_cache(maxsize=1 << 10)
def _sections(number_format: str) -> tuple[_Section, ...]:
    parts, quoted, start = [], False, 0
    for place, sign in enumerate(number_format):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted and number_format[max(0, place - 1) : place] != "\\":
            parts.append(number_format[start:place])
            start = place + 1
    return tuple(_section(part) for part in (*parts, number_format[start:]))


def _section(text: str) -> _Section:
    percents, digits, condition = 0, "", None
    before, behind = "", ""
    for found in _TOKEN.finditer(text):
        literal, escaped, bracket, numbers, exponent, general, percent, text_too, other = found.groups()
        said = literal or escaped or ""
        if bracket is not None:
            compared, currency = _CONDITION.fullmatch(bracket), _CURRENCY.match(bracket)
            condition = (compared[1], Fraction(compared[2])) if compared else condition
            said = currency[1] if currency else ""
        elif percent:
            percents, said = percents + 1, ""
        elif numbers or exponent or general or text_too:
            digits += numbers or exponent or "0"
        elif other and other not in " -+()":
            said = other
        before, behind = (before, behind + said) if digits else (before + said, behind)
    trailing = re.search(r"[0#?](,+)(?:\.|$)", digits) or re.search(r"[0#?.](,+)$", digits)
    return _Section(percents, len(trailing[1]) if trailing else 0, before.strip(), behind.strip(), digits, condition)


def _holds(section: _Section, value: Fraction) -> bool:
    assert section.condition is not None
    sign, bound = section.condition
    return {
        "<": value < bound,
        ">": value > bound,
        "=": value == bound,
        "<>": value != bound,
        "<=": value <= bound,
        ">=": value >= bound,
    }[sign]


def _chosen(sections: tuple[_Section, ...], value: Fraction) -> _Section:
    """The section that a spreadsheet uses: by its condition, or else for positive; negative; zero."""
    conditional = [one for one in sections[:3] if one.condition is not None]
    if conditional:
        others = [one for one in sections[:3] if one.condition is None]
        return next((one for one in conditional if _holds(one, value)), others[0] if others else conditional[-1])
    numeric = sections[:3]
    if len(numeric) == 1:
        return numeric[0]
    if value < 0 or len(numeric) == 2:
        return numeric[1 if value < 0 else 0]
    return numeric[0 if value > 0 else 2]


def formatted(value: float, number_format: str) -> Formatted | None:
    """What a number is shown as where that says something else than the number; None where it does not.

    >>> formatted(0.62, "0%"), formatted(12500, "0.0,").shown, formatted(62, '0"%"').scale, formatted(1.5, "0.00") is None
    (Formatted(value=0.62, text='62%', scale=Fraction(100, 1), unit='%', hidden=False), Fraction(25, 2), Fraction(1, 1), True)
    >>> formatted(0, '0;-0;"n.d."'), formatted(2, '0.0 "g"').unit, formatted(1, '"P"000').text
    (Formatted(value=0, text='n.d.', scale=Fraction(1, 1), unit='', hidden=True), 'g', 'P001')
    """
    if number_format == "General":
        return None
    exact = Fraction(number_text(value))
    section = _chosen(_sections(number_format), exact)
    scale = Fraction(100) ** section.percents / Fraction(1000) ** section.thousands
    if not section.digits:
        hidden = section.before + section.behind
        return Formatted(value, hidden, Fraction(1), "", hidden=True)
    unit = "%" * section.percents + section.behind
    if scale == 1 and not any(sign.isalpha() or sign in "%‰µ°" for sign in section.before + section.behind):
        return None
    shown = decimal_text(abs(exact * scale), 15) if exact < 0 else decimal_text(exact * scale, 15)
    if set(section.digits) == {"0"} and exact == int(exact):
        shown = shown.rjust(len(section.digits), "0")
    return Formatted(value, f"{'-' if exact < 0 else ''}{section.before}{shown}{unit}", scale, unit)


_NO_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@lru_cache(maxsize=1 << 10)
def _parts_shown(number_format: str) -> tuple[bool, bool, bool]:
    """Whether year, month and day are shown."""
    plain = _NO_LETTERS.sub("", number_format.split(";")[0]).casefold()
    without_time = re.sub(r"am/pm|a/p|h+[:.]?m*|m*[:.]s+|s+", "", plain)
    return "y" in plain, "m" in without_time, "d" in plain


def shortened(when: dt.datetime | dt.date, number_format: str) -> Shortened | None:
    """A date of which the format shows a part only; None where day, month and year are shown.

    A spreadsheet makes the first of the month of a typed `Mar 2008`, and puts the year of typing to a typed `5 Mar`.

    >>> shortened(dt.date(2008, 3, 1), "mmm-yy").text, shortened(dt.date(2008, 3, 5), "d-mmm").text, shortened(dt.date(2008, 1, 1), "yyyy").text
    ('2008-03', '03-05', '2008')
    >>> shortened(dt.date(2008, 3, 5), "mmm-yy"), shortened(dt.date(2008, 3, 5), "dd/mm/yyyy")
    (None, None)
    """
    day = when.date() if isinstance(when, dt.datetime) else when
    year, month, day_shown = _parts_shown(number_format)
    if day_shown and not year:
        return Shortened(day, day.isoformat()[5:], "year")
    if year and not day_shown and day.day == 1 and (month or day.month == 1):
        return Shortened(day, day.isoformat()[: 7 if month else 4], "day" if month else "day and month")
    return None
