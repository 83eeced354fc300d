"""What the words of a chart say of sex: one word may be one sex in one chart and the other in another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

#: Words of English, German, French and Spanish that say one thing wherever they stand.
SEX_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "female": frozenset(
            ["f", "fem", "female", "w", "weiblich", "femme", "féminin", "femenino", "mujer", "woman", "girl"]
        ),
        "male": frozenset(["m", "male", "männlich", "homme", "masculin", "masculino", "hombre", "man", "boy"]),
    }
)
#: Beside these an `m` is a woman: hombre and mujer, varón and mujer, vrouw and man.
M_MAY_BE_FEMALE = frozenset(["h", "v", "hombre", "varón", "mujer", "vrouw"])


def meaning(word: str, words: Iterable[str]) -> str:
    """Female or male, of a word of a chart that holds these words; empty where it is neither, or may be either.

    >>> meaning("M", ["M", "w"]), meaning("M", ["H", "M"]), meaning("", [""])
    ('male', '', '')
    """
    name = word.casefold()
    if name == "m" and M_MAY_BE_FEMALE.intersection(one.casefold() for one in words):
        return ""
    return next((meant for meant, own in SEX_WORDS.items() if name in own), "")
