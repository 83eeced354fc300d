"""A CSV file as a sheet: every cell is text, every row has as many cells as the header, nothing is dropped."""

from __future__ import annotations

import csv
import io

from caseseries.chart.kind_of_file import insist
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Raw, Sheet
from caseseries.chart.tables import Finding
from caseseries.errors import ChartError, Place, Problem

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
_NAMES = {sign: name for name, sign in DELIMITERS.items()}


def read_csv(content: bytes, file: str, *, encoding: str, delimiter: str | None, limits: Limits) -> Sheet:
    """The rows of a CSV file, by row number as a spreadsheet shows them.

    Raises:
        ChartError: not text in the declared encoding, a quotation mark that is never closed, or no delimiter to be sure of.
    """
    insist(content, file, "csv")
    text = _decode(content, file, encoding)
    findings: list[Finding] = []
    sign = DELIMITERS[delimiter] if delimiter else _delimiter(text, file)
    if not delimiter and sign != ",":
        message = f"cells are separated by {_NAMES[sign]}, as the header row shows"
        findings.append(Finding("note", "delimiter", message, Place(file), proposal=f"delimiter: {_NAMES[sign]!r}"))
    rows: dict[int, list[Raw]] = {}
    known: dict[str, str] = {}  # dates, scores and ids stand in many cells, and are kept once
    csv.field_size_limit(limits.cell)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    number, width, line = 0, 0, 0
    try:
        for number, cells in enumerate(reader, 1):
            line = reader.line_num
            if not any(cells):
                continue
            rows[number] = [known.setdefault(cell, cell) for cell in cells]
            width = width or len(cells)
            if len(rows) > limits.rows or len(cells) > limits.columns:
                raise _stop(
                    file, number, "the table is too large", f"at most {limits.rows} rows and {limits.columns} columns"
                )
            for place, cell in enumerate(cells, 1):
                if "\n" in cell and any(part.count(sign) >= max(1, width - 1) for part in cell.split("\n")[1:]):
                    message = "one cell runs over several lines that look like rows of their own: is a quotation mark missing?"
                    findings.append(
                        Finding("warning", "quotation mark", message, Place(file, row=number, column=str(place)))
                    )
    except csv.Error as wrong:
        raise _csv_problem(str(wrong), file, number + 1, line + 1, limits) from None
    return Sheet(file, "", rows, ends_open=not content.endswith((b"\n", b"\r")), findings=tuple(findings))


def _decode(content: bytes, file: str, encoding: str) -> str:
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as wrong:
        row = content.count(b"\n", 0, wrong.start) + 1
        byte = wrong.object[wrong.start : wrong.start + 1]
        what = f"a byte (0x{byte[0]:02X}) is not {encoding}"
        do = "save the file as CSV UTF-8"
        try:
            content.decode("cp1252")
            if encoding == "utf-8":
                what += "; the file is probably in Windows-1252, as older spreadsheet programs save it"
                do = "declare `encoding: cp1252` in the chart description, or save the file as CSV UTF-8"
        except UnicodeDecodeError:
            pass
        problem = Problem(what, Place(file, line=row), do=do)
        raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.") from None
    if encoding != "utf-8" and not content.isascii():
        _not_utf_8(content, file, encoding)
    return text


def _not_utf_8(content: bytes, file: str, encoding: str) -> None:
    """Nothing, unless all letters beyond ASCII are whole signs of UTF-8, which a text in an older encoding does not come to by chance.

    Raises:
        ChartError: read as declared, each of these letters would turn into two others, in names and units too.
    """
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return
    first = next(place for place, byte in enumerate(content) if byte > 127)
    problem = Problem(
        f"the file is in UTF-8, and not in {encoding} as declared: letters beyond ASCII would be read as two others",
        Place(file, line=content.count(b"\n", 0, first) + 1),
        do="leave `encoding` out of the chart description, or write `encoding: utf-8`",
    )
    raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.")


def _delimiter(text: str, file: str) -> str:
    """The only sign of the four that stands in the header outside quotation marks, wherever its lines break."""
    plain, quoted = [], False
    for sign in text.lstrip(" \r\n"):
        if sign == '"':
            quoted = not quoted
        elif sign in "\r\n" and not quoted:
            break
        elif not quoted:
            plain.append(sign)
    seen = [sign for sign in DELIMITERS.values() if sign in plain]
    if len(seen) > 1:
        names = " and ".join(_NAMES[sign] for sign in seen)
        problem = Problem(
            f"the header row holds {names}, so it is not certain what separates the cells",
            Place(file, row=1),
            allowed=", ".join(DELIMITERS),
            do="declare `delimiter` in the chart description",
        )
        raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.")
    return seen[0] if seen else ","


def _csv_problem(said: str, file: str, row: int, line: int, limits: Limits) -> ChartError:
    if "field larger" in said:
        what = f"one cell is longer than {limits.cell} characters: a very long note, or a quotation mark that opens and is not closed"
        return _stop(file, row, what, f"at most {limits.cell} characters in a cell", line)
    if "unexpected end" in said:
        return _stop(file, row, "a quotation mark opens in this row and is never closed", "", line)
    if "expected after" in said:
        return _stop(file, row, "a quotation mark stands inside a quoted cell", 'two of them ("") for one', line)
    return _stop(file, row, "the row is not CSV", "", line)


def _stop(file: str, row: int, what: str, allowed: str, line: int | None = None) -> ChartError:
    do = f"look at line {line} in a text editor" if line is not None and line != row else ""
    return ChartError(
        f"{file} cannot be read.", [Problem(what, Place(file, row=row), allowed=allowed, do=do)], do="Nothing was run."
    )
