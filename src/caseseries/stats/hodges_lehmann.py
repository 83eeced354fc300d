"""The Hodges-Lehmann estimate: the typical change, with an interval that assumes no normal distribution."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate, combinations_with_replacement

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_numbers
from caseseries.stats.random_signs import lower_tail

#: 500,500 averages; a longer list belongs to a method for large samples.
MOST_VALUES = 1000


def hodges_lehmann(values: Iterable[ExactNumber], *, level: ExactNumber | float = LEVEL_95, unit: str = "") -> Estimate:
    """The typical change and the range of changes that the signed rank test would not reject.

    The estimate is the median of the M = n(n + 1)/2 Walsh averages (x(i) + x(j))/2, i <= j, zeros kept. The interval
    runs from the k-th smallest to the k-th largest of them, k the smallest q (at least 1) with P(W <= q) >= alpha/2,
    W the signed rank statistic of n untied values, alpha = 1 - level; ``achieved_level`` is 1 - 2 P(W <= k - 1).
    When even k = 1 does not reach the level (at 95 %: five values or fewer) the interval is absent with that reason.
    With ties the interval covers at least as often as stated. Values are exact numbers (floats raise TypeError).

    Sources: Hodges & Lehmann, Ann Math Stat 1963;34:598-611; Bauer, J Am Stat Assoc 1972;67:687-690.
    R: ``wilcox.test(exact = TRUE, conf.int = TRUE)`` where no value is zero or tied.

    >>> found = hodges_lehmann([0, 0, 0, 1, 2, 3, 4, 5])
    >>> found.estimate, found.lower, found.upper, found.achieved_level
    (Fraction(2, 1), Fraction(0, 1), Fraction(4, 1), 0.9609375)
    """
    exact = exact_level(level)
    ordered = exact_numbers(values)
    n = len(ordered)
    estimate = lower = upper = achieved = None
    absent = "" if n else NOTHING_OBSERVED
    if n > MOST_VALUES:
        absent = f"not computed for more than {MOST_VALUES} values"
    no_interval = absent
    if not absent:
        averages, scale = _walsh_sums(ordered)
        middle = len(averages) // 2
        estimate = Fraction(averages[middle] + averages[-1 - middle], 2 * scale)
        k, reached = rank_of_limit(n, 1 - exact)
        if reached >= exact:
            achieved = reached
            lower, upper = Fraction(averages[k - 1], scale), Fraction(averages[-k], scale)
        else:
            no_interval = too_few(n, reached, exact)
    return Estimate(
        estimate=estimate,
        lower=lower,
        upper=upper,
        n=n,
        level=exact,
        method="Hodges-Lehmann estimate, exact interval from the signed rank distribution",
        convention="zero values kept; ties keep at least the stated level",
        source="Hodges & Lehmann, Ann Math Stat 1963;34:598-611",
        unit=unit,
        achieved_level=achieved,
        absent_because=absent,
        interval_absent_because=no_interval,
    )


def _walsh_sums(ordered: Sequence[Fraction]) -> tuple[list[int], int]:
    """The sums x(i) + x(j), i <= j, as sorted whole numbers, and what to divide by to get the Walsh averages."""
    unit = math.lcm(*(value.denominator for value in ordered))
    whole = [int(value * unit) for value in ordered]
    return sorted(low + high for low, high in combinations_with_replacement(whole, 2)), 2 * unit


def rank_of_limit(n: int, alpha: Fraction) -> tuple[int, float]:
    """The rank k of the limits among the Walsh averages, and the level they reach.

    Up to 53 values the probabilities are exact in doubles, and so is their comparison with alpha/2.
    """
    below = list(accumulate(lower_tail(range(1, n + 1), n * (n + 1) // 4)))
    k = max(1, next((q for q, chance in enumerate(below) if chance >= alpha / 2), len(below) - 1))
    return k, 1 - 2 * below[k - 1]


def too_few(n: int, reached: float, level: Fraction) -> str:
    """Why there is no interval where even the widest does not reach the level."""
    return (
        f"too few values (n = {n}): the widest interval has a level of {100 * reached:g} %,"
        f" below {float(100 * level):g} %"
    )
