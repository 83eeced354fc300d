"""An .xlsx workbook as sheets: values as last calculated, never a formula run, nothing resolved, nothing hidden left out unsaid."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from caseseries.chart.archive import Contents, inspect
from caseseries.chart.excel_reader import openpyxl_module, refuse_entities
from caseseries.chart.limits import Limits
from caseseries.chart.number_format import formatted, shortened
from caseseries.chart.sheet import Bad, Merged, Raw, Sheet, letter
from caseseries.chart.sheet_notes import from_1904_note, hidden_notes
from caseseries.chart.tables import Finding
from caseseries.chart.wanted_sheets import missing_sheets, with_unread
from caseseries.errors import ChartError, Place, Problem


def read_workbook(
    content: bytes, file: str, wanted: tuple[str, ...] | None, limits: Limits
) -> tuple[dict[str, Sheet], list[Problem]]:
    """The wanted sheets (None: all) by name, and a problem for each that is not there.

    Raises:
        ChartError: the file is a bomb, is damaged, or holds more than the limits allow.
    """
    contents = inspect(content, file, limits)
    values = _load(content, file, cached=True)
    formulas = _load(content, file, cached=False) if contents.formulas else None
    names = [name for name in values.sheetnames if hasattr(values[name], "iter_rows")]
    sheets = {
        name: _sheet(values, formulas, name, file, limits, contents)
        for name in names
        if wanted is None or name in wanted
    }
    return with_unread(sheets, wanted, names, file), missing_sheets(wanted, names, file)


def _load(content: bytes, file: str, *, cached: bool) -> Any:
    from defusedxml.common import DefusedXmlException

    openpyxl = openpyxl_module()
    try:
        refuse_entities(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # validations and styles it does not know do not touch values
            return openpyxl.load_workbook(BytesIO(content), data_only=cached, keep_links=False, keep_vba=False)
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        ParseError,
        EOFError,
        RecursionError,
    ) as wrong:
        what, do = "the workbook is damaged", "open it in a spreadsheet program and save it again"
        if isinstance(wrong, DefusedXmlException) or isinstance(
            wrong.__cause__, DefusedXmlException
        ):  # openpyxl wraps it
            what, do = "the workbook declares entities, which no spreadsheet program writes", "save it again as .xlsx"
    raise ChartError(f"{file} cannot be read.", [Problem(what, Place(file), do=do)], do="Nothing was run.")


def _sheet(values: Any, formulas: Any, name: str, file: str, limits: Limits, contents: Contents) -> Sheet:
    sheet = values[name]
    if sheet.max_row > limits.rows or sheet.max_column > limits.columns:
        problem = Problem(
            f"the sheet reaches to {letter(sheet.max_column)}{sheet.max_row}",
            Place(file, name),
            allowed=f"at most {limits.rows} rows and {limits.columns} columns",
            do="delete the empty rows and columns behind the table",
        )
        raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.")
    findings: list[Finding] = []
    written = formulas[name] if formulas is not None else None
    rows: dict[int, list[Raw]] = {}
    calculated: list[str] = []
    cells = sheet._cells  # the cells that exist; iter_rows would invent the rest of a wide sheet
    for row, column in sorted(cells):
        cell = cells[row, column]
        formula = written is not None and written._cells[row, column].data_type == "f"
        raw = _raw(cell, formula=formula)
        if raw is None:
            continue
        if formula:
            calculated.append(f"{letter(column)}{row}")
        line = rows.setdefault(row, [])
        line.extend([None] * (column - len(line)))
        line[column - 1] = raw
    place = Place(file, name)
    if calculated:
        shown = ", ".join(calculated[:20]) + (", ..." if len(calculated) > 20 else "")
        findings.append(
            Finding("note", "formula", f"{len(calculated)} cells are formulas, read as last calculated: {shown}", place)
        )
    hidden = [row for row, shape in sheet.row_dimensions.items() if shape.hidden and row in rows]
    columns = [label for label, shape in sheet.column_dimensions.items() if shape.hidden]
    findings += hidden_notes(place, sheet=sheet.sheet_state != "visible", rows=hidden, columns=columns)
    if contents.macros:
        findings.append(Finding("note", "macro", "the workbook holds macros; they are not run", Place(file)))
    if contents.links:
        findings.append(Finding("note", "link", "the workbook refers to other files; they are not opened", Place(file)))
    if values.epoch.year == 1904:
        findings.append(from_1904_note(file))
    merged = tuple(
        sorted(
            (Merged(block.min_row, block.max_row, block.min_col, block.max_col) for block in sheet.merged_cells.ranges),
            key=lambda block: (block.first_row, block.first_column),
        )
    )
    return Sheet(
        file, name, rows, lettered=True, from_1904=values.epoch.year == 1904, merged=merged, findings=tuple(findings)
    )


def _raw(cell: Any, *, formula: bool) -> Raw:
    value = cell.value
    if cell.data_type == "e":
        return Bad(str(value), "the cell shows an error", "a value; mend the formula in the workbook")
    if formula and value is None:
        return Bad(
            "formula",
            "the cell is a formula without its value",
            "open the workbook in a spreadsheet program and save it",
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        if set(cell.number_format) == {"0"} and value == int(value):
            # An id kept as the number 1 and shown as 001 is 001 to its reader.
            width = len(cell.number_format)
            return str(int(value)).rjust(width, "0") if width > 1 and value >= 0 else value
        return formatted(value, cell.number_format) or value
    if isinstance(value, dt.datetime | dt.date):
        return shortened(value, cell.number_format) or value
    if value is not None and not isinstance(value, str | int | float | bool) and not hasattr(value, "isoformat"):
        return str(value)
    return value  # type: ignore[no-any-return]  # openpyxl leaves it untyped
