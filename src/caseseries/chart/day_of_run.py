"""The day on which a chart is read: no row can be later. It may stop a run, and never changes a number."""

from __future__ import annotations

import datetime as dt

from caseseries.chart.tables import day_number

#: The first time zone in which a day begins, UTC+14.
_FIRST_ZONE = dt.timezone(dt.timedelta(hours=14))


def today() -> int:
    """The day number of today, where on earth the day begins first, so that no time zone matters; tests put another in its place."""
    return day_number(dt.datetime.now(_FIRST_ZONE).date())


def last_possible(cutoff: int | None, day_of_run: int | None = None) -> int:
    """The last day a row can be about: the day of the run, or a data cut-off declared beyond it, as where dates were shifted.

    >>> last_possible(None, 100), last_possible(50, 100), last_possible(500, 100)
    (100, 100, 500)
    """
    run = today() if day_of_run is None else day_of_run
    return run if cutoff is None else max(run, cutoff)
