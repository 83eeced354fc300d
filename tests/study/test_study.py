"""The study object: one line from protocol and chart to results, the same whichever way it is made."""

from __future__ import annotations

import builtins
import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

import caseseries as cs
from caseseries.chart.tables import Chart
from caseseries.protocol.load import parse
from caseseries.stats.tally import Tally
from caseseries.study import Results, Study
from caseseries.summary.compare import compare
from caseseries.summary.frames import TABLES

EXPECTED = {"P1": True, "P2": True, "P3": True, "P4": True, "P5": True, "P6": True, "P7": False, "P8": False}


@pytest.fixture(scope="module")
def example(project_root: Path) -> Path:
    return project_root / "examples" / "jdm-mmf"


@pytest.fixture(scope="module")
def study(example: Path) -> Study:
    return Study.load(example / "protocol.yaml")


@pytest.fixture(scope="module")
def chart(study: Study, example: Path) -> Chart:
    return study.read(example / "chart.yaml")


@pytest.fixture(scope="module")
def results(study: Study, chart: Chart) -> Results:
    return study.run(chart)


def test_the_public_names_are_there() -> None:
    assert [] == [name for name in cs.__all__ if getattr(cs, name, None) is None]
    assert set(cs.__all__) <= set(dir(cs))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Studdy'"):
        cs.Studdy  # noqa: B018 - to name it is what is tested


def test_importing_the_package_is_light() -> None:
    code = "import sys, caseseries; print(len([name for name in sys.modules if name.startswith('caseseries')]))"
    assert "1" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


def test_the_example_gives_the_published_totals(results: Results) -> None:
    verdicts = results.summary.shown.outcomes["good response"].verdicts[0]
    assert EXPECTED == {verdict.case_id: verdict.truth for verdict in verdicts}
    changes = {change.measure: change for change in results.summary.outcomes["good response"].changes}
    assert Fraction(85, 8) == changes["mmt"].change["mean"].estimate
    assert Fraction(7) == changes["cmas"].change["mean"].estimate


def test_readings_stand_beside_the_rule_as_written(results: Results) -> None:
    counted = [(one.reading, one.yes) for one in results.responders["good response"]]
    assert [
        ("as written", 6),
        ("scores and dose both needed", 3),
        ("dose alone suffices", 7),
        ("judgement not asked", 8),
    ] == counted


def test_a_protocol_made_in_python_gives_the_same(study: Study, chart: Chart, results: Results) -> None:
    made = Study(study.protocol)
    assert study.fingerprint == made.fingerprint
    assert results.summary.outcomes == made.run(chart).summary.outcomes


def test_a_protocol_made_in_python_is_cross_checked(study: Study) -> None:
    windows = {name: window for name, window in study.protocol.windows.items() if name != "month 3"}
    with pytest.raises(cs.ProtocolError, match="month 3"):
        Study(study.protocol.model_copy(update={"windows": windows}))


def test_threads_change_nothing(study: Study, chart: Chart, results: Results) -> None:
    assert results.summary == study.run(chart, threads=1, memory_limit="200MB").summary


def test_progress_names_the_stages(study: Study, chart: Chart) -> None:
    told: list[str] = []
    study.run(chart, progress=lambda stage, rows=None: told.append(stage))
    assert ["reading the chart", "selecting the cohort of 8 patients", "assessing good response"] == told[:3]
    assert "comparing 8 patients with the reference" == told[-1]


def test_check_says_who_is_eligible_and_nothing_of_outcomes(study: Study, example: Path) -> None:
    checked = study.check(example / "chart.yaml")
    assert checked.cohort is not None and checked.stops is None
    assert list(EXPECTED) == [case.case_id for case in checked.cohort.included]
    assert {"protocol", "chart", "cohort", "stops", "tally"} == set(checked.__slots__)


def test_check_lists_the_choices_that_the_data_raise(study: Study, chart: Chart) -> None:
    protocol = study.protocol
    course = next(
        one for one in chart.courses if one.patient == "P1" and one.drug == "mycophenolate mofetil" and one.end
    )
    assert course.end is not None
    gap = replace(
        chart, courses=tuple(one for one in chart.courses if one.drug != course.drug or one.record <= course.record)
    )
    index = protocol.case.index_date.model_copy(update={"restart_after": None})
    undeclared = Study(protocol.model_copy(update={"case": protocol.case.model_copy(update={"index_date": index})}))
    again = replace(course, record=10_000, start=course.end + 30, end=None)
    checked = undeclared.check(replace(gap, courses=(*gap.courses, again)))
    assert isinstance(checked.stops, cs.ChoiceNeeded)
    assert checked.cohort is None
    assert ["P1"] == [problem.found for problem in checked.stops.problems]
    assert "P1" not in str(checked.stops)


def test_explain_tells_the_sentence_the_rule_and_the_cells(results: Results) -> None:
    (told,) = results.explain("P6")
    assert told.sentence == (
        "Good response at day 84: physician judged improved; prednisone 30 → 24 mg/day, 20 % lower (more than 15 % "
        "needed). Scores alone would not have sufficed: MMT +0, CMAS +3."
    )
    assert told.trace[0].startswith("✓")
    baseline = next(
        one for one in told.rests_on if (one.quantity.slot.measure, one.quantity.slot.window) == ("mmt", "baseline")
    )
    assert ("visits.csv", "mmt") == (baseline.place.file, baseline.place.column)
    assert [(72, -19, "not the last")] == [(one.value, one.day, one.why) for one in baseline.passed]


def test_explain_another_reading(results: Results) -> None:
    (as_written,), (other,) = results.explain("P8"), results.explain("P8", reading="dose alone suffices")
    assert as_written.verdict is not None and other.verdict is not None
    assert (False, True) == (as_written.verdict.truth, other.verdict.truth)


def test_explain_someone_who_was_not_included(study: Study, chart: Chart) -> None:
    protocol = study.protocol.model_copy(update={"include": (), "exclude": _named("P3")})
    (told,) = Study(protocol).run(chart).explain("P3")
    assert (None, "Not included: Listed patients: transferred (a criterion of `exclude` that is met).") == (
        told.verdict,
        told.sentence,
    )


def _named(patient: str) -> tuple[Any, ...]:
    from caseseries.protocol.eligibility import Patients

    return (Patients(patients=(patient,), reason="transferred"),)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"patient": "P99"}, cs.ChartError, "nobody of that id"),
        ({"patient": "P1", "outcome": "cure"}, cs.CaseSeriesError, "There are: good response"),
        ({"patient": "P1", "reading": "lenient"}, cs.CaseSeriesError, "as written, scores and dose both needed"),
    ],
)
def test_explain_what_is_not_there(
    asked: dict[str, str], error: type[cs.CaseSeriesError], said: str, results: Results
) -> None:
    with pytest.raises(error, match=re.escape(said)) as caught:
        results.explain(**asked)
    assert "P99" not in str(caught.value)


def test_a_different_verdict_stops_explain_and_run(results: Results) -> None:
    summary = results.summary
    outcome = summary.shown.outcomes["good response"]
    first, *others = outcome.verdicts[0]
    forged = replace(outcome, verdicts={**outcome.verdicts, 0: (replace(first, truth=False), *others)})
    cases = replace(summary.shown, outcomes={"good response": forged})
    wrong = replace(results, summary=replace(summary, cases=cases))
    with pytest.raises(cs.Disagreement):
        wrong.explain("P1")
    with pytest.raises(cs.Disagreement, match=r"verdicts on 'good response', as written: 1 of 8") as caught:
        compare(results.protocol, results.chart, cases, results.tally)
    assert "P1" not in str(caught.value)


def test_a_forgotten_count_stops_the_run(results: Results) -> None:
    for key in (
        ("value", "good response", "mmt", "change", 0),
        ("answer", "good response", 0, 2008, "yes"),
        ("age", 8),
    ):
        near = next(one for one in results.tally.counts if one[: len(key) - 1] == key[:-1])
        less = Tally({one: n - (one == near) for one, n in results.tally.counts.items()})
        with pytest.raises(cs.Disagreement, match=f"counts of '{key[0]}': 1"):
            compare(results.protocol, results.chart, results.summary.shown, less)


def test_a_forgotten_or_a_strange_case_stops_the_run(results: Results) -> None:
    cases = results.summary.shown.rows
    for forged in (
        cases[1:],
        (*cases, replace(cases[0], case_id="P0")),
        (replace(cases[0], observed_days=1), *cases[1:]),
    ):
        with pytest.raises(cs.Disagreement, match="who is a case: 1 of"):
            compare(results.protocol, results.chart, replace(results.summary.shown, rows=forged), results.tally)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_becomes_a_data_frame(name: str, results: Results) -> None:
    rows = results.table(name)
    assert len(rows) == len(results.to_pandas(name)) == len(results.to_polars(name))


def test_the_table_of_verdicts(results: Results) -> None:
    frame = results.to_pandas()
    told = frame[frame.reading == "as written"].set_index("case_id")
    assert {case: "yes" if yes else "no" for case, yes in EXPECTED.items()} == told.verdict.to_dict()
    assert 41.5 == told.loc["P8", "steroid at month 3"]


def test_an_unknown_table_is_named_with_those_there_are(results: Results) -> None:
    with pytest.raises(cs.CaseSeriesError, match="There are: cases, verdicts"):
        results.table("verdict")


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_without_a_data_frame_package_it_is_said(
    package: str, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(cs.CaseSeriesError, match=rf"caseseries\[{package}\]"):
        getattr(results, f"to_{package}")()


def test_cases_of_larger_charts_are_counted_and_every_number_is_the_same(
    study: Study, chart: Chart, results: Results, tmp_path: Path
) -> None:
    with study.run(chart, show=7) as counted:
        assert counted.cases is None and counted.chart is None
        for name in set(results.summary.__dataclass_fields__) - {"cases"}:
            assert getattr(results.summary, name) == getattr(counted.summary, name), name
        with pytest.raises(cs.CaseSeriesError, match="counted its cases"):
            counted.explain("P1")
        with pytest.raises(cs.CaseSeriesError, match="counted its cases"):
            counted.to_pandas("verdicts")
        assert counted.table("responders") == results.table("responders")
        out = counted.write(tmp_path / "out")
    names = {path.name for path in out.iterdir()}
    assert "patients.parquet" in names and "patients.csv" not in names
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT patient FROM '{out / 'patients.parquet'}'").fetchall()
    assert [(case.patient,) for case in results.patients] == rows
    told = [
        json.loads((one.write(tmp_path / name) if one is results else out).joinpath("results.json").read_text())
        for name, one in (("shown", results), ("counted", counted))
    ]
    assert told[0].pop("cases") and told[1].pop("cases") is None
    assert told[0] == told[1]


def test_the_study_of_the_readme(project_root: Path, example: Path) -> None:
    readme = (project_root / "README.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    loaded = parse(written, file="README.md")
    run = Study(loaded.protocol).run(example / "chart.yaml")
    assert (6, 8) == (run.responders["good response"][0].yes, run.summary.included)


def test_a_notebook_shows_the_headline(results: Results) -> None:
    shown = results._repr_html_()
    assert "6 of 8" in shown
    assert "<script" not in shown
    assert None is re.search(r"\bP[1-8]\b", shown)
    assert 2 <= shown.count("<table") and "Patients." in shown


def test_type_checkers_are_told_the_same_names(project_root: Path) -> None:
    stub = (project_root / "src" / "caseseries" / "__init__.pyi").read_text(encoding="utf-8")
    told = {name: home for home, name in re.findall(r"from (\S+) import \w+ as (\w+)", stub)}
    assert cs._HOMES == told
