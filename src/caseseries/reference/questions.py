"""What a rule asks of a case besides values, one case at a time."""

from __future__ import annotations

from math import floor
from typing import Final

from caseseries.chart.tables import Fact, Kind, calendar_date
from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import HeldRule, Occurrence, PatientIs, Question, Tree
from caseseries.reference.days import whole_years
from caseseries.reference.dose import AFTER_END
from caseseries.reference.follow_up import earliest, index_period, latest, leaves_observed_time
from caseseries.reference.held_rule import held_truth
from caseseries.reference.look_back import covers
from caseseries.reference.record import Indexed, folded, sex_of
from caseseries.reference.visit import Placed
from caseseries.reference.window import UNOBSERVED
from caseseries.verdict.trace import NodeTruth, Stretch, Truth

UNRECORDED: Final = "not recorded"
UNCHARTED: Final = "not charted"
NO_HISTORY: Final = "before the known history"
NOT_EXACT: Final = "date not exact"


def answers(study: Indexed, case: Placed, plan: OutcomePlan, spec: Spec, tree: Tree) -> dict[Question, NodeTruth]:
    """The answers to what a tree asks besides values, without the ids of their nodes."""
    found: dict[Question, NodeTruth] = {}
    for question in tree.questions:  # what stands in a held rule stands before it
        if isinstance(question, HeldRule):
            found[question] = held_truth(study, case, plan, spec, question, found)
        elif isinstance(question, Occurrence):
            found[question] = _occurrence(study, case, spec, question)
        else:
            truth = _of_patient(study, case, question)
            absent = f"{question.window} {question.named}: {UNRECORDED}" if truth is None else ""
            found[question] = NodeTruth("", truth, absent)
    return found


def _of_patient(study: Indexed, case: Placed, asked: PatientIs) -> Truth:
    assert case.index is not None
    person = study.patients[case.patient].person
    if asked.sex:
        sex = sex_of(study, person)
        return sex == asked.sex if sex else None
    if asked.attribute:
        said = folded(dict(person.attributes).get(asked.attribute, ""))
        return None if said in ("", "unknown") else said in {folded(word) for word in asked.words}
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
    assert case.index is not None and case.seen_end is not None
    rows, window, index = study.patients[case.patient], spec.windows[asked.window], case.index
    first, last, kinds = index + window.from_, index + window.to, kinds_of(study.protocol, asked.name)
    period = index_period(rows, index)
    named = [
        fact
        for kind in ("event", "diagnosis", "unread diagnosis")
        if kind.removeprefix("unread ") in kinds
        for fact in rows.facts
        if fact.kind == kind and folded(fact.term) == folded(asked.name)
    ]
    dated = [
        fact
        for fact in named
        if fact.start is not None and earliest(fact) <= last and latest(fact) >= first
        if period is None or period[0] <= fact.start <= period[1]
    ]
    sure = [one for one in dated if one.kind != "unread diagnosis" and first <= earliest(one) and latest(one) <= last]
    days = {fact.start for fact in sure if _exact(fact)}
    others = [fact for fact in dated if fact not in sure or not _exact(fact)]
    undated = [fact for fact in named if fact.start is None]
    shown = tuple(
        Stretch(day - index, day - index, 1, True)
        for day in sorted({one.start for one in sure if one.start is not None})
    )
    if max(len(days), 1 if sure else 0) >= asked.times:
        return NodeTruth("", True, "", _together(shown))
    why = _unseen(study, case, asked, window.from_, window.to)
    if len(days) + len(others) + len(undated) >= asked.times:
        why = NOT_EXACT
    return NodeTruth("", None if why else False, f"{asked.window} {asked.name}: {why}" if why else "", _together(shown))


def _together(shown: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The days of the events as one stretch."""
    return (Stretch(shown[0].first, shown[-1].last, len(shown), True),) if shown else ()


def _exact(fact: Fact) -> bool:
    return earliest(fact) == latest(fact)


def _unseen(study: Indexed, case: Placed, asked: Occurrence, low: int, high: int) -> str:
    """Why nothing recorded does not mean that nothing happened; empty where it does."""
    assert case.index is not None and case.seen_end is not None
    rows, unknown = study.patients[case.patient], study.chart.unknown()
    for kind in kinds_of(study.protocol, asked.name):
        charted: Kind = "diagnoses" if kind == "diagnosis" else "adverse events"
        only = study.chart.only.get(charted)
        if charted in unknown or (only is not None and folded(asked.name) not in {folded(one) for one in only}):
            return UNCHARTED
    if leaves_observed_time(study, rows, case.index, case.index + low, case.index + high):
        return UNOBSERVED
    if rows.observed is None and case.seen_end - case.index < high:
        return AFTER_END
    if low < 0 and rows.observed is None:
        covered = study.chart.history != "open" and covers(study, rows, case.index, -low)
        return "" if covered else NO_HISTORY
    return ""
