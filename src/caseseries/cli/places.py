"""Where a run on a database may write: never where it reads, and no two things in one another."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from caseseries import report
from caseseries.cli.files import replaceable
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError, OutputError
from caseseries.report.bundle import apart
from caseseries.source.omop import load_omop
from caseseries.study.patients_file import replaceable_patients
from caseseries.summary.sites import ANY_FORMAT


def refuse_places(protocol: Path, described: Path, arguments: argparse.Namespace) -> None:
    """Refuse, before any work, places that could not be written or would destroy something.

    Raises:
        OutputError: a place lies in what is read or in another place, or is taken by something else.
    """
    out = Path(arguments.out)
    named = {
        f"--{name.replace('_', '-')}": Path(given)
        for name in ("work", "patients_out", "export")
        if (given := getattr(arguments, name, None)) is not None
    }
    read = [protocol, described, *_files_of(described)]
    report.refuse(out, inputs=read)
    for option, place in named.items():
        for given in read:
            apart(place, given, f"{option} and the input")
    places = [("--out", out), *named.items()]
    for number, (option, place) in enumerate(places):
        for other, second in places[number + 1 :]:
            _distinct(option, place, other, second)
    if "--patients-out" in named:
        replaceable_patients(named["--patients-out"])
    if "--export" in named:
        replaceable(named["--export"], ANY_FORMAT)


def refuse_export(out: Path, export: Path, read: Sequence[Path]) -> None:
    """Refuse, before any work, to write the counts of a chart over what is read, into the report, or over another file.

    Raises:
        OutputError: the place lies in what is read or in the report, or is taken by something else.
    """
    for given in read:
        apart(export, given, "--export and the input")
    _distinct("--out", out, "--export", export)
    replaceable(export, ANY_FORMAT)


def refuse_template(arguments: argparse.Namespace) -> None:
    """Refuse, before any work, a template that no document takes its styles from, that cannot be read, or that the report would replace.

    Raises:
        CaseSeriesError: which of these it is.
    """
    if arguments.template is None:
        return
    if "word" not in arguments.formats:
        raise CaseSeriesError("--template is for Word documents.", do="Add --formats word, or leave it out.")
    report.read_template(Path(arguments.template))
    apart(Path(arguments.out), Path(arguments.template), "The results folder and the template")


def how(arguments: argparse.Namespace) -> dict[str, Any]:
    """How the report is written, as `Results.write` takes it."""
    chosen = {
        name: getattr(arguments, name) for name in ("readable", "figures", "formats", "template", "audience", "style")
    }
    smallest = getattr(arguments, "smallest", None)
    return chosen if smallest is None else {**chosen, "smallest": smallest}


def advise_replaced(earlier: str, study: str, out: Path, screen: Screen) -> None:
    """Say that the report of another study, `earlier`, stood in the folder."""
    if earlier and earlier != study:
        screen.advise(f"The report of another study stood in {out} and was replaced: {earlier}")


def _files_of(described: Path) -> list[Path]:
    """The folders and files of the database, where it is in files."""
    omop = load_omop(described)
    if omop.from_.folder is None:
        return []
    vocabulary = omop.vocabulary if omop.from_.kind != "duckdb" else None  # there it is a schema
    return [described.parent / name for name in (omop.from_.folder, vocabulary) if name is not None]


def _distinct(option: str, place: Path, other: str, second: Path) -> None:
    one, two = place.resolve(), second.resolve()
    if one == two or one in two.parents or two in one.parents:
        raise OutputError(
            f"{option} and {other} lie in each other.",
            where=f"{place} and {second}",
            do="Name a place of its own for each. Nothing was run.",
        )
