"""Every table of the report as an Excel workbook: a sheet each, numbers as numbers, and nothing that Excel could take for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from caseseries.report.documents.printed_text import DAY
from caseseries.report.exhibits.printed_blocks import Cell, Section, Table
from caseseries.report.exhibits.words import seen
from caseseries.report.files.csv_file import exhibit_rows, guarded, value_of

Worksheet: TypeAlias = Any  # XlsxWriter ships no types

#: The most letters that a cell of Excel may hold, less room for what is said of a longer text.
_MOST = 32_000
#: Whole numbers beyond this lose digits in Excel, and stay text.
_EXACT = 10**15
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_WIDEST, _NARROWEST = 60, 8


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a sheet: of the printed texts, of the numbers behind them, or of both where each is printed as it is."""

    header: str
    place: int
    shows: str


def workbook(title: str, invented: str, sections: Sequence[Section], audience: str = "") -> bytes:
    """The workbook as the bytes of an .xlsx file, an index first; the same tables give the same bytes.

    Whether the data are invented and who it is for (`audience`) stand on the index, and around every page that is printed.
    Where a number is printed otherwise than it is, rounded or with others, the printed text and the number are columns of their own.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(
        kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"title": seen(title), "author": "caseseries", "comments": invented, "created": DAY.replace(tzinfo=None)}
    )
    formats = _formats(book)
    tables = [block for section in sections for block in section.blocks if isinstance(block, Table)]
    index = book.add_worksheet("Tables")
    _index(index, title, invented, audience, tables, formats)
    for table in tables:
        _sheet(book.add_worksheet(sheet_name(table)), table, invented, formats)
    for sheet in book.worksheets():
        _around(sheet, invented, audience)
    book.close()
    return kept.getvalue()


def sheet_name(table: Table) -> str:
    """The sheet of a table.

    >>> sheet_name(Table("a", "One", (), (), number="S3"))
    'Table S3'
    """
    return f"Table {table.number}"


def _formats(book: Any) -> dict[str, Any]:
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 12},
        "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1},
        "text": {"text_wrap": True, "valign": "top"},
        "right": {"text_wrap": True, "valign": "top", "align": "right"},
        "number": {"valign": "top"},
        "note": {"font_color": "#565C64"},
        "link": {"font_color": "#0B5C8F", "underline": 1},
        "invented": {"font_color": "#8A3B00", "bold": True},
    }
    found = {name: book.add_format({"font_name": "Arial", "font_size": 9, **look}) for name, look in looks.items()}
    for name in (
        "text",
        "right",
        "note",
        "head",
        "title",
    ):  # what begins like a formula: Excel's own mark that it is text
        found[f"{name}, quoted"] = book.add_format(
            {"font_name": "Arial", "font_size": 9, **looks[name], "quote_prefix": True}
        )
    return found


def _around(sheet: Worksheet, invented: str, audience: str) -> None:
    """What is printed above and below every page of a sheet."""
    if invented:
        sheet.set_header(f"&L&9{invented}")
    sheet.set_footer(f"&L&9{audience}&R&9Page &P of &N")


def _index(
    sheet: Worksheet, title: str, invented: str, audience: str, tables: Sequence[Table], formats: dict[str, Any]
) -> None:
    _text(sheet, 0, 0, title, "title", formats)
    if invented:
        _text(sheet, 1, 0, f"{invented}.", "invented", formats)
    if audience:
        _text(sheet, 2, 0, f"{audience}.", "note", formats)
    for place, name in enumerate(("Table", "Title", "Rows")):
        _text(sheet, 3, place, name, "head", formats)
    for row, table in enumerate(tables, 4):
        sheet.write_url(row, 0, f"internal:'{sheet_name(table)}'!A1", formats["link"], sheet_name(table))
        _text(sheet, row, 1, table.title, "text", formats)
        sheet.write_number(row, 2, sum(not one.heading for one in table.rows), formats["number"])
    told = (
        "Numbers are as they were computed, to 16 digits. Where they are printed otherwise, rounded or with others, the printed text stands in a "
        "column of its own."
    )
    _text(sheet, 5 + len(tables), 0, told, "note", formats)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 90)
    sheet.freeze_panes(4, 0)


def _sheet(sheet: Worksheet, table: Table, invented: str, formats: dict[str, Any]) -> None:
    header, rows = exhibit_rows(table)
    columns = _columns(header, rows)
    _text(sheet, 0, 0, f"Table {table.number}. {table.title}", "title", formats)
    if invented:
        _text(sheet, 1, 0, f"{invented}.", "invented", formats)
    for place, column in enumerate(columns):
        _text(sheet, 2, place, column.header, "head", formats)
        texts = [column.header.split(" / ")[-1], *(row[column.place].text for row in rows)]
        wide = max(len(line) for text in texts for line in seen(text).split("\n"))
        sheet.set_column(place, place, min(max(wide + 2, _NARROWEST), _WIDEST))
    for place, row in enumerate(rows, 3):
        for at, column in enumerate(columns):
            _cell(sheet, place, at, row[column.place], column.shows, table, formats)
    for place, note in enumerate(table.footnotes, 4 + len(rows)):
        _text(sheet, place, 0, note, "note", formats)
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _columns(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[_Column]:
    found: list[_Column] = []
    for place, name in enumerate(header):
        cells = [row[place] for row in rows]
        numbers = [cell for cell in cells if not isinstance(value_of(cell), str)]
        if not numbers:
            found.append(_Column(name, place, "text"))
        elif all(printed_as_it_is(cell) for cell in numbers):
            found.append(_Column(name, place, "both"))
        else:
            found += [_Column(name, place, "text"), _Column(f"{name}, unrounded", place, "number")]
    return found


def printed_as_it_is(cell: Cell) -> bool:
    """Whether the text of a cell is its number, and nothing is lost by showing that.

    >>> [printed_as_it_is(one) for one in (Cell("−1,200", -1200), Cell("33 %", Fraction(1, 3)), Cell("0.3", Fraction(1, 3)))]
    [True, False, False]
    """
    text = cell.text.replace(",", "").replace("−", "-")
    value = value_of(cell)
    return not isinstance(value, str) and _NUMBER.fullmatch(text) is not None and Fraction(text) == Fraction(value)


def _cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, shows: str, table: Table, formats: dict[str, Any]
) -> None:
    value = value_of(cell)
    if not isinstance(value, str) and shows != "text" and -_EXACT < value < _EXACT:
        sheet.write_number(row, column, float(value), formats["number"])
    elif shows != "number":
        text = cell.text
        if len(text) > _MOST:
            text = f"{text[:_MOST]}… (the whole text is in tables/{table.stem}.csv)"
        _text(sheet, row, column, text, "text" if isinstance(value, str) else "right", formats)
    elif not isinstance(value, str):
        _text(sheet, row, column, cell.text, "right", formats)


def _text(sheet: Worksheet, row: int, column: int, text: str, look: str, formats: dict[str, Any]) -> None:
    """A text that stays one, whatever it begins with."""
    kept = seen(text)
    quoted = f"{look}, quoted"
    sheet.write_string(row, column, kept, formats[quoted if quoted in formats and guarded(text) != kept else look])
