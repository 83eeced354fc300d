"""The abstract tells the dose of the study drug that an outcome describes, per kg of the weight that the protocol names."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from tests.summary.counting import counted

from caseseries.chart.tables import Chart
from caseseries.report.exhibits.abstract import abstract
from caseseries.report.exhibits.printed_blocks import Block, Paragraph
from caseseries.report.exhibits.value_at import values_at_table
from caseseries.study import Results, Study
from caseseries.summary.model import Summary

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"
MEASURES = """  mmf:
    daily_dose: mycophenolate mofetil
    as: mg/kg/day
    source: courses
    outside_courses: zero
    weight: weight
    weight_within: 30 days
  mmf mg: {daily_dose: mycophenolate mofetil, as: mg/day, source: courses, outside_courses: zero}
"""
RAISED = "  steroid raised above baseline: "


def read(folder: Path, outcomes: str, *, without_weight: str = "") -> tuple[Study, Chart]:
    """The example with doses of the study drug; of the patient `without_weight` none was written."""
    shutil.copytree(EXAMPLE, folder / "study")
    file = folder / "study" / "protocol.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("  ck: {instrument", f"{MEASURES}  ck: {{instrument"),
        (f"{RAISED}non-responder", f"{RAISED}{{dose: steroid, verdict: non-responder}}"),
        ("\nsafety:\n", f"\n{outcomes}\nsafety:\n"),
        ("  dose: [prednisone mg/kg/day]\n", ""),
    ):
        assert 1 == text.count(old)
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    if without_weight:
        visits = folder / "study" / "chart" / "visits.csv"
        header, *lines = visits.read_text(encoding="utf-8").splitlines()
        at = header.split(",").index("weight_kg")
        for place, line in enumerate(lines):
            cells = line.split(",")
            if cells[0] == without_weight:
                lines[place] = ",".join([*cells[:at], "", *cells[at + 1 :]])
        visits.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    study = Study.load(file)
    return study, study.read(file.with_name("chart.yaml"))


def ran(folder: Path, outcomes: str, *, without_weight: str = "") -> Results:
    study, chart = read(folder, outcomes, without_weight=without_weight)
    return study.run(chart)


def told(summary: Summary, label: str) -> str:
    blocks: tuple[Block, ...] = abstract(summary)
    return next(one.text for one in blocks if isinstance(one, Paragraph) and one.label == label)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A dose in mg described before one per kg."""
    outcomes = "  in mg: {describe: mmf mg, at: month 3}\n  per kg: {describe: mmf, at: month 3}\n"
    return ran(tmp_path_factory.mktemp("both"), outcomes)


def test_it_is_the_dose_by_weight_of_the_chart(both: Results) -> None:
    """P1 took 500 mg twice a day, and weighed 27.9 kg on day 91; the median lies between the fourth and the fifth of eight."""
    (mg, kg) = both.summary.values_at
    assert Fraction(1000) / Fraction("27.9") in [value for value, _ in kg.all.values.counts()]
    median = kg.all.results["median"].estimate
    assert median is not None and f"{float(median):.1f}" == "36.3"
    assert (8, 8, "mg/day") == (mg.all.n, kg.all.n, both.summary.measures["mmf mg"].unit)
    asked = "received mycophenolate mofetil (median 36.3 mg/kg/day, range 33.3–39.3, at month 3, on day 91)."
    assert asked in told(both.summary, "Patients")


def test_it_is_told_once_and_the_other_stays_an_outcome(both: Results) -> None:
    response = told(both.summary, "Response")
    assert "mg/kg/day" not in response and "The daily dose (mg/day), at month 3" in response
    table = values_at_table(both.summary)
    assert table is not None and 2 == sum(row.across for row in table.rows)


def test_its_number_can_be_traced(both: Results) -> None:
    median = both.summary.values_at[1].all.results["median"]
    traced = both.trace(median.id)
    assert median.estimate == traced.result.estimate and {f"P{n}" for n in range(1, 9)} == {
        one.case_id for one in traced.cases
    }


def test_a_patient_without_weight_is_not_known_and_no_zero(tmp_path: Path) -> None:
    summary = ran(tmp_path, "  per kg: {describe: mmf, at: month 3}\n", without_weight="P1").summary
    (found,) = summary.values_at
    assert (7, 8) == (found.all.n, found.all.total)
    assert "on day 91, known of 7 of 8)." in told(summary, "Patients")


@pytest.mark.parametrize("without_weight", ["", "P1"])
def test_counted_cases_are_told_in_the_same_words(tmp_path: Path, without_weight: str) -> None:
    study, chart = read(tmp_path, "  per kg: {describe: mmf, at: month 3}\n", without_weight=without_weight)
    many = counted(study.protocol, chart)
    assert many.cases is None and "mg/kg/day" in told(many, "Patients")
    assert told(study.run(chart).summary, "Patients") == told(many, "Patients")


@pytest.mark.parametrize(
    "outcome",
    ["per kg: {describe: mmf, at: baseline}", "steroid dose: {describe: steroid, at: month 3}"],
    ids=["before anybody has begun it", "of another drug"],
)
def test_no_other_dose_is_taken_for_it(tmp_path: Path, outcome: str) -> None:
    summary = ran(tmp_path, f"  {outcome}\n").summary
    assert "received mycophenolate mofetil. " in told(summary, "Patients")
    assert "The daily dose" in told(summary, "Response")
