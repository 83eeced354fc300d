"""Rules that nobody or everybody meets, levels that are never reached, and what else a score or a count cannot mean."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.spec.small import BASE, _read, merged, protocol, protocol_of

from caseseries.errors import ProtocolError
from caseseries.protocol.changed_threshold import changed_threshold
from caseseries.protocol.check import check_made
from caseseries.protocol.specs import plan

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: function, unit: points, range: [0, 52], better: high}
  better: {judgement: better, since: index date, better: yes}
  steroid: {daily_dose: prednisone, as: mg/day, outside_courses: zero, if_zero_baseline: not evaluable, weight: weight, weight_within: 30 days}
  weight: {quantity: weight, unit: kg, better: none}
"""
SCORE = (
    "{score: [{improves: mmt, points: {at_least 4 points: 5, at_least 8 points: 10}}, "
    "{improves: cmas, points: {at_least 4 points: 5}}], at_least: %s}"
)


def rule(written: str) -> str:
    return f"{STUDY}\noutcomes: {{response: {{at: after, rule: {written}}}}}"


def levels(*written: str) -> str:
    named = ", ".join(f"l{place}: {one}" for place, one in enumerate(written))
    return f"{STUDY}\noutcomes: {{response: {{at: after, levels: {{{named}, none: otherwise}}}}}}"


def errors(written: str) -> list[str]:
    return [problem.what for problem in check_made(protocol_of(merged(_read(BASE), _read(written)))).errors]


NEVER, ALWAYS = "no values could meet this rule", "all values meet this rule"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{all: [{value: mmt, at_least: 70 points}, {value: mmt, less_than: 60 points}]}", [NEVER]),
        ("{all: [{value: mmt, at_least: 70 points}, {value: mmt, less_than: 71 points}]}", []),
        ("{all: [{value: mmt, at_least: 70 points}, {value: mmt, less_than: 60 points, at: baseline}]}", []),
        ("{any: [{gain: mmt, at_least: 4 points}, {gain: mmt, less_than: 5 points}]}", [ALWAYS]),
        ("{any: [{gain: mmt, more_than: 4 points}, {gain: mmt, less_than: 4 points}]}", []),
        ("{any: [{is: better}, {not: {is: better}}]}", [ALWAYS]),
        ("{when: {is: better}, then: {gain: mmt, at_least: 4 points}, otherwise: {gain: mmt, at_least: 4 points}}",
         ["both branches are the same rule, so that the condition changes nothing"]),
        ("{when: {is: better}, then: {gain: mmt, at_least: 4 points}, otherwise: {gain: mmt, at_least: 5 points}}", []),
        ("{at_least: 0, of: [{is: better}, {gain: mmt, at_least: 4 points}]}", ["every count of parts is at least 0", ALWAYS]),
        ("{at_most: 2, of: [{is: better}, {gain: mmt, at_least: 4 points}]}", ["every count of parts is at most all of them", ALWAYS]),
        ("{all: [{is: better}, {at_most: 1, of: [{gain: mmt, at_least: 4 points}]}]}", ["every count of parts is at most all of them"]),
        (f"{{all: [{SCORE % 10}, {{gain: mmt, less_than: 4 points}}]}}", [NEVER]),
        (f"{{all: [{SCORE % 5}, {{gain: mmt, less_than: 4 points}}]}}", []),
    ],
)  # fmt: skip
def test_a_rule_can_be_met_and_missed(written: str, told: list[str]) -> None:
    assert told == errors(rule(written))


NEVER_REACHED = "this level is never reached: wherever it holds, a level before it holds"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (("{value: mmt, at_least: 40 points}", "{value: mmt, at_least: 70 points}"), [NEVER_REACHED]),
        (("{value: mmt, at_least: 70 points}", "{value: mmt, at_least: 40 points}"), []),
        ((SCORE % 5, SCORE % 10, SCORE % 15), [NEVER_REACHED, NEVER_REACHED]),
        ((SCORE % 15, SCORE % 10, SCORE % 5), []),
        (("{is: better}", "{all: [{is: better}, {gain: mmt, at_least: 4 points}]}"), [NEVER_REACHED]),
        (("{gain: mmt, at_least: 4 points}", "{gain: cmas, at_least: 40 points}"), []),
    ],
)
def test_a_level_is_reached(written: tuple[str, ...], told: list[str]) -> None:
    assert told == errors(levels(*written))


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{score: [{rule: {is: better}, points: -5}, {rule: {gain: mmt, at_least: 4 points}, points: 10}], at_least: 5}",
         "a rule gives points, and takes none away"),
        ("{score: [{rule: {is: better}, points: 0}, {rule: {gain: mmt, at_least: 4 points}, points: 10}], at_least: 5}",
         "a rule gives points, and takes none away"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 7.5, more than 5.0 % of range: 15}}], at_least: 5}", "the same band twice"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 7.5, less_than 15 % of range: 15}}], at_least: 5}",
         "bands that open upward and downward in one list"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 15, more_than 15 % of range: 7.5}}], at_least: 5}",
         "the points of a band are above 0 and not fewer than those of the band before it"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 15, more_than 4 points: 20}}], at_least: 5}", "bands of different units in one list"),
        ("{score: [{gain: mmt, points: {5 % of range: 15}}], at_least: 5}", "not a band"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 15}}], at_least: 16}", "no sum of these points can make a difference"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 15}}], at_most: 15}", "every sum of these points is so"),
        ("{score: [{gain: mmt, points: {more_than 5 % of range: 15}}]}", "exactly one comparison is needed"),
    ],
)  # fmt: skip
def test_a_score_that_cannot_be_meant_is_refused(written: str, what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        protocol(rule(written))


def test_points_may_be_written_with_the_word() -> None:
    assert protocol(rule(SCORE % 10)).outcomes == protocol(rule(SCORE % "10 points")).outcomes


def test_a_band_is_not_changed_alone() -> None:
    with pytest.raises(ProtocolError, match="is not changed") as refused:
        changed_threshold(protocol(rule(SCORE % 10)), "response", "mmt", {"at_least": "20 points"}, was="4 points")
    assert "is a band of a score" in refused.value.problems[0].what


AMOUNT = "robustness: {dose: [mg/kg/day]}"


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("{value: steroid, at_most: 10 mg/day}", 1),
        ("{decrease: steroid, at_least: 5 mg/day}", 1),
        ("{any: [{is: better}, {held: {value: steroid, at_most: 10 mg/day}, in: after, on: every visit}]}", 1),
        ("{value: steroid, at_most: 0 mg/day}", 2),
        ("{decrease: steroid, at_least: 20 % of baseline}", 2),
    ],
)
def test_an_amount_of_a_dose_is_of_its_unit(written: str, units: int) -> None:
    """10 mg/day are not 10 mg/kg/day: the grid has no cell of another unit where a rule names an amount."""
    study = protocol(f"{rule(written)}\n{AMOUNT}")
    assert units == len({spec.dose for spec in plan(study, "response").specs})
    told = [one.what for one in check_made(study).warnings if "the grid leaves other units of it out" in one.what]
    assert (units == 1) == bool(told)


def test_grades_stand_in_the_order_of_their_numbers() -> None:
    wrong = STUDY + '  cells: {grades: ["1+", "0.5+", "0"], better: low}\n'
    found = check_made(protocol(wrong)).warnings
    assert any("the numbers of these grades do not rise" in one.what for one in found)
    assert not any(
        "do not rise" in one.what
        for one in check_made(protocol(wrong.replace('"1+", "0.5+", "0"', '"0", "0.5+", "1+"'))).warnings
    )
