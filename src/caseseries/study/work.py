"""Finished ranges of patients kept on disk, so that a run that was stopped goes on where it was.

    work/plan.json            what the ranges belong to: protocol, source, version, and the ranges themselves
    work/range-00001.tally    the counts of one finished range, below the SHA-256 of these counts and of its patients
    work/range-00001.parquet  its patients

A range's files appear whole or not at all. What belongs to another study or source is refused, never mixed in.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from caseseries.disk.held import held_or
from caseseries.disk.modes import OWN_FILE, OWN_FOLDER
from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.disk.whole import put, write_whole
from caseseries.errors import OutputError
from caseseries.stats.tally import Tally

PLAN = "plan.json"
#: What the counts of a range are: 2, of the persons with a row of the index drug or event; 1 was of everybody.
COUNTS = "2"
#: The file that says who is at work here: two runs would write each other's ranges.
AT_WORK = ".held"


@dataclass(frozen=True, slots=True)
class Range:
    """Patients whose id lies between `low` and `high`, both included; None is no bound."""

    number: int
    low: int | None
    high: int | None


class Work:
    """A folder of finished ranges: the user's own (`kept`), or a private one that is removed at the end."""

    def __init__(self, folder: Path, *, kept: bool, at_work: ExitStack | None = None) -> None:
        self.folder, self.kept = folder, kept
        self._at_work = at_work  # held until nothing more is written
        if not kept:  # patients lie in it, so it goes with the object or the process, whoever forgets to close it
            weakref.finalize(self, remove_scratch, folder)

    def claim(self, belongs_to: Mapping[str, str], ranges: Sequence[Range]) -> tuple[Range, ...]:
        """Say what the ranges belong to: protocol, source and version by their fingerprints.

        The ranges to be counted are these, or those that an earlier run began with: with other memory it would divide otherwise, and no
        number depends on that.

        Raises:
            OutputError: the folder holds ranges of another study or source.
        """
        plan = {**belongs_to, "counts": COUNTS}
        file = self.folder / PLAN
        if file.exists():
            kept = _plan(file)
            begun = _whole_division(kept.pop("ranges", None))
            if begun is None:
                raise _spoilt(file, "it is not as a run writes it")
            _same(self.folder, kept, plan)
            return begun
        with self._writing():
            written = {**plan, "ranges": [[part.low, part.high] for part in ranges]}
            write_whole(file, json.dumps(written, indent=1, sort_keys=True) + "\n")
        return tuple(ranges)

    def parquet(self, part: Range) -> Path:
        """Where the patients of a finished range stand."""
        return self.folder / f"range-{part.number:05d}.parquet"

    def unfinished_parquet(self, part: Range) -> Path:
        """Where the patients of a range are written until it is finished."""
        return self.folder / f"range-{part.number:05d}.parquet.part"

    def _tally(self, part: Range) -> Path:
        return self.folder / f"range-{part.number:05d}.tally"

    def finished(self, part: Range) -> Tally | None:
        """The counts of a range that was finished earlier, or None.

        Raises:
            OutputError: a file of it was cut or changed.
        """
        counts = self._tally(part)
        if not counts.exists() or not self.parquet(part).exists():
            return None
        first, _, rest = counts.read_bytes().partition(b"\n")
        if first.decode("ascii", "replace") != _seal(rest, self.parquet(part)):
            raise _spoilt(counts, "it, or the Parquet file beside it, is not as a run wrote it")
        return Tally.read(rest.decode().splitlines())

    def finish(self, part: Range, tally: Tally) -> None:
        """Keep a range: its patients first, its counts last, each in one step. Nobody goes on from a private folder: there are no counts in it."""
        unfinished = self.unfinished_parquet(part)
        with self._writing():
            if not self.kept:
                unfinished.replace(self.parquet(part))
                return
            unfinished.chmod(OWN_FILE)
            put(unfinished, self.parquet(part))
            counts = "".join(f"{line}\n" for line in tally.lines()).encode()
            write_whole(self._tally(part), _seal(counts, self.parquet(part)).encode() + b"\n" + counts)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say which folder is full, or cannot be written for another reason."""
        try:
            yield
        except OSError as failed:
            raise unwritten(self.folder, failed.strerror or type(failed).__name__) from failed

    def all_finished(self) -> None:
        """Nothing more is written: another run may go on from the folder, while this one still reads its patients."""
        at_work, self._at_work = self._at_work, None
        if at_work is not None:
            with at_work:
                for left in sorted([*self.folder.glob("*.part"), *self.folder.glob(".*.part")]):
                    left.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove a folder that nobody asked to keep, and what an unfinished range left in one that is kept."""
        self.all_finished()
        if not self.kept:
            remove_scratch(self.folder)

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
        OutputError: the folder cannot be used, holds something that no run left there, or another run is at work in it.
    """
    if folder is None:
        return Work(make_scratch("work"), kept=False)
    at_work = ExitStack()
    try:
        folder.mkdir(mode=OWN_FOLDER, exist_ok=True)
        if not (folder / PLAN).exists() and not all(map(_begun, folder.iterdir())):
            raise OutputError(
                "The work folder holds something that no run of caseseries left there.",
                where=str(folder),
                do="Choose a new or empty folder.",
            )
        at_work.enter_context(held_or(folder.resolve() / AT_WORK, lambda who, _: _busy(folder, who)))
    except OSError as failed:
        raise OutputError(
            f"The work folder cannot be used: {failed.strerror or type(failed).__name__}.",
            where=str(folder),
            do="Choose another.",
        ) from failed
    return Work(folder.resolve(), kept=True, at_work=at_work)


def _busy(folder: Path, who: str) -> OutputError:
    return OutputError(
        f"The work folder is being used by {who}.", where=str(folder), do="Wait for it, or choose another folder."
    )


def _begun(path: Path) -> bool:
    """Whether a run that was stopped before it had a plan left this."""
    return path.name == AT_WORK or (path.name.startswith(f".{PLAN}.") and path.name.endswith(".part"))


def _same(folder: Path, found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    different = [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]
    if different:
        raise OutputError(
            f"The work folder belongs to another run: different {', '.join(different)}.",
            where=str(folder),
            do="Remove it, or choose a new one.",
        )


def _plan(file: Path) -> dict[str, object]:
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict):
        raise _spoilt(file, "it is not as a run writes it")
    return plan


def _whole_division(written: object) -> tuple[Range, ...] | None:
    """The ranges of a plan; None where they are not every patient once, in order.

    >>> _whole_division([[None, 4], [5, None]])
    (Range(number=1, low=None, high=4), Range(number=2, low=5, high=None))
    >>> _whole_division([[None, 4], [6, None]]), _whole_division([[None, 4]]), _whole_division([])
    (None, None, None)
    """
    if not isinstance(written, list) or not written:
        return None
    if not all(isinstance(pair, list) and len(pair) == 2 and all(_bound(one) for one in pair) for pair in written):
        return None
    highs = [None, *(high for _, high in written)]
    lows = [*(low for low, _ in written), None]
    inner = zip(lows[1:-1], highs[1:-1], strict=True)
    if lows[0] is not None or highs[-1] is not None or any(None in pair or pair[0] != pair[1] + 1 for pair in inner):
        return None
    return tuple(Range(number, low, high) for number, (low, high) in enumerate(written, 1))


def _bound(one: object) -> bool:
    return one is None or type(one) is int


def _seal(counts: bytes, patients: Path) -> str:
    """What the first line of a tally says of the rest and of the patients beside it: a file cut at a line would else look whole."""
    with patients.open("rb") as file:
        return f"{hashlib.sha256(counts).hexdigest()} {hashlib.file_digest(file, 'sha256').hexdigest()}"


def _spoilt(file: Path, why: str) -> OutputError:
    return OutputError(
        f"The work folder cannot be gone on from: {why}.",
        where=str(file),
        do="Remove the work folder and run again; nothing was decided.",
    )
