"""Code blocks of the documentation run as printed, in the order of the page.

A ```python block runs in Python, a ```sh or ```console block line by line when the line starts with `caseseries`
(other commands, such as make and git, are for a person). All blocks of a page share one folder that holds a copy
of examples/. Write `<!-- not run: reason -->` on the line above a block that cannot run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"(?P<above>[^\n]*\n)?^```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    line: int
    language: str
    code: str


def blocks(text: str) -> list[Block]:
    """Blocks to run, in order."""
    return [
        Block(text.count("\n", 0, match.start("code")) + 1, match["language"], match["code"])
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


#: Pages that start the program most often.
LONG = {"README.md", "docs/cli.md", "docs/omop.md"}


def each(page: Path) -> Any:
    """A page as a parameter: every one runs whole studies; `make docs` runs all, `make test` and `make long` some each."""
    name = str(page.relative_to(ROOT))
    return pytest.param(page, id=name, marks=pytest.mark.long if name in LONG else pytest.mark.slow)


RUN = {"python", "sh", "bash", "shell", "console"}


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
    steps = [[sys.executable, "-W", "error", "-c", python]] if python else []
    tool = str(Path(sys.executable).parent / "caseseries")
    for block in found:
        if block.language in {"sh", "bash", "shell", "console"}:
            steps += [[tool, *shlex.split(line, comments=True)[1:]] for line in commands(block.code)]
    for step in steps:
        done = subprocess.run(step, cwd=work, env={**os.environ, "COLUMNS": "100"}, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
