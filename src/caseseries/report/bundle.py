"""A results folder that is complete or absent: written beside its place, synced, and renamed into it.

An earlier run's folder is replaced in two renames; should the machine stop between them, the next run (or a look at the
hidden folder beside) still has the earlier one whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from caseseries.errors import OutputError
from caseseries.report.files.run_file import is_run

#: Files that hold patient data: only their owner may read them.
PRIVATE = frozenset({"patients.csv", "patients.parquet", "findings.csv"})


def refuse(out: Path, *, inputs: Sequence[Path] = ()) -> None:
    """Refuse, before any work, a folder that could not be written or would destroy something.

    Raises:
        OutputError: a symlink, a file, a folder that is no earlier run, inside or around an input, no or a read-only parent.
    """
    parent = _absolute(out).parent
    _recover(_absolute(out))
    if out.is_symlink():
        raise OutputError("The results folder is a symlink.", where=str(out), do="Name the folder itself.")
    for given in inputs:
        _apart(out, given)
    if not parent.is_dir():
        raise OutputError(
            "The folder that should hold the results does not exist.", where=str(parent), do="Create it first."
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(
            "The folder that should hold the results is read-only.", where=str(parent), do="Choose another."
        )
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(
            "A file stands where the results folder should be.", where=str(out), do="Choose another name."
        )
    if any(out.iterdir()) and not is_run(out):
        raise OutputError(
            "The results folder holds something that no earlier run wrote.",
            where=str(out),
            expected="a new or empty folder, or an earlier run's, which has a run.json",
            do="Choose another folder, or move what is in it.",
        )
    if not os.access(out, os.W_OK | os.X_OK):
        raise OutputError("The results folder is read-only.", where=str(out), do="Choose another.")


def write_folder(
    out: Path, files: Mapping[str, bytes], *, inputs: Sequence[Path] = (), made_before: Mapping[str, Path] | None = None
) -> None:
    """Write all files, or none: `out` is then the new folder, or what it was before.

    `made_before` are files that exist already and are too large to be held, by their path in the folder; they are copied,
    and stay where they are. Files below a name of :data:`PRIVATE` are private too.

    Raises:
        OutputError: as :func:`refuse`; another run is writing there; the disk is full or gone.
    """
    place = _absolute(out)
    try:
        with _lock(place):
            refuse(out, inputs=inputs)
            _clear(place)
            made = place.with_name(f".{place.name}.caseseries-new-{os.getpid()}")
            try:
                made.mkdir(mode=0o755)
                for name, data in files.items():
                    _write(made / name, data, private=_private(name))
                for name, source in (made_before or {}).items():
                    _copy(source, made / name, private=_private(name))
                names = [*files, *(made_before or {})]
                # Side by side, because a file system commits many waiting files at once.
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(_sync, [made / name for name in names]))
                for folder in sorted({(made / name).parent for name in names} | {made}, reverse=True):
                    _sync_folder(folder)
                _exchange(made, place)
            finally:
                if made.exists():
                    shutil.rmtree(made, ignore_errors=True)
    except OSError as failed:
        where = str(failed.filename or out)
        raise OutputError(
            f"The results folder could not be written: {failed.strerror or type(failed).__name__}.",
            where=where,
            do="Nothing was changed; an earlier results folder is as it was.",
        ) from failed


def _absolute(path: Path) -> Path:
    """The path with its parents resolved and its own name kept, so that a symlink is seen as one."""
    return path.parent.resolve() / path.name if path.name not in {"", ".", ".."} else path.resolve()


def _apart(out: Path, given: Path) -> None:
    place, source = out.resolve(), given.resolve()
    inside = source.is_dir() and (place == source or source in place.parents)
    around = place in source.parents or (place == source and not source.is_dir())
    if inside or around:
        raise OutputError(
            "The results folder and the input lie in each other.",
            where=f"{out} and {given}",
            do="Choose a folder beside the input: results never replace what they were made from.",
        )


def _write(path: Path, data: bytes, *, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600 if private else 0o644
    )
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _private(name: str) -> bool:
    return name.split("/")[0] in PRIVATE


def _copy(source: Path, path: Path, *, private: bool) -> None:
    """A copy by way of the system, which shares the blocks of the disk where it can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    path.chmod(0o600 if private else 0o644)


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":  # a folder cannot be opened there; its entries are written with the files
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(made: Path, place: Path) -> None:
    old = place.with_name(f".{place.name}.caseseries-old")
    if place.exists():
        place.replace(old)
        try:
            made.replace(place)
        except BaseException:
            old.replace(place)
            raise
    else:
        made.replace(place)
    # The new folder stands; were this to fail, a power cut could at worst bring the old one back.
    with contextlib.suppress(OSError):
        _sync_folder(place.parent)
    if old.exists():
        shutil.rmtree(old, ignore_errors=True)


def _recover(place: Path) -> None:
    """Put back an earlier run's folder that a stopped machine left between the two renames."""
    old = place.with_name(f".{place.name}.caseseries-old")
    if old.is_dir() and not place.exists() and not place.is_symlink():
        with contextlib.suppress(OSError):
            old.replace(place)


def _clear(place: Path) -> None:
    """Remove what a killed run left; the lock is held, so nobody is writing it."""
    for left in sorted(place.parent.glob(f".{_escaped(place.name)}.caseseries-*")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


@contextlib.contextmanager
def _lock(place: Path) -> Iterator[None]:
    """Hold `.NAME.caseseries.lock`, which names the process that writes; a dead process's lock is taken over."""
    lock = place.with_name(f".{place.name}.caseseries.lock")
    if not place.parent.is_dir():
        raise OutputError(
            "The folder that should hold the results does not exist.", where=str(place.parent), do="Create it first."
        )
    for _ in range(2):
        try:
            handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        except FileExistsError:
            holder = _holder(lock)
            if holder is not None and _alive(holder):
                raise OutputError(
                    f"Another run (process {holder}) is writing this results folder.",
                    where=str(place),
                    do="Wait for it, or choose another folder.",
                ) from None
            lock.unlink(missing_ok=True)
    else:
        raise OutputError(
            "Another run is writing this results folder.", where=str(place), do="Wait for it, or choose another folder."
        )
    try:
        os.write(handle, f"{os.getpid()}\n".encode())
        os.close(handle)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _holder(lock: Path) -> int | None:
    try:
        return int(lock.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _alive(process: int) -> bool:
    if process == os.getpid() or process <= 0:
        return process == os.getpid()
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, process)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
