"""Whether a time to an event can be found: its window has an end, its rule asks for the days, and nothing in it is of a later day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.check_event import check_event
from caseseries.protocol.check_held import check_held, check_held_once
from caseseries.protocol.check_windows import BASELINE, day_count, days_of
from caseseries.protocol.draft import Draft, leaves, listed, mapping, parts_with
from caseseries.protocol.extremes import EXTREMES
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import DIRECTIONS
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START, folded
from caseseries.protocol.yaml import Loc

#: Days that are read one by one; beyond, a window was left open rather than meant.
LONGEST = 36_525


def check_time_to(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    """One `{time_to: RULE or event, in: WINDOW, ...}` as written."""
    name, asked = outcome.get("in"), outcome.get("time_to")
    window = draft.windows.get(str(name))
    stop = isinstance(asked, Mapping) and "stop" in asked
    if isinstance(asked, Mapping) and stop:
        _stop(draft, notes, loc, asked)
    elif isinstance(asked, Mapping):
        if "occurs" in asked:
            do = f"write `time_to: {asked['occurs']}`"
            notes.wrong((*loc, "time_to"), "an event is looked for by its name, in the window of the outcome", do=do)
        else:
            check_held(draft, notes, loc, {**outcome, "on": "every visit"}, "time_to")
            known_by_then(draft, notes, (*loc, "time_to"), asked, window)
            for reading, rule in mapping(outcome, "readings").items():
                _read_again(draft, notes, loc, reading, rule, str(name))
    else:
        check_event(draft, notes, (*loc, "time_to"), asked)
    if (stop or not isinstance(asked, Mapping)) and isinstance(name, str) and name not in draft.windows:
        notes.unknown((*loc, "in"), "window", name, draft.windows)
    after = outcome.get("after")
    if isinstance(after, Mapping):
        _start(draft, notes, loc, after, str(name), window)
        if after == asked:
            notes.wrong(
                (*loc, "after"), "the time would count from what it waits for", do="say what is to come after it"
            )
    if window is not None:
        _window(notes, loc, str(name), window, of_rule=isinstance(after, Mapping))
        lasting = days_of(outcome.get("lasting"))
        if lasting is not None and lasting > window.to - window.from_:
            what = f"this is longer than the window {str(name)!r}"
            most = f"at most {day_count(window.to - window.from_)}"
            notes.wrong((*loc, "lasting"), what, str(outcome["lasting"]), most)
        for place, written in enumerate(listed(outcome, "times")):
            day = days_of(written)
            if day is not None and not 0 < day <= window.to:
                what = f"day {day} is beyond the window {name!r}, which ends on day {window.to}"
                what = (
                    what
                    if day > 0
                    else f"this is no time after the {'start' if isinstance(after, Mapping) else 'index date'}"
                )
                notes.wrong((*loc, "times", place), what, str(written))
    ended = [
        (field, place, word) for field in ("competing", "censored") for place, word in enumerate(listed(outcome, field))
    ]
    if (
        mapping(draft.data, "case").get("per") == "course"
        and not stop
        and not any(word == "drug stopped" for _, _, word in ended)
    ):
        what = "every course is a case, so that what comes after the next course began would count for both"
        notes.wrong((*loc, "time_to"), what, do="write `drug stopped` under `competing` or `censored`", key=True)
    if "first_exposure" not in mapping(draft.data, "case", "index_date"):
        for field, place, word in ended:
            if word == "drug stopped":
                what = "the index date is no first exposure, so that there is no study drug to stop"
                notes.wrong((*loc, field, place), what, word, do="leave it out")


def _stop(draft: Draft, notes: Notes, loc: Loc, asked: Mapping[str, Any]) -> None:
    """Only the study drug has an episode; of any other drug a dose can be asked."""
    drug = mapping(draft.data, "case", "index_date").get("first_exposure")
    at = (*loc, "time_to", "stop")
    if drug is None:
        what = "the index date is no first exposure, so that there is no study drug to stop"
        notes.wrong(at, what, str(asked["stop"]), do="ask for a dose of 0 by a rule")
    elif folded(str(asked["stop"])) != folded(str(drug)):
        what = "this is not the study drug, and no other drug has an episode whose end is looked for"
        notes.wrong(
            at, what, str(asked["stop"]), str(drug), "name it as the index date does, or ask for a dose of 0 by a rule"
        )


def _read_again(draft: Draft, notes: Notes, loc: Loc, reading: str, rule: Any, name: str) -> None:
    """Another reading of what is looked for, at its own place."""
    if not isinstance(rule, Mapping):
        return
    if "occurs" in rule:
        what = "an event is looked for by its name, and has no visits on which it holds"
        notes.wrong((*loc, "readings", reading), what, do="declare another outcome for it")
        return
    check_held_once(draft, notes, (*loc, "readings"), {reading: rule, "in": name, "on": "every visit"}, reading)
    known_by_then(draft, notes, (*loc, "readings", reading), rule, draft.windows.get(name))


def _start(draft: Draft, notes: Notes, loc: Loc, after: Mapping[str, Any], name: str, window: Window | None) -> None:
    """What a time counts from: a rule that is read on the visit days of the same window, or of another one that lies in it."""
    whole = "held" in after
    rule, at = (after["held"], (*loc, "after")) if whole else (after, loc)
    own = str(after.get("in")) if whole else name
    asked: dict[str, Any] = {**after, "on": "every visit"} if whole else {"after": after, "in": name}
    if isinstance(rule, Mapping) and "occurs" in rule and "since" not in rule:
        notes.wrong(
            (*loc, "after"), "an event has a day and no visits on which it holds", do="ask for a state of the visit"
        )
        return
    check_held_once(draft, notes, at, asked, "held" if whole else "after")
    found = draft.windows.get(own)
    if isinstance(rule, Mapping):
        known_by_then(draft, notes, (*at, "held" if whole else "after"), rule, found)
    if found is None or window is None or not whole or own == name:
        return
    if found.from_ < window.from_ or found.to > window.to:
        what = f"the time may begin in the window {own!r} ({_days(found)}), and ends with {name!r} ({_days(window)})"
        notes.wrong((*at, "in"), what, own, "a window within the other one")


def _days(window: Window) -> str:
    return f"days {window.from_} to {window.to}"


def _window(notes: Notes, loc: Loc, name: str, window: Window, *, of_rule: bool) -> None:
    """The days that are looked at: from the index date at the latest, to a day that is said."""
    if window.to >= OPEN_END or window.to - window.from_ > LONGEST:
        what = f"the window {name!r} has no end, so that nobody could be followed to it"
        notes.wrong((*loc, "in"), what, name, do="give it a last day, such as `to: 2 years`")
    elif window.to < 1:
        what = f"the window {name!r} ends by the index date, from which the time counts"
        notes.wrong((*loc, "in"), what, name, "a window that ends after day 0")
    elif of_rule and window.from_ < 0:
        what = f"the window {name!r} begins before the index date, and so would times that count from a day in it"
        notes.wrong((*loc, "in"), what, name, "a window from day 0 on, or later")
    elif of_rule:
        return
    elif window.from_ <= OPEN_START:
        notes.wrong((*loc, "in"), f"the window {name!r} has no first day", name, do="begin it on day 0 or 1, or before")
    elif window.from_ > 1:
        what = f"the window {name!r} begins {day_count(window.from_)} after the index date: what came before would not be seen"
        notes.wrong((*loc, "in"), what, name, "a window from day 1 at the latest")


def known_by_then(draft: Draft, notes: Notes, loc: Loc, rule: Mapping[str, Any], window: Window | None) -> None:
    """Of a rule that is read visit by visit a part that is read in a window of its own is known by the first day on which the rule may come about."""
    latest = max(0, window.from_) if window is not None else 0
    named = [(leaf.loc, str(leaf.written["at"])) for leaf in leaves(rule, loc) if "at" in leaf.written]
    named += [
        (leaf.loc, str(leaf.written.get("from", BASELINE))) for leaf in leaves(rule, loc) if leaf.word in DIRECTIONS
    ]
    named += [
        (part_loc, str(part.get("in")))
        for word in ("occurs", "unchanged", "free_of")
        for part_loc, part in parts_with(word, rule, loc)
        if "since" not in part
    ]
    for leaf in leaves(rule, loc):
        if leaf.written.get("from") in EXTREMES:
            what = "what was lowest or highest so far is not looked for visit by visit"
            notes.wrong((*leaf.loc, "from"), what, str(leaf.written["from"]), "baseline, or another window")
    for part_loc, name in named:
        found = draft.windows.get(name)
        if found is not None and found.to > latest:
            what = f"the window {name!r} ends on day {found.to}: on an earlier visit nobody knew yet what it holds"
            notes.wrong(part_loc, what, name, f"a window that ends by day {latest}", "read this part on the visit day")
