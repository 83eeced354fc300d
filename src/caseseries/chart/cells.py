"""One cell, read exactly as its column is declared, or refused with what would have been allowed.

Nothing is guessed: digits are ASCII, a number has one decimal mark and no more than 6 decimals, a date stands in the declared
order. A reader returns the value, a :class:`Missing` with its meaning, None for a blank cell, or a :class:`Refusal`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from caseseries.chart.letters import composed
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Bad, Formatted, Raw, Shortened, blank, number_text, shown
from caseseries.chart.tables import Bound
from caseseries.chart.two_numbers import holds_two_numbers
from caseseries.protocol.written import decimal_text, folded, round_half_up


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number; `censor` is `<`, `<=`, `>` or `>=` where it is only a bound."""

    value: Fraction
    censor: Bound = ""


MOST_DECIMALS = 6
#: The signs before a bound, as they are written, and what they are.
SIGNS: Mapping[str, Bound] = {"": "", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">="}
POINT = re.compile(r"([<>]=?|[≤≥]|) ?([+-]?)([0-9]{1,15})(?:\.([0-9]+))?")
COMMA = re.compile(r"([<>]=?|[≤≥]|) ?([+-]?)([0-9]{1,15})(?:,([0-9]+))?")
_GROUPED = re.compile(r"(?:[<>]=?|[≤≥]|) ?[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_TRAILING_UNIT = re.compile(r"((?:[<>]=?|[≤≥]|) ?[+-]?[0-9.,]+) ?([^\s0-9.,].*)")
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
    found = (COMMA if comma else POINT).fullmatch(text)
    if not found:
        return None
    censor, sign, whole, decimals = found[1], found[2], found[3], (found[4] or "").rstrip("0")
    value = Fraction(f"{sign}{whole}.{decimals or 0}")
    if round_to is not None:
        scale = 10**round_to
        value = Fraction(round_half_up(value * scale), scale)
    elif len(decimals) > MOST_DECIMALS:
        what = f"more than {MOST_DECIMALS} decimals"
        return Refusal(what, "fewer decimals, or `round_to` for the column", rule="decimals")
    return Quantity(value, SIGNS[censor])


def numbers_of(words: Mapping[str, str]) -> dict[str, Quantity]:
    """The number that each word of a column stands for; words that stand for none are left out.

    >>> numbers_of({"+": "1", "++": "2", "better": "yes"})
    {'+': Quantity(value=Fraction(1, 1), censor=''), '++': Quantity(value=Fraction(2, 1), censor='')}
    """
    read = {
        " ".join(word.split()).casefold(): _quantity(meaning.strip(), False, None) for word, meaning in words.items()
    }
    return {word: number for word, number in read.items() if isinstance(number, Quantity) and not number.censor}


@lru_cache(maxsize=1 << 10)
def _numbers_in(words: tuple[str, ...]) -> tuple[Quantity | Refusal, ...]:
    """The numbers among codes and words: 99 and 99.0 are one, though they are written in two ways."""
    return tuple(read for word in words if isinstance(read := _quantity(word, False, None), Quantity))


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
    formatted: Literal["as shown", "as stored"] | None = None
    among_percents: bool = False
    words: Mapping[str, Quantity] = field(default_factory=dict)
    known: dict[str, Quantity | Missing | Refusal | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def read(self, raw: Raw) -> Quantity | Missing | Refusal | None:
        """The number in the cell; a text that was read before is not read again.

        >>> NumberReader({}).read("41.5"), NumberReader({}).read("<5").censor
        (Quantity(value=Fraction(83, 2), censor=''), '<')
        >>> NumberReader({}, comma=True).read("7,5").value, NumberReader({}).read("nan").what
        (Fraction(15, 2), 'not a number')
        """
        if not isinstance(raw, str):
            return self._read(raw)
        if raw not in self.known:
            self.known[raw] = self._read(raw)
        return self.known[raw]

    def _read(self, raw: Raw) -> Quantity | Missing | Refusal | None:
        if blank(raw):
            return None
        text = shown(raw)
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if self.words and (word := " ".join(text.split()).casefold()) in self.words:
            return self.words[word]
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        if isinstance(raw, Formatted) and self.split is None:
            return self._formatted(raw)
        if isinstance(raw, bool) or (not isinstance(raw, str) and not isinstance(raw, int | float | Decimal)):
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
        read = _quantity(text, comma, self.round_to) or self._refused(text)
        if self.split is None and _quantity(text, comma, None) in _numbers_in((*self.codes, *self.words)):
            what = "a code or a word of the column, written as another number"
            return Refusal(what, "the code as it is declared", rule="code")
        if self.among_percents and isinstance(read, Quantity) and 0 < abs(read.value) <= 1:
            what = "a number of at most 1 among cells formatted as percentages: is it of one or of a hundred?"
            return Refusal(
                what,
                "a cell formatted as the others, or `formatted: as stored` or `as shown` for the column",
                rule="number format",
            )
        return read

    def _formatted(self, raw: Formatted) -> Quantity | Refusal:
        """A number that its format shows otherwise: as the column says, or where unit and format agree."""
        percent, unit = is_percent(self.unit), " ".join(raw.unit.split())
        same = unit.casefold() == " ".join(self.unit.split()).casefold() or (percent and raw.unit == "%")
        stored = self.formatted == "as stored"
        if raw.hidden and not stored:
            return Refusal(
                "the format of the cell hides the number that it holds",
                "blank, a missing code, or a format that shows it; `formatted: as stored` counts it",
                rule="number format",
            )
        if raw.scale != 1 and self.formatted is None and not (percent and raw.unit == "%"):
            what = "a percentage" if raw.scale > 1 else "thousands"
            return Refusal(
                f"the cell is formatted as {what}, so that it shows another number than it holds",
                "a column in %, a plain format, or `formatted: as shown` or `as stored` for the column",
                rule="number format",
            )
        if raw.scale == 1 and raw.unit and not same and not stored:
            return Refusal(
                "the format of the cell shows another unit than the column's",
                f"{self.unit or 'no unit'}, or `formatted: as stored` for the column",
                rule="number format",
            )
        number = Fraction(number_text(raw.value)) if stored else raw.shown
        return _quantity(decimal_text(number, 15), False, self.round_to) or self._refused(raw.text)

    def _refused(self, text: str) -> Refusal:
        mark = "comma" if self.comma else "point"
        allowed = f"a number with a decimal {mark}, <, >, ≤ or ≥ before it, or a declared missing code"
        readable, other = (COMMA, POINT) if self.comma else (POINT, COMMA)
        if text.casefold() in USUAL_CODES:
            return Refusal("not a number; is it a code for a missing value?", "declare it under `missing`", rule="code")
        if other.fullmatch(text):
            # 1,200 may be 1200 as well as 1.2: only where the mark cannot group thousands is there one number to propose
            swapped = text.translate(str.maketrans(",.", ".,"))
            proposal = "" if _GROUPED.fullmatch(text) else swapped
            return Refusal(f"not a number with a decimal {mark}", allowed, proposal, "decimal mark")
        if holds_two_numbers(text):
            two = "one number; `words` of the column says which of the two counts, `split` and `part` where every cell holds two"
            return Refusal("two numbers in one cell", two, rule="number")
        if tail := _TRAILING_UNIT.fullmatch(text):
            same = tail[2].casefold() == self.unit.casefold() or (tail[2] == "%" and is_percent(self.unit))
            proposal = tail[1].strip() if same and readable.fullmatch(tail[1].strip()) else ""
            return Refusal("a number with words behind it", allowed, proposal, "number")
        if readable.fullmatch("".join(text.split())):
            # spaces around a number, or behind < and the like, are not part of it; spaces inside may stand for a mark or for two numbers
            around = re.sub(r"^([<>]=?|[≤≥]|)\s+", r"\1", text.strip())
            proposal = around if readable.fullmatch(around) else ""
            return Refusal("a number with spaces in it", allowed, proposal, "number")
        return Refusal("not a number", allowed, rule="number")

    def _not_a_number(self, raw: Raw) -> Refusal:
        if isinstance(raw, dt.datetime | dt.date | Shortened):
            return Refusal("a date where a number belongs; a spreadsheet turns 10-5 into one", "a number", rule="date")
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
class GradeReader:
    """Reads the grades of a measure in their own spelling or in the declared words; the value is the place of the grade, from 0.

    `places` are those of every spelling, folded; `grades` are the grades as they are printed.
    """

    codes: Mapping[str, str]
    places: Mapping[str, int]
    grades: tuple[str, ...]

    def read(self, raw: Raw) -> Quantity | Missing | Refusal | None:
        """The place of the grade; a bound, a number beside a grade and any other word are refused.

        >>> reader = GradeReader({}, {"0": 0, "0.5+": 1, "1+": 2, "trace": 1}, ("0", "0.5+", "1+"))
        >>> reader.read("Trace").value, reader.read("<1+").what, reader.read("1 +").proposal
        (Fraction(1, 1), 'a bound, and grades have none', '1+')
        """
        if blank(raw):
            return None
        word = folded(shown(raw))
        if word in self.codes:
            return Missing(self.codes[word])
        if word in self.places:
            return Quantity(Fraction(self.places[word]))
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        allowed = f"{', '.join(self.grades)}; other words under `words`"
        if word[:1] in set("<>≤≥"):
            return Refusal("a bound, and grades have none", allowed, rule="grade")
        if isinstance(raw, dt.datetime | dt.date | Shortened):
            return Refusal("a date where a grade belongs", allowed, rule="date")
        bare = "".join(word.split())
        proposal = next((grade for grade in self.grades if "".join(folded(grade).split()) == bare), "")
        return Refusal("none of the grades of the measure", allowed, proposal, "grade")


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads words; `words` (folded) translates them, and then nothing else is allowed."""

    codes: Mapping[str, str]
    words: Mapping[str, str] | None = None
    meant: tuple[str, ...] = ()
    known: dict[str, str | Missing | Refusal | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def read(self, raw: Raw) -> str | Missing | Refusal | None:
        """The word, its inner spaces made single, its letters in one piece; control characters become the replacement character."""
        if not isinstance(raw, str):
            return self._read(raw)
        if raw not in self.known:
            self.known[raw] = self._read(raw)
        return self.known[raw]

    def _read(self, raw: Raw) -> str | Missing | Refusal | None:
        if blank(raw):
            return None
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        text = clean(" ".join(composed(shown(raw)).split()))
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if self.words is None:
            return text
        if text.casefold() in self.words:
            return self.words[text.casefold()]
        return Refusal("not one of the declared words", ", ".join(self.meant), rule="word")


def is_percent(unit: str) -> bool:
    """Whether a unit is the percentage.

    >>> is_percent("%"), is_percent("% predicted"), is_percent("percent"), is_percent("mg")
    (True, True, True, False)
    """
    folded = unit.strip().casefold()
    return folded.startswith(("%", "percent", "per cent"))


_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff"
_CONTROL, _BREAK_OR_CONTROL = re.compile(f"[{_CONTROLS}]"), re.compile(f"[\t\n\r\u2028\u2029{_CONTROLS}]")


def has_control(text: str) -> bool:
    """Whether a text holds a control character, line breaks and tabs among them.

    >>> has_control("P1"), has_control("P1\\x1b[2J"), has_control("P\\n1")
    (False, True, True)
    """
    return _BREAK_OR_CONTROL.search(text) is not None


def clean(text: str) -> str:
    """The text with control characters replaced by U+FFFD, so that no report or terminal obeys them.

    >>> clean("a\\x07b") == "a\\ufffdb"
    True
    """
    return _CONTROL.sub("\ufffd", text)
