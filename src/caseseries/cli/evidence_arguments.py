"""What can be typed for the commands that put a finished series next to other evidence."""

from __future__ import annotations

import argparse

PLAN_LINE = "plan the next study in one arm from a finished series"
PLAN = """\
Exact numbers of patients in one stage (A'Hern) and two (Simon, optimal and minimax), precision, and what the series makes
likely; over the whole exact interval of the series. With --out a page with a paragraph for the grant.

  caseseries plan results --null 0.30 --cite "Smith 2010, table 2" --alternative 0.60 --out next-study
  caseseries plan --responders 6 --of 8 --null 0.30 --cite "Smith 2010, table 2" --alternative 0.60"""


def plan_options(command: argparse.ArgumentParser) -> None:
    """The options of `plan`."""
    command.add_argument(
        "results", metavar="RESULTS", nargs="?", help="the folder of an earlier run; without it --responders and --of"
    )
    command.add_argument("--outcome", metavar="NAME", help="whose responders, where the run has several outcomes")
    command.add_argument("--responders", metavar="N", type=int, help="how many responded, in place of a folder")
    command.add_argument("--of", metavar="N", type=int, help="of how many")
    asked = command.add_argument_group("the question")
    asked.add_argument("--null", metavar="SHARE", required=True, help="the share of responders that would be no news")
    asked.add_argument("--cite", metavar="TEXT", required=True, help="where the null is published")
    asked.add_argument("--alternative", metavar="SHARE", required=True, help="the share that would be worth having")
    asked.add_argument("--alpha", metavar="RATE", default="0.05", help="one-sided type I error, at most (0.05)")
    asked.add_argument("--power", metavar="RATE", default="0.80", help="power, at least (0.80)")
    asked.add_argument("--half-width", metavar="SHARE", help="half width of the interval that the study should give")
    asked.add_argument(
        "--prior",
        metavar="A,B",
        default="1,1",
        help="beta prior of what the series makes likely (1,1: all equally likely)",
    )
    asked.add_argument(
        "--design",
        choices=("optimal", "minimax", "one-stage"),
        default="optimal",
        help="which design the paragraph describes (optimal)",
    )
    command.add_argument("--out", metavar="FOLDER", help="write the page, tables, figure and paragraph here")
