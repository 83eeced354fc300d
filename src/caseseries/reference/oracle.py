"""The oracle: the answers for one case at a time, as the page on meaning says them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from caseseries.chart.tables import Bound, Chart
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.time_to import OUTSIDE
from caseseries.protocol.tree import Slot
from caseseries.reference.case import CaseAnswer, all_cases
from caseseries.reference.exposure import exposures
from caseseries.reference.intercurrent import decide, events
from caseseries.reference.lab_grades import case_grades
from caseseries.reference.quantity import quantity
from caseseries.reference.questions import answers
from caseseries.reference.record import indexed
from caseseries.reference.rule import walk
from caseseries.reference.spells import spells_of
from caseseries.reference.time_to import time_of
from caseseries.reference.visit import window_values
from caseseries.reference.window import candidates_in
from caseseries.verdict.exposure import CaseExposure
from caseseries.verdict.lab_grades import CaseGrade
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime, Timeless
from caseseries.verdict.trace import NodeTruth, Truth, Verdict


def cases(protocol: Protocol, chart: Chart) -> tuple[CaseAnswer, ...]:
    """Every case with its index date, its follow-up and why it is or is not included, by patient and episode.

    Raises:
        ChoiceNeeded: the study drug was interrupted in some patient and `restart_after` is not declared.
    """
    return all_cases(indexed(protocol, chart))


def grades(protocol: Protocol, chart: Chart, case: CaseAnswer) -> tuple[CaseGrade, ...]:
    """The worst laboratory grades of an included case, in the order of `safety: graded`."""
    return case_grades(indexed(protocol, chart), case)


def exposure(protocol: Protocol, chart: Chart, case: CaseAnswer) -> tuple[CaseExposure, ...]:
    """The cumulative doses of an included case, in the order of `safety: exposure`."""
    return exposures(indexed(protocol, chart), case)


def verdict(protocol: Protocol, chart: Chart, case: CaseAnswer, outcome_plan: OutcomePlan, spec: Spec) -> Verdict:
    """One case under one spec: every value, the answer of every node, the events between, and the verdict.

    A choice that is not declared makes the value absent here; :func:`caseseries.reference.open_choices.choices_needed` says
    which choices the protocol as written must make first.
    """
    study = indexed(protocol, chart)
    assert case.index is not None, "a case without an index date has no verdict"
    values = {slot: quantity(study, case, outcome_plan, spec, slot) for slot in outcome_plan.slots}
    asked = answers(study, case, outcome_plan, spec, spec.tree)
    trace = walk(spec.tree, values, spec.missing, outcome_plan.good, asked)
    rule_truth = trace[0].truth
    occurred = events(study, case, outcome_plan, spec)
    truth, decided_by, depends_on = decide(study, outcome_plan.name, rule_truth, occurred)
    absent = ""
    if depends_on:
        absent = f"event not known: {depends_on}"
    elif truth is None:
        absent = f"event: {decided_by}" if decided_by else _open_leaves(trace)
    assessed = window_values(study, case, outcome_plan, spec, outcome_plan.at).day
    inside, outside_because = among(protocol, chart, case, outcome_plan, spec)
    return Verdict(
        case_id=case.case_id,
        outcome=outcome_plan.name,
        spec=spec.number,
        truth=truth,
        rule_truth=rule_truth,
        absent=absent,
        decided_by=decided_by,
        events=tuple(EVENT_WORDS[name] for name, answer in occurred.items() if answer is True),
        unsure=tuple(EVENT_WORDS[name] for name, answer in occurred.items() if answer is None),
        day=None if assessed is None else assessed - case.index,
        quantities=tuple(values.values()),
        trace=trace,
        inside=inside,
        outside_because=outside_because,
    )


def case_time(
    protocol: Protocol, chart: Chart, case: CaseAnswer, outcome_plan: OutcomePlan, spec: Spec | None = None
) -> CaseTime:
    """The time of one included case to the event of an outcome, or why there is none; without `spec` under the protocol as written."""
    asked = outcome_plan.primary if spec is None else spec
    inside, _ = among(protocol, chart, case, outcome_plan, asked)
    if inside is not True:
        because: Timeless = "denominator not known" if inside is None else OUTSIDE
        return CaseTime(case.case_id, None, None, because=because, start=None)
    return time_of(indexed(protocol, chart), case, outcome_plan, asked)


def case_spells(protocol: Protocol, chart: Chart, case: CaseAnswer, outcome_plan: OutcomePlan) -> CaseSpells:
    """The spells of one included case in the states of an outcome, or why there are none."""
    asked = outcome_plan.primary
    inside, _ = among(protocol, chart, case, outcome_plan, asked)
    if inside is not True:
        return CaseSpells(case.case_id, because="denominator not known" if inside is None else OUTSIDE)
    return spells_of(indexed(protocol, chart), case, outcome_plan, asked)


def among(
    protocol: Protocol, chart: Chart, case: CaseAnswer, outcome_plan: OutcomePlan, spec: Spec
) -> tuple[Truth, str]:
    """Whether the case belongs to the denominator of the outcome, and which values are absent where that is unknown."""
    if outcome_plan.among is None:
        return True, ""
    study = indexed(protocol, chart)
    slots = outcome_plan.among.slots
    values = {slot: quantity(study, case, outcome_plan, spec, slot) for slot in slots}
    asked = answers(study, case, outcome_plan, spec, outcome_plan.among)
    trace = walk(outcome_plan.among, values, "not evaluable", questions=asked)
    return trace[0].truth, _open_leaves(trace) if trace[0].truth is None else ""


def _open_leaves(trace: tuple[NodeTruth, ...]) -> str:
    """The different reasons of the leaves that are not evaluable, in the order of the tree."""
    return "; ".join(dict.fromkeys(node.absent for node in trace if node.truth is None and node.absent))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that could have given a slot's value, and why it was passed over ('' for the chosen).

    `day` is relative to the index date; the words are those of :mod:`caseseries.verdict.passed_over`.
    """

    record: int
    day: int
    value: Fraction
    censor: Bound
    lost: str


def candidates(
    protocol: Protocol, chart: Chart, case: CaseAnswer, outcome_plan: OutcomePlan, spec: Spec, slot: Slot
) -> tuple[Candidate, ...]:
    """Every candidate row of a slot, by day and record, with why each was passed over; none for a dose from courses."""
    study = indexed(protocol, chart)
    assert case.index is not None
    if extreme_of(slot.window):
        return ()
    chosen = window_values(study, case, outcome_plan, spec, slot.window).chosen.get(slot.measure)
    if chosen is None:
        return ()
    rows = study.patients[case.patient]
    found = candidates_in(study, rows, case.index, slot.measure, spec.windows[slot.window])
    every = sorted((*found.rows, *found.edge), key=lambda row: (row.day, row.record))
    return tuple(
        Candidate(row.record, row.day - case.index, row.value, row.censor, chosen.lost[row.record])
        for row in every
        if row.value is not None
    )
