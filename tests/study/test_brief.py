"""Public objects show how much they hold, on one screen, and nothing of a patient."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import caseseries as cs
from caseseries.brief import LINES, Rows, on_screen
from caseseries.chart.tables import Finding
from caseseries.errors import Place, Problem
from caseseries.invent import write
from caseseries.stats.tally import Tally
from caseseries.study import Checked, Results


@pytest.fixture(scope="module")
def objects(project_root: Path) -> dict[str, Any]:
    folder = project_root / "examples" / "jdm-mmf"
    study = cs.Study.load(folder / "protocol.yaml")
    chart = study.read(folder / "chart.yaml")
    checked, results = study.check(chart), study.run(chart)
    return {
        "study": study, "protocol": study.protocol, "chart": chart, "checked": checked, "cohort": checked.cohort, "results": results,
        "summary": results.summary, "outcome": results.summary.outcomes, "responders": results.responders, "patients": results.patients,
        "explained": results.explain("P8"), "explanation": results.explain("P8")[0], "plan": results.summary.outcomes["good response"].plan,
        "safety": results.summary.safety, "changes": results.summary.outcomes["good response"].changes[0], "case": results.patients[0],
    }  # fmt: skip


NAMES = [
    "study", "protocol", "chart", "checked", "cohort", "results", "summary", "outcome", "responders", "patients", "explained", "explanation",
    "plan", "safety", "changes", "case",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_object_fits_a_screen_and_shows_no_patient(name: str, objects: dict[str, Any]) -> None:
    assert sorted(NAMES) == sorted(objects)
    for shown in (repr(objects[name]), str(objects[name])):
        assert len(shown) <= 2000
        assert shown.count("\n") < 25
        assert None is re.search(r"\bP[1-8]\b|20\d\d-\d\d-\d\d", shown)


def test_what_is_shown(objects: dict[str, Any]) -> None:
    assert "<Chart: 142 rows, 8 people, 243 measurements," in repr(objects["chart"])
    assert "eligible: 8 of 8" in repr(objects["checked"])
    assert "Good response: 6 of 8" in repr(objects["results"])
    assert "<Cohort: 8 cases>" == repr(objects["cohort"])
    assert "<8 rows of CaseRow>" == repr(objects["patients"])
    assert "<1 row of Explanation>" == repr(objects["explained"])
    assert objects["results"].summary.shown.rows == objects["patients"]


def test_a_chart_in_error_shows_no_cell(objects: dict[str, Any]) -> None:
    """Neither in the object that was checked, nor in what stops it, nor in a finding."""
    secret, chart = "cell-4711", objects["chart"]
    finding = Finding(
        "error", "number", "not a number", Place("visits.csv", row=3), secret, "mmt", secret, "a number", secret
    )
    checked = objects["study"].check(replace(chart, findings=(finding,) * 3))
    assert "the study cannot be run: The chart cannot be read as it is described: 3 mistakes. (3 to settle)" in repr(
        checked
    )
    assert "findings: 3 errors" in repr(checked)
    for shown in (checked, checked.stops, checked.stops.problems, checked.chart.findings, finding):
        assert secret not in repr(shown)
    assert secret in checked.stops.describe(values=True)


def test_of_many_tables_and_patients_it_fits_too(objects: dict[str, Any]) -> None:
    many = Tally({("rows", f"table {number}", "used", ""): 10**9 for number in range(200)})
    shown = repr(replace(objects["checked"], tally=many))
    assert shown.count("\n") < 25
    assert len(shown) <= 2000
    assert shown.endswith(" more lines)")
    long = replace(objects["summary"], outcomes={name * 400: one for name, one in objects["summary"].outcomes.items()})
    assert len(repr(replace(objects["results"], summary=long))) <= 2000
    assert "<100,000 rows of int>" == repr(Rows(range(100_000)))
    assert 2000 >= len(on_screen("x" * 10_000))
    assert LINES == len(on_screen("x\n" * 1000).splitlines())


def test_counted_objects(project_root: Path, tmp_path: Path) -> None:
    write(tmp_path / "cdm", patients=300)
    folder = project_root / "examples" / "omop-demo"
    study = cs.Study.load(folder / "protocol.yaml")
    omop = tmp_path / "omop.yaml"
    omop.write_text((folder / "omop.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    counted = study.check(omop, show=0)
    assert isinstance(counted, Checked)
    found = study.run(omop, show=0)
    assert isinstance(found, Results)
    for one in (
        counted,
        found,
        found.summary,
        found.summary.outcomes,
        found.summary.safety,
        found.tally,
        found.tally.counts,
    ):
        assert len(repr(one)) <= 2000
        assert repr(one).count("\n") < 25
    found.close()


def test_an_error_with_many_problems_is_one_line() -> None:
    many = cs.ChartError("It cannot be read.", [Problem("no number", found="4711", private=True)] * 1000)
    assert "<ChartError: It cannot be read. (1,000 problems)>" == repr(many)
    assert 1001 == len(str(many).splitlines())


def test_a_problem_shows_what_is_not_private() -> None:
    shown = repr(Problem("no number", Place("a.csv", row=2), "4711", "a number", private=True))
    assert "<Problem: a.csv, row 2: no number (allowed: a number)>" == shown
    assert "4711" in repr(Problem("no number", found="4711"))


def test_a_tally_shows_no_key() -> None:
    assert "4711" not in repr(Tally({("refused row", "measurement", 4711): 1}))


def test_only_public_names_are_listed() -> None:
    assert sorted(cs.__all__) == dir(cs)
