"""Safety as the report shows it: events, rate per 100 patient-years with exact interval, and how events were looked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries import stats
from caseseries.chart.store import MILLIONTH
from caseseries.chart.tables import Chart, Fact
from caseseries.cohort.select import Cohort
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT, decimal_text
from caseseries.safety.follow import Safety
from caseseries.summary.model import AdverseEvent, MonitoredValue, Monitoring, Result, SafetySummary
from caseseries.summary.patients import drug_name
from caseseries.summary.results import of_estimate, proportion

#: Why a number of adverse events is absent.
NOT_CHARTED = "adverse events were not charted"
#: Why it has two ends in place of an estimate.
INEXACT = "events whose date is not exact may lie on treatment or not"


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


def summarise_safety(
    protocol: Protocol,
    cohort: Cohort,
    safety: Safety,
    events: Sequence[AdverseEvent],
    level: Fraction,
    not_charted: str | None = None,
) -> SafetySummary | None:
    """Events on treatment and beside it, and the rate over the time at risk; None where safety was not declared.

    `not_charted` says why nothing is known of adverse events, where nothing is.
    """
    if protocol.safety is None:
        return None
    years = Fraction(sum(safety.days_at_risk.values())) / DAYS_PER_UNIT["year"]
    most_years = Fraction(sum(safety.most_days.values())) / DAYS_PER_UNIT["year"]
    patient_of = {case.case_id: case.patient for case in cohort.included}
    patients = len(set(patient_of.values()))

    def people(statuses: Collection[str] | None) -> int:
        return len({patient_of[one.case_id] for one in events if statuses is None or one.status in statuses})

    sure, perhaps = ("on treatment",), ("on treatment", "possibly on treatment")
    counts = [sum(one.status in statuses for one in events) for statuses in (sure, perhaps)]
    monitoring = tuple(
        _monitoring(protocol, place, safety, years, patient_of) for place in range(len(protocol.safety.monitored))
    )
    label = "with at least one adverse event on treatment"
    shares = [proportion("safety/with_event", label, people(one), patients, level) for one in (sure, perhaps)]
    any_one = proportion("safety/with_any_event", "with any charted adverse event", people(None), patients, level)
    unit = "events per 100 patient-years"
    # The least rate is that of the events for certain in all the time there may have been, and the other way round.
    rates = [
        of_estimate(
            "safety/rate", "adverse events on treatment", stats.poisson_rate(n, time, per=100, level=level, unit=unit)
        )
        for n, time in zip(counts, (most_years, years), strict=True)
    ]
    if not_charted is not None:
        return SafetySummary(
            (), years, most_years, _unknown(rates[0]), _unknown(shares[0]), _unknown(any_one), monitoring
        )
    return SafetySummary(tuple(events), years, most_years, _between(*rates), _between(*shares), any_one, monitoring)


def _unknown(result: Result) -> Result:
    return Result(result.id, result.label, None, unit=result.unit, absent_because=NOT_CHARTED)


def _between(low: Result, high: Result) -> Result:
    """One number, or the two ends between which it lies where events may count or not."""
    if low.estimate == high.estimate:
        return low
    return replace(
        low, estimate=None, lower=low.estimate, upper=high.estimate, n=None, method="", absent_because=INEXACT
    )


def _monitoring(
    protocol: Protocol, place: int, safety: Safety, years: Fraction, patient_of: Mapping[str, str]
) -> Monitoring:
    assert protocol.safety is not None
    declared, found = protocol.safety.monitored[place], safety.monitored[place]
    beyond, perhaps = [], []
    for case_id, first, last, millionths, censor in found.values:
        value = MonitoredValue(case_id, first, last, Fraction(millionths, MILLIONTH), censor)
        sides = [
            _beyond(value, bound, side)
            for bound, side in ((declared.below, "<"), (declared.above, ">"))
            if bound is not None
        ]
        if True in sides:
            beyond.append(value)
        elif None in sides:
            perhaps.append(value)
    bounds = [f"below {decimal_text(declared.below)}"] if declared.below is not None else []
    bounds += [f"above {decimal_text(declared.above)}"] if declared.above is not None else []
    per_year = Fraction(len(found.values)) / years if years else None
    patients = len({patient_of[row[0]] for row in found.values})
    return Monitoring(
        declared.measure, len(found.values), patients, per_year, tuple(beyond), " or ".join(bounds), tuple(perhaps)
    )


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
