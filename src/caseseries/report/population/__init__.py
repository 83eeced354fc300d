"""The report of a run over very many patients: the same folder, made from counts.

Patients stand in files made before, one or several, which are copied into the folder; they are never read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from caseseries.report.exhibits.population_results import headline
from caseseries.report.exhibits.sites import Site
from caseseries.summary.model import Summary

__all__ = ["Site", "headline", "html", "write"]

# Figures and templates are imported inside the functions: the command line must start without them.


def write(
    population: Summary,
    out: Path,
    *,
    patients: Mapping[str, Path] | None = None,
    sites: Sequence[Site] = (),
    inputs: Mapping[str, str] | Sequence[Path] = (),
    run_info: Mapping[str, str] | None = None,
    readable: bool = False,
) -> None:
    """Write the whole results folder, or leave everything as it was; an earlier run's folder is replaced.

    `patients` are finished files by their path in the folder: `patients.parquet`, or `patients.parquet/part-00001.parquet` and
    so on. `sites` are those whose counts were added up. `inputs`, `run_info` and `readable` are as for a series whose cases are shown.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    from caseseries.report.population.folder import write as write_all

    write_all(
        population, out, patients=patients or {}, sites=sites, inputs=inputs, run_info=run_info or {}, readable=readable
    )


def html(population: Summary, sites: Sequence[Site] = ()) -> str:
    """The whole report as one self-contained HTML page."""
    from caseseries.report.population.folder import page_of

    return page_of(population, sites)[0]
