"""The Hodges-Lehmann estimate: the typical change, with an interval that assumes no normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from statistics import NormalDist

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level
from caseseries.stats.frequency import Values, frequencies
from caseseries.stats.random_signs import MOST_SIGNS, lower_tail
from caseseries.stats.walsh_averages import order_statistics


def hodges_lehmann(values: Values, *, level: ExactNumber | float = LEVEL_95, unit: str = "") -> Estimate:
    """The typical change and the range of changes that the signed rank test would not reject, for any number of values.

    The estimate is the median of the M = n(n + 1)/2 Walsh averages (x(i) + x(j))/2, i <= j, zeros kept; it is exact at any n. The
    interval runs from the k-th smallest to the k-th largest of them. Up to 1000 values k is the smallest q (at least 1) with
    P(W <= q) >= alpha/2, W the signed rank statistic of n untied values, alpha = 1 - level; ``achieved_level`` is 1 - 2 P(W <= k - 1).
    When even k = 1 does not reach the level (at 95 %: five values or fewer) the interval is absent with that reason.
    With ties the interval covers at least as often as stated. Values are exact numbers (floats raise TypeError).

    Above 1000 values k = floor(n(n + 1)/4 + 1/2 - z SD(W)), at least 1, z the normal quantile of 1 - alpha/2 and
    Var(W) = n(n + 1)(2n + 1)/24 - sum(t^3 - t)/48 over groups of t equal values; ``method`` says so.

    Sources: Hodges & Lehmann, Ann Math Stat 1963;34:598-611; Bauer, J Am Stat Assoc 1972;67:687-690; Hollander, Wolfe & Chicken,
    Nonparametric Statistical Methods, 3rd ed. 2014, section 3.3 (large-sample interval) and 3.1 (ties).
    R: ``wilcox.test(exact = TRUE, conf.int = TRUE)`` where no value is zero or tied; above 1000 values
    ``wilcox.test(exact = FALSE, correct = TRUE, conf.int = TRUE)``, which searches for the limits numerically.

    >>> found = hodges_lehmann([0, 0, 0, 1, 2, 3, 4, 5])
    >>> found.estimate, found.lower, found.upper, found.achieved_level
    (Fraction(2, 1), Fraction(0, 1), Fraction(4, 1), 0.9609375)
    >>> found = hodges_lehmann([0] * 500 + [1] * 300 + [2] * 400)
    >>> found.estimate, found.lower, found.upper
    (Fraction(1, 1), Fraction(1, 1), Fraction(1, 1))
    >>> found.method
    'Hodges-Lehmann estimate; interval by the normal approximation of the signed rank distribution, n = 1,200'
    """
    exact = exact_level(level)
    table = frequencies(values)
    n = table.n
    counted = n <= MOST_SIGNS
    estimate = lower = upper = achieved = None
    no_interval = "" if n else NOTHING_OBSERVED
    if n:
        at = order_statistics(table)
        pairs = n * (n + 1) // 2
        estimate = (at(pairs // 2 + 1) + at(pairs - pairs // 2)) / 2
        if counted:
            k, achieved = _rank_of_limit(n, 1 - exact)
            if achieved < exact:
                no_interval, achieved = too_few_words(n, exact), None
        else:
            k = _rank_by_normal(n, table.counts, 1 - exact)
        if not no_interval:
            lower, upper = at(k), at(pairs + 1 - k)
    by_normal = f"; interval by the normal approximation of the signed rank distribution, n = {n:,}"
    return Estimate(
        estimate=estimate,
        lower=lower,
        upper=upper,
        n=n,
        level=exact,
        method="Hodges-Lehmann estimate"
        + (", exact interval from the signed rank distribution" if counted else by_normal),
        convention="zero values kept; "
        + (
            "ties keep at least the stated level"
            if counted
            else "variance corrected for ties; continuity correction 1/2"
        ),
        source="Hodges & Lehmann, Ann Math Stat 1963;34:598-611",
        unit=unit,
        achieved_level=achieved,
        absent_because="" if n else NOTHING_OBSERVED,
        interval_absent_because=no_interval,
    )


@lru_cache(maxsize=64)
def _rank_of_limit(n: int, alpha: Fraction) -> tuple[int, float]:
    """The rank k of the limits among the Walsh averages, and the level they reach.

    Up to 53 values the probabilities are exact in doubles, and so is their comparison with alpha/2.
    """
    below = list(accumulate(lower_tail(range(1, n + 1), n * (n + 1) // 4)))
    k = max(1, next((q for q, chance in enumerate(below) if chance >= alpha / 2), len(below) - 1))
    return k, 1 - 2 * below[k - 1]


def too_few_words(n: int, level: Fraction, percent: str = " %") -> str:
    """Why there is no interval of so few values, where even the widest does not reach the level; `percent` is how the sign stands there.

    >>> too_few_words(3, Fraction(95, 100))
    'too few values, n = 3: the widest interval has a level of 75 %, below 95 %'
    """
    _, reached = _rank_of_limit(n, 1 - level)
    return (
        f"too few values, n = {n}: the widest interval has a level of {100 * reached:g}{percent},"
        f" below {float(100 * level):g}{percent}"
    )


def _rank_by_normal(n: int, tied: Sequence[int], alpha: Fraction) -> int:
    variance = Fraction(n * (n + 1) * (2 * n + 1), 24) - Fraction(sum(t**3 - t for t in tied), 48)
    z = NormalDist().inv_cdf(float(1 - alpha / 2))
    # n(n + 1)/4 stays a fraction: as a float it would lose the half at large n.
    return max(1, math.floor(Fraction(n * (n + 1), 4) + Fraction(1, 2) - Fraction(z * math.sqrt(variance))))
