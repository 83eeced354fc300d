"""The Hodges-Lehmann estimate and interval: against R, against inverted tests, and with few or equal values."""

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.stats import hodges_lehmann, signed_rank

CASES = json.loads((Path(__file__).parent / "reference_r.json").read_text(encoding="utf-8"))["differences"]


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_equals_r(case):
    for expected in case["hodges_lehmann"]:
        found = hodges_lehmann(case["values"], level=expected["level"])
        assert close(expected["estimate"], found.estimate)
        if expected["achieved_level"] < float(expected["level"]):
            assert found.interval_absent_because.startswith(f"too few values, n = {case['n']}")
            continue
        assert close(expected["lower"], found.lower)
        assert close(expected["upper"], found.upper)
        assert close(expected["achieved_level"], found.achieved_level)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["wilcox_test"] and case["n"] > 5], ids=lambda case: case["name"]
)
def test_equals_wilcox_test_without_ties_and_zeros(case):
    found = hodges_lehmann(case["values"])
    assert close(case["wilcox_test"]["estimate"], found.estimate)
    assert close(case["wilcox_test"]["interval"][0], found.lower)
    assert close(case["wilcox_test"]["interval"][1], found.upper)


def test_zeros_are_kept():
    """R's wilcox.test drops them and gives 3."""
    assert Fraction(2) == hodges_lehmann([0, 0, 0, 1, 2, 3, 4, 5]).estimate


def test_the_table_of_published_ranks():
    """k for 95 %, two-sided: n = 6 to 12 take the 1st, 3rd, 4th, 6th, 9th, 11th and 14th Walsh average."""
    for n, k in {6: 1, 7: 3, 8: 4, 9: 6, 10: 9, 11: 11, 12: 14}.items():
        values = [2**i for i in range(n)]
        walsh = sorted(Fraction(values[i] + values[j], 2) for i in range(n) for j in range(i, n))
        found = hodges_lehmann(values)
        assert (walsh[k - 1], walsh[-k]) == (found.lower, found.upper)


def test_five_values_cannot_reach_95_percent():
    found = hodges_lehmann([1, 2, 4, 8, 16])
    assert Fraction(5) == found.estimate  # the 8th of the 15 Walsh averages
    assert (None, None, None) == (found.lower, found.upper, found.achieved_level)
    assert (
        "too few values, n = 5: the widest interval has a level of 93.75 %, below 95 %" == found.interval_absent_because
    )
    assert "" == found.absent_because


def test_a_level_reached_exactly_is_reached():
    found = hodges_lehmann([1, 2, 4, 8, 16], level=Fraction(15, 16))
    assert (Fraction(1), Fraction(16), 0.9375) == (found.lower, found.upper, found.achieved_level)


def test_a_limit_met_exactly_takes_the_wider_interval():
    """With three values P(W <= 1) is exactly 1/4: at 50 % k is 1, as R's qsignrank(0.25, 3) has it, not 2."""
    found = hodges_lehmann([1, 2, 4], level="0.5")
    assert (Fraction(1), Fraction(4), 0.75) == (found.lower, found.upper, found.achieved_level)


@pytest.mark.parametrize(("values", "estimate"), [(["-0.5"], Fraction(-1, 2)), (["1.5", "-0.5"], Fraction(1, 2))])
def test_one_and_two_values_have_an_estimate_and_no_interval(values, estimate):
    found = hodges_lehmann(values)
    assert (estimate, None) == (found.estimate, found.lower)
    assert found.interval_absent_because


def test_nothing_observed_is_absent_with_its_reason():
    found = hodges_lehmann([])
    assert (None, None, None) == (found.estimate, found.lower, found.upper)
    assert "nothing was observed (n = 0)" == found.absent_because == found.interval_absent_because


def test_equal_values_give_that_value():
    for value in (0, 2):
        found = hodges_lehmann([value] * 8)
        assert (value, value, value) == (found.estimate, found.lower, found.upper)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=12, unique=True),
    st.sampled_from([Fraction(8, 10), Fraction(9, 10), Fraction(95, 100), Fraction(99, 100)]),
)
def test_the_interval_holds_what_the_signed_rank_test_does_not_reject(values, level):
    found = hodges_lehmann(values, level=level)
    if found.lower is None or found.upper is None:
        assert 2 * Fraction(1, 2 ** len(values)) > 1 - level
        return
    assert found.achieved_level >= level
    walsh = sorted({Fraction(a + b, 2) for a in values for b in values})
    for low, high in zip([walsh[0] - 2, *walsh], [*walsh, walsh[-1] + 2], strict=True):
        shift = (low + high) / 2  # between two neighbours: no shifted value is zero or tied
        p = signed_rank([value - shift for value in values]).p
        assert (found.lower < shift < found.upper) == (p >= 1 - level)


@given(st.lists(st.decimals(-99, 99, places=1), max_size=15), st.randoms())
def test_order_changes_nothing_and_a_shift_moves_all(values, shuffler: random.Random):
    shuffled = list(values)
    shuffler.shuffle(shuffled)
    found = hodges_lehmann(values)
    assert found == hodges_lehmann(shuffled)
    moved = hodges_lehmann([Fraction(value) + 3 for value in values])
    for name in ("estimate", "lower", "upper"):
        before, after = getattr(found, name), getattr(moved, name)
        assert (before is None) == (after is None)
        assert before is None or before + 3 == after
