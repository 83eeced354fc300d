"""Which days of a window were seen of each case: within observed time, before a death, to the end of follow-up, and of the known history."""

from __future__ import annotations

from caseseries.assessment.window import LAST_SEEN
from caseseries.chart.store import Numbers
from caseseries.cohort.look_back import with_history
from caseseries.engine.connection import Engine
from caseseries.protocol.window import Window


def keep_days_seen(engine: Engine, numbers: Numbers, window: Window, table: str) -> None:
    """Keep a table (case_no, low, high): the first and the last day that were seen, relative to the index date; high below low where none was."""
    low, high = window.from_, window.to
    last = f"least({high}, {LAST_SEEN if numbers.observed else 'k.seen_end - k.index_day'})"
    first = f"CAST({low} AS INT)"
    if numbers.observed:
        first = f"greatest({low}, k.observed_first - k.index_day)"
    elif low < 0:
        since = "0" if numbers.history == "open" else f"least(coalesce(h.known_from - k.index_day, {low}), 0)"
        first = f"greatest({low}, {since})"
    engine.keep(
        table, f"SELECT k.case_no, {first} AS low, {last} AS high FROM included_case AS k {with_history(numbers, 'k')}"
    )


def keep_all_days(engine: Engine, window: Window, table: str) -> None:
    """Keep the same of all days of the window, seen or not."""
    low, high = window.from_, window.to
    engine.keep(table, f"SELECT case_no, CAST({low} AS INT) AS low, CAST({high} AS INT) AS high FROM included_case")
