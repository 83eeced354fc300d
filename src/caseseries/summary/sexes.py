"""The sexes of the included cases: what one source writes `F` and another `female` is one of them."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.chart.sexes import meaning
from caseseries.summary.result import NONE, Count


def sexes(counted: Mapping[str, Count]) -> dict[str, Count]:
    """The counts by the words of the sources, those of one meaning under one word; a word that stands alone, or is unclear, stays.

    >>> found = sexes({"F": Count(2, 2), "M": Count(4, 4), "female": Count(1, 1), "other": Count(1, 1)})
    >>> {word: str(n) for word, n in found.items()}
    {'female': '3', 'M': '4', 'other': '1'}
    """
    said = {word: meaning(word, counted) for word in counted}
    found: dict[str, Count] = {}
    for word, n in counted.items():
        several = said[word] and list(said.values()).count(said[word]) > 1
        name = said[word] if several else word
        found[name] = found.get(name, NONE) + n
    return found
