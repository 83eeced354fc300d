"""What can be typed for the commands that put a finished series next to other evidence."""

from __future__ import annotations

import argparse

from caseseries.cli.report_options import style_option

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
    style_option(command)


COMPARE_LINE = "put a finished series beside published ones"
COMPARE = """\
A forest plot with exact intervals and the definition of response of each series, a pooled share with heterogeneity stated, and
printed means that were checked. The published series are those of the catalogue that are asked for, and all of --series.

  caseseries compare results --disease "juvenile dermatomyositis" --out beside
  caseseries compare results --only dagher2012 --series mine.yaml
  caseseries compare --drug rituximab --json"""


def compare_options(command: argparse.ArgumentParser) -> None:
    """The options of `compare`."""
    command.add_argument(
        "results", metavar="RESULTS", nargs="*", help="folders of earlier runs, drawn beside the published"
    )
    command.add_argument("--outcome", metavar="NAME", help="whose responders, where a run has several outcomes")
    group = command.add_argument_group("published series")
    group.add_argument("--disease", metavar="NAME", help="those of the catalogue with this disease")
    group.add_argument(
        "--drug", metavar="NAME", help="those of the catalogue with this drug; with --disease, those with both"
    )
    group.add_argument("--only", metavar="NAME", nargs="+", default=[], help="series of the catalogue by their names")
    group.add_argument("--series", metavar="FILE.yaml", help="a file of your own, all of whose series are taken")
    group.add_argument("--pool-own", action="store_true", help="pool the runs too, not the published series alone")
    command.add_argument("--out", metavar="FOLDER", help="write the page, tables and forest plot here")
    style_option(command)


#: Each command: its name, its line in the list, what it says of itself, and its options.
EVIDENCE = (
    ("plan", PLAN_LINE, PLAN, plan_options),
    ("compare", COMPARE_LINE, COMPARE, compare_options),
)
