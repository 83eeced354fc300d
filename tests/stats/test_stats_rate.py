"""Events per person-time: against R, against exact Poisson sums, and without events or time."""

import json
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.stats import poisson_rate

CASES = json.loads((Path(__file__).parent / "reference_r.json").read_text(encoding="utf-8"))["rates"]


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-15)


def test_equals_r():
    assert 96 == len(CASES)
    for case in CASES:
        found = poisson_rate(case["events"], case["person_time"], level=case["level"])
        assert Fraction(case["events"]) / Fraction(case["person_time"]) == found.estimate
        assert close(case["interval"][0], found.lower)
        assert close(case["interval"][1], found.upper)


def at_most(count: int, expected: Decimal) -> Decimal:
    term = total = Decimal(1)
    for k in range(1, count + 1):
        term *= expected / k
        total += term
    return total * (-expected).exp()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 300), st.sampled_from(["0.5", "0.8", "0.95", "0.999"]))
def test_limits_solve_their_equation(events, level):
    found = poisson_rate(events, 1, level=level)
    with localcontext() as context:
        context.prec = 60
        half = (1 - Decimal(level)) / 2
        wider, narrower = 1 + Decimal("1e-10"), 1 - Decimal("1e-10")
        upper = Decimal(found.upper)
        assert at_most(events, upper * wider) < half < at_most(events, upper * narrower)
        if events:
            lower = Decimal(found.lower)
            assert 1 - at_most(events - 1, lower * narrower) < half < 1 - at_most(events - 1, lower * wider)


def test_no_event_has_an_upper_limit():
    found = poisson_rate(0, 8)
    assert (Fraction(0), 0.0) == (found.estimate, found.lower)
    assert close(-math.log(0.025) / 8, found.upper)


def test_per_hundred_and_unit():
    found = poisson_rate(3, "41.5", per=100, unit="per 100 patient-years")
    assert (Fraction(600, 83), "per 100 patient-years", 3) == (found.estimate, found.unit, found.n)
    assert close(100 * poisson_rate(3, "41.5").upper, found.upper)


@pytest.mark.parametrize("events", [0, 2])
def test_no_person_time_is_absent_with_its_reason(events):
    found = poisson_rate(events, 0)
    assert (None, None, None) == (found.estimate, found.lower, found.upper)
    assert "no person-time was observed" == found.absent_because == found.interval_absent_because


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="events is 0 or more"):
        poisson_rate(-1, 5)
    with pytest.raises(ValueError, match="person-time is 0 or more"):
        poisson_rate(1, -5)
    with pytest.raises(ValueError, match="per is above 0"):
        poisson_rate(1, 1, per=0)
    with pytest.raises(TypeError, match="not float"):
        poisson_rate(1, 2.5)
