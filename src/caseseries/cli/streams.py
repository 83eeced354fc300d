"""The streams a command was given: closed, full or with few characters, none of them stops a study."""

from __future__ import annotations

import os
import sys
from typing import TextIO

#: Said whenever a command ends early; the report writer and `new` keep this promise.
UNHARMED = "Nothing was left half-written."


def open_streams() -> None:
    """Give a closed stream a place that takes everything, and let a character that an encoding lacks be written as its code.

    A closed number would otherwise go to the next file that is opened, and what is printed would end in it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # Python found it closed when it started
            setattr(sys, name, _nowhere())
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def tell(text: str) -> None:
    """A line on stderr; where that cannot be written nothing is lost but the line."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # full, gone, or closed
        sys.stderr = _nowhere()


def deliver() -> None:
    """Hand on what was printed on stdout.

    Raises:
        OSError: it cannot be written; what is left then goes nowhere, so that the end of the program does not try again.
    """
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = _nowhere()
        raise


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it stays open to the end of the program
