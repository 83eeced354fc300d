"""Which days of a window were seen of one case, and why not all of them were: nothing recorded is nothing on days that were seen alone."""

from __future__ import annotations

from typing import Final

from caseseries.protocol.window import Window
from caseseries.reference.follow_up import death_days, follow_up_ends, index_period, leaves_observed_time
from caseseries.reference.look_back import covers
from caseseries.reference.record import Indexed, PatientRows

AFTER_END: Final = "after the end of follow-up"
NO_HISTORY: Final = "before the known history"
UNOBSERVED: Final = "window leaves observed time"


def days_seen(study: Indexed, rows: PatientRows, index: int, window: Window) -> tuple[int, int]:
    """The first and the last day of a window (relative to the index day) that were seen; the last before the first where none was."""
    period, end = index_period(rows, index), follow_up_ends(study, rows, index)[0]
    if period is not None:
        died = death_days(rows)
        end = end if died is None else min(end, died[0])
        return max(window.from_, period[0] - index), min(window.to, end - index)
    first = window.from_
    if first < 0 and not _known(study, rows, index, first):
        since = rows.person.known_from if study.chart.history == "since" else None
        first = 0 if since is None else min(max(first, since - index), 0)
    return first, min(window.to, end - index)


def not_seen(study: Indexed, rows: PatientRows, index: int, low: int, high: int) -> str:
    """Why some day from `low` to `high` (relative to the index day) was not seen; empty where all were."""
    if leaves_observed_time(study, rows, index, index + low, index + high):
        return UNOBSERVED
    if rows.observed is not None:
        return ""
    if follow_up_ends(study, rows, index)[0] - index < high:
        return AFTER_END
    return "" if low >= 0 or _known(study, rows, index, low) else NO_HISTORY


def _known(study: Indexed, rows: PatientRows, index: int, low: int) -> bool:
    """Whether a chart tells of the days from `low` on, before the index day."""
    return study.chart.history != "open" and covers(study, rows, index, -low)
