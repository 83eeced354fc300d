"""The tables of a chart description, opened: one reading for each sheet that a table is on, and for each of several things beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.chart.described import DrugsSideBySideTable, EventsSideBySideTable, Table
from caseseries.chart.description import Description
from caseseries.chart.findings import Findings
from caseseries.chart.header import columns_of
from caseseries.chart.opened import Opened
from caseseries.chart.sheet import Sheet
from caseseries.source.decisions import decisions_on
from caseseries.source.rows_of_table import gather_rows
from caseseries.source.single_cells import positions_of, single_cells
from caseseries.source.strange_sheets import tell_strange_sheets
from caseseries.source.table import TableReading


def open_tables(declared: Description, opened: Opened, findings: Findings, latest: int | None) -> list[TableReading]:
    """Every table with its rows, in the order of their names; `latest` is the last day that a date can be."""
    readings = []
    for described, name, table in _each(declared):
        own = [_open_table(name, table, sheet, declared, findings, latest) for sheet in opened.sheets_of(described)]
        together = tuple(own)
        for reading in own if len(own) > 1 else ():
            reading.siblings, reading.gathered, reading.percents = together, own[0].gathered, own[0].percents
        tell_strange_sheets(own)
        readings += own
    return readings


def _each(declared: Description) -> Iterator[tuple[str, str, Table]]:
    """Each table as it is described, and the name and form in which it is read: drugs or events beside each other are tables of their own."""
    for described, table in sorted(declared.tables.items()):
        if isinstance(table, DrugsSideBySideTable | EventsSideBySideTable):
            for part, one in table.each().items():
                yield described, f"{described}, {part}", one
        else:
            yield described, described, table


def _open_table(
    name: str, table: Table, sheet: Sheet, description: Description, findings: Findings, latest: int | None
) -> TableReading:
    """The table with its header read, its rows counted, and each row's patient known; `latest` is the last day a date can be."""
    reading = TableReading(name, table, sheet, description, findings, latest)
    columns = {} if table.one_row else columns_of(sheet, table, findings)
    reading.width = max(max(columns.values(), default=-1) + 1, max(map(len, sheet.rows.values()), default=0))
    reading.singles = single_cells(sheet, table)
    reading.positions = {**columns, **positions_of(reading, columns)}
    reading.accepted = decisions_on(sheet, table, reading.positions, reading.singles, description, findings)
    gather_rows(reading)
    return reading
