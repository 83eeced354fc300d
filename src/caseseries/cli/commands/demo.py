"""`caseseries demo`: an example study, for a first look without files or a database of one's own."""

from __future__ import annotations

import argparse
import filecmp
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import caseseries
from caseseries.cli.commands.run import study_and_report
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError, OutputError

#: The studies that are shown, folders of examples/.
SHOWN, SHOWN_OMOP = "jdm-mmf", "omop-demo"

#: Patients of the invented database: enough for distributions, and a few seconds.
PATIENTS = 10_000


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the example and leave a copy of its files beside the report."""
    copy = Path(arguments.study_out or f"{arguments.out.rstrip('/')}-study")
    if arguments.omop:
        return _omop(copy, arguments, screen)
    if arguments.patients is not None:
        raise CaseSeriesError(
            "--patients is the size of the invented database.", do="Add --omop, or leave --patients out."
        )
    study = examples() / SHOWN
    study_and_report(study / "protocol.yaml", study / "chart.yaml", arguments, screen)
    if not copy.exists():
        try:
            with _whole(copy):
                shutil.copytree(study, copy, ignore=shutil.ignore_patterns("results", "__pycache__", ".*"))
        except OSError as failed:
            raise _not_copied(copy, failed, f"The report is complete and stands in {arguments.out}.") from failed
    elif not _same(study, copy):
        screen.advise(f"{copy} was there already, differs from the example, and was left as it is.")
    _next(copy, "chart.yaml", screen)
    return 0


def _omop(copy: Path, arguments: argparse.Namespace, screen: Screen) -> int:
    from caseseries.invent import write

    database = copy / "cdm"
    if database.exists():
        if arguments.patients is not None:
            raise CaseSeriesError(
                f"{database} is there already, and its patients have been made up.",
                do="Leave --patients out to use it, or write to another folder with --out or --study-out.",
            )
        screen.advise(f"{copy} was there already and was used as it is.")
    elif copy.exists() and not (copy / "omop.yaml").is_file():
        raise CaseSeriesError(
            "The folder for the study's files is there already, and holds no study of a database.",
            where=str(copy),
            do="Name another with --out or --study-out.",
        )
    else:
        patients = PATIENTS if arguments.patients is None else arguments.patients
        screen.progress(f"making up a database of {patients:,} patients")
        with _whole(copy):
            try:
                if not copy.exists():
                    shutil.copytree(
                        examples() / SHOWN_OMOP,
                        copy,
                        ignore=shutil.ignore_patterns("cdm", "results", "__pycache__", ".*"),
                    )
            except OSError as failed:
                raise _not_copied(copy, failed, "Nothing is left of it.") from failed
            try:
                write(database, patients=patients, threads=arguments.threads, memory_limit=arguments.memory_limit)
            except OutputError as failed:
                raise OutputError(
                    failed.what, where=str(database), do=f"{failed.do} Nothing is left of it."
                ) from failed
    study_and_report(copy / "protocol.yaml", copy / "omop.yaml", arguments, screen)
    _next(copy, "omop.yaml", screen)
    return 0


@contextmanager
def _whole(folder: Path) -> Iterator[None]:
    """Remove a folder that was begun here and not finished."""
    begun = not folder.exists()
    try:
        yield
    except BaseException:
        if begun:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _not_copied(copy: Path, failed: OSError, there: str) -> OutputError:
    inner = failed.args[0] if isinstance(failed, shutil.Error) and failed.args else None
    why = failed.strerror or (str(inner[0][2]).split("] ")[-1].split(": ")[0] if inner else type(failed).__name__)
    return OutputError(
        f"The study's files could not be copied: {why}.",
        where=str(copy),
        do=f"{there} Free disk space, or name another folder.",
    )


def _next(copy: Path, data: str, screen: Screen) -> None:
    screen.advise(
        f"The study's files: {copy}. Change them, then:\n"
        f"  caseseries run {copy / 'protocol.yaml'} {copy / data} --out results"
    )


def examples() -> Path:
    """The folder of whole studies: inside an installed package, or at the top of the repository.

    Raises:
        CaseSeriesError: the installation lacks it.
    """
    package = Path(caseseries.__file__).parent
    for folder in (package / "_examples", package.parents[1] / "examples"):
        if (folder / SHOWN).is_dir():
            return folder
    raise CaseSeriesError("The example study is not part of this installation.", do="Install caseseries again.")


def _same(study: Path, copy: Path) -> bool:
    names = [str(path.relative_to(study)) for path in sorted(study.rglob("*")) if path.is_file()]
    return filecmp.cmpfiles(study, copy, names, shallow=False)[1:] == ([], [])
