"""Two implementations held against each other on one protocol and chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from tests.spec.stages import by_stages, grades_by_stages, selected, spells_by_stages, times_by_stages

from caseseries.chart.tables import Chart
from caseseries.cohort.select import Cohort
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.lab_grades import graded_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan, time_plan
from caseseries.protocol.spell_plan import spell_plan
from caseseries.reference.case import CaseAnswer
from caseseries.reference.open_choices import require_choices
from caseseries.reference.oracle import case_spells, case_time, cases, grades, verdict
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import NodeTruth, Quantity, Verdict

#: Case id, outcome, number of the spec.
Key = tuple[str, str, int]
Answer = tuple[tuple[CaseAnswer, ...], Mapping[Key, Verdict]]
Implementation = Callable[[Protocol, Chart], Answer]

#: Differences listed; one defect usually shows in many cases.
SHOWN = 20


def reference(protocol: Protocol, chart: Chart) -> Answer:
    """The oracle's answers: every case, and every verdict of every included case under every spec.

    Raises:
        ChoiceNeeded: the protocol as written leaves a choice open that an included case asks for.
    """
    require_choices(protocol, chart)
    every = cases(protocol, chart)
    verdicts = {}
    for outcome in protocol.verdicts:
        outcome_plan = plan(protocol, outcome)
        for case in every:
            for spec in outcome_plan.specs if case.included else ():
                verdicts[case.case_id, outcome, spec.number] = verdict(protocol, chart, case, outcome_plan, spec)
    return every, verdicts


def reference_times(protocol: Protocol, chart: Chart) -> dict[Key, CaseTime]:
    """The oracle's times of every included case, by case, outcome and spec."""
    return {
        (case.case_id, name, spec.number): case_time(protocol, chart, case, outcome_plan, spec)
        for name, outcome_plan in ((name, time_plan(protocol, name)) for name in protocol.times)
        for case in cases(protocol, chart)
        if case.included
        for spec in outcome_plan.specs
    }


def stages(
    protocol: Protocol, chart: Chart, engine: str = "duckdb", cohort: Cohort | ChoiceNeeded | None = None
) -> Answer:
    """The answers of the SQL stages."""
    cases, verdicts, _, needed = by_stages(protocol, chart, engine, cohort)
    if needed:
        raise ChoiceNeeded("open", [Problem(one.choice, found=one.id, private=True) for one in needed])
    return tuple(cases.values()), verdicts


def disagreements(protocol: Protocol, chart: Chart, engine: str = "duckdb") -> list[str]:
    """What the oracle and the stages answer differently: cases, verdicts, times, spells and laboratory grades."""
    cohort = selected(protocol, chart, engine)
    return [
        *compare(protocol, chart, reference, lambda *asked: stages(*asked, engine, cohort)),
        *(compare_times(protocol, chart, engine, cohort) if protocol.times else ()),
        *(compare_spells(protocol, chart, engine, cohort) if protocol.spells else ()),
        *(compare_grades(protocol, chart, engine, cohort) if graded_measures(protocol) else ()),
    ]


def compare_times(protocol: Protocol, chart: Chart, engine: str, cohort: Cohort | ChoiceNeeded) -> list[str]:
    """The times that the stages and the oracle find differently; empty where they agree, or where it is not known who is a case."""
    try:
        left = reference_times(protocol, chart)
    except ChoiceNeeded:
        return []
    return _differ("time", left, times_by_stages(protocol, chart, engine, cohort))[:SHOWN]


def compare_spells(protocol: Protocol, chart: Chart, engine: str, cohort: Cohort | ChoiceNeeded) -> list[str]:
    """The spells that the stages and the oracle find differently; empty where they agree, or where it is not known who is a case."""
    try:
        included = [case for case in cases(protocol, chart) if case.included]
    except ChoiceNeeded:
        return []
    plans = {name: spell_plan(protocol, name) for name in protocol.spells}
    left = {
        (case.case_id, name): case_spells(protocol, chart, case, one)
        for name, one in plans.items()
        for case in included
    }
    return _differ("spells", left, spells_by_stages(protocol, chart, engine, cohort))[:SHOWN]


def compare_grades(protocol: Protocol, chart: Chart, engine: str, cohort: Cohort | ChoiceNeeded) -> list[str]:
    """The laboratory grades that the stages and the oracle find differently; empty where they agree, or where it is not known who is a case."""
    try:
        left = {
            (case.case_id, one.measure, one.version): one
            for case in cases(protocol, chart)
            for one in (grades(protocol, chart, case) if case.included and protocol.safety is not None else ())
        }
    except ChoiceNeeded:
        return []
    right = {(one.case_id, one.measure, one.version): one for one in grades_by_stages(protocol, chart, engine, cohort)}
    return _differ("grade", left, right)[:SHOWN]


def compare(protocol: Protocol, chart: Chart, left: Implementation, right: Implementation) -> list[str]:
    """The differences between two implementations, one line each; empty where they agree.

    Both may stop for a choice: then both must, and on the same cases where both name them.
    """
    answers = [_answer(one, protocol, chart) for one in (left, right)]
    stopped = [answer for answer in answers if isinstance(answer, ChoiceNeeded)]
    if len(stopped) == 1:
        which = "left" if isinstance(answers[0], ChoiceNeeded) else "right"
        return [f"only {which} stops for a choice: {stopped[0].describe(values=True)}"]
    if stopped:
        found = [sorted({problem.found for problem in stop.problems if problem.found}) for stop in stopped]
        return [] if found[0] == found[1] or not all(found) else [f"choices of: left {found[0]}, right {found[1]}"]
    (left_cases, left_verdicts), (right_cases, right_verdicts) = answers
    lines = _differ("case", {case.case_id: case for case in left_cases}, {case.case_id: case for case in right_cases})
    if not lines and [case.case_id for case in left_cases] != [case.case_id for case in right_cases]:
        lines.append("cases: another order")
    lines += _differ("verdict", left_verdicts, right_verdicts)
    more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more


def _answer(one: Implementation, protocol: Protocol, chart: Chart) -> Answer | ChoiceNeeded:
    try:
        return one(protocol, chart)
    except ChoiceNeeded as stop:
        return stop


def _differ(what: str, left: Mapping[Any, Any], right: Mapping[Any, Any]) -> list[str]:
    lines = []
    for key in sorted({*left, *right}):
        name = f"{what} {key if isinstance(key, str) else ' / '.join(map(str, key))}"
        if key not in left or key not in right:
            lines.append(f"{name}: only {'right' if key not in left else 'left'}")
        elif left[key] != right[key]:
            lines += [f"{name}: {line}" for line in _fields(left[key], right[key])]
    return lines


def _fields(left: Any, right: Any) -> list[str]:
    lines = []
    for field in fields(left):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if one == other:
            continue
        if isinstance(one, tuple) and one and len(one) == len(other) and isinstance(one[0], Quantity | NodeTruth):
            lines += [f"left {_text(a)} | right {_text(b)}" for a, b in zip(one, other, strict=True) if a != b]
        else:
            lines.append(f"{field.name}: left {one!r} | right {other!r}")
    return lines


def _text(part: Quantity | NodeTruth) -> str:
    if isinstance(part, NodeTruth):
        return f"node {part.node} {part.truth} {part.absent}".strip()
    value = part.absent if part.value is None else str(part.value)
    return f"{part.slot.window} {part.slot.measure} {value} @{part.day} record {part.record}"
