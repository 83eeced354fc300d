"""Safety as counts that add up: events by term, patients with one, time at risk, and how events were looked for.

Sections: adverse, adverse patients (with an event on treatment), adverse patients perhaps (further ones with an event that may be on
treatment), adverse patients any (with an event on treatment or not, dated or not), days at risk, days perhaps at risk (further ones of which
that is not known), monitored; and where a source could not tell any event, or not one of them, its days at risk
under not charted too, because no rate rests on them. A source that could tell certain events alone counts its patients and days at risk under
looked for alone and the JSON list of their names: no rate of another event rests on them. Terms are told as they are compared
(``protocol.written.folded``).

Of each question that is asked of events (``chart.event_questions``: led to stopping, where a study drug is declared; serious; grade 3 or more): a
section of its name (events that are or may be on treatment, by the answer and by which of the two they are), with *patients* behind it (with one
on treatment of which the answer is yes), and with *patients perhaps* (further ones with one that is or may be on treatment and of which it is not
known that it is no).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from caseseries.chart.event_questions import asked_of_events
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.safety.exposure import count_exposure
from caseseries.safety.follow import PERSON_TIME, POSSIBLE, find_at_risk
from caseseries.safety.lab_grades import count_grades
from caseseries.safety.monitored_values import count_watched
from caseseries.stats.tally import Tally

_EVENTS = "SELECT term, why_not, count(*) FROM ({adverse}) AS a GROUP BY term, why_not"
_PATIENTS = f"""count(DISTINCT CASE WHEN why_not = '' THEN patient END), count(DISTINCT CASE WHEN why_not IN ('', '{POSSIBLE}') THEN patient END),
    count(DISTINCT patient)"""
_PEOPLE_BY_TERM = f"SELECT term, {_PATIENTS} FROM ({{adverse}}) AS a GROUP BY term"
_PEOPLE = f"SELECT {_PATIENTS} FROM ({{adverse}}) AS a"
#: The answer to one question of each event that is or may be on treatment.
_TOLD = f"""
SELECT a.patient, a.why_not, coalesce(t.answer, 'not recorded') AS answer
FROM ({{adverse}}) AS a LEFT JOIN event_told AS t ON t.record = a.record AND t.question = '{{question}}'
WHERE a.why_not IN ('', '{POSSIBLE}')
"""
_CERTAIN_PATIENTS = "count(DISTINCT CASE WHEN why_not = '' AND answer = 'yes' THEN patient END)"
_MOST_PATIENTS = "count(DISTINCT CASE WHEN answer <> 'no' THEN patient END)"
_DAYS = f"SELECT sum(days), sum(most) FROM ({PERSON_TIME}) AS t"


def tally(engine: Engine, protocol: Protocol, numbers: Numbers) -> Tally:
    """Count adverse events and the time in which they could be seen; needs ``included_case``. Where no safety is declared
    events alone are counted, as not assessed."""
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
        for question in asked_of_events(protocol):
            _told(engine, adverse, question.name, counts)
        if (only := numbers.only.get("adverse events")) is not None:
            _named_alone(engine, only, counts, days, perhaps)
    for name in dict.fromkeys(map(folded, protocol.safety.events)):
        if "adverse events" not in numbers.not_charted and not numbers.tells("adverse events", name):
            _not_looked_for(engine, f"adverse events: {name}", counts, days, perhaps)
    for measure, part, n in count_watched(engine, protocol, numbers):
        counts.add(("monitored", measure, part), n)
    for key, n in count_grades(engine, protocol, numbers):
        counts.add(("graded", *key), n)
    for key_of_dose, n in count_exposure(engine, protocol, numbers):
        counts.add(("exposure", *key_of_dose), n)
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


def _told(engine: Engine, adverse: str, question: str, counts: Tally) -> None:
    """The answers to one question of the events that are or may be on treatment, and the patients with one of which it is yes."""
    told = _TOLD.format(adverse=adverse, question=question)
    for answer, why_not, events in engine.rows(
        f"SELECT answer, why_not, count(*) FROM ({told}) AS s GROUP BY answer, why_not"
    ):
        counts.add((question, answer, why_not), int(events))
    ((certain, at_most),) = engine.rows(f"SELECT {_CERTAIN_PATIENTS}, {_MOST_PATIENTS} FROM ({told}) AS s")
    counts.add((f"{question} patients",), int(certain))
    counts.add((f"{question} patients perhaps",), int(at_most) - int(certain))


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
    ((persons,),) = engine.rows("SELECT count(*) FROM person")
    counts.add(("not charted", what, "cases"), int(cases))
    counts.add(("not charted", what, "patients"), int(patients))
    counts.add(("not charted", what, "days"), days)
    counts.add(("not charted", what, "days perhaps"), perhaps)
    counts.add(("not charted because", what, "no concept or no table holds it"), int(persons))
