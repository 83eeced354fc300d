"""A chart description to start from: every suggestion marked, everything uncertain left to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.form.column_look import NO_WORDS, YES_WORDS, Column
from caseseries.form.found import TableGuess
from caseseries.form.outline import Outline
from caseseries.form.profile import Looked
from caseseries.form.quote import listed, quoted
from caseseries.form.start_lines import SUGGESTED
from caseseries.form.start_table import table_lines, unread
from caseseries.protocol.undecided import TO_DECIDE

_SAYS_NONE = frozenset(["none", "nil"])
#: Instruments of which the first is lower than the second in everyone.
_LOWER_THAN = (("diastolic blood pressure", "systolic blood pressure"),)


def start_chart(source: str, out: Outline) -> str:
    """The text of chart.yaml for a source."""
    tables = out.tables
    lines = [
        "# Where the rows of the study are and how their cells are written. The study itself is in protocol.yaml.",
        f"# Lines marked '{SUGGESTED[2:]}' were suggested after a look at the files: confirm each, then delete the mark.",
        f"# {TO_DECIDE} must be replaced; nothing runs before.",
        "",
        f"source: {quoted(source)}",
        f"dated: {_dated(out)}",
        *_dates(out),
        *_redcap(tables),
        *_csv(tables),
        *_decimal(tables),
        *_missing(out),
        *_yes_no(tables),
        "# history: complete   # needed once the study looks back (washout, prior_drug): what the rows before an index date cover.",
        "#                       complete, {since: COLUMN} of the patients table, or {since: first entry}",
        "# charted: {adverse events: yes, other drugs: yes, deaths: yes}   # what was looked for in every chart, so that no row of it means none",
        "",
        "tables:",
    ]
    if not out.has("patients"):
        lines += [
            f"  # {TO_DECIDE}: no sheet or file was recognised as the list of patients.",
            "  patients:",
            "    kind: patients",
            f"    {_where_word(tables)}: {TO_DECIDE}   # the sheet or file with one row per patient",
            f"    patient: {TO_DECIDE}",
            "",
        ]
    for one in out.guesses:
        if one.kind == "deaths" and not out.dated:
            lines += [
                f"  # Left out: {one.looked.title}, for the chart has no dates from which a death could be counted",
                "",
            ]
            continue
        together = [other for other in out.guesses if other.looked is one.looked]
        lines += [*table_lines(one, together, out), ""]
    used = {(one.looked.file, one.looked.sheet) for one in out.guesses}
    for looked in tables:
        if (looked.file, looked.sheet) not in used:
            names = ", ".join(column.name for column in looked.columns)
            lines.append(f"  # Not recognised: {looked.title} with the columns {names}")
    lines += _in_order(out.guesses)
    lines += [
        "",
        "# Decisions about single cells go here, as the findings of `caseseries check` print their addresses:",
        "# accept:",
        "#   - {sheet: Visits, row: 12, column: mmt, found: 7O, read_as: 70, by: name, on: 2026-01-31, because: letter O typed for zero}",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _in_order(guesses: Sequence[TableGuess]) -> list[str]:
    """Pairs of measures of which the first must be lower, where one table holds both."""
    found: dict[tuple[str, str], None] = {}
    for one in guesses:
        for measures in (one.measures, *(visit.measures for visit in one.visits)):
            named = {measure.instrument: measure.measure for measure in measures if measure.instrument}
            for low, high in _LOWER_THAN:
                if low in named and high in named:
                    found[named[low], named[high]] = None
    if not found:
        return []
    pairs = ", ".join(f"[{quoted(low)}, {quoted(high)}]" for low, high in found)
    return [f"in_order: [{pairs}]   {SUGGESTED}: on each row the first must be lower than the second"]


def _where_word(tables: Sequence[Looked]) -> str:
    return "sheet" if any(looked.sheet for looked in tables) else "file"


def _columns(tables: Iterable[Looked]) -> list[Column]:
    return [column for looked in tables for column in looked.columns]


def _dated(out: Outline) -> str:
    if not out.guesses:
        return f"{TO_DECIDE}   # yes where visits have dates, no where they stand on nominal days"
    if out.dated:
        return f"yes   {SUGGESTED}"
    births = any(
        one.roles.get(role) for one in out.guesses for role in ("birth", "birth year", "diagnosis date", "death")
    )
    left = "; dates of birth, diagnosis and death are left out, for nothing can be counted from them" if births else ""
    return f"no   {SUGGESTED}: no column of visit dates was found, so visits stand on nominal days{left}"


def _dates(out: Outline) -> list[str]:
    days = out.days
    if not days.written:
        return ["# dates: year-month-day   # how dates are written where they are text: none was seen"]
    names = ", ".join(dict.fromkeys(column.name for column in days.written))
    if days.order is not None:
        why = "the only order that every date in" if len(days.possible) == 1 else "every order means the same in"
        allows = " allows" if len(days.possible) == 1 else ""
        lines = [f"dates: {days.order}   {SUGGESTED}: {why} {names}{allows}"]
    else:
        why = "more than one order is possible" if days.possible else "no order fits every date"
        lines = [f"dates: {TO_DECIDE}   # {why} in {names}: year-month-day, day-month-year or month-day-year"]
    if days.two_digits:
        short = ", ".join(dict.fromkeys(column.name for column in days.written if column.two_digits))
        lines.append(
            f"two_digit_years_from: {TO_DECIDE}   # the first of the hundred years in which those of two digits lie, in {short}: "
            "with 1950, 49 is 2049 and 50 is 1950"
        )
    return lines


def _redcap(tables: Sequence[Looked]) -> list[str]:
    return [
        f"redcap: {{data: {quoted(looked.redcap[0])}, dictionary: {quoted(looked.redcap[1])}}}   {SUGGESTED}: every form is a sheet; "
        "choices are read as their labels"
        for looked in tables
        if looked.redcap[0]
    ]


def _csv(tables: Sequence[Looked]) -> list[str]:
    lines = []
    delimiters = {looked.delimiter or "," for looked in tables if len(looked.columns) > 1 and not looked.sheet}
    if len(delimiters) == 1 and (sign := delimiters.pop()) != ",":
        lines.append(f'delimiter: "{sign}"   {SUGGESTED}')
    encodings = sorted({looked.encoding for looked in tables if looked.encoding != "utf-8"})
    if encodings:
        lines.append(f"encoding: {encodings[0]}   {SUGGESTED}: the files are not UTF-8")
    return lines


def _decimal(tables: Sequence[Looked]) -> list[str]:
    commas = [column.name for column in _columns(tables) if column.kind == "number" and column.comma]
    return [f"decimal: comma   {SUGGESTED}: seen in {', '.join(commas)}"] if commas else ["decimal: point"]


def _missing(out: Outline) -> list[str]:
    """The codes of the columns that are read. `None` as a drug or an event says that there was none, and is no code."""
    codes: set[str] = set()
    for one in out.guesses:
        together = [other for other in out.guesses if other.looked is one.looked]
        names = {other.roles.get(role, "") for other in together for role in ("drug", "event")}
        left = unread(together, out)
        for column in one.looked.columns:
            if column.name not in left:
                codes |= {
                    code for code in column.codes if column.name not in names or code.casefold() not in _SAYS_NONE
                }
    if not codes:
        return [
            "missing: {}   # codes for missing values, such as {ND: not done, UNK: unknown}; blank always means not recorded"
        ]
    inside = ", ".join(f"{quoted(code)}: {TO_DECIDE}" for code in sorted(codes))
    return [f"missing: {{{inside}}}   # what each of these means, such as not done or unknown"]


def _yes_no(tables: Sequence[Looked]) -> list[str]:
    """The words for yes and no: those that every chart may hold, and those of other languages that were seen."""
    seen = {word for column in _columns(tables) if column.kind == "yes or no" for word in column.words}
    lines = []
    for key, usual, words in (("yes", ["yes", "true"], YES_WORDS), ("no", ["no", "false"], NO_WORDS)):
        more = sorted((seen & words) - set(usual))
        lines.append(f"{key}: {listed([*usual, *more])}" + (f"   {SUGGESTED}: seen: {', '.join(more)}" if more else ""))
    return lines
