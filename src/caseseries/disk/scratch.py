"""Folders for what lies on disk only while a process works: patients among it, so none outlives its process for long."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from caseseries.disk.held import is_held, take
from caseseries.disk.modes import OWN_FILE

_START: Final = "caseseries-"
#: The file whose lock says that the folder's process lives.
_ALIVE: Final = ".alive"
#: A folder without that file is one that is just being made, or of a version that had none.
_SECONDS_TO_BE_MADE: Final = 24 * 3600

_held_open: dict[Path, int] = {}


def make_scratch(kind: str) -> Path:
    """A new folder that only this user can read, in the place for temporary files.

    Raises:
        OSError: it cannot be made.
    """
    clear_dead()
    folder = Path(tempfile.mkdtemp(prefix=f"{_START}{kind}-"))
    making = folder / f"{_ALIVE}.part"
    handle = os.open(making, os.O_RDWR | os.O_CREAT, OWN_FILE)
    if take(handle):  # without locks the folder has no such file, and stays until a day has passed
        making.rename(folder / _ALIVE)  # held before it has the name that others look for
    _held_open[folder] = handle
    return folder


def remove_scratch(folder: Path | str) -> None:
    """Remove such a folder; what cannot be removed is left to the next start."""
    place = Path(folder)
    shutil.rmtree(place, ignore_errors=True)
    handle = _held_open.pop(place, None)
    if handle is not None:
        os.close(handle)


def clear_dead() -> None:
    """Remove the scratch folders of this user whose process is gone, as after kill -9; others' and living ones stay."""
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{_START}*-*")):
        with contextlib.suppress(OSError):
            if _is_dead(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    found = folder.lstat()
    if not folder.is_dir() or folder.is_symlink() or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
        return False
    alive = folder / _ALIVE
    if alive.is_file():
        return not is_held(alive)
    return time.time() - found.st_mtime > _SECONDS_TO_BE_MADE
