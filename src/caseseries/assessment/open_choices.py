"""Choices among values that the data raise and the protocol does not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled
from caseseries.chart.natural import natural
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.protocol import Protocol

Choice = Literal["history", "same_day", "tie", "if_zero_baseline", "outside_courses", "rescue_restart"]

_OPEN = """
SELECT case_no, choice, open_same_day, absent = {tied}
FROM taken WHERE open_same_day OR absent = {tied}
ORDER BY case_no, choice
"""
_COUNT_OPEN = """
SELECT choice, sum(CASE WHEN open_same_day THEN 1 ELSE 0 END), sum(CASE WHEN absent = {tied} THEN 1 ELSE 0 END)
FROM taken WHERE open_same_day OR absent = {tied}
GROUP BY choice
"""
_COUNT_ZERO = """
SELECT count(DISTINCT b.case_no)
FROM quantity AS b JOIN quantity AS a ON a.case_no = b.case_no
WHERE b.absent = 0 AND a.absent = 0 AND b.num = 0 AND ({pairs})
"""
_OPEN_VISITS = "SELECT case_no, variant FROM visit_day WHERE open_tie ORDER BY case_no, variant"


@dataclass(frozen=True, slots=True)
class Needed:
    """One case that asks for a choice: of which kind, and where (window, window and measure, or measure)."""

    choice: Choice
    case_id: str
    where: str


def by_case(needed: Needed) -> tuple[object, ...]:
    """The order in which choices are listed: by kind, then by case as a person counts them."""
    return needed.choice, natural(needed.case_id), needed.where


def open_choices(engine: Engine, protocol: Protocol, cohort: Cohort, compiled: Compiled) -> Sequence[Needed]:
    """Where a value of the protocol as written waits for `same_day` or `tie`; each once."""
    spec = compiled.plan.primary
    case_ids = {case.number: case.case_id for case in cohort.included}
    slots = {compiled.choice(protocol, spec, slot): slot for slot in compiled.plan.slots if not extreme_of(slot.window)}
    windows = {compiled.variant(spec, window): window for window in compiled.plan.visit_measures}
    needed: set[Needed] = set()
    for case_no, choice, same_day, tie in engine.rows(_OPEN.format(**CODES)):
        slot = slots.get(choice)
        if slot is None:
            continue
        where = f"{slot.window} {slot.measure}"
        if same_day:
            needed.add(Needed("same_day", case_ids[case_no], where))
        if tie and spec.windows[slot.window].components == "nearest each":
            needed.add(Needed("tie", case_ids[case_no], where))
    for case_no, variant in engine.rows(_OPEN_VISITS):
        if variant in windows:
            needed.add(Needed("tie", case_ids[case_no], windows[variant]))
    return sorted(needed, key=by_case)


def open_counts(engine: Engine, protocol: Protocol, compiled: Compiled) -> dict[tuple[Choice, str], int]:
    """How many cases ask for each choice, by kind and place: what :func:`open_choices` lists and, of doses, the percent of a zero
    and the days outside the courses. Needs ``taken``, ``visit_day`` and ``quantity`` of the same outcome.
    """
    plan = compiled.plan
    spec = plan.primary
    of_slot = {slot: compiled.choice(protocol, spec, slot) for slot in plan.slots}
    slots = {choice: slot for slot, choice in of_slot.items() if not extreme_of(slot.window)}
    windows = {compiled.variant(spec, window): window for window in plan.visit_measures}
    counts: dict[tuple[Choice, str], int] = {}

    def count(choice: Choice, where: str, cases: int) -> None:
        if cases:
            counts[choice, where] = counts.get((choice, where), 0) + int(cases)

    for choice, same_day, tie in engine.rows(_COUNT_OPEN.format(**CODES)):
        if slot := slots.get(choice):
            count("same_day", f"{slot.window} {slot.measure}", same_day)
            if spec.windows[slot.window].components == "nearest each":
                count("tie", f"{slot.window} {slot.measure}", tie)
    for variant, cases in engine.rows("SELECT variant, count(*) FROM visit_day WHERE open_tie GROUP BY variant"):
        if variant in windows:
            count("tie", windows[variant], cases)
    for name, dose in protocol.doses.items():
        asked = sorted(choice for slot, choice in of_slot.items() if slot.measure == name)
        if dose.outside_courses is None and asked:
            listed = ", ".join(map(str, asked))
            ((cases,),) = engine.rows(
                f"SELECT count(DISTINCT case_no) FROM quantity WHERE absent = {CODES['between']} AND choice IN ({listed})"
            )
            count("outside_courses", name, cases)
        pairs = sorted(percents(protocol, compiled, name)) if dose.if_zero_baseline is None else []
        if pairs:
            listed = " OR ".join(f"b.choice = {before} AND a.choice = {after}" for before, after in pairs)
            ((cases,),) = engine.rows(_COUNT_ZERO.format(pairs=listed))
            count("if_zero_baseline", name, cases)
    return counts


def percents(protocol: Protocol, compiled: Compiled, dose: str) -> set[tuple[int, int]]:
    """The choices (before, after) of which the rule, a reading or the denominator asks the change of a dose in percent.

    Readings have the windows of the protocol as written.
    """
    spec = compiled.plan.primary
    return {
        (compiled.choice(protocol, spec, leaf.before), compiled.choice(protocol, spec, leaf.after))
        for leaf in compiled.plan.asked
        if leaf.before and leaf.basis == "baseline" and leaf.after.measure == dose
    }
