"""A rule as a numbered tree: the one form that is compiled to SQL, walked by the oracle, and told in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from caseseries.errors import ensure
from caseseries.protocol.amount import Amount, Basis
from caseseries.protocol.asked_of_patient import INDEX_DATE as INDEX_DATE
from caseseries.protocol.asked_of_patient import FreeOfEvent as FreeOfEvent
from caseseries.protocol.asked_of_patient import LookedBack as LookedBack
from caseseries.protocol.asked_of_patient import Occurrence as Occurrence
from caseseries.protocol.asked_of_patient import PatientIs as PatientIs
from caseseries.protocol.asked_of_patient import UnchangedDrug as UnchangedDrug
from caseseries.protocol.extremes import BEGINS, EXTREMES, extreme_of, extreme_window
from caseseries.protocol.grades import grade_place
from caseseries.protocol.leaf import EACH_VISIT as EACH_VISIT
from caseseries.protocol.leaf import Leaf as Leaf
from caseseries.protocol.leaf import Slot as Slot
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.rule import (
    MAY_BE_LEFT_OUT,
    All,
    AnyOf,
    ByName,
    Change,
    CountOf,
    CountOfMeasured,
    FreeOf,
    Held,
    Is,
    Not,
    Occurs,
    OfPatient,
    Score,
    Unchanged,
    Value,
    When,
    parts_of,
)
from caseseries.protocol.score import Points

#: What stands in place of a measure where a rule read on visit days is not evaluable.
VISITS = "visits"


@dataclass(frozen=True, slots=True)
class HeldRule:
    """A rule that is read on each visit day of a window, and on which of them it must hold.

    `times` is 0 where it must hold on every visit or for so long (`lasting`). In `tree` the values of the day stand in the window
    :data:`EACH_VISIT`; those of other windows are the same on every day. `beside` are values of others that are read on the same days.
    """

    tree: Tree
    window: str
    times: int = 0
    apart: int = 1
    consecutive: bool = False
    lasting: int | None = None
    gap: int = 0
    beside: tuple[Slot, ...] = ()

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not evaluable."""
        return VISITS

    @property
    def shortest(self) -> int:
        """How many days lie at least between the first and the last day of a window in which it can be shown."""
        return self.lasting if self.lasting is not None else self.apart * max(self.times - 1, 0)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The values that are the same on every day."""
        return tuple(slot for slot in self.tree.slots if not slot.daily)

    @property
    def daily(self) -> tuple[Slot, ...]:
        """The values of the day."""
        return tuple(slot for slot in self.tree.slots if slot.daily)

    @property
    def read(self) -> tuple[Slot, ...]:
        """The values that say on which days it is read."""
        return tuple(dict.fromkeys([*self.daily, *self.beside]))


#: What is asked of a case besides values: each has one answer, or a reason why there is none.
Question = HeldRule | Occurrence | LookedBack | PatientIs | UnchangedDrug | FreeOfEvent


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `id` is its place in the tree (`1`, `1.2`, `1.2.1`) and stays the same while the rule does.

    The children of `when` are the condition, the rule where it holds, and the rule where it does not. A leaf with `skip` is left out of
    the count above it where it was not measured; `skipped` of that count says how many of the others are needed. The `points` of a score say
    what its children are worth. A rule of the catalogue is `named`.
    """

    id: str
    kind: Literal["all", "any", "not", "count", "score", "when", "question", "leaf"]
    children: tuple[str, ...] = ()
    bound: Literal["", "at_least", "at_most", "exactly"] = ""
    k: int = 0
    leaf: Leaf | None = None
    question: Question | None = None
    skip: bool = False
    skipped: Literal["", "keep count", "in proportion"] = ""
    points: Points | None = None
    named: str = ""

    def needed(self, measured: int) -> int:
        """How many parts of a count must hold where so many were measured.

        >>> [Node("1", "count", ("1.1",) * 6, "at_least", 3, skipped="in proportion").needed(n) for n in (6, 5, 4, 3, 1)]
        [3, 3, 2, 2, 1]
        """
        return -(-self.k * measured // len(self.children)) if self.skipped == "in proportion" else self.k


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes of a rule, each before its children; the first is the root."""

    nodes: tuple[Node, ...]

    def node(self, node_id: str) -> Node:
        """The node with this id."""
        return next(node for node in self.nodes if node.id == node_id)

    def below(self, node_id: str) -> Tree:
        """A node and those below it as a tree of their own."""
        return Tree(tuple(node for node in self.nodes if f"{node.id}.".startswith(f"{node_id}.")))

    def ruled_out(self, answers: Mapping[str, bool | None]) -> frozenset[str]:
        """The nodes of the rules that do not apply, as the condition of their `when` was answered otherwise; by the answers of all nodes."""
        found: set[str] = set()
        for node in self.nodes:
            if node.kind == "when" and (holds := answers[node.children[0]]) is not None:
                found |= {one.id for one in self.below(node.children[2 if holds else 1]).nodes}
        return frozenset(found)

    @property
    def without_thresholds(self) -> Tree:
        """The tree with 0 in place of what its comparisons compare with: that of rules that differ in nothing else."""
        return Tree(
            tuple(
                replace(node, leaf=replace(node.leaf, threshold=Fraction(0))) if node.leaf is not None else node
                for node in self.nodes
            )
        )

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that compare, in order."""
        return tuple(node for node in self.nodes if node.kind == "leaf")

    @property
    def asked_for(self) -> tuple[Node, ...]:
        """The comparisons that the rule asks for, in order: not those that only give points."""
        bands = {child for node in self.nodes if node.points is not None for child in node.children}
        return tuple(node for node in self.leaves if node.id not in bands)

    @property
    def answered(self) -> tuple[Node, ...]:
        """The nodes that have an answer of their own, in order: comparisons, and rules read on visit days."""
        return tuple(node for node in self.nodes if not node.children)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every value the rule rests on, each once, in order."""
        found = (node.leaf.slots if node.leaf else node.question.slots if node.question else () for node in self.nodes)
        every = [slot for slots in found for slot in slots]
        begins = (Slot(slot.measure, BEGINS) for slot in every if extreme_of(slot.window))
        return tuple(dict.fromkeys([*every, *begins]))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked besides values, each once; before a rule that is read on visit days what stands in it and is the same on every day."""
        found: dict[Question, None] = {}
        for one in (node.question for node in self.nodes if node.question is not None):
            if isinstance(one, HeldRule):
                found |= dict.fromkeys(one.tree.questions)
            if not isinstance(one, LookedBack):
                found[one] = None
        return tuple(found)

    @property
    def looked_back(self) -> tuple[LookedBack, ...]:
        """What is looked back for from each visit day on which the rule is read, each once, in order."""
        return tuple(dict.fromkeys(node.question for node in self.nodes if isinstance(node.question, LookedBack)))

    @property
    def held(self) -> tuple[HeldRule, ...]:
        """The rules that are read on visit days, each once, in order."""
        return tuple(one for one in self.questions if isinstance(one, HeldRule))

    def against(self, good: bool | None) -> dict[str, bool | None]:
        """The answer of each node that makes what is wanted less likely: no, under a `not` or `at most` yes; None below an `exactly` and in
        the condition of a `when`, where neither does.

        Of an outcome that is not wanted (`good: no`) the other way round.
        """
        found: dict[str, bool | None] = {self.nodes[0].id: good is False}
        for node in self.nodes:  # each before its children
            here = found[node.id]
            few = node.points is not None and node.points.comparison in ("at_most", "less_than")
            turned = node.kind == "not" or node.bound == "at_most" or few
            for child in node.children:
                neither = node.bound == "exactly" or (node.kind == "when" and child == node.children[0])
                found[child] = None if here is None or neither else here is not turned
        return found


def _basis(threshold: Amount) -> Basis:
    basis = None if threshold.basis == "grade" else "baseline" if threshold.basis in EXTREMES else threshold.basis
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
                *facts.ends_in(written.at or at),
                facts.bounds,
                facts.grades,
            )
        facts = measures[written.measure]
        since = extreme_window(written.from_, written.at or at) if written.from_ in EXTREMES else written.from_
        sign = _FIXED_SIGN.get(written.direction) or (facts.sign if written.direction == "improves" else -facts.sign)
        return Leaf(
            "change",
            written.direction,
            Slot(facts.name, written.at or at),
            Slot(facts.name, since),
            sign,
            written.comparison,
            threshold.value,
            _basis(threshold),
            facts.width,
            facts.minimum,
            threshold.unit,
            *facts.ends_in(written.at or at),
            facts.bounds,
            facts.grades,
            facts.if_zero,
        )

    def add(written: Any, node_id: str) -> None:
        if isinstance(written, ByName):
            place = len(nodes)
            add(written.rule, node_id)
            nodes[place] = replace(nodes[place], named=written.entry.key)
            return
        if isinstance(written, (Is, Change, Value)):
            nodes.append(Node(node_id, "leaf", leaf=leaf(written), skip=isinstance(written, MAY_BE_LEFT_OUT)))
            return
        if isinstance(written, Held):
            nodes.append(Node(node_id, "question", question=_held(written, measures)))
            return
        if isinstance(written, FreeOf):
            nodes.append(Node(node_id, "question", question=_free_of(written, measures)))
            return
        if isinstance(written, Occurs):
            nodes.append(Node(node_id, "question", question=_occurs(written)))
            return
        if isinstance(written, Unchanged):
            nodes.append(Node(node_id, "question", question=UnchangedDrug(written.unchanged, written.in_)))
            return
        if isinstance(written, OfPatient):
            nodes.append(Node(node_id, "question", question=_of_patient(written)))
            return
        parts = parts_of(written)
        bound: Literal["", "at_least", "at_most", "exactly"] = ""
        k = 0
        kind: Literal["all", "any", "not", "count", "score", "when"]
        if isinstance(written, All):
            kind = "all"
        elif isinstance(written, AnyOf):
            kind = "any"
        elif isinstance(written, Not):
            kind = "not"
        elif isinstance(written, When):
            kind = "when"
        elif isinstance(written, Score):
            kind = "score"
        else:
            assert isinstance(written, CountOf)
            kind = "count"
            if written.at_least is not None:
                bound, k = "at_least", written.at_least
            elif written.at_most is not None:
                bound, k = "at_most", written.at_most
            else:
                assert written.exactly is not None
                bound, k = "exactly", written.exactly
        ids = tuple(f"{node_id}.{place}" for place in range(1, len(parts) + 1))
        skipped = written.skipped if isinstance(written, CountOfMeasured) else ""
        points = written.points if isinstance(written, Score) else None
        nodes.append(Node(node_id, kind, ids, bound, k, skipped=skipped, points=points))
        for part, part_id in zip(parts, ids, strict=True):
            add(part, part_id)

    add(rule, "1")
    return Tree(tuple(nodes))


def _occurs(written: Occurs) -> Question:
    if written.since is not None:
        return LookedBack(written.occurs, written.since, written.times)
    assert written.in_ is not None, "an event without `since` has a window"
    return Occurrence(written.occurs, written.in_, written.times)


def _of_patient(written: OfPatient) -> PatientIs:
    asked = written.patient
    if asked.attribute is not None:
        return PatientIs(attribute=asked.attribute, words=asked.is_)
    if asked.age is not None:
        return PatientIs("", asked.age.at_least, asked.age.below)
    return PatientIs("F" if asked.sex == "female" else "M")


def _free_of(written: FreeOf, measures: Mapping[str, MeasureFacts]) -> Question:
    if isinstance(written.free_of, str):
        return FreeOfEvent(written.free_of, written.in_, written.for_)
    tree = grow(Not(not_=written.free_of), EACH_VISIT, measures)
    return HeldRule(tree, written.in_, lasting=written.for_, gap=written.gap or 0)


def _held(written: Held, measures: Mapping[str, MeasureFacts]) -> HeldRule:
    return HeldRule(
        grow(written.held, EACH_VISIT, measures),
        written.in_,
        written.times,
        written.apart or 1,
        written.consecutive,
        written.lasting,
        written.gap or 0,
    )
