"""The sign-flip test: the exact permutation test on the mean of paired differences."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.exact import ExactNumber, exact_numbers
from caseseries.stats.random_signs import two_sided_tail
from caseseries.stats.signed_rank import ALL_ZERO


def sign_flip(differences: Iterable[ExactNumber]) -> HypothesisTest:
    """Is the mean change larger than random signs would give? The sign-flip test, two-sided.

    The statistic is the mean difference; p is the share of the 2^n sign patterns whose mean is at least as far from
    zero. The sizes become whole numbers (common denominator, divided by their greatest common divisor), so equal
    sums count as equal. Where the exact count is too large, ``method`` says that patterns were drawn at random.
    Differences are exact numbers (floats raise TypeError). No difference, or only zeros: absent with the reason.

    Source: Fisher, The Design of Experiments, 1935, section 21. R: ``exactRankTests::perm.test(paired = TRUE)``.

    >>> found = sign_flip(["1.5", "2.0", "0.5", "-0.5"])
    >>> found.statistic, found.p
    (Fraction(7, 8), 0.375)
    """
    given = exact_numbers(differences)
    used = [value for value in given if value]
    unit = math.lcm(*(value.denominator for value in used))
    sizes = [int(abs(value) * unit) for value in used]
    positive = sum(int(value * unit) for value in used if value > 0)
    tail = two_sided_tail(sizes, positive) if used else None
    return HypothesisTest(
        statistic=Fraction(sum(given), len(given)) if tail else None,
        p=tail.p if tail else None,
        n=len(given),
        n_used=len(used),
        method=f"sign-flip test of the mean, two-sided ({tail.how})"
        if tail
        else "sign-flip test of the mean, two-sided",
        convention="zero differences stay in the mean and leave p unchanged",
        source="Fisher, The Design of Experiments, 1935, section 21",
        exact=tail.exact if tail else True,
        absent_because="" if used else ALL_ZERO if given else NOTHING_OBSERVED,
    )
