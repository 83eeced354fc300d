"""Numbers as how often each was seen: the memory is that of the different values, and every sum is exact.

Every statistic takes numbers in any order or such a table. What is given as a list becomes a table at the door
(:func:`frequencies`), so that eight values and eight million go the same way.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, Statistic
from caseseries.stats.exact import ExactNumber, exact_number, exact_numbers, square_root, whole_count

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

    def without_zero(self) -> Frequencies:
        """The frequencies without the values that are zero.

        >>> Frequencies.of({0: 3, 1: 2}, parts=1).without_zero().n
        2
        """
        kept = [(whole, count) for whole, count in zip(self.whole, self.counts, strict=True) if whole]
        return Frequencies(tuple(whole for whole, _ in kept), tuple(count for _, count in kept), self.parts)

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


Values = Iterable[ExactNumber] | Frequencies
"""Numbers in any order, or how often each was seen."""


def frequencies(values: Values) -> Frequencies:
    """How often each number was seen; what is a table already stays as it is. Floats are refused (TypeError).

    The parts are the common denominator, so that every value is the number as it was written.

    >>> frequencies(["0.5", 2, "0.5"])
    Frequencies(whole=(1, 4), counts=(2, 1), parts=Fraction(2, 1))
    """
    if isinstance(values, Frequencies):
        return values
    counts = Counter(exact_numbers(values))
    parts = math.lcm(*(value.denominator for value in counts))
    return Frequencies(tuple(int(value * parts) for value in counts), tuple(counts.values()), Fraction(parts))
