"""Responders of one outcome: every reading with its interval, every denominator, and the robustness grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Slot
from caseseries.protocol.written import in_words
from caseseries.response.respond import BASELINE
from caseseries.summary.change import pairs_of
from caseseries.summary.model import Cell, FlowStep, Responders, Result
from caseseries.summary.results import proportion
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.trace import Quantity, Truth, Verdict
from caseseries.verdict.wanted import counted_as

_WORDS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases answer how; `unplaced` are those of whom it is not known whether they belong to the denominator, by answer."""

    yes: int
    no: int
    unknown: int
    outside: int = 0
    unplaced: tuple[int, int, int] = (0, 0, 0)

    @classmethod
    def of(cls, verdicts: Sequence[Verdict]) -> Counted:
        """Count verdicts."""

        def answers(inside: Truth) -> tuple[int, int, int]:
            found = [verdict.truth for verdict in verdicts if verdict.inside is inside]
            return found.count(True), found.count(False), found.count(None)

        return cls(*answers(True), sum(answers(False)), answers(None))

    @property
    def total(self) -> int:
        """The denominator of the headline."""
        return self.yes + self.no + self.unknown


def branch(plan: OutcomePlan, counted: Counted) -> FlowStep:
    """The box of one outcome in the flow diagram: its answers, the not evaluable among them; and who is outside its denominator."""
    met, lost = (capital_of(truth, plan.good) for truth in (True, False))
    parts = ((met, counted.yes), (lost, counted.no), ("Not evaluable", counted.unknown))
    removed = (
        ("outside the denominator", counted.outside),
        ("not known whether in the denominator", sum(counted.unplaced)),
    )
    ensure(counted.total == sum(n for _, n in parts), "an outcome's answers make its denominator")
    return FlowStep(
        plan.name,
        counted.total,
        tuple(one for one in removed if one[1]),
        plan.name,
        tuple(one for one in parts if one[1]),
    )


def capital_of(truth: bool, good: bool | None) -> str:
    """What those with an answer are called in the flow diagram.

    >>> capital_of(True, True), capital_of(False, None)
    ('Responders', 'Not met')
    """
    told = counted_as(truth, good)
    return told[:1].upper() + told[1:]


def count_responders(
    plan: OutcomePlan, spec: Spec, verdicts: Sequence[Verdict], level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """Responders of all included, of the evaluable, and with the not evaluable counted as either.

    Cases for which `among` is not yes are outside every denominator; where that is not known, they stand in the extremes.
    """
    return responders_of(plan, spec, Counted.of(verdicts), level, measures)


def responders_of(
    plan: OutcomePlan, spec: Spec, counted: Counted, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """The same from counts of cases."""
    prefix, among = f"{plan.name}/{spec.number}", among_words(plan, measures)
    of = f"of the included {among}" if among else "of all included"
    key = "of_among" if among else "of_included"
    yes, total = counted.yes, counted.total
    methods = ("clopper_pearson", "wilson", "mid_p")
    return Responders(
        plan.name, spec.number, spec.reading, yes, counted.no, counted.unknown, counted.outside,
        proportion(f"{prefix}/{key}", of, yes, total, level),
        proportion(f"{prefix}/of_evaluable", f"of the evaluable {among}".strip(), yes, yes + counted.no, level),
        *_extremes(prefix, counted, level, among, plan.good),
        tuple(proportion(f"{prefix}/{key}/{method}", f"{of}, {method}", yes, total, level, method) for method in methods),
        sum(counted.unplaced), denominator_words(plan, measures),
    )  # fmt: skip


def _extremes(prefix: str, counted: Counted, level: Fraction, among: str, good: bool | None) -> tuple[Result, Result]:
    """The worst and the best case: the smallest and the largest share that what is not known allows, or of an outcome that is not wanted
    the other way round.

    Where it is not known whether a case belongs to the denominator, a responder lowers the share by being outside, anybody else by being
    inside; and the other way round.
    """
    with_yes, with_no, with_unknown = counted.unplaced
    total, of = counted.total, f", {among}" if among else ""
    few, many = ("worst_case", "best_case") if good is not False else ("best_case", "worst_case")
    least = proportion(
        f"{prefix}/{few}",
        f"not evaluable counted as {counted_as(False, good)}{of}",
        counted.yes,
        total + with_no + with_unknown,
        level,
    )
    most = proportion(
        f"{prefix}/{many}",
        f"not evaluable counted as {counted_as(True, good)}{of}",
        counted.yes + counted.unknown + with_yes + with_unknown,
        total + with_yes + with_unknown,
        level,
    )
    return (least, most) if good is not False else (most, least)


def minimum_follow_up_reading(
    plan: OutcomePlan, verdicts: Sequence[Verdict], removed: int, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """The headline with those removed by a minimum follow-up counted as non-responders; its denominator is that of the headline and they."""
    return minimum_follow_up_of(plan, Counted.of(verdicts), removed, level, measures)


def minimum_follow_up_of(
    plan: OutcomePlan, counted: Counted, removed: int, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """The same from counts of cases and of those removed."""
    # What nobody saw counts against the outcome: removed cases have not what is wanted.
    lost = plan.good is False
    counted = replace(counted, yes=counted.yes + removed * lost, no=counted.no + removed * (not lost))
    yes, unknown, total = counted.yes, counted.unknown, counted.total
    against = counted_as(lost, plan.good)
    prefix, among = f"{plan.name}/minimum_follow_up", among_words(plan, measures)
    of = f", {among}" if among else ""
    same = proportion(
        f"{prefix}/{'of_among' if among else 'of_included'}",
        f"removed by minimum follow-up counted as {against}{of}",
        yes,
        total,
        level,
    )
    return Responders(
        plan.name, 0, f"those removed by minimum follow-up counted as {against}", yes, total - yes - unknown, unknown, 0, same,
        proportion(f"{prefix}/of_evaluable", f"of the evaluable{of}", yes, total - unknown, level),
        *_extremes(prefix, counted, level, among, plan.good), (same,), sum(counted.unplaced), denominator_words(plan, measures),
    )  # fmt: skip


def grid_cell(
    plan: OutcomePlan,
    spec: Spec,
    verdicts: Sequence[Verdict],
    primary: Sequence[Verdict],
    measures: Mapping[str, MeasureFacts],
) -> Cell:
    """One cell: responders, who flips against the primary, and the mean changes under these choices."""
    before = {verdict.case_id: verdict.truth for verdict in primary}
    counted = [verdict for verdict in verdicts if verdict.inside is True]
    flips = tuple(
        (verdict.case_id, f"{_WORDS[before[verdict.case_id]]} → {_WORDS[verdict.truth]}")
        for verdict in counted
        if verdict.truth is not before[verdict.case_id]
    )
    changes: dict[str, Fraction | None] = {}
    for name in pairs_of(plan.slots, plan.at, BASELINE):
        dose = measures[name].kind == "dose"
        changes[f"{name} percent decrease" if dose else f"{name} change"] = _mean_change(
            name, plan.at, counted, percent=dose
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
