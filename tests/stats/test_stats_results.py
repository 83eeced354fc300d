"""What every result promises: a number or a reason, exact input, no heavy import."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from caseseries import stats
from caseseries.stats import Estimate, HypothesisTest, Statistic, exact_level, exact_number, exact_numbers

ESTIMATE = {"n": 3, "level": Fraction(19, 20), "method": "m", "convention": "c", "source": "s"}
TEST = {"n": 3, "n_used": 3, "method": "m", "convention": "c", "source": "s"}


def test_public_names_are_sorted_and_exist():
    assert sorted(stats.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == stats.__all__
    assert [] == [name for name in stats.__all__ if not hasattr(stats, name)]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"estimate": None, "lower": None, "upper": None}, "an estimate is either"),
        ({"estimate": 1.0, "lower": None, "upper": None}, "a lower limit is either"),
        ({"estimate": 1.0, "lower": 0.0, "upper": None}, "an upper limit is either"),
        ({"estimate": 1.0, "lower": 0.0, "upper": 2.0, "absent_because": "why"}, "an estimate is either"),
        ({"estimate": 1.0, "lower": 3.0, "upper": 2.0}, "above the upper"),
        ({"estimate": 1.0, "lower": 0.0, "upper": 2.0, "upper_open_because": "why"}, "an upper limit is either"),
        ({"estimate": 1.0, "lower": None, "upper": None, "upper_open_because": "why"}, "a lower limit is either"),
        (
            {"estimate": 1.0, "lower": None, "upper": None, "interval_absent_because": "a", "upper_open_because": "b"},
            "stands above a lower one",
        ),
        ({"estimate": float("nan"), "lower": 0.0, "upper": 2.0}, "not finite"),
        ({"estimate": 1.0, "lower": 0.0, "upper": float("inf")}, "not finite"),
    ],
)
def test_an_estimate_is_a_number_or_a_reason(found, message):
    with pytest.raises(ValueError, match=message):
        Estimate(**ESTIMATE, **found)


def test_an_upper_limit_may_be_open_where_that_is_said():
    found = Estimate(**ESTIMATE, estimate=4, lower=2, upper=None, upper_open_because="half were never reached")
    assert (2, None, "half were never reached") == (found.lower, found.upper, found.upper_open_because)


def test_a_statistic_and_a_p_value_too():
    with pytest.raises(ValueError, match="a statistic is either"):
        Statistic(None)
    with pytest.raises(ValueError, match="a p value is either"):
        HypothesisTest(**TEST, statistic=Fraction(1), p=None)
    with pytest.raises(ValueError, match="lies above 0"):
        HypothesisTest(**TEST, statistic=Fraction(1), p=0.0)


def test_results_cannot_be_changed():
    with pytest.raises(AttributeError):
        Statistic(1.0).value = 2.0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2.3", Fraction(23, 10)),
        ("-0", Fraction(0)),
        ("+7", Fraction(7)),
        (Decimal("1.20"), Fraction(6, 5)),
        ("2/6", Fraction(1, 3)),
    ],
)
def test_numbers_are_taken_as_written(written, expected):
    assert expected == exact_number(written)


@pytest.mark.parametrize(
    "written", ["", " 1", "1_000", "1e3", "nan", "inf", "6٦", "１", "1,5", "1/0", "1.", ".5", "1\n"]
)
def test_text_that_is_no_plain_number_is_refused_without_repeating_it(written):
    with pytest.raises(ValueError, match=r"^not a plain decimal number$"):
        exact_number(written)


@pytest.mark.parametrize("value", [0.1, True, None, 1j])
def test_types_that_are_not_exact_are_refused(value):
    with pytest.raises(TypeError, match="an exact number is needed"):
        exact_numbers([1, value])


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_a_decimal_must_be_finite(value):
    with pytest.raises(ValueError, match="not a finite number"):
        exact_number(Decimal(value))


def test_a_level_is_exact():
    assert Fraction(999, 1000) == exact_level(0.999) == exact_level("0.999") == exact_level(Decimal("0.999"))


def test_importing_the_room_loads_no_heavy_library():
    code = "import sys, caseseries.stats; print(sorted({'scipy', 'numpy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_scipy_stats_is_never_loaded():
    code = (
        "import sys; from caseseries.stats import *;"
        "clopper_pearson(1, 8), mid_p(1, 8), poisson_rate(1, 8), signed_rank([1, 2]);"
        "rate_ratio(Followed(1, 8), Followed(2, 8)), rate_ratio_test(Followed(1, 8), Followed(2, 8));"
        "gwet_ac1([('a', 'b'), ('a', 'a')], 'ab'), cochran_q([(True, False)], method='asymptotic');"
        "random_intercept([(i // 3, [i % 3], i * i % 7) for i in range(12)]);"
        "print('scipy.special' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "True False" == done.stdout.strip()
