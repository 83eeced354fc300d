"""Every single number of a run, in the order of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caseseries.summary.model import ChangeSummary, Summary
from caseseries.summary.result import Result


def every_result(summary: Summary) -> Iterable[Result]:
    """Every result in the order of the report; p values only where the protocol prints them."""
    yield from summary.table_one
    yield from summary.prior
    if summary.table_one_by is not None:
        yield from summary.table_one_by.results
    for outcome in summary.outcomes.values():
        for found in outcome.responders:
            yield from found.intervals
        for change in outcome.changes:
            yield from _change(change, p_values=summary.protocol.reporting.p_values)
    for levels in summary.levels.values():
        for reading in levels.readings:
            # Exactly the first level is at least the first, whose shares stand with the outcomes.
            for place, level in enumerate(reading.levels):
                first = levels.ordered and not place
                yield from (level.of_evaluable,) if first else (level.of_included, level.of_evaluable)
    for strata in summary.strata.values():
        yield from strata.results
    for course in summary.over_time:
        yield from course.results
    for agreement in summary.agreements:
        yield from agreement.results
    for change in summary.change_outcomes:
        yield from _change(change, p_values=summary.protocol.reporting.p_values)
    yield from _valued(summary)
    for events in summary.event_counts.values():
        yield from (one.rate for one in events.sides)
        yield from filter(None, (events.ratio, events.test if summary.protocol.reporting.p_values else None))
    yield from _by_day(summary)
    yield from summary.follow_up.values()
    if summary.safety is not None:
        yield from (summary.safety.rate, summary.safety.with_event, summary.safety.with_any)
        for term in summary.safety.terms:
            yield from (term.share, term.rate)
        yield from summary.safety.limits
        for told in summary.safety.told:
            yield told.share
    for graded in summary.graded:
        yield from graded.results
    for exposure in summary.exposures:
        yield from (*exposure.total.values(), *exposure.above.values())
    if summary.deaths is not None:
        yield summary.deaths.share
        yield from summary.deaths.days.values()


def _by_day(summary: Summary) -> Iterable[Result]:
    """Of times to an event and of spells."""
    for times in summary.times.values():
        yield times.median
        yield from times.shares
        for again in times.again:
            yield again.median
            yield from again.shares
    for spells in summary.spells.values():
        yield from spells.results


def _valued(summary: Summary) -> Iterable[Result]:
    """Of values at one time and of slopes over time."""
    for value in summary.values_at:
        for group in value.groups:
            yield from group.results.values()
            if group.yes is not None:
                yield group.yes
    for trajectory in summary.trajectories:
        for slope in trajectory.slopes:
            yield from (slope.per_month, slope.degrees_of_freedom, slope.between, slope.within)
            if summary.protocol.reporting.p_values:
                yield slope.p


def _change(change: ChangeSummary, *, p_values: bool) -> Iterable[Result]:
    parts: tuple[Mapping[str, Result], ...] = (change.before, change.after, change.change, change.percent)
    for part in parts:
        yield from part.values()
    if p_values:
        yield from change.tests
