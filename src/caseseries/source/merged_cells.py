"""Merged cells: refused, or their value repeated in each of them, as declared."""

from __future__ import annotations

from caseseries.chart.header import place_of
from caseseries.source.table import TableReading


def merged_cells(reading: TableReading) -> None:
    """Refuse the rows of merged cells, or write their value into each of them."""
    sheet, numbers = reading.sheet, {row.number: row for row in reading.rows}
    for block in sheet.merged:
        inside = [numbers[number] for number in range(block.first_row, block.last_row + 1) if number in numbers]
        if not inside:
            continue
        first = place_of(sheet, block.first_row, block.first_column - 1)
        if not reading.table.expand_merged:
            for row in inside:
                row.status, row.reason = "refused", "merged cells"
            what = "cells are merged, so only the first of them holds the value"
            allowed = "one value in each cell; `expand_merged: yes` repeats the value in all of them"
            reading.findings.add("error", "merged cells", what, first, allowed=allowed)
            continue
        source = sheet.rows.get(block.first_row, [])
        value = source[block.first_column - 1] if block.first_column <= len(source) else None
        width = block.last_column - block.first_column + 1
        for row in inside:
            row.cells += [None] * (block.last_column - len(row.cells))
            row.cells[block.first_column - 1 : block.last_column] = [value] * width
        what = "the value of merged cells is repeated in each of them, as declared"
        reading.findings.add("note", "merged cells", what, first)
