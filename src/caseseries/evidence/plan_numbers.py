"""A plan for programs: shares as numbers, what is absent with its reason."""

from __future__ import annotations

from typing import Any

from caseseries.evidence.plan_words import paragraph
from caseseries.evidence.planned import Planned
from caseseries.stats import NoDesign, PrecisionSize, SingleArm, TwoStages

SCHEMA = "caseseries.plan/1"


def numbers(found: Planned) -> dict[str, Any]:
    """The content of plan.json, and of the answer with `--json`."""
    return {
        "schema": SCHEMA,
        "series": {
            "name": found.series.name,
            "outcome": found.series.outcome or None,
            "responders": found.series.responders,
            "n": found.series.n,
            "lower": found.interval.lower,
            "upper": found.interval.upper,
            "invented": found.series.invented,
        },
        "null": float(found.null),
        "cite": found.cite,
        "alternative": float(found.alternative),
        "alpha": float(found.one.asked.alpha),
        "power": float(found.one.asked.power),
        "one_stage": _one(found.one),
        "two_stages": _two(found.two),
        "across": [
            {
                "alternative": float(each.alternative),
                "why": each.why or None,
                "one_stage": _one(each.one),
                "two_stages": None if each.two is None else _two(each.two),
            }
            for each in found.across
        ],
        "precision": [
            {"half_width": float(half), "expected": _size(size), "half_respond": _size(widest)}
            for half, size, widest in found.precision
        ],
        "prior": [float(part) for part in found.prior],
        "posterior": {
            "mean": float(found.posterior.estimate or 0),
            "lower": found.posterior.lower,
            "upper": found.posterior.upper,
            "above_null": found.above_null.value,
        },
        "predictive_success": [None if one.value is None else float(one.value) for one in found.success],
        "paragraph": paragraph(found),
    }


def _one(design: SingleArm | NoDesign) -> dict[str, Any]:
    if isinstance(design, NoDesign):
        return {"absent_because": design.because}
    return {"n": design.n, "r": design.r, "alpha": float(design.actual_alpha), "power": float(design.actual_power)}


def _two(designs: TwoStages | NoDesign) -> dict[str, Any]:
    if isinstance(designs, NoDesign):
        return {"absent_because": designs.because}
    return {
        one.kind: {
            "r1": one.r1,
            "n1": one.n1,
            "r": one.r,
            "n": one.n,
            "alpha": float(one.actual_alpha),
            "power": float(one.actual_power),
            "early": float(one.early),
            "expected": float(one.expected),
            "early_alternative": float(one.early_alternative),
            "expected_alternative": float(one.expected_alternative),
        }
        for one in (designs.optimal, designs.minimax)
    }


def _size(found: PrecisionSize | NoDesign) -> dict[str, Any]:
    if isinstance(found, NoDesign):
        return {"absent_because": found.because}
    return {"n": found.n, "count": found.count, "lower": found.lower, "upper": found.upper}
