"""Rows that `first_row`, `last_row` and `skip_rows` leave out although they look like rows of patients."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from caseseries.chart.described import PatientsTable
from caseseries.chart.findings import Findings
from caseseries.chart.header import place_of
from caseseries.chart.sheet import shown
from caseseries.chart.table_end import filled_cells, like_most
from caseseries.source.drug_names import ROWS_LISTED
from caseseries.source.table import TableReading


def tell_rows_left_out(readings: Sequence[TableReading], known: Collection[str], findings: Findings) -> None:
    """A warning for each table of which rows are not read that hold the id of a patient; a note where `skip_rows` names them all.

    Rows that another table of the sheet reads are none of them.
    """
    told: set[tuple[str, str, int]] = set()
    read_of: dict[tuple[str, str], set[int]] = {}
    for other in readings:
        numbers = read_of.setdefault((other.sheet.file, other.sheet.name), set())
        numbers.update(row.number for row in other.rows)
        numbers.update(other.table.header)
    for reading in readings:
        sheet = reading.sheet
        read = read_of[sheet.file, sheet.name]
        left = [number for number in sorted(sheet.rows) if number > max(reading.table.header) and number not in read]
        if not left:
            continue
        of_patients = isinstance(reading.table, PatientsTable)
        looks = like_most(row.patient for row in reading.rows if row.is_used()) if of_patients else known.__contains__
        found = [
            number
            for number in left
            if (sheet.file, sheet.name, number) not in told and _of_a_patient(reading, number, looks)
        ]
        if not found:
            continue
        told |= {(sheet.file, sheet.name, number) for number in found}
        skipped = set(found) <= set(reading.table.skip_rows)
        listed = ", ".join(map(str, found[:ROWS_LISTED]))
        more = f" and {len(found) - ROWS_LISTED} more" if len(found) > ROWS_LISTED else ""
        rows = f"row {listed} looks" if len(found) == 1 else f"rows {listed}{more} look"
        what = f"{rows} like a row of a patient and {'is' if len(found) == 1 else 'are'} not read: `first_row`, `last_row` or `skip_rows` leaves out"
        place = place_of(sheet, found[0], _position(reading), reading.table.patient[0])
        findings.add(
            "note" if skipped else "warning",
            "left out",
            what,
            place,
            field="patient",
            value=_id(reading, found[0]),
            allowed="the first and the last row of the table",
        )


def _position(reading: TableReading) -> int | None:
    return reading.positions.get(reading.table.patient[0])


def _id(reading: TableReading, number: int) -> str:
    cells, parts = reading.sheet.rows[number], []
    for column in reading.table.patient:
        position = reading.positions.get(column)
        parts.append("" if position is None or position >= len(cells) else shown(cells[position]))
    return "-".join(parts) if all(parts) else ""


def _of_a_patient(reading: TableReading, number: int, looks: Callable[[str], bool]) -> bool:
    """Whether a row has an id that looks like one of a patient, and more than that."""
    patient = _id(reading, number)
    return bool(patient) and filled_cells(reading.sheet.rows[number]) >= 2 and looks(patient)
