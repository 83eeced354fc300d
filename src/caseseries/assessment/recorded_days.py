"""Days with a value: windows that ask for a least number of them, sums, and the days without an entry that are days of 0.

Changes ``taken``; needs ``candidate`` as the values were chosen from. Leaves, where some window takes a sum or a mean,

    summed_days(case_no, choice, days)     grain: included case x choice of a sum or mean; how many days of the window are known
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES, NUMBERED
from caseseries.assessment.compile import Compiled
from caseseries.assessment.window import leaves, seen
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.cohort.look_back import uncovered, with_history
from caseseries.engine.connection import Engine
from caseseries.protocol.extremes import Stretch
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import VALUE_TAKES

#: What comes before it as a reason: then there is no value to count, or it is not known which.
_BEFORE = ("edge", "no_visit", "no_number", "no_value", "unobserved")

#: Of a choice whose blank days are zero: the days with a code in place of a number, and who has any value at all.
_KEPT = """
SELECT k.case_no, l.choice, max(CASE WHEN m.value IS NULL THEN 0 ELSE 1 END) AS kept,
    count(DISTINCT CASE WHEN m.value IS NULL AND m.day - k.index_day BETWEEN l.low AND l.high AND d.choice IS NULL THEN m.day END) AS noted
FROM included_case AS k
JOIN measurement AS m ON m.patient = k.patient
JOIN least_days AS l ON l.measure = m.measure
LEFT JOIN (SELECT DISTINCT case_no, choice, day FROM candidate) AS d
    ON d.case_no = k.case_no AND d.choice = l.choice AND d.day = m.day - k.index_day
WHERE l.blank{seen}
GROUP BY k.case_no, l.choice
"""

#: Where days are counted: why it is not known which of them have an entry. One of a day that is not known may be of the same day as another, and a
#: code in place of a number may lie beside the window; a value there is at its edge anyway.
_UNSURE = """
WITH entry AS (
    SELECT k.case_no, l.choice, l.low AS first, l.high AS last, m.low - k.index_day AS low, m.high - k.index_day AS high
    FROM included_case AS k
    JOIN measurement AS m ON m.patient = k.patient
    JOIN least_days AS l ON l.measure = m.measure
    WHERE (m.value IS NOT NULL OR l.blank) AND m.low - k.index_day <= l.high AND m.high - k.index_day >= l.low{seen}
)
SELECT case_no, choice, min(CASE WHEN beside THEN {edge} ELSE {not_exact} END) AS why
FROM (
    SELECT e.case_no, e.choice, e.low < e.first OR e.high > e.last AS beside, count(*) AS together
    FROM entry AS e JOIN entry AS o ON o.case_no = e.case_no AND o.choice = e.choice AND o.low <= e.high AND o.high >= e.low
    WHERE e.low <> e.high
    GROUP BY e.case_no, e.choice, e.low, e.high, e.first, e.last
) AS partial
WHERE beside OR together > 1
GROUP BY case_no, choice
"""
#: In a database, and where a date stands for one day, every day is known.
_SURE = "SELECT case_no, CAST(0 AS INT) AS choice, CAST(0 AS INT) AS why FROM included_case WHERE FALSE"

#: How many days are known, and why there is no value. A blank day is one of 0 where it was observed, of whoever has some value.
_KNOWN = """
SELECT o.*, l.high, l.averaged, coalesce(z.kept, 0) = 1 AS blank, coalesce(d.days, 0) AS days, coalesce(l.told, FALSE) AS told,
    CASE WHEN z.kept = 1 THEN l.high - l.low + 1 - z.noted ELSE coalesce(d.days, 0) END AS known,
    CASE
        WHEN l.choice IS NULL OR o.absent = {edge} THEN o.absent
        WHEN u.choice IS NOT NULL AND (NOT l.blank OR z.kept = 1) THEN u.why
        WHEN coalesce(z.kept, 0) = 0
            THEN CASE WHEN o.absent NOT IN ({before}) AND coalesce(d.days, 0) < l.least THEN {few_days} ELSE o.absent END
        WHEN {leaves} THEN {unobserved}
        WHEN {ended} THEN {after_end}
        WHEN {uncovered} THEN {no_history}
        WHEN l.high - l.low + 1 - z.noted < l.least THEN {few_days}
        WHEN o.absent IN ({no_value}, {no_number}) THEN 0
        ELSE o.absent
    END AS why
FROM on_any_days AS o
JOIN included_case AS k ON k.case_no = o.case_no
{history}
LEFT JOIN least_days AS l ON l.choice = o.choice
LEFT JOIN (SELECT case_no, choice, count(DISTINCT day) AS days FROM candidate GROUP BY case_no, choice) AS d
    ON d.case_no = o.case_no AND d.choice = o.choice
LEFT JOIN days_kept AS z ON z.case_no = o.case_no AND z.choice = o.choice
LEFT JOIN days_unsure AS u ON u.case_no = o.case_no AND u.choice = o.choice
"""

_TAKEN = """
SELECT t.case_no, t.choice, t.why AS absent, t.open_same_day AND t.why = t.absent AS open_same_day,
    CASE WHEN t.why = t.absent THEN t.num WHEN t.why = 0 THEN 0 END AS num,
    CASE WHEN t.why <> t.absent AND t.why = 0 THEN CAST({millionth} AS {wide})
         WHEN t.why <> t.absent THEN NULL
         WHEN t.blank AND t.averaged AND t.days > 0 THEN {share} * CAST(t.known AS {wide}) ELSE t.den END AS den,
    CASE WHEN t.blank AND t.why IN (0, {censored}, {numbered}) THEN t.high WHEN t.why = t.absent THEN t.day END AS day,
    CASE WHEN t.why = t.absent THEN t.record END AS record
FROM days_known AS t
"""


def require_days(engine: Engine, protocol: Protocol, numbers: Numbers, compiled: Compiled) -> None:
    """Take nothing where a window asks for more days with a value than there are; days without an entry are 0 where the protocol says so."""
    window_of = {number: window for (_, window), number in compiled.variants.items()}
    bounds = protocol.partial_dates == "bounds"
    rows, plain = [], []
    for (variant, measure, _), choice in compiled.choices.items():
        window = window_of[variant]
        if window.take in VALUE_TAKES and not isinstance(window, Stretch):
            added, averaged = window.take == "sum", window.take == "mean"
            blank = measure_facts(protocol, measure).blank_zero and (added or averaged)
            if window.least is not None or blank or (averaged and bounds):
                of = numbers.measures.get(measure, 0)
                rows.append(
                    (choice, of, window.from_, window.to, window.least or 1, blank, averaged, added or averaged)
                )
            elif averaged:
                plain.append(choice)
    if rows:
        flags = [(name, "BOOLEAN") for name in ("blank", "averaged", "told")]
        ends = [(name, "INT") for name in ("choice", "measure", "low", "high", "least")]
        engine.table("least_days", [*ends, *flags], rows)
        engine.keep("on_any_days", "SELECT * FROM taken")
        engine.keep("days_kept", _KEPT.format(seen=seen(numbers, "m")))
        engine.keep(
            "days_unsure",
            _UNSURE.format(seen=seen(numbers, "m"), **CODES) if bounds else _SURE,
        )
        engine.keep(
            "days_known",
            _KNOWN.format(
                before=", ".join(str(CODES[name]) for name in _BEFORE),
                leaves=leaves(numbers, "l"),
                ended="FALSE" if numbers.observed else "k.seen_end - k.index_day < l.high",
                uncovered=uncovered(numbers, "l.low"),
                history=with_history(numbers, "o"),
                **CODES,
            ),
        )
        wide = engine.dialect.wide
        share = engine.dialect.divide("t.den", f"CAST(t.days AS {wide})")
        engine.keep("taken", _TAKEN.format(wide=wide, millionth=MILLIONTH, share=share, numbered=NUMBERED, **CODES))
    if adds_up(protocol):
        told = ["SELECT case_no, choice, known AS days FROM days_known WHERE told"] if rows else []
        of_means = f"WHERE choice IN ({', '.join(map(str, plain))})" if plain else "WHERE FALSE"
        told.append(
            f"SELECT case_no, choice, count(DISTINCT day) AS days FROM candidate {of_means} GROUP BY case_no, choice"
        )
        engine.keep("summed_days", " UNION ALL ".join(told))
    if rows:
        engine.forget("on_any_days", "least_days", "days_kept", "days_unsure", "days_known")


def adds_up(protocol: Protocol) -> bool:
    """Whether some window of the protocol takes a sum or a mean, also where only the robustness grid does."""
    takes = [window.take for window in protocol.windows.values()]
    varied = protocol.robustness.take.values()
    return not {"sum", "mean"}.isdisjoint([*takes, *(take for others in varied for take in others)])
