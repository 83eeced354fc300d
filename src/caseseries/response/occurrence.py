"""Occurrence: whether an event or diagnosis of a name begins in a window, or on a visit day or so many days before it.

No only where the source could tell it and every day of the window was seen: not recorded is not none.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.occurrence import count_occurrences
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import LookedBack, Occurrence
from caseseries.protocol.window import Window
from caseseries.response.way import Asked

_ANSWER = """
SELECT case_no, CASE WHEN surely >= {times} THEN TRUE WHEN perhaps < {times} AND {told} AND NOT leaves AND NOT ended AND NOT uncovered THEN FALSE END
    AS truth,
    CASE WHEN surely >= {times} THEN 0 WHEN perhaps >= {times} THEN {not_exact} WHEN NOT {told} THEN {uncharted} WHEN leaves THEN {unobserved}
         WHEN ended THEN {after_end} WHEN uncovered THEN {no_history} ELSE 0 END AS why
FROM occurrence_counted
"""


def answer_occurrence(engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked) -> None:
    """Keep ``answer_<place>`` and ``answer_day_<place>``: the answer, and the days of the events that count."""
    question, window = way.question, way.window
    assert isinstance(question, Occurrence) and window is not None
    told = count_occurrences(engine, protocol, numbers, question.name, window)
    engine.keep(f"answer_{place}", _ANSWER.format(times=question.times, told="TRUE" if told else "FALSE", **CODES))
    engine.keep(
        f"answer_day_{place}",
        "SELECT DISTINCT case_no, day, TRUE AS truth, TRUE AS visited FROM occurrence_found WHERE sure AND day IS NOT NULL",
    )
    engine.forget("occurrence_term", "occurrence_found", "occurrence_counted")


#: Each visit of a case in place of the case, with the days that are looked at.
_VISITS = """
SELECT CAST(d.moment AS INT) AS case_no, k.patient, k.index_day, k.observed_first, k.observed_last, k.death_low, k.death_high, k.seen_end, k.seen_high
FROM held_moment AS d JOIN held_case AS k ON k.case_no = d.case_no WHERE d.visited
"""
_BACK = """
SELECT CAST(moment AS INT) AS case_no, CAST(day - {days} AS INT) AS low, CAST(day AS INT) AS high FROM held_moment WHERE visited
"""


def look_back(engine: Engine, protocol: Protocol, numbers: Numbers, place: int, asked: LookedBack) -> None:
    """Keep ``looked_back_<place>`` (case_no, truth, why), where the number of a visit in ``held_moment`` stands for a case; leaves these visits in
    ``included_case``.
    """
    engine.keep("included_case", _VISITS)
    engine.keep("looked_back_days", _BACK.format(days=asked.days))
    window = Window(from_=-asked.days, to=0, take="last")
    told = count_occurrences(engine, protocol, numbers, asked.name, window, "looked_back_days", of_case=True)
    engine.keep(f"looked_back_{place}", _ANSWER.format(times=asked.times, told="TRUE" if told else "FALSE", **CODES))
    engine.forget("looked_back_days", "occurrence_term", "occurrence_found", "occurrence_counted")
