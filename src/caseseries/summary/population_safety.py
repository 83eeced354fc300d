"""Safety of very many patients: events over person-time, by term, from counts."""

from __future__ import annotations

from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT, decimal_text
from caseseries.safety.follow import NO_DATE
from caseseries.stats.tally import Key
from caseseries.summary.harm import NOT_CHARTED
from caseseries.summary.model import Result
from caseseries.summary.population_model import Count, NotCharted, PopulationMonitoring, PopulationSafety, Term
from caseseries.summary.population_results import rate, reasons, share
from caseseries.summary.population_told import Told

_NONE = Count(0, 0)


def safety(
    protocol: Protocol, told: Told, people: Count, lacking: NotCharted | None, level: Fraction
) -> PopulationSafety | None:
    """Events on treatment and beside it, and rates over the time at risk; None where safety was not declared.

    `people` are all patients, `lacking` those of sources that could not tell any event: they and their time count in no rate.
    """
    if protocol.safety is None:
        return None
    days = _days(told, "adverse events")
    years = Fraction(days.low) / DAYS_PER_UNIT["year"]
    all_years = Fraction(told.exact("days at risk")) / DAYS_PER_UNIT["year"]
    every, asked = people, people
    if lacking is not None:
        asked = Count(people.low - lacking.patients.low, people.high - lacking.patients.high)
        if lacking.cases == told.exact("cases", "", ""):
            return _nothing(protocol, told, all_years, every)
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
        name, what = f"safety/rate/{term}", f"adverse events: {term}"
        own_days = _days(told, "adverse events", what)
        unasked = told.count("not charted", what, "patients")
        asked_for = Count(asked.low - unasked.low, asked.high - unasked.high)
        own_rate = rate(name, term, on_treatment, own_days, level)
        terms.append(Term(term, on_treatment, own, asked_for, own_rate, reasons(found)))
    ensure(not any(n.low for n in patients.values()), "a patient with an event has one")
    ensure(with_event.low <= min(asked.high, events.high))
    return PopulationSafety(
        events=events,
        not_counted=reasons(beside),
        patient_years=years,
        all_patient_years=all_years,
        people=asked,
        rate=rate("safety/rate", "adverse events on treatment", events, days, level),
        with_event=share(
            "safety/with_event",
            "with at least one adverse event on treatment",
            with_event,
            asked,
            level,
        ),
        with_any=share(
            "safety/with_any_event",
            "with any charted adverse event",
            told.count("adverse patients any"),
            asked,
            level,
        ),
        undated=beside.get((NO_DATE,), _NONE),
        terms=tuple(sorted(terms, key=lambda one: (-one.events.high, one.term))),
        monitoring=_monitoring(protocol, told, all_years, every),
    )


def _days(told: Told, *lacking: str) -> Count:
    """The days at risk, for certain to at most, without those of sources that could not tell these kinds of fact."""
    least, more = told.exact("days at risk"), told.exact("days perhaps at risk")
    least -= sum(told.exact("not charted", what, "days") for what in lacking)
    more -= sum(told.exact("not charted", what, "days perhaps") for what in lacking)
    return Count(least, least + more)


def _nothing(protocol: Protocol, told: Told, years: Fraction, people: Count) -> PopulationSafety:
    """Where no source charted adverse events: how counts were looked for, and no number of events."""

    def unknown(name: str, label: str, unit: str) -> Result:
        return Result(name, label, None, unit=unit, absent_because=NOT_CHARTED)

    return PopulationSafety(
        events=_NONE,
        not_counted=(),
        patient_years=Fraction(0),
        all_patient_years=years,
        people=_NONE,
        rate=unknown("safety/rate", "adverse events on treatment", "events per 100 patient-years"),
        with_event=unknown("safety/with_event", "with at least one adverse event on treatment", "proportion"),
        with_any=unknown("safety/with_any_event", "with any charted adverse event", "proportion"),
        undated=_NONE,
        terms=(),
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
