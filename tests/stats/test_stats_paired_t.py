"""The paired t test: R's printed example, Student's distribution in closed form, scipy, and where there is no test."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from caseseries.stats import Moments, frequencies, paired_t

#: Student's own data (`sleep` of R): the extra hours of sleep of ten patients under the second drug less those under the first.
SLEEP = ["1.2", "2.4", "1.3", "1.3", "0", "1.0", "1.8", "0.8", "4.6", "1.4"]


def tail(t: float, degrees: int) -> float:
    """2 P(T > |t|) for whole degrees of freedom by the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4."""
    angle = math.atan(abs(t) / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    if degrees % 2:
        term, total = cosine, 0.0
        for k in range(1, (degrees + 1) // 2):
            total += term
            term *= 2 * k / (2 * k + 1) * cosine**2
        return 1 - 2 / math.pi * (angle + sine * total)
    term, total = 1.0, 0.0
    for k in range(1, degrees // 2 + 1):
        total += term
        term *= (2 * k - 1) / (2 * k) * cosine**2
    return 1 - sine * total


def test_it_prints_what_r_prints_of_sleep() -> None:
    # t.test(extra ~ group, data = sleep, paired = TRUE): t = -4.0621, df = 9, p-value = 0.002833, 95 percent confidence interval
    # -2.4598858 -0.7001142, mean difference -1.58 (first less second; here second less first).
    found = paired_t(SLEEP)
    assert found.t.value is not None and found.p.value is not None
    assert (4.0621, 9, 0.002833) == (round(found.t.value, 4), found.degrees_of_freedom, round(found.p.value, 6))
    assert found.mean.lower is not None and found.mean.upper is not None
    assert (Fraction(79, 50), 0.7001142, 2.4598858) == (
        found.mean.estimate,
        round(found.mean.lower, 7),
        round(found.mean.upper, 7),
    )


@given(st.lists(st.integers(-60, 60), min_size=2, max_size=40).filter(lambda values: len(set(values)) > 1))
def test_it_is_student_s_in_closed_form_and_scipy_s(values: list[int]) -> None:
    found = paired_t(values)
    assert found.t.value is not None and found.p.value is not None
    mean = Fraction(sum(values), len(values))
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    t = float(mean) / math.sqrt(variance / len(values))
    assert math.isclose(t, found.t.value, rel_tol=1e-12, abs_tol=1e-15)
    assert math.isclose(tail(t, len(values) - 1), found.p.value, rel_tol=1e-9, abs_tol=1e-12)
    theirs = scipy_stats.ttest_rel(values, [0] * len(values))
    ends = theirs.confidence_interval(0.95)
    assert math.isclose(theirs.pvalue, found.p.value, rel_tol=1e-9)
    assert found.mean.lower is not None and found.mean.upper is not None
    reach = found.mean.upper - found.mean.lower
    assert abs(ends.low - found.mean.lower) <= 1e-9 * reach and abs(ends.high - found.mean.upper) <= 1e-9 * reach
    assert found == paired_t(Moments.of(frequencies(values)))


def test_the_limits_of_the_mean_are_those_of_p() -> None:
    """At the level 1 - p the interval ends at 0."""
    found = paired_t(SLEEP)
    at = paired_t(SLEEP, level=1 - found.p.value)
    assert at.mean.lower is not None and abs(at.mean.lower) < 1e-12


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "nothing was observed (n = 0)"),
        ([3], "one difference has no standard deviation"),
        (["2.5", "2.5", "2.5"], "all differences are equal"),
        ([0, 0], "all differences are equal"),
    ],
)
def test_there_is_no_test(values: list[object], why: str) -> None:
    found = paired_t(values)
    assert (None, None, why, why) == (
        found.t.value,
        found.p.value,
        found.t.absent_because,
        found.mean.interval_absent_because,
    )
    assert (found.mean.estimate is None) is (not values)
