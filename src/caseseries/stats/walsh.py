"""The Hodges-Lehmann estimate of any number of values, from how often each was seen; no list of averages is made.

The m-th smallest of the M = n(n + 1)/2 sums x(i) + x(j), i <= j, is the smallest whole number s with at least m sums
<= s. Counting them takes one pass over the k different values, and halving the span of s finds it: O(k log span).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from statistics import NormalDist

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level
from caseseries.stats.frequency import Frequencies
from caseseries.stats.hodges_lehmann import MOST_VALUES, rank_of_limit, too_few

#: Sums of two values, and counts of pairs, stay below 2^63 under these bounds.
_LARGEST = 2**61
_MOST = 2**31


def hodges_lehmann_of_frequencies(
    table: Frequencies, *, level: ExactNumber | float = LEVEL_95, unit: str = ""
) -> Estimate:
    """The typical change and its interval, as :func:`caseseries.stats.hodges_lehmann`, for any number of values.

    The estimate is exact at any n. Up to 1000 values the interval is the exact one. Above, its limits are the k-th smallest and the
    k-th largest Walsh average, k = floor(n(n + 1)/4 + 1/2 - z SD(W)), at least 1, z the normal quantile of 1 - alpha/2 and
    Var(W) = n(n + 1)(2n + 1)/24 - sum(t^3 - t)/48 over groups of t equal values; ``method`` says so.

    Sources: Hodges & Lehmann, Ann Math Stat 1963;34:598-611; Hollander, Wolfe & Chicken, Nonparametric Statistical
    Methods, 3rd ed. 2014, section 3.3 (large-sample interval) and 3.1 (ties).
    R: ``wilcox.test(exact = FALSE, correct = TRUE, conf.int = TRUE)``, which searches for the limits numerically.

    >>> found = hodges_lehmann_of_frequencies(Frequencies.of({0: 3, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, parts=1))
    >>> found.estimate, found.lower, found.upper, found.achieved_level
    (Fraction(2, 1), Fraction(0, 1), Fraction(4, 1), 0.9609375)
    >>> found = hodges_lehmann_of_frequencies(Frequencies.of({0: 500, 1: 300, 2: 400}, parts=1))
    >>> found.estimate, found.lower, found.upper
    (Fraction(1, 1), Fraction(1, 1), Fraction(1, 1))
    >>> found.method
    'Hodges-Lehmann estimate; interval by the normal approximation of the signed rank distribution, n = 1,200'
    """
    exact = exact_level(level)
    n = table.n
    estimate = lower = upper = achieved = None
    no_interval = "" if n else NOTHING_OBSERVED
    if n:
        at = _order_statistics(table)
        pairs = n * (n + 1) // 2
        estimate = (at(pairs // 2 + 1) + at(pairs - pairs // 2)) / 2
        if n <= MOST_VALUES:
            k, achieved = rank_of_limit(n, 1 - exact)
            if achieved < exact:
                no_interval, achieved = too_few(n, achieved, exact), None
        else:
            k = _rank_by_normal(n, table.counts, 1 - exact)
        if not no_interval:
            lower, upper = at(k), at(pairs + 1 - k)
    how = "Hodges-Lehmann estimate, exact interval from the signed rank distribution"
    if n > MOST_VALUES:
        how = (
            f"Hodges-Lehmann estimate; interval by the normal approximation of the signed rank distribution, n = {n:,}"
        )
    return Estimate(
        estimate=estimate,
        lower=lower,
        upper=upper,
        n=n,
        level=exact,
        method=how,
        convention="zero values kept; ties keep at least the stated level"
        if n <= MOST_VALUES
        else "zero values kept; variance corrected for ties; continuity correction 1/2",
        source="Hodges & Lehmann, Ann Math Stat 1963;34:598-611",
        unit=unit,
        achieved_level=achieved,
        absent_because="" if n else NOTHING_OBSERVED,
        interval_absent_because=no_interval,
    )


def _rank_by_normal(n: int, tied: Sequence[int], alpha: Fraction) -> int:
    variance = Fraction(n * (n + 1) * (2 * n + 1), 24) - Fraction(sum(t**3 - t for t in tied), 48)
    z = NormalDist().inv_cdf(float(1 - alpha / 2))
    # n(n + 1)/4 stays a fraction: as a float it would lose the half at large n.
    return max(1, math.floor(Fraction(n * (n + 1), 4) + Fraction(1, 2) - Fraction(z * math.sqrt(variance))))


def _order_statistics(table: Frequencies) -> Callable[[int], Fraction]:
    """The m-th smallest Walsh average, m from 1, as a function of m."""
    first = table.whole[0]
    step = math.gcd(*(whole - first for whole in table.whole)) or 1
    places = [(whole - first) // step for whole in table.whole]  # from 0 up, so that spans are short
    small = places[-1] < _LARGEST and table.n < _MOST
    count = _counting(places, table.counts) if small else _counting_large(places, table.counts)

    def at(m: int) -> Fraction:
        low, high = 0, 2 * places[-1]
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if count(middle) >= m else (middle + 1, high)
        return Fraction(low * step + 2 * first, 2) / table.parts

    return at


def _counting(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    """How many sums of two values, i <= j, are at most s; by numpy in 64 bits."""
    import numpy as np

    values, weights = np.array(places, dtype=np.int64), np.array(counts, dtype=np.int64)
    below = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(weights)])

    def count(s: int) -> int:
        ordered = int((weights * below[np.searchsorted(values, s - values, side="right")]).sum())
        return (ordered + int(below[np.searchsorted(values, s // 2, side="right")])) // 2

    return count


def _counting_large(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    """The same in whole numbers of any size."""
    below = [0, *accumulate(counts)]

    def count(s: int) -> int:
        ordered = sum(
            weight * below[bisect_right(places, s - place)] for place, weight in zip(places, counts, strict=True)
        )
        return (ordered + below[bisect_right(places, s // 2)]) // 2

    return count
