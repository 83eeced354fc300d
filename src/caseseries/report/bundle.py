"""A results folder that is complete or absent: written beside its place, synced, and renamed into it.

An earlier run's folder is replaced in two renames; should the machine stop between them, the next run (or a look at the
hidden folder beside) still has the earlier one whole. What is to be removed gets another name first, so that nothing that
is half removed can be taken for a report.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from caseseries.disk.held import held_or, is_held
from caseseries.disk.modes import make_folder, new_file
from caseseries.disk.whole import sync, sync_folder
from caseseries.errors import OutputError
from caseseries.report.files.run_file import is_run, is_whole, not_of_run

#: Files with a row for each patient or cell: only their owner may read them, whatever the user says of the report.
PRIVATE = frozenset({"patients.csv", "spells.csv", "patients.parquet", "findings.csv"})


#: Files of the user's that a refusal names.
_MOST_NAMED = 5


def refuse(out: Path, *, inputs: Sequence[Path] = ()) -> None:
    """Refuse, before any work, a folder that could not be written or would destroy something.

    Raises:
        OutputError: a symlink, a file, a folder that is no earlier run or holds more than that run wrote, inside or around an
            input, no or a read-only parent, no name of its own.
    """
    if not _absolute(out).name:
        raise OutputError(
            "The results folder needs a name of its own.", where=str(out), do="Name a new folder, such as results."
        )
    if not is_held(_lock_file(_absolute(out))):  # whoever writes there is between two renames
        _recover(_absolute(out))
    _refuse(out, inputs)


def _refuse(out: Path, inputs: Sequence[Path]) -> None:
    parent = _absolute(out).parent
    _short_enough(out)
    if out.is_symlink():
        raise OutputError("The results folder is a symlink.", where=str(out), do="Name the folder itself.")
    for given in inputs:
        apart(out, given)
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
    own = not_of_run(out)
    if own:
        more = f" and {len(own) - _MOST_NAMED} more" if len(own) > _MOST_NAMED else ""
        raise OutputError(
            "The results folder holds files that are not as an earlier run wrote them.",
            where=f"{out}: {', '.join(own[:_MOST_NAMED])}{more}",
            do="Move them away, because the folder is replaced as a whole, or choose another. Nothing was changed.",
        )


def _short_enough(out: Path) -> None:
    """Refuse a name beside which no hidden folder can stand."""
    try:
        _gone(_absolute(out)).lstat()  # the longest of them
    except OSError as failed:
        if failed.errno == errno.ENAMETOOLONG:
            raise OutputError(
                "The name of the results folder is too long.", where=str(out), do="Choose a shorter one."
            ) from None


def write_folder(
    out: Path,
    files: Mapping[str, bytes],
    *,
    inputs: Sequence[Path] = (),
    made_before: Mapping[str, Path] | None = None,
    readable: bool = False,
) -> None:
    """Write all files, or none: `out` is then the new folder, or what it was before.

    `made_before` are files that exist already and are too large to be held, by their path in the folder; they are copied,
    and stay where they are. The folder is its owner's alone; with `readable` others of the machine may read it, but for the
    files of :data:`PRIVATE` and what lies below such a name.

    Raises:
        OutputError: as :func:`refuse`; another run is writing there; the disk is full or gone.
    """
    place = _absolute(out)
    try:
        with _alone(place):
            _recover(place)
            _refuse(out, inputs)
            _clear(place)
            made = _new(place)
            try:
                make_folder(made, readable=readable)
                for name, data in files.items():
                    _write(made / name, data, readable=readable and not _private(name))
                for name, source in (made_before or {}).items():
                    _copy(source, made / name, readable=readable and not _private(name))
                names = [*files, *(made_before or {})]
                # Side by side, because a file system commits many waiting files at once.
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(sync, [made / name for name in names]))
                for folder in sorted({(made / name).parent for name in names} | {made}, reverse=True):
                    sync_folder(folder)
                _exchange(made, place)
            finally:
                try:
                    _clear(place)
                except BaseException:  # Ctrl-C while an earlier folder is removed: nothing hidden stays
                    _clear(place)
                    raise
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


def apart(out: Path, given: Path, what: str = "The results folder and the input") -> None:
    """Refuse a place inside or around another.

    Raises:
        OutputError: they lie in each other.
    """
    place, source = out.resolve(), given.resolve()
    inside = source.is_dir() and (place == source or source in place.parents)
    around = place in source.parents or (place == source and not source.is_dir())
    if inside or around:
        raise OutputError(
            f"{what} lie in each other.",
            where=f"{out} and {given}",
            do="Choose a folder beside the input: results never replace what they were made from.",
        )


def _write(path: Path, data: bytes, *, readable: bool) -> None:
    make_folder(path.parent, readable=readable, exist_ok=True)
    with new_file(path, readable=readable) as file:
        file.write(data)


def _private(name: str) -> bool:
    return name.split("/")[0] in PRIVATE


def _copy(source: Path, path: Path, *, readable: bool) -> None:
    """A copy by way of the system, which shares the blocks of the disk where it can."""
    make_folder(path.parent, readable=readable, exist_ok=True)
    new_file(path, readable=readable).close()
    shutil.copyfile(source, path)


def _exchange(made: Path, place: Path) -> None:
    old = _old(place)
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
        sync_folder(place.parent)


def _new(place: Path) -> Path:
    return place.with_name(f".{place.name}.caseseries-new-{os.getpid()}")


def _gone(place: Path) -> Path:
    return place.with_name(f".{place.name}.caseseries-gone-{os.getpid()}-{time.monotonic_ns()}")


def _old(place: Path) -> Path:
    return place.with_name(f".{place.name}.caseseries-old")


def _recover(place: Path) -> None:
    """Put back an earlier run's folder that a stopped machine left between the two renames, if it is whole."""
    old = _old(place)
    if old.is_dir() and not place.exists() and not place.is_symlink() and is_whole(old):
        with contextlib.suppress(OSError):
            old.replace(place)


def _clear(place: Path) -> None:
    """Remove what this or a killed run left; the lock is held, so nobody is writing it.

    It loses its name first: nothing that is half removed can be put back. Where the place is empty the earlier folder stays.
    """
    for left in sorted(place.parent.glob(f".{_escaped(place.name)}.caseseries-*")):
        if not left.is_dir() or left.is_symlink() or (left == _old(place) and not place.exists() and is_run(left)):
            continue
        with contextlib.suppress(OSError):
            shutil.rmtree(left.replace(_gone(place)), ignore_errors=True)


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _lock_file(place: Path) -> Path:
    return place.with_name(f".{place.name}.caseseries.lock")


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the place: a second run is told who writes there."""
    if not place.name:
        refuse(place)
    if not place.parent.is_dir():
        raise OutputError(
            "The folder that should hold the results does not exist.", where=str(place.parent), do="Create it first."
        )
    try:
        with held_or(_lock_file(place), lambda who, held_by: _busy(place, who, held_by)):
            yield
    except PermissionError as failed:
        if failed.filename != str(_lock_file(place)) or not _lock_file(place).exists():
            raise
        raise OutputError(
            "A run of another user is writing this results folder, or was stopped while it did.",
            where=f"{place}, held by {_lock_file(place).name}",
            do="Wait for it, or choose another folder; or have that file removed by its owner.",
        ) from None


def _busy(place: Path, who: str, held_by: str) -> OutputError:
    return OutputError(
        f"This results folder is being written by {who}.",
        where=f"{place}, held by {held_by}",
        do="Wait for it, or choose another folder.",
    )
