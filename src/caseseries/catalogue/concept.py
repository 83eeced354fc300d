"""OMOP concept ids of what the catalogue knows: measurements, ingredients, units, routes, meanings of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.drug import drug
from caseseries.catalogue.glucocorticoid import route
from caseseries.catalogue.instrument import Instrument, instrument, unit_fold
from caseseries.catalogue.lookup import CatalogueMiss
from caseseries.catalogue.raw import read

__all__ = [
    "Concept",
    "drug_concepts",
    "instrument_concepts",
    "local_routes",
    "meaning",
    "route_concepts",
    "unit_concepts",
    "units_named",
]

#: Vocabularies in which codes of instruments and of ingredients are looked up.
LOINC, RXNORM = "LOINC", "RxNorm"


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept id, what it stands for, and where the id was read."""

    id: int
    words: str
    source: Source


def instrument_concepts(name: str) -> tuple[tuple[Concept, ...], Mapping[str, tuple[str, ...]]]:
    """Concept ids of a measure of the catalogue, and its codes by vocabulary; both empty where none is known.

    >>> ids, codes = instrument_concepts("systolic blood pressure")
    >>> [concept.id for concept in ids], dict(codes)
    ([3004249], {'LOINC': ('8480-6',)})
    """
    codes = tuple(code.code for code in instrument(name).loinc)
    known = [_measurements()[code] for code in codes if code in _measurements()]
    return tuple(known), {LOINC: codes} if codes else {}


def drug_concepts(name: str) -> tuple[tuple[Concept, ...], Mapping[str, tuple[str, ...]]]:
    """Concept ids of an ingredient, and its RxNorm codes; their descendants are the products that hold it.

    >>> ids, codes = drug_concepts("prednisone")
    >>> [concept.id for concept in ids], dict(codes)
    ([1551099], {'RxNorm': ('8640',)})
    """
    found = drug(name)
    codes = tuple(code.code for code in found.codes if code.system == RXNORM)
    known = tuple(concept for concept in _ingredients() if concept.words == found.key)
    return known, {RXNORM: codes} if codes else {}


def unit_concepts(name: str) -> dict[int, Fraction]:
    """The unit concepts in which a measure may stand: value in that unit x factor = value in the instrument's unit.

    >>> unit_concepts("weight")[9529], unit_concepts("weight")[8504]
    (Fraction(1, 1), Fraction(1, 1000))
    """
    entry = instrument(name)
    return {number: factor for number, names in _units() if (factor := _factor(entry, names)) is not None}


def units_named(unit: str) -> dict[int, Fraction]:
    """The concepts of the unit of that spelling, with factor 1; empty where none is known.

    >>> units_named("mmHg"), units_named("points")
    ({8876: Fraction(1, 1)}, {})
    """
    wanted = unit_fold(unit)
    return {number: Fraction(1) for number, names in _units() if wanted in {unit_fold(name) for name in names}}


def route_concepts() -> tuple[Concept, ...]:
    """Concepts of routes; the words of each name its route, see :func:`caseseries.catalogue.route`.

    >>> next(one.words for one in route_concepts() if one.id == 4006860)
    'intra-articular'
    """
    return tuple(Concept(row["id"], route(row["route"]).key, cite(row["source"])) for row in read("concepts")["route"])


def local_routes() -> tuple[Concept, ...]:
    """Routes of which a dose is never part of a systemic dose.

    >>> [one.words for one in local_routes()][:2]
    ['topical', 'inhaled']
    """
    return tuple(one for one in route_concepts() if not route(one.words).systemic)


def converted_routes() -> tuple[Concept, ...]:
    """Routes of a systemic dose for which the table of prednisone equivalents is not stated.

    >>> [one.words for one in converted_routes()]
    ['subcutaneous', 'intramuscular', 'transdermal']
    """
    return tuple(one for one in route_concepts() if route(one.words).systemic and not route(one.words).equivalent)


def meaning(key: str) -> Concept:
    """A concept that a column of the model uses: gender, operator, unit of strength.

    >>> meaning("female").id, meaning("less than").source.recalled
    (8532, False)
    """
    row = next(row for row in read("concepts")["meaning"] if row["key"] == key)
    return Concept(row["id"], key, cite(row["source"]))


@cache
def _measurements() -> dict[str, Concept]:
    return {
        row["loinc"]: Concept(row["id"], row["loinc"], cite(row["source"])) for row in read("concepts")["measurement"]
    }


@cache
def _ingredients() -> tuple[Concept, ...]:
    return tuple(
        Concept(row["id"], drug(row["drug"]).key, cite(row["source"])) for row in read("concepts")["ingredient"]
    )


@cache
def _units() -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((row["id"], (row["ucum"], *row.get("names", ()))) for row in read("concepts")["unit"]["ids"])


def _factor(entry: Instrument, names: tuple[str, ...]) -> Fraction | None:
    """The factor of the first of these spellings that the instrument accepts."""
    for name in names:
        try:
            return entry.convert(Fraction(1), name)
        except CatalogueMiss:
            continue
    return None
