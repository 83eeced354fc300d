"""Whether a window whose last day differs from case to case can be told, and stands only where a rule asks for something besides values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from caseseries.protocol.check_event import check_event, check_index_event
from caseseries.protocol.check_windows import BASELINE, day_count
from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.notes import Notes
from caseseries.protocol.window import Window
from caseseries.protocol.window_end import PastLength
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.protocol.yaml import Loc

#: What a rule may ask for in such a window.
_ASKED = ("occurs", "held", "free_of")
#: Where the name of a window stands.
_FIELDS = ("at", "from", "in", "also_at", "pre_index")


def check_window_end(draft: Draft, notes: Notes) -> None:
    """Every window with `until` or `length`: its event, the earlier window, its days, and each place that names it."""
    moving = {name: window for name, window in draft.windows.items() if window is not None and window.moves}
    for name, window in moving.items():
        loc: Loc = ("windows", name)
        if name == BASELINE:
            what = "what was measured before is taken from `baseline` also where nothing names it, so that it has the same days in every case"
            notes.wrong(
                (*loc, "until" if window.until is not None else "length"), what, do="give this window another name"
            )
        if window.from_ <= OPEN_START:
            what = "its last day is counted from its first, and it has none"
            notes.wrong((*loc, "from"), what, do="write the first day")
        if window.until is not None:
            check_event(draft, notes, (*loc, "until"), window.until)
            check_index_event(draft, notes, (*loc, "until"), window.until, name, window)
        if window.length is not None:
            _length(draft, notes, (*loc, "length"), window, window.length)
    if not moving:
        return
    for place, named in _named(draft.data, ()):
        if named in moving and not (place[0] == "windows" and place[-2] == "length"):
            what = f"the window {named!r} ends on another day in each case, and is for `occurs`, `held` and `free_of` in the rule of an outcome"
            notes.wrong(place, what, named, do="name a window whose days are the same in every case")


def _length(draft: Draft, notes: Notes, loc: Loc, window: Window, length: PastLength) -> None:
    check_event(draft, notes, (*loc, "longest_between"), length.longest_between)
    before = draft.windows.get(length.in_)
    if length.in_ not in draft.windows:
        notes.unknown((*loc, "in"), "window", length.in_, draft.windows)
    elif before is not None and before.moves:
        notes.wrong((*loc, "in"), "that window moves itself", length.in_, do="name a window with days of its own")
    elif before is not None and before.to >= window.from_:
        what = "the past is over before the window begins, and this one shares days with it or comes after it"
        notes.wrong((*loc, "in"), what, length.in_, "a window that ends earlier")
    if window.to >= OPEN_END:
        what = "nobody knows how long it may be"
        notes.wrong((*loc[:-1], "to"), what, do="write the last day that it may have, such as 3 years")
    elif length.at_least is not None and length.at_least > window.days:
        what = "this is longer than the window may be"
        notes.wrong((*loc, "at_least"), what, allowed=f"at most {day_count(window.days)}")


def _named(written: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Every place where a window may be named and that asks for values, with the name."""
    if isinstance(written, Mapping):
        asked = loc[:1] == ("outcomes",) and loc[-1] != "after" and any(word in written for word in _ASKED)
        for key, value in written.items():
            if key in _FIELDS and not (asked and key == "in"):
                names = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
                yield from (((*loc, key), name) for name in names if isinstance(name, str))
            yield from _named(value, (*loc, str(key)))
        widths = mapping(written.get("windows")) if loc == ("robustness",) else {}
        takes = mapping(written.get("take")) if loc == ("robustness",) else {}
        yield from (((*loc, "windows", name), name) for name in widths)
        yield from (((*loc, "take", name), name) for name in takes)
    elif isinstance(written, Sequence) and not isinstance(written, str):
        for place, part in enumerate(listed({"": written}, "")):
            yield from _named(part, (*loc, place))
