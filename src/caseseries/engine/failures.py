"""What goes wrong in a database engine, in one sentence each; no sentence holds a value of the source."""

from __future__ import annotations

from caseseries.errors import Damaged, EngineError, OutOfMemory


def out_of_memory(option: str) -> OutOfMemory:
    """The engine had too little memory."""
    return OutOfMemory(
        "The database engine ran out of memory.", do=f"{option}, or free disk space for its temporary files."
    )


def disk_full(where: str) -> EngineError:
    """The engine could not write what it had to put aside."""
    return EngineError(
        "The database engine could not write its temporary files.", do=f"Free disk space {where} and run again."
    )


def damaged() -> Damaged:
    """A file of the source cannot be taken apart, or its checksum is another."""
    return Damaged(
        "A file of the database is damaged.", do="Copy it again from where it came from; no results were written."
    )


def too_large() -> EngineError:
    """A whole number passed the widest type."""
    return EngineError(
        "A number is too large to be compared exactly.",
        do="Look for a value with far too many digits; nothing was decided.",
    )


def unreadable_value() -> EngineError:
    """A text is no number or date."""
    return EngineError(
        "A value of the source is not of the type that its column must have.",
        do="Look for text in a column of numbers or dates; nothing was decided.",
    )


def connection_lost(what: str, do: str) -> EngineError:
    """The other side went away in the middle."""
    return EngineError(f"{what} The run stopped there; the source was only read, and no results were written.", do=do)


def not_installed(package: str, extra: str) -> EngineError:
    """An optional client is missing."""
    return EngineError(f"The package {package} is not installed.", do=f"Install it: pip install 'caseseries[{extra}]'.")
