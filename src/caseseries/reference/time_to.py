"""The time of one case to an event: walked day by day, until something ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caseseries.chart.tables import Fact, Kind, day_number
from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.time_to import AT_INDEX, Ending, TimeToOutcome
from caseseries.protocol.tree import HeldRule
from caseseries.protocol.window import Window
from caseseries.protocol.written import folded
from caseseries.reference.case import CaseAnswer
from caseseries.reference.follow_up import death_days, earliest, index_period, latest
from caseseries.reference.held_rule import Read, read_days
from caseseries.reference.look_back import covers
from caseseries.reference.questions import answers
from caseseries.reference.record import Indexed
from caseseries.verdict.time_to import CaseTime, Timeless


@dataclass(frozen=True, slots=True)
class _Stop:
    """Something that ends the time of a case on a day from `low` to `high` (None: perhaps never)."""

    ending: Ending
    low: int
    high: int | None
    unknown: Timeless

    @property
    def day(self) -> int | None:
        return self.low if self.low == self.high else None


def time_of(study: Indexed, case: CaseAnswer, plan: OutcomePlan) -> CaseTime:
    """How long it took, or why there is no time; days are relative to the index date."""
    outcome, spec = study.protocol.times[plan.name], plan.primary
    window = spec.windows[outcome.in_]
    if outcome.event:
        return _of_event(study, case, outcome, window)
    held = spec.tree.held[0]
    inner = answers(study, case, plan, spec, held.tree)
    every = read_days(study, case, plan, spec, held, inner)
    # What is no visit can show that the rule does not hold, and nothing else.
    read = [one for one in every if one.visited or one.truth is False]
    if outcome.lasting is not None:
        read = [replace(one, truth=_has_held(outcome, every, one)) for one in read]
    return _of_rule(study, case, outcome, window, held, read)


def _has_held(outcome: TimeToOutcome, every: Sequence[Read], by: Read) -> bool | None:
    """Whether by a day the rule has held for so long: looked at backwards, until something breaks it."""
    lengths = []
    for unknown_holds in (False, True):
        first = last = by.day
        for one in reversed([one for one in every if one.day <= by.day]):
            met = one.visited and (one.truth is True or (one.truth is None and unknown_holds))
            if not met and one.truth is None and unknown_holds:
                continue  # no visit, and nothing that speaks against it
            if not met or last - one.day > (outcome.gap or 0):
                break
            first = last = one.day
        lengths.append(by.day - first)
    surely, perhaps = lengths
    assert outcome.lasting is not None
    if surely >= outcome.lasting:
        return True
    return False if perhaps < outcome.lasting else None


def _of_rule(
    study: Indexed, case: CaseAnswer, outcome: TimeToOutcome, window: Window, held: HeldRule, read: Sequence[Read]
) -> CaseTime:
    before, after = [one for one in read if one.day <= 0], [one for one in read if one.day > 0]
    if window.from_ <= 0:
        if not before:
            return _none(case, "no visit by the index date")
        if before[-1].truth is None:
            return _none(case, "not known at the index date")
        if before[-1].truth:
            return _none(case, AT_INDEX)
    stops = _stops(study, case, outcome)
    sure = [one for one in stops if one.day is not None and one.day <= window.to]
    if any(one.day < 1 for one in sure if one.day is not None):
        return _none(case, "no follow-up after the index date")
    for day in range(1, window.to + 1):
        here = [one for one in after if one.day == day]
        if any(one.truth for one in here):
            past = [one.day for one in after if one.truth is False and one.day < day]
            since = max(past, default=0)
            return CaseTime(case.case_id, "event", day, since, _unread(study, case, held, after, since, day - 1))
        unsure = [one for one in stops if one.day is None and one.low <= day]
        if unsure:
            return _none(case, min(unsure, key=lambda one: one.low).unknown)
        ended = next((one for one in sure if one.day == day), None)
        if ended is not None or day == window.to:
            return _without(study, case, outcome, window, held, after, day, ended)
    raise AssertionError("a window ends")


def _without(
    study: Indexed,
    case: CaseAnswer,
    outcome: TimeToOutcome,
    window: Window,
    held: HeldRule,
    after: Sequence[Read],
    day: int,
    ended: _Stop | None,
) -> CaseTime:
    """The time of a case in which the rule was not seen to hold by the day on which something ended it."""
    seen = [one for one in after if one.day <= day]
    last = max((one.day for one in seen if one.truth is False), default=None)
    if ended is not None and ended.ending in outcome.competing:
        unread = _unread(study, case, held, after, last or 0, day)
        return CaseTime(case.case_id, ended.ending, day, None, unread)
    if last is None:
        return _none(case, "not known on any visit" if seen else "no visit after the index date")
    known = _seen(case)
    ending = _hidden(study, case, window, day, ended)
    return CaseTime(case.case_id, ending, last, None, _unread(study, case, held, after, last, min(day, known)))


def _seen(case: CaseAnswer) -> int:
    """The last day of follow-up that is certain."""
    assert case.seen_end is not None and case.index is not None
    return case.seen_end - case.index


def _hidden(study: Indexed, case: CaseAnswer, window: Window, day: int, ended: _Stop | None) -> Ending:
    """Why nothing is known from then on: what ended it on this day, unless follow-up had ended before."""
    assert case.index is not None
    if _seen(case) >= day:
        return "end of window" if ended is None else ended.ending
    cutoff = study.protocol.period.data_cutoff if study.chart.dated else None
    if cutoff is None:
        return "lost"
    period = index_period(study.patients[case.patient], case.index)
    if study.chart.observed is not None:
        return "data cutoff" if period is not None and period[1] >= day_number(cutoff) else "lost"
    return "data cutoff" if case.index + window.to > day_number(cutoff) else "lost"


def _stops(study: Indexed, case: CaseAnswer, outcome: TimeToOutcome) -> list[_Stop]:
    """What the outcome names and the record holds, a death first."""
    assert case.index is not None
    found, named = [], {*outcome.competing, *outcome.censored}
    died = death_days(study.patients[case.patient])
    if "death" in named and died is not None:
        found.append(_Stop("death", died[0] - case.index, died[1] - case.index, "day of death not known"))
    if "drug stopped" in named and case.end_low is not None:
        low = case.end_low - case.index + 1  # the first day without it
        high = None if case.end_high is None else case.end_high - case.index + 1
        if low <= _seen(case):
            found.append(_Stop("drug stopped", low, high, "last day of the drug not known"))
    return found


def _unread(study: Indexed, case: CaseAnswer, held: HeldRule, after: Sequence[Read], since: int, until: int) -> bool:
    """Whether on some day after `since`, to `until`, it was not known; the days of a partial date are any of them."""
    assert case.index is not None
    if any(since < one.day <= until for one in after if one.truth is None):
        return True
    if study.protocol.partial_dates != "bounds":
        return False
    rows, index = study.patients[case.patient], case.index
    period = index_period(rows, index)
    partial = [
        row
        for slot in held.daily
        if visit_measure(study.protocol, slot.measure)
        for row in rows.measurements.get(slot.measure, ())
        if row.value is not None and row.low != row.high
        if period is None or period[0] <= row.day <= period[1]
    ]
    return any(row.high - index > max(since, 0) and row.low - index <= until for row in partial)


def _of_event(study: Indexed, case: CaseAnswer, outcome: TimeToOutcome, window: Window) -> CaseTime:
    assert case.index is not None
    index, rows = case.index, study.patients[case.patient]
    kinds = kinds_of(study.protocol, outcome.event)
    if not all(_told(study, kind, outcome.event) for kind in kinds):
        return _none(case, "not charted")
    period = index_period(rows, index)
    named = [
        fact
        for fact in rows.facts
        if fact.kind.removeprefix("unread ") in kinds and folded(fact.term) == folded(outcome.event)
        if fact.start is None
        or (
            earliest(fact) <= index + window.to
            and latest(fact) >= index + window.from_
            and (period is None or period[0] <= fact.start <= period[1])
        )
    ]
    dated = [one for one in named if one.start is not None]
    if window.from_ <= 0:
        if any(_sure(one) and index + window.from_ <= earliest(one) and latest(one) <= index for one in dated):
            return _none(case, AT_INDEX)
        if any(earliest(one) <= index for one in dated):
            return _none(case, "date not exact")
    if len(dated) < len(named):
        return _none(case, "date not exact")
    if window.from_ < 0 and not _history(study, case, window):
        return _none(case, "before the known history")
    days = {earliest(one) - index for one in named if _sure(one) and earliest(one) == latest(one)}
    perhaps = [max(earliest(one) - index, 1) for one in named if not (_sure(one) and earliest(one) == latest(one))]
    stops = _stops(study, case, outcome)
    if any(one.day is not None and one.day < 1 for one in stops):
        return _none(case, "no follow-up after the index date")
    for day in range(1, window.to + 1):
        if day in days:
            return CaseTime(case.case_id, "event", day)
        if any(low <= day for low in perhaps):
            return _none(case, "date not exact")
        unsure = [one for one in stops if one.day is None and one.low <= day]
        if unsure:
            return _none(case, min(unsure, key=lambda one: one.low).unknown)
        ended = next((one for one in stops if one.day == day), None)
        if ended is None and day < window.to:
            continue
        if ended is not None and ended.ending in outcome.competing:
            return CaseTime(case.case_id, ended.ending, day)
        last = min(day, _seen(case))
        if last < 1:
            return _none(case, "no follow-up after the index date")
        return CaseTime(case.case_id, _hidden(study, case, window, day, ended), last)
    raise AssertionError("a window ends")


def _told(study: Indexed, kind: str, name: str) -> bool:
    """Whether the source could tell an event or diagnosis of this name."""
    charted: Kind = "diagnoses" if kind == "diagnosis" else "adverse events"
    only = study.chart.only.get(charted)
    return charted not in study.chart.unknown() and (only is None or folded(name) in {folded(one) for one in only})


def _history(study: Indexed, case: CaseAnswer, window: Window) -> bool:
    """Whether the days of the window before the index date are known."""
    assert case.index is not None
    rows = study.patients[case.patient]
    period = index_period(rows, case.index)
    if period is not None:
        return period[0] <= case.index + window.from_
    return study.chart.history != "open" and covers(study, rows, case.index, -window.from_)


def _sure(fact: Fact) -> bool:
    """Whether it is an event for certain; a row of a database without a concept may be another."""
    return not fact.kind.startswith("unread ")


def _none(case: CaseAnswer, because: Timeless) -> CaseTime:
    return CaseTime(case.case_id, None, None, because=because)
