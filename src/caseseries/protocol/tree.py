"""A rule as a numbered tree: the one form that is compiled to SQL, walked by the oracle, and told in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from caseseries.errors import ensure
from caseseries.protocol.grades import grade_place
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.rule import All, Amount, AnyOf, Basis, Change, Comparison, CountOf, Direction, Is, Not, Value


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one value: a measure in a window."""

    measure: str
    window: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison that rests on one value, or on the change between two.

    For a change the compared number is `sign` times (value at `after` minus value at `before`), in points, in percent of the
    value at `before`, or in percent of `width`. For a value it is the value at `after`, less `minimum` where in percent of range.
    `low` and `high` are the ends beyond which the measure has no value, where it has any. `bounds` says that a value may be known only as
    above or below a limit, and then decides where every possible value agrees. `grades` are the words of a graded measure: values and the
    threshold of a value are their places, and that of a change is in steps.
    """

    kind: Literal["is", "change", "value"]
    word: Direction | Literal["is", "value"]
    after: Slot
    before: Slot | None = None
    sign: int = 1
    comparison: Comparison = "at_least"
    threshold: Fraction = Fraction(0)
    basis: Basis = "points"
    width: Fraction | None = None
    minimum: Fraction | None = None
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    bounds: bool = False
    grades: tuple[str, ...] = ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The values it rests on, the earlier first."""
        return (self.after,) if self.before is None else (self.before, self.after)


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `id` is its place in the tree (`1`, `1.2`, `1.2.1`) and stays the same while the rule does."""

    id: str
    kind: Literal["all", "any", "not", "count", "leaf"]
    children: tuple[str, ...] = ()
    bound: Literal["", "at_least", "at_most", "exactly"] = ""
    k: int = 0
    leaf: Leaf | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes of a rule, each before its children; the first is the root."""

    nodes: tuple[Node, ...]

    def node(self, node_id: str) -> Node:
        """The node with this id."""
        return next(node for node in self.nodes if node.id == node_id)

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that compare, in order."""
        return tuple(node for node in self.nodes if node.kind == "leaf")

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every value the rule rests on, each once, in order."""
        return tuple(dict.fromkeys(slot for node in self.leaves if node.leaf for slot in node.leaf.slots))

    def against(self, good: bool | None) -> dict[str, bool | None]:
        """The answer of each node that makes what is wanted less likely: no, under a `not` or `at most` yes; None below an `exactly`.

        Of an outcome that is not wanted (`good: no`) the other way round.
        """
        found: dict[str, bool | None] = {self.nodes[0].id: good is False}
        for node in self.nodes:  # each before its children
            here = found[node.id]
            turned = node.kind == "not" or node.bound == "at_most"
            for child in node.children:
                found[child] = None if here is None or node.bound == "exactly" else here is not turned
        return found


def _basis(threshold: Amount) -> Basis:
    basis = None if threshold.basis == "grade" else threshold.basis
    ensure(basis is not None, "a grade is the threshold of a value of a graded measure alone")
    assert basis is not None
    return basis


def _of_value(threshold: Amount, facts: MeasureFacts) -> tuple[Fraction, Basis, str]:
    """The threshold of a value, its basis and its unit: of a graded measure the place of a grade."""
    if not facts.grades:
        return threshold.value, _basis(threshold), threshold.unit
    place = grade_place(facts.grades, threshold)
    ensure(place is not None, "a graded measure is compared with one of its grades")
    assert place is not None
    return Fraction(place), "points", ""


_FIXED_SIGN = {"gain": 1, "rises": 1, "decrease": -1, "falls": -1}


def grow(rule: Any, at: str, measures: Mapping[str, MeasureFacts]) -> Tree:
    """The tree of a rule assessed at window `at`."""
    nodes: list[Node] = []

    def leaf(written: Is | Change | Value) -> Leaf:
        if isinstance(written, Is):
            return Leaf("is", "is", Slot(written.is_, written.at or at))
        threshold = written.threshold
        if isinstance(written, Value):
            facts = measures[written.value]
            limit, basis, unit = _of_value(threshold, facts)
            return Leaf(
                "value",
                "value",
                Slot(written.value, written.at or at),
                None,
                1,
                written.comparison,
                limit,
                basis,
                facts.width,
                facts.minimum,
                unit,
                *facts.ends,
                facts.bounds,
                facts.grades,
            )
        facts = measures[written.measure]
        sign = _FIXED_SIGN.get(written.direction) or (facts.sign if written.direction == "improves" else -facts.sign)
        return Leaf(
            "change",
            written.direction,
            Slot(facts.name, written.at or at),
            Slot(facts.name, written.from_),
            sign,
            written.comparison,
            threshold.value,
            _basis(threshold),
            facts.width,
            facts.minimum,
            threshold.unit,
            *facts.ends,
            facts.bounds,
            facts.grades,
        )

    def add(written: Any, node_id: str) -> None:
        if isinstance(written, (Is, Change, Value)):
            nodes.append(Node(node_id, "leaf", leaf=leaf(written)))
            return
        parts: tuple[Any, ...]
        bound: Literal["", "at_least", "at_most", "exactly"] = ""
        k = 0
        kind: Literal["all", "any", "not", "count"]
        if isinstance(written, All):
            kind, parts = "all", written.all
        elif isinstance(written, AnyOf):
            kind, parts = "any", written.any
        elif isinstance(written, Not):
            kind, parts = "not", (written.not_,)
        else:
            assert isinstance(written, CountOf)
            kind, parts = "count", written.of
            if written.at_least is not None:
                bound, k = "at_least", written.at_least
            elif written.at_most is not None:
                bound, k = "at_most", written.at_most
            else:
                assert written.exactly is not None
                bound, k = "exactly", written.exactly
        ids = tuple(f"{node_id}.{place}" for place in range(1, len(parts) + 1))
        nodes.append(Node(node_id, kind, ids, bound, k))
        for part, part_id in zip(parts, ids, strict=True):
            add(part, part_id)

    add(rule, "1")
    return Tree(tuple(nodes))
