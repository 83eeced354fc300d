"""Mean, SD and quartiles: against R, and exact where R cannot be."""

import json
import math
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.stats import Statistic, describe, square_root

CASES = json.loads((Path(__file__).parent / "reference_r.json").read_text(encoding="utf-8"))["differences"]


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_equals_r(case):
    found = describe(case["values"])
    assert case["n"] == found.n
    for name in ("mean", "median", "minimum", "maximum"):
        assert close(case[name], getattr(found, name).value), name
    if case["sd"] is None:
        assert Statistic(None, "one value has no standard deviation") == found.sd == found.variance
    else:
        assert close(case["sd"], found.sd.value)
    for quartiles in case["quartiles"]:
        found = describe(case["values"], quantile_type=quartiles["type"])
        assert close(quartiles["lower"], found.lower_quartile.value)
        assert close(quartiles["upper"], found.upper_quartile.value)


def test_fractions_stay_exact():
    found = describe(["0.1", "0.2", Decimal("0.3"), Fraction(1, 3), 4])
    assert Fraction(74, 75) == found.mean.value
    assert Fraction(3, 10) == found.median.value
    assert Fraction(1, 5) == found.lower_quartile.value
    assert Fraction(1, 3) == found.upper_quartile.value
    assert (Fraction(1, 10), Fraction(4)) == (found.minimum.value, found.maximum.value)


def test_the_quantile_type_is_named_and_matters():
    by_type = {kind: describe([1, 2, 3, 4], quantile_type=kind) for kind in (2, 6, 7)}
    assert {2: Fraction(3, 2), 6: Fraction(5, 4), 7: Fraction(7, 4)} == {
        kind: found.lower_quartile.value for kind, found in by_type.items()
    }
    assert all(f"type {kind} " in found.convention for kind, found in by_type.items())


def test_a_quantile_on_a_step_and_beyond_the_ends():
    stepped = describe([1, 2, 3, 4], quantile_type=2)
    assert (Fraction(3, 2), Fraction(5, 2)) == (stepped.lower_quartile.value, stepped.median.value)
    assert 2 == describe([1, 2, 3, 4, 5], quantile_type=2).lower_quartile.value
    beyond = describe([1, 2], quantile_type=6)
    assert (1, 2) == (beyond.lower_quartile.value, beyond.upper_quartile.value)
    for kind in (2, 6, 7):
        found = describe([3, 1, 2], quantile_type=kind)
        assert (1, 3) == (found.minimum.value, found.maximum.value)


def test_nothing_observed_is_absent_with_its_reason():
    found = describe([])
    absent = Statistic(None, "nothing was observed (n = 0)")
    for name in ("mean", "variance", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum"):
        assert absent == getattr(found, name), name


def test_equal_values_have_a_spread_of_zero():
    assert Statistic(0.0) == describe(["2.5", "2.5"]).sd


def test_the_sd_keeps_its_digits_far_from_zero():
    assert describe([0, 1, 2, 5]).sd == describe([10**15, 10**15 + 1, 10**15 + 2, 10**15 + 5]).sd


@given(st.fractions(min_value=0, max_value=10**6))
def test_the_root_is_the_nearest_float(value):
    root = square_root(value)
    below, above = math.nextafter(root, 0), math.nextafter(root, math.inf)
    # The true root lies between the midpoints to the neighbouring floats.
    assert ((Fraction(below) + Fraction(root)) / 2) ** 2 <= value <= ((Fraction(root) + Fraction(above)) / 2) ** 2


@given(st.lists(st.decimals(-1000, 1000, places=2), max_size=30), st.sampled_from([2, 6, 7]), st.randoms())
def test_the_order_of_rows_changes_nothing(values, kind, shuffler: random.Random):
    shuffled = list(values)
    shuffler.shuffle(shuffled)
    assert describe(values, quantile_type=kind) == describe(shuffled, quantile_type=kind)


@pytest.mark.parametrize("values", [[], [1]])
def test_other_quantile_types_are_refused(values):
    with pytest.raises(ValueError, match="2, 6 or 7"):
        describe(values, quantile_type=5)
