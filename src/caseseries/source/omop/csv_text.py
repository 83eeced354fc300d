"""A CSV file of a database as text: its header, and why it cannot be read, with the line."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, cast

from caseseries.errors import Place, Problem
from caseseries.source.omop.table_files import stop

_MARK = re.compile(rb'\r\n|\r|\n|"')
_ENDS = {b"\r\n": "CR LF", b"\n": "LF", b"\r": "CR"}
_PIECE = 1 << 20


_SIGNS = {",": ",", ";": ";", "tab": "\t", "|": "|"}


def csv_header(path: Path, declared: str | None) -> tuple[tuple[str, ...], str]:
    """The names of the columns in small letters, and what separates the cells."""
    try:
        with opened(path) as raw:
            line = raw.readline(1_000_000).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError):
        raise stop("the file is no CSV file in UTF-8, or it is damaged", path.name) from None
    sign = _SIGNS[declared] if declared else max(",;\t|", key=line.count)
    cells = next(csv.reader([line.rstrip("\r\n")], delimiter=sign), [])
    return tuple(cell.strip().lower() for cell in cells), sign


def csv_fault(path: Path, declared: str | None) -> Problem | None:
    """The first mistake of the file in its order, or None where it is not one of these; no cell is told."""
    try:
        _, sign = csv_header(path, declared)
        with opened(path) as raw:
            return _ends(raw, path.name, quotes=sign != "\t") or _widths(raw, path.name, sign)
    except (OSError, EOFError):
        return Problem("the file is damaged: it cannot be read to its end", Place(path.name))


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is packed."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


def _ends(raw: BinaryIO, file: str, *, quotes: bool) -> Problem | None:
    """Line ends of another kind than the first; one inside quotation marks is part of a cell."""
    first, quoted, line = b"", False, 1
    for piece in _pieces(raw):
        for mark in _MARK.findall(piece):
            if mark == b'"':
                quoted = quotes and not quoted
                continue
            if not quoted and first and mark != first:
                what = f"this line ends with {_ENDS[mark]} and those before it with {_ENDS[first]}: the line ends are mixed"
                do = "save the file again so that all its lines end alike (any text editor or spreadsheet does so)"
                return Problem(what, Place(file, line=line), do=do)
            first = first if quoted else mark
            line += 1
    return None


def _pieces(raw: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that do not part CR from LF."""
    while piece := raw.read(_PIECE):
        while piece.endswith(b"\r") and (more := raw.read(1)):
            piece += more
        yield piece


def _widths(raw: BinaryIO, file: str, sign: str) -> Problem | None:
    raw.seek(0)
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    quoting: Literal[0, 3] = csv.QUOTE_NONE if sign == "\t" else csv.QUOTE_MINIMAL
    reader, width, line = csv.reader(text, delimiter=sign, strict=True, quoting=quoting), 0, 0
    try:
        for cells in reader:
            line, width = reader.line_num, width or len(cells)
            if cells and len(cells) != width:
                what = f"the row has {len(cells)} cell{'s' * (len(cells) != 1)} and the header {width}"
                return Problem(
                    what,
                    Place(file, line=line),
                    do="look for a comma or a quotation mark too many, or for a row cut off",
                )
    except csv.Error:
        return Problem("a quotation mark stands where none can, or is never closed", Place(file, line=line + 1))
    except UnicodeDecodeError:
        return Problem(
            "a byte is not UTF-8, here or in the lines after it",
            Place(file, line=line + 1),
            do="save the file in UTF-8",
        )
    finally:
        text.detach()
    return None
