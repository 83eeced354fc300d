"""What a series says about the next one: the posterior of its share, and the chance that a planned study succeeds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate, Statistic
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, whole_count

SOURCE = "Spiegelhalter, Abrams & Myles, Bayesian Approaches to Clinical Trials and Health-Care Evaluation, 2004, section 3.6"

Prior = tuple[ExactNumber, ExactNumber]
"""The two parameters of a beta distribution: as many earlier responders and non-responders, so to speak."""

#: Every share equally likely beforehand.
UNIFORM: Prior = (1, 1)


def beta_posterior(count: int, n: int, *, prior: Prior = UNIFORM, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """The share in the light of ``count`` of ``n`` and of a beta prior: mean, with the middle of the posterior distribution.

    The posterior is beta(a + count, b + n - count), its mean (a + count)/(a + b + n); the limits are its quantiles at (1 - level)/2 and
    1 - (1 - level)/2. Raises ValueError for a count that is negative or above ``n``, and a prior whose parameters are not above 0.

    Source: Spiegelhalter, Abrams & Myles 2004, section 3.6. R: ``qbeta``.

    >>> found = beta_posterior(6, 8)
    >>> found.estimate, round(found.lower, 4), round(found.upper, 4)
    (Fraction(7, 10), 0.3999, 0.9251)
    """
    from scipy.special import betaincinv

    a, b = _posterior(count, n, prior)
    exact = exact_level(level)
    tail = float((1 - exact) / 2)
    return Estimate(
        estimate=a / (a + b),
        lower=float(betaincinv(float(a), float(b), tail)),
        upper=1 - float(betaincinv(float(b), float(a), tail)),
        n=n,
        level=exact,
        method="beta-binomial posterior, mean and equal-tailed credible interval",
        convention=f"prior beta({exact_number(prior[0])}, {exact_number(prior[1])})",
        source=SOURCE,
    )


def posterior_above(count: int, n: int, threshold: ExactNumber | float, *, prior: Prior = UNIFORM) -> Statistic:
    """The posterior probability that the share is above ``threshold``: 1 - I(threshold; a + count, b + n - count).

    Raises ValueError as :func:`beta_posterior`, and for a threshold outside 0 to 1. R: ``pbeta(lower.tail = FALSE)``.

    >>> round(posterior_above(6, 8, "0.3").value, 4)
    0.9957
    """
    from scipy.special import betainc

    a, b = _posterior(count, n, prior)
    exact = Fraction(repr(threshold)) if isinstance(threshold, float) else exact_number(threshold)
    if not 0 <= exact <= 1:
        raise ValueError("the threshold is a share between 0 and 1")
    return Statistic(float(betainc(float(b), float(a), float(1 - exact))))


def predictive_success(count: int, n: int, ways: Sequence[int], *, prior: Prior = UNIFORM) -> Statistic:
    """The chance that a planned study succeeds, over all shares that the series leaves possible: its predictive probability of success.

    The sum over y of ways[y] B(a + count + y, b + n - count + m - y) / B(a + count, b + n - count), m = len(ways) - 1 patients; ``ways`` of a
    :class:`SingleArm` or :class:`TwoStage` says in how many orders y responders are enough. Exact. Absent where the study has no patient.
    Raises ValueError as :func:`beta_posterior`.

    Source: Spiegelhalter, Abrams & Myles 2004, section 6.5.

    >>> from caseseries.stats.single_arm import single_arm
    >>> round(float(predictive_success(6, 8, single_arm("0.3", "0.5").ways).value), 4)
    0.9484
    """
    a, b = _posterior(count, n, prior)
    patients = len(ways) - 1
    if patients < 1:
        return Statistic(None, NOTHING_OBSERVED)
    rising, falling = _rising(a, patients), _rising(b, patients)
    met = sum((way * rising[y] * falling[patients - y] for y, way in enumerate(ways) if way), start=Fraction(0))
    return Statistic(met / _rising(a + b, patients)[patients])


def _rising(value: Fraction, most: int) -> list[Fraction]:
    """value (value + 1) ... (value + k - 1) for k from 0 to `most`."""
    found = [Fraction(1)]
    for k in range(most):
        found.append(found[-1] * (value + k))
    return found


def _posterior(count: int, n: int, prior: Prior) -> tuple[Fraction, Fraction]:
    count, n = whole_count(count, "count"), whole_count(n, "n")
    if count > n:
        raise ValueError("a share has at most n of n")
    a, b = (exact_number(part) for part in prior)
    if a <= 0 or b <= 0:
        raise ValueError("both parameters of a beta prior are above 0")
    return a + count, b + n - count
