"""Whether an event of which a sheet has columns of its own happened: by a column of yes and no, or by anything that is written of it."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.chart.cells import Quantity, YesNoReader
from caseseries.chart.described import EventsTable
from caseseries.source.fatal import SAYS_NONE
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: Why a row that says nothing of an event is out of scope, where a blank does not mean never.
NOT_KNOWN = "it is not recorded whether the event happened"


@dataclass(frozen=True, slots=True)
class Happened:
    """Reads the column of yes and no of a table of events, where there is one."""

    reading: TableReading
    table: EventsTable
    reader: YesNoReader | None = None

    @classmethod
    def open(cls, reading: TableReading, table: EventsTable) -> Happened:
        """Ready to be read."""
        column = table.happened
        if column is None or column.column is None or not reading.has(column.column):
            return cls(reading, table)
        return cls(reading, table, reading.yes_no_reader(column.missing, column.words))

    def read(self, row: Row) -> bool | None:
        """Whether it says yes or no; None where it says neither, or there is no such column."""
        if self.reader is None or self.table.happened is None or self.table.happened.column is None:
            return None
        found = self.reading.take(row, self.table.happened.column, self.reader, "happened")
        return found.value == 1 if isinstance(found, Quantity) else None

    def settle(self, row: Row, happened: bool | None, *, alone: bool) -> bool:
        """Whether the row holds an event; what becomes of it otherwise. `alone`: nothing else is written of the event."""
        table = self.table
        if table.blank_event is None:
            return True
        column = table.happened.column if table.happened is not None else None
        if happened is False:
            if not alone:
                self.reading.refuse(
                    row,
                    "event",
                    "the event did not happen, and something is written of it",
                    column,
                    field="happened",
                    allowed="yes, or nothing in its other columns",
                )
            else:
                row.status, row.reason = "out of scope", SAYS_NONE
            return False
        if happened or not alone:
            return True
        if table.event.value is None and table.happened is None:
            return True  # the name of the event says it
        coded = bool(self.reading.shown(row, column)) or bool(self.reading.shown(row, self._date))
        never = table.blank_event == "never" and not coded
        row.status, row.reason = "out of scope", SAYS_NONE if never else NOT_KNOWN
        return False

    @property
    def _date(self) -> str | None:
        date = self.table.date
        return date.columns[0] if date is not None and date.columns else None
