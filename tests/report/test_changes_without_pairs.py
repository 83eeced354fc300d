"""A change of which no case has both values says what became of them, not that nothing was observed."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.report.exhibits.change import changes_words
from caseseries.report.exhibits.headline import lines
from caseseries.study import Study

PROTOCOL = """
study: limits
case: {index_date: {first_exposure: methotrexate, restart_after: 60 days}, per: patient}
measures: {score: {quantity: score, unit: points, better: low, range: [0, 100]}}
windows: {baseline: {from: -30 days, to: 0 days, take: last}, month 3: {from: 75 days, to: 105 days, take: last}}
intercurrent: {death: non-responder, lost: as observed, drug stopped: as observed, steroid raised above baseline: as observed,
  pulse: as observed, rescue added: as observed}
reporting: {p_values: yes}
outcomes: {response: {good: yes, at: month 3, rule: {improves: score, at_least: 10 points}}}
"""
CHART = """
source: d
dates: year-month-day
tables:
  patients: {kind: patients, file: p.csv, patient: id}
  visits: {kind: visits, file: v.csv, patient: id, date: date, measures: {score: score}}
  drugs: {kind: drugs, file: t.csv, patient: id, drug: drug, start: start, stop_means: last day taken, blank_stop: ongoing}
"""


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("50", "<5", "score known only as above or below a limit"),
        ("<5", "<5", "score known only as above or below a limit"),
        ("50", "", "score"),
    ],
)
def test_what_became_of_the_values_is_said(tmp_path: Path, first: str, second: str, why: str) -> None:
    (tmp_path / "d").mkdir()
    visits = "".join(f"{who},2020-01-01,{first}\n{who},2020-04-01,{second}\n" for who in (1, 2))
    files = {
        "p.csv": "id\n1\n2\n",
        "v.csv": f"id,date,score\n{visits}",
        "t.csv": "id,drug,start\n1,MTX,2020-01-01\n2,MTX,2020-01-01\n",
    }
    for name, text in files.items():
        (tmp_path / "d" / name).write_text(text, encoding="utf-8")
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(CHART, encoding="utf-8")
    results = Study.load(tmp_path / "protocol.yaml").run(tmp_path / "chart.yaml")
    (line,) = [one for one in lines(results.summary) if "core: change" in one]
    assert f"not estimable (no case has both values: {why}" in line and line.endswith("(2))")
    words = changes_words(results.summary, "response")
    assert words is not None and f"is not estimable (no case has both values: {why}" in words.text
    (change,) = results.summary.outcomes["response"].changes[:1]
    parts = [*change.before.values(), *change.after.values(), *change.change.values(), *change.tests]
    assert {"no case has both values (n = 0)"} == {one.absent_because for one in parts}
