"""Choices that the data raise and the protocol does not make: the run stops and lists every case once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan, valued_plan
from caseseries.protocol.spell_plan import ruled_plans
from caseseries.protocol.tree import Tree
from caseseries.reference.case import CaseAnswer, all_cases, histories_open, restarts_open
from caseseries.reference.day_value import Choice
from caseseries.reference.dose import BETWEEN
from caseseries.reference.eligibility import found_case, value_plan
from caseseries.reference.intercurrent import rescue_depends_on_gap
from caseseries.reference.quantity import quantity
from caseseries.reference.record import Indexed, indexed
from caseseries.reference.rule import ZERO_BASELINE, leaf_truth
from caseseries.reference.visit import Placed, window_values


@dataclass(frozen=True, slots=True)
class NeededChoice:
    """One case that asks for a choice.

    `id` is the patient for `restart_after` and the case otherwise. `where` is the study drug, the look-back, the window (`tie` of a
    visit), the window and measure (`same_day`, other `tie`), the measure (`if_zero_baseline`, `outside_courses`), or `rescue added`
    (`rescue_restart`).
    """

    choice: Choice
    id: str
    where: str


def choices_needed(protocol: Protocol, chart: Chart) -> list[NeededChoice]:
    """Every choice that the protocol as written (with its readings) leaves open and a case asks for.

    A case that is included, or one that is not because a criterion asks for a value which waits for the choice.
    In the order restart_after, history, same_day, tie, if_zero_baseline, outside_courses, rescue_restart; then by id; then by where.
    While `restart_after` is open there are no cases yet, and it alone is listed.
    """
    study = indexed(protocol, chart)
    index_date = protocol.case.index_date
    waiting = restarts_open(study)
    if waiting:
        assert isinstance(index_date, FirstExposure)
        return [NeededChoice("restart_after", patient, index_date.first_exposure) for patient in waiting]
    needed = {NeededChoice("history", case_id, words) for case_id, words in histories_open(study)}
    plans = [plan(protocol, name) for name in protocol.verdicts] + [
        valued_plan(protocol, name) for name in protocol.valued
    ]
    for outcome_plan in [*plans, *(one for one in ruled_plans(protocol) if one.slots)]:  # else no value is chosen
        for case in all_cases(study):
            if case.included:
                needed |= _of_case(study, case, outcome_plan)
    for case in all_cases(study):
        needed |= _of_criterion(study, case)
    order = get_args(Choice)
    return sorted(needed, key=lambda need: (order.index(need.choice), natural(need.id), need.where))


def _of_case(study: Indexed, case: CaseAnswer, outcome_plan: OutcomePlan) -> set[NeededChoice]:
    needed = _of_values(study, case, case.case_id, outcome_plan)
    if outcome_plan.name in study.protocol.verdicts and rescue_depends_on_gap(study, case, outcome_plan):
        needed.add(NeededChoice("rescue_restart", case.case_id, "rescue added"))
    spec = outcome_plan.primary
    values = {slot: quantity(study, case, outcome_plan, spec, slot) for slot in outcome_plan.slots}
    trees: list[Tree] = [one.tree for one in outcome_plan.specs if one.role != "grid"]
    if outcome_plan.among is not None:
        trees.append(outcome_plan.among)
    for leaf in (node.leaf for tree in trees for node in tree.leaves if node.leaf is not None):
        measure = study.protocol.measures[leaf.after.measure]
        if not isinstance(measure, DailyDose) or measure.if_zero_baseline is not None:
            continue
        if leaf_truth(leaf, values)[1].endswith(ZERO_BASELINE):
            needed.add(NeededChoice("if_zero_baseline", case.case_id, leaf.after.measure))
    return needed


def _of_criterion(study: Indexed, case: CaseAnswer) -> set[NeededChoice]:
    """What a case asks for that was excluded because the value of a criterion waits for a choice."""
    if case.index is None or not case.undetermined:
        return set()
    for criterion in (*study.protocol.include, *study.protocol.exclude):
        if isinstance(criterion, OfValue) and criterion_words(criterion) == case.failed:
            found = found_case(study, study.patients[case.patient], case.index)
            return _of_values(study, found, case.case_id, value_plan(study, criterion))
    return set()


def _of_values(study: Indexed, case: Placed, case_id: str, outcome_plan: OutcomePlan) -> set[NeededChoice]:
    """What the values of a plan ask for, under the protocol as written."""
    spec = outcome_plan.primary
    needed: set[NeededChoice] = set()
    for window in dict.fromkeys([*(slot.window for slot in outcome_plan.slots), outcome_plan.at]):
        if extreme_of(window):
            continue
        found = window_values(study, case, outcome_plan, spec, window)
        needed |= {NeededChoice(need, case_id, window) for need in found.needs}
        for name, chosen in found.chosen.items():
            needed |= {NeededChoice(need, case_id, f"{window} {name}") for need in chosen.needs}
    for slot in outcome_plan.slots:
        measure = study.protocol.measures[slot.measure]
        undeclared = isinstance(measure, DailyDose) and measure.outside_courses is None
        if undeclared and quantity(study, case, outcome_plan, spec, slot).absent == BETWEEN:
            needed.add(NeededChoice("outside_courses", case_id, slot.measure))
    return needed


def require_choices(protocol: Protocol, chart: Chart) -> None:
    """Stop where a choice is open.

    Raises:
        ChoiceNeeded: with every case that asks for a choice, each once.
    """
    needed = choices_needed(protocol, chart)
    if needed:
        problems = [
            Problem(f"{need.choice} is not declared for {need.where}", found=need.id, private=True) for need in needed
        ]
        raise ChoiceNeeded("The data raise choices that the protocol does not make.", problems)
