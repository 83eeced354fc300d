"""What a file is by its first bytes, whatever its name says, and what to do when it is not what is needed."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Literal

from caseseries.errors import ChartError, Place, Problem

Kind = Literal["csv", "xlsx"]

_SAVE_XLSX = "open it in a spreadsheet program and save it as .xlsx"
_SAVE_CSV = "save it as CSV in UTF-8"


def what_it_is(content: bytes) -> tuple[str, str]:
    """The kind of a file in words, and how to make it readable; `("text", "")` or `("a workbook (.xlsx)", "")` if it is.

    >>> what_it_is(b"patient_id,mmt")
    ('text', '')
    >>> what_it_is(b"\\x1f\\x8b\\x08")[0]
    'compressed with gzip'
    """
    head = content[:8]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(content)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content[:2_000_000]:
            return "a workbook locked with a password", "open it with its password and save a copy without one"
        return "an old workbook (.xls)", _SAVE_XLSX
    for signs, what, do in (
        ((b"\x1f\x8b",), "compressed with gzip", "unpack it first"),
        ((b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"Rar!"), "a compressed archive", "unpack it first"),
        ((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"), "text in UTF-32", _SAVE_CSV),
        ((b"\xff\xfe", b"\xfe\xff"), "text in UTF-16 (called Unicode text by spreadsheet programs)", _SAVE_CSV),
        ((b"%PDF",), "a PDF", "give the table it was made from"),
        ((b"SQLite format 3",), "a database", "export its tables as CSV"),
        ((b"PAR1",), "a Parquet file", "export it as CSV"),
    ):
        if head.startswith(signs) or content[:16].startswith(signs):
            return what, do
    start = content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table")):
        return "a web page, as some systems export it under the name .xls", _SAVE_XLSX
    if start.startswith(b"<?xml"):
        return "an XML file", _SAVE_XLSX
    if b"\x00" in content[:100_000]:
        return "binary, or text in UTF-16 without a mark", _SAVE_CSV
    return "text", ""


def _zip(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {info.filename for info in archive.infolist()[:5_000]}
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype")
                if b"opendocument.spreadsheet" in mime:
                    return "an OpenDocument spreadsheet (.ods)", _SAVE_XLSX
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return "a damaged zip file or workbook", "copy it again from where it came from"
    if "xl/workbook.bin" in names:
        return "a binary workbook (.xlsb)", _SAVE_XLSX
    if "xl/workbook.xml" in names:
        return "a workbook (.xlsx)", ""
    if "word/document.xml" in names:
        return "a Word document", "give the table as a workbook or CSV"
    if any(name.startswith("Index/") for name in names):
        return "an Apple Numbers file", "export it as .xlsx"
    return "a zip archive", "unpack it first"


def insist(content: bytes, file: str, wanted: Kind) -> None:
    """Nothing where the file is of the wanted kind.

    Raises:
        ChartError: it is something else; the message says what and how to mend it.
    """
    what, do = what_it_is(content)
    expected = {"csv": "text", "xlsx": "a workbook (.xlsx)"}[wanted]
    if what == expected:
        return
    if not content:
        what, do = "empty", "check that it was saved"
    elif what == "a workbook (.xlsx)":
        do = "name it as the `source` itself and use `sheet:` in the tables, or save the sheet as CSV"
    elif what == "text" and wanted == "xlsx":
        what, do = "text, not a workbook", "put CSV files into a folder and name the folder as the `source`"
    problem = Problem(
        f"the file is {what}", Place(file), allowed={"csv": "a CSV file", "xlsx": "an .xlsx workbook"}[wanted], do=do
    )
    raise ChartError(f"{file} cannot be read.", [problem], do="Nothing was run.")
