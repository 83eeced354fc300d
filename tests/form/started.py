"""A small builder of charts as clinics keep them, and a study started from one: every TO DECIDE answered by its field, then run."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl

import caseseries as cs
from caseseries.form import new
from caseseries.protocol.undecided import TO_DECIDE

Rows = list[list[Any]]
_FIELD = re.compile(rf"""(?:(?P<key>"[^"]*"|[\w%./ -]+?): )?{TO_DECIDE}(?P<name>:)?""")


def workbook(path: Path, **sheets: Rows) -> Path:
    """A workbook; `_` in a keyword is a space in the name of the sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def folder(path: Path, delimiter: str = ",", encoding: str = "utf-8", **files: Rows) -> Path:
    """A folder of CSV files."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        with (path / f"{name}.csv").open("w", newline="", encoding=encoding) as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


@dataclass
class Started:
    """The two files as `new` wrote them, and the fields that were left to decide, in their order."""

    protocol: Path
    chart: Path
    asked: list[str] = field(default_factory=list)

    @property
    def protocol_text(self) -> str:
        return self.protocol.read_text(encoding="utf-8")

    @property
    def chart_text(self) -> str:
        return self.chart.read_text(encoding="utf-8")

    def answer(self, **answers: str | list[str]) -> Started:
        """Every TO DECIDE replaced by the answer to its field (a list is used up in order); spaces of a field are `_`."""
        given = {name: list(value) if isinstance(value, list) else value for name, value in answers.items()}
        for path in (self.protocol, self.chart):
            path.write_text("\n".join(_answered(line, given) for line in path.read_text().split("\n")))
        return self

    @cached_property
    def results(self) -> cs.Results:
        return cs.Study.load(self.protocol).run(self.chart)

    def counts(self, outcome: str = "response") -> tuple[int, int, int]:
        """Responders, non-responders and those not evaluable, after a run that nothing stopped."""
        found = next(one for one in self.results.responders[outcome] if one.reading == "as written")
        return found.yes, found.no, found.not_evaluable

    def changes(self) -> dict[tuple[str, str], tuple[int, float]]:
        """The number of cases with both values and their mean change, by measure and window."""
        return {
            (row["measure"], row["after_window"]): (row["n"], row["change.mean"])
            for row in self.results.table("changes")
        }


def _answered(line: str, given: dict[str, Any]) -> str:
    code, mark, comment = line.partition("   #")
    if code.lstrip().startswith("#"):
        return line

    def put(match: re.Match[str]) -> str:
        key = "rule" if match["name"] else (match["key"] or "").strip().strip('"').replace(" ", "_")
        assert key in given, f"nobody answers {key!r} in {line.strip()!r}"
        said = given[key].pop(0) if isinstance(given[key], list) else given[key]
        return match[0].replace(TO_DECIDE, said)

    return _FIELD.sub(put, code) + mark + comment


def started(source: Path | list[Path], out: Path) -> Started:
    """What `new` makes of a chart."""
    protocol, chart = new([source] if isinstance(source, Path) else source, out)
    asked = []
    for path in (protocol, chart):
        for line in path.read_text(encoding="utf-8").split("\n"):
            code = line.partition("   #")[0]
            if not code.lstrip().startswith("#"):
                asked += [
                    "rule" if match["name"] else (match["key"] or "").strip().strip('"')
                    for match in _FIELD.finditer(code)
                ]
    return Started(protocol, chart, asked)
