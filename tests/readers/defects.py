"""One defect at a time: what it spoils, where a finding must point, and what may be read in spite of it.

A defect is a function from a drawn book to a :class:`Spoilt` one, or None where the book has no place for it. What is allowed:

- *refused*: an error at the address; the row may be left out, and where it is the patient's own row, the patient;
- *told*: a finding of any kind at the address, and the facts as before, or as the defect says that they may then be;
- *in silence*: the facts as the defect says that anybody would read them (full-width digits are still digits);
- *stopped*: the file is not read at all, and said so.

Everything that the defect did not touch stays as it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.readers.book import Book, Cell, Row, Sheet, Spot, X
from tests.readers.choosing import Chooser
from tests.readers.layouts import Record
from tests.readers.reading import Address, Read, Saying, stated

from caseseries.chart.tables import Finding
from caseseries.errors import Place

#: Sheet, row and place of a cell; no place: the row; no row: the sheet.
Where = tuple[str, int | None, int | None]


@dataclass
class Spoilt:
    """A spoilt book: the cells or rows that a finding must point at, and what may be read."""

    book: Book
    at: list[Where]
    refused: bool = True
    told: list[dict[Address, Saying]] = field(default_factory=list)
    silent: list[dict[Address, Saying]] = field(default_factory=list)
    stopped: str = ""
    #: Patients all of whose rows the defect concerns.
    patients: list[str] = field(default_factory=list)
    #: Rows that the defect concerns beyond those it points at.
    rows: list[tuple[str, int]] = field(default_factory=list)
    #: The rule of a finding that tells the defect, whatever is then read of the rows it concerns.
    rule: str = ""


Defect = Callable[[Chooser, Book], Spoilt | None]
DEFECTS: dict[str, Defect] = {}
#: Media a defect can stand in.
MEDIA_OF: dict[str, str] = {}
#: What the choices of a book must be for the defect to find a place.
WISHES: dict[str, dict[str, str]] = {}


def defect(name: str, *, medium: str = "", **wishes: str) -> Callable[[Defect], Defect]:
    """Register a defect under the words that are counted."""

    def registered(made: Defect) -> Defect:
        assert name not in DEFECTS, name
        DEFECTS[name], MEDIA_OF[name] = made, medium
        if wishes.get("merged_ids") == "no" or wishes.get("merged ids") == "no":
            wishes["ids of rows"] = "in every row"
        WISHES[name] = {key.replace("_", " "): word for key, word in wishes.items()} | (
            {"medium": medium} if medium else {}
        )
        return made

    return registered


# --- Finding a place, and spoiling it -------------------------------------------------------------------------------


def cells(book: Book, wanted: Callable[[Spot], bool]) -> list[tuple[str, int, int]]:
    """The cells that say something and are of the wanted kind."""
    return [
        (sheet.name, row, place)
        for sheet in book.sheets.values()
        for (row, place), spot in sorted(sheet.spots.items())
        if spot.said is not None and (row, place) in sheet.cells and sheet.rows[row].status == "used" and wanted(spot)
    ]


def pick(choose: Chooser, places: list[Any]) -> Any:
    """One of several places, or None where there is none."""
    return choose.one(places) if places else None


def put(book: Book, where: tuple[str, int, int], cell: Cell) -> Book:
    """A copy of the book with another cell."""
    spoilt = book.copy()
    spoilt.sheets[where[0]].cells[where[1], where[2]] = cell
    return spoilt


def as_text(book: Book, text: str) -> Cell:
    """A text cell of the book's medium."""
    return text if book.medium == "csv" else X("s", text)


def spot(book: Book, where: tuple[str, int, int]) -> Spot:
    return book.sheets[where[0]].spots[where[1], where[2]]


def row_of(book: Book, where: tuple[str, int, int]) -> Row:
    return book.sheets[where[0]].rows[where[1]]


def instead(
    book: Book, where: tuple[str, int, int], old: Record, new: Record | None, status: str = ""
) -> dict[Address, Saying]:
    """What the book says with one record of a row replaced, or left out."""
    said = stated(book)
    address = (*book.file(where[0]), where[1])
    kept, records = said[address]
    records = Counter(records)
    assert records[old], (old, records)
    records[old] -= 1
    if new is not None:
        records[new] += 1
    said[address] = (status or kept, +records)
    return said


def spoil_cell(book: Book, where: tuple[str, int, int], cell: Cell, **allowed: Any) -> Spoilt:
    """One cell spoilt; a patient's own row concerns all rows of the patient."""
    row = row_of(book, where)
    patients = [row.patient] if row.table == "patients" else []
    return Spoilt(put(book, where, cell), [where], patients=patients, **allowed)


def cannot_hold(book: Book, text: str) -> bool:
    """Whether the medium cannot hold the text."""
    if book.medium == "csv":
        try:
            text.encode(book.made["encoding"])
        except UnicodeEncodeError:
            return True
    return False


def may_be_utf_8(book: Book, text: str) -> bool:
    """Whether a file declared otherwise is UTF-8 with this text in it, if nothing else in it has a letter beyond ASCII: it is then stopped."""
    if book.medium != "csv" or book.made["encoding"] == "utf-8" or text.isascii():
        return False
    try:
        text.encode(book.made["encoding"]).decode("utf-8")
    except UnicodeError:
        return False
    return True


def in_workbook(name: str, wanted: Callable[[Spot], bool], made: Callable[[Chooser, Spot], X], **wishes: str) -> None:
    @defect(name, medium="xlsx", **wishes)
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        where = pick(choose, cells(book, wanted))
        return None if where is None else spoil_cell(book, where, made(choose, spot(book, where)))


# --- Judging --------------------------------------------------------------------------------------------------------


def judge(book: Book, spoilt: Spoilt, found: Read) -> str:
    """What the reader made of the defect: refused, told, in silence as allowed, or stopped.

    Raises:
        AssertionError: it was read as something else without a word, or something else changed.
    """
    before, after = stated(book), stated(spoilt.book)
    if found.problems:
        files = {book.file(sheet)[0] for sheet, _, _ in spoilt.at} | {"chart.yaml"}
        assert spoilt.stopped and all(problem.place.file in files for problem in found.problems), (
            f"stopped: {found.problems}"
        )
        return "stopped"
    errors = [finding for finding in found.errors if _points(spoilt, _address(finding))]
    if errors:
        assert spoilt.refused, f"refused: {errors}"
        concerned, below = _concerned(spoilt), _taken_from(spoilt, book)
        whole = {book.file(name) for name, row, _ in spoilt.at if row is None}
        for address in set(after) | set(found.rows):
            wanted, seen = after.get(address), found.rows.get(address)
            if wanted == seen or address in concerned or (address not in after and address[:2] in whole):
                continue
            if address in below and seen == ("refused", Counter()):
                continue
            # rows out of scope may be refused where it is not read who the patients are
            assert wanted == ("out of scope", Counter()) and spoilt.patients, f"{address} changed: {wanted} {seen}"
        return "refused"
    assert not found.errors, f"refused elsewhere: {[(one.message, one.place, one.value) for one in found.errors]}"
    if any(_points(spoilt, finding.place) for finding in found.findings) and found.rows in [
        *spoilt.told,
        *spoilt.silent,
    ]:
        return "told"
    if found.rows in spoilt.silent:
        return "in silence"
    if any(finding.rule == spoilt.rule and _points(spoilt, finding.place) for finding in found.findings):
        concerned = _concerned(replace(spoilt, at=[one for one in spoilt.at if one[1] is not None]))
        if all(before.get(one) == found.rows.get(one) for one in {*before, *found.rows} - concerned):
            return "told"
    changed = differences(before, found.rows) or "as before"
    seen = [(one.message, str(one.place)) for one in found.findings if one.place.row is not None]
    raise AssertionError(f"another meaning without a word: {changed}; findings at rows: {seen}")


def differences(wanted: dict[Address, Saying], found: dict[Address, Saying]) -> list[str]:
    """Where two readings differ: what is missing, and what is there instead."""
    said = []
    for address in sorted({*wanted, *found}):
        (one, missing), (other, more) = wanted.get(address, ("", Counter())), found.get(address, ("", Counter()))
        if (one, missing) != (other, more):
            said.append(
                f"{address}: {one} {list((missing - more).elements())} -> {other} {list((more - missing).elements())}"
            )
    return said


_CELL = re.compile(r"about (?P<file>[^,]+)(?:, sheet (?P<sheet>.+?))?, row (?P<row>\d+), column (?P<column>.+), which")
_UNREAD = re.compile(r"that is read: (?P<where>.+), row (?P<row>\d+), column (?P<column>.+)$")


def _address(finding: Finding) -> Place:
    """The cell that a finding is about; one about a decision stands at its line of the description and names the cell."""
    if finding.place.file != "chart.yaml":
        return finding.place
    if named := _CELL.search(finding.message):
        return Place(named["file"], named["sheet"] or "", int(named["row"]), named["column"])
    if named := _UNREAD.search(finding.message):
        where = named["where"]
        file, sheet = (where, "") if where.endswith(".csv") else ("chart.xlsx", where)
        return Place(file, sheet, int(named["row"]), named["column"])
    return finding.place


def _points(spoilt: Spoilt, place: Any) -> bool:
    """Whether an address is one that the defect names: its cell, its row, or its whole column."""
    book = spoilt.book
    for name, row, column in spoilt.at:
        if (place.file, place.sheet) != book.file(name):
            continue
        if row is None:
            return True
        if place.row == row and (
            column is None or not place.column or place.column in _labels(book, name, row, column)
        ):
            return True
        if place.row is None and column is not None and place.column in _labels(book, name, row, column):
            return True
    return False


def _taken_from(spoilt: Spoilt, book: Book) -> set[Address]:
    """Rows whose blank id is that of a row which the defect points at, or stands above one: they may be refused with it."""
    at = {(name, row) for name, row, _ in spoilt.at if row is not None}
    found: set[Address] = set()
    for sheet in book.sheets.values():
        for number, row in sheet.rows.items():
            ids = [
                place
                for (_, place), here in sheet.spots.items()
                if here.table == row.table and here.key in ("id", "id2")
            ]
            for place in set(ids):
                above = number
                while above > 1 and (above, place) not in sheet.cells:
                    above -= 1
                    if (sheet.name, above) in at:
                        found.add((*book.file(sheet.name), number))
    return found


def _labels(book: Book, name: str, row: int, column: int) -> list[str]:
    sheet = book.sheets[name]
    here = sheet.spots.get((row, column))
    names = [here.name] if here else list(_headers(sheet, column))
    return [book.label(name, column, one) for one in (*names, "")]


def _headers(sheet: Sheet, column: int) -> Iterable[str]:
    for (_, place), here in sheet.spots.items():
        if place == column:
            yield here.name


def _concerned(spoilt: Spoilt) -> set[Address]:
    book = spoilt.book
    rows = {(*book.file(name), row) for name, row, _ in spoilt.at if row is not None}
    rows |= {(*book.file(name), row) for name, row in spoilt.rows}
    if any(row is None for _, row, _ in spoilt.at):
        files = {book.file(name) for name, row, _ in spoilt.at if row is None}
        rows |= {
            (*book.file(sheet.name), row)
            for sheet in book.sheets.values()
            if book.file(sheet.name) in files
            for row in sheet.rows
        }
    told = {(name, row) for name, row, _ in spoilt.at if row is not None} | {*spoilt.rows}
    drugs = [book.sheets[name].rows[row] for name, row in told if name in book.sheets and row in book.sheets[name].rows]
    takers = {row.patient for row in drugs if row.table == "drugs"}
    for sheet in book.sheets.values():
        rows |= {
            (*book.file(sheet.name), number) for number, row in sheet.rows.items()
            if row.patient in spoilt.patients
            # the index date, from which days may be counted, rests on courses; so does where those before end
            or (row.patient in takers and (book.counted != "dates" or (book.replaces and row.table == "drugs")))
        }  # fmt: skip
    return rows
