"""Kleene's logic over yes, no and not evaluable.

An unknown part matters only where it could change the answer: `no and unknown` is no, `yes or unknown` is yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from caseseries.protocol.tree import Node, Slot, Tree
from caseseries.verdict.trace import NOT_MEASURED, Quantity, Truth


def left_out(node: Node, truth: Truth, values: Mapping[Slot, Quantity]) -> bool:
    """Whether a part of a count is left out: it may be, has no answer, and a value it rests on was not measured."""
    if not node.skip or truth is not None or node.leaf is None:
        return False
    return any(values[slot].absent in NOT_MEASURED for slot in node.leaf.slots)


def join(node: Node, parts: Sequence[Truth], out: int = 0) -> Truth:
    """The answer of an inner node from those of its parts, of which a count leaves out `out` that have none.

    >>> join(Node("1", "all", ("1.1", "1.2")), [False, None]), join(Node("1", "any", ("1.1", "1.2")), [False, None])
    (False, None)
    >>> join(Node("1", "count", ("1.1", "1.2", "1.3"), "at_least", 2), [True, None, True])
    True
    >>> join(Node("1", "when", ("1.1", "1.2", "1.3")), [None, True, True])
    True
    """
    if node.kind == "when":
        condition, then, otherwise = parts
        if condition is None:
            return then if then is otherwise else None
        return then if condition else otherwise
    if node.points is not None:
        return node.points.answer(parts)
    if out == len(parts):
        return None
    yes, unknown = parts.count(True), parts.count(None)
    no = len(parts) - yes - unknown
    if node.kind == "all":
        return False if no else None if unknown else True
    if node.kind == "any":
        return True if yes else None if unknown else False
    if node.kind == "not":
        return None if unknown else not yes
    if node.bound == "at_least":
        needed = node.needed(len(parts) - out)
        return True if yes >= needed else False if yes + unknown - out < needed else None
    if node.bound == "at_most":
        return True if yes + unknown <= node.k else False if yes > node.k else None
    if yes > node.k or yes + unknown < node.k:
        return False
    return None if unknown else True


def answer(tree: Tree, leaves: Mapping[str, Truth], out: Collection[str] = ()) -> Truth:
    """The answer of a tree from those of its leaves, by node id; entries of inner nodes are not looked at. `out` are the leaves left out.

    What is asked besides values answers as a leaf does.
    """
    truths: dict[str, Truth] = {}
    for node in reversed(tree.nodes):  # children stand after their parent
        if not node.children:
            truths[node.id] = leaves[node.id]
        else:
            few = sum(child in out for child in node.children)
            truths[node.id] = join(node, [truths[child] for child in node.children], few)
    return truths[tree.nodes[0].id]
