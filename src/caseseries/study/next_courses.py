"""Courses that begin before the windows of the course before are over, where every course is a case: their values count for both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from caseseries.chart.findings import Findings
from caseseries.chart.store import Numbers
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
from caseseries.study.empty_windows import NEXT_COURSE, asked_measures
from caseseries.summary.from_reference import with_derived
from caseseries.verdict.names import window_days
from caseseries.verdict.numbers import day_text, listed


def told(protocol: Protocol, chart: Chart, cohort: Cohort) -> Chart:
    """The chart with a warning for every included case of which a window holds values from after the next course of the patient began."""
    begun: dict[str, list[int]] = {}
    for case in cohort.cases:
        if case.index is not None:
            begun.setdefault(case.patient, []).append(case.index)
    if protocol.case.per != "course" or all(len(days) < 2 for days in begun.values()):
        return chart
    asked = asked_measures(protocol)
    days: dict[tuple[str, str], list[int]] = {}
    for row in with_derived(protocol, chart).measurements:
        if row.value is not None:
            days.setdefault((row.patient, row.measure), []).append(row.day)
    findings = Findings(dict.fromkeys(chart.findings))
    for case in cohort.included:
        after = min((day for day in begun[case.patient] if case.index is not None and day > case.index), default=None)
        if after is None or case.index is None:
            continue
        late = {
            window
            for window, measures in asked.items()
            for measure in measures
            for day in days.get((case.patient, measure), ())
            if after < day <= case.index + protocol.windows[window].to
            and day >= case.index + protocol.windows[window].from_
        }
        if late:
            why = f"the next course of the patient begins on {day_text(after - case.index)}"
            findings.add(
                "warning",
                NEXT_COURSE,
                _words(protocol, late),
                patient=case.patient,
                field="case",
                value=case.case_id,
                because=why,
            )
    return replace(chart, findings=findings.sorted())


def count_late(engine: Engine, protocol: Protocol, numbers: Numbers) -> Tally:
    """What :func:`told` warns of, counted over the cases of ``included_case``; reads ``index_case`` and ``measurement``."""
    tally, asked = Tally(), {window: names for window, names in sorted(asked_measures(protocol).items()) if names}
    if protocol.case.per != "course" or not asked:
        return tally
    flags = []
    for window, names in asked.items():
        measures = ", ".join(str(numbers.measures[name]) for name in sorted(names) if name in numbers.measures) or "0"
        days = protocol.windows[window]
        inside = f"m.day - k.index_day BETWEEN {int(days.from_)} AND {int(days.to)}"
        flags.append(f"max(CASE WHEN m.measure IN ({measures}) AND {inside} THEN 1 ELSE 0 END)")
    columns = [f"late_{place}" for place in range(len(flags))]
    late = ", ".join(f"{flag} AS {column}" for flag, column in zip(flags, columns, strict=True))
    every = ", ".join(columns)
    query = (
        f"SELECT {every}, count(*) FROM (SELECT k.case_no, {late} FROM included_case AS k JOIN index_case AS i ON i.case_no = k.case_no "
        "JOIN measurement AS m ON m.patient = k.patient WHERE m.value IS NOT NULL AND m.day > i.next_low GROUP BY k.case_no) AS each_case "
        f"GROUP BY {every}"
    )
    for *held, n in engine.rows(query):
        windows = {window for window, flag in zip(asked, held, strict=True) if flag}
        if windows:
            tally.add(("finding", "warning", NEXT_COURSE, _words(protocol, windows)), int(n))
    return tally


def _words(protocol: Protocol, late: Collection[str]) -> str:
    windows = listed([f"{name} ({window_days(protocol.windows[name])})" for name in sorted(late)])
    return f"values from after the next course of the patient began lie in {windows}: they count for both"
