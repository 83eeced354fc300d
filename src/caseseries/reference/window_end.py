"""A question in a window whose last day differs from case to case, one case at a time: asked for the first and the last day that it may end on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from caseseries.chart.tables import Fact
from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import HeldRule, Question
from caseseries.protocol.window import Window
from caseseries.protocol.window_end import PastLength
from caseseries.reference.follow_up import earliest, index_period, latest
from caseseries.reference.occurrence import begun, not_told, unseen
from caseseries.reference.record import Indexed, folded
from caseseries.reference.seen import days_seen
from caseseries.reference.visit import Placed
from caseseries.verdict.trace import NodeTruth, Truth

OPEN_END: Final = "last day of the window not known"
NO_LENGTH: Final = "length of the window not known"
NO_INTERVAL: Final = "fewer than two events before"
TOO_LONG: Final = "longer than the window may be"


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last day (relative to the index date) that may be its last; with `why` that may be later, or (`low` is None) be none."""

    low: int | None
    high: int
    why: str = ""


def in_its_window(
    study: Indexed, case: Placed, spec: Spec, asked: Question, ask: Callable[[Spec], NodeTruth]
) -> NodeTruth:
    """The answer of a question under one spec; in a window that moves what it is wherever that may end."""
    window = spec.windows.get(asked.window)
    if window is None or not window.moves:
        return ask(spec)
    ends = _until(study, case, window) if window.until is not None else _after(study, case, window)
    reason = f"{asked.window} {asked.named}: "
    if ends.low is None:
        return NodeTruth("", None, reason + ends.why)

    def at(end: int) -> NodeTruth:
        if isinstance(asked, HeldRule) and end - window.from_ < asked.shortest:
            return NodeTruth("", False)
        return ask(replace(spec, windows={**spec.windows, asked.window: window.model_copy(update={"to": end})}))

    first = at(ends.low)
    if ends.why:
        known = first.truth is not None and first.truth is _stays(asked)
        absent = "" if known else reason + ends.why
        return NodeTruth("", first.truth if known else None, absent, first.days, (ends.low, None), first.back)
    last = at(ends.high)
    if first.truth is last.truth:
        return replace(last, absent=first.absent, ends=(ends.low, ends.high))
    why = first.absent if first.truth is None else last.absent if last.truth is None else reason + OPEN_END
    return NodeTruth("", None, why, last.days, (ends.low, ends.high), last.back)


def _stays(asked: Question) -> Truth:
    """The answer that a longer window cannot change: that an event began or a rule was held so long; that it was not held at every visit."""
    return not (isinstance(asked, HeldRule) and not asked.times and asked.lasting is None)


def _until(study: Indexed, case: Placed, window: Window) -> Ends:
    """With the first event: no later than one that is certain, no earlier than any that is possible or that nobody could have seen."""
    assert case.index is not None and window.until is not None
    rows, index, name = study.patients[case.patient], case.index, window.until
    named = _named(study, case, name)
    dated = [fact for fact in named if _may_begin(study, case, fact, window)]
    certain = [latest(fact) - index for fact in dated if _surely_begins(fact, index, window)]
    high = min(certain, default=window.to)
    possible = [high, *(max(earliest(fact) - index, window.from_) for fact in dated)]
    first, last = days_seen(study, rows, index, window)
    if not_told(study, name) or any(fact.start is None for fact in named) or first > window.from_:
        possible.append(window.from_)
    elif last < window.to:
        possible.append(max(last + 1, window.from_))
    return Ends(min(possible), high)


def _named(study: Indexed, case: Placed, name: str) -> list[Fact]:
    """The rows of an event or diagnosis of a name, whatever their days."""
    kinds = kinds_of(study.protocol, name)
    return [
        fact
        for fact in study.patients[case.patient].facts
        if fact.kind in {"event", "diagnosis", "unread diagnosis"}
        and fact.kind.removeprefix("unread ") in kinds
        and folded(fact.term) == folded(name)
    ]


def _may_begin(study: Indexed, case: Placed, fact: Fact, window: Window) -> bool:
    """Whether a row with a date may begin in a window."""
    assert case.index is not None
    period = index_period(study.patients[case.patient], case.index)
    return (
        fact.start is not None
        and earliest(fact) - case.index <= window.to
        and latest(fact) - case.index >= window.from_
        and (period is None or period[0] <= fact.start <= period[1])
    )


def _surely_begins(fact: Fact, index: int, window: Window) -> bool:
    """Whether a row surely is the event, and begins in a window on each of its possible days."""
    dated = fact.kind != "unread diagnosis" and fact.start is not None
    return dated and window.from_ <= earliest(fact) - index and latest(fact) - index <= window.to


def _after(study: Indexed, case: Placed, window: Window) -> Ends:
    """After a length of the patient's own past, where that is known."""
    length = window.length
    assert isinstance(length, PastLength) and case.index is not None
    past = study.protocol.windows[length.in_]
    found = begun(study, case, length.longest_between, past.from_, past.to)
    sure = [
        fact
        for fact in _named(study, case, length.longest_between)
        if _surely_begins(fact, case.index, past) and _may_begin(study, case, fact, past)
    ]
    # of fewer than two that are certainly on different days nobody knows whether there is a length
    some = any(latest(one) < earliest(other) for one in sure for other in sure)
    shortest = Ends(min(window.from_ + length.shortest - 1, window.to) if some else None, window.to, NO_LENGTH)
    if unseen(study, case, length.longest_between, past.from_, past.to):
        return shortest
    if found.perhaps < 2:
        return Ends(None, window.to, NO_INTERVAL)
    if found.surely != found.perhaps:
        return shortest
    longest = max(later - earlier for earlier, later in zip(found.days, found.days[1:], strict=False))
    end = window.from_ + length.days(longest) - 1
    return Ends(end, end) if end <= window.to else Ends(window.to, window.to, TOO_LONG)
