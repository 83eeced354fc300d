"""Descriptions of many numbers from how often each was seen: the memory is that of the different values.

Everything here is exact, and gives what :func:`caseseries.stats.describe` gives for the values written out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from caseseries.stats.describe import Description, QuantileType, position_among, quantile_words, square_root
from caseseries.stats.estimate import NOTHING_OBSERVED, Statistic
from caseseries.stats.exact import ExactNumber, exact_number, whole_count

MILLIONTHS = Fraction(1_000_000)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often each value was seen. A value is ``whole[i] / parts``; ``whole`` ascends, and every count is 1 or more."""

    whole: tuple[int, ...]
    counts: tuple[int, ...]
    parts: Fraction = MILLIONTHS

    @classmethod
    def of(cls, table: Mapping[int, int], parts: ExactNumber = MILLIONTHS) -> Frequencies:
        """The table whole number -> count in ascending order; a value is its whole number divided by `parts`.

        Raises ValueError for a negative count or parts that are not above 0. A count of 0 is left out.

        >>> Frequencies.of({3_000_000: 1, 1_500_000: 2}).values()
        [Fraction(3, 2), Fraction(3, 2), Fraction(3, 1)]
        """
        scale = exact_number(parts)
        if scale <= 0:
            raise ValueError("a value has parts above 0")
        seen = [whole for whole in sorted(table) if whole_count(table[whole], "a frequency")]
        return cls(tuple(seen), tuple(table[whole] for whole in seen), scale)

    @property
    def n(self) -> int:
        """How many values were seen."""
        return sum(self.counts)

    def values(self) -> list[Fraction]:
        """Every value as often as it was seen, ascending; for small tables."""
        return [value for value, count in self for _ in range(count)]

    def __iter__(self) -> Iterator[tuple[Fraction, int]]:
        """Each different value with its count, ascending."""
        return ((whole / self.parts, count) for whole, count in zip(self.whole, self.counts, strict=True))

    def at_most(self, value: ExactNumber) -> int:
        """How many values are at most this one.

        >>> Frequencies.of({1: 2, 3: 5}, parts=1).at_most(2)
        2
        """
        return sum(self.counts[: bisect_right(self.whole, exact_number(value) * self.parts)])


@dataclass(frozen=True, slots=True)
class Moments:
    """Exact sums over n values of ``whole / parts``: what adds up between sites, and gives mean and SD."""

    n: int
    total: int
    squares: int
    parts: Fraction = MILLIONTHS

    @classmethod
    def of(cls, table: Frequencies) -> Moments:
        """The sums of a table.

        >>> Moments.of(Frequencies.of({1: 2, 3: 1}, parts=1))
        Moments(n=3, total=5, squares=11, parts=Fraction(1, 1))
        """
        pairs = list(zip(table.whole, table.counts, strict=True))
        return cls(
            table.n,
            sum(whole * count for whole, count in pairs),
            sum(whole * whole * count for whole, count in pairs),
            table.parts,
        )

    def mean(self) -> Statistic:
        """The exact mean."""
        return Statistic(self.total / (self.n * self.parts)) if self.n else Statistic(None, NOTHING_OBSERVED)

    def variance(self) -> Statistic:
        """The sum of squared deviations divided by n - 1, from n Q - S^2 in whole numbers, so that nothing cancels."""
        if self.n < 2:
            return Statistic(None, "one value has no standard deviation" if self.n else NOTHING_OBSERVED)
        return Statistic(Fraction(self.n * self.squares - self.total**2, self.n * (self.n - 1)) / self.parts**2)

    def sd(self) -> Statistic:
        """The float nearest to the square root of the exact variance."""
        variance = self.variance()
        return Statistic(square_root(variance.value)) if isinstance(variance.value, Fraction) else variance


def describe_frequencies(table: Frequencies, *, quantile_type: QuantileType = 7) -> Description:
    """Mean, SD, median, quartiles and range of the values in a table, each what `describe` gives for them written out.

    >>> found = describe_frequencies(Frequencies.of({1_500_000: 1, 2_000_000: 1, 4_000_000: 1, 10_000_000: 1}))
    >>> found.mean.value, found.median.value, found.lower_quartile.value
    (Fraction(35, 8), Fraction(3, 1), Fraction(15, 8))
    """
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
        convention=quantile_words(quantile_type),
        source="Hyndman & Fan, Am Stat 1996;50:361-365",
    )


def quantile_of_frequencies(table: Frequencies, share: ExactNumber, *, quantile_type: QuantileType = 7) -> Statistic:
    """The value below which the given share of the values lies, by the types of :func:`caseseries.stats.quantile`.

    >>> quantile_of_frequencies(Frequencies.of({1: 1, 2: 1, 3: 1, 4: 1}, parts=1), "0.25", quantile_type=6).value
    Fraction(5, 4)
    """
    return _quantile(table, list(accumulate(table.counts)), exact_number(share), quantile_type)


def _quantile(table: Frequencies, below: list[int], share: Fraction, quantile_type: QuantileType) -> Statistic:
    if not table.whole:
        return Statistic(None, NOTHING_OBSERVED)
    n = below[-1]
    position = position_among(n, share, quantile_type)
    rank = position.numerator // position.denominator
    left, right = (table.whole[bisect_left(below, place)] for place in (rank, min(rank + 1, n)))
    return Statistic((left + (position - rank) * (right - left)) / table.parts)
