"""CSV files that are not what they seem."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from caseseries.chart.csv_file import read_csv
from caseseries.chart.limits import Limits
from caseseries.errors import ChartError


def sheet(content: bytes | str, encoding="utf-8", delimiter=None, limits=None):
    raw = content if isinstance(content, bytes) else content.encode()
    return read_csv(raw, "visits.csv", encoding=encoding, delimiter=delimiter, limits=limits or Limits())


def problem(content: bytes | str, **how):
    with pytest.raises(ChartError) as wrong:
        sheet(content, **how)
    (one,) = wrong.value.problems
    return one


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert ["patient_id", "mmt"] == sheet(b"\xef\xbb\xbfpatient_id,mmt\nP1,3\n").rows[1]


def test_rows_have_the_numbers_a_spreadsheet_shows_blank_lines_and_line_breaks_in_cells_counted():
    rows = sheet('id,note\nP1,"two\nlines"\n\nP2,\n').rows
    assert {1: ["id", "note"], 2: ["P1", "two\nlines"], 4: ["P2", ""]} == rows


@pytest.mark.parametrize(("sign", "named"), [(";", ";"), ("\t", "tab"), ("|", "|")])
def test_another_delimiter_is_found_in_the_header_and_said(sign, named):
    read = sheet(f"id{sign}mmt\nP1{sign}3,5\n")
    assert (["P1", "3,5"], [f"delimiter: {named!r}"]) == (read.rows[2], [finding.proposal for finding in read.findings])


def test_two_possible_delimiters_must_be_declared():
    assert "not certain" in problem("id;mmt,cmas\nP1;3,4\n").what
    assert ["id", "mmt,cmas"] == sheet("id;mmt,cmas\nP1;3,4\n", delimiter=";").rows[1]


def test_a_quoted_delimiter_in_the_header_is_no_second_one():
    assert ["id", "mmt; right"] == sheet('id,"mmt; right"\nP1,3\n').rows[1]


def test_an_unclosed_quotation_mark_is_found_at_the_row_where_it_opens():
    one = problem('id,note\nP1,fine\nP2,"never closed\nP3,lost\nP4,lost\n')
    assert ("a quotation mark opens in this row and is never closed", 3) == (one.what, one.place.row)


def test_a_stray_quotation_mark_inside_a_quoted_cell_is_refused():
    assert 3 == problem('id,note\nP1,fine\nP2,"he said "no" again"\n').place.row


def test_two_quotation_marks_that_swallow_rows_are_pointed_out():
    read = sheet('id,note,x\nP1,"missing end,1\nP2,fine,2\nP3,fine",3\n')
    assert [("warning", 2)] == [(finding.severity, finding.place.row) for finding in read.findings]


def test_windows_1252_is_named_and_read_where_declared():
    text = "id,note\nP1,café\n".encode("cp1252")
    one = problem(text)
    assert (2, "declare `encoding: cp1252` in the chart description, or save the file as CSV UTF-8") == (
        one.place.line,
        one.do,
    )
    assert ["P1", "café"] == sheet(text, encoding="cp1252").rows[2]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("id,mmt\n".encode("utf-16"), "text in UTF-16"),
        ("id,mmt\nP1,3\n".encode("utf-16-le"), "UTF-16 without a mark"),
        (gzip.compress(b"id,mmt\n", mtime=0), "compressed with gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old workbook (.xls)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"%PDF-1.7", "a PDF"),
        (b"<html><table>", "a web page"),
        (b"PK\x03\x04broken", "damaged"),
        (b"", "empty"),
    ],
)
def test_what_is_no_csv_is_named(content, what):
    if content:
        one = problem(content)
        assert what in one.what
        assert one.do
    else:
        assert {} == sheet(content).rows


def test_a_workbook_under_the_name_of_a_csv_is_named(project_root: Path):
    one = problem((project_root / "examples/jdm-mmf/chart.xlsx").read_bytes())
    assert "the file is a workbook (.xlsx)" == one.what


def test_limits_are_kept_while_reading():
    assert "too large" in problem("id\n" + "P\n" * 20, limits=Limits(rows=10)).what
    assert "too large" in problem(",".join("abcdefghijkl") + "\n", limits=Limits(columns=10)).what
    assert "one cell is longer" in problem("id,note\nP1," + "x" * 200, limits=Limits(cell=100)).what


def test_a_note_of_a_hundred_thousand_characters_is_read():
    assert 100_000 == len(sheet("id,note\nP1," + "x" * 100_000).rows[2][1])
