"""Attributes of the included cases that the chart description keeps, summarised: numbers described, words counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries.chart.natural import natural
from caseseries.errors import ensure
from caseseries.summary.result import Result
from caseseries.summary.result_rows import description, proportion
from caseseries.summary.tally_reader import TallyReader

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")
#: A mark that may group thousands as well: 1,200 is 1200 or 1.2.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: Different words of an attribute that are counted; a column with more, and hardly any twice, is free text and listed only.
MOST_LEVELS = 12
#: A word that says no more than a blank.
UNKNOWN = "unknown"
#: Names that the parts of a description have.
_PARTS = frozenset({"mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "hodges_lehmann"})


def attribute_results(counts: TallyReader, told: int, level: Fraction) -> Iterator[Result]:
    """One attribute after another, in the order of the chart description, as results `table1/attribute/NAME/PART`; those in free text have
    none. `told` are the included cases of the sources that tell attributes."""
    words: dict[str, dict[str, int]] = {}
    for (_, name, word), n in counts.under("attribute").items():
        ensure(n.exact is not None, "attributes are told exactly or not at all")
        of_name = words.setdefault(str(name), {})
        of_name[str(word)] = of_name.get(str(word), 0) + n.low
    for name, found in words.items():
        yield from _one(name, found, told, level)


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


def _one(name: str, found: Mapping[str, int], total: int, level: Fraction) -> Iterator[Result]:
    known: dict[str, int] = {}
    for word, n in found.items():
        if word.strip() and word.strip().casefold() != UNKNOWN:
            plain = " ".join(word.split())
            known[plain] = known.get(plain, 0) + n
    key, label, n_known = f"table1/attribute/{name}", name, sum(known.values())
    if not known:
        return
    if is_number(list(known)):
        values = [Fraction(word.replace(",", ".")) for word, n in known.items() for _ in range(n)]
        yield from description(key, label, values, "").values()
    else:
        levels = sorted(known, key=natural)
        if len(levels) > MOST_LEVELS or 2 * len(levels) > n_known + 2:
            return
        for one in levels:
            said = f"{one} (as written)" if one in _PARTS else one
            part = said.replace("/", " or ")
            yield proportion(f"{key}/{part}", f"{label} {said}", known[one], n_known, level)
    unknown = total - n_known
    if unknown:
        yield Result(f"{key}/unknown", f"{label}, unknown", Fraction(unknown), n=unknown, total=total, unit="count")
