"""Published response criteria as data: the rule, its measures, what the published text leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, cast

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.constant import constant
from caseseries.catalogue.instrument import instrument
from caseseries.catalogue.lookup import Index
from caseseries.catalogue.raw import exact, exact_or_none, read
from caseseries.errors import ensure

__all__ = ["Band", "Category", "Criterion", "CriterionMeasure", "criteria", "criterion"]

EMPTY: Mapping[str, Any] = MappingProxyType({})
_CONSTANT = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Band:
    """Points for a change x with ``over < x <= to``; an absent end is open."""

    over: Fraction | None
    to: Fraction | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class CriterionMeasure:
    """One domain of a criterion and the instruments that may measure it, for each of the two core sets of myositis and elsewhere.

    ``range`` says, as raw data, over which range a percent of range is counted, ``better`` at which end it is better; of enzymes low.
    """

    domain: str
    imacs: tuple[str, ...]
    printo: tuple[str, ...]
    bands: tuple[Band, ...]
    range: Mapping[str, Any]
    others: tuple[str, ...] = ()
    better: Literal["", "high", "low"] = ""

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments that may measure it; none where the catalogue knows none."""
        return tuple(dict.fromkeys((*self.imacs, *self.printo, *self.others)))

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
    """A published criterion. ``rule`` is written as in a protocol, over the domains of ``measures``; recalled numbers name a constant in braces.

    A criterion of kind `written out` says more than its rule at one time, and a study writes it out. ``same_as`` names the criterion
    whose rule this one repeats with other numbers. ``unresolved`` is what no text settled: a study that uses the criterion must say.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    kind: Literal["rule", "points", "written out"]
    population: str
    unit: str
    measures: tuple[CriterionMeasure, ...]
    rule: Mapping[str, Any]
    same_as: str
    categories: tuple[Category, ...]
    unresolved: tuple[str, ...]
    source: Source

    @property
    def constants(self) -> tuple[str, ...]:
        """The constants that its rule rests on, in order."""
        return tuple(dict.fromkeys(name for text in _texts(self.rule) for name in _CONSTANT.findall(text)))

    def written(self, overrides: Mapping[str, Fraction] = EMPTY) -> dict[str, Any]:
        """The rule as a protocol has it, over the names of the domains; ``overrides`` are the study's own numbers by constant.

        Raises:
            CatalogueMiss: the rule rests on no constant of a name in ``overrides``.

        >>> criterion("EULAR good response").written()["all"][0]
        {'improves': 'DAS28', 'more_than': '1.2 points'}
        """
        named = Index.of("constant of this criterion", [(name, ()) for name in self.constants])
        own = {named.key(name): value for name, value in overrides.items()}

        def number(found: re.Match[str]) -> str:
            value = constant(found[1], own).value
            ensure(value is not None, found[1])
            assert value is not None
            return _decimal(value)

        def fill(tree: Any) -> Any:
            if isinstance(tree, Mapping):
                return {key: fill(one) for key, one in tree.items()}
            if isinstance(tree, tuple):
                return [fill(one) for one in tree]
            return _CONSTANT.sub(number, tree)

        filled: dict[str, Any] = fill(self.rule)
        return filled


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
    rows = {entry["key"]: dict(entry) for entry in read("criteria")["criterion"]}
    return {key: _criterion(rows[key], rows.get(rows[key].get("same_as", ""), {})) for key in rows}


@cache
def _index() -> Index:
    return Index.of("response criterion", [(entry.key, (entry.name, *entry.aliases)) for entry in criteria()])


def _criterion(row: dict[str, Any], like: dict[str, Any]) -> Criterion:
    raw = {"measures": like["measures"], "rule": _replaced(like["rule"], row["replace"])} | row if like else dict(row)
    raw.pop("replace", None)
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
    return replace(made, rule=_frozen(_of_points(made.measures))) if made.kind == "points" else made


def _of_points(measures: Sequence[CriterionMeasure]) -> dict[str, Any]:
    """The bands of all domains as a score: improvement in percent of the range, each band open below and closed above."""
    parts = []
    for measure in measures:
        steps = [band for before, band in pairwise(measure.bands) if band.points != before.points]
        points = {f"more_than {_decimal(band.over or Fraction(0))} % of range": _decimal(band.points) for band in steps}
        parts.append({"improves": measure.domain, "points": points})
    return {"score": parts}


def _replaced(rule: Any, by: Mapping[str, str], word: str = "") -> Any:
    """A rule with other numbers: `by` says, for a word and the text behind it, which text stands there instead."""
    if isinstance(rule, Mapping):
        return {key: _replaced(value, by, key) for key, value in rule.items()}
    if isinstance(rule, list | tuple):
        return [_replaced(value, by) for value in rule]
    return by.get(f"{word}: {rule}", rule)


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    for one in tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, tuple) else ():
        yield from _texts(one)


def _decimal(value: Fraction) -> str:
    return (
        str(value.numerator) if value.denominator == 1 else str(Decimal(value.numerator) / Decimal(value.denominator))
    )


def _measure(raw: dict[str, Any]) -> CriterionMeasure:
    bands = tuple(
        Band(exact_or_none(band.get("over")), exact_or_none(band.get("to")), exact(band["points"]))
        for band in raw.pop("bands", ())
    )
    imacs, printo, others = (tuple(raw.pop(which, ())) for which in ("imacs", "printo", "instruments"))
    named = [instrument(name).better for name in (*imacs, *printo, *others)]
    better = cast(Literal["", "high", "low"], raw.get("better") or next((one for one in named if one != "none"), ""))
    return CriterionMeasure(raw["domain"], imacs, printo, bands, _frozen(raw.get("range", EMPTY)), others, better)


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
