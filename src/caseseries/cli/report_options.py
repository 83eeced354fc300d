"""Options of the report, the same for every command that writes one."""

from __future__ import annotations

import argparse

from caseseries.cli.typed import formats, style


def report_options(command: argparse.ArgumentParser) -> None:
    """How the report folder is written."""
    command.add_argument(
        "--figures",
        choices=("svg", "print"),
        default="svg",
        help="print: figures as PDF, PNG and TIFF too, at 600 dots an inch",
    )
    command.add_argument(
        "--formats",
        metavar="NAMES",
        type=formats,
        default=(),
        help="the report as documents too: word, pdf, excel, with commas between them",
    )
    command.add_argument("--template", metavar="FILE.docx", help="take the styles of Word documents from this one")
    command.add_argument(
        "--audience",
        choices=("internal", "journal", "public"),
        default="internal",
        help="who may read the report: journal (cases under new numbers, ages in bands, no free text) or public (counts alone)",
    )
    style_option(command)
    command.add_argument(
        "--readable",
        action="store_true",
        help="let others of this machine read the report; patients.csv and findings.csv stay yours alone",
    )


def style_option(command: argparse.ArgumentParser) -> None:
    """How numbers are printed on what is written."""
    command.add_argument(
        "--style",
        metavar="NAME",
        type=style,
        default="plain",
        help="print percents, intervals, ranges and P values as a journal does: plain, jama, nejm, annals, rheum",
    )
