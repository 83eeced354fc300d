"""In which unit the daily doses of a protocol are asked."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.measure import DoseUnit
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import Tree


def one_unit(protocol: Protocol) -> DoseUnit | None:
    """The unit of all daily doses; None where there is none, or where doses of several units stand side by side, each in its own."""
    units = {dose.as_ for dose in protocol.doses.values()}
    return units.pop() if len(units) == 1 else None


def amounts_of_doses(protocol: Protocol, trees: Iterable[Tree]) -> bool:
    """Whether some comparison holds a dose against an amount, which in another unit of the dose would be another amount; 0 is 0 in each."""
    for tree in trees:
        for node in tree.leaves:
            leaf = node.leaf
            assert leaf is not None
            if leaf.after.measure in protocol.doses and leaf.basis == "points" and leaf.threshold:
                return True
        if amounts_of_doses(protocol, (one.tree for one in tree.held)):
            return True
    return False
