"""What every results.json holds, whether cases were shown or counted: its schema, how it opens and ends, and how one number is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from caseseries.report.exhibits.numbers import machine
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.exhibits.run import Finished
from caseseries.summary.result import FlowStep, Number, Result


def schema_of(file: str) -> dict[str, Any]:
    """A published JSON Schema by the name of its file."""
    text = resources.files("caseseries.report").joinpath(file).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def text_of(content: Mapping[str, Any]) -> str:
    """The whole file: keys in the order of the schema, two spaces, a line feed at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def opening(run: Finished, schema: str) -> dict[str, Any]:
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


def ending(run: Finished) -> dict[str, Any]:
    """What stands after the numbers: choices that were suggested, deviations, outcomes still to be declared."""
    return {"suggested": list(run.suggested), "deviations": list(run.deviations), "pending": list(run.pending)}


def decimal(value: Number | None) -> str | None:
    """A number as text, so that no reader rounds it."""
    return None if value is None else machine(value)


def result(found: Result) -> dict[str, Any]:
    """One number with its ends, and what it rests on."""
    return {
        "id": found.id, "label": found.label, "estimate": decimal(found.estimate), "lower": decimal(found.lower),
        "upper": decimal(found.upper), "n": found.n, "total": found.total, "unit": found.unit, "method": found.method,
        "absent_because": found.absent_because,
    }  # fmt: skip
