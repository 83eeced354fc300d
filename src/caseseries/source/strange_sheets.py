"""Sheets of one table that are not like the others: a cell that has moved, a copy of another child's sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from caseseries.chart.header import place_of
from caseseries.chart.sheet import Sheet, blank, shown
from caseseries.chart.table_end import filled_cells
from caseseries.source.decisions import Cell
from caseseries.source.table import TableReading

#: Cells beyond the id that two sheets must share, cell for cell, before one is taken for a copy of the other.
LEAST_ALIKE = 6


def tell_strange_sheets(readings: Sequence[TableReading]) -> None:
    """An error for each named cell beside which another label stands than on most sheets, in a merged block, and for each copy of a sheet."""
    if not readings:
        return
    for name, cell in readings[0].singles.items():
        if cell is not None:
            _labels(readings, name, cell)
    for reading in readings:
        _merged(reading)
    if not readings[0].table.one_row:
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
            "error", "single cell", what, place_of(reading.sheet, *cell, name), field=name, value=label,
            allowed=f"the label {usual!r}" if usual else "no label"
        )  # fmt: skip


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
            what = f"the sheet holds the same rows as {named!r}: is it a copy?"
            reading.findings.add("error", "copied sheet", what, place_of(reading.sheet, None),
                                 allowed="each patient once; `except_sheets` or `except_files` leaves one out")  # fmt: skip
