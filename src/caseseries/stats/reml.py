"""Restricted maximum likelihood of a random intercept, as a function of one number: the ratio of its variance to the residual one.

With ratio r, a group of m rows weighs its within-group sums 1 and its means 1/(1 + m r). So everything is made of
C(r) = within + sum over m of between[m] / (1 + m r), the sums of products of covariates and value; A(r) is its part for the p covariates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Where the sign of the derivative is looked up: 0, then twelve points for each power of ten up to the largest ratio that is told.
_GRID = (0.0, *(10.0 ** (step / 12) for step in range(-96, 97)))


@dataclass(frozen=True, slots=True)
class Profile:
    """The restricted likelihood of the variance ratio for n rows in groups; the last column is the value.

    ``sizes`` and ``groups`` tell how many groups have how many rows, ``between`` has a matrix for each size. The columns are
    scaled so that their sums of squares are about 1. ``falls_at_zero`` tells whether the derivative of the deviance at ratio 0 is below 0, exactly:
    whether the border is left hangs on it.
    """

    n: int
    sizes: Sequence[int]
    groups: Sequence[int]
    within: Array
    between: Sequence[Array]
    falls_at_zero: bool

    def at(self, ratio: float) -> AtRatio:
        """Everything that is read off at one ratio."""
        import numpy as np

        first, second, third = self.within.copy(), np.zeros_like(self.within), np.zeros_like(self.within)
        log, slope, bend = 0.0, 0.0, 0.0
        for m, groups, between in zip(self.sizes, self.groups, self.between, strict=True):
            weight = 1 / (1 + m * ratio)
            first += between * weight
            second -= between * (m * weight**2)
            third += between * (2 * m**2 * weight**3)
            log += groups * math.log1p(m * ratio)
            slope += groups * m * weight
            bend -= groups * (m * weight) ** 2
        p = len(first) - 1
        inverse = np.asarray(np.linalg.inv(first[:p, :p]), dtype=np.float64)
        effects = inverse @ first[:p, p]
        with_value = np.append(-effects, 1.0)
        turned = inverse @ second[:p, :p]
        along = (second @ with_value)[:p]
        residual = float(with_value @ first @ with_value)
        return AtRatio(
            ratio=ratio,
            deviance=log - float(np.linalg.slogdet(inverse)[1]) + (self.n - p) * math.log(residual),
            degrees=self.n - p,
            effects=effects,
            inverse=inverse,
            inverse_slope=-turned @ inverse,
            residual=residual,
            residual_slope=float(with_value @ second @ with_value),
            residual_bend=float(with_value @ third @ with_value - 2 * along @ inverse @ along),
            log_slope=slope + float(np.trace(turned)),
            log_bend=bend + float(np.trace(inverse @ third[:p, :p]) - np.trace(turned @ turned)),
        )

    def best(self) -> float | None:
        """The ratio of the highest restricted likelihood: 0, or where its derivative is 0; None where it rises beyond 10^8.

        The derivative's sign is looked up on a grid, every change of it is narrowed until the midpoint equals an end, and the highest of
        all these places, and of ratio 0 unless the likelihood rises from there, is taken.
        """
        slopes = [-1.0 if self.falls_at_zero else 0.0, *(self.at(ratio).slope for ratio in _GRID[1:])]
        if slopes[-1] < 0:
            return None
        places = [] if self.falls_at_zero else [0.0]
        for left, right, before, after in zip(_GRID, _GRID[1:], slopes, slopes[1:], strict=False):
            if before < 0 <= after:
                places.append(self._root(left, right))
        return min(places, key=lambda ratio: self.at(ratio).deviance)

    def _root(self, low: float, high: float) -> float:
        middle = (low + high) / 2
        while low < middle < high:
            low, high = (middle, high) if self.at(middle).slope < 0 else (low, middle)
            middle = (low + high) / 2
        return middle


@dataclass(frozen=True, slots=True)
class AtRatio:
    """The restricted likelihood at one variance ratio r: fixed effects, sums of squares, and derivatives by r.

    ``deviance`` is -2 log likelihood with the residual variance put at its best, ``residual / degrees``, without constants.
    ``inverse`` is A^-1. ``log_slope`` and ``log_bend`` are the first and second derivative of the sum of log(1 + m r) and log |A|.
    """

    ratio: float
    deviance: float
    degrees: int
    effects: Array
    inverse: Array
    inverse_slope: Array
    residual: float
    residual_slope: float
    residual_bend: float
    log_slope: float
    log_bend: float

    @property
    def slope(self) -> float:
        """The derivative of the deviance by the ratio."""
        return self.log_slope + self.degrees * self.residual_slope / self.residual

    @property
    def variance(self) -> float:
        """The residual variance of the highest restricted likelihood at this ratio."""
        return self.residual / self.degrees

    def satterthwaite(self, contrast: Array) -> float:
        """The degrees of freedom of a combination of fixed effects: 2 v^2 / (g' V g), v its variance.

        g is the gradient of v by residual variance s and ratio r, V twice the inverse of the second derivatives of -2 log likelihood
        D = degrees log s + L(r) + residual(r) / s at its minimum. At ratio 0, the border, the between variance is
        not estimated: v is that of ordinary regression, with ``degrees``.
        """
        if self.ratio == 0:
            return float(self.degrees)
        s = self.variance
        by_s, by_r = float(contrast @ self.inverse @ contrast), s * float(contrast @ self.inverse_slope @ contrast)
        ss, sr = self.degrees / s**2, -self.residual_slope / s**2
        rr = self.log_bend + self.residual_bend / s
        spread = (by_s**2 * rr - 2 * by_s * by_r * sr + by_r**2 * ss) / (ss * rr - sr**2)
        return float((s * by_s) ** 2 / spread)
