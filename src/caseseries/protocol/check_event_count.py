"""Whether events of a window can be counted: they are named, and the windows have ends and share no day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.check_event import check_event, check_index_event
from caseseries.protocol.draft import Draft
from caseseries.protocol.notes import Notes
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.protocol.yaml import Loc


def check_event_count(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    """One `{count: EVENT, at: WINDOW, from: WINDOW}` as written."""
    check_event(draft, notes, (*loc, "count"), outcome.get("count"))
    windows: dict[str, Window] = {}
    for field in ("from", "at"):
        name = outcome.get(field)
        if not isinstance(name, str):
            continue
        window = draft.windows.get(name)
        if name not in draft.windows and field == "from":
            notes.unknown((*loc, field), "window", name, draft.windows)
        if window is None:
            continue
        if window.from_ <= OPEN_START or window.to >= OPEN_END:
            what = f"events are counted in days that are told, and the window {name!r} is open"
            notes.wrong((*loc, field), what, name, "a window with a first and a last day")
        if window.recorded is not None:
            what = f"every observed day of {name!r} counts here: no number of them is asked for"
            notes.wrong((*loc, field), what, name, do="take a window without `recorded`")
        check_index_event(draft, notes, (*loc, field), outcome.get("count"), name, window)
        windows[field] = window
    if len(windows) == 2 and not any(one.overlap for one in windows.values()):
        one, other = windows["from"], windows["at"]
        if one.from_ <= other.to and other.from_ <= one.to:
            what = f"the windows {outcome['from']!r} and {outcome['at']!r} overlap: one event may count in both"
            notes.wrong((*loc, "from"), what, do="move one of them apart, or write `overlap: yes` in it", key=True)
