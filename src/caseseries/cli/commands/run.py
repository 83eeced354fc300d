"""`caseseries run`: the study from chart or database to report."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.chart.description import load_description
from caseseries.cli.files import load_study, write_text
from caseseries.cli.places import advise_replaced, refuse_places
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError, OutputError
from caseseries.report.files.run_file import study_of
from caseseries.source.omop import is_omop, load_omop
from caseseries.study import Results, Study
from caseseries.study.line import Progress
from caseseries.study.population_results import PopulationResults
from caseseries.study.results import COMPARED
from caseseries.summary.aggregate import Audience, aggregate
from caseseries.summary.population_model import Count, Population
from caseseries.summary.sites import SiteCounts

#: The least count that leaves a site for the network, unless it is said otherwise.
SMALLEST = 5

#: Options that mean nothing for a chart.
_DATABASE = ("engine", "master", "work", "patients_out", "export", "audience", "smallest", "site")


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run one study, write its report, print the headline."""
    study_and_report(arguments.protocol, arguments.chart, arguments, screen)
    return 0


def study_and_report(
    protocol: str | Path, chart: str | Path, arguments: argparse.Namespace, screen: Screen
) -> Results | PopulationResults:
    """Run, write to ``arguments.out``, and say what was found; also used by `demo`."""
    from caseseries import report

    out, described = Path(arguments.out), Path(chart)
    report.refuse(out, inputs=[Path(protocol), described])
    study, earlier = load_study(protocol), study_of(out)
    if is_omop(described):
        refuse_places(Path(protocol), described, arguments)
        results = _database(study, described, arguments, screen)
    else:
        results = _chart(study, described, arguments, screen)
    advise_replaced(earlier, study.protocol.study, out, screen)
    return results


def _chart(study: Study, described: Path, arguments: argparse.Namespace, screen: Screen) -> Results:
    """Run on a chart."""
    from caseseries import report

    out = Path(arguments.out)
    _only_for_databases(arguments)
    report.refuse(out, inputs=_inputs(described))
    screen.warn(study.warnings)
    results = study.run(
        described,
        memory_limit=arguments.memory_limit,
        threads=arguments.threads,
        progress=_load_from(screen.progress, stage=2),  # the first reads the chart
    )
    _written(results, out, screen, readable=arguments.readable)
    return results


def _inputs(described: Path) -> list[Path]:
    """What the report must not touch: the workbook, or the files that the tables name. It may lie in their folder: no table reads below that."""
    declared = load_description(described)
    source = described.parent / declared.source
    files = [source / table.file for table in declared.tables.values() if table.file] if source.is_dir() else [source]
    return [described, *files]


def _only_for_databases(arguments: argparse.Namespace) -> None:
    given = [f"--{name.replace('_', '-')}" for name in _DATABASE if getattr(arguments, name, None) is not None]
    if given:
        raise CaseSeriesError(
            f"{', '.join(given)}: only for databases, and this is a chart.", do="Leave it out, or name an omop.yaml."
        )


def _written(results: Results, out: Path, screen: Screen, *, readable: bool) -> None:
    """Write the report of a series whose cases are shown one by one."""
    screen.progress("writing the report")
    results.write(out, readable=readable)
    screen.say(results.headline())
    if results.summary.unnoted:
        screen.advise(results.summary.unnoted)
    screen.advise(f"Report: {out / 'report.html'}")
    screen.answer(out=str(out), **_found(results))


def _database(
    study: Study, described: Path, arguments: argparse.Namespace, screen: Screen
) -> Results | PopulationResults:
    """Run on a database: patient by patient where they are few, counted where they are many or where counts are asked for."""
    _consistent(arguments)
    _read_by(described, getattr(arguments, "engine", None))
    out, export = Path(arguments.out), getattr(arguments, "export", None)
    screen.warn(study.warnings)
    results = study.run_database(
        described,
        memory_limit=arguments.memory_limit,
        threads=arguments.threads,
        progress=_load_from(screen.progress, stage=1),
        work=getattr(arguments, "work", None),
        most=COMPARED if export is None else 0,
        master=getattr(arguments, "master", None),
    )
    if isinstance(results, Results):
        _written(results, out, screen, readable=arguments.readable)
        return results
    try:
        told = None if export is None else _counts(results, arguments)
        screen.progress("writing the report")
        results.write(out, patients_out=getattr(arguments, "patients_out", None), readable=arguments.readable)
        if export is not None and told is not None:
            _export(Path(export), told, out)
        screen.say(results.headline())
        if results.population.unnoted:
            screen.advise(results.population.unnoted)
        screen.advise(f"Report: {out / 'report.html'}")
        screen.answer(out=str(out), **counted(results.population))
    finally:
        results.close()
    return results


def _export(file: Path, told: SiteCounts, out: Path) -> None:
    """Write the counts for other sites; the report stands already.

    Raises:
        OutputError: they cannot be written; it says what exists.
    """
    try:
        write_text(file, "".join(f"{line}\n" for line in told.lines()))
    except OutputError as failed:
        raise OutputError(
            failed.what.replace("The file", "The counts for other sites"),
            where=failed.where,
            do=f"The report is complete and stands in {out}. Run again with --export to a place with room.",
        ) from failed


def _read_by(described: Path, engine: str | None) -> None:
    """Refuse a database that another engine than the one asked for would read."""
    kind = load_omop(described).from_.kind
    reads = kind if kind in {"postgres", "spark"} else "duckdb"
    if engine is not None and engine != reads:
        raise CaseSeriesError(
            f"This database is read by {reads}, not by {engine}.",
            where=str(described),
            do="Say under `from` what the tables are in for that engine, or leave out --engine.",
        )


def _consistent(arguments: argparse.Namespace) -> None:
    """Refuse options that only go together."""
    export, audience = getattr(arguments, "export", None), getattr(arguments, "audience", None)
    if (export is None) != (audience is None):
        raise CaseSeriesError(
            "--export and --audience go together: a file of counts is always made for somebody.",
            do="Add --audience network, for example, or leave both out.",
        )
    for name in ("smallest", "site"):
        if getattr(arguments, name, None) is not None and export is None:
            raise CaseSeriesError(f"--{name} is about what --export writes.", do="Add --export, or leave it out.")


def _counts(results: PopulationResults, arguments: argparse.Namespace) -> SiteCounts:
    """The counts as the audience may see them.

    Raises:
        CaseSeriesError: too few cases to tell anything of them.
    """
    found = results.population
    audience: Audience = "network" if arguments.audience == "network" else "own site"
    smallest = arguments.smallest or SMALLEST
    told = aggregate(results.study.protocol, results.tally, audience=audience, smallest=smallest)
    site = arguments.site or Path(arguments.export).name.split(".")[0]
    return SiteCounts(
        site, results.study.fingerprint, __version__, audience, smallest, found.dated, found.invented, told,
        database_print(results.inputs, Path(arguments.chart).name),
    )  # fmt: skip


def database_print(inputs: Mapping[str, str], description: str) -> str:
    """A fingerprint of the files of a database by their content alone; empty where there are none, as on a server.

    >>> database_print({"omop.yaml": "1", "a.parquet": "2"}, "omop.yaml") == database_print({"o.yaml": "9", "b.parquet": "2"}, "o.yaml")
    True
    >>> database_print({"omop.yaml": "1"}, "omop.yaml")
    ''
    """
    files = sorted(found for name, found in inputs.items() if name != description)
    return hashlib.sha256("\n".join(files).encode()).hexdigest() if files else ""


def _load_from(progress: Progress, *, stage: int) -> Progress:
    """Load what the end of a run needs while the engine is at work; nothing depends on whether this is done in time.

    `stage` is the first one, from 1, in which the engine works: before it loading would only hold Python up.
    """
    begun = 0

    def load() -> None:
        for name in ("scipy.special", "matplotlib.backends.backend_agg"):
            importlib.import_module(name)

    def told(name: str, rows: int | None = None) -> None:
        nonlocal begun
        begun += 1
        progress(name, rows)
        if begun == stage:
            threading.Thread(target=load, daemon=True).start()

    return told


def _found(results: Results) -> dict[str, Any]:
    """What `--json` says of a run; everything else is in results.json."""
    summary = results.summary
    return {
        "headline": results.headline(),
        "included": len(summary.included),
        "outcomes": {
            name: [
                {
                    "reading": counted.reading,
                    "responders": counted.yes,
                    "non_responders": counted.no,
                    "not_evaluable": counted.not_evaluable,
                    "outside": counted.outside,
                    "membership_not_known": counted.unplaced,
                    "denominator": counted.denominator,
                }
                for counted in outcome.responders
            ]
            for name, outcome in summary.outcomes.items()
        },
        "findings": len(summary.findings),
        "warnings": sum(finding.severity == "warning" for finding in summary.findings),
        "invented": summary.invented,
    }


def counted(population: Population) -> dict[str, Any]:
    """The same of a run that holds counts; a count that is known only as a range is its two ends."""
    from caseseries.report.population import headline

    return {
        "headline": headline(population),
        "included": population.included,
        "outcomes": {
            name: [
                {
                    "reading": found.reading,
                    "responders": _count(found.yes),
                    "non_responders": _count(found.no),
                    "not_evaluable": _count(found.not_evaluable),
                    "outside": _count(found.outside),
                    "membership_not_known": [_count(n) for n in found.unplaced],
                }
                for found in outcome.answers
            ]
            for name, outcome in population.outcomes.items()
        },
        "findings": len(population.findings),
        "warnings": sum(found.severity == "warning" for found in population.findings),
        "invented": population.invented,
    }


def _count(count: Count) -> int | list[int]:
    return count.low if count.exact is not None else [count.low, count.high]
