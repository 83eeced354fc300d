"""One piece of the program broken, everywhere where it was imported."""

from __future__ import annotations

import importlib
import inspect
import sys
from fractions import Fraction
from typing import Any

import pytest


def break_it(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, old: Any, new: Any, here: str = "caseseries"
) -> None:
    """Change `old` to `new` in a text or a function of a module; of a mapping, what the key `old` leads to. Also in the test module `here`."""
    home = importlib.import_module(module)
    present, changed = getattr(home, name), _changed(home, name, old, new)
    for user in [one for key, one in list(sys.modules.items()) if key.startswith(("caseseries", here))]:
        if getattr(user, name, None) is present:
            monkeypatch.setattr(user, name, changed)


def _changed(home: Any, name: str, old: Any, new: Any) -> Any:
    present = getattr(home, name)
    if isinstance(present, dict):
        assert old in present
        return present | {old: new}
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert old in source, f"nothing to break: {old!r} is not in {home.__name__}.{name}"
    changed = source.replace(old, new)
    if isinstance(present, str):
        return changed
    scope: dict[str, Any] = dict(vars(home)) | {"Fraction": Fraction}
    exec(changed, scope)  # our own source, changed by the lists of the tests
    return scope[name]
