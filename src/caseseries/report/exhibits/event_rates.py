"""Adverse events counted: rates over person-time by event, what was not counted, and how often counts were taken."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.case import FirstExposure
from caseseries.report.exhibits.charted import some_words
from caseseries.report.exhibits.count_words import count_cell, count_text, of_text
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading, numbers
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    ci_title,
    number,
    per_year_text,
    percent_interval,
    percent_range,
    plain,
    rate_interval,
    rate_places,
    share,
)
from caseseries.report.exhibits.safety import (
    MOST_NAMED,
    alone_words,
    left_out_words,
    on_treatment_words,
    patient_years,
    recorded_words,
    records_words,
    untold_words,
    when_words,
    written,
)
from caseseries.report.exhibits.words import capital, day, measure_name, unit_of
from caseseries.summary.cases import MonitoredValue
from caseseries.summary.model import Summary
from caseseries.summary.published_ids import names_of_events, published
from caseseries.summary.result import Result
from caseseries.summary.safety_summary import Monitoring, SafetySummary, Term

#: A value counts on treatment from the first day on, and the dose of that day from the next.
DAY_0 = "Values of day 0 are among them: where they were taken before the first dose, those beyond a bound are no effect of the drug."


def rate_table(summary: Summary) -> Table | None:
    """Events, patients with one, and events per 100 patient-years, of all events and of each; nothing where none were charted."""
    safety = summary.safety
    if safety is None or summary.nowhere("adverse events"):
        return None
    level, when = summary.protocol.reporting.level, when_words(summary.protocol)
    names = names_of_events(summary)
    columns = (
        Column(f"Event {when}"),
        *numbers("Events"),
        *numbers("n/N (%)", f"{ci_title(level)}, %", over=("Patients with one",)),
        *numbers("Estimate", ci_title(level), over=("Events per 100 patient-years",)),
    )
    rows = [
        Row((Cell("All", strong=True), count_cell(safety.events), *_share(safety.with_event), *_rate(safety.rate))),
        *(
            Row(
                (
                    Cell(capital(written(summary, term.term))),
                    count_cell(term.events),
                    *_share_of(term, published(term.share, names)),
                    *_rate(published(term.rate, names)),
                ),
                1,
            )
            for term in safety.terms
        ),
    ]
    for told in safety.told:
        if told.recorded.high:
            shares = Cell(of_text(told.patients, safety.people)).naming(told.share), _share(told.share)[1]
            rows.append(Row((Cell(told.question.title), count_cell(told.events), *shares, Cell(""), Cell(""))))
    if safety.charted != safety.events:
        name = Cell(f"Any charted event, {when} or not, dated or not")
        rows.append(Row((name, count_cell(safety.charted), *_share(safety.with_any), Cell(""), Cell(""))))
    return Table(
        "adverse-event-rates",
        f"Frequency of adverse events {when}",
        columns,
        tuple(rows),
        tuple(_notes(summary, safety)),
    )


def _notes(summary: Summary, safety: SafetySummary) -> Iterable[str]:
    yield "CI, confidence interval."
    yield from dict.fromkeys(
        f"{capital(result.label)}: {method_words(result.method)}."
        for result in (safety.with_event, safety.rate)
        if result.method
    )
    yield f"{patient_years(safety)} patient-years at risk."
    if safety.rate.estimate is None and rate_interval(safety.rate):
        yield f"Rates are given from the least to the most, without an interval: {safety.rate.absent_because}."
    if summary.cases is None and summary.protocol.safety is not None:
        yield f"{on_treatment_words(summary.protocol)} None recorded is not the same as none."
    for told in safety.told:
        if told.recorded.high:
            of, untold = f"{told.question.title}: of {recorded_words(told)} it is recorded", untold_words(told)
            yield f"{of}; {untold}." if untold else f"{of}."
    left_out = left_out_words(summary)
    if left_out:
        yield left_out
    yield from (
        told for told in (records_words(summary), alone_words(summary), some_words(summary, "adverse events")) if told
    )


def _share_of(term: Term, found: Result) -> tuple[Cell, Cell]:
    """The patients with one adverse event, exact or as a range, with the interval of their share, which is `found`."""
    _, ends = _share(found)
    return Cell(of_text(term.patients, term.people)).naming(found), ends


def _share(found: Result) -> tuple[Cell, Cell]:
    """n/N (%) with its interval; of a range its two ends."""
    one, other = _share_cells(found)
    return one.naming(found), other.naming(found)


def _share_cells(found: Result) -> tuple[Cell, Cell]:
    ends = percent_interval(found)
    if found.estimate is None:
        if found.n is not None and found.total is not None:
            return Cell(share(found.n, found.total)), Cell(NOT_ESTIMABLE)
        return Cell(percent_range(found) or absent(found.absent_because)), Cell(NOT_ESTIMABLE)
    assert found.n is not None and found.total is not None
    return Cell(share(found.n, found.total)), Cell(ends or NOT_ESTIMABLE)


def _rate(rate: Result) -> tuple[Cell, Cell]:
    one, other = _rate_cells(rate)
    return one.naming(rate), other.naming(rate)


def _rate_cells(rate: Result) -> tuple[Cell, Cell]:
    ends = rate_interval(rate)
    if rate.estimate is None:
        return Cell(ends or absent(rate.absent_because)), Cell(NOT_ESTIMABLE)
    return Cell(number(rate.estimate, rate_places(rate)), rate.estimate), Cell(ends or NOT_ESTIMABLE)


def not_counted_table(summary: Summary) -> Table | None:
    """Events that were charted and are not on treatment, by event and reason; nothing where each of a few stands in the table of events."""
    safety = summary.safety
    if safety is None or (summary.cases is not None and len(summary.cases.events) <= MOST_NAMED):
        return None
    rows: list[Row] = []
    for term in safety.terms:
        if term.not_counted:
            rows.append(heading(capital(written(summary, term.term))))
            rows += [Row((Cell(capital(reason.words)), count_cell(reason.n)), 1) for reason in term.not_counted]
    if not rows:
        return None
    return Table(
        "events-not-counted",
        f"Recorded events that were not counted as {when_words(summary.protocol)}",
        (Column("Why"), Column("Events", "number")),
        tuple(rows),
    )


def monitoring_table(summary: Summary) -> Table | None:
    """How often a count was taken, and the values beyond the declared bound, with whose they are where these are few."""
    if summary.safety is None or not summary.safety.monitoring:
        return None
    columns = (
        Column("Count"),
        *numbers("Values", "Patients with one, n/N (%)", "Values per patient-year"),
        Column("Bound"),
        Column("Beyond the bound"),
    )
    rows = tuple(_monitored(summary, found) for found in summary.safety.monitoring)
    when = when_words(summary.protocol)
    drug = isinstance(summary.protocol.case.index_date, FirstExposure)
    notes = [DAY_0] if drug and any(found.values.high for found in summary.safety.monitoring) else []
    if any(found.values.exact is None for found in summary.safety.monitoring):
        notes.append(f"A range: of some values it is not known whether they were taken {when}.")
    return Table("monitoring", f"How often counts were taken {when}", columns, rows, tuple(notes))


def _monitored(summary: Summary, found: Monitoring) -> Row:
    unit = unit_of(summary.measures[found.measure]) if found.measure in summary.measures else ""
    name = capital(measure_name(summary.measures, found.measure))
    taken = found.per_patient_year if found.values.high else None
    return Row(
        (
            Cell(f"{name}, {unit}" if unit else name),
            count_cell(found.values),
            Cell(of_text(found.patients, summary.patients)),
            Cell(NOT_ESTIMABLE) if taken is None else Cell(per_year_text(taken), taken),
            Cell(found.bound or "no bound declared"),
            _beyond(summary, found),
        )
    )


def _beyond(summary: Summary, found: Monitoring) -> Cell:
    """How many values lie beyond the bound, and whose they are."""
    if not found.values.high or not found.bound:
        return Cell("no value recorded" if not found.values.high else "–")
    single = summary.cases.beyond if summary.cases is not None else ()
    own = next((one for one in single if (one.measure, one.bound) == (found.measure, found.bound)), None)
    if own is None or not 0 < len(own.values) + len(own.perhaps) <= MOST_NAMED:
        return count_cell(found.beyond)
    values = "; ".join(map(_value, own.values))
    perhaps = f"not known: {'; '.join(map(_value, own.perhaps))}" if own.perhaps else ""
    return Cell(f"{count_text(found.beyond)} ({'; '.join(part for part in (values, perhaps) if part)})")


def _value(found: MonitoredValue) -> str:
    """`P2 day 29: 1.1`, or with the days between which it lies, or with its limit."""
    when = f"day {day(found.low)}" if found.low == found.high else f"between day {day(found.low)} and {day(found.high)}"
    sign = found.censor.replace("<=", "≤").replace(">=", "≥")
    return f"{found.case_id} {when}: {sign}{plain(found.value)}"
