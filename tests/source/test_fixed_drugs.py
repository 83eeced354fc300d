"""Tables that hold one drug each: of a group of which they could hold some drugs alone, nobody is known to have had none."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.protocol.load import parse
from caseseries.study import Study

PROTOCOL = """
study: A drug
case: {{index_date: {{first_exposure: mycophenolate mofetil}}, per: patient}}
exclude: [{{prior_drug: {drugs}, label: treated before}}]
measures: {{mmt: {{instrument: MMT8}}}}
windows: {{baseline: {{from: -30 days, to: 0 days, take: last}}, month 3: {{from: 75 days, to: 105 days, take: last}}}}
intercurrent: {{drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: as observed, lost: as observed}}
outcomes: {{response: {{at: month 3, rule: {{improves: mmt, at_least: 4 points}}}}}}
drug_groups: {{both: [methotrexate, rituximab]}}
"""
CHART = """
source: .
dates: year-month-day
history: complete
{charted}
tables:
  patients: {{kind: patients, file: p.csv, patient: id}}
  visits: {{kind: visits, file: v.csv, patient: id, date: date, measures: {{mmt: mmt}}}}
  mmf: {{kind: drugs, file: m.csv, patient: id, drug: {{value: MMF}}, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}}
  mtx: {{kind: drugs, file: x.csv, patient: id, drug: {{value: MTX}}, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}}
"""
FILES = {
    "p.csv": "id\nP1\nP2\n",
    "v.csv": "id,date,mmt\nP1,2019-12-20,40\nP1,2020-03-31,60\nP2,2019-12-20,40\nP2,2020-03-31,60\n",
    "m.csv": "id,start,stop\nP1,2020-01-01,\nP2,2020-01-01,\n",
    "x.csv": "id,start,stop\nP2,2019-06-01,2019-07-01\n",
}


@pytest.mark.parametrize(
    ("drugs", "charted", "expected"),
    [
        ("both", "", "undetermined treated before"),
        ("both", "charted: {other drugs: yes}", ""),
        ("methotrexate", "", ""),
        ("rituximab", "", "undetermined treated before"),
    ],
)
def test_who_has_none_of_the_drugs_that_the_tables_could_hold(
    tmp_path: Path, drugs: str, charted: str, expected: str
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(CHART.format(charted=charted), encoding="utf-8")
    study = Study(parse(PROTOCOL.format(drugs=drugs)).protocol)
    chart = study.read(tmp_path / "chart.yaml")
    cases = {one.case_id: one for one in study.run(chart).summary.shown.rows}
    found = cases["P1"]
    assert expected == f"{'undetermined ' if found.undetermined else ''}{found.failed_criterion}"
    assert (drugs != "rituximab") is (cases["P2"].failed_criterion == "treated before" and not cases["P2"].undetermined)
    told = [
        one for one in chart.findings if one.rule == "not charted" and one.proposal == "charted: {other drugs: yes}"
    ]
    assert bool(expected) is bool(told)
