"""The small written things a protocol is made of: durations, numbers, dates, yes and no.

Every scalar of a protocol arrives as the text the author wrote; nothing is guessed by a YAML reader. Months and
years become days here, once, so that a window is the same days for everyone on every engine.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

#: Days in one unit of time. A month is 30.4375 days and a year 365.25, rounded half up (design section 4).
DAYS_PER_UNIT = {
    "day": Fraction(1),
    "week": Fraction(7),
    "month": Fraction("30.4375"),
    "year": Fraction("365.25"),
}

_DURATION = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,4})?)\s*(day|week|month|year)s?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

#: A bound that no study reaches, for windows open at one side (`from: start`, `to: end`).
OPEN_START, OPEN_END = -100_000, 100_000


#: What reads a value is made when the first one is read: a run needs few of the many.
WHEN_READ = ConfigDict(defer_build=True)


class Written(BaseModel):
    """Base of everything a person writes: frozen, and no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def mistake(
    message: str, allowed: str = "", do: str = "", *, at: tuple[str, ...] = (), secret: bool = False
) -> PydanticCustomError:
    """An error whose text, allowed values and advice reach the author as they stand.

    `at` leads on to the piece of the refused value that is meant; what was written there is not repeated where it is `secret`.
    """
    context = {"message": message, "allowed": allowed, "do": do, "at": at, "secret": secret}
    return PydanticCustomError("mistake", "{message}", context)


def known_kind(kind: Callable[[Any], str | None], message: str, allowed: str, do: str) -> BeforeValidator:
    """Refuse, with advice, a value of which `kind` cannot tell which of several models it is."""

    def check(value: Any) -> Any:
        if kind(value) is None:
            raise mistake(message, allowed, do)
        return value

    return BeforeValidator(check)


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero, so that -6 months mirrors 6 months.

    >>> round_half_up(Fraction("182.5")), round_half_up(Fraction("-182.5")), round_half_up(Fraction("91.3125"))
    (183, -183, 91)
    """
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def days(text: Any) -> int:
    """A signed number of days from `-20 days`, `3 months`, `1 year`, `start` or `end`; a plain 0 needs no unit.

    >>> days("-20 days"), days("3 months"), days("6 months"), days("1 year"), days("0 days"), days("0")
    (-20, 91, 183, 365, 0, 0)
    """
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    written = str(text).strip().lower()
    if written == "start":
        return OPEN_START
    if written == "end":
        return OPEN_END
    if written == "0":
        return 0
    found = _DURATION.fullmatch(written)
    if not found:
        raise mistake(
            "not a length of time",
            "a number and a unit: -20 days, 6 weeks, 3 months, 1 year",
            "write for example 91 days",
        )
    return round_half_up(Fraction(found[1]) * DAYS_PER_UNIT[found[2]])


def number(text: Any) -> Fraction:
    """An exact number from its written decimal form; `1_000`, `1e3`, `nan` and a decimal comma are refused.

    >>> number("15"), number("-0.5")
    (Fraction(15, 1), Fraction(-1, 2))
    """
    if isinstance(text, Fraction):
        return text
    if isinstance(text, int) and not isinstance(text, bool):
        return Fraction(text)
    if not _NUMBER.fullmatch(str(text).strip()):
        raise mistake(
            "not a number", "digits with a decimal point, such as 15 or 0.25", "write the number with a point"
        )
    return Fraction(str(text).strip())


def years(text: Any) -> int:
    """Whole years of age, counted by calendar birthday, from `18 years`.

    >>> years("18 years")
    18
    """
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    found = re.fullmatch(r"(\d{1,3})\s*(years?)?", str(text).strip().lower())
    if not found:
        raise mistake("not an age in whole years", "a whole number of years, such as 18 years")
    return int(found[1])


def date(text: Any) -> dt.date:
    """A calendar date written year-month-day.

    >>> date("2005-01-01")
    datetime.date(2005, 1, 1)
    """
    if isinstance(text, dt.date):
        return text
    written = str(text).strip()
    try:
        if _DATE.fullmatch(written):
            return dt.date.fromisoformat(written)
    except ValueError:
        pass
    raise mistake("not a date", "year-month-day, such as 2009-12-31")


def yes_no(text: Any) -> bool:
    """Yes or no, in words.

    >>> yes_no("yes"), yes_no("no")
    (True, False)
    """
    if isinstance(text, bool):
        return text
    written = str(text).strip().lower()
    if written in {"yes", "true"}:
        return True
    if written in {"no", "false"}:
        return False
    raise mistake("neither yes nor no", "yes, no")


def whole(text: Any) -> int:
    """A whole number of 0 or more."""
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    if re.fullmatch(r"\d{1,6}", str(text).strip()):
        return int(str(text).strip())
    raise mistake("not a whole number", "0, 1, 2, ...")


def in_words(day_count: int) -> str:
    """A day count as it is printed in a report.

    >>> in_words(91), in_words(1), in_words(OPEN_END)
    ('91 days', '1 day', 'end')
    """
    if day_count <= OPEN_START:
        return "start"
    if day_count >= OPEN_END:
        return "end"
    return f"{day_count} day" if abs(day_count) == 1 else f"{day_count} days"


def folded(name: str) -> str:
    """A name as it is compared: case and spacing ignored.

    >>> folded("GI  Haemorrhage ")
    'gi haemorrhage'
    """
    return " ".join(name.split()).casefold()


def decimal_text(value: Fraction, places: int = 6) -> str:
    """An exact number as a decimal without trailing zeros; longer fractions are cut at `places`, half up.

    >>> decimal_text(Fraction(83, 2)), decimal_text(Fraction(20, 3), 3), decimal_text(Fraction(-4))
    ('41.5', '6.667', '-4')
    """
    scaled = round_half_up(value * 10**places)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".") if places else digits
    return f"{sign}{text}" if text != "0" else "0"


def zeros(value: Fraction | float | int) -> int:
    """How many zeros stand between the decimal point and the first digit of a number below 1; none of a larger one, or of 0.

    >>> zeros(Fraction(1, 2)), zeros(Fraction(45, 1000)), zeros(0), zeros(-7), zeros(Fraction(10**5000, 3 * 10**5001 + 1))
    (0, 1, 0, 0, 1)
    """
    size = abs(Fraction(repr(value)) if isinstance(value, float) else Fraction(value))
    if not 0 < size < 1:
        return 0
    return len(str((size.denominator - 1) // size.numerator)) - 1  # of two long numbers neither is written out


Days = Annotated[
    int, BeforeValidator(days), PlainSerializer(in_words), WithJsonSchema({"type": "string", "examples": ["-20 days"]})
]
Number = Annotated[
    InstanceOf[Fraction],
    BeforeValidator(number),
    PlainSerializer(lambda value: decimal_text(value, 9), return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["15"]}),
]
Years = Annotated[int, BeforeValidator(years), WithJsonSchema({"type": "string", "examples": ["18 years"]})]
Date = Annotated[dt.date, BeforeValidator(date)]
YesNo = Annotated[bool, BeforeValidator(yes_no), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Count = Annotated[int, BeforeValidator(whole)]
