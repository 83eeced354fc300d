"""Who may read what is written: one rule, whatever the umask.

Whatever can show a single patient is for its owner alone (0600 in a 0700 folder), unless the user says otherwise.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

OWN_FILE: Final = 0o600
OWN_FOLDER: Final = 0o700
#: What the user says that others of this machine may read.
READABLE_FILE: Final = 0o644
READABLE_FOLDER: Final = 0o755


def file_mode(*, readable: bool) -> int:
    """The mode of a file.

    >>> oct(file_mode(readable=False)), oct(file_mode(readable=True))
    ('0o600', '0o644')
    """
    return READABLE_FILE if readable else OWN_FILE


def make_folder(folder: Path, *, readable: bool = False, exist_ok: bool = False) -> None:
    """Make a folder and those above it that are missing, each with the mode of the rule; existing ones keep theirs.

    Raises:
        OSError: it cannot be made, or is there and `exist_ok` is no.
    """
    missing = [folder, *folder.parents]
    missing = missing[: next(place for place, one in enumerate([*missing, Path()]) if one == Path() or one.exists())]
    if not missing and not (exist_ok and folder.is_dir()):
        raise FileExistsError(17, os.strerror(17), str(folder))
    mode = READABLE_FOLDER if readable else OWN_FOLDER
    for one in reversed(missing):
        one.mkdir(mode=OWN_FOLDER)
        one.chmod(mode)  # a umask may also take from the owner


def new_file(path: Path, *, readable: bool = False) -> BinaryIO:
    """Open a new file for writing; nobody else can read it for a moment either.

    Raises:
        OSError: it is there already, or cannot be made.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), OWN_FILE)
    file = os.fdopen(handle, "wb")
    path.chmod(file_mode(readable=readable))
    return file
