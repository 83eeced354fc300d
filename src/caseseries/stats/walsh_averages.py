"""The m-th smallest Walsh average (x(i) + x(j))/2, i <= j, of any number of values; no list of averages is made.

It is half the smallest sum s with at least m sums x(i) + x(j) <= s. Counting them takes one pass over the k different values,
and halving the span of s finds it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate

from caseseries.stats.frequency import Frequencies

#: Sums of two values, and counts of pairs, stay below 2^63 under these bounds.
_LARGEST = 2**61
_MOST = 2**31


def order_statistics(table: Frequencies) -> Callable[[int], Fraction]:
    """The m-th smallest Walsh average of a table that is not empty, m from 1 to n(n + 1)/2, as a function of m.

    >>> at = order_statistics(Frequencies.of({0: 1, 1: 1, 4: 1}, parts=1))
    >>> [str(at(m)) for m in range(1, 7)]
    ['0', '1/2', '1', '2', '5/2', '4']
    """
    first = table.whole[0]
    step = math.gcd(*(whole - first for whole in table.whole)) or 1
    places = [(whole - first) // step for whole in table.whole]  # from 0 up, so that spans are short
    small = places[-1] < _LARGEST and table.n < _MOST
    find = _halving(places, table.counts) if small else _stepping(places, table.counts)

    def at(m: int) -> Fraction:
        return Fraction(find(m) * step + 2 * first, 2) / table.parts

    return at


def _halving(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    count = _counting(places, counts)

    def find(m: int) -> int:
        low, high = 0, 2 * places[-1]
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if count(middle) >= m else (middle + 1, high)
        return low

    return find


def _stepping(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    """The m-th smallest Walsh average as a function of m, for values of any size: both ends move on to sums that exist.

    Values with many different denominators (doses by weight) are whole numbers of hundreds of digits, and halving their span alone would take
    a pass for each of its bits.
    """
    count = _counting_large(places, counts)

    def find(m: int) -> int:
        low, high = 0, 2 * places[-1]
        while low < high:
            middle = (low + high) // 2
            if count(middle) >= m:
                high = max(
                    place + places[bisect_right(places, middle - place) - 1] for place in places if place <= middle
                )
            else:
                after = ((place, bisect_right(places, middle - place)) for place in places)
                low = min(place + places[k] for place, k in after if k < len(places))
        return low

    return find


def _counting(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    """How many sums of two values, i <= j, are at most s; by numpy in 64 bits."""
    import numpy as np

    values, weights = np.array(places, dtype=np.int64), np.array(counts, dtype=np.int64)
    below = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(weights)])

    def count(s: int) -> int:
        ordered = int((weights * below[np.searchsorted(values, s - values, side="right")]).sum())
        return (ordered + int(below[np.searchsorted(values, s // 2, side="right")])) // 2

    return count


def _counting_large(places: Sequence[int], counts: Sequence[int]) -> Callable[[int], int]:
    """How many sums of two values, i <= j, are at most s, in whole numbers of any size."""
    below = [0, *accumulate(counts)]

    def count(s: int) -> int:
        ordered = sum(
            weight * below[bisect_right(places, s - place)] for place, weight in zip(places, counts, strict=True)
        )
        return (ordered + below[bisect_right(places, s // 2)]) // 2

    return count
