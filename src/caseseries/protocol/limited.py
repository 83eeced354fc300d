"""Which values of a protocol are compared with a limit of normal."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.amount import SIDES
from caseseries.protocol.every_rule import every_rule
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import Value, every_part
from caseseries.protocol.tree import Slot, Tree


def limited_measures(protocol: Protocol) -> frozenset[str]:
    """The measures of which any rule compares a value with a limit of normal."""
    parts = (part for _, rule in every_rule(protocol) for part in every_part(rule))
    return frozenset(part.value for part in parts if isinstance(part, Value) and part.threshold.basis in SIDES)


def limited_slots(trees: Iterable[Tree]) -> frozenset[Slot]:
    """The values that comparisons of these trees hold against a limit of normal; not those in a rule that is read on visit days."""
    leaves = (node.leaf for tree in trees for node in tree.leaves)
    return frozenset(leaf.after for leaf in leaves if leaf is not None and leaf.basis in SIDES)
