"""What single cells mean, and what is refused rather than guessed."""

# ruff: noqa: DTZ001 - a spreadsheet gives datetimes without a zone
from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest

from caseseries.chart.cells import NumberReader, Quantity, TextReader, YesNoReader
from caseseries.chart.date_cells import DateReader
from caseseries.chart.dates import Span, excel_serial, read_date
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Bad, shown
from caseseries.chart.tables import calendar_date, day_number


def days(first: str, last: str) -> Span:
    return Span(day_number(dt.date.fromisoformat(first)), day_number(dt.date.fromisoformat(last)))


@pytest.mark.parametrize(
    ("text", "order", "first", "last"),
    [
        ("2012-03-04", "year-month-day", "2012-03-04", "2012-03-04"),
        ("2012-03-04 00:00:00", "year-month-day", "2012-03-04", "2012-03-04"),
        ("2009-03", "year-month-day", "2009-03-01", "2009-03-31"),
        ("2009", "year-month-day", "2009-01-01", "2009-12-31"),
        ("03/04/2012", "day-month-year", "2012-04-03", "2012-04-03"),
        ("03/04/2012", "month-day-year", "2012-03-04", "2012-03-04"),
        ("14.11.2023", "day-month-year", "2023-11-14", "2023-11-14"),
        ("3-4-2012", "day-month-year", "2012-04-03", "2012-04-03"),
        ("04/2012", "day-month-year", "2012-04-01", "2012-04-30"),
        ("May 2022", "year-month-day", "2022-05-01", "2022-05-31"),
        ("May 2022", "day-month-year", "2022-05-01", "2022-05-31"),
        ("12 Sept 2022", "day-month-year", "2022-09-12", "2022-09-12"),
        ("12 May 2022", "month-day-year", "2022-05-12", "2022-05-12"),
        ("05MAR2009", "year-month-day", "2009-03-05", "2009-03-05"),
        ("5. März 2009", "day-month-year", "2009-03-05", "2009-03-05"),
        ("5 de marzo de 2009", "year-month-day", "2009-03-05", "2009-03-05"),
        ("12-déc.-2010", "day-month-year", "2010-12-12", "2010-12-12"),
        ("Feb 2, 2020", "month-day-year", "2020-02-02", "2020-02-02"),
        ("29/02/2020", "day-month-year", "2020-02-29", "2020-02-29"),
    ],
)
def test_a_date_is_read_in_the_declared_order_only(text, order, first, last):
    assert days(first, last) == read_date(text, order)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2012-3-4", "year-month-day"),
        ("20120304", "year-month-day"),
        ("2012-W10-1", "year-month-day"),
        ("2012-060", "year-month-day"),
        ("infinity", "year-month-day"),
        ("9999-12-31", "year-month-day"),
        ("1900-01-05", "year-month-day"),
        ("04/03/2012", "year-month-day"),
        ("2012-03-04", "day-month-year"),
        ("13/14/2012", "day-month-year"),
        ("14/13/2012", "month-day-year"),
        ("04/03/12", "day-month-year"),
        ("04/03.2012", "day-month-year"),
        ("29/02/2021", "day-month-year"),
        ("Ma 2022", "day-month-year"),
        ("٠٤/03/2012", "day-month-year"),
        ("2012-03-04T", "year-month-day"),
    ],
)
def test_a_date_written_otherwise_is_refused(text, order):
    assert isinstance(read_date(text, order), Refusal)


def test_the_time_of_day_is_left_out_and_said():
    assert "the time of day is not used" == read_date("2012-03-04 14:30", "year-month-day").note


@pytest.mark.parametrize("time", ["09:30", "9:30", "23:59:59", "09:30:00.000", "2:30 PM", "12:00am"])
@pytest.mark.parametrize(("day", "order"), [("2012-03-04", "year-month-day"), ("04/03/2012", "day-month-year"),
                                            ("3/4/2012", "month-day-year"), ("4 March 2012", "day-month-year")])  # fmt: skip
def test_a_time_of_day_behind_a_date_in_any_order_is_left_out_and_said(day, order, time):
    found = read_date(f"{day} {time}", order)
    assert found == replace(read_date("2012-03-04", "year-month-day"), note="the time of day is not used")


@pytest.mark.parametrize(("text", "what"), [
    ("04.03.2012 24:00", "there is no such time of day"),
    ("04.03.2012 13:00 pm", "there is no such time of day"),
    ("04.03.2012 10:00Z", "a time in a time zone stands behind the date, and where the patient was it may be another day"),
    ("04.03.2012 10:00+02:00", "a time in a time zone stands behind the date, and where the patient was it may be another day"),
    ("04.03.2012 10:00 or so", "not a date written day-month-year"),
    ("03.2012 10:00", "a time of day stands behind a month or a year"),
])  # fmt: skip
def test_a_time_that_leaves_the_day_open_is_refused_with_what_to_write(text, what):
    found = read_date(text, "day-month-year")
    assert what == found.what and "05/03/2009 for 5 March 2009" in found.allowed


def test_a_serial_number_is_proposed_as_a_date_and_read_only_where_declared():
    assert (None, None, dt.date(2006, 10, 10)) == (excel_serial(59), excel_serial(60), excel_serial(39000))
    refused = DateReader({}, "year-month-day").read(39000)
    assert ("date serial", "2006-10-10") == (refused.rule, refused.proposal)
    assert dt.date(2006, 10, 10) == calendar_date(DateReader({}, None, serials=True).read(39000).low)
    assert "2009" == DateReader({}, None, serials=True).read(2009).proposal


def test_a_text_date_without_a_declared_order_is_refused_even_where_it_looks_clear():
    assert "date order" == DateReader({}, None).read("2012-03-04").rule
    assert days("2012-03-04", "2012-03-04") == DateReader({}, None).read(dt.datetime(2012, 3, 4))


def test_a_small_number_in_a_date_cell_is_refused():
    assert "the year cannot be right" == DateReader({}, None).read(dt.datetime(1900, 1, 5)).what


def test_nominal_days_and_declared_labels():
    assert Span(-7, -7) == DateReader({}, None, dated=False).read("-7")
    assert isinstance(DateReader({}, None, dated=False).read("2012-03-04"), Refusal)
    assert Span(183, 183) == DateReader({}, None, dated=False, days={"month 6": 183}).read(" Month  6 ")
    assert isinstance(DateReader({}, None, dated=False, days={"month 6": 183}).read("month6"), Refusal)


@pytest.mark.parametrize(
    ("raw", "value", "censor"),
    [
        ("0.1", "1/10", ""),
        (" 41.5 ", "83/2", ""),
        ("-4", "-4", ""),
        ("+4", "4", ""),
        ("0.123456", "0.123456", ""),
        ("0.1000000000", "0.1", ""),
        ("<5", "5", "<"),
        ("> 52", "52", ">"),
        ("<=5", "5", "<="),
        ("≤5", "5", "<="),
        (">= 50", "50", ">="),
        ("≥ 50.5", "50.5", ">="),
        (41.5, "41.5", ""),
        (0.1 + 0.2, "0.3", ""),
        (2.3, "2.3", ""),
        (10**15 - 1, "999999999999999", ""),
    ],
)
def test_numbers_are_exact(raw, value, censor):
    assert Quantity(Fraction(value), censor) == NumberReader({}).read(raw)


@pytest.mark.parametrize(
    "raw",
    ["1_000", "６６", "१२", "nan", "Infinity", "1e5", "1E5", "0x1F", "1 000", "1,000", "12\u00a0", "1.", ".5", "--4", "5-7", "10-5", "<",
     "≤", "<=", "=5", "=<5", "<≤5", "< =5", "1/2",
     "1234567890123456",  True, dt.time(1, 2), dt.datetime(2023, 5, 10), float("nan"), Bad("#DIV/0!", "error", "")],
)  # fmt: skip
def test_what_other_readers_take_for_a_number_is_refused(raw):
    assert isinstance(NumberReader({}).read(raw), Refusal)


def test_proposals_are_made_and_never_taken():
    assert ("7.5", "7.5", "0.125", "<5", "≥5", "") == (
        NumberReader({}).read("7,5").proposal,
        NumberReader({}, unit="mg").read("7.5 mg").proposal,
        NumberReader({}).read("0,125").proposal,
        NumberReader({}).read("<  5").proposal,
        NumberReader({}).read("≥  5").proposal,
        NumberReader({}).read(dt.datetime(2023, 5, 10)).proposal,
    )


@pytest.mark.parametrize(
    "written",
    ["1,200", "12,345", "-1,200", "1e3", "1E3", "1_200", "6O", "O6", "4+/5", "64-68", "64–68", "1 200", "6 6", "7.5 mg", "30 %", "3.5.1",
     "1,200.5", "1.200,5", "1,2,3", "½", "5½", "x5", "2x5", "10^3", "1/2", "5?", "5*", "~5", "ca. 5", "5+", "5,", ",5", "- 5", "+-5",
     "٣", "６６", "1'200"],
)  # fmt: skip
@pytest.mark.parametrize("comma", [False, True])
def test_only_a_number_equal_to_what_stands_there_is_proposed(written, comma):
    refused = NumberReader({}, comma=comma).read(written)
    assert isinstance(refused, Refusal) or "," in written or "." in written
    assert "" == getattr(refused, "proposal", "")


def test_a_point_or_comma_that_may_group_thousands_proposes_nothing():
    assert ("", "1.20", "1.2000", "0.200") == tuple(
        NumberReader({}).read(text).proposal for text in ("1,200", "1,20", "1,2000", "0,200")
    )
    assert ("", "1,20") == tuple(NumberReader({}, comma=True).read(text).proposal for text in ("1.200", "1.20"))


def test_a_decimal_comma_is_declared_for_all_numbers_of_a_column():
    reader = NumberReader({}, comma=True)
    assert Quantity(Fraction("7.5")) == reader.read("7,5") == reader.read(7.5)
    assert "decimal mark" == reader.read("7.5").rule


def test_one_number_of_two_in_a_cell():
    first, second = (NumberReader({}, split="/", part=part) for part in (1, 2))
    assert (Quantity(Fraction(167)), Quantity(Fraction(92))) == (first.read("167/92"), second.read("167 / 92"))
    assert all(isinstance(first.read(raw), Refusal) for raw in ("167", "167/", "167/92/80", 167))


def test_a_unit_in_the_cell_must_be_the_columns_own():
    reader = NumberReader({}, unit="mg", unit_in_cell=True)
    assert Quantity(Fraction("7.5")) == reader.read("7.5 mg") == reader.read("7.5") == reader.read("7.5MG")
    assert "unit" == reader.read("7.5 g").rule


def test_rounding_is_declared_and_half_up():
    assert Quantity(Fraction("17.35")) == NumberReader({}, round_to=2).read(17.3450000000001)
    assert Quantity(Fraction("2.5")) == NumberReader({}, round_to=1).read("2.45")
    assert ("decimals", "") == (
        NumberReader({}).read(17.3469387755102).rule,
        NumberReader({}).read(17.3469387755102).proposal,
    )


def test_missing_codes_have_their_meaning_and_blank_has_none():
    reader = NumberReader({"nd": "not done", "-999": "unknown"})
    assert (Missing("not done"), Missing("unknown"), Missing("unknown"), None, None) == (
        reader.read("ND"), reader.read("-999"), reader.read(-999.0), reader.read("  "), reader.read(None),
    )  # fmt: skip


def test_yes_and_no_in_declared_words_only():
    reader = YesNoReader({}, frozenset({"yes", "y"}), frozenset({"no"}))
    assert [Fraction(1), Fraction(1), Fraction(0)] == [reader.read(word).value for word in ("YES", "y", "No")]
    assert all(isinstance(reader.read(word), Refusal) for word in ("n", "1", 1, True, "maybe"))


def test_words_that_are_declared_allow_no_others():
    reader = TextReader({}, {"f": "female"}, ("F",))
    assert ("female", "F") == (reader.read(" f "), reader.read("W").allowed)


def test_control_characters_become_visible_and_spaces_single():
    assert "a\ufffdb c" == TextReader({}).read("a\x07b   c")
    assert "\ufffd[31m" == TextReader({}).read("\x1b[31m")


def test_cells_are_shown_as_the_user_sees_them():
    assert ("3", "41.5", "TRUE", "2009-03-05", "0.00001") == (
        shown(3.0), shown(41.5), shown(True), shown(dt.datetime(2009, 3, 5)), shown(1e-5),
    )  # fmt: skip


@pytest.mark.parametrize(("text", "order", "hundred", "day"), [
    ("5/3/09", "day-month-year", 1950, "2009-03-05"), ("5/3/09", "month-day-year", 1950, "2009-05-03"),
    ("5.3.50", "day-month-year", 1950, "1950-03-05"), ("5.3.49", "day-month-year", 1950, "2049-03-05"),
    ("5.3.35", "day-month-year", 1930, "1935-03-05"), ("5.3.29", "day-month-year", 1930, "2029-03-05"),
    ("09-03-05", "year-month-day", 1950, "2009-03-05"), ("05MAR09", "day-month-year", 1950, "2009-03-05"),
    ("7/7/06 4:00", "month-day-year", 1950, "2006-07-07"),
])  # fmt: skip
def test_a_year_of_two_digits_lies_in_the_declared_hundred_years(text, order, hundred, day):
    found = read_date(text, order, hundred)
    assert (days(day, day).low, days(day, day).high) == (found.low, found.high)
    refused = read_date(text, order)
    assert "two-digit year" == refused.rule and "two_digit_years_from" in refused.allowed


@pytest.mark.parametrize(
    "text", ["05MAR09", "9-Mar-05", "jui 2009", "5 jui 2009", "05MRZZ2009", "5 ma 2009", "31FEB2009", "Mar 09"]
)
def test_what_may_be_read_in_two_ways_is_refused_even_with_a_month_in_words(text):
    assert isinstance(read_date(text, "year-month-day", 1950), Refusal)
