"""The patients of counted ranges: files that wait until a report is written, and become one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from caseseries.disk.modes import new_file
from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.disk.whole import put
from caseseries.errors import OutputError
from caseseries.study.patients_file import join_ranges
from caseseries.study.ranges import memory_of_range
from caseseries.study.work import Work


@dataclass(frozen=True, slots=True)
class KeptPatients:
    """The parts of patients.parquet, one a range, in a folder of the system for temporary files or in the `work` of the run."""

    work: Work
    parts: Sequence[Path]
    memory_limit: str

    def __repr__(self) -> str:
        return f"<{len(self.parts)} parts of patients.parquet>"

    @contextmanager
    def joined(self, place: Path | None) -> Iterator[dict[str, Path]]:
        """One file of all parts while a report is written: the files that go into its folder, by name; none of them with a `place` of its
        own, where the file stands once the report does.

        Raises:
            OutputError: there is no room for it.
        """
        folder = make_scratch("patients")
        try:
            patients = folder / "patients.parquet"
            join_ranges(self.parts, patients, memory_limit=memory_of_range(self.memory_limit))
            if place is None:
                yield {"patients.parquet": patients}
            else:
                with _beside(patients, place):
                    yield {}
        finally:
            remove_scratch(folder)

    def close(self) -> None:
        """Remove what was kept only for a report."""
        self.work.close()


@contextmanager
def _beside(patients: Path, place: Path) -> Iterator[None]:
    """Copy the patients beside their place before the report is written, and put them there once it is."""
    beside = place.with_name(f".{place.name}.part")
    try:
        beside.unlink(missing_ok=True)  # of a run that was killed
        new_file(beside).close()
        shutil.copyfile(patients, beside)
        yield
        put(beside, place)
    except OSError as failed:
        raise OutputError(
            f"The patients could not be written: {failed.strerror or type(failed).__name__}.",
            where=str(place),
            do="Name a file in a folder with room for it.",
        ) from failed
    finally:
        beside.unlink(missing_ok=True)
