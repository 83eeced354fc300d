"""Events of a name on the observed days of windows, over all included cases, as counts that add up.

Section ``event count``: outcome, window and what is counted (events that surely and perhaps began, days, cases that were observed or
not, and those with an event surely and perhaps); ``event pair``: outcome and how the rate of a case in the window compares with that in
the other; ``event not charted``: cases of which the source could not tell such events.
"""

from __future__ import annotations

from caseseries.assessment.counted import find_counted
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally

#: What is counted of each window, in the order of the columns of the query.
PARTS = ("events", "events perhaps", "days", "cases", "cases not observed", "cases with one", "cases perhaps with one")

_SIDE = """
SELECT case_no, days, CASE WHEN days > 0 THEN surely ELSE 0 END AS surely, CASE WHEN days > 0 THEN perhaps ELSE 0 END AS perhaps
FROM (
    SELECT c.case_no, c.surely, c.perhaps, greatest(w.high - w.low + 1, 0) AS days
    FROM occurrence_counted AS c JOIN count_days AS w ON w.case_no = c.case_no
) AS found
"""
_SUMS = """
SELECT coalesce(sum(surely), 0), coalesce(sum(perhaps), 0), coalesce(sum(days), 0), coalesce(sum(CASE WHEN days > 0 THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN days > 0 THEN 0 ELSE 1 END), 0), coalesce(sum(CASE WHEN surely > 0 THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN perhaps > 0 THEN 1 ELSE 0 END), 0)
FROM {side}
"""
#: Rates are compared by multiplication: the events of one window with the days of the other.
_PAIRS = """
SELECT answer, count(*) FROM (
    SELECT CASE
        WHEN b.days = 0 OR a.days = 0 THEN 'not observed in both'
        WHEN a.perhaps * b.days < b.surely * a.days THEN 'lower'
        WHEN a.surely * b.days > b.perhaps * a.days THEN 'higher'
        WHEN a.surely = a.perhaps AND b.surely = b.perhaps THEN 'the same'
        ELSE 'not known' END AS answer
    FROM event_side_0 AS b JOIN event_side_1 AS a ON a.case_no = b.case_no
) AS compared GROUP BY answer
"""


def count_events(engine: Engine, protocol: Protocol, numbers: Numbers) -> Tally:
    """Count the events of every outcome that asks for them; needs ``included_case`` and ``fact``."""
    counts = Tally()
    for name, outcome in protocol.event_counts.items():
        told = True
        for side, window in enumerate(outcome.windows):
            told = find_counted(engine, protocol, numbers, outcome.count, protocol.windows[window], observed=True)
            engine.keep(f"event_side_{side}", _SIDE)
        if not told:
            ((cases,),) = engine.rows("SELECT count(*) FROM included_case")
            _add(counts, ("event not charted", name), int(cases))
            continue
        for side, window in enumerate(outcome.windows):
            (row,) = engine.rows(_SUMS.format(side=f"event_side_{side}"))
            for part, n in zip(PARTS, row, strict=True):
                _add(counts, ("event count", name, window, part), int(n))
        for answer, n in engine.rows(_PAIRS) if outcome.from_ is not None else ():
            _add(counts, ("event pair", name, answer), int(n))
    if protocol.event_counts:
        engine.forget(
            "occurrence_term", "occurrence_found", "occurrence_counted", "count_days", "event_side_0", "event_side_1"
        )
    return counts


def _add(counts: Tally, key: tuple[str, ...], n: int) -> None:
    if n:
        counts.add(key, n)
