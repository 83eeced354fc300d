"""The sexes of the included cases: what one source writes `F` and another `female` is one of them."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.summary.result import NONE, Count

#: Words of English, German, French and Spanish that say one thing wherever they stand.
_SAID = {
    "female": frozenset(
        ["f", "fem", "female", "w", "weiblich", "femme", "féminin", "femenino", "mujer", "woman", "girl"]
    ),
    "male": frozenset(["m", "male", "männlich", "homme", "masculin", "masculino", "hombre", "man", "boy"]),
}
#: Beside these an `m` is a woman: hombre and mujer, varón and mujer, vrouw and man.
_M_MAY_BE_FEMALE = frozenset(["h", "v", "hombre", "varón", "mujer", "vrouw"])


def sexes(counted: Mapping[str, Count]) -> dict[str, Count]:
    """The counts by the words of the sources, those of one meaning under one word; a word that stands alone, or is unclear, stays.

    >>> found = sexes({"F": Count(2, 2), "M": Count(4, 4), "female": Count(1, 1), "other": Count(1, 1)})
    >>> {word: str(n) for word, n in found.items()}
    {'female': '3', 'M': '4', 'other': '1'}
    """
    said = {word: _meaning(word, {one.casefold() for one in counted}) for word in counted}
    found: dict[str, Count] = {}
    for word, n in counted.items():
        several = said[word] and list(said.values()).count(said[word]) > 1
        name = said[word] if several else word
        found[name] = found.get(name, NONE) + n
    return found


def _meaning(word: str, words: set[str]) -> str:
    """Female or male; empty where it is neither, or may be either.

    >>> _meaning("M", {"m", "w"}), _meaning("M", {"m", "h"}), _meaning("", {""})
    ('male', '', '')
    """
    name = word.casefold()
    if name == "m" and words & _M_MAY_BE_FEMALE:
        return ""
    return next((meaning for meaning, own in _SAID.items() if name in own), "")
