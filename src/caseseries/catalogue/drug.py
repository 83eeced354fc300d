"""Ingredients, the names charts use for them, and the classes a protocol may name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from caseseries.catalogue.raw import read
from caseseries.catalogue.source import Source, cite
from caseseries.catalogue.words import CLOSE_ENOUGH, CatalogueMiss, Index, fold, nearest

__all__ = ["Drug", "DrugClass", "DrugCode", "drug", "drug_classes", "drug_names", "drugs", "drugs_in", "meant_drugs"]


SPELT_ALIKE = 0.75
"""Similarity above which an unknown name is a misspelt drug, not another drug: the unrelated pairs nearest to each other
(metformin and amethopterin, captopril and mercaptopurine, dapsone and Deltasone) reach 0.71."""

SHORT_NAME = 4
"""Letters up to which a name is compared as loosely as any other word: one letter of MTX is a third of it."""


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
    """A group of ingredients a protocol may name, and in words what belongs to it."""

    key: str
    aliases: tuple[str, ...]
    words: str
    source: Source


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
    return _drugs()[_drug_index().key(name)]


def drug_names(key: str) -> tuple[str, ...]:
    """The key of an ingredient and all its aliases, for matching what a chart says.

    >>> drug_names("methotrexate")
    ('methotrexate', 'MTX', 'Metoject', 'Rheumatrex', 'amethopterin')
    """
    found = drug(key)
    return (found.key, *found.aliases)


def drugs_in(class_or_drug: str) -> frozenset[str]:
    """The keys of the ingredients meant by a class or by one drug.

    Raises:
        CatalogueMiss: neither a class nor a drug.

    >>> sorted(drugs_in("JAK inhibitors"))
    ['baricitinib', 'filgotinib', 'ruxolitinib', 'tofacitinib', 'upadacitinib']
    >>> drugs_in("MTX")
    frozenset({'methotrexate'})
    """
    key = _any_index().key(class_or_drug)
    if key in _drugs():
        return frozenset({key})
    return frozenset(entry.key for entry in drugs() if key in entry.classes)


def meant_drugs(word: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The drugs that an unknown name probably misspells or is too general for; none where it is another drug.

    ``more`` are names that the study knows beside the catalogue.

    >>> meant_drugs("azathioprin"), meant_drugs("pred"), meant_drugs("steroids"), meant_drugs("omeprazole")
    (('azathioprine',), ('prednisone', 'prednisolone'), ('one of the systemic glucocorticoids',), ())
    """
    try:
        return (_drug_index().key(word),)
    except CatalogueMiss as miss:
        if fold(word) in _drug_index().unclear:
            return miss.suggestions
    if fold(word) in _any_index().keys:
        return (f"one of the {_any_index().key(word)}",)
    close = CLOSE_ENOUGH if len(fold(word)) <= SHORT_NAME else SPELT_ALIKE
    return nearest(word, (*more, *_drug_index().shown), close_enough=close)


@cache
def _drugs() -> dict[str, Drug]:
    raw = read("drugs")
    made = {entry["key"]: _drug({**raw["defaults"], **entry}) for entry in raw["drug"]}
    known = {entry["key"] for entry in raw["class"]}
    for entry in made.values():
        assert known.issuperset(entry.classes), entry.key
    return made


@cache
def _classes() -> dict[str, DrugClass]:
    return {
        entry["key"]: DrugClass(entry["key"], tuple(entry["aliases"]), entry["words"], cite(entry["source"]))
        for entry in read("drugs")["class"]
    }


@cache
def _drug_index() -> Index:
    vague = {word: [m for m in meant if m in _drugs()] for word, meant in read("drugs")["unclear"].items()}
    return Index.of("drug", [(entry.key, entry.aliases) for entry in drugs()], vague)


@cache
def _any_index() -> Index:
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
    assert not raw, f"unknown fields of {made.key}: {sorted(raw)}"
    return made
