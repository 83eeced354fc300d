"""What one column of a file holds, by its cells: numbers, dates, yes and no, few words, or text."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from caseseries.chart.cells import USUAL_CODES, NumberReader, Quantity
from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, read_date
from caseseries.chart.refusal import Refusal
from caseseries.chart.sheet import Bad, Formatted, Raw, Shortened, shown
from caseseries.protocol.written import decimal_text

ColumnKind = Literal["empty", "number", "date", "pair", "yes or no", "words", "text"]

#: Cells of a column that are looked at.
MOST_CELLS = 3_000
_PAIR = re.compile(r"\d+\s*/\s*\d+")
_DATE_LIKE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}|\d{4}-\d{2}|\d{1,2}/\d{4}")
_ONLY_A_YEAR = re.compile(r"\d{4}")
#: Any hundred years: what is asked here is only whether a text can be a date.
_SOME_HUNDRED = 1950
_WITH_UNIT = re.compile(r"([<>]=?|[≤≥])? ?[+-]?\d+([.,]\d+)? ?([^\s\d.,/-][^\d]*(?:/\s?\S+)?|10\^9/l)")

#: Words for yes and no, in the languages that clinics write in; single letters count where both stand in the column.
YES_WORDS = frozenset(["yes", "true", "y", "ja", "j", "oui", "o", "si", "sí", "s", "vrai", "wahr", "verdadero"])
NO_WORDS = frozenset(["no", "false", "n", "nein", "non", "faux", "falsch", "falso"])
FEW = 12
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_EQUAL_DIGITS = re.compile(r"-?(?:9{2,}|8{2,}|7{2,})(?:\.0+)?")
#: A number so many times the greatest other one is perhaps no value; fewer different numbers tell nothing.
FAR_BEYOND, FEWEST_NUMBERS = 3, 2
#: Different texts of a column that are kept as names; more are notes.
MANY = 300
#: What stands behind the number of a grade (0.5+, 1+), and is no unit.
GRADE_SIGN = "+"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, and what a starting file should say about it.

    `one_reading` says that every possible order of the dates means the same days, `two_digits` that some years have two digits, `percent`
    that cells are formatted as percentages. `in_cell` is the unit that stands behind the numbers, `below` the one in the row below the
    heading; `seen` a few words or the range of the numbers, for comments. `repeat` is 1, 2, ... of a heading that stands several times, else
    0; `broken` counts cells that hold a formula without its value, or an error; `ends` are the least and the greatest number, of each of the
    two in a column of pairs.
    """

    name: str
    kind: ColumnKind
    filled: int
    different: int
    orders: tuple[DateOrder, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    comma: bool = False
    text_dates: bool = False
    names: tuple[str, ...] = ()
    one_reading: bool = False
    two_digits: bool = False
    in_cell: str = ""
    percent: bool = False
    seen: str = ""
    repeat: int = 0
    broken: int = 0
    ends: tuple[tuple[Fraction, Fraction], ...] = ()
    below: str = ""


def column_profile(name: str, cells: Sequence[Raw], repeat: int = 0) -> Column:
    """What a column holds, by its cells that are not blank; codes for missing values are left out of the judgement."""
    texts = [shown(cell) for cell in cells]
    different = len(set(texts))
    numbered = number_codes(texts)
    codes = tuple(sorted({text for text in texts if text.casefold() in USUAL_CODES or text in numbered}))
    broken = sum(isinstance(cell, Bad) for cell in cells)
    kept = [
        (cell, text)
        for cell, text in zip(cells, texts, strict=True)
        if text.casefold() not in USUAL_CODES and text not in numbered and not isinstance(cell, Bad)
    ][:MOST_CELLS]

    def made(kind: ColumnKind, **more: object) -> Column:
        return Column(name, kind, len(cells), different, codes=codes, repeat=repeat, broken=broken, **more)  # type: ignore[arg-type]  # each by the name of its field

    if not kept:
        return made("empty")
    if (found := _dates(kept)) is not None:
        return made("date", **found)
    written = [text for cell, text in kept if isinstance(cell, str)]
    pairs = sum(bool(_PAIR.fullmatch(text)) for text in written)
    if pairs and 5 * pairs >= 4 * len(kept):
        return made("pair", ends=_pair_ends([text for text in written if _PAIR.fullmatch(text)]))
    if (found := _numbers(kept)) is not None:
        return made("number", **found)
    counted = Counter(text for _, text in kept)
    folded = {text.casefold() for _, text in kept}
    seen = ", ".join(sorted(counted)[:6]) + (" ..." if len(counted) > 6 else "")
    if _yes_or_no(folded):
        return made("yes or no", words=tuple(sorted(folded)), seen=seen)
    names = tuple(sorted(counted)) if len(counted) <= MANY else ()
    if len(counted) <= FEW and 2 * len(counted) <= len(kept):
        return made("words", words=names, names=names, seen=seen)
    return made("text", names=names, seen=seen)


def number_codes(texts: Sequence[str]) -> frozenset[str]:
    """Numbers that are probably codes for missing values: nines, or other equal digits, far beyond all other numbers of a column.

    >>> sorted(number_codes(["20", "999", "21", "22", "-99"])), number_codes(["97", "98", "99"]), number_codes(["a", "999"])
    (['-99', '999'], frozenset(), frozenset())
    """
    plain = {text for text in texts if _PLAIN_NUMBER.fullmatch(text)}
    alike = {text for text in plain if _EQUAL_DIGITS.fullmatch(text)}
    others = [Fraction(text.replace(",", ".")) for text in plain - alike]
    if len(others) < FEWEST_NUMBERS or min(others) < 0:
        return frozenset()
    return frozenset(
        text for text in alike if text.startswith("-") or Fraction(text.split(".")[0]) > FAR_BEYOND * max(others)
    )


def _yes_or_no(folded: set[str]) -> bool:
    if not folded <= YES_WORDS | NO_WORDS:
        return False
    return any(len(word) > 1 for word in folded) or bool(folded & YES_WORDS and folded & NO_WORDS)


def _dates(kept: Sequence[tuple[Raw, str]]) -> dict[str, object] | None:
    """What is to be said of a column of dates; None where it is none."""
    real = sum(isinstance(cell, dt.datetime | dt.date | Shortened) for cell, _ in kept)
    if real == len(kept):
        return {}
    written = [text for cell, text in kept if isinstance(cell, str)]
    if 5 * (real + sum(map(_date_like, written))) < 4 * len(kept):
        return None
    orders = tuple(order for order in get_args(DateOrder) if all(_day(text, order) for text in written))
    short = any(
        isinstance(found := read_date(text, order), Refusal) and found.rule == "two-digit year"
        for order in orders or get_args(DateOrder)
        for text in written
    )
    alike = all(len({read_date(text, order, _SOME_HUNDRED) for order in orders}) == 1 for text in written)
    return {"orders": orders, "text_dates": bool(written), "one_reading": bool(orders) and alike, "two_digits": short}


def _day(text: str, order: DateOrder) -> bool:
    return isinstance(read_date(text, order, _SOME_HUNDRED), Span)


def _date_like(text: str) -> bool:
    if _DATE_LIKE.fullmatch(text):
        return True
    return not _ONLY_A_YEAR.fullmatch(text) and any(_day(text, order) for order in get_args(DateOrder))


def _numbers(kept: Sequence[tuple[Raw, str]]) -> dict[str, object] | None:
    """What is to be said of a column of numbers; None where it is none."""
    point, comma = NumberReader({}, formatted="as shown"), NumberReader({}, comma=True, formatted="as shown")
    with_point = [read.value for cell, _ in kept if isinstance(read := point.read(cell), Quantity)]
    with_comma = [read.value for cell, _ in kept if isinstance(read := comma.read(cell), Quantity)]
    values = max(with_point, with_comma, key=len)
    if 5 * len(values) >= 4 * len(kept):
        percent = any(isinstance(cell, Formatted) and cell.text.endswith("%") for cell, _ in kept)
        return {
            "comma": len(with_comma) > len(with_point),
            "percent": percent,
            "seen": _range(values),
            "ends": ((min(values), max(values)),),
        }
    behind = Counter(match[3].strip() for _, text in kept if (match := _WITH_UNIT.fullmatch(text)))
    if behind:
        unit, times = behind.most_common(1)[0]
        if 5 * (times + len(values)) >= 4 * len(kept) and len(unit) <= 12:
            names = tuple(sorted({text for _, text in kept})) if unit == GRADE_SIGN else ()
            return {"in_cell": unit, "comma": any("," in text for _, text in kept), "names": names}
    return None


def _pair_ends(pairs: Sequence[str]) -> tuple[tuple[Fraction, Fraction], ...]:
    numbers = [[Fraction(part.strip()) for part in pair.split("/")] for pair in pairs]
    return tuple((min(part), max(part)) for part in zip(*numbers, strict=True))


def _range(values: Sequence[Fraction]) -> str:
    few = sorted(set(values))
    if len(few) <= 4:
        return ", ".join(decimal_text(value) for value in few)
    return f"{decimal_text(few[0])} to {decimal_text(few[-1])}"
