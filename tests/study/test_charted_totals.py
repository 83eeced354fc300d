"""A total that the chart holds beside its items: compared day by day, each difference a finding with its cell, shown and counted."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.study.test_derived_measures import PROTOCOL as JOINTS

from caseseries import Study
from caseseries.chart.store import MILLIONTH
from caseseries.engine import connect
from caseseries.reference import expected_findings
from caseseries.report.exhibits.methods import methods
from caseseries.source import read
from caseseries.study import charted_totals

PROTOCOL = JOINTS.split("measures:\n")[0] + """\
measures:
  muscle: {quantity: muscle, unit: points, range: [0, 11], better: low}
  skin: {quantity: skin, unit: points, range: [0, 9], better: low}
  charted: {instrument: DAS, label: DAS as charted}
  das: {items: DAS, of: {muscle: muscle, skin: skin}, charted: charted, label: DAS}
windows:""" + JOINTS.split("windows:")[1].replace("improves: joints", "improves: das")  # fmt: skip
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
    measures: {muscle: {column: m}, skin: {column: s}, charted: {column: total}}
"""
#: P1: as computed; P2: another total on one of two days; P3: no total where an item is missing, nothing to compare; P4: a limit, and a code;
#: P5: one of two values on one day is right; P6: never a case, its cell is wrong all the same.
VISITS = """\
id,day,m,s,total
P1,0,10,8,18
P1,90,4,5,9
P2,0,10,8,17
P2,90,4,5,9
P3,0,10,8,18
P3,90,4,ND,12
P4,0,10,8,<18
P4,90,4,5,ND
P5,0,10,8,18
P5,90,4,5,9
P5,90,4,5,9
P6,400,4,5,10
"""


@pytest.mark.parametrize(("computed", "charted", "same"), [
    ("5/8", "0.63", True), ("5/8", "0.62", True), ("5/8", "0.625", True), ("5/8", "0.6", True), ("5/8", "0.64", False), ("5/8", "0.5", False),
    ("4/7", "0.57", True), ("4/7", "0.5714", True), ("4/7", "0.5715", False), ("9/8", "1", False), ("1", "1", True), ("1.04", "1", False),
    ("0.55", "0.6", True), ("0.65", "0.6", True), ("0.66", "0.6", False),
])  # fmt: skip
def test_a_charted_total_may_be_rounded_to_the_decimals_that_it_has(computed: str, charted: str, same: bool) -> None:
    """By the reference, and by the statement of the engine on the same two numbers."""
    one, other = Fraction(computed), Fraction(charted)
    assert same == expected_findings._is_one_of(other, {one})
    den = one.denominator
    near = f"abs({one.numerator * MILLIONTH} - c.value * {den}) <= {charted_totals._ROUNDED} * {den}"
    query = f"SELECT {near} FROM (SELECT {int(other * MILLIONTH)} AS value) AS c"
    assert [(same,)] == connect().rows(query)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(CHART, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text("id\nP1\nP2\nP3\nP4\nP5\nP6\n", encoding="utf-8")
    return tmp_path


def test_a_total_that_differs_is_a_finding_with_its_cell(folder: Path) -> None:
    found = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")
    told = [one for one in found.summary.shown.findings if one.rule == "charted total"]
    assert [
        ("P2", "visits.csv", 4, "total", "17", "computed: 18"),
        ("P6", "visits.csv", 13, "total", "10", "computed: 9"),
    ] == [(one.patient, one.place.file, one.place.row, one.place.column, one.value, one.because) for one in told]
    assert {"charted: on some day not das, which is computed from the items of that day"} == {
        one.message for one in told
    }
    assert ["warning", "warning"] == [one.severity for one in told]
    verdicts = found.summary.shown.outcomes["response"].verdicts[0]
    assert {18} == {
        one.quantities[0].value for one in verdicts if one.case_id == "P2" for one in [one]
    }  # the computed one is used
    said = " ".join(block.text for block in methods(found.summary))
    assert (
        "DAS as charted is compared with DAS where both stand on one day; 2 values differ, and the computed one is used."
        in said
    )


def test_counted_and_checked_they_are_as_many(folder: Path) -> None:
    study = Study.load(folder / "protocol.yaml")
    shown, counted = study.run(folder / "chart.yaml"), study.run(folder / "chart.yaml", show=0)
    of = [{key: n for key, n in one.tally.section("finding") if key[1] == "charted total"} for one in (shown, counted)]
    assert of[0] == of[1] and [2] == list(of[0].values())
    counted.close()
    checked = [study.check(folder / "chart.yaml", show=show) for show in (2000, 0)]
    for one in checked:
        assert 2 == one.tally.total("finding", "warning", "charted total")
        assert one.chart is not None and "charted total" in {finding.rule for finding in one.chart.findings}


def test_where_none_differs_that_is_said(folder: Path) -> None:
    (folder / "visits.csv").write_text(VISITS.replace(",17", ",18").replace("P6,400,4,5,10\n", ""), encoding="utf-8")
    study = Study.load(folder / "protocol.yaml")
    said = " ".join(
        block.text for block in methods(analyse(study.protocol, read(study.protocol, folder / "chart.yaml")))
    )
    assert (
        "DAS as charted is compared with DAS where both stand on one day; no day on which they differ was found."
        in said
    )


def test_a_day_that_is_not_known_is_not_compared() -> None:
    made = protocol(
        f"measures:{PROTOCOL.split('measures:')[1].split('windows:')[0]}\n"
        "outcomes: {response: {at: after, rule: {improves: das, at_least: 1 point}}}\npartial_dates: bounds\n"
    )
    found = analyse(made, chart("1 | muscle | 0~20@10:4\n1 | skin | 0~20@10:5\n1 | charted | 0~20@10:10", made))
    assert "charted total" not in {one.rule for one in found.findings}
