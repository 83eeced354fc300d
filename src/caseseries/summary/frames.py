"""The finished run as plain tables, for data frames and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any, get_origin, get_type_hints

from caseseries.chart.tables import Finding, SourceRow
from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts
from caseseries.summary.model import (
    AdverseEvent,
    CaseRow,
    Cell,
    ChangeSummary,
    DrugUse,
    OutcomeSummary,
    Pivotal,
    Point,
    Responders,
    Result,
    Summary,
)  # fmt: skip
from caseseries.verdict.denominator import outside_words

#: Every table there is, in the order of the report.
TABLES = (
    "cases",
    "verdicts",
    "responders",
    "changes",
    "grid",
    "pivotal",
    "drugs",
    "events",
    "values",
    "findings",
    "rows",
)

#: What a row of each table is, for those whose columns do not depend on the protocol.
_ROWS: dict[str, type] = {
    "cases": CaseRow, "responders": Responders, "changes": ChangeSummary, "grid": Cell, "pivotal": Pivotal, "drugs": DrugUse,
    "events": AdverseEvent, "values": Point, "findings": Finding, "rows": SourceRow,
}  # fmt: skip

ANSWERS = {True: "yes", False: "no", None: "not evaluable"}


def table(summary: Summary, name: str) -> list[dict[str, Any]]:
    """One of :data:`TABLES` as plain rows: numbers are floats, what is undefined is None."""
    outcomes = summary.outcomes.values()
    rows: list[Any]
    match name:
        case "cases":
            rows = list(summary.cases)
        case "verdicts":
            rows = [row for outcome in outcomes for row in _verdicts(outcome, summary.measures)]
        case "responders":
            rows = [row for outcome in outcomes for row in outcome.responders]
        case "changes":
            rows = [row for outcome in outcomes for row in outcome.changes] + list(summary.change_outcomes)
        case "grid":
            rows = [{"outcome": outcome.plan.name, **flat(row)} for outcome in outcomes for row in outcome.grid]
        case "pivotal":
            rows = [{"outcome": outcome.plan.name, **flat(row)} for outcome in outcomes for row in outcome.pivotal]
        case "drugs":
            rows = list(summary.drugs)
        case "events":
            rows = list(summary.charted_events)
        case "values":
            rows = list(summary.points)
        case "findings":
            rows = list(summary.findings)
        case _:
            ensure(name == "rows", "a table that TABLES does not name")
            rows = list(summary.rows)
    return [flat(row) for row in rows]


def columns(name: str) -> tuple[str, ...]:
    """The columns of a table that has no row; those of values and of components of rules are not among them.

    >>> columns("findings")[:5], columns("findings")[-1]
    (('severity', 'rule', 'message', 'place.file', 'place.sheet'), 'proposal')
    """
    if name == "verdicts":
        return ("case_id", "outcome", "reading", "verdict", "day", "decided_by", "absent_because", "sentence")
    before = ("outcome",) if name in {"grid", "pivotal"} else ()
    return (*before, *_fields(_ROWS[name]))


def _fields(row: type, before: str = "") -> Iterator[str]:
    for name, kind in get_type_hints(row).items():
        if kind is Result:
            yield from (f"{before}{name}", *(f"{before}{name}.{part}" for part in ("lower", "upper", "absent_because")))
        elif is_dataclass(kind) and isinstance(kind, type):
            yield from _fields(kind, f"{before}{name}.")
        elif get_origin(kind) is not Mapping:
            yield f"{before}{name}"


def _verdicts(outcome: OutcomeSummary, measures: Mapping[str, MeasureFacts]) -> Iterator[dict[str, Any]]:
    """One row per included case and reading, with the values it rests on."""
    for spec in outcome.plan.specs:
        if spec.role == "grid":
            continue
        for verdict in outcome.verdicts[spec.number]:
            yield {
                "case_id": verdict.case_id,
                "outcome": verdict.outcome,
                "reading": spec.reading,
                "verdict": outside_words(verdict, outcome.plan, measures) or ANSWERS[verdict.truth],
                "day": verdict.day,
                "decided_by": verdict.decided_by if verdict.inside is True else "",
                "absent_because": verdict.absent if verdict.inside is True else verdict.outside_because,
                **{f"{one.slot.measure} at {one.slot.window}": one.value for one in verdict.quantities},
                "sentence": outcome.sentences[verdict.case_id] if spec.primary else None,
            }


def flat(row: Any, before: str = "") -> dict[str, Any]:
    """A frozen value or a mapping as one plain row; what stands inside it gets the outer name in front.

    A result becomes its estimate, its lower and upper limit, and why it is absent.

    >>> flat({"n": 8, "mean": Fraction(85, 8), "of": {"yes": 6}, "names": ("a", "b")})
    {'n': 8, 'mean': 10.625, 'of.yes': 6, 'names': 'a; b'}
    """
    is_value = is_dataclass(row) and not isinstance(row, type)
    named = {one.name: getattr(row, one.name) for one in fields(row)} if is_value else dict(row)
    plain: dict[str, Any] = {}
    for name, value in named.items():
        key = f"{before}{name}"
        if isinstance(value, Fraction):
            plain[key] = float(value)
        elif isinstance(value, Result):
            plain[key] = None if value.estimate is None else float(value.estimate)
            plain |= flat({"lower": value.lower, "upper": value.upper}, f"{key}.")
            plain[f"{key}.absent_because"] = value.absent_because
        elif is_dataclass(value) or isinstance(value, Mapping):
            plain |= flat(value, f"{key}.")
        elif isinstance(value, tuple):
            plain[key] = "; ".join(_text(part) for part in value)
        else:
            plain[key] = value
    return plain


def _text(part: Any) -> str:
    """One entry of a list: a pair as `name: value`, a result as its limits."""
    if isinstance(part, Result):
        return f"{part.method}: {part.lower} to {part.upper}"
    return ": ".join(map(str, part)) if isinstance(part, tuple) else str(part)
