"""One cause is said once, with all of its cells and the line that mends it."""

from __future__ import annotations

from caseseries.chart.causes import causes, mend
from caseseries.chart.findings import problems
from caseseries.chart.tables import Finding
from caseseries.errors import Place


def cell(
    rule: str, message: str, column: str, row: int | None, *, value: str = "", file: str = "v.csv", proposal: str = ""
) -> Finding:
    return Finding("error", rule, message, Place(file, row=row, column=column), value=value, proposal=proposal)


def test_one_order_of_dates_in_several_files_is_one_line_and_its_cells_are_not_said_again() -> None:
    found = []
    for file, column in (("drugs.csv", "start"), ("visits.csv", "seen")):
        what = "8 of the 9 dates of this column do not stand in the declared order, year-month-day; all of them can be read as day-month-year"
        found.append(cell("date order", what, column, None, file=file, proposal="dates: day-month-year"))
        found += [cell("date", "not a date written year-month-day", column, row, file=file, value="x") for row in range(2, 10)]  # fmt: skip
    (said,) = problems(found)
    assert said.what.startswith("16 of the 18 dates of these columns do not stand")
    assert "(2 columns: drugs.csv, start; visits.csv, seen)" in said.what
    assert said.do.startswith("write `dates: day-month-year` at the top of the chart description")


def test_a_refused_date_of_another_column_is_still_said() -> None:
    whole = "2 of the 2 dates of this column do not stand in the declared order, x; all of them can be read as y"
    found = [
        cell("date order", whole, "start", None, proposal="dates: y"),
        cell("date", "not a date", "stop", 2, value="soon"),
    ]
    assert ["start", "stop"] == [one.finding.place.column for one in causes(found)]


def test_an_undeclared_code_is_one_line_over_all_columns_and_another_code_another() -> None:
    what = "not a number; is it a code for a missing value?"
    found = [cell("code", what, column, row, value="ND") for column in ("mmt", "cmas") for row in (2, 5)]
    found.append(cell("code", what, "mmt", 9, value="NA"))
    first, second = causes(found)
    assert ("ND", 4) == (first.finding.value, first.cells)
    assert "(4 cells: mmt, rows 2, 5; cmas, rows 2, 5)" in first.finding.message
    assert ("NA", 1, 9) == (second.finding.value, second.cells, second.finding.place.row)
    assert "missing: {CODE: what it means}" in first.mend
    assert "ND" not in first.finding.message + first.mend  # a cell travels as value alone


def test_few_cells_of_one_column_stay_by_themselves() -> None:
    found = [cell("range", "outside the range of the measure", "mmt", row, value="99") for row in (2, 3)]
    assert [2, 3] == [one.finding.place.row for one in causes(found)]


def test_rows_that_point_at_another_row_are_together() -> None:
    found = [cell("duplicate row", f"the row says the same as row {row - 1}", "id", row) for row in range(3, 10)]
    (one,) = causes(found)
    assert "says the same as another row (7 rows: 3-9)" in one.finding.message


def test_what_mends_a_column_names_it() -> None:
    assert "`{column: CRP mg/l, decimal: comma}`" in mend(
        cell("decimal mark", "not a number with a decimal point", "D (CRP mg/l)", 3)
    )
    assert "`{column: seen, serials: yes}`" in mend(
        cell("date serial", "a plain number where a date belongs", "seen", 3)
    )
    assert "" == mend(cell("range", "outside the range of the measure", "mmt", 3))
