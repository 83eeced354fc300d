"""Files that lie beside a protocol and are part of it: lists of patients, cohort definitions."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath

from caseseries.protocol.written import mistake

#: The largest file that is read; a million ids of 20 digits take 21 MB.
LARGEST = 64 * 1024 * 1024
#: First lines of a list of patients that are a heading and no id.
_HEADINGS = {"patient", "patient_id", "person", "person_id", "subject_id", "id"}


def beside(folder: Path, name: str, at: tuple[str, ...] = ()) -> bytes:
    """The content of a file that a protocol names, from the protocol's own folder or one below it.

    Raises a mistake for the author where there is no such file, or the name leads elsewhere; `at` leads to the name.
    """
    way = PurePosixPath(name)
    if not name.strip() or way.is_absolute() or ".." in way.parts or "\\" in name or "\0" in name:
        raise mistake("the file must lie beside the protocol, or in a folder there", "a name such as ids.csv", at=at)
    path = folder / way
    try:
        if not path.is_file():
            raise mistake("there is no such file beside the protocol", do="put it there, or correct its name", at=at)
        content = path.read_bytes()
    except OSError as wrong:
        raise mistake(f"the file cannot be opened ({wrong.strerror})", do="check that you may read it", at=at) from None
    if len(content) > LARGEST:
        raise mistake("the file is too large", f"at most {LARGEST} bytes", at=at)
    return content


def text_of(content: bytes, at: tuple[str, ...] = ()) -> str:
    """The text of a file; UTF-8, with or without the mark that some editors put before it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        what = f"line {line} of the file is not UTF-8 text"
        raise mistake(what, do="save it again as UTF-8 text", at=at) from None


def patient_ids(content: bytes, at: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The ids in a list of patients, sorted, each once: one column, with or without a heading.

    >>> patient_ids(b"person_id\\n12\\n7\\n12\\n")
    ('12', '7')
    """
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text_of(content, at), newline=""))]
    wide = next((number for number, row in enumerate(rows, start=1) if len(row) > 1), None)
    if wide is not None:
        raise mistake(f"line {wide} of the file has more than one column", "one id a line", at=at)
    ids = [row[0] for row in rows if row and row[0]]
    if ids and ids[0].casefold() in _HEADINGS:
        del ids[0]
    if not ids:
        raise mistake("the file holds no id", "one id a line", at=at)
    return tuple(sorted(set(ids)))
