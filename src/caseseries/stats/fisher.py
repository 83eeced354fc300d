"""Fisher's exact test: do several groups have yes as often?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import comb, prod

from caseseries.stats.estimate import HypothesisTest
from caseseries.stats.exact import whole_count
from caseseries.stats.random_signs import above_zero

ONE_GROUP = "fewer than two groups have anybody"
ONE_ANSWER = "everybody has the same answer"
#: Tables with the same margins that are looked through; of more there is no exact P here.
MOST_TABLES = 200_000
TOO_MANY = f"more than {MOST_TABLES} tables have the same margins, too many to look through"


def fisher(groups: Sequence[tuple[int, int]]) -> HypothesisTest:
    """Do groups differ in the share of yes? Fisher's exact test (Freeman and Halton), two-sided.

    ``groups`` are (yes, n) of each. p adds the probabilities, given both margins, of all tables that are no more probable than the one found;
    of two groups it is that of ``scipy.stats.fisher_exact``. Absent with the reason where fewer than two groups have anybody, where everybody
    has the same answer, or, of more than two groups, where there are too many tables. Raises ValueError for a negative count, or more yes
    than n.

    Source: Freeman and Halton, Biometrika 1951;38:141-149. R: ``fisher.test``.

    >>> round(fisher([(1, 10), (9, 11)]).p, 6)
    0.001905
    >>> fisher([(2, 2), (3, 3)]).absent_because
    'everybody has the same answer'
    """
    held = [(whole_count(yes, "yes"), whole_count(n, "n")) for yes, n in groups]
    if any(yes > n for yes, n in held):
        raise ValueError("at most n of a group have yes")
    held = [(yes, n) for yes, n in held if n]
    total, all_yes = sum(n for _, n in held), sum(yes for yes, _ in held)
    p, why = None, ""
    if len(held) < 2:
        why = ONE_GROUP
    elif all_yes in (0, total):
        why = ONE_ANSWER
    elif len(held) == 2:
        p = _two(held)
    else:
        p = _several(held, all_yes, total)
        why = "" if p is not None else TOO_MANY
    return HypothesisTest(
        statistic=Fraction(all_yes) if p is not None else None,
        p=p,
        n=total,
        n_used=total,
        method="Fisher exact test, two-sided",
        convention="tables no more probable than the one found",
        source="Freeman and Halton, Biometrika 1951;38:141-149",
        absent_because=why,
    )


def _two(held: Sequence[tuple[int, int]]) -> float:
    import numpy
    from scipy.stats import fisher_exact

    return above_zero(float(fisher_exact(numpy.array([[yes, n - yes] for yes, n in held])).pvalue))


def _several(held: Sequence[tuple[int, int]], all_yes: int, total: int) -> float | None:
    """By the number of ways in which each table comes about, as whole numbers; the last group follows from the others."""
    *others, (_, last) = sorted(held, key=lambda one: one[1])
    if prod(n + 1 for _, n in others) > MOST_TABLES:
        return None
    found = prod(comb(n, yes) for yes, n in held)
    ways = [[comb(n, yes) for yes in range(n + 1)] for _, n in others]
    at_last = [comb(last, yes) for yes in range(last + 1)]
    rare = 0
    for yes in product(*(range(n + 1) for _, n in others)):
        rest = all_yes - sum(yes)
        if 0 <= rest <= last:
            here = at_last[rest] * prod(way[k] for way, k in zip(ways, yes, strict=True))
            rare += here if here <= found else 0
    return above_zero(float(Fraction(rare, comb(total, all_yes))))
