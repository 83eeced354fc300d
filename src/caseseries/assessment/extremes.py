"""The nadir and the peak: the lowest and the highest value from the day of the baseline value to that of the value judged.

    extreme_days(case_no, choice, first, last, absent)

Grain: included case x choice that is a nadir or a peak; the days are relative to the index date, `absent` says why there are none. The values of
these days are chosen as those of a window that takes the lowest or the highest.
"""

from __future__ import annotations

from collections.abc import Callable

from caseseries.assessment.absent import CODES, NUMBERED
from caseseries.assessment.compile import Compiled, Extreme
from caseseries.assessment.window import take_candidates
from caseseries.chart.derived import parted
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol

#: For a measure, the query of the day (case_no, day, absent) on which the days up to a visit day begin.
Begins = Callable[[str], str]

_OF_CHOICE = "SELECT case_no, day, absent FROM taken WHERE choice = {choice}"

_THAT_DAY = "SELECT case_no, CAST(0 AS INT) AS day, CAST(0 AS INT) AS absent FROM included_case"

_DAYS = """
SELECT b.case_no, {choice} AS choice, b.day AS first, e.day AS last,
    CASE WHEN b.absent NOT IN ({numbered}) THEN b.absent WHEN e.absent NOT IN ({numbered}) THEN e.absent WHEN e.day < b.day THEN {no_value}
         ELSE 0 END AS absent
FROM ({begins}) AS b JOIN ({ends}) AS e ON e.case_no = b.case_no
"""

_WITHIN = """
SELECT d.case_no, d.choice, d.record, d.day, d.value{den}, d.censor,
    {bounds} AND d.low <> d.high AND (d.low < s.first OR d.high > s.last) AS straddles{beside}
FROM every_candidate AS d JOIN extreme_days AS s ON s.case_no = d.case_no AND s.choice = d.choice
WHERE s.absent = 0 AND CASE WHEN {bounds} THEN d.low <= s.last AND d.high >= s.first ELSE d.day BETWEEN s.first AND s.last END
UNION ALL
SELECT d.case_no, d.choice, d.record, d.day, d.value{den}, d.censor, d.straddles{beside}
FROM every_candidate AS d WHERE d.choice NOT IN ({choices})
"""

_TAKEN = """
SELECT t.case_no, t.choice, CASE WHEN s.choice IS NULL THEN t.absent WHEN s.absent <> 0 THEN s.absent ELSE t.absent END AS absent,
    t.open_same_day AND s.choice IS NULL AS open_same_day, CASE WHEN coalesce(s.absent, 0) = 0 THEN t.num END AS num,
    CASE WHEN coalesce(s.absent, 0) = 0 THEN t.den END AS den, CASE WHEN coalesce(s.absent, 0) = 0 THEN t.day END AS day,
    CASE WHEN coalesce(s.absent, 0) = 0 THEN t.record END AS record
FROM every_taken AS t LEFT JOIN extreme_days AS s ON s.case_no = t.case_no AND s.choice = t.choice
"""


def take_extremes(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    compiled: Compiled,
    parts: int,
    begins: Begins | None,
    beside: str,
) -> None:
    """Fill ``taken`` again, with every nadir and peak from its own days; `beside` are further columns of a candidate ``d``."""
    queries = [_days(one, begins) for one in compiled.extremes]
    engine.keep("extreme_days", " UNION ALL ".join(queries))
    choices = [one.choice for one in compiled.extremes]
    bounds = "TRUE" if protocol.partial_dates == "bounds" else "FALSE"
    engine.keep("every_candidate", "SELECT * FROM candidate")
    den = ", d.den" if parted(protocol) else ""
    engine.keep(
        "candidate", _WITHIN.format(bounds=bounds, den=den, beside=beside, choices=", ".join(map(str, choices)))
    )
    take_candidates(engine, protocol, numbers, parts, choices)
    engine.keep("every_taken", "SELECT * FROM taken")
    engine.keep("taken", _TAKEN)
    engine.forget("every_candidate", "every_taken", "extreme_days")


def _days(one: Extreme, begins: Begins | None) -> str:
    """The query of the days of one nadir or peak."""
    if one.since is None:
        ensure(begins is not None, "a nadir up to a visit day begins on a day that is told")
        assert begins is not None
        first, last = begins(one.measure), _THAT_DAY
    else:
        ensure(one.until is not None, "a nadir ends on the day of a value")
        first, last = _OF_CHOICE.format(choice=one.since), _OF_CHOICE.format(choice=one.until)
    return _DAYS.format(choice=one.choice, begins=first, ends=last, numbered=NUMBERED, **CODES)
