"""An event that is looked back for from each visit: on its day, or so many days before, and unknown where nobody could have seen it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, protocol
from tests.spec.spelled import spells
from tests.spec.spelled import told as spell_told
from tests.spec.times import times

from caseseries.response import held_rule

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  early: {from: 0 days, to: 45 days, take: last, same_day: worst, overlap: yes}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, same_day: worst}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
UNKNOWN = "not evaluable: after visits: not known on some day"
NO_VISIT = "not evaluable: after visits: no visit in window"
EDGE = "not evaluable: after visits: partial date at the edge of the window"
UVEITIS = "exclude: [{diagnosis: uveitis, by: index date}]"


def spec(name: str, written: str, rows: str, answer: str, more: str = "") -> Spec:
    changes = f"{STUDY}{more}\noutcomes: {{response: {{at: after, rule: {written}}}}}"
    return Spec(name, changes, "\n".join(rows.split(" ; ")), {"1": answer})


def once(name: str, rows: str, answer: str, more: str = "", of: str = "flare") -> Spec:
    """From one visit, on day 90."""
    rule = f"{{held: {{all: [{{value: mmt, at_least: 0 points}}, {{occurs: {of}, since: 30 days{more}}}]}}, in: after, on: every visit}}"
    return spec(name, rule, f"1 | mmt | 0:50, 90:60, 200:60 ; {rows}", answer, UVEITIS if of == "uveitis" else "")


def held(
    name: str, written: str, rows: str, answer: str, days: str = "in: after, on: every visit", more: str = ""
) -> Spec:
    return spec(name, f"{{held: {written}, {days}}}", rows, answer, more)


REMISSION = "{all: [{value: mmt, at_least: 70 points}, {not: {occurs: flare, since: 30 days}}]}"
NO_FLARE = "{not: {occurs: flare, since: 30 days}}"
BURST = "{all: [{value: mmt, at_least: 70 points}, {value: dose, at_most: 5 mg/day}, {not: {occurs: flare, since: 30 days}}]}"
LOW = "1 | prednisone | -60..200 5 mg"
SPECS = [
    once("on the first of these days", "1 | event: flare | 60", "yes"),
    once("a day before them", "1 | event: flare | 59", "no"),
    once("on the day of the visit", "1 | event: Flare | 90", "yes"),
    once("on the day after it", "1 | event: flare | 91", "no"),
    once("another event", "1 | event: zoster | 80", "no"),
    once("none at all", "1 | visit | 200", "no"),
    once("events were not charted", "- | not charted | adverse events", UNKNOWN),
    once("known in part, each day of it within", "1 | event: flare | 60~90", "yes"),
    once("known in part, perhaps a day too early", "1 | event: flare | 59~70", UNKNOWN),
    once("known in part, perhaps a day too late", "1 | event: flare | 80~91", UNKNOWN),
    once("known in part, and surely before", "1 | event: flare | 40~59", "no"),
    once("without a day", "1 | event: flare | [drug withdrawn]", UNKNOWN),
    once("without a day, and one with", "1 | event: flare | [drug withdrawn], 70", "yes"),
    once("twice", "1 | event: flare | 60, 90", "yes", ", times: 2"),
    once("twice, and one of them a day too early", "1 | event: flare | 59, 90", "no", ", times: 2"),
    once("twice on one day is once", "1 | event: flare | 70, 70", "no", ", times: 2"),
    once("once, and perhaps a second time", "1 | event: flare | 70, 50~61", UNKNOWN, ", times: 2"),
    once("a diagnosis", "1 | diagnosis: uveitis | 70", "yes", of="uveitis"),
    once("an event of the name of a diagnosis is none", "1 | event: uveitis | 70", "no", of="uveitis"),
    held("remission on each visit", REMISSION, "1 | mmt | 60:70, 90:75, 120:80 ; 1 | event: flare | 29", "yes"),
    held("one visit has the flare within its days", REMISSION, "1 | mmt | 60:70, 90:75, 120:80 ; 1 | event: flare | 90", "no"),
    held("between visits that are far apart it is not seen", REMISSION, "1 | mmt | 60:70, 134:75 ; 1 | event: flare | 90", "yes"),
    held("two visits without it, far from it", REMISSION, "1 | mmt | 60:70, 80:70, 110:70, 130:70 ; 1 | event: flare | 70",
         "yes", "in: after, on: 2 visits, apart: 20 days"),
    held("it ends the run", REMISSION, "1 | mmt | 50:70, 80:70, 110:70 ; 1 | event: flare | 80", "no",
         "in: after, lasting: 60 days, gap: 45 days"),
    held("a run that goes on without it", REMISSION, "1 | mmt | 50:70, 80:70, 110:70 ; 1 | event: flare | 111", "yes",
         "in: after, lasting: 60 days, gap: 45 days"),
    held("of recorded visits alone", NO_FLARE, "1 | visit | 60, 90", "yes"),
    held("of recorded visits alone, and on one of them", NO_FLARE, "1 | visit | 60, 90 ; 1 | event: flare | 61", "no"),
    held("of no recorded visit", NO_FLARE, "1 | mmt | 60:70 ; 1 | visit | 200", NO_VISIT),
    held("a recorded visit whose day is known in part", NO_FLARE, "1 | visit | 60, 80~100, 200", EDGE,
         more="partial_dates: bounds"),
    held("at least one of two", "{at_least: 1, of: [{value: mmt, at_least: 70 points}, {occurs: flare, since: 30 days}]}",
         "1 | mmt | 60:70, 90:60 ; 1 | event: flare | 70", "yes"),
    held("from the index date back the history must be known", NO_FLARE, "1 | visit | 0, 200 ; 1 | known from | -30", "yes",
         "in: early, on: every visit"),
    held("a day of the history is missing", NO_FLARE, "1 | visit | 0, 200 ; 1 | known from | -29",
         "not evaluable: early visits: not known on some day", "in: early, on: every visit"),
    held("a chart that does not say what its history covers", NO_FLARE, " | history | open ; 1 | visit | 29, 200",
         "not evaluable: early visits: not known on some day", "in: early, on: every visit"),
    held("such a chart, and a visit so late that it does not matter", NO_FLARE, " | history | open ; 1 | visit | 30, 200",
         "yes", "in: early, on: every visit"),
    held("an event before the index date", "{occurs: flare, since: 30 days}", "1 | visit | 10 ; 1 | known from | 0 ; 1 | event: flare | -20",
         "yes", "in: early, on: every visit"),
    held("the event of the index date counts as any other", "{occurs: flare, since: 30 days}", "1 | visit | 30 ; 1 | event: flare | 0",
         "yes", "in: early, on: every visit"),
    held("days before observation began", NO_FLARE, "1 | visit | 29, 60 ; 1 | observed | 0..400",
         "not evaluable: early visits: not known on some day", "in: early, on: every visit"),
    held("observed on all of them", NO_FLARE, "1 | visit | 30, 60 ; 1 | observed | 0..400", "yes", "in: early, on: every visit"),
    held("an event outside of observation is none", "{occurs: flare, since: 30 days}",
         "1 | visit | 40, 60 ; 1 | event: flare | 15 ; 1 | observed | -400..-20; 0..400", "yes", "in: early, on: every visit"),
    held("a day between visits is not looked back from", BURST, f"1 | mmt | 60:70, 134:70 ; 1 | event: flare | 90 ; {LOW}", "yes"),
    held("beside a dose it is looked back for from a visit", BURST, f"1 | mmt | 60:70, 134:70 ; 1 | event: flare | 110 ; {LOW}", "no"),
    held("a burst between visits still counts", BURST, f"1 | mmt | 60:70, 134:70 ; {LOW} ; 1 | prednisone | 90..95 20 mg", "no"),
    held("of doses alone every day is looked back from", "{all: [{value: dose, at_most: 5 mg/day}, {not: {occurs: flare, since: 30 days}}]}",
         f"1 | mmt | 200:70 ; 1 | event: flare | 15 ; {LOW}", "yes"),
    held("of doses alone on one day it is", "{all: [{value: dose, at_most: 5 mg/day}, {not: {occurs: flare, since: 30 days}}]}",
         f"1 | mmt | 200:70 ; 1 | event: flare | 16 ; {LOW}", "no"),
    spec("so long without a visit after it", "{free_of: {occurs: flare, since: 30 days}, for: 30 days, in: after, gap: 45 days}",
         "1 | visit | 60, 90, 120 ; 1 | event: flare | 40", "yes"),
    held("a rule of its own window beside it", "{all: [{occurs: flare, in: early}, {not: {occurs: flare, since: 30 days}}]}",
         "1 | visit | 60, 90 ; 1 | event: flare | 20", "yes"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_since(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


def told(implementation: str, rule: str, rows: str) -> Any:
    """What one rule that is held says of what was looked back for in patient 1."""
    study = protocol(f"{STUDY}\noutcomes: {{response: {{at: after, rule: {rule}}}}}")
    node = answers(study, "\n".join(rows.split(" ; ")), implementation).verdicts["1", "response", 0].trace[0]
    return [(one.asked.days, [(day.first, day.last, day.truth) for day in one.days], one.why) for one in node.back]


TWO = "{any: [{occurs: flare, since: 30 days}, {all: [{value: mmt, at_least: 70 points}, {occurs: flare, since: 60 days}]}]}"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_visit_is_told_with_what_was_looked_back_for(implementation: str) -> None:
    rows = "1 | mmt | 10:60, 20:70, 45:70 ; 1 | event: flare | 15 ; 1 | known from | -30"
    found = told(implementation, f"{{held: {TWO}, in: early, on: every visit}}", rows)
    assert found == [
        (30, [(10, 10, False), (20, 45, True)], ()),
        (60, [(10, 10, None), (20, 45, True)], ("before the known history",)),
    ]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_nothing_is_told_of_a_rule_without_visits_or_without_looking_back(implementation: str) -> None:
    assert told(implementation, f"{{held: {NO_FLARE}, in: after, on: every visit}}", "1 | mmt | 90:50") == []
    rule = "{held: {value: mmt, at_least: 50 points}, in: after, on: every visit}"
    assert told(implementation, rule, "1 | mmt | 90:50") == []


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_in_a_window_that_moves_the_visits_of_the_longer_one_are_told(implementation: str) -> None:
    moves = "windows:\n  moves: {from: 1 days, to: 200 days, take: last, same_day: worst, until: relapse, overlap: yes}"
    written = STUDY.replace("windows:", moves).replace("[flare]", "[flare, relapse]")
    rule = f"{{held: {NO_FLARE}, in: moves, on: every visit}}"
    asked = protocol(f"{written}\noutcomes: {{response: {{at: after, rule: {rule}}}}}")
    one = "1 | visit | 40, 60, 90, 300\n1 | event: flare | 85\n1 | event: relapse | 70"
    two = "2 | visit | 40, 90, 300\n2 | event: flare | 85\n2 | event: relapse | 50~100"
    rows = f"{one}\n{two}"
    found = answers(asked, rows, implementation).verdicts
    assert [found[case, "response", 0].truth for case in ("1", "2")] == [True, None]
    back = {case: found[case, "response", 0].trace[0].back for case in ("1", "2")}
    assert [(one.first, one.last, one.truth) for one in back["1"][0].days] == [(40, 60, False)]
    assert [(one.first, one.last, one.truth) for one in back["2"][0].days] == [(40, 40, False), (90, 90, True)]


@pytest.mark.parametrize("most", [1, 181, 400])
def test_in_parts_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    study = protocol(
        f"{STUDY}\noutcomes: {{response: {{at: after, rule: {{held: {BURST}, in: after, on: every visit}}}}}}"
    )
    rows = "\n".join(
        f"{patient} | prednisone | -60..300 5 mg\n{patient} | mmt | 60:70, 120:70, 200:70\n{patient} | event: flare | {15 * patient}"
        for patient in range(1, 9)
    )
    at_once = answers(study, rows, "duckdb")
    monkeypatch.setattr(held_rule, "MOST_DAYS", most)
    assert at_once == answers(study, rows, "duckdb") == answers(study, rows)
    assert {True, False} == {one.truth for one in at_once.verdicts.values()}


TIME = """
case: {index_date: {nominal_day: 0 days}, per: patient}
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  course: {from: 1 days, to: 200 days, take: last, same_day: worst, overlap: yes}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
TIMES = """
1 | mmt | 40:70, 80:70, 201:60
1 | event: flare | 30
2 | mmt | 40:70, 80:70, 201:70
2 | event: flare | 30, 60
3 | mmt | 40:70, 80:70, 201:70
3 | event: flare | 9~12
4 | mmt | 20:70, 80:70, 201:70
5 | visit | 150, 210
5 | mmt | 40:60
"""


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_time_to_a_rule_that_looks_back(implementation: str) -> None:
    asked = f"{{time_to: {REMISSION}, in: course, competing: [death], censored: [lost, data cutoff]}}"
    found = times(protocol(f"{TIME}\noutcomes: {{remission: {asked}}}"), TIMES, implementation)
    assert {case: one["remission"] for case, one in found.items()} == {
        "1": "event 80 after 40",
        "2": "end of window 80",
        "3": "event 80 after 0 ?",  # of the visit on day 40 nobody knows
        "4": "event 20 after 0",
        "5": "end of window 40 ?",
    }


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_states_that_look_back(implementation: str) -> None:
    states = f"{{flare: {{occurs: flare, since: 30 days}}, remission: {REMISSION}}}"
    study = protocol(f"{TIME}\noutcomes: {{course: {{spells: {states}, in: course, gap: 90 days}}}}")
    found = spells(study, TIMES, implementation)
    assert {case: spell_told(one["course"]) for case, one in found.items()} == {
        "1": "flare 40 x1 > remission; remission 80 x1 > no later visit",
        "2": "flare 40..80 x2 > no later visit",
        "3": "remission 80 x1 > no later visit; ? flare; not known 40",
        "4": "remission 20..80 x2 > no later visit",
        "5": "? remission; none 40; not known 150",
    }
