"""What was read from a database and what was found in it: rows, findings, sites, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.report.exhibits.count_words import count_cell, count_text
from caseseries.report.exhibits.model import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.source import (
    LACKING,
    VALUES,
    all_values_missing,
    missing_words,
    shortened,
    told_of,
    value_name,
)
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.aggregate import AT_THE_SITE
from caseseries.summary.model import ChangeSummary, FindingCount, Site, Summary
from caseseries.summary.result import Count


def sites_table(sites: Sequence[Site]) -> Table | None:
    """The sites whose counts were added up."""
    if not sites:
        return None
    rows = tuple(
        Row((Cell(site.label), Cell(whole(site.cases), site.cases), Cell(site.audience), Cell(_hidden(site))))
        for site in sites
    )
    columns = (Column("Site"), Column("Included cases", "number"), Column("Counts made for"), Column("Small counts"))
    notes = ("No patient row left a site; the counts were added up.",)
    return Table("sites", "Sites", columns, rows, notes)


def _hidden(site: Site) -> str:
    return "all told" if site.smallest <= 1 else f"below {site.smallest} not told"


def accounts_table(population: Summary) -> Table:
    """Rows read = used + out of scope + refused, per table."""
    names = ["read", "used", "out of scope", "refused"]
    rows = tuple(
        Row((Cell(table), *(count_cell(counts.get(name, Count(0, 0))) for name in names)))
        for table, counts in population.accounts.items()
    )
    columns = (Column("Table"), *(Column(capital(name), "number") for name in names))
    return Table(
        "rows-read", "Rows read, and what became of them", columns, rows, ("Read = used + out of scope + refused.",)
    )


def not_used_table(population: Summary) -> Table | None:
    """Why rows were not used, per table."""
    rows: list[Row] = []
    for table in population.accounts:
        found = [row for row in population.rows if row.table == table and row.status != "used"]
        if found:
            rows.append(heading(table))
            rows += [
                Row((Cell(capital(row.reason or "no reason told")), Cell(row.status), count_cell(row.n)), 1)
                for row in sorted(found, key=lambda row: (-row.n.high, row.status, row.reason))
            ]
    if not rows:
        return None
    columns = (Column("Why"), Column("What became of the row"), Column("Rows", "number"))
    return Table("rows-not-used", "Why rows were not used", columns, tuple(rows))


def findings_table(population: Summary) -> Table | None:
    """Every finding with how often it was met."""
    if not population.findings:
        return None
    rows = tuple(
        Row(
            (
                Cell(capital(found.severity)),
                Cell(capital(found.rule)),
                Cell(told_of(population.measures, found.message)),
                count_cell(found.n),
            )
        )
        for found in population.findings
    )
    columns = (Column("Severity"), Column("Finding"), Column("What was found", "sentences"), Column("Count", "number"))
    return Table("findings", "Findings in the data", columns, rows, ("The same list is in findings.csv.",))


def findings_words(population: Summary) -> str:
    """Errors, warnings and notes counted, for the headline."""
    parts = []
    for severity in ("error", "warning"):
        rules = {found.rule for found in population.findings if found.severity == severity}
        if rules:
            parts.append(
                f"{counted(len(rules), f'kind of {severity}', f'kinds of {severity}')} ({'; '.join(sorted(rules))})"
            )
    notes = sum(found.severity == "note" for found in population.findings)
    parts += [counted(notes, "kind of note", "kinds of note")] if notes else []
    return f"The data have {listed(parts)}, see the tables of findings and findings.csv" if parts else ""


def notices(population: Summary, sites: Sequence[Site] = ()) -> tuple[str, ...]:
    """What must be known before any number is read, in plain words: what the source lacks, what sites did not tell."""
    told: list[str] = []
    if sites:
        labels = listed(f"{site.label} ({whole(site.cases)})" for site in sites)
        told.append(
            f"Counts of {counted(len(sites), 'site')} were added up: {labels} included cases. No patient rows were at hand."
        )
    told += list(population.limits)
    told += without_values(population)
    loud = [found for found in population.findings if found.severity != "note" or found.rule in LACKING]
    ordered = sorted(loud, key=lambda found: (found.severity != "error", found.n.exact != 1, found.rule, found.message))
    return (
        *told,
        *shortened([(found.rule, _notice(population, found)) for found in ordered if found.rule != "no value"]),
    )


def _notice(population: Summary, found: FindingCount) -> str:
    message = told_of(population.measures, found.message.rstrip("."))
    if found.message == AT_THE_SITE:
        message = f"{capital(found.rule)}: {found.message}"
    return f"{message}." if found.n.exact == 1 else f"{message} ({count_text(found.n)})."


def without_values(population: Summary) -> list[str]:
    """Sentences on measures of which no included case has both values."""
    changes = every_change(population)
    if not changes or not population.included:
        return []
    empty = list(dict.fromkeys(change.measure for change in changes if not change.n and not change.withheld))
    if not empty:
        return []
    used = sum(population.accounts[table]["used"].high for table in VALUES if table in population.accounts)
    blank = sum(found.n.low for found in population.findings if found.rule == "no value")
    names = [value_name(population.measures, name) for name in empty]
    return [
        missing_words(
            names, used, blank, every=all_values_missing(population, empty, [change.measure for change in changes])
        )
    ]


def every_change(population: Summary) -> tuple[ChangeSummary, ...]:
    """The changes behind the outcomes, then those declared by themselves."""
    behind = [change for outcome in population.outcomes.values() for change in outcome.changes]
    return (*behind, *population.change_outcomes)


def rows_words(population: Summary) -> str:
    """How much was read, in a sentence."""
    parts = [
        f"{count_text(counts['read'])} of {table}"
        for table, counts in population.accounts.items()
        if counts["read"].high
    ]
    return f"Rows read: {listed(parts)}." if parts else ""
