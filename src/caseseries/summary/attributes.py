"""Attributes of the included cases that the chart description keeps, summarised: numbers described, words counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from caseseries.chart.natural import natural
from caseseries.summary.model import CaseRow, Result
from caseseries.summary.results import description, proportion

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")
#: Different words of an attribute that are counted; a column with more, and hardly any twice, is free text and listed only.
MOST_LEVELS = 12


def attribute_results(cases: Sequence[CaseRow], level: Fraction) -> Iterator[Result]:
    """One attribute after another as results `table1/attribute/NAME/PART`; those in free text have none."""
    for name in dict.fromkeys(name for case in cases for name, _ in case.attributes):
        yield from _one(name, [dict(case.attributes).get(name, "") for case in cases], level)


def is_number(words: Sequence[str]) -> bool:
    """Whether the words of an attribute are numbers that can be described; 0 and 1 alone are a code for no and yes.

    >>> is_number(["41", "3.5", "2,5"]), is_number(["0", "1"]), is_number(["<5", "7"])
    (True, False, False)
    """
    return all(_NUMBER.fullmatch(word) for word in words) and not set(words) <= {"0", "1"}


def _one(name: str, values: Sequence[str], level: Fraction) -> Iterator[Result]:
    known = [value for value in values if value]
    key, label, total = f"table1/attribute/{name}", name, len(values)
    if not known:
        return
    if is_number(known):
        yield from description(key, label, [Fraction(value.replace(",", ".")) for value in known], "").values()
    else:
        levels = sorted({" ".join(value.split()) for value in known}, key=natural)
        if len(levels) > MOST_LEVELS or 2 * len(levels) > len(known) + 2:
            return
        for one in levels:
            count = sum(" ".join(value.split()) == one for value in known)
            yield proportion(f"{key}/{one.replace('/', ' or ')}", f"{label} {one}", count, len(known), level)
    unknown = total - len(known)
    if unknown:
        yield Result(f"{key}/unknown", f"{label}, unknown", Fraction(unknown), n=unknown, total=total, unit="count")
