"""Files that a command is asked to make."""

from __future__ import annotations

from pathlib import Path

from caseseries.errors import OutputError


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
