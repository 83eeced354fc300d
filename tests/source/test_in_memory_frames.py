"""Charts of data frames in memory: the same reading, findings and addresses as of files."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import caseseries as cs
from caseseries.chart.frame_cells import cell, frame_digest, frame_sheet
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Bad
from caseseries.chart.tables import Chart
from caseseries.protocol.load import parse

PROTOCOL = """
study: Frames
case: {index_date: {first_exposure: mycophenolate mofetil}, per: patient}
measures:
  mmt: {instrument: MMT8}
  weight: {instrument: weight}
windows:
  before: {from: -90 days, to: 0 days, take: last}
  after: {from: 1 day, to: 180 days, take: last}
intercurrent:
  {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}
outcomes: {better: {at: after, rule: {gain: mmt, from: before, at_least: 10 points}}}
"""
DESCRIBED: dict[str, Any] = {
    "invented": True,
    "dates": "year-month-day",
    "tables": {
        "patients": {"kind": "patients", "patient": "id", "sex": "sex", "birth": "birth"},
        "drugs": {
            "kind": "drugs", "patient": "id", "drug": "drug", "start": "start", "stop": "stop", "blank_stop": "ongoing",
            "stop_means": "last day taken",
        },
        "visits": {"kind": "visits", "patient": "id", "date": "date", "measures": {"mmt": "mmt", "weight": "weight"}},
    },
}  # fmt: skip
PATIENTS = [
    {"id": "P1", "sex": "F", "birth": dt.date(2001, 2, 3)},
    {"id": "P2", "sex": "M", "birth": dt.date(2003, 4, 5)},
]
DRUGS = [
    {"id": "P1", "drug": "mycophenolate mofetil", "start": dt.date(2010, 1, 1), "stop": None},
    {"id": "P2", "drug": "mycophenolate mofetil", "start": dt.date(2010, 2, 1), "stop": dt.date(2011, 2, 1)},
]
VISITS = [
    {"id": "P1", "date": dt.date(2009, 12, 30), "mmt": 50.0, "weight": 36.6},
    {"id": "P1", "date": dt.date(2010, 4, 1), "mmt": 62.5, "weight": None},
    {"id": "P2", "date": dt.date(2010, 1, 31), "mmt": 55.0, "weight": 40.1},
    {"id": "P2", "date": dt.date(2010, 5, 1), "mmt": None, "weight": 41.25},
]
#: The line of the description that a message names.
NAMED_LINE = re.compile(r" \(chart\.yaml:\d+\)$")
STUDY = cs.Study(parse(PROTOCOL).protocol)


def frames(**changed: Any) -> dict[str, Any]:
    return {"patients": PATIENTS, "drugs": DRUGS, "visits": VISITS, **changed}


def in_pandas(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in ("birth", "start", "stop", "date"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    return frame


def in_nullable_pandas(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = in_pandas(rows).convert_dtypes()
    for name in ("sex", "drug", "id"):
        if name in frame:
            frame[name] = frame[name].astype("category")
    if "weight" in frame:
        frame["weight"] = frame["weight"].astype("Float32")
    return frame


def in_objects(rows: list[dict[str, Any]]) -> pd.DataFrame:
    def held(value: Any) -> Any:
        return pd.NA if value is None else Decimal(str(value)) if isinstance(value, float) else value

    return pd.DataFrame([{name: held(value) for name, value in row.items()} for row in rows], dtype=object)


def in_polars(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows)
    return frame.with_columns(pl.col("weight").cast(pl.Float32)) if "weight" in frame.columns else frame


class Column:
    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def to_pylist(self) -> list[Any]:
        return self.values


class Field:
    type = "string"


class Table:
    """What an Arrow table offers, for pyarrow is not installed here."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.column_names, self.schema, self._rows = list(rows[0]), self, rows

    def field(self, place: int) -> Field:
        return Field()

    def column(self, place: int) -> Column:
        return Column([row[self.column_names[place]] for row in self._rows])


Table.__module__ = "pyarrow.lib"

KINDS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "dicts": lambda rows: rows, "pandas": in_pandas, "nullable pandas": in_nullable_pandas, "objects": in_objects, "polars": in_polars,
    "arrow": Table,
}  # fmt: skip


def in_files(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            written = csv.writer(file)
            written.writerow(rows[0])
            written.writerows(["" if value is None else value for value in row.values()] for row in rows)
    described = {
        **DESCRIBED,
        "source": ".",
        "tables": {name: {**one, "file": f"{name}.csv"} for name, one in DESCRIBED["tables"].items()},
    }
    import json

    path = folder / "chart.yaml"
    path.write_text(json.dumps(described), encoding="utf-8")
    return path


def told(chart: Chart) -> Any:
    """Everything a chart says but where its rows stood and what its inputs are called."""
    return (
        chart.people, [replace(one, column="") for one in chart.measurements], chart.courses, chart.facts, chart.account(), chart.history,
        chart.not_charted, chart.words, [(one.severity, one.rule, NAMED_LINE.sub("", one.message), one.patient, one.value) for one in chart.findings],
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_frames_are_read_as_files_are(kind: str, tmp_path: Path) -> None:
    expected = STUDY.read(in_files(tmp_path, {"patients": PATIENTS, "drugs": DRUGS, "visits": VISITS}))
    given = {name: KINDS[kind](rows) for name, rows in frames().items()}
    chart = STUDY.read(DESCRIBED, frames=given)
    assert told(expected) == told(chart)
    assert {Fraction("36.6"), Fraction("62.5"), Fraction("41.25")} < {one.value for one in chart.measurements}
    assert [(one.file, one.row - 1) for one in expected.rows if one.row] == [
        (f"{one.file}.csv", one.row) for one in chart.rows
    ]


def test_equal_frames_have_one_digest() -> None:
    digests = {
        kind: STUDY.read(DESCRIBED, frames={name: make(rows) for name, rows in frames().items()}).inputs[
            "frame patients"
        ]
        for kind, make in KINDS.items()
    }
    assert 1 == len(set(digests.values()))
    changed = [{**VISITS[0], "mmt": 50.5}, *VISITS[1:]]
    first, second = (STUDY.read(DESCRIBED, frames=frames(visits=rows)).inputs for rows in (VISITS, changed))
    assert ["frame visits"] == [name for name in first if first[name] != second[name]]


def test_a_run_and_a_check_take_frames(tmp_path: Path) -> None:
    results = STUDY.run(DESCRIBED, frames=frames())
    assert (1, 0, 1) == tuple(getattr(results.responders["better"][0], name) for name in ("yes", "no", "not_evaluable"))
    assert results.write(tmp_path / "out").is_dir()
    checked = STUDY.check(DESCRIBED, frames=frames(visits=[{**VISITS[0], "mmt": "high"}, *VISITS[1:]]))
    assert "not a number" in str(checked.stops)
    assert checked.cohort is None


BAD: list[tuple[str, Any, str, str]] = [
    ("mmt", "high", "visits, row 2, column mmt: not a number", "high"),
    ("mmt", 1 / 3, "visits, row 2, column mmt: more than 6 decimals", "0.3333333333333333"),
    ("mmt", 0.1 + 0.2, "visits, row 2, column mmt: more than 6 decimals", "0.30000000000000004"),
    ("mmt", float("inf"), "visits, row 2, column mmt: an infinite number", "Infinity"),
    ("mmt", True, "visits, row 2, column mmt: not a number", "TRUE"),
    ("mmt", [1, 2], "visits, row 2, column mmt: a list where a cell belongs", "[1, 2]"),
    ("mmt", b"50", "visits, row 2, column mmt: a bytes where a cell belongs", "b'50'"),
    ("mmt", 1000, "visits, row 2, column mmt: ", "1000"),
    ("date", dt.datetime(2010, 4, 1, tzinfo=dt.UTC), "visits, row 2, column date: a time with a time zone", "2010-04-01 00:00:00+00:00"),
    ("date", pd.Timestamp("2010-04-01", tz="Europe/Berlin"), "visits, row 2, column date: a time with a time zone", "2010-04-01 00:00:00+02:00"),
    ("date", pd.Timestamp(np.datetime64("20000-01-01", "s")), "visits, row 2, column date: a date beyond the year 9999", "20000-01-01 00:00:00"),
    ("date", 40000, "visits, row 2, column date: a plain number where a date belongs", "40000"),
    ("date", 40000.5, "visits, row 2, column date: a plain number where a date belongs", "40000.5"),
    ("date", "1/4/2010", "visits, row 2, column date: ", "1/4/2010"),
    ("date", dt.timedelta(1), "visits, row 2, column date: not a date", "1 day, 0:00:00"),
    ("id", None, "visits, row 2, column id: the row says of no patient", ""),
    ("id", "P9", "visits, row 2, column id: ", "P9"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "said", "found"), BAD, ids=[f"{one[0]} {one[1]!r}" for one in BAD])
def test_a_value_that_cannot_be_read_has_its_address(column: str, value: Any, said: str, found: str) -> None:
    """Frame, row counted from 1 below the names, column; the value stands in the finding alone."""
    rows = [VISITS[0], {**VISITS[1], column: value}, *VISITS[2:]]
    with pytest.raises(cs.ChartError) as caught:
        STUDY.read(DESCRIBED, frames=frames(visits=rows))
    lines = [f"{problem.place}: {problem.what}" for problem in caught.value.problems]
    assert any(line.startswith(said) for line in lines), lines
    assert found in [problem.found.partition(";")[0] for problem in caught.value.problems]
    assert not found or found not in str(caught.value)


NOTHING = [
    None,
    float("nan"),
    np.nan,
    np.float32("nan"),
    Decimal("NaN"),
    pd.NA,
    pd.NaT,
    np.datetime64("NaT"),
    np.ma.masked,
    "",
    "  ",
]


@pytest.mark.parametrize("value", NOTHING, ids=[f"{type(one).__name__} {one!r}" for one in NOTHING])
def test_what_is_no_value_is_blank(value: Any) -> None:
    chart = STUDY.read(DESCRIBED, frames=frames(visits=[VISITS[0], {**VISITS[1], "mmt": value}, *VISITS[2:]]))
    blank = STUDY.read(DESCRIBED, frames=frames(visits=[VISITS[0], {**VISITS[1], "mmt": None}, *VISITS[2:]]))
    assert told(blank) == told(chart)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, "0.1"), (np.float64(0.1), "0.1"), (np.float32(0.1), "0.1"), (np.float16(0.1), "0.1"), (1e-06, "0.000001"), (41.0, "41"),
        (np.int64(7), "7"), (np.uint8(7), "7"), (7, "7"), (Decimal("7.50"), "7.5"), (Decimal("1E+2"), "100"), (-0.5, "-0.5"),
        (123456789.123456, "123456789.123456"), (np.bool_(True), "TRUE"), (np.str_("a"), "a"),
        (np.datetime64("2010-04-01"), "2010-04-01"), (np.datetime64("2010-04-01T00:00:00.000000000"), "2010-04-01"),
        (np.datetime64("2010-04"), "2010-04"), (np.datetime64("2010"), "2010"), (np.datetime64("9999-12-31"), "9999-12-31"),
        (np.datetime64("0001-01-01"), "0001-01-01"), (np.datetime64("2010-04-01T10:00"), "2010-04-01 10:00:00"),
        (pd.Timestamp("2010-04-01"), "2010-04-01"),
        (pd.Timestamp("2010-04-01 00:00:00.000000001"), "2010-04-01"),
    ],
)  # fmt: skip
def test_the_text_of_a_value(value: Any, expected: str) -> None:
    from caseseries.chart.sheet import shown

    assert expected == shown(cell(value))
    assert type(cell(value)).__module__ in {"builtins", "decimal", "datetime"}


@pytest.mark.parametrize(
    "value",
    [
        np.timedelta64(1, "D"),
        1 + 2j,
        np.complex64(1),
        np.datetime64(10**17, "s"),
        np.datetime64(10**18, "D"),
        np.datetime64(3, "W"),
        pd.Period("2010-04"),
        {},
        Fraction(1, 3),
        object,
    ],
)
def test_what_is_no_cell(value: Any) -> None:
    assert isinstance(cell(value), Bad)


def test_columns_without_a_text_as_name_are_refused() -> None:
    for frame in (
        pd.DataFrame([["P1", 1]]), pd.DataFrame([["P1"]], columns=pd.MultiIndex.from_tuples([("a", "b")])), [{"id": "P1", 3: 4}],
        [{"id": "P1", None: 4}],
    ):  # fmt: skip
        with pytest.raises(cs.ChartError, match="names of columns are no text"):
            frame_sheet(frame, "visits", Limits())


def test_two_columns_of_one_name_are_refused() -> None:
    frame = in_pandas(VISITS)
    frame.columns = pd.Index(["id", "date", "mmt", "mmt"])
    with pytest.raises(cs.ChartError, match="two columns have the same name"):
        STUDY.read(DESCRIBED, frames=frames(visits=frame))


@pytest.mark.parametrize(
    ("index", "severity", "name"),
    [(None, None, ""), ([5, 6, 7, 8], "note", ""), (["a", "b", "c", "d"], "warning", ""), ("id", "warning", " (id)"), ("row", "warning", " (row)")],
)  # fmt: skip
def test_an_index_is_not_read_in_silence(index: Any, severity: str | None, name: str) -> None:
    frame = in_pandas(VISITS)
    if isinstance(index, list):
        frame.index = pd.Index(index)
    elif index == "id":
        frame = frame.set_index("id", drop=False)
    elif index is not None:
        frame.index.name = index
    found = [one for one in STUDY.read(DESCRIBED, frames=frames(visits=frame)).findings if one.rule == "index"]
    assert ([] if severity is None else [(severity, "visits", 1)]) == [
        (one.severity, str(one.place), one.message.count(f"frame{name} is not read")) for one in found
    ]


def test_ids_kept_in_the_index_are_missed_with_a_word() -> None:
    with pytest.raises(cs.ChartError, match="there is no column 'id'"):
        STUDY.read(DESCRIBED, frames=frames(visits=in_pandas(VISITS).set_index("id")))


@pytest.mark.parametrize(
    "frame",
    [
        7,
        "visits.csv",
        None,
        {"id": ["P1"]},
        pd.Series([1]),
        np.zeros((2, 2)),
        pl.LazyFrame({"id": ["P1"]}),
        [1],
        pl.Series([1]),
    ],
)
def test_what_is_no_frame(frame: Any) -> None:
    with pytest.raises(cs.ChartError, match="is no table"):
        STUDY.read(DESCRIBED, frames=frames(visits=frame))


def test_frames_and_tables_must_fit() -> None:
    with pytest.raises(cs.ChartError, match="table 'visits' has no frame"):
        STUDY.read(DESCRIBED, frames={"patients": PATIENTS, "drugs": DRUGS})
    with pytest.raises(cs.ChartError, match="no table is read from the frame 'events'"):
        STUDY.read(DESCRIBED, frames=frames(events=[]))
    with pytest.raises(cs.ChartError, match="a frame has a name that is no text"):
        STUDY.read(DESCRIBED, frames=frames(**{" ": []}))
    with pytest.raises(cs.CaseSeriesError, match="there are none"):
        STUDY.read(DESCRIBED)
    chart = STUDY.read(DESCRIBED, frames=frames())
    assert chart is STUDY.read(chart)
    with pytest.raises(cs.CaseSeriesError, match="has no frames"):
        STUDY.read(chart, frames=frames())


def described(table: str, **more: Any) -> dict[str, Any]:
    return {**DESCRIBED, "tables": {**DESCRIBED["tables"], table: {**DESCRIBED["tables"][table], **more}}}


def test_a_description_of_files_serves_frames(tmp_path: Path) -> None:
    """Under the names of its tables or of its files; one frame may serve two tables."""
    path = in_files(tmp_path, {"patients": PATIENTS, "drugs": DRUGS, "visits": VISITS})
    named = {f"{name}.csv": rows for name, rows in frames().items()}
    assert told(STUDY.read(path)) == told(STUDY.read(path, frames=named)) == told(STUDY.read(path, frames=frames()))
    with pytest.raises(cs.ChartError, match=r"has two frames: 'visits', 'visits.csv'"):
        STUDY.read(path, frames=frames(**{"visits.csv": VISITS}))


def test_rows_counted_in_a_file_are_no_rows_of_a_frame() -> None:
    """Row 3 of a file is row 2 of a frame: another row would be left out."""
    for more in ({"skip_rows": [3]}, {"last_row": 3}, {"first_row": 2}, {"header": 1, "first_row": 3}):
        with pytest.raises(cs.ChartError, match=r"counts the rows of visits\.csv"):
            STUDY.read(described("visits", file="visits.csv", **more), frames=frames())
    with pytest.raises(cs.ChartError, match="a frame has its names apart"):
        STUDY.read(described("visits", header=2), frames=frames())
    accept = [
        {
            "file": "visits",
            "row": 2,
            "column": "mmt",
            "found": "6o",
            "read_as": "60",
            "by": "X",
            "on": "2020-01-01",
            "because": "typed",
        }
    ]
    with pytest.raises(cs.ChartError, match="count the rows of files"):
        STUDY.read({**described("visits", file="visits.csv"), "accept": accept}, frames=frames())
    rows = [VISITS[0], {**VISITS[1], "mmt": "6o"}, *VISITS[2:]]
    chart = STUDY.read({**DESCRIBED, "accept": accept}, frames=frames(visits=rows))
    assert Fraction(60) in {one.value for one in chart.measurements}


def test_rows_of_a_frame_may_be_left_out() -> None:
    chart = STUDY.read(described("visits", skip_rows=[2]), frames=frames())
    assert [1, 3, 4] == [one.row for one in chart.rows if one.file == "visits"]
    assert ["visits, row 2, column id"] == [str(one.place) for one in chart.findings if one.rule == "left out"]


def test_a_date_that_polars_knows_and_python_does_not_has_its_address() -> None:
    frame = in_polars(VISITS).with_columns(
        pl.Series("date", [14_000, 3_000_000, 14_700, None], dtype=pl.Int32).cast(pl.Date)
    )
    with pytest.raises(cs.ChartError) as caught:
        STUDY.read(DESCRIBED, frames=frames(visits=frame))
    assert "visits, row 2, column date" in [
        str(one.place) for one in caught.value.problems if "beyond the year 9999" in one.what
    ]


def test_a_frame_that_is_too_large_is_refused() -> None:
    with pytest.raises(cs.ChartError, match="too large"):
        frame_sheet(VISITS, "visits", Limits(rows=3))
    with pytest.raises(cs.ChartError, match="too large"):
        frame_sheet(VISITS, "visits", Limits(columns=3))


def test_an_empty_frame_and_blank_rows() -> None:
    blank = dict.fromkeys(VISITS[0])
    chart = STUDY.read(DESCRIBED, frames=frames(visits=[*VISITS[:1], blank, *VISITS[1:]]))
    assert [1, 3, 4, 5] == [one.row for one in chart.rows if one.file == "visits"]
    empty = STUDY.read(DESCRIBED, frames=frames(visits=in_pandas(VISITS).iloc[:0]))
    assert () == empty.measurements


def test_a_description_in_python_is_checked_as_a_file_is() -> None:
    with pytest.raises(cs.ChartError, match="description"):
        STUDY.read({**DESCRIBED, "datess": "x"}, frames=frames())


def test_digests_tell_kinds_apart() -> None:
    assert frame_digest(frame_sheet([{"a": "1"}], "x", Limits())) != frame_digest(
        frame_sheet([{"a": 1}], "x", Limits())
    )
    assert frame_digest(frame_sheet([{"a": 1.0}], "x", Limits())) == frame_digest(
        frame_sheet([{"a": 1}], "x", Limits())
    )


def test_what_is_said_of_a_whole_frame_names_no_row() -> None:
    chart = STUDY.read(DESCRIBED, frames=frames(visits=[{**row, "note": "x"} for row in VISITS]))
    assert [("visits", "ignore: [note]")] == [
        (str(one.place), one.proposal) for one in chart.findings if one.rule == "column"
    ]
    with pytest.raises(cs.ChartError) as caught:
        STUDY.read(DESCRIBED, frames=frames(visits=[{"id": "P1", "date": dt.date(2010, 1, 1)}]))
    assert "visits: there is no column 'mmt'" in str(caught.value)


@pytest.mark.parametrize("said", [{"sheets": "all"}, {"cells": {"born": "B2"}}, {"files": ["a.csv"]}])
def test_sheets_of_files_are_no_frames(said: dict[str, Any]) -> None:
    table = {"kind": "patients", "patient": "id", **said}
    with pytest.raises(cs.ChartError, match="is about the sheets of files"):
        STUDY.read({"tables": {"patients": table}}, frames={"patients": [{"id": "P1"}]})
