"""Which answers rules can give at all, whatever the values are: a level that no patient could have is a slip of the pen."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import prod

from caseseries.protocol.tree import Leaf, Node, Tree

#: So many combinations of answers are looked through; of rules with more nothing is said.
MOST = 20_000

_COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "more_than": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "less_than": lambda value, limit: value < limit,
}


def answers(trees: Sequence[Tree]) -> Iterator[tuple[bool, ...]] | None:
    """The answers of several rules together, for every way in which their comparisons can come out; None where there are too many ways.

    Comparisons of one value, or of one change in one unit, come out together as the numbers allow. All else is taken to be free, so that what
    never comes up here never comes up. The ways come in no order, so that what can come up mostly comes up soon.
    """
    places: dict[object, int] = {}
    of_quantity: dict[object, list[Leaf]] = {}
    free: list[int] = []
    for node in (one for tree in trees for one in tree.answered):
        atom = _atom(node)
        if atom in places:
            continue
        places[atom] = len(places)
        if node.leaf is not None and node.leaf.kind != "is":
            of_quantity.setdefault(_quantity(node.leaf), []).append(node.leaf)
        else:
            free.append(places[atom])
    ways = [_ways(leaves) for leaves in of_quantity.values()]
    columns = [[places[leaf] for leaf in leaves] for leaves in of_quantity.values()]
    ways += [[(True,), (False,)]] * len(free)
    columns += [[place] for place in free]
    total = prod(map(len, ways))
    if total > MOST:
        return None
    programs = [_program(tree, places) for tree in trees]
    return _every(programs, ways, columns, total)


#: A step: the node, and where its answer comes from: the place of an atom, or the steps of its children.
_Step = tuple[Node, int, tuple[int, ...]]


def _every(
    programs: Sequence[Sequence[_Step]],
    ways: Sequence[Sequence[tuple[bool, ...]]],
    columns: Sequence[Sequence[int]],
    total: int,
) -> Iterator[tuple[bool, ...]]:
    known = [False] * sum(map(len, columns))
    order = list(range(total))
    random.Random(0).shuffle(order)  # always the same order
    for number in order:
        for way, column in zip(ways, columns, strict=True):
            number, place = divmod(number, len(way))
            for at, truth in zip(column, way[place], strict=True):
                known[at] = truth
        yield tuple(_answer(program, known) for program in programs)


def _atom(node: Node) -> object:
    return node.question if node.question is not None else node.leaf


def _quantity(leaf: Leaf) -> object:
    """What is compared: leaves of one quantity differ in the comparison and the limit alone. A change is upward."""
    return leaf.kind, leaf.before, leaf.after, leaf.basis, leaf.width, leaf.minimum, leaf.unit


def _ways(leaves: Sequence[Leaf]) -> list[tuple[bool, ...]]:
    """The ways in which the comparisons of one quantity can come out together."""
    limits = sorted({leaf.sign * leaf.threshold for leaf in leaves})
    between = [(low + high) / 2 for low, high in itertools.pairwise(limits)]
    points: list[Fraction] = [limits[0] - 1, *limits, *between, limits[-1] + 1]
    found = (
        tuple(_COMPARED[leaf.comparison](leaf.sign * point, leaf.threshold) for leaf in leaves) for point in points
    )
    return list(dict.fromkeys(found))


def _program(tree: Tree, places: dict[object, int]) -> list[_Step]:
    """The nodes of a tree, children before their parents."""
    nodes = tree.nodes[::-1]
    at = {node.id: place for place, node in enumerate(nodes)}
    return [
        (node, -1, tuple(at[child] for child in node.children)) if node.children else (node, places[_atom(node)], ())
        for node in nodes
    ]


def _answer(program: Sequence[_Step], known: Sequence[bool]) -> bool:
    truths: list[bool] = []
    for node, atom, children in program:
        truths.append(known[atom] if not children else _joined(node, [truths[child] for child in children]))
    return truths[-1]


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
