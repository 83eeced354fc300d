"""The values of one outcome in one window, and the day they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from caseseries.chart.tables import Fact
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.window import Window
from caseseries.reference.contenders import Entry, by_day, contenders
from caseseries.reference.day_value import Choice
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import Indexed
from caseseries.reference.window import (
    CENSORED,
    Candidates,
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
    patient was still observed then. None where there is none of these. `needs` are choices raised by the visit itself. `low` and `high` are
    the days between which the day lies, where a date is known in part; `perhaps` there is none. `inexact` are the measures whose
    value is of one of several days.
    """

    day: int | None
    chosen: Mapping[str, Chosen]
    needs: tuple[Choice, ...]
    low: int | None = None
    high: int | None = None
    perhaps: bool = False
    inexact: frozenset[str] = frozenset()

    @property
    def partly(self) -> bool:
        """Whether the day is one of several."""
        return self.perhaps or self.low != self.high

    @property
    def ends(self) -> tuple[int | None, ...]:
        """The days between which the day lies, and None where there may be none."""
        if not self.partly:
            return (self.day,)
        return (self.low, self.high, *([None] if self.perhaps else []))


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
            period = index_period(rows, case.index)
            recorded = [
                entry
                for fact in rows.facts_of("visit")
                if fact.start is not None and (period is None or period[0] <= fact.start <= period[1])
                if (entry := _visit_in(study, fact, case.index, window)) is not None
            ]
            visit = visit_day(list(of_each.values()), case.index, window, recorded)
            chosen = {
                name: value_at_visit(found, visit, case.index, window, study.measures[name])
                for name, found in of_each.items()
            }
            low, high = visit.day, visit.day
            if visit.partly is not None:
                low, high = visit.partly.low, visit.partly.high
            perhaps = visit.partly is not None and visit.day is None
            inexact = frozenset(chosen) if low != high else frozenset()
            study.memo[key] = WindowValues(visit.day, chosen, visit.needs, low, high, perhaps, inexact)
        else:
            chosen = {
                name: value_by_itself(found, case.index, window, study.measures[name])
                for name, found in of_each.items()
            }
            days = {
                name: value.day
                for name, value in chosen.items()
                if (value.value is not None or value.absent == CENSORED) and value.day is not None
            }
            spans = {name: _span(of_each[name], day, case.index, window) for name, day in days.items()}
            low = max((low for low, _ in spans.values()), default=None)
            high = max((high for _, high in spans.values()), default=None)
            inexact = frozenset(name for name, (low_of, high_of) in spans.items() if low_of != high_of)
            last = max(days.values(), default=None)
            study.memo[key] = WindowValues(last, chosen, (), low, high, inexact=inexact)
    found_values: WindowValues = study.memo[key]
    return found_values


def _visit_in(study: Indexed, fact: Fact, index: int, window: Window) -> Entry | None:
    """A recorded visit that lies or may lie in a window."""
    assert fact.start is not None
    first, last = index + window.from_, index + window.to
    low = fact.start if fact.low is None else fact.low
    high = fact.start if fact.high is None else fact.high
    if study.protocol.partial_dates != "bounds" or low == high:
        return (
            Entry(fact.start, fact.start, fact.start, True, ("day", fact.start))
            if first <= fact.start <= last
            else None
        )
    if high < first or low > last:
        return None
    return Entry(fact.start, low, high, first <= low and high <= last, ("visit", fact.record))


def _span(candidates: Candidates, day: int, index: int, window: Window) -> tuple[int, int]:
    """The days that a chosen value may be of: those of the rows that may be the one, of a mean or an extreme of every row."""
    if by_day(window):
        near = contenders(candidates.entries, index, window)
        return (day, day) if near is None else (near.low, near.high)
    if not any(one.low != one.high for one in candidates.entries):
        return day, day
    return min(one.low for one in candidates.entries), max(one.high for one in candidates.entries)
