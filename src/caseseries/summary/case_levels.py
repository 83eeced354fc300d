"""The levels of the cases that are shown one by one, and why each has its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.outcome import Several
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.summary.cases import Cases
from caseseries.summary.levels import LevelsSummary
from caseseries.verdict.denominator import outside_words
from caseseries.verdict.level_sentence import level_sentence, level_words, possible
from caseseries.verdict.narrator import Told
from caseseries.verdict.told_again import ToldAgain
from caseseries.verdict.trace import Verdict

#: A verdict under the protocol as written, about to be told.
Telling = Callable[[OutcomePlan, Verdict], Told]


def level_sentences(
    name: str,
    declared: Several,
    verdicts: Mapping[str, tuple[OutcomePlan, Sequence[Verdict]]],
    telling: Telling,
) -> ToldAgain:
    """By case, why it has its level; `verdicts` are those on every level under the protocol as written, each in case order."""

    def told(names: Sequence[str], place: int) -> list[Told]:
        return [telling(plan, of_cases[place]) for plan, of_cases in (verdicts[one] for one in names)]

    exactly, at_least = declared.exactly(name), declared.at_least(name)
    return ToldAgain(
        {
            verdict.case_id: partial(level_sentence, name, told(exactly, place), told(at_least, place))
            for place, verdict in enumerate(verdicts[exactly[0]][1])
        }
    )


def under(plan: OutcomePlan, reading: str) -> Spec:
    """The spec of a verdict for a reading under otherwise primary choices."""
    return next(spec for spec in plan.specs if spec.reading == reading and spec.role != "grid")


def levels_of_cases(
    found: LevelsSummary, cases: Cases, reading: str, measures: Mapping[str, MeasureFacts]
) -> dict[str, str]:
    """By case, its level or those still possible, in words; of a case that does not count in the denominator, that it does not."""
    outside = outside_of_cases(found, cases, reading, measures)
    places = possible_levels(found, cases, reading)
    return {case: outside[case] or level_words(found.names, left, found.one) for case, left in places.items()}


def levels_by_rule(found: LevelsSummary, cases: Cases, reading: str) -> dict[str, str]:
    """By case, also outside the denominator, the level that the rules alone say, whatever happened between, in words."""
    places = possible_levels(found, cases, reading, by_rule=True)
    return {case: level_words(found.names, left, found.one) for case, left in places.items()}


def outside_of_cases(
    found: LevelsSummary, cases: Cases, reading: str, measures: Mapping[str, MeasureFacts]
) -> dict[str, str]:
    """By case, why it stands outside the denominator, or that this is not known; empty for one inside, which has a level."""
    plan = found.exactly[0]
    verdicts = cases.outcomes[plan.name].verdicts[under(plan, reading).number]
    return {one.case_id: outside_words(one, plan, measures) for one in verdicts}


def deciding(found: LevelsSummary, cases: Cases, reading: str) -> dict[str, Verdict]:
    """By case, the verdict that tells why its level is not known: the first on at least a level that has no answer; else the widest."""
    told: dict[str, Verdict] = {}
    for plan in reversed(found.at_least):
        for one in cases.outcomes[plan.name].verdicts[under(plan, reading).number]:
            if one.truth is None or one.case_id not in told:
                told[one.case_id] = one
    return told


def possible_levels(
    found: LevelsSummary, cases: Cases, reading: str, *, by_rule: bool = False
) -> dict[str, tuple[int, ...]]:
    """By case, the places of the levels that it may have under one reading; also of cases outside the denominator. `by_rule` without events."""
    sides = [
        {one.case_id: one for one in cases.outcomes[plan.name].verdicts[under(plan, reading).number]}
        for plan in found.exactly
    ]
    return {case: possible([side[case] for side in sides], by_rule=by_rule) for case in sides[0]}
