"""Responders of one outcome: every reading with its interval, every denominator, and the robustness grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Slot
from caseseries.protocol.words import in_words
from caseseries.response.respond import BASELINE
from caseseries.summary.change import pairs_of
from caseseries.summary.model import Cell, Responders
from caseseries.summary.results import proportion
from caseseries.verdict.trace import Quantity, Truth, Verdict

_WORDS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}


def count_responders(
    plan: OutcomePlan, spec: Spec, verdicts: Sequence[Verdict], inside: Mapping[str, tuple[Truth, str]], level: Fraction
) -> Responders:
    """Responders of all included, of the evaluable, and with the not evaluable counted as either.

    Cases for which `among` is not yes are outside every denominator.
    """
    counted = [verdict for verdict in verdicts if inside[verdict.case_id][0] is True]
    yes = sum(verdict.truth is True for verdict in counted)
    no = sum(verdict.truth is False for verdict in counted)
    unknown = len(counted) - yes - no
    return responders_of(plan.name, spec, yes, no, unknown, len(verdicts) - len(counted), level)


def responders_of(
    outcome: str, spec: Spec, yes: int, no: int, unknown: int, outside: int, level: Fraction
) -> Responders:
    """The same from counts of cases: responders, non-responders, not evaluable, outside the denominator."""
    total = yes + no + unknown
    prefix = f"{outcome}/{spec.number}"
    methods = ("clopper_pearson", "wilson", "mid_p")
    return Responders(
        outcome, spec.number, spec.reading, yes, no, unknown, outside,
        proportion(f"{prefix}/of_included", "of all included", yes, total, level),
        proportion(f"{prefix}/of_evaluable", "of the evaluable", yes, yes + no, level),
        proportion(f"{prefix}/worst_case", "not evaluable counted as non-responders", yes, total, level),
        proportion(f"{prefix}/best_case", "not evaluable counted as responders", yes + unknown, total, level),
        tuple(proportion(f"{prefix}/of_included/{method}", f"of all included, {method}", yes, total, level, method) for method in methods),
    )  # fmt: skip


def minimum_follow_up_reading(
    plan: OutcomePlan,
    verdicts: Sequence[Verdict],
    inside: Mapping[str, tuple[Truth, str]],
    removed: int,
    level: Fraction,
) -> Responders:
    """The headline with those removed by a minimum follow-up counted as non-responders; its denominator is that of the headline and they."""
    counted = [verdict for verdict in verdicts if inside[verdict.case_id][0] is True]
    yes = sum(verdict.truth is True for verdict in counted)
    unknown = sum(verdict.truth is None for verdict in counted)
    return minimum_follow_up_of(plan.name, yes, unknown, len(counted), removed, level)


def minimum_follow_up_of(
    outcome: str, yes: int, unknown: int, included: int, removed: int, level: Fraction
) -> Responders:
    """The same from counts of cases: responders, not evaluable, included in the denominator, and those removed."""
    total = included + removed
    prefix = f"{outcome}/minimum_follow_up"
    same = proportion(
        f"{prefix}/of_included", "removed by minimum follow-up counted as non-responders", yes, total, level
    )
    return Responders(
        outcome, 0, "those removed by minimum follow-up counted as non-responders", yes, total - yes - unknown, unknown, 0, same,
        proportion(f"{prefix}/of_evaluable", "of the evaluable", yes, total - unknown, level),
        proportion(f"{prefix}/worst_case", "not evaluable counted as non-responders", yes, total, level),
        proportion(f"{prefix}/best_case", "not evaluable counted as responders", yes + unknown, total, level), (same,),
    )  # fmt: skip


def grid_cell(
    plan: OutcomePlan,
    spec: Spec,
    verdicts: Sequence[Verdict],
    primary: Sequence[Verdict],
    measures: Mapping[str, MeasureFacts],
    inside: Mapping[str, tuple[Truth, str]],
) -> Cell:
    """One cell: responders, who flips against the primary, and the mean changes under these choices."""
    before = {verdict.case_id: verdict.truth for verdict in primary}
    counted = [verdict for verdict in verdicts if inside[verdict.case_id][0] is True]
    flips = tuple(
        (verdict.case_id, f"{_WORDS[before[verdict.case_id]]} → {_WORDS[verdict.truth]}")
        for verdict in counted
        if verdict.truth is not before[verdict.case_id]
    )
    changes: dict[str, Fraction | None] = {}
    for name in pairs_of(plan.slots, plan.at, BASELINE):
        dose = measures[name].kind == "dose"
        changes[f"{name} percent decrease" if dose else f"{name} change"] = _mean_change(
            name, plan.at, verdicts, percent=dose
        )
    return Cell(
        spec.number, spec.reading, windows_of(plan, spec), spec.missing, spec.dose or "", sum(verdict.truth is True for verdict in counted),
        sum(verdict.truth is None for verdict in counted), len(counted), flips, changes, spec.primary, spec.varied,
    )  # fmt: skip


def windows_of(plan: OutcomePlan, spec: Spec) -> tuple[tuple[str, str], ...]:
    """The windows of one cell in words."""
    names = tuple(dict.fromkeys([*(slot.window for slot in plan.slots), plan.at]))
    return tuple(
        (name, f"{in_words(window.from_)} to {in_words(window.to)}, {window.take}")
        for name in names
        for window in (spec.windows[name],)
    )


def _mean_change(name: str, at: str, verdicts: Sequence[Verdict], *, percent: bool) -> Fraction | None:
    changes = []
    for verdict in verdicts:
        values: dict[Slot, Quantity] = {quantity.slot: quantity for quantity in verdict.quantities}
        before, after = values[Slot(name, BASELINE)].value, values[Slot(name, at)].value
        if before is None or after is None or (percent and before <= 0):
            continue
        changes.append(100 * (before - after) / before if percent else after - before)
    return sum(changes, Fraction(0)) / len(changes) if changes else None
