"""Whether the daily dose was raised above that of baseline by the assessment: yes, no, or not known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.chart.tables import Measurement
from caseseries.protocol.measure import DailyDose, DoseUnit
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.window import SameDay
from caseseries.reference.case import CaseAnswer
from caseseries.reference.day_value import Between, between
from caseseries.reference.days import both
from caseseries.reference.dose import BETWEEN, NO_DOSE, NO_EQUIVALENCE, NO_WEIGHT, UNREAD, UNSUPPLIED, UNSURE, dose_on
from caseseries.reference.follow_up import index_period
from caseseries.reference.look_back import supply_days
from caseseries.reference.record import Indexed
from caseseries.reference.visit import window_values
from caseseries.verdict.trace import Truth

#: Why a dose is absent that depends on days or rows nobody knows.
NOT_CERTAIN = (NO_DOSE, NO_EQUIVALENCE, NO_WEIGHT, UNSURE, UNREAD, UNSUPPLIED)


def raised(
    study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec, assessed: int | None, horizon: int
) -> Truth:
    """Whether the daily dose was above that of the baseline day on any later day up to the assessment, or without one up to the horizon.

    In a database only days of the observed period that holds the index date are looked at. Without a baseline day (or a dose on it) no dose is
    known to be higher, and any dose may be, from the first day of the baseline window on.
    """
    assert case.index is not None
    named = compared_dose(study)
    if named is None:
        return False
    if not any(slot.window == "baseline" for slot in plan.slots):
        return False  # an event or a held rule that is asked for there rests on no value of one day
    baseline = window_values(study, case, plan, spec, "baseline").day
    since, until = case.index + spec.windows["baseline"].from_ if baseline is None else baseline, horizon
    observed = index_period(study.patients[case.patient], case.index)
    if observed is not None:  # of days before and after nothing is on record
        assert case.seen_end is not None
        since, until = since if baseline is not None else max(since, observed[0] - 1), min(until, case.seen_end)
    windows = spec.windows["baseline"], spec.windows[plan.at]
    key = ("raised", case.patient, case.index, named, baseline, since, assessed, until, windows)
    if key not in study.memo:
        measure = study.protocol.doses[named]
        if measure.source == "visits":
            seen_from = case.index + windows[1].from_
            rules = windows[0].same_day, windows[1].same_day
            study.memo[key] = _at_visits(study, case.patient, named, rules, baseline, since, assessed, until, seen_from)
        else:
            study.memo[key] = _in_courses(study, case.patient, case.index, measure, baseline, since, until)
    found: Truth = study.memo[key]
    return found


def compared_dose(study: Indexed) -> str | None:
    """The dose of which it is asked whether it was raised."""
    named = study.protocol.intercurrent.raised.dose
    return next(iter(study.protocol.doses)) if named is None and len(study.protocol.doses) == 1 else named


def _in_courses(
    study: Indexed, patient: str, index: int, measure: DailyDose, baseline: int | None, since: int, until: int
) -> Truth:
    unit: DoseUnit = "prednisone mg/day" if measure.equivalents else "mg/day"
    lowest: Fraction | None = None
    if baseline is not None:
        before = dose_on(study, patient, index, measure, unit, baseline)
        if before.absent in NOT_CERTAIN:
            return None if until > baseline else False
        lowest = Fraction(0) if before.absent == BETWEEN else before.value  # a start after no course is a rise
    later = [dose_on(study, patient, index, measure, unit, day) for day in _telling_days(study, patient, since, until)]
    if lowest is not None and any(dose.value is not None and dose.value > lowest for dose in later):
        return True
    if any(dose.absent in NOT_CERTAIN for dose in later):
        return None
    return None if lowest is None and any(dose.value for dose in later) else False


def _telling_days(study: Indexed, patient: str, since: int, until: int) -> list[int]:
    """The days after `since` and up to `until` that can differ from their neighbours: windows may be open at either end."""
    rows = study.patients[patient]
    marks = [day for one in rows.courses for day in (one.ends.first_low, one.ends.first_high)]
    marks += [day for one in rows.courses for day in (one.ends.last_low, one.ends.last_high) if day is not None]
    marks += [day for one in rows.unread for day in (one.first, one.last) if day is not None]
    marks += [day for period in rows.observed or () for day in period]
    marks += [row.day for of_measure in rows.measurements.values() for row in of_measure]
    reach = 2 + max([supply_days(), *(int(dose.weight_within or 0) for dose in study.protocol.doses.values())])
    first = max(since + 1, min(marks, default=until) - reach)
    last = min(until, max(marks, default=since) + reach)
    return sorted(day for day in {since + 1, until, *range(first, last + 1)} if since < day <= until)


def _at_visits(
    study: Indexed,
    patient: str,
    measure: str,
    rules: tuple[SameDay | None, SameDay | None],
    baseline: int | None,
    since: int,
    assessed: int | None,
    until: int,
    seen_from: int,
) -> Truth:
    """The doses written at visits: a bound, a partial date or several values on a day stand for everything that they may be."""
    if until <= since:
        return False
    by_day: dict[int, list[Measurement]] = {}
    for row in study.patients[patient].measurements.get(measure, ()):
        by_day.setdefault(row.day, []).append(row)
    before = None if baseline is None else between(_valued(by_day.get(baseline, [])), rules[0])
    answers: list[Truth] = []
    seen = False
    for day, rows in by_day.items():
        low, high = _span(study, rows)
        perhaps = low <= until and high > since and day != baseline
        surely = perhaps and (day == assessed or (low > since and high <= until))
        if perhaps:
            seen = seen or high >= seen_from
            answers.append(both(_above(between(_valued(rows), rules[1]), before), True if surely else None))
    if True in answers:
        return True
    return None if None in answers or not seen else False


def _valued(rows: Sequence[Measurement]) -> list[Measurement]:
    return [row for row in rows if row.value is not None]


def _span(study: Indexed, rows: Sequence[Measurement]) -> tuple[int, int]:
    """The first and the last day that the rows of a day may be of."""
    if study.protocol.partial_dates != "bounds":
        return rows[0].day, rows[0].day
    return min(row.low for row in rows), max(row.high for row in rows)


def _above(dose: Between | None, before: Between | None) -> Truth:
    """Whether a dose is above another; None of which no number is known."""
    if dose is None:
        return None
    if before is not None and dose.above(before):
        return True
    lowest = Fraction(0) if before is None else before.low
    return None if dose.high is None or dose.high > lowest else False
