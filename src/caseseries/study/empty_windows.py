"""Windows in which no included case has a value: more often a sign of days that were read wrongly than of a study without data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from caseseries.chart.findings import Findings
from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import change_plan, plan
from caseseries.verdict.names import window_days

#: The rule of such a window among the findings.
EMPTY_WINDOW = "empty window"


def told(protocol: Protocol, chart: Chart, cases: Iterable[tuple[str, int]]) -> Chart:
    """The chart with a warning for every window in which none of the included cases (patient and index day) has a value of any measure."""
    index: dict[str, list[int]] = {}
    for patient, day in cases:
        index.setdefault(patient, []).append(day)
    if not index:
        return chart
    plans = [
        *(plan(protocol, name) for name in protocol.verdicts),
        *(change_plan(protocol, name) for name in protocol.changes),
    ]
    asked: dict[str, set[str]] = {}
    for one in plans:
        for window, measures in one.visit_measures.items():
            asked.setdefault(window, set()).update(measures)
    empty = {window for window, measures in asked.items() if measures}
    for row in chart.measurements:
        for window in [one for one in empty if row.value is not None and row.measure in asked[one]]:
            low, high = protocol.windows[window].from_, protocol.windows[window].to
            if any(row.low - day <= high and low <= row.high - day for day in index.get(row.patient, ())):
                empty.discard(window)
    findings = Findings(dict.fromkeys(chart.findings))
    for window in sorted(empty):
        what = f"no included case has a value in the window {window} ({window_days(protocol.windows[window])})"
        findings.add(
            "warning",
            EMPTY_WINDOW,
            what,
            field=window,
            allowed="values on days within the window; look at the index date and the dates",
        )
    return replace(chart, findings=findings.sorted()) if empty else chart
