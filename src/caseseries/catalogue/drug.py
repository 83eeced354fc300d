"""Ingredients, the names charts use for them, and the classes a protocol may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from caseseries.catalogue.raw import exact, read
from caseseries.catalogue.source import Source, cite
from caseseries.catalogue.words import Index
from caseseries.errors import ensure

__all__ = ["Drug", "DrugClass", "DrugCode", "drug", "drug_classes", "drug_names", "drugs", "drugs_in", "same_drug"]


@dataclass(frozen=True, slots=True)
class DrugCode:
    """A code of the ingredient in one system (RxNorm, ATC); check its display name before use."""

    system: str
    code: str
    source: Source


@dataclass(frozen=True, slots=True)
class Drug:
    """One ingredient: its key is the name used everywhere, its aliases what charts write, its classes by key."""

    key: str
    aliases: tuple[str, ...]
    classes: tuple[str, ...]
    source: Source
    codes: tuple[DrugCode, ...] = ()


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A group of ingredients a protocol may name, and in words what belongs to it; `atc` are classes of ATC that hold such drugs."""

    key: str
    aliases: tuple[str, ...]
    words: str
    source: Source
    atc: tuple[str, ...] = ()


def drugs() -> tuple[Drug, ...]:
    """Every ingredient, in the order of the data file."""
    return tuple(_drugs().values())


def drug_classes() -> tuple[DrugClass, ...]:
    """Every class, in the order of the data file."""
    return tuple(_classes().values())


def drug(name: str) -> Drug:
    """The ingredient of that name or alias.

    Raises:
        CatalogueMiss: no ingredient has this name, or more than one has.

    >>> drug("MMF").key, drug("Ciclosporin-A").key
    ('mycophenolate mofetil', 'ciclosporin')
    """
    return _drugs()[drug_index().key(name)]


def drug_names(key: str) -> tuple[str, ...]:
    """The key of an ingredient and all its aliases, for matching what a chart says.

    >>> drug_names("sirolimus")
    ('sirolimus', 'rapamycin', 'Rapamune')
    """
    found = drug(key)
    return (found.key, *found.aliases)


@lru_cache(maxsize=1 << 10)
def drugs_in(class_or_drug: str) -> frozenset[str]:
    """The keys of the ingredients meant by a class or by one drug.

    Raises:
        CatalogueMiss: neither a class nor a drug.

    >>> sorted(drugs_in("antimalarials"))
    ['chloroquine', 'hydroxychloroquine', 'mepacrine']
    >>> drugs_in("MTX")
    frozenset({'methotrexate'})
    """
    key = any_index().key(class_or_drug)
    if key in _drugs():
        return frozenset({key})
    return frozenset(entry.key for entry in drugs() if key in entry.classes)


def same_drug(key: str) -> Mapping[str, Fraction]:
    """Every form of the drug that an ingredient is a form of, with milligrams that are worth the same; itself alone for most.

    >>> {form: int(mg) for form, mg in same_drug("mycophenolic acid").items()}
    {'mycophenolate mofetil': 1000, 'mycophenolic acid': 720}
    >>> list(same_drug("methotrexate"))
    ['methotrexate']
    """
    return _same().get(key, {key: Fraction(1)})


@cache
def _same() -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for entry in read("drugs")["same_drug"]:
        forms = {drug(name).key: exact(mg) for name, mg in entry["mg"].items()}
        ensure(not forms.keys() & found.keys(), f"{entry['key']}: a form of two drugs")
        found |= dict.fromkeys(forms, forms)
    return found


@cache
def _drugs() -> dict[str, Drug]:
    raw = read("drugs")
    made = {entry["key"]: _drug({**raw["defaults"], **entry}) for entry in raw["drug"]}
    known = {entry["key"] for entry in raw["class"]}
    for entry in made.values():
        ensure(known.issuperset(entry.classes), entry.key)
    return made


@cache
def _classes() -> dict[str, DrugClass]:
    return {
        entry["key"]: DrugClass(
            entry["key"], tuple(entry["aliases"]), entry["words"], cite(entry["source"]), tuple(entry.get("atc", ()))
        )
        for entry in read("drugs")["class"]
    }


@cache
def drug_index() -> Index:
    """Every name of an ingredient, and the names that stand for several, some of them perhaps no ingredient known here."""
    return Index.of("drug", [(entry.key, entry.aliases) for entry in drugs()], read("drugs")["unclear"])


@cache
def any_index() -> Index:
    """Every name of an ingredient or a class."""
    names = [(group.key, group.aliases) for group in drug_classes()]
    names += [(entry.key, entry.aliases) for entry in drugs()]
    return Index.of("drug or class of drugs", names, read("drugs")["unclear"])


def _drug(raw: dict[str, Any]) -> Drug:
    made = Drug(
        key=raw.pop("key"),
        aliases=tuple(raw.pop("aliases", ())),
        classes=tuple(raw.pop("classes")),
        codes=tuple(DrugCode(code["system"], code["code"], cite(code["source"])) for code in raw.pop("code", ())),
        source=cite(raw.pop("source")),
    )
    ensure(not raw, f"unknown fields of {made.key}: {sorted(raw)}")
    return made
