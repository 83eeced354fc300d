"""The forms of a REDCap export as a study to start from sees them: each a table of its own fields, called by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from caseseries.chart.csv_file import read_csv
from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.limits import Limits
from caseseries.chart.opened import read_bytes
from caseseries.chart.redcap_dictionary import RedcapDictionary, RedcapField, is_dictionary, read_dictionary
from caseseries.chart.redcap_export import forms_of_export
from caseseries.chart.redcap_forms import WIDER
from caseseries.chart.redcap_header import EVENT
from caseseries.chart.redcap_rows import Told
from caseseries.chart.sheet import Raw, Sheet, blank
from caseseries.errors import ChartError, Place, Problem
from caseseries.form.column_look import Column
from caseseries.form.profile import Looked, profile
from caseseries.form.quote import Heading

#: A label of more words is a question, and says less about the field than its name does.
_MOST_WORDS = 5
#: A note below a field that is nothing but a unit.
_UNIT = re.compile(r"[%\w^²³·µμ.]{0,8}(?:/[\w^²³·µμ.]+|%)")


def dictionary_among(paths: Sequence[Path], limits: Limits) -> Path | None:
    """The file that is a REDCap data dictionary; None where none is.

    Raises:
        ChartError: several are.
    """
    found = [path for path in paths if path.suffix.lower() == ".csv" and _is_dictionary(path, limits)]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        problem = Problem("several files are REDCap data dictionaries", allowed=names, do="say which with --dictionary")
        raise ChartError("There is nothing to start from.", [problem], do="Nothing was written.")
    return found[0] if found else None


def _is_dictionary(path: Path, limits: Limits) -> bool:
    head = read_bytes(path, limits)[:4_000].split(b"\n")[0]
    try:
        rows = read_csv(head, path.name, encoding="utf-8", delimiter=None, limits=limits).rows
    except ChartError:
        return False
    return bool(rows) and is_dictionary(rows[min(rows)])


def look_at_forms(paths: Sequence[Path], dictionary: Path, limits: Limits) -> tuple[list[Looked], Path]:
    """The forms that hold something, and the file they are in: the only one that begins with the record of the dictionary.

    Raises:
        ChartError: none or several of the files are exports of the project, or one cannot be read.
    """
    limits = replace(limits, columns=WIDER * limits.columns)
    book, _ = read_dictionary(read_bytes(dictionary, limits), dictionary.name, limits=limits)
    data = [path for path in paths if path != dictionary and _is_export(path, book, limits)]
    if len(data) != 1:
        what = "none of the files is an export" if not data else "several files are exports"
        problem = Problem(
            f"{what} of the project that {dictionary.name} describes",
            Place(dictionary.name),
            allowed=", ".join(path.name for path in data) or f"a CSV file whose first column is {book.record}",
            do="name the export and the dictionary: caseseries new data.csv --dictionary dictionary.csv --out study",
        )
        raise ChartError("There is nothing to start from.", [problem], do="Nothing was written.")
    if data[0].resolve().parent != dictionary.resolve().parent:
        problem = Problem("the export and the dictionary lie in two folders", Place(dictionary.name))
        raise ChartError(
            "There is nothing to start from.", [problem], do="Put both into one folder. Nothing was written."
        )
    project = RedcapProject(data=data[0].name, dictionary=dictionary.name, double_entry="first")
    sheets, _ = forms_of_export(
        read_bytes(data[0], limits), data[0].name, project, book, Told(frozenset()), limits=limits
    )
    looked = [one for sheet in sheets.values() if (one := _form(sheet, book)) is not None]
    if not looked:
        problem = Problem(
            "no form of the export holds a value", Place(data[0].name), do="export the records, not an empty project"
        )
        raise ChartError("There is nothing to start from.", [problem], do="Nothing was written.")
    looked[0] = replace(looked[0], redcap=(project.data, project.dictionary))
    return looked, data[0]


def _is_export(path: Path, book: RedcapDictionary, limits: Limits) -> bool:
    head = read_bytes(path, limits).split(b"\n")[0]
    try:
        rows = read_csv(head, path.name, encoding="utf-8", delimiter=None, limits=limits).rows
    except ChartError:
        return False
    first = " ".join(str(rows[min(rows)][0]).split()) if rows else ""
    return first in (book.record, book.fields[book.record].label)


def _form(sheet: Sheet, book: RedcapDictionary) -> Looked | None:
    """A form with its own fields, the record and, where it has no date, those of the same row, or the event."""
    header = [str(cell) for cell in sheet.rows[1]]
    rows = [row for row in sorted(sheet.rows) if row > 1]
    if not rows:
        return None
    own = {column: one for one in book.of_form(sheet.name) for column in one.columns}
    kept = [at for at, name in enumerate(header) if name == book.record or name in own]
    if not any(own[name].validation.startswith("date") for name in header if name in own):
        dates = [
            at
            for at, name in enumerate(header)
            if (one := book.fields.get(name)) is not None
            and at not in kept
            and one.validation.startswith("date")
            and any(not blank(sheet.rows[row][at]) for row in rows)
        ]
        kept += dates or [at for at, name in enumerate(header) if name == EVENT]
    names = _headings([header[at] for at in kept], book)
    cells: dict[int, list[Raw]] = {1: list(names)}
    cells |= {row: [sheet.rows[row][at] for at in kept] for row in rows}
    looked = profile(Sheet(sheet.file, sheet.name, cells))
    return None if looked is None else _written(looked, names, book)


def _headings(columns: Sequence[str], book: RedcapDictionary) -> list[Heading]:
    """What each column is called for those who look at it: its label, where that is short and nobody else's."""
    boxes = {column: one for one in book.fields.values() if one.type == "checkbox" for column in one.columns}
    labels = [
        "patient id" if name == book.record else _label(book.fields[name]) if name in book.fields else name
        for name in columns
    ]
    return [
        Heading(label if labels.count(label) == 1 and name not in boxes else name, name)
        for name, label in zip(columns, labels, strict=True)
    ]


def _label(one: RedcapField) -> str:
    words = one.label.split()
    if not words or len(words) > _MOST_WORDS or any(sign in one.label for sign in (" / ", "?", ":")):
        return one.name
    note = one.note.strip()
    return f"{one.label} ({note})" if _UNIT.fullmatch(note) and "(" not in one.label else one.label


def _written(looked: Looked, names: Sequence[Heading], book: RedcapDictionary) -> Looked:
    """The table with names that are written as the columns of the export are."""
    of: Mapping[str, Heading] = {str(name): name for name in names}
    columns = tuple(_column(column, of.get(column.name), book) for column in looked.columns)
    return replace(
        looked,
        columns=columns,
        cells={of.get(name, name): cells for name, cells in looked.cells.items()},
        last_row=None,
    )


def _column(column: Column, name: Heading | None, book: RedcapDictionary) -> Column:
    """A column under its heading; of what identifies a patient nothing is suggested but a date."""
    if name is None:
        return column
    one = book.fields.get(name.written)
    if one is not None and one.identifier and column.kind != "date":
        return replace(column, name=name, kind="text", words=(), names=(), seen="")
    return replace(column, name=name)
