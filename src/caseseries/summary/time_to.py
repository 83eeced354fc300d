"""Times to an event, from counts: how they ended, the share who had it by each day, and by when half did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries import stats
from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, time_plan
from caseseries.protocol.time_to import ENDINGS, Ending, TimeToOutcome
from caseseries.stats.event_curve import EventCurve
from caseseries.stats.event_times import CENSORED, EventTimes
from caseseries.summary.result import Reason, Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.time_to import time_name

EVENT: Ending = "event"

#: Why there is no median where events compete: the share who ever have the event may stay below one half.
COMPETING = "other events compete, so that the event need not come to everybody: the share who had it is told by day"

#: Why nothing is told where no case has a time.
NOBODY = "no case has a time"


@dataclass(frozen=True, slots=True)
class TimeAgain:
    """A time to an event under another reading, or in another cell of the grid: how many had it of those with a time, by when, and the shares."""

    spec: Spec
    events: int
    n: int
    without: tuple[Reason, ...]
    median: Result
    shares: tuple[Result, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class TimeSummary:
    """Everything that is counted of one time to an event.

    `endings` count the times by how they ended, in the order of :data:`~caseseries.protocol.time_to.ENDINGS`, `without` the cases that have no
    time, `unread` those in which it was not known on some day, and `unclear` those that may have begun earlier than they are counted from.
    `withheld` are cases of sites that told nothing of it.
    `curve` is the share who had the event by each day, of cases with a time; `others` those of what competes with it. `median` is the day by
    which half had it, `shares` are what the curve says at the days named. `measures` are those that its rules read. `again` is the same under every
    other reading and choice.
    """

    name: str
    outcome: TimeToOutcome
    plan: OutcomePlan
    endings: Mapping[Ending, int]
    without: tuple[Reason, ...]
    unread: Mapping[Ending, int]
    unclear: Mapping[Ending, int]
    withheld: int
    curve: EventCurve
    others: Mapping[Ending, EventCurve]
    median: Result
    shares: tuple[Result, ...]
    measures: tuple[str, ...] = ()
    again: tuple[TimeAgain, ...] = ()

    __repr__ = brief

    @property
    def n(self) -> int:
        """How many cases have a time."""
        return sum(self.endings.values())

    @property
    def events(self) -> int:
        """How many had the event."""
        return self.endings.get(EVENT, 0)

    @property
    def censored(self) -> Mapping[Ending, int]:
        """How many were censored, by what hid the rest."""
        return {
            ending: n for ending, n in self.endings.items() if ending != EVENT and ending not in self.outcome.competing
        }


def time_summary(protocol: Protocol, reader: TallyReader, name: str, included: int, level: Fraction) -> TimeSummary:
    """One time to an event."""
    outcome, plan = protocol.times[name], time_plan(protocol, name)
    found = {(str(ending), _day(day)): n.low for (ending, day), n in reader.under("time", name).items()}
    endings = {ending: sum(n for (one, _), n in found.items() if one == ending) for ending in ENDINGS}
    without = tuple(Reason(str(why), n) for (why,), n in reader.under("no time", name).items())
    unread = {ending: reader.exact("time unread", name, ending) for ending in ENDINGS}
    unclear = {ending: reader.exact("time unclear", name, ending) for ending in ENDINGS}
    withheld = reader.withheld("time", name)
    told = sum(endings.values()) + sum(one.n.low for one in without)
    ensure(told + withheld == included, "every included case has a time or a reason why it has none")
    times = _times(outcome, found)
    curve = stats.cumulative_incidence(times, EVENT, level=level, unit="days")
    return TimeSummary(
        name,
        outcome,
        plan,
        {ending: n for ending, n in endings.items() if n},
        without,
        {ending: n for ending, n in unread.items() if n},
        {ending: n for ending, n in unclear.items() if n},
        withheld,
        curve,
        {one: stats.cumulative_incidence(times, one, level=level, unit="days") for one in outcome.competing},
        _median(name, outcome, times, level),
        tuple(_share(name, curve, day) for day in outcome.times),
        tuple(dict.fromkeys(slot.measure for slot in plan.measured)),
        () if withheld else tuple(_again(outcome, spec, reader, included, level) for spec in plan.specs[1:]),
    )


def _again(outcome: TimeToOutcome, spec: Spec, reader: TallyReader, included: int, level: Fraction) -> TimeAgain:
    name, prefix = spec.outcome, f"{spec.outcome}/time/{spec.number}"
    found = {
        (str(ending), _day(day)): n.low for (ending, day), n in reader.under("time again", name, spec.number).items()
    }
    without = tuple(Reason(str(why), n) for (why,), n in reader.under("no time again", name, spec.number).items())
    ensure(
        sum(found.values()) + sum(one.n.low for one in without) == included,
        "every included case has a time, or none, in each cell",
    )
    times = _times(outcome, found)
    curve = stats.cumulative_incidence(times, EVENT, level=level, unit="days")
    events = sum(n for (ending, _), n in found.items() if ending == EVENT)
    shares = tuple(_share(name, curve, day, prefix) for day in outcome.times)
    return TimeAgain(spec, events, times.n, without, _median(name, outcome, times, level, prefix), shares)


def _times(outcome: TimeToOutcome, found: Mapping[tuple[str, int], int]) -> EventTimes:
    """The times by day, each with its event; what does not compete is censored."""
    table: dict[tuple[stats.ExactNumber, str], int] = {}
    for (ending, day), n in found.items():
        event = ending if ending == EVENT or ending in outcome.competing else CENSORED
        table[day, event] = table.get((day, event), 0) + n
    return EventTimes.of(table)


def _day(part: str | int) -> int:
    assert isinstance(part, int), "a time is a whole number of days"
    return part


def _median(name: str, outcome: TimeToOutcome, times: EventTimes, level: Fraction, under: str = "") -> Result:
    prefix, label = f"{under or f'{name}/time'}/median", f"{time_name(name)}, median"
    if outcome.competing:
        return Result(prefix, label, None, n=times.n, unit="days", absent_because=COMPETING)
    return of_estimate(prefix, label, stats.kaplan_meier(times, level=level, unit="days").median, unit="days")


def _share(name: str, curve: EventCurve, day: int, under: str = "") -> Result:
    found = of_estimate(
        f"{under or f'{name}/time'}/day {day}", f"{name} by day {day}", curve.at(day), unit="proportion"
    )
    return replace(found, n=sum(step.events for step in curve.steps if step.time <= day), total=curve.n)
