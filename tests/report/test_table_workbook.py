"""tables.xlsx: every printed text and every number of every table, numbers as numbers, texts never as formulas."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from tests.report import declared_text

from caseseries.report.documents.tables_workbook import printed_as_it_is, workbook
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Section, Table, heading
from caseseries.report.exhibits.words import seen
from caseseries.report.files.csv_file import exhibit_rows, value_of
from caseseries.report.folder import files, page_of
from caseseries.summary.model import Summary


def opened(book: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(book))


def sheets(*tables: Table) -> Any:
    return opened(workbook("A study", "", [Section("s", "Section", tables)]))


def held_against(book: Any, tables: list[Table]) -> None:
    assert ["Tables", *(f"Table {table.number}" for table in tables)] == book.sheetnames
    for table in tables:
        sheet = book[f"Table {table.number}"]
        header, rows = exhibit_rows(table)
        columns = {str(cell.value or ""): place for place, cell in enumerate(sheet[3])}
        told = [str(cell.value or "") for cell in sheet[3] if cell.value is not None]
        assert [seen(name) for name in header if name] == [name for name in told if not name.endswith(", unrounded")]
        for number, row in enumerate(rows, 4):
            found = [cell.value for cell in sheet[number]]
            at = 0
            for name, cell in zip(header, row, strict=True):
                rounded = f"{seen(name)}, unrounded" in columns
                printed = found[at]
                at += 1 + rounded
                if rounded:
                    assert seen(cell.text) == (printed or "")
                    held(cell, found[at - 1])
                elif isinstance(value_of(cell), str):
                    assert seen(cell.text) == (printed or "")
                else:
                    assert printed_as_it_is(cell)
                    held(cell, printed)
        notes = [row[0].value for row in sheet.iter_rows(min_row=5 + len(rows)) if row[0].value]
        assert [seen(note) for note in table.footnotes] == notes


def held(cell: Cell, found: object) -> None:
    """A number is the number, and a text beside it nothing."""
    value = value_of(cell)
    if isinstance(value, str):
        assert found is None
    else:
        assert (
            isinstance(found, int | float) and float(f"{float(value):.16G}") == found
        )  # as many digits as such a file holds


def test_every_text_and_number_is_the_declared_one(series: Summary) -> None:
    found = files(series, formats=("excel",))
    assert {"tables.xlsx"} == set(found) - set(files(series))
    held_against(opened(found["tables.xlsx"]), declared_text.tables(page_of(series)[1]))


@pytest.mark.slow
def test_so_it_is_of_any_run(any_run: Summary) -> None:
    sections = page_of(any_run)[1]
    held_against(opened(workbook("A study", "", sections)), declared_text.tables(sections))


def test_the_index_leads_to_each_table(series: Summary) -> None:
    tables = declared_text.tables(page_of(series)[1])
    sheet = opened(workbook("A study", "Invented data", page_of(series)[1]))["Tables"]
    rows = list(sheet.iter_rows(min_row=5, max_row=4 + len(tables)))
    assert [(f"Table {one.number}", one.title) for one in tables] == [(row[0].value, row[1].value) for row in rows]
    assert [f"'Table {one.number}'!A1" for one in tables] == [row[0].hyperlink.location for row in rows]


def test_the_same_tables_give_the_same_bytes(series: Summary) -> None:
    sections = page_of(series)[1]
    one = workbook("A study", "", sections)
    time.sleep(1.1)
    assert one == workbook("A study", "", sections)
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        assert {(1980, 1, 1, 0, 0, 0)} == {part.date_time for part in package.infolist()}


def one_column(*cells: Cell) -> Any:
    rows = tuple(Row((Cell(f"r{n}"), cell)) for n, cell in enumerate(cells))
    return sheets(Table("t", "T", (Column("Name"), Column("x", "number")), rows, number="1"))["Table 1"]


def test_printed_and_unrounded_are_never_mixed() -> None:
    sheet = one_column(Cell("33 %", Fraction(1, 3)), Cell("not estimable"))
    assert ["Name", "x", "x, unrounded"] == [cell.value for cell in sheet[3]]
    assert ["33 %", float(Fraction(1, 3))] == [cell.value for cell in sheet[4]][1:]
    assert ["not estimable", None] == [cell.value for cell in sheet[5]][1:]


def test_a_number_that_is_printed_as_it_is_has_one_column() -> None:
    sheet = one_column(Cell("−1,200", -1200), Cell("2.5", Fraction(5, 2)), Cell("none"))
    assert ["Name", "x"] == [cell.value for cell in sheet[3]]
    assert [-1200, 2.5, "none"] == [row[1].value for row in sheet.iter_rows(min_row=4, max_row=6)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "＝1", " =x", "https://x.org", "0012", "{=1}"])
def test_a_text_stays_a_text(text: str) -> None:
    table = Table("t", text, (Column(text, over=(text,)),), (heading(text), Row((Cell(text),))), (text,), number="1")
    book = sheets(table)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"s"} == {cell.data_type for cell in cells if cell.column_letter != "C"}
    assert not [cell for cell in cells if cell.hyperlink is not None and cell.hyperlink.target]
    quoted = {cell.quotePrefix for cell in cells if cell.value == text}
    assert quoted == {text.strip()[0] in "=+-@＝"}


def test_hostile_and_very_long_texts_stop_nothing() -> None:
    sheet = one_column(Cell("a\x07b\x00\ud800"), Cell("_x0041_"), Cell("y" * 40_000), Cell("1", 10**18))
    found = [row[1].value for row in sheet.iter_rows(min_row=4, max_row=7)]
    assert ["a�b��", "_x0041_"] == found[:2]
    assert found[2].startswith("y" * 32_000) and found[2].endswith("(the whole text is in tables/01-t.csv)")


def test_invented_data_are_named_on_every_sheet(series: Summary) -> None:
    book = opened(files(series, formats=("excel",))["tables.xlsx"])
    assert all("Invented data" in str(sheet["A2"].value) for sheet in book)
    plain = opened(workbook("A study", "", page_of(replace(series))[1]))
    assert not any("Invented data" in str(sheet["A2"].value) for sheet in plain)
