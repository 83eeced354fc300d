"""One cell, read exactly as its column is declared, or refused with what would have been allowed.

Nothing is guessed: digits are ASCII, a number has one decimal mark and no more than 6 decimals, a date stands in the declared
order. A reader returns the value, a :class:`Missing` with its meaning, None for a blank cell, or a :class:`Refusal`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, excel_serial, read_date, span
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Bad, Raw, blank, number_text, shown
from caseseries.chart.tables import day_number
from caseseries.protocol.words import decimal_text, round_half_up

Censor = Literal["", "<", ">"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number; `censor` is `<` or `>` where it is only a bound."""

    value: Fraction
    censor: Censor = ""


MOST_DECIMALS = 6
_POINT = re.compile(r"([<>]?) ?([+-]?)([0-9]{1,15})(?:\.([0-9]+))?")
_COMMA = re.compile(r"([<>]?) ?([+-]?)([0-9]{1,15})(?:,([0-9]+))?")
_TRAILING_UNIT = re.compile(r"([<>]? ?[+-]?[0-9.,]+) ?([^\s0-9.,].*)")
#: Words that often stand for a missing value; they are proposed, never taken.
USUAL_CODES = frozenset(
    [
        "nd",
        "na",
        "n/a",
        "nr",
        "unk",
        "unknown",
        "?",
        "-",
        "--",
        ".",
        "none",
        "nil",
        "-9",
        "-99",
        "-999",
        "9999",
        "missing",
        "not done",
    ]
)


def fold_codes(*codes: Mapping[str, str]) -> dict[str, str]:
    """Missing codes of the chart, the table and the column in one; the narrower one counts. Case is ignored."""
    return {code.strip().casefold(): meaning for some in codes for code, meaning in some.items()}


@lru_cache(maxsize=1 << 16)  # the same few hundred scores and doses stand in most cells
def _quantity(text: str, comma: bool, round_to: int | None) -> Quantity | Refusal | None:
    found = (_COMMA if comma else _POINT).fullmatch(text)
    if not found:
        return None
    censor, sign, whole, decimals = found[1], found[2], found[3], (found[4] or "").rstrip("0")
    value = Fraction(f"{sign}{whole}.{decimals or 0}")
    if round_to is not None:
        scale = 10**round_to
        value = Fraction(round_half_up(value * scale), scale)
    elif len(decimals) > MOST_DECIMALS:
        what, proposal = f"more than {MOST_DECIMALS} decimals", decimal_text(value, MOST_DECIMALS)
        return Refusal(what, "fewer decimals, or `round_to` for the column", proposal, "decimals")
    return Quantity(value, "<" if censor == "<" else ">" if censor == ">" else "")


@dataclass(frozen=True, slots=True)
class NumberReader:
    """Reads the numbers of one column."""

    codes: Mapping[str, str]
    comma: bool = False
    split: str | None = None
    part: int = 1
    parts: int = 2
    round_to: int | None = None
    unit: str = ""
    unit_in_cell: bool = False

    def read(self, raw: Raw) -> Quantity | Missing | Refusal | None:
        """The number in the cell.

        >>> NumberReader({}).read("41.5"), NumberReader({}).read("<5").censor
        (Quantity(value=Fraction(83, 2), censor=''), '<')
        >>> NumberReader({}, comma=True).read("7,5").value, NumberReader({}).read("nan").what
        (Fraction(15, 2), 'not a number')
        """
        if blank(raw):
            return None
        text = shown(raw)
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        if isinstance(raw, bool) or (not isinstance(raw, str) and not isinstance(raw, int | float)):
            return self._not_a_number(raw)
        if isinstance(raw, str) and self.split is not None:
            pieces = [piece.strip(" \t") for piece in text.split(self.split)]
            if len(pieces) != self.parts or not all(pieces):
                return Refusal(
                    f"not {self.parts} numbers with {self.split} between", f"such as 1{self.split}2", rule="split"
                )
            text = pieces[self.part - 1]
        elif self.split is not None:
            return Refusal(
                f"not {self.parts} numbers with {self.split} between", f"such as 1{self.split}2", rule="split"
            )
        if self.unit_in_cell and isinstance(raw, str) and (tail := _TRAILING_UNIT.fullmatch(text)):
            if tail[2].casefold() != self.unit.casefold():
                return Refusal("another unit than the column's", f"a number, with or without {self.unit}", rule="unit")
            text = tail[1]
        return self._number(text, comma=self.comma and isinstance(raw, str))

    def _number(self, text: str, *, comma: bool) -> Quantity | Refusal:
        return _quantity(text, comma, self.round_to) or self._refused(text)

    def _refused(self, text: str) -> Refusal:
        mark = "comma" if self.comma else "point"
        allowed = f"a number with a decimal {mark}, < or > before it, or a declared missing code"
        other = (_POINT if self.comma else _COMMA).fullmatch(text)
        if text.casefold() in USUAL_CODES:
            return Refusal("not a number; is it a code for a missing value?", "declare it under `missing`", rule="code")
        if other:
            proposal = text.replace(",", ".") if not self.comma else text.replace(".", ",")
            return Refusal(f"not a number with a decimal {mark}", allowed, proposal, "decimal mark")
        if tail := _TRAILING_UNIT.fullmatch(text):
            return Refusal("a number with words behind it", allowed, tail[1].strip(), "number")
        plain = "".join(text.split())
        if plain != text and (_COMMA if self.comma else _POINT).fullmatch(plain):
            return Refusal("a number with spaces in it", allowed, plain, "number")
        return Refusal("not a number", allowed, rule="number")

    def _not_a_number(self, raw: Raw) -> Refusal:
        if isinstance(raw, dt.datetime | dt.date):
            proposal = f"{raw.day}-{raw.month}"
            return Refusal(
                "a date where a number belongs; a spreadsheet turns 10-5 into one", "a number", proposal, "date"
            )
        return Refusal("not a number", "a number", rule="number")


@dataclass(frozen=True, slots=True)
class YesNoReader:
    """Reads yes and no in the declared words; the value is 1 or 0."""

    codes: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]

    def read(self, raw: Raw) -> Quantity | Missing | Refusal | None:
        """1 for yes and 0 for no.

        >>> YesNoReader({}, frozenset({"yes"}), frozenset({"no"})).read("YES")
        Quantity(value=Fraction(1, 1), censor='')
        """
        if blank(raw):
            return None
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        word = shown(raw).casefold()
        if word in self.codes:
            return Missing(self.codes[word])
        if word in self.yes or word in self.no:
            return Quantity(Fraction(int(word in self.yes)))
        near = (
            "yes" if word in {"y", "1", "ja", "oui", "si", "x"} else "no" if word in {"n", "0", "nein", "non"} else ""
        )
        allowed = ", ".join(sorted(self.yes) + sorted(self.no))
        return Refusal("neither yes nor no", f"{allowed}; declare other words under `yes` and `no`", near, "yes or no")


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads words; `words` (folded) translates them, and then nothing else is allowed."""

    codes: Mapping[str, str]
    words: Mapping[str, str] | None = None
    meant: tuple[str, ...] = ()

    def read(self, raw: Raw) -> str | Missing | Refusal | None:
        """The word, its inner spaces made single; control characters become the replacement character."""
        if blank(raw):
            return None
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        text = clean(" ".join(shown(raw).split()))
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if self.words is None:
            return text
        if text.casefold() in self.words:
            return self.words[text.casefold()]
        return Refusal("not one of the declared words", ", ".join(self.meant), rule="word")


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of one column, or its nominal days in an undated chart (`order` is None then)."""

    codes: Mapping[str, str]
    order: DateOrder | None
    dated: bool = True
    days: Mapping[str, int] | None = None
    serials: bool = False

    def read(self, raw: Raw) -> Span | Missing | Refusal | None:
        """The earliest and latest day the cell can mean."""
        if blank(raw):
            return None
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        text = shown(raw)
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if not self.dated:
            return self._nominal(text)
        if isinstance(raw, dt.datetime | dt.date):
            return self._calendar(raw)
        if isinstance(raw, bool | dt.time | dt.timedelta):
            return Refusal("not a date", "a date", rule="date")
        if isinstance(raw, int | float):
            return self._serial(raw)
        if self.order is None:
            return Refusal("a date written as text, but the order of its parts is not declared",
                           "`dates: year-month-day`, day-month-year or month-day-year in the chart description", rule="date order")  # fmt: skip
        return read_date(text, self.order)

    def _calendar(self, raw: dt.datetime | dt.date) -> Span | Refusal:
        day = raw.date() if isinstance(raw, dt.datetime) else raw
        timed = isinstance(raw, dt.datetime) and raw.time() != dt.time()
        return span(day.year, day.month, day.day, note="the time of day is not used" if timed else "")

    def _serial(self, raw: float) -> Span | Refusal:
        whole = int(raw) if raw == int(raw) else None
        meant = None if whole is None else excel_serial(whole)
        if whole is not None and 1905 <= whole <= 2100:  # a bare year is far likelier than a day of 1905
            return Refusal("a plain number where a date belongs; is it a year?", "a date", number_text(raw), "date")
        if meant is None:
            return Refusal("a plain number where a date belongs", "a date", rule="date")
        if self.serials:
            number = day_number(meant)
            return Span(number, number)
        return Refusal("a plain number where a date belongs; Excel keeps dates as such numbers", "a date, or `serials: yes`",
                       meant.isoformat(), "date serial")  # fmt: skip

    def _nominal(self, text: str) -> Span | Refusal:
        if self.days is not None:
            wanted = " ".join(text.split()).casefold()
            if wanted in self.days:
                return Span(self.days[wanted], self.days[wanted])
            return Refusal("not one of the declared visits", ", ".join(self.days), rule="visit")
        if re.fullmatch(r"[+-]?[0-9]{1,6}", text):
            return Span(int(text), int(text))
        return Refusal("not a nominal day", "a whole number of days, or labels declared under `days`", rule="visit")


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with control characters replaced by U+FFFD, so that no report or terminal obeys them.

    >>> clean("a\\x07b") == "a\\ufffdb"
    True
    """
    return _CONTROL.sub("\ufffd", text)
