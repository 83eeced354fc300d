"""What the sheets of a source look like: where the header is, and what each column holds."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from caseseries.chart.cells import USUAL_CODES, NumberReader, Quantity
from caseseries.chart.columns import DateOrder
from caseseries.chart.csv_file import read_csv
from caseseries.chart.dates import Span, read_date
from caseseries.chart.header import header_names
from caseseries.chart.kind_of_file import what_it_is
from caseseries.chart.limits import Limits
from caseseries.chart.opened import read_bytes
from caseseries.chart.sheet import Raw, Sheet, Shortened, blank, shown
from caseseries.chart.table_end import table_end
from caseseries.errors import ChartError, Place, Problem

ColumnKind = Literal["empty", "number", "date", "pair", "yes or no", "words", "text"]

#: Rows of a sheet in which the header is looked for, and cells of a column that are looked at.
FIRST_ROWS, MOST_CELLS = 20, 3_000
_PAIR = re.compile(r"\d+\s*/\s*\d+")
_DATE_LIKE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}|\d{4}-\d{2}|\d{1,2}/\d{4}|(\d{1,2} )?[A-Za-z]{3,9} \d{4}")
_ID_NAME = r"(patient|pat|subject|case|record|study|person|participant)s?[ _.]*(id|no|nr|number|code)?\.?|id|mrn|pid"
_YES_NO = frozenset(["yes", "no", "y", "n", "true", "false"])
FEW = 12
#: Different texts of a column that are kept as names; more are notes.
MANY = 300


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, and what a starting file should say about it."""

    name: str
    kind: ColumnKind
    filled: int
    different: int
    orders: tuple[DateOrder, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    comma: bool = False
    text_dates: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """One sheet or file with its header and columns; `cells` are those of each column, row for row."""

    file: str
    sheet: str
    header: tuple[int, ...]
    rows: int
    columns: tuple[Column, ...]
    delimiter: str = ""
    encoding: str = "utf-8"
    last_row: int | None = None
    cells: Mapping[str, tuple[Raw, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """The sheet's name, or the file's without its ending."""
        return self.sheet or Path(self.file).stem

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def look(paths: Sequence[Path], limits: Limits | None = None) -> tuple[Path, list[Looked]]:
    """The source a chart description would name, and each of its sheets that holds a table.

    Raises:
        ChartError: nothing is there, a file is no CSV or workbook, or the files lie in several folders.
    """
    limits = limits or Limits()
    if len(paths) == 1 and paths[0].is_dir():
        files = sorted(
            path for path in paths[0].iterdir() if path.suffix.lower() in {".csv", ".tsv", ".txt"} and path.is_file()
        )
        if not files:
            raise _stop(paths[0], "the folder holds no CSV file", "name the workbook, or a folder of CSV files")
        return paths[0], _csv_files(files, limits)
    if len(paths) == 1 and what_it_is(read_bytes(paths[0], limits))[0] != "text":
        from caseseries.chart.kind_of_file import insist
        from caseseries.chart.workbook import read_workbook

        content = read_bytes(paths[0], limits)
        insist(content, paths[0].name, "xlsx")
        sheets, _ = read_workbook(content, paths[0].name, None, limits)
        looked = [profile(sheet) for sheet in sheets.values()]
        return paths[0], [one for one in looked if one is not None]
    folders = {path.resolve().parent for path in paths}
    if len(folders) != 1:
        raise _stop(paths[0], "the files lie in several folders", "put the CSV files into one folder")
    return paths[0].parent, _csv_files(list(paths), limits)


def _csv_files(files: list[Path], limits: Limits) -> list[Looked]:
    looked: list[Looked] = []
    problems: list[Problem] = []
    for path in files:
        try:
            content, encoding = read_bytes(path, limits), "utf-8"
            try:
                sheet = read_csv(content, path.name, encoding=encoding, delimiter=None, limits=limits)
            except ChartError as wrong:
                if "cp1252" not in wrong.problems[0].do:
                    raise
                encoding = "cp1252"
                sheet = read_csv(content, path.name, encoding=encoding, delimiter=None, limits=limits)
        except ChartError as wrong:
            problems += wrong.problems
            continue
        found = next((finding.proposal.split("'")[1] for finding in sheet.findings if finding.rule == "delimiter"), "")
        one = profile(sheet, delimiter=found, encoding=encoding)
        looked += [one] if one is not None else []
    if problems:
        raise ChartError("The files cannot be looked at.", problems, do="Nothing was written.")
    return looked


def _stop(path: Path, what: str, do: str) -> ChartError:
    return ChartError(
        "There is nothing to start from.", [Problem(what, Place(path.name), do=do)], do="Nothing was written."
    )


def profile(sheet: Sheet, *, delimiter: str = "", encoding: str = "utf-8") -> Looked | None:
    """A sheet's header and columns; None where it holds no table."""
    header = find_header(sheet)
    if header is None:
        return None
    names = header_names(sheet, header)
    below = {row: sheet.rows[row] for row in sheet.rows if row > header[-1] and not all(map(blank, sheet.rows[row]))}
    ends = table_end(below, _id_position(names)) if below else None
    rows = [below[row] for row in sorted(below) if ends is None or row <= ends]
    columns = []
    beside = {name: tuple(row[at] if at < len(row) else None for row in rows) for at, name in enumerate(names) if name}
    for position, name in enumerate(names):
        cells = [row[position] for row in rows if position < len(row) and not blank(row[position])]
        if name:
            columns.append(column_profile(name, cells))
    return Looked(sheet.file, sheet.name, header, len(rows), tuple(columns), delimiter, encoding, ends, beside)


def _id_position(names: Sequence[str]) -> int:
    """The column that says which patient a row is about: the first whose name tells, or else the first."""
    return next((place for place, name in enumerate(names) if re.fullmatch(_ID_NAME, name.strip(), re.IGNORECASE)), 0)


def find_header(sheet: Sheet) -> tuple[int, ...] | None:
    """The row of column names: the first of the fullest rows that holds words only; with the row above where names repeat."""
    candidates = []
    for row in sorted(sheet.rows)[:FIRST_ROWS]:
        cells = [cell for cell in sheet.rows[row] if not blank(cell)]
        if len(cells) >= 2 and all(isinstance(cell, str) and not _value_like(cell) for cell in cells):
            candidates.append((len(cells), row))
    if not candidates:
        return None
    most = max(count for count, _ in candidates)
    row = min(row for count, row in candidates if 5 * count >= 4 * most)
    names = [shown(cell) for cell in sheet.rows[row] if not blank(cell)]
    above = [shown(cell) for cell in sheet.rows.get(row - 1, []) if not blank(cell)]
    if len(set(names)) < len(names) and above:
        return (row - 1, row)
    return (row,)


def _value_like(text: str) -> bool:
    return bool(re.fullmatch(r"[<>+-]?\s*\d+([.,]\d+)?|\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?", text.strip()))


def column_profile(name: str, cells: Sequence[Raw]) -> Column:
    """What a column holds, by its cells that are not blank; codes for missing values are left out of the judgement."""
    texts = [shown(cell) for cell in cells]
    different = len(set(texts))
    codes = tuple(sorted({text for text in texts if text.casefold() in USUAL_CODES}))
    kept = [(cell, text) for cell, text in zip(cells, texts, strict=True) if text.casefold() not in USUAL_CODES][
        :MOST_CELLS
    ]
    if not kept:
        return Column(name, "empty", len(cells), different, codes=codes)
    if all(isinstance(cell, dt.datetime | dt.date | Shortened) for cell, _ in kept):
        return Column(name, "date", len(cells), different, codes=codes)
    dates = sum(isinstance(cell, dt.datetime | dt.date | Shortened) for cell, _ in kept)
    written = [text for cell, text in kept if isinstance(cell, str)]
    dated = sum(bool(_DATE_LIKE.fullmatch(text)) for text in written)
    pairs = sum(bool(_PAIR.fullmatch(text)) for text in written)
    if pairs and 5 * pairs >= 4 * len(kept):
        return Column(name, "pair", len(cells), different, codes=codes)
    if 5 * (dates + dated) >= 4 * len(kept):
        orders = tuple(
            order for order in get_args(DateOrder) if all(isinstance(read_date(text, order), Span) for text in written)
        )
        return Column(name, "date", len(cells), different, orders, codes, text_dates=bool(written))
    point, comma = NumberReader({}, formatted="as shown"), NumberReader({}, comma=True, formatted="as shown")
    with_point = sum(isinstance(point.read(cell), Quantity) for cell, _ in kept)
    with_comma = sum(isinstance(comma.read(cell), Quantity) for cell, _ in kept)
    if 5 * max(with_point, with_comma) >= 4 * len(kept):
        return Column(name, "number", len(cells), different, codes=codes, comma=with_comma > with_point)
    folded = {text.casefold() for _, text in kept}
    if folded <= _YES_NO:
        return Column(name, "yes or no", len(cells), different, codes=codes, words=tuple(sorted(folded)))
    counted = Counter(text for _, text in kept)
    if len(counted) <= FEW and 2 * len(counted) <= len(kept):
        words = tuple(sorted(counted))
        return Column(name, "words", len(cells), different, codes=codes, words=words, names=words)
    names = tuple(sorted(counted)) if len(counted) <= MANY else ()
    return Column(name, "text", len(cells), different, codes=codes, names=names)
