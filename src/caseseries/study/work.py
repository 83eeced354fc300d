"""Finished ranges of patients kept on disk, so that a run that was stopped goes on where it was.

    work/plan.json            what the ranges belong to: protocol, source, version, and the ranges themselves
    work/range-00001.tally    the counts of one finished range
    work/range-00001.parquet  its patients

A range's files appear whole or not at all. What belongs to another study or source is refused, never mixed in.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from caseseries.errors import OutputError
from caseseries.stats.tally import Tally

PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Range:
    """Patients whose id lies between `low` and `high`, both included; None is no bound."""

    number: int
    low: int | None
    high: int | None


class Work:
    """A folder of finished ranges: the user's own (`kept`), or a private one that is removed at the end."""

    def __init__(self, folder: Path, *, kept: bool) -> None:
        self.folder, self.kept = folder, kept
        if not kept:  # patients lie in it, so it goes with the object or the process, whoever forgets to close it
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def claim(self, belongs_to: Mapping[str, str], ranges: Sequence[Range]) -> None:
        """Say what the ranges belong to: protocol, source and version by their fingerprints.

        Raises:
            OutputError: the folder holds ranges of another study, source or division.
        """
        plan = {**belongs_to, "ranges": [[part.low, part.high] for part in ranges]}
        file = self.folder / PLAN
        if file.exists():
            _same(self.folder, json.loads(file.read_text(encoding="utf-8")), plan)
        else:
            with self._writing():
                file.write_text(json.dumps(plan, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def parquet(self, part: Range) -> Path:
        """Where the patients of a finished range stand."""
        return self.folder / f"range-{part.number:05d}.parquet"

    def unfinished_parquet(self, part: Range) -> Path:
        """Where the patients of a range are written until it is finished."""
        return self.folder / f"range-{part.number:05d}.parquet.part"

    def _tally(self, part: Range) -> Path:
        return self.folder / f"range-{part.number:05d}.tally"

    def finished(self, part: Range) -> Tally | None:
        """The counts of a range that was finished earlier, or None."""
        counts = self._tally(part)
        if not counts.exists() or not self.parquet(part).exists():
            return None
        return Tally.read(counts.read_text(encoding="utf-8").splitlines())

    def finish(self, part: Range, tally: Tally) -> None:
        """Keep a range: its patients first, its counts last, each in one step. Nobody goes on from a private folder: there are no counts in it."""
        unfinished = self.unfinished_parquet(part)
        with self._writing():
            if not self.kept:
                unfinished.replace(self.parquet(part))
                return
            _synced(unfinished)
            unfinished.replace(self.parquet(part))
            counts = self._tally(part)
            beside = counts.with_suffix(".tally.part")
            beside.write_text("".join(f"{line}\n" for line in tally.lines()), encoding="utf-8")
            _synced(beside)
            beside.replace(counts)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say which folder is full, or cannot be written for another reason."""
        try:
            yield
        except OSError as failed:
            raise unwritten(self.folder, failed.strerror or type(failed).__name__) from failed

    def close(self) -> None:
        """Remove a folder that nobody asked to keep, and what an unfinished range left in one that is kept."""
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for left in sorted(self.folder.glob("*.part")):
            left.unlink(missing_ok=True)

    def __enter__(self) -> Work:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def unwritten(folder: Path, why: str) -> OutputError:
    """A range cannot be kept."""
    return OutputError(
        f"The work folder cannot be written: {why}.",
        where=str(folder),
        do="Free disk space there and run again: the ranges that were finished are kept with --work.",
    )


def open_work(folder: Path | None) -> Work:
    """A folder for finished ranges; None makes a private one in the place for temporary files.

    Raises:
        OutputError: the folder cannot be used, or holds something that no run left there.
    """
    if folder is None:
        made = Path(tempfile.mkdtemp(prefix="caseseries-work-"))
        made.chmod(0o700)
        return Work(made, kept=False)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not (folder / PLAN).exists() and any(folder.iterdir()):
            raise OutputError(
                "The work folder holds something that no run of caseseries left there.",
                where=str(folder),
                do="Choose a new or empty folder.",
            )
    except OSError as failed:
        raise OutputError(
            f"The work folder cannot be used: {failed.strerror or type(failed).__name__}.",
            where=str(folder),
            do="Choose another.",
        ) from failed
    return Work(folder.resolve(), kept=True)


def _same(folder: Path, found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    different = [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]
    if different:
        raise OutputError(
            f"The work folder belongs to another run: different {', '.join(different)}.",
            where=str(folder),
            do="Remove it, or choose a new one.",
        )


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
