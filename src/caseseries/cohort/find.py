"""Find the cases: who is a case, who is not, and why, all in the engine.

    included_case = followed, of the cases that met every criterion

The tables before it, in their order: ``episode``, ``index_case``, ``followed``, ``judged``. Where a criterion rests on a value, ``included_case`` is
every case found until they are judged, so that values are chosen for them as for any case, and ``criterion_value`` is there before ``judged``:

    criterion_value(case_no, criterion, place, truth, same_day, tie, outside)      grain: case found x value of a criterion, by its place

`truth` is NULL where the value does not decide; the last three say for which choice the value waits.
"""

from __future__ import annotations

from collections.abc import Callable

from caseseries.chart.store import Numbers
from caseseries.cohort.eligibility import judge, of_values
from caseseries.cohort.follow_up import follow
from caseseries.cohort.index import find_index
from caseseries.engine.connection import Engine
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol

#: Keeps ``criterion_value``. Values are chosen in rooms above this one, so whoever finds cases hands on how.
Answer = Callable[[Engine, Protocol, Numbers], None]

_INCLUDED = "SELECT f.* FROM followed AS f JOIN judged AS j ON j.case_no = f.case_no WHERE j.failed = 0"


def find(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    *,
    dated: bool,
    load_values: Callable[[], None] | None = None,
    answer: Answer | None = None,
) -> None:
    """Find index dates and apply the criteria in order, to the chart's tables in the engine.

    Reads ``measurement`` only where a criterion asks for values (``needs_values``) or the source does not say when patients were
    observed; `load_values` is called when ``index_case`` is there and before it is read, and `answer` where a criterion rests on a
    value. While a gap in the study drug asks for `restart_after` (``count_gaps``), what was found counts for nothing.
    """
    find_index(engine, protocol, numbers)
    if load_values is not None:
        load_values()
    follow(engine, protocol, numbers, dated=dated)
    if of_values(protocol):
        ensure(answer is not None, "a criterion that rests on a value is answered by whoever chooses values")
        assert answer is not None
        engine.keep("included_case", "SELECT * FROM followed")
        answer(engine, protocol, numbers)
    judge(engine, protocol, numbers, dated=dated)
    engine.keep("included_case", _INCLUDED)
