"""Sheets of one table that are not like the others: a cell that has moved, a copy of another child's sheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from caseseries.chart.header import place_of
from caseseries.chart.sheet import Sheet, blank, shown
from caseseries.chart.table_end import filled_cells
from caseseries.source.decisions import Cell
from caseseries.source.table import TableReading

#: Cells beyond the id that two sheets must share, cell for cell, before one is taken for a copy of the other.
LEAST_ALIKE = 6


def tell_strange_sheets(readings: Sequence[TableReading]) -> None:
    """An error for each named cell beside which another label stands than on most sheets, in a merged block, for each copy of a sheet, and for
    each that is called as another patient than its cell says."""
    if not readings:
        return
    for name, cell in readings[0].singles.items():
        if cell is not None:
            _labels(readings, name, cell)
    for reading in readings:
        _merged(reading)
    _called_otherwise(readings)
    if len(readings) > 1 and not readings[0].table.one_row:
        _copies(readings)


def _labels(readings: Sequence[TableReading], name: str, cell: Cell) -> None:
    labels = [_label(reading.sheet, cell) for reading in readings]
    usual, often = Counter(labels).most_common(1)[0]
    if 2 * often <= len(readings):
        usual = labels[0]
    for reading, label in zip(readings, labels, strict=True):
        if label == usual or cell in reading.accepted:
            continue
        what = "beside this cell stands another label than on the other sheets: has it moved?"
        reading.findings.add(
            "error",
            "single cell",
            what,
            place_of(reading.sheet, *cell, name),
            field=name,
            value=label,
            allowed=f"the label {usual!r}" if usual else "no label",
        )


def _label(sheet: Sheet, cell: Cell) -> str:
    """The text beside a cell, to its left, or else above it."""
    number, position = cell
    left = [raw for raw in sheet.rows.get(number, [])[:position] if not blank(raw)]
    above = sheet.rows.get(number - 1, [])
    found = left[-1] if left else above[position] if position < len(above) else None
    return " ".join(shown(found).split()).casefold().rstrip(" :") if isinstance(found, str) else ""


def _merged(reading: TableReading) -> None:
    for name, cell in reading.singles.items():
        if cell is None:
            continue
        for block in reading.sheet.merged:
            first = (block.first_row, block.first_column - 1)
            if block.holds(cell[0], cell[1] + 1) and cell != first:
                what = "cells are merged, and only the first of them holds the value"
                place = place_of(reading.sheet, *cell, name)
                reading.findings.add(
                    "error",
                    "merged cells",
                    what,
                    place,
                    field=name,
                    allowed="the first cell of the block under `cells`",
                )


def _called_otherwise(readings: Sequence[TableReading]) -> None:
    """An id in a cell of a sheet that is called, or whose file is called, as another patient of the same table."""
    ids = {row.patient.casefold() for reading in readings for row in reading.rows if row.patient}
    for reading in readings:
        column = reading.table.patient[0]
        cell = reading.singles.get(column)
        own = next((row.patient.casefold() for row in reading.rows if row.patient), "")
        if cell is None or len(reading.table.patient) > 1 or not own or cell in reading.accepted:
            continue
        for name in (reading.sheet.name, Path(reading.sheet.file).stem):
            called = _ids_in(name) & ids
            if called and own not in called:
                what = "the sheet, or its file, is called as another patient than this cell says"
                reading.findings.add(
                    "error",
                    "single cell",
                    what,
                    place_of(reading.sheet, *cell, column),
                    field="patient",
                    value=name,
                    allowed="one id in both; or the cell accepted `as_found: yes`",
                )
                break


def _ids_in(name: str) -> set[str]:
    """What may be an id in the name of a sheet: all of it, and each word of letters and digits."""
    words = re.findall(r"[\w-]+", name.casefold())
    return {
        name.strip().casefold(),
        *(word for word in words if re.search(r"\d", word) and re.search(r"[^\W\d_]", word)),
    }


def _copies(readings: Sequence[TableReading]) -> None:
    seen: dict[tuple[str, ...], TableReading] = {}
    for reading in readings:
        ids = {reading.positions[column] for column in reading.table.patient if column in reading.positions}
        rows = [[raw for at, raw in enumerate(row.cells[: reading.width]) if at not in ids] for row in reading.rows]
        if sum(map(filled_cells, rows)) < LEAST_ALIKE:
            continue
        said = tuple(sorted(repr([shown(raw) for raw in cells]) for cells in rows))
        first = seen.setdefault(said, reading)
        if first is not reading:
            named = first.sheet.file if first.sheet.file != reading.sheet.file else first.sheet.name
            what = "the sheet holds the same rows as another one: is it a copy?"
            reading.findings.add(
                "error",
                "copied sheet",
                what,
                place_of(reading.sheet, None),
                value=named,
                allowed="each patient once; `except_sheets` or `except_files` leaves one out",
            )
