"""Signed rank, sign-flip and sign test: against R, against every sign pattern, and where nothing can be tested."""

import itertools
import json
import math
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.stats import random_signs, sign_flip, sign_test, signed_rank

CASES = json.loads((Path(__file__).parent / "reference_r.json").read_text(encoding="utf-8"))["differences"]
TENTHS = st.integers(-40, 40).map(lambda tenths: Fraction(tenths, 10))


def pratt(differences):
    return signed_rank(differences, zeros="pratt")


TESTS = {"signed_rank": signed_rank, "pratt": pratt, "sign_flip": sign_flip, "sign_test": sign_test}


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_equals_r(case):
    found = {name: test(case["values"]) for name, test in TESTS.items()}
    if case["signed_rank_v"] is None:
        assert {"every difference is zero"} == {result.absent_because for result in found.values()}
        return
    assert all(result.exact for result in found.values())
    assert case["signed_rank_v"] == found["signed_rank"].statistic
    assert case["pratt_v"] == found["pratt"].statistic
    assert close(case["signed_rank_exact_rank_tests"], found["signed_rank"].p)
    assert close(case["sign_test"], found["sign_test"].p)
    if case["n"] > 1:  # coin needs two differences
        assert close(case["signed_rank_coin"], found["signed_rank"].p)
        assert close(case["pratt_coin"], found["pratt"].p)
    if case["sign_flip"] is not None:
        assert close(case["sign_flip"], found["sign_flip"].p)
    if case["wilcox_test"]:
        assert case["wilcox_test"]["v"] == found["signed_rank"].statistic
        assert close(case["wilcox_test"]["p"], found["signed_rank"].p)


def test_the_reference_holds_what_the_tests_need():
    assert 26 == sum(case["signed_rank_exact_rank_tests"] is not None for case in CASES)
    assert 25 == sum(case["sign_flip"] is not None for case in CASES)
    assert {1, 2, 8, 20, 40, 60} <= {case["n"] for case in CASES}


# --- every sign pattern, counted one by one -----------------------------------------------------------------------
def midranks(sizes):
    return [Fraction(sum(a < b for a in sizes) * 2 + sum(a == b for a in sizes) + 1, 2) for b in sizes]


def counted(scores, differences):
    """The share of sign patterns whose signed sum of scores is at least as far from 0 as the observed one."""
    observed = abs(sum(score if value > 0 else -score for score, value in zip(scores, differences, strict=True)))
    patterns = list(itertools.product([1, -1], repeat=len(scores)))
    as_far = sum(abs(sum(sign * score for sign, score in zip(p, scores, strict=True))) >= observed for p in patterns)
    return as_far / len(patterns)


def enumerated(name, differences):
    used = [value for value in differences if value]
    if name == "signed_rank":
        return counted(midranks([abs(value) for value in used]), used)
    if name == "pratt":
        ranks = midranks([abs(value) for value in differences])
        return counted([rank for rank, value in zip(ranks, differences, strict=True) if value], used)
    if name == "sign_flip":
        return counted([abs(value) for value in used], used)
    return counted([1] * len(used), used)


@pytest.mark.parametrize("name", TESTS)
@settings(max_examples=40, deadline=None)
@given(differences=st.lists(TENTHS, min_size=1, max_size=8).filter(any))
def test_equals_every_pattern_counted(name, differences):
    assert enumerated(name, differences) == TESTS[name](differences).p


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("case", [case for case in CASES if case["n"] == 12], ids=lambda case: case["name"])
def test_equals_every_pattern_of_twelve(name, case):
    differences = [Fraction(value) for value in case["values"]]
    assert enumerated(name, differences) == TESTS[name](differences).p


def test_decimals_that_differ_by_nothing_are_ties():
    """2.3 - 1.2 and 1.1 are one size; in binary floats they are two."""
    differences = [Fraction("2.3") - Fraction("1.2"), Fraction("-1.1"), Fraction("0.3") - Fraction("0.1")]
    assert (Fraction(7, 2), 1.0) == (signed_rank(differences).statistic, signed_rank(differences).p)


def test_zeros_and_ties_by_hand():
    """Differences 0, 1, 1, -2: without the zero the ranks are 1.5, 1.5, 3; with it 2.5, 2.5, 4."""
    assert (3, Fraction(3)) == (signed_rank([0, 1, 1, -2]).n_used, signed_rank([0, 1, 1, -2]).statistic)
    assert (3, Fraction(5)) == (pratt([0, 1, 1, -2]).n_used, pratt([0, 1, 1, -2]).statistic)
    assert 4 == pratt([0, 1, 1, -2]).n
    assert Fraction(1) == sign_flip([0, 1, 1, 2]).statistic
    assert Fraction(2) == sign_test([0, 1, 1, -2]).statistic


def test_all_in_one_direction():
    """With every difference below zero only two of the 2^n patterns are as far out."""
    for n in (1, 2, 7, 8, 20, 60):
        expected = 1.0 if n == 1 else 2.0 ** (1 - n)
        assert {expected} == {test(range(-n, 0)).p for test in TESTS.values()}


@pytest.mark.parametrize("name", TESTS)
def test_nothing_to_test_is_absent_with_its_reason(name):
    nobody, unchanged = TESTS[name]([]), TESTS[name]([0, "0.0", 0])
    assert (None, None, "nothing was observed (n = 0)") == (nobody.p, nobody.statistic, nobody.absent_because)
    assert (None, None, "every difference is zero") == (unchanged.p, unchanged.statistic, unchanged.absent_because)
    assert (3, 0) == (unchanged.n, unchanged.n_used)


@pytest.mark.parametrize("name", TESTS)
def test_one_patient_proves_nothing(name):
    assert (1.0, "") == (TESTS[name](["-4.5"]).p, TESTS[name](["-4.5"]).absent_because)


@pytest.mark.parametrize("name", TESTS)
@given(differences=st.lists(TENTHS, max_size=20), shuffler=st.randoms())
def test_order_unit_and_direction_change_no_p(name, differences, shuffler: random.Random):
    test = TESTS[name]
    shuffled = list(differences)
    shuffler.shuffle(shuffled)
    assert test(differences) == test(shuffled)
    assert test(differences).p == test([-7 * value for value in differences]).p


def test_signed_rank_refuses_another_rule_for_zeros():
    with pytest.raises(ValueError, match="wilcoxon or pratt"):
        signed_rank([1], zeros="split")


@pytest.mark.parametrize("name", TESTS)
def test_floats_are_refused(name):
    with pytest.raises(TypeError, match="not float"):
        TESTS[name]([0.3])


# --- the three ways of counting -----------------------------------------------------------------------------------
SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=12)


@given(SIZES, st.data())
def test_shift_algorithm_and_halves_count_the_same(sizes, data):
    highest = data.draw(st.integers(0, sum(sizes)))
    subsets = itertools.product([0, 1], repeat=len(sizes))
    expected = sum(sum(s for s, taken in zip(sizes, chosen, strict=True) if taken) <= highest for chosen in subsets)
    assert expected == random_signs.count_in_halves(sizes, highest)
    assert expected / 2 ** len(sizes) == math.fsum(random_signs.lower_tail(sizes, highest))


def test_thirds_need_the_halves_and_give_the_same_p():
    """A denominator this large leaves too many sums for the shift algorithm."""
    noise = Fraction(1, 10**12 + 39)
    differences = [Fraction(k) + k * k * noise for k in (3, -1, 4, 1, 5, -9, 2, 6, 5, 3, 5, 8)]
    found = sign_flip(differences)
    assert "sign-flip test of the mean, two-sided (exact, counted in two halves)" == found.method
    assert enumerated("sign_flip", differences) == found.p
    assert found.exact


def test_too_large_to_count_is_sampled_and_says_so():
    differences = [Fraction((-1) ** (k % 3 == 0) * (10**9 + 7919 * k * k)) for k in range(60)]
    found = sign_flip(differences)
    assert not found.exact
    assert (
        "sign-flip test of the mean, two-sided (Monte Carlo, 99999 random sign patterns, seed 1, p = (b + 1)/(B + 1))"
        == found.method
    )
    assert found == sign_flip(reversed(differences))
    # The sizes lie within 3 % of each other, so the p value must be near that of the sign test.
    assert abs(sign_test(differences).p - found.p) < 0.01


def test_sampling_agrees_with_counting():
    sizes = list(range(1, 31))
    low = 150
    counted_exactly = 2 * math.fsum(random_signs.lower_tail(sizes, low))
    drawn = random_signs.sampled(sizes, low, samples=20_000, seed=7)
    assert abs(drawn - counted_exactly) < 4 * math.sqrt(counted_exactly / 20_000)
    assert 1 / 1001 == random_signs.sampled([1] * 200, 0, samples=1000, seed=7)


def test_a_thousand_differences_are_still_counted():
    found = signed_rank(range(-400, 600))
    assert found.exact
    assert 0 < found.p < 1e-6
    assert 0 < signed_rank(range(1, 1001)).p
    assert not sign_flip([1] * 1100).exact
