"""Which days of a database are read: those of every visit, where a rule is read on every one."""

from __future__ import annotations

from tests.spec.small import protocol

from caseseries.source.omop.reach import reach, visits

WINDOWS = """
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, components: nearest each}
  course: {from: 0 days, to: 400 days, take: last, same_day: worst, components: nearest each}
"""


def test_visits_are_read_where_no_window_takes_one_and_a_rule_is_read_on_every_one() -> None:
    assert visits(protocol(WINDOWS)) is None
    held = "outcomes: {response: {at: after, rule: {held: {value: mmt, at_least: 70 points}, in: course, on: every visit}}}"
    assert (0, 400) == visits(protocol(f"{WINDOWS}\n{held}"))
    timed = "outcomes: {time: {time_to: {value: mmt, at_least: 70 points}, in: course, competing: [death]}}"
    assert (0, 400) == visits(protocol(f"{WINDOWS}\n{timed}"))


def test_the_values_of_a_time_are_read() -> None:
    timed = "outcomes: {response: ~, time: {time_to: {gain: mmt, at_least: 5 points}, in: course, competing: [death]}}"
    assert {"mmt": ((-90, 400),)} == dict(reach(protocol(f"{WINDOWS}\n{timed}")))


def test_weights_of_a_cumulative_dose_are_read_to_the_day_after_its_last() -> None:
    measures = "weight: {quantity: weight, unit: kg, better: none}\n"
    measures += "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/kg/day, outside_courses: zero,"
    measures += " weight: weight, weight_within: 10 days}"
    text = f"measures:\n  {measures}\n{WINDOWS}\n"
    safety = "safety: {until_after_last_dose: 30 days, exposure: [{dose: steroid, in: course}]}"
    assert (((-100, 410),), ((-100, 411),)) == tuple(reach(protocol(one))["weight"] for one in (text, text + safety))
