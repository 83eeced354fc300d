"""A question in a window whose last day differs from case to case.

It is asked once for each day on which the window of some case may end, of those cases alone, as in a window that ends there. The answer is what it is
at the first and at the last day on which the window of the case may end: what one of them leaves open, or both answer otherwise, is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from caseseries.assessment.absent import CODES
from caseseries.assessment.window_end import find_window_ends
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import HeldRule, Question
from caseseries.response.way import Asked, tables_of

#: So many tables of answers are put together at once.
_TOGETHER = 40

_CASES = """
SELECT k.* FROM window_case AS k JOIN window_end AS e ON e.case_no = k.case_no
WHERE e.low = {end} OR e.high = {end} AND e.why = 0
"""

_ANSWER = """
SELECT e.case_no,
    CASE WHEN e.why <> 0 THEN CASE WHEN l.truth = {stays} THEN l.truth END WHEN l.truth = h.truth THEN l.truth END AS truth,
    CASE WHEN e.why <> 0 THEN CASE WHEN coalesce(l.truth = {stays}, FALSE) THEN 0 ELSE e.why END
         WHEN l.truth IS NULL THEN l.why WHEN h.truth IS NULL THEN h.why WHEN l.truth = h.truth THEN 0 ELSE {open_end} END AS why
FROM window_end AS e
LEFT JOIN window_answer AS l ON l.case_no = e.case_no AND l.ending = e.low
LEFT JOIN window_answer AS h ON h.case_no = e.case_no AND h.ending = e.high
"""

#: The days of the longer of the two windows; of one that may be longer still those of the shorter.
_DAYS = """
SELECT {columns}
FROM window_{table} AS d JOIN window_end AS e ON e.case_no = d.case_no AND d.ending = CASE WHEN e.why = 0 THEN e.high ELSE e.low END
"""

_COLUMNS = {
    "answer_day": "d.case_no, d.day, d.truth, d.visited",
    "answer_back": "d.case_no, d.back, d.day, d.truth, d.why",
}
_TOO_SHORT = {
    "answer": "SELECT case_no, FALSE AS truth, 0 AS why FROM included_case",
    "answer_day": "SELECT case_no, 0 AS day, FALSE AS truth, FALSE AS visited FROM included_case WHERE FALSE",
    "answer_back": "SELECT case_no, 0 AS back, 0 AS day, FALSE AS truth, 0 AS why FROM included_case WHERE FALSE",
}


def answer_where_it_ends(
    engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked, answer: Callable[[Asked], None]
) -> None:
    """Keep the tables of an answer as ``<table>_<place>``, and ``answer_end_<place>`` with the ends of the window of each case.

    `answer` keeps these tables of the cases in ``included_case`` for a window that does not move.
    """
    window = way.window
    assert window is not None
    find_window_ends(engine, protocol, numbers, window)
    engine.keep("window_case", "SELECT * FROM included_case")
    tables = tables_of(way.question)
    every = "SELECT low AS ending FROM window_end WHERE low IS NOT NULL UNION SELECT high FROM window_end WHERE why = 0"
    ends = [int(end) for (end,) in engine.rows(f"SELECT ending FROM ({every}) AS ends ORDER BY ending")]
    for number, end in enumerate(ends):
        engine.keep("included_case", _CASES.format(end=end, **CODES))
        if isinstance(way.question, HeldRule) and end - window.from_ < way.question.shortest:
            for table in tables:
                engine.keep(f"{table}_{place}", _TOO_SHORT[table])
        else:
            answer(replace(way, window=window.model_copy(update={"to": end, "until": None, "length": None})))
        for table in tables:
            engine.keep(f"window_{table}_{number}", f"SELECT t.*, {end} AS ending FROM {table}_{place} AS t")
    engine.keep("included_case", "SELECT * FROM window_case")
    for table in tables:
        _together(engine, f"window_{table}", len(ends), _TOO_SHORT[table])
    engine.keep(f"answer_{place}", _ANSWER.format(stays="TRUE" if stays(way.question) else "FALSE", **CODES))
    for table in tables[1:]:
        engine.keep(f"{table}_{place}", _DAYS.format(table=table, columns=_COLUMNS[table]))
    engine.keep(
        f"answer_end_{place}",
        "SELECT case_no, low, CASE WHEN why = 0 THEN high END AS high FROM window_end WHERE low IS NOT NULL",
    )
    engine.forget("window_end", "window_case", *(f"window_{table}" for table in tables))


def stays(question: Question) -> bool:
    """The answer that a longer window cannot change: that an event began or a rule was held so long; that it was not held at every visit."""
    return not (isinstance(question, HeldRule) and not question.times and question.lasting is None)


def _together(engine: Engine, name: str, count: int, none: str) -> None:
    """Put the tables `name_0`, `name_1`, ... together in one, some at a time."""
    parts = [f"{name}_{number}" for number in range(count)]
    step = 0
    while len(parts) > 1:
        joined = []
        for first in range(0, len(parts), _TOGETHER):
            some = parts[first : first + _TOGETHER]
            joined.append(f"{name}_of_{step}_{first}")
            engine.keep(joined[-1], " UNION ALL ".join(f"SELECT * FROM {one}" for one in some))
            engine.forget(*some)
        parts, step = joined, step + 1
    engine.keep(name, f"SELECT * FROM {parts[0]}" if parts else f"SELECT t.*, 0 AS ending FROM ({none}) AS t")
    engine.forget(*parts)
