"""Series for figures and for the trend before the index date: every value of every included case, on relative days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Measurement
from caseseries.cohort.select import Cohort
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import Slot
from caseseries.protocol.written import decimal_text, zeros
from caseseries.summary.cases import Point
from caseseries.verdict.trace import Verdict


def points(cohort: Cohort, chart: Chart, verdicts: Sequence[Verdict]) -> tuple[Point, ...]:
    """Uncensored values up to the end of follow-up; `chosen` names the window of those the primary verdict rests on."""
    cited = {
        (verdict.case_id, quantity.record): quantity.slot.window
        for verdict in verdicts
        for quantity in verdict.quantities
        if quantity.record is not None
    }
    rows: dict[str, list[Measurement]] = {}
    for measurement in chart.measurements:
        if measurement.value is not None and not measurement.censor:
            rows.setdefault(measurement.patient, []).append(measurement)
    found = []
    for case in cohort.included:
        assert case.index is not None
        for row in rows.get(case.patient, []):
            assert row.value is not None
            chosen = cited.get((case.case_id, row.record), "")
            found.append(Point(case.case_id, row.measure, row.day - case.index, row.value, chosen))
    return tuple(sorted(found, key=lambda point: (natural(point.case_id), point.measure, point.day, point.value)))


def at_visits(cohort: Cohort, chart: Chart, measure: str) -> Mapping[str, tuple[tuple[int, Fraction | None], ...]]:
    """The values of a dose that is written at visits, by case and relative day; None on a day of several, and of a limit.

    A date that is not known to the day is left out.
    """
    rows: dict[str, dict[int, set[Fraction | None]]] = {}
    for one in chart.measurements:
        if one.measure == measure and one.value is not None and one.low == one.high:
            rows.setdefault(one.patient, {}).setdefault(one.day, set()).add(None if one.censor else one.value)
    return {
        case.case_id: tuple(
            (day - case.index, next(iter(values)) if len(values) == 1 else None)
            for day, values in sorted(rows.get(case.patient, {}).items())
        )
        for case in cohort.included
        if case.index is not None
    }


def before_index(
    series: Sequence[Point],
    verdicts: Sequence[Verdict],
    measures: Mapping[str, MeasureFacts],
    names: Sequence[str],
    baseline: str,
    since: int,
) -> tuple[tuple[str, str], ...]:
    """What each measure did before the index date: from the earliest value of a case to its baseline value.

    `since` is the first day of the baseline window: where its values are averaged, an earlier value lies before all of them.

    A trend that already points upward before the drug, or a fall just before it, is what regression to the mean is made of.
    """
    lines = []
    of_case: dict[tuple[str, str], list[Point]] = {}
    for point in series:
        of_case.setdefault((point.case_id, point.measure), []).append(point)
    cases = len(verdicts)
    for name in names:
        changes: list[Fraction] = []
        spans: list[Fraction] = []
        for verdict in verdicts:
            slot = Slot(name, baseline)
            chosen = next((one for one in verdict.quantities if one.slot == slot and one.value is not None), None)
            if chosen is None or chosen.value is None or chosen.day is None:
                continue
            until = (
                chosen.day if chosen.record is not None else min(chosen.day, since)
            )  # a mean is of the days from `since` on
            earlier = [point for point in of_case.get((verdict.case_id, name), ()) if point.day < until]
            if earlier:
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
