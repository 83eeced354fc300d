"""What is measured: instruments, laboratory tests, body size; range, direction, units, published cut-points."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.lookup import CatalogueMiss, Index, fold
from caseseries.catalogue.raw import exact, exact_or_none, read
from caseseries.errors import ensure

__all__ = [
    "Code",
    "Cut",
    "Domain",
    "Instrument",
    "Item",
    "Mid",
    "Note",
    "Unit",
    "instrument",
    "instruments",
    "shared_name",
]

Better = Literal["high", "low", "none"]
NO_OVERRIDES: Mapping[str, Fraction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unit:
    """One accepted spelling of a unit; ``value in this unit x factor = value in the instrument's unit``."""

    names: tuple[str, ...]
    factor: Fraction
    source: Source


@dataclass(frozen=True, slots=True)
class Mid:
    """A published minimal important difference, in points of the instrument unless ``unit`` says otherwise.

    ``low`` and ``high`` are sizes, never negative; ``kind`` says which way the change goes.
    """

    kind: Literal["either", "improvement", "worsening"]
    low: Fraction
    high: Fraction
    unit: str
    words: str
    source: Source


@dataclass(frozen=True, slots=True)
class Cut:
    """A published cut-point: the value and what it separates."""

    value: Fraction
    words: str
    source: Source


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must know about the numbers: a ceiling, a floor, sources that disagree."""

    kind: Literal["ceiling", "floor", "caution", "disagreement"]
    words: str
    source: Source


@dataclass(frozen=True, slots=True)
class Code:
    """A LOINC code and how sure we are of it; check its display name before use."""

    code: str
    source: Source


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a summed instrument: its highest score and how often it is scored (2 = both sides)."""

    name: str
    maximum: Fraction
    times: int


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of an instrument that is scored as the highest of its items; the total is the mean of the domains."""

    name: str
    items: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that can be measured.

    ``minimum`` and ``maximum`` are in ``unit`` and exact. With ``limits == "scale"`` a value outside cannot exist; with
    ``limits == "plausible"`` they are this catalogue's assumption, a value outside is refused until accepted.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    kind: Literal["scale", "laboratory", "physical"]
    better: Better
    unit: str
    limits: Literal["scale", "plausible", "none"]
    minimum: Fraction | None
    maximum: Fraction | None
    step: Fraction | None
    source: Source
    units: tuple[Unit, ...] = ()
    items: tuple[Item, ...] = ()
    domains: tuple[Domain, ...] = ()
    mids: tuple[Mid, ...] = ()
    cuts: tuple[Cut, ...] = ()
    notes: tuple[Note, ...] = ()
    loinc: tuple[Code, ...] = ()

    @property
    def span(self) -> Fraction | None:
        """Maximum minus minimum, for percent of range; absent where the limits are only plausible ones.

        >>> instrument("CMAS").span, instrument("CK").span
        (Fraction(52, 1), None)
        """
        if self.limits != "scale" or self.minimum is None or self.maximum is None:
            return None
        return self.maximum - self.minimum

    @property
    def accepted_units(self) -> tuple[str, ...]:
        """Every unit :meth:`convert` takes, the instrument's own first."""
        return (self.unit, *(name for unit in self.units for name in unit.names))

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies within the limits, both ends included.

        >>> instrument("CMAS").holds(Fraction(52)), instrument("CMAS").holds(Fraction(53))
        (True, False)
        """
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)

    def convert(self, value: Fraction, unit: str) -> Fraction:
        """The value in the instrument's own unit, exactly.

        Raises:
            CatalogueMiss: the unit is not one of :attr:`accepted_units`; the message lists them, not the value.

        >>> instrument("CK").convert(Fraction("1.8"), "ukat/L")
        Fraction(108, 1)
        >>> instrument("weight").convert(Fraction(10), "lb")
        Fraction(45359237, 10000000)
        """
        wanted = unit_fold(unit)
        if wanted == unit_fold(self.unit):
            return value
        for accepted in self.units:
            if any(wanted == unit_fold(name) for name in accepted.names):
                return value * accepted.factor
        raise CatalogueMiss(f"unit of {self.key}", unit, expected=f"accepted: {', '.join(self.accepted_units)}")


SUPERSCRIPTS = str.maketrans({"⁹": "^9", "³": "3", "²": "2"})


def unit_fold(unit: str) -> str:
    """A unit without case and spaces, both micro signs and superscripts alike; 10⁹/L must not become 109/L.

    >>> unit_fold("10⁹ / L"), unit_fold("µkat/L") == unit_fold("μkat/L")
    ('10^9/l', True)
    """
    return "".join(unicodedata.normalize("NFKC", unit.translate(SUPERSCRIPTS)).casefold().split())


def instruments() -> tuple[Instrument, ...]:
    """Every instrument, in the order of the data file."""
    return tuple(_all().values())


def instrument(name: str, overrides: Mapping[str, Fraction] = NO_OVERRIDES) -> Instrument:
    """The instrument of that key, name or alias, whatever its case and hyphens.

    ``overrides`` puts the study's own number in the place of the catalogue's, by the names that
    :func:`caseseries.catalogue.constants` lists, such as ``maximum of CMAS``.

    Raises:
        CatalogueMiss: not in the catalogue, or a word like MMT that several instruments share.

    >>> instrument("childhood myositis assessment scale").key
    'CMAS'
    >>> instrument("CMAS", {"maximum of CMAS": Fraction(49)}).source.reliability
    'declared by the study'
    """
    found = _all()[_index().key(name)]
    for end in ("minimum", "maximum"):
        declared = overrides.get(f"{end} of {found.key}")
        if declared is not None:
            source = Source(f"Declared in place of: {found.source}", "", "declared by the study")
            limits: Any = "plausible" if found.limits == "plausible" else "scale"
            ends: Any = {end: declared}
            found = replace(found, source=source, limits=limits, **ends)
    return found


def shared_name(name: str) -> str:
    """What else a name could mean that several scales share although it is one entry's; empty for every other name.

    >>> shared_name("pga").startswith("the physician's global activity"), shared_name("PGA VAS")
    (True, '')
    """
    shared = {fold(word): words for word, words in read("instruments")["shared"].items()}
    return str(shared.get(fold(name), ""))


@cache
def _all() -> dict[str, Instrument]:
    return {entry["key"]: _instrument(dict(entry)) for entry in read("instruments")["instrument"]}


@cache
def _index() -> Index:
    names = [(entry.key, (entry.name, *entry.aliases)) for entry in instruments()]
    return Index.of("instrument", names, read("instruments")["unclear"])


@cache
def _shared_units(name: str) -> tuple[Unit, ...]:
    rows = read("instruments")["units"][name]
    return tuple(Unit(tuple(row["names"]), exact(row["factor"]), cite(row["source"])) for row in rows)


def _instrument(raw: dict[str, Any]) -> Instrument:
    if "plausible" in raw:
        low, high = raw.pop("plausible")
        raw |= {"minimum": low, "maximum": high, "limits": "plausible", "source": "assumption [assumption]"}
    made = Instrument(
        key=raw.pop("key"),
        name=raw.pop("name"),
        aliases=tuple(raw.pop("aliases", ())),
        kind=raw.pop("kind", "scale"),
        better=raw.pop("better"),
        unit=raw.pop("unit", "points"),
        limits=raw.pop("limits", "scale" if "minimum" in raw else "none"),
        minimum=exact_or_none(raw.pop("minimum", None)),
        maximum=exact_or_none(raw.pop("maximum", None)),
        step=exact_or_none(raw.pop("step", None)),
        source=cite(raw.pop("source")),
        units=_shared_units(raw.pop("units")) if "units" in raw else (),
        items=tuple(Item(i["name"], exact(i["maximum"]), i.get("times", 1)) for i in raw.pop("items", ())),
        domains=tuple(Domain(one["name"], one["items"]) for one in raw.pop("domains", ())),
        mids=tuple(_mid(fact) for fact in raw.pop("mid", ())),
        cuts=tuple(Cut(exact(fact["value"]), fact["words"], cite(fact["source"])) for fact in raw.pop("cut", ())),
        notes=tuple(Note(fact["kind"], fact["words"], cite(fact["source"])) for fact in raw.pop("note", ())),
        loinc=tuple(Code(fact["code"], cite(fact["source"])) for fact in raw.pop("loinc", ())),
    )
    ensure(not raw, f"unknown fields of {made.key}: {sorted(raw)}")
    return made


def _mid(raw: Mapping[str, Any]) -> Mid:
    low = exact(raw["low"])
    high = exact(raw.get("high", raw["low"]))
    return Mid(raw.get("kind", "either"), low, high, raw.get("unit", "points"), raw["words"], cite(raw["source"]))
