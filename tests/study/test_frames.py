"""Tables of a run as data frames: their columns are there whether or not they have rows, and every row has all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import caseseries as cs
from caseseries.chart.tables import Chart, Ends, Finding
from caseseries.errors import Place
from caseseries.study import Results, Study
from caseseries.study.checked import CHECKED
from caseseries.summary.frames import TABLES, columns, table
from caseseries.summary.result import Result


@pytest.fixture(scope="module")
def study(project_root: Path) -> Study:
    return Study.load(project_root / "examples" / "jdm-mmf" / "protocol.yaml")


@pytest.fixture(scope="module")
def chart(study: Study, project_root: Path) -> Chart:
    return study.read(project_root / "examples" / "jdm-mmf" / "chart.yaml")


@pytest.fixture(scope="module")
def results(study: Study, chart: Chart) -> Results:
    return study.run(chart)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_has_its_columns(name: str, results: Results) -> None:
    """Those that do not depend on what was measured; a row has the same ones, in the same order."""
    summary = results.summary
    none = replace(
        summary.shown, rows=(), outcomes={}, drugs=(), events=(), points=(), doses=(), findings=(), source_rows=()
    )
    empty = replace(
        results,
        summary=replace(
            summary, cases=none, outcomes={}, change_outcomes=(), drugs=(), findings=(), rows=(), table_one=(), prior=(), follow_up={},
            safety=None, deaths=None,
        ),
    )  # fmt: skip
    assert [] == empty.table(name)
    always = list(columns(empty.summary, name))
    assert 2 < len(always)
    assert always == list(empty.to_pandas(name).columns) == empty.to_polars(name).columns
    here = list(columns(summary, name))
    assert set(always) <= set(here)
    assert all(here == list(row) for row in table(summary, name))
    assert here == list(results.to_pandas(name).columns) == results.to_polars(name).columns


def test_findings_of_a_chart_without_any_have_columns(results: Results) -> None:
    frame = results.to_pandas("findings")
    assert (0, ["severity", "rule", "message", "place.file"]) == (len(frame), list(frame.columns[:4]))


def test_days_that_are_not_known_have_columns_of_their_own(results: Results) -> None:
    """Of two drugs, one with days on which it may have begun: both have the same columns."""
    cases = results.summary.shown
    known, other = cases.drugs[:2]
    both = replace(results.summary, cases=replace(cases, drugs=(replace(known, possible=Ends(1, 2, 3, None)), other)))
    first, second = table(both, "drugs")
    assert list(first) == list(second)
    assert (1, None, None) == (first["possible.first_low"], first["possible.last_high"], second["possible.first_low"])


def test_each_value_that_was_chosen_is_a_row(results: Results) -> None:
    frame = results.to_pandas("chosen")
    told = frame[(frame.case_id == "P8") & (frame.reading == "as written") & (frame.window == "month 3")]
    wide = results.to_pandas("verdicts")
    row = wide[(wide.case_id == "P8") & (wide.reading == "as written")].iloc[0]
    assert {f"{name} at month 3": row[f"{name} at month 3"] for name in told.measure} == {
        f"{one.measure} at month 3": one.value for one in told.itertuples()
    }


def test_doses_have_their_measure_and_unit(results: Results) -> None:
    rows = results.table("doses")
    assert {("steroid", "prednisone mg/day")} == {(row["measure"], row["unit"]) for row in rows}
    assert {"case_id": "P1", "measure": "steroid", "day": -70, "dose": 50.0, "unit": "prednisone mg/day"} in rows
    assert {case for case, _ in results.summary.shown.doses} == {row["case_id"] for row in rows}


def test_every_number_of_the_report_is_a_row(results: Results) -> None:
    rows = results.table("results")
    assert len({row["id"] for row in rows}) == len(rows)
    (mean,) = [row for row in rows if row["id"].endswith("mmt/change/mean")]
    assert (10.625, 8) == (mean["estimate"], mean["n"])


def test_p_values_are_rows_where_the_protocol_prints_them(results: Results) -> None:
    """And so are the numbers of outcomes that are changes."""
    summary = results.summary
    protocol = summary.protocol
    reporting = protocol.reporting.model_copy(update={"p_values": True})
    change = replace(summary.outcomes["good response"].changes[0], tests=(Result("p", "P value", 0.5),))
    more = replace(summary, change_outcomes=(change,), safety=None)
    printed = replace(more, protocol=protocol.model_copy(update={"reporting": reporting}))
    parts = sum(map(len, (change.before, change.after, change.change, change.percent)))
    here = table(summary, "results")
    told = sum(str(row["id"]).startswith("safety/") for row in here)
    assert told and len(here) - told + parts == len(table(more, "results"))
    assert [*table(more, "results")] == [row for row in table(printed, "results") if row["id"] != "p"]


@pytest.mark.parametrize("name", CHECKED)
def test_a_check_as_data_frames(name: str, study: Study, chart: Chart) -> None:
    finding = Finding("warning", "a rule", "noticed", Place("visits.csv", row=3, column="mmt"), "P1", "mmt", "7O")
    for held in (chart, replace(chart, findings=(finding,))):
        checked = study.check(held)
        frame = checked.to_pandas(name)
        assert list(frame.columns) == checked.to_polars(name).columns
        assert len(frame) == len(checked.table(name))
        assert not any("verdict" in column or "outcome" in column for column in frame.columns)
    with pytest.raises(cs.CaseSeriesError, match="There are: findings, rows, words, cases"):
        checked.table("verdicts")


def test_who_is_a_case_before_any_outcome(study: Study, chart: Chart) -> None:
    frame = study.check(chart).to_pandas("cases")
    assert ["case_id", "patient", "included", "failed", "undetermined"] == list(frame.columns)
    assert (8, True) == (len(frame), bool(frame.included.all()))
    bad: Any = replace(chart, findings=(Finding("error", "number", "not a number"),))
    assert (0, 5) == study.check(bad).to_pandas("cases").shape
