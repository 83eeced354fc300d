"""An order of rows that depends on what they say, never on where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from caseseries.chart.columns import DateColumn
from caseseries.chart.natural import natural
from caseseries.chart.sheet import shown
from caseseries.source.table import TableReading


def near(patient: str) -> tuple[str, ...]:
    """What an id comes down to without case, spaces, hyphens, leading zeros and a trailing `.0`.

    >>> near("P1") == near(" p-01") == near("P1.0"), near("3") == near("3b"), near("1-12") == near("11-2")
    (True, False, False)
    """
    plain = unicodedata.normalize("NFKC", patient).casefold().strip()
    plain = re.sub(r"(?<=[0-9])\.0+$", "", plain)
    return tuple(run.lstrip("0") or "0" if run[0].isdecimal() else run for run in re.findall(r"\d+|[^\W\d_]+", plain))


def number_rows(readings: Iterable[TableReading]) -> None:
    """Give every row of every table its id, in the order of table, patient, dates, and then all other cells by column name."""
    keyed = []
    for reading in readings:
        dates = _date_headers(reading)
        first = [header for header in dates if header in reading.positions]
        headers = first + sorted(set(reading.positions) - set(first))
        for row in reading.rows:
            cells = tuple(shown(row.cells[reading.positions[header]]) for header in headers)
            keyed.append(((reading.name, natural(row.patient), cells, row.number), row))
    keyed.sort(key=lambda pair: pair[0])
    for number, (_, row) in enumerate(keyed, 1):
        row.row_id = number
    for reading in readings:
        reading.rows.sort(key=lambda row: row.row_id)


def _date_headers(reading: TableReading) -> list[str]:
    fields = ((name, getattr(reading.table, name)) for name in type(reading.table).model_fields)
    return [header for _, value in fields if isinstance(value, DateColumn) for header in value.columns]
