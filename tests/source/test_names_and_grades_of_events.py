"""Events that did not happen, or are told twice: a grade of 0, a name that denies or says yes, an export that repeats an event on each row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.source.clinic_layouts import Book

from caseseries.chart.tables import Chart
from caseseries.errors import ChartError

WIDE = {
    "kind": "events side by side", "file": "events.csv", "patient": "id", "blank_event": "not known",
    "events": {"rash": {"event": {"value": "rash"}, "date": "date", "grade": "grade"}},
}  # fmt: skip
LONG = {
    "kind": "events",
    "file": "events.csv",
    "patient": "id",
    "event": {"column": "ae", "separated_by": ","},
    "date": "date",
}


def chart_of(folder: Path, events: dict[str, Any], rows: list[list[str]]) -> Chart:
    tables = {"patients": {"kind": "patients", "file": "patients.csv", "patient": "id"}, "events": events}
    patients = [["id", "centre"], ["P1", "A"], ["P2", "B"]]
    return Book({"tables": tables}, {"patients.csv": patients, "events.csv": rows}).read(folder)


def terms(chart: Chart) -> list[tuple[str, str]]:
    return [(one.patient, one.term) for one in chart.facts if one.kind == "event"]


def told(chart: Chart, severity: str) -> list[tuple[str, int | None]]:
    return [(one.rule, one.place.row) for one in chart.findings if one.severity == severity and one.place.row]


def test_a_column_of_grades_says_by_0_that_the_event_did_not_happen(tmp_path: Path) -> None:
    chart = chart_of(tmp_path, WIDE, [["id", "date", "grade"], ["P1", "", "0"], ["P2", "2009-02-03", "2"]])
    assert [("P2", "rash")] == terms(chart)
    assert {"read": 2, "used": 1, "out of scope": 1, "refused": 0} == chart.account()["events, rash"]


def test_a_grade_of_0_beside_the_date_of_an_event_is_refused(tmp_path: Path) -> None:
    chart = chart_of(tmp_path, WIDE, [["id", "date", "grade"], ["P1", "2009-02-03", "0"], ["P2", "", "1"]])
    assert [("grade", 2)] == told(chart, "error")


@pytest.mark.parametrize(("cell", "severity"), [
    ("yes", "error"), ("Ja", "error"), ("Well tolerated", "error"), ("gut vertragen", "error"), ("bien tolérée.", "error"), ("o. B.", "error"),
    ("OK", "error"), ("rash, ok", "error"), ("no fever", "warning"), ("rash, fever: no", "warning"), ("keine Übelkeit", "warning"),
    ("rash?", "warning"), ("rash 2009-03-01", "warning"),
])  # fmt: skip
def test_the_name_of_an_event_that_says_another_thing_is_told(tmp_path: Path, cell: str, severity: str) -> None:
    chart = chart_of(tmp_path, LONG, [["id", "ae", "date"], ["P1", cell, "2009-02-03"]])
    assert [("event", 2)] == told(chart, severity)


@pytest.mark.parametrize("cell", ["rash, nausea", "sinusitis", "nose bleed", "Covid-19", "grade 3 rash", "nonunion"])
def test_plain_names_of_events_say_nothing_else(tmp_path: Path, cell: str) -> None:
    assert [] == told(chart_of(tmp_path, LONG, [["id", "ae", "date"], ["P1", cell, "2009-02-03"]]), "warning")


def test_an_event_repeated_on_each_row_of_an_export_is_told(tmp_path: Path) -> None:
    rows = [
        ["id", "ae", "date", "visit"],
        ["P1", "rash", "2009-02-03", "1"],
        ["P1", "rash", "2009-02-03", "2"],
        ["P1", "rash", "2009-05-03", "3"],
    ]
    chart = chart_of(tmp_path, LONG, rows)
    assert [("duplicate row", 3)] == told(chart, "warning")


MORE = {
    **WIDE,
    "events": {"rash": {"event": {"value": "rash"}, "date": "date", "grade": "grade", "serious": "serious", "outcome": "outcome"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("serious", "outcome", "refused"),
    [("", "", False), ("no", "", False), ("0", "none", False), ("yes", "", True), ("", "hospitalised", True)],
)
def test_a_grade_of_0_beside_what_became_of_the_event_is_refused(
    tmp_path: Path, serious: str, outcome: str, refused: bool
) -> None:
    header = ["id", "date", "grade", "serious", "outcome"]
    chart = chart_of(tmp_path, MORE, [header, ["P1", "", "0", serious, outcome], ["P2", "2009-02-03", "2", "no", ""]])
    assert ([("grade", 2)] if refused else []) == told(chart, "error")
    assert [("P2", "rash")] == terms(chart)


@pytest.mark.parametrize(("left_out", "wrong"), [("Draft", False), ("Drafts", True)])
def test_a_sheet_left_out_of_several_workbooks_is_in_one_of_them(tmp_path: Path, left_out: str, wrong: bool) -> None:
    long = {**LONG, "files": ["one.xlsx", "two.xlsx"], "sheets": "all", "except_sheets": [left_out]}
    del long["file"]
    sheet, draft = (
        [["id", "ae", "date"], ["P1", "rash", "2009-02-03"]],
        [["id", "ae", "date"], ["P1", "nausea", "2009-02-04"]],
    )
    tables = {"patients": {"kind": "patients", "file": "patients.csv", "patient": "id"}, "events": long}
    other = [["id", "ae", "date"], ["P1", "fever", "2009-03-03"]]
    files = {
        "patients.csv": [["id", "centre"], ["P1", "A"]],
        "one.xlsx": {"Data": sheet, "Draft": draft},
        "two.xlsx": {"Data": other},
    }
    book = Book({"tables": tables}, files)  # type: ignore[arg-type]
    if wrong:
        with pytest.raises(ChartError, match="except_sheets` names no sheet 'Drafts'"):
            book.read(tmp_path)
    else:
        assert [("P1", "fever"), ("P1", "rash")] == sorted(terms(book.read(tmp_path)))


@pytest.mark.parametrize("cell", [
    "None reported", "no AEs", "keine Nebenwirkungen", "Aucun effet indésirable", "pas d'effet secondaire", "sin efectos adversos",
])  # fmt: skip
def test_words_for_none_are_no_event(tmp_path: Path, cell: str) -> None:
    chart = chart_of(tmp_path, LONG, [["id", "ae", "date"], ["P1", cell, "2009-02-03"], ["P2", "rash", "2009-02-03"]])
    assert [("P2", "rash")] == terms(chart) and "adverse events" not in chart.not_charted
    assert {"read": 2, "used": 1, "out of scope": 1, "refused": 0} == chart.account()["events"]


def test_a_row_that_stands_twice_is_one_event(tmp_path: Path) -> None:
    """Word for word, as a patient or a course; another day, or another word of any column, makes it another row."""
    header, once = ["id", "ae", "date", "note"], ["P1", "rash, fever", "2009-02-03", ""]
    rows = [
        header,
        once,
        ["P2", "rash", "2009-02-03", ""],
        once,
        [*once[:2], "2009-02-04", ""],
        ["P2", "rash", "2009-02-03", "arm"],
    ]
    chart = chart_of(tmp_path, LONG, rows)
    one = [("P1", "rash"), ("P1", "fever")]
    assert sorted([*one, ("P2", "rash"), *one, ("P2", "rash")]) == sorted(terms(chart))
    (found,) = [one for one in chart.findings if one.place.row == 4]
    assert ("warning", "the row says the same as row 2; it is counted once") == (found.severity, found.message)
    assert {"read": 5, "used": 5, "out of scope": 0, "refused": 0} == chart.account()["events"]


def test_rows_that_a_decision_makes_different_are_two_events(tmp_path: Path) -> None:
    """The second row is of P2, as its cell was decided; both say the same word for word."""
    tables = {"patients": {"kind": "patients", "file": "patients.csv", "patient": "id"}, "events": LONG}
    decided = [
        {
            "file": "events.csv",
            "row": 3,
            "column": "id",
            "read_as": "P2",
            "because": "the letter",
            "found": "P1",
            "by": "A. B.",
            "on": "2020-01-01",
        }
    ]
    rows = [
        ["id", "ae", "date"],
        ["P1", "rash", "2009-02-03"],
        ["P1", "rash", "2009-02-03"],
        ["P1", "rash", "2009-02-03"],
    ]
    files = {"patients.csv": [["id", "centre"], ["P1", "A"], ["P2", "B"]], "events.csv": rows}
    chart = Book({"tables": tables, "accept": decided}, files).read(tmp_path)
    assert [("P1", "rash"), ("P2", "rash")] == sorted(terms(chart))
    reasons = sorted((row.row, row.reason) for row in chart.rows if row.table == "events")
    assert [(2, ""), (3, ""), (4, "says the same as another row")] == reasons


def test_a_fixed_word_is_called_as_terms_say(tmp_path: Path) -> None:
    """What a table of one event could tell is the event that its rows are: else nobody was looked at for it."""
    wide = WIDE | {"terms": {"rash": "skin rash"}}
    chart = chart_of(tmp_path, wide, [["id", "date", "grade"], ["P1", "2009-02-03", "1"]])
    assert [("P1", "skin rash")] == terms(chart)
    assert ("skin rash",) == chart.only["adverse events"]
