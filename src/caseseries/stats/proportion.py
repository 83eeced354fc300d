"""How many of how many, with an interval: Clopper-Pearson, Wilson and mid-P; or with an upper limit alone.

Every interval here treats responders and non-responders alike: the upper limit for ``count`` of ``n`` is
one minus the lower limit for ``n - count`` of ``n``. So each method is written once, as its lower limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, whole_count

ProportionMethod = Literal["clopper_pearson", "wilson", "mid_p"]


def proportion(
    count: int, n: int, *, method: ProportionMethod = "clopper_pearson", level: ExactNumber | float = LEVEL_95
) -> Estimate:
    """The share ``count`` of ``n`` with the interval that the protocol names.

    Raises ValueError for another method, and when ``count`` is negative or above ``n``.

    >>> proportion(7, 10, method="wilson").method
    'Wilson score interval'
    """
    if method == "clopper_pearson":
        return clopper_pearson(count, n, level=level)
    if method == "wilson":
        return wilson(count, n, level=level)
    if method == "mid_p":
        return mid_p(count, n, level=level)
    raise ValueError("an interval for a proportion is clopper_pearson, wilson or mid_p")


def clopper_pearson(count: int, n: int, *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """The share ``count`` of ``n`` with an interval that never covers less often than it says.

    The lower limit solves P(X >= count | p) = alpha/2 and the upper P(X <= count | p) = alpha/2, X binomial, alpha
    = 1 - level. Raises ValueError when ``count`` is negative or above ``n``.

    Source: Clopper & Pearson, Biometrika 1934;26:404-413. R: ``binom.test``.

    >>> found = clopper_pearson(8, 10)
    >>> found.estimate, round(found.lower, 4), round(found.upper, 4)
    (Fraction(4, 5), 0.4439, 0.9748)
    """
    return _two_sided(
        count,
        n,
        level,
        _clopper_pearson_lower,
        method="Clopper-Pearson exact interval",
        source="Clopper & Pearson, Biometrika 1934;26:404-413",
    )


def wilson(count: int, n: int, *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """The share ``count`` of ``n`` with the score interval: shorter than the exact one, right on average.

    The limits are the two roots p of (count/n - p)^2 = z^2 p (1 - p) / n, without continuity correction.
    Raises ValueError when ``count`` is negative or above ``n``.

    Source: Wilson, J Am Stat Assoc 1927;22:209-212. R: ``prop.test(correct = FALSE)``.

    >>> found = wilson(8, 10)
    >>> round(found.lower, 4), round(found.upper, 4)
    (0.4902, 0.9433)
    """
    return _two_sided(
        count,
        n,
        level,
        _wilson_lower,
        method="Wilson score interval",
        source="Wilson, J Am Stat Assoc 1927;22:209-212",
        also="no continuity correction; ",
    )


def mid_p(count: int, n: int, *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """The share ``count`` of ``n`` with the exact interval made less cautious: half the observed point counts.

    The lower limit solves P(X > count | p) + P(X = count | p)/2 = alpha/2 and the upper
    P(X < count | p) + P(X = count | p)/2 = alpha/2, X binomial, by bisection until the midpoint equals an end.
    Raises ValueError when ``count`` is negative or above ``n``.

    Source: Lancaster, J Am Stat Assoc 1961;56:223-234; Berry & Armitage, Statistician 1995;44:417-423.

    >>> found = mid_p(1, 8)
    >>> round(found.lower, 6), round(found.upper, 6)
    (0.006252, 0.480277)
    """
    return _two_sided(
        count,
        n,
        level,
        _mid_p_lower,
        method="mid-P exact interval",
        source="Lancaster, J Am Stat Assoc 1961;56:223-234",
        also="half of the observed point counts; ",
    )


def clopper_pearson_upper(count: int, n: int, *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """The share ``count`` of ``n`` and how high it can be at most: the one-sided exact upper limit, for 0 of n the rule of three.

    The limit solves P(X <= count | p) = alpha, X binomial, alpha = 1 - level; for 0 of n it is 1 - alpha^(1/n), at 95 % close to 3/n.
    The lower limit is 0 by choice. Raises ValueError when ``count`` is negative or above ``n``.

    Sources: Clopper & Pearson, Biometrika 1934;26:404-413; Hanley & Lippman-Hand, JAMA 1983;249:1743-1745 (rule of three).
    R: ``binom.test(alternative = "less")``.

    >>> found = clopper_pearson_upper(0, 30)
    >>> found.lower, round(found.upper, 6)
    (0.0, 0.095034)
    """
    count, n = _count_of(count, n)
    exact, because = exact_level(level), "" if n else NOTHING_OBSERVED
    return Estimate(
        estimate=None if because else Fraction(count, n),
        lower=None if because else 0.0,
        upper=None if because else _clopper_pearson_upper(count, n, exact),
        n=n,
        level=exact,
        method="Clopper-Pearson exact upper limit, one-sided",
        convention="lower limit 0 by choice; upper limit 1 when all of n",
        source="Clopper & Pearson, Biometrika 1934;26:404-413",
        absent_because=because,
        interval_absent_because=because,
    )


def _two_sided(
    count: int,
    n: int,
    level: ExactNumber | float,
    lower_limit: Callable[[int, int, Fraction], float],
    *,
    method: str,
    source: str,
    also: str = "",
) -> Estimate:
    """The share with its limits; ``lower_limit(count, n, alpha)`` is asked for ``count`` of 1 to ``n`` only."""
    count, n = _count_of(count, n)
    exact = exact_level(level)
    alpha = 1 - exact
    because = "" if n else NOTHING_OBSERVED
    return Estimate(
        estimate=None if because else Fraction(count, n),
        lower=None if because else lower_limit(count, n, alpha) if count else 0.0,
        upper=None if because else 1.0 - (lower_limit(n - count, n, alpha) if count < n else 0.0),
        n=n,
        level=exact,
        method=method,
        convention=f"{also}lower limit 0 when none of n, upper limit 1 when all of n",
        source=source,
        absent_because=because,
        interval_absent_because=because,
    )


def _count_of(count: int, n: int) -> tuple[int, int]:
    count, n = whole_count(count, "count"), whole_count(n, "n")
    if count > n:
        raise ValueError("a share has at most n of n")
    return count, n


def _clopper_pearson_lower(count: int, n: int, alpha: Fraction) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(count, n - count + 1, float(alpha / 2)))


def _clopper_pearson_upper(count: int, n: int, level: Fraction) -> float:
    if count == n:
        return 1.0
    from scipy.special import betaincinv

    return float(betaincinv(count + 1, n - count, float(level)))


def _wilson_lower(count: int, n: int, alpha: Fraction) -> float:
    z2 = NormalDist().inv_cdf(float(alpha / 2)) ** 2
    upper = (count + z2 / 2 + math.sqrt(z2 * (count * (n - count) / n + z2 / 4))) / (n + z2)
    # The other root through the product of the two: the plain difference would lose its digits near 0.
    return count * count / (n * (n + z2)) / upper


def _mid_p_lower(count: int, n: int, alpha: Fraction) -> float:
    if count == n:  # half of p^n is alpha/2
        return math.exp(math.log(alpha) / n)
    from scipy.special import betainc

    # P(X > count) + P(X = count)/2 is the mean of P(X > count) and P(X >= count), and each is an incomplete beta.
    low, middle, high = 0.0, 0.5, 1.0
    while low < middle < high:
        tails = betainc(count + 1, n - count, middle) + betainc(count, n - count + 1, middle)
        low, high = (middle, high) if tails < float(alpha) else (low, middle)
        middle = (low + high) / 2
    return middle
