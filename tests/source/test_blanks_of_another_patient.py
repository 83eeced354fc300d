"""What is blank of one patient is not taken from another one, whatever columns are the same as above."""

from __future__ import annotations

from pathlib import Path

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
