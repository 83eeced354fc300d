"""Unchanged: whether the dose of a drug, or of every drug of a group, was the same on all days of a window.

A course counts from the day after its first, as a dose does on arrival, so that a change agreed on the last day of the window is none of it. The dose
of a day is the sum of the rows of a drug that are taken on it. Yes only where no day that is possible makes a change.
"""

from __future__ import annotations

from math import lcm

from caseseries import catalogue
from caseseries.assessment.absent import CODES
from caseseries.assessment.dose import whole_parts
from caseseries.assessment.window import LAST_SEEN, leaves
from caseseries.chart.store import TAKEN, Numbers
from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.look_back import SUPPLY, supply_not_known
from caseseries.cohort.unseen import untold_members
from caseseries.engine.connection import Engine
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import UnchangedDrug
from caseseries.response.way import Asked

_FREQUENCIES = """
SELECT DISTINCT c.per_day_den
FROM included_case AS k JOIN course AS c ON c.patient = k.patient JOIN unchanged_drug AS d ON d.drug = c.drug
WHERE c.per_day_den IS NOT NULL
ORDER BY c.per_day_den
"""

#: Courses that may have been taken between the day before the window and the day before its end; the dose of a day is a whole number of parts.
_COURSES = f"""
SELECT case_no, record, drug, first_low, first_high, last_low, last_high, unit, CASE WHEN unit IN ('mg', 'mg/kg', 'mg/m2') THEN part END AS part
FROM (
    SELECT k.case_no, c.record, c.drug, c.first_low - k.index_day AS first_low, c.first_high - k.index_day AS first_high,
        coalesce(c.last_low - k.index_day, {NEVER_ENDS}) AS last_low, coalesce(c.last_high - k.index_day, {NEVER_ENDS}) AS last_high,
        c.unit, c.amount * CAST(c.per_day_num AS {{wide}}) * {{share}} AS part
    FROM included_case AS k JOIN course AS c ON c.patient = k.patient JOIN unchanged_drug AS d ON d.drug = c.drug
    WHERE {TAKEN} AND c.first_low - k.index_day <= {{high}} - 1 AND coalesce(c.last_high - k.index_day, {NEVER_ENDS}) >= {{low}} - 1
) AS taken
WHERE coalesce(part <> 0, TRUE)
"""

#: Rows that became no course, and may have been one of the drugs in that time.
_UNREAD = f"""
SELECT k.case_no, u.drug, coalesce(u.first - k.index_day, -{NEVER_ENDS}) AS first, coalesce(u.last - k.index_day, {NEVER_ENDS}) AS last
FROM included_case AS k JOIN unread_course AS u ON u.patient = k.patient LEFT JOIN unchanged_drug AS d ON d.drug = u.drug
WHERE (u.drug IS NULL OR d.drug IS NOT NULL) AND coalesce(u.first - k.index_day <= {{high}} - 1, TRUE)
    AND coalesce(u.last - k.index_day >= {{low}} - 1, TRUE)
"""

#: The days on which something else may be taken than is on record: those of a row that became no course, and in a database those not seen.
_HIDDEN = """
SELECT DISTINCT c.case_no, c.drug, u.first, u.last
FROM unchanged_course AS c JOIN unchanged_unread AS u ON u.case_no = c.case_no AND (u.drug IS NULL OR u.drug = c.drug)
"""
_NOT_SEEN = f"""
UNION ALL
SELECT c.case_no, c.drug, {LAST_SEEN} + 1 AS first, {NEVER_ENDS} AS last
FROM (SELECT DISTINCT case_no, drug FROM unchanged_course) AS c JOIN included_case AS k ON k.case_no = c.case_no
"""
#: A supply collected before observation may still be taken. What is taken on a day is the dose on arrival of the next.
_NOT_SUPPLIED = f"""
UNION ALL
SELECT c.case_no, c.drug, -{NEVER_ENDS} AS first, k.observed_first - k.index_day + {{supply}} - 2 AS last
FROM (SELECT DISTINCT case_no, drug FROM unchanged_course) AS c
JOIN included_case AS k ON k.case_no = c.case_no JOIN person AS p ON p.patient = k.patient
WHERE coalesce(k.observed_first > p.birth_low, TRUE)
"""

#: The day before the window, and each day of it on which something may be another than the day before.
_DAYS = """
SELECT DISTINCT case_no, drug, day
FROM (
    SELECT case_no, drug, {low} - 1 AS day FROM unchanged_course
    UNION ALL SELECT case_no, drug, first_low FROM unchanged_course
    UNION ALL SELECT case_no, drug, first_high FROM unchanged_course
    UNION ALL SELECT case_no, drug, last_low + 1 FROM unchanged_course
    UNION ALL SELECT case_no, drug, last_high + 1 FROM unchanged_course
    UNION ALL SELECT case_no, drug, first FROM unchanged_hidden
    UNION ALL SELECT case_no, drug, last + 1 FROM unchanged_hidden
) AS edge
WHERE day BETWEEN {low} - 1 AND {high} - 1
"""

#: What was taken on each of these days, by unit, and whether that is known; `unsure`: some course may have been taken, or not.
_STATES = """
SELECT s.case_no, s.drug, s.day, s.unsure, s.known AND h.case_no IS NULL AS known, s.mg, s.per_kg, s.per_m2,
    lag(s.day) OVER (PARTITION BY s.case_no, s.drug ORDER BY s.day) AS neighbour
FROM (
    SELECT d.case_no, d.drug, d.day, coalesce(bool_or(NOT sure), FALSE) AS unsure,
        NOT coalesce(bool_or(NOT sure OR part IS NULL), FALSE) AS known,
        coalesce(sum(CASE WHEN unit = 'mg' THEN part END), 0) AS mg, coalesce(sum(CASE WHEN unit = 'mg/kg' THEN part END), 0) AS per_kg,
        coalesce(sum(CASE WHEN unit = 'mg/m2' THEN part END), 0) AS per_m2
    FROM unchanged_day AS d
    LEFT JOIN (
        SELECT d.case_no, d.drug, d.day, c.unit, c.part, c.first_high <= d.day AND c.last_low >= d.day AS sure
        FROM unchanged_day AS d
        JOIN unchanged_course AS c ON c.case_no = d.case_no AND c.drug = d.drug AND c.first_low <= d.day AND c.last_high >= d.day
    ) AS c ON c.case_no = d.case_no AND c.drug = d.drug AND c.day = d.day
    GROUP BY d.case_no, d.drug, d.day
) AS s
LEFT JOIN (
    SELECT DISTINCT d.case_no, d.drug, d.day
    FROM unchanged_day AS d
    JOIN unchanged_hidden AS h ON h.case_no = d.case_no AND h.drug = d.drug AND h.first <= d.day AND h.last >= d.day
) AS h ON h.case_no = s.case_no AND h.drug = s.drug AND h.day = s.day
"""

#: From each day whose dose is known to the next of these: whether there is more or less in some unit. Both: the units cannot be compared.
_STEPS = """
SELECT case_no, day, coalesce(neighbour = known_before, FALSE) AS exact,
    coalesce(mg > mg_before OR per_kg > per_kg_before OR per_m2 > per_m2_before, FALSE) AS more,
    coalesce(mg < mg_before OR per_kg < per_kg_before OR per_m2 < per_m2_before, FALSE) AS less
FROM (
    SELECT case_no, day, neighbour, mg, per_kg, per_m2, lag(day) OVER days AS known_before, lag(mg) OVER days AS mg_before,
        lag(per_kg) OVER days AS per_kg_before, lag(per_m2) OVER days AS per_m2_before
    FROM unchanged_state WHERE known WINDOW days AS (PARTITION BY case_no, drug ORDER BY day)
) AS known_day
"""

#: Of each course whether it begins or ends in the window for certain, whatever its dose, where no other row may make up for it.
_MARKED = """
SELECT c.case_no, c.record, c.first_low, c.first_high, c.last_low, c.last_high,
    c.first_low >= {low} AND c.first_high <= {high} - 1
        AND NOT bool_or(o.case_no IS NOT NULL AND o.last_low <= c.first_high - 1 AND o.last_high >= c.first_low - 1)
        AND NOT bool_or(h.case_no IS NOT NULL AND h.first <= c.first_high - 1 AND h.last >= c.first_low - 1) AS begins,
    c.last_low >= {low} - 1 AND c.last_high <= {high} - 2
        AND NOT bool_or(o.case_no IS NOT NULL AND o.first_low <= c.last_high + 1 AND o.first_high >= c.last_low + 1)
        AND NOT bool_or(h.case_no IS NOT NULL AND h.first <= c.last_high + 1 AND h.last >= c.last_low + 1) AS ends
FROM unchanged_course AS c
LEFT JOIN unchanged_course AS o ON o.case_no = c.case_no AND o.drug = c.drug AND o.record <> c.record
LEFT JOIN unchanged_hidden AS h ON h.case_no = c.case_no AND h.drug = c.drug
GROUP BY c.case_no, c.record, c.first_low, c.first_high, c.last_low, c.last_high
"""

_ANSWER = """
SELECT case_no, CASE WHEN changed THEN FALSE WHEN why = 0 THEN TRUE END AS truth, CASE WHEN changed THEN 0 ELSE why END AS why
FROM (
    SELECT k.case_no, coalesce(m.changed, FALSE) OR coalesce(s.changed, FALSE) AS changed,
        CASE WHEN NOT {told} THEN {uncharted} WHEN coalesce({leaves}, FALSE) THEN {unobserved} WHEN {ended} THEN {after_end}
             WHEN u.case_no IS NOT NULL THEN {unread} WHEN {not_known} THEN {unsupplied} WHEN coalesce(c.unknown_dose, FALSE) THEN {no_dose}
             WHEN coalesce(s.unlike, FALSE) THEN {other_unit} WHEN {low} < {high} AND coalesce(d.unsure, FALSE) THEN {unsure} ELSE 0 END AS why
    FROM included_case AS k
    JOIN person AS p ON p.patient = k.patient
    CROSS JOIN (SELECT CAST({low} AS INT) AS low, CAST({high} AS INT) AS high) AS v
    LEFT JOIN (SELECT case_no, bool_or(begins OR ends) AS changed FROM unchanged_marked GROUP BY case_no) AS m ON m.case_no = k.case_no
    LEFT JOIN (
        SELECT case_no, bool_or(more <> less) AS changed, bool_or(more AND less) AS unlike FROM unchanged_step GROUP BY case_no
    ) AS s ON s.case_no = k.case_no
    LEFT JOIN (SELECT case_no, bool_or(unsure) AS unsure FROM unchanged_state GROUP BY case_no) AS d ON d.case_no = k.case_no
    LEFT JOIN (SELECT case_no, bool_or(part IS NULL) AS unknown_dose FROM unchanged_course GROUP BY case_no) AS c ON c.case_no = k.case_no
    LEFT JOIN (SELECT DISTINCT case_no FROM unchanged_unread) AS u ON u.case_no = k.case_no
) AS told
"""

#: The days from which another dose counts, where they are known to the day.
_CHANGES = """
SELECT DISTINCT case_no, day, TRUE AS truth, TRUE AS visited
FROM (
    SELECT case_no, day FROM unchanged_step WHERE exact AND more <> less
    UNION ALL
    SELECT case_no, first_low AS day FROM unchanged_marked WHERE begins AND first_low = first_high
    UNION ALL
    SELECT case_no, last_low + 1 AS day FROM unchanged_marked WHERE ends AND last_low = last_high
) AS changes
"""

_TABLES = ("drug", "course", "unread", "hidden", "day", "state", "step", "marked")


def answer_unchanged(engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked) -> None:
    """Keep ``answer_<place>`` and ``answer_day_<place>``: the answer, and the days of changes."""
    question, window = way.question, way.window
    assert isinstance(question, UnchangedDrug) and window is not None
    drugs = sorted(numbers.drugs[key] for key in drugs_of(protocol, question.drug) if key in numbers.drugs)
    engine.table("unchanged_drug", [("drug", "INT")], [(drug,) for drug in drugs])
    parts = whole_parts(lcm(1, *(int(row[0]) for row in engine.rows(_FREQUENCIES))))
    wide = engine.dialect.wide
    share = engine.dialect.divide(f"CAST({parts} AS {wide})", f"CAST(c.per_day_den AS {wide})")
    said = {"low": window.from_, "high": window.to, "wide": wide, "share": share}
    engine.keep("unchanged_course", _COURSES.format(**said))
    engine.keep("unchanged_unread", _UNREAD.format(**said))
    engine.keep("unchanged_hidden", _hidden(numbers))
    for name, made in (("day", _DAYS), ("state", _STATES), ("step", _STEPS), ("marked", _MARKED)):
        engine.keep(f"unchanged_{name}", made.format(**said))
    told = not untold_members(protocol, numbers.not_charted, numbers.only, question.drug)
    ended = "FALSE" if numbers.observed else f"k.seen_end - k.index_day < {window.to}"
    engine.keep(
        f"answer_{place}",
        _ANSWER.format(
            told="TRUE" if told else "FALSE",
            leaves=leaves(numbers, "v"),
            ended=ended,
            not_known=supply_not_known(numbers, str(window.from_)) or "FALSE",
            **said,
            **CODES,
        ),
    )
    engine.keep(f"answer_day_{place}", _CHANGES)
    engine.forget(*(f"unchanged_{name}" for name in _TABLES))


def _hidden(numbers: Numbers) -> str:
    if not numbers.observed:
        return _HIDDEN
    supply = "" if supply_not_known(numbers, "0") is None else _NOT_SUPPLIED
    return _HIDDEN + _NOT_SEEN + supply.format(supply=int(catalogue.constant(SUPPLY).value or 0))
