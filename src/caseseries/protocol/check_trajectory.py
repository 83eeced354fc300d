"""Whether a trajectory can be meant: a number, windows that say what counts of one day, and one before the index date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.check_windows import day_count
from caseseries.protocol.draft import Draft
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_trajectory(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    """One `{trajectory: MEASURE, in: WINDOW, pre_index: WINDOW}` as written; that its names are declared is said elsewhere."""
    facts = draft.facts.get(str(outcome["trajectory"]))
    if facts is not None and (facts.kind != "number" or facts.counted):
        numbers = (
            ", ".join(name for name, one in draft.facts.items() if one.kind == "number" and not one.counted)
            or "none is declared"
        )
        kind = "count of events" if facts.counted else "daily dose" if facts.kind == "dose" else facts.kind
        what = f"a line over time needs numbers recorded at visits, and this is a {kind}"
        notes.wrong((*loc, "trajectory"), what, facts.name, numbers)
    for field in ("in", "pre_index"):
        window = draft.windows.get(str(outcome.get(field)))
        if window is not None and window.same_day is None:
            what = f"two different values of one day need a rule: the window {outcome[field]!r} has no `same_day`"
            notes.wrong(
                (*loc, field),
                what,
                str(outcome[field]),
                do="write `same_day: mean`, `not evaluable`, ... in the window",
            )
    before, after = draft.windows.get(str(outcome.get("pre_index"))), draft.windows.get(str(outcome.get("in")))
    if before is not None and before.to > 0:
        what = "this window goes on after the index date"
        notes.wrong((*loc, "pre_index"), what, day_count(before.to), "a window that ends by day 0")
    if before is not None and after is not None and before.to >= after.from_:
        what = "one value may count before the index date and after it"
        notes.wrong(
            (*loc, "pre_index"), what, str(outcome["pre_index"]), do="let one window end before the other begins"
        )
