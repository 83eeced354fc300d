"""From which day a time to an event counts: the index date, or the first visit day on which a rule holds.

    time_begun(case_no, seen, beyond, cut, how, unsure, unsure_why, start, unclear, no_start)      grain: included case

What ends the time of a case (``time_end``) with its start. `start` is NULL where it was not seen in time; `no_start` is then the place among
``TIMELESS`` from 1 on, else 0. There is none where a partial date may be of a day by then. `unclear` says that on some visit before it was not
known whether it had begun.
"""

from __future__ import annotations

from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, counted_from
from caseseries.protocol.time_to import BEGUN_LATE, NOT_BEGUN, TimeToOutcome
from caseseries.response.questions import asked, asked_of
from caseseries.response.time_days import days_read, partial_days
from caseseries.verdict.time_to import TIMELESS

_ENDS = "e.case_no, e.seen, e.beyond, e.cut, e.how, e.unsure, e.unsure_why"

_AT_INDEX = f"SELECT {_ENDS}, 0 AS start, FALSE AS unclear, 0 AS no_start FROM time_end AS e"

#: Whether it was seen is looked at to the end of the time, or of follow-up if that is earlier.
_AFTER_RULE = """
SELECT {ends}, CASE WHEN e.first <= e.cut AND e.inexact = 0 THEN e.first END AS start,
    e.first <= e.cut AND e.inexact = 0 AND e.unknown > 0 AS unclear,
    CASE WHEN e.inexact > 0 THEN {not_exact} WHEN e.first <= e.cut THEN CASE WHEN e.unsure <= e.first THEN e.unsure_why ELSE 0 END
         WHEN e.unknown > 0 THEN {not_known} WHEN e.first < {never} THEN {late} WHEN e.visits = 0 THEN {no_visit} ELSE {not_begun} END AS no_start
FROM (
    SELECT {ends}, f.first, coalesce(v.visits, 0) AS visits, coalesce(u.n, 0) AS unknown, coalesce(p.n, 0) AS inexact
    FROM time_end AS e
    JOIN time_start AS f ON f.case_no = e.case_no
    LEFT JOIN (
        SELECT f.case_no, count(*) AS visits FROM time_start AS f JOIN start_day AS d ON d.case_no = f.case_no
        WHERE d.day <= f.until GROUP BY f.case_no
    ) AS v ON v.case_no = e.case_no
    LEFT JOIN (
        SELECT f.case_no, count(*) AS n FROM time_start AS f JOIN start_day AS d ON d.case_no = f.case_no
        WHERE d.truth IS NULL AND d.day <= least(f.first - 1, f.until) GROUP BY f.case_no
    ) AS u ON u.case_no = e.case_no
    LEFT JOIN (
        SELECT f.case_no, count(*) AS n FROM time_start AS f JOIN ({partial}) AS d ON d.case_no = f.case_no
        WHERE d.high >= {from_} AND d.low <= least(f.reach, {to}) GROUP BY f.case_no
    ) AS p ON p.case_no = e.case_no
) AS e
"""
#: The first day on which the rule surely holds, the last to which it is looked for, and the one by which it was decided.
_FIRST = """
SELECT e.case_no, least(e.cut, e.seen) AS until, coalesce(d.first, {never}) AS first,
    CASE WHEN d.first <= e.cut THEN d.first ELSE least(e.cut, e.seen) END AS reach
FROM time_end AS e
LEFT JOIN (SELECT case_no, min(day) AS first FROM start_day WHERE truth GROUP BY case_no) AS d ON d.case_no = e.case_no
"""

#: Later than any day that is asked for.
NEVER = 1_000_000


def find_starts(
    engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan, spec: Spec, outcome: TimeToOutcome
) -> None:
    """Keep ``time_begun``; needs ``time_end`` and the answers to the questions of the outcome."""
    held = counted_from(spec.tree)
    if held is None or outcome.start is None:
        engine.keep("time_begun", _AT_INDEX)
        return
    window = spec.windows[held.window]
    place = asked_of(protocol, plan).index(asked(protocol, spec, held))
    engine.keep("start_day", days_read(place, outcome.start.lasting, outcome.start.gap))
    engine.keep("time_start", _FIRST.format(never=NEVER))
    codes = {
        "not_exact": TIMELESS.index("date not exact") + 1,
        "not_known": TIMELESS.index("not known whether the start was met") + 1,
        "late": TIMELESS.index(BEGUN_LATE) + 1,
        "no_visit": TIMELESS.index("no visit on which the start could be met") + 1,
        "not_begun": TIMELESS.index(NOT_BEGUN) + 1,
    }
    partial = partial_days(protocol, numbers, held)
    said = {"ends": _ENDS, "never": NEVER, "from_": window.from_, "to": window.to, "partial": partial, **codes}
    engine.keep("time_begun", _AFTER_RULE.format(**said))
    engine.forget("start_day", "time_start")
