"""CSV files, written by hand: every delimiter, quotation, line end and encoding that the declaration allows."""

from __future__ import annotations

from pathlib import Path

from tests.readers.book import Book, Sheet

SIGNS = {",": ",", ";": ";", "tab": "\t", "|": "|"}


def write_csv(book: Book, folder: Path) -> None:
    """One file per sheet."""
    for sheet in book.sheets.values():
        content = book.instead.get(sheet.name)
        (folder / sheet.name).write_bytes(csv_bytes(book, sheet) if content is None else content)


def csv_bytes(book: Book, sheet: Sheet) -> bytes:
    made = book.made
    sign, quote, newline = SIGNS[made["delimiter"]], made["quote"], made["newline"]
    lines = []
    for row in range(1, sheet.last + 1):
        width = sheet.widths.get(row, 0)
        cells = [sheet.cells.get((row, place)) for place in range(1, width + 1)]
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        if not any(texts) and made["empty lines"] == "empty":
            texts = []
        lines.append(sign.join(_quoted(text, sign, quote) for text in texts))
    text = newline.join(lines) + (newline if made["final"] else "")
    return (b"\xef\xbb\xbf" if made["bom"] else b"") + text.encode(made["encoding"])


def _quoted(text: str, sign: str, quote: str) -> str:
    needed = any(mark in text for mark in (sign, '"', "\n", "\r"))
    if quote == "all" or needed:
        return '"' + text.replace('"', '""') + '"'
    return text
