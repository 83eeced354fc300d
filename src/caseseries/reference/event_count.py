"""Events of a name on the observed days of the windows of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.reference.case import CaseAnswer
from caseseries.reference.occurrence import begun, not_told
from caseseries.reference.record import Indexed
from caseseries.reference.seen import days_seen
from caseseries.stats.tally import Key, Tally


@dataclass(frozen=True, slots=True)
class EventsSeen:
    """How many events surely and perhaps began on so many observed days of a window of one case."""

    window: str
    surely: int
    perhaps: int
    days: int


def events_seen(study: Indexed, case: CaseAnswer, name: str) -> tuple[EventsSeen, ...] | None:
    """What was seen of one case in each window of an outcome; None where the source could not tell such events."""
    outcome = study.protocol.event_counts[name]
    if not_told(study, outcome.count):
        return None
    assert case.index is not None
    found = []
    for window in outcome.windows:
        first, last = days_seen(study, study.patients[case.patient], case.index, study.protocol.windows[window])
        if last < first:
            found.append(EventsSeen(window, 0, 0, 0))
        else:
            seen = begun(study, case, outcome.count, first, last)
            found.append(EventsSeen(window, seen.surely, seen.perhaps, last - first + 1))
    return tuple(found)


def compared(before: EventsSeen, after: EventsSeen) -> str:
    """How the rate after compares with that before.

    >>> compared(EventsSeen("a", 2, 2, 100), EventsSeen("b", 1, 1, 50)), compared(EventsSeen("a", 2, 3, 100), EventsSeen("b", 1, 1, 100))
    ('the same', 'lower')
    """
    if not before.days or not after.days:
        return "not observed in both"
    if after.perhaps * before.days < before.surely * after.days:
        return "lower"
    if after.surely * before.days > before.perhaps * after.days:
        return "higher"
    exact = before.surely == before.perhaps and after.surely == after.perhaps
    return "the same" if exact else "not known"


def count_events(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count the events of every outcome that asks for them, case by case."""
    for name in study.protocol.event_counts:
        for case in included:
            sides = events_seen(study, case, name)
            if sides is None:
                counts.add(("event not charted", name))
                continue
            for one in sides:
                _side(counts, ("event count", name, one.window), one)
            if len(sides) == 2:
                counts.add(("event pair", name, compared(*sides)))


def _side(counts: Tally, key: Key, one: EventsSeen) -> None:
    observed = one.days > 0
    for part, n in (
        ("events", one.surely),
        ("events perhaps", one.perhaps),
        ("days", one.days),
        ("cases" if observed else "cases not observed", 1),
        ("cases with one", int(one.surely > 0)),
        ("cases perhaps with one", int(one.perhaps > 0)),
    ):
        if n:
            counts.add((*key, part), n)
