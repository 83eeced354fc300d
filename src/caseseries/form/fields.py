"""The fields of a study, derived from its protocol: sheets, columns, what may stand in a cell, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries import catalogue
from caseseries.form.quote import quoted
from caseseries.protocol.case import NominalDay
from caseseries.protocol.measure import DailyDose, Instrument
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import visit_measure
from caseseries.protocol.written import decimal_text

FieldKind = Literal["id", "date", "day", "number", "yes or no", "words", "text"]

#: Codes for missing values that every template offers, with their meaning.
CODES = {"ND": "not done", "UNK": "unknown"}
_YES_NO = ("yes", "no", *CODES)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, what may stand in it, and the help a person gets."""

    name: str
    kind: FieldKind
    help: str
    allowed: str = ""
    words: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One sheet: its columns, and the lines of the chart description that read it."""

    title: str
    kind: str
    fields: tuple[Field, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """Everything a person fills in for a study."""

    study: str
    dated: bool
    sheets: tuple[SheetForm, ...]
    readme: tuple[str, ...]


def form(protocol: Protocol | None) -> Form:
    """The fields of a protocol; without one, those that every study has.

    >>> [sheet.title for sheet in form(None).sheets]
    ['Patients', 'Visits', 'Drugs', 'Events', 'Screening']
    """
    dated = protocol is None or not isinstance(protocol.case.index_date, NominalDay)
    study = protocol.study if protocol is not None else "A treatment case series"
    sheets = (
        _patients(protocol, dated=dated),
        _visits(protocol, dated=dated),
        _drugs(dated=dated),
        _events(dated=dated),
        _screening(dated=dated),
    )
    return Form(study, dated, sheets, _readme(dated=dated))


def _id() -> Field:
    return Field(
        "patient_id",
        "id",
        "The patient's number in this study, the same on every sheet. No name, no hospital number.",
        needed=True,
    )


def _day(name: str, text: str, *, dated: bool, needed: bool = False) -> Field:
    if dated:
        return Field(
            name,
            "date",
            f"{text} A date; where only the month or year is known, type 2009-03 or 2009.",
            "a date, not in the future",
            needed=needed,
        )
    return Field(
        name,
        "day",
        f"{text} A whole number of days; day 0 is the index visit.",
        "a whole number of days",
        needed=needed,
    )


def _patients(protocol: Protocol | None, *, dated: bool) -> SheetForm:
    never = (
        [measure.daily_dose for measure in protocol.doses.values() if measure.source == "courses"]
        if protocol is not None
        else []
    )
    birth = (
        _day("birth_date", "Born on.", dated=True)
        if dated
        else Field("age", "number", "Age in years at the index visit.", "0 to 130", low="0", high="130")
    )
    fields = [
        _id(),
        Field(
            "sex", "words", "female, male, other, or UNK.", "one of the list", words=("female", "male", "other", "UNK")
        ),
        birth,
        Field("diagnosis", "text", "The diagnosis, in the words of the protocol."),
        _day("diagnosis_date", "When the diagnosis was made.", dated=dated),
        _day("death_date", "Died on; blank if alive.", dated=dated),
        *(
            Field(
                f"never {drug}",
                "yes or no",
                f"yes if the patient never had {drug} in the time looked at; blank is not no.",
                "yes, no",
                words=_YES_NO,
            )
            for drug in dict.fromkeys(never)
        ),
    ]
    reads = [
        "patient: patient_id",
        "sex: sex",
        "birth: birth_date" if dated else "age: age",
        "diagnoses: [{diagnosis: diagnosis, date: diagnosis_date}]",
        "death: death_date",
    ]
    if never:
        pairs = [f"{quoted(drug)}: {quoted('never ' + drug)}" for drug in dict.fromkeys(never)]
        reads.append(f"never: {{{', '.join(pairs)}}}")
    return SheetForm("Patients", "patients", tuple(fields), tuple(reads))


def _visits(protocol: Protocol | None, *, dated: bool) -> SheetForm:
    fields = [_id(), _day("visit_date" if dated else "visit_day", "The day of the visit.", dated=dated, needed=True)]
    columns: list[str] = []
    for name in protocol.measures if protocol is not None else ():
        assert protocol is not None
        if (
            visit_measure(protocol, name) and not measure_facts(protocol, name).parts
        ):  # of a sum the parts are the columns
            field, line = _measure(protocol, name)
            fields.append(field)
            columns.append(f"  {quoted(name)}: {line}")
    fields.append(Field("note", "text", "Anything worth keeping; it is not read."))
    measures = ["measures:", *columns] if columns else ["measures: {}"]
    reads = ("patient: patient_id", f"date: {fields[1].name}", *measures, "ignore: note")
    return SheetForm("Visits", "visits", tuple(fields), reads)


def _measure(protocol: Protocol, name: str) -> tuple[Field, str]:
    facts, written = measure_facts(protocol, name), protocol.measures[name]
    codes = " or ".join(CODES)
    if facts.kind == "judgement":
        since = f", since the {written.since}" if hasattr(written, "since") else ""
        return Field(name, "yes or no", f"{facts.label}{since}: yes, no, {codes}.", "yes, no", words=_YES_NO), quoted(
            name
        )
    if facts.grades:
        help_ = f"{facts.label}: {', '.join(facts.grades)}, {codes}."
        return Field(name, "words", help_, "one of the list", words=(*facts.grades, *CODES)), quoted(name)
    laboratory = isinstance(written, Instrument) and catalogue.instrument(written.instrument).kind != "scale"
    header = (
        f"{name} [{facts.unit}]" if laboratory or isinstance(written, DailyDose) or facts.unit != "points" else name
    )
    hard = not laboratory
    low = decimal_text(facts.minimum) if facts.minimum is not None and hard else ""
    high = decimal_text(facts.maximum) if facts.maximum is not None and hard else ""
    allowed = f"{low} to {high}" if low and high else f"at least {low}" if low else f"in {facts.unit}"
    help_ = f"{facts.label}, {allowed}{f', in {facts.unit}' if header != name else ''}; {codes} where there is no value. <5 is allowed."
    line = f"{{column: {quoted(header)}, unit: {quoted(facts.unit)}}}" if header != name else quoted(header)
    return Field(header, "number", help_, f"a number, {allowed}, or {codes}", low=low, high=high), line


def _drugs(*, dated: bool) -> SheetForm:
    frequencies = tuple(schedule.key for schedule in catalogue.schedules())
    routes = tuple(route.key for route in catalogue.routes())
    units = ("mg", "g", "ug", "mg/kg", "g/kg", "mg/m2", "mg/day", "mg/kg/day")
    start, stop = ("start_date", "stop_date") if dated else ("start_day", "stop_day")
    fields = (
        _id(),
        Field(
            "drug",
            "text",
            "The drug's name. One row for each course at one dose; a new row when the dose changes.",
            needed=True,
        ),
        _day(start, "The first day taken.", dated=dated, needed=True),
        _day(stop, "The last day taken; blank if still taken.", dated=dated),
        Field("dose", "number", "The dose of one administration.", "a number of 0 or more", low="0"),
        Field("unit", "words", "mg/day and mg/kg/day are totals of a day.", "one of the list", words=units),
        Field("frequency", "words", "How often the dose is taken.", "one of the list", words=frequencies),
        Field("route", "words", "How the drug is given.", "one of the list", words=routes),
        Field("stop_reason", "text", "Why it was stopped or changed."),
    )
    reads = (
        "patient: patient_id",
        "drug: drug",
        f"start: {start}",
        f"stop: {stop}",
        "stop_means: last day taken",
        "blank_stop: ongoing",
        "dose: dose",
        "unit: unit",
        "frequency: frequency",
        "route: route",
        "stop_reason: stop_reason",
    )
    return SheetForm("Drugs", "drugs", fields, reads)


def _events(*, dated: bool) -> SheetForm:
    outcomes = ("resolved", "resolving", "not resolved", "resolved with sequelae", "fatal", "UNK")
    actions = (
        *("drug withdrawn", "drug interrupted", "dose reduced", "dose increased", "dose not changed", "not applicable"),
        "UNK",
    )
    date, until = ("date", "resolved_date") if dated else ("day", "resolved_day")
    fields = (
        _id(),
        Field("event", "text", "What happened, one adverse event per row.", needed=True),
        _day(date, "The day it began.", dated=dated),
        _day(until, "The day it was over; blank if not.", dated=dated),
        Field(
            "grade",
            "words",
            "Severity 1 to 5, on the scale that the protocol names.",
            "1 to 5",
            words=("1", "2", "3", "4", "5", *CODES),
        ),
        Field("serious", "yes or no", "yes or no.", "yes, no", words=_YES_NO),
        Field("outcome", "words", "How it ended.", "one of the list", words=outcomes),
        Field("attributed_to", "text", "The drug or cause that was suspected."),
        Field("action", "words", "What was done with the study drug because of it.", "one of the list", words=actions),
    )
    named = [
        "event: event",
        f"date: {date}",
        f"until: {until}",
        "grade: grade",
        "serious: serious",
        "outcome: outcome",
        "attributed_to: attributed_to",
        "action: action",
    ]
    return SheetForm("Events", "events", fields, ("patient: patient_id", *named))


def _screening(*, dated: bool) -> SheetForm:
    results = ("chart found", "chart missing", "not a case")
    day = "screened_on" if dated else "screened_day"
    fields = (
        Field("person", "id", "The study number of everyone who was met while looking for cases.", needed=True),
        Field("found_in", "text", "The list or register in which the person was found."),
        _day(day, "When the person was looked at.", dated=dated),
        Field(
            "result",
            "words",
            "chart found exactly for those on the sheet Patients.",
            "one of the list",
            words=results,
            needed=True,
        ),
        Field("reason", "text", "Why not a case, or what became of the chart."),
    )
    reads = (
        "patient: person",
        "list: found_in",
        f"date: {day}",
        "result: result",
        "found: chart found",
        "chart_missing: chart missing",
        "excluded: not a case",
        "reason: reason",
    )
    return SheetForm("Screening", "screening", fields, reads)


def _readme(*, dated: bool) -> tuple[str, ...]:
    codes = "; ".join(f"{code} = {meaning}" for code, meaning in CODES.items())
    return (
        "Fill in one sheet after another. Red headers are needed in every row; point at a header to read what belongs in its column.",
        "One row per patient on Patients, one per visit on Visits, one per course at one dose on Drugs, one per adverse event on Events.",
        "Screening lists everyone who was met while looking for cases, whether or not a chart was found.",
        f"Leave a cell blank where nothing is recorded in the chart. {codes}. Blank is neither 0 nor no.",
        "Dates: real dates, or 2009-03 or 2009 where no more is known."
        if dated
        else "Days: whole numbers, day 0 is the index visit.",
        "Values below or above what could be measured are written <5 or >52.",
        "Do not merge cells, do not use colour to mean anything, do not add columns of your own to the right without telling the description.",
        "No names, no hospital numbers. The key from study number to patient stays in the hospital.",
        "Pasting gets around the checks of the cells. `caseseries check` finds what slipped through, with the address of each cell.",
    )
