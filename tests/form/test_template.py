"""The empty workbook of a protocol, and that what is typed into it is read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from caseseries.errors import OutputError
from caseseries.form import template
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import load
from caseseries.source import read


@pytest.fixture(scope="module")
def protocol(project_root: Path):
    return load(project_root / "examples/jdm-mmf/protocol.yaml").protocol


def test_one_protocol_always_gives_the_same_bytes(protocol, tmp_path: Path):
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        files.append(template(protocol, tmp_path / name / "chart.xlsx"))
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_the_empty_workbook_has_its_sheets_columns_and_help(protocol, tmp_path: Path):
    book = openpyxl.load_workbook(template(protocol, tmp_path / "chart.xlsx")[0])
    assert ["README", "Patients", "Visits", "Drugs", "Events", "Screening", "Lists"] == book.sheetnames
    assert "hidden" == book["Lists"].sheet_state
    visits = book["Visits"]
    header = [cell.value for cell in visits[1]]
    assert [
        "patient_id",
        "visit_date",
        "mmt",
        "cmas",
        "improved",
        "weight [kg]",
        "ck [U/L]",
        "neutrophils [10^9/L]",
        "note",
    ] == header
    assert "B2" == visits.freeze_panes
    assert all(cell.comment is not None for cell in visits[1])
    rules = {str(rule.sqref).split(":")[0]: rule for rule in visits.data_validations.dataValidation}
    assert ("custom", 'OR(AND(ISNUMBER(C2),C2>=0,C2<=80),C2="ND",C2="UNK",LEFT(C2,1)="<",LEFT(C2,1)=">")') == (
        rules["C2"].type,
        rules["C2"].formula1,
    )
    assert ("list", "list_") == (rules["E2"].type, rules["E2"].formula1[:5])
    assert {"protocol": fingerprint(protocol)} == {one.name: one.value for one in book.custom_doc_props.props}


def test_what_is_typed_into_the_empty_workbook_is_read(protocol, tmp_path: Path):
    workbook, description = template(protocol, tmp_path / "chart.xlsx")
    assert "TO DECIDE" not in description.read_text()
    empty = read(protocol, description)
    assert ((), {}) == (empty.people, empty.account())
    book = openpyxl.load_workbook(workbook)
    book["Patients"].append(["001", "female", dt.date(2000, 5, 1), "juvenile dermatomyositis", "2007-03", None, "no"])
    book["Visits"].append(["001", dt.date(2008, 1, 1), 70, "ND", None, 30.5, "<20", 3.1, "=not a formula"])
    book["Visits"]["I2"].data_type = "s"
    book["Drugs"].append(["001", "MMF", dt.date(2008, 1, 2), None, 500, "mg", "twice daily", "oral", None])
    book["Events"].append(["001", "headache", "2008-02-03", None, "1", "no", "resolved", None])
    book["Screening"].append(["001", "list", dt.date(2010, 1, 1), "chart found", None])
    book.save(workbook)
    chart = read(protocol.model_copy(update={"partial_dates": "bounds"}), description)
    assert [] == [finding for finding in chart.findings if finding.severity != "note"]
    assert ["001"] == [person.patient for person in chart.people]
    found = {one.measure: (one.censor, one.value, one.missing) for one in chart.measurements}
    assert {"mmt": ("", 70, ""), "cmas": ("", None, "not done"), "weight": ("", 30.5, ""), "ck": ("<", 20, "")} == {
        name: found[name] for name in ("mmt", "cmas", "weight", "ck")
    }
    assert {"diagnosis", "event", "screening", "visit"} == {fact.kind for fact in chart.facts}


def test_a_template_without_dates_and_one_without_a_protocol(project_root: Path, tmp_path: Path):
    undated = load(project_root / "examples/rtx-sle/protocol.yaml").protocol
    workbook, description = template(undated, tmp_path / "undated.xlsx")
    assert "visit_day" == openpyxl.load_workbook(workbook)["Visits"]["B1"].value
    assert not read(undated, description).dated
    _, general = template(None, tmp_path / "general.xlsx")
    assert () == read(undated, general).people


def test_nothing_is_overwritten(tmp_path: Path):
    template(None, tmp_path / "chart.xlsx")
    with pytest.raises(OutputError, match="exists already"):
        template(None, tmp_path / "chart.xlsx")
    (tmp_path / "other.yaml").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        template(None, tmp_path / "other.xlsx")
    assert not (tmp_path / "other.xlsx").exists()
