"""What a verdict hangs on: Kleene's logic with some leaves answered otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.tree import Node, Tree
from caseseries.verdict.trace import Truth, Verdict


def rests_on_judgement_alone(tree: Tree, verdict: Verdict) -> bool:
    """Whether the rule's answer is due to judgements and to nothing else.

    True when the answer would be the same whatever the other comparisons had said, and would turn if the judgements
    turned. False where there are no judgements, or no answer.
    """
    answers = {answer.node: answer.truth for answer in verdict.trace}
    judged = {node.id for node in tree.leaves if node.leaf is not None and node.leaf.kind == "is"}
    truth = answers[tree.nodes[0].id]
    if truth is None or not judged:
        return False
    unknown = {node.id: answers[node.id] if node.id in judged else None for node in tree.leaves}
    turned = {node.id: _turned(answers[node.id]) if node.id in judged else answers[node.id] for node in tree.leaves}
    return walk(tree, unknown) is truth and walk(tree, turned) is _turned(truth)


def walk(tree: Tree, leaves: Mapping[str, Truth]) -> Truth:
    """The answer of the whole rule for given answers of its leaves."""
    answers: dict[str, Truth] = dict(leaves)
    for node in reversed(tree.nodes):
        if node.kind != "leaf":
            answers[node.id] = _inner(node, [answers[child] for child in node.children])
    return answers[tree.nodes[0].id]


def _inner(node: Node, parts: list[Truth]) -> Truth:
    yes, unknown = parts.count(True), parts.count(None)
    if node.kind == "not":
        return _turned(parts[0])
    low, high = {
        "all": (len(parts), len(parts)),
        "any": (1, len(parts)),
        "at_least": (node.k, len(parts)),
        "at_most": (0, node.k),
        "exactly": (node.k, node.k),
    }[node.bound or node.kind]
    if low <= yes and yes + unknown <= high:
        return True
    return None if yes <= high and yes + unknown >= low else False


def _turned(truth: Truth) -> Truth:
    return None if truth is None else not truth
