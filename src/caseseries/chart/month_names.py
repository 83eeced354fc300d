"""Months in words, in English, German, French and Spanish; the names are written out so that no locale of a machine changes a date."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_NAMES = (
    ("january", "januar", "jaenner", "janner", "janvier", "enero"),
    ("february", "februar", "feber", "fevrier", "febrero"),
    ("march", "marz", "maerz", "mars", "marzo"),
    ("april", "avril", "abril"),
    ("may", "mai", "mayo"),
    ("june", "juni", "juin", "junio"),
    ("july", "juli", "juillet", "julio"),
    ("august", "aout", "agosto"),
    ("september", "septembre", "septiembre", "setiembre"),
    ("october", "oktober", "octobre", "octubre"),
    ("november", "novembre", "noviembre"),
    ("december", "dezember", "decembre", "diciembre"),
)
#: Fewer letters could be a word of their own.
LEAST_LETTERS = 3


@lru_cache(maxsize=1 << 10)
def month_of(name: str) -> int | None:
    """The month that a name, or its beginning of at least three letters, says in one of the languages; None where it says none, or two.

    >>> month_of("MAR"), month_of("Sept"), month_of("März"), month_of("août"), month_of("dic"), month_of("jui"), month_of("ma")
    (3, 9, 3, 8, 12, None, None)
    """
    plain = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if len(plain) < LEAST_LETTERS:
        return None
    found = {number for number, names in enumerate(_NAMES, 1) if any(full.startswith(plain) for full in names)}
    return found.pop() if len(found) == 1 else None
