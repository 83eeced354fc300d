"""Which rows a window may take where dates are known in part: ``partial_dates: bounds`` in a chart.

    partly_choice(case_no, choice, low, high, several)           grain: choice taken by itself whose value has one of several days
    partly_visit(case_no, variant, low, high, several, perhaps)  grain: window with one visit for all, where it has one of several days

A row of a partial date may be of any of its days. A window that takes a day (nearest, last, first) takes one of the rows that no other row
surely comes before; where these are of several visits (`several`), it is not known which. `perhaps` says that there may be none in the window.
Needs ``candidate`` with the days it may be of (``PLACE``).
"""

from __future__ import annotations

from caseseries.chart.derived import parted
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

#: What is added to a candidate: the days it may be of; and, where a partial date tells its rows apart, the row of the source.
ENDS = ", m.low - k.index_day AS low, m.high - k.index_day AS high"
PLACE = f"{ENDS}, m.source_row"

#: The least and the most that may stand between a row and what the window asks for.
_NEAREST = """CASE take WHEN 'last' THEN -high WHEN 'first' THEN low
        ELSE CASE WHEN low <= target AND high >= target THEN 0 ELSE least(abs(low - target), abs(high - target)) END END"""
_FURTHEST = (
    "CASE take WHEN 'last' THEN -low WHEN 'first' THEN high ELSE greatest(abs(low - target), abs(high - target)) END"
)
#: What a row belongs to: its day, or, of a date known in part, its row of the source.
_VISIT = "CASE WHEN {row}.low <> {row}.high THEN {number} * 4 + {kind} ELSE CAST({row}.day AS BIGINT) * 4 END"

#: {{entry}} has the keys, low, high, sure, visit, take, target.
_CONTENDERS = f"""
WITH entry AS ({{entry}}),
placed AS (
    SELECT {{keys}}, low, high, low_of <> high_of AS partial, sure, visit, {_NEAREST} AS nearest, {_FURTHEST} AS furthest FROM entry
),
compared AS (
    SELECT placed.*, min(CASE WHEN sure THEN furthest END) OVER (PARTITION BY {{keys}}) AS least FROM placed
)
SELECT {{keys}}, CAST(min(low) AS INT) AS low, CAST(max(high) AS INT) AS high, count(DISTINCT visit) > 1 OR max(least) IS NULL AS several,
    max(least) IS NULL AS perhaps
FROM compared WHERE least IS NULL OR nearest <= least
GROUP BY {{keys}} HAVING bool_or(partial)
"""

_BY_ITSELF = f"""
SELECT d.case_no, d.choice, d.low, d.high, d.low AS low_of, d.high AS high_of, TRUE AS sure,
    {_VISIT.format(row="d", number="d.source_row", kind=1)} AS visit, c.take, c.target
FROM candidate AS d JOIN choice AS c ON c.choice = d.choice
WHERE NOT d.straddles AND c.window_kind = 'each' AND c.take IN ('nearest', 'last', 'first')
"""

#: Of a value taken of all days: whether two different values may be of one day and the value hangs on whether they are.
_OF_ALL = """
SELECT d.case_no, d.choice, CAST(min(d.low) AS INT) AS low, CAST(max(d.high) AS INT) AS high, bool_or(d.merged) AS several
FROM (
    SELECT d.case_no, d.choice, d.low, d.high,
        c.take NOT IN ('mean', 'sum') AND coalesce({take} <> {same_day}, TRUE) AND EXISTS (
            SELECT 1 FROM candidate AS o
            WHERE o.case_no = d.case_no AND o.choice = d.choice AND NOT o.straddles AND d.low <> d.high AND o.low <= d.high AND o.high >= d.low
              AND NOT (o.value{o_den} = d.value{d_den} AND o.censor = d.censor)
        ) AS merged
    FROM candidate AS d JOIN choice AS c ON c.choice = d.choice
    WHERE NOT d.straddles AND c.window_kind = 'each' AND c.take NOT IN ('nearest', 'last', 'first')
) AS d
GROUP BY d.case_no, d.choice HAVING bool_or(d.low <> d.high)
"""
_UP = "CASE {word} WHEN 'highest' THEN 1 WHEN 'lowest' THEN -1 WHEN 'best' THEN c.sign WHEN 'worst' THEN -c.sign END"

#: Where nothing of the outcome is written in the window, recorded visits; also one that may lie beside it.
_OF_VISIT = f"""
SELECT d.case_no, c.variant, greatest(d.low, c.low) AS low, least(d.high, c.high) AS high, d.low AS low_of, d.high AS high_of,
    NOT d.straddles AS sure, {_VISIT.format(row="d", number="d.source_row", kind=1)} AS visit, c.take, c.target
FROM candidate AS d JOIN choice AS c ON c.choice = d.choice
WHERE c.window_kind = 'visit'
UNION ALL
SELECT f.case_no, v.variant, greatest(f.low, v.low), least(f.high, v.high), f.low, f.high, f.low >= v.low AND f.high <= v.high,
    {_VISIT.format(row="f", number="f.record", kind=2)}, v.take, v.target
FROM (
    SELECT k.case_no, k.observed_first, k.observed_last, f.record, f.day - k.index_day AS day, coalesce(f.low, f.day) - k.index_day AS low,
        coalesce(f.high, f.day) - k.index_day AS high, f.day AS on_day
    FROM included_case AS k JOIN fact AS f ON f.patient = k.patient WHERE f.kind = 'visit' AND f.day IS NOT NULL
) AS f
CROSS JOIN variant AS v
WHERE v.kind = 'visit' AND f.low <= v.high AND f.high >= v.low{{seen}}
  AND NOT EXISTS (
    SELECT 1 FROM candidate AS d JOIN choice AS c ON c.choice = d.choice
    WHERE d.case_no = f.case_no AND c.variant = v.variant AND c.window_kind = 'visit' AND NOT d.straddles
  )
"""
_NO_CHOICE = """SELECT case_no, CAST(0 AS INT) AS choice, CAST(0 AS INT) AS low, CAST(0 AS INT) AS high, FALSE AS several FROM included_case
WHERE FALSE"""
_NO_VISIT = """SELECT case_no, CAST(0 AS INT) AS variant, CAST(0 AS INT) AS low, CAST(0 AS INT) AS high, FALSE AS several, FALSE AS perhaps
FROM included_case WHERE FALSE"""


def in_bounds(protocol: Protocol, numbers: Numbers) -> bool:
    """Whether a date known in part stands for each of its days; in a database every date is known to the day."""
    return protocol.partial_dates == "bounds" and not numbers.database


def find_contenders(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep the tables of this module for the choices compiled before."""
    if not in_bounds(protocol, numbers):
        engine.keep("partly_choice", _NO_CHOICE)
        engine.keep("partly_visit", _NO_VISIT)
        return
    by_itself = _CONTENDERS.format(entry=_BY_ITSELF, keys="case_no, choice")
    den = parted(protocol)
    of_all = _OF_ALL.format(
        take=_UP.format(word="c.take"),
        same_day=_UP.format(word="c.same_day"),
        o_den=f" * CAST(d.den AS {engine.dialect.wide})" if den else "",
        d_den=f" * CAST(o.den AS {engine.dialect.wide})" if den else "",
    )
    engine.keep(
        "partly_choice", f"SELECT case_no, choice, low, high, several FROM ({by_itself}) AS d UNION ALL {of_all}"
    )
    seen = " AND f.on_day BETWEEN f.observed_first AND f.observed_last" if numbers.observed else ""
    engine.keep("partly_visit", _CONTENDERS.format(entry=_OF_VISIT.format(seen=seen), keys="case_no, variant"))
