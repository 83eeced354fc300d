"""The nadir and the peak of one case: the lowest and the highest value from the day of the baseline value to that of the value judged."""

from __future__ import annotations

from dataclasses import replace

from caseseries.protocol.extremes import BEGINS, EXTREMES, ends_at, extreme_of
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import SameDay, Window
from caseseries.reference.normal_limits import normal_limits
from caseseries.reference.record import Indexed
from caseseries.reference.visit import Placed, window_values
from caseseries.reference.window import NO_VALUE, Chosen, candidates_in, value_by_itself
from caseseries.verdict.trace import Quantity


def extreme(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, slot: Slot) -> Quantity:
    """The lowest (highest) value up to that of a window; absent for the reason of the value on whose day its days begin or end."""
    at = ends_at(slot.window)
    until = window_values(study, case, plan, spec, at).chosen[slot.measure]
    for end in (_begin(study, case, plan, spec, slot), until):
        if not _known(end):
            return Quantity(slot, None, None, None, end.absent)
    assert until.day is not None
    assert case.index is not None
    return extreme_up_to(study, case, plan, spec, slot, until.day - case.index, spec.windows[at].same_day)


def extreme_up_to(
    study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, slot: Slot, last: int, same_day: SameDay | None
) -> Quantity:
    """The lowest (highest) value up to a day, relative to the index date."""
    assert case.index is not None
    begin = _begin(study, case, plan, spec, slot)
    if not _known(begin) or begin.day is None:
        return Quantity(slot, None, None, None, begin.absent)
    first = begin.day - case.index
    if last < first:
        return Quantity(slot, None, None, None, NO_VALUE)
    take = EXTREMES[extreme_of(slot.window)]
    days = Window(from_=first, to=last, take=take, same_day=same_day, components="nearest each")
    rows = candidates_in(study, study.patients[case.patient], case.index, slot.measure, days)
    observed = replace(rows, leaves=False)  # it begins and ends on days on which the patient was observed
    chosen = value_by_itself(observed, case.index, days, study.measures[slot.measure])
    normal = normal_limits(study, case.patient, case.index, slot.measure, days, chosen)
    day = None if chosen.day is None else chosen.day - case.index
    return Quantity(slot, chosen.value, day, chosen.record, chosen.absent, chosen.bound, chosen.limit, normal=normal)


def _begin(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, slot: Slot) -> Chosen:
    return window_values(study, case, plan, spec, BEGINS).chosen[slot.measure]


def _known(chosen: Chosen) -> bool:
    """Whether it is a number, or a bound of one."""
    return chosen.value is not None or chosen.limit is not None
