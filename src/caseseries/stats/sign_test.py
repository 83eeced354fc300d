"""The sign test: how many went up and how many down, whatever the size."""

from __future__ import annotations

import math
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.frequency import Values, frequencies
from caseseries.stats.random_signs import MOST_SIGNS, above_zero
from caseseries.stats.signed_rank import ALL_ZERO


def sign_test(differences: Values) -> HypothesisTest:
    """Did more values go one way than the other? The sign test, two-sided and exact at any size.

    The statistic is the number of positive differences, k of the m that are not zero; p = min(1, 2 P(X <= min(k, m -
    k))) with X binomial(m, 1/2): a sum of whole numbers, above 1000 the incomplete beta function. Differences are exact numbers (floats
    raise TypeError). No difference, or only zeros: absent with the reason.

    Source: Dixon & Mood, J Am Stat Assoc 1946;41:557-566. R: ``binom.test(k, m)``.

    >>> found = sign_test([-3, -1, -2, 0, -4, -1, 2])
    >>> found.statistic, found.p
    (Fraction(1, 1), 0.21875)
    >>> round(sign_test([-1] * 700 + [1] * 900).p, 9)
    6.32e-07
    """
    table = frequencies(differences)
    used = table.without_zero().n
    positive = sum(count for whole, count in zip(table.whole, table.counts, strict=True) if whole > 0)
    return HypothesisTest(
        statistic=Fraction(positive) if used else None,
        p=fair_coin_tail(positive, used) if used else None,
        n=table.n,
        n_used=used,
        method="sign test, two-sided, exact binomial",
        convention="zero differences dropped",
        source="Dixon & Mood, J Am Stat Assoc 1946;41:557-566",
        absent_because="" if used else ALL_ZERO if table.n else NOTHING_OBSERVED,
    )


def fair_coin_tail(positive: int, used: int) -> float:
    """How often a fair coin thrown ``used`` times, 1 or more, is as uneven as ``positive`` heads: the two-sided p.

    >>> fair_coin_tail(1, 6)
    0.21875
    """
    fewer = min(positive, used - positive)
    if used > MOST_SIGNS:
        from scipy.special import bdtr

        return above_zero(min(1.0, 2 * float(bdtr(fewer, used, 0.5))))
    tail = sum(math.comb(used, k) for k in range(fewer + 1))
    return min(1.0, float(Fraction(2 * tail, 2**used)))
