"""Whether spells can be told: their window has ends, each state is one of a visit, and nothing in its rule is of a later day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.check_held import check_held_once
from caseseries.protocol.check_time_to import LONGEST, known_by_then
from caseseries.protocol.check_windows import day_count, days_of
from caseseries.protocol.draft import Draft, mapping
from caseseries.protocol.notes import Notes
from caseseries.protocol.spells import SPELL_ENDS
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START, folded
from caseseries.protocol.yaml import Loc


def check_spells(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    """One `{spells: {STATE: RULE, ...}, in: WINDOW, gap: DAYS}` as written."""
    name = outcome.get("in")
    window = draft.windows.get(str(name))
    seen: dict[str, str] = {}
    named: dict[str, str] = {}
    for state, rule in mapping(outcome, "spells").items():
        at = (*loc, "spells", state)
        if folded(state) in SPELL_ENDS:
            notes.wrong(at, "this is what is said of how a spell ended, and no name of a state", state, key=True)
        told = folded(state.replace("/", " or "))
        if told in named and folded(named[told]) != folded(state):
            what = (
                f"this name and {named[told]!r} are one in results.json, where `/` stands between the parts of a name"
            )
            notes.wrong(at, what, state, do="rename one of them", key=True)
        named.setdefault(told, state)
        if repr(rule) in seen:
            what = f"this state has the rule of {seen[repr(rule)]}, which comes first, so that nobody is in it"
            notes.wrong(at, what, state, key=True)
        seen.setdefault(repr(rule), state)
        if not isinstance(rule, Mapping):
            continue
        if "occurs" in rule and "since" not in rule:
            what = "an event has a day and no visits on which it holds"
            notes.wrong(at, what, do="ask for a state of the visit, or for a time to the event")
            continue
        check_held_once(draft, notes, loc, {"spells": rule, "in": name, "on": "every visit"}, "spells", at)
        known_by_then(draft, notes, at, rule, window)
    if window is not None:
        _window(notes, loc, str(name), window, outcome.get("gap"))


def _window(notes: Notes, loc: Loc, name: str, window: Window, gap: Any) -> None:
    """The days that are looked at have a first and a last one, and two of them may be as far apart as `gap`."""
    if window.from_ <= OPEN_START or window.to >= OPEN_END or window.to - window.from_ > LONGEST:
        what = f"the window {name!r} is open, so that nobody could be seen in all of it"
        notes.wrong((*loc, "in"), what, name, "a window with a first and a last day")
        return
    days = days_of(gap)
    if days is not None and days > window.to - window.from_:
        what = f"this is longer than the window {name!r}, so that no two visits would be too far apart"
        notes.wrong((*loc, "gap"), what, str(gap), f"at most {day_count(window.to - window.from_)}")
