"""Events on the observed days of windows, from counts: their number, the patient-time, the rate, and the ratio of two rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.event_count import EventCountOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.stats.rate_ratio import Followed, rate_ratio
from caseseries.stats.sign_test import sign_test
from caseseries.summary.result import Count, Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.tally_reader import TallyReader

#: Why there is no number where no source could tell the events.
NOT_CHARTED = "such events were not charted"
#: Why there is no exact number where one may be counted or not.
COUNTED_OR_NOT = "events whose date is not exact may lie in the window or not"
PER_YEAR = "events per patient-year"


@dataclass(frozen=True, slots=True)
class EventSide:
    """The events of one window: the cases observed there and not, those with one, the events, the observed days, and the rate."""

    window: str
    cases: int
    not_observed: int
    with_one: Count
    events: Count
    days: int
    rate: Result


@dataclass(frozen=True, slots=True)
class EventCountSummary:
    """Everything that is counted of one outcome that counts events.

    `ratio` is that of the rate to the one of the earlier window, `pairs` how many cases have a lower, the same or a higher rate there,
    and `test` the sign test of these; both None without an earlier window. `not_charted` are cases of which the source could not tell such
    events, `withheld` those of sites that told nothing.
    """

    name: str
    outcome: EventCountOutcome
    sides: tuple[EventSide, ...]
    ratio: Result | None
    pairs: Mapping[str, int]
    test: Result | None
    not_charted: int
    withheld: int

    @property
    def nowhere(self) -> bool:
        """Whether no source that told anything could tell such events: there is no number then, and no 0 either."""
        return self.not_charted > 0 and not any(one.cases or one.not_observed for one in self.sides)


def event_count(protocol: Protocol, reader: TallyReader, name: str, level: Fraction) -> EventCountSummary:
    """One outcome that counts events."""
    outcome = protocol.event_counts[name]
    sides = tuple(_side(reader, name, window, level) for window in outcome.windows)
    pairs = {str(answer): n.low for (answer,), n in reader.under("event pair", name).items()}
    not_charted, withheld = reader.exact("event not charted", name), reader.withheld("event count", name)
    ratio = test = None
    if outcome.from_ is not None:
        before, after = sides
        ratio = _ratio(name, before, after, level)
        signs = [-1] * pairs.get("lower", 0) + [0] * pairs.get("the same", 0) + [1] * pairs.get("higher", 0)
        found = sign_test(signs)
        label = f"{name}: sign test of rates by {'case' if protocol.case.per == 'course' else 'patient'}"
        test = Result(
            f"{name}/events/sign test", label, found.p, n=found.n_used, total=found.n, unit="p", method=found.method
        )
        test = replace(test, absent_because=found.absent_because)
    told = EventCountSummary(name, outcome, sides, ratio, pairs, test, not_charted, withheld)
    return _untold(told) if told.nowhere else told


def _untold(found: EventCountSummary) -> EventCountSummary:
    """A count of which nobody knows any event: each number says so."""

    def untold(one: Result) -> Result:
        return Result(one.id, one.label, None, unit=one.unit, absent_because=NOT_CHARTED)

    return replace(
        found,
        sides=tuple(replace(one, rate=untold(one.rate)) for one in found.sides),
        ratio=None if found.ratio is None else untold(found.ratio),
        test=None if found.test is None else untold(found.test),
    )


def _side(reader: TallyReader, name: str, window: str, level: Fraction) -> EventSide:
    def of(part: str) -> int:
        return reader.exact("event count", name, window, part)

    events, days = Count(of("events"), of("events perhaps")), of("days")
    years = Fraction(days) / DAYS_PER_UNIT["year"]
    result_id, label = f"{name}/events/{window}", f"{name}, rate in {window}"
    if events.exact is None:
        least, most = (n / years for n in (events.low, events.high))
        rate = Result(result_id, label, None, least, most, None, None, PER_YEAR, "", COUNTED_OR_NOT)
    else:
        rate = of_estimate(result_id, label, stats.poisson_rate(events.low, years, level=level, unit=PER_YEAR))
    with_one = Count(of("cases with one"), of("cases perhaps with one"))
    return EventSide(window, of("cases"), of("cases not observed"), with_one, events, days, rate)


def _ratio(name: str, before: EventSide, after: EventSide, level: Fraction) -> Result:
    result_id, label = f"{name}/events/ratio", f"{name}, rate in {after.window} to rate in {before.window}"
    if before.events.exact is None or after.events.exact is None:
        return Result(result_id, label, None, unit="ratio", absent_because=COUNTED_OR_NOT)
    found = rate_ratio(Followed(after.events.low, after.days), Followed(before.events.low, before.days), level=level)
    return replace(of_estimate(result_id, label, found, unit="ratio"), total=None)
