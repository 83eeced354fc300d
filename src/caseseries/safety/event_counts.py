"""Safety as counts that add up: events by term, patients with one, time at risk, and how events were looked for.

Sections: adverse, adverse patients (with an event on treatment), adverse patients perhaps (further ones with an event that may be on
treatment), adverse patients any (with an event on treatment or not, dated or not), days at risk, days perhaps at risk (further ones of which
that is not known), monitored; and where a source could not tell any event, or not one of them, its days at risk
under not charted too, because no rate rests on them. A source that could tell certain events alone counts its patients and days at risk under
looked for alone and the JSON list of their names: no rate of another event rests on them. Terms are told as they are compared
(``chart.store.plain``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.measure import Monitored
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import decimal_text, folded
from caseseries.safety.follow import MONITORED, PERSON_TIME, POSSIBLE, find_at_risk
from caseseries.stats.tally import Tally

_EVENTS = "SELECT term, why_not, count(*) FROM ({adverse}) AS a GROUP BY term, why_not"
_PATIENTS = f"""count(DISTINCT CASE WHEN why_not = '' THEN patient END), count(DISTINCT CASE WHEN why_not IN ('', '{POSSIBLE}') THEN patient END),
    count(DISTINCT patient)"""
_PEOPLE_BY_TERM = f"SELECT term, {_PATIENTS} FROM ({{adverse}}) AS a GROUP BY term"
_PEOPLE = f"SELECT {_PATIENTS} FROM ({{adverse}}) AS a"
_DAYS = f"SELECT sum(days), sum(most) FROM ({PERSON_TIME}) AS t"
_LOOKED_FOR = """
SELECT count(*), count(DISTINCT patient){beyond} FROM ({values}) AS v
"""


def tally(engine: Engine, protocol: Protocol, numbers: Numbers, *, repeated: bool = False) -> Tally:
    """Count adverse events and the time in which they could be seen; needs ``included_case``. Where no safety is declared
    events alone are counted, as not assessed.

    A measure that is monitored twice counts its values once, and those beyond under each of the declared bounds. `repeated` says that
    `measurement` may hold equal rows, which are one value.
    """
    counts = Tally()
    adverse = find_at_risk(engine, protocol)
    if protocol.safety is None:
        if "adverse events" not in numbers.not_charted:
            _events(engine, numbers, adverse, counts)
        return counts
    ((least, most),) = engine.rows(_DAYS)
    days, perhaps = int(least or 0), int(most or 0) - int(least or 0)
    counts.add(("days at risk",), days)
    counts.add(("days perhaps at risk",), perhaps)
    if "adverse events" in numbers.not_charted:
        counts.add(("not charted", "adverse events", "days"), days)
        counts.add(("not charted", "adverse events", "days perhaps"), perhaps)
    else:
        _events(engine, numbers, adverse, counts)
        if (only := numbers.only.get("adverse events")) is not None:
            _named_alone(engine, only, counts, days, perhaps)
    for name in protocol.safety.events:
        if "adverse events" not in numbers.not_charted and not numbers.tells("adverse events", name):
            _not_looked_for(engine, f"adverse events: {folded(name)}", counts, days, perhaps)
    _looked_for(engine, protocol, numbers, counts, repeated=repeated)
    return counts


def _events(engine: Engine, numbers: Numbers, adverse: str, counts: Tally) -> None:
    words = {number: term for (_, term), number in numbers.terms.items()}
    for term, why_not, events in engine.rows(_EVENTS.format(adverse=adverse)):
        counts.add(("adverse", words[term], why_not), int(events))
    people = [(words[term], *n) for term, *n in engine.rows(_PEOPLE_BY_TERM.format(adverse=adverse))]
    ((*all_terms, with_any),) = engine.rows(_PEOPLE.format(adverse=adverse))
    for term, certain, at_most, *_ in (*people, ("", *all_terms)):
        counts.add(("adverse patients", term), int(certain))
        counts.add(("adverse patients perhaps", term), int(at_most) - int(certain))
    counts.add(("adverse patients any",), int(with_any))


def _named_alone(engine: Engine, names: Sequence[str], counts: Tally, days: int, perhaps: int) -> None:
    """The patients and the time of a source that looked for these events and for no other."""
    ((patients,),) = engine.rows("SELECT count(DISTINCT patient) FROM at_risk")
    section = ("looked for alone", json.dumps(sorted({folded(name) for name in names}), ensure_ascii=False))
    counts.add((*section, "patients"), int(patients))
    counts.add((*section, "days"), days)
    counts.add((*section, "days perhaps"), perhaps)


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
        bounds = {beyond_words(one): one for one in protocol.safety.monitored if one.measure == measure}
        bounds.pop("", None)
        values = MONITORED.format(measure=numbers.measures.get(measure, 0))
        if repeated:
            values = f"SELECT DISTINCT case_no, patient, relative_day, value, censor FROM ({values}) AS each_row"
        sums = ""
        for one in bounds.values():
            beyond, perhaps = _beyond(one)
            sums += f", sum(CASE WHEN {beyond} THEN 1 ELSE 0 END), sum(CASE WHEN NOT ({beyond}) AND ({perhaps}) THEN 1 ELSE 0 END)"
        parts = ["values", "patients", *(f"{what} {bound}" for bound in bounds for what in ("beyond", "perhaps"))]
        for part, n in zip(parts, engine.rows(_LOOKED_FOR.format(values=values, beyond=sums))[0], strict=True):
            counts.add(("monitored", measure, part), int(n or 0))


def beyond_words(declared: Monitored) -> str:
    """The bounds of a monitored measure in words, beyond which its values are counted: `below 1.5 or above 10`; empty where it has none."""
    bounds = [f"below {decimal_text(declared.below)}"] if declared.below is not None else []
    bounds += [f"above {decimal_text(declared.above)}"] if declared.above is not None else []
    return " or ".join(bounds)


def _beyond(declared: Monitored) -> tuple[str, str]:
    """SQL for a value beyond one of the declared bounds, and for one known only as a limit that may be.

    A value known only as below a limit lies below a bound from that limit on; else it may, as any above a limit that is not beyond.
    """
    beyond, perhaps = [], []
    for bound, side, other in ((declared.below, "<", ">"), (declared.above, ">", "<")):
        if bound is not None:
            near = _near(bound * MILLIONTH, side)
            sure = f"(value {side} {near} AND censor NOT IN ('{other}', '{other}='))"
            if (bound * MILLIONTH).denominator == 1:
                sure = f"({sure} OR (value = {near} AND censor = '{side}'))"
            beyond.append(sure)
            perhaps.append(
                f"censor IN ('{side}', '{side}=') OR (censor IN ('{other}', '{other}=') AND value {side} {near})"
            )
    return " OR ".join(beyond), " OR ".join(perhaps)


def _near(bound: Fraction, side: str) -> int:
    # A bound between two millionths is compared as the whole number on its far side; no value equals it.
    return -(-bound.numerator // bound.denominator) if side == "<" else bound.numerator // bound.denominator
