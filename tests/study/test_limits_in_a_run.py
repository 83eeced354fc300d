"""A chart with limits of normal and a nadir, from the files to the sentence, the cited cells and the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from caseseries.protocol.load import parse
from caseseries.study import Results, Study

PROTOCOL = """
study: a small study
invented: yes
authors_knew: nothing
case: {index_date: {first_exposure: adalimumab, restart_after: 60 days}, per: patient}
measures:
  ck: {instrument: CK, limits: [{sex: female, upper: 150, source: the handbook}, {sex: male, upper: 190}]}
  sum: {quantity: sum of diameters, unit: mm, better: low, range: [0, 500]}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: worst}
  after: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: worst}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  normal: {at: after, good: yes, rule: {value: ck, at_most: 1 x ULN}}
  progression: {at: after, good: no, rule: {rises: sum, from: nadir, at_least: 20 % of nadir}}
robustness: {windows: {after: [{from: 120 days, to: 240 days}]}, take: {after: [last]}, missing: [not met]}
"""
FILES = {
    "patients.csv": "id,sex\nA,female\nB,male\nC,female\n",
    "drugs.csv": "id,drug,start,stop\nA,adalimumab,2020-01-01,\nB,adalimumab,2020-01-01,\nC,adalimumab,2020-01-01,\n",
    "visits.csv": """id,date,ck,ck low,ck high,sum
A,2019-12-20,400,30,200,100
A,2020-03-01,300,30,200,40
A,2020-06-28,210,30,205,50
B,2019-12-20,400,30,200,100
B,2020-06-28,185,,,80
C,2019-12-20,400,30,200,
C,2020-06-28,140,30,150,70
""",
}
CHART = {
    "source": "data",
    "dates": "year-month-day",
    "invented": "yes",
    "history": "complete",
    "tables": {
        "patients": {"file": "patients.csv", "kind": "patients", "patient": "id", "sex": "sex"},
        "drugs": {
            "file": "drugs.csv", "kind": "drugs", "patient": "id", "drug": "drug", "start": "start", "stop": "stop", "blank_stop": "ongoing",
            "stop_means": "last day taken",
        },
        "visits": {
            "file": "visits.csv", "kind": "visits", "patient": "id", "date": "date",
            "measures": {"ck": {"column": "ck", "unit": "U/L", "lower": "ck low", "upper": "ck high"}, "sum": {"column": "sum", "unit": "mm"}},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("limits")
    (folder / "data").mkdir()
    for name, text in FILES.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    (folder / "chart.yaml").write_text(json.dumps(CHART), encoding="utf-8")
    return Study(parse(PROTOCOL).protocol).run(folder / "chart.yaml")


def test_the_limit_of_the_row_is_told_and_its_cell_cited(results: Results) -> None:
    told = results.explain("A")[0]
    assert "No normal at day 179: CK 210 U/L (at most 1 × its upper limit of 205 U/L needed)." == told.sentence
    assert ("✗ CK at most 1 × its upper limit of 205 U/L: 210 U/L (day 179)",) == told.trace
    ((limit,),) = (one.limits for one in told.rests_on)
    assert ("upper", 205, "visits.csv", 4, "ck high") == (
        limit.side,
        limit.limit,
        limit.place.file,
        limit.place.row,
        limit.place.column,
    )


def test_the_limit_of_the_protocol_has_no_cell(results: Results) -> None:
    told = results.explain("B")[0]
    assert told.verdict is not None and told.verdict.truth is True
    assert "its upper limit of 190 U/L" in told.sentence
    assert [""] == [str(limit.place) for one in told.rests_on for limit in one.limits]


def test_the_nadir_is_told_with_its_day_and_cell(results: Results) -> None:
    told = results.explain("A")[1]
    assert (
        "sum (since the nadir of day 60) 40 → 50 mm, 25 % higher (at least 20 % of the nadir needed)" in told.sentence
    )
    assert told.trace[0].endswith("sum (since the nadir of day 60): 40 → 50 mm, 25 % higher (day 60 → day 179)")
    (nadir,) = (one for one in told.rests_on if one.quantity.slot.window == "nadir up to after")
    assert (40, 60, 3, "sum") == (nadir.quantity.value, nadir.quantity.day, nadir.place.row, nadir.place.column)
    assert (
        "the nadir of sum from baseline to after not known: not recorded at this visit"
        in results.explain("C")[1].sentence
    )


def test_the_report_says_where_limits_come_from(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "report")
    written: Any = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert (
        "where a value has none, with those of this protocol (CK: female upper 150 U/L (the handbook), male upper 190 U/L)"
        in written
    )
    assert "of the nadir" in written
