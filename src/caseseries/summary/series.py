"""Series for figures and for the trend before the index date: every value of every included case, on relative days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from caseseries import stats
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Measurement
from caseseries.cohort.select import Cohort
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import SameDay, Window
from caseseries.protocol.written import decimal_text, zeros
from caseseries.summary.cases import Point
from caseseries.verdict.trace import Verdict


def points(
    cohort: Cohort, chart: Chart, verdicts: Sequence[Verdict], measures: Mapping[str, MeasureFacts]
) -> tuple[Point, ...]:
    """Uncensored values up to the end of follow-up; `chosen` names the window of those the primary verdict rests on.

    `chart` holds the rows of derived measures too; of these the value of the chosen day is meant, which has no record.
    """
    of_day = {
        (verdict.case_id, quantity.slot.measure, quantity.day, quantity.value): quantity.slot.window
        for verdict in verdicts
        for quantity in verdict.quantities
        if quantity.value is not None and measures[quantity.slot.measure].parts
    }
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
            if row.record < 0:
                chosen = of_day.get((case.case_id, row.measure, row.day - case.index, row.value), "")
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


def _of_day(values: Sequence[Fraction], same_day: SameDay | None, facts: MeasureFacts) -> Fraction | None:
    """The value of one day as a window takes it; None where it takes none of different ones.

    >>> facts = MeasureFacts("pga", "number", "PGA", "cm", None, None, -1)
    >>> two = [Fraction(2), Fraction(8)]
    >>> [str(_of_day(two, rule, facts)) for rule in ("mean", "best", "worst", "highest", None)]
    ['5', '2', '8', '8', 'None']
    >>> str(_of_day([Fraction(2), Fraction(2)], None, facts))
    '2'
    """
    different = sorted(set(values))
    if len(different) == 1:
        return different[0]
    if same_day is None or same_day == "not evaluable":
        return None
    if same_day == "mean":
        return sum(different, Fraction(0)) / len(different)
    low = same_day == "lowest" or same_day == ("best" if facts.sign < 0 else "worst")
    return different[0] if low else different[-1]


def before_index(
    series: Sequence[Point],
    verdicts: Sequence[Verdict],
    measures: Mapping[str, MeasureFacts],
    names: Sequence[str],
    baseline: str,
    window: Window | None,
) -> tuple[tuple[str, str], ...]:
    """What each measure did before the index date: from the earliest value of a case to its baseline value.

    Where the values of the baseline window are averaged, an earlier value lies before all of them. Of different values on one day it is the one
    that the window takes of a day; where it takes none, a later day is looked at.

    A sum of days is of none of them alone, and has no earlier value; nor has a mean of days of which those without an entry are 0, and a count.

    A trend that already points upward before the drug, or a fall just before it, is what regression to the mean is made of.
    """
    if window is not None and window.take == "sum":
        return ()  # an earlier value is that of one day
    lines = []
    since = int(window.from_) if window is not None else 0
    same_day = window.same_day if window is not None else None
    of_case: dict[tuple[str, str], list[Point]] = {}
    for point in series:
        of_case.setdefault((point.case_id, point.measure), []).append(point)
    cases = len(verdicts)
    for name in names:
        if measures[name].blank_zero or measures[name].counted:
            continue
        changes: list[Fraction] = []
        spans: list[Fraction] = []
        for verdict in verdicts:
            slot = Slot(name, baseline)
            chosen = next((one for one in verdict.quantities if one.slot == slot and one.value is not None), None)
            if chosen is None or chosen.value is None or chosen.day is None:
                continue
            single = chosen.record is not None or (
                measures[name].parts and window is not None and window.take != "mean"
            )
            until = chosen.day if single else min(chosen.day, since)  # a mean is of the days from `since` on
            earlier = [point for point in of_case.get((verdict.case_id, name), ()) if point.day < until]
            days = groupby(earlier, key=lambda point: point.day)
            values = ((day, _of_day([point.value for point in found], same_day, measures[name])) for day, found in days)
            day, value = next(((day, value) for day, value in values if value is not None), (0, None))
            if value is not None:
                changes.append(chosen.value - value)
                spans.append(Fraction(chosen.day - day))
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
