"""Spells compiled: on which days each state holds; and every outcome whose rules are read on the visit days of a window."""

from __future__ import annotations

from caseseries.protocol.dose_units import one_unit
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import (
    AS_WRITTEN,
    BASELINE,
    OutcomePlan,
    Spec,
    time_plan,
    trajectory_plans,
    visit_measure,
)
from caseseries.protocol.tree import EACH_VISIT, HeldRule, Node, Tree, grow


def spell_plan(protocol: Protocol, name: str) -> OutcomePlan:
    """Compile one outcome of spells under the protocol as written alone: each state by the rule that it is the state of the day.

    Every state is read on the same days: those on which a measure of any of them has a value, and recorded visits.
    """
    outcome, measures = protocol.spells[name], all_measures(protocol)
    trees = [grow(rule, EACH_VISIT, measures) for rule in outcome.exactly]
    among = grow(outcome.among, BASELINE, measures) if outcome.among is not None else None
    daily = tuple(dict.fromkeys(slot for tree in trees for slot in tree.slots if slot.daily))
    held = [HeldRule(tree, outcome.in_, 1, beside=daily) for tree in trees]
    nodes = (Node(f"1.{place}", "question", question=one) for place, one in enumerate(held, 1))
    tree = Tree((Node("1", "any", tuple(f"1.{place}" for place in range(1, len(held) + 1))), *nodes))
    slots = tuple(dict.fromkeys(slot for one in [tree, *([among] if among else [])] for slot in one.slots))
    at = slots[0].window if slots and among is None else outcome.in_
    visit_measures = {
        window: tuple(slot.measure for slot in slots if slot.window == window and visit_measure(protocol, slot.measure))
        for window in dict.fromkeys([*(slot.window for slot in slots), at])
    }
    spec = Spec(0, name, AS_WRITTEN, tree, dict(protocol.windows), "not evaluable", one_unit(protocol), ())
    return OutcomePlan(name, at, slots, visit_measures, (spec,), among)


def states_of(plan: OutcomePlan) -> tuple[HeldRule, ...]:
    """What is asked on each day, by the place of the state."""
    tree = plan.primary.tree
    found = [tree.node(child).question for child in tree.nodes[0].children]
    return tuple(one for one in found if isinstance(one, HeldRule))


def ruled_plans(protocol: Protocol) -> tuple[OutcomePlan, ...]:
    """The outcomes of which rules are read on the visit days of a window: times to an event, then spells."""
    times = (time_plan(protocol, name) for name in protocol.times)
    return (*times, *(spell_plan(protocol, name) for name in protocol.spells))


def daily_plans(protocol: Protocol) -> tuple[OutcomePlan, ...]:
    """Every outcome that is read day by day: these, then slopes over time."""
    slopes = (one for name in protocol.trajectories for one in trajectory_plans(protocol, name))
    return (*ruled_plans(protocol), *slopes)
