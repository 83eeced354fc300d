"""Wilcoxon's signed rank test, exact also with ties and zeros, where most software turns to an approximation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.exact import ExactNumber, exact_numbers
from caseseries.stats.random_signs import two_sided_tail

Zeros = Literal["wilcoxon", "pratt"]

ALL_ZERO = "every difference is zero"

_ZERO_WORDS: dict[str, str] = {
    "wilcoxon": "zero differences dropped before ranking (Wilcoxon)",
    "pratt": "zero differences ranked, then dropped (Pratt)",
}


def signed_rank(differences: Iterable[ExactNumber], *, zeros: Zeros = "wilcoxon") -> HypothesisTest:
    """Did the values change in one direction? Wilcoxon's signed rank test, two-sided and exact.

    The sizes of the differences are ranked, ties sharing the mean of their ranks; the statistic is the sum of the
    ranks of the positive differences, and p the share of all 2^n sign patterns at least as far from the middle.
    Differences are exact numbers (floats raise TypeError), so 2.3 - 1.2 and 1.1 are a tie.
    No difference, or only zeros: absent with the reason. One difference: p = 1.

    Sources: Wilcoxon, Biometrics Bulletin 1945;1:80-83; Pratt, J Am Stat Assoc 1959;54:655-667.
    R: ``exactRankTests::wilcox.exact(exact = TRUE)``, ``coin::wilcoxsign_test(distribution = "exact")``.

    >>> found = signed_rank([-1, -2, -2, -3, 0, -5, -4, "0.5"])
    >>> found.statistic, found.p, found.n_used
    (Fraction(1, 1), 0.03125, 7)
    """
    treated = zero_words(zeros)
    given = exact_numbers(differences)
    used = [value for value in given if value]
    doubled = doubled_midranks([abs(value) for value in (given if zeros == "pratt" else used)])
    # Positive differences hold the ranks of their own size; zeros (size 0) never appear among the used.
    ranks = [doubled[abs(value)] for value in used]
    positive = sum(doubled[value] for value in used if value > 0)
    tail = two_sided_tail(ranks, positive) if used else None
    return HypothesisTest(
        statistic=Fraction(positive, 2) if tail else None,
        p=tail.p if tail else None,
        n=len(given),
        n_used=len(used),
        method=f"Wilcoxon signed rank test, two-sided ({tail.how})" if tail else "Wilcoxon signed rank test, two-sided",
        convention=f"{treated}; ties share the mean rank",
        source="Wilcoxon, Biometrics Bulletin 1945;1:80-83"
        + ("; Pratt, J Am Stat Assoc 1959;54:655-667" if zeros == "pratt" else ""),
        exact=tail.exact if tail else True,
        absent_because="" if used else ALL_ZERO if given else NOTHING_OBSERVED,
    )


def zero_words(zeros: Zeros) -> str:
    """What happens to differences of zero, as the report prints it. Raises ValueError for another treatment."""
    if zeros not in _ZERO_WORDS:
        raise ValueError("zero differences are treated as wilcoxon or pratt")
    return _ZERO_WORDS[zeros]


def doubled_midranks(sizes: Sequence[Fraction]) -> dict[Fraction, int]:
    """Twice the mean rank of each distinct size, a whole number even when ties share a rank.

    >>> doubled_midranks([Fraction(3), Fraction(5), Fraction(5)])
    {Fraction(3, 1): 2, Fraction(5, 1): 5}
    """
    ordered = sorted(sizes)
    first: dict[Fraction, int] = {}
    last: dict[Fraction, int] = {}
    for rank, size in enumerate(ordered, start=1):
        first.setdefault(size, rank)
        last[size] = rank
    return {size: first[size] + last[size] for size in first}
