"""What was read and what was found: rows accounted for, why others were not used, and findings. Chart values stay in findings.csv."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_cell, count_text
from caseseries.report.exhibits.notices import told_of
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import of_charts
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Count

_FATES = ("read", "used", "out of scope", "refused")
_SEVERITY = ("error", "warning", "note")


def accounts_table(summary: Summary) -> Table:
    """Rows read = used + out of scope + refused, per table."""
    rows = tuple(
        Row((Cell(_name(summary, table)), *(count_cell(counts.get(fate, NONE)) for fate in _FATES)))
        for table, counts in summary.accounts.items()
    )
    columns = (Column("Table"), *(Column(capital(fate), "number") for fate in _FATES))
    note = "Read = used + out of scope + refused."
    return Table("rows-read", "Rows read, and what became of them", columns, rows, (note,))


def rows_words(summary: Summary) -> str:
    """How much was read, in a sentence."""
    parts = [
        f"{count_text(counts['read'])} of {table}" for table, counts in summary.accounts.items() if counts["read"].high
    ]
    return f"Rows read: {listed(parts)}." if parts else ""


def not_used_table(summary: Summary) -> Table | None:
    """Why rows were not used, per table; nothing where no reason is told, since how many there are is told above."""
    if not any(row.reason for row in summary.rows):
        return None
    rows: list[Row] = []
    for table in summary.accounts:
        found = [row for row in summary.rows if row.table == table and row.status != "used"]
        if found:
            rows.append(heading(_name(summary, table)))
            rows += [
                Row((Cell(capital(row.reason or "no reason told")), Cell(row.status), count_cell(row.n)), 1)
                for row in sorted(found, key=lambda row: (-row.n.high, row.status, row.reason))
            ]
    if not rows:
        return None
    columns = (Column("Why"), Column("What became of the row"), Column("Rows", "number"))
    return Table("rows-not-used", "Why rows were not used", columns, tuple(rows))


def _name(summary: Summary, table: str) -> str:
    """A table of a chart has the name that the software gives it, one of a database its own."""
    return capital(table) if of_charts(summary) else table


def findings_table(summary: Summary) -> Table | None:
    """Findings by severity and rule: of a database with what was found, of a chart with the table or file; no patient and no cell."""
    if not summary.findings:
        return None
    if not of_charts(summary):
        where, note = Column("What was found", "sentences"), "The same list is in findings.csv."
        if summary.cases is not None:
            note = "findings.csv cites rows by their ids, and holds all rows of these persons, also those that no window reaches."
    else:
        where = Column("Table or file")
        each = "Each finding with its cell, value and proposal is"
        note = f"{each} in findings.csv, which holds patient data and is not part of this page."
        if summary.sites:
            note = "Each finding with its cell, value and proposal stays at its site."
        elif summary.cases is None:
            note = f"findings.csv has what was found with how often. {each} in what `caseseries check --json --values` prints."
    rows = tuple(
        Row((Cell(capital(severity)), Cell(rule), Cell(told or "–"), count_cell(n)))
        for (severity, rule, told), n in _findings(summary).items()
    )
    columns = (Column("Severity"), Column("Finding"), where, Column("Count", "number"))
    return Table("findings", "Findings in the data", columns, rows, (note,))


def _findings(summary: Summary) -> dict[tuple[str, str, str], Count]:
    """How often each finding was met, by severity, rule and where or what."""
    found: dict[tuple[str, str, str], Count] = {}
    if not of_charts(summary):
        told = [(one.severity, one.rule, told_of(summary.measures, one.message), one.n) for one in summary.findings]
    elif summary.cases is not None:
        places = [(one.severity, one.rule, one.place.sheet or one.place.file) for one in summary.cases.findings]
        told = [(*place, Count.of(1)) for place in sorted(places, key=lambda one: (_SEVERITY.index(one[0]), *one[1:]))]
    else:
        told = [(one.severity, one.rule, "", one.n) for one in summary.findings]
    for severity, rule, what, n in told:
        found[severity, rule, what] = found.get((severity, rule, what), NONE) + n
    return found


def findings_words(summary: Summary) -> str:
    """Errors and warnings in the data by rule, and how many notes, for the headline; empty where there are none. No chart value.

    A finding of a chart is about one cell and is counted; one of a database may be about many rows, and its kinds are.
    """
    kinds, parts = not of_charts(summary), []
    for severity in ("error", "warning"):
        rules: dict[str, int] = {}
        for one in summary.findings:
            if one.severity == severity:
                rules[one.rule] = rules.get(one.rule, 0) + one.n.high
        if rules and kinds:
            parts.append(
                f"{counted(len(rules), f'kind of {severity}', f'kinds of {severity}')} ({'; '.join(sorted(rules))})"
            )
        elif rules:
            told = "; ".join(f"{rule}: {whole(n)}" for rule, n in sorted(rules.items()))
            parts.append(f"{counted(sum(rules.values()), severity)} ({told})")
    notes = sum(1 if kinds else one.n.high for one in summary.findings if one.severity == "note")
    if notes:
        parts.append(counted(notes, "kind of note", "kinds of note") if kinds else counted(notes, "note"))
    where = "the table of findings and findings.csv" if kinds else "findings.csv"
    return f"The data have {listed(parts)}, see {where}" if parts else ""


def glyphs(unshown: str) -> Paragraph | None:
    """Which characters are shown as a box where the letters are in the file: in a PDF, and in figures of pixels."""
    if not unshown:
        return None
    told = (
        f"PDF, PNG and TIFF files, and the figures of Word documents, show a box for: {' '.join(unshown)}. "
        "The page, the text of Word documents and the SVG figures hold these characters."
    )
    return Paragraph(told, "Characters without a glyph")
