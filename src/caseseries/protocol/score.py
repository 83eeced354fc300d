"""Points that are added up: which comparisons give how many, and what the sum is compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from caseseries.protocol.amount import Amount, amount
from caseseries.protocol.compared import COMPARISONS, Comparison
from caseseries.protocol.rule_base import RuleBase
from caseseries.protocol.rule_leaf import DIRECTIONS, Change, Value
from caseseries.protocol.written import Number, Written, mistake

_BAND = re.compile(r"(at[ _]least|more[ _]than|at[ _]most|less[ _]than) (.+)")
BANDS = "a comparison and an amount, such as `more_than 15 % of range`"
_UPWARD = ("at_least", "more_than")


def points_alone(written: object) -> object:
    """So many points, with the word or without.

    >>> points_alone("7.5 points"), points_alone(10)
    ('7.5', 10)
    """
    return re.sub(r"\s+points?$", "", written.strip()) if isinstance(written, str) else written


#: A number of points, written `7.5` or `7.5 points`.
Sum = Annotated[Number, BeforeValidator(points_alone)]


class Banded(Written):
    """Points by how far one measure moved, or where it lies: each band gives its points in place of those of the bands before it.

    `{improves: pga, points: {more_than 5 % of range: 7.5, more_than 15 % of range: 15}}` gives 0 up to 5 %, then 7.5, above 15 % 15.
    """

    value: str | None = None
    gain: str | None = None
    decrease: str | None = None
    rises: str | None = None
    falls: str | None = None
    improves: str | None = None
    worsens: str | None = None
    from_: str | None = Field(default=None, alias="from")
    at: str | None = None
    points: dict[str, Sum] = Field(min_length=1)

    @property
    def word(self) -> str:
        """Which of `value`, `gain`, `decrease`, … is written."""
        return next(word for word in ("value", *DIRECTIONS) if getattr(self, word) is not None)

    @property
    def bands(self) -> tuple[tuple[Comparison, Amount, Fraction], ...]:
        """Comparison, threshold and points of each band, the one that is reached first before the others."""
        found = [(*_band(written), points) for written, points in self.points.items()]
        upward = found[0][0] in _UPWARD
        strict = {"more_than": 1, "less_than": 1}
        return tuple(sorted(found, key=lambda one: (one[1].value if upward else -one[1].value, strict.get(one[0], 0))))

    @property
    def worth(self) -> tuple[tuple[Change | Value, Fraction], ...]:
        """Each band as a comparison, with the points that it gives beyond those of the band before it."""
        told = [points for *_, points in self.bands]
        steps = [later - earlier for earlier, later in zip([Fraction(0), *told], told, strict=False)]
        return tuple(
            (self._comparison(comparison, threshold), step)
            for (comparison, threshold, _), step in zip(self.bands, steps, strict=True)
            if step
        )

    def _comparison(self, comparison: Comparison, threshold: Amount) -> Change | Value:
        kind = Value if self.word == "value" else Change
        where = {"at": self.at, "from": self.from_}
        written = {self.word: getattr(self, self.word), comparison: threshold}
        return kind.model_validate(written | {name: window for name, window in where.items() if window is not None})

    @model_validator(mode="after")
    def _check(self) -> Banded:
        named = [word for word in ("value", *DIRECTIONS) if getattr(self, word) is not None]
        if len(named) != 1:
            raise mistake("exactly one of these is needed", f"value, {', '.join(DIRECTIONS)}")
        if self.word == "value" and self.from_ is not None:
            raise mistake("a value is of one window", do="leave out `from`, or write gain or decrease", at=("from",))
        for written in self.points:
            try:
                _band(written)
            except ValueError:
                raise mistake("not a band", BANDS, at=("points", written)) from None
        if len({comparison in _UPWARD for comparison, *_ in self.bands}) > 1:
            raise mistake("bands that open upward and downward in one list", "all of one kind", at=("points",))
        if len({(threshold.basis, _one_step(threshold.unit)) for _, threshold, _ in self.bands}) > 1:
            raise mistake("bands of different units in one list", "all of one unit", at=("points",))
        if len({(comparison, threshold.value) for comparison, threshold, _ in self.bands}) < len(self.bands):
            raise mistake("the same band twice", "each band once", at=("points",))
        told = [points for *_, points in self.bands]
        if told[0] <= 0 or any(later < earlier for earlier, later in pairwise(told)):
            what = "the points of a band are above 0 and not fewer than those of the band before it"
            raise mistake(what, do="the direction of the list may be the other one", at=("points",))
        for comparison, threshold, _ in self.bands:
            self._comparison(comparison, threshold)
        return self


def _one_step(unit: str) -> str:
    return "steps" if unit == "step" else unit


def band_parts(written: object) -> tuple[Comparison, str] | None:
    """The comparison of a band and its threshold as written; None where it is none.

    >>> band_parts("more than 15 % of range"), band_parts("15 % of range")
    (('more_than', '15 % of range'), None)
    """
    found = _BAND.fullmatch(" ".join(str(written).split()))
    if not found:
        return None
    return next(one for one in COMPARISONS if one == found[1].replace(" ", "_")), found[2]


def _band(written: str) -> tuple[Comparison, Amount]:
    parted = band_parts(written)
    if parted is None:
        raise ValueError(written)
    return parted[0], amount(parted[1])


class Summed(RuleBase):
    """What a sum of points is compared with: exactly one of the four comparisons, with a number of points."""

    at_least: Sum | None = None
    more_than: Sum | None = None
    at_most: Sum | None = None
    less_than: Sum | None = None

    @property
    def comparison(self) -> Comparison:
        """Which of the four comparisons is written."""
        return next(name for name in COMPARISONS if getattr(self, name) is not None)

    @property
    def limit(self) -> Fraction:
        """The number of points that it is compared with."""
        value: Fraction = getattr(self, self.comparison)
        return value

    @model_validator(mode="after")
    def _one_comparison(self) -> Summed:
        if sum(getattr(self, name) is not None for name in COMPARISONS) != 1:
            raise mistake("exactly one comparison is needed", ", ".join(COMPARISONS))
        return self


@dataclass(frozen=True, slots=True)
class Points:
    """What the children of a node are worth, and what their sum is compared with.

    `sizes` says how many children, one after the other, make one part: the bands of one measure, each with the points beyond those of
    the band before it.
    """

    worth: tuple[Fraction, ...]
    sizes: tuple[int, ...]
    comparison: Comparison
    limit: Fraction

    @property
    def most(self) -> Fraction:
        """The points of everything together."""
        return sum(self.worth, Fraction(0))

    @property
    def parts(self) -> tuple[range, ...]:
        """The places of the children of each part."""
        ends = list(accumulate(self.sizes))
        return tuple(range(end - size, end) for end, size in zip(ends, self.sizes, strict=True))

    def between(self, truths: Sequence[bool | None], places: range | None = None) -> tuple[Fraction, Fraction]:
        """The least and the most points that these answers can give, of all children or of those of one part.

        >>> Points((Fraction(10), Fraction(5)), (2,), "at_least", Fraction(15)).between([True, None])
        (Fraction(10, 1), Fraction(15, 1))
        """
        low = high = Fraction(0)
        for place in places if places is not None else range(len(self.worth)):
            low += self.worth[place] if truths[place] is True else 0
            high += self.worth[place] if truths[place] is not False else 0
        return low, high

    def answer(self, truths: Sequence[bool | None]) -> bool | None:
        """Whether the sum is as asked; None where what is not known could decide.

        >>> Points((Fraction(10), Fraction(5)), (1, 1), "more_than", Fraction(10)).answer([True, None]) is None
        True
        """
        low, high = self.between(truths)
        if self.comparison == "at_least":
            return True if low >= self.limit else False if high < self.limit else None
        if self.comparison == "more_than":
            return True if low > self.limit else False if high <= self.limit else None
        if self.comparison == "at_most":
            return True if high <= self.limit else False if low > self.limit else None
        return True if high < self.limit else False if low >= self.limit else None
