"""The rows of a table: gathered from its sheet, with what stands above them or in single cells, and about whom each is."""

from __future__ import annotations

from caseseries.chart.cells import TextReader, has_control
from caseseries.chart.described import PatientsTable
from caseseries.chart.header import place_of
from caseseries.chart.sheet import Raw, blank, shown
from caseseries.chart.table_end import (
    NAMES_TOO,
    filled_cells,
    has_words,
    only_ids,
    repeats_heading,
    says_summary,
    strange_ids,
)
from caseseries.source.merged_cells import merged_cells
from caseseries.source.row import Row
from caseseries.source.single_cells import values_of
from caseseries.source.table import TableReading

#: Why a row that holds nothing else than an id is about no patient.
ONLY_AN_ID = "the row holds nothing but an id"


def gather_rows(reading: TableReading) -> None:
    """Put the rows of a table into its reading; rows that cannot be about anybody are refused or marked as strange."""
    singles = values_of(reading)
    if reading.table.one_row:
        reading.rows = [_of_single_cells(reading, singles)]
    else:
        _rows(reading, singles)
    if len(reading.table.sheets) or len(reading.table.files):
        for row in reading.rows:
            row.sheet = reading.sheet.name or reading.sheet.file
    ids = [column for column in reading.table.patient if reading.has(column)]
    reader = TextReader({})
    for row in reading.rows:
        if row.is_used():
            row.patient = _patient(reading, row, ids, reader)
    _strangers(reading, ids)


def _of_single_cells(reading: TableReading, singles: list[Raw]) -> Row:
    numbers = [cell[0] for cell in reading.singles.values() if cell is not None]
    return Row(min(numbers, default=1), [None] * reading.width + singles)


def _rows(reading: TableReading, singles: list[Raw]) -> None:
    sheet, table = reading.sheet, reading.table
    header_width = len(sheet.rows.get(table.header[-1], []))
    written_to = sheet.merged or table.same_as_above or isinstance(table, PatientsTable)
    skewed = set[int]()
    for number in sorted(sheet.rows):
        cells = sheet.rows[number]
        if not table.reads(number) or all(blank(cell) for cell in cells):
            continue
        short = reading.width - len(cells)
        row = Row(number, cells + [None] * short if short or written_to else cells)
        reading.rows.append(row)
        if not sheet.lettered and len(cells) != header_width:
            more = "more" if len(cells) > header_width else "fewer"
            what = f"the row has {more} cells than the header"
            reading.refuse(row, "row", what, None, value=str(len(cells)), allowed=str(header_width))
            skewed.add(number)
    merged_cells(reading)
    for row in reading.rows if sheet.merged or singles else ():
        row.cells = row.cells + [None] * (reading.width - len(row.cells)) + singles
    _fill_down(reading, skewed)


def _fill_down(reading: TableReading, skewed: set[int]) -> None:
    """Take what is blank in a column of `same_as_above` from the row above; a row that is blank as a whole ends the block.

    Rows that would take something from one of `skewed`, of which nobody knows below which headings its cells belong, are refused.

    So does another id, where the id is such a column or the rows are those of patients: what is blank of a patient is not what another one has.
    """
    columns = [column for column in reading.table.same_as_above if reading.has(column)]
    ids = [reading.positions[column] for column in reading.table.patient if column in reading.positions]
    positions = [reading.positions[column] for column in columns]
    of_patients = isinstance(reading.table, PatientsTable) or any(column in columns for column in reading.table.patient)
    positions.sort(key=lambda position: position not in ids)
    above: Row | None = None
    filled = 0
    for row in sorted(reading.rows, key=lambda row: row.number) if positions else ():
        if above is not None and not any(
            _ends_block(reading, number, positions) for number in range(above.number + 1, row.number)
        ):
            origin = dict(row.origin)
            blanks = [position for position in positions if blank(row.cells[position])]
            if blanks and above.number in skewed:
                skewed.add(row.number)
                if row.is_used():
                    what = f"what is blank here may be what stands in row {above.number}, whose cells are not those of the header"
                    reading.refuse(row, "row", what, None, allowed="its own cell, or the row above mended")
                blanks = []
            for position in blanks:
                if of_patients and position not in ids and not _of_one(row, above, ids):
                    continue
                if not blank(above.cells[position]):
                    row.cells[position] = above.cells[position]
                    origin[position] = above.origin.get(position, above.number)
            filled += bool(origin)
            row.origin = origin
        above = row
    if filled:
        what = f"{filled} row{'s' * (filled != 1)} take what is blank from the row above, as declared"
        reading.findings.add(
            "note", "same as above", what, place_of(reading.sheet, reading.table.header[-1]), field=", ".join(columns)
        )


def _ends_block(reading: TableReading, number: int, positions: list[int]) -> bool:
    """Whether a row between two others ends a block: it is blank as a whole, or left out although it may begin another block."""
    cells = reading.sheet.rows.get(number, [])
    return reading.table.reads(number) or any(place < len(cells) and not blank(cells[place]) for place in positions)


def _of_one(row: Row, above: Row, ids: list[int]) -> bool:
    """Whether two rows have the same id, as far as it is written in the cells of the row."""
    return all(shown(row.cells[place]).strip() == shown(above.cells[place]).strip() for place in ids)


def _strangers(reading: TableReading, ids: list[str]) -> None:
    """Mark rows whose id is probably none: means and legends below the table, and rows with nothing but an id."""
    rows = sorted((row for row in reading.rows if row.is_used()), key=lambda row: row.number)
    positions = [reading.positions[column] for column in ids]
    for column in ids:
        asked = [row for row in rows if reading.decided(row, column) is None]
        filled = [filled_cells(row.cells[: reading.width]) for row in asked]
        ids_there = [reading.shown(row, column) for row in asked]
        named = {text for text in set(ids_there) if says_summary(text, NAMES_TOO)}
        worded = [text in named and has_words(row.cells, positions) for text, row in zip(ids_there, asked, strict=True)]
        for place, why in strange_ids(ids_there, filled, worded).items():
            asked[place].strange = asked[place].strange or why
    heading = reading.sheet.rows.get(reading.table.header[-1], [])
    for row in rows:
        if ids and repeats_heading(row.cells, heading, positions):
            row.strange = "the row is the heading once more"
    for place in only_ids([row.cells[: None if reading.table.one_row else reading.width] for row in rows], positions):
        row = rows[place]
        if all(reading.decided(row, column) is None for column in ids):
            row.strange = row.strange or ONLY_AN_ID


def _patient(reading: TableReading, row: Row, ids: list[str], reader: TextReader) -> str:
    parts = []
    for column in ids:
        raw = reading.raw(row, column)
        if isinstance(raw, str) and not blank(raw) and raw != raw.strip():
            reading.findings.add(
                "note", "id", "spaces around the id are left out", reading.place(row, column), value=raw
            )
        if isinstance(raw, str) and has_control(raw.strip()):
            reading.refuse(
                row,
                "id",
                "the id holds a line break or another control character",
                column,
                field="patient",
                allowed="letters, digits and signs on one line",
            )
            return ""
        read = reading.take(row, column, reader, "patient")
        parts.append(read if isinstance(read, str) else "")
    if not ids or row.is_refused():
        return ""
    if not all(parts):
        reading.refuse(
            row,
            "id",
            "the row says of no patient",
            ids[parts.index("")],
            field="patient",
            allowed="a patient id in every row; `skip_rows` or `last_row` leave out notes below a table, `same_as_above` takes "
            "it from the row above",
        )
    return "-".join(parts)
