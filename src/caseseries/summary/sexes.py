"""The sexes of the included cases: what one source writes `F` and another `female` is one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from caseseries.chart.sexes import meaning
from caseseries.summary.result import NONE, Count


def called(words: Collection[str]) -> dict[str, str]:
    """What each word of the sources is called: those of one meaning by one word; a word that stands alone, or is unclear, stays.

    >>> called(["F", "M", "female", "other"])
    {'F': 'female', 'M': 'M', 'female': 'female', 'other': 'other'}
    """
    said = {word: meaning(word, words) for word in words}
    meant = list(said.values())
    return {word: one if one and meant.count(one) > 1 else word for word, one in said.items()}


def sexes(counted: Mapping[str, Count], words: Collection[str] = ()) -> dict[str, Count]:
    """The counts by what the words of the sources are called; those of a group by what the `words` of all cases are called, each of them.

    >>> found = sexes({"F": Count(2, 2), "M": Count(4, 4), "female": Count(1, 1), "other": Count(1, 1)})
    >>> {word: str(n) for word, n in found.items()}
    {'female': '3', 'M': '4', 'other': '1'}
    >>> {word: str(n) for word, n in sexes({"F": Count(2, 2)}, ["F", "M", "female"]).items()}
    {'female': '2', 'M': '0'}
    """
    names = called(words or counted)
    found = dict.fromkeys((names[word] for word in words), NONE)
    for word, n in counted.items():
        found[names[word]] = found.get(names[word], NONE) + n
    return found
