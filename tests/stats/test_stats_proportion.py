"""Intervals for a share of patients: against R, against exact binomial sums, at the borders."""

import json
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.stats import Estimate, clopper_pearson, mid_p, proportion, wilson

REFERENCE = json.loads((Path(__file__).parent / "reference_r.json").read_text(encoding="utf-8"))
METHODS = {"clopper_pearson": clopper_pearson, "wilson": wilson, "mid_p": mid_p}


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-14)


def interval(found: Estimate):
    return [found.lower, found.upper]


@pytest.mark.parametrize("method", METHODS)
def test_equals_r(method):
    assert len(REFERENCE["proportions"]) == 348
    different = [
        (case["count"], case["n"], case["level"])
        for case in REFERENCE["proportions"]
        for found in [METHODS[method](case["count"], case["n"], level=case["level"])]
        # prop.test leaves 1e-17 where the Wilson limit is 0: a limit is compared on the scale of a share.
        if not all(
            math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-14)
            for expected, actual in zip(case[method], interval(found), strict=True)
        )
    ]
    assert [] == different


def binomial_at_most(count: int, n: int, p: Fraction) -> Fraction:
    return sum((math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(count + 1)), Fraction(0))


def upper_tail(count: int, n: int, p: Fraction, counted: Fraction) -> Fraction:
    """P(X > count) plus the counted share of P(X = count), exactly."""
    here = math.comb(n, count) * p**count * (1 - p) ** (n - count)
    return 1 - binomial_at_most(count, n, p) + counted * here


LEVELS = st.sampled_from([Fraction(1, 2), Fraction(8, 10), Fraction(95, 100), Fraction(999, 1000)])
COUNTS = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(COUNTS, LEVELS, st.sampled_from([("clopper_pearson", Fraction(1)), ("mid_p", Fraction(1, 2))]))
def test_limits_solve_their_equation(counts, level, method):
    (count, n), (name, counted) = counts, method
    lower = Fraction(METHODS[name](count, n, level=level).lower)
    nudge = Fraction(1, 10**10)
    below = upper_tail(count, n, lower * (1 - nudge), counted)
    above = upper_tail(count, n, min(Fraction(1), lower * (1 + nudge)), counted)
    assert below < (1 - level) / 2 < above


@pytest.mark.parametrize(("count", "n"), [(1, 1000), (3, 1000), (500, 1000), (999, 1000), (1, 5000), (4990, 5000)])
def test_limits_are_right_far_from_small_numbers(count, n):
    """The inverse beta of the library is checked by putting its answer back into a sum of 60 digits."""
    lower = Decimal(clopper_pearson(count, n).lower)

    def chance(counts: range, p: Decimal) -> Decimal:
        return sum((math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts), Decimal(0))

    def at_least(p: Decimal) -> Decimal:  # the shorter of the two sums
        return 1 - chance(range(count), p) if 2 * count < n else chance(range(count, n + 1), p)

    with localcontext() as context:
        context.prec = 60
        assert at_least(lower * (1 - Decimal("1e-10"))) < Decimal("0.025") < at_least(lower * (1 + Decimal("1e-10")))


@given(COUNTS, LEVELS, st.sampled_from(sorted(METHODS)))
def test_counting_the_others_mirrors_the_interval(counts, level, name):
    count, n = counts
    found, mirrored = METHODS[name](count, n, level=level), METHODS[name](n - count, n, level=level)
    assert math.isclose(found.lower, 1 - mirrored.upper, abs_tol=1e-15)
    assert math.isclose(found.upper, 1 - mirrored.lower, abs_tol=1e-15)
    assert 0 <= found.lower < found.upper <= 1


@pytest.mark.parametrize("name", METHODS)
def test_none_and_all_of_n(name):
    for n in (1, 2, 8):
        none, everyone = METHODS[name](0, n), METHODS[name](n, n)
        assert (Fraction(0), 0.0) == (none.estimate, none.lower)
        assert (Fraction(1), 1.0) == (everyone.estimate, everyone.upper)
        assert 0 < none.upper < 1
        assert 0 < everyone.lower < 1


def test_none_and_all_of_n_in_closed_form():
    assert close(1 - 0.025 ** (1 / 8), clopper_pearson(0, 8).upper)
    assert close(0.025 ** (1 / 8), clopper_pearson(8, 8).lower)
    assert close(1 - 0.05 ** (1 / 8), mid_p(0, 8).upper)
    z2 = 1.959963984540054**2
    assert close(z2 / (8 + z2), wilson(0, 8).upper)


def test_mid_p_where_another_package_is_off():
    assert "0.006252" == f"{mid_p(1, 8).lower:.6f}"  # exactci prints 0.006276


@pytest.mark.parametrize("name", METHODS)
def test_nothing_observed_is_absent_with_its_reason(name):
    found = METHODS[name](0, 0)
    assert (None, None, None, 0) == (found.estimate, found.lower, found.upper, found.n)
    assert "nothing was observed (n = 0)" == found.absent_because == found.interval_absent_because


def test_a_float_level_means_the_decimal_it_prints_as():
    assert clopper_pearson(3, 9, level="0.95") == clopper_pearson(3, 9, level=0.95) == clopper_pearson(3, 9)


def test_the_protocol_names_the_method():
    for name, function in METHODS.items():
        assert function(3, 9) == proportion(3, 9, method=name)
    with pytest.raises(ValueError, match="clopper_pearson, wilson or mid_p"):
        proportion(3, 9, method="wald")


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(count, n):
    for function in METHODS.values():
        with pytest.raises(ValueError, match=r"0 or more|at most n of n"):
            function(count, n)


@pytest.mark.parametrize("level", [0, 1, "1.5", 95])
def test_impossible_levels_are_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        clopper_pearson(1, 2, level=level)


def test_a_count_is_a_whole_number():
    with pytest.raises(TypeError, match="count is a whole number, not float"):
        clopper_pearson(1.0, 2)
    with pytest.raises(TypeError, match="count is a whole number, not bool"):
        clopper_pearson(True, 2)
