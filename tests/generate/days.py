"""Drawn comparisons of days that are added up and of events that are counted: in two windows of their own, as long as each other."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: What is added up, and what counts events; beside their measures the windows in which they are taken.
SUMMED, COUNTS, WINDOWS = "diary", ("fevers", "fever rate"), ("days before", "days after")

_MEASURES: dict[str, dict[str, Any]] = {
    "fevers": {"count": "fever", "better": "low"},
    "fever rate": {"count": "fever", "per": "7 days", "better": "low"},
}
_CHANGES = {
    "diary": ["2 points", "0.5 points", "20 % of baseline"],
    "fevers": ["1 events", "2 events", "50 % of baseline"],
    "fever rate": ["0.25 events per 7 days", "1 events per 7 days", "50 % of baseline"],
}
_VALUES = {
    "diary": ["3 points", "12 points"],
    "fevers": ["1 events", "0.5 events"],
    "fever rate": ["1 events per 7 days", "0.5 events per 7 days"],
}
#: What a percent of 0 is, where a measure says it.
IF_ZERO = st.sampled_from(
    [
        {},
        *(
            {"if_zero_baseline": choice}
            for choice in ("not evaluable", "not met", "any rise counts", "any rise counts")
        ),
    ]
)
_COMPARISONS = ["at_least", "more_than", "at_most", "less_than"]


@st.composite
def over_days(
    draw: st.DrawFn, windows: dict[str, Any], declared: dict[str, Any], rule: dict[str, Any]
) -> dict[str, Any]:
    """A rule beside one or two comparisons over days, in one study of three; declares their windows and measures."""
    if draw(st.integers(0, 2)) < 2:
        return rule
    measure = draw(st.sampled_from([SUMMED, SUMMED, *COUNTS]))
    _declare(draw, windows, declared, measure)
    parts = [draw(_compared(measure)) for _ in range(draw(st.sampled_from([1, 1, 2])))]
    return {draw(st.sampled_from(["all", "any", "any"])): [rule, *parts]}


def _declare(draw: st.DrawFn, windows: dict[str, Any], declared: dict[str, Any], measure: str) -> None:
    length, last = draw(st.sampled_from([1, 3, 7, 28])), draw(st.sampled_from([-1, -1, -5]))
    first = draw(st.sampled_from([1, 10, 41, 60]))
    enough = [None, None, "1 days", *(["2 days"] if length > 1 else [])]
    recorded = None if measure == "fevers" else draw(st.sampled_from(enough))
    same_day = draw(st.sampled_from(["best", "worst", "highest", "mean", "not evaluable"]))
    for name, start in zip(WINDOWS, (last - length + 1, first), strict=True):
        written = {"from": f"{start} days", "to": f"{start + length - 1} days", "overlap": "yes"}
        written |= {"take": "sum", "same_day": same_day, "components": "nearest each"}
        windows[name] = written | ({"recorded": recorded} if recorded else {})
    if measure == SUMMED:
        blank = draw(st.sampled_from([{}, {"blank_days": "zero"}]))
        censored = {"censored": draw(st.sampled_from(["not evaluable", "limit"]))}
        declared[SUMMED] = (
            {"quantity": "pain", "unit": "points", "range": ["0", "10"], "better": "low"}
            | censored
            | blank
            | draw(IF_ZERO)
        )
    else:
        declared[measure] = _MEASURES[measure] | draw(IF_ZERO)


@st.composite
def _compared(draw: st.DrawFn, measure: str) -> dict[str, Any]:
    comparison, (before, after) = draw(st.sampled_from(_COMPARISONS)), WINDOWS
    if draw(st.integers(0, 2)) == 2:
        at = draw(st.sampled_from([before, after, after]))
        return {"value": measure, comparison: draw(st.sampled_from(_VALUES[measure])), "at": at}
    word = draw(st.sampled_from(["falls", "rises", "decrease", "gain", "improves", "worsens"]))
    return {word: measure, comparison: draw(st.sampled_from(_CHANGES[measure])), "from": before, "at": after}


@st.composite
def counted_over_all(draw: st.DrawFn, windows: dict[str, Any]) -> dict[str, Any]:
    """An outcome that counts events over all cases, in one study of four: in one window, or before and after."""
    if draw(st.integers(0, 3)) < 3:
        return {}
    free = [name for name in ("after", *WINDOWS[1:]) if name in windows and "recorded" not in windows[name]]
    since = [name for name in ("baseline", *WINDOWS[:1]) if name in windows and "recorded" not in windows[name]]
    if not free:
        return {}
    before = {"from": draw(st.sampled_from(since))} if since and draw(st.booleans()) else {}
    return {"all fevers": {"count": "fever", "at": draw(st.sampled_from(free))} | before}
