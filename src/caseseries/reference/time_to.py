"""The time of one case to an event: walked day by day, until something ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from caseseries.chart.tables import Fact, Kind, day_number
from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.specs import OutcomePlan, Spec, looked_for_in
from caseseries.protocol.time_to import AT_INDEX, AT_START, Ending, TimeToOutcome
from caseseries.protocol.tree import HeldRule
from caseseries.protocol.window import Window
from caseseries.protocol.written import folded
from caseseries.reference.case import CaseAnswer
from caseseries.reference.follow_up import earliest, index_period, latest
from caseseries.reference.held_rule import Read
from caseseries.reference.look_back import covers
from caseseries.reference.record import Indexed
from caseseries.reference.time_days import days_read, not_exact, partial_spans, unread
from caseseries.reference.time_stops import Stop, begun, end_of_drug, seen_to, stops_of
from caseseries.verdict.time_to import CaseTime, Timeless


@dataclass(frozen=True, slots=True)
class _From:
    """From which day a time counts, and the words for that it is the index date or a start."""

    day: int
    unclear: bool
    of_rule: bool

    @property
    def named(self) -> Literal["the index date", "the start"]:
        return "the start" if self.of_rule else "the index date"


#: Why there is no time, by what it counts from.
_AT: dict[str, Timeless] = {"the index date": AT_INDEX, "the start": AT_START}
_NO_VISIT_BY: dict[str, Timeless] = {
    "the index date": "no visit by the index date",
    "the start": "no visit by the start",
}
_NOT_KNOWN_AT: dict[str, Timeless] = {
    "the index date": "not known at the index date",
    "the start": "not known at the start",
}
_NO_FOLLOW_UP: dict[str, Timeless] = {
    "the index date": "no follow-up after the index date",
    "the start": "no follow-up after the start",
}
_NO_VISIT: dict[str, Timeless] = {
    "the index date": "no visit after the index date",
    "the start": "no visit after the start",
}


def time_of(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec) -> CaseTime:
    """How long it took under one spec, or why there is no time; days are relative to the index date."""
    outcome = study.protocol.times[plan.name]
    window, since = spec.windows[outcome.in_], _From(0, unclear=False, of_rule=False)
    if outcome.start is not None:
        start = begun(study, case, plan, spec, outcome)
        if start.because is not None or start.day is None:
            return CaseTime(
                case.case_id,
                None,
                None,
                because=start.because,
                start=start.day,
                unclear=start.unclear and start.day is not None,
            )
        since = _From(start.day, start.unclear, of_rule=True)
    asked = looked_for_in(spec.tree)
    if outcome.stop:
        found = _of_the_drug(study, case, outcome, window, since)
    elif isinstance(asked, HeldRule):
        read = days_read(study, case, plan, spec, asked, outcome.lasting, outcome.gap)
        found = _of_rule(study, case, outcome, window, asked, read, since)
    else:
        found = _of_event(study, case, outcome, window, since)
    return replace(found, start=since.day, unclear=since.unclear)


def _of_rule(
    study: Indexed,
    case: CaseAnswer,
    outcome: TimeToOutcome,
    window: Window,
    held: HeldRule,
    read: Sequence[Read],
    start: _From,
) -> CaseTime:
    before = [one for one in read if one.day <= start.day]
    after = [one for one in read if one.day > start.day]
    if start.of_rule or window.from_ <= 0:
        last = before[-1].day if before and outcome.lasting is None else window.from_ - 1
        if any(low <= start.day and high > last for low, high in partial_spans(study, case, held)):
            return _none(case, _NOT_KNOWN_AT[start.named])
        if not before:
            return _none(case, _NO_VISIT_BY[start.named])
        if before[-1].truth is None:
            return _none(case, _NOT_KNOWN_AT[start.named])
        if before[-1].truth:
            return _none(case, _AT[start.named])
    stops = stops_of(study, case, outcome)
    sure = [one for one in stops if one.day is not None and one.day <= window.to]
    if start.day == window.to or any(one.day <= start.day for one in sure if one.day is not None):
        return _none(case, _NO_FOLLOW_UP[start.named])
    for day in range(start.day + 1, window.to + 1):
        here = [one for one in after if one.day == day]
        if any(one.truth for one in here):
            if not_exact(study, case, held, start.day, day):
                return _none(case, "date not exact")
            past = [one.day for one in after if one.truth is False and one.day < day]
            since = max(past, default=start.day)
            return CaseTime(case.case_id, "event", day, since, unread(after, since, day - 1))
        unsure = [one for one in stops if one.day is None and one.low <= day]
        if unsure:
            return _none(case, min(unsure, key=lambda one: one.low).unknown)
        ended = next((one for one in sure if one.day == day), None)
        if ended is not None or day == window.to:
            return _without(study, case, outcome, window, held, after, day, ended, start)
    raise AssertionError("a window ends")


def _without(
    study: Indexed,
    case: CaseAnswer,
    outcome: TimeToOutcome,
    window: Window,
    held: HeldRule,
    after: Sequence[Read],
    day: int,
    ended: Stop | None,
    start: _From,
) -> CaseTime:
    """The time of a case in which the rule was not seen to hold by the day on which something ended it."""
    if not_exact(study, case, held, start.day, day):
        return _none(case, "date not exact")
    seen = [one for one in after if one.day <= day]
    noes = [one.day for one in seen if one.truth is False]
    last = max((one for one in noes if one <= seen_to(case)), default=None)
    if ended is not None and ended.ending in outcome.competing:
        missed = unread(after, max(noes, default=start.day), day)
        return CaseTime(case.case_id, ended.ending, day, None, missed)
    if last is None:
        return _none(case, "not known on any visit" if seen else _NO_VISIT[start.named])
    known = seen_to(case)
    ending = _hidden(study, case, window, day, ended)
    return CaseTime(case.case_id, ending, last, None, unread(after, last, min(day, known)))


def _hidden(study: Indexed, case: CaseAnswer, window: Window, day: int, ended: Stop | None) -> Ending:
    """Why nothing is known from then on: what ended it on this day, unless follow-up had ended before."""
    assert case.index is not None
    if seen_to(case) >= day:
        return "end of window" if ended is None else ended.ending
    cutoff = study.protocol.period.data_cutoff if study.chart.dated else None
    if cutoff is None:
        return "lost"
    period = index_period(study.patients[case.patient], case.index)
    if study.chart.observed is not None:
        return "data cutoff" if period is not None and period[1] >= day_number(cutoff) else "lost"
    return "data cutoff" if case.index + window.to > day_number(cutoff) else "lost"


def _of_event(study: Indexed, case: CaseAnswer, outcome: TimeToOutcome, window: Window, start: _From) -> CaseTime:
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
    if start.of_rule:  # one before the start is none of those that follow it, one of that day had come by then
        at = index + start.day
        if any(_exactly(one) and earliest(one) == at for one in dated):
            return _none(case, AT_START)
        if any(not _exactly(one) and earliest(one) <= at <= latest(one) for one in dated):
            return _none(case, "date not exact")
    elif window.from_ <= 0:
        if any(_sure(one) and index + window.from_ <= earliest(one) and latest(one) <= index for one in dated):
            return _none(case, AT_INDEX)
        if any(earliest(one) <= index for one in dated):
            return _none(case, "date not exact")
    if len(dated) < len(named):
        return _none(case, "date not exact")
    if window.from_ < 0 and not _history(study, case, window):
        return _none(case, "before the known history")
    days = {earliest(one) - index for one in named if _exactly(one)}
    first = start.day + 1
    perhaps = [max(earliest(one) - index, first) for one in named if not _exactly(one) and latest(one) - index >= first]
    stops = stops_of(study, case, outcome)
    if start.day == window.to or any(one.day is not None and one.day < first for one in stops):
        return _none(case, _NO_FOLLOW_UP[start.named])
    for day in range(first, window.to + 1):
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
        last = min(day, seen_to(case))
        if last < first:
            return _none(case, _NO_FOLLOW_UP[start.named])
        return CaseTime(case.case_id, _hidden(study, case, window, day, ended), last)
    raise AssertionError("a window ends")


def _of_the_drug(study: Indexed, case: CaseAnswer, outcome: TimeToOutcome, window: Window, start: _From) -> CaseTime:
    """The first day without the study drug, in the episode of the case; whoever dies on that day died on the drug."""
    stops = stops_of(study, case, outcome)
    ends = end_of_drug(study, case, in_part=True)
    if ends is not None and ends.day is not None and ends.day <= start.day:
        return _none(case, AT_START)
    if ends is not None and ends.day is None and ends.low <= start.day:
        return _none(case, ends.unknown)
    first = start.day + 1
    if start.day == window.to or any(one.day is not None and one.day < first for one in stops):
        return _none(case, _NO_FOLLOW_UP[start.named])
    for day in range(first, window.to + 1):
        ended = next((one for one in stops if one.day == day), None)
        unsure = [one for one in stops if one.day is None and one.low <= day]
        if ends is not None and ends.low <= day and ended is None:
            if ends.day is None or unsure:
                return _none(case, min([*unsure, *([] if ends.day else [ends])], key=lambda one: one.low).unknown)
            return CaseTime(case.case_id, "event", day)
        if unsure:
            return _none(case, min(unsure, key=lambda one: one.low).unknown)
        if ended is None and day < window.to:
            continue
        if ended is not None and ended.ending in outcome.competing:
            return CaseTime(case.case_id, ended.ending, day)
        last = min(day, seen_to(case))
        if last < first:
            return _none(case, _NO_FOLLOW_UP[start.named])
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


def _exactly(fact: Fact) -> bool:
    """Whether it is an event for certain, of a day that is known."""
    return _sure(fact) and earliest(fact) == latest(fact)


def _none(case: CaseAnswer, because: Timeless) -> CaseTime:
    return CaseTime(case.case_id, None, None, because=because)
