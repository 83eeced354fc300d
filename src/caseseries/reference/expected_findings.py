"""Warnings that rest on the cases found, counted case by case: windows in which nobody has a value, and courses that begin within the windows of
the one before. How many of each there are is counted, not what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import looked_for, plan, valued_plan
from caseseries.protocol.spell_plan import daily_plans
from caseseries.reference.case import CaseAnswer, next_course
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Tally

#: The rules of these findings, counted under one key each.
EMPTY_WINDOW, NEXT_COURSE = ("finding", "warning", "empty window"), ("finding", "warning", "next course")


def count_findings(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count the windows that an outcome looks at and that hold a value of nobody; and the cases of which one holds a value from after the
    patient's next course began."""
    asked = _asked(study.protocol)
    if included:
        counts.add(EMPTY_WINDOW, sum(not any(_filled(study, one, *of) for one in included) for of in asked.items()))
    if study.protocol.case.per == "course":
        counts.add(NEXT_COURSE, sum(any(_late(study, one, *of) for of in asked.items()) for one in included))


def _asked(protocol: Protocol) -> Mapping[str, set[str]]:
    """By window, the measures that some outcome looks for at a visit there."""
    plans = [plan(protocol, name) for name in protocol.verdicts]
    plans += [valued_plan(protocol, name) for name in protocol.valued]
    plans += daily_plans(protocol)
    found: dict[str, set[str]] = {}
    for one in plans:
        for window, measures in looked_for(protocol, one).items():
            found[window] = found.get(window, set()) | measures
    return found


def _filled(study: Indexed, case: CaseAnswer, window: str, measures: set[str]) -> bool:
    """Whether a value of the case may lie in the window."""
    assert case.index is not None
    first, last = (
        case.index + days for days in (study.protocol.windows[window].from_, study.protocol.windows[window].to)
    )
    rows = study.patients[case.patient].measurements
    return any(
        row.value is not None and row.low <= last and row.high >= first for one in measures for row in rows.get(one, ())
    )


def _late(study: Indexed, case: CaseAnswer, window: str, measures: set[str]) -> bool:
    """Whether a value of the window stands after the day on which the patient's next course begins."""
    assert case.index is not None
    first, last = (
        case.index + days for days in (study.protocol.windows[window].from_, study.protocol.windows[window].to)
    )
    rows = study.patients[case.patient].measurements
    begins = next_course(study, case)
    return begins is not None and any(
        row.value is not None and first <= row.day <= last and row.day > begins
        for one in measures
        for row in rows.get(one, ())
    )
