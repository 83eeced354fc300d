"""The levels of an outcome from the answers of its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.outcome import Several
from caseseries.summary.levels import LevelCount, LevelCounts, LevelsSummary
from caseseries.summary.model import Answers, OutcomeSummary
from caseseries.summary.responders import outside_parts
from caseseries.summary.result import NONE, Count, FlowStep
from caseseries.summary.shares import share
from caseseries.verdict.denominator import among_words


def levels_of(
    name: str,
    declared: Several,
    verdicts: Mapping[str, OutcomeSummary],
    measures: Mapping[str, MeasureFacts],
    level: Fraction,
) -> LevelsSummary:
    """One outcome with levels, from all its `verdicts` by their names."""
    exactly = [verdicts[one] for one in declared.exactly(name)]
    at_least = [verdicts[one] for one in declared.at_least(name)]
    among, names = among_words(at_least[-1].plan, measures), declared.names
    found = []
    for widest in at_least[-1].answers:
        of_each, reached = ([_under(one, widest.reading) for one in side] for side in (exactly, at_least))
        found.append(_counts(names, of_each, reached, among, level))
    return LevelsSummary(
        name,
        names,
        at_least[-1].plan.good,
        tuple(found),
        tuple(one.plan for one in exactly),
        tuple(one.plan for one in at_least),
    )


def _under(outcome: OutcomeSummary, reading: str) -> Answers:
    return next(one for one in outcome.answers if one.reading == reading)


def _counts(
    names: Sequence[str], exactly: Sequence[Answers], at_least: Sequence[Answers], among: str, level: Fraction
) -> LevelCounts:
    widest, known = at_least[-1], _sum(one.yes for one in exactly)
    ordered = len(at_least) + 1 == len(exactly)
    reached_each: list[Answers | None] = [*at_least, None] if ordered else [None] * len(exactly)
    of = f"of the evaluable {among}".strip()
    return LevelCounts(
        widest.reading,
        widest.inside,
        _not_evaluable(widest.inside, known, at_least),
        widest.outside,
        _sum(widest.unplaced),
        tuple(
            LevelCount(
                name,
                one.yes,
                one.not_evaluable,
                one.of_included,
                share(f"{one.of_evaluable.id}_level", of, one.yes, known, level),
                reached.yes if reached is not None else widest.inside if ordered else one.yes,
                reached.of_included if reached is not None else None,
            )
            for name, one, reached in zip(names, exactly, reached_each, strict=True)
        ),
    )


def _not_evaluable(inside: Count, known: Count, at_least: Sequence[Answers]) -> Count:
    """The cases whose level is not known: it is where it is known of every level whether at least that is reached, and only there."""
    unsure = [one.not_evaluable for one in at_least]
    low = max(inside.low - known.high, *(one.low for one in unsure))
    high = min(inside.high - known.low, sum(one.high for one in unsure))
    ensure(low <= high, "every case inside the denominator has one level or is not evaluable")
    return Count(low, high)


def _sum(counts: Iterable[Count]) -> Count:
    total = NONE
    for one in counts:
        total += one
    return total


#: The last line of a box; without it where every answer is known. An answer that nobody has stands there with its 0.
NOT_EVALUABLE = "Not evaluable"


def branch_of_levels(found: LevelsSummary) -> FlowStep | None:
    """The box of an outcome with levels in the flow diagram; None where a count is a range."""
    primary = found.readings[0]
    counts = [(one.name[:1].upper() + one.name[1:], one.exactly) for one in primary.levels]
    counts.append((NOT_EVALUABLE, primary.not_evaluable))
    known = [(told, n.exact) for told, n in counts if n.high or told != NOT_EVALUABLE]
    outside = outside_parts(primary.outside, primary.unplaced)
    parts = tuple((told, n) for told, n in known if n is not None)
    if primary.inside.exact is None or outside is None or len(parts) < len(known):
        return None
    ensure(primary.inside.exact == sum(n for _, n in parts), "the levels of an outcome make its denominator")
    return FlowStep(found.name, primary.inside.exact, outside, found.name, parts)
