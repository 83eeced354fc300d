"""What a drug's name in a chart means: salts and forms set aside, other medicines known, and spellings of the same word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from caseseries.catalogue.drug import Drug, any_index, drug, drug_classes, drug_index
from caseseries.catalogue.glucocorticoid import route
from caseseries.catalogue.raw import read
from caseseries.catalogue.words import (
    LONGEST_COMPARED,
    LONGEST_NAME,
    SUGGESTED,
    CatalogueMiss,
    fold,
    slips_allowed,
    slips_between,
)
from caseseries.errors import ensure

__all__ = [
    "WrittenDrug", "drug_class", "meant_drugs", "names_several", "other_medicine", "plain_name", "spelt_groups", "written_drug",
]  # fmt: skip

#: Letters that a shortened name has at least.
SHORTENED = 4


@dataclass(frozen=True, slots=True)
class WrittenDrug:
    """An ingredient as a chart writes it; `route` is the one that the form in the name says.

    `maybe_local` says which of what is injected into joints as well as given to the whole body the name holds: a salt of depots and
    eye drops, an injection, or the name of a depot.
    """

    drug: Drug
    route: str = ""
    maybe_local: str = ""


def written_drug(text: str) -> WrittenDrug:
    """The ingredient behind a name with its salt or form.

    Raises:
        CatalogueMiss: no ingredient has this name, or more than one has.

    >>> written_drug("methylprednisolone sodium succinate").drug.key, written_drug("mycophenolate sodium").drug.key
    ('methylprednisolone', 'mycophenolic acid')
    >>> written_drug("hydrocortisone cream").route, written_drug("Prednisolone acetate").maybe_local
    ('topical', 'acetate')
    >>> written_drug("Kenalog").maybe_local, written_drug("cortisone inj.").maybe_local, written_drug("Medrol").maybe_local
    ('a depot', 'an injection', '')
    """
    try:
        return WrittenDrug(drug(text), "", "a depot" if fold(text) in _depots() else "")
    except CatalogueMiss:
        plain, way, local = plain_name(text)
        if fold(plain) == fold(text):
            raise
        return WrittenDrug(drug(plain), way, local or ("a depot" if fold(plain) in _depots() else ""))


def plain_name(text: str) -> tuple[str, str, str]:
    """A name without salts and forms, the route that a form says, and a salt of which depots and eye drops are made, or that it is an injection.
    A salt for the whole body is no such injection.

    >>> plain_name("newdrug acetate tablets"), plain_name("IV newdrug"), plain_name("newdrug")
    (('newdrug', 'oral', 'acetate'), ('newdrug', 'intravenous', ''), ('newdrug', '', ''))
    >>> plain_name("newdrug injections")
    ('newdrug', '', 'an injection')
    """
    if len(text) > LONGEST_NAME:
        return text, "", ""
    words, way, local, systemic = _WORD.findall(text), "", "", False
    forms, salts = _forms(), _salts()
    while len(words) > 1:
        end, size = _at_end(words, forms.keys() | salts)
        if not size:
            break
        way, local, systemic = way or forms.get(end, ""), _local(end) or local, systemic or end in _salts("systemic")
        words = words[:-size]
    while len(words) > 1 and fold(words[0]) in forms:
        way, words = way or forms[fold(words[0])], words[1:]
    return " ".join(words), way, "" if systemic else local


def other_medicine(text: str) -> bool:
    """Whether the name is a medicine that belongs to no class of the catalogue, so that no declared group can mean it.

    >>> other_medicine("Vitamin D"), other_medicine("omeprazole 20"), other_medicine("Urbason")
    (True, False, False)
    """
    return len(text) <= LONGEST_NAME and (fold(text) in _others() or fold(plain_name(text)[0]) in _others())


def drug_class(name: str) -> str:
    """The key of the class of that name or alias; empty where no class has it.

    >>> drug_class("steroids"), drug_class("MTX")
    ('systemic glucocorticoids', '')
    """
    if len(name) > LONGEST_NAME:
        return ""
    key = any_index().keys.get(fold(name), "")
    return key if key in {group.key for group in drug_classes()} else ""


def meant_drugs(word: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The drugs that an unknown name says in another spelling, shortened, or among other words; none where it is another drug.

    ``more`` are names that the study knows beside the catalogue. A name that only resembles another drug's is no spelling of it.

    >>> meant_drugs("azathioprin"), meant_drugs("pred"), meant_drugs("steroids"), meant_drugs("omeprazole")
    (('azathioprine',), ('prednisone', 'prednisolone'), ('one of the systemic glucocorticoids',), ())
    >>> meant_drugs("tralokinumab"), meant_drugs("ICVY"), meant_drugs("MTX and folic acid")
    ((), ('IVCY',), ('methotrexate',))
    """
    try:
        return (written_drug(word).drug.key,)
    except CatalogueMiss as miss:
        if miss.suggestions and fold(miss.word) in drug_index().unclear:
            return miss.suggestions
    if group := drug_class(word):
        return (f"one of the {group}",)
    if other_medicine(word):
        return ()
    known = (*more, *drug_index().shown)
    return _inside(word, known) or _spellings(plain_name(word)[0], known)


def names_several(word: str) -> bool:
    """Whether a name stands for several drugs or is that of a class, so that none of them is proposed.

    >>> names_several("TAC"), names_several("steroids"), names_several("azathioprin")
    (True, True, False)
    """
    return fold(word) in drug_index().unclear or bool(drug_class(word))


def spelt_groups(word: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of drugs and classes that are the same word as a misspelt one in a protocol; none where it is another drug.

    >>> spelt_groups("biologicz"), spelt_groups("tralokinumab")
    (('biologic', 'biologics'), ())
    """
    names = (*more, *any_index().shown)
    return () if other_medicine(word) else _spellings(" ".join(word.split()), names)


_WORD = re.compile(r"[^\s,;()]+")
_PART = re.compile(r"[^\s,;()/+&]+")


def _at_end(words: list[str], known: Iterable[str]) -> tuple[str, int]:
    """The longest salt or form that ends a name, of up to two words, leaving one at least."""
    wanted = set(known)
    for size in (2, 1):
        if len(words) > size and (end := fold(" ".join(words[-size:]))) in wanted:
            return end, size
    return "", 0


def _inside(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Drugs that stand whole among other words, such as two in one cell."""
    parts = _PART.findall(word[:LONGEST_COMPARED])
    if len(parts) < 2:
        return ()
    names = {fold(name): name for name in known}
    found = [
        drug(names[fold(part)]).key if fold(part) in drug_index().keys else names[fold(part)]
        for part in parts
        if fold(part) in names
    ]
    return tuple(dict.fromkeys(found))


def _spellings(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    wanted = fold(word[:LONGEST_COMPARED])
    scored = []
    for place, name in enumerate(known):
        target = fold(name)
        if len(wanted) >= SHORTENED and target.startswith(wanted) and target != wanted:
            scored.append((0, len(target), place, name))
            continue
        slips = slips_between(wanted, target, slips_allowed(wanted, target))
        if slips is not None:
            scored.append((slips, len(target), place, name))
    best = min((slips for slips, *_ in scored), default=0)
    return tuple(name for slips, *_, name in sorted(scored) if slips == best)[:SUGGESTED]


@cache
def _salts(which: str = "words") -> frozenset[str]:
    return frozenset(fold(word) for word in read("drugs")["salts"][which])


def _local(end: str) -> str:
    """What the folded end of a name says that may be local."""
    return "an injection" if end in _injections() else end if end in _salts("local") else ""


@cache
def _forms() -> dict[str, str]:
    raw = {word: way for word, way in read("drugs")["forms"].items() if word != "source"}
    ensure(all(not way or route(way).key == way for way in raw.values()))
    return {fold(word): way for word, way in raw.items()}


@cache
def _injections() -> frozenset[str]:
    """Forms that are injections and do not say where."""
    return frozenset(fold(word) for word in read("drugs")["depots"]["injections"])


@cache
def _depots() -> frozenset[str]:
    """Names that are depots, or products for joints, whatever else they say."""
    found = frozenset(fold(name) for name in read("drugs")["depots"]["names"])
    ensure(found <= drug_index().keys.keys(), "a depot that is no drug")
    return found


@cache
def _others() -> frozenset[str]:
    raw = {kind: names for kind, names in read("drugs")["other_medicines"].items() if kind != "source"}
    found = frozenset(fold(name) for names in raw.values() for name in names)
    ensure(not found & any_index().keys.keys(), "a medicine of no class has the name of one of a class")
    return found
