"""Percentages of one characteristic in Table 1: whole, or with one decimal where the whole ones would not add up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.report.exhibits.finer_shares import adds_up
from caseseries.report.exhibits.printed_numbers import percent
from caseseries.report.exhibits.table_one import table_one
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.verdict.number_style import STYLES, in_style


def rows(summary: Summary, *results: Result) -> list[list[str]]:
    """What is printed of these results alone: label, n, share."""
    table = table_one(replace(summary, table_one=results, prior=()))
    return [[cell.text for cell in row.cells[:3]] for row in table.rows if not row.across]


def levels(parts: dict[str, int], total: int, unknown: int = 0) -> list[Result]:
    told = [
        Result(f"table1/attribute/site/{name}", f"site {name}", Fraction(n, total), n=n, total=total, unit="proportion")
        for name, n in parts.items()
    ]
    if unknown:
        told.append(
            Result(
                "table1/attribute/site/unknown", "site, unknown", Fraction(unknown), n=unknown, total=total + unknown
            )
        )
    return told


def test_every_row_of_a_characteristic_has_a_decimal_where_whole_ones_would_not_add_up(series: Summary) -> None:
    assert [["A", "8", "5/8 (62.5)"], ["B", "8", "3/8 (37.5)"], ["Unknown", "", "2/10 (20.0)"]] == rows(
        series, *levels({"a": 5, "b": 3}, 8, 2)
    )
    assert ["1/3 (33.3)"] * 3 == [row[2] for row in rows(series, *levels({"a": 1, "b": 1, "c": 1}, 3))]


def test_they_stay_whole_where_they_add_up_and_where_the_rows_are_no_parts(series: Summary) -> None:
    assert ["1/3 (33)", "2/3 (67)", "1/4 (25)"] == [row[2] for row in rows(series, *levels({"a": 1, "b": 2}, 3, 1))]
    assert ["3/8 (38)", "7/8 (88)"] == [row[2] for row in rows(series, *levels({"a": 3, "b": 7}, 8))]
    assert ["5/8 (63)"] == [row[2] for row in rows(series, *levels({"a": 5}, 8))]


def test_the_style_says_from_where_on_all_have_a_decimal(series: Summary) -> None:
    parts = levels({"a": 33, "b": 71}, 104)
    assert ["33/104 (31.7)", "71/104 (68.3)"] == [row[2] for row in rows(series, *parts)]
    with in_style(STYLES["annals"]):
        assert ["33/104 (32)", "71/104 (68)"] == [row[2] for row in rows(series, *parts)]
        thirds = levels({"a": 50, "b": 50, "c": 50}, 150)
        assert ["50/150 (33.3)"] * 3 == [row[2] for row in rows(series, *thirds)]
        assert any("N is 200 or more" in note for note in table_one(series).footnotes)


def test_one_characteristic_does_not_change_another(series: Summary) -> None:
    sex = [Result(f"table1/sex/{one}", f"Sex {one}", Fraction(1, 2), n=4, total=8) for one in "FM"]
    told = [row[2] for row in rows(series, *sex, *levels({"a": 5, "b": 3}, 8))]
    assert ["4/8 (50)", "4/8 (50)", "5/8 (62.5)", "3/8 (37.5)"] == told


def test_ranges_of_a_site_stay_as_they_are(series: Summary) -> None:
    told = [
        Result("table1/sex/F", "Sex F", None, Fraction(1), Fraction(2), None, 8, "count", "", "range"),
        Result("table1/sex/M", "Sex M", None, Fraction(6), Fraction(7), None, 8, "count", "", "range"),
    ]
    assert ["1–2/8 (13–25)", "6–7/8 (75–88)"] == [row[2] for row in rows(series, *told)]


def test_cases_and_counts_print_it_alike(runs: ModuleType) -> None:
    shown: Summary = runs.series()
    counted = replace(shown, cases=None)
    few, many = (table_one(one) for one in (shown, counted))
    assert few.rows == many.rows
    assert ["5/8 (62.5)", "3/8 (37.5)"] == [
        row.cells[2].text for row in few.rows if row.cells[0].text in {"Female", "Male"}
    ]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_whole_percentages_are_kept_exactly_where_their_sum_is_100(parts: list[int]) -> None:
    total = sum(parts)
    if 0 < total < 100:
        assert adds_up(parts, total) is (100 == sum(int(percent(n, total)) for n in parts))
    else:
        assert adds_up(parts, total)


@pytest.mark.parametrize("total", [9, 8])
def test_what_is_no_division_of_the_cases_has_no_sum(total: int) -> None:
    assert adds_up([5, 5], total)
