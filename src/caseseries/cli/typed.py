"""Numbers and sizes as they are typed behind an option."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, get_args

if TYPE_CHECKING:
    from caseseries.report.formats import Format


def count(text: str) -> int:
    """A whole number from 1 to 1024."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError("a whole number from 1 to 1024 is expected")
    return int(text)


def many(text: str) -> int:
    """A whole number from 1 to a hundred million."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100_000_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 100000000 is expected")
    return int(text)


def size(text: str) -> str:
    """A size of memory with its unit."""
    import re

    if not re.fullmatch(r"[1-9]\d{0,5}(\.\d)? ?[KMGT]i?B", text, re.IGNORECASE):
        raise argparse.ArgumentTypeError("a size with its unit is expected, such as 500MB or 4GB")
    return text


def least(text: str) -> int:
    """The smallest count that is told: 2 to 1000."""
    if not text.isascii() or not text.isdigit() or not 2 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("a whole number from 2 to 1000 is expected")
    return int(text)


def limit(text: str) -> int:
    """The smallest count that is told: 2 to 1000, or 1 where every count is."""
    return 1 if text == "1" else least(text)


def formats(text: str) -> tuple[Format, ...]:
    """Formats of the report with commas between them, each once."""
    from caseseries.report.formats import Format

    names: dict[str, Format] = {name: name for name in get_args(Format)}
    told = [name.strip() for name in text.split(",")]
    for name in told:
        if name not in names:
            raise argparse.ArgumentTypeError(_none_of(name, list(names)))
    return tuple(dict.fromkeys(names[name] for name in told))


def style(text: str) -> str:
    """A style of printed numbers by its name."""
    from caseseries.verdict.number_style import STYLES

    if text not in STYLES:
        raise argparse.ArgumentTypeError(_none_of(text, list(STYLES)))
    return text


def _none_of(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"{name!r} is not one of {', '.join(names)}{meant}"
