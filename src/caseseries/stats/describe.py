"""Mean, standard deviation, median, quartiles and range, computed exactly from the numbers as written."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, Statistic
from caseseries.stats.frequency import Frequencies, Moments, Values, frequencies

QuantileType = Literal[2, 6, 7]

_QUANTILE_WORDS: dict[int, str] = {
    2: "quantile type 2 (SAS default: steps, averaged where the step is reached exactly)",
    6: "quantile type 6 (SPSS and Minitab: position p(n + 1))",
    7: "quantile type 7 (R and Excel default: position 1 + p(n - 1))",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a group of numbers looks like; every part is a number or absent with a reason.

    All parts but the standard deviation are exact fractions; ``sd`` is the float nearest to the square root of the
    exact ``variance``.
    """

    n: int
    mean: Statistic
    variance: Statistic
    sd: Statistic
    median: Statistic
    lower_quartile: Statistic
    upper_quartile: Statistic
    minimum: Statistic
    maximum: Statistic
    method: str
    convention: str
    source: str


def describe(values: Values, *, quantile_type: QuantileType = 7) -> Description:
    """Mean, SD, median, quartiles and range of the numbers, in any order or counted.

    The mean is sum/n, the variance the sum of squared deviations divided by n - 1. Floats are refused (TypeError):
    pass what was written, as text, Decimal, int or Fraction. One value has no SD; no value has nothing.
    Raises ValueError for another type of quantile.

    Source of the quantile types: Hyndman & Fan, Am Stat 1996;50:361-365. R: ``quantile(type = )``.

    >>> found = describe(["1.5", "2", "4", "10"])
    >>> found.mean.value, found.median.value, found.lower_quartile.value
    (Fraction(35, 8), Fraction(3, 1), Fraction(15, 8))
    >>> describe(Frequencies.of({3: 2, 5: 1}, parts=1)).median.value
    Fraction(3, 1)
    >>> describe([3]).sd
    Statistic(value=None, absent_because='one value has no standard deviation')
    """
    if quantile_type not in _QUANTILE_WORDS:
        raise ValueError("a quantile type is 2, 6 or 7")
    table = frequencies(values)
    moments = Moments.of(table)
    below = list(accumulate(table.counts))

    def at(share: Fraction) -> Statistic:
        return _quantile(table, below, share, quantile_type)

    return Description(
        n=moments.n,
        mean=moments.mean(),
        variance=moments.variance(),
        sd=moments.sd(),
        median=at(Fraction(1, 2)),
        lower_quartile=at(Fraction(1, 4)),
        upper_quartile=at(Fraction(3, 4)),
        minimum=at(Fraction(0)),
        maximum=at(Fraction(1)),
        method="mean, SD (n - 1), median, quartiles, range, from exact fractions",
        convention=_QUANTILE_WORDS[quantile_type],
        source="Hyndman & Fan, Am Stat 1996;50:361-365",
    )


def _position(n: int, share: Fraction, quantile_type: QuantileType) -> Fraction:
    """Where among n ascending values, counted from 1, the quantile lies; between two places it is interpolated.

    Type 7 takes 1 + p(n - 1), type 6 p(n + 1) kept within 1 and n, type 2 ceil(np), or the middle of np and np + 1 when np is whole.

    >>> _position(4, Fraction(1, 4), 6)
    Fraction(5, 4)
    """
    if quantile_type == 7:
        position = 1 + share * (n - 1)
    elif quantile_type == 6:
        position = share * (n + 1)
    else:
        whole = (n * share).denominator == 1
        position = n * share + Fraction(1, 2) if whole else Fraction(math.ceil(n * share))
    return min(max(position, Fraction(1)), Fraction(n))


def _quantile(table: Frequencies, below: list[int], share: Fraction, quantile_type: QuantileType) -> Statistic:
    n = below[-1] if below else 0
    if not n:
        return Statistic(None, NOTHING_OBSERVED)
    position = _position(n, share, quantile_type)
    rank = position.numerator // position.denominator
    left, right = (table.whole[bisect_left(below, place)] for place in (rank, min(rank + 1, n)))
    return Statistic((left + (position - rank) * (right - left)) / table.parts)
