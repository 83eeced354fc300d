"""The files of a chart: each read once, hashed before and after, and handed out as sheets, table by table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from caseseries.catalogue.lookup import nearest
from caseseries.chart.any_workbook import WORKBOOKS, read_any_workbook
from caseseries.chart.cells import clean, has_control
from caseseries.chart.csv_file import read_csv
from caseseries.chart.described_table import Table
from caseseries.chart.description import Description
from caseseries.chart.limits import Limits
from caseseries.chart.natural import natural
from caseseries.chart.sheet import Sheet
from caseseries.disk.hashes import digest
from caseseries.errors import ChartError, Place, Problem
from caseseries.protocol.yaml import read as read_yaml

#: How the names of the files end that a folder may hold.
TEXT_FILES = (".csv", ".tsv", ".txt")
#: Names that a message lists.
MOST_NAMES = 12

#: Files that only a report's folder holds.
_OF_A_REPORT = ("run.json", "report.html", "results.json")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def read_bytes(path: Path, limits: Limits) -> bytes:
    """The content of a file that is not larger than the limit.

    Raises:
        ChartError: it is not there, is no file, may not be opened, or is too large.
    """
    problem = None
    try:
        if not path.exists():
            problem = Problem("there is no such file", Place(path.name), do="check the name and the folder")
        elif not path.is_file():
            problem = Problem("this is a folder or a device, not a file", Place(path.name), do="name the file")
        elif path.stat().st_size > limits.file:
            problem = Problem("the file is too large", Place(path.name), allowed=f"at most {limits.file} bytes")
        else:
            return path.read_bytes()
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or "not a possible name"
        problem = Problem(f"the file cannot be opened ({why})", Place(path.name), do="check its name and rights")
    raise ChartError(f"{path.name} cannot be read.", [problem], do="Nothing was run.")


def _beside(missing: Path) -> list[str]:
    """What stands where something is missing."""
    try:
        return sorted(path.name for path in missing.parent.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _may_be_source(path: Path) -> bool:
    """Whether it is what a source can be: a folder, or a workbook."""
    return path.is_dir() or path.suffix.lower() in WORKBOOKS


@dataclass(slots=True)
class Opened:
    """The opened source of a chart description: a folder of CSV files or workbooks, or one workbook."""

    root: Path
    description: Description
    limits: Limits = Limits()
    described_in: Path | None = None
    contents: dict[str, str] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)
    of: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def is_folder(self) -> bool:
        """Whether the source is a folder."""
        return self.root.is_dir()

    def content(self, path: Path) -> bytes:
        """A file's bytes, its hash kept."""
        content = read_bytes(path, self.limits)
        self.paths[path.name] = path
        self.contents[path.name] = digest(content)
        return content

    def open(self) -> None:
        """Read every file or sheet that a table names.

        Raises:
            ChartError: with all files that are missing or cannot be read.
        """
        what = "The chart cannot be read."
        if problem := self._no_source():
            raise ChartError(what, [problem], do="Nothing was run.")
        problems: list[Problem] = []
        named = {name: self._files(name, table, problems) for name, table in self.description.tables.items()}
        books: dict[str, list[str]] = {}
        for name, files in named.items():
            for file in files:
                try:
                    self._open_file(name, file, books)
                except ChartError as wrong:
                    problems += [one for one in wrong.problems if one not in problems]
        for file, tables in books.items():
            problems += self._workbook(file, tables)
        for name, files in named.items():
            problems += self._nowhere(name, set(files))
        if problems:
            raise ChartError(what, problems, do="Nothing was run.")

    def _files(self, name: str, table: Table, problems: list[Problem]) -> list[str]:
        """The files that a table is in, those that cannot be left out and added to the problems."""
        if not self.is_folder:
            if table.file or table.files or not (table.sheet or table.sheets):
                what = f"table {name!r} names no sheet of the workbook {self.root.name}"
                do = "write the name of the sheet in this table, such as `sheet: Visits`"
                problems.append(Problem(what, self._at("tables", name), do=do))
                return []
            return [self.root.name]
        if table.files == "all":
            return self._all_files(name, table, problems)
        return self._named_files(name, table, problems)

    def _all_files(self, name: str, table: Table, problems: list[Problem]) -> list[str]:
        """Every workbook of the folder, or where it holds none every file of text."""
        there = [path.name for path in self.root.iterdir() if path.is_file() and not path.name.startswith((".", "~$"))]
        books = [file for file in there if Path(file).suffix.lower() in WORKBOOKS]
        found = books or [file for file in there if Path(file).suffix.lower() in TEXT_FILES]
        problems += self._unknown(
            table.except_files, found, f"table {name!r}: `except_files` names no file", name, "except_files"
        )
        if not found:
            said = f"table {name!r}: the folder holds no workbook and no CSV file"
            problems.append(Problem(said, self._at("tables", name, "files")))
        return sorted((file for file in found if file not in table.except_files), key=natural)

    def _named_files(self, name: str, table: Table, problems: list[Problem]) -> list[str]:
        """The files of the folder that the table names."""
        redcap = self.description.redcap
        files = [table.file] if table.file else list(table.files)
        if not files and redcap is not None and (table.sheet or table.sheets):
            files = [redcap.data]
        if not files:
            said = f"table {name!r} names no file of the folder"
            problems.append(Problem(said, self._at("tables", name), do="write `file: visits.csv`"))
        texts = [
            file
            for file in files
            if Path(file).suffix.lower() in TEXT_FILES and (redcap is None or file != redcap.data)
        ]
        if texts and (table.sheet or table.sheets):
            said = f"table {name!r} names a sheet, and a file of text has none"
            where = self._at("tables", name, "sheet" if table.sheet else "sheets")
            problems.append(Problem(said, where, do="leave it out, or name a workbook"))
            return []
        wrong = [file for file in files if file != Path(file).name or file.startswith(".") or "\\" in file]
        for file in wrong:
            said = f"table {name!r}: a file of the source folder is needed, without a path"
            problems.append(Problem(said, self._at("tables", name, "file" if table.file else "files"), clean(file)))
        missing = [file for file in files if file not in wrong and not (self.root / file).exists()]
        problems += [self._no_file(name, file) for file in missing]
        return [file for file in files if file not in wrong and file not in missing]

    def _open_file(self, name: str, file: str, books: dict[str, list[str]]) -> None:
        """Read a CSV file, once; note a workbook with the table that is in it."""
        table = self.description.tables[name]
        if not self.is_folder or Path(file).suffix.lower() in WORKBOOKS or table.sheet or table.sheets:
            books.setdefault(file, []).append(name)
            return
        if (file, "") not in self.sheets:
            self.sheets[file, ""] = self._csv(file)
        self.of.setdefault(name, []).append((file, ""))

    def _at(self, *path: str) -> Place:
        """The line of the chart description at which something is said."""
        return (
            Place(self.root.name)
            if self.described_in is None
            else read_yaml(self.described_in, error=ChartError).locate(path)
        )

    def _files_stand_here(self) -> bool:
        """Whether files that the tables name stand beside the description itself."""
        tables = self.description.tables.values()
        files = [file for table in tables for file in (*table.files, table.file) if file]
        return self.described_in is not None and any((self.described_in.parent / file).is_file() for file in files)

    def _no_source(self) -> Problem | None:
        """Why there is no source where the description says; None where there is one."""
        written = self.description.source
        folder = clean("." if self.described_in is None else self.described_in.parent.as_posix())
        do = f"check `source`: it was looked for in the folder {folder}"
        if _ADDRESS.match(written):
            what, do = (
                "the source is a web address, and nothing is fetched from a network",
                "download it and name the file or folder",
            )
        elif has_control(written):
            what = "the name of the source holds a control character"
        elif not self.root.exists():
            what = "the source is not there"
            near = nearest(
                Path(written).name,
                [name for name in _beside(self.root) if _may_be_source(self.root.with_name(name))],
                1,
            )
            meant = "." if self._files_stand_here() else Path(written).with_name(near[0]).as_posix() if near else ""
            do = f"write `source: {clean(meant)}`, or {do}" if meant else do
        elif self.is_folder and all((self.root / name).is_file() for name in _OF_A_REPORT):
            what, do = (
                "the source is the folder of a report, whose files are results and no chart",
                "name the folder of the chart",
            )
        else:
            return None
        return Problem(what, self._at("source"), clean(written), do=do)

    def _no_file(self, table: str, file: str) -> Problem:
        """A file that a table names and the folder lacks, with the nearest name."""
        there = sorted(
            path.name
            for path in self.root.iterdir()
            if path.suffix.lower() in (*WORKBOOKS, *TEXT_FILES) and path.is_file()
        )
        near = nearest(file, there, 1)
        do = (
            f"write `file: {near[0]}`"
            if near
            else "write one of the files of the folder under `file`, or put the file there"
        )
        what = f"there is no file {clean(file)} in the folder {clean(self.description.source)}, which table {table!r} names"
        return Problem(
            what, self._at("tables", table, "file"), allowed=", ".join(map(clean, there[:MOST_NAMES])), do=do
        )

    def _no_sheet(self, missing: Problem, file: str, described: Sequence[tuple[str, Table]]) -> Problem:
        """A sheet that the workbook lacks, at the line of the table that names it."""
        sheet = missing.place.sheet
        name, table = next((name, one) for name, one in described if sheet == one.sheet or sheet in _listed(one.sheets))
        field = "sheet" if table.sheet else "sheets"
        return replace(
            missing, what=f"{missing.what} in {file}, which table {name!r} names", place=self._at("tables", name, field)
        )

    def _csv(self, file: str) -> Sheet:
        declared = self.description
        content = self.content(self.root / file)
        return read_csv(content, file, encoding=declared.encoding, delimiter=declared.delimiter, limits=self.limits)

    def _several(self, file: str, wanted: tuple[str, ...] | None) -> tuple[dict[str, Sheet], list[Problem]]:
        """The wanted sheets (None: all) of a file that holds several, and a problem for each that is not there."""
        declared, redcap = self.description, self.description.redcap
        if redcap is not None and file == redcap.data:
            from caseseries.chart.redcap_forms import read_forms

            contents = {name: self.content(self.root / name) for name in (redcap.data, redcap.dictionary)}
            return read_forms(contents, declared, redcap, wanted, self.limits)
        content = self.content(self.root / file if self.is_folder else self.root)
        return read_any_workbook(content, file, wanted, self.limits)

    def _workbook(self, file: str, tables: list[str]) -> list[Problem]:
        """Read the sheets of a workbook that its tables name."""
        described = [(name, self.description.tables[name]) for name in tables]
        try:
            every = any(table.sheets == "all" or not (table.sheet or table.sheets) for _, table in described)
            wanted = [
                sheet for _, table in described for sheet in ([table.sheet] if table.sheet else _listed(table.sheets))
            ]
            sheets, missing = self._several(file, None if every else tuple(dict.fromkeys(wanted)))
        except ChartError as wrong:
            return list(wrong.problems)
        problems = [self._no_sheet(one, file, described) for one in missing]
        self.sheets |= {(file, name): sheet for name, sheet in sheets.items()}
        for name, table in described:
            own = [table.sheet] if table.sheet else _listed(table.sheets)
            if table.sheets == "all":
                own = [sheet for sheet in sheets if sheet not in table.except_sheets and sheets[sheet].rows]
            elif not own:
                filled = [sheet for sheet in sheets if sheets[sheet].rows]
                if len(filled) != 1:
                    said = f"table {name!r} does not say on which sheet of the workbook it is"
                    problems.append(
                        Problem(said, Place(file), allowed=f"sheets: {', '.join(sheets)}", do="write `sheet: Visits`")
                    )
                own = filled
            elif every:
                problems += self._unknown(
                    own, list(sheets), f"table {name!r}: there is no sheet", name, "sheet" if table.sheet else "sheets"
                )
            self.of.setdefault(name, []).extend((file, sheet) for sheet in own)
        return problems

    def _nowhere(self, name: str, files: Collection[str]) -> list[Problem]:
        """The sheets that a table leaves out and that none of its workbooks has; of several some may lack one."""
        table = self.description.tables[name]
        there = [sheet for file, sheet in self.sheets if file in files]
        if table.sheets != "all" or not there:
            return []
        said = f"table {name!r}: `except_sheets` names no sheet"
        return self._unknown(table.except_sheets, list(dict.fromkeys(there)), said, name, "except_sheets")

    def _unknown(self, wanted: Iterable[str], there: Sequence[str], what: str, name: str, field: str) -> list[Problem]:
        """A problem for each name that is not there, with the nearest."""
        return [
            Problem(
                f"{what} {one!r}",
                self._at("tables", name, field),
                allowed=f"nearest: {', '.join(near)}"
                if (near := nearest(one, there))
                else ", ".join(there[:MOST_NAMES]),
            )
            for one in wanted
            if one not in there
        ]

    def sheets_of(self, table: str) -> list[Sheet]:
        """The sheets that a table is on, one after another."""
        return [self.sheets[place] for place in self.of[table]]

    def verify(self) -> None:
        """Nothing, where every file still is what was read.

        Raises:
            ChartError: a file was changed while it was being read.
        """
        changed = [
            Problem(
                "the file changed while it was being read", Place(name), do="close it in other programs and run again"
            )
            for name, path in sorted(self.paths.items())
            if digest(read_bytes(path, self.limits)) != self.contents[name]
        ]
        if changed:
            raise ChartError("The chart changed during the run.", changed, do="Nothing was kept.")


def _listed(names: tuple[str, ...] | Literal["all"]) -> list[str]:
    return [] if names == "all" else list(names)
