"""The thresholds of a rule varied, one or two at a time: the same rule at other values beside those that it names.

The values follow from the protocol alone and never from the data: regular steps of 1, 2 or 5 around the declared value, about a third of it for
a change and a sixth for a value, so that nobody can choose them by what they show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.protocol.check_thresholds import decided, percent_ends
from caseseries.protocol.leaf import Leaf
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Tree

#: So many thresholds are varied against each other.
MOST_AXES = 2
#: So many steps on either side of a declared value: of two thresholds, and of one alone.
_STEPS = {2: 3, 1: 5}


@dataclass(frozen=True, slots=True)
class VariedThreshold:
    """One threshold of a rule with the values that it is given, in order; that of the protocol stands at `written`.

    `leaves` are the comparisons that share it: a gain of at least 4 points on each of two tests is one threshold.
    """

    leaves: tuple[Leaf, ...]
    values: tuple[Fraction, ...]
    written: int

    @property
    def leaf(self) -> Leaf:
        """The first of its comparisons, as written."""
        return self.leaves[0]


@dataclass(frozen=True, slots=True)
class ThresholdGrid:
    """The rule of an outcome at every combination of values of its first thresholds.

    `plan` is that of the outcome with a spec for each combination in place of its own, the last threshold changing fastest; `fixed` is how many
    further thresholds of the rule stay as written.
    """

    axes: tuple[VariedThreshold, ...]
    plan: OutcomePlan
    fixed: int

    @property
    def primary(self) -> int:
        """The number of the spec that is the protocol as written."""
        found = 0
        for axis in self.axes:
            found = found * len(axis.values) + axis.written
        return found


def threshold_grid(plan: OutcomePlan) -> ThresholdGrid | None:
    """The grid of the rule as written; None where it compares with no number, or asks for exactly one level.

    A threshold is a number of points, of a unit, of percent or of limits of normal that the rule itself names, for a change or a value: not a grade,
    a band of a score, or what is asked on visit days of a rule that is held. Equal ones of the same comparison are one and move together.
    """
    tree = plan.primary.tree
    if plan.part is not None and plan.part.kind != "at least":
        return None
    alike: dict[object, list[Leaf]] = {}
    for node in tree.asked_for:
        leaf = node.leaf
        if leaf is not None and leaf.kind != "is" and not leaf.grades:
            shared = (leaf.word, leaf.comparison, leaf.threshold, leaf.basis, leaf.unit, leaf.kind, _window(leaf))
            alike.setdefault(shared, []).append(leaf)
    thresholds = [tuple(dict.fromkeys(leaves)) for leaves in alike.values()]
    varied = thresholds[:MOST_AXES]
    axes = [axis for leaves in varied if len((axis := _axis(leaves, _STEPS[len(varied)])).values) > 1]
    if not axes:
        return None
    specs = tuple(
        _spec(plan.primary, number, axes, values)
        for number, values in enumerate(itertools.product(*(axis.values for axis in axes)))
    )
    return ThresholdGrid(tuple(axes), replace(plan, specs=specs), len(thresholds) - len(axes))


def _window(leaf: Leaf) -> tuple[str, str]:
    """Between which windows it compares: a change from baseline is another than one from the nadir."""
    return leaf.before.window if leaf.before is not None else "", leaf.after.window


def _spec(primary: Spec, number: int, axes: Sequence[VariedThreshold], values: Sequence[Fraction]) -> Spec:
    tree, varied = primary.tree, []
    for axis, value in zip(axes, values, strict=True):
        if value != axis.leaf.threshold:
            tree = _at(tree, axis.leaves, value)
            varied.append("threshold")
    return replace(primary, number=number, tree=tree, varied=tuple(varied))


def _at(tree: Tree, leaves: Iterable[Leaf], value: Fraction) -> Tree:
    """The tree with another threshold in these comparisons."""
    meant = set(leaves)
    return Tree(
        tuple(
            replace(node, leaf=replace(node.leaf, threshold=value)) if node.leaf in meant and node.leaf else node
            for node in tree.nodes
        )
    )


def _axis(leaves: tuple[Leaf, ...], steps: int) -> VariedThreshold:
    leaf = leaves[0]
    step = _step(leaf)
    values = [
        value
        for place in range(-steps, steps + 1)
        if (value := leaf.threshold + place * step) == leaf.threshold or _possible(leaves, value)
    ]
    return VariedThreshold(leaves, tuple(values), values.index(leaf.threshold))


def _step(leaf: Leaf) -> Fraction:
    """The largest of 1, 2 and 5 times a power of ten that is no more than a third (of a value a sixth) of the threshold.

    Of a value of a measure with a range it is no more than a sixteenth of that, and where the threshold is 0 about a sixteenth, or 1. Of whole points
    it is one at least.
    """
    least = Fraction(leaf.basis == "points" and not leaf.unit and leaf.threshold.denominator == 1)
    size = abs(leaf.threshold) / (3 if leaf.kind == "change" else 6)
    if leaf.basis == "points" and leaf.width and (leaf.kind == "value" or not size):
        size = min(size or leaf.width / 16, leaf.width / 16)
    if size <= least:
        return least or Fraction(1)
    step = Fraction(1)
    while step > size:
        step /= 10
    while step * 10 <= size:
        step *= 10
    return next(step * part for part in (5, 2, 1) if step * part <= size)


def _ends(leaf: Leaf) -> tuple[Fraction | None, Fraction | None]:
    """The least and the most that the number it compares can be; None where that has no end."""
    if leaf.basis == "range":
        return (Fraction(-100), Fraction(100)) if leaf.kind == "change" else (Fraction(0), Fraction(100))
    if leaf.kind == "value":
        return (leaf.low, leaf.high) if leaf.basis == "points" else (None, None)
    if leaf.basis == "points":
        return (None, None) if leaf.width is None else (-leaf.width, leaf.width)
    return percent_ends(leaf.low, leaf.high, down=leaf.sign < 0) if leaf.basis == "baseline" else (None, None)


def _possible(leaves: Iterable[Leaf], value: Fraction) -> bool:
    """Whether each comparison could be written with this threshold: it can be met and missed, and is a change in its own direction."""
    return not any(_nothing(leaf, value) or decided(leaf.comparison, value, *_ends(leaf)) for leaf in leaves)


def _nothing(leaf: Leaf, value: Fraction) -> bool:
    """Whether it would ask for a change of nothing or in the other direction, or for a value on the other side of 0 than the protocol does."""
    if leaf.kind == "change":
        return value < 0 if leaf.comparison == "at_most" else value <= 0
    if leaf.threshold == 0:
        return value < 0 and leaf.low is None
    return value * leaf.threshold < 0
