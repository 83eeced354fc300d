"""The files that a study starts from: a workbook, a folder of CSV files or of workbooks; what each of their sheets looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseseries.chart.any_workbook import WORKBOOKS, read_any_workbook
from caseseries.chart.csv_file import DELIMITERS, read_csv
from caseseries.chart.kind_of_file import what_it_is
from caseseries.chart.limits import Limits
from caseseries.chart.opened import read_bytes
from caseseries.chart.sheet import Sheet
from caseseries.errors import ChartError, Place, Problem
from caseseries.form.profile import Looked, profile
from caseseries.form.redcap_look import dictionary_among, look_at_forms


def look(
    paths: Sequence[Path], limits: Limits | None = None, *, dictionary: Path | None = None
) -> tuple[Path, list[Looked]]:
    """The source a chart description would name, and each of its sheets that holds a table.

    `dictionary` is the data dictionary of a REDCap export; one that lies among the files is found without it.

    Raises:
        ChartError: nothing is there, a file is no CSV or workbook, or the files lie in several folders.
    """
    limits = limits or Limits()
    if len(paths) == 1 and paths[0].is_dir():
        files = sorted(path for path in paths[0].iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
        texts = [path for path in files if path.suffix.lower() in {".csv", ".tsv", ".txt"}]
        books = [path for path in files if path.suffix.lower() in WORKBOOKS]
        if texts:
            return paths[0], _texts(texts, dictionary, limits)
        if not books:
            raise _stop(paths[0], "the folder holds no CSV file", "name the workbook, or a folder of CSV files")
        names = tuple(path.name for path in books)
        return paths[0], [replace(one, book=names) for path in books for one in _workbook(path, limits)]
    if len(paths) == 1 and what_it_is(read_bytes(paths[0], limits))[0] != "text":
        return paths[0], _workbook(paths[0], limits)
    folders = {path.resolve().parent for path in paths}
    if len(folders) != 1:
        raise _stop(paths[0], "the files lie in several folders", "put the CSV files into one folder")
    return paths[0].parent, _texts(list(paths), dictionary, limits)


def _texts(files: list[Path], dictionary: Path | None, limits: Limits) -> list[Looked]:
    """Files of text; a REDCap export among them by its forms."""
    dictionary = dictionary or dictionary_among(files, limits)
    if dictionary is None:
        return _csv_files(files, limits)
    forms, data = look_at_forms(files, dictionary, limits)
    others = [path for path in files if path not in (data, dictionary)]
    return [*forms, *_csv_files(others, limits)]


def _workbook(path: Path, limits: Limits) -> list[Looked]:
    sheets, _ = read_any_workbook(read_bytes(path, limits), path.name, None, limits)
    looked = [profile(sheet) for sheet in sheets.values()]
    return [replace(one, book=tuple(sheets)) for one in looked if one is not None]


def _csv_files(files: list[Path], limits: Limits) -> list[Looked]:
    looked: list[Looked] = []
    problems: list[Problem] = []
    names = tuple(path.name for path in files)
    for path in files:
        try:
            content, encoding = read_bytes(path, limits), "utf-8"
            try:
                sheet, found = _csv(content, path.name, encoding, limits)
            except ChartError as wrong:
                if "cp1252" not in wrong.problems[0].do:
                    raise
                encoding = "cp1252"
                sheet, found = _csv(content, path.name, encoding, limits)
        except ChartError as wrong:
            problems += wrong.problems
            continue
        one = profile(sheet, delimiter=found, encoding=encoding)
        looked += [replace(one, book=names)] if one is not None else []
    if problems:
        raise ChartError("The files cannot be looked at.", problems, do="Nothing was written.")
    return looked


def _csv(content: bytes, file: str, encoding: str, limits: Limits) -> tuple[Sheet, str]:
    """A file and what separates its cells: what its header shows or, of several signs there, the one that makes all rows equally long and longest."""
    try:
        sheet = read_csv(content, file, encoding=encoding, delimiter=None, limits=limits)
    except ChartError as wrong:
        if "delimiter" not in wrong.problems[0].do:
            raise
        possible = [
            (_width(one), sign, one)
            for sign in DELIMITERS
            if (one := _in_columns(content, file, encoding, sign, limits))
        ]
        widest = max((width for width, _, _ in possible), default=0)
        if [width for width, _, _ in possible].count(widest) != 1:
            raise
        return next((sheet, sign) for width, sign, sheet in possible if width == widest)
    return sheet, next(
        (finding.proposal.split("'")[1] for finding in sheet.findings if finding.rule == "delimiter"), ""
    )


def _width(sheet: Sheet) -> int:
    return max(map(len, sheet.rows.values()))


def _in_columns(content: bytes, file: str, encoding: str, sign: str, limits: Limits) -> Sheet | None:
    try:
        sheet = read_csv(content, file, encoding=encoding, delimiter=sign, limits=limits)
    except ChartError:
        return None
    widths = {len(cells) for cells in sheet.rows.values()}
    return sheet if len(widths) == 1 and widths.pop() > 1 else None


def _stop(path: Path, what: str, do: str) -> ChartError:
    return ChartError(
        "There is nothing to start from.", [Problem(what, Place(path.name), do=do)], do="Nothing was written."
    )
