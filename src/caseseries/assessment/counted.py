"""Measures that count events: how many begin in a window, or how many per so many observed days.

    count_range(case_no, choice, least, most, parts, days)

Grain: included case x choice of a count of which something is known: between least/parts and most/parts (NULL: no limit), over so many observed days.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled
from caseseries.assessment.occurrence import count_occurrences
from caseseries.assessment.seen import keep_all_days, keep_days_seen
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.counted import Counted, counts_taken
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window

#: What is known of one count. Of a plain number the events that surely began are the least there were, however little was observed.
_KNOWN = """
SELECT case_no, {choice} AS choice, why, CASE WHEN why = 0 THEN high END AS day,
    CASE WHEN why IN (0, {not_exact}){seen} THEN CAST(surely * {per} AS BIGINT) END AS least,
    CASE WHEN why IN (0, {not_exact}) THEN CAST(perhaps * {per} AS BIGINT) END AS most,
    CAST({parts} AS BIGINT) AS parts, {days} AS days
FROM (
    SELECT c.case_no, c.surely, c.perhaps, w.high, greatest(w.high - w.low + 1, 0) AS days,
        CASE WHEN NOT {told} THEN {uncharted} {unseen} WHEN c.surely <> c.perhaps THEN {not_exact} ELSE 0 END AS why
    FROM occurrence_counted AS c JOIN count_days AS w ON w.case_no = c.case_no
) AS told
"""
_WHOLE = "WHEN c.leaves THEN {unobserved} WHEN c.ended THEN {after_end} WHEN c.uncovered THEN {no_history}"
_ENOUGH = "WHEN greatest(w.high - w.low + 1, 0) < {least} THEN {few_days}"

#: The values of counts as rows of ``quantity``.
QUANTITY = f"""
SELECT case_no, choice, CASE WHEN why = 0 THEN CAST(least AS {{wide}}) * {MILLIONTH} END AS num,
    CASE WHEN why = 0 THEN CAST(parts AS {{wide}}) * {MILLIONTH} END AS den, day, CAST(NULL AS BIGINT) AS record, why AS absent
FROM count_case
"""


def take_counts(engine: Engine, protocol: Protocol, numbers: Numbers, compiled: Compiled) -> bool:
    """Fill ``count_case`` and ``count_range`` for the counts of an outcome; whether it has any."""
    window_of = {number: window for (_, window), number in compiled.variants.items()}
    queries = []
    for (variant, name, _), choice in compiled.choices.items():
        measure = protocol.measures[name]
        if isinstance(measure, Counted):
            table = f"count_{choice}"
            engine.keep(table, _count(engine, protocol, numbers, measure, window_of[variant], choice))
            queries.append(table)
    if queries:
        engine.keep("count_case", " UNION ALL ".join(f"SELECT * FROM {table}" for table in queries))
        engine.forget("occurrence_term", "occurrence_found", "occurrence_counted", "count_days", *queries)
    if counts_taken(protocol.measures):
        known = "SELECT case_no, choice, least, most, parts, days FROM count_case WHERE least IS NOT NULL"
        big = "CAST(0 AS BIGINT)"
        none = f"SELECT case_no, 0 AS choice, {big} AS least, {big} AS most, {big} AS parts, {big} AS days FROM included_case WHERE FALSE"
        engine.keep("count_range", known if queries else none)
    return bool(queries)


def _count(engine: Engine, protocol: Protocol, numbers: Numbers, measure: Counted, window: Window, choice: int) -> str:
    """The query of one count of every case; keeps what it reads."""
    rate = measure.per is not None
    told = find_counted(engine, protocol, numbers, measure.count, window, observed=rate)
    unseen = (_ENOUGH if rate and window.recorded is not None else _WHOLE).format(least=window.recorded, **CODES)
    return _KNOWN.format(
        choice=choice,
        told="TRUE" if told else "FALSE",
        unseen=unseen,
        seen="" if rate else " OR surely > 0",
        per=measure.per or 1,
        parts="days" if rate else "1",
        days="days" if rate else "CAST(NULL AS INT)",
        **CODES,
    )


def find_counted(
    engine: Engine, protocol: Protocol, numbers: Numbers, name: str, window: Window, *, observed: bool
) -> bool:
    """Keep ``count_days`` and ``occurrence_counted``: the days of the window (or those that were `observed`), and the events that begin on them;
    whether the source could tell such events.
    """
    if observed:
        keep_days_seen(engine, numbers, window, "count_days")
    else:
        keep_all_days(engine, window, "count_days")
    return count_occurrences(engine, protocol, numbers, name, window, "count_days" if observed else "")
