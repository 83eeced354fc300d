"""Old workbooks (.xls) and OpenDocument spreadsheets (.ods): what LibreOffice makes of one workbook is read as the workbook is."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from tests.source.conftest import CHART, FILES, PROTOCOL

from caseseries.chart.annotate import annotate
from caseseries.chart.any_workbook import read_any_workbook
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Bad, Formatted, Merged, Sheet, Shortened
from caseseries.errors import ChartError, OutputError
from caseseries.form import new
from caseseries.protocol.load import parse
from caseseries.source import read

KINDS = ("xls", "ods")


def converted(book: Path, kind: str) -> Path:
    """The workbook as LibreOffice saves it in another form."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None or not list(Path("/usr/lib/libreoffice/program").glob("libsclo.so")):
        pytest.skip("LibreOffice Calc is not installed, which makes the .xls and .ods files of these tests")
    home = book.parent / "office"
    command = [
        office,
        f"-env:UserInstallation=file://{home}",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(book.parent),
        str(book),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return book.with_suffix(f".{kind}")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One workbook with every kind of cell, in each form."""
    folder = tmp_path_factory.mktemp("books")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Visits"
    sheet.append(["id", "date", "v", "pct", "f", "bool", "month", "hidden"])
    sheet.append(["001", dt.datetime(2009, 3, 5), 41.5, 0.62, "=1/0", True, dt.datetime(2009, 3, 1), 0])  # noqa: DTZ001 - cells have no zone
    sheet["D2"].number_format, sheet["G2"].number_format, sheet["H2"].number_format = "0%", "mmm\\ yy", '0;-0;"n.d."'
    sheet.append([7, dt.datetime(2009, 3, 5, 10, 20), 3, 12, "=C2*2", False, None, 5])  # noqa: DTZ001
    sheet["A3"].number_format, sheet["D3"].number_format = "000", '0.0" mg"'
    sheet.append([None, None, None, None, "=NA()"])
    sheet.append(["m", 45000, None, None, None, None, None, "y"])
    sheet.append([None, None, None, None, None, None, None, "z"])
    sheet.merge_cells("A5:A6")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["H"].hidden = True
    book.create_sheet("Second").append(["a"])
    book["Second"].sheet_state = "hidden"
    book.save(folder / "book.xlsx")
    return {kind: converted(folder / "book.xlsx", kind) for kind in KINDS}


def sheet_of(path: Path, name: str = "Visits") -> Sheet:
    sheets, missing = read_any_workbook(path.read_bytes(), path.name, (name,), Limits())
    assert [] == missing
    return sheets[name]


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_what_a_reader_of_the_sheet_sees(books: dict[str, Path], kind: str) -> None:
    rows = sheet_of(books[kind]).rows
    assert ["001", dt.datetime(2009, 3, 5), 41.5] == rows[2][:3]  # noqa: DTZ001
    percent, error, yes = rows[2][3:6]
    assert isinstance(percent, Formatted)
    assert (0.62, 62, "%") == (percent.value, percent.shown, percent.unit)
    assert isinstance(error, Bad)
    assert ("#DIV/0!", "the cell shows an error") == (error.text, error.what)
    assert yes is True
    assert rows[3][5] is False
    assert Shortened(dt.date(2009, 3, 1), "2009-03", "day") == rows[2][6]
    nothing = rows[2][7]
    assert isinstance(nothing, Formatted)
    assert (True, "n.d.") == (nothing.hidden, nothing.text)
    unit = rows[3][3]
    assert isinstance(unit, Formatted)
    assert (12, "mg") == (unit.value, unit.unit)
    assert "007" == rows[3][0]
    assert 83 == rows[3][4]
    assert ["m", 45000] == rows[5][:2]
    assert isinstance(rows[4][4], Bad)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_hidden_or_merged_is_told(books: dict[str, Path], kind: str) -> None:
    sheet = sheet_of(books[kind])
    assert (Merged(5, 6, 1, 1),) == sheet.merged
    told = [one.message for one in sheet.findings]
    assert "hidden or filtered rows are read (1): 4" in told
    assert "hidden columns: H" in told
    assert "the sheet is hidden; it is read" in [one.message for one in sheet_of(books[kind], "Second").findings]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_that_is_not_there_is_told_with_the_nearest(books: dict[str, Path], kind: str) -> None:
    _, missing = read_any_workbook(books[kind].read_bytes(), f"book.{kind}", ("Visit",), Limits())
    assert ["nearest: Visits"] == [one.allowed for one in missing]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused(books: dict[str, Path], kind: str) -> None:
    content = books[kind].read_bytes()
    for spoilt in (content[: len(content) // 2], content[:600] + b"\0" * 600 + content[1200:], content[:40]):
        try:
            read_any_workbook(spoilt, f"book.{kind}", None, Limits())
        except ChartError as wrong:
            assert wrong.problems


@pytest.mark.parametrize("kind", KINDS)
def test_larger_sheets_than_allowed_are_refused(books: dict[str, Path], kind: str) -> None:
    with pytest.raises(ChartError, match="cannot be read"):
        read_any_workbook(books[kind].read_bytes(), f"book.{kind}", None, Limits(rows=3))
    with pytest.raises(ChartError, match="cannot be read"):
        read_any_workbook(books[kind].read_bytes(), f"book.{kind}", None, Limits(columns=4))


def rewritten(content: bytes, name: str, text: bytes) -> bytes:
    """The archive with one part written anew."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in old.namelist():
            archive.writestr(one, text if one == name else old.read(one))
    return made.getvalue()


def test_an_entity_bomb_is_refused(books: dict[str, Path]) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(ChartError) as wrong:
        read_any_workbook(rewritten(books["ods"].read_bytes(), "content.xml", bomb), "book.ods", None, Limits())
    assert "entities" in wrong.value.problems[0].what


def test_a_row_repeated_a_million_times_ends_at_once(books: dict[str, Path]) -> None:
    with zipfile.ZipFile(books["ods"]) as archive:
        text = archive.read("content.xml")
    many = text.replace(b"<table:table-row ", b'<table:table-row table:number-rows-repeated="99999999" ', 1)
    with pytest.raises(ChartError) as wrong:
        read_any_workbook(rewritten(books["ods"].read_bytes(), "content.xml", many), "book.ods", None, Limits())
    assert "holds more than" in wrong.value.problems[0].what


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_in_an_old_workbook_is_the_chart_of_its_csv_files(tmp_path: Path, chart_of, kind: str) -> None:
    expected = chart_of()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in FILES.items():
        sheet = book.create_sheet(Path(name).stem)
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.save(tmp_path / "chart.xlsx")
    path = converted(tmp_path / "chart.xlsx", kind)
    described = CHART.replace("source: data", f"source: {path.name}")
    for name in FILES:
        described = described.replace(f"file: {name}", f"sheet: {Path(name).stem}")
    (tmp_path / "described.yaml").write_text(described, encoding="utf-8")
    chart = read(parse(PROTOCOL).protocol, tmp_path / "described.yaml")
    assert (expected.people, expected.measurements, expected.facts) == (
        chart.people, tuple(_by_name(one, expected) for one in chart.measurements), chart.facts,
    )  # fmt: skip
    with pytest.raises(OutputError, match="can be copied with comments; this is an"):
        annotate(chart, path, tmp_path / "marked.xlsx")
    new([path], tmp_path / "study")
    assert "sheet: visits" in (tmp_path / "study/chart.yaml").read_text(encoding="utf-8")


def _by_name(one, expected):
    """A measurement with the column as a CSV file has it."""
    from dataclasses import replace

    return replace(one, column=next(other.column for other in expected.measurements if other.record == one.record))
