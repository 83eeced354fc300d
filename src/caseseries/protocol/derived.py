"""Derived measures: sums, differences and ratios of other measures on one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from caseseries import catalogue
from caseseries.protocol.written import Number, Written, mistake

Better = Literal["high", "low", "none"]


class Derived(Written):
    """What all derived measures say of themselves; a part that is not recorded on a day leaves the measure not evaluable there.

    `range` is needed for a percent of range; a value beyond it is not used. `label` is how the report calls the measure.
    """

    label: str = ""
    unit: str
    range: tuple[Number, Number] | None = None
    better: Better
    source: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures it is made of, as they are named."""
        return ()


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


class Items(Derived):
    """The total of an instrument from its items on one day: `{items: CMAS, of: {"head lift, time": head lift, ...}}`.

    Every item stands by its name in the catalogue, whose unit, range and direction are those of the total. An item that is scored on both sides has
    two measures: `deltoid: [left, right]`. Without one item there is no total: no rule for missing items is published.
    """

    items: str
    of: dict[str, Annotated[tuple[str, ...], BeforeValidator(lambda one: (one,) if isinstance(one, str) else one)]]
    unit: str = ""
    better: Better = "none"

    @model_validator(mode="after")
    def _check(self) -> Items:
        instrument = self.instrument
        if instrument is None or not instrument.items:
            known = ", ".join(one.key for one in catalogue.instruments() if one.items)
            raise mistake("the catalogue has no items of this instrument", known, at=("items",))
        declared = {item.name: item for item in instrument.items}
        for name, measures in self.of.items():
            if name not in declared:
                near = catalogue.nearest(name, tuple(declared))
                do = f"write {near[0]}" if near else "write one of its items"
                raise mistake(f"{instrument.key} has no item of this name", ", ".join(declared), do, at=("of", name))
            times = declared[name].times
            if len(measures) != times:
                does = "has two measures, one for each side" if times == 2 else "has one measure"
                raise mistake(f"this item {does}", str(times), at=("of", name))
        missing = [name for name in declared if name not in self.of]
        if missing:
            what = (
                f"{len(missing)} of the {len(declared)} items of {instrument.key} are not named: {', '.join(missing)}"
            )
            raise mistake(what, do="name a measure for each; without one of them there is no total", at=("of",))
        if len(set(self.parts)) < len(self.parts):
            raise mistake("one measure stands for two items", "each once", at=("of",))
        given = (self.unit, self.better, self.range)
        ends = (instrument.minimum, instrument.maximum)
        assert ends[0] is not None and ends[1] is not None
        if given not in {("", "none", None), (instrument.unit, instrument.better, ends)}:
            raise mistake("unit, range and direction are those of the catalogue", do="leave them out", at=("items",))
        self.__dict__.update(unit=instrument.unit, better=instrument.better, range=ends)
        return self

    @property
    def instrument(self) -> catalogue.Instrument | None:
        """The instrument in the catalogue; None where it has none of this name."""
        try:
            return catalogue.instrument(self.items)
        except catalogue.CatalogueMiss:
            return None

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures of the items, in the order written."""
        return tuple(measure for measures in self.of.values() for measure in measures)

    @property
    def highest(self) -> dict[str, Fraction]:
        """The highest score of each part."""
        found = {item.name: item.maximum for item in self.instrument.items} if self.instrument is not None else {}
        return {measure: found[name] for name, measures in self.of.items() for measure in measures}


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


Formula = Part | Added | Divided


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


def _leaves(of: Formula) -> Iterator[str]:
    if isinstance(of, Part):
        yield of.measure
        return
    for inner in (of.above, of.below) if isinstance(of, Divided) else (inner for _, inner in of.terms):
        yield from _leaves(inner)


def denominator(of: Formula) -> int | None:
    """Into how many parts a millionth is divided so that every value is whole; None where a ratio stands in it, and values differ in that.

    >>> denominator(Added(((Fraction("0.5"), Part("a")), (Fraction(2), Part("b"))))), denominator(Divided(Part("a"), Part("b")))
    (2, None)
    """
    if isinstance(of, Part):
        return 1
    if isinstance(of, Divided):
        return None
    inner = [denominator(one) for _, one in of.terms]
    whole = [one for one in inner if one is not None]
    return lcm(*(weight.denominator for weight, _ in of.terms)) * prod(whole) if len(whole) == len(inner) else None


def derived_measures(measures: Mapping[str, Any]) -> dict[str, Formula]:
    """Every derived measure and how it is computed, in the order declared."""
    return {name: formula(measures, name) for name, measure in measures.items() if isinstance(measure, Derived)}


def is_ratio(measures: Mapping[str, Any], name: str, within: tuple[str, ...] = ()) -> bool:
    """Whether a value of a measure is a ratio, or has one in it. Names that are not declared, and circles, are told elsewhere."""
    measure = measures.get(name)
    if not isinstance(measure, Derived) or name in within:
        return False
    return isinstance(measure, Ratio | PerKg) or any(
        is_ratio(measures, part, (*within, name)) for part in measure.parts
    )
