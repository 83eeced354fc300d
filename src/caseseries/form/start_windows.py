"""The windows of a protocol to start from: those that the visits of the chart fall into, each with every choice it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from caseseries.chart.sheet import shown
from caseseries.form.column_look import FEW
from caseseries.form.days_seen import days_from_start
from caseseries.form.outline import Outline
from caseseries.form.roles import counted_time
from caseseries.protocol.window import DAY_TAKES, VALUE_TAKES

SUGGESTED = "# suggested"
#: Windows that studies use, by their name: first day, last day, the day aimed at.
_USUAL: dict[str, tuple[int, int, int]] = {
    "month 1": (15, 45, 30),
    "month 3": (75, 105, 91),
    "month 6": (150, 210, 183),
    "month 12": (305, 425, 365),
    "month 24": (640, 820, 731),
}
_LOOK_BACK = (30, 60, 90, 180, 365, 730)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_TAKES = (*sorted(DAY_TAKES), *VALUE_TAKES)
_CHOICES = {
    "target": "the day aimed at",
    "take": f"which day of the window counts: {', '.join(_TAKES[:-1])} or {_TAKES[-1]}",
    "tie": "of two days equally near the target: earlier or later",
    "same_day": "different values on one day: not evaluable, best, worst, highest, lowest or mean",
    "components": "the measures of a rule come from the same visit, or nearest each",
}


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """A window as it is suggested: its ends as written, its own choices, and what was seen of it."""

    name: str
    first: str
    last: str
    own: dict[str, str] = field(default_factory=dict)
    seen: str = ""


_NEAREST = {"take": "nearest", "tie": "earlier"}


def plan_windows(out: Outline) -> list[WindowPlan]:
    """Baseline first, then the windows in which the chart has visits; at least one."""
    visits = {visit.name: visit for one in out.guesses for visit in one.visits}
    labels = [day for one in out.guesses for day in one.labels.values()]
    planned = [visit.nominal for visit in visits.values() if not visit.date] + labels + _counted(out)
    days = days_from_start(out)
    if planned or (not days and any(visit.nominal not in ("", "0 days") for visit in visits.values())):
        named = planned or [visit.nominal for visit in visits.values()]
        return _planned({one for one in named if one}, unknown=sum(not one for one in named))
    return _from_days(days, pairs=len(visits) == 2)


def _counted(out: Outline) -> list[str]:
    """The planned times that a column of days or months holds, where they are few."""
    found: set[int] = set()
    unit = ""
    for one in out.guesses:
        name, unit_ = counted_time(one.looked)
        if one.kind not in {"visits", "long"} or one.roles.get("date") or one.labels or not name:
            continue
        unit = unit_
        found |= {int(text) for cell in one.looked.cells[name] if (text := shown(cell)).isdigit()}
    return [f"{number} {unit}" for number in sorted(found)] if len(found) <= FEW else []


def _baseline(days: int, seen: str) -> WindowPlan:
    return WindowPlan("baseline", f"-{days} days", "0 days", {"take": "last"}, seen)


def _after(name: str, take: str, seen: str = "") -> WindowPlan:
    return WindowPlan(name, "1 day", "end", {"take": take}, seen)


def in_days(nominal: str) -> int:
    """The days of a planned time.

    >>> in_days("3 months"), in_days("1 year"), in_days("0 days")
    (91, 365, 0)
    """
    number, unit = nominal.split()
    return int(int(number) * _DAYS[unit.rstrip("s")] + 0.5)


def _planned(nominal: set[str], *, unknown: int) -> list[WindowPlan]:
    times = sorted({(in_days(one), one) for one in nominal if one})
    found = [_baseline(30, "")]
    later = [(day, one) for day, one in times if day > 0]
    for at, (day, one) in enumerate(later):
        before = later[at - 1][0] if at else 0
        after = later[at + 1][0] if at + 1 < len(later) else None
        first, last, target = _around(day)
        first = max(first, (before + day) // 2 + 1)
        last = last if after is None else min(last, (day + after) // 2)
        number, unit = one.split()
        own = {"target": f"{target} days" if target != 1 else "1 day", **_NEAREST}
        found.append(WindowPlan(f"{unit.rstrip('s')} {number}", _days(first), _days(last), own))
    if unknown > 1 and not later:
        found += [_after("first visit after", "first"), _after("last visit", "last")]
    elif unknown or not later:
        found.append(_after("last visit" if later else "after", "last"))
    return found


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _around(day: int) -> tuple[int, int, int]:
    for first, last, target in _USUAL.values():
        if target == day:
            return first, last, target
    spread = max(day // 6, 0)
    return day - spread, day + spread, day


def _from_days(days: Sequence[Sequence[int]], *, pairs: bool) -> list[WindowPlan]:
    """The windows in which most patients have a value; of a chart with one visit after the first, everything after the first day."""
    if not days:
        first, last, target = _USUAL["month 3"]
        return [
            _baseline(30, ""),
            WindowPlan("month 3", _days(first), _days(last), {"target": _days(target), **_NEAREST}),
        ]
    count = len(days)
    before = [max((day for day in one if day <= 0), default=None) for one in days]
    known = [-day for day in before if day is not None]
    back = next((n for n in _LOOK_BACK if 5 * sum(day <= n for day in known) >= 4 * len(known)), _LOOK_BACK[-1])
    inside = sum(day <= back for day in known)
    found = [_baseline(back if known else 30, _seen(inside, count))]
    held = {
        name: sum(any(first <= day <= last for day in one) for one in days) for name, (first, last, _) in _USUAL.items()
    }
    good = [name for name, number in held.items() if 2 * number > count]
    if not good and not pairs and max(held.values()):
        good = [max(held, key=lambda name: held[name])]
    for name in good:
        first, last, target = _USUAL[name]
        own = {"target": _days(target), **_NEAREST}
        found.append(WindowPlan(name, _days(first), _days(last), own, _seen(held[name], count)))
    if not good:
        found.append(_after("after", "first", _seen(sum(any(day > 0 for day in one) for one in days), count)))
    return found


def _seen(number: int, count: int) -> str:
    return f"{number} of {count} patients have a value in it"


def window_lines(plan: WindowPlan) -> list[str]:
    """A window with every choice it has, one to a line, so that each is confirmed by itself."""
    choices = {**plan.own, "same_day": "not evaluable", "components": "same visit"}
    return [
        f"  {plan.name}:" + (f"   # {plan.seen}" if plan.seen else ""),
        f"    from: {plan.first}   {SUGGESTED}",
        f"    to: {plan.last}   {SUGGESTED}",
        *(f"    {field}: {value}   {SUGGESTED}: {_CHOICES[field]}" for field, value in choices.items()),
    ]
