"""Which rows a window may take where dates are known in part, one case at a time.

Under ``partial_dates: bounds`` a row whose date is known in part may be of any of its days. A window that takes a day (nearest, last, first) takes
one of the rows that no other row surely comes before; where these are of several visits, it is not known which.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from caseseries.chart.tables import Measurement
from caseseries.errors import ensure
from caseseries.protocol.window import Window
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import PatientRows

EDGE: Final = "partial date at the edge of the window"
NOT_EXACT: Final = "date not exact"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row or visit that a window may take: the days that it may be of, whether all of them lie in the window, and what it belongs to."""

    day: int
    low: int
    high: int
    sure: bool
    visit: Hashable


@dataclass(frozen=True, slots=True)
class Contenders:
    """The first and the last day of the rows of which the window takes one, and whether they are of several visits."""

    low: int
    high: int
    several: bool


def entry_of(row: Measurement, *, sure: bool, bounds: bool) -> Entry:
    """A row: one of a known day belongs to that day, one of a partial date to its row of the source."""
    if not bounds or row.low == row.high:
        return Entry(row.day, row.day, row.day, sure, ("day", row.day))
    return Entry(row.day, row.low, row.high, sure, ("row", row.row_id))


def contenders(entries: Iterable[Entry], index: int, window: Window) -> Contenders | None:
    """The rows of which the window takes one, where one of them has a partial date; None where none has."""
    first, last = index + window.from_, index + window.to
    placed = [(max(one.low, first), min(one.high, last), one) for one in entries]
    surely = [_distances(low, high, index, window)[1] for low, high, one in placed if one.sure]
    least = min(surely, default=None)
    near = [
        (low, high, one)
        for low, high, one in placed
        if least is None or _distances(low, high, index, window)[0] <= least
    ]
    if all(one.low == one.high for _, _, one in near):
        return None
    several = len({one.visit for _, _, one in near}) > 1 or least is None
    return Contenders(min(low for low, _, _ in near), max(high for _, high, _ in near), several)


def _distances(low: int, high: int, index: int, window: Window) -> tuple[int, int]:
    """The least and the most that may stand between a row and what the window asks for."""
    if window.take == "last":
        return -high, -low
    if window.take == "first":
        return low, high
    assert window.target is not None
    target = index + window.target
    ends = abs(low - target), abs(high - target)
    return (0 if low <= target <= high else min(ends)), max(ends)


def days_taken(days: frozenset[int], index: int, window: Window) -> tuple[int, ...]:
    """The day that `nearest`, `last` or `first` takes; two, the earlier first, where both are equally near."""
    if window.take == "last":
        return (max(days),)
    if window.take == "first":
        return (min(days),)
    ensure(window.take == "nearest", "only days are taken here")
    assert window.target is not None
    target = index + window.target
    distance = min(abs(day - target) for day in days)
    return tuple(sorted(day for day in days if abs(day - target) == distance))


def by_day(window: Window) -> bool:
    """Whether the window takes a day whatever its value."""
    return window.take in {"nearest", "last", "first"}


def merges(rows: Sequence[Measurement], window: Window, sign: int) -> bool:
    """Whether two different values may be of one day, so that the value taken of all days hangs on whether they are."""
    if _up(window.take, sign) == _up(window.same_day, sign) != 0:
        return False
    return any(
        row.low != row.high
        and one.low <= row.high
        and one.high >= row.low
        and (row.value, row.censor) != (one.value, one.censor)
        for row in rows
        for one in rows
    )


def _up(word: str | None, sign: int) -> int:
    """Whether a word asks for the highest (1) or the lowest (-1); 0 for another one."""
    return {"highest": 1, "lowest": -1, "best": sign or 1, "worst": -(sign or 1)}.get(word or "", 0)


def which_days(rows: PatientRows, index: int, measure: str, window: Window, *, codes: bool) -> str:
    """Where days are counted: why it is not known which of them have an entry.

    An entry of a day that is not known may be of the same day as another one; `codes` in place of a number may lie in the window or beside it.
    """
    if window.take not in {"sum", "mean"} and window.recorded is None:
        return ""
    first, last, period = index + window.from_, index + window.to, index_period(rows, index)
    near = [
        row
        for row in rows.measurements.get(measure, ())
        if (codes or row.value is not None) and row.low <= last and row.high >= first
        if period is None or period[0] <= row.day <= period[1]
    ]
    partial = [row for row in near if row.low != row.high]
    if any(not (first <= row.low and row.high <= last) for row in partial):
        return EDGE
    alone = all(row is one or one.high < row.low or one.low > row.high for row in partial for one in near)
    return "" if alone else NOT_EXACT
