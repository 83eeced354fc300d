"""The sign-flip test: the exact permutation test on the mean of paired differences."""

from __future__ import annotations

from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.frequency import Moments, Values, frequencies
from caseseries.stats.random_signs import MOST_SIGNS, normal_tail, two_sided_tail
from caseseries.stats.signed_rank import ALL_ZERO


def sign_flip(differences: Values) -> HypothesisTest:
    """Is the mean change larger than random signs would give? The sign-flip test, two-sided.

    The statistic is the mean difference; p is the share of the 2^n sign patterns whose mean is at least as far from
    zero. The sizes are whole numbers (common denominator, divided by their greatest common divisor), so equal
    sums count as equal. Where the exact count is too large, ``method`` says that patterns were drawn at random. Above 1000 differences
    that are not zero, z = |sum(x)| / sqrt(sum(x^2)), p = 2 (1 - Phi(z)), and ``method`` says so.
    Differences are exact numbers (floats raise TypeError). No difference, or only zeros: absent with the reason.

    Source: Fisher, The Design of Experiments, 1935, section 21. R: ``exactRankTests::perm.test(paired = TRUE)``.

    >>> found = sign_flip(["1.5", "2.0", "0.5", "-0.5"])
    >>> found.statistic, found.p
    (Fraction(7, 8), 0.375)
    >>> round(sign_flip([-1] * 700 + [1] * 900).p, 9)
    5.73e-07
    """
    table = frequencies(differences)
    used = table.without_zero()
    tail = None
    if used.n > MOST_SIGNS:
        sums = Moments.of(used)
        tail = normal_tail(Fraction(abs(sums.total)), Fraction(sums.squares), used.n)
    elif used.n:
        written = [whole for whole, count in zip(used.whole, used.counts, strict=True) for _ in range(count)]
        tail = two_sided_tail([abs(whole) for whole in written], sum(whole for whole in written if whole > 0))
    mean = Moments.of(table).mean().value if tail else None
    return HypothesisTest(
        statistic=mean if isinstance(mean, Fraction) else None,
        p=tail.p if tail else None,
        n=table.n,
        n_used=used.n,
        method=f"sign-flip test of the mean, two-sided ({tail.how})"
        if tail
        else "sign-flip test of the mean, two-sided",
        convention="zero differences stay in the mean and leave p unchanged",
        source="Fisher, The Design of Experiments, 1935, section 21",
        kind=tail.kind if tail else "exact",
        absent_because="" if used.n else ALL_ZERO if table.n else NOTHING_OBSERVED,
    )
