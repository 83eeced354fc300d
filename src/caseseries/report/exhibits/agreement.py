"""Verdicts of two outcomes side by side, and how far they agree."""

from __future__ import annotations

from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import (
    absent,
    ci_text,
    interval,
    number,
    percent_ends,
    share_in_words,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted
from caseseries.summary.agreement import COMPARED, Agreement
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Result

_ANSWERS = (*COMPARED, "not evaluable", "outside", "denominator not known")


def agreement_tables(summary: Summary) -> list[Table]:
    """One table per pair that the protocol names."""
    return [_table(one, summary.protocol.reporting.level) for one in summary.agreements]


def _table(found: Agreement, level: str) -> Table:
    rows = [answer for answer in _ANSWERS if answer in COMPARED or any(key[0] == answer for key in found.counts)]
    columns = [answer for answer in _ANSWERS if answer in COMPARED or any(key[1] == answer for key in found.counts)]
    body = []
    for one in rows:
        cells = [found.counts.get((one, other), NONE) for other in columns]
        body.append(
            Row(
                (
                    Cell(capital(one)),
                    *(Cell(str(n), n.exact, strong=one == other) for n, other in zip(cells, columns, strict=True)),
                )
            )
        )
    return Table(
        f"agreement-{slug(found.first)}-{slug(found.second)}",
        f"{capital(found.first)} and {found.second} side by side",
        (Column(capital(found.first)), *numbers(*map(capital, columns), over=(capital(found.second),))),
        tuple(body),
        _notes(found, level),
    )


def _notes(found: Agreement, level: str) -> tuple[str, ...]:
    same, n = found.same, found.same.total or 0
    told = "Cases by the two verdicts, under the protocol as written. Bold: the same answer."
    told += f" Sites with {counted(found.withheld, 'included case')} told nothing of this." if found.withheld else ""
    if not n:
        return (told, "No case has yes or no in both, so that there is no agreement to tell.")
    share = f"The same answer in {share_in_words(same.n or 0, n)} with yes or no in both, {ci_text(level, percent_ends(same))}."
    return (
        told,
        share,
        f"{_told('Cohen’s kappa', found.kappa)}; {_told('Gwet’s AC1', found.ac1)}. {found.kappa.method}; {found.ac1.method}.",
    )


def _told(name: str, found: Result) -> str:
    if found.estimate is None:
        return f"{name} {absent(found.absent_because)}"
    value = number(found.estimate, 2)
    return (
        f"{name} {value} ({interval(found, 2)})"
        if found.lower is not None
        else f"{name} {value} (no interval: {found.absent_because})"
    )
