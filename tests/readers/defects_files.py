"""Headings, sheets and files that are not what they are declared to be."""

from __future__ import annotations

from typing import Any

from tests.readers.book import Book
from tests.readers.choosing import Chooser
from tests.readers.defects import Spoilt, Where, as_text, cells, defect, pick, put, row_of
from tests.readers.defects_rows import VALUES, rows_of
from tests.readers.reading import stated
from tests.readers.writer_csv import SIGNS, csv_bytes

# --- Headings -------------------------------------------------------------------------------------------------------


def _heading(book: Book, choose: Chooser) -> tuple[str, tuple[int, int], str] | None:
    """A heading that something reads: its sheet, its cell, its table's key."""
    found = [
        (sheet.name, at, key) for sheet in book.sheets.values() for (_, key), at in sheet.headers.items()
        if key not in ("other", "twin") and at in sheet.cells
    ]  # fmt: skip
    return pick(choose, found)


@defect("heading: spelt otherwise", header="first row", patients="alone")
def renamed(choose: Chooser, book: Book) -> Spoilt | None:
    """A column that chart.yaml names is not there."""
    found = _heading(book, choose)
    if found is None:
        return None
    name, at, _ = found
    word = choose.one(["mmt", "Datum", "CMAS (0-52)", "іd"])
    if book.medium == "csv" and not word.isascii():
        word = "mmt"
    return Spoilt(put(book, (name, *at), as_text(book, word)), [(name, None, None)], patients=_everybody(book))


@defect("heading: twice", header="first row", patients="alone")
def twice(choose: Chooser, book: Book) -> Spoilt | None:
    """Two columns of one name."""
    found = _heading(book, choose)
    if found is None:
        return None
    name, at, _ = found
    others = [
        one for (row, place) in book.sheets[name].cells if row == at[0] and place != at[1] for one in [(row, place)]
    ]
    if not others:
        return None
    return Spoilt(
        put(book, (name, *choose.one(others)), book.sheets[name].cells[at]),
        [(name, None, None)],
        patients=_everybody(book),
    )


@defect("heading: one column to the right", header="first row", medium="xlsx", patients="alone", strangers="none")
def shifted(choose: Chooser, book: Book) -> Spoilt | None:
    """The cells of one row stand one column further right."""
    found = pick(choose, rows_of(book, *VALUES, "drugs"))
    if found is None:
        return None
    name, number = found
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    cells_ = {place: cell for (row, place), cell in book.sheets[name].cells.items() if row == number}
    if any(row <= number <= last for row, last, _, _ in sheet.merged):
        return None
    for place in cells_:
        sheet.cells.pop((number, place))
    for place, cell in cells_.items():
        sheet.cells[number, place + 1] = cell
    return Spoilt(spoilt, [(name, number, None)])


@defect("heading: on another row", header="first row", patients="alone", sheets="one table each")
def other_header(choose: Chooser, book: Book) -> Spoilt | None:
    """`header` names the first row of values."""
    name = choose.one([name for name, sheet in book.sheets.items() if sheet.rows])
    spoilt = book.copy()
    for table in spoilt.declared["tables"].values():
        if name in (table.get("file"), table.get("sheet")):
            table["header"] = ["2"]
            table.pop("first_row", None)
    return Spoilt(spoilt, [(name, None, None)], patients=[row.patient for row in book.sheets[name].rows.values()])


@defect("heading: a value beside the table")
def beside(choose: Chooser, book: Book) -> Spoilt | None:
    """A note right of the table, in a column without a heading: told, or in a CSV file refused."""
    found = pick(choose, rows_of(book, *VALUES, "drugs", "events", "patients"))
    if found is None:
        return None
    name, number = found
    place = book.sheets[name].widths[number] + 1
    spoilt = put(book, (name, number, place), as_text(book, "check this"))
    spoilt.sheets[name].widths[number] = place
    row = row_of(book, (name, number, 0))
    return Spoilt(
        spoilt,
        [(name, None, None), (name, number, None)],
        told=[stated(book)],
        patients=[row.patient] * (row.table == "patients"),
    )


# --- Files ----------------------------------------------------------------------------------------------------------


def _file(choose: Chooser, book: Book) -> str:
    return choose.one([name for name, sheet in book.sheets.items() if sheet.rows])


def _replaced(book: Book, name: str, content: bytes, **allowed: Any) -> Spoilt:
    spoilt = book.copy()
    spoilt.instead[name] = content
    return Spoilt(spoilt, [(name, None, None)], **{"stopped": "the file", "patients": _everybody(book), **allowed})


def _everybody(book: Book) -> list[str]:
    return [row.patient for sheet in book.sheets.values() for row in sheet.rows.values()]


@defect("csv: a cell too few", medium="csv")
def too_few(choose: Chooser, book: Book) -> Spoilt | None:
    """A row that ends before the header does."""
    found = pick(choose, rows_of(book, *VALUES, "drugs", "events", "patients"))
    if found is None:
        return None
    name, number = found
    spoilt = book.copy()
    spoilt.sheets[name].widths[number] -= 1
    row = row_of(book, (name, number, 0))
    return Spoilt(spoilt, [(name, number, None)], patients=[row.patient] * (row.table == "patients"))


@defect("csv: a delimiter in a cell, not quoted", medium="csv", quotation="where needed")
def loose_delimiter(choose: Chooser, book: Book) -> Spoilt | None:
    """`mild, then severe` without quotation marks is two cells."""
    found = pick(choose, rows_of(book, *VALUES, "drugs", "events", "patients"))
    if found is None:
        return None
    name, number = found
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    place = choose.number(1, sheet.widths[number])
    moved = {
        p: sheet.cells.pop((number, p))
        for p in range(place + 1, sheet.widths[number] + 1)
        if (number, p) in sheet.cells
    }
    for p, cell in moved.items():
        sheet.cells[number, p + 1] = cell
    sheet.cells[number, place + 1] = "then more"
    sheet.widths[number] += 1
    row = row_of(book, (name, number, 0))
    return Spoilt(spoilt, [(name, number, None)], patients=[row.patient] * (row.table == "patients"))


@defect("csv: cut in the middle of the last row", medium="csv", around="nothing", last_line="ended")
def cut(choose: Chooser, book: Book) -> Spoilt | None:
    """A file that ends within a cell: told or refused, whatever is left of the row."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    body = content.rstrip(b"\r\n")
    start = max(body.rfind(b"\n"), body.rfind(b"\r")) + 1
    if len(body) - start < 3:
        return None
    left = content[: start + choose.number(1, len(body) - start - 1)]
    last = max(book.sheets[name].rows)
    if [row.table for row in book.sheets[name].rows.values()].count(book.sheets[name].rows[last].table) == 1:
        return None  # a table that is left without a row is not charted, which is told of the chart as a whole
    spoilt = _replaced(book, name, left, rule="cut off")
    spoilt.at.append((name, last, None))
    row = book.sheets[name].rows[last]
    spoilt.patients = [row.patient] if row.table == "patients" else []
    if spoilt.patients:  # with half an id it is another patient's, and what is said of this one is about nobody
        spoilt.at += [
            (sheet.name, number, None)
            for sheet in book.sheets.values()
            for number, other in sheet.rows.items()
            if other.patient == row.patient
        ]
    return spoilt


@defect("csv: a quotation mark that is not closed", medium="csv", quotation="everywhere")
def open_quote(choose: Chooser, book: Book) -> Spoilt | None:
    """The last cell of a file loses its closing mark."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    place = content.rstrip(b"\r\n").rfind(b'"')
    return _replaced(book, name, content[:place] + content[place + 1 :])


@defect("csv: other bytes than declared", medium="csv", encoding="utf-8")
def wrong_bytes(choose: Chooser, book: Book) -> Spoilt | None:
    """Windows-1252 in a file that is declared UTF-8."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    return _replaced(book, name, content.replace(b"A", b"\xc4").replace(b"e", b"\xe9"))


@defect("csv: UTF-8 read as Windows-1252", medium="csv", encoding="cp1252", quotation="where needed")
def mojibake(choose: Chooser, book: Book) -> Spoilt | None:
    """Every letter beyond ASCII turns into two: told or refused, in a name as well as in a unit."""
    where = pick(
        choose,
        cells(
            book,
            lambda spot: spot.kind in ("text", "words") and spot.key in ("event", "drug", "site", "outcome", "cause"),
        ),
    )
    if where is None:
        return None
    spoilt = put(book, where, "Fièvre µ")
    spoilt.made["encoding"] = "utf-8"
    files: list[Where] = [(name, None, None) for name in book.sheets]
    return Spoilt(spoilt, files, stopped="the file", patients=_everybody(book))


@defect("csv: a mark of UTF-8 in a file declared otherwise", medium="csv", encoding="cp1252")
def odd_mark(choose: Chooser, book: Book) -> Spoilt | None:
    """A byte order mark becomes three letters before the first name."""
    spoilt = book.copy()
    spoilt.made["bom"] = True
    names = [(name, None, None) for name in book.sheets]
    return Spoilt(spoilt, list(names), silent=[stated(book)], stopped="the file", patients=_everybody(book))


@defect("csv: UTF-16", medium="csv")
def utf_16(choose: Chooser, book: Book) -> Spoilt | None:
    """Unicode text as Excel saves it."""
    name = _file(choose, book)
    text = csv_bytes(book, book.sheets[name]).decode(book.made["encoding"])
    return _replaced(book, name, choose.one([text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-32")]))


@defect("csv: a NUL", medium="csv")
def nul(choose: Chooser, book: Book) -> Spoilt | None:
    """Binary bytes inside."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    return _replaced(book, name, content + b"\x00")


@defect("csv: a NUL inside a cell", medium="csv")
def nul_inside(choose: Chooser, book: Book) -> Spoilt | None:
    """A byte of nothing in the middle of the file."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    half = choose.number(1, len(content) - 1)
    return _replaced(book, name, content[:half] + b"\x00" + content[half:])


@defect("csv: the mark of an old end of file", medium="csv", last_line="ended")
def end_mark(choose: Chooser, book: Book) -> Spoilt | None:
    """Ctrl-Z behind the last line."""
    name = _file(choose, book)
    return _replaced(book, name, csv_bytes(book, book.sheets[name]) + b"\x1a", silent=[stated(book)])


@defect("csv: a line that says the delimiter", medium="csv", header="first row")
def says_delimiter(choose: Chooser, book: Book) -> Spoilt | None:
    """`sep=;` above the heading, as a spreadsheet writes it."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    return _replaced(book, name, content[:start] + b"sep=;\r\n" + content[start:])


@defect("csv: two files joined", medium="csv", header="first row", last_line="ended", around="nothing")
def joined(choose: Chooser, book: Book) -> Spoilt | None:
    """The file once more behind itself, heading and all."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    return _replaced(book, name, content + content, told=[stated(book)])


@defect("csv: line ends of two kinds", medium="csv", quotation="everywhere", line_end="line feed", last_line="ended")
def mixed_ends(choose: Chooser, book: Book) -> Spoilt | None:
    """Half of the lines end in another way; the cells are the same."""
    name = _file(choose, book)
    content = csv_bytes(book, book.sheets[name])
    if b"\n" in content.replace(b'"\n', b""):
        return None  # a line break in a cell
    return _replaced(book, name, content.replace(b"\n", b"\r\n", 2), silent=[stated(book)])


@defect("csv: a delimiter more at the end of each line", medium="csv", around="nothing", header="first row")
def trailing(choose: Chooser, book: Book) -> Spoilt | None:
    """An empty column at the end: the same facts."""
    spoilt = book.copy()
    name = _file(choose, book)
    sheet = spoilt.sheets[name]
    sheet.widths = {row: width + 1 for row, width in sheet.widths.items()}
    return Spoilt(spoilt, [(name, None, None)], silent=[stated(book)], patients=_everybody(book))


@defect("csv: another delimiter than declared", medium="csv", **{"delimiter declared": "yes"})
def other_delimiter(choose: Chooser, book: Book) -> Spoilt | None:
    """The file is separated by another sign."""
    if "delimiter" not in book.declared:
        return None
    spoilt = book.copy()
    spoilt.declared["delimiter"] = choose.one([one for one in SIGNS if one != book.made["delimiter"]])
    names = [(name, None, None) for name in book.sheets]
    return Spoilt(spoilt, list(names), stopped="the file", patients=_everybody(book))


@defect("file: empty")
def empty(choose: Chooser, book: Book) -> Spoilt | None:
    """Nothing in it."""
    name = _file(choose, book) if book.medium == "csv" else "chart.xlsx"
    spoilt = _replaced(book, name, b"")
    spoilt.at = [(one, None, None) for one in book.sheets]
    return spoilt


@defect("file: a workbook under another name")
def disguised(choose: Chooser, book: Book) -> Spoilt | None:
    """A zip, an old workbook, a web page, a PDF."""
    name = _file(choose, book) if book.medium == "csv" else "chart.xlsx"
    content = choose.one(
        [
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
            b"<html><table></table></html>",
            b"%PDF-1.7",
            b"\x1f\x8b\x08\x00",
        ]
    )
    spoilt = _replaced(book, name, content)
    spoilt.at = [(one, None, None) for one in book.sheets]
    return spoilt


@defect("sheet: not there")
def no_sheet(choose: Chooser, book: Book) -> Spoilt | None:
    """chart.yaml names a sheet or a file that does not exist."""
    spoilt = book.copy()
    table = choose.one(sorted(spoilt.declared["tables"]))
    key = "file" if book.medium == "csv" else "sheet"
    name = spoilt.declared["tables"][table][key]
    spoilt.declared["tables"][table][key] = "absent.csv" if book.medium == "csv" else name + "s"
    spoilt.sheets["absent.csv"] = spoilt.sheets[name]
    at: list[Where] = [(one, None, None) for one in spoilt.sheets]
    del_later = Spoilt(spoilt, at, stopped="the file", patients=_everybody(book))
    del spoilt.sheets["absent.csv"]
    return del_later


@defect("sheet: only its heading", sheets="one table each", around="nothing", patients="alone")
def heading_alone(choose: Chooser, book: Book) -> Spoilt | None:
    """A table of patients without a row: everything else is about nobody."""
    name = next(
        name for name, sheet in book.sheets.items() if any(row.table == "patients" for row in sheet.rows.values())
    )
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    first = min(sheet.rows)
    sheet.cells = {at: cell for at, cell in sheet.cells.items() if at[0] < first}
    sheet.rows = {}
    sheet.merged = [one for one in sheet.merged if one[1] < first]
    at: list[Where] = [(one, None, None) for one in spoilt.sheets]
    return Spoilt(spoilt, at, told=[stated(spoilt)], stopped="the file", patients=_everybody(book))
