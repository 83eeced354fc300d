"""Safety as counts that add up: events by term, patients with one, time at risk, and how events were looked for.

Sections: adverse, adverse patients, adverse patients any (with an event on treatment or not, dated or not), days at risk, days perhaps at
risk (further ones of which that is not known), monitored; and where a source could not tell any event, or not one of them, its days at risk
under not charted too, because no rate rests on them. Terms are told as they are compared (``chart.store.plain``).
"""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.measure import Monitored
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.safety.follow import MONITORED, PERSON_TIME, find_at_risk
from caseseries.stats.tally import Tally

_EVENTS = "SELECT term, why_not, count(*), count(DISTINCT patient) FROM ({adverse}) AS a GROUP BY term, why_not"
_PEOPLE = (
    "SELECT count(DISTINCT CASE WHEN why_not = '' THEN patient END), count(DISTINCT patient) FROM ({adverse}) AS a"
)
_DAYS = f"SELECT sum(days), sum(most) FROM ({PERSON_TIME}) AS t"
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
    ((least, most),) = engine.rows(_DAYS)
    days, perhaps = int(least or 0), int(most or 0) - int(least or 0)
    counts.add(("days at risk",), days)
    counts.add(("days perhaps at risk",), perhaps)
    if "adverse events" in numbers.not_charted:
        counts.add(("not charted", "adverse events", "days"), days)
        counts.add(("not charted", "adverse events", "days perhaps"), perhaps)
    else:
        _events(engine, numbers, adverse, counts)
    for name in protocol.safety.events:
        if "adverse events" not in numbers.not_charted and not numbers.tells("adverse events", name):
            _not_looked_for(engine, f"adverse events: {folded(name)}", counts, days, perhaps)
    _looked_for(engine, protocol, numbers, counts, repeated=repeated)
    return counts


def _events(engine: Engine, numbers: Numbers, adverse: str, counts: Tally) -> None:
    words = {number: term for (_, term), number in numbers.terms.items()}
    for term, why_not, events, people in engine.rows(_EVENTS.format(adverse=adverse)):
        counts.add(("adverse", words[term], why_not), int(events))
        if not why_not:
            counts.add(("adverse patients", words[term]), int(people))
    ((with_event, with_any),) = engine.rows(_PEOPLE.format(adverse=adverse))
    counts.add(("adverse patients", ""), int(with_event))
    counts.add(("adverse patients any",), int(with_any))


def _not_looked_for(engine: Engine, what: str, counts: Tally, days: int, perhaps: int) -> None:
    """One event of several that the source could not tell: its rate does not rest on these cases."""
    ((cases, patients),) = engine.rows("SELECT count(*), count(DISTINCT patient) FROM at_risk")
    counts.add(("not charted", what, "cases"), int(cases))
    counts.add(("not charted", what, "patients"), int(patients))
    counts.add(("not charted", what, "days"), days)
    counts.add(("not charted", what, "days perhaps"), perhaps)
    counts.add(("not charted because", what, "no concept or no table holds it"), int(cases))


def _looked_for(engine: Engine, protocol: Protocol, numbers: Numbers, counts: Tally, *, repeated: bool) -> None:
    assert protocol.safety is not None
    for measure in dict.fromkeys(one.measure for one in protocol.safety.monitored):
        beyond = [bound for one in protocol.safety.monitored if one.measure == measure for bound in _beyond(one)]
        values = MONITORED.format(measure=numbers.measures.get(measure, 0))
        if repeated:
            values = f"SELECT DISTINCT case_no, patient, relative_day, value, censor FROM ({values}) AS each_row"
        query = _LOOKED_FOR.format(values=values, beyond=" OR ".join(beyond) or "FALSE")
        for part, n in zip(("values", "patients", "beyond"), engine.rows(query)[0], strict=True):
            counts.add(("monitored", measure, part), int(n or 0))


def _beyond(declared: Monitored) -> list[str]:
    """SQL for a value beyond each declared bound; a value known only as below a bound lies below it."""
    found = []
    for bound, side, other in ((declared.below, "<", ">"), (declared.above, ">", "<")):
        if bound is not None:
            found += _of_bound(bound * MILLIONTH, side, other)
    return found


def _of_bound(bound: Fraction, side: str, other: str) -> list[str]:
    # A bound between two millionths is compared as the whole number on its far side; no value equals it.
    near = -(-bound.numerator // bound.denominator) if side == "<" else bound.numerator // bound.denominator
    found = [f"(value {side} {near} AND censor NOT IN ('{other}', '{other}='))"]
    return [*found, f"(value = {near} AND censor = '{side}')"] if bound.denominator == 1 else found
