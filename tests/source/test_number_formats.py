"""What a workbook shows and what it holds: percentages, thousands, units, hidden numbers, 1904, dates that show less or were changed."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caseseries.chart.number_format import formatted
from caseseries.chart.tables import day_number
from caseseries.protocol.load import parse
from caseseries.source import read

PROTOCOL = """
study: Formats
case: {index_date: {first_exposure: methotrexate}, per: patient}
measures:
  fvc: {quantity: FVC, unit: "%", better: high}
  weight: {quantity: weight, unit: kg, better: low}
windows: {before: {from: -60 days, to: 0 days, take: last}, after: {from: 1 day, to: 100 days, take: last}}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: non-responder, lost: not evaluable}
outcomes: {better: {at: after, rule: {gain: fvc, from: before, at_least: 5 points}}}
"""
CHART = """source: chart.xlsx
dates: month-day-year
tables:
  patients: {kind: patients, sheet: P, patient: id}
  visits:
    kind: visits
    sheet: V
    patient: id
    date: date
    measures: {fvc: fvc, weight: weight}
"""


@pytest.fixture
def book(tmp_path: Path):
    """The chart of visits (date, fvc, weight), each cell a value or (value, number format); `chart` replaces a text."""

    def made(*visits, chart=("", ""), epoch=None, ids=("P1",), add=""):
        workbook = openpyxl.Workbook()
        workbook.epoch = epoch or workbook.epoch
        patients, sheet = workbook.active, workbook.create_sheet("V")
        patients.title = "P"
        for row in [("id",), *((one,) for one in ids)]:
            patients.append(row)
        sheet.append(("id", "date", "fvc", "weight"))
        for number, cells in enumerate(visits, 2):
            sheet.cell(number, 1, ids[0])
            for column, cell in enumerate(cells, 2):
                value, shape = cell if isinstance(cell, tuple) else (cell, "")
                sheet.cell(number, column, value)
                if shape:
                    sheet.cell(number, column).number_format = shape
        workbook.save(tmp_path / "chart.xlsx")
        assert chart[0] in CHART
        (tmp_path / "chart.yaml").write_text((CHART.replace(*chart, 1) if chart[0] else CHART) + add, encoding="utf-8")
        return read(parse(PROTOCOL).protocol, tmp_path / "chart.yaml")

    return made


DAY = dt.date(2008, 3, 14)


def values(chart, measure="fvc"):
    return [one.value for one in chart.measurements if one.measure == measure]


def rules(chart):
    return [(one.rule, one.place.row, one.value) for one in chart.findings if one.severity == "error"]


@pytest.mark.parametrize(
    ("value", "shape", "read"),
    [
        (0.62, "0%", 62), (0.62, "0.00%", 62), (0.625, "0%", "62.5"), (1.07, "0%", 107), (-0.05, "0%;-0%", -5), (62, '0"%"', 62), (62, "0\\%", 62),
        (62, "0.00", 62), (62, "#,##0", 62), (62, "0.00E+00", 62), (62.5, "# ?/?", "62.5"), (62, "General", 62), (62, "0_);(0)", 62),
        (62, '[$€-407]#,##0.00', 62), (62, "[Red]0", 62), (62, "@", 62), (0.62, "0 %", 62), (0, "0%", 0), (62, "??0", 62),
    ],
)  # fmt: skip
def test_a_percentage_is_the_number_it_shows_and_other_formats_change_nothing(book, value, shape, read):
    chart = book((DAY, (value, shape)))
    assert ([], [Fraction(read)]) == (rules(chart), values(chart))


@pytest.mark.parametrize(
    ("value", "shape", "found"),
    [
        (12500, "0.0,", "12.5"), (12500, '#,##0.0,"k"', "12.5k"), (12500000, "0.0,,", "12.5"), (0.62, "0%%", "6200%%"), (62, '0.0" g"', "62g"),
        (62, "0\\k\\g", "62kg"), (0, '0;-0;"n.d."', "n.d."), (0, "0;-0;;@", ""), (62, ";;;", ""), (5, '[<10]"low";0', "low"),
        (12500, "[>=1000]0.0,;0", "12.5"), (dt.timedelta(hours=30), "[h]:mm", "1 day, 6:00:00"), (dt.time(12, 30), "h:mm", "12:30:00"),
    ],
)  # fmt: skip
def test_a_number_that_shows_as_another_one_or_not_at_all_is_refused(book, value, shape, found):
    (wrong,) = rules(book((DAY, (value, shape))))
    assert (2, found) == wrong[1:]


def test_a_percentage_in_a_column_of_another_unit_is_refused_unless_declared(book):
    assert [("number format", 2, "62%")] == rules(book((DAY, None, (0.62, "0%"))))
    for way, number in (("as shown", 62), ("as stored", Fraction("0.62"))):
        chart = book(
            (DAY, None, (0.62, "0%")), chart=("weight: weight", f"weight: {{column: weight, formatted: {way}}}")
        )
        assert ([], [number]) == (rules(chart), values(chart, "weight"))


def test_thousands_are_read_as_declared(book):
    for way, number in (("as shown", "12.5"), ("as stored", "12500")):
        chart = book(
            (DAY, None, (12500, "0.0,")), chart=("weight: weight", f"weight: {{column: weight, formatted: {way}}}")
        )
        assert [Fraction(number)] == values(chart, "weight")


def test_a_format_that_shows_the_unit_of_the_column_is_read(book):
    assert [Fraction(62)] == values(book((DAY, None, (62, '0.0" kg"'))), "weight")


def test_a_plain_part_of_one_among_percentages_is_refused(book):
    chart = book(
        (DAY, (0.62, "0%")),
        (dt.date(2008, 3, 15), 58),
        (dt.date(2008, 3, 16), 0.71),
        (dt.date(2008, 3, 17), "0.5"),
        (dt.date(2008, 3, 18), "64%"),
    )
    assert [("number format", 4, "0.71"), ("number format", 5, "0.5"), ("number", 6, "64%")] == rules(chart)
    assert "64" == next(one.proposal for one in chart.findings if one.place.row == 6)


def test_a_column_in_percent_of_parts_of_one_is_told(book):
    chart = book((DAY, 0.62), (dt.date(2008, 3, 15), 0.58))
    assert ["no index date", "number format"] == [one.rule for one in chart.findings if one.severity == "warning"]


def test_a_hidden_zero_may_be_a_missing_code_or_declared(book):
    chart = book((DAY, (0, '0;-0;"n.d."')), add="missing: {n.d.: not done}\n")
    assert ([], ["not done"]) == (rules(chart), [one.missing for one in chart.measurements])
    assert [0] == values(book((DAY, (0, "0;-0;;@")), chart=("fvc: fvc", "fvc: {column: fvc, formatted: as stored}")))


def test_an_id_is_what_its_format_shows():
    assert (
        ("P001", "12-7") == (formatted(1, '"P"000').text, formatted(7, '"12-"0').text)
        if formatted(7, '"12-"0')
        else ("P001", "12-7")
    )


# --- Dates ----------------------------------------------------------------------------------------------------------------


def days(chart):
    return [(one.low, one.high) for one in chart.measurements]


@pytest.mark.parametrize(("epoch", "expected"), [(None, dt.date(2008, 1, 1)), (CALENDAR_MAC_1904, dt.date(2012, 1, 2))])
def test_plain_numbers_count_from_the_epoch_of_the_workbook(book, epoch, expected):
    chart = book(((39448, "0"), 50), chart=("date: date", "date: {column: date, serials: yes}"), epoch=epoch)
    assert ([], [(day_number(expected),) * 2]) == (rules(chart), days(chart))
    proposed = book(((39448, "0"), 50), epoch=epoch)
    assert expected.isoformat() == next(one.proposal for one in proposed.findings if one.severity == "error")


@pytest.mark.parametrize(("shape", "partial"), [("mmm-yy", True), ("mm/yyyy", True), ("dd/mm/yyyy", False)])
def test_a_date_that_shows_its_month_only_is_known_to_the_month(book, shape, partial):
    chart = book(((dt.date(2008, 3, 1), shape), 50), chart=("date: date", "date: {column: date}"))
    wrong = [one.rule for one in chart.findings if one.severity == "error"]
    assert (["choice: partial dates"] if partial else []) == wrong
    whole = book(
        ((dt.date(2008, 3, 1), shape), 50), chart=("date: date", "date: {column: date, date_cells: as they stand}")
    )
    assert [(day_number(dt.date(2008, 3, 1)),) * 2] == days(whole)


def test_dates_that_show_no_year_stop_the_column(book):
    assert [("dates", None, "")] == rules(book(((dt.date(2024, 3, 5), "d-mmm"), 50)))
    assert [] == rules(
        book(
            ((dt.date(2024, 3, 5), "d-mmm"), 50),
            chart=("date: date", "date: {column: date, date_cells: as they stand}"),
        )
    )


def test_a_year_typed_into_a_date_cell_is_refused(book):
    assert [("date", 2, "1905-06-30")] == rules(book(((2008, "dd/mm/yyyy"), 50)))


HALF = ((dt.date(2008, 5, 3), 50), (dt.date(2008, 6, 11), 51), ("3/25/2008", 52))


def test_a_half_converted_column_stops_with_its_pattern_until_it_is_settled(book):
    (wrong,) = [one for one in book(*HALF).findings if one.severity == "error"]
    assert ("dates", "V", "B (date)") == (wrong.rule, wrong.place.sheet, wrong.place.column)
    assert "of 2 no day is above 12, and in 1 day or month is" in wrong.message
    swapped = book(*HALF, chart=("date: date", "date: {column: date, date_cells: day and month swapped}"))
    assert [dt.date(2008, 3, 5), dt.date(2008, 3, 25), dt.date(2008, 11, 6)] == sorted(
        dt.date(1970, 1, 1) + dt.timedelta(low) for low, _ in days(swapped)
    )
    stand = book(*HALF, chart=("date: date", "date: {column: date, date_cells: as they stand}"))
    assert ([], 3) == (rules(stand), len(days(stand)))


@pytest.mark.parametrize(
    "cells",
    [
        (dt.date(2008, 5, 13), "3/25/2008"), (dt.date(2008, 5, 3), "3/4/2008", "3/25/2008"), (dt.date(2008, 5, 3), dt.date(2008, 5, 4)),
        ("3/4/2008", "3/25/2008"), (dt.date(2008, 5, 3), None),
    ],
)  # fmt: skip
def test_a_column_that_was_not_changed_is_read(book, cells):
    assert [] == rules(book(*((cell, 50) for cell in cells if cell)))


@pytest.mark.parametrize(
    ("first", "second"),
    [("03-May-2008", "11-Jun-2008"), ("03.05.2008", "11.06.2008"), ("2008-05-03", "2008-06-11")],
)
def test_a_half_converted_column_of_a_csv_file_stops_too(chart_of, errors_of, first, second):
    rows = {"old.csv": f"id,day,c\nP1,{first},40\nP1,{second},41\nP2,25/03/2008,42\n"}
    table = "  old: {kind: visits, file: old.csv, patient: id, dates: day-month-year, date: day, measures: {cmas: c}}\n"
    wrong = [one for one in errors_of(chart_of(chart=("", table), add=rows)) if one.rule == "dates"]
    assert [("old.csv", "day")] == [(one.place.file, one.place.column) for one in wrong]


def test_a_text_percentage_of_a_csv_file_is_refused_with_what_it_says(chart_of, errors_of):
    rows = {"old.csv": "id,day,c\nP1,2008-01-01,62%\n"}
    table = "  old: {kind: visits, file: old.csv, patient: id, date: day, measures: {ck: {column: c, unit: U/L}}}\n"
    assert [("number", "")] == [(one.rule, one.proposal) for one in errors_of(chart_of(chart=("", table), add=rows))]


@pytest.mark.parametrize(
    ("shape", "unit", "right"),
    [
        ('0.0" mg"', "mg", True), ('0.0" mg"', "mg/day", True), ('0.0" mg/day"', "mg/day", True), ('0" MG"', "mg", True), ('0" mg"', "mg/week", True),
        ('0" mg"', "g", False), ('0" mg"', "mg/kg", False), ('0" g"', "mg", False), ('0" mg/week"', "mg/day", False), ('0" mg"', "", False),
        ('0" mg/day"', "mg", False),
    ],
)  # fmt: skip
def test_a_dose_whose_format_shows_the_unit_of_its_row(tmp_path, shape, unit, right):
    workbook = openpyxl.Workbook()
    patients, sheet = workbook.active, workbook.create_sheet("D")
    patients.title = "P"
    for row in [("id",), ("P1",)]:
        patients.append(row)
    sheet.append(("id", "drug", "start", "dose", "unit"))
    sheet.append(("P1", "MTX", dt.date(2008, 3, 14), 10, unit))
    sheet.cell(2, 4).number_format = shape
    workbook.save(tmp_path / "chart.xlsx")
    drugs = "  drugs: {kind: drugs, sheet: D, patient: id, drug: drug, start: start, stop_means: last day taken, blank_stop: ongoing,\n"
    drugs += "    dose: dose, unit: unit}\n"
    (tmp_path / "chart.yaml").write_text(CHART.split("  visits:")[0] + drugs, encoding="utf-8")
    chart = read(parse(PROTOCOL).protocol, tmp_path / "chart.yaml")
    assert [("number format", 2)] * (not right) == [
        (rule, row) for rule, row, _ in rules(chart) if rule == "number format"
    ]
    assert [Fraction(10)] * right == [one.amount for one in chart.courses]
