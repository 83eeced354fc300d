"""A drug row of a dose of 0: the drug was not taken, whatever is asked of drugs."""

from __future__ import annotations

from pathlib import Path

from caseseries.study import Study

PROTOCOL = """
study: a dose of 0
case: {index_date: {first_exposure: methotrexate, restart_after: 60 days}, per: patient}
measures: {score: {quantity: score, unit: points, better: low, range: [0, 100]}}
windows: {baseline: {from: -30 days, to: 0 days, take: last}, month 3: {from: 75 days, to: 105 days, take: last}}
intercurrent: {death: as observed, lost: as observed, drug stopped: as observed, steroid raised above baseline: as observed,
  pulse: as observed, rescue added: {drugs: [biologics], restart_after: 30 days, verdict: non-responder}}
outcomes: {response: {good: yes, at: month 3, rule: {improves: score, at_least: 10 points}}}
prior_groups: [biologics]
"""
CHART = """
source: d
dates: year-month-day
decimal: point
missing: {}
tables:
  patients: {kind: patients, file: p.csv, patient: id}
  visits: {kind: visits, file: v.csv, patient: id, date: date, measures: {score: score}}
  drugs: {kind: drugs, file: drugs.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken,
    blank_stop: ongoing, dose: dose, unit: {value: mg}}
"""
FILES = {
    "p.csv": "id\n1\n2\n",
    "v.csv": "id,date,score\n1,2020-01-01,50\n1,2020-04-01,30\n2,2020-02-01,50\n2,2020-05-01,30\n",
    "drugs.csv": "id,drug,start,stop,dose\n1,MTX,2019-06-01,2019-12-31,0\n1,MTX,2020-01-01,,10\n2,MTX,2020-02-01,,10\n"
    "1,adalimumab,2019-03-01,2019-05-01,0\n2,adalimumab,2020-03-01,,0\n",
}


def test_a_drug_that_was_never_begun_is_no_exposure_no_rescue_and_no_earlier_drug(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name, text in {"protocol.yaml": PROTOCOL, "chart.yaml": CHART}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, text in FILES.items():
        (tmp_path / "d" / name).write_text(text, encoding="utf-8")
    results = Study.load(tmp_path / "protocol.yaml").run(tmp_path / "chart.yaml")
    summary = results.summary
    assert [case.index_date for case in summary.shown.included] == ["2020-01-01", "2020-02-01"]
    assert [verdict.truth for verdict in summary.shown.outcomes["response"].verdicts[0]] == [True, True]
    assert not summary.drugs
    assert [(one.n, one.total) for one in summary.prior] == [(0, 2)]
    assert [course.start for course in summary.shown.study_drug] == [0, 0]
    notes = [finding.place.row for finding in summary.shown.findings if finding.message.startswith("a dose of 0")]
    assert notes == [2, 5, 6]
