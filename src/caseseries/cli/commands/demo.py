"""`caseseries demo`: the example study, for a first look without files of one's own."""

from __future__ import annotations

import argparse
import filecmp
import shutil
from pathlib import Path

import caseseries
from caseseries.cli.commands.run import study_and_report
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError

#: The study that is shown, a folder of examples/.
SHOWN = "jdm-mmf"


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the example and leave a copy of its files beside the report."""
    study = examples() / SHOWN
    study_and_report(study / "protocol.yaml", study / "chart.yaml", arguments, screen)
    copy = Path(arguments.study_out or f"{arguments.out.rstrip('/')}-study")
    if not copy.exists():
        shutil.copytree(study, copy, ignore=shutil.ignore_patterns("results", "__pycache__", ".*"))
    elif not _same(study, copy):
        screen.advise(f"{copy} was there already, differs from the example, and was left as it is.")
    screen.advise(
        f"The study's files: {copy}. Change them, then:\n"
        f"  caseseries run {copy / 'protocol.yaml'} {copy / 'chart.yaml'} --out results"
    )
    return 0


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
