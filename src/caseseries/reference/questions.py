"""What a rule asks of a case besides values, one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import floor
from typing import Final

from caseseries.chart.tables import calendar_date
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import (
    FreeOfEvent,
    HeldRule,
    LookedBack,
    Occurrence,
    PatientIs,
    Question,
    Tree,
    UnchangedDrug,
)
from caseseries.protocol.unknown_words import says_unknown
from caseseries.reference.days import whole_years
from caseseries.reference.free_of import free_of
from caseseries.reference.held_rule import held_truth
from caseseries.reference.occurrence import occurred
from caseseries.reference.record import Indexed, folded, sex_of
from caseseries.reference.unchanged import unchanged
from caseseries.reference.visit import Placed
from caseseries.reference.window_end import in_its_window
from caseseries.verdict.trace import NodeTruth, Stretch, Truth

UNRECORDED: Final = "not recorded"


def answers(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, tree: Tree) -> dict[Question, NodeTruth]:
    """The answers to what a tree asks besides values, without the ids of their nodes."""
    found: dict[Question, NodeTruth] = {}
    for question in tree.questions:  # what stands in a held rule stands before it
        found[question] = in_its_window(
            study, case, spec, question, partial(_answer, study, case, plan, question, found)
        )
    return found


def _answer(
    study: Indexed,
    case: Placed,
    plan: OutcomePlan,
    question: Question,
    before: Mapping[Question, NodeTruth],
    spec: Spec,
) -> NodeTruth:
    """The answer to one question in the window of the spec; `before` are the answers to what stands in it."""
    if isinstance(question, HeldRule):
        return held_truth(study, case, plan, spec, question, before)
    if isinstance(question, Occurrence):
        return _occurrence(study, case, spec, question)
    if isinstance(question, FreeOfEvent):
        return free_of(study, case, spec, question)
    if isinstance(question, UnchangedDrug):
        return unchanged(study, case, spec, question)
    assert not isinstance(question, LookedBack), "looked back for from each visit of the rule in which it stands"
    truth = _of_patient(study, case, question)
    absent = f"{question.window} {question.named}: {UNRECORDED}" if truth is None else ""
    return NodeTruth("", truth, absent)


def _of_patient(study: Indexed, case: Placed, asked: PatientIs) -> Truth:
    assert case.index is not None
    person = study.patients[case.patient].person
    if asked.sex:
        sex = sex_of(study, person)
        return sex == asked.sex if sex else None
    if asked.attribute:
        said = folded(dict(person.attributes).get(asked.attribute, ""))
        return None if not said or says_unknown(said) else said in {folded(word) for word in asked.words}
    if study.chart.dated and person.birth_low is not None and person.birth_high is not None:
        born = (calendar_date(day) for day in (person.birth_low, person.birth_high))
        ages = {whole_years(birth, calendar_date(case.index)) for birth in born}
    elif person.age is not None:
        ages = {floor(person.age)}
    else:
        return None
    found = {(asked.least is None or age >= asked.least) and (asked.below is None or age < asked.below) for age in ages}
    return found.pop() if len(found) == 1 else None


def _occurrence(study: Indexed, case: Placed, spec: Spec, asked: Occurrence) -> NodeTruth:
    """Yes where so many surely began in the window; no where there cannot have been so many and nobody failed to look."""
    window = spec.windows[asked.window]
    truth, why, days = occurred(study, case, asked.name, window.from_, window.to, asked.times)
    shown = tuple(Stretch(day, day, 1, True) for day in days)
    return NodeTruth("", truth, f"{asked.window} {asked.name}: {why}" if why else "", _together(shown))


def _together(shown: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The days of the events as one stretch."""
    return (Stretch(shown[0].first, shown[-1].last, len(shown), True),) if shown else ()
