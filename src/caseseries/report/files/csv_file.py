"""CSV files that a spreadsheet cannot take for formulas: RFC 4180, UTF-8, a guard on text cells only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from caseseries.chart.tables import Finding
from caseseries.protocol.grades import told_grade
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.protocol.tree import Slot
from caseseries.report.exhibits.every_case import quantities
from caseseries.report.exhibits.levels import in_order
from caseseries.report.exhibits.printed_blocks import Cell, Table
from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.exhibits.words import placed, seen
from caseseries.summary.case_levels import deciding, levels_by_rule, levels_of_cases
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.summary.spells import SPELL, spell_rows
from caseseries.verdict.rule_text import describe_part
from caseseries.verdict.time_to import time_sentence
from caseseries.verdict.trace import Verdict
from caseseries.verdict.wanted import answered

Value = str | int | float | Fraction | bool | None

#: What makes a spreadsheet read a cell as a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


_NUMBER = r"[+−]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
#: What the tables print: a signed range, or a signed number with a bracket. A sign and a number alone would become a number.
_ENDS = rf"{_NUMBER}(?:(?: to |–){_NUMBER})?"
_BRACKET = rf" \((?:{_ENDS}|{_NUMBER}-{_NUMBER}|not estimable(?: \([a-z ]+\))?|no interval)\)"
_SIGNED = re.compile(rf"\+(?:{_NUMBER}(?: to |–){_NUMBER}(?:{_BRACKET})?|{_NUMBER}{_BRACKET})")


def guarded(text: str) -> str:
    """Text that a spreadsheet shows as it stands: an apostrophe before what would be a formula.

    A signed number with its range or bracket, as the tables print it, is no formula and stays as it is.

    >>> guarded("=1+1"), guarded("P1"), guarded("  @cmd"), guarded("+1+1")
    ("'=1+1", 'P1', "'  @cmd", "'+1+1")
    >>> guarded("+10.6 (6.7)"), guarded("0 to +21")
    ('+10.6 (6.7)', '0 to +21')
    """
    kept = seen(text)
    if _SIGNED.fullmatch(kept):
        return kept
    return f"'{kept}" if kept.lstrip(" ").startswith(_FORMULA) else kept


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A table as CSV: numbers as plain decimals, yes and no in words, an empty cell where there is nothing.

    >>> csv_text(["case", "change"], [["=x", Fraction(-41, 2)], ["P2", None]])
    "case,change\\r\\n'=x,-20.5\\r\\nP2,\\r\\n"
    """
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    for row in rows:
        writer.writerow([_written(value) for value in row])
    return kept.getvalue()


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(value) if isinstance(value, str) else machine(value)


def table_csv(table: Table, note: str = "") -> str:
    """An exhibit as CSV: raw numbers where a cell is one number, else the printed text; headings fill a column of their own."""
    header, rows = exhibit_rows(table)
    written: list[list[Value]] = [[value_of(cell) for cell in row] for row in rows]
    if note:
        header.append("note")
        written = [[*row, note] for row in written]
    return csv_text(header, written)


def exhibit_rows(table: Table) -> tuple[list[str], list[list[Cell]]]:
    """The header and the rows of an exhibit for files that are read by programs; headings fill a column of their own."""
    header = [" / ".join([*column.over, column.title]) for column in table.columns]
    grouped = any(row.heading for row in table.rows)
    rows: list[list[Cell]] = []
    group = above = Cell("")  # what an indented row belongs to: the heading, or the row that it stands below
    for row in table.rows:
        if row.heading:
            group = above = row.cells[0]
            continue
        if not row.indent:
            above = row.cells[0]
        rows.append(
            [*([(above if row.indent == 1 else group) if row.indent else Cell("")] if grouped else []), *row.cells]
        )
    return [*(["group"] if grouped else []), *header], rows


def value_of(cell: Cell) -> str | int | float | Fraction:
    """The number of a cell that is one number, else its text."""
    if isinstance(cell.value, (int, float, Fraction)) and not cell.text.startswith("■"):
        return cell.value
    return cell.text


def patients_csv(summary: Summary, note: str = "") -> str:
    """Every case, outcome and reading: status, index date, verdict, the answer of every component of the rule, reason, sentence, values.

    The one file of a run with an index date; it holds patient data and is readable by its owner only.
    """
    slots: dict[Slot, None] = {}
    for outcome in summary.outcomes.values():
        slots |= dict.fromkeys(outcome.plan.slots)
    values = [f"{slot.measure} at {slot.window}" for slot in slots]
    parts = [(name, words) for name, outcome, _ in in_order(summary) for words in _components(summary, outcome)]
    names = list(dict.fromkeys(name for case in summary.shown.rows for name, _ in case.attributes))
    header = ["case", "patient", "index date" if summary.dated else "index day (planned)"]
    header += ["status", "failed criterion", "could not be determined", "sex", "age at index, years"]
    header += ["from diagnosis to index, days", "observed, days", "on drug, days", "ongoing", *names]
    header += [
        "outcome",
        "reading",
        "verdict",
        "assessed on day",
        "rule alone",
        "decided by",
        "events",
        "absent because",
        *_of_times(summary),
    ]
    header += [f"{name}: {words}" for name, words in parts]
    header += ["sentence", *(part for value in values for part in (value, f"{value}, day", f"{value}, absent because"))]
    header += ["note"] if note else []
    rows: list[list[Value]] = []
    answered = _verdicts(summary, parts, list(slots))
    for case in summary.shown.rows:
        kept = dict(case.attributes)
        about: list[Value] = [
            case.case_id,
            case.patient,
            case.index_date,
            case.status,
            case.failed_criterion,
            case.undetermined,
            case.sex,
        ]
        about += [
            case.age_band or None if case.age_years is None else case.age_years,
            case.disease_duration_days,
            case.observed_days,
            case.on_drug_days,
        ]
        about += [
            None if case.on_drug_days is None else case.ongoing
        ]  # without an episode nobody said whether it goes on
        about += [kept.get(name, "") for name in names]
        told = answered.get(case.case_id) or [[None] * (9 + len(_of_times(summary)) + len(parts) + 3 * len(slots))]
        rows += [[*about, *verdict, *([note] if note else [])] for verdict in told]
    return csv_text(header, rows)


def _components(summary: Summary, outcome: OutcomeSummary) -> list[str]:
    """The comparisons of the rule and of its other readings in words, each once."""
    return list(
        dict.fromkeys(
            describe_part(node, summary.measures, at=outcome.plan.at)
            for spec in outcome.plan.specs
            if spec.role != "grid"
            for node in spec.tree.answered
        )
    )


def _verdicts(summary: Summary, parts: Sequence[tuple[str, str]], slots: list[Slot]) -> dict[str, list[list[Value]]]:
    """The rows of each case, one per outcome and reading; an outcome with levels tells the level."""
    found: dict[str, list[list[Value]]] = {}
    for name, outcome, levels in in_order(summary):
        shown = summary.shown.outcomes[name if levels is None else outcome.plan.name]
        sentences = shown.sentences if levels is None else summary.shown.levels[name]
        for spec in outcome.plan.specs:
            if spec.role == "grid":
                continue
            nodes = {
                node.id: (name, describe_part(node, summary.measures, at=outcome.plan.at))
                for node in spec.tree.answered
            }
            level = {} if levels is None else levels_of_cases(levels, summary.shown, spec.reading, summary.measures)
            by_rule = {} if levels is None else levels_by_rule(levels, summary.shown, spec.reading)
            why = {} if levels is None else deciding(levels, summary.shown, spec.reading)
            for verdict in shown.verdicts.get(spec.number, ()):
                sentence = sentences.get(verdict.case_id, "") if spec.primary else ""
                given = level.get(verdict.case_id) or placed(verdict, outcome.plan, summary.measures)
                rule_alone = by_rule.get(verdict.case_id, answered(verdict.rule_truth, outcome.plan.good))
                answers = {nodes[one.node]: _TRUTH[one.truth] for one in verdict.trace if one.node in nodes}
                row: list[Value] = [
                    name,
                    spec.reading,
                    *_verdict(why.get(verdict.case_id, verdict), given, rule_alone),
                    *([None] * len(_of_times(summary))),
                    *(answers.get(part) for part in parts),
                ]
                found.setdefault(verdict.case_id, []).append([*row, sentence, *_values(summary, verdict, slots)])
    for name, times in summary.shown.times.items():
        for one in times:
            ended: list[Value] = [name, AS_WRITTEN, one.ending, one.day, None, None, None, one.because, one.since]
            blank: list[Value] = [None] * len(parts)
            sentence = time_sentence(one, summary.times[name].outcome)
            begun: list[Value] = [one.start, one.days, one.unclear if one.start is not None else None]
            begun = begun if summary.times[name].outcome.start is not None else [None, None, None]
            told = [one.unread if one.at_risk else None, *begun[: len(_of_times(summary)) - 2]]
            row = [*ended, *told, *blank, sentence, *[None] * (3 * len(slots))]
            found.setdefault(one.case_id, []).append(row)
    return found


def _of_times(summary: Summary) -> list[str]:
    """The columns of times to an event, where there is one; what a time counts from where that is not the index date."""
    begun = any(one.outcome.start is not None for one in summary.times.values())
    found = ["came about after day", "not known on some visit before"] if summary.times else []
    return [*found, *(["counted from day", "days from there", "may have begun earlier"] if begun else [])]


_TRUTH = {True: "yes", False: "no", None: "not evaluable"}


def _verdict(verdict: Verdict, given: str, rule_alone: str) -> list[Value]:
    return [
        given,
        verdict.day,
        rule_alone,
        verdict.decided_by if verdict.inside is True else "",
        "; ".join(verdict.events),
        verdict.absent if verdict.inside is True else verdict.outside_because,
    ]


def _values(summary: Summary, verdict: Verdict, slots: list[Slot]) -> list[Value]:
    found = quantities(verdict)
    row: list[Value] = []
    for slot in slots:
        quantity = found.get(slot)
        grades = summary.measures[slot.measure].grades
        value: Value = None if quantity is None else quantity.value
        value = told_grade(grades, value) if grades and isinstance(value, Fraction) else value
        row += [None, None, None] if quantity is None else [value, quantity.day, quantity.absent]
    return row


def spells_csv(summary: Summary, note: str = "") -> str:
    """Every spell of every included case by outcome, in days from the index date; of a case without any, why. Holds patient data."""
    header = [name.replace("_", " ") for name in SPELL]
    rows: list[list[Value]] = [
        [*row.values(), *([note] if note else [])]
        for name, spelled in summary.shown.spells.items()
        for row in spell_rows(name, spelled)
    ]
    return csv_text([*header, *(["note"] if note else [])], rows)


def findings_csv(findings: Iterable[Finding], note: str = "") -> str:
    """Every finding with its cell, value and proposal, and what a person wrote about it. Holds patient data."""
    header = [
        "severity",
        "rule",
        "message",
        "file",
        "sheet",
        "row",
        "column",
        "patient",
        "field",
        "value",
        "allowed",
        "proposal",
        "because",
    ]
    rows: list[list[Value]] = [
        [
            found.severity,
            found.rule,
            found.message,
            found.place.file,
            found.place.sheet,
            found.place.row,
            found.place.column,
            found.patient,
            found.field,
            found.value,
            found.allowed,
            found.proposal,
            found.because,
            *([note] if note else []),
        ]
        for found in findings
    ]
    return csv_text([*header, *(["note"] if note else [])], rows)
