"""How values are spread over many cases: counted exactly, or known in bins where a site told no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from caseseries import stats
from caseseries.errors import ensure
from caseseries.stats.frequency import MILLIONTHS, Frequencies, Moments
from caseseries.summary.result import Result
from caseseries.summary.result_rows import description, of_estimate, of_statistic

#: At most so many bars of a histogram.
BARS = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `low` on and below `high`."""

    low: Fraction
    high: Fraction
    n: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The values of some cases. `lows` and `highs` are the same table where every value is known.

    Where a site told bins, each of its values stands in `lows` with the lower end of its bin and in `highs` with the upper.
    `moments` are exact sums either way. `withheld` counts the cases of sites that told nothing.
    """

    lows: Frequencies
    highs: Frequencies
    moments: Moments
    withheld: int = 0

    @property
    def n(self) -> int:
        """How many values."""
        return self.lows.n

    @property
    def exact(self) -> bool:
        """Whether every value is known."""
        return self.lows == self.highs and not self.withheld

    def counts(self) -> tuple[tuple[Fraction, int], ...]:
        """Each value with its count, ascending; of a bin its middle."""
        if self.lows == self.highs:
            return tuple(self.lows)
        found: dict[Fraction, int] = {}
        for low, high, n in _paired(self.lows, self.highs):
            found[(low + high) / 2] = found.get((low + high) / 2, 0) + n
        return tuple(sorted(found.items()))

    def histogram(self, most: int = BARS) -> tuple[Bin, ...]:
        """At most `most` bars of one round width, empty ones left out.

        >>> [(int(b.low), int(b.high), b.n) for b in spread({v: 1 for v in range(8)}, parts=1).histogram(4)]
        [(0, 2, 2), (2, 4, 2), (4, 6, 2), (6, 8, 2)]
        """
        counts = self.counts()
        if not counts:
            return ()
        width = _round_width(counts[0][0], counts[-1][0], most)
        bars: dict[int, int] = {}
        for value, n in counts:
            place = value // width
            bars[place] = bars.get(place, 0) + n
        return tuple(Bin(place * width, (place + 1) * width, n) for place, n in sorted(bars.items()))


def spread(table: Mapping[int, int], parts: Fraction | int = MILLIONTHS) -> Spread:
    """The spread of values that are all known: whole number -> count, a value being its whole number divided by `parts`.

    >>> spread({1_500_000: 2}).n
    2
    """
    known = Frequencies.of(table, parts)
    return Spread(known, known, Moments.of(known))


def described(prefix: str, label: str, found: Spread, unit: str) -> dict[str, Result]:
    """Mean, SD, median, quartiles and range, as :func:`caseseries.summary.results.description`; what is binned as a range.

    >>> described("x", "x", spread({1: 1, 2: 2}, parts=1), "points")["median"].estimate
    Fraction(2, 1)
    """
    low = description(prefix, label, found.lows, unit)
    high = low if found.lows == found.highs else description(prefix, label, found.highs, unit)
    results = {}
    for key, below in low.items():
        above = high[key]
        if key in {"mean", "sd"}:
            results[key] = of_statistic(
                below.id, below.label, getattr(found.moments, key)(), found.n, unit, below.method
            )
        elif below == above:
            results[key] = below
        else:
            results[key] = _between(
                below.id, below.label, below.estimate, above.estimate, found.n, unit, f"{below.method}, from bins"
            )
    return results


def typical_change(result_id: str, label: str, found: Spread, level: Fraction, unit: str) -> Result:
    """The Hodges-Lehmann estimate with its interval; from bins, the range in which both ends of the interval lie."""
    low = stats.hodges_lehmann(found.lows, level=level, unit=unit)
    if found.lows == found.highs:
        return of_estimate(result_id, label, low)
    high = stats.hodges_lehmann(found.highs, level=level, unit=unit)
    return _between(result_id, label, low.estimate, high.estimate, low.n, unit, f"{low.method}, from bins")


def _between(
    result_id: str,
    label: str,
    low: Fraction | float | None,
    high: Fraction | float | None,
    n: int,
    unit: str,
    method: str,
) -> Result:
    """A number known only to lie in a range: no estimate, `lower` and `upper` its ends."""
    return Result(result_id, label, None, low, high, n, None, unit, method, BINNED)


#: Why a number has no estimate but only ends, as told in `absent_because`.
BINNED = "known only as a range, from binned values"


def joined(
    known: Mapping[int, int], bins: Iterable[tuple[int, int, int]], sums: Moments, withheld: int, parts: Fraction
) -> Spread:
    """The spread of values that are known, and of those that sites told in bins (low, high, n) with their exact `sums`."""
    lows, highs = dict(known), dict(known)
    binned = 0
    for low, high, n in bins:
        lows[low] = lows.get(low, 0) + n
        highs[high] = highs.get(high, 0) + n
        binned += n
    exact = Moments.of(Frequencies.of(known, parts))
    ensure(sums.n == binned, "the sums of a site count what its bins count")
    moments = Moments(exact.n + sums.n, exact.total + sums.total, exact.squares + sums.squares, parts)
    return Spread(Frequencies.of(lows, parts), Frequencies.of(highs, parts), moments, withheld)


def _paired(lows: Frequencies, highs: Frequencies) -> list[tuple[Fraction, Fraction, int]]:
    """The k-th smallest lower end with the k-th smallest upper end, as runs."""
    found, left, right = [], list(lows), list(highs)
    i = j = 0
    while i < len(left):
        (low, a), (high, b) = left[i], right[j]
        n = min(a, b)
        found.append((low, high, n))
        left[i], right[j] = (low, a - n), (high, b - n)
        i, j = i + (a == n), j + (b == n)
    return found


def _round_width(lowest: Fraction, highest: Fraction, most: int) -> Fraction:
    """The smallest of 1, 2, 5, 10, 20 ... millionths of which at most `most` bars hold every value."""
    width, place = Fraction(1, 1_000_000), 0
    steps = (2, Fraction(5, 2), 2)
    while highest // width - lowest // width >= max(most, 2):
        width *= steps[place % 3]
        place += 1
    return width
