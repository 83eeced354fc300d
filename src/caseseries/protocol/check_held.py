"""Whether a rule that is read on visit days can be: its window says what two values of one day are, its doses what a day without a course is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.check_event import check_event
from caseseries.protocol.check_windows import day_count, days_of
from caseseries.protocol.counted import Counted
from caseseries.protocol.draft import Draft, leaves, parts_with
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.notes import Notes
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_START
from caseseries.protocol.yaml import Loc


def check_held(draft: Draft, notes: Notes, loc: Loc, held: Mapping[str, Any], word: str = "held", at: Loc = ()) -> None:
    """One `{held: RULE, in: WINDOW, ...}` as written, or with `word` another rule that is read so (`at` is its place where that is elsewhere). A
    choice that the run would stop for is made here: the days are many.
    """
    place = at or (*loc, word)
    name = str(held.get("in"))
    window = draft.windows.get(name)
    if "in" in held and name not in draft.windows:
        notes.unknown((*loc, "in"), "window", name, draft.windows)
    rule = held.get(word)
    inside = [(*inner, "held") for inner, _ in parts_with("held", rule, place)]
    inside += [
        (*inner, "free_of")
        for inner, part in parts_with("free_of", rule, place)
        if not isinstance(part["free_of"], str)
    ]
    for inner in inside:
        what, do = "a rule that is held cannot hold another one that is", "say both side by side, under all"
        if word not in ("held", "free_of"):
            what = "a rule that is held has one answer for all days, so that there is no day on which it comes about"
            do = "ask for the state of one visit, and how long it must last by `lasting` and `gap` of the outcome"
        if word == "spells":
            what, do = (
                "a rule that is held has one answer for all days, and is no state of a visit",
                "ask for the state of one visit",
            )
        notes.wrong(inner, what, do=do)
    daily = [leaf for leaf in leaves(rule, place) if "at" not in leaf.written]
    if not daily and not any("since" in part for _, part in parts_with("occurs", rule, place)):
        what = "nothing in this rule is read on the visit days: every part has its own `at:`"
        notes.wrong(place, what, do="leave `at:` out where the visit day is meant")
    for leaf in daily:
        if isinstance(draft.measures.get(leaf.measure), Counted):
            what = f"{leaf.measure} counts events of a window, and is no value of a visit day"
            notes.wrong(leaf.measure_loc, what, leaf.measure, do="give the comparison a window of its own (`at:`)")
    measures = {leaf.measure: draft.measures.get(leaf.measure) for leaf in daily}
    doses = {key: one for key, one in measures.items() if isinstance(one, DailyDose) and one.source == "courses"}
    if window is not None:
        _same_day(notes, loc, name, window, [key for key in measures if key not in doses])
        _lengths(notes, loc, held, name, window)
    for key, dose in doses.items():
        if dose.outside_courses is None:
            what = f"on a day without a course of {key} nobody knows whether none was taken"
            notes.wrong(place, what, do=f"write `outside_courses: zero` or `not evaluable` in the measure {key}")
    if (
        daily
        and doses
        and len(doses) == len(measures)
        and "visit" in str(held.get("on"))
        and str(held.get("on")).split()[0].isdigit()
    ):
        what = "a dose from courses is read on every day, so visits are not counted"
        notes.wrong((*loc, "on"), what, str(held["on"]), "on: every visit, lasting: 28 days")
    neither = _without_direction(rule)
    if doses and len(doses) < len(measures) and neither:
        what = f"on days between visits a dose is read alone, of which `{neither}` says nothing"
        notes.wrong(place, what, allowed="all, any, not, at_least, at_most")


def check_held_once(draft: Draft, notes: Notes, loc: Loc, asked: Mapping[str, Any], word: str, at: Loc = ()) -> None:
    """Another rule that is read on the visits of a window; what is wrong with the window is said once."""
    told = Notes(notes.locate, notes.missing, notes.made)
    check_held(draft, told, loc, asked, word, at)
    notes.errors += [one for one in told.errors if one not in notes.errors]


def check_free_of(draft: Draft, notes: Notes, loc: Loc, part: Mapping[str, Any]) -> None:
    """One `{free_of: EVENT or RULE, for: 56 days, ...}`: a known event, or a rule that can be read on visits, and a window long enough."""
    name, event = str(part.get("in")), part.get("free_of")
    window, days = draft.windows.get(name), days_of(part.get("for"))
    if isinstance(event, str):
        if "in" in part and name not in draft.windows:
            notes.unknown((*loc, "in"), "window", name, draft.windows)
        check_event(draft, notes, (*loc, "free_of"), event)
        if window is not None and window.from_ <= OPEN_START:
            what = f"days without {event} are looked for in days that are told, and {name!r} has no first day: before birth there are enough"
            notes.wrong((*loc, "in"), what, name, "a window with a first day")
    else:
        check_held(draft, notes, loc, part, "free_of")
    # from a visit to another lie as many days as between the ends of the window; of days there is one more
    length = None if window is None else window.to - window.from_ + isinstance(event, str)
    if days is not None and length is not None and days > length:
        what = f"this is longer than the window {name!r}"
        notes.wrong((*loc, "for"), what, str(part.get("for")), f"at most {day_count(length)}")


def _same_day(notes: Notes, loc: Loc, name: str, window: Window, at_visits: list[str]) -> None:
    if at_visits and window.same_day is None:
        what = f"two different values of one visit day need a rule: the window {name!r} has no `same_day`"
        notes.wrong((*loc, "in"), what, name, do="write `same_day: worst`, `not evaluable`, ... in the window")


def _lengths(notes: Notes, loc: Loc, held: Mapping[str, Any], name: str, window: Window) -> None:
    """What can never hold within the window."""
    days = window.to - window.from_
    written = {key: days_of(held.get(key)) for key in ("lasting", "apart")}
    lasting, apart = written["lasting"], written["apart"]
    if lasting is not None and lasting > days:
        notes.wrong(
            (*loc, "lasting"),
            f"this is longer than the window {name!r}",
            str(held["lasting"]),
            f"at most {day_count(days)}",
        )
    times = str(held.get("on", "")).split(" ")[0]
    if apart is not None and times.isdigit() and apart * (int(times) - 1) > days:
        what = f"so many visits so far apart do not fit into the window {name!r}"
        notes.wrong((*loc, "apart"), what, str(held["apart"]), f"at most {day_count(days)} from the first to the last")


def _without_direction(rule: Any) -> str:
    """A word of the rule under which neither answer of a part fits better; empty where there is none."""
    for word in ("exactly", "when"):
        if next(parts_with(word, rule, ()), None) is not None:
            return word
    return ""
