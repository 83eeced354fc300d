"""Patients of whom several rows add up to one: an export with a row per visit, whose first row alone, or each, says who the patient is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from caseseries.chart.columns import DateColumn, NumberColumn, TextColumn
from caseseries.chart.described import LongTable, PatientsTable, VisitsTable
from caseseries.chart.header import place_of
from caseseries.chart.natural import natural
from caseseries.chart.sheet import blank, shown
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: Why a further row of a patient is no second one.
MORE_OF_A_PATIENT = "a further row of the patient"


def several_rows(reading: TableReading, records: Records) -> bool:
    """Whether several rows may add up to one patient: as declared, or where the rows are those of visits too."""
    table = reading.table
    assert isinstance(table, PatientsTable)
    if table.rows_per_patient is not None:
        return table.rows_per_patient == "several"
    if records.visits_on is None:
        records.visits_on = {
            (other.sheet.file, other.sheet.name, other.table.patient)
            for other in records.readings
            if isinstance(other.table, VisitsTable | LongTable)
        }
    return (reading.sheet.file, reading.sheet.name, table.patient) in records.visits_on


def gather_patients(reading: TableReading, also: Sequence[str] = ()) -> None:
    """Put what the rows of a patient say into the first of them; a cell that differs from that above it is refused.

    `also` names columns that the table itself does not. The rows below are used and say nothing more. A code for a missing value gives
    way to what another row says.
    """
    table = reading.table
    assert isinstance(table, PatientsTable)
    columns = [column for column in dict.fromkeys((*headers_of(table), *also)) if column in reading.positions]
    codes = reading.codes()
    first: dict[str, Row] = {}
    more = list[str]()
    for row in sorted(reading.rows, key=lambda row: row.number):
        if not row.is_used() or not row.patient:
            continue
        own = first.setdefault(row.patient, row)
        if own is row:
            continue
        more.append(row.patient)
        for column in columns:
            _gather(reading, own, row, column, codes)
        if row.is_used():
            row.reason = MORE_OF_A_PATIENT
    if more:
        patients = len(set(more))
        said = table.rows_per_patient is not None
        what = f"of {patients} patient{'s' * (patients != 1)} several rows add up to one: {len(more)} further rows"
        what += "" if said else ", because the rows are those of visits too"
        listed = sorted(set(more), key=natural)
        reading.findings.add(
            "note" if said else "warning",
            "rows of a patient",
            what,
            place_of(reading.sheet, reading.table.header[-1]),
            field="patient",
            value=", ".join(listed[:MOST_LISTED]) + (", ..." if len(listed) > MOST_LISTED else ""),
            proposal="" if said else "rows_per_patient: several",
        )


#: Patients that a finding lists.
MOST_LISTED = 12


def _gather(reading: TableReading, own: Row, row: Row, column: str, codes: dict[str, str]) -> None:
    position = reading.positions[column]
    before, here = reading.raw(own, column), reading.raw(row, column)
    if blank(here) or _folded(here) in codes:
        return
    if blank(before) or _folded(before) in codes:
        own.cells[position] = row.cells[position]
        own.origin = {**own.origin, position: row.origin.get(position, row.number)}
    elif _folded(before) != _folded(here):
        what = f"the cell says something else of the patient than {own.named(row)}"
        reading.refuse(
            row, "rows of a patient", what, column, field="patient", allowed="one of both, in every row or in one"
        )
        own.status, own.reason = "refused", own.reason or what


def _folded(raw: Any) -> str:
    return " ".join(shown(raw).split()).casefold()


def headers_of(model: Any) -> Iterator[str]:
    """The columns that the fields of a table name, those of its id left out.

    >>> table = PatientsTable.model_validate({"kind": "patients", "patient": "id", "sex": "sex", "attributes": {"site": "centre"}})
    >>> list(headers_of(table))
    ['sex', 'centre']
    """
    if isinstance(model, DateColumn):
        yield from model.columns
    elif isinstance(model, TextColumn | NumberColumn):
        yield from (model.column,) if model.column is not None else ()
    elif isinstance(model, dict):
        for one in model.values():
            yield from headers_of(one)
    elif isinstance(model, Sequence) and not isinstance(model, str):
        for one in model:
            yield from headers_of(one)
    elif hasattr(type(model), "model_fields"):
        for name in type(model).model_fields:
            yield from headers_of(getattr(model, name))
