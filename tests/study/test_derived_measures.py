"""Derived measures from end to end: charts and databases, shown and counted, with their parts and cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries import Study
from caseseries.cli.main import main
from caseseries.form.fields import form
from caseseries.protocol.load import parse
from caseseries.source import read
from caseseries.study import Results
from caseseries.summary.explain import Explanation

PROTOCOL = """\
study: Joints
invented: yes
case: {index_date: {nominal_day: 0 days}, per: patient}
measures:
  tender: {quantity: tender joints, unit: joints, range: [0, 28], better: low}
  swollen: {quantity: swollen joints, unit: joints, range: [0, 28], better: low}
  joints: {sum: [tender, swollen], unit: joints, range: [0, 56], better: low, label: joints together}
  share: {ratio: [tender, joints], unit: x, better: low}
windows:
  baseline: {from: -30 days, to: 0 days, take: last}
  after: {from: 50 days, to: 120 days, target: 90 days, take: nearest, tie: earlier}
intercurrent: {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
  steroid raised above baseline: as observed, pulse: as observed}
outcomes:
  response: {at: after, good: yes, rule: {improves: joints, at_least: 50 % of baseline}}
"""
SHARE = "  lower share: {at: after, rule: {decrease: share, at_least: 0.1 x}}\n"
CHART = """\
source: .
dated: no
invented: yes
missing: {ND: not done}
tables:
  patients: {kind: patients, file: patients.csv, patient: id}
  visits:
    kind: visits
    file: visits.csv
    patient: id
    date: day
    measures: {tender: {column: t, unit: joints}, swollen: {column: s, unit: joints}}
"""
VISITS = """\
id,day,t,s
P1,0,10,8
P1,90,4,5
P2,0,12,8
P2,80,5,
P2,100,6,5
P3,0,9,7
P3,90,4,ND
P4,0,9,7
P4,90,<4,4
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "protocol.yaml").write_text(PROTOCOL + SHARE, encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(CHART, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text("id\nP1\nP2\nP3\nP4\n", encoding="utf-8")
    return tmp_path


def told(folder: Path, patient: str) -> Explanation:
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml").explain(patient)[0]


def test_the_parts_of_a_value_are_cited_with_their_cells(folder: Path) -> None:
    before, after = told(folder, "P1").rests_on
    assert ["tender 10 visits.csv 2 t", "swollen 8 visits.csv 2 s"] == [
        f"{one.measure} {one.value} {one.place.file} {one.place.row} {one.place.column}" for one in before.parts
    ]
    assert (9, 90, None, ()) == (after.quantity.value, after.quantity.day, after.quantity.record, after.incomplete)
    assert "joints together 18 → 9 joints, 50 % lower" in told(folder, "P1").sentence


def test_a_day_without_a_part_is_passed_over_with_its_reason(folder: Path) -> None:
    after = told(folder, "P2").rests_on[1]
    assert (11, 100) == (after.quantity.value, after.quantity.day)
    assert ((80, "swollen not recorded"),) == after.incomplete


def test_a_missing_part_is_named_in_the_sentence_and_on_the_screen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "joints together without a number (“swollen not recorded”)" in told(folder, "P3").sentence
    files = [str(folder / "protocol.yaml"), str(folder / "chart.yaml")]
    assert 0 == main(["explain", "P3", *files, "--values"])
    screen = " ".join(capsys.readouterr().out.split())
    assert (
        "tender 4 joints (visits.csv, row 8, column t); swollen without a number (visits.csv, row 8, column s)"
        in screen
    )
    assert "not computed: swollen not recorded on day 90" in screen
    assert 0 == main(["explain", "P2", *files, "--values", "--json"])
    shown = capsys.readouterr().out
    assert '"not_computed"' in shown and '"swollen not recorded"' in shown


def test_a_part_known_as_a_limit_makes_the_sum_one(folder: Path) -> None:
    found = told(folder, "P4")
    assert found.verdict is not None and found.verdict.truth is True  # at most half of 16
    assert ("<", 8) == (found.rests_on[1].quantity.bound, found.rests_on[1].quantity.limit)


def test_report_and_methods_say_what_is_computed(folder: Path) -> None:
    results = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")
    results.write(folder / "out")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert (
        "Joints together is the sum of tender and swollen; share is tender divided by joints together, computed of values of one day."
        in page
    )
    assert "derived measures are computed from them" in page
    table = (folder / "out" / "patients.csv").read_text(encoding="utf-8")
    assert "swollen not recorded" in table


@pytest.mark.parametrize("text", [PROTOCOL, PROTOCOL + SHARE], ids=["packed", "the general way"])
def test_a_chart_is_counted_as_it_is_shown(folder: Path, text: str) -> None:
    (folder / "protocol.yaml").write_text(text, encoding="utf-8")
    study = Study.load(folder / "protocol.yaml")
    shown, counted = study.run(folder / "chart.yaml"), study.run(folder / "chart.yaml", show=0)
    assert isinstance(counted, Results)
    assert shown.tally.counts == counted.tally.counts
    assert 2 == shown.tally.counts["answer", "response", 0, 0, "yes"]
    counted.close()


def test_the_form_has_columns_of_the_parts_alone() -> None:
    names = [field.name for sheet in form(parse(PROTOCOL).protocol).sheets for field in sheet.fields]
    assert {"tender [joints]", "swollen [joints]"} <= set(names)
    assert not any("joints together" in name or name.startswith("joints") for name in names)


def test_a_column_of_a_derived_measure_is_refused(folder: Path) -> None:
    described = CHART.replace("swollen: {column: s, unit: joints}", "swollen: {column: s, unit: joints}, joints: t")
    (folder / "chart.yaml").write_text(described, encoding="utf-8")
    chart = read(parse(PROTOCOL).protocol, folder / "chart.yaml")
    (found,) = (one for one in chart.findings if one.rule == "measure")
    assert "derived measure 'joints', which is computed from its parts" in found.message
    assert "columns of the parts: tender, swollen" == found.allowed
