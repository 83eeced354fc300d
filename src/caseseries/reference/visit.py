"""The values of one outcome in one window, and the day they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.window import Window
from caseseries.reference.day_value import Choice
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import Indexed
from caseseries.reference.window import (
    CENSORED,
    Chosen,
    candidates_in,
    value_at_visit,
    value_by_itself,
    visit_day,
)


class Placed(Protocol):
    """Whose values are asked for: a case, or what may become one."""

    @property
    def case_id(self) -> str:
        """What tells it from others."""

    @property
    def patient(self) -> str:
        """The id of the patient."""

    @property
    def index(self) -> int | None:
        """The index day, as in the chart."""

    @property
    def seen_end(self) -> int | None:
        """The earliest day that may be the last on which anything is known of the patient."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case that was found, before it is known whether it is included."""

    case_id: str
    patient: str
    index: int
    seen_end: int


@dataclass(frozen=True, slots=True)
class WindowValues:
    """What was chosen for the visit measures of an outcome in one window of one case.

    `day` (as in the chart) is the visit's day, or the latest day of the values, bounds included, where each is taken by itself.
    Where the outcome has nothing recorded at visits in the window, it is the day on which its dose is read, if the
    patient was still observed then. None where there is none of these. `needs` are choices raised by the visit itself.
    """

    day: int | None
    chosen: Mapping[str, Chosen]
    needs: tuple[Choice, ...]


def dose_day_without_visits(window: Window) -> int:
    """The relative day on which a dose is read where the outcome has nothing recorded at visits in the window."""
    if window.take == "nearest":
        assert window.target is not None
        return window.target
    return window.from_ if window.take == "first" else window.to


def window_values(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, window_name: str) -> WindowValues:
    """Choose the values of an outcome in one window, as the spec has the window."""
    window = spec.windows[window_name]
    measures = plan.visit_measures.get(window_name, ())
    key = ("window", case.case_id, plan.name, measures, window_name, window)
    if key not in study.memo:
        assert case.index is not None, "a case without index date has no windows"
        rows = study.patients[case.patient]
        of_each = {name: candidates_in(study, rows, case.index, name, window) for name in measures}
        if not measures:
            dose_day = case.index + dose_day_without_visits(window)
            has_dose = any(slot.window == window_name for slot in plan.slots)
            period = index_period(rows, case.index)
            begun = period is None or period[0] <= dose_day
            observed = begun and case.seen_end is not None and dose_day <= case.seen_end
            study.memo[key] = WindowValues(dose_day if has_dose and observed else None, {}, ())
        elif window.components == "same visit":
            first, last = index_period(rows, case.index) or (case.index + window.from_, case.index + window.to)
            recorded = frozenset(
                fact.start
                for fact in rows.facts_of("visit")
                if fact.start is not None and window.from_ <= fact.start - case.index <= window.to
                if first <= fact.start <= last
            )
            visit = visit_day(list(of_each.values()), case.index, window, recorded)
            chosen = {
                name: value_at_visit(found, visit, case.index, window, study.measures[name])
                for name, found in of_each.items()
            }
            study.memo[key] = WindowValues(visit.day, chosen, visit.needs)
        else:
            chosen = {
                name: value_by_itself(found, case.index, window, study.measures[name])
                for name, found in of_each.items()
            }
            days = [
                value.day
                for value in chosen.values()
                if (value.value is not None or value.absent == CENSORED) and value.day is not None
            ]
            study.memo[key] = WindowValues(max(days, default=None), chosen, ())
    found_values: WindowValues = study.memo[key]
    return found_values
