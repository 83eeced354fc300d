"""What was done with the study drug because of an event: words are read, unknown ones told, and held against the courses."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.source.test_fatal_events import CHART, DRUGS, PROTOCOL, VISITS

from caseseries.chart.action_taken import action_of
from caseseries.chart.tables import Chart
from caseseries.form.fields import form
from caseseries.form.heading import all_said
from caseseries.protocol.load import parse
from caseseries.source.read import read

COLUMN = "action"
WORDS = "{column: action, words: {ja: drug withdrawn, nein: dose not changed}}"
UNCLEAR = "the action does not say whether the study drug was stopped; it counts as not known"
GOES_ON = "the event led to stopping the study drug, and no course of it ends then or later; the course counts"


def chart(folder: Path, *events: str, column: str = COLUMN, stop: str = "2020-03-05", accept: str = "") -> Chart:
    """P1 took the drug from 2020-01-01 until `stop`; events are (event, date, action)."""
    (folder / "d").mkdir(exist_ok=True)
    files = {"p.csv": "id,died\nP1,\nP2,\n", "v.csv": VISITS, "t.csv": DRUGS.replace("01-01,\n", f"01-01,{stop}\n", 1)}
    rows = "".join(f"P1,{event},,,,,\n" for event in events)
    files["e.csv"] = f"id,event,date,action,until,grade,serious,outcome,drug\n{rows}"
    for name, text in files.items():
        (folder / "d" / name).write_text(text, encoding="utf-8")
    text = CHART.format(fatal=f", action: {column}", accept=accept)
    (folder / "chart.yaml").write_text(text, encoding="utf-8")
    return read(parse(PROTOCOL.format(grading="as recorded")).protocol, folder / "chart.yaml")


def told(found: Chart) -> list[tuple[str, str]]:
    return [(str(one.place), one.message) for one in found.findings if one.field == "action"]


@pytest.mark.parametrize(
    "action", ["", "drug withdrawn", "DRUG INTERRUPTED", "Not applicable", "unknown", "dose not changed", "none"]
)
def test_known_words_and_blanks_are_read_without_a_finding(tmp_path: Path, action: str) -> None:
    found = chart(tmp_path, f"rash,2020-03-01,{action}")
    assert [action] == [one.attribute("action") for one in found.facts if one.kind == "event"]
    assert [] == told(found)


@pytest.mark.parametrize("action", ["yes", "abgesetzt", "seen by a nurse", "n/a"])
def test_a_word_that_says_neither_is_a_finding_with_its_address(tmp_path: Path, action: str) -> None:
    found = chart(tmp_path, "fever,2020-02-01,no action", f"rash,2020-03-01,{action}")
    assert [("e.csv, row 3, column action", UNCLEAR)] == told(found)
    assert 2 == sum(one.kind == "event" for one in found.facts)


def test_a_column_of_yes_and_no_says_what_its_words_mean(tmp_path: Path) -> None:
    found = chart(tmp_path, "rash,2020-03-01,ja", "fever,2020-03-02,nein", column=WORDS)
    assert ["drug withdrawn", "dose not changed"] == [
        one.attribute("action") for one in sorted(found.facts, key=lambda one: one.row_id) if one.kind == "event"
    ]
    assert [] == told(found)


@pytest.mark.parametrize(
    ("stop", "contradicts"),
    [("2020-03-01", False), ("2020-02-29", False), ("2020-02-28", True), ("2021-01-01", False), ("", True)],
)
def test_a_drug_that_an_event_stopped_has_an_end(tmp_path: Path, stop: str, contradicts: bool) -> None:
    found = chart(tmp_path, "rash,2020-03-01,stopped", "fever,2020-03-01,interrupted", stop=stop)
    assert ([("e.csv, row 2, column action", GOES_ON)] if contradicts else []) == told(found)


def test_an_undated_event_contradicts_a_drug_without_any_end(tmp_path: Path) -> None:
    assert [GOES_ON] == [what for _, what in told(chart(tmp_path, "rash,,stopped", stop=""))]
    assert [] == told(chart(tmp_path, "rash,,stopped"))


def test_what_a_person_let_stand_is_no_finding(tmp_path: Path) -> None:
    accept = "accept: [{file: e.csv, row: 2, column: action, found: yes, as_found: yes, by: A. B., on: 2020-01-01, because: looked up}]"
    found = chart(tmp_path, "rash,2020-03-01,yes", accept=accept)
    assert UNCLEAR not in {what for _, what in told(found)}


@pytest.mark.parametrize("heading", ["Action taken", "action", "AEACN", "Action taken with study drug", "Maßnahme"])
def test_a_heading_says_that_it_is_the_action(heading: str) -> None:
    assert "action" in all_said(heading)


def test_a_template_has_the_column() -> None:
    events = next(
        one for one in form(parse(PROTOCOL.format(grading="as recorded")).protocol).sheets if one.kind == "events"
    )
    action = next(field for field in events.fields if field.name == "action")
    assert "action: action" in events.reads
    assert {"stopped", "not stopped"} == {action_of(word) for word in action.words if word != "UNK"}


def test_a_grade_that_is_no_number_is_a_finding_with_its_address(tmp_path: Path) -> None:
    chart(tmp_path)
    written = ["3", "3.0", "III", "", "2 (moderate)", "severe", "Grad 2,5"]
    rows = "".join(f"P1,rash,2020-02-0{day},,,{grade},,,\n" for day, grade in enumerate(written, 1) if "," not in grade)
    (tmp_path / "d" / "e.csv").write_text(
        f"id,event,date,action,until,grade,serious,outcome,drug\n{rows}", encoding="utf-8"
    )
    found = read(parse(PROTOCOL.format(grading="as recorded")).protocol, tmp_path / "chart.yaml")
    assert [("e.csv, row 7, column grade", "event")] == [
        (str(one.place), one.rule) for one in found.findings if one.field == "grade"
    ]
