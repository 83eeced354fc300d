"""What was read and what was found: rows accounted for, and findings by rule. Chart values stay in findings.csv."""

from __future__ import annotations

from collections import Counter

from caseseries.report.exhibits.model import Cell, Column, Paragraph, Row, Table
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.model import Summary

_SEVERITY = ("error", "warning", "note")


def accounts_table(summary: Summary) -> Table:
    """Rows read = used + out of scope + refused, per table."""
    names = list(
        dict.fromkeys(
            ["read", "used", "out of scope", "refused", *(key for found in summary.accounts.values() for key in found)]
        )
    )
    rows = tuple(
        Row(
            (
                Cell(table if "_" in table else capital(table)),
                *(Cell(whole(counts.get(name, 0)), counts.get(name, 0)) for name in names),
            )
        )
        for table, counts in summary.accounts.items()
    )
    columns = (Column("Table"), *(Column(capital(name), "number") for name in names))
    return Table(
        "rows-read", "Rows read, and what became of them", columns, rows, ("Read = used + out of scope + refused.",)
    )


def findings_table(summary: Summary) -> Table | None:
    """Findings counted by severity and rule; each one, with its cell, is in findings.csv."""
    if not summary.findings:
        return None
    counts = Counter(
        (finding.severity, finding.rule, finding.place.sheet or finding.place.file) for finding in summary.findings
    )
    ordered = sorted(counts.items(), key=lambda item: (_SEVERITY.index(item[0][0]), item[0][1], item[0][2]))
    rows = tuple(
        Row((Cell(capital(severity)), Cell(rule), Cell(where or "–"), Cell(whole(n), n)))
        for (severity, rule, where), n in ordered
    )
    columns = (Column("Severity"), Column("Finding"), Column("Table or file"), Column("Count", "number"))
    notes = (
        "Each finding with its cell, value and proposal is in findings.csv, which holds patient data and is not part of this page.",
    )
    return Table("findings", "Findings in the data", columns, rows, notes)


def findings_words(summary: Summary) -> str:
    """Errors and warnings in the data counted by rule, and how many notes, for the headline; empty where there are none. No chart value."""
    parts = []
    for severity in ("error", "warning"):
        rules = Counter(finding.rule for finding in summary.findings if finding.severity == severity)
        if rules:
            told = "; ".join(f"{rule}: {n}" for rule, n in sorted(rules.items()))
            parts.append(f"{counted(rules.total(), severity)} ({told})")
    notes = sum(finding.severity == "note" for finding in summary.findings)
    parts += [counted(notes, "note")] if notes else []
    return f"The data have {listed(parts)}, see findings.csv" if parts else ""


def glyphs(unshown: str) -> Paragraph | None:
    """Which characters the PNG figures show as a box."""
    if not unshown:
        return None
    told = f"The PNG figures show a box for: {' '.join(unshown)}. The SVG figures hold these characters."
    return Paragraph(told, "Characters without a glyph")
