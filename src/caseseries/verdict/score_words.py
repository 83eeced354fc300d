"""A sum of points in words: what it is compared with, and what each part gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.score import Points
from caseseries.protocol.tree import Leaf
from caseseries.protocol.written import decimal_text
from caseseries.verdict.leaf import required
from caseseries.verdict.names import long_name
from caseseries.verdict.trace import Truth

_COMPARED = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}


def asked_words(points: Points) -> str:
    """What the sum is compared with.

    >>> asked_words(Points((Fraction(10), Fraction(5)), (1, 1), "at_least", Fraction(15, 2)))
    'at least 7.5 of 15 points'
    """
    return f"{_COMPARED[points.comparison]} {decimal_text(points.limit)} of {decimal_text(points.most)} points"


def sum_words(points: Points, truths: Sequence[Truth], places: range | None = None) -> str:
    """The sum, of all parts or of one; a range where something is not known.

    >>> sum_words(Points((Fraction(10), Fraction(5)), (1, 1), "at_least", Fraction(5)), [True, None])
    '10 to 15'
    """
    low, high = points.between(truths, places)
    return decimal_text(low) if low == high else f"{decimal_text(low)} to {decimal_text(high)}"


def score_words(points: Points, truths: Sequence[Truth], parts: Sequence[str], *, negated: bool = False) -> str:
    """The sum, what was asked, and what each part gave; `parts` says what was found of each.

    >>> points = Points((Fraction(10), Fraction(5), Fraction(5)), (2, 1), "at_least", Fraction(15))
    >>> score_words(points, [True, False, None], ["MMT +6", "rash not known"])
    'score 10 to 15 (at least 15 of 20 points needed): MMT +6: 10; rash not known: 0 to 5'
    """
    wanted = "needed" if points.comparison in ("at_least", "more_than") else "allowed"
    wanted = "not allowed" if negated else wanted
    gave = [f"{said}: {sum_words(points, truths, places)}" for said, places in zip(parts, points.parts, strict=True)]
    return f"score {sum_words(points, truths)} ({asked_words(points)} {wanted}): {'; '.join(gave)}"


def bands_words(leaves: Sequence[Leaf], worth: Sequence[Fraction], measures: Mapping[str, MeasureFacts]) -> str:
    """The bands of one measure with their points, as the Methods say them."""
    facts = measures[leaves[0].after.measure]
    told, total = [], Fraction(0)
    for place, (leaf, more) in enumerate(zip(leaves, worth, strict=True)):
        total += more
        needs = required(leaf, leaf.unit or facts.unit, direction=not place)
        told.append(f"{decimal_text(total)}{'' if place else ' points'} for {needs}")
    return f"{long_name(facts)} ({', '.join(told)})"
