"""Descriptions of graded measures by their order alone: medians and quartiles that lie between two grades are told as that; no means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from caseseries.protocol.grades import told_grade
from caseseries.stats.frequency import Frequencies
from caseseries.summary.result import Result
from caseseries.summary.spread import BINNED, Spread
from caseseries.verdict.numbers import MINUS

#: The unit of the numbers beside the words of a grade, and of a change.
PLACE, STEP = "place of the grade, from 0", "steps"

#: What stands in place of a number between two grades: half a grade is none.
BETWEEN = "between two values"

_SHARES = {"lower_quartile": Fraction(1, 4), "median": Fraction(1, 2), "upper_quartile": Fraction(3, 4)}
_METHOD = "the value at position 1 + p(n - 1) in their order, or the two beside it"
_ENDS = ("minimum", "maximum")


def of_grades(results: Mapping[str, Result], found: Spread, grades: Sequence[str]) -> dict[str, Result]:
    """A description of places, in words of its grades; `found` is what it describes.

    >>> from caseseries.summary.spread import described, spread
    >>> seen = spread({1: 1, 3: 1}, parts=1)
    >>> told = of_grades(described("x", "x", seen, PLACE), seen, ["0", "0.5+", "1+", "2+"])
    >>> [(key, one.words) for key, one in told.items()][:2]
    [('median', 'between 0.5+ and 2+'), ('lower_quartile', 'between 0.5+ and 2+')]
    """
    return _told(results, found, lambda place: told_grade(grades, place))


def of_steps(results: Mapping[str, Result], found: Spread) -> dict[str, Result]:
    """A description of changes, in whole steps; `found` is what it describes.

    >>> from caseseries.summary.spread import described, spread
    >>> seen = spread({-3: 2, -2: 1, 1: 1}, parts=1)
    >>> told = of_steps(described("x", "x", seen, STEP), seen)
    >>> told["median"].words, told["median"].estimate, told["maximum"].words
    ('between −3 and −2', None, '+1')
    """
    return _told(results, found, lambda steps: f"{steps:+d}".replace("-", MINUS) if steps else "0")


def _told(results: Mapping[str, Result], found: Spread, words: Callable[[int], str]) -> dict[str, Result]:
    told = {}
    for key, result in results.items():
        if key in _SHARES and found.n:
            low, high = _beside(found.lows, _SHARES[key])[0], _beside(found.highs, _SHARES[key])[1]
            told[key] = _ordered(result, floor(low), ceil(high), words, binned=found.lows != found.highs)
        elif key in _ENDS and result.estimate is not None:
            told[key] = replace(result, words=words(floor(result.estimate)))
        elif key in _ENDS and result.lower is not None and result.upper is not None:
            told[key] = _ordered(result, floor(result.lower), ceil(result.upper), words, binned=True)
        elif key in (*_SHARES, *_ENDS):
            told[key] = result
    return told


def _ordered(result: Result, low: int, high: int, words: Callable[[int], str], *, binned: bool) -> Result:
    """One value, or the two between which it lies."""
    if words(low) == words(high):
        return replace(
            result, estimate=Fraction(low), lower=None, upper=None, method=_METHOD, absent_because="", words=words(low)
        )
    because = BINNED if binned else BETWEEN
    told = f"between {words(low)} and {words(high)}"
    lower, upper = Fraction(low), Fraction(high)
    return replace(result, estimate=None, lower=lower, upper=upper, method=_METHOD, absent_because=because, words=told)


def _beside(values: Frequencies, share: Fraction) -> tuple[Fraction, Fraction]:
    """The value at a share of the order, twice; or the two between which it lies."""
    position = 1 + share * (values.n - 1)
    return _at(values, floor(position)), _at(values, ceil(position))


def _at(values: Frequencies, rank: int) -> Fraction:
    seen = 0
    for value, n in values:
        seen += n
        if seen >= rank:
            return value
    raise IndexError(rank)
