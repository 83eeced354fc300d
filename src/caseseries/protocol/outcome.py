"""Outcomes: a verdict by a rule, or a change; time-to and count outcomes may be declared, and wait."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from caseseries.protocol.rule import Rule
from caseseries.protocol.written import Written, YesNo, known_kind


class VerdictOutcome(Written):
    """Responder, non-responder or not evaluable at a window, by a rule.

    `readings` are other ways to read the same published sentence, reported beside the rule. `among` limits the
    denominator to cases for which another rule holds, such as those affected at baseline. `good` says whether it is wanted that the
    outcome is met; the words, the colours, the worst and the best case, and what an event such as death does follow.
    """

    at: str
    rule: Rule
    good: YesNo | None = None
    readings: dict[str, Rule] = {}
    among: Rule | None = None


class ChangeOutcome(Written):
    """The change of one measure from one window to another, of the cases for which the rule `among` holds where there is one."""

    change: str
    at: str
    from_: str = Field(default="baseline", alias="from")
    among: Rule | None = None


class PendingOutcome(Written):
    """An outcome of a kind that is not computed yet, declared so that the report can say so."""

    time_to: str | None = None
    count: str | None = None
    at: str | None = None
    pending: Literal["yes"] | YesNo


def _kind(value: Any) -> str | None:
    for key, tag in (("rule", "verdict"), ("change", "change"), ("time_to", "pending"), ("count", "pending")):
        if (isinstance(value, dict) and key in value) or getattr(value, key, None) is not None:
            return tag
    return None


Outcome = Annotated[
    Annotated[VerdictOutcome, Tag("verdict")]
    | Annotated[ChangeOutcome, Tag("change")]
    | Annotated[PendingOutcome, Tag("pending")],
    Discriminator(_kind),
    known_kind(
        _kind,
        "what kind of outcome this is, is not said",
        "rule, change, time_to, count",
        "give a `rule` for a verdict or a `change` of a measure",
    ),
]
