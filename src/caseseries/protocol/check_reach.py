"""Whether each rule, level and category can be met and missed at all, whatever the values are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from caseseries.errors import Defect
from caseseries.protocol.dose_units import amounts_of_doses
from caseseries.protocol.draft import Draft, listed, mapping, parts_with
from caseseries.protocol.notes import Notes
from caseseries.protocol.possible_answers import answers
from caseseries.protocol.rule import parse
from caseseries.protocol.tree import Tree, grow
from caseseries.protocol.yaml import Loc

_OTHERWISE = "otherwise"


def check_reach(draft: Draft, notes: Notes, loc: Loc, field: str, outcome: Mapping[str, Any]) -> None:
    """A rule that nobody could meet, or everybody would; a level that others before it always take. Rules that are not whole are passed over."""
    at = outcome.get("at")
    for where, written in _ways(field, outcome):
        rules = (
            {(*loc, *where): written[field]}
            if field == "rule"
            else {(*loc, *where, name): rule for name, rule in mapping(written, field).items() if rule != _OTHERWISE}
        )
        trees = {place: _tree(draft, rule, at) for place, rule in rules.items()}
        whole = {place: tree for place, tree in trees.items() if tree is not None}
        for place, tree in whole.items():
            _counts(notes, place, rules[place])
            _alone(notes, place, tree)
        _one_dose_unit(draft, notes, loc, whole.values())
        if field == "levels" and len(whole) == len(trees):
            _in_order(notes, list(whole), list(whole.values()))


def _ways(field: str, outcome: Mapping[str, Any]) -> list[tuple[Loc, Mapping[str, Any]]]:
    """The rule or the levels as written, then those of each reading."""
    own = ((field,), outcome)
    return [own, *((("readings", name), {field: written}) for name, written in mapping(outcome, "readings").items())]


def _tree(draft: Draft, rule: object, at: object) -> Tree | None:
    try:
        return grow(parse(rule), str(at), draft.facts)
    except (ValidationError, KeyError, Defect):
        return None  # told where it is checked


def _one_dose_unit(draft: Draft, notes: Notes, loc: Loc, trees: Iterable[Tree]) -> None:
    """An amount of a dose is of its unit: the grid has no cell of another unit then."""
    doses = listed(draft.data, "robustness", "dose")
    units = {dose.as_ for dose in draft.protocol.doses.values()}
    other = [str(unit) for unit in doses if unit not in units]
    if other and amounts_of_doses(draft.protocol, trees):
        what = f"the rule of {loc[1]!r} names an amount of a dose, so the grid leaves other units of it out"
        notes.warn(
            ("robustness", "dose"),
            what,
            ", ".join(other),
            do="compare in percent of baseline, if another unit is wanted",
        )


def _counts(notes: Notes, loc: Loc, rule: object) -> None:
    """A count that any answers of its parts meet: at least none, at most all."""
    for place, part in parts_with("of", rule, loc):
        try:
            made = parse(part)
        except ValidationError:
            continue  # told where it is checked
        n = len(made.parts)
        if made.at_least == 0:
            notes.wrong((*place, "at_least"), "every count of parts is at least 0", "0", f"1 to {n}")
        elif made.at_most == n:
            notes.wrong((*place, "at_most"), "every count of parts is at most all of them", str(n), f"0 to {n - 1}")


def _alone(notes: Notes, loc: Loc, tree: Tree) -> None:
    """A single comparison is checked where its threshold is."""
    found = answers([tree]) if len(tree.answered) > 1 else None
    if found is None:
        return
    said: set[bool] = set()
    for (one,) in found:
        said.add(one)
        if len(said) > 1:
            return
    if said:
        never = said == {False}
        what = "no values could meet this rule" if never else "all values meet this rule"
        notes.wrong(
            loc, what, do="look for two parts that exclude each other, or between them leave nothing out", key=True
        )


def _in_order(notes: Notes, places: list[Loc], trees: list[Tree]) -> None:
    """Of levels the first that holds counts: one that only holds where another one before it does is never reached."""
    found = answers(trees)
    if found is None:
        return
    reached = set()
    for said in found:
        reached |= {said.index(True)} if True in said else set()
        if len(reached) == len(trees):
            return
    for at, place in enumerate(places):
        if at and at not in reached:
            what = "this level is never reached: wherever it holds, a level before it holds"
            notes.wrong(place, what, str(place[-1]), do="write the level that asks for most first", key=True)
