"""Whether a sum of days, or a number of events, can be meant: of numbers, compared with one of as many days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caseseries.protocol.amount import SIDES
from caseseries.protocol.check_event import check_event, check_index_event
from caseseries.protocol.check_windows import days_of
from caseseries.protocol.counted import Counted
from caseseries.protocol.draft import Draft, LeafDraft, listed, mapping, parts_with, rules_by_day, rules_of
from caseseries.protocol.extremes import BEGINS, EXTREMES
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import Is
from caseseries.protocol.values_taken import comparisons, pairs, read_daily, taken
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.protocol.yaml import Loc


def check_sums(draft: Draft, notes: Notes) -> None:
    """Every window that takes a sum, with what is taken in it, and every count of events."""
    told: set[tuple[str, str]] = set()
    for name, measure, loc in taken(draft):
        window, facts = draft.windows.get(name), draft.facts.get(measure)
        if window is None or facts is None or (name, measure) in told:
            continue
        told.add((name, measure))
        if facts.counted:
            _counted(notes, draft.measures[measure], name, window, loc)
            check_index_event(draft, notes, loc, facts.counted, name, window)
            continue
        if window.take == "sum" and (why := _no_sum(facts)):
            what, do = f"in the window {name!r} days are added up, and {why}", "take it in a window of its own (`at:`)"
            notes.wrong(loc, what, measure, do=do)
        elif window.take == "sum" and (window.least or 0) < window.days and not facts.blank_zero:
            what = f"in the window {name!r} the recorded days are added up: days without an entry add nothing, and so count as days of 0"
            do = "`take: mean` for a value a day, or `recorded` of every day"
            notes.warn(("windows", name, "recorded"), what, f"{window.least} of {window.days} days are enough", do=do)
    _dates(draft, notes, told)
    for loc, measure, before, after in pairs(draft):
        _alike(draft, notes, loc, measure, before, after)
    for leaf, at in comparisons(draft):
        if not read_daily(leaf):
            _threshold(draft, notes, leaf, leaf.window(at))
    _robustness(draft, notes)
    for name, measure in draft.measures.items():
        if isinstance(measure, Counted):
            check_event(draft, notes, ("measures", name, "count"), measure.count)
    for side in ("include", "exclude"):
        for place, line in enumerate(listed(draft.data, side)):
            asked = mapping(line).get("recorded")
            if isinstance(asked, str) and isinstance(draft.measures.get(asked), Counted):
                what, do = "a count of events is no value that is on record", "name a measure that is recorded"
                notes.wrong((side, place, "recorded"), what, asked, do=do)


def _dates(draft: Draft, notes: Notes, taken_in: set[tuple[str, str]]) -> None:
    """Days that are counted are known to be different ones, and a date that stands for one day of its month may stand there for several."""
    policy = draft.data.get("partial_dates")
    if policy not in ("earliest", "middle", "latest"):
        return
    if any(_events_counted(draft)):
        what = "events are counted, two of one day as one, and all events of one month would be of one day"
        notes.wrong(("partial_dates",), what, str(policy), "bounds, refuse")
    for name, measure in sorted(taken_in):
        window, facts = draft.windows[name], draft.facts[measure]
        if window is not None and not facts.counted and (window.take == "sum" or facts.blank_zero):
            what = f"in the window {name!r} days are counted, and entries of one month would be of one day"
            notes.wrong(("partial_dates",), what, str(policy), "bounds, refuse")
            return


def _events_counted(draft: Draft) -> Iterator[bool]:
    """Whatever counts events: measures, outcomes, rules that ask for several, and windows whose length is the time between two."""
    yield from (isinstance(one, Counted) for one in draft.measures.values())
    yield from (window is not None and window.length is not None for window in draft.windows.values())
    for name, outcome in mapping(draft.data, "outcomes").items():
        written, loc = mapping(outcome), ("outcomes", name)
        yield "count" in written and "pending" not in written
        rules = [*rules_of(written, loc), *rules_by_day(written, loc), ((*loc, "among"), written.get("among"))]
        yield from (
            str(part.get("times", 1)) != "1" for at, rule in rules for _, part in parts_with("occurs", rule, at)
        )
    for side in ("include", "exclude"):
        for line in listed(draft.data, side):
            yield from (str(part.get("times", 1)) != "1" for _, part in parts_with("occurs", line, (side,)))


def _counted(notes: Notes, measure: Any, name: str, window: Window, loc: Loc) -> None:
    """A number of events is one of days that are told; so many observed days are enough for a rate alone."""
    if window.from_ <= OPEN_START or window.to >= OPEN_END:
        what = f"events are counted in days that are told, and the window {name!r} is open"
        notes.wrong(loc, what, measure.count, "a window with a first and a last day")
    if measure.per is None and window.recorded is not None:
        what = f"a number of events is known where every day was observed: in the window {name!r} fewer are asked for"
        notes.wrong(
            loc,
            what,
            measure.count,
            do="count `per: 28 days` of the observed days, or take a window without `recorded`",
        )


def _no_sum(facts: MeasureFacts) -> str:
    """Why values of some days are not added up; empty where they are."""
    if facts.kind == "dose":
        return "a daily dose is that of one day: doses are added up by an `exposure`"
    if facts.kind == "judgement":
        return "a judgement is yes or no, and has no sum"
    if facts.grades:
        return f"{facts.name} is graded, and grades have no sum"
    return f"{facts.name} is a ratio, and ratios have no sum" if facts.ratio else ""


def _alike(draft: Draft, notes: Notes, loc: Loc, measure: str, before: str, after: str) -> None:
    """A change between sums, or numbers of events, is one between as many days."""
    names = (BEGINS if before in EXTREMES else before, after)
    one, other = (draft.windows.get(name) for name in names)
    counted = draft.measures.get(measure)
    if one is not None and one.take == "sum" and not after and not isinstance(counted, Counted):
        what = f"in {names[0]!r} days are added up, and the value of a visit is that of one day"
        do = "take one value in that window, or give the comparison a window of its own (`at:`)"
        notes.wrong(loc, what, do=do, key=True)
    if one is None or other is None:
        return
    if isinstance(counted, Counted):
        if counted.per is None and one.days != other.days and before not in EXTREMES:
            what = f"events of {one.days} days are compared with those of {other.days}: {names[0]!r} and {names[1]!r}"
            notes.wrong(loc, what, do="make both windows as long, or count `per: 28 days`", key=True)
        return
    if "sum" not in (one.take, other.take):
        return
    if before in EXTREMES:
        notes.wrong((*loc, "from"), f"the {before} is a value of one day, and here days are added up", before)
    elif one.take != other.take:
        what = f"a sum of days is compared with no sum: {names[0]!r} takes {one.take}, {names[1]!r} {other.take}"
        notes.wrong(loc, what, do="take a sum in both windows, or a mean", key=True)
    elif one.days != other.days:
        what = f"a sum of {one.days} days is compared with one of {other.days}: {names[0]!r} and {names[1]!r}"
        notes.wrong(loc, what, do="make both windows as long, or take a mean", key=True)


def _threshold(draft: Draft, notes: Notes, leaf: LeafDraft, name: str) -> None:
    """The range and the limits of normal are those of one day."""
    window: Window | None = draft.windows.get(name)
    if window is None or window.take != "sum" or leaf.rule is None or isinstance(leaf.rule, Is):
        return
    threshold: Any = leaf.rule.threshold
    if threshold.basis == "range" or threshold.basis in SIDES:
        of = "the range" if threshold.basis == "range" else "a limit of normal"
        loc = leaf.threshold_loc or (*leaf.loc, leaf.bound or leaf.rule.comparison)
        notes.wrong(
            loc, f"{of} is of one day, and in {name!r} days are added up", str(threshold), "points, % of baseline"
        )


def _robustness(draft: Draft, notes: Notes) -> None:
    """A sum of other days, or something else in its place, is another quantity, and no other way of reading this one; so is a number of events."""
    for name, window in draft.windows.items():
        if window is None:
            continue
        takes = listed(mapping(draft.data, "robustness", "take"), name)
        for place, take in enumerate(takes):
            if take != window.take and "sum" in (take, window.take):
                what = "a sum and a single value or mean are different quantities, and no two ways of reading one"
                notes.wrong(("robustness", "take", name, place), what, str(take), do="declare another outcome")
        if window.take == "sum" and listed(mapping(draft.data, "robustness", "windows"), name):
            what = "a sum of other days is another quantity, and no other way of reading this one"
            notes.wrong(("robustness", "windows", name), what, do="declare another outcome")
    counted = {(name, measure) for name, measure, _ in taken(draft) if isinstance(draft.measures.get(measure), Counted)}
    for name, measure in sorted(counted):
        window = draft.windows.get(name)
        if window is not None:
            _counted_widths(draft, notes, window, name, draft.measures[measure])


def _counted_widths(draft: Draft, notes: Notes, window: Window, name: str, measure: Counted) -> None:
    """Events are counted in as many days in every width; a rate may have others, with ends."""
    for place, width in enumerate(listed(mapping(draft.data, "robustness", "windows"), name)):
        start, end = days_of(mapping(width).get("from")), days_of(mapping(width).get("to"))
        if start is None or end is None:
            continue
        loc: Loc = ("robustness", "windows", name, place)
        if start <= OPEN_START or end >= OPEN_END:
            what = f"events are counted in days that are told, and this width of {name!r} is open"
            notes.wrong(loc, what, measure.count, "a window with a first and a last day")
        elif measure.per is None and end - start + 1 != window.days:
            what = f"events of {end - start + 1} days are another number than those of {window.days}: {name!r}"
            notes.wrong(loc, what, measure.count, do="make the width as long, or count `per: 28 days`")
