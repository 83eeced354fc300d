"""Every rule of a protocol as read, with where it stands: those of outcomes, their levels, readings and denominators, and those of eligibility."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.rule import RuleBase, Unchanged, every_part
from caseseries.protocol.written import Written
from caseseries.protocol.yaml import Loc


def every_rule(protocol: Any) -> Iterator[tuple[Loc, RuleBase]]:
    """The rules in order, each whole; `{each: …}` and criteria by name stand in them as written."""
    for name, outcome in protocol.outcomes.items():
        yield from _rules(outcome, ("outcomes", name))
    for side in ("include", "exclude"):
        for place, line in enumerate(getattr(protocol, side)):
            if isinstance(line, OfValue):
                yield (side, place), line.rule


def _rules(written: Any, loc: Loc) -> Iterator[tuple[Loc, RuleBase]]:
    if isinstance(written, RuleBase):
        yield loc, written
    elif isinstance(written, Written):
        for name in type(written).model_fields:
            yield from _rules(getattr(written, name), (*loc, name.rstrip("_")))
    elif isinstance(written, Mapping):
        for name, one in written.items():
            yield from _rules(one, (*loc, str(name)))
    elif isinstance(written, tuple):
        for place, one in enumerate(written):
            yield from _rules(one, (*loc, place))


def unchanged_drugs(protocol: Any) -> tuple[str, ...]:
    """The drugs and groups of which any rule asks whether they were taken as before, each once."""
    parts = (part for _, rule in every_rule(protocol) for part in every_part(rule))
    return tuple(dict.fromkeys(part.unchanged for part in parts if isinstance(part, Unchanged)))
