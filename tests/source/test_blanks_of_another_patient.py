"""What is of one patient is not taken for another one's: blank cells below another id, and sheets that are called as another patient."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.source.clinic_layouts import Book

VISITS = {"kind": "visits", "file": "export.csv", "patient": "id", "date": "date", "measures": {"cmas": "cmas"}}
PATIENTS = {"kind": "patients", "file": "export.csv", "patient": "id", "sex": "sex", "birth": "born", "rows_per_patient": "several"}  # fmt: skip
HEAD = ["id", "sex", "born", "date", "cmas"]


def test_sex_and_birth_of_the_patient_above_are_not_those_of_the_next(tmp_path: Path) -> None:
    rows = [HEAD, ["P1", "F", "2001-02-03", "2009-01-05", "30"], ["", "", "", "2009-04-06", "44"], ["P2", "", "", "2009-01-05", "28"],
            ["", "", "", "2009-05-05", "33"]]  # fmt: skip
    tables = {
        "patients": {**PATIENTS, "same_as_above": ["id", "sex", "born"]},
        "visits": {**VISITS, "same_as_above": ["id"]},
    }
    chart = Book({"tables": tables}, {"export.csv": rows}).read(tmp_path)
    assert [("P1", "F"), ("P2", "")] == [(one.patient, one.sex) for one in chart.people]
    assert [None] == [one.birth_low for one in chart.people if one.patient == "P2"]
    assert 2 == sum(one.patient == "P2" for one in chart.measurements)


def test_the_date_of_the_patient_above_is_not_that_of_the_next(tmp_path: Path) -> None:
    rows = [HEAD, ["P1", "F", "2001-02-03", "2009-01-05", "30"], ["P2", "M", "2002-02-03", "", "28"]]
    tables = {"patients": PATIENTS, "visits": {**VISITS, "same_as_above": ["date", "id"]}}
    chart = Book({"tables": tables}, {"export.csv": rows}).read(tmp_path)
    assert [("P1", 30)] == [(one.patient, one.value) for one in chart.measurements]
    assert [(3, "values without a date")] == [
        (one.place.row, one.message) for one in chart.findings if one.severity == "error"
    ]


def test_one_date_above_the_rows_of_several_patients_holds_for_all_of_them(tmp_path: Path) -> None:
    rows = [HEAD, ["P1", "F", "2001-02-03", "2009-01-05", "30"], ["P2", "M", "2002-02-03", "", "28"]]
    tables = {"patients": PATIENTS, "visits": {**VISITS, "same_as_above": ["date"]}}
    chart = Book({"tables": tables}, {"export.csv": rows}).read(tmp_path)
    assert 2 == len(chart.measurements) and 1 == len({one.day for one in chart.measurements})


def head(patient: str, day: str) -> list[list[str]]:
    return [["ID", patient], ["Sex", "F"], [], ["date", "cmas"], [day, "30"]]


@pytest.mark.parametrize(("files", "wrong"), [
    ({"P1.xlsx": "P2", "P2.xlsx": "P1"}, {"P1.xlsx", "P2.xlsx"}),
    ({"child P1.xlsx": "P2", "child P2.xlsx": "P1"}, {"child P1.xlsx", "child P2.xlsx"}),
    ({"P1.xlsx": "P1", "P2.xlsx": "P2"}, set()), ({"first.xlsx": "P1", "second.xlsx": "P2"}, set()),
])  # fmt: skip
def test_a_file_that_is_called_as_another_patient_is_refused(
    tmp_path: Path, files: dict[str, str], wrong: set[str]
) -> None:
    each = {"files": "all", "patient": "child", "cells": {"child": "B1", "sex": "B2"}}
    tables = {
        "patients": {**each, "kind": "patients", "one_row": "yes", "sex": "sex"},
        "visits": {**each, "kind": "visits", "header": 4, "date": "date", "measures": {"cmas": "cmas"}},
    }
    books = {file: {"Sheet": head(one, f"2009-01-0{at}")} for at, (file, one) in enumerate(files.items(), 1)}
    chart = Book({"tables": tables}, books).read(tmp_path)
    errors = {(one.place.file, one.place.row) for one in chart.findings if one.severity == "error"}
    assert {(file, 1) for file in wrong} == errors


@pytest.mark.parametrize(
    ("left_out", "read"), [(["P2", "M", "", "2009-01-05", "28"], 1), (["", "see letter", "", "", ""], 2)]
)
def test_a_row_that_is_left_out_ends_a_block_where_it_has_an_id(tmp_path: Path, left_out: list[str], read: int) -> None:
    rows = [HEAD, ["P1", "F", "2001-02-03", "2009-01-05", "30"], left_out, ["", "", "", "2009-05-05", "33"]]
    visits = {**VISITS, "same_as_above": ["id"], "skip_rows": [3]}
    people = {"kind": "patients", "file": "people.csv", "patient": "id"}
    files = {"export.csv": rows, "people.csv": [["id", "centre"], ["P1", "A"], ["P2", "B"]]}
    chart = Book({"tables": {"patients": people, "visits": visits}}, files).read(tmp_path)
    assert ["P1"] * read == [one.patient for one in chart.measurements]
    assert (read == 1) == any(one.message == "the row says of no patient" for one in chart.findings)


def test_what_stands_in_a_row_of_another_width_is_handed_on_to_no_row_below(tmp_path: Path) -> None:
    """`28,1` without quotation marks moves the id of patient 2 out of its column, in which patient 1 then stands."""
    rows = [
        ["date", "cmas", "id"],
        ["2009-01-05", "30", "1"],
        ["2009-01-05", "28", "1", "2"],
        ["2009-04-06", "33", ""],
        ["2009-05-05", "35", ""],
        ["2009-06-05", "41", "1"],
    ]
    people = {"kind": "patients", "file": "people.csv", "patient": "id"}
    files = {"export.csv": rows, "people.csv": [["id", "centre"], ["1", "A"], ["2", "B"]]}
    chart = Book({"tables": {"patients": people, "visits": {**VISITS, "same_as_above": ["id"]}}}, files).read(tmp_path)
    assert [30, 41] == [one.value for one in chart.measurements]
    told = [(one.place.row, one.message) for one in chart.findings if one.severity == "error"]
    blank = "what is blank here may be what stands in row {}, whose cells are not those of the header"
    assert [(3, "the row has more cells than the header"), (4, blank.format(3)), (5, blank.format(4))] == told


def test_what_is_wrong_with_an_id_is_said_in_its_own_row(tmp_path: Path) -> None:
    """Of the id S1-2 below S1-1 only the number stands in the row; the cell above belongs to a patient with whom nothing is wrong."""
    both = {"patient": ["site", "number"], "same_as_above": ["site"]}
    tables = {
        "patients": {"kind": "patients", "file": "people.csv", "patient": ["site", "number"]},
        "log": {"kind": "screening", "file": "log.csv", **both, "result": "chart", "found": ["yes"], "chart_missing": ["no"]},
        "visits": {**VISITS, **both},
    }  # fmt: skip
    files = {
        "people.csv": [["site", "number", "centre"], ["S1", "1", "A"]],
        "log.csv": [["site", "number", "chart"], ["S1", "1", "yes"], ["", "2", "yes"]],
        "export.csv": [["site", "number", "date", "cmas"], ["S1", "1", "2009-01-05", "30"], ["", "3", "2009-01-05", "30"]],
    }  # fmt: skip
    chart = Book({"tables": tables}, files).read(tmp_path)
    told = {(one.place.file, one.place.row, one.place.column) for one in chart.findings if one.severity == "error"}
    assert {("log.csv", 3, "number"), ("export.csv", 3, "number")} == told
