"""Kaplan-Meier and cumulative incidence: against R, where the curve is one half, at its ends, and how both agree."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.stats import CENSORED, EventTimes, cumulative_incidence, event_times, kaplan_meier

REFERENCE = json.loads((Path(__file__).parent / "survival_r.json").read_text(encoding="utf-8"))
NEVER = "the curve never falls to one half"


def close(expected, actual):
    if expected is None or actual is None:
        return expected is actual
    # Both sum roundings over up to 300 times; near 0 a share is compared on the scale of a share.
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-13)


def observed(case):
    return list(zip(case["time"], case["event"], strict=True))


def same_steps(case, steps, value):
    assert len(case["steps"]) == len(steps)
    for expected, step in zip(case["steps"], steps, strict=True):
        assert math.isclose(expected["time"], step.time)
        counts = (step.at_risk, step.events, step.competing, step.censored)
        assert (expected["at_risk"], expected["events"], expected.get("competing", 0), expected["censored"]) == counts
        assert close(expected[value], step.value)
        if step.no_band_because:
            assert (None, None, None) == (step.standard_error, step.lower, step.upper)
            assert expected["lower"] is expected["upper"] is None
        else:
            assert close(expected["error"], step.standard_error)
            assert close(expected["lower"], step.lower)
            assert close(expected["upper"], step.upper)


def test_kaplan_meier_equals_r():
    cases = REFERENCE["kaplan_meier"]
    assert 75 == len(cases)
    for case in cases:
        found = kaplan_meier(observed(case), level=case["level"])
        same_steps(case, found.curve.steps, "survival")
        median, lower, upper = case["median"]
        assert close(median, found.median.estimate), case["name"]
        assert close(lower, found.median.lower), case["name"]
        assert close(upper, found.median.upper), case["name"]
        assert (lower is not None and upper is None) == bool(found.median.upper_open_because)


def test_cumulative_incidence_equals_r():
    cases = REFERENCE["cumulative_incidence"]
    assert 106 == len(cases)
    told = 0
    for case in cases:
        found = cumulative_incidence(observed(case), case["cause"], level=case["level"])
        same_steps(case, found.steps, "value")
        for row in case["etm"] or []:
            (step,) = (step for step in found.steps if math.isclose(step.time, row["time"]))
            told += 1
            assert close(row["value"], step.value)
            if not step.no_band_because:
                assert close(row["variance"], step.standard_error**2)
                assert close(row["lower"], step.lower)
                assert close(row["upper"], step.upper)
    assert 466 == told


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        # S = 1/2 exactly at 3, and the next fall is at 4.5.
        ([("1.5", "e"), ("3", "e"), ("4.5", "e"), ("6", "e")], Fraction(15, 4)),
        # S = (6/7)(3/4)(2/3)... in binary not 1/2; on paper (1 - 1/6)(1 - 1/5)(1 - 1/4) = 1/2.
        ([(1, "e"), (2, "e"), (3, "e"), (4, ""), (5, "e"), (6, "")], Fraction(4)),
        # A censoring in the flat stretch is no fall.
        ([(1, "e"), (2, "e"), (3, ""), (5, "e")], Fraction(7, 2)),
        # The curve stays at 1/2: the first time.
        ([(1, "e"), (2, "e"), (3, ""), (4, "")], Fraction(2)),
        # It falls past 1/2.
        ([(1, "e"), (2, "e"), (3, "e")], Fraction(2)),
        ([(5, "e")], Fraction(5)),
        ([(0, "e"), (0, "e")], Fraction(0)),
    ],
)
def test_the_median_where_the_curve_is_one_half(times, expected):
    assert expected == kaplan_meier(times).median.estimate


def test_one_half_is_found_where_floats_miss_it():
    """S = 1/2 exactly, while the product of floats lies above it."""
    times = [(time, "e") for time in range(1, 50)] + [(100, "")] * 49
    product = math.prod(1 - 1 / (98 - before) for before in range(49))
    assert product != 0.5
    assert Fraction(49) == kaplan_meier(times).median.estimate


def test_what_is_not_reached_says_so():
    never = kaplan_meier([(1, "e"), (2, ""), (3, ""), (4, "")]).median
    assert (None, NEVER) == (never.estimate, never.absent_because)
    assert (1, None) == (never.lower, never.upper)
    assert "the upper band of the curve never falls to one half" == never.upper_open_because
    none = kaplan_meier([(1, ""), (2, "")]).median
    assert (None, None, None) == (none.estimate, none.lower, none.upper)
    assert "the lower band of the curve never falls to one half" == none.interval_absent_because
    empty = kaplan_meier([])
    assert ((), False) == (empty.curve.steps, empty.curve.ended)
    assert "nothing was observed (n = 0)" == empty.median.absent_because == empty.median.interval_absent_because
    assert "nothing was observed (n = 0)" == empty.curve.at(0).absent_because


def test_a_band_begins_with_the_first_event_and_ends_before_the_last():
    steps = kaplan_meier([(1, ""), (2, "e"), (3, "e")]).curve.steps
    assert "no event was seen yet: the log-log band starts with the first" == steps[0].no_band_because
    assert "" == steps[1].no_band_because
    assert "nobody is left without the event: the log-log band ends before" == steps[2].no_band_because


def test_the_curve_is_read_at_any_time():
    curve = kaplan_meier([(1, "e"), (2, "e"), (2, ""), (4, "e"), (6, "")], level="0.9").curve
    assert [5, 5, 4, 4, 2, 2, 1, 0] == [curve.at_risk(t) for t in (0, 1, "1.5", 2, 3, 4, 5, 7)]
    assert [1.0, 0.8, 0.8] == [curve.at(t).estimate for t in ("0.9", 1, "1.9")]
    assert curve.at("5.5").estimate == curve.steps[2].value
    assert (curve.steps[1].lower, curve.steps[1].upper) == (curve.at(3).lower, curve.at(3).upper)
    assert (None, "nobody was observed for so long") == (curve.at(7).estimate, curve.at(7).absent_because)
    assert (3, 5, Fraction(9, 10)) == (curve.events, curve.at(1).n, curve.at(1).level)
    with pytest.raises(ValueError, match="0 or more"):
        curve.at(-1)


def test_a_curve_on_which_nobody_is_left_is_known_for_ever():
    observed = [(1, "a"), (2, "b"), (3, "a")]
    incidence = cumulative_incidence(observed, "b")
    assert close(1 / 3, incidence.at(50).estimate)
    assert close(incidence.steps[-1].upper, incidence.at(50).upper)
    survival = kaplan_meier([(time, "any") for time, _ in observed]).curve
    assert (0.0, None) == (survival.at(50).estimate, survival.at(50).lower)


times = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["", "a", "b"])), min_size=1, max_size=40)


@given(times)
def test_one_kind_of_event_turns_kaplan_meier_over(drawn):
    only = [(time, "a" if event else "") for time, event in drawn]
    survival, incidence = kaplan_meier(only).curve, cumulative_incidence(only, "a")
    for alive, had in zip(survival.steps, incidence.steps, strict=True):
        assert math.isclose(1, alive.value + had.value)
        assert alive.no_band_because == had.no_band_because
        if not alive.no_band_because:
            assert math.isclose(alive.standard_error, had.standard_error, rel_tol=1e-9)
            assert math.isclose(1, alive.lower + had.upper, rel_tol=1e-11)
            assert math.isclose(1, alive.upper + had.lower, rel_tol=1e-11)


@given(times)
def test_everybody_has_one_event_or_none(drawn):
    any_event = kaplan_meier([(time, "any" if event else "") for time, event in drawn]).curve
    for alive, a, b in zip(
        any_event.steps, cumulative_incidence(drawn, "a").steps, cumulative_incidence(drawn, "b").steps, strict=True
    ):
        assert math.isclose(1, alive.value + a.value + b.value)
        assert (a.events, a.competing, a.at_risk) == (b.competing, b.events, b.at_risk)


@given(times, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_counting_change_nothing(drawn, order):
    shuffled = list(drawn)
    order.shuffle(shuffled)
    table = event_times(drawn)
    assert table == EventTimes.of({(time, event): count for time, event, count in table.counts})
    assert cumulative_incidence(drawn, "a") == cumulative_incidence(shuffled, "a") == cumulative_incidence(table, "a")


def test_without_censoring_the_variance_is_binomial():
    steps = cumulative_incidence([(time, "a" if time % 3 else "b") for time in range(1, 10)], "b").steps
    for step in steps[2:]:
        assert math.isclose(step.value * (1 - step.value) / 9, step.standard_error**2)


def test_impossible_times_are_refused():
    with pytest.raises(ValueError, match="a time to an event is 0 or more"):
        kaplan_meier([(-1, "e")])
    with pytest.raises(TypeError, match="not float"):
        kaplan_meier([(1.5, "e")])
    with pytest.raises(ValueError, match="they compete"):
        kaplan_meier([(1, "a"), (2, "b")])
    with pytest.raises(ValueError, match="to be censored is no event"):
        cumulative_incidence([(1, "a")], CENSORED)
    with pytest.raises(ValueError, match="a frequency is 0 or more"):
        EventTimes.of({(1, "a"): -1})
