"""Charted and none, charted without a date, not charted: three states of adverse events, other drugs, deaths and diagnoses."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.spec.small import IMPLEMENTATIONS, answers, protocol

from caseseries.cli.main import main
from caseseries.report.exhibits.adverse_events import _worst
from caseseries.study import Results, Study

PROTOCOL = """
study: Tocilizumab
invented: yes
case: {{index_date: {{first_exposure: tocilizumab, restart_after: 60 days}}, per: patient}}
measures: {{crp: {{instrument: CRP}}}}
windows: {{baseline: {{from: -30 days, to: 0 days, take: last}}, month 3: {{from: 75 days, to: 105 days, take: last}}}}
intercurrent: {{drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: as observed, lost: as observed}}
outcomes: {{response: {{at: month 3, rule: {{decrease: crp, at_least: 50 % of baseline}}}}}}
prior_groups: [biologics]
partial_dates: bounds
{safety}
"""
CHART = """
source: d
invented: yes
dates: year-month-day
missing: {{}}
{charted}
tables:
  patients: {{kind: patients, file: p.csv, patient: id, sex: sex{death}}}
  visits: {{kind: visits, file: v.csv, patient: id, date: date, measures: {{crp: {{column: crp, unit: mg/L}}}}}}
  drugs: {{kind: drugs, file: t.csv, patient: id, drug: {drug}, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}}
{events}
"""
DECLARED = "safety: {until_after_last_dose: 30 days, ascertainment: as written in the notes}"
EVENTS = "  events: {kind: events, file: e.csv, patient: id, event: event, date: date}"
VISITS = "id,date,crp\n" + "".join(f"P{n},2019-12-20,40\nP{n},2020-03-31,10\nP{n},2020-06-30,10\n" for n in (1, 2, 3))
DRUGS = "id,drug,start,stop\n" + "".join(f"P{n},TCZ,2020-01-01,\n" for n in (1, 2, 3))


def run(
    folder: Path, *, events: str | None = None, drugs: str = "", drug: str = "drug", died: str | None = None, charted: str = "",
    safety: str = DECLARED,
) -> Results:  # fmt: skip
    """The three patients with rows of adverse events and of other drugs, and a column of deaths."""
    (folder / "d").mkdir(exist_ok=True)
    people = "".join(f"P{n},F,{(died or '') if n == 1 else ''}\n" for n in (1, 2, 3))
    files = {"p.csv": f"id,sex,died\n{people}", "v.csv": VISITS, "t.csv": DRUGS + drugs}
    files |= {} if events is None else {"e.csv": f"id,event,date\n{events}"}
    for name, text in files.items():
        (folder / "d" / name).write_text(text)
    (folder / "protocol.yaml").write_text(PROTOCOL.format(safety=safety))
    (folder / "chart.yaml").write_text(
        CHART.format(
            charted=f"charted: {charted}" if charted else "", death="" if died is None else ", death: died", drug=drug,
            events="" if events is None else EVENTS,
        )
    )  # fmt: skip
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


def written(found: Results, folder: Path) -> tuple[str, dict[str, list[list[str]]], dict[str, object]]:
    """The page's text with the headline, the tables by name (without the note that the data are invented), and results.json."""
    out = found.write(folder / "out")
    page = re.sub(r"(<[^>]+>|\s)+", " ", (out / "report.html").read_text(encoding="utf-8"))
    tables = {
        file.stem.partition("-")[2]: [row[:-1] for row in csv.reader(file.read_text(encoding="utf-8").splitlines())]
        for file in sorted((out / "tables").iterdir())
    }
    return f"{found.headline()}\n{page}", tables, json.loads((out / "results.json").read_text(encoding="utf-8"))


def not_charted(told: dict[str, object]) -> dict[str, str]:
    """The kinds of fact that were not charted, with why."""
    return {one["kind"]: "; ".join(one["because"]) for one in told["not_charted"]}  # type: ignore[attr-defined]


def result(told: dict[str, object], name: str) -> dict[str, object]:
    rows = told["results"]
    assert isinstance(rows, list)
    (row,) = [row for row in rows if row["id"] == name]
    return {key: row[key] for key in ("estimate", "lower", "upper", "n")}


NOTHING = {"estimate": None, "lower": None, "upper": None, "n": None}


@pytest.mark.parametrize(
    ("events", "why"),
    [(None, "no table of the chart could hold adverse events"), ("", "the tables that could hold adverse events hold none of anybody")],
    ids=["no table", "a table without a row"],
)  # fmt: skip
def test_adverse_events_that_were_not_charted_have_no_number_anywhere(
    tmp_path: Path, events: str | None, why: str
) -> None:
    text, tables, told = written(run(tmp_path, events=events), tmp_path)
    assert f"Adverse events: not charted ({why})" in text
    methods = "Not charted, so that no number of them is given and none of them is taken for absent: adverse events"
    assert f"{methods} ({why}); " in text
    assert "Reported as far as charted; not charted: adverse events" in text
    assert f"Adverse events were not charted ({why}): nothing is known of them, and no number is given." in text
    assert [] == re.findall(r"none recorded|0 recorded|0/3|No adverse event", text, re.IGNORECASE)
    assert {"adverse-events", "adverse-event-rates"}.isdisjoint(tables)
    assert [NOTHING] * 3 == [result(told, f"safety/{name}") for name in ("rate", "with_event", "with_any_event")]
    assert (told["adverse_events"], why) == (None, not_charted(told)["adverse events"])


def test_a_table_without_a_row_is_none_recorded_once_the_chart_says_that_it_was_looked_for(tmp_path: Path) -> None:
    text, tables, told = written(run(tmp_path, events="", charted="{adverse events: yes}"), tmp_path)
    assert "Adverse events on treatment: 0 recorded in" in text
    assert "No adverse event on treatment was recorded, which is not the same as none" in text
    assert "None recorded" == tables["adverse-events"][1][0]
    assert ["0", 0] == [result(told, "safety/rate")["estimate"], result(told, "safety/with_event")["n"]]
    assert "Not seen on treatment, with the one-sided exact 95 % limits: any at most 63.2 % of 3 patients and" in text
    limit = result(told, "safety/with_event/upper limit")
    assert 0.631597 == round(float(limit["upper"]), 6)  # 1 - 0.05^(1/3)


def test_an_undated_event_leaves_no_upper_limit(tmp_path: Path) -> None:
    text, _, told = written(run(tmp_path, events="P1,rash,\n"), tmp_path)
    assert "one-sided exact" not in text and not [one for one in told["results"] if one["id"].endswith("upper limit")]


def test_events_without_a_date_are_listed_and_counted_apart(tmp_path: Path) -> None:
    text, tables, told = written(run(tmp_path, events="P1,rash,\nP2,zoster,2020-02-01\n"), tmp_path)
    assert "Adverse events on treatment: 1 with a date in" in text and "; 1 without a date" in text
    assert "With any charted event, on treatment or not, dated or not: 2 of 3 (67 %) of the patients." in text
    assert "1 event without a date (case P1)" in text
    assert [["P2", "31", "Zoster"], ["P1", "undated", "Rash"]] == [row[:3] for row in tables["adverse-events"][1:]]
    assert "not known: no date" == tables["adverse-events"][2][-1]
    assert (1, 2) == (result(told, "safety/with_event")["n"], result(told, "safety/with_any_event")["n"])
    assert {"charted": 2, "on_treatment": 1, "undated": 1}.items() <= told["adverse_events"].items()  # type: ignore[attr-defined]


def test_only_events_without_a_date_are_no_zero_events_of_nobody(tmp_path: Path) -> None:
    text, _, told = written(run(tmp_path, events="P1,rash,\n"), tmp_path)
    assert "Adverse events on treatment: 0 with a date in 1.5 patient-years; 1 without a date" in text
    assert "dated or not: 1 of 3 (33 %) of the patients." in text
    assert 1 == result(told, "safety/with_any_event")["n"]


def test_an_event_whose_month_is_known_makes_a_range_of_the_rate(tmp_path: Path) -> None:
    _, tables, _ = written(run(tmp_path, events="P1,zoster,2020-01\nP2,rash,2019-12\nP3,cough,2020-06\n"), tmp_path)
    rows = {row[2]: (row[1], row[-1]) for row in tables["adverse-events"][1:]}
    assert ("between 0 and 30", "yes") == rows["Zoster"]
    assert ("between −31 and −1", "no: before the index date") == rows["Rash"]
    assert ("between 152 and 181", "yes") == rows["Cough"]


def test_an_event_that_may_lie_on_treatment_or_not_is_in_no_exact_number(tmp_path: Path) -> None:
    drugs = DRUGS.replace("P1,TCZ,2020-01-01,", "P1,TCZ,2020-01-15,")
    folder = tmp_path
    (folder / "d").mkdir(exist_ok=True)
    for name, content in {"p.csv": "id,sex\nP1,F\nP2,F\nP3,F\n", "v.csv": VISITS, "t.csv": drugs,
                          "e.csv": "id,event,date\nP1,zoster,2020-01\nP2,rash,2020-02-01\n"}.items():  # fmt: skip
        (folder / "d" / name).write_text(content)
    (folder / "protocol.yaml").write_text(PROTOCOL.format(safety=DECLARED))
    (folder / "chart.yaml").write_text(CHART.format(charted="", death="", drug="drug", events=EVENTS))
    text, tables, told = written(Study.load(folder / "protocol.yaml").run(folder / "chart.yaml"), folder)
    (zoster,) = [row for row in tables["adverse-events"] if row[2] == "Zoster"]
    assert ("between −14 and 16", "possibly: date not exact, so it may be on treatment or not") == (
        zoster[1],
        zoster[-1],
    )
    assert "Adverse events on treatment: 1–2 recorded in" in text
    rate, share = result(told, "safety/rate"), result(told, "safety/with_event")
    assert (None, None) == (rate["estimate"], share["estimate"])
    assert (str(share["lower"])[:5], str(share["upper"])[:5]) == ("0.333", "0.666")
    assert ["1–2"] == [row[1] for row in tables["adverse-event-rates"] if row[0] in {"All"}]


def test_events_of_a_protocol_without_safety_are_listed_and_counted_as_charted(tmp_path: Path) -> None:
    text, tables, told = written(run(tmp_path, events="P1,rash,\nP2,zoster,2020-02-01\n", safety=""), tmp_path)
    assert "Charted are 2 adverse events, in 2 of 3 (67 %) of the patients; 1 of them without a date." in text
    assert "Adverse events: 2 charted; the protocol declares no safety, so there is no rate" in text
    assert {"Rash", "Zoster"} == {row[2] for row in tables["adverse-events"][1:]}
    assert "adverse-event-rates" not in tables
    assert "On treatment" not in tables["adverse-events"][0]
    assert {"charted": 2, "not_assessed": 1, "undated": 1}.items() <= told["adverse_events"].items()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("drug", "why"),
    [("{value: TCZ}", "no table of the chart could hold other drugs"), ("drug", "the tables that could hold other drugs hold none of anybody")],
    ids=["a table of one drug", "a table that holds only the study drug"],
)  # fmt: skip
def test_other_drugs_that_were_not_charted_are_not_none(tmp_path: Path, drug: str, why: str) -> None:
    text, tables, told = written(run(tmp_path, events="P1,rash,2020-02-01\n", drug=drug), tmp_path)
    assert f"Other drugs were not charted ({why})" in text
    assert {"Not charted"} == {row[1] for row in tables["drugs-cases"][1:]}
    assert "not charted" == tables["adverse-events"][1][7]
    assert NOTHING == result(told, "prior/biologics")
    assert [["Treated before the index date with", "Biologics", "", "not charted", "", ""]] == [
        row for row in tables["table-1"] if "Biologics" in row
    ]


def test_other_drugs_that_were_charted_and_none_are_none_recorded(tmp_path: Path) -> None:
    text, tables, told = written(run(tmp_path, drugs="P1,azathioprine,2019-01-01,\n"), tmp_path)
    assert "Other drugs were not charted" not in text
    assert ["None recorded", "Azathioprine", "None recorded"] == [
        row[1] if row[1] == "None recorded" else row[2] for row in tables["drugs-cases"][1:]
    ]
    assert 0 == result(told, "prior/biologics")["n"]


@pytest.mark.parametrize(
    ("died", "charted", "told"),
    [
        (None, "", "Deaths were not charted (no table of the chart could hold deaths)"),
        ("", "", "Deaths were not charted (the tables that could hold deaths hold none of anybody)"),
        ("", "{deaths: yes}", "No death was recorded."),
        ("2020-07-05", "", "1 of 3 included patients died, 186 days after the index date."),
    ],
    ids=["no column", "a blank column", "looked for", "one died"],
)
def test_deaths(tmp_path: Path, died: str | None, charted: str, told: str) -> None:
    text, _, _ = written(run(tmp_path, died=died, charted=charted, events="P2,rash,\n"), tmp_path)
    assert told in text


def test_what_is_charted_and_held_by_no_table_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(
        Exception, match="`charted` says that adverse events were charted, but no table could hold them"
    ):
        run(tmp_path, charted="{adverse events: yes}")


def test_what_is_not_charted_and_has_rows_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(
        Exception, match="`charted` says that adverse events were not charted, but rows of them were read"
    ):
        run(tmp_path, events="P1,rash,\n", charted="{adverse events: no}")


def test_each_table_that_holds_nothing_is_a_finding_with_the_line_that_makes_it_mean_none(tmp_path: Path) -> None:
    found = run(tmp_path, events="", died="")
    proposals = {one.proposal for one in found.chart.findings if one.rule == "not charted"}
    assert {"charted: {adverse events: yes}", "charted: {deaths: yes}", "charted: {other drugs: yes}"} == proposals


CANCER = "exclude: [{diagnosis: cancer, by: any time}]"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_diagnosis_that_was_not_charted_is_not_no(implementation: str) -> None:
    study = protocol(CANCER)
    charted = answers(study, "a | mmt | 0:50, 90:60\nb | diagnosis: cancer | 3\nb | mmt | 0:50", implementation)
    unknown = answers(study, "a | mmt | 0:50, 90:60\n- | not charted | diagnoses", implementation)
    assert [(True, False), (False, False)] == [(one.included, one.undetermined) for one in charted.cases.values()]
    assert [(False, True)] == [(one.included, one.undetermined) for one in unknown.cases.values()]


def test_a_column_of_events_that_is_blank_for_everybody_is_not_charted(tmp_path: Path) -> None:
    found = run(tmp_path, events="P1,,\nP2,,\nP3,,\n")
    text, _, told = written(found, tmp_path)
    assert "Adverse events were not charted" in text
    assert {"read": 3, "used": 0, "out of scope": 3, "refused": 0} == found.chart.account()["events"]
    assert told["adverse_events"] is None


@pytest.mark.parametrize("word", ["none", "No side effects", "keine", "–"])
def test_a_row_that_says_that_there_was_no_event_is_none_and_shows_that_somebody_looked(
    tmp_path: Path, word: str
) -> None:
    found = run(tmp_path, events=f"P1,{word},\nP2,,\nP3,{word},2020-03-01\n")
    text, tables, told = written(found, tmp_path)
    assert "Adverse events on treatment: 0 recorded in" in text
    assert "None recorded" == tables["adverse-events"][1][0]
    assert (0, 0) == (result(told, "safety/with_event")["n"], result(told, "safety/with_any_event")["n"])


def test_an_event_without_a_name_that_has_a_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="an event without a name"):
        run(tmp_path, events="P1,,2020-03-01\n")


DECIDING = """intercurrent: {{drug stopped: as observed, death: non-responder, lost: not evaluable,
  pulse: {{within: 14 days, verdict: not evaluable}}, steroid raised above baseline: non-responder,
  rescue added: {{drugs: [biologics, prednisone], restart_after: 30 days, verdict: non-responder}}}}"""
DOSE = """measures: {{crp: {{instrument: CRP}}, steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day,
  source: courses, pulses: apart}}}}"""
EVENTS_TOLD = PROTOCOL.replace(
    PROTOCOL[PROTOCOL.index("intercurrent:") : PROTOCOL.index("outcomes:")], f"{DECIDING}\n"
).replace("measures: {{crp: {{instrument: CRP}}}}", DOSE)
NO_OTHER = "other drugs were not charted: the tables that could hold other drugs hold none of anybody"
NO_ROUTES = "no table of drugs has a route or says which rows are pulses"
NO_DEATH = "deaths were not charted: no table of the chart could hold deaths"


def test_an_event_that_nobody_could_be_seen_to_have_had_is_told_with_the_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(f"{__name__}.PROTOCOL", EVENTS_TOLD)
    found = run(tmp_path)
    text, tables, told = written(found, tmp_path)
    hidden = {"death": NO_DEATH, "lost": f"whoever died stands among those lost to follow-up: {NO_DEATH}", "rescue added": NO_OTHER,
              "steroid raised above baseline": NO_OTHER, "pulse": NO_OTHER}  # fmt: skip
    assert hidden == told["events_not_told"]
    line = (
        f"Verdicts take no account of death ({NO_DEATH}; whoever died stands among those lost to follow-up), nor of an added rescue drug, "
        f"a glucocorticoid dose raised above baseline or a pulse near the assessment ({NO_OTHER})"
    )
    assert line in found.headline() and f"{line}." in text and 3 <= text.count(line)
    (rise,) = [row for row in tables["pivotal-response"] if row[0].startswith("Glucocorticoid raised")]
    assert ["not charted", f"{NO_OTHER[0].upper()}{NO_OTHER[1:]}."] == rise[1:]
    assert 0 == main(["check", str(tmp_path / "protocol.yaml"), str(tmp_path / "chart.yaml")])
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert (
        f" Events of which the verdicts take no account, because nobody could be seen to have had them death {NO_DEATH} lost "
        in said
    )
    assert f" rescue added {NO_OTHER} steroid raised above baseline {NO_OTHER} pulse {NO_OTHER} " in said


def test_events_that_could_be_told_or_decide_nothing_are_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, told = written(run(tmp_path), tmp_path)
    assert {} == told["events_not_told"]
    folder = tmp_path / "charted"
    folder.mkdir()
    monkeypatch.setattr(f"{__name__}.PROTOCOL", EVENTS_TOLD)
    found = run(folder, drugs="P1,methotrexate,2020-01-01,\n", died="2020-09-01")
    text, tables, told = written(found, folder)
    assert {"pulse": NO_ROUTES} == told["events_not_told"]  # no column says how a drug was given
    assert f"Verdicts take no account of a pulse near the assessment ({NO_ROUTES})." in text
    (rise,) = [row for row in tables["pivotal-response"] if row[0].startswith("Glucocorticoid raised")]
    assert "None" == rise[1]
    (folder / "pulses").mkdir()
    pulsed = run(folder / "pulses", drugs="P1,methylprednisolone pulse,2020-01-01,2020-01-03\n", died="2020-09-01")
    text, _, told = written(pulsed, folder / "pulses")
    assert ({}, False) == (told["events_not_told"], "take no account" in text)


def test_of_tables_with_one_fixed_drug_no_other_drug_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PROTOCOL", EVENTS_TOLD.replace("[biologics]", "[biologics, IVIG]"))
    monkeypatch.setattr(
        f"{__name__}.CHART", CHART + "  ivig: {{kind: drugs, file: i.csv, patient: id, drug: {{value: IVIG}}, start: start, stop: stop, "
        "stop_means: last day taken, blank_stop: ongoing}}\n",
    )  # fmt: skip
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "i.csv").write_text("id,start,stop\nP1,2019-11-01,2019-11-02\n")
    found = run(tmp_path, drug="{value: tocilizumab}")
    text, tables, told = written(found, tmp_path)
    only = "of drugs only tocilizumab, IVIG could be charted"
    assert "Of other drugs only tocilizumab and IVIG could be charted." in text
    cases = next(rows for name, rows in tables.items() if "Earlier and background drugs" in rows[0])
    earlier = [row[cases[0].index("Earlier and background drugs")] for row in cases[1:]]
    assert {"IVIG", "none recorded"} == {cell for cell in earlier if cell}
    assert {only} == {told["events_not_told"][event] for event in ("rescue added", "pulse")}  # type: ignore[index]
    prior = {row[1]: row[3] for row in tables["table-1"] if row[0] == "Treated before the index date with"}
    assert {"Biologics": "not charted", "IVIG": "1/3 (33)"} == prior
    assert NOTHING == result(told, "prior/biologics")


def test_events_by_worst_grade_and_how_often_in_one_patient(tmp_path: Path) -> None:
    rows = "P1,rash,2020-02-01\nP1,rash,2020-02-20\nP2,Rash,2020-02-01\nP2,zoster,2020-02-01\nP3,zoster,2019-01-01\n"
    _, tables, _ = written(run(tmp_path, events=rows), tmp_path)
    assert [["Rash", "3", "2/3 (67)", "1", "2", "2"], ["Zoster", "1", "1/3 (33)", "0", "1", "1"]] == [
        row[:6] for row in tables["adverse-events-grades"][1:]
    ]


def test_a_grade_is_the_same_however_it_is_written() -> None:
    events = [SimpleNamespace(grade=grade) for grade in ("G 2", "grade2", "mild")]
    assert [2, 2, None] == [_worst([one]) for one in events]  # type: ignore[list-item]
