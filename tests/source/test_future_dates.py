"""Dates that are still to come: every date of every table stops the run; the day of the run changes no number."""

from __future__ import annotations

import datetime as dt

import pytest

from caseseries.chart import day_of_run
from caseseries.chart.day_of_run import last_possible
from caseseries.chart.tables import day_number

MORE = """
  events: {kind: events, file: events.csv, patient: id, event: event, date: day, until: until}
  deaths: {kind: deaths, file: deaths.csv, patient: id, date: day}
  findings: {kind: diagnoses, file: more.csv, patient: id, diagnosis: what, date: day}
  screening: {kind: screening, file: log.csv, patient: id, result: result, found: [in], date: day}
  labs: {kind: long, file: labs.csv, patient: id, date: day, measure: what, value: value, measures: {CMAS: cmas}}
  wide: {kind: side by side, file: wide.csv, patient: id, visits: {one: {date: day, measures: {cmas: c}}}}
  parts: {kind: visits, file: parts.csv, patient: id, date: {year: y, month: m, day: d}, measures: {cmas: c}}
"""
ADDED = {
    "events.csv": "id,event,day,until\nP1,cough,2008-03-01,2008-03-04\n",
    "deaths.csv": "id,day\nP2,2009-12-01\n",
    "more.csv": "id,what,day\nP1,asthma,2007-01-01\n",
    "log.csv": "id,result,day\nP1,in,2007-01-01\nP2,in,2007-01-02\n",
    "labs.csv": "id,day,what,value\nP1,2008-06-01,CMAS,40\n",
    "wide.csv": "id,day,c\nP1,2008-07-01,41\n",
    "parts.csv": "id,y,m,d,c\nP1,2008,8,1,42\n",
}
PLACES = [
    ("patients.csv", "2000-05-01", "2093-05-01", "born"),
    ("patients.csv", "2007-01-02", "2093-01-02", "diagnosed"),
    ("visits.csv", "P1,2008-01-01", "P1,2093-01-01", "date"),
    ("drugs.csv", "MMF,2008-02-02", "MMF,2093-02-02", "start"),
    ("drugs.csv", "2008-12-31", "2093-12-31", "stop"),
    ("events.csv", "2008-03-01", "2093-03-01", "day"),
    ("events.csv", "2008-03-04", "2093-03-04", "until"),
    ("deaths.csv", "2009-12-01", "2093-12", "day"),
    ("more.csv", "2007-01-01", "2093-01-01", "day"),
    ("log.csv", "2007-01-01", "2093-01-01", "day"),
    ("labs.csv", "2008-06-01", "2093", "day"),
    ("wide.csv", "2008-07-01", "2093-07-01", "day"),
    ("parts.csv", "2008,8,1", "2093,8,1", "y"),
]


def whole(chart_of, file="", old="", new="", **more):
    files = {name: text.replace(old, new, 1) if name == file else text for name, text in ADDED.items()}
    spoil = {file: (old, new)} if file and file not in ADDED else None
    return chart_of(spoil, ("", MORE), add=files, **more)


@pytest.mark.parametrize("cutoff", ["declared", "none"])
@pytest.mark.parametrize(("file", "old", "new", "column"), PLACES, ids=[f"{one[0]} {one[3]}" for one in PLACES])
def test_a_date_in_the_future_is_refused_in_every_column(
    chart_of, errors_of, address_of, file, old, new, column, cutoff
):
    without = ("period: {data_cutoff: 2010-12-31}\n", "")
    protocol = without if cutoff == "none" else ("", "partial_dates: bounds\n")
    assert [] == errors_of(whole(chart_of, protocol=protocol))
    wrong = [one for one in errors_of(whole(chart_of, file, old, new, protocol=protocol)) if one.rule == "future"]
    assert [(file, column)] == [(address_of(one)[0], address_of(one)[2]) for one in wrong]


def test_the_day_of_the_run_is_not_in_the_future_and_the_next_day_is(chart_of, errors_of, monkeypatch):
    for today, expected in (("2009-01-01", []), ("2008-12-31", []), ("2008-12-30", ["future"])):
        monkeypatch.setattr(day_of_run, "today", lambda today=today: day_number(dt.date.fromisoformat(today)))
        chart = chart_of(protocol=("period: {data_cutoff: 2010-12-31}\n", ""))
        assert expected == [one.rule for one in errors_of(chart)]


def test_a_cut_off_beyond_the_day_of_the_run_holds_for_shifted_dates():
    assert (10, 10, 20) == (last_possible(None, 10), last_possible(5, 10), last_possible(20, 10))


def test_an_end_that_means_still_taken_may_be_any_date(chart_of, errors_of):
    drugs = {"drugs.csv": ("2008-12-31", "2099-12-31")}
    assert [] == errors_of(chart_of(drugs, ("blank_stop: ongoing", "blank_stop: ongoing\n    ongoing: [2099-12-31]")))


def test_a_future_date_may_be_accepted_as_found_where_the_clock_is_wrong(chart_of, errors_of):
    accept = "accept: [{file: visits.csv, row: 2, column: date, found: 2093-01-01, as_found: yes, by: A, on: 2026-01-01, because: clock}]\n"
    chart = chart_of(
        {"visits.csv": ("P1,2008-01-01", "P1,2093-01-01")}, ("", accept), ("period: {data_cutoff: 2010-12-31}\n", "")
    )
    assert [] == errors_of(chart)


@pytest.mark.parametrize(("policy", "rules"), [("earliest", []), ("bounds", []), ("latest", ["future"])])
def test_a_day_taken_for_a_partial_date_is_not_in_the_future(chart_of, errors_of, monkeypatch, policy, rules):
    monkeypatch.setattr(day_of_run, "today", lambda: day_number(dt.date(2011, 6, 15)))
    chart = chart_of({"visits.csv": ("P2,2008-05-01", "P2,2011-06")},
                     protocol=("period: {data_cutoff: 2010-12-31}", f"partial_dates: {policy}"))  # fmt: skip
    assert rules == [one.rule for one in errors_of(chart)]


def test_a_diagnosis_after_the_data_cut_off_is_not_used(chart_of, errors_of):
    chart = chart_of({"patients.csv": ("2007-01-02", "2011-01-02")})
    assert [] == errors_of(chart)
    assert ["P2"] == [one.patient for one in chart.facts if one.kind == "diagnosis"]


def test_shifted_dates_may_lie_in_the_future(chart_of, errors_of):
    shifted = {"visits.csv": ("P1,2008-04-01", "P1,2093-04-01")}
    protocol = ("period: {data_cutoff: 2010-12-31}\n", "")
    assert ["future"] == [one.rule for one in errors_of(chart_of(shifted, protocol=protocol))]
    assert [] == errors_of(chart_of(shifted, ("source: data\n", "source: data\nshifted_dates: yes\n"), protocol))
