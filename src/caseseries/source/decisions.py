"""What a person decided about single cells: accepted readings, and cells that are in doubt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from caseseries.chart.cells import DateReader, NumberReader
from caseseries.chart.described import Table
from caseseries.chart.description import Accepted, Description, Doubtful
from caseseries.chart.findings import Findings
from caseseries.chart.header import place_of
from caseseries.chart.sheet import Sheet, column_number, shown
from caseseries.errors import Place

#: Row number and position of a cell on a sheet.
Cell = tuple[int, int]
#: The single cells of a sheet that have a name.
Singles = Mapping[str, Cell | None]


def decisions_on(
    sheet: Sheet,
    table: Table,
    positions: Mapping[str, int],
    singles: Singles,
    description: Description,
    findings: Findings,
) -> dict[Cell, Accepted]:
    """The accepted cells of the rows of a table; one that no longer holds what was accepted is an error. Doubtful cells are warned of."""
    accepted: dict[Cell, Accepted] = {}
    for decision in description.accept:
        cell = _cell(sheet, table, positions, singles, decision)
        if cell is None:
            continue
        place = _place(sheet, positions, cell)
        found = _found(sheet, cell)
        if found != (decision.found or "").strip():
            what = "an accepted cell no longer holds what was accepted"
            findings.add(
                "error", "accepted cell", what, place, value=found, allowed="what the chart description says was found"
            )
            continue
        accepted[cell] = decision
        what = f"accepted by {decision.by} on {decision.on.isoformat()}: {decision.because}"
        findings.add("note", "accepted cell", what, place, value=found, proposal=decision.read_as or "")
    for doubt in description.doubtful:
        cell = _cell(sheet, table, positions, singles, doubt)
        if cell is None:
            continue
        place, found = _place(sheet, positions, cell), _found(sheet, cell)
        if found != doubt.found.strip():
            what = "a doubtful cell no longer holds what was found in doubt"
            findings.add(
                "error", "doubtful cell", what, place, value=found, allowed="what the chart description says was found"
            )
            continue
        what = f"in doubt, read as it stands: {doubt.because}"
        findings.add("warning", "doubtful cell", what, place, value=found, proposal=doubt.could_be)
    return accepted


def without_effect(
    description: Description, tables: Collection[tuple[Sheet, Table, Mapping[str, int], Singles]], findings: Findings
) -> None:
    """A decision about a cell that no table reads would have no effect, so it is an error."""
    for rule, decisions in (("accepted cell", description.accept), ("doubtful cell", description.doubtful)):
        for decision in decisions:
            if all(_cell(*where, decision) is None for where in tables):
                where = f"{decision.sheet or decision.file or 'no sheet or file'}, row {decision.row}, column {decision.column}"
                allowed = "the sheet or file, row and column as a finding prints them"
                findings.add(
                    "error", rule, f"a decision is about a cell in no table that is read: {where}", allowed=allowed
                )


def _cell(
    sheet: Sheet, table: Table, positions: Mapping[str, int], singles: Singles, decision: Accepted | Doubtful
) -> Cell | None:  # fmt: skip
    if (decision.sheet and decision.sheet != sheet.name) or (decision.file and decision.file != sheet.file):
        return None
    if not (decision.sheet if sheet.lettered else decision.file):
        return None
    single = singles.get(decision.column)
    if single is not None:
        return single if single[0] == decision.row else None
    position = positions.get(decision.column)
    if position is None and sheet.lettered:
        number = column_number(decision.column)
        position = None if number is None else number - 1
    if position is None:
        return None
    cell = decision.row, position
    reads = not table.one_row and table.reads(decision.row)
    return cell if reads or cell in singles.values() else None


def _found(sheet: Sheet, cell: Cell) -> str:
    cells = sheet.rows.get(cell[0], [])
    return shown(cells[cell[1]]) if cell[1] < len(cells) else ""


def _place(sheet: Sheet, positions: Mapping[str, int], cell: Cell) -> Place:
    name = next((name for name, position in positions.items() if position == cell[1]), "")
    return place_of(sheet, cell[0], cell[1], name)


def plainly(reader: Any) -> Any:
    """The reader for what a person accepted: a decimal point, and dates year-month-day."""
    if isinstance(reader, NumberReader):
        return replace(reader, comma=False)
    if isinstance(reader, DateReader) and reader.dated:
        return replace(reader, order="year-month-day")
    return reader
