"""Whether levels and categories can be told apart, and from other outcomes, by their names and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.levels import NONE_OF_THEM, parts_of_categories
from caseseries.protocol.notes import Notes
from caseseries.protocol.outcome import name_at
from caseseries.protocol.written import folded
from caseseries.protocol.yaml import Loc

#: What cases are called that have none of the levels or categories, or any of them.
_TOLD = frozenset({"not evaluable", "any level", "any category", "outside", "otherwise"})


def check_names_of_levels(outcomes: Mapping[str, Any], notes: Notes) -> None:
    """A level or category is told behind the name of its outcome, and no other outcome is called so."""
    called = {folded(name): name for name in outcomes}
    for name, outcome in outcomes.items():
        told = [f"{name} {level}" for field in ("levels", "categories") for level in mapping(outcome, field)]
        told += [f"{name} at least {level}" for level in mapping(outcome, "levels")]
        told += [name_at(name, str(window)) for window in listed(outcome, "also_at")]
        if "categories" in mapping(outcome):
            told += [f"{name}{part.suffix}" for part in parts_of_categories(list(mapping(outcome, "categories")))]
        for other in dict.fromkeys(called[folded(one)] for one in told if folded(one) in called):
            what = f"this is how a part of {name} is told"
            notes.wrong(("outcomes", other), what, other, do="give one another name", key=True)


def check_levels(notes: Notes, loc: Loc, levels: Mapping[str, Any]) -> None:
    """A level that asks for what one before it asks for is never reached, and two such categories hold at once."""
    seen: dict[str, str] = {}
    ordered = loc[-1] == "levels"
    for name, rule in levels.items():
        if folded(name) in _TOLD:
            notes.wrong(
                (*loc, name), "this is what a case is called whose answer is another thing than a level", name, key=True
            )
        if ordered and folded(name).startswith("at least "):
            what = "the name of a level does not begin with `at least`, which is told of every level"
            notes.wrong((*loc, name), what, name, key=True)
        if not ordered and folded(name) == NONE_OF_THEM:
            notes.wrong((*loc, name), "this is what cases are called of which no category holds", name, key=True)
        if repr(rule) in seen:
            so = "which comes first, so that nobody has it" if ordered else "so that both hold at once"
            what = f"this {'level' if ordered else 'category'} has the rule of {seen[repr(rule)]}, {so}"
            notes.wrong((*loc, name), what, name, key=True)
        seen.setdefault(repr(rule), name)


def check_no_responder(draft: Draft, notes: Notes) -> None:
    """An event can leave a case without a category, and cannot say which it has."""
    for event, written in mapping(draft.data, "intercurrent").items():
        if (mapping(written).get("verdict") if isinstance(written, Mapping) else written) == "responder":
            what = "an outcome with categories has no responder: it is not said which category that is"
            notes.wrong(("intercurrent", event), what, "responder", "as observed, non-responder, not evaluable")
