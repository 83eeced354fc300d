"""Dates whose year, month and day stand in columns of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from caseseries.chart.cells import NumberReader, Quantity
from caseseries.chart.columns import DateColumn
from caseseries.chart.dates import Span, span
from caseseries.chart.refusal import Missing, Refusal

if TYPE_CHECKING:
    from caseseries.source.row import Row
    from caseseries.source.table import TableReading


def dates_in_parts(reading: TableReading, column: DateColumn, name: str) -> Callable[[Row], Span | None]:
    """A function from a row to the days that its year, month and day, each in a column of its own, can be."""
    reader = NumberReader(reading.codes(column.missing))
    headers = [header for header in (column.year, column.month, column.day) if header]

    def date(row: Row) -> Span | None:
        parts: list[int | None] = []
        for header in headers:
            read = reading.take(row, header, reader, name)
            whole = None if read is None or isinstance(read, Missing) else read.value
            bound = isinstance(read, Quantity) and read.censor
            if whole is not None and (bound or whole.denominator != 1):
                reading.refuse(row, "date", "not a whole number", header, field=name)
            parts.append(None if whole is None else int(whole))
        year, month, day = (*parts, None, None)[:3]
        if year is None or row.is_refused():
            return None
        found = span(year, month, None if month is None else day)
        if isinstance(found, Refusal):
            reading.refuse(row, found.rule, found.what, headers[0], field=name, allowed=found.allowed)
            return None
        return reading.past(row, headers[0], found, name)

    return date
