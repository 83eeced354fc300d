"""The times of a small chart, as text: `event 90 after 60`, `lost 31`, or why there is none; `?` where it was not known on some visit before.

Of a time that counts from a rule `from 30` says since when, with `?` where it may have begun earlier.
"""

from __future__ import annotations

from tests.spec.small import chart
from tests.spec.stages import times_by_stages

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import time_plan
from caseseries.reference.oracle import case_time, cases
from caseseries.verdict.time_to import CaseTime


def told(one: CaseTime) -> str:
    """One time in short."""
    begun = "" if not one.start else f" from {one.start}"
    begun += " ?" if one.unclear else ""
    if one.ending is None:
        assert one.day is None and one.since is None and not one.unread
        return f"{one.because}{begun}"
    assert one.because is None
    since = "" if one.since is None else f" after {one.since}"
    return f"{one.ending} {one.day}{since}{' ?' if one.unread else ''}{begun}"


def times(study: Protocol, rows: str, implementation: str) -> dict[str, dict[str, str]]:
    """By case and outcome, what an implementation says; of another reading, or cell of the grid, behind the outcome by what is varied."""
    table = chart(rows, study)
    found: dict[tuple[str, str, int], CaseTime] = {}
    plans = {name: time_plan(study, name) for name in study.times}
    if implementation == "reference":
        for name, plan in plans.items():
            for one in cases(study, table):
                for spec in plan.specs if one.included else ():
                    found[one.case_id, name, spec.number] = case_time(study, table, one, plan, spec)
    else:
        found = times_by_stages(study, table, implementation)
    said: dict[str, dict[str, str]] = {}
    for (case_id, name, number), one in found.items():
        spec = plans[name].specs[number]
        cell = spec.reading if spec.role == "reading" else ", ".join(spec.varied)
        said.setdefault(case_id, {})[f"{name}: {cell}" if cell else name] = told(one)
    return said
