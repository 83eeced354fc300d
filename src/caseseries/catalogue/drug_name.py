"""The ingredient that a drug's name in a chart means: salts and forms set aside, a second name in brackets, other medicines known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from caseseries.catalogue.drug import Drug, any_index, drug, drug_classes, drug_index, drugs_in
from caseseries.catalogue.glucocorticoid import route
from caseseries.catalogue.lookup import LONGEST_NAME, CatalogueMiss, fold
from caseseries.catalogue.raw import read
from caseseries.errors import ensure

__all__ = ["WrittenDrug", "drug_class", "other_medicine", "plain_name", "says_local", "written_drug"]


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
    """The ingredient behind a name with its salt or form, or with a second name in brackets.

    Raises:
        CatalogueMiss: no ingredient has this name, or more than one has; also where the name and the one in brackets are two drugs.

    >>> written_drug("methylprednisolone sodium succinate").drug.key, written_drug("mycophenolate sodium tablets").drug.key
    ('methylprednisolone', 'mycophenolic acid')
    >>> written_drug("hydrocortisone cream").route, written_drug("Prednisolone acetate").maybe_local
    ('topical', 'acetate')
    >>> written_drug("Kenalog").maybe_local, written_drug("cortisone inj.").maybe_local, written_drug("Medrol").maybe_local
    ('a depot', 'an injection', '')
    >>> written_drug("prednisolone (Decortin H)").drug.key, written_drug("infliximab-dyyb").drug.key
    ('prednisolone', 'infliximab')
    """
    plain, way, local = (text, "", "") if fold(text[:LONGEST_NAME]) in drug_index().keys else plain_name(text)
    try:
        found = drug(_without_suffix(plain))
    except CatalogueMiss:
        both = _in_brackets(text)
        if both is None:
            if fold(plain) == fold(text):
                drug(text)  # so that the miss names what was written
            raise
        return both
    way = way or _brand_routes().get(fold(plain), "")
    if local == IN_PERCENT and not way and not _READ_IN_PERCENT.intersection(found.classes):
        # a cream of it stays local, and nothing would ask
        raise CatalogueMiss("drug", text, (found.key,), expected="the drug with its form, such as ointment")
    return WrittenDrug(found, way, local or ("a depot" if fold(plain) in _depots() else ""))


def says_local(text: str) -> bool:
    """Whether a name that nobody knows holds a form of a drug given locally, or a strength in percent.

    >>> says_local("dexamethasone 0.1% eye drops bd"), says_local("prednisone 20 mg")
    (True, False)
    """
    words = _WORD.findall(text[:LONGEST_NAME])
    runs = [" ".join(words[place : place + size]) for size in (1, 2) for place in range(len(words))]
    ways = [_forms()[fold(run)] for run in runs if fold(run) in _forms()]
    return any(_PERCENT.fullmatch(word) for word in words) or any(way and not route(way).systemic for way in ways)


def plain_name(text: str) -> tuple[str, str, str]:
    """A name without salts and forms, the route that a form says, and a salt of which depots and eye drops are made, or that it is an injection.
    A salt for the whole body is no such injection. What is itself the name of a drug is left whole.

    >>> plain_name("newdrug acetate tablets"), plain_name("IV newdrug"), plain_name("newdrug")
    (('newdrug', 'oral', 'acetate'), ('newdrug', 'intravenous', ''), ('newdrug', '', ''))
    >>> plain_name("newdrug injections"), plain_name("oral mycophenolate sodium")
    (('newdrug', '', 'an injection'), ('mycophenolate sodium', 'oral', ''))
    """
    if len(text) > LONGEST_NAME:
        return text, "", ""
    found = _set_aside(text)
    if "-" in text and fold(found[0]) not in drug_index().keys:
        apart = _set_aside(text.replace("-", " "))  # such as Prednisolon-Augentropfen
        return apart if fold(apart[0]) in drug_index().keys else found
    return found


def _set_aside(text: str) -> tuple[str, str, str]:
    words, forms, salts = _WORD.findall(text), _forms(), _salts()
    ends = [""]  # what was set aside behind, from the last word on
    stops = [len(words)]
    while stops[-1] > 1:
        end, size = _at_end(words[: stops[-1]], forms.keys() | salts)
        if not size and _PERCENT.fullmatch(words[stops[-1] - 1]):
            end, size = "%", 1
        if not size:
            break
        ends, stops = [*ends, end], [*stops, stops[-1] - size]
    starts = 0
    while starts < len(words) - 1 and fold(words[starts]) in forms:
        starts += 1
    # fewest words set aside first; where none is a known name, all of them
    choices = sorted(
        ((behind, before) for behind in range(len(stops)) for before in range(starts + 1) if before < stops[behind]),
        key=lambda cut: (len(words) - stops[cut[0]] + cut[1], cut[1]),
    )
    known = (cut for cut in choices if fold(" ".join(words[cut[1] : stops[cut[0]]])) in drug_index().keys)
    behind, before = next(known, (len(stops) - 1, min(starts, stops[-1] - 1) if words else 0))
    aside = ends[1 : behind + 1]
    way = next((forms[end] for end in [*aside, *map(fold, words[:before])] if forms.get(end)), "")
    local = next((said for end in reversed(aside) if (said := _local(end))), "")
    systemic = any(end in _salts("systemic") for end in aside)
    return " ".join(words[before : stops[behind]]), way, "" if systemic else local


def other_medicine(text: str) -> bool:
    """Whether the name is a medicine that belongs to no class of the catalogue, so that no declared group can mean it.

    >>> other_medicine("Vitamin D"), other_medicine("omeprazole 20 mg"), other_medicine("Urbason"), other_medicine("calcium and Urbason")
    (True, True, False, False)
    """
    if len(text) > LONGEST_NAME:
        return False
    bare = _STRENGTH.sub("", text)
    return any(fold(name) in _others() for name in (text, bare, plain_name(text)[0], plain_name(bare)[0]))


def drug_class(name: str) -> str:
    """The key of the class of that name or alias; empty where no class has it.

    >>> drug_class("steroids"), drug_class("MTX")
    ('systemic glucocorticoids', '')
    """
    if len(name) > LONGEST_NAME:
        return ""
    key = any_index().keys.get(fold(name), "")
    return key if key in {group.key for group in drug_classes()} else ""


_WORD = re.compile(r"(?:(?<=[0-9]),(?=[0-9])|[^\s,;()\[\]])+")
_PERCENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?%")
#: Classes of which a strength in percent without a form is read: a glucocorticoid is asked about, immunoglobulin is a solution.
_READ_IN_PERCENT = frozenset({"systemic glucocorticoids", "local glucocorticoids", "immunoglobulins"})
#: What a strength in percent says: a cream, drops, or a solution for an infusion.
IN_PERCENT = "a preparation in percent"
_BRACKETS = re.compile(r"([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]([^()\[\]]*)")
_STRENGTH = re.compile(
    r"\s*\b[0-9][0-9.,]*\s*(?:mg|g|µg|μg|mcg|ug|iu|ie|units?|ml)\b(?:\s*/\s*(?:day|d|week|tag))?\s*\Z", re.IGNORECASE
)


def _at_end(words: list[str], known: Iterable[str]) -> tuple[str, int]:
    """The longest salt or form that ends a name, of up to two words, leaving one at least."""
    wanted = set(known)
    for size in (2, 1):
        if len(words) > size and (end := fold(" ".join(words[-size:]))) in wanted:
            return end, size
    return "", 0


def _without_suffix(name: str) -> str:
    """A biologic's name without the four letters that say whose it is."""
    plain, _, suffix = name.rpartition("-")
    if suffix.casefold() not in read("drugs")["biosimilar_suffixes"]["words"] or fold(plain) not in drug_index().keys:
        return name
    return plain if "biologics" in drug(plain).classes else name


def _in_brackets(text: str) -> WrittenDrug | None:
    """The drug that a name and the one in brackets behind it both mean; None where one of them is no name, or they differ."""
    match = _BRACKETS.fullmatch(text.strip()[:LONGEST_NAME])
    if match is None:
        return None
    parts = " ".join((match[1] + match[3]).split()), match[2].strip()
    meanings = [_possible(part) for part in parts]
    both = meanings[0] & meanings[1]
    written = [found for part in parts if (found := _or_none(part)) is not None and {found.drug.key} == both]
    if not written:
        return None
    routes = {found.route for found in written if found.route}
    local = next((found.maybe_local for found in written if found.maybe_local), "")
    return WrittenDrug(written[0].drug, routes.pop() if routes else "", local) if len(routes) < 2 else None


def _possible(name: str) -> frozenset[str]:
    """The ingredients that a name may mean: one, those of an unclear name, or all of a class."""
    found = _or_none(name)
    if found is not None:
        return frozenset({found.drug.key})
    if group := drug_class(name):
        return drugs_in(group)
    words = drug_index().unclear.get(fold(plain_name(name)[0]), ())
    return frozenset().union(*(drugs_in(one) for one in words if fold(one) in any_index().keys))


def _or_none(name: str) -> WrittenDrug | None:
    if _BRACKETS.search(name):
        return None
    try:
        return written_drug(name)
    except CatalogueMiss:
        return None


@cache
def _salts(which: str = "words") -> frozenset[str]:
    return frozenset(fold(word) for word in read("drugs")["salts"][which])


def _local(end: str) -> str:
    """What the folded end of a name says that may be local."""
    if end == "%":
        return IN_PERCENT
    return "an injection" if end in _injections() else end if end in _salts("local") else ""


@cache
def _forms() -> dict[str, str]:
    raw = {word: way for word, way in read("drugs")["forms"].items() if word != "source"}
    ensure(all(not way or route(way).key == way for way in raw.values()))
    return {fold(word): way for word, way in raw.items()}


@cache
def _brand_routes() -> dict[str, str]:
    raw = {brand: way for brand, way in read("drugs")["brand_routes"].items() if brand != "source"}
    ensure(all(fold(brand) in drug_index().keys and route(way).key == way for brand, way in raw.items()))
    return {fold(brand): way for brand, way in raw.items()}


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
