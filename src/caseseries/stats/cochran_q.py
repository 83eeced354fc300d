"""Cochran's Q: does the share of yes differ between several times, or several ways of judging, of the same patients?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Literal

from caseseries.stats.estimate import NOTHING_OBSERVED, HypothesisTest
from caseseries.stats.exact import whole_count
from caseseries.stats.random_signs import above_zero

Answers = tuple[bool, ...]

ALL_THE_SAME = "nobody has two different answers"

#: Sums of columns times arrangements of a row that are counted at most, in a second or two; 60 patients at four times need a third of it.
_MOST_STEPS = 1_000_000


def cochran_q(
    rows: Iterable[Answers] | Mapping[Answers, int], *, method: Literal["exact", "asymptotic"] = "exact"
) -> HypothesisTest:
    """Is yes as common at each of k times? Cochran's Q over complete rows, exact or by its chi-square distribution.

    With the yes C_j of column j, R_i of row i and N in all, Q = (k - 1)(k sum(C_j^2) - N^2)/(k N - sum(R_i^2)). Exact: p is the
    share of the arrangements of each row's answers over the columns, all equally likely, with a Q of at least this size, counted
    by convolution over column sums. Where that is too much (``kind`` and ``method`` say so), and if asked for, p is the
    probability of a chi-square with k - 1 degrees of freedom of at least Q. Two columns give McNemar's test. Rows of one answer
    throughout decide nothing; no row that decides: absent with the reason.
    Raises ValueError for rows of different lengths, or of fewer than two answers.

    Sources: Cochran, Biometrika 1950;37:256-266; Patil, J Am Stat Assoc 1975;70:186-189 (exact). R: ``friedman.test`` of 0 and 1 (asymptotic).

    >>> found = cochran_q([(True, True, False), (True, False, False), (True, True, False), (True, False, False)])
    >>> found.statistic, round(found.p, 6)
    (Fraction(6, 1), 0.074074)
    """
    if method not in {"exact", "asymptotic"}:
        raise ValueError("Cochran's Q is exact or asymptotic")
    table = Counter(rows)
    widths = {len(row) for row in table}
    if len(widths) > 1 or any(width < 2 for width in widths):
        raise ValueError("each row has as many answers as the others, two or more")
    k, n = max(widths, default=0), sum(whole_count(count, "a frequency") for count in table.values())
    yes = Counter(dict.fromkeys(range(k + 1), 0))
    for row, count in table.items():
        yes[sum(row)] += count
    deciding = {total: count for total, count in yes.items() if 0 < total < k and count}
    used = sum(deciding.values())
    absent = "" if used else ALL_THE_SAME if n else NOTHING_OBSERVED
    statistic = p = None
    how, exact = "", method == "exact"
    if used:
        columns = [sum(count for row, count in table.items() if row[place]) - yes[k] for place in range(k)]
        statistic = _q(columns, deciding)
        p = _exact_tail(columns, deciding) if exact else None
        if p is None:
            from scipy.special import gammaincc

            how = "too many arrangements to count: " if exact else ""
            p, exact = above_zero(float(gammaincc((k - 1) / 2, float(statistic) / 2))), False
    return HypothesisTest(
        statistic=statistic,
        p=p,
        n=n,
        n_used=used,
        method="Cochran's Q test, "
        + ("exact, convolution over column sums" if exact else f"{how}chi-square distribution, {k - 1} df"),
        convention="complete rows; rows of one answer throughout dropped",
        source="Cochran, Biometrika 1950;37:256-266",
        kind="exact" if exact else "approximate",
        absent_because=absent,
    )


def _q(columns: list[int], rows: Mapping[int, int]) -> Fraction:
    """Q from the yes of each column and how many rows have how many; rows of one answer throughout would not change it."""
    k, everything = len(columns), sum(columns)
    within = k * everything - sum(count * total**2 for total, count in rows.items())
    return Fraction((k - 1) * (k * sum(column**2 for column in columns) - everything**2), within)


def _exact_tail(columns: list[int], rows: Mapping[int, int]) -> float | None:
    """The share of arrangements whose squared column sums add up to at least those seen; None where they are too many.

    A row's yes are equally likely in any of its columns, so the columns are exchangeable and their sums are kept in order: arrangements
    that differ by the order of columns alone are counted together, in whole numbers.
    """
    k, seen = len(columns), sum(column**2 for column in columns)
    ways = {(0,) * k: 1}
    steps = 0
    for total, count in sorted(rows.items()):
        places = list(combinations(range(k), total))
        for _ in range(count):
            steps += len(ways) * len(places)
            if steps > _MOST_STEPS:
                return None
            following: Counter[tuple[int, ...]] = Counter()
            for sums, found in ways.items():
                for chosen in places:
                    following[tuple(sorted(value + (place in chosen) for place, value in enumerate(sums)))] += found
            ways = following
    reached = sum(found for sums, found in ways.items() if sum(value**2 for value in sums) >= seen)
    return float(Fraction(reached, math.prod(math.comb(k, total) ** count for total, count in rows.items())))
