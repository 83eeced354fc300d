"""The small written things: lengths of time, numbers, dates, yes and no; each bound and each refusal."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from caseseries.protocol.written import (
    OPEN_END,
    OPEN_START,
    date,
    days,
    decimal_text,
    in_words,
    number,
    round_half_up,
    whole,
    years,
    yes_no,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 days", 0),
        ("1 day", 1),
        ("-20 days", -20),
        ("+7 days", 7),
        ("6 weeks", 42),
        ("1 month", 30),
        ("2 months", 61),  # 60.875
        ("3 months", 91),  # 91.3125
        ("6 months", 183),  # 182.625
        ("-6 months", -183),
        ("12 months", 365),  # 365.25
        ("1 year", 365),
        ("2 years", 731),  # 730.5, half up
        ("-2 years", -731),  # a half goes away from zero
        ("0.5 weeks", 4),  # 3.5
        (" 3 Months ", 91),
        ("start", OPEN_START),
        ("end", OPEN_END),
        (14, 14),
    ],
)
def test_lengths_of_time(text: object, expected: int) -> None:
    assert expected == days(text)


@pytest.mark.parametrize(
    "text",
    ["", "3", "3 moons", "three days", "1e2 days", "-", "days", "1/2 days", "3,5 days", "1_0 days", None, True, 3.5],
)
def test_no_lengths_of_time(text: object) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        days(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15", Fraction(15)),
        ("-0.5", Fraction(-1, 2)),
        ("+2", Fraction(2)),
        ("010", Fraction(10)),
        ("2.30", Fraction(23, 10)),
        (7, Fraction(7)),
    ],
)
def test_numbers(text: object, expected: Fraction) -> None:
    assert expected == number(text)


@pytest.mark.parametrize("text", ["", "1e3", "1_000", "nan", "inf", "2,5", "1.", ".5", "0x10", "1/3", None, True, "²"])
def test_no_numbers(text: object) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(text)


@pytest.mark.parametrize(
    ("value", "expected"), [("0.5", 1), ("-0.5", -1), ("0.4999", 0), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("0", 0)]
)
def test_a_half_goes_away_from_zero(value: str, expected: int) -> None:
    assert expected == round_half_up(Fraction(value))


@pytest.mark.parametrize(
    ("text", "expected"), [("2009-12-31", dt.date(2009, 12, 31)), (" 2008-02-29 ", dt.date(2008, 2, 29))]
)
def test_dates(text: str, expected: dt.date) -> None:
    assert expected == date(text)


@pytest.mark.parametrize(
    "text", ["", "31.12.2009", "2009-13-01", "2009-02-29", "09-01-01", "20090101", "2009-1-1", "2009-W01-1", None]
)
def test_no_dates(text: object) -> None:
    with pytest.raises(ValueError, match="not a date"):
        date(text)


def test_yes_and_no() -> None:
    assert [True, True, True, False, False, False] == [
        yes_no(text) for text in ("yes", " Yes", True, "no", "FALSE", False)
    ]
    for text in ("", "y", "1", "oui", None):
        with pytest.raises(ValueError, match="neither yes nor no"):
            yes_no(text)


def test_ages_and_counts() -> None:
    assert (18, 0, 1, 7) == (years("18 years"), years("0"), years("1 year"), years(7))
    assert (0, 3, 12) == (whole("0"), whole("3"), whole(12))
    for text in ("18.5 years", "-1", "18 months", "", None, True):
        with pytest.raises(ValueError, match="not an age"):
            years(text)
    for text in ("-1", "1.5", "", None, True, -1):
        with pytest.raises(ValueError, match="not a whole number"):
            whole(text)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 days"), (1, "1 day"), (-1, "-1 day"), (91, "91 days"), (OPEN_START, "start"), (OPEN_END, "end")],
)
def test_days_as_printed_read_back_the_same(count: int, expected: str) -> None:
    assert expected == in_words(count)
    assert count == days(expected)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(83, 2), 6, "41.5"),
        (Fraction(20, 3), 3, "6.667"),
        (Fraction(-20, 3), 1, "-6.7"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-1, 1000), 2, "0"),  # no minus before a zero
        (Fraction(100), 6, "100"),
        (Fraction(100), 0, "100"),
        (Fraction("0.05"), 1, "0.1"),
    ],
)
def test_exact_numbers_as_decimals(value: Fraction, places: int, expected: str) -> None:
    assert expected == decimal_text(value, places)
