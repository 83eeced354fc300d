"""Whether an event or diagnosis that a rule asks for is one that the protocol names: it would otherwise never occur."""

from __future__ import annotations

from caseseries.catalogue import nearest
from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.notes import Notes
from caseseries.protocol.window import Window
from caseseries.protocol.written import folded
from caseseries.protocol.yaml import Loc


def check_event(draft: Draft, notes: Notes, loc: Loc, written: object) -> None:
    """An event that nobody declares may be a slip of the pen, and would then never occur."""
    names = [str(name) for name in listed(draft.data, "safety", "events")]
    names += [
        str(one["diagnosis"])
        for side in ("include", "exclude")
        for one in map(mapping, listed(draft.data, side))
        if "diagnosis" in one
    ]
    if isinstance(written, str) and folded(written) not in {folded(name) for name in names}:
        near = nearest(written, names, 1)
        do = f"write {near[0]}" if near else "name it under `safety: events:`, so that it is looked for under this name"
        what = "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis"
        notes.wrong(loc, what, written, ", ".join(dict.fromkeys(names)), do)


def check_index_event(draft: Draft, notes: Notes, loc: Loc, counted: object, name: str, window: Window) -> None:
    """The event that made a patient a case lies on day 0, and is one of those that are counted in a window with that day."""
    index = mapping(draft.data, "case", "index_date").get("first_event")
    if isinstance(index, str) and folded(index) == folded(str(counted)) and window.from_ <= 0 <= window.to:
        what = f"the index event itself lies in the window {name!r}, and every case has it"
        notes.warn(loc, what, str(counted), do="begin the window on day 1, or end it on day -1, if it is not to count")
