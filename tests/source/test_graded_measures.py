"""Cells of graded measures: the grades, the words that mean them, and everything else refused with its address."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from tests.source.conftest import CHART, FILES, PROTOCOL

from caseseries.form import template
from caseseries.protocol.load import parse
from caseseries.source import read

GRADED = (
    "  cmas: {instrument: CMAS}\n",
    '  cmas: {instrument: CMAS}\n  cells: {grades: ["0", "0.5+", "1+", "2+"], better: low, words: {trace: 0.5+}}\n',
)
VISITS = """id,date,cmas,ck,better,pred,cells
P1,2008-01-01,30,200,,20,2+
P1,2008-04-01,40,150,yes,10,Trace
P2,2008-02-01,35,ND,,,ND
P2,2008-05-01,36,<50,no,,0
"""


@pytest.fixture
def graded(chart_of):
    def made(cell: str = "", column: str = "cells", accept: str = ""):
        visits = (
            VISITS.replace("\nP2,2008-05-01,36,<50,no,,0", f"\nP2,2008-05-01,36,<50,no,,{cell}") if cell else VISITS
        )
        described = CHART.replace("cmas: cmas", f"cmas: cmas, cells: {column}") + accept
        return chart_of({"visits.csv": (FILES["visits.csv"], visits)}, chart=(CHART, described), protocol=GRADED)

    return made


def values(chart, measure: str = "cells"):
    return [(one.patient, one.value, one.missing) for one in chart.measurements if one.measure == measure]


def test_grades_and_words_are_read_as_places(graded) -> None:
    chart = graded()
    assert [("P1", 3, ""), ("P1", 1, ""), ("P2", None, "not done"), ("P2", 0, "")] == values(chart)
    told = {(one.word, one.meaning) for one in chart.words if one.column == "cells"}
    assert {("2+", "2+"), ("Trace", "0.5+"), ("ND", "missing: not done"), ("0", "0")} == told


def test_words_of_the_column_are_read_too(graded) -> None:
    assert ("P2", 2, "") == values(graded("few", "{column: cells, words: {few: 1+}}"))[-1]


@pytest.mark.parametrize(
    ("cell", "what", "proposal"),
    [
        ("<1+", "a bound, and grades have none", ""),
        ("≥2+", "a bound, and grades have none", ""),
        ("1", "none of the grades of the measure", ""),
        ("0.5", "none of the grades of the measure", ""),
        ("1 +", "none of the grades of the measure", "1+"),
        ("0.5-1+", "none of the grades of the measure", ""),
        ("4+", "none of the grades of the measure", ""),
    ],
)
def test_what_is_no_grade_is_refused_with_its_address(graded, errors_of, address_of, cell, what, proposal) -> None:
    chart = graded(cell)
    (finding,) = errors_of(chart)
    assert (what, proposal, "cells") == (finding.message, finding.proposal, finding.field)
    assert ("visits.csv", 5, "cells", cell) == address_of(finding)
    assert finding.allowed.startswith("0, 0.5+, 1+, 2+")
    assert 1 == sum(row.status == "refused" for row in chart.rows)


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("{column: cells, words: {few: 3+}}", "a word of a graded measure means none of its grades"),
        ("{column: cells, words: {1+: 2+}}", "a word is a grade of the measure itself, and means another one"),
        (
            "{column: cells, missing: {0: not looked at}}",
            "the missing code 0 is also a grade of this measure, or a word for one",
        ),
        (
            "{column: cells, missing: {trace: not sure}}",
            "the missing code trace is also a grade of this measure, or a word for one",
        ),
    ],
)
def test_a_column_that_contradicts_its_measure_is_refused(graded, errors_of, column, what) -> None:
    assert what in [finding.message for finding in errors_of(graded(column=column))]


def test_a_person_decides_on_a_cell(graded) -> None:
    decision = (
        "{file: visits.csv, row: 5, column: cells, found: 1-2+, read_as: 1+, by: A. B., on: 2020-01-01, because: asked}"
    )
    assert ("P2", 2, "") == values(graded("1-2+", accept=f"accept:\n  - {decision}\n"))[-1]


def test_rows_of_several_measures_share_words(tmp_path: Path) -> None:
    protocol = parse(PROTOCOL.replace(*GRADED)).protocol
    (tmp_path / "data").mkdir()
    for name, text in FILES.items():
        (tmp_path / "data" / name).write_text(text)
    (tmp_path / "data" / "long.csv").write_text(
        "id,date,what,value\nP1,2008-01-01,AC,1+\nP1,2008-04-01,AC,few\nP1,2008-04-01,better,few\nP2,2008-02-01,AC,0\n"
    )
    table = """
  long:
    kind: long
    file: long.csv
    patient: id
    date: date
    measure: what
    measures: {AC: cells, better: improved}
    value: {column: value, words: {few: 0.5+, 0: 2+, yes: "yes"}}
"""
    (tmp_path / "chart.yaml").write_text(CHART + table)
    chart = read(protocol, tmp_path / "chart.yaml")
    assert [("P1", 2, ""), ("P1", 1, ""), ("P2", 0, "")] == values(
        chart
    )  # 0 is a grade itself, whatever the word means elsewhere
    (finding,) = [one for one in chart.findings if one.severity == "error"]
    assert ("neither yes nor no", 4) == (finding.message, finding.place.row)


def test_the_empty_workbook_lists_the_grades_and_they_are_read(tmp_path: Path) -> None:
    protocol = parse(PROTOCOL.replace(*GRADED)).protocol
    workbook, description = template(protocol, tmp_path / "chart.xlsx")
    book = openpyxl.load_workbook(workbook)
    column = [cell.value for cell in book["Visits"][1]].index("cells") + 1
    lists = [[cell.value for cell in cells if cell.value is not None] for cells in book["Lists"].iter_cols()]
    assert ["0", "0.5+", "1+", "2+", "ND", "UNK"] in lists
    book["Patients"].cell(2, 1, "P1")
    for row, cell in enumerate((0, "2+", "UNK"), start=2):  # a spreadsheet makes a number of 0
        book["Visits"].cell(row, 1, "P1")
        book["Visits"].cell(row, 2, f"2008-01-0{row}")
        book["Visits"].cell(row, column, cell)
    kept = io.BytesIO()
    book.save(kept)
    workbook.write_bytes(kept.getvalue())
    chart = read(protocol, description)
    assert [("P1", 0, ""), ("P1", 3, ""), ("P1", None, "unknown")] == values(chart)
