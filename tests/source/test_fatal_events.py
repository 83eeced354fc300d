"""Fatal events are no deaths until somebody says so; what an event says that cannot be true together is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart, calendar_date
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.source.read import read
from caseseries.study import Study

PROTOCOL = """
study: A drug
case: {{index_date: {{first_exposure: mycophenolate mofetil}}, per: patient}}
measures: {{mmt: {{instrument: MMT8}}}}
windows: {{baseline: {{from: -30 days, to: 0 days, take: last}}, month 3: {{from: 75 days, to: 105 days, take: last}}}}
partial_dates: bounds
intercurrent: {{drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: non-responder, lost: as observed}}
outcomes: {{response: {{at: month 3, rule: {{improves: mmt, at_least: 4 points}}}}}}
safety: {{until_after_last_dose: 30 days, grading: {grading}}}
"""
CHART = """
source: d
dates: year-month-day
tables:
  patients: {{kind: patients, file: p.csv, patient: id, death: died}}
  visits: {{kind: visits, file: v.csv, patient: id, date: date, measures: {{mmt: mmt}}}}
  drugs: {{kind: drugs, file: t.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}}
  events: {{kind: events, file: e.csv, patient: id, event: event, date: date, until: until, grade: grade, serious: serious, outcome: outcome,
    attributed_to: drug{fatal}}}
{accept}
"""
VISITS = "id,date,mmt\nP1,2019-12-20,40\nP1,2020-03-31,60\nP2,2019-12-20,40\nP2,2020-03-31,60\n"
DRUGS = "id,drug,start,stop\nP1,MMF,2020-01-01,\nP2,MMF,2020-01-01,\nP2,azathioprine,2020-06-01,\n"


def chart(
    folder: Path,
    event: str,
    *,
    died: str = "",
    fatal: str = "",
    grading: str = "CTCAE v5.0",
    accept: str = "",
    partial: str = "bounds",
) -> Chart:
    """P1 with one event (event, date, until, grade, serious, outcome, drug)."""
    (folder / "d").mkdir(exist_ok=True)
    files = {"p.csv": f"id,died\nP1,{died}\nP2,\n", "v.csv": VISITS, "t.csv": DRUGS}
    files["e.csv"] = f"id,event,date,until,grade,serious,outcome,drug\nP1,{event}\n"
    for name, text in files.items():
        (folder / "d" / name).write_text(text, encoding="utf-8")
    (folder / "chart.yaml").write_text(CHART.format(fatal=f", fatal: {fatal}" if fatal else "", accept=accept))
    study = PROTOCOL.format(grading=grading).replace("partial_dates: bounds", f"partial_dates: {partial}")
    return read(parse(study).protocol, folder / "chart.yaml")


FATAL = [
    "sepsis,2020-03-01,,5,yes,,",
    "sepsis,2020-03-01,,Grade 5,yes,fatal,",
    "sepsis,2020-03-01,,,yes,Patient died,",
    "sepsis,2020-03-01,,,death,,",
    "sudden death,2020-03-01,,,yes,,",
    "Sepsis,2020-03-01,,,ja,verstorben,",
    "sepsis,2020-03-01,,,oui,Décédé,",
]


@pytest.mark.parametrize("event", FATAL)
def test_a_fatal_event_without_a_death_is_a_choice_that_lists_it(tmp_path: Path, event: str) -> None:
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart(tmp_path, event))
    assert ["e.csv, row 2"] == [str(one.place).partition(", column")[0] for one in stopped.value.problems]
    assert "`fatal: death`" in stopped.value.describe() and "sepsis" not in str(stopped.value)


@pytest.mark.parametrize(
    "event",
    ["sepsis,2020-03-01,,4,yes,not fatal,", "sepsis,2020-03-01,,,yes,recovered,", "fear of death,2020-03-01,,,,,",
     "intrauterine death,2020-03-01,,,,,", "life-threatening bleeding,2020-03-01,,,,,"],
)  # fmt: skip
def test_what_is_not_fatal_asks_nothing(tmp_path: Path, event: str) -> None:
    assert [] == [one.rule for one in chart(tmp_path, event).findings if one.severity == "error"]


def test_grade_5_of_another_scale_is_no_death(tmp_path: Path) -> None:
    found = chart(tmp_path, "pain,2020-03-01,,5,no,,", grading="visual scale of 0 to 10")
    assert [] == [one.rule for one in found.findings if one.severity == "error"]


@pytest.mark.parametrize(
    ("event", "days"),
    [
        ("sepsis,2020-02-01,2020-04-02,5,yes,fatal,", (18354, 18354)),
        ("sepsis,2020-04-02,,5,yes,fatal,", (18354, 18354)),
        ("sepsis,2020-02-01,2020-04,5,yes,fatal,", (18353, 18382)),
    ],
    ids=["its last day", "its day", "a month"],
)
def test_a_fatal_event_that_counts_as_a_death_is_one_on_its_last_day(
    tmp_path: Path, event: str, days: tuple[int, int]
) -> None:
    found = stop_on_errors(chart(tmp_path, event, fatal="death"))
    assert [days] == [(fact.low, fact.high) for fact in found.facts if fact.kind == "death"]
    assert 1 == sum(fact.kind == "event" for fact in found.facts)


def test_the_verdict_follows_the_declared_choice(tmp_path: Path) -> None:
    truths = {}
    for choice in ("death", "no death"):
        visits = VISITS.replace("P1,2020-03-31,60\n", "P1,2020-03-16,60\n")
        found = chart(tmp_path, "sepsis,2020-03-16,,5,yes,fatal,", fatal=choice)
        (tmp_path / "d" / "v.csv").write_text(visits)
        study = Study(parse(PROTOCOL.format(grading="CTCAE v5.0")).protocol)
        found = study.read(tmp_path / "chart.yaml")
        verdicts = study.run(found).summary.shown.outcomes["response"].verdicts[0]
        truths[choice] = {one.case_id: one.truth for one in verdicts}
    assert {"death": {"P1": False, "P2": True}, "no death": {"P1": True, "P2": True}} == truths


def test_rows_after_a_death_that_an_event_tells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ChartError, match=r"v\.csv, row 3: the date is after the patient's death, which another row tells"
    ):
        stop_on_errors(chart(tmp_path, "sepsis,2020-03-01,,5,yes,fatal,", fatal="death"))


def test_a_fatal_event_without_a_date_cannot_be_a_death(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match="a fatal event without a date: the day of death is not known"):
        stop_on_errors(chart(tmp_path, "sepsis,,,5,yes,fatal,", fatal="death"))


@pytest.mark.parametrize(
    ("event", "died", "said"),
    [
        ("sepsis,2020-03-01,,5,yes,recovered,", "2020-05-01",
         ["a fatal event on another day than the patient's death", "grade 5 is death, and the outcome is another"]),
        ("sepsis,2020-03-01,2020-05-01,5,yes,,", "2020-05-01", []),
        ("sepsis,2020-03-01,2020-05-01,5,yes,unknown,", "2020-05-01", []),
        ("sepsis,2020-05-01,,2,yes,fatal,", "2020-05-01", ["the outcome is death, and the grade is not 5"]),
        ("sepsis,2020-05-01,,5,no,fatal,", "2020-05-01", ["a fatal event that is not serious"]),
        ("sepsis,2020-05-01,,,no,fatal,", "2020-05-01", ["a fatal event that is not serious"]),
        ("sepsis,2020-05,,5,yes,fatal,", "2020-05-01", []),
        ("rash,2020-02-01,2020-05-02,,,,", "2020-05-01", ["the event ends after the patient's death"]),
        ("rash,2020-02-01,,,,,azathioprine", "", ["attributed to a drug of which the patient has no course"]),
        ("rash,2020-02-01,,,,,MMF or AZA", "", ["attributed to a drug of which the patient has no course"]),
        ("rash,2019-12-01,,,,,MMF", "", ["attributed to a drug that the patient had not begun by then"]),
        ("rash,2020-02-01,,,,,mycophenolate", "", []),
        ("rash,2020-02-01,,,,,mycophenolic acid", "", []),
        ("rash,2020-02-01,,,,,unrelated", "", []),
        ("rash,,,,,,MMF", "", []),
    ],
)  # fmt: skip
def test_contradictions_are_findings(tmp_path: Path, event: str, died: str, said: list[str]) -> None:
    found = chart(tmp_path, event, died=died)
    assert said == sorted(one.message for one in found.findings if one.rule == "contradiction")
    assert [] == [one.message for one in found.findings if one.severity == "error"]


@pytest.mark.parametrize("name", ["2020-03-01", "3", "01.03.2020"])
def test_a_number_or_a_date_is_no_event(tmp_path: Path, name: str) -> None:
    with pytest.raises(ChartError, match=r"e\.csv, row 2, column event: the name of an event is a number or a date"):
        stop_on_errors(chart(tmp_path, f"{name},2020-02-01,,,,,"))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("rash,2020-02-01,2020-01-31,,,,", "the event ends before it begins"),
        ("rash,2020-06-01,,,,,", "the date is after the patient's death"),
        ("rash,2020-02-01,,7,,,", "not a grade of CTCAE"),
        ("rash,2020-02-01,,4-7,,,", "not a grade of CTCAE"),
        ("rash,2020-02-01,,2.5,,,", "not a grade of CTCAE"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, event: str, said: str) -> None:
    with pytest.raises(ChartError, match=said):
        stop_on_errors(chart(tmp_path, event, died="2020-05-01"))


@pytest.mark.parametrize(("grade", "told"), [("3-4", 0), (">=3", 0), ("2-3", 0), ("III", 0), ("severe", 1)])
def test_a_range_of_ctcae_is_read_and_a_word_is_told(tmp_path: Path, grade: str, told: int) -> None:
    found = stop_on_errors(chart(tmp_path, f"rash,2020-02-01,,{grade},,,"))
    assert ["rash"] == [one.term for one in found.facts if one.kind == "event"]
    assert told == sum("no grade in numbers" in one.message for one in found.findings)


NOT_KNOWN = "it is not known whether there was an event, which is not none"


@pytest.mark.parametrize("name", ["NK", "unknown", "Not known", "k.A.", "?", "n/a"])
@pytest.mark.parametrize("codes", ["", "missing: {NK: not known, unknown: not known, k.A.: not known}"])
def test_a_row_that_holds_only_that_an_event_is_not_known_is_refused(tmp_path: Path, name: str, codes: str) -> None:
    with pytest.raises(ChartError, match=rf"e\.csv, row 2, column event: {NOT_KNOWN}"):
        stop_on_errors(chart(tmp_path, f"{name},,,,,,", accept=codes))


def test_a_decision_leaves_it_out_and_shows_nobody_looked(tmp_path: Path) -> None:
    accept = "accept: [{file: e.csv, row: 2, column: event, found: NK, as_found: yes, by: A. B., on: 2020-01-01, because: lost file}]"
    found = stop_on_errors(chart(tmp_path, "NK,,,,,,", accept=accept))
    assert {"read": 1, "used": 0, "out of scope": 1, "refused": 0} == found.account()["events"]
    assert "adverse events" in found.unknown()


def test_an_event_of_unknown_name_that_has_a_day_is_one(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, "unknown,2020-03-01,,2,,,"))
    assert ["unknown"] == [one.term for one in found.facts if one.kind == "event"]


def test_a_diagnosis_that_is_recorded_as_missing_is_told(tmp_path: Path) -> None:
    described = CHART.replace("death: died", "death: died, diagnoses: [{{diagnosis: dx}}]").format(
        fatal="", accept="missing: {NK: not known}"
    )
    chart(tmp_path, "none,,,,,,")
    (tmp_path / "d" / "p.csv").write_text("id,died,dx\nP1,,NK\nP2,,\n", encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(described, encoding="utf-8")
    found = read(parse(PROTOCOL.format(grading="CTCAE v5.0")).protocol, tmp_path / "chart.yaml")
    told = [(one.severity, one.place.row, one.place.column) for one in found.findings if one.rule == "diagnosis"]
    assert [("warning", 2, "dx")] == told


def test_an_event_of_a_month_did_not_begin_after_the_day_on_which_it_ended(tmp_path: Path) -> None:
    read_ = chart(tmp_path, "cough,2020-03,2020-03-10,,,,", partial="middle")
    (event,) = (one for one in read_.facts if one.kind == "event")
    assert event.start is not None and event.end is not None
    assert ("2020-03-05", "2020-03-10") == (str(calendar_date(event.start)), str(calendar_date(event.end)))
