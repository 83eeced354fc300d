"""What can be typed: commands, options, their help and examples."""

from __future__ import annotations

import argparse
from typing import NoReturn

PROGRAM = "caseseries"

_DESCRIPTION = "A retrospective chart review turned into a treatment case series."
_EPILOG = """\
start here:
  caseseries demo                                    run the example study and write demo-report/
  caseseries new chart.xlsx --out my-study           write protocol.yaml and chart.yaml to fill in
  caseseries check protocol.yaml chart.yaml          find every mistake; shows no outcome
  caseseries run protocol.yaml chart.yaml --out results

Nothing leaves this machine: no command uses the network.
"caseseries COMMAND --help" tells more about one command. Exit codes: 0 done, 1 mistakes in the input, 2 not understood,
70 a defect of this software, 130 Ctrl-C, 143 terminated."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Names at the left, what they mean beside them; descriptions keep their lines."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)


class _Parser(argparse.ArgumentParser):
    """argparse with whole words only, examples kept as written, and a mistake answered in two lines."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_nearest(message)}\nSee: {self.prog} --help\n")


def _nearest(message: str) -> str:
    """argparse's message; for a misspelt choice, with the spelling that was probably meant."""
    import difflib
    import re

    found = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
    if not found:
        return message
    choices = [choice.strip(" '") for choice in found[2].split(",")]
    near = difflib.get_close_matches(found[1], choices, 1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"{found[1]!r} is not one of {', '.join(choices)}{meant}"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from caseseries import __version__

    top = _Parser(prog=PROGRAM, description=_DESCRIPTION, epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", parser_class=_Parser)
    for add in (_demo, _new, _check, _run, _explain, _lock, _schema, _catalogue):
        add(commands)
    commands.required = True
    return top


def _add(commands: argparse._SubParsersAction[_Parser], name: str, line: str, text: str, examples: str) -> _Parser:
    """One command with the options that all of them share."""
    command = commands.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.\n\n{text}", epilog=f"examples:\n{examples}")
    shared = command.add_argument_group("output")
    shared.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    shared.add_argument(
        "--values",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show values of the chart and patient ids; without it they are shown on a terminal only",
    )
    shared.add_argument("-q", "--quiet", action="store_true", help="no progress lines and no advice")
    return command


def _study(command: _Parser, *, chart: str | None = None) -> None:
    command.add_argument("protocol", metavar="PROTOCOL", help="the study: protocol.yaml")
    command.add_argument("chart", metavar="CHART", nargs=chart, help="where the rows are: chart.yaml")


def _machine(command: _Parser) -> None:
    group = command.add_argument_group("machine")
    group.add_argument("--memory-limit", metavar="SIZE", default="1GB", type=_size, help="memory of the database engine, such as 500MB or 4GB (1GB)")
    group.add_argument("--threads", metavar="N", default=2, type=_count, help="threads of the database engine (2); changes no result")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError("a whole number from 1 to 1024 is expected")
    return int(text)


def _size(text: str) -> str:
    import re

    if not re.fullmatch(r"[1-9]\d{0,5}(\.\d)? ?[KMGT]i?B", text, re.IGNORECASE):
        raise argparse.ArgumentTypeError("a size with its unit is expected, such as 500MB or 4GB")
    return text


def _demo(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "demo",
        "run the example study, with no files of your own",
        "The example is a published question with an invented chart of eight patients. The report goes to --out; the files it\n"
        "was made from are copied beside it, to be looked at and changed.",
        "  caseseries demo\n  caseseries demo --out here --study-out study",
    )
    command.add_argument("--out", metavar="FOLDER", default="demo-report", help="where the report goes (demo-report)")
    command.add_argument("--study-out", metavar="FOLDER", help="where the study's files are copied (FOLDER-study)")
    _machine(command)


def _new(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "new",
        "write a protocol and a chart description to fill in",
        "With the workbook or CSV folder you already have, columns are matched where their names say enough, and every choice is\n"
        "written out with a comment. Nothing is guessed in silence: what is not known is marked and must be filled in.",
        "  caseseries new chart.xlsx --out my-study\n  caseseries new --out my-study\n"
        "  caseseries new --template empty.xlsx --protocol protocol.yaml",
    )
    command.add_argument("workbook", metavar="WORKBOOK", nargs="?", help="an .xlsx file, or a folder of .csv files")
    command.add_argument("--out", metavar="FOLDER", help="where protocol.yaml and chart.yaml go; must not hold them yet")
    command.add_argument("--template", metavar="FILE.xlsx", help="write an empty workbook for --protocol instead")
    command.add_argument("--protocol", metavar="PROTOCOL", help="the study the template is for")


def _check(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "check",
        "find every mistake in the protocol and the chart",
        "Prints mistakes with their addresses, what became of every row, choices the data make necessary, and who is eligible.\n"
        "It shows no outcome, so it may be used before the protocol is locked.",
        "  caseseries check protocol.yaml\n  caseseries check protocol.yaml chart.yaml\n"
        "  caseseries check protocol.yaml chart.yaml --annotate marked.xlsx",
    )
    _study(command, chart="?")
    command.add_argument("--annotate", metavar="FILE.xlsx", help="write a copy of the workbook with a comment on each cell in question")
    _machine(command)


def _run(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "run",
        "run the study and write the report",
        "The folder is written whole or not at all. An earlier run's folder is replaced; any other folder that is not empty is\n"
        "refused. With up to 2000 cases the answers are compared with the reference; a difference stops the run.",
        "  caseseries run protocol.yaml chart.yaml --out results\n  caseseries run protocol.yaml chart.yaml --out results --json",
    )
    _study(command)
    command.add_argument("--out", metavar="FOLDER", default="results", help="where the report goes (results)")
    _machine(command)


def _explain(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "explain",
        "say why one patient is, or is not, a responder",
        "Prints the sentence, the answer of every part of the rule, and the rows it rests on. The answer is computed twice, by\n"
        "the stages and by the reference; a difference stops the command.",
        "  caseseries explain P6 protocol.yaml chart.yaml\n"
        '  caseseries explain P6 protocol.yaml chart.yaml --outcome "good response" --reading "dose alone suffices"',
    )
    command.add_argument("patient", metavar="PATIENT", help="the patient's id, or the case's id such as P6/2")
    _study(command)
    command.add_argument("--outcome", metavar="NAME", help="one outcome; without it all of them")
    command.add_argument("--reading", metavar="NAME", help="another reading of the rule; without it the rule as written")
    _machine(command)


def _lock(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "lock",
        "fix the protocol: fingerprint, date and reason",
        "Writes a lock file beside the protocol. Reports then say when it was fixed, and whether this software had shown outcomes\n"
        "before. A later change needs an amendment or is listed as a deviation.",
        '  caseseries lock protocol.yaml --reason "before the charts were read"\n  caseseries lock protocol.yaml --status',
    )
    command.add_argument("protocol", metavar="PROTOCOL", help="the study: protocol.yaml")
    command.add_argument("--reason", metavar="TEXT", help="why now; needed to lock")
    command.add_argument("--status", action="store_true", help="only say whether the protocol is as it was locked")


def _schema(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "schema",
        "print the JSON Schema of a file",
        "Editors use it to complete and check protocol.yaml and chart.yaml while you type.",
        "  caseseries schema protocol > protocol.schema.json\n  caseseries schema results",
    )
    command.add_argument("name", metavar="NAME", choices=("protocol", "chart", "results"), help="protocol, chart or results")


def _catalogue(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = _add(
        commands,
        "catalogue",
        "list or search instruments, drugs and their sources",
        "Every entry tells its range, unit, direction, published important differences, source, and how far that is to be trusted.",
        "  caseseries catalogue\n  caseseries catalogue CMAS\n  caseseries catalogue prednisolone\n  caseseries catalogue muscle",
    )
    command.add_argument("word", metavar="NAME", nargs="?", help="an entry's name or alias, or a word to look for")
