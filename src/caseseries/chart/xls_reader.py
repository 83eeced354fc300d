"""An .xls workbook as sheets: values as last calculated, error cells, number formats, hidden rows and merged cells as in an .xlsx one.

xlrd is used and not calamine, which gives a cell that shows an error, and one formatted as a percentage, as if neither were so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from caseseries.chart.limits import Limits
from caseseries.chart.number_format import formatted, shortened
from caseseries.chart.sheet import Bad, Merged, Raw, Sheet, letter
from caseseries.chart.sheet_notes import from_1904_note, hidden_notes
from caseseries.chart.tables import Finding
from caseseries.chart.wanted_sheets import missing_sheets, with_unread
from caseseries.errors import ChartError, Place, Problem

_EMPTY, _TEXT, _NUMBER, _DATE, _YES_NO, _ERROR, _BLANK = range(7)


def read_xls(
    content: bytes, file: str, wanted: tuple[str, ...] | None, limits: Limits
) -> tuple[dict[str, Sheet], list[Problem]]:
    """The wanted sheets (None: all) by name, and a problem for each that is not there.

    Raises:
        ChartError: the file is damaged, or holds more than the limits allow.
    """
    book = _opened(content, file)
    names = [str(name) for name in book.sheet_names()]
    chosen = [name for name in names if wanted is None or name in wanted]
    sheets = {name: _sheet(book, name, file, limits) for name in chosen}
    if book.datemode and sheets:
        first = sheets[chosen[0]]
        first = Sheet(
            file,
            first.name,
            first.rows,
            True,
            True,
            merged=first.merged,
            findings=(*first.findings, from_1904_note(file)),
        )
        sheets[chosen[0]] = first
    return with_unread(sheets, wanted, names, file), missing_sheets(wanted, names, file)


def _opened(content: bytes, file: str) -> Any:
    import io

    import xlrd

    what = "the old workbook (.xls) is damaged"
    try:
        return xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as wrong:
        if "encrypt" in str(wrong).casefold() or "password" in str(wrong).casefold():
            what = "the old workbook (.xls) is locked with a password"
    except Exception:
        pass
    do = "open it in a spreadsheet program and save it as .xlsx"
    raise ChartError(f"{file} cannot be read.", [Problem(what, Place(file), do=do)], do="Nothing was run.")


def _sheet(book: Any, name: str, file: str, limits: Limits) -> Sheet:
    sheet = book.sheet_by_name(name)
    place = Place(file, name)
    if sheet.nrows > limits.rows or sheet.ncols > limits.columns:
        allowed = f"at most {limits.rows} rows and {limits.columns} columns"
        problem = Problem(f"the sheet reaches to {letter(sheet.ncols)}{sheet.nrows}", place, allowed=allowed)
        raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.")
    rows: dict[int, list[Raw]] = {}
    for at in range(sheet.nrows):
        cells = [_raw(book, cell) for cell in sheet.row(at)]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows[at + 1] = cells
    hidden = [at + 1 for at, shape in sheet.rowinfo_map.items() if shape.hidden and at + 1 in rows]
    columns = [letter(at + 1) for at, shape in sheet.colinfo_map.items() if shape.hidden and at < sheet.ncols]
    findings: list[Finding] = hidden_notes(place, sheet=bool(sheet.visibility), rows=hidden, columns=columns)
    merged = sorted((top, left, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    return Sheet(
        file,
        name,
        rows,
        lettered=True,
        from_1904=bool(book.datemode),
        merged=tuple(Merged(top + 1, bottom, left + 1, right) for top, left, bottom, right in merged),
        findings=tuple(findings),
    )


def _raw(book: Any, cell: Any) -> Raw:
    """One cell; a date is one by its format, as a spreadsheet program shows it."""
    import xlrd

    value, kind = cell.value, cell.ctype
    if kind in (_EMPTY, _BLANK):
        return None
    if kind == _ERROR:
        shown = xlrd.error_text_from_code.get(value, "error")
        return Bad(shown, "the cell shows an error", "a value; mend the formula in the workbook")
    if kind == _YES_NO:
        return bool(value)
    if kind == _TEXT:
        return str(value) or None
    written = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if kind == _DATE:
        day = _day(value, book.datemode)
        if day is None:
            return Bad(str(value), "the cell is formatted as a date and holds a number that is none", "a date")
        return shortened(day, written) or day if isinstance(day, dt.datetime) else day
    number = int(value) if value == int(value) and abs(value) < 1e15 else float(value)
    if set(written) == {"0"} and isinstance(number, int):
        return str(number).rjust(len(written), "0") if len(written) > 1 and number >= 0 else number
    return formatted(number, written) or number


def _day(value: float, from_1904: int) -> dt.datetime | dt.time | None:
    """The date under a number; a time of day alone stays one. None where it stands for no day that a spreadsheet has for certain."""
    import xlrd

    try:
        if 0 <= value < 1:
            return dt.time(*xlrd.xldate_as_tuple(value, from_1904)[3:])
        return xlrd.xldate_as_datetime(value, from_1904)  # type: ignore[no-any-return]  # xlrd is untyped
    except (xlrd.xldate.XLDateError, ValueError, OverflowError):
        return None
