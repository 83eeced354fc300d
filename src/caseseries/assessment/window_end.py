"""On which day a window ends of which the last day differs from case to case.

    window_end(case_no, low, high, why)     grain: included case

`low` and `high` are the first and the last day, relative to the index date, that may be the last of the window; the same where it is known. `why`
is a code of ``caseseries.assessment.absent``: 0, or why it may be later than `high`, or, where `low` is NULL, why there is, or may be, none.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.occurrence import count_occurrences, find_occurrences
from caseseries.assessment.seen import keep_days_seen
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window

#: No later than an event that is certain, no earlier than any that is possible, and than the first day on which nobody looked.
_UNTIL = """
SELECT case_no, CAST(least(high, CASE WHEN NOT {told} OR first > {low} THEN {low} ELSE high END,
        CASE WHEN last < {high} THEN greatest(last + 1, {low}) ELSE high END, coalesce(perhaps, high)) AS INT) AS low, high, 0 AS why
FROM (
    SELECT k.case_no, coalesce(f.surely, CAST({high} AS INT)) AS high, f.perhaps, d.low AS first, d.high AS last
    FROM included_case AS k
    JOIN window_seen AS d ON d.case_no = k.case_no
    LEFT JOIN (
        SELECT case_no, min(CASE WHEN sure THEN high END) AS surely, min(greatest(coalesce(low, {low}), {low})) AS perhaps
        FROM occurrence_found GROUP BY case_no
    ) AS f ON f.case_no = k.case_no
) AS found
"""

#: The longest time between two events of the past, where all of them are known to the day and every day was seen. `apart`: two are surely on
#: different days, so that there is such a time, known or not.
_AFTER = """
SELECT case_no,
    CAST(CASE why WHEN 0 THEN last WHEN {too_long} THEN {high} WHEN {no_length} THEN CASE WHEN apart THEN {shortest} END END AS INT) AS low,
    CASE WHEN why = 0 THEN last ELSE {high} END AS high, why
FROM (
    SELECT case_no, apart, last, CASE WHEN unseen THEN {no_length} WHEN perhaps < 2 THEN {no_interval} WHEN surely <> perhaps THEN {no_length}
        WHEN last > {high} THEN {too_long} ELSE 0 END AS why
    FROM (
        SELECT c.case_no, c.surely, c.perhaps, coalesce(s.apart, FALSE) AS apart, NOT {told} OR c.leaves OR c.ended OR c.uncovered AS unseen,
            {low} + greatest({floor}, {length}) - 1 AS last
        FROM occurrence_counted AS c
        LEFT JOIN (
            SELECT case_no, max(gap) AS longest
            FROM (
                SELECT case_no, CAST(day - lag(day) OVER (PARTITION BY case_no ORDER BY day) AS INT) AS gap
                FROM (SELECT DISTINCT case_no, day FROM occurrence_found WHERE sure AND exact) AS days
            ) AS gaps
            GROUP BY case_no
        ) AS g ON g.case_no = c.case_no
        LEFT JOIN (
            SELECT case_no, max(low) > min(high) AS apart FROM occurrence_found WHERE sure GROUP BY case_no
        ) AS s ON s.case_no = c.case_no
    ) AS counted
) AS told
"""

_LEFT = ("occurrence_term", "occurrence_found", "occurrence_counted", "window_seen")


def find_window_ends(engine: Engine, protocol: Protocol, numbers: Numbers, window: Window) -> None:
    """Keep ``window_end`` of a window that moves."""
    said = {"low": window.from_, "high": window.to, **CODES}
    if window.until is not None:
        told = find_occurrences(engine, protocol, numbers, window.until, window)
        keep_days_seen(engine, numbers, window, "window_seen")
        engine.keep("window_end", _UNTIL.format(told="TRUE" if told else "FALSE", **said))
    else:
        length = window.length
        assert length is not None
        past = protocol.windows[length.in_]
        told = count_occurrences(engine, protocol, numbers, length.longest_between, past)
        times = length.times
        # rounded up: a part of a day is a whole one
        wide = engine.dialect.wide
        parts = f"CAST(g.longest AS {wide}) * {times.numerator} + {times.denominator - 1}"
        days = engine.dialect.divide(f"({parts})", f"CAST({times.denominator} AS {wide})")
        engine.keep(
            "window_end",
            _AFTER.format(
                told="TRUE" if told else "FALSE",
                floor=length.shortest,
                length=f"coalesce({days}, 0)",
                shortest=min(window.from_ + length.shortest - 1, window.to),
                **said,
            ),
        )
    engine.forget(*_LEFT)
