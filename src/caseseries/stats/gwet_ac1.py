"""Gwet's AC1: agreement beyond chance that does not fall apart where one category is rare."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, square_root
from caseseries.stats.kappa import NO_SPREAD
from caseseries.stats.paired_answers import PairedAnswers, Pairs
from caseseries.stats.student_t import t_quantile

_ONE_CATEGORY = "the codebook has fewer than two categories"


def gwet_ac1(pairs: Pairs, categories: Sequence[str], *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """How far two answers agree beyond chance, chance being a guess where the answer is hard: (o - e)/(1 - e), with its interval.

    o is the share with the same answer twice; e = sum(q_i (1 - q_i))/(k - 1) over the k categories of the codebook, q_i the mean
    of the two shares of category i. The variance is (o (1 - o) - 4 (1 - AC1) (c - o e) + 4 (1 - AC1)^2 (d - e^2))/(n (1 - e)^2)
    with c = sum(p_ii (1 - q_i))/(k - 1) and d = sum(p_ij (1 - (q_i + q_j)/2)^2)/(k - 1)^2, computed exactly; the interval is
    AC1 -/+ t SE with n - 1 degrees of freedom, kept within -1 and 1. It is absent where the variance is 0, as when all agree.
    Fewer than two categories, or nothing: absent with the reason. Raises ValueError for an answer that is no category.

    Source: Gwet, Br J Math Stat Psychol 2008;61:29-48. R: ``irrCAC::gwet.ac1.table``.

    >>> found = gwet_ac1({("yes", "yes"): 118, ("yes", "no"): 5, ("no", "yes"): 2}, ["yes", "no"])
    >>> round(float(found.estimate), 4), round(found.lower, 4), round(found.upper, 4)
    (0.9408, 0.8953, 0.9862)
    """
    exact, table = exact_level(level), PairedAnswers.of(pairs, categories)
    absent = NOTHING_OBSERVED if not table.n else "" if len(table.categories) > 1 else _ONE_CATEGORY
    ac1, variance = (None, Fraction(0)) if absent else _ac1(table)
    lower = upper = None
    if ac1 is not None and variance:
        reach = t_quantile(table.n - 1, exact) * square_root(variance)
        lower, upper = max(-1.0, float(ac1) - reach), min(1.0, float(ac1) + reach)
    return Estimate(
        estimate=ac1,
        lower=lower,
        upper=upper,
        n=table.n,
        level=exact,
        method="Gwet's AC1, large-sample interval with n - 1 degrees of freedom",
        convention="all categories of the codebook, used or not; limits within -1 and 1",
        source="Gwet, Br J Math Stat Psychol 2008;61:29-48",
        absent_because=absent,
        interval_absent_because="" if lower is not None else absent or NO_SPREAD,
    )


def _ac1(table: PairedAnswers) -> tuple[Fraction, Fraction]:
    """AC1 and its variance, exactly. One pair has no variance: both sums are squares of one number."""
    p, every = table.shares(), range(len(table.categories))
    others = len(table.categories) - 1
    q = [(sum(p[i], Fraction(0)) + sum((p[j][i] for j in every), Fraction(0))) / 2 for i in every]
    o = Fraction(table.same, table.n)
    e = sum((share * (1 - share) for share in q), Fraction(0)) / others
    c = sum((p[i][i] * (1 - q[i]) for i in every), Fraction(0)) / others
    d = sum((p[i][j] * (1 - (q[i] + q[j]) / 2) ** 2 for i in every for j in every), Fraction(0)) / others**2
    ac1 = (o - e) / (1 - e)
    spread = o * (1 - o) - 4 * (1 - ac1) * (c - o * e) + 4 * (1 - ac1) ** 2 * (d - e**2)
    return ac1, spread / (table.n * (1 - e) ** 2)
