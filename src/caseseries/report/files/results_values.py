"""How results.json writes values at one time and slopes over time."""

from __future__ import annotations

from typing import Any

from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.files.results_parts import result
from caseseries.summary.trajectory import TrajectorySummary
from caseseries.summary.value_at import ValueSummary


def trajectory(found: TrajectorySummary) -> dict[str, Any]:
    """One slope for each window."""
    return {
        "outcome": found.outcome,
        "measure": found.measure,
        "slopes": [
            {
                "window": slope.window,
                "cases": slope.cases,
                "repeated": slope.repeated,
                "days": slope.days,
                "withheld": slope.withheld,
                "absent": [{"reason": reason, "n": n} for reason, n in slope.absent],
                "per_month": result(slope.per_month),
            }
            for slope in found.slopes
        ],
    }


def value_at(found: ValueSummary) -> dict[str, Any]:
    """One entry for each group, all cases first."""
    return {
        "outcome": found.outcome,
        "measure": found.measure,
        "window": found.window,
        "days": found.days,
        "verdict": found.verdict or None,
        "groups": [
            {
                "group": group.words,
                "n": group.n,
                "total": group.total,
                "withheld": group.withheld,
                "absent": [{"reason": reason, "n": n} for reason, n in group.absent],
                "histogram": [[machine(one.low), machine(one.high), one.n] for one in group.values.histogram()],
            }
            for group in found.groups
        ],
    }
