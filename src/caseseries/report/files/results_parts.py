"""How results.json writes one number, opens and ends; and its schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_numbers import machine
from caseseries.summary.event_count import EventCountSummary
from caseseries.summary.model import Summary
from caseseries.summary.result import Count, FlowStep, Number, Reason, Result


def schema_of(file: str) -> dict[str, Any]:
    """A published JSON Schema by the name of its file."""
    text = resources.files("caseseries.report").joinpath(file).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def text_of(content: Mapping[str, Any]) -> str:
    """The whole file: keys in the order of the schema, two spaces, a line feed at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def opening(run: Summary, schema: str) -> dict[str, Any]:
    """What stands before the numbers: what was run, and whether its data are invented."""
    return {
        "schema": schema,
        "study": run.protocol.study,
        "invented": INVENTED if run.invented else None,
        "fingerprints": dict(run.fingerprints),
        "locked": run.locked or None,
        "level": run.protocol.reporting.level,
    }


def flow(steps: Iterable[FlowStep]) -> list[dict[str, Any]]:
    """From those found to the included, with every reason; then a branch per outcome with its answers."""
    return [
        {
            "label": step.label,
            "n": step.n,
            "removed": [{"reason": why, "n": n} for why, n in step.removed],
            "outcome": step.outcome or None,
            "answers": [{"answer": told, "n": n} for told, n in step.parts],
        }
        for step in steps
    ]


def ending(run: Summary) -> dict[str, Any]:
    """What stands after the numbers: choices that were suggested, deviations, outcomes still to be declared."""
    return {"suggested": list(run.suggested), "deviations": list(run.deviations), "pending": list(run.pending)}


def count(found: Count) -> int | list[int]:
    """A number, or the two ends between which it lies.

    >>> count(Count(3, 3)), count(Count(1, 4))
    (3, [1, 4])
    """
    return found.low if found.exact is not None else [found.low, found.high]


def reasons(found: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons or events with their counts."""
    return [{"reason": reason.words, "n": count(reason.n)} for reason in found]


def decimal(value: Number | None) -> str | None:
    """A number as text, so that no reader rounds it."""
    return None if value is None else machine(value)


def result(found: Result) -> dict[str, Any]:
    """One number with its ends, and what it rests on."""
    return {
        "id": found.id,
        "label": found.label,
        "estimate": decimal(found.estimate),
        "lower": decimal(found.lower),
        "upper": decimal(found.upper),
        "n": found.n,
        "total": found.total,
        "unit": found.unit,
        "method": found.method,
        "absent_because": found.absent_because,
        **({"words": found.words} if found.words else {}),
    }


def events_counted(found: EventCountSummary) -> dict[str, Any]:
    """One outcome that counts events: each window, the ratio, and how it was by patient."""
    return {
        "outcome": found.name,
        "event": found.outcome.count,
        "not_charted": found.not_charted,
        "withheld": found.withheld,
        "windows": [
            {
                "window": one.window,
                "cases": one.cases,
                "not_observed": one.not_observed,
                "cases_with_one": None if found.nowhere else count(one.with_one),
                "events": None if found.nowhere else count(one.events),
                "days": one.days,
                "rate": result(one.rate),
            }
            for one in found.sides
        ],
        "ratio": None if found.ratio is None else result(found.ratio),
        "by_patient": dict(found.pairs),
    }
