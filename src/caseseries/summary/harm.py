"""Safety as the report shows it: events, rate per 100 patient-years with exact interval, and how events were looked for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries import stats
from caseseries.chart.store import MILLIONTH
from caseseries.chart.tables import Chart
from caseseries.cohort.select import Cohort
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.words import DAYS_PER_UNIT, decimal_text
from caseseries.safety.follow import Safety
from caseseries.summary.model import AdverseEvent, Monitoring, SafetySummary
from caseseries.summary.patients import drug_name
from caseseries.summary.results import of_estimate, proportion


def summarise_safety(
    protocol: Protocol, cohort: Cohort, chart: Chart, safety: Safety | None, level: Fraction
) -> SafetySummary | None:
    """Events on treatment and beside it, and the rate over the time at risk; None where safety was not declared."""
    if safety is None or protocol.safety is None:
        return None
    facts = {fact.record: fact for fact in chart.facts}
    events = tuple(
        AdverseEvent(
            event.case_id, event.day, event.end, fact.term, fact.attribute("grade"), fact.attribute("serious"), fact.attribute("outcome"),
            fact.attribute("attributed_to"), tuple(drug_name(drug) for drug in event.concurrent), not event.why_not, event.why_not,
        )
        for event in safety.events
        for fact in (facts[event.record],)
    )  # fmt: skip
    years = Fraction(sum(safety.days_at_risk.values())) / DAYS_PER_UNIT["year"]
    on_treatment = [event for event in events if event.on_treatment]
    rate = stats.poisson_rate(len(on_treatment), years, per=100, level=level, unit="events per 100 patient-years")
    patient_of = {case.case_id: case.patient for case in cohort.included}
    with_event = len({patient_of[event.case_id] for event in on_treatment})
    return SafetySummary(
        events,
        years,
        of_estimate("safety/rate", "adverse events on treatment", rate),
        proportion(
            "safety/with_event",
            "with at least one adverse event on treatment",
            with_event,
            len(set(patient_of.values())),
            level,
        ),
        tuple(
            _monitoring(protocol, place, safety, years, patient_of) for place in range(len(protocol.safety.monitored))
        ),
    )


def _monitoring(
    protocol: Protocol, place: int, safety: Safety, years: Fraction, patient_of: Mapping[str, str]
) -> Monitoring:
    assert protocol.safety is not None
    declared, found = protocol.safety.monitored[place], safety.monitored[place]
    beyond = []
    for case_id, day, millionths, censor in found.values:
        value = Fraction(millionths, MILLIONTH)
        below, above = declared.below, declared.above
        low = below is not None and ((value < below and censor != ">") or (value == below and censor == "<"))
        high = above is not None and ((value > above and censor != "<") or (value == above and censor == ">"))
        if low or high:
            beyond.append((case_id, day, value))
    bounds = [f"below {decimal_text(declared.below)}"] if declared.below is not None else []
    bounds += [f"above {decimal_text(declared.above)}"] if declared.above is not None else []
    per_year = Fraction(len(found.values)) / years if years else None
    patients = len({patient_of[row[0]] for row in found.values})
    return Monitoring(declared.measure, len(found.values), patients, per_year, tuple(beyond), " or ".join(bounds))
