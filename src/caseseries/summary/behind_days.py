"""Which days stand behind times to an event, spells in states, and events over the observed days of windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.time_to import TimeToOutcome
from caseseries.protocol.written import DAYS_PER_UNIT, folded
from caseseries.stats.event_times import CENSORED, EventTimes
from caseseries.stats.sign_test import sign_test
from caseseries.summary.asked_rows import measured_rows
from caseseries.summary.behind import Part, TracedCase, TracedRow
from caseseries.summary.behind_number import Behind, part_again, share_again
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.event_count import COUNTED_OR_NOT, NOT_CHARTED, PER_YEAR, EventCountSummary
from caseseries.summary.from_reference import compared_rates, events_of, time_again
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.spells import SpellsSummary, StateSummary
from caseseries.summary.time_to import EVENT, TimeSummary
from caseseries.verdict.spells import CaseSpells, spell_text, spells_sentence
from caseseries.verdict.time_to import CaseTime

#: What stands between how a time ended and on which day, in a traced case.
_ON = ", day "


def behind_days(summary: Summary, level: Fraction) -> Iterator[Behind]:
    """Every number of times, spells and event counts."""
    for times in summary.times.values():
        yield from _of_times(summary, times, level)
    for spells in summary.spells.values():
        yield from _of_spells(spells, level)
    for events in summary.event_counts.values():
        yield from _of_events(events, level)


def _of_times(summary: Summary, found: TimeSummary, level: Fraction) -> Iterator[Behind]:
    cells = [(0, found.median, found.shares), *((one.spec.number, one.median, one.shares) for one in found.again)]
    for number, median, shares in cells:
        spec = found.plan.specs[number]
        under = (
            ""
            if not number
            else f", under {spec.reading}" + (f" ({', '.join(spec.varied)} varied)" if spec.varied else "")
        )
        told = f"the time of each included case to {found.name!r}{under}: on which day it ended, and how"
        yield Behind(median, told, _timed(found, number, None), _median_again(found, median, level))
        for day, share in zip(found.outcome.times, shares, strict=True):
            yield Behind(share, told, _timed(found, number, int(day)), _share_again(found, share, int(day), level))


def _timed(found: TimeSummary, number: int, by: int | None) -> Callable[[ChartRows], Iterator[TracedCase]]:
    """Of a share by a day the cases with the event by then are counted, of a median all with a time."""

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        shown = {one.case_id: one for one in rows.cases.times[found.name]}
        for case in rows.included:
            time = shown[case.case_id]
            if number:
                time = time_again(rows.protocol, rows.of(case), rows.answer(case), found.name, number)
            days = time.days
            if time.ending is None or days is None:
                part: Part = "left out"
                how = str(time.because)
            else:
                reached = by is None or (time.ending == EVENT and days <= by)
                part, how = "counted" if reached else "in the total", f"{time.ending}{_ON}{time.day}"
            read = tuple(dict.fromkeys(_rows_of_time(rows, case, found.outcome, found.measures, time)))
            yield TracedCase(case.case_id, case.patient, part, how, None if days is None else Fraction(days), rows=read)

    return find


def _rows_of_time(
    rows: ChartRows, case: CaseRow, outcome: TimeToOutcome, measures: Sequence[str], time: CaseTime
) -> Iterable[TracedRow]:
    index = rows.index(case)
    if outcome.event:
        yield from (rows.fact(one, index) for one in rows.facts(case, ("event", "diagnosis"), (folded(outcome.event),)))
    elif outcome.stop or time.ending == "drug stopped":
        members = drugs_of(rows.protocol, outcome.stop) if outcome.stop else {one.drug for one in rows.of(case).courses}
        own = {one.start for one in rows.cases.study_drug if one.case_id == case.case_id}
        for course in rows.of(case).courses:
            if course.drug in members and course.start - index in own:
                yield rows.course(course, index)
    for day in dict.fromkeys(one for one in (time.start, time.since, time.day) if one is not None):
        yield from measured_rows(rows, case, set(measures), day, day)
    if time.ending == "death":
        yield from (rows.fact(one, index) for one in rows.facts(case, ("death",)))
    elif time.ending == "lost" and time.day is not None:
        yield from rows.last_seen(case, time.day)


def _event_times(found: TimeSummary, cases: Sequence[TracedCase]) -> EventTimes:
    table: dict[tuple[stats.ExactNumber, str], int] = {}
    for one in cases:
        if one.part != "left out" and one.value is not None:
            ending = one.how.rpartition(_ON)[0]
            event = ending if ending == EVENT or ending in found.outcome.competing else CENSORED
            table[one.value, event] = table.get((one.value, event), 0) + 1
    return EventTimes.of(table)


def _median_again(found: TimeSummary, result: Result, level: Fraction) -> Callable[[Sequence[TracedCase]], Result]:
    def again(cases: Sequence[TracedCase]) -> Result:
        times = _event_times(found, cases)
        if found.outcome.competing:
            return replace(result, estimate=None, n=times.n)
        return of_estimate(result.id, "", stats.kaplan_meier(times, level=level, unit="days").median, unit="days")

    return again


def _share_again(
    found: TimeSummary, result: Result, day: int, level: Fraction
) -> Callable[[Sequence[TracedCase]], Result]:
    def again(cases: Sequence[TracedCase]) -> Result:
        curve = stats.cumulative_incidence(_event_times(found, cases), EVENT, level=level, unit="days")
        counted = sum(one.part == "counted" for one in cases)
        return replace(of_estimate(result.id, "", curve.at(day), unit="proportion"), n=counted, total=curve.n)

    return again


def _of_spells(found: SpellsSummary, level: Fraction) -> Iterator[Behind]:
    for state in found.states:
        told = f"the states of each included case on the visits of {found.name!r}"
        yield Behind(
            state.seen, f"{told}: seen in {state.state!r}", _seen_in(found, state), share_again(state.seen, level)
        )
        for result in state.lengths.values():
            lengths = f"{told}: the days from the first visit of each spell in {state.state!r} to its last"
            yield Behind(result, lengths, _spells_in(found, state), part_again(result), "spell")


def _spelled(rows: ChartRows, found: SpellsSummary) -> Iterator[tuple[CaseRow, CaseSpells]]:
    shown = {one.case_id: one for one in rows.cases.spells[found.name]}
    yield from ((case, shown[case.case_id]) for case in rows.included)


def _seen_in(found: SpellsSummary, state: StateSummary) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case, spells in _spelled(rows, found):
            seen = spells.seen(state.state)
            part: Part = (
                "left out"
                if spells.because is not None
                else "not known"
                if seen is None
                else "counted"
                if seen
                else "in the total"
            )
            days = [day for day, _ in spells.visits]
            read = tuple(row for day in days for row in measured_rows(rows, case, set(found.measures), day, day))
            yield TracedCase(case.case_id, case.patient, part, spells_sentence(spells), rows=read)

    return find


def _spells_in(found: SpellsSummary, state: StateSummary) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case, spells in _spelled(rows, found):
            own = [one for one in spells.spells if one.state == state.state]
            for one in own:
                read = tuple(measured_rows(rows, case, set(found.measures), one.first, one.last))
                yield TracedCase(case.case_id, case.patient, "counted", spell_text(one), Fraction(one.days), rows=read)
            if not own:
                yield TracedCase(case.case_id, case.patient, "left out", f"no spell in {state.state}")

    return find


def _of_events(found: EventCountSummary, level: Fraction) -> Iterator[Behind]:
    for side in found.sides:
        told = f"the events called {found.outcome.count!r} on the observed days of {side.window} in each included case"
        yield Behind(side.rate, told, _events_in(found, side.window), _rate_again(side.rate, level))
    ids = tuple(side.rate.id for side in found.sides)
    if found.ratio is not None:
        yield Behind(found.ratio, "the rates of both windows", results=ids)
    if found.test is not None:
        told = "whether the rate of each case in the later window is lower or higher than in the earlier one"
        yield Behind(found.test, told, _compared(found), _test_again(found.test))


def _events_in(found: EventCountSummary, window: str) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in rows.included:
            sides = events_of(rows.protocol, rows.of(case), case.case_id, found.name)
            if sides is None:
                yield TracedCase(case.case_id, case.patient, "left out", NOT_CHARTED)
                continue
            (one,) = (side for side in sides if side.window == window)
            index, named = rows.index(case), (folded(found.outcome.count),)
            read = tuple(
                rows.fact(fact, index) for fact in rows.facts(case, ("event", "diagnosis", "unread diagnosis"), named)
            )
            events = str(one.surely) if one.surely == one.perhaps else f"{one.surely} to {one.perhaps}"
            how = f"events: {events}, in {one.days} observed days" if one.days else "no day of it was observed"
            part: Part = "counted" if one.days else "left out"
            yield TracedCase(
                case.case_id, case.patient, part, how, Fraction(one.surely), Fraction(one.perhaps), one.days, rows=read
            )

    return find


def _rate_again(result: Result, level: Fraction) -> Callable[[Sequence[TracedCase]], Result | None]:
    def again(cases: Sequence[TracedCase]) -> Result | None:
        counted = [one for one in cases if one.part == "counted"]
        if result.absent_because == NOT_CHARTED:
            return None
        least, most = (
            int(sum(value or 0 for value in side))
            for side in ([one.value for one in counted], [one.most for one in counted])
        )
        years = Fraction(sum(one.days or 0 for one in counted)) / DAYS_PER_UNIT["year"]
        if least != most:
            return Result(result.id, "", None, least / years, most / years, None, None, PER_YEAR, "", COUNTED_OR_NOT)
        return of_estimate(result.id, "", stats.poisson_rate(least, years, level=level, unit=PER_YEAR))

    return again


_SIGNS = {"lower": -1, "the same": 0, "higher": 1}


def _compared(found: EventCountSummary) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in rows.included:
            sides = events_of(rows.protocol, rows.of(case), case.case_id, found.name)
            how = NOT_CHARTED if sides is None else compared_rates(*sides)
            sign = _SIGNS.get(how)
            part: Part = "left out" if sign is None else "counted" if sign else "in the total"
            index, named = rows.index(case), (folded(found.outcome.count),)
            read = tuple(
                rows.fact(fact, index) for fact in rows.facts(case, ("event", "diagnosis", "unread diagnosis"), named)
            )
            yield TracedCase(case.case_id, case.patient, part, how, None if sign is None else Fraction(sign), rows=read)

    return find


def _test_again(result: Result) -> Callable[[Sequence[TracedCase]], Result]:
    def again(cases: Sequence[TracedCase]) -> Result:
        found = sign_test([one.value for one in cases if one.value is not None])
        return replace(result, estimate=found.p, n=found.n_used, total=found.n)

    return again
