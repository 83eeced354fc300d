"""Code blocks of the documentation run as printed, in the order of the page.

A ```python block runs in Python, a ```sh or ```console block line by line when the line starts with `caseseries`
(other commands, such as make and git, are for a person). All blocks of a page share one folder that holds a copy
of examples/. What else a block is stands on the line above it:

    <!-- not run: reason -->                     it cannot run
    <!-- file: NAME -->                          it is written to that file, at its place among the commands
    <!-- workbook: NAME.xlsx, sheet NAME -->     rows of CSV that become a sheet of that workbook
    <!-- ends with 1: reason -->                 its last command ends so, not with 0
    <!-- printed -->                             the commands above printed this; a line `...` stands for any lines
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"(?P<above>[^\n]*\n)?^```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    line: int
    language: str
    code: str
    above: str = ""


def said(line: str) -> str:
    """What a comment says, where the line is one."""
    comment = re.fullmatch(r"<!-- (.*) -->\n?", line)
    return comment[1] if comment else ""


def blocks(text: str) -> list[Block]:
    """Blocks to run, in order."""
    return [
        Block(
            text.count("\n", 0, match.start("code")) + 1, match["language"], match["code"], said(match["above"] or "")
        )
        for match in FENCE.finditer(text)
        if not re.match(r"<!-- not run: \S", match["above"] or "")
    ]


def commands(code: str) -> list[str]:
    """The `caseseries` lines of a shell block; a trailing backslash joins two lines."""
    lines = [line.removeprefix("$ ").strip() for line in code.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.split(" ", 1)[0] == "caseseries"]


def test_blocks_are_found() -> None:
    page = "Text\n\n```python\n1 / 0\n```\n\n<!-- not run: needs a database -->\n```sh\ncaseseries x\n```\n"
    assert [Block(4, "python", "1 / 0\n")] == blocks(page)


def test_commands_are_found() -> None:
    code = "make test\n$ caseseries run a.yaml \\\n  b.yaml  # both\ncaseseries demo\n"
    assert ["caseseries run a.yaml    b.yaml  # both", "caseseries demo"] == commands(code)


def test_what_stands_above_a_block_says_what_it_is() -> None:
    page = "<!-- file: a.csv -->\n```csv\nx\n```\n\nText\n```text\ny\n```\n"
    assert [Block(3, "csv", "x\n", "file: a.csv"), Block(8, "text", "y\n")] == blocks(page)


def cell(text: str) -> Any:
    """A cell as Excel would hold it: a date, a number, a text, or nothing."""
    for kind in (dt.date.fromisoformat, int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def add_sheet(file: Path, sheet: str, rows: str) -> None:
    """Put rows of CSV on a new sheet of a workbook."""
    book = openpyxl.load_workbook(file) if file.exists() else openpyxl.Workbook()
    if not file.exists():
        book.remove(book["Sheet"])
    page = book.create_sheet(sheet)
    for row in csv.reader(rows.splitlines()):
        page.append([cell(value) for value in row])
    book.save(file)


def stands_in(printed: str, output: str) -> bool:
    """Whether the lines were printed one after another, but for what `...` stands for."""
    lines, at = output.splitlines(), 0
    parts = [part.strip("\n").splitlines() for part in re.split(r"^\.\.\.$", printed, flags=re.MULTILINE)]
    for part in filter(None, parts):
        found = [n for n in range(at, len(lines) - len(part) + 1) if lines[n : n + len(part)] == part]
        if not found:
            return False
        at = found[0] + len(part)
    return True


@pytest.mark.parametrize(
    ("printed", "found"),
    [("a\nb\n", True), ("b\nc\n", True), ("a\n...\nc\n", True), ("a\nc\n", False), ("c\n...\na\n", False), ("", True)],
)
def test_printed_lines_are_compared(printed: str, found: bool) -> None:
    assert found == stands_in(printed, "a\nb\nc\n")


#: Pages that start the program most often.
LONG = {"README.md", "docs/cli.md", "docs/omop.md"}


def each(page: Path) -> Any:
    """A page as a parameter: every one runs whole studies; `make docs` runs all, `make test` and `make long` some each."""
    name = str(page.relative_to(ROOT))
    return pytest.param(page, id=name, marks=pytest.mark.long if name in LONG else pytest.mark.slow)


SHELL = {"sh", "bash", "shell", "console"}
RUN = {"python", *SHELL}


@pytest.mark.parametrize(
    "page",
    [each(page) for page in PAGES if RUN & {block.language for block in blocks(page.read_text(encoding="utf-8"))}],
)
def test_page_runs(page: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copytree(ROOT / "examples", work / "examples")
    found = blocks(page.read_text(encoding="utf-8"))
    python = "\n".join(block.code for block in found if block.language == "python")
    if python:
        run([sys.executable, "-W", "error", "-c", python], work)
    tool, output = str(Path(sys.executable).parent / "caseseries"), ""
    for block in found:
        kind, _, words = block.above.partition(": ")
        if kind == "file":
            (work / words).parent.mkdir(parents=True, exist_ok=True)
            (work / words).write_text(block.code, encoding="utf-8")
        elif kind == "workbook":
            file, _, sheet = words.partition(", sheet ")
            add_sheet(work / file, sheet, block.code)
        elif kind == "printed":
            assert stands_in(block.code, output), f"{page.name}:{block.line} was not printed:\n{output}"
        elif block.language in SHELL:
            steps = [[tool, *shlex.split(line, comments=True)[1:]] for line in commands(block.code)]
            ends = [0] * (len(steps) - 1) + [int(kind.removeprefix("ends with ")) if kind.startswith("ends") else 0]
            output = "".join(run(step, work, end) for step, end in zip(steps, ends, strict=True)) if steps else output


def run(step: list[str], work: Path, end: int = 0) -> str:
    """Run one command and give what it printed."""
    done = subprocess.run(step, cwd=work, env={**os.environ, "COLUMNS": "100"}, capture_output=True, text=True)
    assert done.returncode == end, f"{step}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
