"""Cohen's kappa, also weighted: how far two answers agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, square_root
from caseseries.stats.paired_answers import PairedAnswers, Pairs

KappaWeights = Literal["none", "linear", "quadratic"]

NO_SPREAD = "the large-sample standard error is 0, and no interval follows from it"

_CHANCE = "both answers are one category alone, so that chance agrees as well"


def cohen_kappa(
    pairs: Pairs,
    categories: Sequence[str],
    *,
    weights: KappaWeights = "none",
    level: ExactNumber | float = LEVEL_95,
) -> Estimate:
    """How far two answers agree beyond chance: kappa = (o - e)/(1 - e), with its large-sample interval.

    o = sum(w_ij p_ij) and e = sum(w_ij p_i. p_.j) over shares p, with the weight w_ij of categories i and j in the order of the codebook:
    1 if i = j, else 0 ("none"); 1 - |i - j|/(k - 1) ("linear"); 1 - ((i - j)/(k - 1))^2 ("quadratic"). The variance is
    (sum(p_ij (w_ij (1 - e) - (a_i + b_j)(1 - o))^2) - (o e - 2 e + o)^2)/(n (1 - e)^4), a_i = sum(w_ij p_.j), b_j = sum(w_ij p_i.), computed
    exactly; the interval is kappa -/+ z SE, kept within -1 and 1. It is a poor guide for few pairs, and absent where the variance is 0, as when all
    agree. One category alone in both answers, or nothing: absent with the reason. Raises ValueError for an answer that is no category.

    Sources: Cohen, Educ Psychol Meas 1960;20:37-46; Cohen, Psychol Bull 1968;70:213-220; Fleiss, Cohen & Everitt, Psychol Bull
    1969;72:323-327 (variance). R: ``vcd::Kappa``, ``DescTools::CohenKappa``.

    >>> found = cohen_kappa({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}, ["yes", "no"])
    >>> found.estimate, round(found.lower, 4), round(found.upper, 4)
    (Fraction(2, 5), 0.1511, 0.6489)
    >>> cohen_kappa([("yes", "yes")] * 8, ["yes", "no"]).absent_because
    'both answers are one category alone, so that chance agrees as well'
    """
    exact, weight = exact_level(level), _weights(weights, len(categories))
    table = PairedAnswers.of(pairs, categories)
    kappa, variance = _kappa(table, weight) if table.n else (None, None)
    absent = "" if kappa is not None else _CHANCE if table.n else NOTHING_OBSERVED
    lower = upper = None
    if kappa is not None and variance:
        reach = NormalDist().inv_cdf(float(1 - (1 - exact) / 2)) * square_root(variance)
        lower, upper = max(-1.0, float(kappa) - reach), min(1.0, float(kappa) + reach)
    return Estimate(
        estimate=kappa,
        lower=lower,
        upper=upper,
        n=table.n,
        level=exact,
        method=f"Cohen's kappa{'' if weights == 'none' else f', {weights} weights'}, large-sample interval",
        convention="all categories of the codebook, used or not; limits within -1 and 1",
        source="Cohen, Educ Psychol Meas 1960;20:37-46; Fleiss, Cohen & Everitt, Psychol Bull 1969;72:323-327",
        absent_because=absent,
        interval_absent_because="" if lower is not None else absent or NO_SPREAD,
    )


def _weights(kind: KappaWeights, k: int) -> list[list[Fraction]]:
    if kind not in {"none", "linear", "quadratic"}:
        raise ValueError("weights of kappa are none, linear or quadratic")

    def weight(i: int, j: int) -> Fraction:
        apart = Fraction(abs(i - j), max(1, k - 1))
        return 1 - (Fraction(i != j) if kind == "none" else apart if kind == "linear" else apart**2)

    return [[weight(i, j) for j in range(k)] for i in range(k)]


def _kappa(table: PairedAnswers, w: list[list[Fraction]]) -> tuple[Fraction | None, Fraction | None]:
    """Kappa and its variance, exactly; neither where chance agrees for certain."""
    p, every = table.shares(), range(len(table.categories))
    first = [sum(row, Fraction(0)) for row in p]
    second = [sum((p[i][j] for i in every), Fraction(0)) for j in every]
    a = [sum((w[i][j] * second[j] for j in every), Fraction(0)) for i in every]
    b = [sum((w[i][j] * first[i] for i in every), Fraction(0)) for j in every]
    o = sum((w[i][j] * p[i][j] for i in every for j in every), Fraction(0))
    e = sum((first[i] * a[i] for i in every), Fraction(0))
    if e == 1:
        return None, None
    squares = sum(
        (p[i][j] * (w[i][j] * (1 - e) - (a[i] + b[j]) * (1 - o)) ** 2 for i in every for j in every), Fraction(0)
    )
    return (o - e) / (1 - e), (squares - (o * e - 2 * e + o) ** 2) / (table.n * (1 - e) ** 4)
