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
from caseseries.cli.places import advise_replaced, how, refuse_export, refuse_places, refuse_template
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError, OutputError
from caseseries.report import headline
from caseseries.report.files.results_parts import count
from caseseries.report.files.run_file import study_of
from caseseries.source.omop import is_omop, load_omop
from caseseries.study import Results
from caseseries.study.line import Progress
from caseseries.summary.aggregate import Audience, aggregate
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE
from caseseries.summary.sites import SiteCounts
from caseseries.summary.spells import SpellsSummary
from caseseries.summary.time_to import TimeSummary
from caseseries.verdict.denominator import denominator_words
from caseseries.verdict.number_style import in_style, style_named

#: The least count that leaves a site for the network, unless it is said otherwise.
SMALLEST = 5

#: Options that mean nothing for a chart.
_DATABASE = ("engine", "master", "work")


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run one study, write its report, print the headline."""
    study_and_report(arguments.protocol, arguments.chart, arguments, screen)
    return 0


def study_and_report(protocol: str | Path, chart: str | Path, arguments: argparse.Namespace, screen: Screen) -> Results:
    """Run, write to ``arguments.out``, and say what was found; also used by `demo`."""
    from caseseries import report

    out, described = Path(arguments.out), Path(chart)
    report.refuse(out, inputs=[Path(protocol), described])
    refuse_template(arguments)
    study, earlier = load_study(protocol), study_of(out)
    _consistent(arguments)
    if is_omop(described):
        refuse_places(Path(protocol), described, arguments)
        _read_by(described, getattr(arguments, "engine", None))
    else:
        _only_for_databases(arguments)
        read = _inputs(described)
        report.refuse(out, inputs=read)
        if getattr(arguments, "export", None) is not None:
            refuse_export(out, Path(arguments.export), [Path(protocol), *read])
    screen.warn(study.warnings)
    results = study.run(
        described,
        memory_limit=arguments.memory_limit,
        threads=arguments.threads,
        progress=_load_from(
            screen.progress, stage=1 if is_omop(described) else 2
        ),  # of a chart the first is reading it
        work=getattr(arguments, "work", None),
        master=getattr(arguments, "master", None),
    )
    with results:
        _written(results, arguments, screen)
    advise_replaced(earlier, study.protocol.study, out, screen)
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


def _written(results: Results, arguments: argparse.Namespace, screen: Screen) -> None:
    """Write the report, say what was found, and write the counts for other sites where they are asked for.

    Raises:
        CaseSeriesError: too few cases to tell others anything of them, or the counts cannot be written; the report stands already.
    """
    out, export = Path(arguments.out), getattr(arguments, "export", None)
    screen.progress("writing the report")
    patients = getattr(arguments, "patients_out", None)
    results.write(out, patients_out=patients, **how(arguments))
    with in_style(style_named(arguments.style)):
        screen.say(results.headline())
    if results.summary.unnoted:
        screen.advise(results.summary.unnoted)
    screen.advise(f"Report: {out / 'report.html'}")
    if export is not None:
        _export(Path(export), results, arguments)
    screen.answer(out=str(out), **answer_of(results.summary))


def _export(file: Path, results: Results, arguments: argparse.Namespace) -> None:
    """Write the counts for other sites; the report stands already.

    Raises:
        CaseSeriesError: too few cases to tell others anything of them, or the counts cannot be written; it says what exists.
    """
    stands = f"The report is complete and stands in {arguments.out}."
    try:
        told = _counts(results, arguments)
    except CaseSeriesError as few:
        do = f"{stands} Nothing was exported. {few.do}"
        raise CaseSeriesError(few.what, where=few.where, expected=few.expected, do=do) from few
    try:
        write_text(file, "".join(f"{line}\n" for line in told.lines()))
    except OutputError as failed:
        raise OutputError(
            failed.what.replace("The file", "The counts for other sites"),
            where=failed.where,
            do=f"{stands} Run again with --export to a place with room.",
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
    export, whom = getattr(arguments, "export", None), getattr(arguments, "export_for", None)
    if (export is None) != (whom is None):
        raise CaseSeriesError(
            "--export and --export-for go together: a file of counts is always made for somebody.",
            do="Add --export-for network, for example, or leave both out.",
        )
    if getattr(arguments, "site", None) is not None and export is None:
        raise CaseSeriesError("--site is about what --export writes.", do="Add --export, or leave it out.")
    if getattr(arguments, "smallest", None) is not None and export is None and arguments.audience != "public":
        raise CaseSeriesError(
            "--smallest is about what is told to the network or the public.",
            do="Add --export or --audience public, or leave it out.",
        )


def _counts(results: Results, arguments: argparse.Namespace) -> SiteCounts:
    """The counts as the audience may see them.

    Raises:
        CaseSeriesError: too few cases to tell anything of them.
    """
    found = results.summary
    audience: Audience = "network" if arguments.export_for == "network" else "own site"
    smallest = arguments.smallest or SMALLEST
    told = aggregate(results.protocol, results.tally, audience=audience, smallest=smallest)
    site = arguments.site or Path(arguments.export).name.split(".")[0]
    return SiteCounts(
        site,
        results.fingerprint,
        __version__,
        audience,
        smallest,
        found.dated,
        found.invented,
        told,
        "chart" if found.kept == "chart" else "database",
        database_print(results.inputs, Path(arguments.chart).name),
    )


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
        for name in ("scipy.special", "PIL.ImageFont"):
            importlib.import_module(name)

    def told(name: str, rows: int | None = None) -> None:
        nonlocal begun
        begun += 1
        progress(name, rows)
        if begun == stage:
            threading.Thread(target=load, daemon=True).start()

    return told


def _levels(found: LevelsSummary) -> list[dict[str, Any]]:
    return [
        {
            "reading": counts.reading,
            "levels": {one.name: count(one.exactly) for one in counts.levels},
            "not_evaluable": count(counts.not_evaluable),
            "outside": count(counts.outside),
            "membership_not_known": count(counts.unplaced),
            "denominator": count(counts.inside),
        }
        for counts in found.readings
    ]


def _time(found: TimeSummary) -> dict[str, Any]:
    return {
        "at_risk": found.n,
        "endings": dict(found.endings),
        "without": {one.words: count(one.n) for one in found.without},
        "median_days": None if found.median.estimate is None else float(found.median.estimate),
    }


def _spells(found: SpellsSummary) -> dict[str, Any]:
    states = {
        one.state: {"yes": one.yes, "no": one.no, "not_evaluable": one.not_evaluable, "spells": one.spells}
        for one in found.states
    }
    return {"read": found.n, "without": {one.words: count(one.n) for one in found.without}, "states": states}


def answer_of(summary: Summary) -> dict[str, Any]:
    """What `--json` says of a run; everything else is in results.json. A count that is known only as a range is its two ends."""
    return {
        "headline": headline(summary),
        "included": summary.included,
        "outcomes": {
            name: [
                {
                    "reading": found.reading,
                    "responders": count(found.yes),
                    "non_responders": count(found.no),
                    "not_evaluable": count(found.not_evaluable),
                    "outside": count(found.outside),
                    "membership_not_known": count(sum(found.unplaced, NONE)),
                    "denominator": denominator_words(outcome.plan, summary.measures),
                }
                for found in outcome.answers
            ]
            for name, outcome in summary.outcomes.items()
        },
        **({"levels": {name: _levels(found) for name, found in summary.levels.items()}} if summary.levels else {}),
        **({"times": {name: _time(found) for name, found in summary.times.items()}} if summary.times else {}),
        **({"spells": {name: _spells(found) for name, found in summary.spells.items()}} if summary.spells else {}),
        "findings": sum(found.n.low for found in summary.findings),
        "warnings": sum(found.n.low for found in summary.findings if found.severity == "warning"),
        "invented": summary.invented,
    }
