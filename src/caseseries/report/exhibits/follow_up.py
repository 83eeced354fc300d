"""Follow-up, which is two numbers: observed, and on the study drug."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries.report.exhibits.describe import grouped, months
from caseseries.report.exhibits.model import Cell, Column, Row, Table
from caseseries.report.exhibits.numbers import absent, number, plain, span
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import Result, Summary


def follow_up_table(summary: Summary) -> Table:
    """Observed and on-drug follow-up: cases, total, median, range; in days and months."""
    rows = []
    for quantity, parts in grouped(summary.follow_up).items():
        found = parts.get("median") or next(iter(parts.values()))
        n = max((part.n or 0 for part in parts.values()), default=0)
        rows.append(
            Row(
                (
                    Cell(capital(quantity)),
                    Cell(str(n), n),
                    _length(parts.get("median", found)),
                    _ends(parts, "lower_quartile", "upper_quartile"),
                    _ends(parts, "minimum", "maximum"),
                )
            )
        )
    columns = (
        Column("Follow-up"),
        Column("n", "number"),
        Column("Median", "number"),
        Column("IQR", "number"),
        Column("Range", "number"),
    )
    notes = (
        "Observed: from the index date to the last day anything was recorded, or the data cut-off. On drug: to the last day of the study drug within it.",
        "IQR, interquartile range; d, days; mo, months of 30.4375 days.",
    )
    return Table("follow-up", "Follow-up of the included cases", columns, tuple(rows), notes)


def _length(result: Result) -> Cell:
    if result.estimate is None:
        return Cell(absent(result.absent_because))
    return Cell(f"{number(result.estimate, 0)} d ({months(_days(result))} mo)", result.estimate)


def _days(result: Result) -> Fraction:
    assert result.estimate is not None
    return Fraction(result.estimate)


def _ends(parts: Mapping[str, Result], low: str, high: str) -> Cell:
    first, last = parts.get(low), parts.get(high)
    if first is None or last is None:
        median = parts.get("median") or next(iter(parts.values()))
        return Cell("" if median.absent_because == "" else absent(median.absent_because))
    if first.estimate is None or last.estimate is None:
        return Cell(absent(first.absent_because))
    in_days = span(number(first.estimate, 0), number(last.estimate, 0))
    return Cell(f"{in_days} d ({span(months(_days(first)), months(_days(last)))} mo)")


def cases_table(summary: Summary) -> Table:
    """Follow-up of each included case."""
    rows = [
        Row(
            (
                Cell(case.case_id),
                _number(case.observed_days),
                _number(case.on_drug_days),
                Cell("yes" if case.ongoing else "no"),
                _number(case.disease_duration_days),
            )
        )
        for case in summary.included
    ]
    columns = (
        Column("Case"),
        Column("Observed, d", "number"),
        Column("On drug, d", "number"),
        Column("Still taken at the end"),
        Column("From diagnosis to index, d", "number"),
    )
    return Table("follow-up-cases", "Follow-up of each included case", columns, tuple(rows), ("d, days.",))


def _number(days: int | None) -> Cell:
    return Cell("–") if days is None else Cell(plain(days), days)
