"""A rule walked from the leaves to the root: yes, no, or not evaluable (None)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from caseseries.protocol.amount import SIDES
from caseseries.protocol.robustness import Missing
from caseseries.protocol.tree import Leaf, Question, Slot, Tree
from caseseries.verdict.bounds import decided
from caseseries.verdict.logic import join, left_out
from caseseries.verdict.trace import NodeTruth, Quantity, Truth

ZERO_BASELINE: Final = "zero baseline"
NEGATIVE_BASELINE: Final = "negative baseline"


def walk(
    tree: Tree,
    values: Mapping[Slot, Quantity],
    missing: Missing,
    good: bool | None = None,
    questions: Mapping[Question, NodeTruth] = {},
) -> tuple[NodeTruth, ...]:
    """The answer of every node, in the order of the tree; `questions` has those of what is asked besides values.

    With `missing: not met` a leaf that is not evaluable counts as what makes the outcome less likely to be as wanted, and so does a rule
    that is not evaluable even then.
    """
    answers: dict[str, NodeTruth] = {}
    out: set[str] = set()
    against = tree.against(good) if missing == "not met" else {}
    for node in reversed(tree.nodes):  # children stand after their parent
        if node.leaf is not None:
            truth, absent = leaf_truth(node.leaf, values)
            if absent:
                truth = against.get(node.id)
            answers[node.id] = NodeTruth(node.id, truth, absent)
            if left_out(node, truth, values):
                out.add(node.id)
        elif node.question is not None:
            found = questions[node.question]
            truth = against.get(node.id) if found.truth is None else found.truth
            answers[node.id] = replace(found, node=node.id, truth=truth)
        else:
            parts = [answers[child].truth for child in node.children]
            answers[node.id] = NodeTruth(node.id, join(node, parts, len(out.intersection(node.children))))
    root = tree.nodes[0].id
    if missing == "not met" and answers[root].truth is None:
        answers[root] = NodeTruth(root, against[root], answers[root].absent)
    return tuple(answers[node.id] for node in tree.nodes)


def leaf_truth(leaf: Leaf, values: Mapping[Slot, Quantity]) -> tuple[Truth, str]:
    """The answer of one comparison and, where it is not evaluable, `window measure: reason`."""
    if leaf.bounds and any(values[slot].limit is not None for slot in leaf.slots):
        truth = decided(leaf, [values[slot] for slot in leaf.slots])
        if truth is not None:
            return truth, ""
    for slot in leaf.slots:
        if values[slot].value is None:
            return None, _because(slot, values[slot].absent)
    after = values[leaf.after].value
    assert after is not None
    if leaf.kind == "is":
        return after == 1, ""
    if side := SIDES.get(leaf.basis):
        normal = values[leaf.after].normal
        assert normal is not None, "a value that is compared with a limit of normal has one, or says why not"
        edge, why = normal.of(side)
        return (None, _because(leaf.after, why)) if edge is None else (_compare(leaf, after, leaf.threshold * edge), "")
    if leaf.kind == "value":
        if leaf.basis == "range":
            assert leaf.width is not None and leaf.minimum is not None
            return _compare(leaf, 100 * (after - leaf.minimum), leaf.threshold * leaf.width), ""
        return _compare(leaf, after, leaf.threshold), ""
    assert leaf.before is not None
    before = values[leaf.before].value
    assert before is not None
    change = leaf.sign * (after - before)
    if leaf.basis == "points":
        return _compare(leaf, change, leaf.threshold), ""
    if leaf.basis == "range":
        assert leaf.width is not None
        return _compare(leaf, 100 * change, leaf.threshold * leaf.width), ""
    if before > 0:
        return _compare(leaf, 100 * change, leaf.threshold * before), ""
    if before < 0:
        return None, _because(leaf.before, NEGATIVE_BASELINE)
    truth = _from_zero(leaf, after)
    return truth, "" if truth is not None else _because(leaf.before, ZERO_BASELINE)


def _from_zero(leaf: Leaf, after: Fraction) -> Truth:
    """The answer of a comparison in percent of a value of 0 before, as the measure declares it."""
    if leaf.if_zero == "not met":
        return False
    if leaf.if_zero != "any rise counts":
        return None
    if after < 0 and leaf.sign < 0:
        return None  # it fell, and by what percent nobody can tell
    rose_as_asked = after > 0 and leaf.sign > 0  # else it moved by nothing, or the other way
    return rose_as_asked is (leaf.comparison in {"at_least", "more_than"})


def _because(slot: Slot, reason: str) -> str:
    return f"{slot.window} {slot.measure}: {reason}"


def _compare(leaf: Leaf, number: Fraction, threshold: Fraction) -> bool:
    if leaf.comparison == "at_least":
        return number >= threshold
    if leaf.comparison == "more_than":
        return number > threshold
    if leaf.comparison == "at_most":
        return number <= threshold
    return number < threshold
