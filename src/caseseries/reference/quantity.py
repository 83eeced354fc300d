"""The value of one slot: what a window takes of a measure, and the dose of a day."""

from __future__ import annotations

from caseseries.protocol.counted import Counted
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Slot
from caseseries.reference.counted import counted
from caseseries.reference.dose import NO_WEIGHT, Dose, dose_on, weight_near
from caseseries.reference.extremes import extreme
from caseseries.reference.follow_up import index_period, leaves_observed_time
from caseseries.reference.normal_limits import normal_limits
from caseseries.reference.record import Indexed
from caseseries.reference.seen import AFTER_END, UNOBSERVED
from caseseries.reference.visit import Placed, WindowValues, dose_day_without_visits, window_values
from caseseries.reference.window import NO_VISIT, NOT_EXACT
from caseseries.verdict.trace import Quantity


def quantity(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, slot: Slot) -> Quantity:
    """The value of one slot of one case under one spec, with its day relative to the index date."""
    assert case.index is not None
    if extreme_of(slot.window):
        return extreme(study, case, plan, spec, slot)
    measure = study.protocol.measures[slot.measure]
    if isinstance(measure, Counted):
        return counted(study, case, spec, slot, measure)
    found = window_values(study, case, plan, spec, slot.window)
    if isinstance(measure, DailyDose) and measure.source == "courses":
        return _dose_quantity(study, case, spec, slot, measure, found)
    chosen = found.chosen[slot.measure]
    value, absent = chosen.value, chosen.absent
    if isinstance(measure, DailyDose) and value is not None and asks_per_kg(spec, measure):
        assert chosen.day is not None
        weight = weight_near(study.patients[case.patient], measure, chosen.day)
        value, absent = (None, NO_WEIGHT) if weight is None else (value / weight, "")
        if slot.measure in found.inexact:
            value, absent = None, NOT_EXACT  # nor is the nearest weight known
    day = None if chosen.day is None else chosen.day - case.index
    normal = normal_limits(study, case.patient, case.index, slot.measure, spec.windows[slot.window], chosen)
    return Quantity(
        slot, value, day, chosen.record, absent, chosen.bound, chosen.limit, normal=normal, days=chosen.days
    )


def asks_per_kg(spec: Spec, measure: DailyDose) -> bool:
    """Whether a dose written at visits in mg/day is asked for per kilogram."""
    return spec.dose is not None and spec.dose.endswith("/kg/day") and not measure.per_kg


def _dose_quantity(
    study: Indexed,
    case: Placed,
    spec: Spec,
    slot: Slot,
    measure: DailyDose,
    found: WindowValues,
) -> Quantity:
    """The dose added up from courses on the day on which the outcome is read in this window."""
    assert case.index is not None and case.seen_end is not None
    day, window, rows = found.day, spec.windows[slot.window], study.patients[case.patient]
    if not found.chosen:
        day = case.index + dose_day_without_visits(window)
        period = index_period(rows, case.index)
        if period is not None and day < period[0]:
            return Quantity(slot, None, day - case.index, None, UNOBSERVED)
        if day > case.seen_end:
            return Quantity(slot, None, day - case.index, None, AFTER_END)
    if found.perhaps:
        return Quantity(slot, None, None, None, NOT_EXACT)
    if day is None:
        left = leaves_observed_time(study, rows, case.index, case.index + window.from_, case.index + window.to)
        return Quantity(slot, None, None, None, UNOBSERVED if left else NO_VISIT)
    unit = spec.dose or measure.as_
    dose = dose_on(study, case.patient, case.index, measure, unit, day)
    if found.partly and found.low is not None and found.high is not None:
        every = (
            dose_on(study, case.patient, case.index, measure, unit, one) for one in range(found.low, found.high + 1)
        )
        if any(one != dose for one in every):
            dose = Dose(None, NOT_EXACT)
    return Quantity(slot, dose.value, day - case.index, None, dose.absent)
