"""Files that a command is given, and files that it is asked to make."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from caseseries.disk.whole import write_whole
from caseseries.errors import CaseSeriesError, OutputError, ProtocolError

if TYPE_CHECKING:
    from caseseries.study import Study


def temporary_folder() -> None:
    """Refuse a folder for temporary files that was asked for and cannot be used: Python would take another without a word.

    Patients are put aside there where memory is short.

    Raises:
        OutputError: with the name of the environment variable, and why.
    """
    for name in ("TMPDIR", "TEMP", "TMP"):
        folder = os.environ.get(name)
        if folder:
            try:
                with tempfile.TemporaryFile(dir=folder) as file:
                    file.write(bytes(4096))
            except OSError as failed:
                raise OutputError(
                    f"The folder for temporary files cannot be used: {failed.strerror or type(failed).__name__}.",
                    where=f"{name}={folder}",
                    do=f"Free space there, or set {name} to another folder.",
                ) from failed
            return


def load_study(path: str | Path, chart: str | Path | None = None) -> Study:
    """The study of a protocol; a chart description in its place is told from a protocol with many mistakes.

    With a `chart` description that is not finished either, everything of both is told at once.

    Raises:
        ProtocolError, ChartError: with every mistake and question of both files, each with its line.
        CaseSeriesError: the file is a chart description.
    """
    from caseseries.study import Study

    study: Study | ProtocolError
    try:
        study = Study.load(path)
    except ProtocolError as refused:
        if Path(path).is_file() and re.search(rb"^tables:", Path(path).read_bytes(), re.MULTILINE):
            raise CaseSeriesError(
                "A protocol is expected, and this is a chart description.",
                where=str(path),
                do="Name the protocol first, then the chart description.",
            ) from None
        study = refused
    if chart is not None:
        from caseseries.study.unfinished import unfinished

        left = unfinished(Path(path), Path(chart))
        if left is not None:
            raise left
    if isinstance(study, ProtocolError):
        raise study
    return study


def new_file(path: Path, ending: str) -> Path:
    """A file that may be made here.

    Raises:
        OutputError: something is there already, the folder is not, or the name has another ending.
    """
    if path.suffix.casefold() != ending:
        raise OutputError(f"A file name ending in {ending} is expected.", where=str(path), do="Give another name.")
    if path.exists() or path.is_symlink():
        raise OutputError(
            "There is a file of that name already.", where=str(path), do="Give another name, or remove it."
        )
    if not path.parent.is_dir():
        raise OutputError("There is no such folder.", where=str(path.parent), do="Make it, or give another name.")
    return path


def replaceable(path: Path, begins: str) -> None:
    """Refuse, before any work, a file that could not be written, or whose place is taken by something of another kind.

    Raises:
        OutputError: the folder is not there, or a file is that does not begin with these words.
    """
    if not path.parent.is_dir():
        raise OutputError("There is no such folder.", where=str(path.parent), do="Make it, or give another name.")
    if not path.exists() and not path.is_symlink():
        return
    known = False
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if path.is_file():  # to look into a pipe would wait for somebody to write there
            with path.open(encoding="utf-8") as file:
                known = file.readline().startswith(begins)
    if not known:
        raise OutputError(
            "A file of another kind has that name.", where=str(path), do="Give another name, or move it away."
        )


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside its place, synced, then renamed into it.

    Raises:
        OutputError: it cannot be written; what was there is as it was.
    """
    try:
        write_whole(path, text)
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise OutputError(
            f"The file could not be written: {why}.", where=str(path), do="Nothing was changed."
        ) from failed
