"""How numbers are printed: boundaries, signs, and what has no number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.report.exhibits.numbers import absent, machine, number, p_value, percent, plain, share, span
from caseseries.report.files.results_parts import result
from caseseries.summary.results import change_tests, description


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (Fraction(1, 4), 1, "0.3"),  # a half goes up where round() goes to even
        (Fraction(-1, 4), 1, "−0.3"),
        (Fraction(-1, 100), 1, "0.0"),  # never minus zero
        (0.5, 0, "1"),
        (2.675, 2, "2.68"),  # the decimal as printed, not the binary neighbour
        (Fraction(85, 8), 1, "10.6"),
        (1e21, 0, "1,000,000,000,000,000,000,000"),
    ],
)
def test_a_half_goes_away_from_zero(value: Fraction | float, places: int, printed: str) -> None:
    assert printed == number(value, places)


def test_percent_is_whole_below_a_hundred_and_has_a_decimal_from_there() -> None:
    assert ["75", "1", "99", "12.5", "100"] == [
        percent(*pair) for pair in ((6, 8), (1, 99), (98, 99), (25, 200), (8, 8))
    ]


def test_nothing_of_nothing_has_no_percentage() -> None:
    assert "0/0" == share(0, 0)


def test_a_range_never_puts_a_dash_beside_a_minus() -> None:
    assert ("3–11", "−20 to 0", "0 to +21") == (span("3", "11"), span("−20", "0"), span("0", "+21"))


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.00099, "<.001"), (0.001, ".001"), (0.0094, ".009"), (0.0099, ".01"), (0.05, ".05"), (1.0, ">.99")],
)
def test_p_values_are_never_zero(p: float, printed: str) -> None:
    assert printed == p_value(p)


def test_what_is_undefined_says_why() -> None:
    assert "not estimable (one value has no standard deviation)" == absent("one value has no standard deviation")


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6), st.integers(0, 6))
def test_rounding_is_off_by_at_most_a_half(value: Fraction, places: int) -> None:
    printed = Fraction(number(value, places).replace("−", "-").replace(",", ""))
    assert abs(printed - value) * 2 <= Fraction(1, 10**places)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6))
def test_numbers_for_programs_are_plain_ascii(value: Fraction) -> None:
    text = machine(value)
    assert text.isascii() and not set(text) - set("-.0123456789") and Fraction(text) - value < Fraction(1, 10**12)


@pytest.mark.parametrize("value", [0.0078125**9, 2.0**-1000, 5e-13, Fraction(1, 3 * 10**20), -4e-14])
def test_no_number_for_programs_is_written_as_zero(value: Fraction | float) -> None:
    text = machine(value)
    assert abs(float(text) / float(value) - 1) < 1e-5 and "e" not in text


def test_a_p_value_below_every_decimal_stands_in_the_file_and_in_words() -> None:
    found = change_tests("x", "CMAS", [Fraction(k, 3) for k in range(1, 101)])
    for test in found:
        written = result(test)
        assert test.estimate == 2.0**-99
        assert written["estimate"] != "0" and abs(float(written["estimate"]) / 2.0**-99 - 1) < 1e-5
        assert "<.001" == p_value(test.estimate)


def test_a_test_says_whether_it_was_counted_drawn_or_approximated() -> None:
    few = [(-1) ** k * (k + 1) for k in range(12)]
    wide = [(-1) ** (k % 3 == 0) * (10**9 + 7919 * k * k) for k in range(60)]
    many = [1 + k % 5 for k in range(1200)]
    labels = {
        name: [test.label for test in change_tests("x", "CMAS", values)]
        for name, values in (("few", few), ("wide", wide), ("many", many))
    }
    assert labels == {
        "few": ["CMAS, exact signed rank test", "CMAS, exact sign-flip test", "CMAS, exact sign test"],
        "wide": ["CMAS, exact signed rank test", "CMAS, Monte Carlo sign-flip test", "CMAS, exact sign test"],
        "many": ["CMAS, approximate signed rank test", "CMAS, approximate sign-flip test", "CMAS, exact sign test"],
    }


def test_only_quartiles_name_a_type_of_quantile() -> None:
    found = description("x", "CMAS", [Fraction(1), Fraction(2), Fraction(4)], "points")
    assert {"lower_quartile", "upper_quartile"} == {
        key for key, part in found.items() if "quantile type" in part.method
    }


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_recorded_values_keep_their_decimals(value: object) -> None:
    written = Fraction(str(value))
    assert written == Fraction(plain(written).replace("−", "-"))
