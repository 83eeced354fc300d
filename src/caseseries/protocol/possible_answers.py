"""Which answers rules can give at all, whatever the values are: a level that no patient could have is a slip of the pen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from caseseries.protocol.tree import Leaf, Node, Tree

#: So many combinations of answers are looked through; of rules with more nothing is said.
MOST = 20_000

_COMPARED = {
    "at_least": lambda value, limit: value >= limit,
    "more_than": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "less_than": lambda value, limit: value < limit,
}


def answers(trees: Sequence[Tree]) -> Iterator[tuple[bool, ...]] | None:
    """The answers of several rules together, for every way in which their comparisons can come out; None where there are too many ways.

    Comparisons of one value, or of one change in one unit, come out together as the numbers allow. All else is taken to be free, so that what
    never comes up here never comes up.
    """
    quantities: dict[object, list[Leaf]] = {}
    others: dict[object, None] = {}
    for node in (one for tree in trees for one in tree.answered):
        if node.leaf is not None and node.leaf.kind != "is":
            quantities.setdefault(_quantity(node.leaf), []).append(node.leaf)
        else:
            others[_free(node)] = None
    ways = [_ways(list(dict.fromkeys(leaves))) for leaves in quantities.values()]
    if prod(len(one) for one in ways) * 2 ** len(others) > MOST:
        return None
    return _every(trees, ways, list(others))


def _every(
    trees: Sequence[Tree], ways: Sequence[Sequence[Mapping[object, bool]]], others: Sequence[object]
) -> Iterator[tuple[bool, ...]]:
    for drawn in itertools.product(*ways):
        known = {leaf: truth for one in drawn for leaf, truth in one.items()}
        for free in itertools.product([True, False], repeat=len(others)):
            yield tuple(_answer(tree, known | dict(zip(others, free, strict=True))) for tree in trees)


def _quantity(leaf: Leaf) -> object:
    """What is compared: leaves of one quantity differ in the comparison and the limit alone. A change is upward."""
    return leaf.kind, leaf.before, leaf.after, leaf.basis, leaf.width, leaf.minimum, leaf.unit


def _free(node: Node) -> object:
    return node.question if node.question is not None else node.leaf


def _ways(leaves: Sequence[Leaf]) -> list[dict[object, bool]]:
    """The ways in which the comparisons of one quantity can come out together."""
    limits = sorted({leaf.sign * leaf.threshold for leaf in leaves})
    between = [(low + high) / 2 for low, high in itertools.pairwise(limits)]
    points: list[Fraction] = [limits[0] - 1, *limits, *between, limits[-1] + 1]
    found: list[dict[object, bool]] = [
        {leaf: _COMPARED[leaf.comparison](leaf.sign * point, leaf.threshold) for leaf in leaves} for point in points
    ]
    unique = {tuple(one.values()): one for one in found}
    return list(unique.values())


def _answer(tree: Tree, known: Mapping[object, bool]) -> bool:
    truths: dict[str, bool] = {}
    for node in reversed(tree.nodes):  # children stand after their parent
        truths[node.id] = (
            known[_free(node)] if not node.children else _joined(node, [truths[one] for one in node.children])
        )
    return truths[tree.nodes[0].id]


def _joined(node: Node, parts: Sequence[bool]) -> bool:
    if node.points is not None:
        return bool(node.points.answer(parts))
    if node.kind == "when":
        return parts[1] if parts[0] else parts[2]
    if node.kind == "all":
        return all(parts)
    if node.kind == "any":
        return any(parts)
    if node.kind == "not":
        return not parts[0]
    n = sum(parts)
    return n >= node.k if node.bound == "at_least" else n <= node.k if node.bound == "at_most" else n == node.k
