"""Rare comparisons in words: a percent of nothing, numbers that touch their limit, ends of scales."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import Leaf, Slot
from caseseries.verdict.leaf import Seen, brief, full, unreachable
from caseseries.verdict.numbers import shown
from caseseries.verdict.trace import Quantity

BEFORE, AFTER = Slot("mmt", "baseline"), Slot("mmt", "month 3")
FACTS = MeasureFacts("mmt", "number", "MMT8", "points", Fraction(0), Fraction(80), 1)


def seen(before: int | None, after: int, **leaf: object) -> Seen:
    declared = Leaf("change", "gain", AFTER, BEFORE, threshold=Fraction(20), **leaf)
    was = (
        Quantity(BEFORE, None, None, None, "no visit in window")
        if before is None
        else Quantity(BEFORE, Fraction(before), 0, 1)
    )
    return Seen("1", declared, FACTS, "points", False, "", was, Quantity(AFTER, Fraction(after), 90, 2))


def test_a_change_from_an_absent_value_is_none() -> None:
    assert (None, Fraction(4)) == (seen(None, 5).change, seen(1, 5).change)
    assert None is replace(seen(1, 5), before=None).change
    assert "mmt not known" == brief(seen(None, 5))


def test_a_percent_of_zero_that_counts_as_not_met_is_said() -> None:
    assert "mmt 0 → 5, and percent of 0 is undefined, counted as not met" == full(seen(0, 5, basis="baseline"))


def test_a_number_that_touches_its_limit_takes_nine_places_at_most() -> None:
    assert "0.33333333" == shown(Fraction(1, 3), 1, Fraction("0.333333329"))
    assert "0.333333333" == shown(Fraction(1, 3), 1, Fraction("0.3333333333"))


@pytest.mark.parametrize(
    ("before", "leaf", "expected"),
    [
        (60, {"basis": "points"}, False),
        (61, {"basis": "points"}, True),
        (60, {"basis": "points", "comparison": "more_than"}, True),
        (79, {"basis": "points", "comparison": "at_most"}, False),
        (66, {"basis": "baseline"}, False),
        (67, {"basis": "baseline"}, True),
        (0, {"basis": "baseline"}, False),
        (64, {"basis": "range", "width": Fraction(80)}, False),
        (65, {"basis": "range", "width": Fraction(80)}, True),
        (65, {"basis": "range"}, False),  # without a width there is no percent of it
        (None, {"basis": "points"}, False),
    ],
)
def test_when_a_threshold_is_out_of_reach(before: int | None, leaf: dict[str, object], expected: bool) -> None:
    assert expected is unreachable(seen(before, 70, **leaf))


def test_a_level_in_percent_of_range_is_told_with_the_percent(told: SimpleNamespace) -> None:
    rule = {"value": "cmas", "at_least": "80 % of range"}
    protocol = told.example(outcomes={"high": {"at": "month 3", "rule": rule}}, robustness={})
    spec = told.primary(protocol)
    made = told.verdict(spec, {("cmas", "month 3"): ("39", 91)}, 91)
    assert "No high at day 91: CMAS 39 (75 % of the range; at least 80 % of the range needed)." == told.say(
        protocol, spec, made
    )
