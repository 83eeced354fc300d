"""Table 1: who the included cases are, each row with its true denominator and what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caseseries.report.exhibits.describe import PARTS, full_range, mean_sd, median_iqr, places
from caseseries.report.exhibits.model import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.numbers import NOT_ESTIMABLE, absent, plain, share, span
from caseseries.summary.model import Result, Summary


def table_one(summary: Summary) -> Table:
    """Characteristics at the index date, and earlier treatment."""
    rows = list(described_rows(summary.table_one))
    if summary.prior:
        rows.append(heading("Treated before the index date with"))
        rows += [_count(result, _level(result)[1], 1) for result in summary.prior]
    n = len(summary.included)
    columns = (Column("Characteristic"), Column(f"All included (n = {n})", "number"))
    notes = (
        "IQR, interquartile range; SD, standard deviation. Counts are n/N (%) with N the cases for which the item is known.",
        *(
            ("Ages are whole years by birthday.",)
            if any(case.age_years is not None for case in summary.included)
            else ()
        ),
    )
    return Table("table-1", "Included cases at the index date", columns, tuple(rows), notes)


def described_rows(results: Iterable[Result]) -> list[Row]:
    """Rows of results whose ids end in `quantity/part`: descriptions are joined, counts stand one a row."""
    gathered: dict[str, dict[str, Result]] = {}
    for result in results:
        quantity, _, part = result.id.rpartition("/")
        gathered.setdefault(quantity or part, {})[part] = result
    rows: list[Row] = []
    opened = ""
    for found in gathered.values():
        if set(found) & set(PARTS):
            rows += _description(found)
            opened = ""
            continue
        for result in found.values():
            group, level = _level(result)
            if group != opened and group:
                rows.append(heading(group))
            opened = group
            rows.append(_count(result, level, 1 if group else 0))
    return rows


def _level(result: Result) -> tuple[str, str]:
    """`Sex: female` is the level `female` of the group `Sex`."""
    group, colon, level = result.label.partition(": ")
    return (group, level) if colon else ("", result.label)


def _count(result: Result, label: str, indent: int) -> Row:
    if result.n is not None and result.total is not None:
        return Row((Cell(label), Cell(share(result.n, result.total))), indent)
    if result.estimate is None:
        return Row((Cell(label), Cell(absent(result.absent_because))), indent)
    text = plain(result.estimate)
    if result.lower is not None and result.upper is not None:
        text += f" ({span(plain(result.lower), plain(result.upper))})"
    return Row((Cell(f"{label}, {result.unit}" if result.unit else label), Cell(text, result.estimate)), indent)


def _description(found: Mapping[str, Result]) -> list[Row]:
    first = next(iter(found.values()))
    label = first.label
    for part in PARTS:
        label = label.removesuffix(f", {part.replace('_', ' ')}").removesuffix(f" {part.replace('_', ' ')}")
    unit = f", {first.unit}" if first.unit else ""
    decimals = places(found)
    rows = [heading(f"{label}{unit}")]
    if all(result.estimate is None for result in found.values()):
        reason = next((result.absent_because for result in found.values() if result.absent_because), "")
        rows.append(Row((Cell("Median (IQR)"), Cell(absent(reason))), 1))
    else:
        if "median" in found:
            rows.append(Row((Cell("Median (IQR)"), median_iqr(found, decimals)), 1))
        if "mean" in found:
            rows.append(Row((Cell("Mean (SD)"), mean_sd(found, decimals)), 1))
        if "minimum" in found:
            rows.append(Row((Cell("Range"), full_range(found)), 1))
    n, total = first.n, first.total
    if n is not None and total is not None and n < total:
        rows.append(Row((Cell("Unknown"), Cell(share(total - n, total))), 1))
    return rows


def has_numbers(table: Table) -> bool:
    """Whether any row of the table holds a number."""
    return any(cell.text and NOT_ESTIMABLE not in cell.text for row in table.rows for cell in row.cells[1:])
