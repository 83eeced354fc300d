"""A straight line over time in patients who each have their own level: linear model with random intercept, by REML."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from caseseries.stats.cross_products import CrossProducts, Matrix, Orthogonal, product
from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate, Statistic
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number
from caseseries.stats.reml import AtRatio, Profile
from caseseries.stats.student_t import t_quantile, t_tail

if TYPE_CHECKING:
    from caseseries.stats.reml import Array

Repeated = tuple[Hashable, Sequence[ExactNumber], ExactNumber]
"""One value of a group: the group, its covariates (such as the time), the value."""

_METHOD = "linear model with random intercept, REML, Satterthwaite degrees of freedom"
_SOURCE = "Laird & Ware, Biometrics 1982;38:963-974; Satterthwaite, Biom Bull 1946;2:110-114"
_NO_SCATTER = "within groups the values lie on the lines, exactly or all but exactly"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedEffect:
    """One coefficient with its interval, and what it rests on; all absent together, with the reason of the estimate."""

    name: str
    estimate: Estimate
    standard_error: Statistic
    degrees_of_freedom: Statistic
    t: Statistic
    p: Statistic


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomIntercept:
    """The fitted line. ``effects`` begin with the intercept; variances are in squared units of the value.

    ``between_variance`` is that of the groups' own levels, ``within_variance`` what is left about the lines. ``at_zero`` tells that the
    likelihood is highest without any variance between groups: then the fit is ordinary regression with n - p degrees of freedom.
    """

    effects: tuple[FixedEffect, ...]
    between_variance: Statistic
    within_variance: Statistic
    at_zero: bool
    n: int
    groups: int
    method: str
    convention: str
    source: str
    absent_because: str = ""


def random_intercept(
    rows: Iterable[Repeated], names: Sequence[str] = ("time",), *, level: ExactNumber | float = LEVEL_95
) -> RandomIntercept:
    """How a value changes with time in groups (patients) that each have their own level, with Satterthwaite intervals.

    y = b0 + b1 x1 + ... + u(group) + e, u normal with the between, e with the within variance. The ratio of the two is where the
    restricted likelihood is highest; ratio 0 is compared as such. The degrees of freedom of a coefficient with variance v are
    2 v^2 / (g' V g), g the gradient of v by the variances and V twice the inverse of the second derivatives of -2 log restricted
    likelihood; at ratio 0 they are n - p, p coefficients. The interval is b -/+ t SE.

    Sums of products are exact, so that the order of rows changes nothing. Absent with the reason: no value; a covariate that is
    constant or a combination of the others; values that leave nothing within groups, or nothing between them, to estimate a
    variance from; values that lie on the lines, or whose between variance is above 10^8 times the within variance.
    Raises ValueError where a row has another number of covariates than there are ``names``.

    Sources: Laird & Ware, Biometrics 1982;38:963-974; Satterthwaite, Biom Bull 1946;2:110-114; Kuznetsova, Brockhoff &
    Christensen, J Stat Softw 2017;82(13) (degrees of freedom). R: ``lmerTest::lmer(y ~ x + (1 | group))``.

    >>> found = random_intercept([("a", [0], 1), ("a", [1], 3), ("b", [0], 4), ("b", [1], 5), ("c", [0], 2), ("c", [1], 5)])
    >>> [round(float(one.estimate.estimate), 6) for one in found.effects], round(found.effects[1].degrees_of_freedom.value, 6)
    ([2.333333, 2.0], 2.0)
    >>> random_intercept([("a", [0], 1), ("b", [1], 2), ("c", [2], 2)]).absent_because
    'no group has more values than its own level and the covariates take up'
    """
    p = len(names) + 1
    table = [(group, [Fraction(1), *map(exact_number, covariates), exact_number(y)]) for group, covariates, y in rows]
    if any(len(row) != p + 1 for _, row in table):
        raise ValueError("each row has one covariate for each name")
    return random_intercept_of_sums(CrossProducts.of(table, p + 1), names, level=level)


def random_intercept_of_sums(
    sums: CrossProducts, names: Sequence[str] = ("time",), *, level: ExactNumber | float = LEVEL_95
) -> RandomIntercept:
    """The line of :func:`random_intercept` from sums of products alone: of 1, the covariates and the value, within and between groups.

    >>> rows = [("a", [0], 1), ("a", [1], 3), ("b", [0], 4), ("b", [1], 5), ("c", [0], 2), ("c", [1], 5)]
    >>> sums = CrossProducts.of([(group, [Fraction(1), Fraction(x[0]), Fraction(y)]) for group, x, y in rows], 3)
    >>> random_intercept_of_sums(sums) == random_intercept(rows)
    True
    """
    exact, p = exact_level(level), len(names) + 1
    basis = Orthogonal.of(sums.total)
    absent = _why_absent(sums, basis, p)
    fitted = ratio = None
    if not absent:
        profile = _scaled(sums, basis)
        ratio = profile.best()
        if ratio is None:
            absent = _NO_SCATTER
        else:
            fitted = profile.at(ratio)
    scale = float(basis.squares[p])
    return RandomIntercept(
        effects=tuple(
            _effect(name, j, basis, fitted, sums.n, exact, absent) for j, name in enumerate(("intercept", *names))
        ),
        between_variance=Statistic(fitted.ratio * fitted.variance * scale if fitted else None, absent),
        within_variance=Statistic(fitted.variance * scale if fitted else None, absent),
        at_zero=ratio == 0,
        n=sums.n,
        groups=sum(sums.groups.values()),
        method=_METHOD,
        convention="variance between groups 0 where the likelihood is highest there",
        source=_SOURCE,
        absent_because=absent,
    )


def _why_absent(sums: CrossProducts, basis: Orthogonal, p: int) -> str:
    if not sums.n:
        return NOTHING_OBSERVED
    if not all(basis.squares[:p]):
        return "a covariate is constant or a combination of the others"
    inner = Orthogonal.of(sums.within)
    groups, varying = sum(sums.groups.values()), sum(map(bool, inner.squares[:p]))
    if sums.n - groups - varying < 1:
        return "no group has more values than its own level and the covariates take up"
    if groups + varying - p < 1:
        return "there are not more groups than covariates that differ between them alone"
    return "" if inner.squares[p] else _NO_SCATTER


def _scaled(sums: CrossProducts, basis: Orthogonal) -> Profile:
    """The profile in orthogonal columns of length 1, the value less its least-squares line: no digits are lost in floats."""
    import numpy as np

    roots = [math.sqrt(square) for square in basis.squares]

    def turned(products: Matrix) -> Matrix:
        return [[product(left, products, right) for right in basis.columns] for left in basis.columns]

    def scaled(products: Matrix) -> Array:
        return np.array(
            [
                [float(x) / (a * b) for x, b in zip(row, roots, strict=True)]
                for row, a in zip(products, roots, strict=True)
            ]
        )

    between = {m: turned(one) for m, one in sums.between.items()}
    p = len(roots) - 1
    weights = [Fraction(1)] * p + [Fraction(sums.n - p)]
    slope_at_zero = sum(
        m * (groups - sum(w * between[m][j][j] / basis.squares[j] for j, w in enumerate(weights)))
        for m, groups in sums.groups.items()
    )
    return Profile(
        n=sums.n,
        sizes=list(sums.groups),
        groups=list(sums.groups.values()),
        within=scaled(turned(sums.within)),
        between=[scaled(one) for one in between.values()],
        falls_at_zero=slope_at_zero < 0,
    )


def _effect(
    name: str, j: int, basis: Orthogonal, fitted: AtRatio | None, n: int, level: Fraction, absent: str
) -> FixedEffect:
    estimate = error = degrees = t = lower = upper = None
    if fitted:
        import numpy as np

        p = len(fitted.effects)
        # The given coefficient j from those of the orthogonal columns; the least-squares line was taken off the value.
        contrast = np.array([float(basis.columns[i][j]) / math.sqrt(basis.squares[i]) for i in range(p)])
        scale = math.sqrt(basis.squares[p])
        estimate = -float(basis.columns[p][j]) + scale * float(contrast @ fitted.effects)
        error = scale * math.sqrt(fitted.variance * float(contrast @ fitted.inverse @ contrast))
        degrees, t = fitted.satterthwaite(contrast), estimate / error
        reach = t_quantile(degrees, level) * error
        lower, upper = estimate - reach, estimate + reach
    return FixedEffect(
        name=name,
        estimate=Estimate(
            estimate=estimate,
            lower=lower,
            upper=upper,
            n=n,
            level=level,
            method=_METHOD,
            convention="variance between groups 0 where the likelihood is highest there",
            source=_SOURCE,
            absent_because=absent,
            interval_absent_because=absent,
        ),
        standard_error=Statistic(error, absent),
        degrees_of_freedom=Statistic(degrees, absent),
        t=Statistic(t, absent),
        p=Statistic(t_tail(t, degrees) if t is not None and degrees is not None else None, absent),
    )
