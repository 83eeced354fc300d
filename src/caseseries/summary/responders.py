"""Responders of one outcome: every reading with its interval, and every denominator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.written import in_words
from caseseries.summary.model import Responders
from caseseries.summary.result import Count, FlowStep, Result
from caseseries.summary.result_rows import proportion
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.wanted import counted_as


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases answer how; `unplaced` are those of whom it is not known whether they belong to the denominator, by answer."""

    yes: int
    no: int
    unknown: int
    outside: int = 0
    unplaced: tuple[int, int, int] = (0, 0, 0)

    @property
    def total(self) -> int:
        """The denominator of the headline."""
        return self.yes + self.no + self.unknown


def branch(plan: OutcomePlan, counted: Counted) -> FlowStep:
    """The box of one outcome in the flow diagram: its answers, the not evaluable among them; and who is outside its denominator."""
    met, lost = (capital_of(truth, plan.good) for truth in (True, False))
    parts = (
        (met, counted.yes),
        (lost, counted.no),
        *((("Not evaluable", counted.unknown),) if counted.unknown else ()),
    )
    ensure(counted.total == sum(n for _, n in parts), "an outcome's answers make its denominator")
    return FlowStep(
        plan.name,
        counted.total,
        outside_parts(Count.of(counted.outside), Count.of(sum(counted.unplaced))) or (),
        plan.name,
        parts,
    )


def outside_parts(outside: Count, unplaced: Count) -> tuple[tuple[str, int], ...] | None:
    """Who stands outside the denominator of an outcome, or may; None where a count is a range."""
    if outside.exact is None or unplaced.exact is None:
        return None
    removed = (
        ("outside the denominator", outside.exact),
        ("not known whether in the denominator", unplaced.exact),
    )
    return tuple(one for one in removed if one[1])


def capital_of(truth: bool, good: bool | None) -> str:
    """What those with an answer are called in the flow diagram.

    >>> capital_of(True, True), capital_of(False, None)
    ('Responders', 'Not met')
    """
    told = counted_as(truth, good)
    return told[:1].upper() + told[1:]


def responders_of(
    plan: OutcomePlan, spec: Spec, counted: Counted, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """Responders of all included, of the evaluable, and with the not evaluable counted as either.

    Cases for which `among` is not yes are outside every denominator; where that is not known, they stand in the extremes.
    """
    prefix, among = f"{plan.name}/{spec.number}", among_words(plan, measures)
    of = f"of the included {among}" if among else "of all included"
    key = "of_among" if among else "of_included"
    yes, total = counted.yes, counted.total
    methods = ("clopper_pearson", "wilson", "mid_p")
    return Responders(
        plan.name,
        spec.number,
        spec.reading,
        yes,
        counted.no,
        counted.unknown,
        counted.outside,
        proportion(f"{prefix}/{key}", of, yes, total, level),
        proportion(f"{prefix}/of_evaluable", f"of the evaluable {among}".strip(), yes, yes + counted.no, level),
        *_extremes(prefix, counted, level, among, plan.good),
        tuple(
            proportion(f"{prefix}/{key}/{method}", f"{of}, {method}", yes, total, level, method) for method in methods
        ),
        sum(counted.unplaced),
        denominator_words(plan, measures),
    )


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


def minimum_follow_up_of(
    plan: OutcomePlan, counted: Counted, removed: int, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders:
    """The headline with those removed by a minimum follow-up counted as non-responders; its denominator is that of the headline and they."""
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
        plan.name,
        0,
        f"those removed by minimum follow-up counted as {against}",
        yes,
        total - yes - unknown,
        unknown,
        0,
        same,
        proportion(f"{prefix}/of_evaluable", f"of the evaluable{of}", yes, total - unknown, level),
        *_extremes(prefix, counted, level, among, plan.good),
        (same,),
        sum(counted.unplaced),
        denominator_words(plan, measures),
    )


def windows_read(plan: OutcomePlan) -> tuple[str, ...]:
    """The windows that some cell of an outcome reads, in the order in which they are told."""
    varied = (one.removeprefix("window ") for spec in plan.specs for one in spec.varied if one.startswith("window "))
    named = dict.fromkeys([*(slot.window for slot in plan.slots), plan.at, *varied])
    return tuple(name for name in named if not extreme_of(name))


def windows_of(names: Iterable[str], spec: Spec) -> tuple[tuple[str, str], ...]:
    """These windows of one cell in words."""
    return tuple(
        (name, f"{in_words(window.from_)} to {in_words(window.to)}, {window.take}")
        for name in names
        for window in (spec.windows[name],)
    )
