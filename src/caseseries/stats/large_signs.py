"""Tests of paired differences from how often each was seen: exact as long as that can be counted, then normal.

Above 1000 differences that are not zero, each test is the normal approximation of its exact distribution under random
signs, and says so with its n.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from itertools import accumulate

from caseseries.stats.estimate import HypothesisTest
from caseseries.stats.frequency import Frequencies, Moments
from caseseries.stats.sign_flip import sign_flip
from caseseries.stats.sign_test import sign_test
from caseseries.stats.signed_rank import Zeros, signed_rank, zero_words

#: Up to here the differences are written out and the small-sample function answers.
MOST_EXACT = 1000


def signed_rank_of_frequencies(table: Frequencies, *, zeros: Zeros = "wilcoxon") -> HypothesisTest:
    """Wilcoxon's signed rank test of the differences in a table, two-sided.

    Above 1000 that are not zero: z = (|T - sum(r)/2| - 1/2) / sqrt(sum(r^2)/4), T the sum of the positive differences' ranks and r
    the (tied) ranks of all that are not zero, p = 2 (1 - Phi(z)).

    Source: Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed. 2014, section 3.1.
    R: ``wilcox.test(exact = FALSE, correct = TRUE)``.

    >>> found = signed_rank_of_frequencies(Frequencies.of({-1: 700, 1: 900}, parts=1))
    >>> found.statistic, round(found.p, 9), found.method
    (Fraction(720450, 1), 5.73e-07, 'Wilcoxon signed rank test, two-sided (normal approximation, n = 1,600)')
    """
    used = _without_zero(table)
    if used.n <= MOST_EXACT:
        return signed_rank(table.values(), zeros=zeros)
    convention = zero_words(zeros)
    sizes: dict[int, int] = {}
    for whole, count in zip(used.whole, used.counts, strict=True):
        sizes[abs(whole)] = sizes.get(abs(whole), 0) + count
    start = table.n - used.n if zeros == "pratt" else 0
    ordered = sorted(sizes)
    ends = list(accumulate((sizes[size] for size in ordered), initial=start))
    doubled = {size: ends[place] + 1 + ends[place + 1] for place, size in enumerate(ordered)}
    positive = sum(doubled[w] * count for w, count in zip(used.whole, used.counts, strict=True) if w > 0)
    every = sum(doubled[size] * sizes[size] for size in ordered)
    squares = sum(doubled[size] ** 2 * sizes[size] for size in ordered)
    # Everything doubled: T is positive/2, its mean every/4, its variance squares/16, the correction 1/2.
    away = max(Fraction(0), abs(Fraction(2 * positive - every, 4)) - Fraction(1, 2))
    return HypothesisTest(
        statistic=Fraction(positive, 2),
        p=_two_sided(away, Fraction(squares, 16)),
        n=table.n,
        n_used=used.n,
        method=f"Wilcoxon signed rank test, two-sided ({_normal(used.n)})",
        convention=f"{convention}; ties share the mean rank; continuity correction 1/2",
        source="Wilcoxon, Biometrics Bulletin 1945;1:80-83"
        + ("; Pratt, J Am Stat Assoc 1959;54:655-667" if zeros == "pratt" else ""),
        exact=False,
    )


def sign_flip_of_frequencies(table: Frequencies) -> HypothesisTest:
    """The sign-flip test of the mean difference, two-sided.

    Above 1000 that are not zero: z = |sum(x)| / sqrt(sum(x^2)), p = 2 (1 - Phi(z)).

    >>> round(sign_flip_of_frequencies(Frequencies.of({-1: 700, 1: 900}, parts=1)).p, 9)
    5.73e-07
    """
    used = _without_zero(table)
    if used.n <= MOST_EXACT:
        return sign_flip(table.values())
    sums = Moments.of(used)
    return HypothesisTest(
        statistic=Fraction(sums.total, table.n) / table.parts,
        p=_two_sided(Fraction(abs(sums.total)), Fraction(sums.squares)),
        n=table.n,
        n_used=used.n,
        method=f"sign-flip test of the mean, two-sided ({_normal(used.n)})",
        convention="zero differences stay in the mean and leave p unchanged",
        source="Fisher, The Design of Experiments, 1935, section 21",
        exact=False,
    )


def sign_test_of_frequencies(table: Frequencies) -> HypothesisTest:
    """The sign test, two-sided; above 1000 the binomial tail comes from the incomplete beta function, still not approximated.

    >>> round(sign_test_of_frequencies(Frequencies.of({-1: 700, 1: 900}, parts=1)).p, 9)
    6.32e-07
    """
    used = _without_zero(table)
    if used.n <= MOST_EXACT:
        return sign_test(table.values())
    from scipy.special import bdtr

    positive = sum(count for whole, count in zip(used.whole, used.counts, strict=True) if whole > 0)
    tail = float(bdtr(min(positive, used.n - positive), used.n, 0.5))
    return HypothesisTest(
        statistic=Fraction(positive),
        p=_above_zero(min(1.0, 2 * tail)),
        n=table.n,
        n_used=used.n,
        method="sign test, two-sided, exact binomial",
        convention="zero differences dropped",
        source="Dixon & Mood, J Am Stat Assoc 1946;41:557-566",
    )


def _without_zero(table: Frequencies) -> Frequencies:
    pairs = [(whole, count) for whole, count in zip(table.whole, table.counts, strict=True) if whole]
    return Frequencies(tuple(whole for whole, _ in pairs), tuple(count for _, count in pairs), table.parts)


def _normal(n: int) -> str:
    return f"normal approximation, n = {n:,}"


def _two_sided(away: Fraction, variance: Fraction) -> float:
    return _above_zero(math.erfc(math.sqrt(away**2 / variance / 2)))


def _above_zero(p: float) -> float:
    """A p value too small for a float is the smallest one: it is never 0."""
    return max(p, sys.float_info.min)
