"""What differs between two versions of a protocol, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.protocol.choices import ARROW
from caseseries.protocol.outcome import LevelsOutcome
from caseseries.protocol.protocol import Protocol

#: Fields that record changes and are none themselves.
RECORDS = ("amendments",)

_NOT_THERE = "not there"


def plain(protocol: Protocol) -> dict[str, Any]:
    """The protocol as names and texts, every default included; reads back as the same protocol."""
    return protocol.model_dump(mode="json", by_alias=True, exclude_none=True)


def differences(before: Protocol, after: Protocol) -> tuple[str, ...]:
    """Each field that differs, with its value before and after, in the order of the later version.

    >>> from caseseries.protocol.window import Window
    >>> old = {"from": "-20 days", "to": "0 days", "take": "last"}
    >>> _differ("windows > baseline", {"to": "0 days", "take": "last"}, {"to": "5 days", "take": "last", "tie": "earlier"})
    ['windows > baseline > to: 0 days → 5 days', 'windows > baseline > tie: not there → earlier']
    """
    old, new = plain(before), plain(after)
    for record in RECORDS:
        old.pop(record, None)
        new.pop(record, None)
    lines = _differ("", old, new)
    was, now = list(before.outcomes), list(after.outcomes)
    if set(was) == set(now) and was != now:
        lines.append(f"outcomes, of which the first is the primary one: {', '.join(was)} → {', '.join(now)}")
    for name, outcome in after.outcomes.items():
        earlier = before.outcomes.get(name)
        if not isinstance(outcome, LevelsOutcome) or not isinstance(earlier, LevelsOutcome):
            continue
        first, later = list(earlier.levels), list(outcome.levels)
        if set(first) == set(later) and first != later:
            lines.append(
                f"outcomes{ARROW}{name}{ARROW}levels, of which the first that holds counts: {', '.join(first)} → {', '.join(later)}"
            )
    return tuple(lines)


def _differ(path: str, old: Any, new: Any) -> list[str]:
    if old == new:
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = [*new, *(name for name in old if name not in new)]
        inner = [(name, old.get(name, _NOT_THERE), new.get(name, _NOT_THERE)) for name in names]
        return [line for name, was, now in inner for line in _differ(_joined(path, name), was, now)]
    if isinstance(old, list) and isinstance(new, list):
        return _lists(path, old, new)
    return [f"{path}: {_text(old)} → {_text(new)}"]


def _lists(path: str, old: list[Any], new: list[Any]) -> list[str]:
    if len(old) == len(new) and all(isinstance(one, Mapping) for one in (*old, *new)):
        return [
            line
            for place, pair in enumerate(zip(old, new, strict=True), 1)
            for line in _differ(_joined(path, str(place)), *pair)
        ]
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    lines = [f"{path}: without {_text(one)}" for one in gone] + [f"{path}: with {_text(one)}" for one in come]
    return lines or [f"{path}: {_text(old)} → {_text(new)}"]


def _joined(path: str, name: str) -> str:
    return f"{path}{ARROW}{name}" if path else name


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        shown = {name: one for name, one in value.items() if one not in ("", [], {})}
        return "{" + ", ".join(f"{name}: {_text(one)}" for name, one in shown.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(one) for one in value) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if str(value) else "nothing"
