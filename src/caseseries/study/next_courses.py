"""Courses that begin before the windows of the course before are over, where every course is a case: their values count for both."""

from __future__ import annotations

from dataclasses import replace

from caseseries.chart.findings import Findings
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import change_plan, plan
from caseseries.verdict.names import window_days
from caseseries.verdict.numbers import day_text, listed

#: The rule of such a course among the findings.
NEXT_COURSE = "next course"


def told(protocol: Protocol, chart: Chart, cohort: Cohort) -> Chart:
    """The chart with a warning for every included case of which a window holds values from after the next course of the patient began."""
    begun: dict[str, list[int]] = {}
    for case in cohort.cases:
        if case.index is not None:
            begun.setdefault(case.patient, []).append(case.index)
    if protocol.case.per != "course" or all(len(days) < 2 for days in begun.values()):
        return chart
    plans = [
        *(plan(protocol, name) for name in protocol.verdicts),
        *(change_plan(protocol, name) for name in protocol.changes),
    ]
    asked = {(window, one) for found in plans for window, ones in found.visit_measures.items() for one in ones}
    days: dict[tuple[str, str], list[int]] = {}
    for row in chart.measurements:
        if row.value is not None:
            days.setdefault((row.patient, row.measure), []).append(row.day)
    findings = Findings(dict.fromkeys(chart.findings))
    for case in cohort.included:
        after = min((day for day in begun[case.patient] if case.index is not None and day > case.index), default=None)
        if after is None or case.index is None:
            continue
        late = {
            name
            for name, measure in asked
            for day in days.get((case.patient, measure), ())
            if after < day <= case.index + protocol.windows[name].to
            and day >= case.index + protocol.windows[name].from_
        }
        if late:
            windows = listed([f"{name} ({window_days(protocol.windows[name])})" for name in sorted(late)])
            begins = f"the next course of the patient begins on {day_text(after - case.index)}"
            what = f"{begins}, and values after it lie in {windows}: they count for both"
            findings.add("warning", NEXT_COURSE, what, patient=case.patient, field="case", value=case.case_id)
    return replace(chart, findings=findings.sorted())
