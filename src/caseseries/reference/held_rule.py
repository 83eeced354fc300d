"""A rule read on each visit day of a window, one case at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.specs import OutcomePlan, Spec, measures_of_visits, visit_measure
from caseseries.protocol.tree import EACH_VISIT, VISITS, HeldRule, LookedBack, Question, Slot
from caseseries.protocol.visits_read import reads_visits
from caseseries.protocol.window import Window
from caseseries.reference.dose import NO_WEIGHT, dose_on, weight_near
from caseseries.reference.extremes import extreme_up_to
from caseseries.reference.follow_up import earliest, index_period, latest, leaves_observed_time
from caseseries.reference.normal_limits import normal_limits
from caseseries.reference.occurrence import occurred
from caseseries.reference.quantity import asks_per_kg, quantity
from caseseries.reference.record import Indexed, PatientRows
from caseseries.reference.rule import leaf_truth
from caseseries.reference.seen import AFTER_END, UNOBSERVED
from caseseries.reference.visit import Placed
from caseseries.reference.window import EDGE, NO_VISIT, candidates_in, value_by_itself
from caseseries.verdict.logic import answer, left_out
from caseseries.verdict.trace import NodeTruth, Quantity, SeenBack, Truth, seen_back, stretches

UNANSWERED: Final = "not known on some day"
FEW: Final = "too few visits"


@dataclass(frozen=True, slots=True)
class Read:
    """A day on which the rule was read, relative to the index date."""

    day: int
    visited: bool
    truth: Truth


def held_truth(
    study: Indexed,
    case: Placed,
    plan: OutcomePlan,
    spec: Spec,
    held: HeldRule,
    inner: Mapping[Question, NodeTruth],
) -> NodeTruth:
    """The answer of a held rule for one case, why there is none, and what it was on its days; without the id of its node.

    `inner` are the answers to what the rule asks besides values.
    """
    assert case.index is not None
    rows, window = study.patients[case.patient], spec.windows[held.window]
    read = read_days(study, case, plan, spec, held, inner)
    leaves = leaves_observed_time(study, rows, case.index, case.index + window.from_, case.index + window.to)
    unsure = study.protocol.partial_dates == "bounds" and any(
        low - case.index <= window.to and high - case.index >= window.from_
        for low, high in partial_days(study, rows, held, case.index)
    )
    truth, why = _decided(held, read, leaves=leaves, unsure=unsure)
    absent = f"{held.window} {VISITS}: {why}" if why else ""
    days = stretches((one.day, one.truth) for one in read)
    return NodeTruth("", truth, absent, days, back=_seen_back(study, case, spec, held))


def _seen_back(study: Indexed, case: Placed, spec: Spec, held: HeldRule) -> tuple[SeenBack, ...]:
    """What was looked back for from each visit."""
    visits = [day for day, visited in _days(study, case, held, spec.windows[held.window]) if visited]
    if not visits:
        return ()
    return tuple(
        seen_back(asked, ((day, *_looked_back(study, case, asked, day)) for day in visits))
        for asked in held.tree.looked_back
    )


def _looked_back(study: Indexed, case: Placed, asked: LookedBack, day: int) -> tuple[Truth, str]:
    return occurred(study, case, asked.name, day - asked.days, day, asked.times)[:2]


def partial_days(study: Indexed, rows: PatientRows, held: HeldRule, index: int) -> Iterator[tuple[int, int]]:
    """The first and last possible day of each value, and of each recorded visit, of a partial date; of none where nothing is read at visits."""
    period = index_period(rows, index)
    for row in (row for name in _at_visits(study, held) for row in rows.measurements.get(name, ())):
        if row.value is not None and row.low != row.high and (period is None or period[0] <= row.day <= period[1]):
            yield row.low, row.high
    for fact in rows.facts_of("visit") if reads_visits(study.protocol, held) else ():
        if fact.start is None or (period is not None and not period[0] <= fact.start <= period[1]):
            continue
        if earliest(fact) != latest(fact):
            yield earliest(fact), latest(fact)


def read_days(
    study: Indexed,
    case: Placed,
    plan: OutcomePlan,
    spec: Spec,
    held: HeldRule,
    inner: Mapping[Question, NodeTruth],
) -> list[Read]:
    """The days of the window on which the rule was read; of those that are no visit the ones on which it may not have held."""
    every = [
        Read(day, visited, _on_day(study, case, plan, spec, held, day, inner, visited=visited))
        for day, visited in _days(study, case, held, spec.windows[held.window])
    ]
    return [one for one in every if one.visited or one.truth is not True]


def _at_visits(study: Indexed, held: HeldRule) -> list[str]:
    return list(measures_of_visits(study.protocol, held.read))


def _days(study: Indexed, case: Placed, held: HeldRule, window: Window) -> Iterator[tuple[int, bool]]:
    """The days on which the rule is read, and whether each is a visit; of a rule that asks for doses alone every day is one."""
    assert case.index is not None
    rows, at_visits = study.patients[case.patient], _at_visits(study, held)
    first, last = index_period(rows, case.index) or (case.index + window.from_, case.index + window.to)
    found = {row.day for name in at_visits for row in rows.measurements.get(name, ()) if row.value is not None}
    found |= {fact.start for fact in rows.facts_of("visit") if fact.start is not None}
    visits = {day - case.index for day in found if first <= day <= last}
    every_day = any(not visit_measure(study.protocol, slot.measure) for slot in held.read)
    for day in range(window.from_, window.to + 1):
        if every_day:
            yield day, day in visits or not at_visits
        elif day in visits:
            yield day, True


def _on_day(
    study: Indexed,
    case: Placed,
    plan: OutcomePlan,
    spec: Spec,
    held: HeldRule,
    day: int,
    inner: Mapping[Question, NodeTruth],
    *,
    visited: bool,
) -> Truth:
    """The answer of the rule on one day; where that is no visit, what is only recorded at visits counts as fitting."""
    values = {
        slot: extreme_up_to(study, case, plan, spec, slot, day, spec.windows[held.window].same_day)
        if slot.daily and extreme_of(slot.window)
        else _value(study, case, spec, held, slot, day)
        if slot.daily
        else quantity(study, case, plan, spec, slot)
        for slot in held.tree.slots
    }
    fitting = held.tree.against(good=False)
    truths: dict[str, Truth] = {}
    out = set()
    for node in held.tree.answered:
        if isinstance(node.question, LookedBack):
            truths[node.id] = _looked_back(study, case, node.question, day)[0] if visited else fitting[node.id]
            continue
        if node.question is not None:
            truths[node.id] = inner[node.question].truth
            continue
        assert node.leaf is not None
        truth, _ = leaf_truth(node.leaf, values)
        after = node.leaf.after
        if (
            truth is None
            and not visited
            and after.window == EACH_VISIT
            and visit_measure(study.protocol, after.measure)
        ):
            truth = fitting[node.id]
        truths[node.id] = truth
        if left_out(node, truth, values):
            out.add(node.id)
    return answer(held.tree, truths, out)


def _value(study: Indexed, case: Placed, spec: Spec, held: HeldRule, slot: Slot, day: int) -> Quantity:
    """What a measure was on one day, or the dose taken up to it."""
    assert case.index is not None and case.seen_end is not None
    rows, measure, at = study.patients[case.patient], study.protocol.measures[slot.measure], case.index + day
    if isinstance(measure, DailyDose) and measure.source == "courses":
        period = index_period(rows, case.index)
        if period is not None and at < period[0]:
            return Quantity(slot, None, day, None, UNOBSERVED)
        if at > case.seen_end:
            return Quantity(slot, None, day, None, AFTER_END)
        dose = dose_on(study, case.patient, case.index, measure, spec.dose or measure.as_, at)
        return Quantity(slot, dose.value, day, None, dose.absent)
    that_day = spec.windows[held.window].model_copy(update={"from_": day, "to": day, "take": "last", "recorded": None})
    chosen = value_by_itself(
        candidates_in(study, rows, case.index, slot.measure, that_day),
        case.index,
        that_day,
        study.measures[slot.measure],
    )
    value, absent = chosen.value, chosen.absent
    if isinstance(measure, DailyDose) and value is not None and asks_per_kg(spec, measure):
        weight = weight_near(rows, measure, at)
        value, absent = (None, NO_WEIGHT) if weight is None else (value / weight, "")
    normal = normal_limits(study, case.patient, case.index, slot.measure, that_day, chosen)
    return Quantity(slot, value, day, chosen.record, absent, chosen.bound, chosen.limit, normal=normal)


def _decided(held: HeldRule, read: Sequence[Read], *, leaves: bool, unsure: bool) -> tuple[Truth, str]:
    visits = [one for one in read if one.visited]
    truths = {one.truth for one in read}
    if not held.times and held.lasting is None:
        if False in truths:
            return False, ""
        why = (
            UNOBSERVED
            if leaves
            else EDGE
            if unsure
            else NO_VISIT
            if not visits
            else UNANSWERED
            if None in truths
            else ""
        )
        return (None, why) if why else (True, "")
    in_a_row = held.consecutive or held.lasting is not None
    if _shown(held, read, met=(True,)) and not (in_a_row and unsure):
        return True, ""
    possible = _shown(held, [Read(one.day, one.visited, True) for one in read], met=(True,))
    if possible and not _shown(held, read, met=(True, None)) and not leaves and not unsure:
        return False, ""
    if leaves:
        return None, UNOBSERVED
    return None, EDGE if unsure else NO_VISIT if not visits else UNANSWERED if possible else FEW


def _shown(held: HeldRule, read: Sequence[Read], met: tuple[Truth, ...]) -> bool:
    """Whether the visits with these answers show what must hold."""
    for run in _runs(held, read, met):
        if held.lasting is not None:
            if run[-1] - run[0] >= held.lasting:
                return True
            continue
        count, since = 0, None
        for day in run:
            if since is None or day - since >= held.apart:
                count, since = count + 1, day
        if count >= held.times:
            return True
    return False


def _runs(held: HeldRule, read: Sequence[Read], met: tuple[Truth, ...]) -> Iterator[list[int]]:
    """The days of the visits that count, as runs that nothing breaks; one run of all where nothing can."""
    run: list[int] = []
    for one in read:
        if one.truth in met:
            if one.visited:
                if run and held.lasting is not None and one.day - run[-1] > held.gap:
                    yield run
                    run = []
                run.append(one.day)
        elif run and (held.consecutive or held.lasting is not None):
            yield run
            run = []
    if run:
        yield run
