"""What the lists of broken rules change stands in the program: told with every change, though the lists run seldom."""

from __future__ import annotations

import ast
import importlib
import inspect
import operator
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LISTS = ("MUTANTS", "BROKEN")
TESTS = Path(__file__).parents[1]


def modules_with_lists() -> Iterator[str]:
    for path in sorted(TESTS.rglob("test_*.py")):
        for line in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            value = getattr(line, "value", None)
            if isinstance(value, ast.List) and any(getattr(one, "id", "") in LISTS for one in targets):
                yield ".".join(path.relative_to(TESTS.parent).with_suffix("").parts)


def aims(test: Any) -> Iterator[tuple[Any, str, Any]]:
    """Of each entry, the module, the name in it, and the text of it (or the key) that is replaced."""
    home = getattr(test, "stage", None)
    for entry in next(getattr(test, name) for name in LISTS if hasattr(test, name)):
        one = entry[0] if isinstance(entry, tuple) and hasattr(entry[0], "old") else entry
        if hasattr(one, "old"):
            yield one.module, one.name, one.old
        elif isinstance(one[0], ModuleType) or one[0].startswith("caseseries."):
            yield one[0], one[1], one[2]
        else:  # a list of one module alone
            yield home, one[0], one[1]


@pytest.mark.parametrize("name", list(modules_with_lists()))
def test_what_is_broken_stands_in_the_program(name: str) -> None:
    lost = []
    for module, what, old in aims(importlib.import_module(name)):
        home = importlib.import_module(module) if isinstance(module, str) else module
        try:
            present = operator.attrgetter(what)(home)
        except AttributeError:
            lost.append(f"{home.__name__} has no {what}")
            continue
        text = present if isinstance(present, str | dict) else inspect.getsource(present)
        if old not in text:
            lost.append(f"{old!r} is not in {home.__name__}.{what}")
    assert not lost


def test_the_lists_are_found() -> None:
    assert {"tests.spec.test_mutants", "tests.spec.test_spec_sheet", "tests.spec.test_spec_trajectory"} <= set(
        modules_with_lists()
    )
