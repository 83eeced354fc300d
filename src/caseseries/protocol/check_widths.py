"""Whether what a rule asks of a window besides values fits into each width that the robustness grid gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from caseseries.protocol.check_windows import day_count, days_of
from caseseries.protocol.draft import Draft, listed, mapping, parts_with, rules_of
from caseseries.protocol.notes import Notes
from caseseries.protocol.written import OPEN_START
from caseseries.protocol.yaml import Loc


def check_widths(draft: Draft, notes: Notes) -> None:
    """Every width: a stretch that is longer than it would be looked for in vain, so that the cell says no of everybody."""
    told: set[tuple[Loc, str]] = set()
    for name, widths in mapping(draft.data, "robustness", "windows").items():
        asked = [part for part in _asked(draft) if part.get("in") == name]
        for place, width in enumerate(listed({"": widths}, "")):
            start, end = days_of(mapping(width).get("from")), days_of(mapping(width).get("to"))
            if start is None or end is None or start > end:
                continue
            loc: Loc = ("robustness", "windows", name, place)
            for part in asked:
                open_ = start <= OPEN_START and isinstance(part.get("free_of"), str)
                what = (
                    "this width has no first day, and before birth there are days enough without any event"
                    if open_
                    else ""
                )
                what = what or _too_long(part, end - start)
                if what and (loc, what) not in told:
                    told.add((loc, what))
                    notes.wrong(
                        loc,
                        what,
                        f"{day_count(start)} to {day_count(end)}",
                        do="make the width longer, or leave it out",
                    )


def _asked(draft: Draft) -> Iterator[Mapping[str, Any]]:
    """What the rules of verdicts ask on the days of a window: rules that are held, stretches without something, drugs taken as before."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        written, loc = mapping(outcome), ("outcomes", name)
        if {"rule", "levels", "categories"} & written.keys():
            for at, rule in [*rules_of(written, loc), ((*loc, "among"), written.get("among"))]:
                for word in ("held", "free_of", "unchanged"):
                    yield from (part for _, part in parts_with(word, rule, at))


def _too_long(part: Mapping[str, Any], days: int) -> str:
    """What does not fit into so many days from the first to the last; empty where all does."""
    if "unchanged" in part:
        return (
            "in a window of one day nothing changes, and a rule asks here for a drug that is taken as before"
            if not days
            else ""
        )
    event = isinstance(part.get("free_of"), str)
    for field in ("for", "lasting"):
        length = days_of(part.get(field))
        if length is not None and length > days + event:
            return f"this width is shorter than the {day_count(length)} that a rule asks for here (`{field}`)"
    times, apart = str(part.get("on", "")).split(" ")[0], days_of(part.get("apart"))
    if apart is not None and times.isdigit() and apart * (int(times) - 1) > days:
        return f"so many visits so far apart as a rule asks for here ({times}, {day_count(apart)}) do not fit into this width"
    return ""
