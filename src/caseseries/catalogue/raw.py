"""The data files: TOML beside this module, numbers written as text so that they stay exact decimals."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from pkgutil import get_data
from typing import Any

from caseseries.errors import ensure

__all__ = ["exact", "exact_or_none", "read"]


@cache
def read(name: str) -> dict[str, Any]:
    """The content of ``data/NAME.toml``; read once, then kept. Callers copy before they change anything."""
    # pkgutil, not importlib.resources: the same file from a folder or a zip, without 10 ms of imports
    content = get_data("caseseries.catalogue", f"data/{name}.toml")
    assert content is not None, name
    return tomllib.loads(content.decode())


@cache
def exact(text: str) -> Fraction:
    """The exact value of a decimal, or of a quotient of two decimals.

    >>> exact("0.75"), exact("1/88.4")
    (Fraction(3, 4), Fraction(5, 442))
    """
    ensure(isinstance(text, str), f"write {text!r} as text in the data file: a binary float is not exact")
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")


def exact_or_none(text: str | None) -> Fraction | None:
    """As :func:`exact`; a value that is not in the file stays absent."""
    return None if text is None else exact(text)
