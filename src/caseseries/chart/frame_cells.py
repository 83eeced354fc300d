"""A data frame in memory as a sheet: its names as the header, its rows counted from 1, each value as a cell.

pandas, polars and Arrow are known by what their objects offer, and none of them is imported. A float is the shortest decimal that
stands for it, so that 0.1 is a tenth; what is no value (None, NaN, NaT, NA) is a blank cell.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Bad, Raw, Sheet, blank, shown
from caseseries.chart.tables import Finding, Severity
from caseseries.errors import ChartError, Place, Problem

#: The number of the header of a frame, which has no row of its own.
HEADER = 0
#: Classes whose one value says that nothing is there.
_NOTHING = frozenset({"NoneType", "NAType", "NaTType", "MaskedConstant"})
#: The days, from 1970 on, of the years 1 to 9999, which a date can have.
_FIRST, _LAST = dt.date.min.toordinal() - 719_163, dt.date.max.toordinal() - 719_163
_SINGLE = frozenset({"Float32", "Float16", "float", "halffloat"})


def frame_sheet(frame: object, name: str, limits: Limits) -> Sheet:
    """The rows of a pandas, polars or Arrow frame, or of a list of dicts, as a sheet under this name.

    Raises:
        ChartError: it is nothing of these, a column's name is no text, or it is too large.
    """
    findings: list[Finding] = []
    labels, columns = _columns(frame, name, findings)
    wrong = [place for place, label in enumerate(labels, 1) if not isinstance(label, str)]
    if wrong:
        listed = ", ".join(map(str, wrong[:10])) + (", ..." if len(wrong) > 10 else "")
        what = f"names of columns are no text (column {listed}, counted from 1)"
        raise _stop(name, what, "rename them, for example by `frame.columns = [...]`", "text, such as patient_id")
    length = max(map(len, columns), default=0)
    if length > limits.rows or len(labels) > limits.columns:
        raise _stop(name, "the frame is too large", allowed=f"at most {limits.rows} rows and {limits.columns} columns")
    cells = [[cell(value) for value in column] for column in columns]
    rows: dict[int, list[Raw]] = {HEADER: [str(label) for label in labels]}
    for number, line in enumerate(zip(*cells, strict=True), 1):
        if not all(blank(raw) for raw in line):
            rows[number] = list(line)
    return Sheet(name, "", rows, findings=tuple(findings))


def frame_digest(sheet: Sheet) -> str:
    """The SHA-256 of a frame's names and cells; the same for equal frames of whatever package."""
    found = hashlib.sha256()
    for number, cells in sheet.rows.items():
        line = [number, *((_kind(raw), shown(raw)) for raw in cells)]
        found.update(json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
    return found.hexdigest()


def _kind(raw: Raw) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "yes or no"
    return "number" if isinstance(raw, int | float | Decimal) else "text" if isinstance(raw, str) else "other"


def _columns(frame: object, name: str, findings: list[Finding]) -> tuple[list[object], list[Sequence[object]]]:
    """The names and the values of each column."""
    found: Any = frame
    package = _package(frame)
    if package == "pandas" and hasattr(frame, "iloc") and hasattr(frame, "columns"):
        findings += _index(found, name)
        return list(found.columns), [list(found.iloc[:, place].array) for place in range(len(found.columns))]
    if package == "polars" and hasattr(frame, "to_series"):
        return list(found.columns), [_polars(found.to_series(place)) for place in range(len(found.columns))]
    if package == "pyarrow" and hasattr(frame, "column_names"):
        kinds = [str(found.schema.field(place).type) for place in range(len(found.column_names))]
        return list(found.column_names), [
            _exact(kind, found.column(place).to_pylist()) for place, kind in enumerate(kinds)
        ]
    if isinstance(frame, list | tuple) and all(isinstance(row, Mapping) for row in frame):
        labels = list(dict.fromkeys(label for row in frame for label in row))
        return list(labels), [[row.get(label) for row in frame] for label in labels]
    do = "call .collect() first" if package == "polars" and hasattr(frame, "collect") else ""
    what = f"a {type(frame).__name__} is no table"
    raise _stop(name, what, do, "a pandas, polars or Arrow frame, or a list of dicts")


def _package(frame: object) -> str:
    """The package that an object's class, or one that it is made from, belongs to."""
    homes = [kind.__module__.partition(".")[0] for kind in type(frame).__mro__]
    return next((home for home in homes if home in {"pandas", "polars", "pyarrow"}), "")


def _polars(series: Any) -> list[object]:
    try:
        return _exact(str(series.dtype), series.to_list())
    except (ValueError, OverflowError):
        return [_single(series, place) for place in range(len(series))]


def _single(series: Any, place: int) -> object:
    try:
        return series[place]
    except (ValueError, OverflowError):  # a date that polars knows and Python does not
        return _beyond("")


def _exact(kind: str, values: list[object]) -> list[object]:
    """Short floats as such: as long ones 36.6 would be 36.599998."""
    if kind not in _SINGLE:
        return values
    import numpy

    short = numpy.float16 if kind in {"Float16", "halffloat"} else numpy.float32
    return [value if value is None else short(value) for value in values]  # type: ignore[arg-type]  # floats, by the kind of the column


def _index(frame: Any, name: str) -> list[Finding]:
    """That an index which is more than the number of the row is not read."""
    index = frame.index
    names = [str(one) for one in index.names if one is not None]
    if type(index).__name__ == "RangeIndex" and not names and index.start == 0 and index.step == 1:
        return []
    called = f" ({', '.join(names)})" if names else ""
    what = f"the index of the frame{called} is not read; rows are counted from 1 as they stand"
    severity: Severity = "warning" if names or index.dtype.kind not in "iu" else "note"
    return [Finding(severity, "index", what, Place(name), allowed="frame.reset_index() makes it a column")]


def cell(value: object) -> Raw:
    """A value of a frame as a cell.

    >>> cell(41.5), cell(0.1), cell(float("nan")), cell(dt.date(2009, 3, 5)), cell(" P1")
    (Decimal('41.5'), Decimal('0.1'), None, datetime.date(2009, 3, 5), ' P1')
    >>> cell(dt.datetime(2009, 3, 5, tzinfo=dt.timezone.utc)).what
    'a time with a time zone: which day it is depends on where one stands'
    """
    if type(value).__name__ in _NOTHING:
        return None
    if isinstance(value, Bad):
        return value
    if isinstance(value, str):
        return str(value)
    if type(value).__module__ == "numpy":
        return _numpy(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _decimal(Decimal(repr(float(value)))) if math.isfinite(value) else _decimal(Decimal(value))
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            what = "a time with a time zone: which day it is depends on where one stands"
            return Bad(str(value), what, "a date without a time zone")
        try:
            return dt.datetime.combine(value.date(), value.time())
        except (ValueError, OverflowError, NotImplementedError):  # pandas knows years that no date has
            return _beyond(str(value))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return value
    return _no_cell(value)


def _decimal(value: Decimal) -> Raw:
    if value.is_nan():
        return None
    return value if value.is_finite() else Bad(str(value), "an infinite number", "a number")


def _beyond(text: str) -> Bad:
    return Bad(text, "a date beyond the year 9999", "a date")


def _no_cell(value: object) -> Bad:
    return Bad(
        str(value)[:1000], f"a {type(value).__name__} where a cell belongs", "text, a number, yes or no, or a date"
    )


def _numpy(value: Any) -> Raw:
    """A single value of numpy."""
    kind = value.dtype.kind
    if kind == "b":
        return bool(value)
    if kind in "iu":
        return int(value)
    if kind == "f":
        return _decimal(Decimal(str(value)))
    if kind in "mM" and str(value) == "NaT":
        return None
    return _date(value) if kind == "M" else _no_cell(value)


def _date(value: Any) -> Raw:
    """A date or a time of numpy; a month or a year as text, for no day of it is known."""
    import numpy

    unit = numpy.datetime_data(value.dtype)[0]
    if unit in {"Y", "M"}:
        return str(value)
    day = value.astype("datetime64[D]")
    if unit in {"W", "generic"} or not _FIRST <= day.astype("int64") <= _LAST:  # beyond it numpy wraps in silence
        return _no_cell(value)
    plain = day.item() if value == day else value.astype("datetime64[us]").item()
    return plain if isinstance(plain, dt.date) else _no_cell(value)


def _stop(name: str, what: str, do: str = "", allowed: str = "") -> ChartError:
    return ChartError(
        f"The frame {name} cannot be read.", [Problem(what, Place(name), allowed=allowed, do=do)], do="Nothing was run."
    )


def every_name(sheets: Iterable[str]) -> str:
    """Names in quotation marks, as a message lists them.

    >>> every_name(["visits", "drugs"])
    "'drugs', 'visits'"
    """
    return ", ".join(repr(name) for name in sorted(sheets))
