"""On which days a daily dose that is added up from courses is read: those of the visits, or fixed days where nothing else is asked for there.

Two outcomes can read one dose on different days. Wherever a dose or its change is printed, its days stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.verdict.numbers import day_text


def dose_days(protocol: Protocol, plan: OutcomePlan, measure: str, windows: Iterable[str]) -> str:
    """`on day 0 and on day 91`, `on the days of the visits`; empty for a measure that is recorded at visits."""
    if measure not in protocol.doses or visit_measure(protocol, measure):
        return ""
    days = list(dict.fromkeys(_day(plan, name, plan.primary.windows[name]) for name in windows))
    if days == [_VISIT] and len({*windows}) > 1:
        return "on the days of the visits"
    if days == [_VALUES] and len({*windows}) > 1:
        return "on the latest days of the values taken"
    return " and ".join(days)


_VISIT, _VALUES = "on the day of the visit", "on the latest day of the values taken"


def _day(plan: OutcomePlan, name: str, window: Window) -> str:
    if plan.visit_measures.get(name):
        return _VISIT if window.components == "same visit" else _VALUES
    day = window.to if window.take != "nearest" else window.target or 0
    if window.take == "first":
        day = window.from_
    if day <= OPEN_START or day >= OPEN_END:
        return f"on the {'first' if window.take == 'first' else 'last'} day of {name}"
    return f"on {day_text(day)}"
