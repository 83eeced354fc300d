"""How often chance alone, giving each size a random sign, ends as far out as what was observed.

Both the signed rank test and the sign-flip test ask this; only the sizes differ (ranks, or the differences).
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import TestKind

SAMPLES = 99_999
SEED = 1

# What an ordinary laptop does in about a second; a case series of 60 patients needs a thousandth of it. The ranks of MOST_SIGNS
# differences, tied or not, stay below it: 1000 x (1000 x 1001 / 2 + 1).
_MOST_ADDITIONS = 510_000_000
_MOST_SUMS = 5_000_000
_MOST_IN_HALVES = 40
#: Up to so many signs their patterns are counted; above, the normal distribution takes their place. Half to the power 1000 is still a
#: normal float; beyond about 1070 it would turn into 0.
MOST_SIGNS = 1000


@dataclass(frozen=True, slots=True)
class SignTail:
    """A two-sided p value and how it was found."""

    p: float
    how: str
    kind: TestKind


def two_sided_tail(sizes: Sequence[int], positive_sum: int) -> SignTail:
    """The share of the 2^n sign patterns whose positive part lies as far from its middle as ``positive_sum``.

    ``sizes`` are whole numbers of 1 or more, at least one of them. With T the sum of the sizes that got a plus and A
    the sum of all, T is symmetric about A/2, so p = min(1, 2 P(T <= min(t, A - t))).

    The shift algorithm halves and shifts: p[s] = (p[s] + p[s - size]) / 2 (Streitberg & Roehmel, Stat Software
    Newsletter 1986;12:10-17; Pagano & Tritchler, J Am Stat Assoc 1983;78:435-440). Up to 53 sizes every step is
    exact in a double. When the sums are too many, the sizes are cut into halves whose sums are sorted and counted
    against each other in whole numbers; when even that is too large, sign patterns are drawn at random and
    p = (b + 1)/(B + 1) (Phipson & Smyth, Stat Appl Genet Mol Biol 2010;9:39).

    >>> two_sided_tail([1, 2, 3], 6).p
    0.25
    """
    shared = math.gcd(*sizes)
    ordered = sorted(size // shared for size in sizes)
    low = min(positive_sum // shared, sum(ordered) - positive_sum // shared)
    if len(ordered) <= MOST_SIGNS and low < _MOST_SUMS and len(ordered) * (low + 1) <= _MOST_ADDITIONS:
        return SignTail(min(1.0, 2 * math.fsum(lower_tail(ordered, low))), "exact, shift algorithm", "exact")
    if len(ordered) <= _MOST_IN_HALVES:
        share = count_in_halves(ordered, low) / 2 ** len(ordered)
        return SignTail(min(1.0, 2 * share), "exact, counted in two halves", "exact")
    how = f"Monte Carlo, {SAMPLES} random sign patterns, seed {SEED}, p = (b + 1)/(B + 1)"
    return SignTail(sampled(ordered, low, samples=SAMPLES, seed=SEED), how, "Monte Carlo")


def normal_tail(away: Fraction, variance: Fraction, n: int) -> SignTail:
    """The two-sided tail of a normal distribution of this variance, `away` from its middle; `n` is said in words.

    >>> round(normal_tail(Fraction(196, 100), Fraction(1), 1200).p, 6)
    0.049996
    """
    p = above_zero(math.erfc(math.sqrt(away**2 / variance / 2)))
    return SignTail(p, f"normal approximation, n = {n:,}", "approximate")


def above_zero(p: float) -> float:
    """A p value too small for a float is the smallest one: it is never 0."""
    return max(p, sys.float_info.min)


def lower_tail(sizes: Sequence[int], highest: int) -> list[float]:
    """The probabilities of the positive sums 0 to ``highest`` under random signs, by the shift algorithm.

    >>> lower_tail([1, 1], 2)
    [0.25, 0.5, 0.25]
    """
    import numpy as np

    chance = np.zeros(highest + 1)
    chance[0] = 1.0
    for size in sizes:
        if size <= highest:
            chance[size:] += chance[:-size]
        chance *= 0.5
    return [float(value) for value in chance]


def count_in_halves(sizes: Sequence[int], highest: int) -> int:
    """How many subsets of the sizes sum to at most ``highest``, counted exactly; for about 40 sizes or fewer.

    >>> count_in_halves([10**12, 10**12 + 1, 3], 10**12)
    3
    """
    left, right = _subset_sums(sizes[::2]), _subset_sums(sizes[1::2])
    found, end = 0, len(right)
    for low in left:
        while end and low + right[end - 1] > highest:
            end -= 1
        found += end
    return found


def sampled(sizes: Sequence[int], low: int, *, samples: int, seed: int) -> float:
    """The two-sided p from random sign patterns, (b + 1)/(B + 1), the same for the same sizes and seed."""
    total = sum(sizes)
    # Eight signs at a time: the sums of every pattern of eight are looked up instead of added.
    tables = [_byte_sums(sizes[start : start + 8]) for start in range(0, len(sizes), 8)]
    draw = random.Random(seed)
    hits = 0
    for _ in range(samples):
        signs = draw.getrandbits(8 * len(tables)).to_bytes(len(tables), "little")
        positive = sum(table[byte] for table, byte in zip(tables, signs, strict=True))
        hits += min(positive, total - positive) <= low
    return (hits + 1) / (samples + 1)


def _subset_sums(sizes: Sequence[int]) -> list[int]:
    sums = [0]
    for size in sizes:
        sums = sorted(sums + [value + size for value in sums])
    return sums


def _byte_sums(sizes: Sequence[int]) -> list[int]:
    return [sum(size for bit, size in enumerate(sizes) if byte >> bit & 1) for byte in range(256)]
