"""Whether a printed mean and standard deviation can belong together: whole numbers within a range that have both."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.exact import whole_count
from caseseries.stats.grim import grim, printed

SOURCE = "Heathers, Anaya, van der Zee & Brown, PeerJ Preprints 2018;6:e26968v1"


@dataclass(frozen=True, slots=True)
class Sprite:
    """A set of whole numbers with the printed mean and standard deviation, or why there is none.

    `sample` is one such set, empty where none was found; `impossible` says why none exists. Where both are empty none was found, and none was
    ruled out.
    """

    mean: str
    sd: str
    n: int
    sample: tuple[int, ...]
    impossible: str
    source: str = SOURCE


def sprite(mean: str, sd: str, n: int, *, least: int, most: int) -> Sprite:
    """One set of ``n`` whole numbers from ``least`` to ``most`` whose mean and SD (n - 1) are rounded to those printed.

    For every sum that the mean allows, numbers as equal as can be are moved apart, two at a time and the largest step first, until their
    sum of squares is one that the SD allows; of those only every second one can be reached. Impossible where the mean is (GRIM), or where
    the SD is smaller or larger than that of any numbers with such a sum. Raises ValueError for fewer than two patients, an empty range, or an
    SD below 0.

    Source: Heathers et al., PeerJ Preprints 2018;6:e26968v1 (SPRITE); Anaya 2016 (GRIMMER) for the parity.

    >>> sprite("3.5", "1.6", 6, least=1, most=6).sample
    (1, 3, 3, 4, 4, 6)
    >>> sprite("3.5", "4.0", 6, least=1, most=6).impossible
    'the standard deviation is larger than numbers from 1 to 6 with this mean can have'
    """
    size = whole_count(n, "n")
    scaled, places = printed(sd)
    if size < 2 or least > most or scaled < 0:
        raise ValueError("a standard deviation of 0 or more is of at least two numbers within a range")
    sums = [total for total in grim(mean, size).possible if size * least <= total <= size * most]
    if not sums:
        return Sprite(mean, sd, n, (), "no whole numbers within the range have this mean")
    unit = Fraction(1, 2 * 10**places)
    low, high = (max(Fraction(0), Fraction(scaled, 10**places) + side * unit) ** 2 * (size - 1) for side in (-1, 1))
    above = below = 0
    for total in sums:
        shift = Fraction(total * total, size)
        wanted = [square for square in range(_up(low + shift), int(high + shift) + 1) if (square - total) % 2 == 0]
        level = _level(total, size)
        smallest, largest = _squares(level), _squares(_apart(total, size, least, most))
        above += high + shift < smallest
        below += low + shift > largest
        for square in wanted:
            if smallest <= square <= largest:
                found = _reached(level, square, least, most)
                if found:
                    return Sprite(mean, sd, n, tuple(sorted(found)), "")
    reason = ""
    if below == len(sums) or above == len(sums):
        size_word = "larger" if below else "smaller"
        reason = f"the standard deviation is {size_word} than numbers from {least} to {most} with this mean can have"
    return Sprite(mean, sd, n, (), reason)


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _squares(values: list[int]) -> int:
    return sum(value * value for value in values)


def _level(total: int, n: int) -> list[int]:
    """Numbers of this sum as equal as can be."""
    base, more = divmod(total, n)
    return [base] * (n - more) + [base + 1] * more


def _apart(total: int, n: int, least: int, most: int) -> list[int]:
    """Numbers of this sum as far apart as can be."""
    width = most - least
    tops, left = divmod(total - n * least, width) if width else (0, 0)
    return [most] * tops + ([least + left] if tops < n else []) + [least] * (n - tops - 1)


def _reached(level: list[int], wanted: int, least: int, most: int) -> list[int]:
    """The numbers moved apart until their squares add up as wanted; empty where the steps lead past it."""
    values, missing = sorted(level), wanted - _squares(level)
    while missing > 0:
        # Moving a <= b to a - 1 and b + 1 adds 2 (b - a + 1): the pair with the largest gap that fits.
        gap = missing // 2 - 1
        lower = [place for place, value in enumerate(values) if value > least]
        upper = [place for place, value in enumerate(values) if value < most]
        pairs = [
            (values[b] - values[a], -a, b) for a in lower for b in upper if a != b and 0 <= values[b] - values[a] <= gap
        ]
        if not pairs:
            return []
        apart, a, b = max(pairs)
        values[-a] -= 1
        values[b] += 1
        values.sort()
        missing -= 2 * (apart + 1)
    return values
