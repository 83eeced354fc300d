"""The order in which cases are printed: as a person counts them, P2 before P10."""

from __future__ import annotations

from dataclasses import replace

from caseseries.chart.natural import natural
from caseseries.summary.model import Summary


def in_order(summary: Summary) -> Summary:
    """The run with its cases in the order in which they are printed."""
    if summary.cases is None:
        return summary
    rows = tuple(sorted(summary.cases.rows, key=lambda case: natural(case.case_id)))
    return replace(summary, cases=replace(summary.cases, rows=rows))
