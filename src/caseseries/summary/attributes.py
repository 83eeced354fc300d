"""Attributes of the included cases that the chart description keeps, summarised: numbers described, words counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries.chart.natural import natural
from caseseries.chart.personal_words import WITH_THE_PATIENTS
from caseseries.errors import ensure
from caseseries.protocol.unknown_words import says_unknown
from caseseries.stats.tally import Key, Tally
from caseseries.summary.result import Result
from caseseries.summary.result_rows import description, proportion
from caseseries.summary.tally_reader import TallyReader

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")
#: A mark that may group thousands as well: 1,200 is 1200 or 1.2.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: Different words of an attribute that are counted; a column with more, and hardly any twice, is free text and listed only.
MOST_LEVELS = 12
#: Names that the parts of a description have.
_PARTS = frozenset({"mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "hodges_lehmann"})


def attribute_results(
    counts: TallyReader, told: int, level: Fraction, whole: TallyReader | None = None
) -> Iterator[Result]:
    """One attribute after another, in the order of the chart description, as results `table1/attribute/NAME/PART`; those in free text have
    none, and so have those that tell who a patient is. `told` are the included cases of the sources that tell attributes.

    Of a group of the cases the `whole` says which attributes and levels there are.
    """
    words = _words(counts)
    for name, found in (words if whole is None else _words(whole)).items():
        if WITH_THE_PATIENTS not in found:
            yield from _one(name, found, words.get(name, {}), told - counts.withheld("attribute", name), level)


def _words(counts: TallyReader) -> dict[str, dict[str, int]]:
    """The words of each attribute, each with its number of cases."""
    words: dict[str, dict[str, int]] = {}
    for (_, name, word), n in counts.under("attribute").items():
        ensure(n.exact is not None, "attributes are told exactly or not at all")
        of_name = words.setdefault(str(name), {})
        of_name[str(word)] = of_name.get(str(word), 0) + n.low
    return words


def _is_told(words: Mapping[str, int]) -> bool:
    """Whether an attribute with these words, each with its number of cases, has numbers or levels, or nothing at all; else it is free text, or
    tells who a patient is.
    """
    known = _known(words)
    return WITH_THE_PATIENTS not in words and (not known or is_number(list(known)) or bool(_levels(known)))


def attributes_for_others(tally: Tally) -> Tally:
    """The attributes that have numbers or levels; free text, which may tell who a patient is, stays at the site.

    >>> list(attributes_for_others(Tally({("attribute", 0, "onset", word): n for word, n in (("acute", 3), ("slow", 1))})).lines())
    ['["attribute",0,"onset","acute",3]', '["attribute",0,"onset","slow",1]']
    >>> list(attributes_for_others(Tally({("attribute", 0, "onset", word): 1 for word in ("since the move", "limp", "rash", "weak")})).lines())
    ['["withheld","attribute","onset",4]']
    """
    told, by_name = Tally(), dict[Key, dict[str, int]]()
    for (place, name, word), n in tally.section("attribute"):
        by_name.setdefault((place, name), {})[str(word)] = n
    for (place, name), words in by_name.items():
        if _is_told(words):
            for word, n in words.items():
                told.add(("attribute", place, name, word), n)
        else:
            told.add(("withheld", "attribute", name), sum(words.values()))
    return told


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


def _known(found: Mapping[str, int]) -> dict[str, int]:
    """The words that say something, with their cases."""
    known: dict[str, int] = {}
    for word, n in found.items():
        if word.strip() and not says_unknown(word):
            plain = " ".join(word.split())
            known[plain] = known.get(plain, 0) + n
    return known


def _levels(known: Mapping[str, int]) -> list[str]:
    """The words that are counted, in order; none of free text."""
    levels = sorted(known, key=natural)
    return [] if len(levels) > MOST_LEVELS or 2 * len(levels) > sum(known.values()) + 2 else levels


def _one(
    name: str, whole: Mapping[str, int], found: Mapping[str, int], total: int, level: Fraction
) -> Iterator[Result]:
    every, known = _known(whole), _known(found)
    key, label, n_known = f"table1/attribute/{name}", name, sum(known.values())
    if not every:
        return
    if is_number(list(every)):
        values = [Fraction(word.replace(",", ".")) for word, n in known.items() for _ in range(n)]
        yield from description(key, label, values, "").values()
    else:
        levels = _levels(every)
        if not levels:
            return
        for one in levels:
            said = f"{one} (as written)" if one in _PARTS else one
            part = said.replace("/", " or ")
            yield proportion(f"{key}/{part}", f"{label} {said}", known.get(one, 0), n_known, level)
    unknown = total - n_known
    if unknown or sum(every.values()) < sum(whole.values()):
        yield Result(f"{key}/unknown", f"{label}, unknown", Fraction(unknown), n=unknown, total=total, unit="count")
