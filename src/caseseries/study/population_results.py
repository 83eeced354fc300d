"""A finished run over very many patients: counts, report, and the patients in a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from caseseries.brief import on_screen
from caseseries.disk.modes import new_file
from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.disk.whole import put
from caseseries.errors import OutputError, shortened
from caseseries.protocol.protocol import Protocol
from caseseries.report import population as report
from caseseries.stats.tally import Tally
from caseseries.study.patients import join_ranges, replaceable_patients
from caseseries.study.ranges import memory_of_range
from caseseries.study.work import Work
from caseseries.summary.population_model import Population


@dataclass(frozen=True, slots=True)
class PopulationResults:
    """`population` holds every number, `tally` the counts they come from; `write` makes the report.

    The patients wait in a folder of the system for temporary files (or in the `work` of the run) until `write` joins them;
    `close` removes what is not kept.
    """

    protocol: Protocol
    population: Population
    tally: Tally
    inputs: Mapping[str, str]
    engine: str
    work: Work = field(repr=False)
    parts: Sequence[Path] = field(repr=False)
    memory_limit: str = "1GB"

    def __repr__(self) -> str:
        """The headline, no longer than a screen."""
        return on_screen(f"Results of {shortened(self.protocol.study)!r}\n{self.headline()}")

    def headline(self) -> str:
        """The main result in a few lines."""
        return report.headline(self.population)

    def write(self, out: str | Path, *, patients_out: str | Path | None = None, readable: bool = False) -> Path:
        """Write the report folder, whole or not at all; an earlier run's folder is replaced.

        `patients_out` is where patients.parquet goes instead of into the folder, which is its owner's alone; with `readable` others
        of the machine may read it, but for patients.parquet and findings.csv.

        Raises:
            OutputError: the folder cannot be written, or holds something that is no earlier run.
        """
        from caseseries.report.bundle import refuse

        refuse(Path(out))
        if patients_out is not None:
            replaceable_patients(Path(patients_out))
        folder = make_scratch("patients")
        try:
            patients = folder / "patients.parquet"
            join_ranges(self.parts, patients, memory_limit=memory_of_range(self.memory_limit))
            told = {"engine": self.engine}
            if patients_out is None:
                inside = {"patients.parquet": patients}
                report.write(
                    self.population, Path(out), patients=inside, inputs=self.inputs, run_info=told, readable=readable
                )
                return Path(out)
            with _beside(patients, Path(patients_out)):
                report.write(self.population, Path(out), inputs=self.inputs, run_info=told, readable=readable)
        finally:
            remove_scratch(folder)
        return Path(out)

    def close(self) -> None:
        """Remove what was kept only for `write`."""
        self.work.close()

    def _repr_html_(self) -> str:
        return report.html(self.population)


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
