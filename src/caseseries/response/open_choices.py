"""Choices that the data raise and the protocol does not make: listed once, for every case, before any outcome is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.assessment.open_choices import Needed, by_case
from caseseries.cohort import Cohort, open_history
from caseseries.engine.connection import Engine
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.tree import Slot
from caseseries.response.intercurrent import restarted_rescues
from caseseries.verdict.trace import Quantity, Verdict

#: The values chosen under the protocol as written, by case.
Values = Sequence[tuple[str, Mapping[Slot, Quantity]]]

#: Where the choice of a restart stands.
RESCUE = EVENT_WORDS["rescue"]

#: What each choice is, and the line of the protocol that makes it.
CHOICE_WORDS = {
    "restart_after": (
        "a gap between two courses",
        "add restart_after to case.index_date: the longest gap, in days, that still is one episode",
    ),
    "history": (
        "nothing is recorded before the index date, and the chart does not say what its history covers",
        "add history to chart.yaml: complete, {since: COLUMN} of the patients table, or {since: first entry}",
    ),
    "same_day": (
        "different values on one day",
        "add same_day to the window: best, worst, highest, lowest, mean or not evaluable",
    ),
    "tie": ("two days equally near the target", "add tie to the window: earlier, later, better, worse or mean"),
    "if_zero_baseline": (
        "a percent of a zero dose",
        "add if_zero_baseline to the measure: not evaluable, not met or any rise counts",
    ),
    "outside_courses": (
        "a dose on a day outside the recorded courses",
        "add outside_courses to the measure: zero or not evaluable; or complete the drug rows",
    ),
    "rescue_restart": (
        "a rescue drug taken again after a gap of a few days",
        "add restart_after to `rescue added`: the longest gap, in days, after which it is still the same course of the drug",
    ),
}


def open_histories(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[Needed, ...]:
    """Where a look-back finds nothing in a chart that does not say what its history covers."""
    case_ids = {case.number: case.case_id for case in cohort.cases}
    found = open_history(engine, protocol, cohort.numbers)
    return tuple(Needed("history", case_ids[number], words) for number, words in found)


def values_of(verdicts: Sequence[Verdict]) -> Values:
    """The values that the verdicts under one spec rest on."""
    return [(verdict.case_id, {one.slot: one for one in verdict.quantities}) for verdict in verdicts]


def uncovered_days(protocol: Protocol, values: Values) -> tuple[Needed, ...]:
    """Where a dose is asked for on a day outside the recorded courses and `outside_courses` is not declared."""
    needed = set()
    for case_id, found in values:
        for quantity in found.values():
            measure = protocol.measures[quantity.slot.measure]
            undeclared = isinstance(measure, DailyDose) and measure.outside_courses is None
            if undeclared and quantity.absent == "between courses":
                needed.add(Needed("outside_courses", case_id, quantity.slot.measure))
    return tuple(sorted(needed, key=by_case))


def restarts(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[Needed, ...]:
    """Where a rescue drug was taken again after a gap of a few days and `restart_after` of the rescue is not declared.

    Needs what ``respond`` or ``settle`` left of the outcome.
    """
    case_ids = {case.number: case.case_id for case in cohort.included}
    found = restarted_rescues(engine, protocol)
    return tuple(sorted((Needed("rescue_restart", case_ids[number], RESCUE) for number in found), key=by_case))


def zero_baselines(protocol: Protocol, plan: OutcomePlan, values: Values) -> tuple[Needed, ...]:
    """Where the rule, a reading or the denominator asks for a percent of a zero dose and `if_zero_baseline` is not declared."""
    needed = set()
    for leaf in plan.asked:
        measure = protocol.measures[leaf.after.measure]
        if not isinstance(measure, DailyDose) or measure.if_zero_baseline is not None:
            continue
        if leaf.before is None or leaf.basis != "baseline":
            continue
        for case_id, found in values:
            if found[leaf.before].value == 0 and found[leaf.after].value is not None:
                needed.add(Needed("if_zero_baseline", case_id, leaf.after.measure))
    return tuple(sorted(needed, key=by_case))


def require_choices(needed: Sequence[Needed]) -> None:
    """Stop where a choice is open.

    Raises ChoiceNeeded with every case and place, each once.
    """
    if not needed:
        return
    problems = [
        Problem(f"{what} ({one.where})", found=one.case_id, do=todo, private=True)
        for one in sorted(set(needed), key=by_case)
        for what, todo in (CHOICE_WORDS[one.choice],)
    ]
    raise ChoiceNeeded(
        f"The data raise {len(problems)} choice(s) that the protocol does not make.",
        problems,
        do="Nothing was decided and no outcome was shown.",
    )
