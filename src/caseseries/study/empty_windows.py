"""Windows in which no included case has a value: more often a sign of days that were read wrongly than of a study without data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from caseseries.chart.findings import Findings
from caseseries.chart.store import Numbers
from caseseries.chart.tables import Chart, Finding
from caseseries.engine.connection import Engine
from caseseries.protocol.derived import CHARTED_TOTAL
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import looked_for, plan, valued_plan
from caseseries.protocol.spell_plan import daily_plans
from caseseries.stats.tally import Tally
from caseseries.summary.from_reference import with_derived
from caseseries.verdict.names import window_days

#: The rule of such a window among the findings, and that of a course that begins before the windows of the one before are over.
EMPTY_WINDOW, NEXT_COURSE = "empty window", "next course"
#: The section of windows that are not empty, while counts are made.
_FILLED = "window with values"


def told(protocol: Protocol, chart: Chart, cases: Iterable[tuple[str, int]]) -> Chart:
    """The chart with a warning for every window in which none of the included cases (patient and index day) has a value of any measure."""
    held = filled(protocol, chart, cases)
    empty = {window for window, n in held.items() if not n}
    findings = Findings(dict.fromkeys(chart.findings))
    for window in sorted(empty):
        findings.add(
            "warning",
            EMPTY_WINDOW,
            _words(protocol, window),
            field=window,
            allowed="values on days within the window; look at the index date and the dates",
        )
    return replace(chart, findings=findings.sorted()) if empty else chart


def filled(protocol: Protocol, chart: Chart, cases: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many of the included cases have a value of some measure in each window that an outcome looks at; none where nobody is included."""
    index: dict[str, list[int]] = {}
    for patient, day in cases:
        index.setdefault(patient, []).append(day)
    asked = asked_measures(protocol) if index else {}
    found: dict[str, set[tuple[str, int]]] = {window: set() for window in asked}
    for row in with_derived(protocol, chart).measurements:
        for window in [one for one in asked if row.value is not None and row.measure in asked[one]]:
            low, high = protocol.windows[window].from_, protocol.windows[window].to
            days = [day for day in index.get(row.patient, ()) if row.low - day <= high and low <= row.high - day]
            found[window].update((row.patient, day) for day in days)
    return {window: len(found[window]) for window in protocol.windows if window in found}


def count_filled(engine: Engine, protocol: Protocol, numbers: Numbers) -> Tally:
    """The windows in which some case of ``included_case`` has a value; reads ``measurement``. Made into findings by :func:`told_counts`."""
    tally = Tally()
    for window, names in sorted(asked_measures(protocol).items()):
        measures = ", ".join(str(numbers.measures[name]) for name in sorted(names) if name in numbers.measures) or "0"
        days = protocol.windows[window]
        filled = engine.rows(
            "SELECT 1 FROM measurement AS m JOIN included_case AS k ON k.patient = m.patient "
            f"WHERE m.measure IN ({measures}) AND m.value IS NOT NULL "
            f"AND m.high - k.index_day >= {int(days.from_)} AND m.low - k.index_day <= {int(days.to)} LIMIT 1"
        )
        tally.add((_FILLED, window), len(filled))
    return tally


def told_counts(protocol: Protocol, tally: Tally) -> Tally:
    """The counts of all ranges, with a warning for every window in which no included case has a value of any measure."""
    filled = {str(window) for (window,), _ in tally.section(_FILLED)}
    told = tally.without(_FILLED)
    included = tally.counts.get(("cases", "", ""), 0)
    if included:
        for window in sorted(set(asked_measures(protocol)) - filled):
            told.add(("finding", "warning", EMPTY_WINDOW, _words(protocol, window)))
    return told


def told_again(chart: Chart, tally: Tally) -> Chart:
    """The chart with the warnings that counting its cases put into the counts of it: windows that are empty, courses that begin too
    early, totals that differ from their items."""
    known = {(one.rule, one.message) for one in chart.findings}
    found = [
        Finding(
            "warning",
            str(rule),
            str(what),
            value=f"{n} {'values' if rule == CHARTED_TOTAL else 'cases'}" if n > 1 else "",
        )
        for (severity, rule, what), n in tally.section("finding")
        if severity == "warning" and rule in {EMPTY_WINDOW, NEXT_COURSE, CHARTED_TOTAL} and (rule, what) not in known
    ]
    return replace(chart, findings=(*chart.findings, *found))


def asked_measures(protocol: Protocol) -> dict[str, set[str]]:
    """The measures that outcomes look at in each window."""
    plans = [
        *(plan(protocol, name) for name in protocol.verdicts),
        *(valued_plan(protocol, name) for name in protocol.valued),
        *daily_plans(protocol),
    ]
    asked: dict[str, set[str]] = {}
    for one in plans:
        for window, measures in looked_for(protocol, one).items():
            asked.setdefault(window, set()).update(measures)
    return asked


def _words(protocol: Protocol, window: str) -> str:
    return f"no included case has a value in the window {window} ({window_days(protocol.windows[window])})"
