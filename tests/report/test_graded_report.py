"""A study of graded measures from its files to its report: grades wherever a value is told, steps for changes, and no mean."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import jsonschema
import pytest

from caseseries import Study
from caseseries.cli.main import main
from caseseries.report.files.results_file import schema

PROTOCOL = """\
study: anterior chamber cells under adalimumab
invented: yes
case_finding: {sources: [register], consecutive: yes}
case: {index_date: {first_exposure: adalimumab, restart_after: 60 days}, per: patient}
include: [{value: right, in: baseline, at_least: "0.5+"}]
measures:
  right: {grades: ["0", "0.5+", "1+", "2+", "3+", "4+"], better: low, label: AC cells (right), words: {trace: 0.5+}}
windows:
  baseline: {from: -30 days, to: 0 days, take: last, same_day: not evaluable}
  end: {from: 152 days, to: 213 days, target: 183 days, take: nearest, tie: earlier, components: nearest each, same_day: not evaluable}
partial_dates: refuse
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  two-step improvement:
    at: end
    good: yes
    rule: {any: [{improves: right, at_least: 2 steps}, {value: right, at_most: 0}]}
reporting: {p_values: yes}
"""
CHART = """\
source: chart
invented: yes
dates: year-month-day
missing: {ND: not done}
tables:
  patients: {kind: patients, file: patients.csv, patient: patient, sex: sex}
  visits: {kind: visits, file: visits.csv, patient: patient, date: date, measures: {right: right}}
  drugs: {kind: drugs, file: drugs.csv, patient: patient, drug: drug, start: start, blank_stop: ongoing}
"""
#: Before and after; of the four with both values 0.5+, 2+, 3+, 3+ before and 0, 0, 1+, 2+ after.
GRADES = {
    "P1": ("2+", "0"),
    "P2": ("Trace", "0"),
    "P3": ("3+", "1+"),
    "P4": ("3+", "2+"),
    "P5": ("4+", "ND"),
    "P6": ("0", "0"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("graded")
    (where / "chart").mkdir()
    (where / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (where / "chart.yaml").write_text(CHART, encoding="utf-8")
    visits = "".join(
        f"{case},2015-01-01,{before}\n{case},2015-07-01,{after}\n" for case, (before, after) in GRADES.items()
    )
    (where / "chart" / "visits.csv").write_text(f"patient,date,right\n{visits}", encoding="utf-8")
    for name, rows in (("patients", "sex"), ("drugs", "drug,start")):
        cells = {"patients": "F", "drugs": "adalimumab,2015-01-01"}[name]
        lines = "".join(f"{case},{cells}\n" for case in GRADES)
        (where / "chart" / f"{name}.csv").write_text(f"patient,{rows}\n{lines}", encoding="utf-8")
    assert 0 == main(
        ["run", str(where / "protocol.yaml"), str(where / "chart.yaml"), "--out", str(where / "out"), "-q"]
    )
    return where


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema())
    return found


def told(results: dict[str, object], part: str) -> dict[str, object]:
    (found,) = (one for one in results["results"] if one["id"].endswith(f"/right/{part}"))  # type: ignore[attr-defined]
    return {key: found[key] for key in ("estimate", "lower", "upper", "unit", "words") if key in found}


def test_a_median_between_two_grades_is_told_as_that_and_no_grade_is_invented(results: dict[str, object]) -> None:
    place = "place of the grade, from 0"
    assert {"estimate": None, "lower": "3", "upper": "4", "unit": place, "words": "between 2+ and 3+"} == told(
        results, "before/median"
    )
    # 0 and 1+ in the middle: 0.5+, which lies between them, is what nobody has
    assert {"estimate": None, "lower": "0", "upper": "2", "unit": place, "words": "between 0 and 1+"} == told(
        results, "after/median"
    )
    assert {"estimate": "4", "lower": None, "upper": None, "unit": place, "words": "3+"} == told(
        results, "before/upper_quartile"
    )
    assert {"estimate": "1", "lower": None, "upper": None, "unit": place, "words": "0.5+"} == told(
        results, "before/minimum"
    )
    assert {"estimate": None, "lower": "-2", "upper": "-1", "unit": "steps", "words": "between −2 and −1"} == told(
        results, "change/median"
    )


def test_there_is_no_mean_and_no_test_of_distances(results: dict[str, object]) -> None:
    told = [one["id"] for one in results["results"]]  # type: ignore[attr-defined]
    ids = [one.rpartition("/right/")[2] for one in told if "/right/" in one and not one.startswith("table1/")]
    assert not [one for one in told if one.startswith("table1/") and one.endswith("/right/mean")]
    parts = [
        f"{when}/{part}"
        for when in ("before", "after", "change")
        for part in ("median", "lower_quartile", "upper_quartile", "minimum", "maximum")
    ]
    assert [*parts, "change/sign"] == ids
    assert all(not one["means"] for one in results["cases"]["mean_changes"])  # type: ignore[index]


def test_the_report_tells_grades(folder: Path) -> None:
    with (
        folder
        / "out"
        / "tables"
        / next(name.name for name in (folder / "out" / "tables").iterdir() if "change" in name.name)
    ).open(encoding="utf-8") as text:
        rows = [
            [row["Measure"], row["n"], row["Mean (SD)"], row["Median (IQR)"], row["Range"]]
            for row in csv.DictReader(text)
        ]
    assert [
        ["Baseline", "4", "–", "between 2+ and 3+ (between 0.5+ and 2+, 3+)", "0.5+ to 3+"],
        ["End", "4", "–", "between 0 and 1+ (0, between 1+ and 2+)", "0 to 2+"],
        ["Change, steps", "4", "–", "between −2 and −1 (between −3 and −2, −1)", "−3 to −1"],
    ] == rows
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    for words in (
        "AC cells (right) (graded 0, 0.5+, 1+, 2+, 3+, 4+)",
        "a value of AC cells (right) of at least 0.5+ in the window baseline",
        "an improvement of at least 2 steps in AC cells (right) or AC cells (right) at most 0",
        "AC cells (right): a median between 2+ and 3+ at baseline and between 0 and 1+ at end",
        "median change between −2 and −1 steps (range −3 to −1;",
        "of the cases with both values at baseline 0.5+ in 1, 2+ in 1, 3+ in 2; at end 0 in 2, 1+ in 1, 2+ in 1",
        "needed: at least 2 steps",
        "P2 0.5+ to 0 (responder)",
        "P3, responder: −2 steps",
    ):
        assert words in page, words
    axis = re.search(r"<svg.*?Values before and after.*?</svg>", page, flags=re.DOTALL)
    assert axis is not None
    assert {"0", "0.5+", "1+", "2+", "3+", "4+"} <= set(re.findall(r"<text[^>]*>([^<]*)</text>", axis[0]))


def test_the_files_of_cases_tell_grades(folder: Path) -> None:
    with (folder / "out" / "patients.csv").open(encoding="utf-8") as text:
        rows = {row["case"]: row for row in csv.DictReader(text)}
    assert [("0.5+", "0"), ("4+", "")] == [
        (rows[case]["right at baseline"], rows[case]["right at end"]) for case in ("P2", "P5")
    ]
    assert ("excluded", "") == (rows["P6"]["status"], rows["P6"]["right at baseline"])
    assert "AC cells (right) without a grade (“not done”)" in rows["P5"]["sentence"]
    sentence = "AC cells (right) 0 (at most 0 needed). An improvement of at least 2 steps in AC cells (right) would not have sufficed"
    assert sentence in rows["P2"]["sentence"]


def test_explain_tells_grades(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / "protocol.yaml"), str(folder / "chart.yaml")]
    assert 0 == main(["explain", "P4", *files, "--values"])
    out = capsys.readouterr().out
    assert "✗ improvement of at least 2 steps in AC cells (right): 3+ → 2+, −1 step (day 0 → day 181)" in out
    assert "✗ AC cells (right) at most 0: 2+ (day 181)" in out
    assert re.search(r"right at end +2\+ +day 181", out)
    assert 0 == main(["explain", "P4", *files, "--values", "--json"])
    (found,) = json.loads(capsys.readouterr().out)["explained"]
    assert ["3+", "2+"] == [one["value"] for one in found["values"]]


def test_the_tables_for_programs_hold_the_grade_beside_its_place(folder: Path) -> None:
    study = Study.load(folder / "protocol.yaml")
    found = study.run(study.read(folder / "chart.yaml"))
    rows = [row for row in found.table("chosen") if row["case_id"] == "P3"]
    assert [(4.0, "3+"), (2.0, "1+")] == [(row["value"], row["grade"]) for row in rows]
    (verdict,) = (row for row in found.table("verdicts") if row["case_id"] == "P3")
    assert ("3+", "1+") == (verdict["right at baseline"], verdict["right at end"])
    assert {(4.0, "3+"), (2.0, "1+")} == {
        (row["value"], row["grade"]) for row in found.table("values") if row["case_id"] == "P3"
    }
