"""Statistics from frequency tables agree, to the last digit, with the same values written out."""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries import stats
from caseseries.stats import walsh_averages
from caseseries.stats.frequency import MILLIONTHS
from caseseries.stats.hodges_lehmann import _rank_by_normal, _rank_of_limit

TABLES = st.dictionaries(st.integers(-30, 30), st.integers(1, 6), max_size=12)
WIDE = st.dictionaries(st.integers(-(10**13), 10**13), st.integers(1, 3), max_size=20)
PARTS = st.sampled_from([Fraction(1), MILLIONTHS, Fraction(487, 16), Fraction(1461, 4)])


@given(TABLES | WIDE, PARTS, st.sampled_from([2, 6, 7]))
def test_a_description_is_that_of_the_values_written_out(
    table: dict[int, int], parts: Fraction, kind: stats.QuantileType
) -> None:
    found = stats.Frequencies.of(table, parts)
    values = found.values()
    told = stats.describe(found, quantile_type=kind)
    assert len(values) == told.n
    assert told == stats.describe(values, quantile_type=kind)
    if not values:
        assert told.mean.value is None and told.median.value is None
        return
    assert Fraction(sum(values), len(values)) == told.mean.value
    assert (values[0], statistics.median(values), values[-1]) == (
        told.minimum.value,
        told.median.value,
        told.maximum.value,
    )
    if len(values) > 1:
        assert statistics.variance(values) == told.variance.value


@given(TABLES.filter(bool))
def test_quartiles_are_those_of_the_values_written_out(table: dict[int, int]) -> None:
    found = stats.Frequencies.of(table, 1)
    values = found.values()
    told = stats.describe(found)
    for share, quartile in ((Fraction(1, 4), told.lower_quartile), (Fraction(3, 4), told.upper_quartile)):
        position = share * (len(values) - 1)
        low = math.floor(position)
        expected = values[low] + (position - low) * (values[min(low + 1, len(values) - 1)] - values[low])
        assert expected == quartile.value


@given(TABLES | WIDE, PARTS, st.sampled_from(["0.8", "0.95", "0.99"]))
def test_a_typical_change_is_the_middle_of_every_average(table: dict[int, int], parts: Fraction, level: str) -> None:
    found = stats.Frequencies.of(table, parts)
    values = found.values()
    estimate = stats.hodges_lehmann(found, level=level, unit="points")
    assert estimate == stats.hodges_lehmann(values, level=level, unit="points")
    averages = sorted((one + other) / 2 for one, other in itertools.combinations_with_replacement(values, 2))
    assert (statistics.median(averages) if averages else None) == estimate.estimate
    if estimate.lower is not None:
        k, _ = _rank_of_limit(len(values), 1 - Fraction(level))
        assert (averages[k - 1], averages[-k]) == (estimate.lower, estimate.upper)


@given(TABLES, st.sampled_from(["wilcoxon", "pratt"]))
def test_tests_take_a_table_or_a_list(table: dict[int, int], zeros: stats.Zeros) -> None:
    found = stats.Frequencies.of(table, 1)
    assert stats.signed_rank(found.values(), zeros=zeros) == stats.signed_rank(found, zeros=zeros)
    assert stats.sign_test(found.values()) == stats.sign_test(found)
    assert stats.sign_flip(found.values()) == stats.sign_flip(found)


@pytest.mark.parametrize("n", [1001, 1076, 2400])
def test_a_long_list_is_answered(n: int) -> None:
    """As many changes as a chart or a site may hold: above 1000 there was no typical change, and the sign test broke at 1076."""
    values = [Fraction(-3 - i % 7, 2) for i in range(n)]
    typical = stats.hodges_lehmann(values)
    assert (Fraction(-3), Fraction(-3)) == (typical.estimate, stats.describe(values).median.value)
    assert typical.lower is not None and typical.upper is not None and typical.lower <= -3 <= typical.upper
    for test in (stats.signed_rank, stats.sign_flip, stats.sign_test):
        found = test(values)
        assert found.p is not None and 0 < found.p < 1e-150
        assert "Monte Carlo" not in found.method


def test_a_thousand_tied_ranks_are_counted_and_not_drawn() -> None:
    found = stats.signed_rank([(-1) ** i * (1 + i // 500) for i in range(1000)])
    assert found.exact and "exact, shift algorithm" in found.method


def test_doses_by_weight_have_a_typical_change_in_time() -> None:
    """Their common denominator has hundreds of digits, and so have the whole numbers behind them."""
    import time

    weights = [Fraction(k, 10) for k in range(81, 81 + 997)]
    values = [Fraction(20 + i % 13) / weight for i, weight in enumerate(weights)]
    started = time.process_time()
    found = stats.hodges_lehmann(values)
    assert time.process_time() - started < 20  # about 2 s; halving the span alone takes minutes
    floats = np.array([float(value) for value in values])
    first, second = np.triu_indices(len(values))
    assert float(found.estimate or 0) == pytest.approx(
        float(np.median((floats[first] + floats[second]) / 2)), rel=1e-12
    )


@given(WIDE.filter(bool))
def test_pairs_are_counted_alike_in_64_bits_and_in_any_size(table: dict[int, int]) -> None:
    places = [whole - min(table) for whole in sorted(table)]
    counts = [table[whole] for whole in sorted(table)]
    small, large = walsh_averages._counting(places, counts), walsh_averages._counting_large(places, counts)
    for s in (0, 1, places[-1], places[-1] + 1, 2 * places[-1] - 1, 2 * places[-1]):
        assert large(s) == small(s)
    n = sum(counts)
    halving, stepping = walsh_averages._halving(places, counts), walsh_averages._stepping(places, counts)
    for m in {1, 2, n, n * (n + 1) // 4 + 1, n * (n + 1) // 2} - {0}:
        if m <= n * (n + 1) // 2:
            assert stepping(m) == halving(m)


def test_values_too_large_for_64_bits() -> None:
    values = stats.Frequencies.of({-(10**30): 3, 0: 4, 10**30 + 1: 6}, 1).values()
    averages = sorted((one + other) / 2 for one, other in itertools.combinations_with_replacement(values, 2))
    assert statistics.median(averages) == stats.hodges_lehmann(values).estimate


def test_the_largest_exact_size_and_the_next() -> None:
    exact = stats.hodges_lehmann(stats.Frequencies.of(dict.fromkeys(range(1000), 1), 1))
    normal = stats.hodges_lehmann(stats.Frequencies.of(dict.fromkeys(range(1001), 1), 1))
    assert exact.achieved_level is not None and 0.95 <= exact.achieved_level < 0.9501
    assert "exact interval" in exact.method and "normal approximation" in normal.method and "n = 1,001" in normal.method
    assert (Fraction(999, 2), Fraction(500)) == (exact.estimate, normal.estimate)
    # one value more moves the limits by a half or so, not by the change of method
    assert abs((normal.lower or 0) - (exact.lower or 0) - Fraction(1, 2)) <= 1
    assert abs((normal.upper or 0) - (exact.upper or 0) - Fraction(1, 2)) <= 1


@pytest.mark.parametrize("each", [1, 3, 40])
def test_large_samples_against_every_average(each: int) -> None:
    # Values whose averages all differ, so that another rank would be another number.
    whole = [i * i * 7919 % 1_000_003 - 400_000 for i in range(1, 1 + 1203 // each)]
    found = stats.Frequencies.of(dict.fromkeys(whole, each), 1)
    n = found.n
    assert n > 1000 and len(set(whole)) == len(whole)
    values = np.repeat(np.array(found.whole), each)
    first, second = np.triu_indices(n)
    sums = np.sort(values[first] + values[second])
    sd = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - len(whole) * (each**3 - each) / 48)
    k = math.floor(n * (n + 1) / 4 + 0.5 - 1.959963984540054 * sd)
    estimate = stats.hodges_lehmann(found)
    assert (sums[k - 1] / 2, sums[-k] / 2) == (float(estimate.lower or 0), float(estimate.upper or 0))
    assert float(np.median(sums)) / 2 == float(estimate.estimate or 0)


@pytest.mark.parametrize("level", ["0.9", "0.95", "0.99"])
@given(st.lists(st.integers(1, 300), min_size=30, max_size=60))
def test_the_rank_of_the_limits(level: str, tied: list[int]) -> None:
    n, alpha = sum(tied), 1 - Fraction(level)
    z = {"0.9": 1.6448536269514722, "0.95": 1.959963984540054, "0.99": 2.5758293035489004}[level]
    variance = n * (n + 1) * (2 * n + 1) / 24 - sum(t**3 - t for t in tied) / 48
    assert max(1, math.floor(n * (n + 1) / 4 + 0.5 - z * math.sqrt(variance))) == _rank_by_normal(n, tied, alpha)


def test_signed_rank_against_scipy() -> None:
    from scipy.stats import wilcoxon

    draw = np.random.default_rng(4)
    values = draw.integers(-40, 45, size=3000)
    table = {int(value): int(count) for value, count in zip(*np.unique(values, return_counts=True), strict=True)}
    for zeros, method in (("wilcoxon", "wilcox"), ("pratt", "pratt")):
        expected = wilcoxon(values, zero_method=method, correction=True, method="asymptotic")
        found = stats.signed_rank(stats.Frequencies.of(table, 1), zeros=zeros)
        assert found.p == pytest.approx(expected.pvalue, rel=1e-10)
        assert not found.exact and "normal approximation" in found.method


def test_exact_and_normal_are_close_where_they_meet() -> None:
    table = {value: 1 + value % 3 for value in range(-200, 260)}
    found = stats.Frequencies.of(table, 1)
    values = found.values()
    assert found.n < 1000
    exact = stats.signed_rank(values)
    doubled = stats.Frequencies.of({key: 3 * count for key, count in table.items()}, 1)
    assert exact.exact and not stats.signed_rank(doubled).exact
    assert stats.signed_rank(doubled).n_used == 3 * exact.n_used


def test_no_p_value_is_zero() -> None:
    table = stats.Frequencies.of({1: 10**6, 2: 10**6}, 1)
    for test in (stats.signed_rank, stats.sign_flip, stats.sign_test):
        p = test(table).p
        assert p is not None and 0 < p < 1e-300


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        stats.Frequencies.of({1: -1})
    with pytest.raises(ValueError, match="parts above 0"):
        stats.Frequencies.of({1: 1}, 0)
    with pytest.raises(TypeError):
        stats.Frequencies.of({1: 0.5})
    assert stats.Frequencies.of({}) == stats.Frequencies.of({1: 0})
    with pytest.raises(ValueError, match="wilcoxon or pratt"):
        stats.signed_rank(stats.Frequencies.of({1: 2000}), zeros="other")


@given(TABLES, TABLES)
def test_moments_add_up(one: dict[int, int], other: dict[int, int]) -> None:
    a, b = stats.Moments.of(stats.Frequencies.of(one)), stats.Moments.of(stats.Frequencies.of(other))
    both = {key: one.get(key, 0) + other.get(key, 0) for key in one | other}
    found = stats.Moments.of(stats.Frequencies.of(both))
    assert found == dataclasses.replace(a, n=a.n + b.n, total=a.total + b.total, squares=a.squares + b.squares)
    assert stats.describe(stats.Frequencies.of(both)).sd == found.sd()


def test_at_most() -> None:
    table = stats.Frequencies.of({1_500_000: 2, 2_000_000: 3})
    assert [0, 2, 2, 5] == [table.at_most(value) for value in ("1.4", "1.5", "1.9", 2)]


def test_five_million_values_of_twenty_thousand_kinds_are_quick() -> None:
    import time

    draw = np.random.default_rng(1)
    kinds = draw.choice(2 * 10**9, size=20_000, replace=False) - 10**9
    table = stats.Frequencies.of(
        {int(kind): int(count) for kind, count in zip(kinds, draw.integers(1, 500, 20_000), strict=True)}
    )
    started = time.process_time()
    stats.hodges_lehmann(table)
    stats.describe(table)
    assert time.process_time() - started < 10  # about 0.4 s; only a wrong order of growth may fail here
