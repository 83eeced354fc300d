"""Decisions under `accept`: how a date or a number that is to be read may be written, and where a wrong decision is told."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.source.conftest import CHART

from caseseries.chart.cells import NumberReader
from caseseries.chart.date_cells import DateReader
from caseseries.chart.refusal import Refusal
from caseseries.chart.tables import day_number
from caseseries.protocol.written import days
from caseseries.source.decisions import plainly

ACCEPT = "accept:\n  - {file: visits.csv, row: 2, column: %s, found: %s, %s, by: A. B., on: 2020-01-01, because: why}\n"
LINE = CHART.count("\n") + 2  # of the decision, below the chart


def test_a_date_may_be_written_as_the_column_is_or_year_month_day():
    reader = plainly(DateReader({}, "day-month-year"))
    fifth = day_number(dt.date(2009, 3, 5))
    assert {fifth} == {reader.read(text).low for text in ("05/03/2009", "2009-03-05", "5 March 2009")}


@pytest.mark.parametrize("order", ["day-month-year", "month-day-year"])
def test_the_declared_order_alone_decides_between_two_readings(order):
    day, month = (5, 3) if order == "day-month-year" else (3, 5)
    assert day_number(dt.date(2009, month, day)) == plainly(DateReader({}, order)).read("05/03/2009").low


def test_where_no_order_is_declared_one_reading_is_taken_and_two_are_refused_with_both():
    reader = plainly(DateReader({}, None))
    assert day_number(dt.date(2009, 3, 25)) == reader.read("25/03/2009").low
    assert day_number(dt.date(2009, 3, 5)) == reader.read("2009-03-05").low
    assert day_number(dt.date(2009, 4, 4)) == reader.read("04/04/2009").low
    refused = reader.read("05/03/2009")
    assert isinstance(refused, Refusal)
    assert ("what is written can be read in two ways", "2009-03-05 or 2009-05-03") == (refused.what, refused.proposal)


def test_a_number_may_be_written_with_the_mark_of_the_column_or_a_point():
    reader = plainly(NumberReader({}, comma=True))
    assert ["15/2", "15/2"] == [str(reader.read(text).value) for text in ("7,5", "7.5")]
    refused = reader.read("1.200")
    assert ("1.2 or 1200", True) == (refused.proposal, isinstance(refused, Refusal))
    assert 12 == plainly(NumberReader({})).read("12").value


@pytest.mark.parametrize(
    ("column", "found", "decision", "said"),
    [
        ("cmas", "3O", "read_as: 30", "which no longer holds what was `found`"),
        ("cmas", "30", "read_as: 3O", "`read_as` for visits.csv, row 2, column cmas: a number with words"),
        ("date", "2008-01-01", "read_as: 01.13.2008", "not a date written"),
        ("mmt", "30", "read_as: 31", "about a cell in no table"),
    ],
)
def test_a_wrong_decision_is_told_at_its_own_line(chart_of, errors_of, column, found, decision, said):
    (wrong,) = errors_of(chart_of(chart=("", ACCEPT % (column, found, decision))))
    assert ("accepted cell", f"chart.yaml:{LINE}") == (wrong.rule, str(wrong.place))
    assert said in wrong.message


def test_a_decision_in_the_order_of_the_chart_is_read(chart_of, errors_of, tmp_path):
    files = {
        "patients.csv": "id,sex,born,diagnosis,diagnosed\nP1,F,01/05/2000,JDM,\n",
        "visits.csv": "id,date,cmas,ck,better,pred\nP1,01/04/2oo8,40,150,yes,10\n",
        "drugs.csv": "id,drug,start,stop,dose,unit,often,route\nP1,MMF,02/01/2008,,500,mg,twice daily,oral\n",
    }
    decision = ACCEPT % ("date", "01/04/2oo8", "read_as: 01/04/2008")
    chart = chart_of(chart=("dates: year-month-day", f"dates: day-month-year\n{decision}"), add=files)
    assert [] == errors_of(chart)
    assert {day_number(dt.date(2008, 4, 1))} == {one.day for one in chart.measurements}


def test_a_plain_zero_is_zero_days():
    assert (0, 0) == (days("0"), days("0 days"))
    with pytest.raises(Exception, match="not a length of time"):
        days("7")
