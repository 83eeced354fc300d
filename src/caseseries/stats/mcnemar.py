"""McNemar's test: of those whose answer changed, did more change one way than the other?"""

from __future__ import annotations

from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.exact import whole_count
from caseseries.stats.sign_test import fair_coin_tail

NONE_CHANGED = "no pair has two different answers"


def mcnemar(first_alone: int, second_alone: int, n: int) -> HypothesisTest:
    """Did more have yes the first time alone than the second time alone? McNemar's test, two-sided and exact.

    ``first_alone`` of ``n`` pairs have yes, then no; ``second_alone`` no, then yes. The statistic is ``first_alone``, k of the m that changed;
    p = min(1, 2 P(X <= min(k, m - k))), X binomial(m, 1/2), without continuity correction. No pair that changed, or none at all: absent
    with the reason. Raises ValueError for a negative count, or when more changed than there are pairs.

    Source: McNemar, Psychometrika 1947;12:153-157. R: ``binom.test(k, m)``, ``exact2x2::mcnemar.exact``.

    >>> mcnemar(1, 7, 20).p
    0.0703125
    >>> mcnemar(0, 0, 20).absent_because
    'no pair has two different answers'
    """
    first, second = whole_count(first_alone, "first_alone"), whole_count(second_alone, "second_alone")
    changed = first + second
    if changed > whole_count(n, "n"):
        raise ValueError("at most n of n pairs have two different answers")
    return HypothesisTest(
        statistic=Fraction(first) if changed else None,
        p=fair_coin_tail(first, changed) if changed else None,
        n=n,
        n_used=changed,
        method="McNemar test, two-sided, exact binomial",
        convention="pairs with the same answer twice dropped",
        source="McNemar, Psychometrika 1947;12:153-157",
        absent_because="" if changed else NONE_CHANGED if n else NOTHING_OBSERVED,
    )
