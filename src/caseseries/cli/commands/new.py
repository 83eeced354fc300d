"""`caseseries new`: files to start from."""

from __future__ import annotations

import argparse
from pathlib import Path

from caseseries import form
from caseseries.cli.files import new_file
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Write a protocol and a chart description, or an empty workbook for a protocol."""
    if arguments.template is not None:
        return _template(arguments, screen)
    if arguments.out is None:
        raise CaseSeriesError(
            "Where the files should go is not said.", do="Add --out FOLDER, or --template FILE.xlsx for a workbook."
        )
    dictionary = None if arguments.dictionary is None else Path(arguments.dictionary)
    protocol, chart = form.new([Path(name) for name in arguments.workbook], Path(arguments.out), dictionary=dictionary)
    screen.say(f"{protocol}\n{chart}")
    screen.advise(
        "Read both from top to bottom: what is marked `# suggested` needs your eye, and TO DECIDE an answer. Then:\n"
        f"  caseseries check {protocol} {chart}"
    )
    screen.answer(protocol=str(protocol), chart=str(chart))
    return 0


def _template(arguments: argparse.Namespace, screen: Screen) -> int:
    if arguments.protocol is None or arguments.workbook or arguments.out:
        raise CaseSeriesError(
            "A template is made for a protocol and for nothing else.",
            do="Write: caseseries new --template empty.xlsx --protocol protocol.yaml",
        )
    from caseseries.protocol.load import load

    target = new_file(Path(arguments.template), ".xlsx")
    workbook, description = form.template(load(arguments.protocol).protocol, target)
    screen.say(f"{workbook}\n{description}")
    screen.advise(f"Fill in the workbook, then:\n  caseseries check {arguments.protocol} {description}")
    screen.answer(template=str(workbook), chart=str(description))
    return 0
