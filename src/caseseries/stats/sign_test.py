"""The sign test: how many went up and how many down, whatever the size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.exact import ExactNumber, exact_numbers
from caseseries.stats.signed_rank import ALL_ZERO


def sign_test(differences: Iterable[ExactNumber]) -> HypothesisTest:
    """Did more values go one way than the other? The sign test, two-sided and exact.

    The statistic is the number of positive differences, k of the m that are not zero; p = min(1, 2 P(X <= min(k, m -
    k))) with X binomial(m, 1/2). Differences are exact numbers (floats raise TypeError). No difference, or only
    zeros: absent with the reason.

    Source: Dixon & Mood, J Am Stat Assoc 1946;41:557-566. R: ``binom.test(k, m)``.

    >>> found = sign_test([-3, -1, -2, 0, -4, -1, 2])
    >>> found.statistic, found.p
    (Fraction(1, 1), 0.21875)
    """
    given = exact_numbers(differences)
    used = sum(1 for value in given if value)
    positive = sum(1 for value in given if value > 0)
    return HypothesisTest(
        statistic=Fraction(positive) if used else None,
        p=_two_sided(positive, used) if used else None,
        n=len(given),
        n_used=used,
        method="sign test, two-sided, exact binomial",
        convention="zero differences dropped",
        source="Dixon & Mood, J Am Stat Assoc 1946;41:557-566",
        absent_because="" if used else ALL_ZERO if given else NOTHING_OBSERVED,
    )


def _two_sided(positive: int, used: int) -> float:
    tail = sum(math.comb(used, k) for k in range(min(positive, used - positive) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**used)))
