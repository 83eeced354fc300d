"""Two classic tables of R packages read as studies, from the file to the summary: the numbers are those of base R."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.published.as_r import same_as_r

from caseseries.study import Results, Study
from caseseries.summary.model import ChangeSummary

REFERENCE = Path("r-classics") / "reference-r.json"

INTERCURRENT = """intercurrent: {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
  steroid raised above baseline: as observed, pulse: as observed}
case_finding: {sources: [a published trial], consecutive: no}
case: {index_date: {nominal_day: 0 days}, per: patient}
reporting: {p_values: yes}
"""
POLYPS = (
    "study: Sulindac in familial adenomatous polyposis\n"
    + INTERCURRENT
    + """
measures:
  polyps: {quantity: number of polyps, unit: polyps, better: low}
windows:
  baseline: {from: 0 days, to: 0 days, take: last}
  month 3: {from: 3 months, to: 3 months, take: last}
  month 12: {from: 12 months, to: 12 months, take: last}
outcomes:
  halved: {at: month 12, good: yes, rule: {decrease: polyps, at_least: 50 % of baseline}}
  number3m: {change: polyps, at: month 3}
  number12m: {change: polyps, at: month 12}
"""
)
POLYPS_CHART = """source: .
dated: no
missing: {}
tables:
  patients: {kind: patients, file: arm.csv, patient: participant_id, sex: sex, age: age, ignore: [treatment]}
  counts:
    kind: side by side
    file: arm.csv
    patient: participant_id
    visits:
      before: {date: {nominal_day: 0 days}, measures: {polyps: baseline}}
      month 3: {date: {nominal_day: 3 months}, measures: {polyps: number3m}}
      month 12: {date: {nominal_day: 12 months}, measures: {polyps: number12m}}
"""
ARTHRITIS = (
    "study: Auranofin in rheumatoid arthritis\n"
    + INTERCURRENT
    + """
measures:
  self-assessment: {quantity: self-assessment, unit: points, range: [1, 5], better: high}
windows:
  baseline: {from: 0 days, to: 0 days, take: last}
  month 5: {from: 5 months, to: 5 months, take: last}
outcomes:
  better: {at: month 5, good: yes, rule: {gain: self-assessment, at_least: 1 point}}
  month5: {change: self-assessment, at: month 5}
"""
)
ARTHRITIS_CHART = """source: .
dated: no
missing: {NA: not recorded}
tables:
  patients:
    {kind: patients, file: arm.csv, patient: id, sex: {column: sex, words: {"1": female, "2": male}}, age: age, ignore: [trt]}
  before:
    kind: side by side
    file: arm.csv
    patient: id
    visits: {before: {date: {nominal_day: 0 days}, measures: {self-assessment: baseline}}}
  visits:
    kind: visits
    file: arm.csv
    patient: id
    date: {column: time, days: {"1": 1 month, "3": 3 months, "5": 5 months}}
    measures: {self-assessment: y}
"""


def run(folder: Path, protocol: str, chart: str, table: Path, arm: tuple[str, str]) -> Results:
    """The study on the rows of one arm."""
    column, treatment = arm
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[column] == treatment]
    with (folder / "arm.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "protocol.yaml").write_text(protocol, encoding="utf-8")
    (folder / "chart.yaml").write_text(chart, encoding="utf-8")
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


def of_outcome(found: Results, outcome: str) -> ChangeSummary:
    (change,) = [one for one in found.summary.change_outcomes if one.outcome == outcome]
    return change


@pytest.mark.parametrize("arm", ["sulindac", "placebo"])
def test_polyps_under_sulindac_and_placebo(arm: str, tmp_path: Path, shared_data: Path) -> None:
    """Giardiello 1993, the table beside each other, with empty cells at month 12."""
    found = run(
        tmp_path, POLYPS, POLYPS_CHART, shared_data / "r-classics" / "polyps_medicaldata.csv", ("treatment", arm)
    )
    for outcome in ("number3m", "number12m"):
        same_as_r(of_outcome(found, outcome), shared_data / REFERENCE, f"polyps_{arm}_{outcome}")
    responders = found.summary.outcomes["halved"].responders[0]
    assert 11 == responders.of_included.total
    assert {"sulindac": 2, "placebo": 0}[arm] == responders.not_evaluable


@pytest.mark.parametrize("arm", ["1", "2"])
def test_arthritis_under_auranofin_and_placebo(arm: str, tmp_path: Path, shared_data: Path) -> None:
    """Three rows a patient, each with the value at baseline beside it, and missing answers."""
    table = shared_data / "r-classics" / "ra_auranofin_multgee.csv"
    found = run(tmp_path, ARTHRITIS, ARTHRITIS_CHART, table, ("trt", arm))
    same_as_r(of_outcome(found, "month5"), shared_data / REFERENCE, f"ra_auranofin_trt{arm}_month5")
    better = found.summary.outcomes["better"].responders[0]
    assert {"1": (65, 82), "2": (77, 69)}[arm] == (better.yes, better.no)  # R's counts up, and down or the same
