"""Sums of days and counts of events from end to end: shown and counted, told with their days, in the report and by `explain`."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries import Study
from caseseries.cli.main import main
from caseseries.form.fields import form
from caseseries.protocol.load import parse
from caseseries.source import read
from caseseries.study import Results

PROTOCOL = """\
study: Attacks
invented: yes
case: {index_date: {nominal_day: 0 days}, per: patient}
measures:
  pain: {quantity: pain of a day, unit: points, range: [0, 10], better: low, blank_days: zero}
  weight: {quantity: weight, unit: kg, better: none}
  hours: {quantity: hours of sleep, unit: h, better: high}
  attacks: {count: attack, better: low}
  attack rate: {count: attack, per: 7 days, label: attacks a week, better: low}
windows:
  baseline: {from: -7 days, to: -1 days, take: sum, components: nearest each, same_day: highest}
  week 4: {from: 21 days, to: 27 days, take: sum, components: nearest each, same_day: highest}
  days before: {from: -7 days, to: -1 days, take: sum, components: nearest each, same_day: highest, recorded: 5 days, overlap: yes}
  days after: {from: 21 days, to: 27 days, take: sum, components: nearest each, same_day: highest, recorded: 5 days, overlap: yes}
safety: {until_after_last_dose: 30 days, events: [attack]}
intercurrent: {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
  steroid raised above baseline: as observed, pulse: as observed}
outcomes:
  response: {at: week 4, good: yes, rule: {all: [{improves: pain, at_least: 50 % of baseline}, {decrease: attacks, at_least: 1 event}]}}
  steadier:
    at: days after
    rule:
      any:
        - {decrease: attack rate, from: days before, at_least: 50 % of baseline}
        - {gain: hours, from: days before, at_least: 4 h}
  all attacks: {count: attack, from: baseline, at: week 4}
  pain of a week: {change: pain, at: week 4}
  attacks a week: {change: attack rate, from: days before, at: days after}
"""
CHART = """\
source: .
dated: no
invented: yes
missing: {ND: not done}
history: complete
tables:
  patients: {kind: patients, file: patients.csv, patient: id}
  diary:
    kind: visits
    file: diary.csv
    patient: id
    date: day
    measures: {pain: {column: p, unit: points}, hours: {column: h, unit: h}}
  seen: {kind: visits, file: seen.csv, patient: id, date: day, measures: {weight: {column: kg, unit: kg}}}
  events: {kind: events, file: events.csv, patient: id, date: day, event: event}
"""
DIARY = """\
id,day,p,h
P1,-7,4,
P1,-2,4,6
P1,21,2,7
P1,27,2,
P2,-7,4,
P2,-2,4,
P2,22,5,
P3,-3,2,
P3,23,1,
P4,-7,4,6
P4,-6,,6
P4,-5,,6
P4,-4,,6
P4,-3,,6
P4,21,ND,8
P4,22,,8
P4,23,,8
P4,24,,8
P4,25,,8
"""
EVENTS = (
    "id,day,event\nP1,-7,attack\nP1,-1,attack\nP1,27,attack\nP2,-7,attack\nP2,22,attack\nP3,-6,attack\nP4,-5,attack\n"
)
SEEN = "id,day,kg\nP1,30,50\nP2,27,50\nP3,26,50\nP4,40,50\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "protocol.yaml": PROTOCOL,
        "chart.yaml": CHART,
        "diary.csv": DIARY,
        "events.csv": EVENTS,
        "seen.csv": SEEN,
        "patients.csv": "id\nP1\nP2\nP3\nP4\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_explain_says_of_how_many_days_a_sum_and_a_rate_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml").explain("P1")[0]
    assert "pain 8 → 4 (sums of 7 of 7 days), 50 % lower" in found.sentence
    assert "attacks 2 → 1 event" in found.sentence
    assert 0 == main(["explain", "P4", str(folder / "protocol.yaml"), str(folder / "chart.yaml"), "--values"])
    screen = " ".join(capsys.readouterr().out.split())
    assert "pain on too few days in the window week 4" in screen
    assert "30 → 40 h (sums of 5 of 7 days)" in screen
    assert "counted from the events of 7 observed days" in screen


def test_explain_says_what_was_seen_of_a_case(folder: Path) -> None:
    results = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")
    (found,) = results.explain("P3", outcome="all attacks")
    assert (
        "all attacks, events called attack: 1 in 7 observed days of baseline; 0 in 6 observed days of week 4."
        == found.sentence
    )


def test_what_follow_up_did_not_reach_is_not_none(folder: Path) -> None:
    said = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml").explain("P3")[0].sentence
    assert "follow-up ended before its last day" in said


def test_the_report_tells_what_is_added_and_counted(folder: Path) -> None:
    results = Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")
    results.write(folder / "out")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "an observed day without an entry counted as 0, as this protocol declares" in page
    assert "a day without a value is not known, and adds nothing" in page
    assert "Pain, points, summed over 7 days" in page and "Pain, points (0–10)" not in page
    assert "Pain, summed over 7 days, fell by a mean of 3.5 points" in " ".join(page.split())
    assert "Axes need not begin at zero. Hours: summed over 5 to 7 days." in page
    assert "Attacks is the number of events called attack that begin in a window" in page
    assert "attacks a week is their number per 7 observed days" in page
    assert "All attacks: 5 events in 0.077 patient-years of 4 cases observed in baseline" in page
    assert "Of 4 cases observed in both windows the rate was lower in 3, the same in 1 and higher in 0." in page
    assert "which take the events of one patient as independent; they are not" in page


def test_a_chart_is_counted_as_it_is_shown(folder: Path) -> None:
    study = Study.load(folder / "protocol.yaml")
    shown, counted = study.run(folder / "chart.yaml"), study.run(folder / "chart.yaml", show=0)
    assert isinstance(counted, Results)
    assert shown.tally.counts == counted.tally.counts
    assert 1 == shown.tally.counts["answer", "response", 0, 0, "yes"]
    counted.close()


def test_the_form_has_no_column_of_a_count(folder: Path) -> None:
    names = [field.name for sheet in form(parse(PROTOCOL).protocol).sheets for field in sheet.fields]
    assert not any(name.startswith("attack") for name in names)
    described = CHART.replace("hours: {column: h, unit: h}", "hours: {column: h, unit: h}, attacks: p")
    (folder / "chart.yaml").write_text(described, encoding="utf-8")
    chart = read(parse(PROTOCOL).protocol, folder / "chart.yaml")
    (found,) = (one for one in chart.findings if one.rule == "measure")
    assert "which is counted from events" in found.message
