"""Visits beside each other whose dates go back or are the same, and a patient with two rows, are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.source.clinic_layouts import Book

VISITS = {
    "kind": "side by side", "file": "wide.csv", "patient": "id",
    "visits": {"before": {"date": "d0", "measures": {"cmas": "c0"}}, "month 3": {"date": "d3", "measures": {"cmas": "c3"}}},
}  # fmt: skip
GOOD = [["P2", "2009-01-05", "10", "2009-04-05", "30"], ["P3", "2009-01-07", "10", "2009-04-07", "30"]]


@pytest.mark.parametrize(("row", "found"), [
    (["P1", "2009-04-05", "10", "2009-01-05", "30"], [("d3", "the visit 'month 3' is dated before 'before', which is declared before it")]),
    (["P1", "2009-01-05", "10", "2009-01-05", "30"], [("d3", "the visit 'month 3' has the date of 'before'")]),
    (["P1", "2009-01-05", "10", "2009-04-05", "30"], []), (["P1", "2009-01-05", "10", "", ""], []), (["P1", "2009-01", "10", "2009-01", "30"], []),
    (["P2", "2009-01-05", "10", "2009-05-05", "30"], [("id", "a patient has a further row in a table with a row for each patient, first in row 2")]),
])  # fmt: skip
def test_dates_that_go_back_and_a_further_row_are_told(
    tmp_path: Path, row: list[str], found: list[tuple[str, str]]
) -> None:
    tables = {"patients": {"kind": "patients", "file": "people.csv", "patient": "id"}, "visits": VISITS}
    people = [["id", "centre"], *([one, "A"] for one in ("P1", "P2", "P3"))]
    chart = Book(
        {"tables": tables}, {"people.csv": people, "wide.csv": [["id", "d0", "c0", "d3", "c3"], *GOOD, row]}
    ).read(tmp_path)
    assert found == [(one.place.column, one.message) for one in chart.findings if one.rule == "visit"]
