"""How results.json writes who stands in the columns of Table 1, values at one time, slopes over time and spells."""

from __future__ import annotations

from typing import Any

from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.exhibits.thresholds import axes_words, thresholds_of
from caseseries.report.files.results_parts import reasons, result
from caseseries.summary.answer_groups import TableOneBy
from caseseries.summary.model import Summary
from caseseries.summary.spells import SpellsSummary
from caseseries.summary.trajectory import TrajectorySummary
from caseseries.summary.value_at import ValueSummary
from caseseries.verdict.denominator import denominator_words


def by_answer(found: TableOneBy) -> dict[str, Any]:
    """The columns of Table 1 by an outcome; their numbers stand under `results`."""
    return {
        "outcome": found.outcome,
        "groups": [{"answer": group.answer, "n": group.n} for group in found.groups],
        "withheld": found.withheld,
    }


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


def spelled(found: SpellsSummary, summary: Summary) -> dict[str, Any]:
    """One outcome of spells, one entry for each state."""
    return {
        "outcome": found.name,
        "denominator": denominator_words(found.plan, summary.measures),
        "gap": found.outcome.gap,
        "read": found.n,
        "without": reasons(found.without),
        "withheld": found.withheld,
        "states": [
            {
                "state": one.state,
                "yes": one.yes,
                "no": one.no,
                "not_evaluable": one.not_evaluable,
                "seen": result(one.seen),
                "spells": one.spells,
                "ended": dict(one.ended),
                "then": dict(one.then),
                "days": one.days,
                "median_days": result(one.lengths["median"]),
            }
            for one in found.states
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


def thresholds(summary: Summary) -> list[dict[str, Any]]:
    """Each outcome at other thresholds of its rule; of a run that shows its cases."""
    found = []
    for name, outcome in summary.outcomes.items():
        counted = thresholds_of(summary, name)
        if counted is None:
            continue
        axes = [
            {
                "asked": words,
                "values": [machine(value) for value in axis.values],
                "written": axis.written,
            }
            for words, axis in zip(axes_words(counted, summary.measures, outcome.plan.at), counted.axes, strict=True)
        ]
        cells = [{"yes": yes, "not_evaluable": unknown} for yes, unknown in counted.cells]
        found.append(
            {"outcome": name, "axes": axes, "primary": counted.primary, "fixed": counted.fixed, "cells": cells}
        )
    return found
