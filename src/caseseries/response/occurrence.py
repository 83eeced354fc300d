"""Occurrence: whether an event or diagnosis of a name begins in a window.

No only where the source could tell it and every day of the window was seen: not recorded is not none.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.occurrence import count_occurrences
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import Occurrence
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
