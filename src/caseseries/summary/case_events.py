"""The adverse events of the cases, and the values of monitored counts beyond their bounds."""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.store import MILLIONTH
from caseseries.chart.tables import Chart, Fact
from caseseries.cohort.select import Cohort
from caseseries.protocol.naming import beyond_words
from caseseries.protocol.protocol import Protocol
from caseseries.safety.follow import Safety
from caseseries.safety.monitored_values import Watched
from caseseries.summary.cases import AdverseEvent, Beyond, MonitoredValue
from caseseries.summary.co_medication import drug_name


def adverse_events(cohort: Cohort, chart: Chart, safety: Safety) -> tuple[AdverseEvent, ...]:
    """The adverse events of the included cases, with what the chart says of each."""
    facts = {fact.record: fact for fact in chart.facts}
    return tuple(
        AdverseEvent(
            event.case_id,
            event.day,
            event.end,
            fact.term,
            fact.attribute("grade"),
            fact.attribute("serious"),
            fact.attribute("outcome"),
            fact.attribute("attributed_to"),
            tuple(drug_name(drug) for drug in event.concurrent),
            not event.why_not,
            event.why_not,
            event.low,
            event.high,
            tuple(drug_name(drug) for drug in event.perhaps),
            _ends(fact, event.end),
            fact.attribute("action"),
        )
        for event in safety.events
        for fact in (facts[event.record],)
    )


def _ends(fact: Fact, end: int | None) -> tuple[int, int] | None:
    """The days between which an event ended, relative to the index date as its end is; None where it is known to the day."""
    if fact.until is None or fact.end is None or end is None:
        return None
    index = fact.end - end
    return fact.until[0] - index, fact.until[1] - index


def beyond(protocol: Protocol, safety: Safety) -> tuple[Beyond, ...]:
    """Of each monitored count the values beyond its declared bound, in the order of the protocol."""
    declared = protocol.safety.monitored if protocol.safety is not None else ()
    return tuple(
        Beyond(
            one.measure,
            beyond_words(one),
            tuple(_value(value) for value in values if value.beyond),
            tuple(_value(value) for value in values if value.beyond is None),
        )
        for one, values in zip(declared, safety.monitored, strict=True)
    )


def _value(seen: Watched) -> MonitoredValue:
    return MonitoredValue(seen.case_id, seen.low, seen.high, Fraction(seen.millionths, MILLIONTH), seen.censor)
