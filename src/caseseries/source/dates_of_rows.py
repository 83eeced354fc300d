"""The dates of the rows of a table: in one column, or year, month and day each in a column of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from caseseries.chart.cells import NumberReader, Quantity
from caseseries.chart.columns import DateColumn, DateOrder
from caseseries.chart.date_cells import DateReader
from caseseries.chart.dates import Span, span
from caseseries.chart.header import place_of
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Raw, shown
from caseseries.source.row import Row
from caseseries.source.table import TableReading, folded_words
from caseseries.source.whole_columns import date_pattern, order_of_all


def dates_of_rows(reading: TableReading, column: DateColumn | None, name: str) -> Callable[[Row], Span | None]:
    """A function from a row to the days that its date can be; None where nothing is recorded."""
    if column is None:
        return lambda row: None
    if column.nominal_day is not None:
        fixed = Span(column.nominal_day, column.nominal_day, relative=reading.description.dated)
        return lambda row: fixed
    there = [reading.has(header) for header in column.columns]  # each that is not there is noted
    if not all(there):
        return lambda row: None
    if column.column is None:
        return _dates_in_parts(reading, column, name)
    header, reader = column.column, _date_reader(reading, column)

    def date(row: Row) -> Span | None:
        read = reading.take(row, header, reader, name)
        if not isinstance(read, Span):
            return None
        if read.note:
            reading.findings.add(
                "note", "date", read.note, place_of(reading.sheet, None, reading.positions[header], header), field=name
            )
        return (
            replace(read, relative=True)
            if reading.description.dated and column.relative
            else reading.past(row, header, read, name)
        )

    return date


def _dates_in_parts(reading: TableReading, column: DateColumn, name: str) -> Callable[[Row], Span | None]:
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


def _date_reader(reading: TableReading, column: DateColumn) -> DateReader:
    """The reader of a column of dates."""
    order = column.dates or reading.table.dates or reading.description.dates
    hundreds = (
        column.two_digit_years_from,
        reading.table.two_digit_years_from,
        reading.description.two_digit_years_from,
    )
    hundred = next((one for one in hundreds if one is not None), None)
    days = (
        None if column.days is None else {" ".join(word.split()).casefold(): day for word, day in column.days.items()}
    )
    dated, comma = reading.description.dated and not column.relative, reading.description.decimal == "comma"
    if dated and column.date_cells is None and column.column is not None and reading.is_first():
        # a code or a word that means still taken is no date, however it is written
        words = {*reading.codes(column.missing), *folded_words(getattr(reading.table, "ongoing", ()))}
        cells = [raw for raw in reading.cells(column.column) if " ".join(shown(raw).split()).casefold() not in words]
        _as_a_whole(reading, column.column, cells)
        _in_another_order(reading, column.column, cells, order, hundred)
    return DateReader(
        reading.codes(column.missing),
        order,
        dated,
        days,
        column.serials,
        reading.sheet.from_1904,
        column.date_cells,
        hundred,
        column.in_,
        comma,
    )


def _as_a_whole(reading: TableReading, header: str, cells: list[Raw]) -> None:
    """Stop on a column of dates of which a spreadsheet seems to have changed a part."""
    pattern, changed, left = date_pattern(cells)
    if pattern == "half converted":
        what = (
            f"dates of two forms stand in this column: of {changed} no day is above 12, and in {left} day or month is. A spreadsheet "
            "that expected the other order has probably changed the first and left the others as text"
        )
        allowed = (
            "`date_cells: as they stand`, or `day and month swapped`, for the column; correct the cells of a CSV file"
        )
    elif pattern == "no year":
        what = f"{changed} dates show no year; a spreadsheet puts the year of typing behind a date without one"
        allowed = "dates with their year, or `date_cells: as they stand` for the column"
    else:
        return
    reading.findings.add("error", "dates", what, reading.column_place(header), field="date", allowed=allowed)


def _in_another_order(
    reading: TableReading, header: str, cells: list[Raw], order: DateOrder | None, hundred: int | None
) -> None:
    """The one cause of many refused dates: all of them can be read in another order than the declared one."""
    found = order_of_all(cells, order, hundred)
    if found is not None:
        other, wrong, every = found
        what = f"{wrong} of the {every} dates of this column do not stand in the declared order, {order}; all of them can be read as {other}"
        reading.findings.add(
            "error", "date order", what, reading.column_place(header), field="date", proposal=f"dates: {other}"
        )
