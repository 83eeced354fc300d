"""Blocks of rows of which only the first says about whom they are: where the dates go back within one, an id may be missing."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.header import place_of
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


def tell_blocks(readings: Sequence[TableReading], records: Records) -> None:
    """A warning for each row that takes its id from above and lies before the row above it, where the other rows of the table ascend."""
    day: dict[int, int] = {}
    for row_id, low in (
        *((one.row_id, one.low) for one in records.measurements),
        *((one.row_id, one.start) for one in records.courses),
        *((one.row_id, one.low) for one in records.facts if one.low is not None),
    ):
        day[row_id] = min(low, day.get(row_id, low))
    for reading in readings:
        ids = [
            reading.positions[column]
            for column in reading.table.patient
            if column in reading.table.same_as_above and column in reading.positions
        ]
        if not ids:
            continue
        ascends, back = 0, list[Row]()
        above: Row | None = None
        for row in sorted((row for row in reading.rows if row.row_id in day), key=lambda row: row.number):
            if above is not None and above.patient == row.patient and any(position in row.origin for position in ids):
                if day[row.row_id] < day[above.row_id]:
                    back.append(row)
                else:
                    ascends += 1
            above = row
        for row in back if ascends > 2 * len(back) else ():
            what = "within the rows of one patient the dates go back here: does the id of another patient miss?"
            column = reading.table.patient[0]
            reading.findings.add(
                "warning",
                "same as above",
                what,
                place_of(reading.sheet, row.number, reading.positions.get(column), column),
                patient=row.patient,
                field="patient",
                allowed="the id in the first row of each patient",
            )
