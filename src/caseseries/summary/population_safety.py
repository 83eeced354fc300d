"""Safety of very many patients: events over person-time, by term, from counts."""

from __future__ import annotations

from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.words import DAYS_PER_UNIT, decimal_text
from caseseries.stats.tally import Key
from caseseries.summary.population_model import Count, PopulationMonitoring, PopulationSafety, Term
from caseseries.summary.population_results import rate, reasons, share
from caseseries.summary.population_told import Told

_NONE = Count(0, 0)


def safety(protocol: Protocol, told: Told, people: Count, level: Fraction) -> PopulationSafety | None:
    """Events on treatment and beside it, and rates over the time at risk; None where safety was not declared. `people` are all patients."""
    if protocol.safety is None:
        return None
    days = told.exact("days at risk")
    years = Fraction(days) / DAYS_PER_UNIT["year"]
    by_term: dict[str, dict[Key, Count]] = {}
    beside: dict[Key, Count] = {}
    events = _NONE
    for (term, why_not), n in told.under("adverse").items():
        by_term.setdefault(str(term), {})[why_not,] = n
        if why_not:
            beside[why_not,] = beside.get((why_not,), _NONE) + n
        else:
            events += n
    patients = {str(term): n for (term,), n in told.under("adverse patients").items()}
    with_event = patients.pop("", _NONE)
    terms = []
    for term, found in by_term.items():
        on_treatment = found.pop(("",), _NONE)
        own = patients.pop(term, _NONE)
        ensure(own.low <= on_treatment.high, "a patient with an event has at least one")
        name = f"safety/rate/{term}"
        terms.append(Term(term, on_treatment, own, rate(name, term, on_treatment, days, level), reasons(found)))
    ensure(not any(n.low for n in patients.values()), "a patient with an event has one")
    ensure(with_event.low <= min(people.high, events.high))
    return PopulationSafety(
        events=events,
        not_counted=reasons(beside),
        patient_years=years,
        rate=rate("safety/rate", "adverse events on treatment", events, days, level),
        with_event=share(
            "safety/with_event",
            "with at least one adverse event on treatment",
            with_event,
            people,
            level,
        ),
        terms=tuple(sorted(terms, key=lambda one: (-one.events.high, one.term))),
        monitoring=_monitoring(protocol, told, years, people),
    )


def _monitoring(protocol: Protocol, told: Told, years: Fraction, people: Count) -> tuple[PopulationMonitoring, ...]:
    assert protocol.safety is not None
    rows = []
    for declared in protocol.safety.monitored:
        values, patients, beyond = (
            told.count("monitored", declared.measure, part) for part in ("values", "patients", "beyond")
        )
        ensure(patients.low <= min(values.high, people.high) and beyond.low <= values.high)
        bounds = [f"below {decimal_text(declared.below)}"] if declared.below is not None else []
        bounds += [f"above {decimal_text(declared.above)}"] if declared.above is not None else []
        per_year = values.exact / years if years and values.exact is not None else None
        rows.append(PopulationMonitoring(declared.measure, values, patients, beyond, per_year, " or ".join(bounds)))
    return tuple(rows)
