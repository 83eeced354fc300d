"""The paired t test: the mean of the differences against 0, with its interval, by Student's distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate, Statistic
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level
from caseseries.stats.frequency import Moments, Values, frequencies
from caseseries.stats.student_t import t_quantile, t_tail

_METHOD = "paired t test, two-sided, Student's t"
_SOURCE = "Student, Biometrika 1908;6:1-25"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedT:
    """The mean difference with its interval, and t with its degrees of freedom and two-sided p; absent together, with the reason."""

    mean: Estimate
    t: Statistic
    degrees_of_freedom: int
    p: Statistic
    method: str
    source: str


def paired_t(differences: Values | Moments, *, level: ExactNumber | float = LEVEL_95) -> PairedT:
    """Is the mean difference other than 0? Student's paired t test, with the interval of the mean.

    t = m / (s / sqrt(n)), m the mean and s the standard deviation (n - 1) of the n differences, both from exact sums; p is two-sided with
    n - 1 degrees of freedom, and the interval is m -/+ t(level) s / sqrt(n). It takes the differences as normal, which few values can
    neither show nor refute: the exact tests do not. ``differences`` may be their sums alone. Floats raise TypeError. No difference, one,
    or differences that are all equal: no test and no interval, with the reason.

    Source: Student, Biometrika 1908;6:1-25. R: ``t.test(after, before, paired = TRUE)``.

    >>> found = paired_t(["1.2", "2.4", "1.3", "1.3", "0", "1.0", "1.8", "0.8", "4.6", "1.4"])
    >>> round(found.t.value, 4), found.degrees_of_freedom, round(found.p.value, 6), found.mean.estimate
    (4.0621, 9, 0.002833, Fraction(79, 50))
    >>> paired_t([2, 2]).p.absent_because
    'all differences are equal'
    """
    moments, exact = (
        differences if isinstance(differences, Moments) else Moments.of(frequencies(differences)),
        exact_level(level),
    )
    n, mean, variance = moments.n, moments.mean().value, moments.variance().value
    why = "" if n > 1 else "one difference has no standard deviation" if n else NOTHING_OBSERVED
    if not why and not variance:
        why = "all differences are equal"
    lower = upper = t = p = None
    if not why:
        assert isinstance(mean, Fraction) and isinstance(variance, Fraction)
        # The square of t is a fraction; of it and of the error one root each.
        t = math.copysign(math.sqrt(mean * mean * n / variance), mean)
        reach = t_quantile(n - 1, exact) * math.sqrt(variance / n)
        lower, upper, p = float(mean) - reach, float(mean) + reach, t_tail(t, n - 1)
    return PairedT(
        mean=Estimate(
            estimate=mean,
            lower=lower,
            upper=upper,
            n=n,
            level=exact,
            method="mean with an interval by Student's t",
            convention="normal differences assumed",
            source=_SOURCE,
            absent_because="" if n else NOTHING_OBSERVED,
            interval_absent_because=why,
        ),
        t=Statistic(t, why),
        degrees_of_freedom=max(n - 1, 0),
        p=Statistic(p, why),
        method=_METHOD,
        source=_SOURCE,
    )
