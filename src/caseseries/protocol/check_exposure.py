"""Whether the doses of `safety: exposure` can be added up: a daily dose from courses, over a window with two ends."""

from __future__ import annotations

from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.notes import Notes
from caseseries.protocol.safety import amount_above
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.protocol.yaml import Loc


def check_exposure(draft: Draft, notes: Notes) -> None:
    """Every line of `safety: exposure`."""
    seen: set[tuple[object, object]] = set()
    for place, written in enumerate(listed(draft.data, "safety", "exposure")):
        loc: Loc = ("safety", "exposure", place)
        line = mapping(written)
        name, window, above = line.get("dose"), line.get("in"), line.get("above")
        doses = {one: measure for one, measure in draft.measures.items() if isinstance(measure, DailyDose)}
        if name not in doses:
            notes.unknown((*loc, "dose"), "daily dose", name, doses)
        else:
            dose = doses[str(name)]
            if dose.source == "visits":
                what = "a dose written at visits is not known on the days between them"
                notes.wrong((*loc, "dose"), what, str(name), do="name a dose with `source: courses`")
            found = amount_above(str(above)) if above else None
            if above and (found is None or found[1] not in {dose.as_, dose.as_.removeprefix("prednisone ")}):
                notes.wrong(
                    (*loc, "above"), "not an amount in the unit of the dose", str(above), f"such as 7.5 {dose.as_}"
                )
        if window not in draft.windows:
            notes.unknown((*loc, "in"), "window", window, draft.windows)
        elif (read := draft.windows[str(window)]) is not None and (read.from_ <= OPEN_START or read.to >= OPEN_END):
            what = "a window over which a dose is added up has a first and a last day"
            notes.wrong((*loc, "in"), what, str(window), do="give it both, such as `from: 0 days, to: 6 months`")
        if (name, window) in seen:
            notes.wrong(loc, "this dose is added up over this window already", str(name), do="leave one of them out")
        seen.add((name, window))
