"""Whether a table is whole: a file that was cut off ends in the middle of a line, of a word, or of the patients."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from caseseries.chart.described import PatientsTable, ScreeningTable
from caseseries.chart.sheet import blank, shown
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: So many patients must have rows, all of them up to the last, before those without any behind it are worth a word.
LEAST_PATIENTS = 3


def check_endings(readings: Sequence[TableReading], records: Records) -> None:
    """Notes on a last row without a line break behind it (a warning where it looks cut off) and on patients missing at the end."""
    order = [patient for patient, _ in sorted(records.known.items(), key=lambda known: known[1].number)]
    for reading in readings:
        rows = sorted(reading.rows, key=lambda row: row.number)
        if rows and reading.sheet.ends_open and rows[-1].number == _last_filled(reading):
            _open_end(reading, rows)
        if rows and not isinstance(reading.table, PatientsTable | ScreeningTable):
            _last_patients(reading, rows, records, order)


def _last_filled(reading: TableReading) -> int:
    """The last row in which anything stands: a row that is cut off in its first cells may hold nothing but blanks."""
    rows = reading.sheet.rows
    return next((number for number in sorted(rows, reverse=True) if not all(map(blank, rows[number]))), 0)


def _open_end(reading: TableReading, rows: Sequence[Row]) -> None:
    last, header = rows[-1], max(reading.positions.values(), default=-1) + 1
    width = len(reading.sheet.rows[last.number])
    cut, short = _cut_word(reading, rows), _blank_end(rows, header)
    what = (
        "the file ends here without a line break: is it whole? The last row, and others of this patient, may be missing"
    )
    if width < header or cut or short:
        why = (
            "its last row has fewer cells than the others"
            if width < header or short
            else "its last word is the beginning of another word of the column"
        )
        reading.look(
            last,
            "cut off",
            f"the file seems to be cut off: it ends without a line break, and {why}",
            cut or reading.id_column(last),
            field="patient",
            allowed="the whole file",
        )
    else:
        reading.look(
            last,
            "cut off",
            what,
            reading.id_column(last),
            field="patient",
            allowed="a line break behind the last row",
            severity="note",
        )


def _blank_end(rows: Sequence[Row], header: int) -> bool:
    """Whether the last cell of the last row is blank, and in no other row."""
    return len(rows) > 2 and [row.number for row in rows if blank(row.cells[header - 1])] == [rows[-1].number]


def _cut_word(reading: TableReading, rows: Sequence[Row]) -> str | None:
    """The column of the last cell that is filled, where its word is nowhere else in the column and begins another one there."""
    names = {position: name for name, position in reading.positions.items()}
    filled = [position for position, cell in enumerate(rows[-1].cells) if not blank(cell)]
    if not filled or filled[-1] not in names:
        return None
    position = filled[-1]
    word = shown(rows[-1].cells[position]).casefold()
    others = {shown(row.cells[position]).casefold() for row in rows[:-1] if position < len(row.cells)}
    begun = any(other.startswith(word) for other in others) and word not in others
    return names[position] if begun and any(sign.isalpha() for sign in word) else None


def _last_patients(reading: TableReading, rows: Sequence[Row], records: Records, order: Sequence[str]) -> None:
    """Say where the rows, in the order of the patients, end with one of them, and none of those behind has any."""
    present = [patient for patient, _ in groupby(row.patient for row in rows if row.patient in records.known)]
    if len(present) < LEAST_PATIENTS or present != order[: len(present)]:
        return
    missing = len(order) - len(present)
    if missing:
        who = "the last patient has" if missing == 1 else f"the last {missing} patients have"
        what = f"the rows end with this patient, and {who} none, while all before have: is the table whole?"
        reading.look(rows[-1], "cut off", what, reading.id_column(rows[-1]), field="patient", severity="note")
