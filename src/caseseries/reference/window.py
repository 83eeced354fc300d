"""Which rows lie in a window, what each day's value is, and which one is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from caseseries.chart.tables import Bound, Measurement
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.window import Window
from caseseries.reference.contenders import EDGE as EDGE
from caseseries.reference.contenders import NOT_EXACT as NOT_EXACT
from caseseries.reference.contenders import (
    Contenders,
    Entry,
    by_day,
    contenders,
    days_taken,
    entry_of,
    merges,
    which_days,
)
from caseseries.reference.day_value import (
    Choice,
    DayValue,
    censor_of_mean,
    day_value,
    distinct,
    extreme,
    upward,
)
from caseseries.reference.follow_up import index_period, leaves_observed_time
from caseseries.reference.record import Indexed, PatientRows
from caseseries.reference.seen import UNOBSERVED, not_seen
from caseseries.verdict import passed_over

BOUNDS: Final[tuple[Bound, ...]] = ("<", "<=", ">", ">=")

NO_VISIT: Final = "no visit in window"
NO_VALUE: Final = "no value in window"
NOT_AT_VISIT: Final = "not recorded at this visit"
NO_NUMBER: Final = "recorded without a number"
CENSORED: Final = "censored"
EQUALLY_NEAR: Final = "two days equally near"
FEW_DAYS: Final = "too few days recorded"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The rows of one measure in one window: those with a value, those at its edge, and the days without a number.

    Days are as in the chart. `edge` rows have a partial date of which only part lies in the window. `leaves` says that a day of
    the window was not observed. `blank` says what a day without an entry is: 0 where it is empty, else not known for that reason; None where nobody
    said that it is anything. Where days are counted, `unsure` says why it is not known which of them have an entry; empty where it is. Under
    `bounds` a row may be of any of its days.
    """

    rows: tuple[Measurement, ...]
    edge: tuple[Measurement, ...]
    without_number: frozenset[int]
    leaves: bool = False
    blank: str | None = None
    unsure: str = ""
    bounds: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every row that may lie in the window, with the days that it may be of."""
        sides = ((self.rows, True), (self.edge, False))
        return tuple(entry_of(row, sure=sure, bounds=self.bounds) for rows, sure in sides for row in rows)

    @property
    def days(self) -> frozenset[int]:
        """The days with at least one candidate."""
        return frozenset(row.day for row in self.rows)

    def on(self, day: int) -> tuple[Measurement, ...]:
        """The candidates of one day."""
        return tuple(row for row in self.rows if row.day == day)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value of one measure in one window, or why it is absent. `day` is as in the chart.

    Of a censored value `bound` and `limit` say what is known of it; of a sum or mean, `days` how many days it is of.
    `lost` says for each candidate row why it was passed over.
    """

    value: Fraction | None
    day: int | None
    record: int | None
    absent: str
    needs: tuple[Choice, ...]
    lost: Mapping[int, str]
    bound: Bound = ""
    limit: Fraction | None = None
    days: int | None = None


def candidates_in(study: Indexed, rows: PatientRows, index: int, measure: str, window: Window) -> Candidates:
    """The rows of a measure that lie in a window around an index day, and in its period where observed time is known."""
    first, last = index + window.from_, index + window.to
    period = index_period(rows, index)
    bounds = study.protocol.partial_dates == "bounds"
    inside: list[Measurement] = []
    edge: list[Measurement] = []
    without_number = set()
    for row in rows.measurements.get(measure, ()):
        if period is not None and not period[0] <= row.day <= period[1]:
            continue
        if row.value is None:
            if first <= row.day <= last:
                without_number.add(row.day)
        elif bounds and row.low != row.high:
            if first <= row.low and row.high <= last:
                inside.append(row)
            elif row.low <= last and row.high >= first:
                edge.append(row)
        elif first <= row.day <= last:
            inside.append(row)
    leaves = leaves_observed_time(study, rows, index, first, last)
    blank = _blank(study, rows, index, measure, window)
    unsure = which_days(rows, index, measure, window, codes=blank is not None) if bounds else ""
    return Candidates(tuple(inside), tuple(edge), frozenset(without_number), leaves, blank, unsure, bounds)


def _blank(study: Indexed, rows: PatientRows, index: int, measure: str, window: Window) -> str | None:
    """What a day without an entry is, where the protocol says that it is one of 0: only of whoever has some value, and on observed days."""
    if not study.measures[measure].blank_zero or window.take not in {"sum", "mean"}:
        return None
    period = index_period(rows, index)
    every = [row for row in rows.measurements.get(measure, ()) if row.value is not None]
    if not any(period is None or period[0] <= row.day <= period[1] for row in every):
        return None
    return not_seen(study, rows, index, window.from_, window.to)


@dataclass(frozen=True, slots=True)
class VisitDay:
    """The visit chosen for all measures of an outcome in a window, with the days it was chosen from.

    `tied` are the two days equally near between which no rule is declared; then no visit is chosen. `partly` are the visits that may be the one
    taken, where the date of one of them is known in part.
    """

    day: int | None
    days: frozenset[int]
    tied: tuple[int, ...] = ()
    partly: Contenders | None = None

    @property
    def needs(self) -> tuple[Choice, ...]:
        """The tie rule, where two days are equally near and none is declared."""
        return ("tie",) if self.tied else ()


def visit_day(of_each: Sequence[Candidates], index: int, window: Window, recorded: Sequence[Entry] = ()) -> VisitDay:
    """One day for `components: same visit`, among the days on which any of the measures has a candidate.

    Where there is none, among the days of `recorded` visits, on which nothing of the outcome was written down.

    Raises:
        ProtocolError: the window asks for a value (best, mean, ...) where a day is to be chosen.
    """
    if not by_day(window) or window.tie not in {None, "earlier", "later"}:
        problem = Problem(
            "a visit cannot be chosen by its values",
            found=f"take: {window.take}, tie: {window.tie or 'not declared'}",
            allowed="take: nearest, last, first; tie: earlier, later",
            do="write `components: nearest each`",
        )
        raise ProtocolError("The windows cannot be applied.", [problem])
    entries = [entry for candidates in of_each for entry in candidates.entries]
    if not any(candidates.days for candidates in of_each):
        entries += recorded
    days = frozenset(entry.day for entry in entries if entry.sure)
    partly = contenders(entries, index, window) if entries else None
    if not days:
        return VisitDay(None, days, partly=partly)
    taken = days_taken(days, index, window)
    if partly is not None:
        return VisitDay(taken[-1] if window.tie == "later" else taken[0], days, partly=partly)
    if len(taken) == 2:
        if window.tie is None:
            return VisitDay(None, days, taken)
        return VisitDay(taken[0] if window.tie == "earlier" else taken[1], days)
    return VisitDay(taken[0], days)


def value_at_visit(candidates: Candidates, visit: VisitDay, index: int, window: Window, facts: MeasureFacts) -> Chosen:
    """The value of one measure on the chosen visit day."""
    if candidates.edge:
        return _at_the_edge(candidates)
    if visit.partly is not None and visit.partly.several:
        return _absent(NOT_EXACT, candidates, dict.fromkeys(candidates.days, passed_over.NO_DAY))
    if visit.day is None:
        if visit.tied:
            why = {day: passed_over.TIE_OPEN if day in visit.tied else passed_over.FURTHER for day in candidates.days}
            tied = [
                day_value(candidates.on(day), window.same_day, facts) for day in visit.tied if day in candidates.days
            ]
            needs: list[Choice] = [need for value in tied for need in value.needs]
            return replace(_absent(EQUALLY_NEAR, candidates, why), needs=tuple(dict.fromkeys(needs)))
        if facts.parts and candidates.without_number:  # a part was recorded, which is a visit
            return _absent(NO_NUMBER, candidates, {})
        return _absent(UNOBSERVED if candidates.leaves else NO_VISIT, candidates, {})
    if visit.day in candidates.days:
        return _of_day(candidates, visit.day, visit.days, index, window, facts)
    reason = NO_NUMBER if visit.day in candidates.without_number else NOT_AT_VISIT
    chosen = _absent(reason, candidates, dict.fromkeys(candidates.days, passed_over.OTHER_VISIT))
    return replace(chosen, day=visit.day)


def value_by_itself(candidates: Candidates, index: int, window: Window, facts: MeasureFacts) -> Chosen:
    """The value of one measure chosen among its own candidates (`components: nearest each`)."""
    if candidates.edge:
        return _at_the_edge(candidates)
    if candidates.unsure:
        return _absent(candidates.unsure, candidates, dict.fromkeys(candidates.days, passed_over.NO_DAY))
    if candidates.bounds and _hangs_on_days(candidates, index, window, facts):
        return _absent(NOT_EXACT, candidates, dict.fromkeys(candidates.days, passed_over.NO_DAY))
    if candidates.blank is not None:
        return _of_all_days(candidates, index, window, facts)
    if not candidates.rows:
        nothing = UNOBSERVED if candidates.leaves else NO_VALUE
        return _absent(NO_NUMBER if candidates.without_number else nothing, candidates, {})
    if not by_day(window):
        if candidates.leaves:
            return _absent(UNOBSERVED, candidates, dict.fromkeys(candidates.days, passed_over.UNOBSERVED))
        if window.least is not None and len(candidates.days) < window.least:
            return _absent(FEW_DAYS, candidates, dict.fromkeys(candidates.days, passed_over.FEW_DAYS))
        return _by_value(candidates, window, facts)
    taken = days_taken(candidates.days, index, window)
    if len(taken) == 1:
        return _of_day(candidates, taken[0], candidates.days, index, window, facts)
    return _of_tie(candidates, taken[0], taken[1], index, window, facts)


def _hangs_on_days(candidates: Candidates, index: int, window: Window, facts: MeasureFacts) -> bool:
    """Whether the value hangs on which of its possible days a row is of. Where days are counted, `unsure` has said so."""
    if by_day(window):
        near = contenders(candidates.entries, index, window)
        return near is not None and near.several
    return window.take not in {"mean", "sum"} and merges(candidates.rows, window, facts.sign)


def _of_all_days(candidates: Candidates, index: int, window: Window, facts: MeasureFacts) -> Chosen:
    """The sum or mean where days without an entry are 0; those with a code in place of a number are not known."""
    known = window.days - len(candidates.without_number - candidates.days)
    why = candidates.blank or ""
    if why or known < (window.least or 1):
        told = {FEW_DAYS: passed_over.FEW_DAYS, UNOBSERVED: passed_over.UNOBSERVED}.get(
            why or FEW_DAYS, passed_over.BLANK
        )
        return _absent(why or FEW_DAYS, candidates, dict.fromkeys(candidates.days, told))
    if not candidates.rows:
        return Chosen(Fraction(0), index + window.to, None, "", (), {}, days=known)
    return _by_value(candidates, window, facts, known, index + window.to)


def _of_day(
    candidates: Candidates, day: int, days: frozenset[int], index: int, window: Window, facts: MeasureFacts
) -> Chosen:
    """The value of a day that was taken whatever its value."""
    why = {other: _day_lost(other, day, index, window) for other in days if other != day}
    return _settle(day_value(candidates.on(day), window.same_day, facts), candidates, why, window, facts)


def _day_lost(other: int, day: int, index: int, window: Window) -> str:
    """Why one day was passed over for another."""
    if window.take == "nearest":
        assert window.target is not None
        if abs(other - index - window.target) == abs(day - index - window.target):
            return passed_over.TIE_LATER if other > day else passed_over.TIE_EARLIER
    return passed_over.NOT_TAKEN[window.take]


def _of_tie(
    candidates: Candidates, earlier: int, later: int, index: int, window: Window, facts: MeasureFacts
) -> Chosen:
    """The value where two days are equally near the target."""
    if window.tie in {"earlier", "later"}:
        day = earlier if window.tie == "earlier" else later
        return _of_day(candidates, day, candidates.days, index, window, facts)
    both = [day_value(candidates.on(day), window.same_day, facts) for day in (earlier, later)]
    why = {other: passed_over.FURTHER for other in candidates.days if other not in {earlier, later}}
    if window.tie is None:
        needs: list[Choice] = ["tie", *(need for value in both for need in value.needs)]
        why |= {earlier: passed_over.TIE_OPEN, later: passed_over.TIE_OPEN}
        return replace(_absent(EQUALLY_NEAR, candidates, why), needs=tuple(dict.fromkeys(needs)))
    different = [value for value in both if value.absent]
    if different:
        why |= {value.day: passed_over.UNSETTLED for value in both if not value.absent}
        chosen = _settle(different[0], candidates, why, window, facts)
        return replace(chosen, day=earlier)
    first, second = (value.value for value in both)
    assert first is not None and second is not None
    if window.tie == "mean":
        mean = DayValue(earlier, (first + second) / 2, censor_of_mean(value.censor for value in both))
        return _settle(mean, candidates, why, window, facts)
    assert window.tie is not None
    up = upward(window.tie, facts.sign)
    won = extreme(both, up, facts)
    why[earlier if won.day == later else later] = (
        passed_over.TIE_WORSE if window.tie == "better" else passed_over.TIE_BETTER
    )
    return _settle(won, candidates, why, window, facts)


def _by_value(
    candidates: Candidates, window: Window, facts: MeasureFacts, known: int | None = None, last: int | None = None
) -> Chosen:
    """The value where the window takes the best, worst, highest, lowest, mean or sum of the day values.

    `known` is how many days count where those without an entry are 0, and `last` the last of them.
    """
    values = [day_value(candidates.on(day), window.same_day, facts) for day in sorted(candidates.days)]
    different = [value for value in values if value.absent]
    if different:
        why = {value.day: passed_over.UNSETTLED for value in values if not value.absent}
        chosen = _settle(different[0], candidates, why, window, facts)
        return replace(chosen, day=None)
    numbers = [value.value for value in values if value.value is not None]
    if window.take in {"mean", "sum"}:
        days = len(numbers) if known is None else known
        value = sum(numbers, Fraction(0)) / (days if window.take == "mean" else 1)
        day = values[-1].day if last is None else last
        made = _settle(
            DayValue(day, value, censor_of_mean(one.censor for one in values)), candidates, {}, window, facts
        )
        known_at_all = made.value is not None or made.limit is not None
        return replace(made, days=days) if known_at_all else made
    won = extreme(values, upward(window.take, facts.sign), facts)
    why = {value.day: passed_over.NOT_TAKEN[window.take] for value in values if value.day != won.day}
    return _settle(won, candidates, why, window, facts)


def _settle(
    value: DayValue, candidates: Candidates, why: Mapping[int, str], window: Window, facts: MeasureFacts
) -> Chosen:
    """The chosen value as it counts: a censored one is absent unless the measure takes the limit."""
    reasons = _rows_lost(candidates, why, window, facts)
    if value.absent:
        return Chosen(None, value.day, None, value.absent, value.needs, reasons)
    cited = value.record if not facts.parts else None  # what a derived value rests on are the rows of its parts
    if value.censor and facts.censored != "limit":
        bound: Bound = next((sign for sign in BOUNDS if sign == value.censor), "")
        limit = value.value if bound and facts.bounds else None
        return Chosen(None, value.day, cited, CENSORED, (), reasons, bound if limit is not None else "", limit)
    return Chosen(value.value, value.day, cited, "", (), reasons)


def _absent(reason: str, candidates: Candidates, why: Mapping[int, str]) -> Chosen:
    return Chosen(None, None, None, reason, (), {row.record: why.get(row.day, "") for row in candidates.rows})


def _at_the_edge(candidates: Candidates) -> Chosen:
    reasons = {row.record: passed_over.BESIDE_EDGE for row in candidates.rows}
    reasons |= {row.record: passed_over.EDGE for row in candidates.edge}
    return Chosen(None, None, None, EDGE, (), reasons)


def _rows_lost(candidates: Candidates, why: Mapping[int, str], window: Window, facts: MeasureFacts) -> dict[int, str]:
    """Why each candidate was passed over: as a duplicate, then by its day, then on its day.

    Where the window takes a value, the day's value is settled before the days are compared, so the day's own reason
    comes first.
    """
    reasons: dict[int, str] = {}
    for day in sorted(candidates.days):
        rows = candidates.on(day)
        kept = {row.record for row in distinct(rows)}
        cited = day_value(rows, window.same_day, facts)
        for row in rows:
            reason = why.get(day, passed_over.CHOSEN)
            inside = passed_over.CHOSEN
            if cited.absent:
                inside = passed_over.DIFFERENT
            elif cited.record is not None and row.record != cited.record:
                inside = passed_over.OTHER_VALUE
            if row.record not in kept:
                reasons[row.record] = passed_over.IDENTICAL
            elif by_day(window):
                reasons[row.record] = reason or inside
            else:
                reasons[row.record] = inside or reason
    return reasons
