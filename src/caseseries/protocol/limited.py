"""Which values of a protocol are compared with a limit of normal."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.amount import SIDES
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import RuleBase, Value, every_part
from caseseries.protocol.tree import Slot, Tree


def limited_measures(protocol: Protocol) -> frozenset[str]:
    """The measures of which any rule compares a value with a limit of normal."""
    rules: list[RuleBase] = []
    for verdict in protocol.verdicts.values():
        rules += [verdict.rule, *verdict.readings.values(), *verdict.beside]
    denominators = [
        *(one.among for one in protocol.verdicts.values()),
        *(one.among for one in protocol.changes.values()),
    ]
    rules += [one for one in denominators if one is not None]
    rules += [rule for one in protocol.times.values() for rule in one.rules]
    rules += [one.rule for one in (*protocol.include, *protocol.exclude) if isinstance(one, OfValue)]
    parts = (part for rule in rules for part in every_part(rule))
    return frozenset(part.value for part in parts if isinstance(part, Value) and part.threshold.basis in SIDES)


def limited_slots(trees: Iterable[Tree]) -> frozenset[Slot]:
    """The values that comparisons of these trees hold against a limit of normal; not those in a rule that is read on visit days."""
    leaves = (node.leaf for tree in trees for node in tree.leaves)
    return frozenset(leaf.after for leaf in leaves if leaf is not None and leaf.basis in SIDES)
