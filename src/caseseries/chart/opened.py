"""The files of a chart: each read once, hashed before and after, and handed out as sheets."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from caseseries.catalogue.words import nearest
from caseseries.chart.cells import clean, has_control
from caseseries.chart.csv_file import read_csv
from caseseries.chart.description import Description
from caseseries.chart.kind_of_file import insist
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Sheet
from caseseries.errors import ChartError, Place, Problem
from caseseries.protocol.yaml import read as read_yaml

#: Endings of the files of a folder, and how many a message lists.
_CSV, _LISTED = frozenset({".csv", ".tsv", ".txt"}), 12
#: Files that only a report's folder holds.
_OF_A_REPORT = ("run.json", "report.html", "results.json")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def digest(content: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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


@dataclass(slots=True)
class Opened:
    """The opened source of a chart description: a folder of CSV files, or one workbook."""

    root: Path
    description: Description
    limits: Limits = Limits()
    described_in: Path | None = None
    contents: dict[str, str] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)

    @property
    def is_folder(self) -> bool:
        """Whether the source is a folder of CSV files."""
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
        problems: list[Problem] = []
        what = "The chart cannot be read."
        if problem := self._no_source():
            raise ChartError(what, [problem], do="Nothing was run.")
        if self.is_folder:
            for name, table in self.description.tables.items():
                file = table.file or ""
                if not file or table.sheet:
                    said = f"table {name!r} names no file of the folder"
                    problems.append(Problem(said, self._at("tables", name), do="write `file: visits.csv`"))
                elif file != Path(file).name or file.startswith(".") or "\\" in file:
                    said = f"table {name!r}: a file of the source folder is needed, without a path"
                    problems.append(Problem(said, self._at("tables", name, "file"), clean(file)))
                elif not (self.root / file).exists():
                    problems.append(self._no_file(name, file))
                elif (file, "") not in self.sheets:
                    try:
                        self.sheets[file, ""] = self._csv(file)
                    except ChartError as wrong:
                        problems += wrong.problems
        else:
            problems += self._workbook()
        if problems:
            raise ChartError(what, problems, do="Nothing was run.")

    def _at(self, *path: str) -> Place:
        """The line of the chart description at which something is said."""
        return (
            Place(self.root.name)
            if self.described_in is None
            else read_yaml(self.described_in, error=ChartError).locate(path)
        )

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
            near = nearest(Path(written).name, _beside(self.root), 1)
            do = f"write `source: {clean(Path(written).with_name(near[0]).as_posix())}`, or {do}" if near else do
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
        there = sorted(path.name for path in self.root.iterdir() if path.suffix.lower() in _CSV and path.is_file())
        near = nearest(file, there, 1)
        do = (
            f"write `file: {near[0]}`"
            if near
            else "write one of the files of the folder under `file`, or put the file there"
        )
        what = f"there is no file {clean(file)} in the folder {clean(self.description.source)}, which table {table!r} names"
        return Problem(what, self._at("tables", table, "file"), allowed=", ".join(map(clean, there[:_LISTED])), do=do)

    def _csv(self, file: str) -> Sheet:
        declared = self.description
        content = self.content(self.root / file)
        return read_csv(content, file, encoding=declared.encoding, delimiter=declared.delimiter, limits=self.limits)

    def _workbook(self) -> list[Problem]:
        content = self.content(self.root)
        file = self.root.name
        insist(content, file, "xlsx")
        from caseseries.chart.workbook import read_workbook

        problems = []
        wanted = {}
        for name, table in self.description.tables.items():
            if not table.sheet or table.file:
                problems.append(
                    Problem(
                        f"table {name!r} names no sheet of the workbook {file}",
                        self._at("tables", name),
                        do="write the name of the sheet in this table, such as `sheet: Visits`",
                    )
                )
            else:
                wanted[table.sheet] = name
        sheets, missing = read_workbook(content, file, tuple(wanted), self.limits)
        for one in missing:
            name = wanted[one.place.sheet]
            what = f"{one.what} in {file}, which table {name!r} names"
            problems.append(replace(one, what=what, place=self._at("tables", name, "sheet")))
        self.sheets |= {(file, name): sheet for name, sheet in sheets.items()}
        return problems

    def sheet(self, table: str) -> Sheet:
        """The sheet that a table is on."""
        declared = self.description.tables[table]
        return self.sheets[declared.file or self.root.name, declared.sheet or ""]

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
