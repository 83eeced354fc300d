"""The report of an outcome with levels: it is named once, with its levels, shown or counted."""

from __future__ import annotations

import csv
import io

import pytest
from jsonschema import Draft202012Validator
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted
from tests.summary.test_levels_counted import RESULT, SEVEN

from caseseries import report
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.headline import heads, lines
from caseseries.report.exhibits.printed_blocks import Figure, Paragraph, Table
from caseseries.report.figures.draw import drawings
from caseseries.report.files.csv_file import patients_csv
from caseseries.report.files.results_file import results, schema
from caseseries.summary.frames import table
from caseseries.summary.model import Summary

STUDY = protocol(RESULT)
READ = chart(SEVEN, STUDY)


@pytest.fixture(scope="module")
def shown() -> Summary:
    return analyse(STUDY, READ)


@pytest.fixture(scope="module")
def only_counted() -> Summary:
    return counted(STUDY, READ)


def tables(summary: Summary) -> dict[str, Table]:
    return {one.key: one for one in tables_of(contents(summary))}


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_the_headline_names_the_outcome_once(shown: Summary, only_counted: Summary) -> None:
    ((title, text),) = heads(shown)
    assert "Result" == title
    assert (
        "complete in 1 of 7 (14 %, 95 % CI 0.4–57.9), partial in 1 of 7 (14 %, 95 % CI 0.4–57.9) and none in 2 of 7 "
        "(29 %, 95 % CI 3.7–71.0)"
    ) == text
    assert [
        "At least partial in 3 of 7 (43 %, 95 % CI 9.9–81.6)",
        "Not evaluable 3",
        "Other readings: under “by the strength alone” complete in 1 of 7 (14 %), partial in 2 of 7 (29 %) and none in 3 of 7 "
        "(43 %) (1 not evaluable)",
    ] == list(lines(shown)[:3])
    assert heads(shown) == heads(only_counted)


def test_the_table_of_levels(shown: Summary, only_counted: Summary) -> None:
    found = tables(shown)["levels-result"]
    assert found == tables(only_counted)["levels-result"]
    rows = texts(found)
    assert ["As written (primary)"] == rows[0]
    assert ["Complete", "1/7 (14)", "0.4–57.9", "1/4 (25)", "0.6–80.6", "1/7 (14)", "0.4–57.9", "3"] == rows[1]
    assert ["Partial", "1/7 (14)", "0.4–57.9", "1/4 (25)", "0.6–80.6", "3/7 (43)", "9.9–81.6", "2"] == rows[2]
    assert ["None", "2/7 (29)", "3.7–71.0", "2/4 (50)", "6.8–93.2", "–", "–", "2"] == rows[3]
    assert ["Not evaluable", "3/7 (43)", *["–"] * 6] == rows[4]
    assert any(
        "complete: improved; partial: a gain of at least 4 points on mmt; none: all others" in one
        for one in found.footnotes
    )


def test_the_table_of_every_case_has_its_level(shown: Summary) -> None:
    found = tables(shown)["patients-result"]
    assert "Every included case: values, level of result, and its reason" == found.title
    place = [column.title for column in found.columns].index("Level")
    assert {
        "a": "complete",
        "b": "partial",
        "c": "none",
        "d": "not evaluable: complete or partial",
        "e": "not evaluable: complete or none",
        "f": "none",
        "g": "not evaluable: any level",
    } == {row[0]: row[place] for row in texts(found)}
    other = {row[0]: row[1:] for row in texts(tables(shown)["readings-result"])}
    assert ["not evaluable: complete or partial", "partial"] == other["d"]


def test_every_bar_is_told(shown: Summary, only_counted: Summary) -> None:
    for summary in (shown, only_counted):
        (figure,) = (one.figure for one in drawings(summary) if one.figure.key == "levels-result")
        assert "Complete: 1 (14 %); Partial: 1 (14 %); None: 2 (29 %); Not evaluable: 3 (43 %)" in figure.alt


def test_no_exhibit_stands_twice_and_each_verdict_has_its_grid(shown: Summary) -> None:
    keys = [one.key for one in tables_of(contents(shown))]
    assert len(keys) == len(set(keys))
    assert {"robustness-result-at-least-partial", "robustness-result-complete"} <= set(keys)
    assert not [key for key in keys if key.startswith("responders")]
    assert ["one-at-a-time-result-at-least-partial"] == [key for key in keys if key.startswith("one-at-a-time")]


def test_methods_say_the_levels_and_what_events_do(shown: Summary) -> None:
    told = " ".join(
        block.text for section in contents(shown) for block in section.blocks if isinstance(block, Paragraph)
    )
    assert (
        "Result was the first of these levels that holds: complete: improved; partial: a gain of at least 4 points"
        in told
    )
    assert (
        "An event that made the verdict “non-responder” gave the level none, one that made it “responder” complete."
        in told
    )
    assert "Of the included cases, result was complete in 1 of 7" in told
    assert "In three cases (43 %) the level was not evaluable." in told


def test_results_for_programs(shown: Summary, only_counted: Summary) -> None:
    written = results(shown)
    assert [] == [str(one) for one in Draft202012Validator(schema()).iter_errors(written)]
    assert list(written) == [
        key
        for key in schema()["properties"]
        if key
        not in {
            "times",
            "spells",
            "values_at",
            "trajectories",
            "graded",
            "over_time",
            "event_counts",
            "exposures",
            "table_one_by",
        }
    ]  # no outcome is one
    (found,) = written["levels"]
    assert {"complete": "result complete", "partial": "result at least partial"} == found["at_least"]
    assert [1, 1, 2] == [one["n"] for one in found["readings"][0]["levels"]]
    assert ["result at least partial", "result complete"] == [one["outcome"] for one in written["outcomes"]]
    ids = [one["id"] for one in written["results"]]
    assert len(ids) == len(set(ids))
    assert {"result partial/0/of_included", "result none/0/of_evaluable_level"} <= set(ids)
    assert written["levels"] == results(only_counted)["levels"]


def test_the_file_of_the_patients_tells_the_level(shown: Summary) -> None:
    rows = [row for row in csv.DictReader(io.StringIO(patients_csv(shown))) if row["reading"] == "as written"]
    assert {"result"} == {row["outcome"] for row in rows}
    told = {row["case"]: (row["verdict"], row["rule alone"], row["decided by"], row["absent because"]) for row in rows}
    assert ("complete", "complete", "", "") == told["a"]
    assert (
        "not evaluable: complete or partial",
        "not evaluable: complete or partial",
        "",
        "after improved: not recorded at this visit",
    ) == (told["d"])
    assert ("none", "not evaluable: any level", "death", "") == told["f"]


def test_a_table_for_programs_has_the_levels(shown: Summary) -> None:
    rows = {row["case_id"]: row for row in table(shown, "levels") if row["reading"] == "as written"}
    assert ("partial", "partial") == (rows["b"]["level"], rows["b"]["possible"])
    assert (None, "complete; none") == (rows["e"]["level"], rows["e"]["possible"])
    assert "Result partial at day 90" in str(rows["b"]["sentence"])


def test_the_flow_diagram_has_one_box(shown: Summary) -> None:
    boxes = [step for step in shown.flow if step.outcome]
    assert [("result", (("Complete", 1), ("Partial", 1), ("None", 2), ("Not evaluable", 3)))] == [
        (step.outcome, step.parts) for step in boxes
    ]


def test_a_page_of_levels_is_whole(shown: Summary, only_counted: Summary) -> None:
    for summary in (shown, only_counted):
        page = report.notebook_html(summary)
        assert "result" in page
        figures = [
            block
            for section in contents(summary, [one.figure for one in drawings(summary)])
            for block in section.blocks
        ]
        assert "levels-result" in [block.key for block in figures if isinstance(block, Figure)]
