"""What must hold of the repository itself, whatever the code does."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import caseseries

MOST_LINES = 400

# Written in two halves so that this file does not find itself.
REGISTRY_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "jfrog" + ".io", "arti" + "factory", "ana" + "conda.org")
INDEX_OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links")
FOLDERS = "|".join(("home", "root", "Users", "work", "opt", "private", "tmp", "mnt"))
MACHINE_PATH = re.compile(rf"(?<![\w.~$)}}/:-])/(?:{FOLDERS})/[\w.]|[A-Za-z]:\\Users\\")


def files(root: Path) -> list[Path]:
    """Tracked files and those about to be: everything Git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a Git working tree, so there is no list of tracked files")
    return sorted({root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()})


def lines_with(root: Path, wrong: re.Pattern[str]) -> list[str]:
    """Address of every line of every text file in which the pattern is found."""
    hits = []
    for path in files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits += [
            f"{path.relative_to(root)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if wrong.search(line)
        ]
    return hits


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("open('/" + "home/ana/chart.xlsx')", True),
        ("cd /" + "work/main", True),
        ("C:" + "\\Users\\ana", True),
        ("#!/usr/bin/env bash", False),
        ("docs/home/page.md", False),
        ("mg/kg/day", False),
        ("https://example.org/home/page", False),
    ],
)
def test_the_search_for_machine_paths_can_fail(line: str, found: bool) -> None:
    assert found == bool(MACHINE_PATH.search(line))


def test_no_file_names_a_folder_of_one_machine(project_root: Path) -> None:
    assert [] == lines_with(project_root, MACHINE_PATH)


def test_no_file_names_a_package_registry(project_root: Path) -> None:
    words = re.compile("|".join(re.escape(word) for word in (*REGISTRY_HOSTS, *INDEX_OPTIONS)), re.IGNORECASE)
    allowed = re.compile(r"^Makefile:")  # `make lock` passes the option that keeps addresses out
    assert [] == [hit for hit in lines_with(project_root, words) if not allowed.match(hit)]


def test_locks_that_hold_addresses_are_not_committed(project_root: Path) -> None:
    assert [] == [path.name for path in files(project_root) if path.name in {"uv.lock", "pylock.toml"}]


def test_no_module_is_too_long(project_root: Path) -> None:
    lengths = {
        str(path.relative_to(project_root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((project_root / "src").rglob("*.py"))
    }
    assert {} == {name: length for name, length in lengths.items() if length > MOST_LINES}


def kept_by_hand(source: str) -> list[int]:
    """The lines where the formatter is told to pass over something that is no table of constants of a module."""
    tables = {node.end_lineno for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)}
    lines = enumerate(source.splitlines(), start=1)
    return [number for number, line in lines if "# fmt: skip" in line and number not in tables]


def test_the_layout_of_code_is_that_of_the_formatter(project_root: Path) -> None:
    """Tables of words and columns alone are laid out by hand: one word a line is no table."""
    assert kept_by_hand("A = (\n    1, 2,\n)  # fmt: skip\nprint(\n    A, 2,\n)  # fmt: skip\n") == [6]
    places = sorted((project_root / "src").rglob("*.py"))
    found = {path.stem: lines for path in places if (lines := kept_by_hand(path.read_text(encoding="utf-8")))}
    assert found == {}


def test_every_room_has_its_place_in_the_import_contract(project_root: Path) -> None:
    settings = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = [contract for contract in contracts if contract["type"] == "layers"]
    assert layers["exhaustive"] is True
    placed = {name.strip("() ") for layer in layers["layers"] for name in layer.split("|")}
    package = project_root / "src" / "caseseries"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    rooms |= {path.stem for path in package.glob("*.py") if path.stem not in {"__init__", "__main__"}}
    assert set() == rooms - placed
    assert placed - rooms <= {"study"}


def test_every_folder_with_code_is_a_package(project_root: Path) -> None:
    folders = {path.parent for path in (project_root / "src" / "caseseries").rglob("*.py")}
    assert [] == sorted(
        str(folder.relative_to(project_root)) for folder in folders if not (folder / "__init__.py").exists()
    )


def test_one_version_everywhere(project_root: Path) -> None:
    settings = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["version"] == caseseries.__version__
    changelog = (project_root / "CHANGELOG.md").read_text(encoding="utf-8")
    (first, *_) = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert re.fullmatch(rf"(Unreleased / )?{re.escape(caseseries.__version__)}(, \d{{4}}-\d\d-\d\d)?", first)
    assert f"caseseries-{caseseries.__version__}-py3-none-any.whl" in (project_root / "README.md").read_text("utf-8")


def test_each_release_opens_with_results_that_change(project_root: Path) -> None:
    changelog = (project_root / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    assert releases
    firsts = [re.search(r"^### (.+)$", release, re.MULTILINE) for release in releases]
    assert ["Results that change"] * len(releases) == [first[1] if first else "" for first in firsts]


def test_a_docstring_says_what_the_thing_is_without_the_one_above(project_root: Path) -> None:
    leaning = [
        f"{path.relative_to(project_root)}:{node.lineno}"
        for path in sorted((project_root / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if (ast.get_docstring(node) or "").startswith("The same ")
    ]
    assert [] == leaning


def test_a_docstring_names_methods_that_are_there(project_root: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((project_root / "src").rglob("*.py"))}
    methods = {
        (node.name, part.name)
        for text in texts.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }
    named = {
        (str(path.relative_to(project_root)), found[1], found[2])
        for path, text in texts.items()
        for found in re.finditer(r":meth:`~?(?:[a-z_.]+\.)?([A-Z]\w+)\.(\w+)`", text)
    }
    assert named
    assert set() == {one for one in named if one[1:] not in methods}
