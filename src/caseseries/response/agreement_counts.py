"""Verdicts of two outcomes side by side, counted under the protocol as written.

    beside_<n>(case_no, answer)    grain: included case; of the n-th outcome that is compared with another

Section `agreement`, with the two outcomes first and then the answer of each: yes, no, not evaluable, outside, or `denominator not known`.
"""

from __future__ import annotations

from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally

#: The answer of every included case, of the outcome that was settled last.
ANSWER_BESIDE = """
SELECT case_no, CASE WHEN NOT inside THEN 'outside' WHEN inside IS NULL THEN 'denominator not known' WHEN truth THEN 'yes' WHEN NOT truth THEN 'no'
    ELSE 'not evaluable' END AS answer
FROM verdict WHERE spec = 0
"""

_BESIDE = """
SELECT a.answer, b.answer, count(*) FROM {first} AS a JOIN {second} AS b ON b.case_no = a.case_no
GROUP BY a.answer, b.answer ORDER BY a.answer, b.answer
"""


def keep_beside(engine: Engine, protocol: Protocol, outcome: str) -> None:
    """Keep the answers of the outcome that was settled last, where it is compared with another."""
    table = _tables(protocol).get(outcome)
    if table is not None:
        engine.keep(table, ANSWER_BESIDE)


def count_agreement(engine: Engine, protocol: Protocol) -> Tally:
    """Count every pair that the protocol names, once :func:`keep_beside` kept all outcomes; the tables are left behind."""
    counts, tables = Tally(), _tables(protocol)
    for first, second in protocol.reporting.agree:
        for one, other, n in engine.rows(_BESIDE.format(first=tables[first], second=tables[second])):
            counts.add(("agreement", first, second, one, other), int(n))
    engine.forget(*tables.values())
    return counts


def _tables(protocol: Protocol) -> dict[str, str]:
    names = dict.fromkeys(name for pair in protocol.reporting.agree for name in pair)
    return {name: f"beside_{place}" for place, name in enumerate(names)}
