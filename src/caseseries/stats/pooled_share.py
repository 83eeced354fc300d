"""One share over several series, where each may have its own: a logistic model with a random intercept, by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import NormalDist

from caseseries.stats.estimate import Estimate, HypothesisTest, Statistic
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, whole_count
from caseseries.stats.marginal_likelihood import Marginal

METHOD = "logistic model with a random intercept for each series, maximum likelihood"
CONVENTION = "log odds; interval by the normal distribution; likelihood by a fixed fine quadrature"
SOURCE = "Stijnen, Hamza & Ozdemir, Stat Med 2010;29:3046-3067"

#: The standard deviation between series is looked for up to here, on the log-odds scale.
_LARGEST = 30.0

#: A standard deviation below this is told as 0.
_SMALLEST = 1e-5

#: Where the sign of the derivative by tau is looked up.
_GRID = (0.001, 0.003, 0.01, *(10.0 ** (step / 8) for step in range(-12, 12)), _LARGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledShare:
    """The pooled share, and how much the series differ.

    `pooled` is the share whose log odds are the mean of those of the series, with its interval. `log_odds` and `standard_error` are on the
    log-odds scale, `tau2` the variance between series there. `likelihood_ratio` and `wald` test whether all series have one share
    (chi-square, k - 1 degrees of freedom). `prediction` is the interval in which the share of a further series lies, where it can be told.
    """

    pooled: Estimate
    series: int
    log_odds: Statistic
    standard_error: Statistic
    tau2: Statistic
    log_likelihood: Statistic
    likelihood_ratio: HypothesisTest
    wald: HypothesisTest
    prediction: Estimate
    heterogeneity_df: int = field(default=0)


def pooled_share(series: Iterable[tuple[int, int]], *, level: ExactNumber | float = LEVEL_95) -> PooledShare:
    """The share over several series, each given as (responders, patients).

    x_i is binomial(n_i, p_i) with logit p_i = mu + u_i and u_i normal with variance tau^2; mu and tau^2 by maximum likelihood. The interval is
    expit(mu +- z SE), SE from the observed information of mu and tau. Where the likelihood falls from tau = 0, tau^2 is 0 and the model that of
    one share. The interval for a further series is expit(mu +- t sqrt(SE^2 + tau^2)), t with k - 2 degrees of freedom (Higgins 2009).

    Absent with the reason: fewer than two series; none or all responded in all of them; series of one patient each, which do not tell
    differences between series from chance; a variance between series without a finite estimate. Raises ValueError for a count that is negative or
    above its size.

    Sources: Stijnen, Hamza & Ozdemir, Stat Med 2010;29:3046-3067; Higgins, Thompson & Spiegelhalter, J R Stat Soc A 2009;172:137-159.
    R: ``metafor::rma.glmm(measure = "PLO", method = "ML")``, whose quadrature has 7 nodes.

    >>> found = pooled_share([(6, 8), (12, 18), (3, 9), (15, 20)])
    >>> round(float(found.pooled.estimate), 4), round(float(found.tau2.value), 4)
    (0.6539, 0.0112)
    >>> pooled_share([(1, 1), (0, 1), (1, 1)]).pooled.absent_because
    'every series has one patient: what differs between series cannot be told from chance'
    """
    given = [(whole_count(x, "responders"), whole_count(n, "patients")) for x, n in series]
    if any(x > n for x, n in given):
        raise ValueError("a share has at most n of n")
    exact, seen = exact_level(level), sorted((x, n) for x, n in given if n)
    because = _not_identified(seen)
    if because:
        return _absent(seen, exact, because)
    marginal = Marginal([x for x, _ in seen], [n for _, n in seen])
    found = _fitted(marginal, seen)
    if found is None:
        return _absent(
            seen,
            exact,
            "the variance between series has no finite estimate: nobody or everybody responded in nearly all of them",
        )
    mu, tau, error, value = found
    z = NormalDist().inv_cdf(1 - float(1 - exact) / 2)
    return PooledShare(
        pooled=_estimate(seen, exact, _expit(mu), (_expit(mu - z * error), _expit(mu + z * error))),
        series=len(seen),
        log_odds=Statistic(mu),
        standard_error=Statistic(error),
        tau2=Statistic(tau**2),
        log_likelihood=Statistic(value),
        likelihood_ratio=_likelihood_ratio(seen),
        wald=_wald(seen),
        prediction=_prediction(seen, exact, mu, tau, error),
        heterogeneity_df=len(seen) - 1,
    )


def _not_identified(seen: list[tuple[int, int]]) -> str:
    total, patients = sum(x for x, _ in seen), sum(n for _, n in seen)
    if len(seen) < 2:
        return "fewer than two series have patients"
    if total in {0, patients}:
        return (
            f"{'nobody' if total == 0 else 'everybody'} responded in any of the series: the likelihood has no maximum"
        )
    if all(n == 1 for _, n in seen):
        return "every series has one patient: what differs between series cannot be told from chance"
    return ""


def _fitted(marginal: Marginal, seen: list[tuple[int, int]]) -> tuple[float, float, float, float] | None:
    """mu, tau, the standard error of mu, and the log likelihood; None where tau grows without end."""
    x, n = sum(one for one, _ in seen), sum(one for _, one in seen)
    start, share = math.log(x / (n - x)), x / n
    common = sum(_log_binomial(one, size, share) for one, size in seen)
    best = (start, 0.0, 1 / math.sqrt(n * share * (1 - share)), common)
    # At tau = 0 the derivative by tau^2 decides whether the border is left: half the sum of squared scores less the information.
    before = sum((one - size * share) ** 2 - size * share * (1 - share) for one, size in seen)
    mu, places, last = start, [], _SMALLEST
    for tau in _GRID:
        mu, here = marginal.best_mu(tau, mu)
        if before > 0 >= here.slope[1]:
            places.append((last, tau, mu))
        before, last = here.slope[1], tau
    if before > 0:
        return None
    for low, high, at in places:
        candidate = _root(marginal, low, high, at)
        if candidate[3] > best[3]:
            best = candidate
    return best


def _root(marginal: Marginal, low: float, high: float, mu: float) -> tuple[float, float, float, float]:
    """Where the derivative by tau changes its sign, by bisection and at the end Newton steps in both."""
    for _ in range(12):
        middle = (low + high) / 2
        mu, here = marginal.best_mu(middle, mu)
        low, high = (middle, high) if here.slope[1] > 0 else (low, middle)
    tau = (low + high) / 2
    for _ in range(8):
        here = marginal.at(mu, tau)
        a, b, c = here.bend
        both = a * c - b * b
        if both <= 0:
            break
        by_mu, by_tau = here.slope
        mu, tau = mu - (c * by_mu - b * by_tau) / both, tau - (a * by_tau - b * by_mu) / both
    here = marginal.at(mu, tau)
    a, b, c = here.bend
    return mu, tau, math.sqrt(-c / (a * c - b * b)), here.value


def _log_binomial(x: int, n: int, share: float) -> float:
    orders = math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1)
    return orders + x * math.log(share) + (n - x) * math.log1p(-share)


def _expit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _estimate(
    seen: list[tuple[int, int]],
    level: Fraction,
    value: float | None,
    ends: tuple[float, float] | None,
    because: str = "",
    convention: str = CONVENTION,
) -> Estimate:
    return Estimate(
        estimate=value,
        lower=None if ends is None else ends[0],
        upper=None if ends is None else ends[1],
        n=sum(n for _, n in seen),
        level=level,
        method=METHOD,
        convention=convention,
        source=SOURCE,
        absent_because=because if value is None else "",
        interval_absent_because=because if ends is None else "",
    )


def _prediction(seen: list[tuple[int, int]], level: Fraction, mu: float, tau: float, error: float) -> Estimate:
    """The interval for a further series, around the pooled share."""
    from scipy.special import stdtrit

    convention = "log odds; Student's distribution with k - 2 degrees of freedom"
    if len(seen) < 3:
        return _estimate(
            seen, level, _expit(mu), None, "an interval for a further series needs at least three", convention
        )
    if tau == 0:
        why = "the variance between series is estimated as 0, so that an interval for a further series would be too narrow"
        return _estimate(seen, level, _expit(mu), None, why, convention)
    t = float(stdtrit(len(seen) - 2, 1 - float(1 - level) / 2))
    spread = t * math.hypot(error, tau)
    return _estimate(seen, level, _expit(mu), (_expit(mu - spread), _expit(mu + spread)), convention=convention)


def _chi_square(name: str, value: float | None, seen: list[tuple[int, int]], because: str = "") -> HypothesisTest:
    from scipy.special import gammaincc

    return HypothesisTest(
        statistic=None if value is None else Fraction(value),
        p=None if value is None else float(gammaincc((len(seen) - 1) / 2, value / 2)),
        n=len(seen),
        n_used=len(seen),
        method=name,
        convention="chi-square with k - 1 degrees of freedom",
        source=SOURCE,
        kind="approximate",
        absent_because=because,
    )


def _likelihood_ratio(seen: list[tuple[int, int]]) -> HypothesisTest:
    """Twice the log likelihood of a share for each series, less that of one share for all."""
    share = sum(x for x, _ in seen) / sum(n for _, n in seen)
    value = 0.0
    for x, n in seen:
        value += x * math.log(x / n / share) if x else 0.0
        value += (n - x) * math.log((n - x) / n / (1 - share)) if x < n else 0.0
    return _chi_square("likelihood ratio test of heterogeneity", 2 * max(value, 0.0), seen)


def _wald(seen: list[tuple[int, int]]) -> HypothesisTest:
    """The weighted sum of squares of the series' log odds around their mean."""
    name = "Wald test of heterogeneity"
    if any(x in {0, n} for x, n in seen):
        return _chi_square(name, None, seen, "a series in which nobody or everybody responded has no finite log odds")
    odds = [math.log(x / (n - x)) for x, n in seen]
    weights = [x * (n - x) / n for x, n in seen]
    mean = math.fsum(w * one for w, one in zip(weights, odds, strict=True)) / math.fsum(weights)
    return _chi_square(name, math.fsum(w * (one - mean) ** 2 for w, one in zip(weights, odds, strict=True)), seen)


def _absent(seen: list[tuple[int, int]], level: Fraction, because: str) -> PooledShare:
    nothing = Statistic(None, because)
    return PooledShare(
        pooled=_estimate(seen, level, None, None, because),
        series=len(seen),
        log_odds=nothing,
        standard_error=nothing,
        tau2=nothing,
        log_likelihood=nothing,
        likelihood_ratio=_chi_square("likelihood ratio test of heterogeneity", None, seen, because),
        wald=_chi_square("Wald test of heterogeneity", None, seen, because),
        prediction=_estimate(seen, level, None, None, because),
    )
