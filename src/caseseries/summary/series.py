"""Series for figures and for the trend before the index date: every value of every included case, on relative days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart
from caseseries.cohort.select import Cohort
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.words import decimal_text, zeros
from caseseries.summary.model import Point
from caseseries.verdict.trace import Verdict


def points(cohort: Cohort, chart: Chart, verdicts: Sequence[Verdict]) -> tuple[Point, ...]:
    """Uncensored values up to the end of follow-up; `chosen` names the window of those the primary verdict rests on."""
    cited = {
        quantity.record: quantity.slot.window
        for verdict in verdicts
        for quantity in verdict.quantities
        if quantity.record is not None
    }
    rows: dict[str, list[Point]] = {}
    for measurement in chart.measurements:
        if measurement.value is not None and not measurement.censor:
            row = Point("", measurement.measure, measurement.day, measurement.value, cited.get(measurement.record, ""))
            rows.setdefault(measurement.patient, []).append(row)
    found = []
    for case in cohort.included:
        assert case.index is not None
        for row in rows.get(case.patient, []):
            found.append(Point(case.case_id, row.measure, row.day - case.index, row.value, row.chosen))
    return tuple(sorted(found, key=lambda point: (natural(point.case_id), point.measure, point.day, point.value)))


def before_index(
    series: Sequence[Point], measures: Mapping[str, MeasureFacts], names: Sequence[str], baseline: str
) -> tuple[tuple[str, str], ...]:
    """What each measure did before the index date: from the earliest value of a case to its baseline value.

    A trend that already points upward before the drug, or a fall just before it, is what regression to the mean is made of.
    """
    lines = []
    of_case: dict[str, dict[str, list[Point]]] = {}
    for point in series:
        of_case.setdefault(point.case_id, {}).setdefault(point.measure, []).append(point)
    cases = len(of_case)
    for name in names:
        changes: list[Fraction] = []
        spans: list[Fraction] = []
        for points_of in of_case.values():
            own = points_of.get(name, [])
            chosen = next((point for point in own if point.chosen == baseline), None)
            earlier = [point for point in own if chosen is not None and point.day < chosen.day]
            if chosen is not None and earlier:
                changes.append(chosen.value - earlier[0].value)
                spans.append(Fraction(chosen.day - earlier[0].day))
        mean, span = stats.describe(changes).mean.value, stats.describe(spans).median.value
        if isinstance(mean, Fraction) and isinstance(span, Fraction):
            sign = "+" if mean > 0 else ""
            size = decimal_text(mean, max(2, zeros(mean) + 2))
            text = (
                f"{len(changes)} of {cases} cases had an earlier value; from it to the baseline value the mean change was "
                f"{sign}{size} {measures[name].unit}, over a median of {decimal_text(span, 0)} days."
            )
        else:
            text = f"no case of {cases} had a value before its baseline value."
        lines.append((name, text))
    return tuple(lines)
