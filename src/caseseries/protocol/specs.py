"""Specs: every way of reading the study, as rows. The protocol as written is the primary one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from caseseries.brief import brief
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import assessed_parts
from caseseries.protocol.dose_units import amounts_of_doses, one_unit
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.extremes import BEGINS, ends_at, extreme_of, stretch
from caseseries.protocol.levels import Part
from caseseries.protocol.limited import limited_slots
from caseseries.protocol.measure import DailyDose, DoseUnit
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.outcome import ChangeOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.robustness import Missing, Robustness
from caseseries.protocol.time_to import TimeToOutcome
from caseseries.protocol.tree import EACH_VISIT, HeldRule, Leaf, Node, Occurrence, Question, Slot, Tree, grow
from caseseries.protocol.window import DAY_TAKES, Window

#: The window whose assessment day is the baseline day of intercurrent events.
BASELINE = "baseline"

#: The name under which the rule as written appears among the readings.
AS_WRITTEN = "as written"

#: The name of the plan of a criterion; no outcome has a colon in its name.
CRITERION = "criterion: value"


@dataclass(frozen=True, slots=True)
class Spec:
    """One way of reading one outcome.

    `number` counts from 0 (the protocol as written) within the outcome. `windows` are the windows in force, `dose` the unit of
    every daily dose, `missing` what a component that was not recorded counts as.
    `role` is `reading` for the rule and its readings under the primary choices, `grid` for the others.
    """

    number: int
    outcome: str
    reading: str
    tree: Tree
    windows: Mapping[str, Window]
    missing: Missing
    dose: DoseUnit | None
    varied: tuple[str, ...]

    __repr__ = brief

    @property
    def primary(self) -> bool:
        """Whether this is the protocol as written."""
        return self.number == 0

    @property
    def role(self) -> Literal["primary", "reading", "grid"]:
        """Primary; a reading under otherwise primary choices; or a further cell of the grid."""
        if self.primary:
            return "primary"
        return "reading" if self.varied == ("reading",) else "grid"


@dataclass(frozen=True)
class OutcomePlan:
    """A verdict outcome compiled: its trees, the values they rest on, and all its specs.

    `visit_measures[w]` are the measures whose recorded values make a day of window w a visit of this outcome, the union over
    the rule and all readings (and all levels of the outcome), so that every reading is assessed on the same day. `good` says whether the
    outcome is wanted; None where the protocol does not. `part` is what it says of the levels of an outcome. `values` are what an outcome
    without a rule tells: a value before and one after of a change, or one value.
    """

    name: str
    at: str
    slots: tuple[Slot, ...]
    visit_measures: Mapping[str, tuple[str, ...]]
    specs: tuple[Spec, ...]
    among: Tree | None = None
    good: bool | None = None
    part: Part | None = None
    values: tuple[Slot, ...] = ()

    __repr__ = brief

    @cached_property
    def trees(self) -> tuple[Tree, ...]:
        """The rules of all specs, each once, in order."""
        shared = {id(spec.tree): spec.tree for spec in self.specs}  # specs share few trees
        return tuple(dict.fromkeys(shared.values()))

    @property
    def _read(self) -> tuple[Tree, ...]:
        return (*self.trees, *([self.among] if self.among else []))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What is asked besides values, each once; what stands in a rule that is read on visit days before it."""
        return tuple(dict.fromkeys(one for tree in self._read for one in tree.questions))

    @cached_property
    def held(self) -> tuple[HeldRule, ...]:
        """The rules that are read on visit days, each once."""
        return tuple(one for one in self.questions if isinstance(one, HeldRule))

    @cached_property
    def measured(self) -> tuple[Slot, ...]:
        """Every value that is looked at, those of visit days with the window in which these lie."""
        days = ((slot, one.window) for one in self.held for slot in one.daily)
        daily = (slot if extreme_of(slot.window) else Slot(slot.measure, window) for slot, window in days)
        return tuple(dict.fromkeys([*self.slots, *daily]))

    @cached_property
    def limited(self) -> frozenset[Slot]:
        """The values that are compared with a limit of normal."""
        return limited_slots(self._read)

    @property
    def outcome(self) -> str:
        """The outcome as it is declared, of which this may be one of several verdicts."""
        return self.name if self.part is None else self.name.removesuffix(self.part.suffix)

    @property
    def primary(self) -> Spec:
        """The protocol as written."""
        return self.specs[0]

    @cached_property
    def asked(self) -> tuple[Leaf, ...]:
        """The comparisons that the protocol as written makes: of the rule, its readings and the denominator."""
        trees = [spec.tree for spec in self.specs if spec.role != "grid"] + ([self.among] if self.among else [])
        return tuple(dict.fromkeys(node.leaf for tree in trees for node in tree.leaves if node.leaf is not None))


def _window_variants(protocol: Protocol, name: str) -> list[Window]:
    window = protocol.windows[name]
    widths = [
        (window.from_, window.to),
        *((width.from_, width.to) for width in protocol.robustness.windows.get(name, ())),
    ]
    takes = [window.take, *protocol.robustness.take.get(name, ())]
    return [
        window.model_copy(
            update={"from_": from_, "to": to, "take": take, "recorded": None if take in DAY_TAKES else window.recorded}
        )
        for (from_, to), take in itertools.product(dict.fromkeys(widths), dict.fromkeys(takes))
    ]


def plan(protocol: Protocol, name: str) -> OutcomePlan:
    """Compile one verdict. That a case has exactly one level, or which category, is asked under the primary choices alone."""
    outcome = protocol.verdicts[name]
    if outcome.part is not None and outcome.part.kind != "at least":
        protocol = protocol.model_copy(update={"robustness": Robustness()})
    measures = all_measures(protocol)
    trees = {AS_WRITTEN: grow(outcome.rule, outcome.at, measures)}
    trees |= {reading: grow(rule, outcome.at, measures) for reading, rule in outcome.readings.items()}
    among = grow(outcome.among, outcome.at, measures) if outcome.among is not None else None
    beside = [grow(rule, outcome.at, measures) for rule in outcome.beside]
    grown = [*beside, *trees.values(), *([among] if among else [])]
    ruled = tuple(dict.fromkeys(slot for tree in grown for slot in tree.slots))
    slots = (*ruled, *_slot_of_a_rise(protocol, ruled))
    questions = tuple(dict.fromkeys(one for tree in grown for one in tree.questions))
    held = [one for one in questions if isinstance(one, HeldRule)]
    asked_in = [one.window for one in questions if one.window in protocol.windows]
    named = dict.fromkeys([*(slot.window for slot in slots), *asked_in, outcome.at])
    windows = tuple(window for window in named if not extreme_of(window))
    visit_measures = {
        window: tuple(slot.measure for slot in slots if slot.window == window and visit_measure(protocol, slot.measure))
        for window in named
    }
    dose_units: list[DoseUnit | None] = [None]
    asked = (*ruled, *(slot for one in held for slot in one.daily))
    if any(isinstance(protocol.measures[slot.measure], DailyDose) for slot in asked):
        further = () if amounts_of_doses(protocol, grown) else protocol.robustness.dose
        dose_units = list(dict.fromkeys([one_unit(protocol), *further]))
    missing: list[Missing] = list(dict.fromkeys(["not evaluable", *protocol.robustness.missing]))
    readings = list(trees) if protocol.robustness.readings else [AS_WRITTEN]
    variants = [_window_variants(protocol, window) for window in windows]
    specs: list[Spec] = []
    for chosen in itertools.product(*variants):
        moved = [
            f"window {window}"
            for window, picked in zip(windows, chosen, strict=True)
            if picked != protocol.windows[window]
        ]
        in_force = dict(protocol.windows) | dict(zip(windows, chosen, strict=True))
        in_force |= _stretches(in_force, slots, held)
        for dose, policy, reading in itertools.product(dose_units, missing, readings):
            varied = [*moved, *["dose"] * (dose != dose_units[0]), *["missing"] * (policy != missing[0])]
            varied += ["reading"] * (reading != AS_WRITTEN)
            specs.append(Spec(len(specs), name, reading, trees[reading], in_force, policy, dose, tuple(varied)))
    as_written = dict(protocol.windows) | _stretches(protocol.windows, slots, held)
    if not protocol.robustness.readings:
        specs += [
            Spec(
                len(specs) + place,
                name,
                reading,
                trees[reading],
                as_written,
                missing[0],
                dose_units[0],
                ("reading",),
            )
            for place, reading in enumerate(list(trees)[1:])
        ]
    return OutcomePlan(name, outcome.at, slots, visit_measures, tuple(specs), among, outcome.good, outcome.part)


def _stretches(windows: Mapping[str, Window], slots: Sequence[Slot], held: Sequence[HeldRule]) -> dict[str, Window]:
    """The days from which a nadir or a peak is taken, by the name that they have in place of a window; up to visit days, the most they may be."""
    found: dict[str, Window] = {}
    for slot in slots:
        if word := extreme_of(slot.window):
            found[slot.window] = stretch(word, windows[BEGINS], windows[ends_at(slot.window)])
    for one in held:
        for slot in one.daily:
            if word := extreme_of(slot.window):
                whole = stretch(word, windows[BEGINS], windows[one.window])
                before = found.get(slot.window, whole)
                ends = {"from_": min(whole.from_, before.from_), "to": max(whole.to, before.to)}
                found[slot.window] = whole.model_copy(update=ends)
    return found


def _slot_of_a_rise(protocol: Protocol, ruled: Sequence[Slot]) -> tuple[Slot, ...]:
    """The dose at baseline, where a rise above it decides and the rule itself asks for nothing at baseline."""
    raised = protocol.intercurrent.raised
    dose = raised.dose or (next(iter(protocol.doses)) if len(protocol.doses) == 1 else None)
    at_baseline = BASELINE not in protocol.windows or any(slot.window == BASELINE for slot in ruled)
    return () if raised.verdict == "as observed" or dose is None or at_baseline else (Slot(dose, BASELINE),)


def valued_plan(protocol: Protocol, name: str) -> OutcomePlan:
    """Compile one outcome that has no rule, a change or a value at one time: its values (the first slots), under the protocol as written alone."""
    outcome = protocol.valued[name]
    if isinstance(outcome, ChangeOutcome):
        values: tuple[Slot, ...] = (Slot(outcome.change, outcome.from_), Slot(outcome.change, outcome.at))
    else:
        values = (Slot(outcome.describe, outcome.at),)
    among = grow(outcome.among, outcome.at, all_measures(protocol)) if outcome.among is not None else None
    slots = tuple(dict.fromkeys([*values, *(among.slots if among else ())]))
    held = among.held if among else ()
    visit_measures = {
        window: tuple(slot.measure for slot in slots if slot.window == window and visit_measure(protocol, slot.measure))
        for window in dict.fromkeys(slot.window for slot in slots)
    }
    measure = protocol.measures[values[0].measure]
    dose = measure.as_ if isinstance(measure, DailyDose) else None
    windows = dict(protocol.windows) | _stretches(protocol.windows, slots, held)
    spec = Spec(0, name, AS_WRITTEN, Tree(()), windows, "not evaluable", dose, ())
    return OutcomePlan(name, outcome.at, slots, visit_measures, (spec,), among, values=values)


def trajectory_plans(protocol: Protocol, name: str) -> tuple[OutcomePlan, ...]:
    """Compile one trajectory, each of its windows by itself: the days are read on which the measure has a value, and nothing is asked of it."""
    outcome, plans = protocol.trajectories[name], []
    for window in outcome.windows:
        leaf = Leaf("value", "value", Slot(outcome.trajectory, EACH_VISIT))
        question = HeldRule(Tree((Node("1", "leaf", leaf=leaf),)), window, 1)
        tree = Tree((Node("1", "question", question=question),))
        spec = Spec(0, name, AS_WRITTEN, tree, dict(protocol.windows), "not evaluable", None, ())
        plans.append(OutcomePlan(name, window, (), {}, (spec,)))
    return tuple(plans)


def time_plan(protocol: Protocol, name: str) -> OutcomePlan:
    """Compile one time to an event: on which days what is looked for holds or begins, as written and under its readings.

    Its slots are the values that are the same on every day; no visit is chosen in the windows whose days are read. Of the robustness grid the
    windows of those values and the unit of the dose apply; a visit of which it is not known is no visit under every policy.
    """
    outcome, measures = protocol.times[name], all_measures(protocol)
    asked = {AS_WRITTEN: outcome.time_to, **outcome.readings}
    trees = {reading: _tree_of_time(outcome, rule, measures) for reading, rule in asked.items()}
    among = grow(outcome.among, BASELINE, measures) if outcome.among is not None else None
    grown = [*trees.values(), *([among] if among else [])]
    slots = tuple(dict.fromkeys(slot for tree in grown for slot in tree.slots))
    at = slots[0].window if slots and among is None else outcome.in_
    named = tuple(dict.fromkeys([*(slot.window for slot in slots), at]))
    visit_measures = {
        window: tuple(slot.measure for slot in slots if slot.window == window and visit_measure(protocol, slot.measure))
        for window in named
    }
    held = [one for tree in grown for one in tree.held]
    dosed = any(slot.measure in protocol.doses for slot in (*slots, *(slot for one in held for slot in one.daily)))
    doses: list[DoseUnit | None] = [one_unit(protocol)]
    if dosed and not amounts_of_doses(protocol, grown):
        doses = list(dict.fromkeys([*doses, *protocol.robustness.dose]))
    fixed = [window for window in named if window in {slot.window for slot in slots}]
    variants = itertools.product(*(_window_variants(protocol, window) for window in fixed))
    cells = list(itertools.product(variants, doses, trees))
    if not protocol.robustness.readings:
        first = cells[0][:2]
        cells = [one for one in cells if one[2] == AS_WRITTEN] + [(*first, one) for one in list(trees)[1:]]
    specs = []
    for number, (chosen, dose, reading) in enumerate(cells):
        varied = [
            f"window {window}" for window, one in zip(fixed, chosen, strict=True) if one != protocol.windows[window]
        ]
        varied += ["dose"] * (dose != doses[0]) + ["reading"] * (reading != AS_WRITTEN)
        windows = dict(protocol.windows) | dict(zip(fixed, chosen, strict=True))
        specs.append(Spec(number, name, reading, trees[reading], windows, "not evaluable", dose, tuple(varied)))
    return OutcomePlan(name, at, slots, visit_measures, tuple(specs), among, outcome.good)


def _tree_of_time(outcome: TimeToOutcome, rule: Any, measures: Mapping[str, MeasureFacts]) -> Tree:
    """What is looked for and, where it does not count from the index date, what it counts from."""
    asked: list[tuple[str, Question]] = []
    if outcome.event:
        asked.append(("1.1", Occurrence(outcome.event, outcome.in_)))
    elif not outcome.stop:
        asked.append(("1.1", HeldRule(grow(rule, EACH_VISIT, measures), outcome.in_, 1)))
    if outcome.start is not None:
        asked.append(("1.2", HeldRule(grow(outcome.start.rule, EACH_VISIT, measures), outcome.start.in_, 1)))
    nodes = (Node(node_id, "question", question=question) for node_id, question in asked)
    return Tree((Node("1", "all", tuple(node_id for node_id, _ in asked)), *nodes))


def looked_for_in(tree: Tree) -> HeldRule | Occurrence | None:
    """What the tree of a time to an event looks for; None where that is the end of the study drug, of which nothing is asked."""
    found = next((node.question for node in tree.nodes if node.id == "1.1"), None)
    return found if isinstance(found, HeldRule | Occurrence) else None


def counted_from(tree: Tree) -> HeldRule | None:
    """What the tree of a time to an event counts from; None where that is the index date."""
    found = next((node.question for node in tree.nodes if node.id == "1.2"), None)
    return found if isinstance(found, HeldRule) else None


def criterion_plan(protocol: Protocol, criterion: OfValue) -> OutcomePlan:
    """Compile a line of `include` or `exclude` that rests on values: those values alone, and `among` them, the rule.

    Each value is chosen by itself, as the window says, also where an outcome takes all measures of the window from one visit.
    """
    slots = tuple(Slot(measure, criterion.in_) for measure in criterion.measures)
    window = protocol.windows[criterion.in_].model_copy(update={"components": "nearest each"})
    visit_measures = {criterion.in_: tuple(one for one in criterion.measures if visit_measure(protocol, one))}
    spec = Spec(
        0, CRITERION, AS_WRITTEN, Tree(()), {**protocol.windows, criterion.in_: window}, "not evaluable", None, ()
    )
    tree = grow(criterion.rule, criterion.in_, all_measures(protocol))
    return OutcomePlan(CRITERION, criterion.in_, slots, visit_measures, (spec,), tree)


def visit_measure(protocol: Protocol, name: str) -> bool:
    """Whether a measure is recorded at visits, as opposed to a dose added up from courses, and to a count of events."""
    measure = protocol.measures[name]
    return not isinstance(measure, Counted) and not (isinstance(measure, DailyDose) and measure.source == "courses")


def measures_of_visits(protocol: Protocol, slots: Iterable[Slot]) -> tuple[str, ...]:
    """The measures of which a value makes a day a visit on which a rule is read: those it asks for, and the parts of those that are derived.

    A day on which some part was recorded, and not all, is one on which the whole is not known.
    """
    named = [slot.measure for slot in slots if visit_measure(protocol, slot.measure)]
    return tuple(dict.fromkeys(one for name in named for one in (name, *assessed_parts(protocol.measures, name))))


def looked_for(protocol: Protocol, plan: OutcomePlan) -> dict[str, set[str]]:
    """By window, the measures that an outcome looks for at visits there: at the one that is chosen, or at every one."""
    found = {window: set(measures) for window, measures in plan.visit_measures.items() if window in protocol.windows}
    found = {window: measures for window, measures in found.items() if measures}
    for held in plan.held:
        daily = {slot.measure for slot in held.daily if visit_measure(protocol, slot.measure)}
        if daily:
            found[held.window] = found.get(held.window, set()) | daily
    return found


def pairs_of(slots: Sequence[Slot], at: str, before: str) -> list[str]:
    """Measures that have both a value before and one at the assessment, in order."""
    here = [slot.measure for slot in slots if slot.window == at]
    return [slot.measure for slot in slots if slot.window == before and slot.measure in here]
