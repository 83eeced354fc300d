"""A file that one process holds; the system lets go of it when that process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from caseseries.disk.modes import OWN_FILE


class Held(Exception):
    """Another process holds the file; `process` is its number where it is written there."""

    def __init__(self, file: Path, process: int | None) -> None:
        self.file, self.process = file, process
        super().__init__(file.name)


@contextlib.contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold a file, which is made for it and removed again.

    What a killed process left is taken over: the hold is the system's, the file only its place.

    Raises:
        Held: another process holds it.
        OSError: it cannot be made.
    """
    handle = _take(file)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            if (
                sys.platform != "win32"
            ):  # there a file that is open cannot be removed; it is empty of meaning once closed
                file.unlink(missing_ok=True)
        os.close(handle)


@contextlib.contextmanager
def held_or(file: Path, busy: Callable[[str, str], Exception]) -> Iterator[None]:
    """Hold a file; where another process does, raise what `busy` makes of that process, in words, and of the name of the file."""
    try:
        with held(file):
            yield
    except Held as other:
        who = f"process {other.process}" if other.process else "another process"
        raise busy(who, other.file.name) from None


def is_held(file: Path) -> bool:
    """Whether some process, this one included, holds the file now."""
    try:
        handle = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # not ours to look at
    try:
        return not take(handle)
    finally:
        os.close(handle)


def _take(file: Path) -> int:
    for _ in range(100):
        handle = os.open(file, os.O_RDWR | os.O_CREAT, OWN_FILE)
        if not take(handle):
            os.close(handle)
            raise Held(file, _process(file))
        try:
            if os.path.samestat(os.fstat(handle), file.stat()):
                return handle
        except FileNotFoundError:
            pass  # whoever held it removed it between our opening and our lock
        os.close(handle)
    raise Held(file, None)


def take(handle: int) -> bool:
    """Take hold of an open file until it is closed; whether that could be done."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _process(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
