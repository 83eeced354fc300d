"""Adverse events of very many: rates over person-time, by term, and what was not counted."""

from __future__ import annotations

from caseseries.protocol.written import folded as plain_term
from caseseries.report.exhibits.charted import nowhere_words, some_words
from caseseries.report.exhibits.describe import known, method_words
from caseseries.report.exhibits.model import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.numbers import (
    NOT_ESTIMABLE,
    absent,
    alike,
    number,
    per_year_text,
    percent_interval,
    rate_interval,
    rate_places,
    rate_text,
    share,
    share_in_words,
    span,
    years_text,
)
from caseseries.report.exhibits.population_words import count_cell, count_text, of_text
from caseseries.report.exhibits.safety import ON_TREATMENT, died_words
from caseseries.report.exhibits.words import capital, counted, listed, measure_name, unit_of
from caseseries.summary.model import Result
from caseseries.summary.population_model import Population, PopulationSafety
from caseseries.summary.population_results import TIME_INEXACT


def safety_words(population: Population) -> Paragraph:
    """Adverse events on treatment, their rate, and how they were looked for; or that they were not charted."""
    safety = population.safety
    if safety is None:
        told = (
            "Safety is not declared in the protocol, so adverse events were not looked for: nothing is known of them."
        )
    elif population.nowhere("adverse events"):
        told = nowhere_words(population, "adverse events")
    else:
        told = " ".join((_events_words(population, safety), some_words(population, "adverse events")))
    return Paragraph(f"{told.strip()} {deaths_words(population)}".strip())


def _events_words(population: Population, safety: PopulationSafety) -> str:
    told = (
        f"{capital(count_text(safety.events))} adverse event{'' if safety.events.exact == 1 else 's'} on treatment "
        f"{'was' if safety.events.exact == 1 else 'were'} recorded"
        if safety.events.high
        else "No adverse event on treatment was recorded, which is not the same as none"
    )
    people, every = safety.with_event, safety.with_any
    if safety.events.high and people.n is not None and people.total is not None:
        told += f", in {share_in_words(people.n, people.total)} of the patients"
    told += f" ({years_words(safety)} patient-years; {rate_words(population, safety.rate)}). "
    if every.n is not None and every.total is not None and every.n != people.n:
        told += f"With any recorded event, on treatment or not, dated or not: {share_in_words(every.n, every.total)} of the patients. "
    if safety.undated.high:
        told += f"In no rate, because they have no date: {count_text(safety.undated)} event{'' if safety.undated.exact == 1 else 's'}. "
    declared = population.protocol.safety
    assert declared is not None
    told += f"Ascertainment: {declared.ascertainment}. "
    looked = [name for name in declared.events if not population.nowhere(f"adverse events: {plain_term(name)}")]
    told += f"Looked for were {listed(looked)}, as coded in the data; other events were not looked for."
    lost = [name for name in declared.events if f"adverse events: {plain_term(name)}" in population.not_charted]
    if lost:
        told += f" Not charted, in some or all sources, because no concept or no table holds them: {listed(lost)}."
    return told


def years_words(safety: PopulationSafety) -> str:
    """Patient-years at risk; the least where it is not known of some days whether they were on treatment."""
    return years_text(
        safety.patient_years, None if safety.rate.absent_because == TIME_INEXACT else safety.patient_years
    )


def deaths_words(population: Population) -> str:
    """How many of the included patients died, and how long after the index date; or that deaths were not charted."""
    if population.nowhere("deaths"):
        return nowhere_words(population, "deaths")
    deaths, some = population.deaths, some_words(population, "deaths")
    if deaths is None or not deaths.patients:
        return some
    if not deaths.died:
        return f"No death was recorded. {some}".strip()
    first, last = deaths.days["minimum"], deaths.days["maximum"]
    low, high = (
        one.estimate if one.estimate is not None else end for one, end in ((first, first.lower), (last, last.upper))
    )
    within = "" if deaths.within.exact == deaths.died else count_text(deaths.within)
    middle = deaths.days["median"]
    days = [day for day in (middle.estimate, low, high) if day is not None]
    printed = dict(zip(days, alike(days), strict=True))
    ends = "" if low is None or high is None else span(printed[low], printed[high])
    median = known(middle, 0) if middle.estimate is None else printed[middle.estimate]
    told = died_words(population.protocol, deaths.died, deaths.patients, median, ends, within)
    return f"{told} {some}".strip()


def rate_words(population: Population, rate: Result) -> str:
    """`1.2 per 100 patient-years, 95 % CI 1.1–1.3`."""
    return rate_text(rate, population.protocol.reporting.level) or f"rate {absent(rate.absent_because)}"


def rates_table(population: Population, safety: PopulationSafety) -> Table | None:
    """Events, patients and rates: all events, then each by its name; nothing where no source charted any."""
    if population.nowhere("adverse events"):
        return None
    level = population.protocol.reporting.level
    columns = (
        Column("Event on treatment"),
        *numbers("Events", "Patients with one, n/N (%)", "Per 100 patient-years", f"{level} % CI"),
    )
    people = safety.with_event
    with_one = (
        share(people.n, people.total)
        if people.n is not None and people.total is not None
        else f"{percent_interval(people)} %"
        if percent_interval(people)
        else NOT_ESTIMABLE
    )
    rows = [Row((Cell("All", strong=True), count_cell(safety.events), Cell(with_one), *_rate(safety.rate)))]
    rows += [
        Row((Cell(capital(term.term)), count_cell(term.events), Cell(of_text(term.patients, term.people)), *_rate(term.rate)), 1)
        for term in safety.terms
    ]  # fmt: skip
    share_ends = percent_interval(people)
    notes = [
        f"CI, confidence interval: {method_words(safety.rate.method)}."
        if safety.rate.method
        else "CI, confidence interval.",
        f"{years_words(safety)} patient-years at risk.",
    ]
    if people.estimate is not None and share_ends:
        notes.append(
            f"Share of patients with at least one event: {level} % CI {share_ends} % ({method_words(people.method)})."
        )
    if safety.rate.estimate is None and rate_interval(safety.rate):
        notes.append(f"Rates are given from the least to the most, without an interval: {safety.rate.absent_because}.")
    declared = population.protocol.safety
    if declared is not None:
        lag = counted(declared.until_after_last_dose, "day")
        notes.append(f"{ON_TREATMENT.format(lag=lag)} None recorded is not the same as none.")
    if safety.undated.high:
        notes.append(f"In no row, because they have no date: {count_text(safety.undated)} events.")
    every = safety.with_any
    if every.n is not None and every.total is not None:
        notes.append(
            f"Patients with any recorded event, on treatment or not, dated or not, n/N (%): {share(every.n, every.total)}."
        )
    some = some_words(population, "adverse events")
    notes += [some] if some else []
    return Table("adverse-event-rates", "Adverse events on treatment", columns, tuple(rows), tuple(notes))


def _rate(rate: Result) -> tuple[Cell, Cell]:
    between = rate_interval(rate)
    if rate.estimate is None:
        return Cell(between or absent(rate.absent_because)), Cell(NOT_ESTIMABLE)
    return Cell(number(rate.estimate, rate_places(rate)), rate.estimate), Cell(between or NOT_ESTIMABLE)


def not_counted_table(safety: PopulationSafety) -> Table | None:
    """Events that were recorded and are not on treatment, by event and reason."""
    rows: list[Row] = []
    for term in safety.terms:
        if term.not_counted:
            rows.append(heading(capital(term.term)))
            rows += [Row((Cell(capital(reason.words)), count_cell(reason.n)), 1) for reason in term.not_counted]
    if not rows:
        return None
    return Table(
        "events-not-counted",
        "Recorded events that were not counted as on treatment",
        (Column("Why"), Column("Events", "number")),
        tuple(rows),
    )


def monitoring_table(population: Population, safety: PopulationSafety) -> Table | None:
    """How often a count was taken on treatment, and how many values were beyond the declared bound."""
    if not safety.monitoring:
        return None
    columns = (
        Column("Count"),
        *numbers("Values", "Patients with one, n/N (%)", "Values per patient-year", "Beyond the bound"),
        Column("Bound"),
    )
    rows = []
    for found in safety.monitoring:
        name, facts = capital(measure_name(population.measures, found.measure)), population.measures[found.measure]
        rows.append(
            Row(
                (
                    Cell(f"{name}, {unit_of(facts)}" if unit_of(facts) else name),
                    count_cell(found.values),
                    Cell(of_text(found.patients, population.patients)),
                    Cell(NOT_ESTIMABLE)
                    if found.per_patient_year is None or not found.values.high
                    else Cell(per_year_text(found.per_patient_year), found.per_patient_year),
                    count_cell(found.beyond),
                    Cell(found.bound or "no bound declared"),
                )
            )
        )
    return Table("monitoring", "How often counts were taken on treatment", columns, tuple(rows))
