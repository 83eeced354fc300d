"""The small files that stand beside a protocol: JSON with a schema, whole or not there, changed by one process at a time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caseseries.disk.held import held_or
from caseseries.disk.whole import write_whole
from caseseries.errors import CaseSeriesError, OutputError, Place, Problem, ProtocolError


def read_record(file: Path, schema: str) -> dict[str, Any] | None:
    """What a record holds; None where there is none.

    Raises:
        ProtocolError: it cannot be read, or is not of this schema.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise unreadable(file, "the file cannot be read") from None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise unreadable(file, "it is not JSON") from None
    if not isinstance(content, dict) or content.get("schema") != schema:
        raise unreadable(file, f"it does not begin as {schema}")
    return content


def unreadable(file: Path, why: str) -> ProtocolError:
    """A record that is not as this software writes it."""
    problem = Problem(why, Place(file.name), do="put back the file as it was, or move it away and lock again")
    return ProtocolError("The record beside the protocol cannot be used.", [problem])


def write_record(file: Path, content: dict[str, Any]) -> None:
    """The whole file or nothing: a half-written lock would be none. It holds no patient, so others may read it.

    Raises:
        OutputError: it cannot be written; what was there is as it was.
    """
    try:
        write_whole(file, f"{json.dumps(content, ensure_ascii=False, indent=1)}\n", readable=True)
    except OSError as wrong:
        raise _unwritable(file, wrong) from None


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let one process at a time read a record and write it again.

    Raises:
        CaseSeriesError: another process is doing so.
        OutputError: the folder cannot be written.
    """
    place = file.with_name(f".{file.name}.held")
    try:
        with held_or(place, lambda who, held_by: _busy(file, who, held_by)):
            yield
    except OSError as wrong:
        if wrong.filename != str(place):
            raise
        raise _unwritable(file, wrong) from None


def _unwritable(file: Path, wrong: OSError) -> OutputError:
    why = wrong.strerror or "unknown reason"
    return OutputError(f"{file.name} cannot be written ({why}).", do="Check the folder; nothing was changed.")


def _busy(file: Path, who: str, held_by: str) -> CaseSeriesError:
    return CaseSeriesError(
        f"{file.name} is being written by {who}.",
        where=f"held by {held_by}, in the folder of the protocol",
        do="Run the command again when that process is done. Nothing was changed.",
    )
