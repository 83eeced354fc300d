"""Rare charts as a whole: tables that name no file or sheet, columns named by place, and what a workbook holds besides."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caseseries.chart.annotate import annotate
from caseseries.chart.limits import Limits
from caseseries.chart.workbook import _raw, read_workbook
from caseseries.errors import ChartError, Place
from caseseries.source import read

BOOK = """source: chart.xlsx
dates: year-month-day
tables:
  patients: {kind: patients, sheet: Patients, patient: id, sex: sex, birth: born}
"""


def workbook(folder: Path, change=lambda book: None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Patients"
    for row in (["id", "sex", "born"], ["P1", "F", dt.date(2000, 5, 1)], ["P2", "M", dt.date(1999, 2, 3)]):
        book.active.append(row)
    change(book)
    book.save(folder / "chart.xlsx")
    return folder / "chart.xlsx"


def described(folder: Path, text: str = BOOK) -> Path:
    (folder / "chart.yaml").write_text(text, encoding="utf-8")
    return folder / "chart.yaml"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    file: visits.csv\n", "", "names no file of the folder"),
        ("    file: visits.csv\n", "    sheet: Visits\n", "names no file of the folder"),
        ("    file: visits.csv", "    file: visits.csv\n    sheet: Visits", "names a sheet, and a file of text has none"),
        ("    file: visits.csv\n    patient: id", "    file: visits.csv\n    patient: []", "which patient a row is about"),
        ("missing: {ND", "accept: [{file: visits.csv, row: 2, column: ck, found: x, by: A B, on: 2010-01-01, "
         "because: why}]\nmissing: {ND", "needs one decision"),
    ],
)  # fmt: skip
def test_tables_and_decisions_that_say_too_little_or_too_much(chart_of, old, new, what):
    with pytest.raises(ChartError, match=what):
        chart_of(chart=(old, new))


def test_a_table_of_a_workbook_names_its_sheet(tmp_path: Path, small_protocol):
    workbook(tmp_path)
    with pytest.raises(ChartError, match="names no sheet of the workbook"):
        read(small_protocol, described(tmp_path, BOOK.replace("sheet: Patients", "file: patients.csv")))


def test_a_column_may_be_named_by_its_place(chart_of, errors_of):
    named = ("    file: visits.csv", "    file: visits.csv\n    names: {C: cmas}")
    header = ("id,date,cmas,", "id,date,,")
    assert [] == errors_of(chart_of({"visits.csv": header}, chart=named))
    (outside,) = errors_of(chart_of(chart=("    file: visits.csv", "    file: visits.csv\n    names: {G: more}")))
    assert ("there is no column G", "1 to 6") == (outside.message, outside.allowed)
    (no_letter,) = errors_of(chart_of(chart=("    file: visits.csv", "    file: visits.csv\n    names: {'?': more}")))
    assert "there is no column ?" == no_letter.message


def test_an_empty_header_row_is_said(tmp_path: Path, small_protocol, errors_of):
    workbook(tmp_path, lambda book: book.active.insert_rows(1))
    assert "the header row is empty" in {
        finding.message for finding in errors_of(read(small_protocol, described(tmp_path)))
    }


def test_days_counted_from_1904_are_said(tmp_path: Path):
    path = workbook(tmp_path, lambda book: setattr(book, "epoch", CALENDAR_MAC_1904))
    sheets, _ = read_workbook(path.read_bytes(), "chart.xlsx", None, Limits())
    assert ["the workbook counts days from 1904; plain numbers that are read as dates count from there"] == [
        finding.message for finding in sheets["Patients"].findings
    ]


def test_macros_and_links_are_said_and_left_alone(tmp_path: Path):
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"x")
        book.writestr("xl/externalLinks/externalLink9.xml", b"<a/>")
    sheets, _ = read_workbook(path.read_bytes(), "chart.xlsx", None, Limits())
    assert ["macro", "link"] == [finding.rule for finding in sheets["Patients"].findings]


def test_a_cell_of_a_kind_nobody_knows_is_its_text():
    from openpyxl.worksheet.formula import DataTableFormula

    cell = openpyxl.Workbook().active["A1"]
    cell.value = DataTableFormula("A1:A2")
    assert isinstance(_raw(cell, formula=False), str)


def noted(chart, **place):
    """The chart with its first finding moved to another place."""
    first = chart.findings[0]
    return replace(chart, findings=(replace(first, place=Place(**place)),))


def test_findings_without_a_cell_of_their_own_mark_what_is_nearest(chart_of, tmp_path: Path):
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,=3O")})
    source, target = tmp_path / "data", tmp_path / "marked.xlsx"

    def marked(**place) -> list[str]:
        annotate(noted(chart, **place), source, target)
        book = openpyxl.load_workbook(target)
        return [f"{sheet.title}!{cell.coordinate}" for sheet in book for row in sheet for cell in row if cell.comment]

    assert [] == marked()
    assert [] == marked(file="gone.csv", row=2)
    assert ["visits!B3"] == marked(file="visits.csv", row=3, column="2")
    assert ["visits!A3"] == marked(file="visits.csv", row=3, column="no such name")
    assert ["visits!A1"] == marked(file="visits.csv")


def test_a_csv_file_of_an_older_program_is_copied(chart_of, tmp_path: Path):
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,=3O")})
    (tmp_path / "data/visits.csv").write_bytes("id,date,cmas\nPé,2008-01-01,=3O\n".encode("cp1252"))
    annotate(chart, tmp_path / "data", tmp_path / "marked.xlsx")
    assert "Pé" == openpyxl.load_workbook(tmp_path / "marked.xlsx")["visits"]["A2"].value


def test_a_comment_on_a_merged_cell_stands_where_excel_shows_it(tmp_path: Path, small_protocol):
    path = workbook(tmp_path, lambda book: book.active.merge_cells("B2:B3"))
    chart = read(small_protocol, described(tmp_path))
    annotate(noted(chart, file="chart.xlsx", sheet="Patients", row=3, column="B"), path, tmp_path / "marked.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Patients"]
    assert marked["B2"].comment and marked["B3"].comment is None


def test_entities_in_another_encoding_are_refused_too(tmp_path: Path):
    path = workbook(tmp_path)
    hostile = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><workbook>&x;</workbook>'
    target = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            new.writestr(member, hostile.encode("utf-16") if member == "xl/workbook.xml" else old.read(member))
    with pytest.raises(ChartError) as wrong:
        read_workbook(target.getvalue(), "chart.xlsx", None, Limits())
    assert "the workbook declares entities, which no spreadsheet program writes" == wrong.value.problems[0].what
