"""What can be typed: commands, options, their help and examples."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn, TypeAlias

from caseseries.cli.evidence_arguments import EVIDENCE
from caseseries.cli.report_options import report_options
from caseseries.cli.streams import tell
from caseseries.cli.trace_arguments import TRACE, TRACE_LINE, trace_number
from caseseries.cli.typed import count, least, limit, many, size

PROGRAM = "caseseries"

_DESCRIPTION = "A retrospective chart review turned into a treatment case series."
_EPILOG = """\
start here:
  caseseries demo                                run the example study and write demo-report/
  caseseries new chart.xlsx --out my-study       write protocol.yaml and chart.yaml to fill in
  caseseries check protocol.yaml chart.yaml      find every mistake; shows no outcome
  caseseries run protocol.yaml chart.yaml --out results

Nothing leaves this machine; only a server that an omop.yaml names is asked over the network.
"caseseries COMMAND --help" tells more about one command. Exit codes: 0 done, 1 mistakes in the input,
2 not understood, 70 a defect of this software, 129 terminal closed, 130 Ctrl-C, 143 terminated."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Names at the left, what they mean beside them; descriptions keep their lines."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)
        self._action_max_length = 13  # argparse forgets the indent of command names when it measures them


class _Parser(argparse.ArgumentParser):
    """argparse with whole words only, examples kept as written, and a mistake answered in two lines."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]  # what argparse itself takes

    def error(self, message: str) -> NoReturn:
        """End with 2, the mistake and where help is; the usage lines would hide both."""
        self.exit(2, f"{self.prog}: {_nearest(message)}\nSee: {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Help and the version, which argparse would lose without a word where they cannot be written."""
        if message and file is sys.stdout:
            file.write(message)
        elif message:
            tell(message.removesuffix("\n"))


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


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
    commands.required = True
    first = (_demo, _new, _check, _run, _combine, _explain, _trace)
    for add in (*first, _evidence, _lock, _schema, _catalogue, _concepts):
        add(commands)
    return top


def _add(commands: _Commands, name: str, line: str, text: str) -> _Parser:
    """One command with the options that all of them share; `text` ends with the examples."""
    about, examples = text.split("\n\n")
    command = commands.add_parser(
        name,
        help=line,
        description=f"{line[0].upper()}{line[1:]}.\n\n{about}",
        epilog=f"examples:\n{examples}",
    )
    output = command.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    output.add_argument(
        "--values",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show what cells hold and patient ids; without it only on a terminal, and in `explain`",
    )
    output.add_argument("-q", "--quiet", action="store_true", help="no progress lines and no advice")
    return command


def _protocol(command: _Parser, *, here: bool = False) -> None:
    told = "the study (protocol.yaml in this folder)" if here else "the study: protocol.yaml"
    command.add_argument(
        "protocol", metavar="PROTOCOL", nargs="?" if here else None, default="protocol.yaml", help=told
    )


def _chart(command: _Parser, *, optional: bool = False, here: bool = False) -> None:
    told = (
        "where the rows are (chart.yaml in this folder)"
        if here
        else "where the rows are: chart.yaml, or the omop.yaml of a database"
    )
    default = "chart.yaml" if here else None
    command.add_argument("chart", metavar="CHART", nargs="?" if optional or here else None, default=default, help=told)


def _machine(command: _Parser) -> None:
    group = command.add_argument_group("machine")
    group.add_argument(
        "--memory-limit",
        metavar="SIZE",
        default="1GB",
        type=size,
        help="memory, such as 500MB or 4GB (1GB); of a counted database for all of the run",
    )
    group.add_argument(
        "--threads",
        metavar="N",
        default=2,
        type=count,
        help="threads of the database engine (2); changes no result",
    )


_DEMO = """\
The example is a published question with an invented chart of eight patients. The report goes to --out; the
files it was made from are copied beside it, to be looked at and changed.

  caseseries demo
  caseseries demo --out here --study-out study
  caseseries demo --omop --patients 100000 --out many"""


def _demo(commands: _Commands) -> None:
    command = _add(commands, "demo", "run the example study, with no files of your own", _DEMO)
    command.add_argument("--out", metavar="FOLDER", default="demo-report", help="where the report goes (demo-report)")
    report_options(command)
    command.add_argument(
        "--study-out", metavar="FOLDER", help="where the study's files are copied (the report's folder + -study)"
    )
    command.add_argument("--omop", action="store_true", help="make up an OMOP database instead, and run a study on it")
    command.add_argument(
        "--patients", metavar="N", type=many, help="patients of that database (10,000); up to millions"
    )
    _machine(command)


_NEW = """\
With the workbook or CSV folder you already have, columns are matched where their names say enough, and every
choice is written out with a comment. What is not known is marked and must be filled in.

  caseseries new chart.xlsx --out my-study
  caseseries new project.csv --dictionary dictionary.csv --out my-study
  caseseries new --out my-study
  caseseries new --template empty.xlsx --protocol protocol.yaml"""


def _new(commands: _Commands) -> None:
    command = _add(commands, "new", "write a protocol and a chart description to fill in", _NEW)
    command.add_argument(
        "workbook", metavar="WORKBOOK", nargs="*", help="an .xlsx file, a folder of .csv files, or the .csv files"
    )
    command.add_argument("--out", metavar="FOLDER", help="where protocol.yaml and chart.yaml go")
    command.add_argument("--dictionary", metavar="FILE.csv", help="the data dictionary of a REDCap export")
    command.add_argument("--template", metavar="FILE.xlsx", help="write an empty workbook for --protocol instead")
    command.add_argument("--protocol", metavar="PROTOCOL", help="the study the template is for")


_CHECK = """\
Prints mistakes with their addresses, what became of every row, choices the data make necessary, and who is
eligible. It shows no outcome, so it may be used before the protocol is locked.

  caseseries check protocol.yaml
  caseseries check protocol.yaml chart.yaml
  caseseries check protocol.yaml chart.yaml --annotate marked.xlsx"""


def _check(commands: _Commands) -> None:
    command = _add(commands, "check", "find every mistake in the protocol and the chart", _CHECK)
    _protocol(command)
    _chart(command, optional=True)
    command.add_argument(
        "--annotate",
        metavar="FILE.xlsx",
        help="write a copy of the workbook with a comment on each cell in question",
    )
    _master(command.add_argument_group("databases"))
    _machine(command)


_RUN = """\
The folder is written whole or not at all. An earlier run's folder is replaced; any other folder that is not
empty is refused. With up to 2000 patients the answers are compared with the reference, one case at a time in
plain Python; a difference stops the run.

  caseseries run protocol.yaml chart.yaml --out results
  caseseries run protocol.yaml chart.yaml --out results --json
  caseseries run protocol.yaml omop.yaml --work ranges --export site-a.counts --export-for network"""


def _run(commands: _Commands) -> None:
    command = _add(commands, "run", "run the study and write the report", _RUN)
    _protocol(command)
    _chart(command)
    command.add_argument("--out", metavar="FOLDER", default="results", help="where the report goes (results)")
    report_options(command)
    _database(command)
    _export(command)
    _machine(command)


def _database(command: _Parser) -> None:
    group = command.add_argument_group("databases")
    group.add_argument(
        "--engine",
        choices=("duckdb", "postgres", "spark"),
        metavar="NAME",
        help="duckdb, postgres or spark: stop unless the database is read by this one",
    )
    _master(group)
    group.add_argument(
        "--work",
        metavar="FOLDER",
        help="keep finished ranges of patients here; the same command then goes on from them",
    )
    group.add_argument(
        "--patients-out",
        metavar="FILE.parquet",
        help="where the patients of a run that counts its cases go (patients.parquet in the report's folder)",
    )


def _master(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--master", metavar="URL", help="the Spark master, such as spark://host:7077 (this machine's own cores)"
    )


def _export(command: _Parser) -> None:
    group = command.add_argument_group("export to other sites")
    group.add_argument("--export", metavar="FILE", help="also write the counts, without patients, for `combine`")
    group.add_argument("--site", metavar="LABEL", help="this site's name in a combined report (the name of FILE)")
    group.add_argument(
        "--export-for",
        choices=("network", "own-site"),
        metavar="WHO",
        help="whom the counts are for: network (small counts hidden) or own-site (every count)",
    )
    group.add_argument(
        "--smallest",
        metavar="N",
        type=least,
        help="for the network or the public: no count from 1 to N - 1 is told (5)",
    )


_COMBINE = """\
Each file is what `run --export` wrote at one site: counts, and no patient. They must come from the same protocol
and the same version of this software, each site once. Counts that a site hid as too small stay hidden.

  caseseries combine protocol.yaml site-a.counts site-b.counts --out results"""


def _combine(commands: _Commands) -> None:
    command = _add(commands, "combine", "add the exported counts of several sites and write one report", _COMBINE)
    _protocol(command)
    command.add_argument("sites", metavar="COUNTS", nargs="+", help="the exported counts, one file a site")
    command.add_argument(
        "--same-site-twice", metavar="REASON", help="why files that seem to hold the same patients are different ones"
    )
    command.add_argument("--out", metavar="FOLDER", default="results", help="where the report goes (results)")
    report_options(command)


_EXPLAIN = """\
Prints the sentence, the answer of every part of the rule, and the rows it rests on. The answer is computed
twice, by the stages and by the reference; a difference stops the command.

  caseseries explain P6
  caseseries explain P8 protocol.yaml chart.yaml --outcome "good response" --reading "dose alone suffices\""""


def _explain(commands: _Commands) -> None:
    command = _add(commands, "explain", "say why one patient is, or is not, a responder", _EXPLAIN)
    command.add_argument(
        "patient",
        metavar="PATIENT",
        help="the patient's id, or the case's id such as P6/2; - reads it from standard input",
    )
    _protocol(command, here=True)
    _chart(command, here=True)
    command.add_argument("--outcome", metavar="NAME", help="one outcome; without it all of them")
    command.add_argument(
        "--reading", metavar="NAME", help="another reading of the rule; without it the rule as written"
    )
    _machine(command)


def _trace(commands: _Commands) -> None:
    command = _add(commands, "trace", TRACE_LINE, TRACE)
    trace_number(command)
    _protocol(command, here=True)
    _chart(command, here=True)
    _machine(command)


_LOCK = """\
Writes a lock file beside the protocol. Reports then say when it was fixed, and whether this software had shown
outcomes before. A later change needs an amendment, or is listed as a deviation.

  caseseries lock protocol.yaml --reason "before the charts were read"
  caseseries lock protocol.yaml --status"""


def _evidence(commands: _Commands) -> None:
    for name, line, text, options in EVIDENCE:
        options(_add(commands, name, line, text))


def _lock(commands: _Commands) -> None:
    command = _add(commands, "lock", "fix the protocol: fingerprint, date and reason", _LOCK)
    _protocol(command)
    command.add_argument("--reason", metavar="TEXT", help="why now; needed to lock")
    command.add_argument("--status", action="store_true", help="only say whether the protocol is as it was locked")


_SCHEMA = """\
Editors use it to complete and check protocol.yaml and chart.yaml while you type.

  caseseries schema protocol > protocol.schema.json
  caseseries schema results"""


def _schema(commands: _Commands) -> None:
    command = _add(commands, "schema", "print the JSON Schema of a file", _SCHEMA)
    names = ("protocol", "chart", "results")
    command.add_argument("name", metavar="NAME", choices=names, help=", ".join(names))


_CATALOGUE = """\
Every entry tells its range, unit, direction, published important differences, source, and how far that is to be
trusted.

  caseseries catalogue
  caseseries catalogue CMAS
  caseseries catalogue prednisolone
  caseseries catalogue muscle"""


def _catalogue(commands: _Commands) -> None:
    command = _add(commands, "catalogue", "list or search instruments, drugs and their sources", _CATALOGUE)
    command.add_argument("word", metavar="NAME", nargs="?", help="an entry's name or alias, or a word to look for")


_CONCEPTS = """\
Looks into the vocabulary of a database: concepts whose name or a synonym holds all the words, whose code begins with
them, or whose id they are; how much of this database each stands for; and its line for `concepts:` of a protocol.

  caseseries concepts "creatine kinase" omop.yaml
  caseseries concepts dermatomyositis omop.yaml --domain condition
  caseseries concepts 1125315 omop.yaml --json"""


def _concepts(commands: _Commands) -> None:
    command = _add(commands, "concepts", "find concepts of a database, and their lines for the protocol", _CONCEPTS)
    command.add_argument(
        "words", metavar="SEARCH", nargs="+", help="words of a name, the beginning of a code, or an id"
    )
    command.add_argument("omop", metavar="OMOP", help="where the database is: omop.yaml")
    command.add_argument("--domain", metavar="NAME", help="only of this domain, such as drug, condition or measurement")
    command.add_argument("--most", metavar="N", type=count, help="how many are listed (20; with --json up to 1000)")
    command.add_argument(
        "--smallest",
        metavar="N",
        type=limit,
        default=5,
        help="fewer than N persons are told as fewer (5); 1 tells all",
    )
    _master(command.add_argument_group("databases"))
    _machine(command)
