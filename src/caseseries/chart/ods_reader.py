"""An OpenDocument spreadsheet (.ods) as sheets: what each cell holds and shows, errors and percentages among it.

Its XML is read here, streamed and without entities: calamine gives a cell that shows an error as a blank, yes as 1.0 and 62 % as 0.62.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from caseseries.chart.archive import inspect
from caseseries.chart.limits import Limits
from caseseries.chart.number_format import shortened
from caseseries.chart.ods_styles import Styles
from caseseries.chart.sheet import Bad, Formatted, Merged, Raw, Sheet, letter
from caseseries.chart.sheet_notes import hidden_notes
from caseseries.chart.wanted_sheets import missing_sheets, with_unread
from caseseries.errors import ChartError, Place, Problem

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "Err:", "#ERR")
#: Signs that numbers are written with in one country or another.
_OF_NUMBERS = "0123456789.,+-−'" + "\u00a0\u202f "


@dataclass(slots=True)
class _Table:
    """One sheet while it is read."""

    name: str
    hidden: bool = False
    rows: dict[int, list[Raw]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)


def read_ods(
    content: bytes, file: str, wanted: tuple[str, ...] | None, limits: Limits
) -> tuple[dict[str, Sheet], list[Problem]]:
    """The wanted sheets (None: all) by name, and a problem for each that is not there.

    Raises:
        ChartError: the file is a bomb, is damaged or locked, or holds more than the limits allow.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    inspect(content, file, limits)
    names: list[str] = []
    sheets: dict[str, Sheet] = {}
    styles = Styles()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml"):
                raise _stop(
                    file, "the OpenDocument spreadsheet (.ods) is locked with a password", "save a copy without one"
                )
            if "styles.xml" in archive.namelist():
                with archive.open("styles.xml") as stream:
                    for event, element in iterparse(stream, ("start", "end")):
                        styles.see(event, element)
            with archive.open("content.xml") as stream:
                for table in _tables(iterparse(stream, ("start", "end")), styles, file, limits):
                    names.append(table.name)
                    if wanted is None or table.name in wanted:
                        sheets[table.name] = _sheet(table, file)
    except DefusedXmlException:
        raise _stop(
            file, "the OpenDocument spreadsheet (.ods) declares entities, which no program writes", "save it again"
        ) from None
    except (KeyError, ParseError, zipfile.BadZipFile, EOFError, ValueError, RecursionError):
        do = "open it in a spreadsheet program and save it again"
        raise _stop(file, "the OpenDocument spreadsheet (.ods) is damaged", do) from None
    return with_unread(sheets, wanted, names, file), missing_sheets(wanted, names, file)


def _stop(file: str, what: str, do: str, sheet: str = "") -> ChartError:
    return ChartError(f"{file} cannot be read.", [Problem(what, Place(file, sheet), do=do)], do="Nothing was run.")


def _tables(events: Iterator[tuple[str, Any]], styles: Styles, file: str, limits: Limits) -> Iterator[_Table]:
    """Each table once it ends; what was read of it is let go. Tables inside a table, such as those of a chart, are none of ours."""
    table, deep, row = None, 0, 0
    for event, element in events:
        styles.see(event, element)
        tag = element.tag
        if event == "start" and tag == _TABLE + "table":
            deep += 1
            if deep == 1:
                table, row = _Table(element.get(_TABLE + "name", "")), 0
                table.hidden = element.get(_TABLE + "style-name", "") in styles.hidden
        elif event == "start":
            continue
        elif tag == _TABLE + "table-column" and deep == 1 and table is not None:
            times = min(int(element.get(_TABLE + "number-columns-repeated", "1")), limits.columns)
            at = len(table.columns)
            table.columns += [element.get(_TABLE + "default-cell-style-name", "")] * times
            if element.get(_TABLE + "visibility", "visible") != "visible":
                table.hidden_columns += range(at + 1, at + times + 1)
        elif tag == _TABLE + "table-row" and deep == 1 and table is not None:
            row = _row(element, table, row, styles, file, limits)
            element.clear()
        elif tag == _TABLE + "table":
            deep -= 1
            if deep == 0 and table is not None:
                yield table
                table = None
                element.clear()


def _sheet(table: _Table, file: str) -> Sheet:
    width = max(map(len, table.rows.values()), default=0)
    columns = [letter(at) for at in table.hidden_columns if at <= width]
    findings = hidden_notes(Place(file, table.name), sheet=table.hidden, rows=table.hidden_rows, columns=columns)
    merged = tuple(sorted(table.merged, key=lambda block: (block.first_row, block.first_column)))
    return Sheet(file, table.name, table.rows, lettered=True, merged=merged, findings=tuple(findings))


def _row(element: Any, table: _Table, before: int, styles: Styles, file: str, limits: Limits) -> int:
    """Put one row, or one that is repeated, into its table; the number of the last one."""
    repeated = int(element.get(_TABLE + "number-rows-repeated", "1"))
    cells: list[Raw] = []
    for cell in element:
        if cell.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            continue
        times = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        raw = None if cell.tag.endswith("covered-table-cell") else _raw(cell)
        if isinstance(raw, dt.datetime | Formatted):
            column = table.columns[len(cells)] if len(cells) < len(table.columns) else ""
            own = cell.get(_TABLE + "style-name") or element.get(_TABLE + "default-cell-style-name") or column
            raw = _as_shown(raw, styles, own)
        if raw is not None and len(cells) + times > limits.columns:
            raise _stop(file, f"the sheet reaches beyond column {letter(limits.columns)}", "", table.name)
        down, across = (int(cell.get(_TABLE + f"number-{what}-spanned", "1")) for what in ("rows", "columns"))
        if down > 1 or across > 1:
            first = len(cells) + 1
            table.merged.append(Merged(before + 1, before + down, first, first + across - 1))
        cells += [raw] * min(times, limits.columns - len(cells))
    while cells and cells[-1] is None:
        cells.pop()
    if not cells:
        return before + repeated
    if before + repeated > limits.rows:
        raise _stop(
            file, f"the sheet holds more than {limits.rows} rows", "delete what lies below the table", table.name
        )
    for number in range(before + 1, before + repeated + 1):
        table.rows[number] = list(cells)
        if element.get(_TABLE + "visibility", "visible") != "visible":
            table.hidden_rows.append(number)
    return before + repeated


def _as_shown(raw: dt.datetime | Formatted, styles: Styles, style: str) -> Raw:
    """A date of which a part is shown, or a number that stands for yes or no."""
    if isinstance(raw, dt.datetime):
        return shortened(raw, styles.date_format(style)) or raw
    return bool(raw.value) if raw.hidden and styles.says_yes_or_no(style) else raw


def _raw(cell: Any) -> Raw:
    kind, text = cell.get(_OFFICE + "value-type", ""), _shown(cell)
    if cell.get(_CALC + "value-type") == "error" or (cell.get(_TABLE + "formula") and text.startswith(_ERRORS)):
        return Bad(text or "error", "the cell shows an error", "a value; mend the formula in the workbook")
    if kind == "string":
        return cell.get(_OFFICE + "string-value") or text or None
    if kind == "boolean":
        return bool(cell.get(_OFFICE + "boolean-value") == "true")
    if kind == "date":
        return _date(cell.get(_OFFICE + "date-value", ""), text)
    if kind == "time":
        return text or None
    if cell.get(_TABLE + "formula") in ("of:=TRUE()", "of:=FALSE()"):
        return bool(cell.get(_TABLE + "formula") == "of:=TRUE()")
    if kind in ("float", "percentage", "currency"):
        return _number(cell.get(_OFFICE + "value", ""), kind, text)
    if cell.get(_TABLE + "formula") and not text:
        return Bad("formula", "the cell is a formula without its value", "open it in a spreadsheet program and save it")
    return text or None


def _shown(cell: Any) -> str:
    """What a reader of the sheet sees; notes that hang on the cell are none of it."""
    return "\n".join(_words(part) for part in cell if part.tag == _TEXT + "p").strip()


def _words(part: Any) -> str:
    spaces = {_TEXT + "s": " ", _TEXT + "tab": "\t", _TEXT + "line-break": "\n"}
    found = part.text or ""
    for one in part:
        times = int(one.get(_TEXT + "c", "1")) if one.tag == _TEXT + "s" else 1
        found += spaces[one.tag] * min(times, 1_000) if one.tag in spaces else _words(one)
        found += one.tail or ""
    return found


def _number(written: str, kind: str, text: str) -> Raw:
    """A number; of a percentage, or one that is shown with a unit behind it, also what stands there."""
    try:
        exact = Decimal(written)
    except InvalidOperation:
        return Bad(text or written, "the cell holds a number that is none", "a number")
    if not exact.is_finite():
        return Bad(text or written, "the cell holds a number that is none", "a number")
    value = int(exact) if exact == int(exact) and abs(exact) < 10**15 else float(exact)
    if kind == "percentage":
        return Formatted(value, text or f"{float(exact) * 100:g}%", Fraction(100), "%")
    digits = text.lstrip(_OF_NUMBERS)
    if text and not any(sign.isdigit() for sign in text):
        return Formatted(value, text, Fraction(1), "", hidden=True)
    if digits and any(sign.isalpha() or sign in "%‰µ°" for sign in digits) and not _is_exponent(digits):
        return Formatted(value, text, Fraction(1), digits.strip())
    if isinstance(value, int) and text.isdigit() and len(text) > len(str(value)):
        return text  # an id kept as the number 1 and shown as 001 is 001 to its reader
    return value


def _is_exponent(text: str) -> bool:
    return text[:1] in "eE" and text[1:].lstrip("+-").isdigit()


def _date(written: str, text: str) -> Raw:
    try:
        when = dt.datetime.fromisoformat(written)
    except ValueError:
        return Bad(text or written, "the cell holds a date that is none", "a date")
    return when
