"""Every number of the report, traced to its cases, is made by them again."""

from __future__ import annotations

import csv
import json
import re
import statistics
from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.studies import every_study
from tests.spec.small import analyse

from caseseries.chart.tables import Chart
from caseseries.cli.main import main
from caseseries.errors import CaseSeriesError, ChoiceNeeded, Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.study import Results, Study
from caseseries.summary.behind import Traced, TracedCase
from caseseries.summary.every_result import every_result
from caseseries.summary.published_ids import names_of_events, published
from caseseries.summary.result import Result
from caseseries.summary.trace_number import NOBODY, numbers_behind, trace_number

Capture = pytest.CaptureFixture[str]

EXAMPLES = ("jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "tcl-e7777", "adhesions-cells")


def run_of(project_root: Path, example: str) -> Results:
    folder = project_root / "examples" / example
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, project_root: Path) -> Results:
    return run_of(project_root, request.param)


@pytest.fixture(scope="module")
def jdm(project_root: Path) -> Results:
    return run_of(project_root, "jdm-mmf")


@pytest.fixture
def files(project_root: Path) -> list[str]:
    return [str(project_root / "examples" / "jdm-mmf" / name) for name in ("protocol.yaml", "chart.yaml")]


def values(found: Traced) -> list[Fraction]:
    return [one.value for one in found.cases if one.part == "counted" and one.value is not None]


def test_n_and_total_are_the_cases_counted_and_in_the_total(example: Results) -> None:
    told = list(every_result(example.summary))
    assert told and {one.id for one in told} <= set(example.numbers)
    shares = [one for one in told if one.unit in {"proportion", "count"} and one.n is not None]
    assert shares
    for one in shares:
        found = example.trace(one.id)
        assert (one.n, one.total) == (found.counted, found.total), one.id
        assert one.estimate == (Fraction(found.counted, found.total) if one.unit == "proportion" else found.counted), (
            one.id
        )


def again(part: str, read: list[Fraction]) -> Fraction | float | None:
    """One part of a description, as Python's own library has it."""
    if part in {"lower_quartile", "upper_quartile"}:
        quarters = statistics.quantiles(read, n=4, method="inclusive") if len(read) > 1 else [read[0]] * 3
        return quarters[0 if part == "lower_quartile" else 2]
    if part == "sd":
        return statistics.stdev(map(float, read)) if len(read) > 1 else None
    simple = {"mean": statistics.mean, "median": statistics.median, "minimum": min, "maximum": max}
    found: Fraction = simple[part](read)  # type: ignore[operator]  # a function of numbers
    return found


def test_descriptions_are_those_of_the_values_of_the_counted_cases(example: Results) -> None:
    parts = ("mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum")
    described = [one for one in every_result(example.summary) if one.id.rpartition("/")[2] in parts and not one.words]
    assert described
    for one in described:
        read = values(example.trace(one.id))
        assert one.n == len(read), one.id
        expected = again(one.id.rpartition("/")[2], read) if read else None
        if expected is None:
            assert one.estimate is None, one.id
        else:
            assert one.estimate is not None
            assert float(one.estimate) == pytest.approx(float(expected), rel=1e-12, abs=1e-12), one.id


def test_a_change_is_the_value_after_minus_that_before_in_their_cells(example: Results) -> None:
    seen = 0
    for change in example.summary.changes:
        for case in example.trace(change.change["median" if "mean" not in change.change else "mean"].id).cases:
            before, after = (one.quantity.value for one in case.values)
            if case.part == "counted":
                seen += 1
                assert before is not None and after is not None and case.value == after - before
                for one in case.values:
                    found = example.summary.measures[one.quantity.slot.measure]
                    assert (
                        str(one.place) or one.parts or any(one.quantity.slot.measure in row.what for row in case.rows)
                    ), found
            else:
                assert case.how and (before is None or after is None or "denominator" in case.how)
    assert seen or not example.summary.changes


def test_the_place_of_a_value_holds_it(project_root: Path, jdm: Results) -> None:
    """The cell that is cited, looked up in the file itself."""
    chart = project_root / "examples" / "jdm-mmf" / "chart"
    looked_up = 0
    for case in jdm.trace("good response/0/cmas/change/mean").cases:
        for one in case.values:
            lines = list(csv.reader((chart / one.place.file).read_text(encoding="utf-8").splitlines()))
            assert one.place.row is not None and one.quantity.value is not None
            row = dict(zip(lines[0], lines[one.place.row - 1], strict=True))
            assert row["patient_id"] == case.patient and Fraction(row[one.place.column]) == one.quantity.value
            looked_up += 1
    assert looked_up == 16


def test_every_number_of_an_example_says_what_it_was_computed_from(example: Results) -> None:
    others = {one.id for one in every_result(example.summary)}
    for place, named in enumerate(example.numbers):
        if named not in others and place % 7:
            continue  # of the grid some
        found = example.trace(named)  # a number that its cases do not make stops here
        assert found.told and (found.cases or found.results or found.not_shown), named
        assert not found.cases or sorted({one.case_id for one in found.cases}) == sorted(
            one.case_id for one in found.cases
        )


def test_a_case_more_or_a_value_changed_stops(jdm: Results) -> None:
    """The check of a trace can fail: it is made on the cases that are handed out."""
    from dataclasses import replace

    behind = numbers_behind(jdm.summary)["good response/0/mmt/change/mean"]
    assert behind.find is not None
    find = behind.find

    def wrong(*asked: object) -> list[TracedCase]:
        first, *others = find(*asked)  # type: ignore[arg-type]  # handed on as it comes
        assert first.value is not None
        return [replace(first, value=first.value + 1), *others]

    with pytest.raises(Disagreement) as stopped:
        trace_number(jdm.summary, jdm.chart, replace(behind, find=wrong))
    assert "P1" not in str(stopped.value)
    with pytest.raises(Disagreement):
        trace_number(jdm.summary, jdm.chart, replace(behind, find=lambda rows: list(find(rows))[1:]))


def drawn(study: Protocol, read: Chart) -> None:
    """Every number of a drawn study but most of its grid; levels, times, spells, strata, rates, grades and doses among them."""
    try:
        summary = analyse(study, read)
    except ChoiceNeeded:
        return
    behind = numbers_behind(summary)
    names = names_of_events(summary)
    assert {published(one, names).id for one in every_result(summary)} <= set(behind)
    grid = {
        f"{cell.answers.of_included.id.rpartition('/')[0]}/"
        for one in summary.outcomes.values()
        for cell in one.grid
        if cell.role == "grid"
    }
    for place, (named, one) in enumerate(behind.items()):
        if place % 13 == 0 or not any(named.startswith(cell) for cell in grid):
            found = trace_number(summary, read, one)
            assert found.cases or found.results or found.not_shown


def test_the_numbers_of_drawn_studies_are_made_by_their_cases() -> None:
    every_study(drawn, runs=1, studies_per_run=2, first=3)


@pytest.mark.long
def test_the_numbers_of_many_drawn_studies_are_made_by_their_cases() -> None:
    every_study(drawn, runs=6, studies_per_run=4, first=200)


def test_what_is_computed_from_other_numbers_names_them(jdm: Results) -> None:
    from caseseries.summary.behind_number import Behind

    found = trace_number(jdm.summary, jdm.chart, Behind(Result("x", "x", None), "two rates", results=("a", "b")))
    assert found.results == ("a", "b") and found.not_shown and not found.cases


def test_cases_that_were_only_counted_are_not_listed_and_that_is_said(project_root: Path) -> None:
    folder = project_root / "examples" / "jdm-mmf"
    with Study.load(folder / "protocol.yaml").run(folder / "chart.yaml", show=0) as results:
        found = results.trace("good response/0/of_included")
    assert found.cases == () and found.result.n == 6
    assert "holds none of them" in found.not_shown and "patients.parquet" in found.not_shown


def test_nobody_behind_a_number_is_said() -> None:
    assert "No case" in NOBODY


def test_a_trace_shows_no_patient_unasked(jdm: Results) -> None:
    found = jdm.trace("good response/0/of_included")
    shown = f"{found!r} {found.cases[0]!r} {found.cases[0].rows!r}"
    assert "6 of 8 cases" in shown and "P1" not in shown


def test_a_value_is_traced_to_its_cell(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["trace", "table1/baseline/mmt/median", *files, "--values"])
    shown = capsys.readouterr().out
    assert (
        "visits.csv, row 3, column mmt" in shown and "P1  a value" in shown and re.search(r"value +63.0 points", shown)
    )
    assert 0 == main(["trace", "table1/baseline/mmt/median", *files])
    shown = capsys.readouterr().out
    assert "Counted: 8 cases" in shown and "P1" not in shown and "visits.csv" not in shown


def test_a_trace_as_json(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["trace", "good response/0/of_included", *files, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["counted"], told["total"], told["cases"]) == (6, 8, None)
    assert told["parts"] == {"counted": 6, "in the total": 2, "not known": 0, "left out": 0}
    assert told["number"]["estimate"] == "0.75"
    assert 0 == main(["trace", "good response/0/mmt/change/mean", *files, "--json", "--values"])
    told = json.loads(capsys.readouterr().out)
    first = told["cases"][0]
    assert (first["case"], first["value"], first["values"][0]["place"]) == (
        "P1",
        "21",
        {"file": "visits.csv", "row": 3, "column": "mmt"},
    )


def test_all_ids_are_listed(files: list[str], capsys: Capture, jdm: Results) -> None:
    assert 0 == main(["trace", "--list", *files, "--json"])
    assert [one["id"] for one in json.loads(capsys.readouterr().out)["numbers"]] == list(jdm.numbers)
    assert 0 == main(["trace", "--list", *files])
    assert "table1/age/mean" in capsys.readouterr().out


def test_an_id_that_there_is_not_is_refused_with_those_near_it(jdm: Results, files: list[str], capsys: Capture) -> None:
    with pytest.raises(CaseSeriesError) as refused:
        jdm.trace("table1/age/medain")
    assert "table1/age/median" in str(refused.value) and "--list" in str(refused.value)
    assert 1 == main(["trace", "P6", *files])
    said = capsys.readouterr().err
    assert "There is no number of this id" in said and "P6" not in said
    assert 1 == main(["trace", "table1/age/mean", *files, "--list"])
    assert "an id was named too" in capsys.readouterr().err
    assert 1 == main(["trace"])
    assert "--list" in capsys.readouterr().err
