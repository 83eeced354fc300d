"""Student's t with any number of degrees of freedom: how far out, and how often chance goes so far."""

from __future__ import annotations

import math
from fractions import Fraction

from caseseries.stats.random_signs import above_zero


def t_quantile(degrees: float, level: Fraction) -> float:
    """The t that is not exceeded in size with probability ``level``: 2.776 for 4 degrees of freedom at 95 %.

    With y the inverse incomplete beta function of (1/2, degrees/2) at the level, and x that of (degrees/2, 1/2) at 1 - level, so that
    x = 1 - y without loss, t^2 = degrees y / x. R: ``qt(1 - (1 - level) / 2, degrees)``.

    >>> round(t_quantile(4, Fraction(95, 100)), 6)
    2.776445
    """
    from scipy.special import betaincinv

    inside = float(betaincinv(0.5, degrees / 2, float(level)))
    return math.sqrt(degrees * inside / float(betaincinv(degrees / 2, 0.5, float(1 - level))))


def t_tail(t: float, degrees: float) -> float:
    """How often chance goes as far as ``t`` in either direction: the two-sided p. R: ``2 * pt(-abs(t), degrees)``.

    >>> round(t_tail(2.776445105, 4), 9)
    0.05
    """
    from scipy.special import betainc

    return above_zero(float(betainc(degrees / 2, 0.5, degrees / (degrees + t * t))))
