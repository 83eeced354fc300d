"""Kleene's logic over yes, no and not evaluable.

An unknown part matters only where it could change the answer: `no and unknown` is no, `yes or unknown` is yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.protocol.tree import Node, Tree
from caseseries.verdict.trace import Truth


def join(node: Node, parts: Sequence[Truth]) -> Truth:
    """The answer of an inner node from those of its parts.

    >>> join(Node("1", "all", ("1.1", "1.2")), [False, None]), join(Node("1", "any", ("1.1", "1.2")), [False, None])
    (False, None)
    >>> join(Node("1", "count", ("1.1", "1.2", "1.3"), "at_least", 2), [True, None, True])
    True
    """
    yes, unknown = parts.count(True), parts.count(None)
    no = len(parts) - yes - unknown
    if node.kind == "all":
        return False if no else None if unknown else True
    if node.kind == "any":
        return True if yes else None if unknown else False
    if node.kind == "not":
        return None if unknown else not yes
    if node.bound == "at_least":
        return True if yes >= node.k else False if yes + unknown < node.k else None
    if node.bound == "at_most":
        return True if yes + unknown <= node.k else False if yes > node.k else None
    if yes > node.k or yes + unknown < node.k:
        return False
    return None if unknown else True


def answer(tree: Tree, leaves: Mapping[str, Truth]) -> Truth:
    """The answer of a tree from those of its leaves, by node id; entries of inner nodes are not looked at.

    What is asked besides values answers as a leaf does.
    """
    truths: dict[str, Truth] = {}
    for node in reversed(tree.nodes):  # children stand after their parent
        truths[node.id] = (
            leaves[node.id]
            if node.kind in {"leaf", "question"}
            else join(node, [truths[child] for child in node.children])
        )
    return truths[tree.nodes[0].id]
