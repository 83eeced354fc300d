"""Adverse events: how they were looked for, each event, and the rate over person-time."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.model import Cell, Column, Row, Table
from caseseries.report.exhibits.numbers import (
    NOT_ESTIMABLE,
    absent,
    interval,
    number,
    percent_interval,
    plain,
    share,
    span,
    whole,
)
from caseseries.report.exhibits.selection import of_database
from caseseries.report.exhibits.words import capital, counted, day, listed, measure_name, unit_of, without_dates
from caseseries.summary.model import AdverseEvent, Monitoring, SafetySummary, Summary


def events_table(summary: Summary, safety: SafetySummary) -> Table:
    """One row per recorded event of an included case, those on treatment first."""
    declared = summary.protocol.safety
    grading = declared.grading if declared is not None else "as recorded"
    columns = (
        Column("Case"),
        Column("Day", "number"),
        Column("Event"),
        Column(f"Grade ({grading})"),
        Column("Serious"),
        Column("Outcome"),
        Column("Attributed to"),
        Column("Drugs taken at the time"),
        Column("On treatment"),
    )
    order = {case.case_id: place for place, case in enumerate(summary.included)}
    events = sorted(
        safety.events,
        key=lambda found: (
            not found.on_treatment,
            order.get(found.case_id, -1),
            found.day is None,
            found.day or 0,
            found.term,
        ),
    )
    rows = tuple(_event(event) for event in events)
    if not rows:
        rows = (Row((Cell("None recorded"), *(Cell("") for _ in range(len(columns) - 1)))),)
    notes = [f"Ascertainment: {ascertainment(summary)}. None recorded is not the same as none."]
    if declared is not None:
        notes.append(
            f"On treatment: from day 0 to {counted(declared.until_after_last_dose, 'day')} after the last dose, within follow-up. "
            f"Grades: {grading}."
        )
    return Table("adverse-events", "Adverse events of the included cases", columns, rows, tuple(notes))


def ascertainment(summary: Summary) -> str:
    """How events were looked for, as the protocol states it."""
    declared = summary.protocol.safety
    return declared.ascertainment if declared is not None else "not stated in the protocol"


def _event(event: AdverseEvent) -> Row:
    at = "undated" if event.day is None else day(event.day)
    if event.day is not None and event.end is not None and event.end != event.day:
        at = span(day(event.day), day(event.end))
    cells = (
        Cell(event.case_id),
        Cell(at, event.day),
        Cell(capital(without_dates(event.term))),
        Cell(event.grade or "not recorded"),
        Cell(event.serious or "not recorded"),
        Cell(without_dates(event.outcome) or "not recorded"),
        Cell(without_dates(event.attribution) or "not recorded"),
        Cell(", ".join(event.concurrent) or "none recorded"),
        Cell("yes" if event.on_treatment else f"no: {event.why_not}" if event.why_not else "no"),
    )
    return Row(cells)


def rate_table(summary: Summary, safety: SafetySummary) -> Table:
    """Patients with an event, and events per 100 patient-years, with exact intervals."""
    level = summary.protocol.reporting.level
    patients, rate = safety.patients_with_event, safety.rate
    columns = (Column("Quantity"), Column("Estimate", "number"), Column(f"{level} % CI", "number"))
    rows = (
        Row((Cell("Events on treatment"), Cell(str(sum(event.on_treatment for event in safety.events))), Cell(""))),
        Row((Cell("Patient-years"), Cell(number(safety.patient_years, 1), safety.patient_years), Cell(""))),
        Row((Cell("Patients with at least one event, n/N (%)"), Cell(_share(safety)), Cell(_percent_ends(safety)))),
        Row((Cell("Events per 100 patient-years"), _rate(safety), Cell(interval(rate) or NOT_ESTIMABLE))),
    )
    notes = tuple(
        dict.fromkeys(f"{capital(result.label)}: {result.method}." for result in (patients, rate) if result.method)
    )
    return Table(
        "adverse-event-rates",
        "Frequency of adverse events on treatment",
        columns,
        rows,
        ("CI, confidence interval.", *notes),
    )


def _share(safety: SafetySummary) -> str:
    found = safety.patients_with_event
    return (
        share(found.n, found.total) if found.n is not None and found.total is not None else absent(found.absent_because)
    )


def _percent_ends(safety: SafetySummary) -> str:
    ends = percent_interval(safety.patients_with_event)
    return f"{ends} %" if ends else NOT_ESTIMABLE


def _rate(safety: SafetySummary) -> Cell:
    if safety.rate.estimate is None:
        return Cell(absent(safety.rate.absent_because))
    return Cell(number(safety.rate.estimate), safety.rate.estimate)


def monitoring_table(summary: Summary, safety: SafetySummary) -> Table | None:
    """How often a count was taken, and the values beyond the declared bound."""
    if not safety.monitoring:
        return None
    columns = (
        Column("Count"),
        Column("Values", "number"),
        Column("Patients", "number"),
        Column("Values per patient-year", "number"),
        Column("Beyond the bound"),
    )
    rows = tuple(_monitored(summary, found) for found in safety.monitoring)
    return Table("monitoring", "How often counts were taken on treatment", columns, rows)


def _monitored(summary: Summary, found: Monitoring) -> Row:
    per_year = NOT_ESTIMABLE if found.per_patient_year is None or not found.values else number(found.per_patient_year)
    unit = unit_of(summary.measures[found.measure]) if found.measure in summary.measures else ""
    beyond = [f"{case} day {day(when)}: {plain(value)}" for case, when, value in found.beyond]
    told = f"{found.bound}: {'; '.join(beyond) or 'none'}" if found.bound else "no bound declared"
    told = told if found.values else "no value recorded"
    name = capital(measure_name(summary.measures, found.measure))
    return Row(
        (
            Cell(f"{name}, {unit}" if unit else name),
            Cell(str(found.values), found.values),
            Cell(str(found.patients), found.patients),
            Cell(per_year, found.per_patient_year if found.values else None),
            Cell(told),
        )
    )


def monitoring_words(summary: Summary, safety: SafetySummary) -> str:
    """One sentence on how often counts were taken."""
    parts = [
        f"{measure_name(summary.measures, found.measure)} {number(found.per_patient_year)} times per patient-year"
        for found in safety.monitoring
        if found.per_patient_year is not None and found.values
    ]
    none = [measure_name(summary.measures, found.measure) for found in safety.monitoring if not found.values]
    told = [f"Counts were taken: {listed(parts)}."] if parts else []
    told += [f"No value of {listed(none, 'or')} was recorded on treatment, so it was not monitored."] if none else []
    return " ".join(told)


def deaths_words(summary: Summary) -> str:
    """How many of the included patients died, and how long after the index date; of a chart only where somebody did.

    A patient with several cases is counted once, from the index date of the last case before the death.
    """
    days: dict[str, int] = {}
    for case in summary.included:
        if case.death_day is not None:
            # Of several days since an index date the least that is not negative belongs to the last case before the death.
            known = days.get(case.patient)
            best = [day for day in (known, case.death_day) if day is not None]
            days[case.patient] = min(best, key=lambda day: (day < 0, abs(day)))
    people = len({case.patient for case in summary.included})
    unknown = any(found.rule == "table" and found.message.startswith("the table death ") for found in summary.findings)
    if not days:
        return "No death was recorded." if of_database(summary) and not unknown and people else ""
    found = sorted(days.values())
    half = len(found) // 2
    within = sum(
        case.death_day is not None and case.observed_days is not None and case.death_day <= case.observed_days
        for case in {case.patient: case for case in summary.included if case.patient in days}.values()
    )
    median = plain(Fraction(found[half] + found[-half - 1], 2))
    ends = span(plain(found[0]), plain(found[-1]))
    told = "" if within == len(found) else str(within)
    return died_words(summary.protocol, len(found), people, median, ends, told)


def died_words(protocol: Protocol, died: int, people: int, median: str, ends: str, within: str) -> str:
    """How many died and when; `within` are the deaths within follow-up, empty where all of them are.

    `median` and `ends`, the least and the most days since the index date, are empty where they are not known.
    """
    since = "the index date of their last case" if protocol.case.per == "course" else "the index date"
    when = f", {median} days after {since}" if median else ""
    if died > 1 and median:
        when = f", a median of {median} days after {since}" + (f" (range {ends})" if ends else "")
    followed = f"; {within} of the deaths lie within follow-up" if within else ""
    return f"{whole(died)} of {counted(people, 'included patient')} died{when}{followed}."
