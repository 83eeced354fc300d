"""The adverse events of the cases, and the values of monitored counts beyond their bounds."""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.store import MILLIONTH
from caseseries.chart.tables import Chart, Fact
from caseseries.cohort.select import Cohort
from caseseries.protocol.protocol import Protocol
from caseseries.safety.event_counts import beyond_words
from caseseries.safety.follow import Safety
from caseseries.summary.cases import AdverseEvent, Beyond, MonitoredValue
from caseseries.summary.co_medication import drug_name


def adverse_events(cohort: Cohort, chart: Chart, safety: Safety) -> tuple[AdverseEvent, ...]:
    """The adverse events of the included cases, with what the chart says of each."""
    facts = {fact.record: fact for fact in chart.facts}
    return tuple(
        AdverseEvent(
            event.case_id, event.day, event.end, fact.term, fact.attribute("grade"), fact.attribute("serious"), fact.attribute("outcome"),
            fact.attribute("attributed_to"), tuple(drug_name(drug) for drug in event.concurrent), not event.why_not, event.why_not,
            event.low, event.high, tuple(drug_name(drug) for drug in event.perhaps), _ends(fact, event.end),
        )
        for event in safety.events
        for fact in (facts[event.record],)
    )  # fmt: skip


def _ends(fact: Fact, end: int | None) -> tuple[int, int] | None:
    """The days between which an event ended, relative to the index date as its end is; None where it is known to the day."""
    if fact.until is None or fact.end is None or end is None:
        return None
    index = fact.end - end
    return fact.until[0] - index, fact.until[1] - index


def beyond(protocol: Protocol, safety: Safety) -> tuple[Beyond, ...]:
    """Of each monitored count the values beyond its declared bound, in the order of the protocol."""
    found = []
    for declared, seen in zip(
        protocol.safety.monitored if protocol.safety is not None else (), safety.monitored, strict=True
    ):
        certain, perhaps = [], []
        for case_id, first, last, millionths, censor in seen.values:
            value = MonitoredValue(case_id, first, last, Fraction(millionths, MILLIONTH), censor)
            sides = [
                _beyond(value, bound, side)
                for bound, side in ((declared.below, "<"), (declared.above, ">"))
                if bound is not None
            ]
            if True in sides:
                certain.append(value)
            elif None in sides:
                perhaps.append(value)
        found.append(Beyond(declared.measure, beyond_words(declared), tuple(certain), tuple(perhaps)))
    return tuple(found)


def _beyond(found: MonitoredValue, bound: Fraction, side: str) -> bool | None:
    """Whether a value lies below (`<`) or above (`>`) a bound; None where one known only as a limit may.

    >>> known = [MonitoredValue("a", 0, 0, Fraction(one), sign) for one, sign in ((1, ""), (1, "<"), (2, "<"), (2, "<="), (3, "<"), (3, ">"))]
    >>> [_beyond(one, Fraction(2), "<") for one in known]
    [True, True, True, None, None, False]
    """
    value = found.value if side == "<" else -found.value
    limit = bound if side == "<" else -bound
    if found.censor[:1] == side:  # the value lies on the side of the bound, from the limit on
        return True if value < limit or (value == limit and found.censor == side) else None
    if found.censor:  # the value may be anything from the limit to the other side
        return None if value < limit else False
    return value < limit
