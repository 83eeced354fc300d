"""Attributes of the included cases that the chart description keeps, summarised: numbers described, words counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from caseseries.chart.natural import natural
from caseseries.summary.model import CaseRow, Result
from caseseries.summary.results import description, proportion

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")
#: A mark that may group thousands as well: 1,200 is 1200 or 1.2.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: Different words of an attribute that are counted; a column with more, and hardly any twice, is free text and listed only.
MOST_LEVELS = 12
#: A word that says no more than a blank.
UNKNOWN = "unknown"
#: Names that the parts of a description have.
_PARTS = frozenset({"mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "hodges_lehmann"})


def attribute_results(cases: Sequence[CaseRow], level: Fraction) -> Iterator[Result]:
    """One attribute after another as results `table1/attribute/NAME/PART`; those in free text have none."""
    for name in dict.fromkeys(name for case in cases for name, _ in case.attributes):
        yield from _one(name, [dict(case.attributes).get(name, "") for case in cases], level)


def is_number(words: Sequence[str]) -> bool:
    """Whether the words of an attribute are numbers that can be described; 0 and 1 alone are a code for no and yes.

    Numbers with two decimal marks among them, or with a mark that may group thousands, can be read in two ways.

    >>> is_number(["41", "3.5"]), is_number(["41", "2,5"]), is_number(["3.5", "2,5"]), is_number(["1,200", "900"])
    (True, True, False, False)
    >>> is_number(["0", "1"]), is_number(["<5", "7"])
    (False, False)
    """
    plain = all(_NUMBER.fullmatch(word) and not _GROUPED.fullmatch(word) for word in words)
    marks = {mark for word in words for mark in ".," if mark in word}
    return plain and len(marks) < 2 and not set(words) <= {"0", "1"}


def _one(name: str, values: Sequence[str], level: Fraction) -> Iterator[Result]:
    known = [" ".join(value.split()) for value in values if value.strip() and value.strip().casefold() != UNKNOWN]
    key, label, total = f"table1/attribute/{name}", name, len(values)
    if not known:
        return
    if is_number(known):
        yield from description(key, label, [Fraction(value.replace(",", ".")) for value in known], "").values()
    else:
        levels = sorted(set(known), key=natural)
        if len(levels) > MOST_LEVELS or 2 * len(levels) > len(known) + 2:
            return
        for one in levels:
            part = one.replace("/", " or ")
            part = f"{part} (as written)" if part in _PARTS else part
            yield proportion(f"{key}/{part}", f"{label} {part}", known.count(one), len(known), level)
    unknown = total - len(known)
    if unknown:
        yield Result(f"{key}/unknown", f"{label}, unknown", Fraction(unknown), n=unknown, total=total, unit="count")
