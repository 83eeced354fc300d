"""results.json: every number of the report for programs, decimals as strings, what is undefined null with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from caseseries.report.exhibits.charted import unseen
from caseseries.report.files.results_parts import decimal, ending, flow, opening, result, schema_of, text_of
from caseseries.safety.follow import Status
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Cell, Responders, Summary

SCHEMA = "caseseries.results/1"


def schema() -> dict[str, Any]:
    """The published JSON Schema of results.json.

    >>> schema()["properties"]["schema"]["const"]
    'caseseries.results/1'
    """
    return schema_of("results.schema.json")


def results_text(summary: Summary) -> str:
    """The whole file: keys in the order of the schema, two spaces, a line feed at the end."""
    return text_of(results(summary))


def results(summary: Summary) -> dict[str, Any]:
    """The file's content."""
    return {
        **opening(summary, SCHEMA),
        "included": summary.included,
        "excluded": len(summary.shown.rows) - summary.included,
        "flow": flow(summary.flow),
        "responders": [
            _responders(found, outcome.plan.good) for outcome in summary.outcomes.values() for found in outcome.responders
        ],
        "results": [result(found) for found in every_result(summary)],
        "not_charted": dict(summary.not_charted),
        "events_not_told": unseen(summary),
        "adverse_events": _adverse(summary),
        "grid": [_cell(name, cell) for name, outcome in summary.outcomes.items() for cell in outcome.grid],
        "accounts": {table: dict(counts) for table, counts in summary.accounts.items()},
        "findings": _severities(summary),
        **ending(summary),
    }  # fmt: skip


def _responders(found: Responders, good: bool | None) -> dict[str, Any]:
    return {
        "outcome": found.outcome, "spec": found.spec, "reading": found.reading, "yes": found.yes, "no": found.no,
        "not_evaluable": found.not_evaluable, "outside": found.outside, "of_included": result(found.of_included),
        "of_evaluable": result(found.of_evaluable), "worst_case": result(found.worst_case), "best_case": result(found.best_case),
        "unplaced": found.unplaced, "denominator": found.denominator, "good": good,
    }  # fmt: skip


def _cell(outcome: str, cell: Cell) -> dict[str, Any]:
    return {
        "outcome": outcome, "spec": cell.spec, "primary": cell.primary, "reading": cell.reading, "windows": dict(cell.windows),
        "missing": cell.missing, "dose": cell.dose, "varied": list(cell.varied), "yes": cell.yes, "not_evaluable": cell.not_evaluable,
        "total": cell.total, "flips": len(cell.flips),
        "changes": {name: decimal(value) for name, value in cell.changes.items()},
    }  # fmt: skip


def _adverse(summary: Summary) -> dict[str, Any] | None:
    """Charted events of the included cases by what is known of them; null where adverse events were not charted."""
    if "adverse events" in summary.not_charted:
        return None
    states = Counter(event.status for event in summary.shown.events)
    return {"charted": len(summary.shown.events), **{key: states[state] for key, state in _STATES.items()}}


_STATES: Mapping[str, Status] = {
    "on_treatment": "on treatment", "possibly_on_treatment": "possibly on treatment", "not_on_treatment": "not on treatment",
    "undated": "undated", "not_assessed": "not assessed",
}  # fmt: skip


def _severities(summary: Summary) -> dict[str, int]:
    counts = dict.fromkeys(("error", "warning", "note"), 0)
    for finding in summary.findings:
        counts[finding.severity] += 1
    return counts
