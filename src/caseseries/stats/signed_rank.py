"""Wilcoxon's signed rank test, exact also with ties and zeros, where most software turns to an approximation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.frequency import Values, frequencies
from caseseries.stats.random_signs import MOST_SIGNS, normal_tail, two_sided_tail

Zeros = Literal["wilcoxon", "pratt"]

ALL_ZERO = "every difference is zero"

_ZERO_WORDS: dict[str, str] = {
    "wilcoxon": "zero differences dropped before ranking (Wilcoxon)",
    "pratt": "zero differences ranked, then dropped (Pratt)",
}


def signed_rank(differences: Values, *, zeros: Zeros = "wilcoxon") -> HypothesisTest:
    """Did the values change in one direction? Wilcoxon's signed rank test, two-sided.

    The sizes of the differences are ranked, ties sharing the mean of their ranks; the statistic T is the sum of the
    ranks of the positive differences. Up to 1000 differences that are not zero, p is the share of all 2^n sign patterns at least as far
    from the middle; above, z = (|T - sum(r)/2| - 1/2) / sqrt(sum(r^2)/4) over the ranks r, p = 2 (1 - Phi(z)), and ``method`` says so.
    Differences are exact numbers (floats raise TypeError), so 2.3 - 1.2 and 1.1 are a tie.
    No difference, or only zeros: absent with the reason. One difference: p = 1.

    Sources: Wilcoxon, Biometrics Bulletin 1945;1:80-83; Pratt, J Am Stat Assoc 1959;54:655-667; Hollander, Wolfe & Chicken,
    Nonparametric Statistical Methods, 3rd ed. 2014, section 3.1 (large samples).
    R: ``exactRankTests::wilcox.exact(exact = TRUE)``, ``coin::wilcoxsign_test(distribution = "exact")``; above 1000
    ``wilcox.test(exact = FALSE, correct = TRUE)``.

    >>> found = signed_rank([-1, -2, -2, -3, 0, -5, -4, "0.5"])
    >>> found.statistic, found.p, found.n_used
    (Fraction(1, 1), 0.03125, 7)
    >>> found = signed_rank([-1] * 700 + [1] * 900)
    >>> found.statistic, round(found.p, 9), found.method
    (Fraction(720450, 1), 5.73e-07, 'Wilcoxon signed rank test, two-sided (normal approximation, n = 1,600)')
    """
    convention = _zero_words(zeros)
    table = frequencies(differences)
    used = table.without_zero()
    pairs = list(zip(used.whole, used.counts, strict=True))
    sizes: dict[int, int] = {}
    for whole, count in pairs:
        sizes[abs(whole)] = sizes.get(abs(whole), 0) + count
    doubled = doubled_midranks(sizes, table.n - used.n if zeros == "pratt" else 0)
    positive = sum(doubled[whole] * count for whole, count in pairs if whole > 0)
    tail = None
    if used.n > MOST_SIGNS:
        every = sum(doubled[size] * count for size, count in sizes.items())
        squares = sum(doubled[size] ** 2 * count for size, count in sizes.items())
        # Everything doubled: T is positive/2, its mean every/4, its variance squares/16, the correction 1/2.
        away = max(Fraction(0), abs(Fraction(2 * positive - every, 4)) - Fraction(1, 2))
        tail = normal_tail(away, Fraction(squares, 16), used.n)
        convention += "; ties share the mean rank; continuity correction 1/2"
    else:
        if used.n:
            tail = two_sided_tail([doubled[size] for size, count in sizes.items() for _ in range(count)], positive)
        convention += "; ties share the mean rank"
    return HypothesisTest(
        statistic=Fraction(positive, 2) if tail else None,
        p=tail.p if tail else None,
        n=table.n,
        n_used=used.n,
        method=f"Wilcoxon signed rank test, two-sided ({tail.how})" if tail else "Wilcoxon signed rank test, two-sided",
        convention=convention,
        source="Wilcoxon, Biometrics Bulletin 1945;1:80-83"
        + ("; Pratt, J Am Stat Assoc 1959;54:655-667" if zeros == "pratt" else ""),
        kind=tail.kind if tail else "exact",
        absent_because="" if used.n else ALL_ZERO if table.n else NOTHING_OBSERVED,
    )


def _zero_words(zeros: Zeros) -> str:
    if zeros not in _ZERO_WORDS:
        raise ValueError("zero differences are treated as wilcoxon or pratt")
    return _ZERO_WORDS[zeros]


def doubled_midranks(sizes: Mapping[int, int], below: int = 0) -> dict[int, int]:
    """Twice the mean rank of each size, from how often it was seen; a whole number even when ties share a rank.

    `below` ranks are taken by smaller values that have none themselves.

    >>> doubled_midranks({5: 2, 3: 1})
    {3: 2, 5: 5}
    """
    ordered = sorted(sizes)
    ends = list(accumulate((sizes[size] for size in ordered), initial=below))
    return {size: ends[place] + 1 + ends[place + 1] for place, size in enumerate(ordered)}
