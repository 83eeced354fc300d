"""Criteria that rest on a value, answered as a comparison of a rule is: the same choice of the value, the same comparison.

    criterion_value(case_no, criterion, place, truth, same_day, tie, outside)

Grain: case found x value of a criterion, by its place among those; `truth` is the criterion's.
What the cohort makes of it stands in ``caseseries.cohort.find``.
"""

from __future__ import annotations

from dataclasses import replace

from caseseries.assessment import assess
from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled
from caseseries.assessment.open_choices import Choice, Needed, by_case
from caseseries.assessment.outcome_sheet import compile_sheet, fits, lay_sheet
from caseseries.chart.store import Numbers
from caseseries.cohort import FIRST_CRITERION, Cohort, of_values
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import CRITERION, criterion_plan
from caseseries.response.settle import keep_members

#: On a sheet: no two days are equally near there.
_ON_SHEET = """
SELECT m.case_no, {criterion} AS criterion, {place} AS place, m.truth, {open} AND w.a{choice} = {different} AS same_day, FALSE AS tie,
    {undeclared} AND w.a{choice} = {between} AS outside
FROM criterion_member AS m
JOIN case_sheet AS w ON w.case_no = m.case_no
"""

#: The general way. A choice is a value, which stands in ``taken`` too, or a dose added up from courses.
_ANSWERED = """
SELECT m.case_no, {criterion} AS criterion, {place} AS place, m.truth, coalesce(t.open_same_day, FALSE) AS same_day,
    coalesce(t.absent = {tied}, FALSE) AS tie,
    {undeclared} AND q.absent = {between} AS outside
FROM criterion_member AS m
JOIN quantity AS q ON q.case_no = m.case_no AND q.choice = {choice}
LEFT JOIN taken AS t ON t.case_no = m.case_no AND t.choice = {choice}
"""

#: Cases that were excluded because the value of a criterion waits for a choice.
_OPEN = f"""
SELECT v.case_no, v.criterion, v.place, v.same_day, v.tie, v.outside
FROM criterion_value AS v JOIN judged AS j ON j.case_no = v.case_no
WHERE j.failed = {FIRST_CRITERION} + v.criterion AND v.truth IS NULL AND (v.same_day OR v.tie OR v.outside)
ORDER BY v.case_no
"""
_COUNTED = """
SELECT criterion, place, {counts} FROM ({open}) AS opened GROUP BY criterion, place ORDER BY criterion, place
"""
_CHOICES: tuple[Choice, ...] = ("same_day", "tie", "outside_courses")
_COLUMNS = ("same_day", "tie", "outside")

#: What choosing values leaves of every case found, which nobody asks for again.
_LEFT = (
    "criterion_member", "case_wide", "anchor", "case_sheet", "case_day", "value_case", "candidate", "day_value", "tied_day", "taken", "quantity",
    "normal_limit", "visit_day", "dose_ask", "dose_answer", "weight_ask", "weighed",
)  # fmt: skip


def answer_criteria(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep ``criterion_value`` for the cases that stand in ``included_case``, before they are judged."""
    criteria = of_values(protocol)
    plans = {
        place: replace(criterion_plan(protocol, criterion), name=f"{CRITERION} {place}")
        for place, criterion in criteria.items()
    }
    packed = {place: plan for place, plan in plans.items() if fits(protocol, [plan])}
    sheet = compile_sheet(engine, protocol, numbers, list(packed.values())) if packed else None
    if sheet is None or not lay_sheet(engine, protocol, sheet):
        packed = {}
    for place, plan in packed.items():
        assert sheet is not None
        compiled = sheet.compiled[plan.name]
        keep_members(engine, protocol, compiled, "criterion_member")
        _keep(engine, protocol, place, compiled, _ON_SHEET)
    for place, plan in plans.items():
        if place not in packed:
            compiled = assess(engine, protocol, numbers, plan).compiled
            keep_members(engine, protocol, compiled, "criterion_member")
            _keep(engine, protocol, place, compiled, _ANSWERED)
    engine.keep("criterion_value", " UNION ALL ".join(f"SELECT * FROM criterion_value_{place}" for place in criteria))
    engine.forget(*_LEFT, *(f"criterion_value_{place}" for place in criteria))


def _keep(engine: Engine, protocol: Protocol, criterion: int, compiled: Compiled, answered: str) -> None:
    spec, queries = compiled.plan.primary, []
    for place, slot in enumerate(compiled.plan.slots):
        dose = protocol.doses.get(slot.measure)
        said = {
            "open": "TRUE" if spec.windows[slot.window].same_day is None else "FALSE",
            "undeclared": "TRUE" if dose is not None and dose.outside_courses is None else "FALSE",
            "choice": compiled.choice(protocol, spec, slot),
        }
        queries.append(answered.format(criterion=criterion, place=place, **said, **CODES))
    engine.keep(f"criterion_value_{criterion}", " UNION ALL ".join(queries))


def open_criteria(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[Needed, ...]:
    """Where the value of a criterion waits for a choice that the protocol does not make; needs ``judged``."""
    criteria = of_values(protocol)
    if not criteria:
        return ()
    case_ids = {case.number: case.case_id for case in cohort.cases}
    found = [
        Needed(choice, case_ids[case_no], _where(protocol, criterion, place, choice))
        for case_no, criterion, place, *waits in engine.rows(_OPEN)
        for choice, open_ in zip(_CHOICES, waits, strict=True)
        if open_
    ]
    return tuple(sorted(found, key=by_case))


def count_open_criteria(engine: Engine, protocol: Protocol) -> dict[tuple[Choice, str], int]:
    """How many cases :func:`open_criteria` would list, by kind and place."""
    counts: dict[tuple[Choice, str], int] = {}
    if not of_values(protocol):
        return counts
    sums = ", ".join(f"sum(CASE WHEN {column} THEN 1 ELSE 0 END)" for column in _COLUMNS)
    for criterion, place, *cases in engine.rows(_COUNTED.format(counts=sums, open=_OPEN)):
        for choice, n in zip(_CHOICES, cases, strict=True):
            if n:
                where = _where(protocol, criterion, place, choice)
                counts[choice, where] = counts.get((choice, where), 0) + int(n)
    return counts


def _where(protocol: Protocol, criterion: int, place: int, choice: Choice) -> str:
    line = of_values(protocol)[criterion]
    return line.measures[place] if choice == "outside_courses" else f"{line.in_} {line.measures[place]}"
