"""The ratio of two rates, and one-sided upper limits: against R, with no event in one or both, and put back into their sums."""

import json
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.stats import (
    Followed,
    clopper_pearson,
    clopper_pearson_upper,
    poisson_rate,
    poisson_rate_upper,
    rate_ratio,
    rate_ratio_test,
)

REFERENCE = json.loads((Path(__file__).parent / "agreement_r.json").read_text(encoding="utf-8"))
OPEN = "no event was seen in the second time, so that the ratio has no bound above"


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-15)


def test_rate_ratio_equals_r():
    assert 87 == len(REFERENCE["rate_ratio"])
    for case in REFERENCE["rate_ratio"]:
        first, second = (Followed(n, time) for n, time in zip(case["events"], case["times"], strict=True))
        for level, expected in zip(REFERENCE["levels"], case["intervals"], strict=True):
            found = rate_ratio(first, second, level=level)
            assert close(expected[0], found.lower)
            if second.events:
                assert close(case["ratio"], found.estimate)
                assert close(expected[1], found.upper)
            else:
                assert (None, None) == (case["ratio"], expected[1])
                assert (None, None) == (found.estimate, found.upper)
                assert OPEN == found.absent_because == found.upper_open_because
        assert close(case["p"], rate_ratio_test(first, second).p)


def test_no_event_in_either():
    found, tested = rate_ratio(Followed(0, 3), Followed(0, 5)), rate_ratio_test(Followed(0, 3), Followed(0, 5))
    assert (None, None, None, "") == (found.estimate, found.lower, found.upper, found.upper_open_because)
    assert (None, None) == (tested.statistic, tested.p)
    because = "no event was seen in either time"
    assert because == found.absent_because == found.interval_absent_because == tested.absent_because


@pytest.mark.parametrize(("time", "other"), [(0, 5), (5, 0), (0, 0)])
def test_no_person_time(time, other):
    found, tested = (
        rate_ratio(Followed(1, time), Followed(2, other)),
        rate_ratio_test(Followed(1, time), Followed(2, other)),
    )
    assert (None, None, None) == (found.estimate, found.lower, found.upper)
    assert "no person-time was observed" == found.absent_because == tested.absent_because


counts = st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(any)


@given(counts, st.sampled_from(["1", "0.3", "17"]), st.sampled_from(["0.8", "0.95", "0.99"]))
def test_p_and_interval_say_one_thing(events, time, level):
    first, second = Followed(events[0], time), Followed(events[1], 2)
    found, p = rate_ratio(first, second, level=level), rate_ratio_test(first, second).p
    beyond = found.lower > 1 or (found.upper is not None and found.upper < 1)
    if not math.isclose(p, float(1 - Fraction(level)), rel_tol=1e-9):
        assert beyond == (p < 1 - Fraction(level))


@given(st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_exchanging_the_times_turns_the_ratio_over(events):
    first, second = Followed(events[0], "2.5"), Followed(events[1], 4)
    found, turned = rate_ratio(first, second), rate_ratio(second, first)
    assert found.estimate == 1 / turned.estimate
    assert close(found.lower, 1 / turned.upper)
    assert close(found.upper, 1 / turned.lower)
    assert math.isclose(rate_ratio_test(first, second).p, rate_ratio_test(second, first).p, rel_tol=1e-9)


def test_far_more_events_in_one_time_lose_no_digits():
    """The lower limit put back into its sum: P(X >= x) = 0.025 with X binomial of chance r/(r + 1)."""
    found = rate_ratio(Followed(100_000, 1), Followed(2, 1))
    with localcontext() as context:
        context.prec = 60

        def at_most_two(ratio):  # of the second time
            chance, total = 1 / (Decimal(ratio) + 1), 100_002
            return sum(math.comb(total, k) * chance**k * (1 - chance) ** (total - k) for k in range(3))

        lower = Decimal(found.lower)
        assert (
            at_most_two(lower * (1 - Decimal("1e-10"))) < Decimal("0.025") < at_most_two(lower * (1 + Decimal("1e-10")))
        )


def test_upper_limits_equal_r():
    assert (87, 72) == (len(REFERENCE["upper_shares"]), len(REFERENCE["upper_rates"]))
    for case in REFERENCE["upper_shares"]:
        found = clopper_pearson_upper(case["count"], case["n"], level=case["level"])
        assert (Fraction(case["count"], case["n"]), 0.0) == (found.estimate, found.lower)
        assert close(case["upper"], found.upper)
    for case in REFERENCE["upper_rates"]:
        found = poisson_rate_upper(case["events"], case["person_time"], level=case["level"])
        assert (case["events"] / Fraction(case["person_time"]), 0.0) == (found.estimate, found.lower)
        assert close(case["upper"], found.upper)


def test_none_seen_is_the_rule_of_three():
    for n in (10, 100, 1000, 10**7):
        assert 0.85 < clopper_pearson_upper(0, n).upper * n / 3 < 1
        assert close(-math.expm1(math.log(0.05) / n), clopper_pearson_upper(0, n).upper)
    assert close(1 - 0.05 ** (1 / 8), clopper_pearson_upper(0, 8).upper)
    assert close(-math.log(0.05) / 8, poisson_rate_upper(0, 8).upper)
    assert close(-math.log(0.05) * 100 / 8, poisson_rate_upper(0, 8, per=100).upper)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_one_side_at_a_level_is_an_end_of_two_sides(counts):
    count, n = counts
    assert close(clopper_pearson(count, n, level="0.9").upper, clopper_pearson_upper(count, n).upper)
    assert close(poisson_rate(count, n, level="0.9").upper, poisson_rate_upper(count, n).upper)


def test_nobody_has_no_limit():
    share, rate = clopper_pearson_upper(0, 0), poisson_rate_upper(0, 0)
    assert (None, None, None) == (share.estimate, share.lower, share.upper) == (rate.estimate, rate.lower, rate.upper)
    assert "nothing was observed (n = 0)" == share.absent_because
    assert "no person-time was observed" == rate.absent_because


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="at most n of n"):
        clopper_pearson_upper(3, 2)
    with pytest.raises(ValueError, match="events is 0 or more"):
        Followed(-1, 2)
    with pytest.raises(ValueError, match="person-time is 0 or more"):
        Followed(1, -2)
    with pytest.raises(TypeError, match="not float"):
        Followed(1, 2.5)
