"""Rare cells, files and descriptions: each is refused or read as the documentation of charts says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import pytest

from caseseries.chart import archive
from caseseries.chart.cells import TextReader, YesNoReader
from caseseries.chart.columns import DateColumn, NumberColumn
from caseseries.chart.csv_file import read_csv
from caseseries.chart.date_cells import DateReader
from caseseries.chart.dates import Span, read_date
from caseseries.chart.kind_of_file import what_it_is
from caseseries.chart.limits import Limits
from caseseries.chart.opened import read_bytes
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Bad
from caseseries.errors import ChartError

BROKEN = Bad("#REF!", "the cell shows an error", "a value")
CODES = {"nd": "not done"}


@pytest.mark.parametrize(
    "reader", [YesNoReader(CODES, frozenset({"yes"}), frozenset({"no"})), TextReader(CODES), DateReader(CODES, None)]
)
def test_a_broken_cell_is_refused_and_a_code_is_missing_in_every_kind_of_column(reader):
    assert Refusal("the cell shows an error", "a value", rule="broken cell") == reader.read(BROKEN)
    assert Missing("not done") == reader.read("ND")


@pytest.mark.parametrize("raw", [True, dt.time(8, 30), dt.timedelta(days=3)])
def test_a_time_or_a_yes_is_no_date(raw):
    assert Refusal("not a date", "a date", rule="date") == DateReader({}, "year-month-day").read(raw)


@pytest.mark.parametrize("raw", [39448.5, -3, 1e9])
def test_a_number_that_no_spreadsheet_shows_as_a_day_proposes_none(raw):
    assert Refusal("a plain number where a date belongs", "a date", rule="date") == DateReader({}, None).read(raw)


def test_a_year_alone_is_the_whole_year_in_every_order():
    year = read_date("2009", "year-month-day")
    assert isinstance(year, Span) and year.partial
    assert year == read_date("2009", "day-month-year") == read_date("2009", "month-day-year")


@pytest.mark.parametrize("text", ["2009 08:30", "2009-03 08:30"])
def test_a_time_without_a_day_is_refused(text):
    assert "a time of day stands behind a month or a year" == read_date(text, "year-month-day").what


@pytest.mark.parametrize("text", ["3 Jux 2009", "3 Mrz 2009"])
def test_a_word_that_is_no_month_is_refused(text):
    assert "not a date written day-month-year" == read_date(text, "day-month-year").what


@pytest.mark.parametrize(
    ("model", "written", "what"),
    [
        (NumberColumn, {"column": "ck", "round_to": 7}, "at most 6 decimals"),
        (DateColumn, {"month": "m"}, "needs a column for the year"),
        (DateColumn, {"year": "y", "day": "d"}, "needs a column for the month"),
    ],
)
def test_columns_that_lack_a_part_are_refused(model, written, what):
    with pytest.raises(ValueError, match=what):
        model.model_validate(written)


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'<?xml version="1.0"?><Workbook/>', "an XML file"),
        (zipped(**{"xl__workbook.bin": b""}), "a binary workbook (.xlsb)"),
        (zipped(**{"word__document.xml": b""}), "a Word document"),
        (zipped(**{"Index__Tables.iwa": b""}), "an Apple Numbers file"),
        (zipped(**{"chart.csv": b"id\n"}), "a zip archive"),
        (zipped(mimetype=b"application/epub+zip"), "a zip archive"),
    ],
)
def test_files_of_other_programs_are_named(content, what):
    assert what == what_it_is(content)[0]


def told(content: bytes) -> str:
    with pytest.raises(ChartError) as wrong:
        archive.inspect(content, "chart.xlsx", Limits())
    (problem,) = wrong.value.problems
    return problem.what


def test_an_encrypted_part_is_a_locked_workbook():
    content = bytearray(zipped(**{"xl__workbook.xml": b"<workbook/>"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag of the directory entry
    assert "the workbook is locked with a password" == told(bytes(content))


def test_more_cells_than_memory_bears_are_refused(monkeypatch):
    content = zipped(**{"xl__worksheets__sheet1.xml": b'<c r="A1"/><c r="B1"/>', "xl__other.xml": b"<c /><c />"})
    monkeypatch.setattr(archive, "MOST_CELLS", 2)
    assert not archive.inspect(content, "chart.xlsx", Limits()).formulas
    monkeypatch.setattr(archive, "MOST_CELLS", 1)
    assert "the workbook holds too many cells" == told(content)


def test_a_part_that_goes_on_beyond_its_declared_size_is_refused(monkeypatch):
    """zipfile stops at the declared size today; the count does not rely on it."""
    content = zipped(**{"xl__workbook.xml": b"x"})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: io.BytesIO(b"x" * 100))
    assert "the workbook unpacks to more than it declares" == told(content)


def test_macros_and_links_to_other_files_are_noticed():
    found = archive.inspect(
        zipped(**{"xl__vbaProject.bin": b"x", "xl__externalLinks__externalLink1.xml": b"<a/>"}), "chart.xlsx", Limits()
    )
    assert (True, True) == (found.macros, found.links)


def test_a_byte_outside_another_declared_encoding_is_named_without_a_guess():
    with pytest.raises(ChartError) as wrong:
        read_csv("id,näme\n".encode(), "p.csv", encoding="ascii", delimiter=None, limits=Limits())
    assert "a byte (0xC3) is not ascii" == wrong.value.problems[0].what


def test_any_other_complaint_of_the_csv_reader_has_a_row(monkeypatch):
    class Reader:
        line_num = 0

        def __init__(self, *_: object, **__: object) -> None: ...

        def __iter__(self):
            return self

        def __next__(self):
            raise csv.Error("something new")

    monkeypatch.setattr("caseseries.chart.csv_file.csv.reader", Reader)
    with pytest.raises(ChartError) as wrong:
        read_csv(b"id\n1\n", "p.csv", encoding="utf-8", delimiter=None, limits=Limits())
    assert "the row is not CSV" == wrong.value.problems[0].what


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(ChartError) as wrong:
        read_bytes(path, limits or Limits())
    return wrong.value.problems[0].what


def test_what_cannot_be_opened_says_why(tmp_path: Path):
    (tmp_path / "large.csv").write_bytes(b"12345")
    assert "this is a folder or a device, not a file" == refused(tmp_path)
    assert "the file is too large" == refused(tmp_path / "large.csv", Limits(file=4))
    assert b"12345" == read_bytes(tmp_path / "large.csv", Limits(file=5))
    assert "the file cannot be opened (File name too long)" == refused(tmp_path / ("x" * 5_000))


def test_a_file_without_rights_says_so(tmp_path: Path, monkeypatch):
    (tmp_path / "chart.csv").write_bytes(b"id\n")

    def denied(self: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "the file cannot be opened (Permission denied)" == refused(tmp_path / "chart.csv")
