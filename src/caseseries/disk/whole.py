"""A file that appears whole or not at all, and stays so when the machine stops."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from caseseries.disk.modes import new_file


def write_whole(path: Path, data: str | bytes, *, readable: bool = False) -> None:
    """Write a file beside its place, bring it to the disk, and put it in its place in one step.

    Raises:
        OSError: it cannot be written; what was there is as it was, and nothing stands beside it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.unlink(missing_ok=True)  # of a process that had this number before
        with new_file(beside, readable=readable) as file:
            file.write(data.encode("utf-8") if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # the file stands; a power cut could at worst bring the old one back
        sync_folder(path.parent)


def write_new(files: Mapping[Path, bytes], *, readable: bool = False) -> None:
    """Write files that belong together, none of which is there yet: all of them, or none.

    Raises:
        OSError: one of them cannot be written.
    """
    begun: list[Path] = []
    try:
        for path, data in files.items():
            begun.append(path)
            write_whole(path, data, readable=readable)
    except BaseException:
        for path in begun:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise


def put(beside: Path, path: Path) -> None:
    """Bring a file that is complete to the disk and put it in its place.

    Raises:
        OSError: it cannot be; it stays where it was.
    """
    sync(beside)
    beside.replace(path)


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if sys.platform != "win32":  # a folder cannot be opened there; its entries are written with the files
        sync(folder)
