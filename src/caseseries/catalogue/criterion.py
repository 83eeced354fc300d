"""Published response criteria as data: the rule, its measures, what the published text leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.lookup import Index
from caseseries.catalogue.raw import exact, exact_or_none, read
from caseseries.errors import ensure

__all__ = ["Band", "Category", "Criterion", "CriterionMeasure", "criteria", "criterion"]

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Band:
    """Points for a change x with ``over < x <= to``; an absent end is open."""

    over: Fraction | None
    to: Fraction | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class CriterionMeasure:
    """One domain of a criterion and the instruments that may measure it, for each of the two core sets.

    ``range`` says, as raw data, over which range a percent of range is counted.
    """

    domain: str
    imacs: tuple[str, ...]
    printo: tuple[str, ...]
    bands: tuple[Band, ...]
    range: Mapping[str, Any]

    def points(self, change: Fraction) -> Fraction:
        """The points for an absolute percent change; worsening (a negative change) falls in the first band.

        >>> strength = criterion("TIS").measures[2]
        >>> [str(strength.points(Fraction(x))) for x in ("-7", "2", "2.01", "10", "30", "30.1")]
        ['0', '0', '10', '10', '55/2', '65/2']
        """
        return next(band.points for band in self.bands if band.to is None or change <= band.to)


@dataclass(frozen=True, slots=True)
class Category:
    """Names of response and the score each begins at, ends included, for one population."""

    population: str
    at_least: Mapping[str, Fraction]
    source: Source


@dataclass(frozen=True, slots=True)
class Criterion:
    """A published criterion. ``rule`` is the raw tree; numbers in it are text, recalled ones name a constant.

    ``same_as`` names the criterion whose rule this one repeats with the replacements its own ``rule`` lists.
    ``unresolved`` is what no text settled: a study that uses the criterion must say.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    kind: Literal["rule", "points"]
    population: str
    unit: str
    measures: tuple[CriterionMeasure, ...]
    rule: Mapping[str, Any]
    same_as: str
    categories: tuple[Category, ...]
    unresolved: tuple[str, ...]
    source: Source


def criteria() -> tuple[Criterion, ...]:
    """Every published criterion, in the order of the data file."""
    return tuple(_all().values())


def criterion(name: str) -> Criterion:
    """The published criterion of that key, name or alias.

    Raises:
        CatalogueMiss: no criterion has this name.

    >>> criterion("IMACS definition of improvement").key
    'IMACS DoI'
    """
    return _all()[_index().key(name)]


@cache
def _all() -> dict[str, Criterion]:
    return {entry["key"]: _criterion(dict(entry)) for entry in read("criteria")["criterion"]}


@cache
def _index() -> Index:
    return Index.of("response criterion", [(entry.key, (entry.name, *entry.aliases)) for entry in criteria()])


def _criterion(raw: dict[str, Any]) -> Criterion:
    made = Criterion(
        key=raw.pop("key"),
        name=raw.pop("name"),
        aliases=tuple(raw.pop("aliases", ())),
        kind=raw.pop("kind"),
        population=raw.pop("population"),
        unit=raw.pop("unit", ""),
        measures=tuple(_measure(dict(row)) for row in raw.pop("measures", ())),
        rule=_frozen(raw.pop("rule", EMPTY)),
        same_as=raw.pop("same_as", ""),
        categories=tuple(_category(row) for row in raw.pop("categories", ())),
        unresolved=tuple(raw.pop("unresolved", ())),
        source=cite(raw.pop("source")),
    )
    ensure(not raw, f"unknown fields of {made.key}: {sorted(raw)}")
    return made


def _measure(raw: dict[str, Any]) -> CriterionMeasure:
    bands = tuple(
        Band(exact_or_none(band.get("over")), exact_or_none(band.get("to")), exact(band["points"]))
        for band in raw.pop("bands", ())
    )
    imacs, printo = (tuple(raw.pop(which, ())) for which in ("imacs", "printo"))
    return CriterionMeasure(raw["domain"], imacs, printo, bands, _frozen(raw.get("range", EMPTY)))


def _category(raw: Mapping[str, Any]) -> Category:
    limits = MappingProxyType({name: exact(value) for name, value in raw["at_least"].items()})
    return Category(raw["population"], limits, cite(raw["source"]))


def _frozen(raw: Any) -> Any:
    """A tree with read-only tables and lists."""
    if isinstance(raw, Mapping):
        return MappingProxyType({key: _frozen(value) for key, value in raw.items()})
    if isinstance(raw, list):
        return tuple(_frozen(value) for value in raw)
    return raw
