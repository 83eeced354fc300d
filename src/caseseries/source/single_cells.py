"""Single cells of a sheet that hold for all of its rows: an id, a date of birth above a table of visits; or the name of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caseseries.chart.described_table import FILE_NAME, SHEET_NAME, Table, cell_address
from caseseries.chart.header import place_of
from caseseries.chart.sheet import Raw, Sheet
from caseseries.source.decisions import Cell
from caseseries.source.table import TableReading


def single_cells(sheet: Sheet, table: Table) -> dict[str, Cell | None]:
    """Where each named cell stands: its row, and its position from 0; None for what the sheet or the file is called."""
    found: dict[str, Cell | None] = {}
    for name, written in table.cells.items():
        if written in (SHEET_NAME, FILE_NAME):
            found[name] = None
        else:
            row, column = cell_address(written)
            found[name] = row, column - 1
    return found


def positions_of(reading: TableReading, columns: Mapping[str, int]) -> dict[str, int]:
    """The places behind the cells of each row at which the single cells are found; a name that a column has is refused."""
    sheet, table = reading.sheet, reading.table
    for name in table.cells:
        if name in columns:
            reading.findings.add(
                "error",
                "header",
                "a single cell is named as a column of the table is",
                place_of(sheet, table.header[-1], columns[name], name),
                field=name,
                allowed="another name under `cells`",
            )
    return {name: reading.width + place for place, name in enumerate(table.cells) if name not in columns}


def values_of(reading: TableReading) -> list[Raw]:
    """What the single cells of a sheet hold, in the order in which they were named."""
    sheet, found = reading.sheet, list[Raw]()
    for name, written in reading.table.cells.items():
        cell = reading.singles[name]
        if name in reading.positions and reading.positions[name] < reading.width:
            continue
        if cell is None:
            found.append(sheet.name or Path(sheet.file).stem if written == SHEET_NAME else Path(sheet.file).stem)
            continue
        number, position = cell
        cells = sheet.rows.get(number, [])
        found.append(cells[position] if position < len(cells) else None)
    return found
