"""A protocol as far as it can be read, so that what holds is checked even where something else does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from caseseries import catalogue
from caseseries.protocol.measure import Measure
from caseseries.protocol.measures import MeasureFacts, measure_facts
from caseseries.protocol.protocol import Drug, Protocol
from caseseries.protocol.rule import DIRECTIONS, EACH, ByName, Change, Is, Part, Value
from caseseries.protocol.score import band_parts
from caseseries.protocol.window import Window
from caseseries.protocol.written import WHEN_READ, Number
from caseseries.protocol.yaml import Loc

_MEASURE: TypeAdapter[Any] = TypeAdapter(Measure, config=WHEN_READ)
_WINDOW: TypeAdapter[Any] = TypeAdapter(Window)
_PART: TypeAdapter[Any] = TypeAdapter(Part, config=WHEN_READ)
_DRUG: TypeAdapter[Any] = TypeAdapter(Drug)
_NUMBER: TypeAdapter[Any] = TypeAdapter(Number, config=WHEN_READ)
_GROUP: TypeAdapter[Any] = TypeAdapter(tuple[str, ...], config=WHEN_READ)


@dataclass(frozen=True, slots=True)
class LeafDraft:
    """A comparison of a rule: as written, where, and as read (None where it does not hold by itself).

    `bound` is the word before its threshold where that is another than the comparison's own, `named` the place of the measure where that is
    in the list of an `each`.
    """

    loc: Loc
    written: Mapping[str, Any]
    rule: Is | Change | Value | None
    bound: str = ""
    named: Loc = ()
    #: The window of a rule that is held, whose days its values are read on.
    home: str = ""
    #: Where its threshold stands, where that is elsewhere.
    threshold_loc: Loc = ()

    def window(self, at: object) -> str:
        """The window of its value; `at` is that of the outcome."""
        return str(self.written.get("at", self.home or at))

    @property
    def word(self) -> str:
        """Which of `is`, `value`, `gain`, ... it begins with."""
        return next(word for word in LEAF_WORDS if word in self.written)

    @property
    def measure(self) -> str:
        """The name of the measure as written."""
        return str(self.written[self.word])

    @property
    def measure_loc(self) -> Loc:
        """Where the measure is named."""
        return self.named or (*self.loc, self.word)


@dataclass(frozen=True, slots=True)
class Draft:
    """The data of a protocol, and each measure, window and drug that holds by itself.

    `protocol` has only those parts: its measures, drugs and groups may be asked, nothing else.
    """

    data: Mapping[str, Any]
    measures: Mapping[str, Any]
    windows: Mapping[str, Window | None]
    facts: Mapping[str, MeasureFacts]
    protocol: Protocol


LEAF_WORDS = ("is", "value", *DIRECTIONS)


def draft(data: Mapping[str, Any]) -> Draft:
    """Read every measure, window and drug by itself."""
    measures = {str(name): _read(_MEASURE, written) for name, written in mapping(data, "measures").items()}
    windows = {str(name): _read(_WINDOW, written) for name, written in mapping(data, "windows").items()}
    parts: dict[str, Any] = {
        "measures": {name: measure for name, measure in measures.items() if measure is not None},
        "windows": {name: window for name, window in windows.items() if window is not None},
        "drugs": _all(_DRUG, mapping(data, "drugs")),
        "drug_groups": _without_circles(_all(_GROUP, mapping(data, "drug_groups"))),
        "equivalences": _all(_NUMBER, mapping(data, "equivalences")),
    }
    protocol = Protocol.model_construct(**parts)
    facts = {}
    for name in protocol.measures:
        try:
            facts[name] = measure_facts(protocol, name)
        except catalogue.CatalogueMiss:
            continue  # reported where the instrument is checked
    return Draft(data, measures, windows, facts, protocol)


def leaves(written: Any, loc: Loc, home: str = "") -> Iterator[LeafDraft]:
    """Every comparison of a rule as written, with its place, in order."""
    if not isinstance(written, Mapping):
        return
    for word in ("all", "any", "of"):
        if word in written:
            for place, part in enumerate(listed(written, word)):
                yield from leaves(part, (*loc, word, place), home)
            return
    for word in ("not", "when", "then", "otherwise"):
        if word in written:
            yield from leaves(written[word], (*loc, word), home)
    if "criterion" in written:
        yield from _leaves_by_name(written, loc, home)
        return
    if "score" in written:
        for place, part in enumerate(listed(written, "score")):
            yield from _leaves_of_points(part, (*loc, "score", place), home)
        return
    if "held" in written:
        yield from leaves(written["held"], (*loc, "held"), str(written.get("in", "")))
    elif "free_of" in written:
        yield from leaves(written["free_of"], (*loc, "free_of"), str(written.get("in", "")))
    elif "each" in written:
        yield from _leaves_of_each(written, loc, home)
    elif any(word in written for word in LEAF_WORDS):
        yield LeafDraft(loc, written, _read(_PART, written), home=home)


def _leaves_by_name(written: Mapping[str, Any], loc: Loc, home: str) -> Iterator[LeafDraft]:
    """The comparisons of a criterion of the catalogue, each where its measure is named."""
    made = _read(_PART, written)
    if not isinstance(made, ByName):
        return  # the schema says so
    domains = {measure: domain for domain, measure in made.with_.items()}
    for leaf in leaves(made.written, loc, home):
        at = (*loc, "with", domains[leaf.measure])
        yield replace(leaf, loc=loc, named=at, threshold_loc=at)


def _leaves_of_points(written: Any, loc: Loc, home: str) -> Iterator[LeafDraft]:
    """The comparisons of one part of a score: of a rule, or one of each band."""
    if not isinstance(written, Mapping):
        return
    if "rule" in written:
        yield from leaves(written["rule"], (*loc, "rule"), home)
        return
    said = {name: value for name, value in written.items() if name != "points"}
    for band in mapping(written, "points"):
        if any(word in said for word in LEAF_WORDS) and (parted := band_parts(band)) is not None:
            one = said | {parted[0]: parted[1]}
            yield LeafDraft(loc, one, _read(_PART, one), home=home, threshold_loc=(*loc, "points", band))


def _leaves_of_each(written: Mapping[str, Any], loc: Loc, home: str) -> Iterator[LeafDraft]:
    """The comparisons of a rule for several measures: those that name `each` once for every one."""
    for leaf in leaves(written.get("rule"), (*loc, "rule"), home):
        if leaf.measure != EACH:
            yield leaf
            continue
        for place, name in enumerate(listed(written, "each")):
            of_one = {**leaf.written, leaf.word: name}
            yield replace(leaf, written=of_one, rule=_read(_PART, of_one), named=(*loc, "each", place))


def parts_with(key: str, written: Any, loc: Loc) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    """Every part of a rule as written that has this word (`held`, `occurs`), with its place, in order; those within another one too."""
    if isinstance(written, Mapping):
        if key in written:
            yield loc, written
        for word in ("not", "held", "free_of", "when", "then", "otherwise", "rule"):
            yield from parts_with(key, written.get(word), (*loc, word))
        for word in ("all", "any", "of", "score"):
            for place, part in enumerate(listed(written, word)):
                yield from parts_with(key, part, (*loc, word, place))


def rules_of(outcome: Mapping[str, Any], loc: Loc) -> list[tuple[Loc, Any]]:
    """The rules of an outcome as written, with their places: of each level or category where it has these, then those of its readings."""
    field = next((one for one in ("levels", "categories") if one in outcome), "rule")

    def side_by_side(written: Any, at: Loc) -> list[tuple[Loc, Any]]:
        if field == "rule":
            return [(at, written)]
        return [((*at, name), rule) for name, rule in mapping(written).items()]

    found = side_by_side(outcome.get(field), (*loc, field))
    for reading, written in mapping(outcome, "readings").items():
        found += side_by_side(written, (*loc, "readings", reading))
    return found


def read_by_day(outcome: Mapping[str, Any]) -> bool:
    """Whether the rules of an outcome as written are read on the visit days of a window: a time to an event, or spells."""
    return "time_to" in outcome or "spells" in outcome


def rules_by_day(outcome: Mapping[str, Any], loc: Loc) -> list[tuple[Loc, Any]]:
    """The rules of a time to an event or of spells as written that are read on visit days, with their places; its `among` is not one."""
    found: list[tuple[Loc, Any]] = [((*loc, field), outcome.get(field)) for field in ("time_to", "after")]
    found += [((*loc, "readings", reading), rule) for reading, rule in mapping(outcome, "readings").items()]
    found += [((*loc, "spells", state), rule) for state, rule in mapping(outcome, "spells").items()]
    return [(at, rule) for at, rule in found if isinstance(rule, Mapping)]


def mapping(written: Any, *path: str) -> dict[str, Any]:
    """The mapping at a path, empty where there is none."""
    for name in path:
        written = written.get(name) if isinstance(written, Mapping) else None
    return dict(written) if isinstance(written, Mapping) else {}


def listed(written: Any, *path: str) -> list[Any]:
    """The list at a path, empty where there is none."""
    for name in path:
        written = written.get(name) if isinstance(written, Mapping) else None
    return list(written) if isinstance(written, list | tuple) else []


def in_circle(groups: Mapping[str, Sequence[str]], name: str) -> bool:
    """Whether a drug group holds itself, directly or through other groups (case ignored)."""
    named = {group.casefold(): members for group, members in groups.items()}
    seen: set[str] = set()
    waiting = [member.casefold() for member in groups[name]]
    while waiting:
        member = waiting.pop()
        if member == name.casefold():
            return True
        if member not in seen:
            seen.add(member)
            waiting += [inner.casefold() for inner in named.get(member, ())]
    return False


def _without_circles(groups: dict[str, Any]) -> dict[str, Any]:
    circular = {name for name in groups if in_circle(groups, name)}
    return {
        name: members
        for name, members in groups.items()
        if name not in circular and not {member.casefold() for member in members} & {one.casefold() for one in circular}
    }


def _read(adapter: TypeAdapter[Any], written: Any) -> Any:
    try:
        return adapter.validate_python(written)
    except ValidationError:
        return None


def _all(adapter: TypeAdapter[Any], written: Mapping[str, Any]) -> dict[str, Any]:
    read = {name: _read(adapter, part) for name, part in written.items()}
    return {name: part for name, part in read.items() if part is not None}
