"""Sizes and boundaries of the next study: published designs, R, and what must hold of every design."""

import json
import math
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries import stats

REFERENCE = json.loads((Path(__file__).parent / "design_r.json").read_text(encoding="utf-8"))


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-15)


#: Simon, Control Clin Trials 1989;10:1-10, tables 1 and 2: for alpha and beta the two boundaries of the optimal and of the minimax design.
SIMON = [
    ("0.05", "0.25", "0.05", "0.8", (0, 9, 2, 17), (0, 12, 2, 16)),
    ("0.10", "0.30", "0.05", "0.8", (1, 10, 5, 29), (1, 15, 5, 25)),
    ("0.20", "0.40", "0.05", "0.8", (3, 13, 12, 43), (4, 18, 10, 33)),
    ("0.30", "0.50", "0.05", "0.8", (5, 15, 18, 46), (6, 19, 16, 39)),
    ("0.50", "0.70", "0.05", "0.8", (8, 15, 26, 43), (12, 23, 23, 37)),
    ("0.70", "0.90", "0.05", "0.8", (4, 6, 22, 27), (19, 23, 21, 26)),
    ("0.10", "0.25", "0.05", "0.8", (2, 18, 7, 43), (2, 22, 7, 40)),
]


@pytest.mark.parametrize(("null", "alternative", "alpha", "power", "optimal", "minimax"), SIMON)
def test_published_two_stage_designs(null, alternative, alpha, power, optimal, minimax):
    found = stats.two_stage(null, alternative, alpha=alpha, power=power)
    assert [optimal, minimax] == [(one.r1, one.n1, one.r, one.n) for one in (found.optimal, found.minimax)]


def test_expected_numbers_that_simon_prints():
    found = stats.two_stage("0.10", "0.30")
    assert ["15.0", "0.74"] == [f"{float(found.optimal.expected):.1f}", f"{float(found.optimal.early):.2f}"]
    assert ["19.5", "0.55"] == [f"{float(found.minimax.expected):.1f}", f"{float(found.minimax.early):.2f}"]


def test_the_size_of_one_stage_that_khan_prints_of_a_hern():
    # Khan et al., Br J Cancer 2012;107:1801-9, abstract: n = 78, alpha 4.53 %, power 80.81 %
    found = stats.single_arm("0.10", "0.20")
    assert (78, 13) == (found.n, found.r)
    assert abs(found.actual_alpha - Fraction("0.0453")) < Fraction("0.0001")
    assert abs(found.actual_power - Fraction("0.8081")) < Fraction("0.0001")


def test_one_stage_equals_r():
    assert 240 == len(REFERENCE["designs"])
    different = []
    for case in REFERENCE["designs"]:
        found = stats.single_arm(case["null"], case["alternative"], alpha=case["alpha"], power=case["power"])
        one = case["one"]
        same = (one["n"], one["r"]) == (found.n, found.r)
        if not (same and close(one["alpha"], found.actual_alpha) and close(one["power"], found.actual_power)):
            different.append(case)
    assert [] == different


@pytest.mark.slow
def test_two_stages_equal_clinfun():
    cases = [case for case in REFERENCE["designs"] if "two" in case]
    assert 240 == len(cases)
    different = []
    for case, kind in product(cases, ("optimal", "minimax")):
        asked = {"alpha": case["alpha"], "power": case["power"]}
        found, own = case["two"][kind], getattr(stats.two_stage(case["null"], case["alternative"], **asked), kind)
        numbers = {
            "expected": own.expected,
            "early": own.early,
            "alpha": own.actual_alpha,
            "power": own.actual_power,
            "early_alternative": own.early_alternative,
            "expected_alternative": own.expected_alternative,
        }
        if [found[name] for name in ("r1", "n1", "r", "n")] != [own.r1, own.n1, own.r, own.n] or not all(
            close(found[name], float(value)) for name, value in numbers.items()
        ):
            different.append((case["null"], case["alternative"], case["alpha"], case["power"], found, own))
    assert [] == different


def test_precision_equals_r():
    assert 48 == len(REFERENCE["precision"])
    for case in REFERENCE["precision"]:
        found = stats.precision_size(case["expected"], case["half_width"], level=case["level"])
        assert (case["n"], case["count"]) == (found.n, found.count), case
        assert close(case["lower"], found.lower) and close(case["upper"], found.upper), case


def test_beta_binomial_equals_r():
    assert 24 == len(REFERENCE["beta"])
    ways = [stats.single_arm("0.3", "0.75"), stats.single_arm("0.3", "0.5")]
    assert [(9, 6), (39, 17)] == [(one.n, one.r) for one in ways]
    for case in REFERENCE["beta"]:
        seen = {"count": case["count"], "n": case["n"], "prior": tuple(case["prior"])}
        for level, interval in zip(("0.9", "0.95"), case["intervals"], strict=True):
            found = stats.beta_posterior(**seen, level=level)
            assert close(case["mean"], found.estimate)
            assert all(map(close, interval, (found.lower, found.upper))), case
        for share, expected in zip(("0.1", "0.3", "0.75"), case["above"], strict=True):
            assert close(expected, stats.posterior_above(threshold=share, **seen).value), case
        own = [float(stats.predictive_success(ways=one.ways, **seen).value) for one in ways]
        assert all(map(close, case["one_stage"], own)), case
        two = [stats.two_stage("0.3", "0.75").optimal, stats.two_stage("0.3", "0.5").optimal]
        own = [float(stats.predictive_success(ways=one.ways, **seen).value) for one in two]
        assert all(map(close, case["two_stages"], own)), case


SHARES = st.integers(1, 98).flatmap(lambda low: st.tuples(st.just(low), st.integers(low + 1, 99)))


@settings(max_examples=15, deadline=None)
@given(SHARES, st.sampled_from(["0.01", "0.05", "0.2"]), st.sampled_from(["0.7", "0.8", "0.9"]))
def test_a_design_keeps_both_rates_and_one_patient_fewer_does_not(shares, alpha, power):
    null, alternative = (Fraction(share, 100) for share in shares)
    found = stats.single_arm(null, alternative, alpha=alpha, power=power, most=60)
    if isinstance(found, stats.NoDesign):
        assert "more than 60 patients are needed" == found.because
        return
    assert found.actual_alpha <= Fraction(alpha) and found.actual_power >= Fraction(power)
    for n in range(1, found.n):
        for r in range(n + 1):
            size, reached = (
                sum(math.comb(n, y) * share**y * (1 - share) ** (n - y) for y in range(r, n + 1))
                for share in (null, alternative)
            )
            if size <= Fraction(alpha):
                assert reached < Fraction(power)
                break


@settings(max_examples=12, deadline=None)
@given(SHARES, st.sampled_from(["0.05", "0.2"]), st.sampled_from(["0.7", "0.8"]))
def test_no_smaller_two_stage_design_keeps_both_rates(shares, alpha, power):
    """Every design of at most 9 patients, in exact fractions, written without tables."""
    null, alternative = (Fraction(share, 100) for share in shares)

    def mass(n, share):
        return [math.comb(n, y) * share**y * (1 - share) ** (n - y) for y in range(n + 1)]

    best = smallest = None
    for n in range(2, 10):
        for n1 in range(1, n):
            first, second = ([mass(size, share) for share in (null, alternative)] for size in (n1, n - n1))
            for r1 in range(n1):
                for r in range(r1, n):
                    size, reached = (
                        sum(a[x] * sum(b[max(0, r + 1 - x) :]) for x in range(r1 + 1, n1 + 1))
                        for a, b in zip(first, second, strict=True)
                    )
                    if size <= Fraction(alpha) and reached >= Fraction(power):
                        expected = n1 + (1 - sum(first[0][: r1 + 1])) * (n - n1)
                        best = expected if best is None else min(best, expected)
                        smallest = n if smallest is None else smallest
    found = stats.two_stage(null, alternative, alpha=alpha, power=power, most=60)
    if smallest is not None:
        assert smallest == found.minimax.n
        assert found.optimal.expected <= best
        if found.optimal.n < 10:
            assert best == found.optimal.expected
    elif not isinstance(found, stats.NoDesign):
        assert found.minimax.n > 9


@pytest.mark.parametrize(
    ("design", "many"),
    [
        (stats.single_arm, "more than 50 patients are needed"),
        (stats.two_stage, "the search goes beyond 50 patients"),
    ],
)
def test_what_has_no_design(design, many):
    assert "the alternative is not above the null" == design("0.4", "0.4").because
    assert "the alternative is not above the null" == design("0.4", "0.3").because
    assert many == design("0.4", "0.41", most=50).because
    for null in ("0", "1", "1.2", "-0.1"):
        with pytest.raises(ValueError, match="the null is a share"):
            design(null, "0.5")
    with pytest.raises(ValueError, match="the alternative is a share"):
        design("0.4", "1.1")
    with pytest.raises(ValueError, match="the power is more than alpha"):
        design("0.4", "0.5", alpha="0.5", power="0.5")
    with pytest.raises(ValueError, match="level"):
        design("0.4", "0.5", alpha="0")


def test_a_boundary_that_holds_exactly_is_kept():
    # P(X >= 1 | 1 patient, null 1/20) is 1/20 exactly, and the power 4/5 exactly.
    found = stats.single_arm("0.05", "0.8", alpha="0.05", power="0.8")
    assert (1, 1) == (found.n, found.r)
    assert Fraction(1, 20) == found.actual_alpha and Fraction(4, 5) == found.actual_power


def test_everybody_responds_under_the_alternative():
    found = stats.single_arm("0.3", "1")
    assert (3, 3, 1) == (found.n, found.r, found.actual_power)


def test_precision_refuses_what_it_cannot_reach():
    assert "more than 100 patients are needed" == stats.precision_size("0.5", "0.01", most=100).because
    with pytest.raises(ValueError, match="half width"):
        stats.precision_size("0.5", "0.5")
    with pytest.raises(ValueError, match="expected share"):
        stats.precision_size("1.5", "0.1")


def test_the_predictive_probability_of_a_study_without_patients():
    assert None is stats.predictive_success(6, 8, (1,)).value
    with pytest.raises(ValueError, match="above 0"):
        stats.beta_posterior(6, 8, prior=(0, 1))
    with pytest.raises(ValueError, match="at most n of n"):
        stats.beta_posterior(9, 8)
    with pytest.raises(ValueError, match="threshold"):
        stats.posterior_above(6, 8, "1.5")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 15))
def test_every_outcome_of_a_planned_study_has_a_chance_of_one_in_all(count, more, size):
    every = tuple(math.comb(size, y) for y in range(size + 1))
    assert 1 == stats.predictive_success(count, count + more, every, prior=("0.5", "1/3")).value
