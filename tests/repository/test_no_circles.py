"""No modules import each other in a circle, inside a room either."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest


def imports_of(sources: Mapping[str, str], packages: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    """By module: the modules of `sources` that it imports anywhere, for types alone and inside functions too."""
    found: dict[str, set[str]] = {}
    for module, text in sources.items():
        home = module if module in packages else module.rpartition(".")[0]
        named: set[str] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = home.split(".")[: len(home.split(".")) + 1 - node.level] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                each = {alias.name: f"{base}.{alias.name}" for alias in node.names}
                named |= {inner if inner in sources else base for inner in each.values()}
        found[module] = (named & sources.keys()) - {module}
    return found


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """The modules of one circle in the order in which they import each other; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        return [str(module) for module in reversed(found.args[1])]
    return []


@pytest.mark.parametrize(
    "back",
    [
        "from house import kitchen",
        "import house.kitchen",
        "from . import kitchen",
        "from house.kitchen import stove",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.kitchen import Stove",
        "def cook():\n    from house.kitchen import stove\n    stove()",
    ],
)
def test_a_circle_is_found_wherever_the_import_stands(back: str) -> None:
    house = {"house": "", "house.kitchen": "from house.cellar import wine", "house.cellar": back}
    assert {"house.kitchen", "house.cellar"} == set(circle(imports_of(house, frozenset({"house"}))))
    assert [] == circle(imports_of(house | {"house.cellar": "import os"}, frozenset({"house"})))


def test_a_package_that_is_imported_from_within_is_a_circle() -> None:
    house = {"house.room": "from house.room.chair import Chair", "house.room.chair": "from house.room import Chair"}
    assert {"house.room", "house.room.chair"} == set(circle(imports_of(house, frozenset({"house.room"}))))


def test_no_modules_import_each_other_in_a_circle(project_root: Path) -> None:
    source = project_root / "src"
    sources, packages = {}, set()
    for path in sorted((source / "caseseries").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
            packages.add(".".join(parts))
        sources[".".join(parts)] = path.read_text(encoding="utf-8")
    imports = imports_of(sources, frozenset(packages))
    assert sum(map(len, imports.values())) > 1000
    assert [] == circle(imports)
