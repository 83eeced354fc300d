"""Whether some stretch of a window, of so many days, was observed and held no event of a name, one case at a time."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import FreeOfEvent
from caseseries.protocol.window import Window
from caseseries.reference.follow_up import earliest, index_period, latest
from caseseries.reference.occurrence import UNCHARTED, begun, not_told
from caseseries.reference.record import Indexed, folded
from caseseries.reference.seen import AFTER_END, NO_HISTORY, UNOBSERVED, days_seen
from caseseries.reference.visit import Placed
from caseseries.reference.window import NOT_EXACT
from caseseries.verdict.trace import NodeTruth, Stretch


def free_of(study: Indexed, case: Placed, spec: Spec, asked: FreeOfEvent) -> NodeTruth:
    """Yes where such a stretch was surely seen, no where the events that are certain leave none; with the days of these events."""
    assert case.index is not None
    window = spec.windows[asked.window]
    rows = study.patients[case.patient]
    whole, known = (window.from_, window.to), days_seen(study, rows, case.index, window)
    every, undated, certain = _rows(study, case, asked, window)
    days = begun(study, case, asked.name, window.from_, window.to).days
    shown = (Stretch(days[0], days[-1], len(days), True),) if days else ()
    told = not not_told(study, asked.name)
    if told and not undated and _longest(every, *known) >= asked.days:
        return NodeTruth("", True, "", shown)
    if _longest(certain, *whole) < asked.days:
        return NodeTruth("", False, "", shown)
    why = NO_HISTORY
    if not told:
        why = UNCHARTED
    elif _longest(certain, *known) >= asked.days:
        why = NOT_EXACT
    elif rows.observed is not None:
        why = UNOBSERVED
    elif case.seen_end is not None and case.seen_end - case.index < window.to:
        why = AFTER_END
    return NodeTruth("", None, f"{asked.window} {asked.name}: {why}", shown)


def _rows(
    study: Indexed, case: Placed, asked: FreeOfEvent, window: Window
) -> tuple[list[tuple[int, int]], bool, list[tuple[int, int]]]:
    """The days on which any row of the name may begin, whether one has no day, and the days of those that are certain and lie in the window."""
    assert case.index is not None
    rows, kinds = study.patients[case.patient], kinds_of(study.protocol, asked.name)
    period, index = index_period(rows, case.index), case.index
    named = [
        fact
        for fact in rows.facts
        if fact.kind in {"event", "diagnosis", "unread diagnosis"}
        and fact.kind.removeprefix("unread ") in kinds
        and folded(fact.term) == folded(asked.name)
    ]
    dated = [
        fact for fact in named if fact.start is not None and (period is None or period[0] <= fact.start <= period[1])
    ]
    spans = [(earliest(fact) - index, latest(fact) - index) for fact in dated]
    certain = [
        (low, high)
        for fact, (low, high) in zip(dated, spans, strict=True)
        if low == high and fact.kind != "unread diagnosis" and window.from_ <= low <= window.to
    ]
    return spans, any(fact.start is None for fact in named), certain


def _longest(spans: Iterable[tuple[int, int]], first: int, last: int) -> int:
    """The longest stretch of days from `first` to `last` that none of the spans touches."""
    longest, since = 0, first
    for low, high in sorted(spans):
        if low > last:
            break
        longest = max(longest, low - since)
        since = max(since, high + 1)
    return max(longest, last - since + 1)
