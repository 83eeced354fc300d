"""The linear model with random intercept: against R, at the border, in closed form, and where n does not allow it."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.stats import random_intercept

REFERENCE = json.loads((Path(__file__).parent / "trend_r.json").read_text(encoding="utf-8"))
CASES = {case["name"]: case for case in REFERENCE["cases"]}
CONSTANT = "a covariate is constant or a combination of the others"
NOTHING_WITHIN = "no group has more values than its own level and the covariates take up"
NOTHING_BETWEEN = "there are not more groups than covariates that differ between them alone"
ON_THE_LINES = "within groups the values lie on the lines, exactly or all but exactly"


def close(expected, actual, tolerance=1e-9):
    return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=1e-13)


def rows(case):
    return list(zip(case["groups"], case["x"], case["y"], strict=True))


@pytest.mark.parametrize("name", CASES)
def test_equals_the_likelihood_over_whole_matrices_in_r(name):
    case, solved = CASES[name], CASES[name]["solved"]
    for place, level in enumerate(REFERENCE["levels"]):
        found = random_intercept(rows(case), case["covariates"], level=level)
        assert ("", solved["at_zero"]) == (found.absent_because, found.at_zero)
        assert close(solved["between"], found.between_variance.value)
        assert close(solved["within"], found.within_variance.value)
        for expected, effect in zip(solved["effects"], found.effects, strict=True):
            assert close(expected["estimate"], effect.estimate.estimate)
            assert close(expected["error"], effect.standard_error.value)
            assert close(expected["df"], effect.degrees_of_freedom.value)
            assert close(expected["t"], effect.t.value)
            assert close(expected["p"], effect.p.value)
            # A limit may lie near 0 by chance: it is compared on the scale of the interval.
            lower, upper = expected["intervals"][place]
            assert math.isclose(lower, effect.estimate.lower, rel_tol=1e-9, abs_tol=1e-9 * (upper - lower))
            assert math.isclose(upper, effect.estimate.upper, rel_tol=1e-9, abs_tol=1e-9 * (upper - lower))


def test_equals_lmer_test_and_nlme_as_closely_as_they_stop():
    assert 19 == len(CASES)
    for case in CASES.values():
        found, told = random_intercept(rows(case), case["covariates"]), case["lmerTest"]
        assert close(told["between"], found.between_variance.value, 1e-5)
        assert close(told["within"], found.within_variance.value, 1e-5)
        for place, effect in enumerate(found.effects):
            assert close(told["estimate"][place], effect.estimate.estimate, 1e-5)
            assert close(told["error"][place], effect.standard_error.value, 1e-5)
            assert close(told["df"][place], effect.degrees_of_freedom.value, 1e-5)
            assert close(case["nlme"]["estimate"][place], effect.estimate.estimate, 1e-5)
        assert close(case["nlme"]["within"], found.within_variance.value, 1e-5)


def test_where_every_group_has_the_same_times_it_is_an_analysis_of_variance():
    """Balanced: within and between mean squares in exact fractions; the slope has as many degrees of freedom as the within mean square."""
    case = CASES["balanced"]
    found = random_intercept(rows(case))
    y = {(g, Fraction(x[0])): Fraction(value) for g, x, value in rows(case)}
    groups, days = sorted({g for g, _ in y}), sorted({day for _, day in y})
    level = {g: sum(y[g, day] for day in days) / len(days) for g in groups}
    grand, middle = sum(level.values()) / len(groups), sum(days) / len(days)
    spread = len(groups) * sum((day - middle) ** 2 for day in days)
    slope = sum((day - middle) * value for (_, day), value in y.items()) / spread
    rest = sum((value - level[g] - slope * (day - middle)) ** 2 for (g, day), value in y.items())
    df = len(y) - len(groups) - 1
    within = rest / df
    between = (len(days) * sum((one - grand) ** 2 for one in level.values()) / (len(groups) - 1) - within) / len(days)
    assert close(within, found.within_variance.value, 1e-12)
    assert close(between, found.between_variance.value, 1e-12)
    assert close(slope, found.effects[1].estimate.estimate, 1e-12)
    assert close(math.sqrt(within / spread), found.effects[1].standard_error.value, 1e-12)
    assert close(df, found.effects[1].degrees_of_freedom.value, 1e-12)


def test_at_the_border_it_is_ordinary_regression():
    case = CASES["unbalanced_at_zero"]
    found = random_intercept(rows(case))
    assert found.at_zero
    assert 0.0 == found.between_variance.value
    assert [18.0, 18.0] == [effect.degrees_of_freedom.value for effect in found.effects]
    assert "variance between groups 0 where the likelihood is highest there" == found.convention
    # Each value as a group of its own is no model, but has the same line by least squares.
    x = [Fraction(day[0]) for _, day, _ in rows(case)]
    y = [Fraction(value) for *_, value in rows(case)]
    middle, level = sum(x) / 20, sum(y) / 20
    slope = sum((a - middle) * (b - level) for a, b in zip(x, y, strict=True)) / sum((a - middle) ** 2 for a in x)
    assert close(slope, found.effects[1].estimate.estimate, 1e-14)


@pytest.mark.parametrize("unit", [1, Fraction(1, 3), Fraction(7, 10), 1000])
@pytest.mark.parametrize(
    "groups",
    [
        ((0, 0), (0, 0), (0, 1)),
        ((1, 1), (4, 1), (1, 1)),
        # Of these two a derivative in floats is below 0, by the last digit.
        ((1, 0, 0), (1, 0, 0), (1, 0, 1), (0, 2, 2)),
        ((0, 0, 2), (2, 1, 1), (0, 1, 0), (1, 0, 0)),
    ],
)
def test_at_the_border_exactly_no_rounding_decides(groups, unit):
    """Within and between mean squares are equal, so that the derivative at ratio 0 is 0."""
    times, n = len(groups[0]), len(groups) * len(groups[0])
    middle, grand = Fraction(times - 1, 2), Fraction(sum(map(sum, groups)), n)
    spread = len(groups) * sum((time - middle) ** 2 for time in range(times))
    slope = sum((time - middle) * value for group in groups for time, value in enumerate(group)) / spread
    within = sum(
        (value - Fraction(sum(group), times) - slope * (time - middle)) ** 2
        for group in groups
        for time, value in enumerate(group)
    ) / (n - len(groups) - 1)
    between = times * sum((Fraction(sum(group), times) - grand) ** 2 for group in groups) / (len(groups) - 1)
    assert between == within
    found = random_intercept([(g, [t], y * unit) for g, group in enumerate(groups) for t, y in enumerate(group)])
    assert found.at_zero
    assert [n - 2, n - 2] == [effect.degrees_of_freedom.value for effect in found.effects]


@pytest.mark.parametrize("large", [10**9, 10**12, 10**16])
@pytest.mark.parametrize(
    "small",
    [
        (0, 0, 0, 0, 1),
        (0, 0, 0, 0, 2),
        (0, 0, 0, 0, 3),
        (0, 0, 0, 1, 4),
        (1, 0, 0, 0, 0),
        (0, 2, 1, 0, 0),
        (3, 1, 0, 2, 0),
    ],
)
def test_next_to_the_border_no_rounding_decides(small, large):
    """The mean squares differ in the ninth digit or later: the likelihood at ratio 0 is that of its peak to the last double."""
    values = (*small, large)
    groups = [values[:2], values[2:4], values[4:]]
    rises = [after - before for before, after in groups]
    between = sum((sum(group) - Fraction(sum(values), 3)) ** 2 for group in groups) / 4
    within = sum((rise - Fraction(sum(rises), 3)) ** 2 for rise in rises) / 4
    assert 0 < abs(between / within - 1) < 1e-7
    found = random_intercept([(g, [t], y) for g, group in enumerate(groups) for t, y in enumerate(group)])
    assert found.at_zero == (between < within)
    assert abs(max(0, between - within) / 2 - found.between_variance.value) < 1e-12 * within


def test_the_higher_of_two_peaks_is_taken():
    """Likelihoods with a peak at ratio 0 and one above it: of one set the first is higher, of the other the second."""
    assert random_intercept(rows(CASES["two_peaks_higher_at_zero"])).at_zero
    assert 0.9 < CASES["two_peaks"]["solved"]["between"] / CASES["two_peaks"]["solved"]["within"] < 0.91
    assert not random_intercept(rows(CASES["two_peaks"])).at_zero


LINE = [("a", [0], 1), ("a", [1], 3), ("b", [0], 4), ("b", [1], 5), ("c", [0], 2), ("c", [1], 5)]


@pytest.mark.parametrize(
    ("table", "names", "because"),
    [
        ([], ["time"], "nothing was observed (n = 0)"),
        ([("a", [3], 5)], ["time"], CONSTANT),
        ([("a", [0], 5), ("b", [1], 6)], ["time"], NOTHING_WITHIN),
        ([("a", [0], 5), ("a", [1], 6)], ["time"], NOTHING_WITHIN),
        ([("a", [0], 5), ("b", [1], 6), ("c", [2], 9), ("d", [3], 7)], ["time"], NOTHING_WITHIN),
        ([("a", [0], 5), ("a", [1], 6), ("a", [2], 9), ("a", [3], 7)], ["time"], NOTHING_BETWEEN),
        ([("a", [0], 5), ("a", [0], 6), ("b", [2], 9), ("b", [2], 7)], ["time"], NOTHING_BETWEEN),
        ([(group, [7], value) for group, _, value in LINE], ["time"], CONSTANT),
        ([(group, [x[0], 3 - 2 * x[0]], value) for group, x, value in LINE], ["time", "again"], CONSTANT),
        ([(group, x, 2) for group, x, _ in LINE], ["time"], ON_THE_LINES),
        ([(group, x, 2 + 5 * x[0]) for group, x, _ in LINE], ["time"], ON_THE_LINES),
        ([(group, x, 10 * ord(group) + x[0]) for group, x, _ in LINE], ["time"], ON_THE_LINES),
        ([(group, x, 10**9 * ord(group) + value) for group, x, value in LINE], ["time"], ON_THE_LINES),
        ([("a", [], 1), ("b", [], 2)], [], NOTHING_WITHIN),
    ],
)
def test_what_n_does_not_allow_is_absent_with_its_reason(table, names, because):
    found = random_intercept(table, names)
    assert because == found.absent_because
    assert (None, None, False) == (found.between_variance.value, found.within_variance.value, found.at_zero)
    assert ["intercept", *names] == [effect.name for effect in found.effects]
    for effect in found.effects:
        parts = (effect.standard_error, effect.degrees_of_freedom, effect.t, effect.p)
        assert (None, None, None) == (effect.estimate.estimate, effect.estimate.lower, effect.estimate.upper)
        assert {(None, because)} == {(part.value, part.absent_because) for part in parts}
        assert because == effect.estimate.absent_because == effect.estimate.interval_absent_because


def test_levels_far_apart_are_still_told():
    """A between variance of some 10^7 times the within variance: the slope is that within groups."""
    table = [(group, x, 10**3 * "abc".index(group) + Fraction(value, 3)) for group, x, value in LINE]
    found = random_intercept(table)
    assert 10**6 < found.between_variance.value / found.within_variance.value < 10**8
    assert close(Fraction(2, 3), found.effects[1].estimate.estimate)


tables = st.lists(
    st.tuples(st.sampled_from("abcde"), st.tuples(st.integers(0, 6)), st.integers(-5, 9)), min_size=1, max_size=24
)


@settings(max_examples=20)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(table, order):
    shuffled = list(table)
    order.shuffle(shuffled)
    assert random_intercept(table) == random_intercept(shuffled)


@given(tables)
def test_every_table_has_numbers_or_a_reason(table):
    found = random_intercept(table)
    if found.absent_because:
        return
    assert 0 < found.within_variance.value < math.inf
    assert (found.between_variance.value == 0) == found.at_zero
    for effect in found.effects:
        # Satterthwaite's value is no count: it may be below 1, and exceeds n - p by rounding alone.
        assert 0 < effect.degrees_of_freedom.value
        assert effect.estimate.lower < effect.estimate.estimate < effect.estimate.upper
        assert 0 < effect.p.value <= 1
        beyond = not effect.estimate.lower <= 0 <= effect.estimate.upper
        assert beyond == (effect.p.value < 0.05) or math.isclose(0.05, effect.p.value, rel_tol=1e-9)


@settings(max_examples=20)
@given(tables, st.integers(-30000, 30000), st.fractions("1/7", 9, max_denominator=7))
def test_other_units_give_the_same_line(table, moved, unit):
    found = random_intercept(table)
    other = random_intercept([(group, [(x[0] + moved) * unit], 3 * y - 8) for group, x, y in table])
    assert found.absent_because == other.absent_because
    if not found.absent_because:
        slope, turned = found.effects[1], other.effects[1]
        assert math.isclose(3 * slope.estimate.estimate / unit, turned.estimate.estimate, rel_tol=1e-7, abs_tol=1e-9)
        assert math.isclose(slope.degrees_of_freedom.value, turned.degrees_of_freedom.value, rel_tol=1e-6)
        assert math.isclose(9 * found.within_variance.value, other.within_variance.value, rel_tol=1e-7)


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="one covariate for each name"):
        random_intercept([("a", [1, 2], 3)])
    with pytest.raises(TypeError, match="not float"):
        random_intercept([("a", [1], 3.5)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        random_intercept(LINE, level=95)
