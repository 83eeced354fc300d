"""What a person decided about one cell of a drawn book: to read it otherwise, as it is, not at all, or with doubt."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.readers.book import Book, Row, Spot, X
from tests.readers.choosing import Chooser
from tests.readers.facts import Number, When
from tests.readers.spellings import digits

DECISIONS = {"a decision about a cell": ("none", "read as", "as found", "not evaluable", "in doubt")}
_BY = {"by": "Dr A", "on": "2016-03-01", "because": "looked up"}


def decide(choose: Chooser, book: Book) -> Book:
    """The book with a decision about one of its cells, where it has one that fits."""
    fits = {way: [] if way == "none" else _places(book, way) for way in DECISIONS["a decision about a cell"]}
    way = choose.aspect("a decision about a cell", [one for one, places in fits.items() if places or one == "none"])
    if way == "none":
        return book
    name, row, place = choose.one(fits[way])
    sheet = book.sheets[name]
    here, written = sheet.spots[row, place], _written(way, sheet.cells[row, place])
    if way != "in doubt":
        sheet.cells[row, place] = written if book.medium == "csv" else X("s", written)
    decision: dict[str, Any] = {
        ("file" if book.medium == "csv" else "sheet"): name, "row": str(row), "column": here.name, "found": written, "because": "looked up",
    }  # fmt: skip
    if way == "in doubt":
        book.declared["doubtful"] = [decision | {"could_be": "7"}]
        return book
    meant = {
        "read as": ("read_as", _plainly(here)),
        "as found": ("as_found", "yes"),
        "not evaluable": ("not_evaluable", "page torn"),
    }
    book.declared["accept"] = [decision | dict([meant[way]]) | _BY]
    what = sheet.rows[row]
    if way != "read as":
        sheet.rows[row] = replace(what, records=_otherwise(what, here, way))
    sheet.spots[row, place] = replace(here, said=None, record=None)
    return book


def _places(book: Book, way: str) -> list[tuple[str, int, int]]:
    """Cells about which the decision can be made."""
    return [
        (sheet.name, row, place)
        for sheet in book.sheets.values()
        for (row, place), spot in sorted(sheet.spots.items())
        if (row, place) in sheet.cells
        and sheet.rows[row].status == "used"
        and _fits(sheet.rows[row], spot, sheet.cells[row, place], way)
    ]


def _fits(row: Row, spot: Spot, cell: Any, way: str) -> bool:
    number = spot.kind == "number" and isinstance(spot.said, Number) and not spot.said.bound and not spot.rounded
    if way == "read as":
        day = spot.kind == "when" and isinstance(spot.said, When) and bool(spot.said.day)
        # 1.200 is refused where the decimal mark is a comma: it can be read in two ways
        plain = number and re.search(r"[.]\d{3}$", _plainly(spot)) is None
        return day or (plain and (spot.record is not None or spot.table == "patients"))
    if way == "as found":
        return number and spot.measure == "cmas" and spot.record is not None
    if way == "not evaluable":
        return number and spot.record is not None and spot.table in ("visits", "later visits")
    return spot.kind in ("text", "words") and isinstance(cell if isinstance(cell, str) else cell.stored, str)


def _written(way: str, cell: Any) -> str:
    if way == "in doubt":
        return (cell if isinstance(cell, str) else cell.stored).strip(" \t\r\n")
    return {"read as": "illegible", "as found": "60", "not evaluable": "1?0"}[way]


def _plainly(spot: Spot) -> str:
    return digits(spot.said.value) if isinstance(spot.said, Number) else spot.said.first.isoformat()


def _otherwise(row: Row, spot: Spot, way: str) -> list[Any]:
    """The records of the row with another one for the cell; what is not evaluable was seen to be written."""
    old = spot.record
    assert old is not None
    records = [one for one in row.records if one != old]
    if way == "as found":
        return [*records, (*old[:5], Fraction(60), *old[6:])]
    visit = ("fact", old[1], "visit", "visit", old[3], old[4], None, None, ())
    return [*records, (*old[:5], None, "", "page torn"), *([] if visit in records else [visit])]
