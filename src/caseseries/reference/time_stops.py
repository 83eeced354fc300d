"""What may end the time of a case before the event does, and what its time counts from, one case at a time."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.chart.tables import day_number
from caseseries.protocol.specs import OutcomePlan, Spec, counted_from
from caseseries.protocol.time_to import BEGUN_LATE, NOT_BEGUN, Ending, TimeToOutcome
from caseseries.reference.case import CaseAnswer, may_go_on
from caseseries.reference.follow_up import death_days
from caseseries.reference.record import Indexed
from caseseries.reference.time_days import days_read, not_exact, unread
from caseseries.verdict.time_to import Timeless


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that ends the time of a case on a day from `low` to `high` (None: perhaps never)."""

    ending: Ending
    low: int
    high: int | None
    unknown: Timeless

    @property
    def day(self) -> int | None:
        """The day, where it is known."""
        return self.low if self.low == self.high else None


def stops_of(study: Indexed, case: CaseAnswer, outcome: TimeToOutcome) -> list[Stop]:
    """What the outcome names and the record holds, a death first."""
    assert case.index is not None
    found, named = [], {*outcome.competing, *outcome.censored}
    died = death_days(study.patients[case.patient])
    if "death" in named and died is not None:
        found.append(Stop("death", died[0] - case.index, died[1] - case.index, "day of death not known"))
    ends = end_of_drug(study, case, in_part="drug stopped" in outcome.competing) if "drug stopped" in named else None
    return found if ends is None else [*found, ends]


def end_of_drug(study: Indexed, case: CaseAnswer, *, in_part: bool) -> Stop | None:
    """The first day without the study drug, where somebody saw it; perhaps never, where a row not used may go on.

    Who wrote down the last day saw that the drug was stopped then, up to the data cut-off, and so did who wrote down a part of it, which counts
    with `in_part`: where stopping only hides, the time to the end of follow-up is the same. In a database nobody saw whether another supply was
    collected after follow-up.
    """
    assert case.index is not None
    if case.end_low is None:
        return None
    low = case.end_low - case.index + 1  # the first day without it
    high = None if case.end_high is None or may_go_on(study, case) else case.end_high - case.index + 1
    until: int | None = seen_to(case)
    if (low == high or (in_part and high is not None)) and study.chart.observed is None:
        cutoff = study.protocol.period.data_cutoff if study.chart.dated else None
        until = None if cutoff is None else day_number(cutoff) - case.index
    if until is not None and low > until:
        return None
    return Stop("drug stopped", low, high, "last day of the drug not known")


def seen_to(case: CaseAnswer) -> int:
    """The last day of follow-up that is certain."""
    assert case.seen_end is not None and case.index is not None
    return case.seen_end - case.index


@dataclass(frozen=True, slots=True)
class Begun:
    """The day from which the time of a case counts, or why there is none; whether it may have begun earlier."""

    day: int | None
    unclear: bool = False
    because: Timeless | None = None


def begun(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec, outcome: TimeToOutcome) -> Begun:
    """The first day on which what the time counts from surely holds.

    It was not met where it surely did not hold on any visit to the end of the time, or of follow-up if that is earlier.
    """
    held, to = counted_from(spec.tree), spec.windows[outcome.in_].to
    assert held is not None and outcome.start is not None
    window = spec.windows[held.window]
    read = days_read(study, case, plan, spec, held, outcome.start.lasting, outcome.start.gap)
    stops = stops_of(study, case, outcome)
    cut = min([one.day for one in stops if one.day is not None], default=to)
    until = min(cut, to, seen_to(case))
    first = min((one.day for one in read if one.truth), default=None)
    in_time = first is not None and first <= min(cut, to)
    reach = until if first is None or not in_time else first
    if not_exact(study, case, held, window.from_ - 1, min(reach, window.to)):
        return Begun(None, because="date not exact")
    before = until if first is None else min(until, first - 1)
    unclear = unread(read, window.from_ - 1, min(before, window.to))
    if in_time:
        assert first is not None
        perhaps = [one for one in stops if one.day is None and one.low <= first]
        return Begun(first, unclear, min(perhaps, key=lambda one: one.low).unknown if perhaps else None)
    if unclear:
        return Begun(None, unclear, "not known whether the start was met")
    if first is not None:
        return Begun(None, because=BEGUN_LATE)
    seen = any(one.day <= until for one in read)
    return Begun(None, because=NOT_BEGUN if seen else "no visit on which the start could be met")
