"""The order in which the dates of all files are written, and the days that they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, excel_serial, read_date
from caseseries.chart.sheet import Raw, Shortened, blank, shown
from caseseries.form.column_look import Column
from caseseries.form.profile import Looked

_FIRST = dt.date(1970, 1, 1).toordinal()
_ORDERS: tuple[DateOrder, ...] = ("year-month-day", "day-month-year", "month-day-year")


@dataclass(frozen=True, slots=True)
class DayReader:
    """`order` is the only one that all written dates allow, or None; `possible` says how many there are; `written` are the columns."""

    order: DateOrder | None
    possible: tuple[DateOrder, ...]
    written: tuple[Column, ...]
    two_digits: bool
    from_1904: bool = False

    def day(self, column: str, cell: Raw) -> int | None:
        """The day of a cell, since 1970; None where it is none that is known to the day, or its order is not known.

        Years of two digits are taken in the hundred years from 1950, for distances between days alone.
        """
        if isinstance(cell, dt.datetime | dt.date):
            return cell.toordinal() - _FIRST
        if isinstance(cell, int) and not isinstance(cell, bool):
            serial = excel_serial(cell, from_1904=self.from_1904)
            return None if serial is None else serial.toordinal() - _FIRST
        if blank(cell) or isinstance(cell, Shortened) or self.order is None:
            return None
        found = read_date(shown(cell), self.order, 1950)
        return found.low if isinstance(found, Span) and not found.partial else None


def day_reader(tables: Sequence[tuple[Looked, Collection[str]]]) -> DayReader:
    """What the dates of all tables allow, in the columns that are read; a chart without written dates has dates of a workbook alone."""
    written = [
        column
        for looked, read in tables
        for column in looked.columns
        if column.kind == "date" and column.text_dates and column.name in read
    ]
    possible = tuple(order for order in _ORDERS if all(order in column.orders for column in written))
    sure = [column for column in written if not column.one_reading]
    order = possible[0] if possible and (len(possible) == 1 or not sure) else None
    two_digits = any(column.two_digits for column in written)
    return DayReader(order, possible, tuple(written), two_digits, any(looked.from_1904 for looked, _ in tables))
