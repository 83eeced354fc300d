"""Verdicts of several outcomes side by side, counted under the protocol as written.

    beside_<n>(case_no, answer)    grain: included case; of the n-th outcome that is compared with another

Section `agreement`, with the two outcomes first and then the answer of each: yes, no, not evaluable, outside, or `denominator not
known`. Section `over time`, with an outcome and a letter (``LETTERS``) for its answer at each of its time points, the earliest first.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
from caseseries.verdict.over_time import LETTERS

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
    for outcome, verdicts in protocol.over_time.items():
        for answers, n in engine.rows(_over_time([tables[one] for one in verdicts])):
            counts.add(("over time", outcome, answers), int(n))
    engine.forget(*tables.values())
    return counts


def _over_time(tables: Sequence[str]) -> str:
    """The query of how often each row of answers was given."""
    first = tables[0]
    letters = " ".join(f"WHEN '{answer}' THEN '{letter}'" for answer, letter in LETTERS.items())
    told = " || ".join(f"CASE {table}.answer {letters} END" for table in tables)
    joins = " ".join(f"JOIN {table} ON {table}.case_no = {first}.case_no" for table in tables[1:])
    return f"SELECT answers, count(*) FROM (SELECT {told} AS answers FROM {first} {joins}) AS told GROUP BY answers ORDER BY answers"


def _tables(protocol: Protocol) -> dict[str, str]:
    compared = [*protocol.reporting.agree, *protocol.over_time.values()]
    names = dict.fromkeys(name for several in compared for name in several)
    return {name: f"beside_{place}" for place, name in enumerate(names)}
