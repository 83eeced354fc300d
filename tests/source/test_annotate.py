"""The annotated copy: a comment on each cell that something was said about; the source stays as it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from caseseries.chart.annotate import annotate

#: With it the small study has nothing to remark.
DOSE_UNIT = ("steroid: pred", "steroid: {column: pred, unit: mg/day}")


def test_a_folder_of_csv_files_becomes_a_workbook_with_comments(chart_of, tmp_path: Path):
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,=3O")}, chart=DOSE_UNIT)
    before = (tmp_path / "data/visits.csv").read_bytes()
    assert 1 == annotate(chart, tmp_path / "data", tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert ["drugs", "patients", "visits"] == book.sheetnames
    cell = book["visits"]["C2"]
    assert ("=3O", "s") == (cell.value, cell.data_type), "text stays text, whatever it begins with"
    assert cell.comment.text.startswith("error: not a number")
    assert before == (tmp_path / "data/visits.csv").read_bytes()


def test_a_column_whose_name_looks_like_letters_is_found_by_its_name(chart_of, tmp_path: Path):
    chart = chart_of(
        {
            "visits.csv": (
                "id,date,cmas,ck,better,pred\nP1,2008-01-01,30",
                "id,date,CMA,ck,better,pred\nP1,2008-01-01,x",
            )
        },
        chart=("cmas: cmas", "cmas: CMA"),
    )
    annotate(chart, tmp_path / "data", tmp_path / "marked.xlsx")
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx")["visits"]["C2"].comment


def test_a_workbook_is_copied_with_its_sheets(project_root: Path, tmp_path: Path):
    from caseseries.protocol.load import load
    from caseseries.source import read

    book = openpyxl.load_workbook(project_root / "examples/jdm-mmf/chart.xlsx")
    book["Visits"]["C4"] = 99
    book.save(tmp_path / "chart.xlsx")
    description = tmp_path / "chart-workbook.yaml"
    description.write_bytes((project_root / "examples/jdm-mmf/chart-workbook.yaml").read_bytes())
    chart = read(load(project_root / "examples/jdm-mmf/protocol.yaml").protocol, description)
    assert 1 == annotate(chart, tmp_path / "chart.xlsx", tmp_path / "marked.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert "error: outside the range of the measure (allowed: 0 to 80)" == marked["Visits"]["C4"].comment.text
    assert marked["Visits"]["B4"].is_date
