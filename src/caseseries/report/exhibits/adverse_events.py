"""Every adverse event of the cases: its day, grade, outcome, what it was attributed to, and whether it lies on treatment."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.safety import grade_number
from caseseries.protocol.written import folded
from caseseries.report.exhibits.charted import none_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import share, span
from caseseries.report.exhibits.safety import ascertainment, on_treatment_words, when_words, written
from caseseries.report.exhibits.words import capital, counted, day, listed
from caseseries.summary.audience import NOT_SHOWN
from caseseries.summary.cases import AdverseEvent
from caseseries.summary.model import Summary

_STATES = ("on treatment", "possibly on treatment", "not assessed", "not on treatment", "undated")


def events_table(summary: Summary) -> Table | None:
    """One row per charted event of an included case, those on treatment first; nothing where adverse events were not charted."""
    if summary.cases is None or summary.nowhere("adverse events"):
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
        *((Column("Action taken with the study drug"),) if _actions(summary) else ()),
        Column("Drugs taken at the time"),
        *((Column("On treatment"),) if declared is not None else ()),
    )
    order = {case.case_id: place for place, case in enumerate(summary.cases.included)}
    events = sorted(
        summary.cases.events,
        key=lambda event: (
            _STATES.index(event.status),
            order.get(event.case_id, -1),
            event.day is None,
            event.low or 0,
            event.day or 0,
            event.term,
        ),
    )
    rows = tuple(_event(summary, event) for event in events)
    if not rows:
        none = Cell(capital(none_words(summary, "adverse events")))
        rows = (Row((none, *(Cell("") for _ in range(len(columns) - 1)))),)
    notes = [f"Ascertainment: {ascertainment(summary)}. None recorded is not the same as none."]
    if declared is not None:
        notes.append(f"{on_treatment_words(summary.protocol)} Grades: {grading}.")
    else:
        notes.append("The protocol declares no safety, so which of these events lie on treatment was not assessed.")
    if any(event.low != event.high for event in events):
        notes.append(
            "A day from – to: the date is known only between these days; drugs in brackets were taken on some of them."
        )
    return Table("adverse-events", "Adverse events of the included cases", columns, rows, tuple(notes))


def _actions(summary: Summary) -> bool:
    """Whether an action is recorded of any event."""
    return summary.cases is not None and any(event.action for event in summary.cases.events)


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
        *((Cell(without_dates(event.action) or "not recorded"),) if _actions(summary) else ()),
        Cell(_concurrent(summary, event)),
        *((Cell(_on_treatment(event)),) if summary.protocol.safety is not None else ()),
    )
    return Row(cells)


def _concurrent(summary: Summary, event: AdverseEvent) -> str:
    if summary.nowhere("other drugs"):
        return none_words(summary, "other drugs")
    if event.day is None:
        return "not known, undated"
    drugs = [*event.concurrent, *(f"({drug})" for drug in event.perhaps)]
    return ", ".join(drugs) or none_words(summary, "other drugs")


def only_event_words(summary: Summary) -> str:
    """What the chart tells of the one event that is counted; empty where there are several, none, or where one may be counted too.

    What is not recorded of it stands in the table of events.
    """
    safety, cases = summary.safety, summary.cases
    if safety is None or cases is None or safety.events.exact != 1:
        return ""
    found = [one for one in cases.events if one.on_treatment]
    if len(found) != 1:  # several rows that count as one event, or a case that is not among those shown
        return ""
    event = found[0]
    told = [f"grade {event.grade}"] if event.grade not in {"", NOT_SHOWN} else []
    told += [without_dates(event.outcome)] if event.outcome not in {"", NOT_SHOWN} else []
    if event.concurrent:
        told.append(f"{listed(event.concurrent)} taken at the time")
    return f"Recorded of the event {when_words(summary.protocol)}: {'; '.join(told)}." if told else ""


def _on_treatment(event: AdverseEvent) -> str:
    words = {"on treatment": "yes", "possibly on treatment": "possibly", "undated": "not known"}
    answer = words.get(event.status, "no")
    return f"{answer}: {event.why_not}" if event.why_not else answer


def grades_table(summary: Summary) -> Table | None:
    """Adverse events on treatment by term: how often, in how many patients, how often in one, the worst grade of each; of shown cases alone."""
    declared = summary.protocol.safety
    if summary.cases is None or declared is None or summary.nowhere("adverse events"):
        return None
    patient_of = {case.case_id: case.patient for case in summary.cases.included}
    people = len(set(patient_of.values()))
    by_term: dict[str, dict[str, list[AdverseEvent]]] = {}
    for event in summary.cases.events:
        if event.status == "on treatment":
            of_patient = by_term.setdefault(folded(event.term), {})
            of_patient.setdefault(patient_of[event.case_id], []).append(event)
    if sum(len(events) for found in by_term.values() for events in found.values()) < 2:
        return None  # a single event stands in the table of events
    worst = {term: [_worst(events) for events in found.values()] for term, found in by_term.items()}
    grades = sorted({grade for found in worst.values() for grade in found if grade is not None})
    over = (f"Patients by worst grade ({declared.grading})",)
    columns = (
        Column("Event"),
        *numbers("Events", "Patients, n/N (%)", "With 2 or more", "Most in one patient"),
        *numbers(*(f"Grade {grade}" for grade in grades), "None told", over=over),
    )
    rows = []
    for term, found in sorted(by_term.items(), key=lambda item: (-len(item[1]), item[0])):
        many = [len(events) for events in found.values()]
        counts = [sum(many), len(many), sum(n > 1 for n in many), max(many)]
        counts += [worst[term].count(grade) for grade in (*grades, None)]
        cells = [Cell(str(n), n) for n in counts]
        cells[1] = Cell(share(len(many), people))
        rows.append(Row((Cell(capital(written(summary, term))), *cells)))
    when = when_words(summary.protocol)
    notes = (
        f"Of {counted(people, 'patient')} with an included case: events that are certainly {when}. A patient counts once, by the worst grade "
        "recorded as a number; none told: no grade of the event is recorded so.",
    )
    title = f"Adverse events {when} by worst grade, and recurrences"
    return Table("adverse-events-grades", title, columns, tuple(rows), notes)


def _worst(events: Sequence[AdverseEvent]) -> int | None:
    """The worst grade of some events that is recorded as a number."""
    found = [grade_number(event.grade) for event in events]
    return max((one for one in found if one is not None), default=None)
