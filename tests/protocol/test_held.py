"""What may be written of a rule that is held, and what each mistake is told."""

from __future__ import annotations

import pytest

import caseseries as cs
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.load import parse

PROTOCOL = """
study: held
case: {{index_date: {{nominal_day: 0 days}}, per: patient}}
measures:
  mmt: {{quantity: strength, unit: points, range: [0, 80], better: high}}
  dose: {{daily_dose: prednisone, as: mg/day, source: courses, {outside}}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last}}
  after: {{from: 30 days, to: 180 days, take: last, {same_day}}}
intercurrent:
  {{death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed, steroid raised above baseline: as observed,
    pulse: as observed}}
outcomes:
  response: {{at: after, rule: {rule}}}
"""
MMT, DOSE = "{value: mmt, at_least: 70 points}", "{value: dose, at_most: 5 mg/day}"


def problems(
    rule: str, same_day: str = "same_day: worst", outside: str = "outside_courses: zero"
) -> tuple[Problem, ...]:
    try:
        parse(PROTOCOL.format(rule=rule, same_day=same_day, outside=outside), file="p.yaml")
    except ProtocolError as error:
        return error.problems
    return ()


RIGHT = {
    "every visit": f"{{held: {MMT}, in: after, on: every visit}}",
    "one visit": f"{{held: {MMT}, in: after, on: 1 visit}}",
    "two apart": f"{{held: {MMT}, in: after, on: 2 visits, apart: 28 days, consecutive: yes}}",
    "so long": f"{{held: {MMT}, in: after, lasting: 28 days, gap: 45 days}}",
    "as long as the window": f"{{held: {MMT}, in: after, lasting: 150 days, gap: 45 days}}",
    "a dose": f"{{held: {DOSE}, in: after, lasting: 90 days, gap: 1 day}}",
    "beside others": f"{{all: [{{held: {MMT}, in: after, on: every visit}}, {{not: {{held: {DOSE}, in: after, on: every visit}}}}]}}",
}
ONE_WAY = "on which visits it must hold, is said in one way"
#: What is written, the words of the one mistake, and where it stands.
WRONG = {
    "no window of this name": (f"{{held: {MMT}, in: afte, on: every visit}}", "no window has this name", "in:"),
    "both ways": (f"{{held: {MMT}, in: after, on: every visit, lasting: 28 days, gap: 45 days}}", ONE_WAY, "rule:"),
    "neither way": (f"{{held: {MMT}, in: after}}", ONE_WAY, "rule:"),
    "no visits": (f"{{held: {MMT}, in: after, on: 0 visits}}", "not visits that are counted", "on:"),
    "a typo": (f"{{held: {MMT}, in: after, on: evry visit}}", "not visits that are counted", "on:"),
    "apart of one": (f"{{held: {MMT}, in: after, on: every visit, apart: 7 days}}", "`apart` is said of several visits", "apart:"),
    "consecutive of one": (f"{{held: {MMT}, in: after, on: 1 visit, consecutive: yes}}", "`consecutive` is said of several visits", "consecutive:"),
    "apart of nothing": (f"{{held: {MMT}, in: after, on: 2 visits, apart: 0 days}}", "not a length of time", "apart:"),
    "no gap": (f"{{held: {MMT}, in: after, lasting: 28 days}}", "a run of visits needs to know how far apart two of them may be", "lasting:"),
    "a gap of nothing said": (f"{{held: {MMT}, in: after, on: every visit, gap: 7 days}}", "`gap` is said of a run of visits", "gap:"),
    "longer than the window": (f"{{held: {MMT}, in: after, lasting: 151 days, gap: 45 days}}", "this is longer than the window 'after'", "lasting:"),
    "too far apart": (f"{{held: {MMT}, in: after, on: 3 visits, apart: 76 days}}", "so many visits so far apart do not fit", "apart:"),
    "held within held": (f"{{held: {{held: {MMT}, in: after, on: every visit}}, in: after, on: every visit}}",
                         "a rule that is held cannot hold another one that is", "held:"),
    "nothing of the day": ("{held: {value: mmt, at_least: 70 points, at: baseline}, in: after, on: every visit}",
                           "nothing in this rule is read on the visit days: every part has its own `at:`", "held:"),
    "visits of a dose": (f"{{held: {DOSE}, in: after, on: 2 visits}}", "a dose from courses is read on every day, so visits are not counted", "on:"),
    "exactly with a dose": (f"{{held: {{exactly: 1, of: [{MMT}, {DOSE}]}}, in: after, on: every visit}}",
                            "on days between visits a dose is read alone, of which `exactly` says nothing", "held:"),
    "a threshold out of reach": ("{held: {value: mmt, at_least: 81 points}, in: after, on: every visit}", "", ""),
    "a measure that nobody declared": ("{held: {value: mtt, at_least: 70 points}, in: after, on: every visit}", "no measure has this name", ""),
}  # fmt: skip


@pytest.mark.parametrize("rule", RIGHT.values(), ids=RIGHT)
def test_what_may_be_written(rule: str) -> None:
    assert problems(rule) == ()


@pytest.mark.parametrize(("rule", "what", "where"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_its_place(rule: str, what: str, where: str) -> None:
    found = problems(rule)
    assert len(found) == 1 and what in found[0].what
    place = found[0].place
    assert place.line is not None
    line = PROTOCOL.format(rule=rule, same_day="same_day: worst", outside="outside_courses: zero").splitlines()[
        place.line - 1
    ]
    assert line[: int(place.column) - 1].rstrip().endswith(where)


def test_two_values_of_one_day_need_a_rule() -> None:
    (found,) = problems(RIGHT["every visit"], same_day="tie: earlier")
    assert found.what == "two different values of one visit day need a rule: the window 'after' has no `same_day`"
    assert problems(RIGHT["a dose"], same_day="tie: earlier") == ()


def test_a_day_without_a_course_needs_a_meaning() -> None:
    (found,) = problems(RIGHT["a dose"], outside="if_zero_baseline: not met")
    assert found.do == "write `outside_courses: zero` or `not evaluable` in the measure dose"


def test_it_is_made_in_python() -> None:
    made = cs.held(cs.gain(cs.measure("mmt")) >= 4, in_="after", lasting="28 days", gap="45 days")
    read = parse(
        PROTOCOL.format(
            rule="{held: {gain: mmt, at_least: 4 points}, in: after, lasting: 28 days, gap: 45 days}",
            same_day="same_day: worst",
            outside="outside_courses: zero",
        ),
        file="p.yaml",
    )
    assert read.protocol.verdicts["response"].rule == made
