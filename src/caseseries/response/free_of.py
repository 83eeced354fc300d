"""Free of an event: whether some stretch of a window, of so many days, was observed and held none of it.

Yes only where every row that may be the event leaves such a stretch of days that were seen; no where the events that are certain leave none in
the whole window, seen or not.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.occurrence import find_occurrences
from caseseries.assessment.seen import keep_all_days, keep_days_seen
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import FreeOfEvent
from caseseries.response.way import Asked

#: The longest stretch of these days without a day on which one of the rows may begin.
_LONGEST = """
SELECT case_no, max(gap) AS longest
FROM (
    SELECT case_no, least(low, last + 1) - greatest(coalesce(max(high) OVER (
        PARTITION BY case_no ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), first - 1), first - 1) - 1 AS gap
    FROM (
        SELECT d.case_no, d.low AS first, d.high AS last, f.low, f.high
        FROM {days} AS d JOIN occurrence_found AS f ON f.case_no = d.case_no WHERE {rows}
        UNION ALL
        SELECT d.case_no, d.low AS first, d.high AS last, d.high + 1 AS low, d.high + 1 AS high FROM {days} AS d
    ) AS marks
) AS gaps
GROUP BY case_no
"""

_ANSWER = """
SELECT case_no, CASE WHEN free THEN TRUE WHEN NOT possible THEN FALSE END AS truth,
    CASE WHEN free OR NOT possible THEN 0 WHEN NOT {told} THEN {uncharted} WHEN doubtful THEN {not_exact}
        WHEN ended THEN {unseen} ELSE {no_history} END AS why
FROM (
    SELECT k.case_no, {told} AND a.longest >= {n} AND u.case_no IS NULL AS free, b.longest >= {n} AS possible, c.longest >= {n} AS doubtful,
        {ended} AS ended
    FROM included_case AS k
    JOIN ({every}) AS a ON a.case_no = k.case_no
    JOIN ({certain}) AS b ON b.case_no = k.case_no
    JOIN ({seen}) AS c ON c.case_no = k.case_no
    LEFT JOIN (SELECT DISTINCT case_no FROM occurrence_found WHERE low IS NULL OR high IS NULL) AS u ON u.case_no = k.case_no
) AS told
"""

_CERTAIN = "f.sure AND f.exact"
_DATED = "f.low IS NOT NULL AND f.high IS NOT NULL"


def answer_free_of(engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked) -> None:
    """Keep ``answer_<place>`` and ``answer_day_<place>``: the answer, and the days of the events that are certain."""
    question, window = way.question, way.window
    assert isinstance(question, FreeOfEvent) and window is not None
    told = find_occurrences(engine, protocol, numbers, question.name, window)
    keep_days_seen(engine, numbers, window, "free_known")
    keep_all_days(engine, window, "free_whole")
    engine.keep(
        f"answer_{place}",
        _ANSWER.format(
            told="TRUE" if told else "FALSE",
            n=question.days,
            ended="TRUE" if numbers.observed else f"k.seen_end - k.index_day < {window.to}",
            unseen=CODES["unobserved" if numbers.observed else "after_end"],
            every=_LONGEST.format(days="free_known", rows=_DATED),
            certain=_LONGEST.format(days="free_whole", rows=_CERTAIN),
            seen=_LONGEST.format(days="free_known", rows=_CERTAIN),
            **CODES,
        ),
    )
    engine.keep(
        f"answer_day_{place}",
        "SELECT DISTINCT case_no, day, TRUE AS truth, TRUE AS visited FROM occurrence_found WHERE sure AND day IS NOT NULL",
    )
    engine.forget("occurrence_term", "occurrence_found", "free_known", "free_whole")
