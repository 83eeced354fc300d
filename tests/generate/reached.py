"""Which ties, edges, duplicates, exact thresholds and reasons one drawn protocol and chart reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from tests.generate.comparing import reference
from tests.generate.days import COUNTS

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan
from caseseries.protocol.tree import Leaf, Tree
from caseseries.reference.case import CaseAnswer
from caseseries.reference.open_choices import choices_needed
from caseseries.reference.oracle import among, candidates
from caseseries.verdict.logic import left_out
from caseseries.verdict.trace import Absent, Verdict

EVENTS = ["death", "lost", "rescue added", "drug stopped", "steroid raised above baseline", "pulse"]
ABSENT = [reason for reason in get_args(Absent) if reason]
LOST = [
    "identical duplicate",
    "same day: other value",
    "same day: different values",
    "another day holds different values",
    "too few days recorded",
    "days without an entry not known",
    "days with an entry not known",
    "partial date at the edge of the window",
    "window leaves observed time",
    "another row has a partial date at the edge of the window",
    "other day chosen as the visit",
    "further from the target",
    "tie: later day",
    "tie: earlier day",
    "tie: not the better value",
    "tie: not the worse value",
    "tie: no rule declared",
    "not the first",
    "not the last",
    "not the best",
    "not the worst",
    "not the highest",
    "not the lowest",
]
#: Everything a run of drawn studies is expected to reach.
EXPECTED = [
    *(f"rule {truth}" for truth in (True, False, None)),
    *(f"verdict {truth}" for truth in (True, False, None)),
    *(f"among {truth}" for truth in (True, False, None)),
    *(f"event {event}" for event in EVENTS),
    *(f"decided by {event}" for event in ["the rule", *EVENTS]),
    *(f"not known: {event}" for event in EVENTS),
    "an event that is not known leaves the verdict open",
    *(f"absent: {code}" for code in ABSENT),
    *(f"lost: {words}" for words in LOST),
    *(
        f"choice {kind}"
        for kind in ("restart_after", "same_day", "tie", "if_zero_baseline", "outside_courses", "rescue_restart")
    ),
    *(f"excluded: {reason}" for reason in ("no first exposure", "no index event", "washout")),
    *(f"excluded: {reason}" for reason in ("index date outside the study period", "index date outside observed time")),
    *(f"excluded: {reason}" for reason in ("a criterion", "undetermined")),
    *(f"the value of a criterion: {answer}" for answer in ("met", "not met", "not known")),
    *(f"an event looked back for: {truth}" for truth in (True, False, None)),
    "the exact threshold of a change",
    "the exact threshold of a value",
    *(f"from 0, {told}" for told in ("not met", "not evaluable", "any rise counts: True", "any rise counts: False")),
    "from a value that may be 0, any rise counts",
    "the first day of a window",
    "the last day of a window",
    "the day before a window",
    "the day after a window",
    "a value chosen although censored",
    "a mean",
    "a sum",
    "a sum of days without an entry",
    "a count",
    "a count between two numbers",
    "a count of at least some",
    "a rate of events",
    "a dose begun on the day it is read",
    "a dose begun the day before it is read",
    "a pulse",
    "a case that is not the patient's first",
    "an ongoing episode",
    "a gap of exactly restart_after",
    "a gap one day longer",
    "free days exactly washout",
    "death on the assessment day",
    "a value divided by a weight",
    "not met because missing",
    "an answer although its condition is not known",
    "a part left out of its count",
    "every part left out of its count",
    "points that are a range and answer",
    "points that are a range and leave it open",
]


def reached(protocol: Protocol, chart: Chart) -> set[str]:
    """The expected things that happen in one study."""
    try:
        every, verdicts = reference(protocol, chart)
    except ChoiceNeeded:
        return {f"choice {need.choice}" for need in choices_needed(protocol, chart)}
    found = set(_cases(protocol, chart, every))
    for outcome in protocol.verdicts:
        outcome_plan = plan(protocol, outcome)
        for case in every:
            if not case.included:
                continue
            for spec in outcome_plan.specs:
                found.update(_verdict(outcome_plan, case, verdicts[case.case_id, outcome, spec.number], chart))
            if outcome_plan.among is not None:
                found.add(f"among {among(protocol, chart, case, outcome_plan, outcome_plan.primary)[0]}")
            found.update(_candidates(protocol, chart, outcome_plan, case, verdicts))
    return found


def _cases(protocol: Protocol, chart: Chart, every: tuple[CaseAnswer, ...]) -> Iterator[str]:
    of_value = {criterion_words(one) for one in (*protocol.include, *protocol.exclude) if isinstance(one, OfValue)}
    excluding = {criterion_words(one) for one in protocol.exclude}
    for case in every:
        if of_value and case.included:
            yield f"the value of a criterion: {'not met' if of_value <= excluding else 'met'}"
        elif case.failed in of_value:
            answer = "met" if case.failed in excluding else "not met"
            yield f"the value of a criterion: {'not known' if case.undetermined else answer}"
    for case in every:
        if not case.included:
            fixed = f"excluded: {case.failed}"
            yield fixed if fixed in EXPECTED else "excluded: a criterion"
            if case.undetermined:
                yield "excluded: undetermined"
        if case.episode > 1:
            yield "a case that is not the patient's first"
        if case.ongoing:
            yield "an ongoing episode"
    index_date = protocol.case.index_date
    if not isinstance(index_date, FirstExposure):
        return
    courses = sorted((row for row in chart.courses if row.drug == index_date.first_exposure), key=lambda row: row.start)
    for person in chart.people:
        own = [course for course in courses if course.patient == person.patient]
        for one, other in pairwise(own):
            free = None if one.end is None else other.start - one.end - 1
            if free is not None and free > 0:
                yield from ["a gap of exactly restart_after"] * (free == index_date.restart_after)
                yield from ["a gap one day longer"] * (free == (index_date.restart_after or 0) + 1)
                yield from ["free days exactly washout"] * (free == index_date.washout)


def _verdict(outcome_plan: OutcomePlan, case: CaseAnswer, found: Verdict, chart: Chart) -> Iterator[str]:
    yield f"rule {found.rule_truth}"
    yield f"verdict {found.truth}"
    yield f"decided by {found.decided_by or 'the rule'}"
    yield from (f"event {event}" for event in found.events)
    yield from (f"not known: {event}" for event in found.unsure)
    if found.absent.startswith("event not known: "):
        yield "an event that is not known leaves the verdict open"
    yield from (f"absent: {quantity.absent}" for quantity in found.quantities if quantity.absent)
    for one in (quantity for quantity in found.quantities if quantity.slot.measure in COUNTS):
        if one.value is not None:
            yield "a count" if one.days is None else "a rate of events"
        elif one.limit is not None:
            yield "a count of at least some" if one.most is None else "a count between two numbers"
    summed = [one for one in found.quantities if one.value is not None and one.slot.measure not in COUNTS]
    sums = [one for one in summed if one.days is not None]
    yield from ("a sum of days without an entry" if one.days > 4 else "a sum" for one in sums)  # few days have rows
    yield from (f"absent: {node.absent.partition(': ')[2]}" for node in found.trace if node.absent)
    looked_back = (day.truth for node in found.trace for one in node.back for day in one.days)
    yield from (f"an event looked back for: {truth}" for truth in set(looked_back))
    if any(node.absent and node.truth is False for node in found.trace):
        yield "not met because missing"
    assert case.index is not None
    if found.day is not None and any(
        fact.kind == "death" and fact.patient == case.patient and fact.start == case.index + found.day
        for fact in chart.facts
    ):
        yield "death on the assessment day"
    yield from _nodes(outcome_plan.specs[found.spec].tree, found)
    values = {quantity.slot: quantity.value for quantity in found.quantities}
    for node in outcome_plan.specs[found.spec].tree.leaves:
        assert node.leaf is not None
        numbers = [values[slot] for slot in node.leaf.slots]
        if node.leaf.kind != "is" and all(number is not None for number in numbers) and _exact(node.leaf, *numbers):
            yield f"the exact threshold of a {node.leaf.kind}"
    yield from _from_zero(outcome_plan.specs[found.spec].tree, found)


def _from_zero(tree: Tree, found: Verdict) -> Iterator[str]:
    truth = {answer.node: answer for answer in found.trace}
    values = {quantity.slot: quantity for quantity in found.quantities}
    for node in tree.leaves:
        leaf = node.leaf
        if leaf is None or leaf.before is None or leaf.basis != "baseline" or leaf.if_zero is None:
            continue
        before, after, answer = values[leaf.before], values[leaf.after], truth[node.id]
        rises = leaf.if_zero == "any rise counts"
        if before.value == 0 and after.value is not None and not (rises and answer.absent):
            yield f"from 0, {leaf.if_zero}{f': {answer.truth}' if rises else ''}"
        if before.limit is not None and rises and answer.truth is not None and not answer.absent and leaf.low == 0:
            yield from ["from a value that may be 0, any rise counts"] * (not before.bound.startswith(">"))


def _nodes(tree: Tree, found: Verdict) -> Iterator[str]:
    truth = {answer.node: answer.truth for answer in found.trace}
    values = {quantity.slot: quantity for quantity in found.quantities}
    out = {node.id for node in tree.leaves if left_out(node, truth[node.id], values)}
    for node in tree.nodes:
        if node.kind == "when" and truth[node.children[0]] is None and truth[node.id] is not None:
            yield "an answer although its condition is not known"
        if node.points is not None:
            low, high = node.points.between([truth[child] for child in node.children])
            open_ = "leave it open" if truth[node.id] is None else "answer"
            yield from [f"points that are a range and {open_}"] * (low < high)
        if node.skipped and out.intersection(node.children):
            yield f"{'every' if out.issuperset(node.children) else 'a'} part left out of its count"


def _exact(leaf: Leaf, before, after=None) -> bool:
    compared = before if after is None else leaf.sign * (after - before)
    if after is None and leaf.basis == "range":
        compared -= leaf.minimum
    units = {"points": 1, "baseline": before / 100, "range": (leaf.width or 0) / 100}
    if leaf.basis not in units:  # limits of normal are not among the numbers
        return False
    unit = units[leaf.basis]
    return bool(compared == leaf.threshold * unit)


def _candidates(
    protocol: Protocol, chart: Chart, outcome_plan: OutcomePlan, case: CaseAnswer, verdicts: object
) -> Iterator[str]:
    assert case.index is not None and isinstance(verdicts, dict)
    courses = [course for course in chart.courses if course.patient == case.patient]
    yield from ["a pulse"] * any(course.pulse for course in courses)
    for spec in outcome_plan.specs:
        found: Verdict = verdicts[case.case_id, outcome_plan.name, spec.number]
        for quantity in found.quantities:
            slot, window = quantity.slot, spec.windows[quantity.slot.window]
            rows = candidates(protocol, chart, case, outcome_plan, spec, slot)
            yield from (f"lost: {row.lost}" for row in rows if row.lost)
            days = {
                row.day - case.index
                for row in chart.measurements
                if (row.patient, row.measure) == (case.patient, slot.measure)
            }
            yield from ["the first day of a window"] * (window.from_ in days)
            yield from ["the last day of a window"] * (window.to in days)
            yield from ["the day before a window"] * (window.from_ - 1 in days)
            yield from ["the day after a window"] * (window.to + 1 in days)
            if quantity.value is not None:
                yield from ["a value chosen although censored"] * any(
                    row.record == quantity.record and row.censor for row in rows
                )
                yield from ["a mean"] * (quantity.record is None and bool(rows))
                yield from ["a value divided by a weight"] * (quantity.value.denominator % 3 == 0 and not rows)
            if not rows and quantity.day is not None:
                day = case.index + quantity.day
                yield from ["a dose begun on the day it is read"] * any(course.start == day for course in courses)
                yield from ["a dose begun the day before it is read"] * any(
                    course.start == day - 1 for course in courses
                )
