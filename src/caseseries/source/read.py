"""From the files that a chart description names to the chart: every row used, out of scope, or refused with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from caseseries.chart.columns import FIRST_ENTRY, DateColumn
from caseseries.chart.day_of_run import last_possible
from caseseries.chart.described import (
    DeathsTable,
    DiagnosesTable,
    DrugsTable,
    EventsTable,
    LongTable,
    PatientsTable,
    ScreeningTable,
    SideBySideTable,
    VisitsTable,
)
from caseseries.chart.description import Description, load_description, relative_days
from caseseries.chart.findings import Findings
from caseseries.chart.header import place_of
from caseseries.chart.limits import Limits
from caseseries.chart.natural import natural
from caseseries.chart.opened import Opened, read_bytes
from caseseries.chart.tables import Chart, Fact, History, Measurement, SourceRow, TakenWord, day_number
from caseseries.disk.hashes import digest
from caseseries.errors import ChartError, ensure
from caseseries.protocol.case import NominalDay
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.yaml import read as read_yaml
from caseseries.source.asked_attributes import tell_asked_attributes
from caseseries.source.attached import attach
from caseseries.source.charted import fixed_words, pulses_untold, tell_untold, uncharted
from caseseries.source.checks import check
from caseseries.source.daily_dose import tell_units
from caseseries.source.decisions import without_effect
from caseseries.source.drug_courses import read_drugs
from caseseries.source.drug_names import ask_for_drugs
from caseseries.source.facts import read_diagnoses, read_events, read_screening
from caseseries.source.fatal import after_told_deaths, settle_fatal
from caseseries.source.lines import with_lines
from caseseries.source.open_tables import open_tables
from caseseries.source.overlaps import settle_overlaps
from caseseries.source.people import read_deaths, read_patients
from caseseries.source.private_attributes import tell_private_attributes
from caseseries.source.records import Records
from caseseries.source.row_order import number_rows
from caseseries.source.rows_left_out import tell_rows_left_out
from caseseries.source.silent import tell_nobody, tell_unread_drugs
from caseseries.source.table import TableReading
from caseseries.source.tapers import lay_out_tapers
from caseseries.source.terms import tell_near_terms
from caseseries.source.visit_dose import VisitDoses
from caseseries.source.visits import read_long, read_side_by_side, read_visits


class EarlierDrugs:
    """Courses whose days rest on the index date, and wait for it."""


#: Patients first, because every other row is held against them; deaths before what cannot come after them; what an index date rests on
#: before the days that are counted from it.
_ORDER = (
    PatientsTable, DeathsTable, DiagnosesTable, DrugsTable, EventsTable, EarlierDrugs, VisitsTable, SideBySideTable, LongTable, ScreeningTable,
)  # fmt: skip


def read(
    protocol: Protocol, description: Path, *, limits: Limits | None = None, day_of_run: int | None = None
) -> Chart:
    """The chart that a description (`chart.yaml`) says where to find, with everything that was noticed.

    The chart is returned even where cells were refused; :func:`caseseries.chart.findings.stop_on_errors` refuses to go on with
    it. Values are exact, days are whole numbers, and nothing depends on the order of rows or columns. A date after `day_of_run`
    (a day number; today) is refused, so that the day may stop a run; it changes no number.

    Raises:
        ChartError: the description, a file or a sheet cannot be read at all, or a file changed while it was read.
    """
    declared = load_description(description)
    opened = Opened(description.parent / declared.source, declared, limits or Limits(), described_in=description)
    opened.open()
    chart = chart_of(protocol, declared, opened, day_of_run)
    opened.verify()
    inputs = {description.name: digest(read_bytes(description, opened.limits)), **dict(sorted(opened.contents.items()))}
    findings = with_lines(chart.findings, read_yaml(description, error=ChartError))
    whole = Chart(
        declared.dated,
        declared.invented,
        chart.rows,
        chart.people,
        chart.measurements,
        chart.courses,
        chart.facts,
        findings,
        inputs,
        history=chart.history,
        not_charted=chart.not_charted,
        only=chart.only,
        relative=relative_days(declared),
        words=chart.words,
        pulses_untold=chart.pulses_untold,
    )
    return attach(whole, protocol)


def chart_of(protocol: Protocol, declared: Description, opened: Opened, day_of_run: int | None = None) -> Chart:
    """The chart of files that are open."""
    cutoff = protocol.period.data_cutoff
    latest = None
    if declared.dated and not declared.shifted_dates:
        latest = last_possible(None if cutoff is None else day_number(cutoff), day_of_run)
    findings = Findings()
    if declared.dated and isinstance(protocol.case.index_date, NominalDay):
        what = "the chart has dates, so its cases cannot have a nominal day as index date"
        findings.add(
            "error",
            "index date",
            what,
            allowed="first_exposure or first_event in the protocol, or `dated: no` in the chart description",
        )
    for sheet in opened.sheets.values():
        findings.extend(sheet.findings)
    readings = open_tables(declared, opened, findings, latest)
    where = [(reading.sheet, reading.table, reading.positions, reading.singles) for reading in readings]
    without_effect(declared, where, findings)
    number_rows(readings)
    records, doses = Records(protocol, findings, declared.dated, latest, readings), VisitDoses()
    for kind in _ORDER:
        if kind is DeathsTable and not records.known:
            _nobody(readings, findings)
        if kind is EarlierDrugs:
            for course in records.waiting:
                course()
            continue
        for reading in sorted(readings, key=_counts_from_index):
            if isinstance(reading.table, kind):
                _read(reading, records, doses)
    settle_fatal(records)
    after_told_deaths(readings, records)
    _without_refused_patients(readings, records)
    records.keep_used(readings)
    ask_for_drugs(records)
    tell_near_terms(records)
    tell_units(records)
    settle_overlaps(readings, records)
    lay_out_tapers(readings, records)
    doses.compare(records)
    del doses
    check(readings, records)
    tell_nobody(readings, records)
    tell_private_attributes(readings, records)
    tell_asked_attributes(readings, records)
    tell_unread_drugs(readings, records)
    _strangers(readings, findings, records.known)
    tell_rows_left_out(readings, records.known, findings)
    not_charted = uncharted(protocol, declared, readings, records)
    only = fixed_words(readings, declared)
    tell_untold(protocol, only, findings)
    _unread_columns(readings, findings)
    measurements, facts = records.numbered_measurements(), records.numbered_facts()
    rows = tuple(
        sorted(
            (
                SourceRow(
                    row.row_id,
                    reading.sheet.file,
                    reading.sheet.name,
                    row.number,
                    reading.name,
                    row.patient,
                    row.status,
                    row.reason,
                )
                for reading in readings
                for row in reading.rows
            ),
            key=lambda row: row.row_id,
        )
    )
    people = tuple(sorted(records.people.values(), key=lambda person: natural(person.patient)))
    history: History = "open" if declared.history is None else "since"
    if declared.history is not None and declared.history.since is None:
        history = "complete"
    elif declared.history is not None and declared.history.since == FIRST_ENTRY:
        first = _first_entries(measurements, facts)
        people = tuple(replace(person, known_from=first.get(person.patient)) for person in people)
    courses = records.numbered_courses()
    chart = Chart(
        declared.dated,
        declared.invented,
        rows,
        people,
        measurements,
        courses,
        facts,
        findings.sorted(),
        history=history,
        not_charted=not_charted,
        only=only,
        relative=relative_days(declared),
        words=_words(readings),
        pulses_untold=pulses_untold(readings, courses),
    )
    _balance(chart, readings)
    return chart


def _nobody(readings: list[TableReading], findings: Findings) -> None:
    """The one cause of many refused rows: no row of a table of patients could be read."""
    for reading in readings:
        if isinstance(reading.table, PatientsTable):
            others = sum(len(other.rows) for other in readings if not isinstance(other.table, PatientsTable))
            what = (
                f"no patient was read from this table, so that the {others} rows of the other tables are about nobody"
            )
            findings.add(
                "error",
                "no patients",
                what,
                place_of(reading.sheet, reading.table.header[-1]),
                field="patient",
                allowed="one row per patient below the header",
            )


def _strangers(readings: list[TableReading], findings: Findings, known: Mapping[str, object]) -> None:
    """The one cause of many unknown ids: a table in which they are written otherwise than among the patients."""
    for reading in readings:
        if isinstance(reading.table, PatientsTable | ScreeningTable) or len(reading.rows) < 3 or not known:
            continue
        if any(row.patient in known or not row.patient for row in reading.rows):
            continue
        first = min(reading.rows, key=lambda row: row.number)
        what = f"none of the {len(reading.rows)} ids of this table is one of the patients: are they written in another way here?"
        allowed = f"ids as they stand among the patients, such as {shape(next(iter(known)))}"
        reading.look(first, "unknown id", what, reading.id_column(first), field="patient", allowed=allowed)


def shape(patient: str) -> str:
    """How an id is written, without the id: letters as A or a, digits as 9.

    >>> shape("JDM-007b")
    'AAA-999a'
    """
    return "".join(
        "9" if sign.isdecimal() else "A" if sign.isupper() else "a" if sign.isalpha() else sign for sign in patient
    )


def _words(readings: list[TableReading]) -> tuple[TakenWord, ...]:
    """Every word of the columns that were read: by table and column as they stand, then the most frequent first."""
    found: dict[str, dict[tuple[str, str], TakenWord]] = {}
    place: dict[tuple[str, str], int] = {}
    for reading in readings:
        for number, column in enumerate(reading.positions):
            place.setdefault((reading.name, column), number)
        of_table = found.setdefault(reading.name, {})
        for key, one in reading.words.found.items():
            before = of_table.get(key)
            of_table[key] = one if before is None else replace(one, count=one.count + before.count)
    return tuple(
        one
        for name, words in found.items()
        for one in sorted(words.values(), key=lambda one: (place[name, one.column], -one.count, one.word))
    )


def _counts_from_index(reading: TableReading) -> bool:
    date = getattr(reading.table, "date", None)
    return isinstance(date, DateColumn) and date.relative


def _first_entries(measurements: Iterable[Measurement], facts: Iterable[Fact]) -> dict[str, int]:
    """The day of each patient's first entry: a value or a visit that took place. A partial date may be its latest day."""
    days = [(row.patient, row.high) for row in measurements if row.value is not None]
    days += [(row.patient, row.high) for row in facts if row.kind == "visit" and row.high is not None]
    first: dict[str, int] = {}
    for patient, day in days:
        first[patient] = min(day, first.get(patient, day))
    return first


def _read(reading: TableReading, records: Records, doses: VisitDoses) -> None:
    table = reading.table
    if isinstance(table, PatientsTable):
        read_patients(reading, records)
    elif isinstance(table, DeathsTable):
        read_deaths(reading, records)
    elif isinstance(table, DiagnosesTable):
        read_diagnoses(reading, records)
    elif isinstance(table, DrugsTable):
        read_drugs(reading, records)
    elif isinstance(table, VisitsTable):
        read_visits(reading, records, doses)
    elif isinstance(table, SideBySideTable):
        read_side_by_side(reading, records, doses)
    elif isinstance(table, LongTable):
        read_long(reading, records, doses)
    elif isinstance(table, EventsTable):
        read_events(reading, records)
    else:
        read_screening(reading, records)


def _without_refused_patients(readings: list[TableReading], records: Records) -> None:
    """Rows of a patient whose own row was refused were read for their mistakes only."""
    for reading in readings:
        for row in reading.rows:
            if row.is_used() and row.patient in records.known and row.patient not in records.people:
                row.status, row.reason = "refused", "the patient's own row was refused"


def _unread_columns(readings: list[TableReading], findings: Findings) -> None:
    by_sheet: dict[tuple[str, str], list[TableReading]] = {}
    for reading in readings:
        by_sheet.setdefault((reading.sheet.file, reading.sheet.name), []).append(reading)
    for together in by_sheet.values():
        first = together[0]
        read = {column for reading in together for column in (*reading.used, *reading.table.ignore)}
        unread = sorted(set(first.positions) - read - first.sheet.beside)
        if unread:
            findings.add(
                "note",
                "column",
                f"columns that nothing reads: {', '.join(unread)}",
                place_of(first.sheet, first.table.header[-1]),
                proposal=f"ignore: [{', '.join(unread)}]",
            )
        for reading in together:
            for column in sorted(set(reading.table.ignore) - set(reading.positions)):
                findings.add(
                    "warning",
                    "column",
                    f"`ignore` names a column that is not there: {column}",
                    place_of(reading.sheet, reading.table.header[-1]),
                )


def _balance(chart: Chart, readings: list[TableReading]) -> None:
    """Rows read are rows used, out of scope and refused; every record comes from a used row."""
    accounts, read = chart.account(), Counter[str]()
    for reading in readings:
        read[reading.name] += len(reading.rows)
    for name, rows in read.items():
        account = accounts.get(name, {"read": 0, "used": 0, "out of scope": 0, "refused": 0})
        ensure(rows == account["read"] == account["used"] + account["out of scope"] + account["refused"])
    used = {row.row_id for row in chart.rows if row.status == "used"}
    if not any(finding.severity == "error" for finding in chart.findings):
        ensure(all(row.status != "refused" for row in chart.rows), "a row is refused without an error")
    for records in (chart.measurements, chart.courses, chart.facts, chart.people):
        ensure(used.issuperset(record.row_id for record in records), "a record comes from a row that is not used")
