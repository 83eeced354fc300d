"""Glucocorticoids: the prednisone equivalent, the routes that count, what a pulse is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.constant import constant
from caseseries.catalogue.drug import drug, drugs_in
from caseseries.catalogue.instrument import NO_OVERRIDES
from caseseries.catalogue.lookup import CatalogueMiss, Index, nearest
from caseseries.catalogue.raw import exact, read

__all__ = [
    "PrednisoneFactor",
    "Pulse",
    "Route",
    "plausible_dose",
    "prednisone_factor",
    "pulse",
    "pulses",
    "route",
    "routes",
]

PREDNISONE_MG = 5
"""The equivalents are stated as milligrams equal to 5 mg of prednisone."""


@dataclass(frozen=True, slots=True)
class PrednisoneFactor:
    """What one milligram of an ingredient is worth in milligrams of prednisone, by mouth or into a vein.

    ``mg`` equals prednisone 5 mg and ``factor`` is 5/mg, both exact; both are absent where no value can be used
    unasked, and ``note`` says why. ``others`` holds what other sources print, as (mg, source).
    """

    ingredient: str
    mg: Fraction | None
    factor: Fraction | None
    source: Source
    note: str
    others: tuple[tuple[Fraction, Source], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """How a drug gets in.

    ``systemic``: it counts towards a systemic dose. ``equivalent``: the table of prednisone equivalents holds, which it
    does by mouth and into a vein only; a depot is systemic, but its daily amount is not the amount injected.
    """

    key: str
    systemic: bool
    equivalent: bool
    aliases: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Pulse:
    """What counts as a pulse: this ingredient, by one of these routes, at or above either amount in one dose."""

    ingredient: str
    routes: tuple[str, ...]
    mg: Fraction
    mg_per_kg: Fraction
    words: str
    source: Source


def prednisone_factor(ingredient: str, overrides: Mapping[str, Fraction] = NO_OVERRIDES) -> PrednisoneFactor:
    """The prednisone equivalent of a glucocorticoid, with its citation.

    ``overrides`` gives the study's own milligrams equal to prednisone 5 mg, under the name
    ``prednisone equivalent of INGREDIENT``.

    Raises:
        CatalogueMiss: the drug is unknown, or is no systemic glucocorticoid.

    >>> prednisone_factor("dexamethasone").factor
    Fraction(20, 3)
    >>> prednisone_factor("betamethasone").factor is None
    True
    >>> prednisone_factor("betamethasone", {"prednisone equivalent of betamethasone": Fraction("0.6")}).factor
    Fraction(25, 3)
    """
    key = drug(ingredient).key
    table = {entry["ingredient"]: entry for entry in read("glucocorticoids")["equivalent"]}
    if key not in table:
        raise CatalogueMiss("systemic glucocorticoid", ingredient, nearest(key, table), expected=", ".join(table))
    entry = table[key]
    chosen = constant(f"prednisone equivalent of {key}", overrides)
    others = tuple((exact(other["mg"]), cite(other["source"])) for other in entry.get("other", ()))
    factor = None if chosen.value is None else PREDNISONE_MG / chosen.value
    return PrednisoneFactor(key, chosen.value, factor, chosen.source, entry.get("note", ""), others)


def route(text: str) -> Route:
    """The route a chart means.

    Raises:
        CatalogueMiss: no route has this name.

    >>> route("p.o.").key, route("IV").systemic, route("intra-articular").systemic
    ('oral', True, False)
    """
    return _routes()[_route_index().key(text)]


def routes() -> tuple[Route, ...]:
    """Every route, in the order of the data file."""
    return tuple(_routes().values())


def pulses(overrides: Mapping[str, Fraction] = NO_OVERRIDES) -> tuple[Pulse, ...]:
    """When a dose is a pulse, drug by drug; the amounts are overridable constants, by mg and by mg/kg.

    >>> [(one.ingredient, int(one.mg)) for one in pulses()]
    [('methylprednisolone', 200), ('dexamethasone', 50)]
    """
    found = []
    for entry in read("glucocorticoids")["pulse"]:
        names = entry["threshold"], entry["by_weight"]
        whole, by_weight = (constant(name, overrides).value for name in names)
        assert whole is not None and by_weight is not None
        words, source = entry["words"], cite(entry["source"])
        found.append(Pulse(entry["ingredient"], tuple(entry["routes"]), whole, by_weight, words, source))
    return tuple(found)


def pulse(overrides: Mapping[str, Fraction] = NO_OVERRIDES) -> Pulse:
    """When a dose of methylprednisolone is a pulse.

    >>> pulse().mg, pulse({"pulse threshold": Fraction(250)}).mg
    (Fraction(200, 1), Fraction(250, 1))
    """
    return pulses(overrides)[0]


def plausible_dose(
    ingredient: str, *, per_kg: bool = False, factor: Fraction | None = None
) -> tuple[Fraction, Fraction] | None:
    """The least and the most milligrams a day (or mg/kg) that are plausible of an ingredient; absent where no limit is known.

    ``factor`` is the prednisone equivalent of a glucocorticoid, whose limits are in equivalents; mg for mg where it has none.

    >>> plausible_dose("prednisone"), plausible_dose("dexamethasone", factor=Fraction(20, 3))
    ((Fraction(1, 10), Fraction(500, 1)), (Fraction(3, 200), Fraction(75, 1)))
    >>> plausible_dose("methotrexate"), plausible_dose("rituximab")
    ((Fraction(1, 10), Fraction(10, 1)), None)
    """
    if ingredient in drugs_in("systemic glucocorticoids"):
        by_weight = " by weight" if per_kg else ""
        low, high = (
            constant(f"{end} plausible daily glucocorticoid dose{by_weight}").value for end in ("smallest", "largest")
        )
        return None if low is None or high is None else (low / (factor or 1), high / (factor or 1))
    limits = None if per_kg else read("drugs")["plausible_mg_a_day"].get(ingredient)
    return None if limits is None else (exact(limits[0]), exact(limits[1]))


@cache
def _routes() -> dict[str, Route]:
    return {
        entry["key"]: Route(
            entry["key"], entry["systemic"], entry["equivalent"], tuple(entry["aliases"]), cite(entry["source"])
        )
        for entry in read("routes")["route"]
    }


@cache
def _route_index() -> Index:
    return Index.of("route", [(entry.key, entry.aliases) for entry in routes()], read("routes")["unclear"])
