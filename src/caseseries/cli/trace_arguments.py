"""What can be typed for `trace`, which shows what stands behind one number."""

from __future__ import annotations

import argparse

TRACE_LINE = "show the cases and cells behind one number of the report"
TRACE = """\
Prints what a number of the report was computed from, each case with its part in it, and the cells of the chart. The
number is counted again from these cases; one that they do not make stops the command. Ids stand in results.json,
and on the page where the pointer rests on a number.

  caseseries trace --list
  caseseries trace table1/age/mean
  caseseries trace "good response/0/of_included" protocol.yaml chart.yaml --values"""


def trace_number(command: argparse.ArgumentParser) -> None:
    """Which number, or the list of all."""
    command.add_argument("number", metavar="ID", nargs="?", help="the id of the number; left out with --list")
    command.add_argument("--list", action="store_true", help="list the ids of all numbers with their labels")
