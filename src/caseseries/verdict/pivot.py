"""What a verdict hangs on: Kleene's logic with some leaves answered otherwise."""

from __future__ import annotations

from caseseries.protocol.tree import Tree
from caseseries.verdict.logic import answer, left_out
from caseseries.verdict.trace import Truth, Verdict


def rests_on_judgement(tree: Tree, verdict: Verdict) -> bool:
    """Whether the rule would answer otherwise without its judgements: were they unknown, its answer would be gone.

    Kleene's logic gives an answer with an unknown part only where no value of that part could change it; so this holds exactly
    where some other answer of the judgements would change the rule's. False where there are no judgements, or no answer.
    """
    truth = _answers(verdict)[tree.nodes[0].id]
    return truth is not None and bool(_judged(tree)) and answer_with(tree, verdict, reverse=False) is not truth


def rests_on_judgement_alone(tree: Tree, verdict: Verdict) -> bool:
    """Whether the rule's answer is due to judgements and to nothing else.

    It rests on them, and would be the same whatever the other comparisons had said.
    """
    answers, judged = _answers(verdict), _judged(tree)
    alone = {node.id: answers[node.id] if node.id in judged else None for node in tree.answered}
    return (
        rests_on_judgement(tree, verdict) and answer(tree, alone, _left_out(tree, verdict)) is answers[tree.nodes[0].id]
    )


def measured_suffices(tree: Tree, verdict: Verdict) -> bool:
    """Whether the rule was not met, would be were every judgement reversed, and then because of what was measured.

    Not of a rule that the judgements alone would meet, as one of judgements only, or one that asks for a judgement or a value.
    """
    answers, judged = _answers(verdict), _judged(tree)
    if answers[tree.nodes[0].id] is not False or answer_with(tree, verdict, reverse=True) is not True:
        return False
    reversed_alone: dict[str, Truth] = {}
    for node in tree.answered:
        was = answers[node.id]
        reversed_alone[node.id] = not was if node.id in judged and was is not None else None
    return answer(tree, reversed_alone, _left_out(tree, verdict)) is not True


def judged_yes(tree: Tree, verdict: Verdict) -> bool:
    """Whether some judgement of the rule was yes: of a rule that was not met, it may be the one that stood against it (`not: {is: fever}`)."""
    answers = _answers(verdict)
    return any(answers[one] is True for one in _judged(tree))


def answer_with(tree: Tree, verdict: Verdict, *, reverse: bool) -> Truth:
    """The rule's answer were every judgement reversed, or else unknown, and everything else as it is."""
    answers, judged = _answers(verdict), _judged(tree)
    changed: dict[str, Truth] = {}
    for node in tree.answered:
        was = answers[node.id]
        changed[node.id] = was if node.id not in judged else not was if reverse and was is not None else None
    return answer(tree, changed, _left_out(tree, verdict))


def _answers(verdict: Verdict) -> dict[str, Truth]:
    return {node.node: node.truth for node in verdict.trace}


def _left_out(tree: Tree, verdict: Verdict) -> set[str]:
    answers, values = _answers(verdict), {quantity.slot: quantity for quantity in verdict.quantities}
    return {node.id for node in tree.leaves if left_out(node, answers[node.id], values)}


def _judged(tree: Tree) -> set[str]:
    return {node.id for node in tree.leaves if node.leaf is not None and node.leaf.kind == "is"}
