"""What a window that ends with an event or after a length of the past cannot say, or where it cannot stand, is told at its place."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.spec.small import protocol

from caseseries.protocol.check import check_made
from caseseries.protocol.window import Window
from caseseries.verdict.names import window_days

STUDY = """
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  before: {from: -90 days, to: -1 days, take: last, overlap: yes}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, same_day: worst}
  moves: {from: 1 day, to: 134 days, take: last, same_day: worst, overlap: yes, %s}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
UNTIL, LENGTH = "until: flare", "length: {longest_between: flare, in: before, times: 3}"
OCCURS = "{occurs: flare, in: moves}"


def told(moves: str, rule: str = OCCURS, more: str = "") -> list[tuple[str, str]]:
    outcome = f"outcomes: {{response: {{at: after, rule: {rule}}}{more}}}"
    return [(str(one.place), one.what) for one in check_made(protocol(STUDY % moves + outcome)).errors]


@pytest.mark.parametrize(("moves", "where", "what"), [
    (UNTIL, "", ""),
    (LENGTH, "", ""),
    ("until: flair", "windows > moves > until", "names this event or diagnosis"),
    ("length: {longest_between: flair, in: before}", "windows > moves > length > longest_between", "names this event or diagnosis"),
    ("length: {longest_between: flare, in: befor}", "windows > moves > length > in", "no window has this name"),
    ("length: {longest_between: flare, in: moves}", "windows > moves > length > in", "that window moves itself"),
    ("length: {longest_between: flare, in: after}", "windows > moves > length > in", "shares days with it or comes after it"),
    ("length: {longest_between: flare, in: before, at_least: 135 days}", "windows > moves > length > at_least", "longer than the window may be"),
    ("length: {longest_between: flare, in: before, at_least: 134 days}", "", ""),
])  # fmt: skip
def test_what_it_says(moves: str, where: str, what: str) -> None:
    found = told(moves)
    assert (not found) if not what else [(where, True)] == [(at, what in one) for at, one in found], found


@pytest.mark.parametrize(("rule", "where"), [
    ("{held: {value: mmt, at_least: 60 points}, in: moves, on: every visit}", ""),
    ("{free_of: flare, for: 20 days, in: moves}", ""),
    ("{not: {all: [{occurs: flare, in: moves}, {gain: mmt, at_least: 2 points}]}}", ""),
    ("{value: mmt, at_least: 60 points, at: moves}", "outcomes > response > rule > at"),
    ("{any: [{gain: mmt, at_least: 2 points}, {gain: mmt, at_least: 2 points, at: moves}]}", "outcomes > response > rule > any > 1 > at"),
    ("{gain: mmt, at_least: 2 points, from: moves}", "outcomes > response > rule > from"),
    ("{unchanged: prednisone, in: moves}", "outcomes > response > rule > in"),
    ("{held: {value: mmt, at_least: 60 points, at: moves}, in: moves, on: every visit}", "outcomes > response > rule > held > at"),
])  # fmt: skip
def test_where_it_stands_in_a_rule(rule: str, where: str) -> None:
    found = [at for at, what in told(UNTIL, rule) if "ends on another day in each case" in what]
    assert found == ([where] if where else [])


@pytest.mark.parametrize(("more", "where"), [
    (", strength: {change: mmt, at: moves}", "outcomes > strength > at"),
    (", strength: {describe: mmt, at: moves}", "outcomes > strength > at"),
    (", slope: {trajectory: mmt, in: moves}", "outcomes > slope > in"),
    (", flares: {count: flare, at: moves}", "outcomes > flares > at"),
    (", time: {time_to: flare, in: moves, competing: [death]}", "outcomes > time > in"),
    (", time: {time_to: {value: mmt, at_least: 60 points}, in: after, competing: [death], after: "
     "{held: {value: mmt, at_least: 50 points}, in: moves, on: 1 visit}}",
     "outcomes > time > after > in"),
    (", other: {at: after, also_at: [moves], rule: {value: mmt, at_least: 60 points}}", "outcomes > other > also_at"),
    (", other: {at: after, rule: {value: mmt, at_least: 60 points}, among: {value: mmt, at_most: 70 points, at: moves}}",
     "outcomes > other > among > at"),
    (", other: {at: after, rule: {value: mmt, at_least: 60 points}, among: {occurs: flare, in: moves}}", ""),
    ("}\ninclude: [{value: mmt, in: moves, at_least: 10 points}]\nrobustness: {missing: [not met]", "include > 0 > in"),
    ("}\nrobustness: {windows: {moves: [{from: 1 day, to: 100 days}]}", "robustness > windows > moves"),
    ("}\nrobustness: {take: {moves: [first]}", "robustness > take > moves"),
])  # fmt: skip
def test_where_it_cannot_stand(more: str, where: str) -> None:
    found = [at for at, what in told(UNTIL, more=more) if "ends on another day in each case" in what]
    assert found == ([where] if where else [])


@pytest.mark.parametrize(("moves", "what"), [
    (f"{UNTIL}, {LENGTH}", "not both"),
    ("length: {longest_between: flare, in: before, times: 0}", "not a number of times"),
    ("length: {longest_between: flare, in: before, at_least: 0 days}", "not a length of time"),
    ("length: 365 days", "length"),
])  # fmt: skip
def test_what_is_refused(moves: str, what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        told(moves)


def test_a_length_of_the_past_needs_days_that_are_known() -> None:
    study = protocol(f"{STUDY % LENGTH}outcomes: {{response: {{at: after, rule: {OCCURS}}}}}\npartial_dates: middle")
    assert [("partial_dates", True)] == [
        (str(one.place), "events are counted" in one.what) for one in check_made(study).errors
    ]


@pytest.mark.parametrize(("moves", "field"), [(UNTIL, "until"), (LENGTH, "length")])
def test_the_baseline_has_the_same_days_in_every_case(moves: str, field: str) -> None:
    """A change begins there where nothing else is written, and the first table tells it of everybody."""
    written = f"baseline: {{from: -30 days, to: 0 days, take: last, {moves}}}"
    study = (STUDY % UNTIL).replace("baseline: {from: -90 days, to: 0 days, take: last}", written)
    study = study.replace("before: {from: -90 days, to: -1 days", "before: {from: -90 days, to: -31 days")
    found = check_made(protocol(f"{study}outcomes: {{response: {{at: after, rule: {OCCURS}}}}}")).errors
    assert [(f"windows > baseline > {field}", True)] == [(str(one.place), "in every case" in one.what) for one in found]


def test_an_index_event_that_ends_the_window_at_once_is_told() -> None:
    study = STUDY.replace("from: 1 day, to: 134", "from: 0 days, to: 134") % UNTIL
    more = f"case: {{index_date: {{first_event: flare}}, per: patient}}\noutcomes: {{response: {{at: after, rule: {OCCURS}}}}}"
    told_ = check_made(protocol(f"{study}{more}"))
    assert [] == told_.errors
    assert ["windows > moves > until"] == [
        str(one.place) for one in told_.warnings if "the index event itself" in one.what
    ]


def test_its_days_in_words() -> None:
    written = {"from": "1 day", "to": "200 days", "take": "last"}
    assert "days 1 to 200, no longer than to the first flare in it" == window_days(
        Window.model_validate(written | {"until": "flare"})
    )
    length = {"longest_between": "flare", "in": "before", "times": "2.5", "at_least": "30 days"}
    said = window_days(Window.model_validate(written | {"length": length}))
    assert said == (
        "from day 1 for 2.5 times the longest time between two events called flare in before, "
        "at least 30 and at most 200 days"
    )
