"""Verdicts made by hand for the narrator: a rule, the values, the answers worked out leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec, plan
from caseseries.protocol.tree import Leaf, Slot, Tree
from caseseries.protocol.yaml import read
from caseseries.verdict.bounds import decided
from caseseries.verdict.narrator import sentence
from caseseries.verdict.pivot import answer
from caseseries.verdict.trace import NodeTruth, Quantity, Truth, Verdict
from caseseries.verdict.trace_lines import trace_lines

#: A value (a number as text) or its reason of absence, and its day.
Told = tuple[str, int | None]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"


def example(**changes: Any) -> Protocol:
    """The example protocol, with whole sections replaced."""
    return Protocol.model_validate({**read(EXAMPLE).data, **changes})


def primary(protocol: Protocol, reading: str = "as written") -> Spec:
    """The first spec of the first outcome that has this reading."""
    name = next(iter(protocol.verdicts))
    return next(spec for spec in plan(protocol, name).specs if spec.reading == reading)


def verdict(
    spec: Spec,
    values: Mapping[tuple[str, str], Told],
    day: int | None,
    *,
    decided: str = "",
    truth: Truth = None,
    events: tuple[str, ...] = (),
) -> Verdict:
    """A verdict for these values of (measure, window)."""
    tree = spec.tree
    quantities = {slot: _quantity(slot, *values[slot.measure, slot.window]) for slot in tree.slots}
    leaves = {node.id: _answer(node.leaf, quantities, spec) for node in tree.leaves if node.leaf is not None}
    trace = tuple(
        NodeTruth(
            node.id,
            answer(_below(tree, node.id), {leaf: answer for leaf, (answer, _) in leaves.items()}),
            leaves.get(node.id, (None, ""))[1],
        )
        for node in tree.nodes
    )
    rule = trace[0].truth
    absent = (
        "; ".join(dict.fromkeys(one.absent for one in trace if one.truth is None and one.absent))
        if rule is None
        else ""
    )
    final = truth if decided else rule
    happened = events or ((decided,) if decided else ())
    return Verdict(
        "x", spec.outcome, spec.number, final, rule, absent, decided, happened, day, tuple(quantities.values()), trace
    )


def say(protocol: Protocol, spec: Spec, made: Verdict) -> str:
    """The sentence."""
    return sentence(spec.tree, made, all_measures(protocol), protocol, spec)


def lines(protocol: Protocol, spec: Spec, made: Verdict) -> list[str]:
    """The trace."""
    return trace_lines(spec.tree, made, all_measures(protocol), protocol, spec)


@pytest.fixture(scope="session")
def told() -> SimpleNamespace:
    """The functions above, for the tests beside this file."""
    return SimpleNamespace(example=example, primary=primary, verdict=verdict, say=say, lines=lines)


def _below(tree: Tree, node_id: str) -> Tree:
    return Tree(tuple(node for node in tree.nodes if node.id == node_id or node.id.startswith(f"{node_id}.")))


def _quantity(slot: Slot, value: str, day: int | None) -> Quantity:
    if value[:1] in {"<", ">"}:
        return Quantity(slot, None, day, 1, "censored", "<" if value[0] == "<" else ">", Fraction(value[1:]))
    try:
        return Quantity(slot, Fraction(value), day, 1)
    except ValueError:
        return Quantity(slot, None, None, None, value)


def _answer(leaf: Leaf, values: Mapping[Slot, Quantity], spec: Spec) -> tuple[Truth, str]:
    if any(values[slot].limit is not None for slot in leaf.slots):
        truth = decided(leaf, [values[slot] for slot in leaf.slots])
        if truth is not None:
            return truth, ""
    for slot in leaf.slots:
        if values[slot].value is None:
            return (
                False if spec.missing == "not met" else None
            ), f"{slot.window} {slot.measure}: {values[slot].absent}"
    after = values[leaf.after].value
    assert after is not None
    if leaf.kind == "is":
        return after == 1, ""
    found = after
    if leaf.before is not None:
        before = values[leaf.before].value
        assert before is not None
        found = leaf.sign * (after - before)
        if leaf.basis == "baseline":
            if before == 0:
                return None, f"{leaf.before.window} {leaf.before.measure}: zero baseline"
            found = 100 * found / before
    if leaf.basis == "range":
        assert leaf.width is not None and leaf.minimum is not None
        found = 100 * (found - (leaf.minimum if leaf.before is None else 0)) / leaf.width
    limit = leaf.threshold
    met = {
        "at_least": found >= limit,
        "more_than": found > limit,
        "at_most": found <= limit,
        "less_than": found < limit,
    }
    return met[leaf.comparison], ""
