"""Safety as counts that add up: events by term, patients with one, time at risk, and how events were looked for.

Sections: adverse, adverse patients, days at risk, monitored. Terms are told as they are compared (``chart.store.plain``).
"""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.measure import Monitored
from caseseries.protocol.protocol import Protocol
from caseseries.safety.follow import MONITORED, PERSON_TIME, find_at_risk
from caseseries.stats.tally import Tally

_EVENTS = "SELECT term, why_not, count(*), count(DISTINCT patient) FROM ({adverse}) AS a GROUP BY term, why_not"
_PEOPLE = "SELECT count(DISTINCT patient) FROM ({adverse}) AS a WHERE why_not = ''"
_DAYS = f"SELECT sum(days) FROM ({PERSON_TIME}) AS t"
_LOOKED_FOR = """
SELECT count(*), count(DISTINCT patient), sum(CASE WHEN {beyond} THEN 1 ELSE 0 END) FROM ({values}) AS v
"""


def tally(engine: Engine, protocol: Protocol, numbers: Numbers, *, repeated: bool = False) -> Tally:
    """Count adverse events and the time in which they could be seen; needs ``included_case``. Empty where no safety is declared.

    A measure that is monitored twice counts once, and a value beyond any of its bounds as beyond. `repeated` says that `measurement` may hold
    equal rows, which are one value.
    """
    counts = Tally()
    if protocol.safety is None:
        return counts
    adverse = find_at_risk(engine, protocol)
    words = {number: term for (_, term), number in numbers.terms.items()}
    for term, why_not, events, people in engine.rows(_EVENTS.format(adverse=adverse)):
        counts.add(("adverse", words[term], why_not), int(events))
        if not why_not:
            counts.add(("adverse patients", words[term]), int(people))
    ((with_event,),), ((days,),) = engine.rows(_PEOPLE.format(adverse=adverse)), engine.rows(_DAYS)
    counts.add(("adverse patients", ""), int(with_event))
    counts.add(("days at risk",), int(days or 0))
    for measure in dict.fromkeys(one.measure for one in protocol.safety.monitored):
        beyond = [bound for one in protocol.safety.monitored if one.measure == measure for bound in _beyond(one)]
        values = MONITORED.format(measure=numbers.measures.get(measure, 0))
        if repeated:
            values = f"SELECT DISTINCT case_no, patient, relative_day, value, censor FROM ({values}) AS each_row"
        query = _LOOKED_FOR.format(values=values, beyond=" OR ".join(beyond) or "FALSE")
        for part, n in zip(("values", "patients", "beyond"), engine.rows(query)[0], strict=True):
            counts.add(("monitored", measure, part), int(n or 0))
    return counts


def _beyond(declared: Monitored) -> list[str]:
    """SQL for a value beyond each declared bound; a value known only as below a bound lies below it."""
    found = []
    for bound, side, own, other in ((declared.below, "<", "<", ">"), (declared.above, ">", ">", "<")):
        if bound is not None:
            found += _of_bound(bound * MILLIONTH, side, own, other)
    return found


def _of_bound(bound: Fraction, side: str, own: str, other: str) -> list[str]:
    # A bound between two millionths is compared as the whole number on its far side; no value equals it.
    near = -(-bound.numerator // bound.denominator) if side == "<" else bound.numerator // bound.denominator
    found = [f"(value {side} {near} AND censor <> '{other}')"]
    return [*found, f"(value = {near} AND censor = '{own}')"] if bound.denominator == 1 else found
