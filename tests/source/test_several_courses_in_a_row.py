"""Courses that share a row or a table: each keeps its own days, and none that is there is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.source.clinic_layouts import Book

from caseseries.chart.tables import Chart

DRUGS = {
    "kind": "drugs", "file": "drugs.csv", "patient": "id", "drug": "drug", "start": "start", "stop": "stop", "stop_means": "last day taken",
    "blank_stop": "ongoing",
}  # fmt: skip
IN_CELLS = {
    "kind": "drugs", "file": "drugs.csv", "patient": "id", "drug": {"column": "drugs", "separated_by": "+"}, "stop_means": "last day taken",
    "blank_stop": "ongoing",
}  # fmt: skip


def chart_of(folder: Path, drugs: dict[str, Any], rows: list[list[str]], **declared: Any) -> Chart:
    tables = {
        "patients": {"kind": "patients", "file": "patients.csv", "patient": "id", "sex": "sex", "birth": "born"},
        "visits": {"kind": "visits", "file": "visits.csv", "patient": "id", "date": "date", "measures": {"cmas": "cmas"}},
        "drugs": drugs,
    }  # fmt: skip
    files: dict[str, Any] = {
        "patients.csv": [["id", "sex", "born"], ["P1", "F", "2001-02-03"], ["P2", "M", "2002-03-04"]],
        "visits.csv": [["id", "date", "cmas"], ["P1", "2009-01-05", "30"], ["P1", "2009-04-06", "44"]],
        "drugs.csv": rows,
    }
    return Book({"tables": tables, **declared}, files).read(folder)


def day(number: int | None) -> str:
    return "" if number is None else str(dt.date(1970, 1, 1) + dt.timedelta(days=number))


def courses(chart: Chart) -> list[tuple[str, ...]]:
    ends = [(one.patient, one.drug, one.ends) for one in chart.courses]
    return [
        (patient, drug, *map(day, (e.first_low, e.first_high, e.last_low, e.last_high))) for patient, drug, e in ends
    ]


def test_a_course_that_is_replaced_leaves_the_others_of_its_cell_their_days(tmp_path: Path) -> None:
    rows = [
        ["id", "drugs"],
        ["P1", "MMF 2009-01-06 - 2010-06-01 + MTX 2008-01-01 - 2009-06-01"],
        ["P1", "MTX 2009-02-01 - 2009-12-01"],
    ]
    found = courses(chart_of(tmp_path, {**IN_CELLS, "overlaps": "replace"}, rows))
    assert ("P1", "mycophenolate mofetil", "2009-01-06", "2009-01-06", "2010-06-01", "2010-06-01") in found
    assert ("P1", "methotrexate", "2008-01-01", "2008-01-01", "2009-01-31", "2009-01-31") in found


def test_a_drug_that_stands_twice_in_a_cell_was_taken_twice(tmp_path: Path) -> None:
    rows = [["id", "drugs"], ["P1", "MMF 2009-01-06 + MTX 2006-2007 + MTX 2008-2008"]]
    chart = chart_of(tmp_path, IN_CELLS, rows)
    assert ["methotrexate", "methotrexate", "mycophenolate mofetil"] == [one.drug for one in chart.courses]
    assert [] == [one.message for one in chart.findings if one.rule == "duplicate row"]


@pytest.mark.parametrize("rows", [
    [["P1", "MTX", "", "2008-02-02"], ["P1", "MMF", "2009-01-06", ""], ["P2", "MMF", "2009-03-06", ""]],
    [["P1", "MMF", "2009-01-06", ""], ["P1", "MTX", "", "2008-02-02"], ["P2", "MMF", "2009-03-06", ""]],
], ids=["above", "below"])  # fmt: skip
def test_earlier_drugs_stand_in_one_table_with_the_study_drug(tmp_path: Path, rows: list[list[str]]) -> None:
    chart = chart_of(tmp_path, {**DRUGS, "blank_start": "before index date"}, [["id", "drug", "start", "stop"], *rows])
    assert ("P1", "methotrexate", "2001-02-03", "2008-02-02", "2008-02-02", "2008-02-02") in courses(chart)
    assert {"used": 3, "read": 3, "out of scope": 0, "refused": 0} == chart.account()["drugs"]


def test_a_word_or_a_code_in_place_of_the_last_day_is_no_blank(tmp_path: Path) -> None:
    declared = {**DRUGS, "blank_stop": "before index date", "ongoing": ["goes on"]}
    rows = [
        ["id", "drug", "start", "stop"], ["P1", "MMF", "2009-01-06", "2009-12-31"], ["P1", "MTX", "2008-01-01", "goes on"],
        ["P1", "IVIG", "2008-01-01", "UNK"], ["P1", "azathioprine", "2008-01-01", ""],
    ]  # fmt: skip
    found = {one[1]: one[4:] for one in courses(chart_of(tmp_path, declared, rows, missing={"UNK": "unknown"}))}
    assert ("", "") == found["methotrexate"]
    assert ("2008-01-01", "") == found["IVIG"]
    assert ("2008-01-01", "2009-01-05") == found["azathioprine"]


def test_the_study_drug_was_not_over_before_its_own_first_day(tmp_path: Path) -> None:
    rows = [["id", "drug", "start", "stop"], ["P1", "MMF", "2009-01-06", ""]]
    chart = chart_of(tmp_path, {**DRUGS, "blank_stop": "before index date"}, rows)
    assert [("course", 2, "stop")] == [
        (one.rule, one.place.row, one.place.column) for one in chart.findings if one.severity == "error"
    ]


def test_a_drug_of_which_nothing_is_written_was_not_begun_before_the_index_date(tmp_path: Path) -> None:
    declared = {
        "kind": "drugs side by side", "file": "drugs.csv", "patient": "id", "stop_means": "last day taken", "blank_stop": "not known",
        "blank_start": "before index date", "courses": {
            "MMF": {"drug": {"value": "MMF"}, "start": "mmf"}, "MTX": {"drug": {"value": "MTX"}, "start": "mtx", "stop": "mtx stop"},
        },
    }  # fmt: skip
    rows = [["id", "mmf", "mtx", "mtx stop"], ["P1", "2009-01-06", "", "2008-12-01"], ["P2", "2009-03-06", "", ""]]
    chart = chart_of(tmp_path, declared, rows)
    assert [("P1", "methotrexate")] == [(one.patient, one.drug) for one in chart.courses if one.drug == "methotrexate"]
    assert [("course", 3, "mtx")] == [
        (one.rule, one.place.row, one.place.column) for one in chart.findings if one.severity == "warning"
    ]


def test_a_course_of_the_study_drug_that_begins_first_was_not_over_before_a_later_one(tmp_path: Path) -> None:
    """The earlier row would be the index date itself: what its blank last day means is asked, and no day is made up for it."""
    rows = [["id", "drug", "start", "stop"], ["P1", "MMF", "2005-06-01", ""], ["P1", "MMF", "2009-01-06", "2009-12-31"]]
    chart = chart_of(tmp_path, {**DRUGS, "blank_stop": "before index date"}, rows)
    assert [("course", 2, "stop")] == [
        (one.rule, one.place.row, one.place.column) for one in chart.findings if one.severity == "error"
    ]
