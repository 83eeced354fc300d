"""Percentages of exclusive parts of one total: whole, or with one decimal where the whole ones would not add up to 100."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.report.exhibits.printed_numbers import percent, rounded, whole
from caseseries.verdict.number_style import style_in_force


def adds_up(parts: Sequence[int], total: int) -> bool:
    """Whether the percentages of exclusive parts of a total, as :func:`percent` rounds them, add up to 100; so do those of what are no parts of it.

    >>> adds_up([5, 3], 8), adds_up([1, 2], 3), adds_up([1, 1, 1], 3), adds_up([5, 5], 8), adds_up([], 0)
    (False, True, False, True, True)
    """
    if not total or total >= style_in_force().tenths_from or sum(parts) != total:
        return True
    return sum(rounded(Fraction(100 * n, total), 0) for n in parts) == 100


def share_finely(n: int, total: int) -> str:
    """n/N (%) with one decimal whatever the denominator, for a group whose whole percentages would not add up.

    >>> share_finely(5, 8), share_finely(1, 3), share_finely(0, 0), share_finely(1, 3000)
    ('5/8 (62.5)', '1/3 (33.3)', '0/0', '1/3000 (<0.1)')
    """
    counts = f"{whole(n)}/{whole(total)}"
    return f"{counts} ({percent(n, total, finely=True)})" if total else counts
