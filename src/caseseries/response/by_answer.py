"""What the included cases are like by their answer to one outcome, as counts that add up: for Table 1, where the protocol asks for it.

    answer_group(case_no, answer)                         grain: included case; of the outcome that is asked for, under the protocol as written
    answer_baseline_<n>(case_no, num, den, absent)        grain: included case; the baseline of the n-th measure

Section `characteristics by answer`, with the answer first (yes, no, not evaluable, outside, or `denominator not known`) and then a key as of
all included cases: cases, age, sex, duration, attribute, prior, prior not known, baseline, baseline absent; not charted, with the group of earlier
drugs (or `other drugs`) that the source could not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from caseseries.assessment.absent import words
from caseseries.chart.store import Numbers
from caseseries.cohort.case_counts import count_like_by
from caseseries.engine.connection import Engine
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.response.agreement_counts import ANSWER_BESIDE
from caseseries.stats.tally import Key, Tally, value_key

SECTION = "characteristics by answer"
GROUPS = "answer_group"

#: An answer, the key that is counted in its group, and how often.
Grouped = tuple[str, Key, int]


def keep_answers(engine: Engine, protocol: Protocol, outcome: str) -> None:
    """Keep the answers of the verdict that was settled last, where Table 1 is asked for by it."""
    if outcome == protocol.table_one_by:
        engine.keep(GROUPS, ANSWER_BESIDE)


def kept_baseline(engine: Engine, protocol: Protocol, measure: str, query: str) -> str:
    """The baseline of one measure as SQL that can be selected from: kept for :func:`count_by_answer` where Table 1 is asked for by an answer."""
    if protocol.table_one_by is None:
        return f"({query})"
    table = _tables(protocol)[measure]
    engine.keep(table, query)
    return table


def count_by_answer(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    attributes: Callable[[str], Iterable[Grouped]],
    measures: Iterable[str],
    *,
    exact: bool,
) -> Tally:
    """Count every characteristic of Table 1 by the answers that were kept, once all outcomes are settled; the tables are left behind.

    `attributes` counts those of the patients by a table of groups, `measures` are those of which a baseline was kept, and `exact` is as for
    :func:`caseseries.response.verdict_counts.tally`. Nothing is counted where the protocol does not ask for it.
    """
    counts = Tally()
    if protocol.table_one_by is None:
        return counts
    tables = {measure: _tables(protocol)[measure] for measure in measures}
    for answer, n in engine.rows(f"SELECT answer, count(*) FROM {GROUPS} GROUP BY answer"):
        counts.add((SECTION, answer, "cases"), int(n))
    for found in (count_like_by(engine, protocol, numbers, GROUPS), attributes(GROUPS)):
        for answer, key, n in found:
            counts.add((SECTION, answer, *key), n)
    for measure, table in tables.items():
        for answer, key, n in _baselines(engine, measure, table, exact=exact):
            counts.add((SECTION, answer, *key), n)
    engine.forget(GROUPS, *tables.values())
    return counts


def _baselines(engine: Engine, measure: str, table: str, *, exact: bool) -> Iterator[Grouped]:
    rows = engine.rows(f"""
SELECT g.answer, b.num, b.den, b.absent, count(*) FROM {table} AS b JOIN {GROUPS} AS g ON g.case_no = b.case_no
GROUP BY g.answer, b.num, b.den, b.absent
""")
    for answer, found, parts, why, n in rows:
        if why:
            yield answer, ("baseline absent", measure, words(why)), int(n)
        else:
            yield (
                answer,
                ("baseline", measure, value_key(Fraction(int(found), int(parts))) if exact else int(found)),
                int(n),
            )


def _tables(protocol: Protocol) -> dict[str, str]:
    return {measure: f"answer_baseline_{place}" for place, measure in enumerate(all_measures(protocol))}
