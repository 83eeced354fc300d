"""Events and diagnoses of a name that begin in some days of one case, and why nothing recorded need not mean that nothing happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caseseries.chart.tables import Fact, Kind
from caseseries.protocol.concepts import kinds_of
from caseseries.reference.follow_up import earliest, index_period, latest
from caseseries.reference.record import Indexed, folded
from caseseries.reference.seen import not_seen
from caseseries.reference.visit import Placed
from caseseries.reference.window import NOT_EXACT
from caseseries.verdict.trace import Truth

UNCHARTED: Final = "not charted"


@dataclass(frozen=True, slots=True)
class Begun:
    """How many events surely and perhaps begin in some days, and the days (relative to the index date) of those that do."""

    surely: int
    perhaps: int
    days: tuple[int, ...]


def begun(study: Indexed, case: Placed, name: str, low: int, high: int) -> Begun:
    """The events of a name that begin from `low` to `high` (relative): two on one day are one."""
    assert case.index is not None
    rows, index = study.patients[case.patient], case.index
    first, last, kinds = index + low, index + high, kinds_of(study.protocol, name)
    period = index_period(rows, index)
    named = [
        fact
        for kind in ("event", "diagnosis", "unread diagnosis")
        if kind.removeprefix("unread ") in kinds
        for fact in rows.facts
        if fact.kind == kind and folded(fact.term) == folded(name)
    ]
    dated = [
        fact
        for fact in named
        if fact.start is not None and earliest(fact) <= last and latest(fact) >= first
        if period is None or period[0] <= fact.start <= period[1]
    ]
    sure = [one for one in dated if one.kind != "unread diagnosis" and first <= earliest(one) and latest(one) <= last]
    days = {fact.start for fact in sure if _exact(fact)}
    others = [fact for fact in dated if fact not in sure or not _exact(fact)]
    undated = [fact for fact in named if fact.start is None]
    shown = sorted({one.start - index for one in sure if one.start is not None})
    return Begun(max(len(days), 1 if sure else 0), len(days) + len(others) + len(undated), tuple(shown))


def _exact(fact: Fact) -> bool:
    return earliest(fact) == latest(fact)


def not_told(study: Indexed, name: str) -> bool:
    """Whether the source could not tell an event of this name."""
    unknown = study.chart.unknown()
    for kind in kinds_of(study.protocol, name):
        charted: Kind = "diagnoses" if kind == "diagnosis" else "adverse events"
        only = study.chart.only.get(charted)
        if charted in unknown or (only is not None and folded(name) not in {folded(one) for one in only}):
            return True
    return False


def unseen(study: Indexed, case: Placed, name: str, low: int, high: int) -> str:
    """Why nothing recorded does not mean that nothing happened; empty where it does."""
    assert case.index is not None
    if not_told(study, name):
        return UNCHARTED
    return not_seen(study, study.patients[case.patient], case.index, low, high)


def occurred(
    study: Indexed, case: Placed, name: str, low: int, high: int, times: int
) -> tuple[Truth, str, tuple[int, ...]]:
    """Whether so many begin in some days, why that is not known, and the days of those that do.

    Yes where so many surely did; no where there cannot have been so many and nobody failed to look.
    """
    found = begun(study, case, name, low, high)
    if found.surely >= times:
        return True, "", found.days
    why = NOT_EXACT if found.perhaps >= times else unseen(study, case, name, low, high)
    return None if why else False, why, found.days
