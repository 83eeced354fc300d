"""Adverse events: how they were looked for, each event, and the rate over person-time."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.charted import charted, none_words, uncharted_words
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.model import Cell, Column, Row, Table
from caseseries.report.exhibits.numbers import (
    NOT_ESTIMABLE,
    absent,
    alike,
    number,
    per_year_text,
    percent_interval,
    plain,
    rate_interval,
    rate_places,
    share,
    span,
    whole,
    years_text,
)
from caseseries.report.exhibits.words import capital, counted, day, listed, measure_name, unit_of, without_dates
from caseseries.summary.model import Monitoring, SafetySummary, Summary
from caseseries.summary.result import Result
from caseseries.summary.cases import AdverseEvent, MonitoredValue


def events_table(summary: Summary) -> Table | None:
    """One row per charted event of an included case, those on treatment first; nothing where adverse events were not charted."""
    if not charted(summary, "adverse events"):
        return None
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
        *((Column("On treatment"),) if declared is not None else ()),
    )
    order = {case.case_id: place for place, case in enumerate(summary.shown.included)}
    events = sorted(
        summary.shown.events,
        key=lambda found: (
            _STATES.index(found.status),
            order.get(found.case_id, -1),
            found.day is None,
            found.low or 0,
            found.day or 0,
            found.term,
        ),
    )
    rows = tuple(_event(summary, event) for event in events)
    if not rows:
        none = Cell(capital(none_words(summary, "adverse events")))
        rows = (Row((none, *(Cell("") for _ in range(len(columns) - 1)))),)
    notes = [f"Ascertainment: {ascertainment(summary)}. None recorded is not the same as none."]
    if declared is not None:
        notes.append(f"{ON_TREATMENT.format(lag=counted(declared.until_after_last_dose, 'day'))} Grades: {grading}.")
    else:
        notes.append("The protocol declares no safety, so which of these events lie on treatment was not assessed.")
    if any(event.low != event.high for event in events):
        notes.append(
            "A day from – to: the date is known only between these days; drugs in brackets were taken on some of them."
        )
    return Table("adverse-events", "Adverse events of the included cases", columns, rows, tuple(notes))


#: What on treatment means.
ON_TREATMENT = (
    "On treatment: on a day on which the study drug was taken, or at most {lag} after the last dose before it, within follow-up; in a longer "
    "gap between courses the patient is off treatment."
)
_STATES = ("on treatment", "possibly on treatment", "not assessed", "not on treatment", "undated")


def ascertainment(summary: Summary) -> str:
    """How events were looked for, as the protocol states it."""
    declared = summary.protocol.safety
    return declared.ascertainment if declared is not None else "not stated in the protocol"


def day_words(event: AdverseEvent) -> str:
    """The day of an event, from when to when it lasted, or between which days its date lies."""
    if event.day is None:
        return "undated"
    if event.low != event.high:
        return f"between {day(event.low)} and {day(event.high)}"
    if event.ends is not None:
        return f"{day(event.day)} to between {day(event.ends[0])} and {day(event.ends[1])}"
    return span(day(event.day), day(event.end)) if event.end not in {None, event.day} else day(event.day)


def _event(summary: Summary, event: AdverseEvent) -> Row:
    exact = event.low == event.high
    cells = (
        Cell(event.case_id),
        Cell(day_words(event), event.day if exact and event.ends is None and event.end in {None, event.day} else None),
        Cell(capital(without_dates(event.term))),
        Cell(event.grade or "not recorded"),
        Cell(event.serious or "not recorded"),
        Cell(without_dates(event.outcome) or "not recorded"),
        Cell(without_dates(event.attribution) or "not recorded"),
        Cell(_concurrent(summary, event)),
        *((Cell(_on_treatment(event)),) if summary.protocol.safety is not None else ()),
    )
    return Row(cells)


def _concurrent(summary: Summary, event: AdverseEvent) -> str:
    if not charted(summary, "other drugs"):
        return none_words(summary, "other drugs")
    if event.day is None:
        return "not known, undated"
    told = [*event.concurrent, *(f"({drug})" for drug in event.perhaps)]
    return ", ".join(told) or none_words(summary, "other drugs")


def _on_treatment(event: AdverseEvent) -> str:
    words = {"on treatment": "yes", "possibly on treatment": "possibly", "undated": "not known"}
    told = words.get(event.status, "no")
    return f"{told}: {event.why_not}" if event.why_not else told


def rate_table(summary: Summary, safety: SafetySummary) -> Table | None:
    """Patients with an event, and events per 100 patient-years, with exact intervals; nothing where events were not charted."""
    if not charted(summary, "adverse events"):
        return None
    level = summary.protocol.reporting.level
    patients, every, rate = safety.with_event, safety.with_any, safety.rate
    columns = (Column("Quantity"), Column("Estimate", "number"), Column(f"{level} % CI", "number"))
    rows = (
        Row((Cell("Events on treatment"), Cell(events_text(safety)), Cell(""))),
        Row((Cell("Patient-years"), years_cell(safety), Cell(""))),
        Row((Cell("Patients with at least one event on treatment, n/N (%)"), Cell(_share(patients)), Cell(_percent_ends(patients)))),
        Row((Cell("Patients with any charted event, n/N (%)"), Cell(_share(every)), Cell(_percent_ends(every)))),
        Row((Cell("Events per 100 patient-years"), _rate(safety), Cell(_rate_ends(rate)))),
    )  # fmt: skip
    methods = dict.fromkeys(
        f"{capital(result.label)}: {method_words(result.method)}." for result in (patients, rate) if result.method
    )
    left_out = left_out_words(safety)
    notes = ("CI, confidence interval.", *methods, *([left_out] if left_out else []))
    return Table("adverse-event-rates", "Frequency of adverse events on treatment", columns, rows, notes)


def years_cell(safety: SafetySummary) -> Cell:
    """Patient-years at risk: a number, or from the least to the most where days of courses are not known."""
    least, most = safety.patient_years, safety.most_patient_years
    return Cell(years_text(least, most), least if least == most else None)


def events_text(safety: SafetySummary) -> str:
    """How many events lie on treatment: a number, or from the least to the most where dates are not exact.

    Such as `3` or `3–4`.
    """
    sure = sum(event.on_treatment for event in safety.events)
    perhaps = sum(event.status == "possibly on treatment" for event in safety.events)
    return f"{sure}–{sure + perhaps}" if perhaps else str(sure)


def left_out_words(safety: SafetySummary) -> str:
    """Which charted events the numbers on treatment leave out, or count as a range; empty where all are dated exactly."""
    told = []
    for state, words in (
        ("undated", "without a date"),
        ("possibly on treatment", "whose date is not exact enough to say"),
    ):
        found = [event for event in safety.events if event.status == state]
        if found:
            who = listed(dict.fromkeys(event.case_id for event in found))
            told.append(f"{counted(len(found), 'event')} {words} (case {who})")
    if not told:
        return ""
    return f"Not in a number on treatment, or only in its upper end: {'; '.join(told)}."


def _share(found: Result) -> str:
    return (
        share(found.n, found.total) if found.n is not None and found.total is not None
        else f"{percent_interval(found)} %" if percent_interval(found) else absent(found.absent_because)
    )  # fmt: skip


def _percent_ends(found: Result) -> str:
    ends = percent_interval(found) if found.estimate is not None else ""
    return f"{ends} %" if ends else NOT_ESTIMABLE


def _rate(safety: SafetySummary) -> Cell:
    if safety.rate.estimate is None:
        return Cell(rate_interval(safety.rate) or absent(safety.rate.absent_because))
    return Cell(number(safety.rate.estimate, rate_places(safety.rate)), safety.rate.estimate)


def _rate_ends(rate: Result) -> str:
    return (rate_interval(rate) if rate.estimate is not None else "") or NOT_ESTIMABLE


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
    per_year = (
        NOT_ESTIMABLE if found.per_patient_year is None or not found.values else per_year_text(found.per_patient_year)
    )
    unit = unit_of(summary.measures[found.measure]) if found.measure in summary.measures else ""
    told = f"{found.bound}: {'; '.join(map(_value, found.beyond)) or 'none'}" if found.bound else "no bound declared"
    told += f"; not known: {'; '.join(map(_value, found.perhaps))}" if found.perhaps else ""
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


def _value(found: MonitoredValue) -> str:
    """`P2 day 29: 1.1`, or with the days between which it lies, or with its limit."""
    when = f"day {day(found.low)}" if found.low == found.high else f"between day {day(found.low)} and {day(found.high)}"
    sign = found.censor.replace("<=", "≤").replace(">=", "≥")
    return f"{found.case_id} {when}: {sign}{plain(found.value)}"


def monitoring_words(summary: Summary, safety: SafetySummary) -> str:
    """One sentence on how often counts were taken."""
    parts = [
        f"{measure_name(summary.measures, found.measure)} {per_year_text(found.per_patient_year)} times per patient-year"
        for found in safety.monitoring
        if found.per_patient_year is not None and found.values
    ]
    none = [measure_name(summary.measures, found.measure) for found in safety.monitoring if not found.values]
    told = [f"Counts were taken: {listed(parts)}."] if parts else []
    told += [f"No value of {listed(none, 'or')} was recorded on treatment, so it was not monitored."] if none else []
    return " ".join(told)


def deaths_words(summary: Summary) -> str:
    """How many of the included patients died, and how long after the index date; or that deaths were not charted.

    A patient with several cases is counted once, from the index date of the last case before the death.
    """
    days: dict[str, int] = {}
    for case in summary.shown.included:
        if case.death_day is not None:
            # Of several days since an index date the least that is not negative belongs to the last case before the death.
            known = days.get(case.patient)
            best = [day for day in (known, case.death_day) if day is not None]
            days[case.patient] = min(best, key=lambda day: (day < 0, abs(day)))
    people = len({case.patient for case in summary.shown.included})
    if not charted(summary, "deaths"):
        return uncharted_words("deaths", summary.not_charted["deaths"])
    if not days:
        return "No death was recorded." if people else ""
    found = sorted(days.values())
    half = len(found) // 2
    within = sum(
        case.death_day is not None and case.observed_days is not None and case.death_day <= case.observed_days
        for case in {case.patient: case for case in summary.shown.included if case.patient in days}.values()
    )
    if any(case.death_latest not in {None, case.death_day} for case in summary.shown.included):
        return died_words(
            summary.protocol, len(found), people, "", "", ""
        )  # of a day that is not known there is no median
    median, first, last = alike([Fraction(found[half] + found[-half - 1], 2), found[0], found[-1]])
    ends = span(first, last)
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
