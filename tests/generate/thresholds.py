"""What the reference counts at other thresholds of a rule, held against what the stages counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan
from caseseries.protocol.threshold_grid import threshold_grid
from caseseries.reference.case import CaseAnswer
from caseseries.reference.oracle import cases, verdict
from caseseries.response.threshold_counts import ThresholdCounts


def expected(
    study: Protocol, read: Chart, of_grid: OutcomePlan, answers: Iterable[CaseAnswer], number: int
) -> tuple[int, int]:
    """What the reference counts in one cell: met and not evaluable, of the denominator."""
    verdicts = [verdict(study, read, answer, of_grid, of_grid.specs[number]) for answer in answers]
    inside = [one.truth for one in verdicts if one.inside]
    return inside.count(True), inside.count(None)


def differing(study: Protocol, read: Chart, counted: Mapping[str, ThresholdCounts | None], every: int = 1) -> list[str]:
    """The cells in which the stages counted otherwise, of every so many."""
    answers = [one for one in cases(study, read) if one.included]
    found = []
    for name, counts in counted.items():
        grid = threshold_grid(plan(study, name))
        if (grid is None) is not (counts is None):
            found.append(f"{name}: one of both has no thresholds")
        elif grid is not None and counts is not None:
            found += [
                f"{name}, cell {number}"
                for number in range(0, len(grid.plan.specs), every)
                if expected(study, read, grid.plan, answers, number) != counts.cells[number]
            ]
    return found
