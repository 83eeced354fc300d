"""An order of rows that depends on what they say, never on where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from caseseries.chart.columns import DateColumn
from caseseries.chart.natural import natural
from caseseries.chart.sheet import shown
from caseseries.source.table import TableReading

#: Letters of other alphabets that are drawn as Latin ones, as they come from a keyboard that was left switched over.
_LATIN = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABEKMHOPCTYXSIJ" "aeopcyxsij" "ABEZHIKMNOPTYXo",
)  # fmt: skip


def near(patient: str) -> tuple[str, ...]:
    """What an id comes down to without case, spaces, hyphens, leading zeros, a trailing `.0`, unseen signs, and letters that look alike.

    >>> near("P1") == near(" p-01") == near("P1.0"), near("3") == near("3b"), near("1-12") == near("11-2")
    (True, False, False)
    >>> near("P10") == near("\u0420\u200b10") == near("P1O")
    True
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", patient) if unicodedata.category(sign) != "Cf")
    plain = plain.translate(_LATIN).casefold().strip()
    plain = re.sub(r"(?<=[0-9])o+(?![^\W\d_])", lambda found: "0" * len(found[0]), plain)  # 1O typed for 10
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
            where = row.number, reading.sheet.file, reading.sheet.name
            keyed.append(((reading.name, natural(row.patient), cells, where), row))
    keyed.sort(key=lambda pair: pair[0])
    for number, (_, row) in enumerate(keyed, 1):
        row.row_id = number
    for reading in readings:
        reading.rows.sort(key=lambda row: row.row_id)


def _date_headers(reading: TableReading) -> list[str]:
    fields = ((name, getattr(reading.table, name)) for name in type(reading.table).model_fields)
    return [header for _, value in fields if isinstance(value, DateColumn) for header in value.columns]
