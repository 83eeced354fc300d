"""Choices among values that the data raise and the protocol does not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

Choice = Literal["same_day", "tie", "if_zero_baseline", "outside_courses"]

_OPEN = """
SELECT case_no, choice, open_same_day, absent = {tied}
FROM taken WHERE open_same_day OR absent = {tied}
ORDER BY case_no, choice
"""
_OPEN_VISITS = "SELECT case_no, variant FROM visit_day WHERE open_tie ORDER BY case_no, variant"


@dataclass(frozen=True, slots=True, order=True)
class Needed:
    """One case that asks for a choice: of which kind, and where (window, window and measure, or measure)."""

    choice: Choice
    case_id: str
    where: str


def open_choices(engine: Engine, protocol: Protocol, cohort: Cohort, compiled: Compiled) -> Sequence[Needed]:
    """Where a value of the protocol as written waits for `same_day` or `tie`; each once."""
    spec = compiled.plan.primary
    case_ids = {case.number: case.case_id for case in cohort.included}
    slots = {compiled.choice(protocol, spec, slot): slot for slot in compiled.plan.slots}
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
    return sorted(needed)
