"""Starting files of rare charts: each kind of table is recognised by its columns, and what is not is left to decide."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import openpyxl
import pytest

from caseseries.errors import ChartError, OutputError
from caseseries.form import new, template
from caseseries.form.dose_names import dose_written


def started(folder: Path, **files: list[list[str]]) -> str:
    """The chart description that is suggested for these CSV files."""
    (folder / "data").mkdir()
    for name, rows in files.items():
        with (folder / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    _, chart = new([folder / "data"], folder / "study")
    return chart.read_text(encoding="utf-8")


def table(text: str, name: str) -> list[str]:
    """The lines of one table, without their comments."""
    lines = text.split(f"\n  {name}:\n", 1)[1].split("\n\n", 1)[0].split("\n")
    return [line.split("   #")[0].strip() for line in lines]


def test_the_words_of_a_long_table_are_measures_of_the_catalogue(tmp_path: Path) -> None:
    rows = [["patient_id", "visit date", "test", "value", "units"]]
    rows += [[f"P{n}", "2008-01-02", ("CK", "MMT")[n % 2], str(n), "U/L"] for n in range(8)]
    found = table(started(tmp_path, labs=rows), "long")
    assert ["date: visit date", "measure: test", "value: value", "unit: units"] == found[3:7]
    assert ["measures:", "CK: ck", "MMT: mmt"] == found[7:10]


def test_a_long_table_without_a_date_and_with_words_nobody_knows(tmp_path: Path) -> None:
    rows = [["patient_id", "test", "value"]] + [[f"P{n % 3}", f"zz{n}", str(n)] for n in range(7)]
    rows.append(["P1", "remark", "well"])
    found = table(started(tmp_path, labs=rows), "long")
    assert "date: TO DECIDE" in found
    assert [f"zz{n}: zz{n}" for n in range(4)] == [line for line in found if line.startswith("zz")]
    assert "other: [remark, zz4, zz5, zz6]" in found


def test_deaths_and_diagnoses_are_tables_of_their_own(tmp_path: Path) -> None:
    text = started(
        tmp_path,
        died=[["patient_id", "date of death"], ["P1", "2008-01-02"], ["P1", "2008-01-02"]],
        codes=[["patient_id", "diagnosis", "diagnosis date"], ["P1", "JDM", "2007-01-02"], ["P1", "SLE", "2007-01-02"]],
        undated=[["patient_id", "diagnosis"], ["P1", "JDM"], ["P1", "SLE"]],
    )
    assert {"kind: deaths", "date: date of death"} < set(table(text, "deaths"))
    assert {"kind: diagnoses", "diagnosis: diagnosis", "date: diagnosis date"} < set(table(text, "diagnoses"))
    assert not [line for line in table(text, "diagnoses 3") if line.startswith("date:")]


def test_patients_with_age_death_and_diagnosis(tmp_path: Path) -> None:
    rows = [
        ["patient_id", "sex", "age", "diagnosis", "diagnosis date", "died on"],
        ["P1", "F", "7", "JDM", "2007-01-02", "2009-01-02"],
        ["P2", "M", "8", "JDM", "2007-01-03", ""],
    ]
    found = table(started(tmp_path, patients=rows), "patients")
    assert ["age: age", "diagnoses: [{diagnosis: diagnosis, date: diagnosis date}]", "death: died on"] == [
        line for line in found if line.split(":")[0] in {"age", "diagnoses", "death"}
    ]
    (tmp_path / "more").mkdir()
    undated = [row[:4] for row in rows]
    found = table(started(tmp_path / "more", patients=undated), "patients")
    assert "diagnoses: [{diagnosis: diagnosis}]" in found


def test_patients_without_a_column_for_sex(tmp_path: Path) -> None:
    rows = [["patient_id", "birth year", "ward"], ["P1", "2001", "a"], ["P2", "2002", "a"], ["P3", "2002", "b"]]
    found = table(started(tmp_path, patients=[*rows, ["P4", "2003", "b"]]), "patients")
    assert "ward: ward" in found and not [line for line in found if line.startswith("sex")]


def test_a_year_of_birth_may_stand_alone(tmp_path: Path) -> None:
    rows = [["patient_id", "sex", "birth year"], ["P1", "F", "2001"], ["P2", "M", "2002"]]
    assert "birth: {year: birth year}" in table(started(tmp_path, patients=rows), "patients")


def test_visits_written_side_by_side_by_their_suffix(tmp_path: Path) -> None:
    rows = [["patient_id", "sex", "cmas_day0", "cmas_1y"], ["P1", "F", "30", "40"], ["P2", "M", "31", "41"]]
    text = started(tmp_path, patients=rows)
    assert "      day0:\n" in text and '      "1y":\n' in text
    assert "cmas: cmas_day0" in text and "cmas: cmas_1y" in text


def test_visits_without_a_date_column_leave_it_to_decide(tmp_path: Path) -> None:
    rows = [["patient_id", "cmas"], ["P1", "30"], ["P1", "40"]]
    assert "date: TO DECIDE" in table(started(tmp_path, visits=rows), "visits")


def test_two_numbers_in_a_cell_are_two_measures_only_where_the_name_says_which(tmp_path: Path) -> None:
    rows = [["patient_id", "visit date", "BP", "odd"], ["P1", "2008-01-02", "120/80", "1/2"]]
    rows.append(["P1", "2008-02-02", "110/70", "2/3"])
    found = table(started(tmp_path, visits=rows), "visits")
    assert 2 == len([line for line in found if "split: /" in line])


def test_screening_without_a_result_column(tmp_path: Path) -> None:
    rows = [["patient_id", "seen"], ["P1", "a"], ["P2", "b"]]
    found = table(started(tmp_path, screening=rows), "screening")
    assert {"result: TO DECIDE", "found: TO DECIDE"} < set(found)


def test_events_need_words_and_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    rows = [["patient_id", "event", "", "date"], ["P1", "1", "x", "2008-01-02"], ["P1", "2", "y", "2008-01-03"]]
    text = started(tmp_path, things=rows, empty=[["1", "2"]])
    assert "Not recognised: things with the columns patient_id, event, date" in text
    assert "empty" not in text


def test_columns_that_are_no_measures_are_not_taken_for_any(tmp_path: Path) -> None:
    rows = [["patient_id", "visit date", "cmas", "ward", "blank"], ["P1", "2008-01-02", "30", "long text", ""]]
    rows.append(["P1", "2008-02-02", "31", "other text", ""])
    found = table(started(tmp_path, visits=rows), "visits")
    assert ["cmas: cmas"] == found[found.index("measures:") + 1 : found.index("measures:") + 2]
    assert not [line for line in found if line.startswith(("ward", "blank"))]


def test_patients_under_two_header_rows_without_measures_have_no_visits(tmp_path: Path) -> None:
    rows = [["who", "", "other", ""], ["patient_id", "birth year", "name", "name"], ["P1", "2001", "x", "y"]]
    text = started(tmp_path, people=[*rows, ["P2", "2002", "v", "w"]])
    assert "header: [1, 2]" in text and "side by side" not in text


def test_patients_under_two_header_rows_with_measures_have_visits(tmp_path: Path) -> None:
    rows = [["", "", "month 0", "month 3"], ["patient_id", "sex", "cmas", "cmas"], ["P1", "F", "30", "40"]]
    text = started(tmp_path, people=[*rows, ["P2", "M", "31", "41"]])
    assert "header: [1, 2]" in text
    assert "month 0:" in text and "cmas: month 0 / cmas" in text


def test_several_files_may_be_named_one_by_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("patient_id,cmas\nP1,3\nP1,4\n", encoding="utf-8")
    _, chart = new([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "study")
    assert "file: a.csv" in chart.read_text() and "file: b.csv" in chart.read_text()


def test_files_of_one_folder_are_needed(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        files.append(tmp_path / name / "visits.csv")
        files[-1].write_text("patient_id,cmas\nP1,3\n", encoding="utf-8")
    with pytest.raises(ChartError, match="the files lie in several folders"):
        new(files, tmp_path / "study")


def test_a_sheet_that_holds_no_table_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Visits"
    for row in (["patient_id", "cmas"], ["P1", 3], ["P1", 4]):
        book.active.append(row)
    book.create_sheet("Notes")["A1"] = "only this"
    book.save(tmp_path / "chart.xlsx")
    _, chart = new([tmp_path / "chart.xlsx"], tmp_path / "study")
    assert "sheet: Visits" in chart.read_text() and "Notes" not in chart.read_text()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is wanted", encoding="utf-8")
    with pytest.raises(OutputError, match="The files cannot be written"):
        new([], tmp_path / "taken" / "study")
    with pytest.raises(OutputError, match="The empty workbook cannot be written"):
        template(None, tmp_path / "taken" / "chart.xlsx")


def test_a_source_on_another_drive_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def apart(*_: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    monkeypatch.setattr(os.path, "relpath", apart)
    text = started(tmp_path, visits=[["patient_id", "cmas"], ["P1", "3"]])
    assert f"source: {(tmp_path / 'data').resolve().as_posix()}" in text.replace('"', "").replace("'", "")


def test_a_drug_that_is_no_glucocorticoid_names_no_dose() -> None:
    assert ("mg/day", "") == dose_written("methotrexate mg")
