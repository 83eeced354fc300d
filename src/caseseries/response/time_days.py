"""The days on which the rules of a time to an event are read, and whether each has held for so long by then.

They are those that answering the questions of the outcome left (:mod:`caseseries.response.questions`), as ``answer_day``.
"""

from __future__ import annotations

from caseseries.assessment.window import seen
from caseseries.chart.store import Numbers
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import measures_of_visits
from caseseries.protocol.tree import HeldRule
from caseseries.protocol.visits_read import reads_visits

#: A day that is no visit can show that the rule does not hold, and nothing else.
_READ = "SELECT case_no, day, truth FROM answer_day WHERE asked = {place} AND (visited OR NOT truth)"

#: Whether by each day the rule has held for so long: surely, where no day between is anything but yes; surely not, where it has not even with
#: every day of which it is not known as yes.
_HELD_BY = """
SELECT r.case_no, r.day, CASE WHEN coalesce(s.length >= {lasting}, FALSE) THEN TRUE WHEN coalesce(p.length < {lasting}, TRUE) THEN FALSE END AS truth
FROM ({read}) AS r
LEFT JOIN ({surely}) AS s ON s.case_no = r.case_no AND s.day = r.day
LEFT JOIN ({perhaps}) AS p ON p.case_no = r.case_no AND p.day = r.day
"""
#: The run of met days to which each of them belongs; any other day begins a run, to which it does not belong itself.
_RUNS = """
SELECT case_no, day, run
FROM (
    SELECT case_no, day, met, sum(begun) OVER (PARTITION BY case_no ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM (
        SELECT case_no, day, met, CASE WHEN met AND day - lag(day) OVER days <= {gap} THEN 0 ELSE 1 END AS begun
        FROM (SELECT case_no, day, {met} AS met FROM {table} WHERE asked = {place}{rows}) AS told
        WINDOW days AS (PARTITION BY case_no ORDER BY day)
    ) AS spaced
) AS runs WHERE met
"""
#: How long the run is that ends on each of its days.
_LENGTH = "SELECT case_no, day, day - min(day) OVER (PARTITION BY case_no, run) AS length FROM ({runs}) AS of_runs"
#: The days that are surely met.
_SURELY = "visited AND coalesce(truth, FALSE)"


def runs_of(place: int, gap: int, table: str = "answer_day", met: str = _SURELY, rows: str = "") -> str:
    """The query of the runs of met days of what is asked at this place, no two neighbours further apart than `gap`: case_no, day, run."""
    return _RUNS.format(place=place, gap=gap, table=table, met=met, rows=rows)


def days_read(place: int, lasting: int | None, gap: int | None) -> str:
    """The query of the days that tell something of the rule asked at this place, and the answer on each: case_no, day, truth.

    With `lasting` the answer is whether it has held for so long.
    """
    read = _READ.format(place=place)
    if lasting is None or gap is None:
        return read
    surely = _LENGTH.format(runs=runs_of(place, gap))
    met, rows = "visited AND coalesce(truth, TRUE)", " AND (visited OR NOT truth)"
    perhaps = _LENGTH.format(runs=runs_of(place, gap, met=met, rows=rows))
    return _HELD_BY.format(read=read, surely=surely, perhaps=perhaps, lasting=lasting)


#: Measured days, and recorded visits, of partial dates, which may be any of theirs: case_no, low, high.
_PARTIAL = """
SELECT k.case_no, m.low - k.index_day AS low, m.high - k.index_day AS high
FROM included_case AS k JOIN measurement AS m ON m.patient = k.patient
WHERE m.measure IN ({measures}) AND m.value IS NOT NULL AND m.low <> m.high{seen}
"""
_PARTIAL_VISIT = """
UNION ALL SELECT k.case_no, f.low - k.index_day AS low, f.high - k.index_day AS high
FROM included_case AS k JOIN fact AS f ON f.patient = k.patient
WHERE f.kind = 'visit' AND f.low <> f.high{seen}
"""


def partial_days(protocol: Protocol, numbers: Numbers, held: HeldRule) -> str:
    """The query of the days that a value, or a recorded visit, of a partial date may be of: case_no, low, high; of none where a date is one day."""
    if protocol.partial_dates != "bounds":
        return "SELECT case_no, 0 AS low, 0 AS high FROM included_case WHERE FALSE"
    named = measures_of_visits(protocol, held.read)
    if not reads_visits(protocol, held):
        return "SELECT case_no, 0 AS low, 0 AS high FROM included_case WHERE FALSE"
    measures = ", ".join(str(numbers.measures.get(name, 0)) for name in named) or "0"
    return _PARTIAL.format(measures=measures, seen=seen(numbers, "m")) + _PARTIAL_VISIT.format(seen=seen(numbers, "f"))
