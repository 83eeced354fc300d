"""A copy of the chart as a workbook with a comment on every cell that something was said about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from caseseries.chart.excel_reader import openpyxl_module
from caseseries.chart.kind_of_file import what_it_is
from caseseries.chart.sheet import column_number
from caseseries.chart.tables import Chart, Finding
from caseseries.disk.whole import write_whole
from caseseries.errors import OutputError

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
_RANK = {"error": 0, "warning": 1, "note": 2}
_MOST_TEXT = 2_000
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_AUTHOR = "caseseries"


def annotate(chart: Chart, source: Path, target: Path) -> int:
    """Write a copy of the chart with its findings as comments; returns how many cells carry one.

    `source` is the workbook, or the folder of CSV files, which become the sheets of one workbook. The source is left as it is;
    macros are not copied. Where a finding is about a row or a sheet, the comment stands on its first cell.

    Raises:
        OutputError: the source is a folder of workbooks, an export of several forms, or a workbook of another kind than .xlsx.
    """
    openpyxl = openpyxl_module()
    by_cell: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in chart.findings:
        place = finding.place
        if place.file:
            by_cell.setdefault((place.sheet or place.file, place.row or 1, place.column), []).append(finding)
    book: Any
    if source.is_dir() and any(row.sheet for row in chart.rows):
        raise OutputError(
            "One workbook, or CSV files, can be copied with comments; this chart is a folder of workbooks, or an export of several forms.",
            do="Leave --annotate out.",
        )
    if source.is_dir():
        book = openpyxl.Workbook()
        book.remove(book.active)
        for file in sorted(
            {row.file for row in chart.rows} | {finding.place.file for finding in chart.findings if finding.place.file}
        ):
            if (source / file).is_file():
                _copy_csv(book, source / file, file)
    else:
        content = source.read_bytes()
        what, _ = what_it_is(content)
        if what != "a workbook (.xlsx)":
            raise OutputError(
                f"An .xlsx workbook can be copied with comments; this is {what}.", do="Leave --annotate out."
            )
        book = openpyxl.load_workbook(BytesIO(content))
    titles = {title: title for title in book.sheetnames} | {
        row.file: _title(row.file) for row in chart.rows if not row.sheet
    }
    marked = 0
    for (where, row, column), findings in sorted(by_cell.items()):
        sheet = titles.get(where, _title(where))
        if sheet in book.sheetnames:
            _mark(book[sheet], row, _position(book[sheet], row, column, lettered=not source.is_dir()), findings)
            marked += 1
    made = BytesIO()
    book.save(made)
    write_whole(target, made.getvalue())  # a copy of patients' rows is its owner's alone, as the chart should be
    return marked


def _title(name: str) -> str:
    """A sheet's name: at most 31 characters, without what Excel forbids."""
    return re.sub(r"[\[\]:*?/\\]", "-", name.removesuffix(".csv"))[:31]


def _copy_csv(book: Any, path: Path, file: str) -> None:
    import csv

    sheet = book.create_sheet(_title(file))
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=header.count)
    for row, cells in enumerate(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), 1):
        for column, cell in enumerate(cells, 1):
            written = sheet.cell(row, column, _ILLEGAL.sub("\ufffd", cell))
            written.data_type = "s"  # never a formula, whatever it begins with


def _mark(sheet: Any, row: int, column: int, findings: Sequence[Finding]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = sheet.cell(row, column)
    if type(cell).__name__ == "MergedCell":
        block = next(block for block in sheet.merged_cells.ranges if cell.coordinate in block)
        cell = sheet.cell(block.min_row, block.min_col)
    worst = min(findings, key=lambda finding: _RANK[finding.severity])
    text = "\n".join(_words(finding) for finding in findings)[:_MOST_TEXT]
    earlier = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(_ILLEGAL.sub("\ufffd", earlier + text), _AUTHOR, height=120, width=320)
    cell.fill = PatternFill("solid", fgColor=_COLOURS[worst.severity])


def _words(finding: Finding) -> str:
    parts: Mapping[str, str] = {"allowed": finding.allowed, "proposed": finding.proposal, "because": finding.because}
    more = "; ".join(f"{name}: {text}" for name, text in parts.items() if text)
    return f"{finding.severity}: {finding.message}{f' ({more})' if more else ''}"


def _position(sheet: Any, row: int, column: str, *, lettered: bool) -> int:
    """The column of an address: `C (mmt)` or `C` in a workbook; a header or a number in a CSV file."""
    letters = re.fullmatch(r"([A-Z]{1,3})(?: \(.*\))?", column, re.DOTALL) if lettered else None
    if letters:
        return column_number(letters[1]) or 1
    for cells in sheet.iter_rows(min_row=1, max_row=min(row, 30)):
        for cell in cells:
            if isinstance(cell.value, str) and " ".join(cell.value.split()) == column:
                return int(cell.column)
    return int(column) if column.isdecimal() and len(column) < 6 else 1
