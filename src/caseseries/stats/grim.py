"""Whether a printed mean of whole numbers can be one: the GRIM test."""

from __future__ import annotations

import re
from dataclasses import dataclass

from caseseries.stats.exact import whole_count

SOURCE = "Brown & Heathers, Soc Psychol Personal Sci 2017;8:363-369"

_PRINTED = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Grim:
    """Whether `n` patients with `items` whole numbers each can have the printed mean.

    `possible` are the sums that are rounded to it. Where `can_tell` is false every mean is possible, because n x items reaches the number of
    means that so many decimals tell apart.
    """

    mean: str
    n: int
    items: int
    possible: tuple[int, ...]
    can_tell: bool
    source: str = SOURCE

    @property
    def consistent(self) -> bool:
        """Whether some sum is rounded to the mean."""
        return bool(self.possible)


def grim(mean: str, n: int, *, items: int = 1) -> Grim:
    """Can the mean, printed as it stands, be that of whole numbers: of ``n`` patients, or of the averages of ``items`` whole numbers of each?

    With d printed decimals, M the mean times 10^d and N = n items, a sum k is possible where |k 10^d - M N| 2 <= N, in whole numbers: a half may
    have been rounded either way. Raises ValueError for a mean that is no plain decimal number, and without patients or items.

    Source: Brown & Heathers, Soc Psychol Personal Sci 2017;8:363-369.

    >>> grim("10.6", 8).possible, grim("10.5", 7).consistent
    ((85,), False)
    >>> grim("3.5", 12).can_tell
    False
    """
    scaled, places = printed(mean)
    size = whole_count(n, "n") * whole_count(items, "items")
    if not size:
        raise ValueError("a mean is of at least one number")
    power = 10**places
    nearest = scaled * size // power
    possible = tuple(k for k in range(nearest - size, nearest + size + 2) if abs(k * power - scaled * size) * 2 <= size)
    return Grim(mean, n, items, possible, size < power)


def printed(text: str) -> tuple[int, int]:
    """A printed number as a whole number of its last decimals, and how many decimals it has.

    >>> printed("-0.50")
    (-50, 2)
    """
    found = _PRINTED.fullmatch(text)
    if not found:
        raise ValueError("a printed number has digits and a point, such as 10.6")
    return int(text.replace(".", "")), len(found[1] or "")
