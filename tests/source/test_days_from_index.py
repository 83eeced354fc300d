"""Days without a date in a chart with dates: planned visits and study days count from the case's index date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import day_number
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.report.exhibits.headline import lines
from caseseries.report.exhibits.words import days_words, planned
from caseseries.source import read
from caseseries.study import Study

PROTOCOL = """
study: Planned days
case: {index_date: {first_exposure: tocilizumab, restart_after: 60 days}, per: patient}
measures:
  crp: {instrument: CRP}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: visits, if_zero_baseline: not met}
windows: {baseline: {from: -30 days, to: 0 days, take: last}, month 3: {from: 75 days, to: 105 days, take: last}}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: non-responder, lost: non-responder}
outcomes: {response: {at: month 3, rule: {decrease: crp, at_least: 50 % of baseline}}}
"""
HEAD = """source: d
dates: year-month-day
missing: {DO: dropped out}
tables:
  patients: {kind: patients, file: p.csv, patient: id, birth: born, death: died}
  drugs: {kind: drugs, file: t.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}
"""
CRP = "{column: a, unit: mg/L}"
LAYOUTS = {
    "side by side": (
        "  v:\n    kind: side by side\n    file: v.csv\n    patient: id\n    visits:\n"
        f"      before: {{date: {{nominal_day: 0 days}}, measures: {{crp: {CRP}}}}}\n"
        "      m3: {date: {nominal_day: 91 days}, measures: {crp: {column: b, unit: mg/L}}}\n",
        "id,a,b\nA,90,5\nB,80,4\n",
    ),
    "visits by label": (
        "  v: {kind: visits, file: v.csv, patient: id, date: {column: when, days: {start: 0 days, month 3: 91 days}}, "
        f"measures: {{crp: {CRP}}}}}\n",
        "id,when,a\nA,start,90\nA,Month 3,5\nB,start,80\nB,month  3,4\n",
    ),
    "visits by day": (
        f"  v: {{kind: visits, file: v.csv, patient: id, date: {{column: day, counted: study days}}, measures: {{crp: {CRP}}}}}\n",
        "id,day,a\nA,0,90\nA,91,5\nB,0,80\nB,+91,4\n",
    ),
    "long": (
        "  v: {kind: long, file: v.csv, patient: id, date: {column: day, counted: planned days}, measure: what, value: value, "
        "measures: {CRP: crp}}\n",
        "id,day,what,value\nA,0,CRP,90\nA,91,CRP,5\nB,0,CRP,80\nB,91,CRP,4\n",
    ),
}
PEOPLE = "id,born,died\nA,1980-01-01,\nB,1970-02-02,\nC,1960-03-03,\n"
DRUGS = "id,drug,start,stop\nA,TCZ,2018-01-09,\nB,TCZ,2018-03-02,\n"


@pytest.fixture
def study(tmp_path: Path):
    """Read the chart of a layout; texts may be replaced."""

    def made(
        layout="side by side",
        table=("", ""),
        rows=("", ""),
        people=("", ""),
        drugs=("", ""),
        protocol=("", ""),
        add="",
        more=None,
    ):
        table_text, row_text = LAYOUTS[layout]
        (tmp_path / "d").mkdir(exist_ok=True)
        files = {"p.csv": (PEOPLE, people), "t.csv": (DRUGS, drugs), "v.csv": (row_text, rows)}
        for name, (text, (old, new)) in files.items():
            assert old in text
            (tmp_path / "d" / name).write_text(text.replace(old, new, 1) if old else text + new)
        for name, text in (more or {}).items():
            (tmp_path / "d" / name).write_text(text)
        assert table[0] in table_text
        assert protocol[0] in PROTOCOL
        (tmp_path / "chart.yaml").write_text(HEAD + table_text.replace(*table) + add)
        declared = parse(PROTOCOL.replace(*protocol)).protocol
        return declared, read(declared, tmp_path / "chart.yaml")

    return made


def days(chart, patient="A"):
    return [one.day for one in chart.measurements if one.patient == patient]


def on(text, plus=0):
    return day_number(dt.date.fromisoformat(text)) + plus


def rules(chart):
    return [(one.rule, one.place.file, one.place.row) for one in chart.findings if one.severity == "error"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_day_counts_from_the_index_date_of_the_case(study, layout):
    declared, chart = study(layout)
    assert [] == rules(chart)
    assert ([on("2018-01-09"), on("2018-01-09", 91)], [on("2018-03-02"), on("2018-03-02", 91)]) == (
        days(chart),
        days(chart, "B"),
    )
    summary = Study(declared).run(chart).summary
    assert 2 == summary.outcomes["response"].responders[0].of_included.n
    note = "study days" if layout == "visits by day" else "planned (nominal) days"
    assert ("days", True) == (days_words(summary), any(note in one for one in planned(summary)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_patient_without_an_index_date_has_no_such_day(study, layout):
    row = {
        "side by side": "C,70,3\n",
        "visits by label": "C,start,70\n",
        "visits by day": "C,0,70\n",
        "long": "C,0,CRP,70\n",
    }[layout]
    _, chart = study(layout, rows=("", row))
    assert ([], []) == (rules(chart), days(chart, "C"))
    assert ["a day counted from the index date, and the patient has none"] == [
        one.reason for one in chart.rows if one.status == "out of scope"
    ]


TWICE = ("A,TCZ,2018-01-09,", "A,TCZ,2018-01-09,2018-02-01\nA,TCZ,2019-06-01,")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_with_several_courses_a_choice_is_raised_once_and_made_in_the_chart(study, layout):
    per_course = ("per: patient", "per: course")
    _, open_ = study(layout, drugs=TWICE, protocol=per_course)
    with pytest.raises(ChoiceNeeded) as asked:
        stop_on_errors(open_)
    assert {"v.csv"} == {one.place.file for one in asked.value.problems}
    old = {"side by side": " days}, measures", "visits by label": "column: when"}.get(layout, "column: day")
    for which, start in (("first", "2018-01-09"), ("last", "2019-06-01")):
        new = old.replace("}", f", course: {which}}}") if "}" in old else f"{old}, course: {which}"
        _, chart = study(layout, (old, new), drugs=TWICE, protocol=per_course)
        assert ([], [on(start), on(start, 91)]) == (rules(chart), days(chart))
    _, chart = study(layout, drugs=TWICE)  # one case per patient has one index date, that of the first course
    assert [on("2018-01-09"), on("2018-01-09", 91)] == days(chart)


def test_a_first_event_is_an_index_date_too(study):
    events = "  e: {kind: events, file: e.csv, patient: id, event: what, date: on}\n"
    _, chart = study(add=events, more={"e.csv": "id,what,on\nA,flare,2017-05-05\nA,flare,2016-05-05\n"},
                     protocol=("{first_exposure: tocilizumab, restart_after: 60 days}", "{first_event: flare}"))  # fmt: skip
    assert [on("2016-05-05"), on("2016-05-05", 91)] == days(chart)


def test_events_on_days_counted_from_the_index_date(study):
    dates = "date: {column: day, counted: study days}, until: {column: to, counted: study days}"
    events = f"  e: {{kind: events, file: e.csv, patient: id, event: what, {dates}}}\n"
    _, chart = study(add=events, more={"e.csv": "id,what,day,to\nA,rash,10,14\nC,rash,10,\n"})
    assert [("A", on("2018-01-09", 10), on("2018-01-09", 14))] == [
        (one.patient, one.start, one.end) for one in chart.facts if one.kind == "event"
    ]


def test_doses_and_missing_codes_stand_on_the_day_too(study):
    one = "crp: {column: b, unit: mg/L}"
    doses = (one, one + ", steroid: {column: s, unit: mg/day, drug: prednisone}")
    _, chart = study(table=doses, rows=("id,a,b\nA,90,5\nB,80,4\n", "id,a,b,s\nA,90,DO,7\nB,80,DO,\n"))
    late = [(one.measure, one.missing, one.value) for one in chart.measurements if one.day == on("2018-01-09", 91)]
    assert [("crp", "dropped out", None), ("steroid", "", 7)] == late
    seen = {one.patient: one.start for one in chart.facts if one.kind == "visit" and one.term == "m3"}
    assert {"A": on("2018-01-09", 91)} == seen  # B dropped out


def test_a_row_prepared_for_a_planned_visit_is_no_visit_and_one_on_a_study_day_is(study):
    for layout, seen in (("visits by label", 1), ("visits by day", 2)):
        row = {"visits by label": ("A,Month 3,5", "A,Month 3,"), "visits by day": ("A,91,5", "A,91,")}[layout]
        _, chart = study(layout, rows=row)
        assert seen == sum(one.kind == "visit" and one.patient == "A" for one in chart.facts)


def test_a_planned_day_after_death_is_told_and_stands(study):
    _, chart = study(people=("A,1980-01-01,", "A,1980-01-01,2018-04-01"))
    assert ([], 2) == (rules(chart), len(days(chart)))
    assert ["after death"] == [one.rule for one in chart.findings if one.severity == "warning"]


def test_a_planned_day_after_the_cut_off_or_in_the_future_is_not_used(study):
    _, chart = study(protocol=("study: Planned days", "study: x\nperiod: {data_cutoff: 2018-04-01}"))
    assert ([on("2018-01-09")], [on("2018-03-02")]) == (days(chart), days(chart, "B"))
    _, chart = study(
        "visits by label", drugs=("2018-01-09", "2018-01-09"), table=("month 3: 91 days", "month 3: 36500 days")
    )
    assert {"future"} == {rule for rule, *_ in rules(chart)}


@pytest.mark.parametrize(
    "wrong",
    [
        ("start: start", "start: {nominal_day: 0 days}"),
        ("birth: born", "birth: {column: born, counted: study days}"),
        ("death: died", "death: {column: died, days: {x: 3 days}}"),
    ],
)
def test_dates_that_an_index_date_rests_on_are_dates(tmp_path, study, wrong):
    study()
    text = (tmp_path / "chart.yaml").read_text()
    assert wrong[0] in text
    (tmp_path / "chart.yaml").write_text(text.replace(*wrong))
    with pytest.raises(ChartError, match="a date of the calendar is needed"):
        read(parse(PROTOCOL).protocol, tmp_path / "chart.yaml")


def test_a_chart_with_dates_has_no_nominal_index_date(study):
    _, chart = study(protocol=("{first_exposure: tocilizumab, restart_after: 60 days}", "{nominal_day: 0 days}"))
    assert [("index date", "", None)] == rules(chart)


def test_the_days_of_an_undated_chart_are_planned_or_study_days_as_declared(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d/p.csv").write_text("id\nA\n")
    (tmp_path / "d/v.csv").write_text("id,day,a\nA,0,90\nA,91,5\n")
    declared = parse(
        PROTOCOL.replace("{first_exposure: tocilizumab, restart_after: 60 days}", "{nominal_day: 0 days}")
    ).protocol
    told = []
    for more in ("", ", counted: study days"):
        (tmp_path / "chart.yaml").write_text(
            "source: d\ndated: no\ntables:\n  patients: {kind: patients, file: p.csv, patient: id}\n"
            f"  v: {{kind: visits, file: v.csv, patient: id, date: {{column: day{more}}}, measures: {{crp: {{column: a, unit: mg/L}}}}}}\n"
        )
        summary = Study(declared).run(read(declared, tmp_path / "chart.yaml")).summary
        told.append((days_words(summary), planned(summary)[0].split(":")[1][:30]))
    assert [
        ("planned (nominal) days", " all days are planned (nominal"),
        ("study days", " all days are study days, the "),
    ] == told


def test_a_window_without_any_value_is_told_in_the_check_and_in_the_headline(study):
    declared, chart = study("visits by day", rows=("A,91,5\nB,0,80\nB,+91,4\n", "A,200,5\nB,0,80\nB,201,4\n"))
    what = "no included case has a value in the window month 3 (days 75 to 105)"
    checked = Study(declared).check(chart)
    counted = Study(declared).check(chart, show=0)
    for one in (checked, counted):
        assert [what] == [found.message for found in one.chart.findings if found.rule == "empty window"]
    assert what.capitalize() == lines(Study(declared).run(chart).summary)[0]
    declared, chart = study("visits by day", rows=("B,+91,4\n", "B,201,4\n"))
    assert [] == [one.message for one in Study(declared).check(chart).chart.findings if one.rule == "empty window"]
