"""One pass over the measurements, where a window takes a day whatever its value and nobody asks for record ids.

A row's day becomes a rank (2 x the distance to where the window looks, plus 1 on the side that loses a tie); rank and value are packed into one
whole number, `rank * 2^45 + 2^44 + value`. Its minimum holds the day taken and the lowest value of that day, and the minimum with the value
subtracted holds the highest: equal, and the day has one value. Means, takes by value, undeclared ties, partial dates, censored rows, and
numbers that do not fit go the general way of ``caseseries.assessment.window``.
"""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.assessment.absent import CODES
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

VALUE = 2**45
HALF = 2**44
#: Days lie nearer to the index date than this; `first` and `last` look from there.
FAR = 2**16

#: Per measure: whether its rows fit.
_FITS = """
SELECT m.measure, max(m.value), min(m.value), max(m.day), min(m.day), max(CASE WHEN m.censor <> '' AND m.value IS NOT NULL THEN 1 ELSE 0 END)
FROM measurement AS m
WHERE m.measure IN ({measures})
GROUP BY m.measure
"""

_KEY = """
SELECT case_no, choice, min(base + value) AS low_key, min(base - value) AS high_key
FROM (
    SELECT k.case_no, c.choice, m.value,
        CAST(2 * abs(m.day - k.index_day - c.origin) + CASE WHEN (m.day - k.index_day - c.origin) * c.lean > 0 THEN 1 ELSE 0 END AS BIGINT)
            * {value} + {half} AS base
    FROM included_case AS k
    JOIN measurement AS m ON m.patient = k.patient
    JOIN quick_choice AS c ON c.measure = m.measure
    WHERE m.day - k.index_day BETWEEN c.low AND c.high AND (m.value IS NOT NULL OR c.window_kind = 'each'){seen}
) AS packed
GROUP BY case_no, choice
"""

_UNPACKED = """
SELECT u.case_no, u.choice, c.variant, u.low_value, u.high_value, u.rank,
    CASE WHEN mod(u.rank, 2) = CASE WHEN c.lean > 0 THEN 1 ELSE 0 END THEN c.origin + (u.rank >> 1) ELSE c.origin - (u.rank >> 1) END AS day
FROM (
    SELECT case_no, choice, mod(low_key, {value}) - {half} AS low_value, {half} - mod(high_key, {value}) AS high_value,
        CAST(low_key >> 45 AS INT) AS rank
    FROM quick_key
) AS u
JOIN quick_choice AS c ON c.choice = u.choice
"""

_VISIT = """
WITH written AS (
    SELECT q.case_no, q.variant, min(q.rank) AS rank
    FROM quick_day AS q JOIN quick_variant AS v ON v.variant = q.variant
    WHERE q.rank IS NOT NULL
    GROUP BY q.case_no, q.variant
),
visited AS (
    SELECT k.case_no, v.variant, min(
            2 * abs(f.day - k.index_day - v.origin) + CASE WHEN (f.day - k.index_day - v.origin) * v.lean > 0 THEN 1 ELSE 0 END
        ) AS rank
    FROM included_case AS k
    JOIN fact AS f ON f.patient = k.patient
    CROSS JOIN quick_variant AS v
    WHERE f.kind = 'visit' AND f.day - k.index_day BETWEEN v.low AND v.high{seen}
      AND NOT EXISTS (SELECT 1 FROM written AS w WHERE w.case_no = k.case_no AND w.variant = v.variant)
    GROUP BY k.case_no, v.variant
),
ranked AS (SELECT case_no, variant, rank FROM written UNION ALL SELECT case_no, variant, rank FROM visited)
SELECT r.case_no, r.variant,
    CASE WHEN mod(r.rank, 2) = CASE WHEN v.lean > 0 THEN 1 ELSE 0 END THEN v.origin + (r.rank >> 1) ELSE v.origin - (r.rank >> 1) END AS day,
    FALSE AS open_tie, r.rank AS distance
FROM ranked AS r JOIN quick_variant AS v ON v.variant = r.variant
"""

#: Days on which a measure of a visit was noted without a number.
_BLANK = """
SELECT DISTINCT k.case_no, c.choice
FROM included_case AS k
JOIN measurement AS m ON m.patient = k.patient
JOIN quick_choice AS c ON c.measure = m.measure
JOIN quick_visit AS vd ON vd.case_no = k.case_no AND vd.variant = c.variant AND vd.day = m.day - k.index_day
WHERE m.value IS NULL AND c.window_kind = 'visit'
"""

_TAKEN = """
SELECT case_no, choice, CASE WHEN absent = 0 THEN CAST(value AS {wide}) END AS num, CASE WHEN absent = 0 THEN CAST({millionth} AS {wide}) END AS den,
    CASE WHEN window_kind = 'visit' THEN visit ELSE day END AS day, CAST(NULL AS BIGINT) AS record, absent,
    differs AND undeclared AS open_same_day
FROM (
    SELECT k.case_no, c.choice, c.window_kind, c.undeclared, q.day, vd.day AS visit,
        CASE WHEN c.pick > 0 THEN q.high_value ELSE q.low_value END AS value,
        coalesce(q.low_value <> q.high_value, FALSE) AS differs,
        CASE
            WHEN c.window_kind = 'visit' AND vd.day IS NULL THEN CASE WHEN {leaves} THEN {unobserved} ELSE {no_visit} END
            WHEN q.rank IS NULL AND b.choice IS NOT NULL THEN {no_number}
            WHEN q.rank IS NULL AND c.window_kind = 'visit' THEN {not_at_visit}
            WHEN q.rank IS NULL AND q.choice IS NOT NULL THEN {no_number}
            WHEN q.rank IS NULL THEN CASE WHEN {leaves} THEN {unobserved} ELSE {no_value} END
            WHEN c.pick = 0 AND q.low_value <> q.high_value THEN {different}
            ELSE 0
        END AS absent
    FROM included_case AS k
    CROSS JOIN quick_choice AS c
    LEFT JOIN quick_visit AS vd ON vd.case_no = k.case_no AND vd.variant = c.variant
    LEFT JOIN quick_day AS q ON q.case_no = k.case_no AND q.choice = c.choice AND (c.window_kind = 'each' OR q.day = vd.day)
    LEFT JOIN quick_blank AS b ON b.case_no = k.case_no AND b.choice = c.choice
) AS settled
"""

_CHOICES = """
SELECT choice, variant, measure, sign, window_kind, low, high, target, take, tie, same_day
FROM choice WHERE kind = 'value' ORDER BY choice
"""


def quick_choices(engine: Engine, protocol: Protocol) -> tuple[int, ...]:
    """The choices of the table ``choice`` that one pass can answer; fills ``quick_choice`` and ``quick_variant`` with them."""
    rows = engine.rows(_CHOICES)
    if protocol.partial_dates == "bounds":
        rows = []
    fits = _fitting(engine, {row[2] for row in rows}) if rows else frozenset()
    by_variant: dict[int, bool] = {}
    each: list[int] = []
    for choice, variant, measure, _, kind, _, _, target, take, tie, same_day in rows:
        fine = measure in fits and same_day != "mean"
        fine = fine and (
            take in {"first", "last"} or (take == "nearest" and tie in {"earlier", "later"} and abs(target) < FAR)
        )
        if kind == "visit":
            by_variant[variant] = by_variant.get(variant, True) and fine
        elif fine:
            each.append(choice)
    chosen, variants = [], {}
    for choice, variant, measure, sign, kind, low, high, target, take, tie, same_day in rows:
        if not (by_variant.get(variant, False) if kind == "visit" else choice in each):
            continue
        origin = target if take == "nearest" else -FAR if take == "first" else FAR
        lean = -1 if tie == "later" and take == "nearest" else 1
        highest = same_day == "highest" or (same_day == "best" and sign > 0) or (same_day == "worst" and sign < 0)
        pick = 0 if same_day in {None, "not evaluable"} else 1 if highest else -1
        chosen.append((choice, variant, measure, kind, low, high, origin, lean, pick, same_day is None))
        if kind == "visit":
            variants[variant] = (variant, low, high, origin, lean)
    engine.table(
        "quick_choice",
        [
            ("choice", "INT"), ("variant", "INT"), ("measure", "INT"), ("window_kind", engine.dialect.text), ("low", "INT"), ("high", "INT"),
            ("origin", "INT"), ("lean", "INT"), ("pick", "INT"), ("undeclared", "BOOLEAN"),
        ],
        chosen,
    )  # fmt: skip
    columns = [("variant", "INT"), ("low", "INT"), ("high", "INT"), ("origin", "INT"), ("lean", "INT")]
    engine.table("quick_variant", columns, list(variants.values()))
    return tuple(row[0] for row in chosen)


def _fitting(engine: Engine, measures: Iterable[int]) -> frozenset[int]:
    """Of these measures, those whose rows are all uncensored, with values and days small enough to be packed."""
    ((earliest, latest),) = engine.rows("SELECT min(index_day), max(index_day) FROM included_case")
    asked = frozenset(measures)
    if earliest is None:
        return asked
    unfit = {
        measure
        for measure, highest, lowest, last, first, censored in engine.rows(
            _FITS.format(measures=", ".join(map(str, sorted(asked))))
        )
        if censored
        or (highest is not None and max(int(highest), -int(lowest)) >= HALF)
        or max(last - earliest, latest - first) >= FAR
    }
    return asked - unfit


def take_quickly(engine: Engine, *, leaves: str, seen: str, seen_visit: str) -> str:
    """Fill ``quick_visit``, and give the query of ``taken`` for the choices of ``quick_choice``.

    The conditions are those of ``caseseries.assessment.window``: of a window that leaves observed time, of a row and of a visit in the
    index period.
    """
    engine.keep("quick_key", _KEY.format(value=VALUE, half=HALF, seen=seen))
    engine.keep("quick_day", _UNPACKED.format(value=VALUE, half=HALF))
    engine.keep("quick_visit", _VISIT.format(seen=seen_visit))
    engine.keep("quick_blank", _BLANK)
    return _TAKEN.format(wide=engine.dialect.wide, millionth=MILLIONTH, leaves=leaves, **CODES)
