"""The tables of a chart description, opened: one reading for each sheet that a table is on, and for each of several things beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.chart.described import DrugsSideBySideTable, EventsSideBySideTable, Table
from caseseries.chart.description import Description
from caseseries.chart.findings import Findings
from caseseries.chart.opened import Opened
from caseseries.source.strange_sheets import tell_strange_sheets
from caseseries.source.table import TableReading


def open_tables(declared: Description, opened: Opened, findings: Findings, latest: int | None) -> list[TableReading]:
    """Every table with its rows, in the order of their names; `latest` is the last day that a date can be."""
    readings = []
    for described, name, table in _each(declared):
        own = [
            TableReading.open(name, table, sheet, declared, findings, latest) for sheet in opened.sheets_of(described)
        ]
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
