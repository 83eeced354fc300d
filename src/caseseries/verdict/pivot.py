"""What a verdict hangs on: Kleene's logic with some leaves answered otherwise."""

from __future__ import annotations

from caseseries.protocol.tree import Tree
from caseseries.verdict.logic import answer
from caseseries.verdict.trace import Truth, Verdict


def rests_on_judgement_alone(tree: Tree, verdict: Verdict) -> bool:
    """Whether the rule's answer is due to judgements and to nothing else.

    True when the answer would be the same whatever the other comparisons had said, and would turn if the judgements
    turned. False where there are no judgements, or no answer.
    """
    answers = {node.node: node.truth for node in verdict.trace}
    judged = {node.id for node in tree.leaves if node.leaf is not None and node.leaf.kind == "is"}
    truth = answers[tree.nodes[0].id]
    if truth is None or not judged:
        return False
    unknown = {node.id: answers[node.id] if node.id in judged else None for node in tree.leaves}
    turned = {node.id: _turned(answers[node.id]) if node.id in judged else answers[node.id] for node in tree.leaves}
    return answer(tree, unknown) is truth and answer(tree, turned) is _turned(truth)


def _turned(truth: Truth) -> Truth:
    return None if truth is None else not truth
