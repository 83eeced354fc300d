"""A share pooled over series: against R, at the borders, and where nothing is identified."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries import stats
from caseseries.stats.marginal_likelihood import Marginal

REFERENCE = json.loads((Path(__file__).parent / "pooled_r.json").read_text(encoding="utf-8"))


def fitted(case, level="0.95"):
    return stats.pooled_share(zip(case["responders"], case["patients"], strict=True), level=level)


def close(expected, actual, rel=1e-9, floor=1e-3):
    return abs(expected - float(actual)) <= rel * max(abs(expected), floor)


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["name"])
def test_equals_the_solved_likelihood(case):
    found = fitted(case)
    assert close(case["log_odds"], found.log_odds.value)
    assert close(case["error"], found.standard_error.value)
    assert close(case["tau2"], found.tau2.value)
    assert close(case["log_likelihood"], found.log_likelihood.value)
    for level, ends in zip(("0.9", "0.95"), case["intervals"], strict=True):
        pooled = fitted(case, level).pooled
        assert close(ends[0], pooled.lower) and close(ends[1], pooled.upper)
    if case["prediction"] is None:
        assert found.prediction.interval_absent_because
    else:
        assert close(case["prediction"][0], found.prediction.lower)
        assert close(case["prediction"][1], found.prediction.upper)


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["name"])
def test_equals_metafor_as_closely_as_it_stops(case):
    found = fitted(case)
    assert close(case["likelihood_ratio"], found.likelihood_ratio.statistic)
    assert close(case["likelihood_ratio_p"], found.likelihood_ratio.p)
    if case["wald"] is not None:
        assert close(case["wald"], found.wald.statistic) and close(case["wald_p"], found.wald.p)
        assert close(case["metafor_wald"], found.wald.statistic, rel=1e-5)
    # With 25 nodes: where lme4's optimiser stops. With 7: what seven nodes are off by.
    for fit, apart in (("metafor_25", 5e-5), ("metafor_7", 3e-3)):
        assert abs(case[fit]["log_odds"] - found.log_odds.value) < apart
        assert abs(case[fit]["tau2"] - found.tau2.value) < apart
        assert abs(case[fit]["error"] - found.standard_error.value) < apart


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["name"])
def test_the_likelihood_is_that_of_lme4(case):
    marginal = Marginal(case["responders"], case["patients"])
    (tau, mu), (other_tau, other_mu) = case["points"]
    apart = -2 * (marginal.at(other_mu, other_tau).value - marginal.at(mu, tau).value)
    assert close(case["deviance_apart"], apart, rel=1e-8)


def test_one_share_for_all_where_series_differ_no_more_than_by_chance():
    found = stats.pooled_share([(4, 10), (5, 10), (6, 10), (5, 10)])
    assert 0 == found.tau2.value
    assert 0.5 == found.pooled.estimate
    assert close(1 / math.sqrt(10), found.standard_error.value)
    assert "estimated as 0" in found.prediction.interval_absent_because


SERIES = st.lists(
    st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=5
)


@settings(max_examples=15, deadline=None)
@given(SERIES)
def test_no_point_beside_is_more_likely_and_the_mirror_image_is_the_same(series):
    found = stats.pooled_share(series)
    turned = stats.pooled_share([(n - x, n) for x, n in reversed(series)])
    assert (found.pooled.estimate is None) == (turned.pooled.estimate is None)
    if found.pooled.estimate is None:
        return
    assert close(found.log_odds.value, -turned.log_odds.value, rel=1e-7)
    assert close(found.tau2.value, turned.tau2.value, rel=1e-6)
    marginal = Marginal(*zip(*series, strict=True))
    mu, tau = found.log_odds.value, math.sqrt(found.tau2.value)
    for aside in (0.02, 0.3, 1.5):
        for other_mu, other_tau in ((mu + aside, tau), (mu - aside, tau), (mu, tau + aside), (mu, abs(tau - aside))):
            assert marginal.at(other_mu, max(other_tau, 1e-6)).value <= found.log_likelihood.value + 1e-9


@pytest.mark.parametrize(
    ("series", "because"),
    [
        ([], "fewer than two series"),
        ([(6, 8)], "fewer than two series"),
        ([(6, 8), (0, 0)], "fewer than two series"),
        ([(0, 8), (0, 9)], "nobody responded in any"),
        ([(8, 8), (9, 9)], "everybody responded in any"),
        ([(1, 1), (0, 1), (1, 1)], "every series has one patient"),
        ([(0, 10), (10, 10)], "no finite estimate"),
    ],
)
def test_what_is_not_identified_is_absent_with_its_reason(series, because):
    found = stats.pooled_share(series)
    for one in (found.pooled, found.log_odds, found.tau2, found.likelihood_ratio, found.wald, found.prediction):
        assert because in one.absent_because
    assert found.pooled.lower is None


def test_where_only_a_part_can_be_told():
    found = stats.pooled_share([(0, 20), (1, 25), (7, 40)])
    assert found.pooled.estimate is not None and found.likelihood_ratio.p is not None
    assert "no finite log odds" in found.wald.absent_because
    assert "at least three" in stats.pooled_share([(2, 12), (17, 20)]).prediction.interval_absent_because


def test_a_count_above_its_size_is_refused():
    with pytest.raises(ValueError, match="at most n of n"):
        stats.pooled_share([(9, 8), (1, 2)])


def test_the_level_is_kept():
    assert Fraction(9, 10) == stats.pooled_share([(6, 8), (3, 9)], level="0.9").pooled.level
