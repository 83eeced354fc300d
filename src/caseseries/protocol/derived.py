"""Derived measures: sums, differences and ratios of other measures on one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, prod
from typing import Any, Literal

from pydantic import Field, model_validator

from caseseries.protocol.written import Number, Written, mistake
from caseseries.protocol.zero_baseline import IfZero

Better = Literal["high", "low", "none"]


class Derived(Written):
    """What all derived measures say of themselves; a part that is not recorded on a day leaves the measure not evaluable there.

    `range` is needed for a percent of range; a value beyond it is not used. `label` is how the report calls the measure. `if_zero_baseline` says
    what a percent of a value of 0 before is; without it, not evaluable.
    """

    label: str = ""
    unit: str
    range: tuple[Number, Number] | None = None
    better: Better
    source: str = ""
    if_zero_baseline: IfZero | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures it is made of, as they are named."""
        return ()

    @property
    def charted_total(self) -> str:
        """The measure that the chart holds of it too, and with which it is compared; empty where none is named."""
        return ""

    def computed_of(self, parts: tuple[Formula, ...]) -> Formula | None:
        """How it is computed from its parts where that is neither a sum, a difference nor a ratio."""
        return None


class Sum(Derived):
    """Measures added on one day, all of one unit: `{sum: [tender, swollen], unit: joints, better: low}`."""

    sum: tuple[str, ...]

    @model_validator(mode="after")
    def _check(self) -> Sum:
        _several(self.sum, "sum")
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures that are added."""
        return self.sum


class Weighted(Derived):
    """Measures added on one day, each times its weight, which may be negative: `{weighted: {a: 1, b: 2}, unit: points, better: low}`.

    A weight also brings a part into the unit of the whole, such as `{weighted: {fvc ratio: 100}, unit: "%"}`.
    """

    weighted: dict[str, Number]

    @model_validator(mode="after")
    def _check(self) -> Weighted:
        if not self.weighted:
            raise mistake("a weighted sum has at least one part", "part -> weight", at=("weighted",))
        for part, weight in self.weighted.items():
            if weight == 0:
                raise mistake("a weight is not 0", do="leave the part out", at=("weighted", part))
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures that are added."""
        return tuple(self.weighted)


class Difference(Derived):
    """The first measure less the second, on one day and of one unit: `{difference: [systolic, diastolic], unit: mmHg, better: none}`."""

    difference: tuple[str, str]

    @model_validator(mode="after")
    def _check(self) -> Difference:
        _several(self.difference, "difference")
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The measure, and what is taken from it."""
        return self.difference


class Ratio(Derived):
    """The first measure divided by the second, on one day, exact: `{ratio: [urine protein, urine creatinine], unit: g/g, better: low}`."""

    ratio: tuple[str, str]

    @model_validator(mode="after")
    def _check(self) -> Ratio:
        _several(self.ratio, "ratio")
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """What is divided, and by what."""
        return self.ratio


class PerKg(Derived):
    """A measure divided by the body weight of the same day, a measure in kg: `{per_kg: volume, weight: weight, unit: mL/kg, better: none}`."""

    per_kg: str
    weight: str = Field(min_length=1)

    @property
    def parts(self) -> tuple[str, ...]:
        """What is divided, and the weight."""
        return (self.per_kg, self.weight)


def _several(names: tuple[str, ...], word: str) -> None:
    if len(names) < 2:
        raise mistake(f"a {word} has at least two parts", "the names of measures", at=(word,))
    for place, name in enumerate(names):
        if name in names[:place]:
            raise mistake(
                "one part stands twice", "each part once", "write `weighted:` with a weight of 2", at=(word, str(place))
            )


# --- What is computed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """The value of a measure that is recorded."""

    measure: str


@dataclass(frozen=True, slots=True)
class Added:
    """The sum of some values, each times its weight."""

    terms: tuple[tuple[Fraction, Formula], ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """One value divided by another."""

    above: Formula
    below: Formula


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest of the scores of some items, from 0 to `top`, raised to `aided` where one of the aids was used.

    An item that was not recorded may have been the highest, unless `answered` says that the others count alone.
    """

    name: str
    items: tuple[str, ...]
    aids: tuple[str, ...]
    aided: Fraction
    top: Fraction
    answered: bool


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of those of some scores of which an item was recorded, at least so many; whole numbers all of them."""

    of: tuple[Highest, ...]
    least: int


Formula = Part | Added | Divided | Mean


def formula(measures: Mapping[str, Any], name: str) -> Formula:
    """How a measure is computed from those that are recorded.

    >>> formula({"a": None, "b": None, "c": Difference(difference=("a", "b"), unit="points", better="high")}, "c")
    Added(terms=((Fraction(1, 1), Part(measure='a')), (Fraction(-1, 1), Part(measure='b'))))
    """
    measure = measures[name]
    if not isinstance(measure, Derived):
        return Part(name)
    parts = [formula(measures, part) for part in measure.parts]
    if isinstance(measure, Ratio | PerKg):
        return Divided(parts[0], parts[1])
    own = measure.computed_of(tuple(parts))
    if own is not None:
        return own
    weights = [Fraction(1)] * len(parts)
    if isinstance(measure, Weighted):
        weights = list(measure.weighted.values())
    elif isinstance(measure, Difference):
        weights = [Fraction(1), Fraction(-1)]
    return Added(tuple(zip(weights, parts, strict=True)))


def recorded_parts(of: Formula) -> tuple[str, ...]:
    """The measures that are recorded and from which a value is computed, each once, in the order named.

    >>> recorded_parts(Divided(Added(((Fraction(1), Part("b")), (Fraction(1), Part("a")))), Part("b")))
    ('b', 'a')
    """
    return tuple(dict.fromkeys(_leaves(of)))


def required_parts(of: Formula) -> tuple[str, ...]:
    """Those of :func:`recorded_parts` without any of which there is no value; of a mean of scores it depends on the others.

    >>> required_parts(Mean((Highest("eating", ("a", "b"), (), Fraction(2), Fraction(3), False),), 1))
    ()
    """
    return tuple(dict.fromkeys(_leaves(of, required=True)))


def assessed_parts(measures: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The recorded measures of which a value says that this one was assessed on that day: all its parts but a weight that it is divided by.

    >>> parts = {"volume": None, "weight": None, "share": PerKg(per_kg="volume", weight="weight", unit="mL/kg", better="none")}
    >>> assessed_parts(parts, "share"), assessed_parts(parts, "weight")
    (('volume',), ('weight',))
    """
    measure = measures[name]
    if not isinstance(measure, Derived):
        return (name,)
    parts = measure.parts[:1] if isinstance(measure, PerKg) else measure.parts
    return tuple(dict.fromkeys(one for part in parts for one in assessed_parts(measures, part)))


def _leaves(of: Formula, *, required: bool = False) -> Iterator[str]:
    if isinstance(of, Part):
        yield of.measure
        return
    if isinstance(of, Mean):
        for part in () if required else of.of:
            yield from (*part.items, *part.aids)
        return
    for inner in (of.above, of.below) if isinstance(of, Divided) else (inner for _, inner in of.terms):
        yield from _leaves(inner, required=required)


def denominator(of: Formula) -> int | None:
    """Into how many parts a millionth is divided so that every value is whole; None where a ratio stands in it, and values differ in that.

    >>> denominator(Added(((Fraction("0.5"), Part("a")), (Fraction(2), Part("b"))))), denominator(Divided(Part("a"), Part("b")))
    (2, None)
    """
    if isinstance(of, Part):
        return 1
    if isinstance(of, Divided):
        return None
    if isinstance(of, Mean):  # a whole number of millions of millionths, by as many scores as were answered
        return lcm(*(n // gcd(n, 10**6) for n in range(of.least, len(of.of) + 1)))
    inner = [denominator(one) for _, one in of.terms]
    whole = [one for one in inner if one is not None]
    return lcm(*(weight.denominator for weight, _ in of.terms)) * prod(whole) if len(whole) == len(inner) else None


def derived_measures(measures: Mapping[str, Any]) -> dict[str, Formula]:
    """Every derived measure and how it is computed, in the order declared."""
    return {name: formula(measures, name) for name, measure in measures.items() if isinstance(measure, Derived)}


#: The rule of a finding on a total that the chart holds and that is not the one computed from its items.
CHARTED_TOTAL = "charted total"


def charted_totals(measures: Mapping[str, Any]) -> dict[str, str]:
    """The measure that holds the total of each derived one that has one, in the order declared."""
    return {name: one.charted_total for name, one in measures.items() if isinstance(one, Derived) and one.charted_total}


def charted_words(name: str, charted: str) -> str:
    """What such a finding says; it begins with the measure it is about."""
    return f"{charted}: on some day not {name}, which is computed from the items of that day"


def is_ratio(measures: Mapping[str, Any], name: str, within: tuple[str, ...] = ()) -> bool:
    """Whether a value of a measure is a ratio, or has one in it. Names that are not declared, and circles, are told elsewhere."""
    measure = measures.get(name)
    if not isinstance(measure, Derived) or name in within:
        return False
    return isinstance(measure, Ratio | PerKg) or any(
        is_ratio(measures, part, (*within, name)) for part in measure.parts
    )
