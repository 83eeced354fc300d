"""A drugs table whose rows say why a drug was stopped: without a last day, by a death, and rows that say there was none."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.source.read import read
from caseseries.study import Study

PROTOCOL = """
study: reasons
case: {index_date: {first_exposure: methotrexate, restart_after: 60 days}, per: patient}
measures: {score: {quantity: score, unit: points, better: low, range: [0, 100]}}
windows: {baseline: {from: -30 days, to: 0 days, take: last}, month 3: {from: 75 days, to: 105 days, take: last}}
intercurrent: {death: non-responder, lost: as observed, drug stopped: non-responder, steroid raised above baseline: as observed,
  pulse: as observed, rescue added: as observed}
outcomes: {response: {good: yes, at: month 3, rule: {improves: score, at_least: 10 points}}}
"""
CHART = """
source: d
dates: year-month-day
decimal: point
missing: {CODE: died before the visit}
tables:
  patients: {kind: patients, file: p.csv, patient: id}
  visits: {kind: visits, file: v.csv, patient: id, date: date, measures: {score: score}}
  drugs: {kind: drugs, file: drugs.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken,
    blank_stop: ongoing, dose: dose, unit: unit, stop_reason: why}
"""
VISITS = "id,date,score\n1,2020-01-01,50\n1,2020-04-01,30\n2,2020-02-01,50\n2,2020-05-01,30\n"


def write(folder: Path, drugs: str, more: str = "", visits: str = VISITS) -> Path:
    (folder / "d").mkdir(exist_ok=True)
    files = {"p.csv": "id\n1\n2\n", "v.csv": visits, "drugs.csv": f"id,drug,start,stop,dose,unit,why\n{drugs}"}
    for name, text in files.items():
        (folder / "d" / name).write_text(text, encoding="utf-8")
    (folder / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (folder / "chart.yaml").write_text(CHART.replace("stop_reason: why", f"stop_reason: why{more}"), encoding="utf-8")
    return folder / "chart.yaml"


def chart(folder: Path, drugs: str, more: str = "", visits: str = VISITS) -> Chart:
    return read(parse(PROTOCOL).protocol, write(folder, drugs, more, visits))


TOXIC = "1,MTX,2020-01-01,,10,mg/week,toxicity\n2,MTX,2020-02-01,,10,mg/week,still taken\n"
DIED = "1,MTX,2020-01-01,2020-03-01,10,mg/week,died\n2,MTX,2020-02-01,,10,mg/week,\n"


def test_a_reason_without_a_last_day_is_a_choice_that_lists_it(tmp_path: Path) -> None:
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart(tmp_path, TOXIC))
    assert ["drugs.csv, row 2, column why"] == [str(one.place) for one in stopped.value.problems]
    assert "`reason_without_stop: not known`" in stopped.value.describe() and "toxicity" not in str(stopped.value)


@pytest.mark.parametrize(
    ("said", "truth", "still", "why"), [("not known", None, "not known", "toxicity"), ("ongoing", True, "yes", "")]
)
def test_what_it_means_is_declared(tmp_path: Path, said: str, truth: bool | None, still: str, why: str) -> None:
    described = write(tmp_path, TOXIC, f", reason_without_stop: {said}")
    results = Study.load(tmp_path / "protocol.yaml").run(described)
    assert [one.truth for one in results.summary.shown.outcomes["response"].verdicts[0]] == [truth, True]
    assert [one.stop_reason for one in results.summary.shown.study_drug] == [why, ""]
    results.write(tmp_path / "out")
    table = next((tmp_path / "out" / "tables").glob("*follow-up-cases.csv")).read_text(encoding="utf-8")
    assert f",{still}," in table.splitlines()[1]


@pytest.mark.parametrize("why", ["ongoing", "continues", "still on it", "not stopped", "n/a", "-", "none", ""])
def test_a_reason_that_says_that_it_goes_on_asks_nothing(tmp_path: Path, why: str) -> None:
    found = chart(tmp_path, TOXIC.replace("toxicity", why))
    assert [] == [one.message for one in found.findings if one.severity == "error"]
    assert [None, None] == [course.end for course in found.courses]


def test_a_drug_stopped_by_death_without_a_death_is_a_choice(tmp_path: Path) -> None:
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart(tmp_path, DIED))
    assert ["drugs.csv, row 2, column why"] == [str(one.place) for one in stopped.value.problems]
    died = chart(tmp_path, DIED, ", fatal: death", VISITS.replace("1,2020-04-01,30\n", ""))
    assert [("1", 18322)] == [(one.patient, one.start) for one in died.facts if one.kind == "death"]
    assert [] == [one for one in chart(tmp_path, DIED, ", fatal: no death").facts if one.kind == "death"]


def test_a_code_that_says_that_the_patient_died_is_told(tmp_path: Path) -> None:
    found = chart(tmp_path, TOXIC.replace("toxicity", ""), visits=VISITS + "2,2020-07-01,CODE\n")
    told = [one for one in found.findings if one.rule == "death"]
    assert [("warning", 6, "score")] == [(one.severity, one.place.row, one.place.column) for one in told]


def test_a_row_that_says_that_there_was_no_drug_is_none(tmp_path: Path) -> None:
    found = chart(tmp_path, TOXIC.replace("toxicity", "") + "2,none,,,,,\n1,no other drugs,,,,,\n")
    assert ["methotrexate"] * 2 == [course.drug for course in found.courses]
    assert {"read": 4, "used": 2, "out of scope": 2, "refused": 0} == found.account()["drugs"]
    assert "other drugs" not in found.unknown()


def test_the_dose_of_a_course_is_told_with_its_time(tmp_path: Path) -> None:
    described = write(tmp_path, TOXIC.replace("toxicity", "").replace("mg/week,still", "mg/kg/day,still"))
    summary = Study.load(tmp_path / "protocol.yaml").run(described).summary
    assert ["10 mg a week", "10 mg/kg a day"] == [one.dose_text for one in summary.shown.study_drug]
