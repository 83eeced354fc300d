"""Unchanged: whether no course of a drug or group began, ended or changed its dose in a window.

A course counts from the day after its first, as a dose does on arrival, so that a change agreed on the last day of the window is none of it. Rows of
one drug and one daily dose that overlap or follow each other without a day between are one. Yes only where no day that is possible makes a change.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.window import leaves
from caseseries.chart.store import TAKEN, Numbers
from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.look_back import supply_not_known
from caseseries.cohort.unseen import untold_members
from caseseries.engine.connection import Engine
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import UnchangedDrug
from caseseries.response.way import Asked

#: Courses that may have been taken between the day before the window and the day before its end; the dose a day is num/den.
_COURSES = f"""
SELECT k.case_no, c.record, c.drug, c.first_low - k.index_day AS first_low, c.first_high - k.index_day AS first_high,
    coalesce(c.last_low - k.index_day, {NEVER_ENDS}) AS last_low, coalesce(c.last_high - k.index_day, {NEVER_ENDS}) AS last_high,
    coalesce(c.unit, '') AS unit, c.amount * CAST(c.per_day_num AS {{wide}}) AS num, CAST(c.per_day_den AS {{wide}}) AS den
FROM included_case AS k JOIN course AS c ON c.patient = k.patient JOIN unchanged_drug AS d ON d.drug = c.drug
WHERE {TAKEN} AND c.first_low - k.index_day <= {{high}} - 1 AND coalesce(c.last_high - k.index_day, {NEVER_ENDS}) >= {{low}} - 1
"""

#: Rows that became no course, and may have been one of the drugs in that time.
_UNREAD = f"""
SELECT k.case_no, u.drug, coalesce(u.first - k.index_day, -{NEVER_ENDS}) AS first, coalesce(u.last - k.index_day, {NEVER_ENDS}) AS last
FROM included_case AS k JOIN unread_course AS u ON u.patient = k.patient LEFT JOIN unchanged_drug AS d ON d.drug = u.drug
WHERE (u.drug IS NULL OR d.drug IS NOT NULL) AND coalesce(u.first - k.index_day <= {{high}} - 1, TRUE)
    AND coalesce(u.last - k.index_day >= {{low}} - 1, TRUE)
"""

_SAME = "coalesce(o.unit = c.unit AND o.num * c.den = c.num * o.den, FALSE)"
_MAY_BE_SAME = f"(o.record IS NOT NULL AND (o.num IS NULL OR c.num IS NULL OR {_SAME}))"
_BEGINS = "c.first_low >= {low} AND c.first_high <= {high} - 1"
_ENDS = "c.last_low >= {low} - 1 AND c.last_high <= {high} - 2"

#: Of each course whether it begins or ends in the window, for certain or perhaps. One that goes on from another of the same dose, or into one, does
#: neither.
_MARKED = f"""
SELECT c.case_no, c.record, c.first_low, c.first_high, c.last_low, c.last_high, c.num IS NULL AS unknown_dose,
    greatest(c.first_low, {{low}}) <= least(c.first_high, {{high}} - 1)
        AND NOT bool_or({_SAME} AND o.first_high <= greatest(c.first_low, {{low}}) - 1 AND o.last_low >= least(c.first_high, {{high}} - 1) - 1)
        AS may_begin,
    greatest(c.last_low, {{low}} - 1) <= least(c.last_high, {{high}} - 2)
        AND NOT bool_or({_SAME} AND o.first_high <= greatest(c.last_low, {{low}} - 1) + 1 AND o.last_low >= least(c.last_high, {{high}} - 2) + 1)
        AS may_end,
    {_BEGINS} AND NOT bool_or({_MAY_BE_SAME} AND o.first_low <= c.first_high - 1 AND o.last_high >= c.first_low - 1)
        AND NOT bool_or(u.case_no IS NOT NULL AND u.first <= c.first_high - 1 AND u.last >= c.first_low - 1) AS begins,
    {_ENDS} AND NOT bool_or({_MAY_BE_SAME} AND o.first_low <= c.last_high + 1 AND o.last_high >= c.last_low + 1)
        AND NOT bool_or(u.case_no IS NOT NULL AND u.first <= c.last_high + 1 AND u.last >= c.last_low + 1) AS ends
FROM unchanged_course AS c
LEFT JOIN unchanged_course AS o ON o.case_no = c.case_no AND o.drug = c.drug AND o.record <> c.record
LEFT JOIN unchanged_unread AS u ON u.case_no = c.case_no AND (u.drug IS NULL OR u.drug = c.drug)
GROUP BY c.case_no, c.record, c.first_low, c.first_high, c.last_low, c.last_high, c.num
"""

_ANSWER = """
SELECT case_no, CASE WHEN changed THEN FALSE WHEN why = 0 THEN TRUE END AS truth, CASE WHEN changed THEN 0 ELSE why END AS why
FROM (
    SELECT k.case_no, coalesce(m.changed, FALSE) AS changed,
        CASE WHEN NOT {told} THEN {uncharted} WHEN coalesce({leaves}, FALSE) THEN {unobserved} WHEN {ended} THEN {after_end}
             WHEN u.case_no IS NOT NULL THEN {unread} WHEN {not_known} THEN {unsupplied} WHEN coalesce(m.unknown_dose, FALSE) THEN {no_dose}
             WHEN coalesce(m.perhaps, FALSE) THEN {unsure} ELSE 0 END AS why
    FROM included_case AS k
    JOIN person AS p ON p.patient = k.patient
    CROSS JOIN (SELECT CAST({low} AS INT) AS low, CAST({high} AS INT) AS high) AS v
    LEFT JOIN (
        SELECT case_no, bool_or(begins OR ends) AS changed, bool_or(may_begin OR may_end) AS perhaps, bool_or(unknown_dose) AS unknown_dose
        FROM unchanged_marked GROUP BY case_no
    ) AS m ON m.case_no = k.case_no
    LEFT JOIN (SELECT DISTINCT case_no FROM unchanged_unread) AS u ON u.case_no = k.case_no
) AS told
"""

#: The days from which another dose counts, where they are known to the day.
_CHANGES = """
SELECT DISTINCT case_no, day, TRUE AS truth, TRUE AS visited
FROM (
    SELECT case_no, first_low AS day FROM unchanged_marked WHERE begins AND first_low = first_high
    UNION ALL
    SELECT case_no, last_low + 1 AS day FROM unchanged_marked WHERE ends AND last_low = last_high
) AS changes
"""


def answer_unchanged(engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked) -> None:
    """Keep ``answer_<place>`` and ``answer_day_<place>``: the answer, and the days of changes."""
    question, window = way.question, way.window
    assert isinstance(question, UnchangedDrug) and window is not None
    drugs = sorted(numbers.drugs[key] for key in drugs_of(protocol, question.drug) if key in numbers.drugs)
    engine.table("unchanged_drug", [("drug", "INT")], [(drug,) for drug in drugs])
    said = {"low": window.from_, "high": window.to, "wide": engine.dialect.wide}
    engine.keep("unchanged_course", _COURSES.format(**said))
    engine.keep("unchanged_unread", _UNREAD.format(**said))
    engine.keep("unchanged_marked", _MARKED.format(**said))
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
    engine.forget("unchanged_drug", "unchanged_course", "unchanged_unread", "unchanged_marked")
