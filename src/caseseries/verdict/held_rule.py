"""A rule read on visit days in words: what must hold when, what it was on the days, and why there is no answer."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import VISITS, HeldRule
from caseseries.protocol.window import Window
from caseseries.verdict.names import window_days
from caseseries.verdict.numbers import MINUS, day_text, listed
from caseseries.verdict.trace import NodeTruth, Stretch, Truth

_SAID: dict[Truth, str] = {True: "yes", False: "no", None: "not known"}


def held_words(held: HeldRule, rule: str, measures: Mapping[str, MeasureFacts]) -> str:
    """When a rule must hold: `MMT8 at least 70 points at every visit in year 1`; `rule` is what must."""
    daily = all(measures[slot.measure].kind == "dose" for slot in held.daily)
    if held.lasting is not None:
        apart = "" if daily else f", at visits no more than {_days(held.gap)} apart"
        return f"{rule} for at least {_days(held.lasting)} in {held.window}{apart}"
    if not held.times:
        return f"{rule} {'on every day of' if daily else 'at every visit in'} {held.window}"
    apart = "" if held.apart < 2 else f", each at least {_days(held.apart)} after the one before"
    between = ", with no visit between them at which it is not so" if held.consecutive else ""
    visits = "1 visit" if held.times == 1 else f"{held.times} {'consecutive ' if held.consecutive else ''}visits"
    return f"{rule} at {visits} in {held.window}{apart}{between}"


def days_words(answer: NodeTruth) -> str:
    """What the rule was on the days on which it was read: `yes at 2 (days 30 to 60), no at 1 (day 90)`; empty where there is none."""
    parts = []
    for truth, said in _SAID.items():
        of_truth = [one for one in answer.days if one.truth is truth]
        if of_truth:
            parts.append(f"{said} on {listed([_stretch(one) for one in of_truth])}")
    return ", ".join(parts)


def why_not_held(answer: NodeTruth, window: str, windows: Mapping[str, Window]) -> str:
    """Why a rule read on visit days has no answer."""
    code = answer.absent.rpartition(": ")[2]
    within = f"the window {window}" + (f" ({window_days(windows[window])})" if window in windows else "")
    open_days = [_stretch(one) for one in answer.days if one.truth is None]
    return {
        "no visit in window": f"no visit in {within}",
        "too few visits": f"too few visits in {within} to show it ({days_words(answer)})",
        "not known on some day": f"not known on {listed(open_days)}" if open_days else "",
        "window leaves observed time": f"{within} leaves the time in which the patient was observed",
        "partial date at the edge of the window": f"a visit in {within} has a date known only in part",
    }.get(code, f"{code} in {within}")


def visits_absent(reason: str, windows: Mapping[str, Window]) -> str | None:
    """A reason (`window visits: code`) in words without the days of a case; None where it is another's."""
    for window in windows:
        code = reason.removeprefix(f"{window} {VISITS}: ")
        if code != reason:
            within = f"the window {window} ({window_days(windows[window])})"
            return {
                "no visit in window": f"no visit in {within}",
                "window leaves observed time": f"{within} leaves the time in which the patient was observed",
            }.get(code, f"{code} in {within}")
    return None


def _stretch(one: Stretch) -> str:
    if one.first == one.last:
        return day_text(one.first)
    return f"days {one.first} to {one.last}".replace("-", MINUS)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
