"""Workbooks: what Excel keeps and what a user sees, broken cells, hidden things, and hostile files."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from caseseries.chart.limits import Limits
from caseseries.chart.workbook import read_workbook
from caseseries.errors import ChartError
from caseseries.protocol.load import load
from caseseries.source import read

CHART = """source: chart.xlsx
dates: day-month-year
tables:
  patients:
    kind: patients
    sheet: Patients
    patient: id
    sex: sex
    birth: born
  visits:
    kind: visits
    sheet: Visits
    header: 2
    patient: id
    date: date
    measures: {cmas: cmas, improved: better}
"""


@pytest.fixture
def book(tmp_path: Path, small_protocol):
    """Read a small workbook after a test has spoilt it: `spoil(book)`; `chart` replaces a text of the description."""

    def made(spoil=lambda book: None, chart=("", "")):
        workbook = openpyxl.Workbook()
        patients = workbook.active
        patients.title = "Patients"
        for row in [["id", "sex", "born"], ["P1", "F", dt.date(2000, 5, 1)], ["P2", "M", dt.date(1999, 2, 3)]]:
            patients.append(row)
        visits = workbook.create_sheet("Visits")
        for row in [["CMAS", None, None, None], ["id", "date", "cmas", "better"], ["P1", dt.date(2008, 1, 1), 30, None],
                    ["P1", dt.date(2008, 4, 1), 40.0, "yes"], ["P2", "01/02/2008", 35, None]]:  # fmt: skip
            visits.append(row)
        spoil(workbook)
        workbook.save(tmp_path / "chart.xlsx")
        (tmp_path / "chart.yaml").write_text(CHART.replace(*chart) if chart[0] else CHART + chart[1], encoding="utf-8")
        return read(small_protocol, tmp_path / "chart.yaml")

    return made


def put(sheet: str, cell: str, value: Any, number_format: str = ""):
    def spoil(workbook):
        workbook[sheet][cell] = value
        if number_format:
            workbook[sheet][cell].number_format = number_format

    return spoil


def test_the_example_workbook_gives_the_tables_of_the_csv_files(project_root: Path):
    folder = project_root / "examples/jdm-mmf"
    protocol = load(folder / "protocol.yaml").protocol
    text, workbook = read(protocol, folder / "chart.yaml"), read(protocol, folder / "chart-workbook.yaml")
    assert [] == [finding for finding in workbook.findings if finding.severity != "note"]
    rows = [tuple(replace(row, file="", sheet="", row=0) for row in chart.rows) for chart in (text, workbook)]
    assert rows[0] == rows[1]
    assert (text.people, text.measurements, text.courses, text.facts) == (
        workbook.people,
        workbook.measurements,
        workbook.courses,
        workbook.facts,
    )


def test_the_example_workbook_is_what_its_script_writes(project_root: Path, tmp_path: Path):
    script = project_root / "examples/jdm-mmf/make_workbook.py"
    spec = importlib.util.spec_from_file_location("make_workbook", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(tmp_path / "chart.xlsx")
    assert (script.parent / "chart.xlsx").read_bytes() == (tmp_path / "chart.xlsx").read_bytes()


def test_the_clean_workbook_has_no_error(book, errors_of):
    chart = book()
    assert [] == errors_of(chart)
    assert (2, 4) == (len(chart.people), len(chart.measurements))
    assert ["Visits", "Visits", "Visits"] == [row.sheet for row in chart.rows if row.table == "visits"]


SPOILT = [
    (put("Visits", "C3", "#DIV/0!"), "C (cmas)", 3, "#DIV/0!", "broken cell"),
    (put("Visits", "B3", 39000, "General"), "B (date)", 3, "39000", "date serial"),
    (put("Visits", "B3", 5, "dd/mm/yyyy"), "B (date)", 3, "1900-01-05", "date"),
    (put("Visits", "C3", dt.date(2008, 5, 10)), "C (cmas)", 3, "2008-05-10", "date"),
    (put("Visits", "C3", True), "C (cmas)", 3, "TRUE", "number"),
    (put("Visits", "C3", 52.5), "C (cmas)", 3, "52.5", "range"),
    (put("Visits", "C3", "=30+1"), "C (cmas)", 3, "formula", "broken cell"),
    (put("Visits", "B5", "2008-02-01"), "B (date)", 5, "2008-02-01", "date"),
    (put("Visits", "A5", 3.0), "A (id)", 5, "3", "unknown id"),
]


@pytest.mark.parametrize(
    ("spoil", "column", "row", "found", "rule"), SPOILT, ids=[f"{case[4]}: {case[3]}" for case in SPOILT]
)
def test_a_spoilt_cell_is_refused_at_its_address(book, errors_of, spoil, column, row, found, rule):
    (wrong,) = errors_of(book(spoil))
    place = wrong.place
    assert (rule, "chart.xlsx", "Visits", row, column, found) == (
        wrong.rule,
        place.file,
        place.sheet,
        place.row,
        place.column,
        wrong.value,
    )


def test_an_error_cell_of_excel_is_refused(tmp_path: Path, small_protocol, errors_of):
    with xlsxwriter.Workbook(tmp_path / "chart.xlsx") as book:
        people, visits = book.add_worksheet("Patients"), book.add_worksheet("Visits")
        people.write_row(0, 0, ["id", "sex", "born"])
        people.write_row(1, 0, ["P1", "F", "01/02/2000"])
        visits.write_row(1, 0, ["id", "date", "cmas", "better"])
        visits.write_row(2, 0, ["P1", "01/02/2008"])
        visits.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        visits.write_row(3, 0, ["P1", "01/03/2008"])
        visits.write_formula(3, 2, "=15+15", None, 30)
    (tmp_path / "chart.yaml").write_text(CHART)
    chart = read(small_protocol, tmp_path / "chart.yaml")
    assert [("broken cell", 3, "C (cmas)", "#DIV/0!")] == [
        (w.rule, w.place.row, w.place.column, w.value) for w in errors_of(chart)
    ]
    assert [30] == [one.value for one in chart.measurements]
    assert ["2 cells are formulas, read as last calculated: C3, C4"] == [
        f.message for f in chart.findings if f.rule == "formula"
    ]


def test_serials_are_dates_where_the_column_says_so(book, errors_of):
    chart = book(put("Visits", "B3", 39448, "General"), chart=("date: date", "date: {column: date, serials: yes}"))
    assert ([], dt.date(2008, 1, 1).isoformat()) == (errors_of(chart), "2008-01-01")
    assert 13879 in {one.day for one in chart.measurements}


def test_an_accepted_serial_is_read_as_decided(book, errors_of):
    decision = "accept:\n  - {sheet: Visits, row: 3, column: B, found: 39448, read_as: 2008-01-01, by: A. B., on: 2020-01-01, because: typed}\n"
    chart = book(put("Visits", "B3", 39448, "General"), chart=("", decision))
    assert [] == errors_of(chart)
    assert 13879 in {one.day for one in chart.measurements}


def test_ids_kept_as_numbers_with_leading_zeros_are_what_the_user_sees(book):
    def spoil(workbook):
        for sheet, cells in (("Patients", ["A2"]), ("Visits", ["A3", "A4"])):
            for cell in cells:
                put(sheet, cell, 1, "000")(workbook)

    assert ["001", "P2"] == [person.patient for person in book(spoil).people]


def test_merged_cells_in_the_rows_are_refused_or_repeated_as_declared(book, errors_of):
    def merge(workbook):
        workbook["Visits"].merge_cells("A3:A4")

    (wrong,) = errors_of(book(merge))
    assert ("merged cells", 3, "A") == (wrong.rule, wrong.place.row, wrong.place.column)
    repeated = book(merge, chart=("    header: 2\n", "    header: 2\n    expand_merged: yes\n"))
    assert ([], 3) == (errors_of(repeated), sum(row.status == "used" for row in repeated.rows if row.table == "visits"))


def test_hidden_rows_sheets_and_columns_are_read_and_said(book, errors_of):
    def hide(workbook):
        workbook["Visits"].row_dimensions[4].hidden = True
        workbook["Visits"].column_dimensions["D"].hidden = True
        workbook["Visits"].sheet_state = "hidden"
        workbook.create_sheet("Notes")

    chart = book(hide)
    assert ([], 4) == (errors_of(chart), len(chart.measurements))
    said = {
        (found.severity, found.message, found.value) for found in chart.findings if found.rule in {"hidden", "sheet"}
    }
    assert {("warning", "hidden or filtered rows are read (1): 4", ""), ("note", "the sheet is hidden; it is read", ""),
            ("note", "hidden columns: D", ""), ("note", "sheets that no table names are not read", "Notes")} == said  # fmt: skip


def test_rows_that_a_filter_hides_are_read_and_are_a_warning(book, errors_of):
    def filtered(workbook):
        sheet = workbook["Visits"]
        sheet.auto_filter.ref = "A2:D5"
        sheet.auto_filter.add_filter_column(0, ["P1"])
        for row in (4, 5):
            sheet.row_dimensions[row].hidden = True

    chart = book(filtered)
    (said,) = [found for found in chart.findings if found.rule == "hidden"]
    assert ("warning", "hidden or filtered rows are read (2): 4, 5") == (said.severity, said.message)
    assert ([], {row.status for row in chart.rows if row.row in {4, 5}}) == (errors_of(chart), {"used"})


def test_headers_with_spaces_are_found_and_their_spaces_made_single(book, errors_of):
    assert [] == errors_of(book(put("Visits", "C2", "  cmas  ")))


def test_a_sheet_that_is_not_there_names_the_nearest(book):
    with pytest.raises(ChartError) as wrong:
        book(chart=("sheet: Visits", "sheet: Visit"))
    assert ["nearest: Visits"] == [problem.allowed for problem in wrong.value.problems]


def test_blank_rows_and_notes_below_a_table_are_left_out_as_declared(book, errors_of):
    def note(workbook):
        workbook["Visits"]["A8"] = "ND = not done"

    assert ["no patient"] == [wrong.rule for wrong in errors_of(book(note))]
    assert [] == errors_of(book(note, chart=("    header: 2\n", "    header: 2\n    last_row: 5\n")))
    assert [] == errors_of(book(note, chart=("    header: 2\n", "    header: 2\n    skip_rows: 8\n")))


def test_openpyxl_reads_xml_through_defusedxml():
    assert openpyxl.DEFUSEDXML


# --- Hostile and damaged files --------------------------------------------------------------------------------------


def rewritten(content: bytes, change: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", compression) as new:
        for member in old.infolist():
            new.writestr(member.filename, change.pop(member.filename, old.read(member.filename)))
        for name, text in change.items():
            new.writestr(name, text)
    return target.getvalue()


@pytest.fixture
def clean(project_root: Path) -> bytes:
    return (project_root / "examples/jdm-mmf/chart.xlsx").read_bytes()


def refusal(content: bytes, limits: Limits | None = None) -> str:
    began = time.process_time()
    with pytest.raises(ChartError) as wrong:
        read_workbook(content, "chart.xlsx", None, limits or Limits())
    assert time.process_time() - began < 10
    (problem,) = wrong.value.problems
    return problem.what


def test_a_zip_bomb_is_refused_before_it_is_unpacked(clean):
    bomb = rewritten(clean, {"xl/media/image1.bin": b"\0" * 300_000_000})
    assert len(bomb) < 2_000_000
    assert "the workbook would unpack to far more than its size" == refusal(bomb)


def test_a_member_that_unpacks_to_more_than_it_declares_is_refused(clean):
    bomb = bytearray(rewritten(clean, {"xl/media/image1.bin": b"\0" * 9_000_000}))
    lie = (9_000_000).to_bytes(4, "little")
    for place in [i for i in range(len(bomb) - 4) if bomb[i : i + 4] == lie]:
        bomb[place : place + 4] = (100).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(bomb)) or "declares" in refusal(bytes(bomb))


def test_entities_are_refused_wherever_they_stand(clean):
    lines = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 30))
    with zipfile.ZipFile(io.BytesIO(clean)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    spoilt = sheet.replace("<worksheet", f'<!DOCTYPE x [<!ENTITY a0 "x">{lines}]><worksheet', 1).encode()
    assert "the workbook declares entities, which no spreadsheet program writes" == refusal(
        rewritten(clean, {"xl/worksheets/sheet1.xml": spoilt})
    )
    sixteen = spoilt.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    assert refusal(rewritten(clean, {"xl/worksheets/sheet1.xml": sixteen}))


def test_a_cell_at_the_far_corner_of_a_sheet_is_refused_quickly():
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    book.save(target)
    assert "XFD1048576" in refusal(target.getvalue())


@pytest.mark.parametrize("keep", [100, 2000, -200])
def test_a_cut_file_is_called_damaged(clean, keep):
    from caseseries.chart.kind_of_file import insist

    with pytest.raises(ChartError, match="damaged"):
        insist(clean[:keep], "chart.xlsx", "xlsx")


@pytest.mark.parametrize(
    "member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"]
)
def test_a_broken_part_is_called_damaged(clean, member):
    assert "damaged" in refusal(rewritten(clean, {member: b"<broken"}))


def test_too_many_parts_are_refused(clean):
    assert "far more" in refusal(rewritten(clean, {f"xl/x{n}.xml": b"" for n in range(50)}), Limits(members=40))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"the old workbook \(.xls\) is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"id,mmt\nP1,3\n", "text, not a workbook"),
        (b"", "empty"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, small_protocol, content, what):
    (tmp_path / "chart.xlsx").write_bytes(content)
    (tmp_path / "chart.yaml").write_text(CHART)
    with pytest.raises(ChartError, match=what):
        read(small_protocol, tmp_path / "chart.yaml")


def test_an_open_document_spreadsheet_is_named(tmp_path: Path, small_protocol):
    with zipfile.ZipFile(tmp_path / "chart.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    (tmp_path / "chart.yaml").write_text(CHART)
    with pytest.raises(ChartError, match=r"OpenDocument spreadsheet \(.ods\)"):
        read(small_protocol, tmp_path / "chart.yaml")


def test_workbooks_are_read_without_lxml_whether_or_not_it_is_installed() -> None:
    """It comes with python-docx, and openpyxl with it reads an entity as nothing."""
    told = "from caseseries.chart.excel_reader import openpyxl_module as o; m = o(); print(m.LXML, m.DEFUSEDXML)"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert "False True" == found.stdout.strip()
