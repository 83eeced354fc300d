"""The cohort as counts that add up: who was found, who is a case and why not, and what the cases are like.

Sections: persons, cases, and of the included cases age, sex, observed, on drug, duration, drug, prior, prior not known; of their patients patients,
no death, deaths (those known to the day), deaths between two days, deaths within; not charted: the included cases and their patients of a source
that could not tell a kind of fact (or `event: NAME`, an intercurrent event, or `other drugs: GROUP`), which then counts as nothing of it, not even as
none; not charted because: why, with all persons of it, so that it is told also where nobody is included.
"""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.chart.store import Numbers
from caseseries.cohort.eligibility import completed_years, no_index, reason, studied_terms
from caseseries.cohort.other_drugs import count_drugs, count_prior, count_prior_by
from caseseries.cohort.unseen import unseen_events, untold_drugs
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Key, Tally

_PERSONS = "SELECT count(*) FROM person"
#: Every patient with a case has one of episode 1.
_INDEXED = "SELECT count(*) FROM index_case WHERE episode = 1"
_JUDGED = "SELECT failed, undetermined, count(*) FROM judged GROUP BY failed, undetermined"

_LIKE = """
SELECT k.case_no, {age} AS age, coalesce(p.sex, '') AS sex, k.follow_end - k.index_day AS seen, k.on_drug_end - k.index_day AS treated,
    k.index_day - d.day AS since
FROM included_case AS k
JOIN person AS p ON p.patient = k.patient
LEFT JOIN (
    SELECT k.case_no, CASE WHEN min(coalesce(f.low, f.day)) = min(coalesce(f.high, f.day)) AND min(f.day) <= k.index_day THEN min(f.day) END AS day
    FROM included_case AS k JOIN fact AS f ON f.patient = k.patient
    WHERE f.kind = 'diagnosis' AND f.day IS NOT NULL AND {own}
    GROUP BY k.case_no, k.index_day
) AS d ON d.case_no = k.case_no
"""
#: Of several days since an index date the least that is not negative belongs to the last case before the death. The last case of a
#: patient is also the one whose follow-up ends last.
_DIED = """
SELECT days, in_time, known, count(*)
FROM (
    SELECT patient, CASE WHEN min(death_low) < max(death_high) THEN FALSE ELSE TRUE END AS known,
        CASE WHEN min(death_low) <= max(follow_end) THEN 1 ELSE 0 END AS in_time,
        coalesce(min(CASE WHEN death_low >= index_day THEN death_low - index_day END), max(death_low - index_day)) AS days
    FROM included_case
    GROUP BY patient
) AS people
GROUP BY days, in_time, known
"""
_NUMBERS = {"age": "age", "observed": "seen", "on drug": "treated", "duration": "since"}


def tally(engine: Engine, protocol: Protocol, numbers: Numbers, *, dated: bool) -> Tally:
    """Count persons, cases by reason, and the included cases; needs the tables that :func:`caseseries.cohort.find` leaves.

    What is unknown of a case (age, last day on the drug, a diagnosis by the index date) counts as -1. A death counts once for its patient, by
    the days from the index date of the last case before it (below 0 where it lies before all of them).
    """
    counts = Tally()
    ((persons,),), ((indexed,),) = (engine.rows(query) for query in (_PERSONS, _INDEXED))
    counts.add(("persons",), int(persons))
    counts.add(("cases", no_index(protocol), ""), int(persons) - int(indexed))
    for failed, undetermined, n in engine.rows(_JUDGED):
        counts.add(("cases", reason(protocol, failed), "undetermined" if undetermined else ""), int(n))
    engine.keep(
        "case_like", _LIKE.format(age=_age(engine, dated=dated), own=studied_terms(protocol, numbers, "f.term"))
    )
    for section, column in _NUMBERS.items():
        for value, n in engine.rows(f"SELECT {column}, count(*) FROM case_like GROUP BY {column}"):
            counts.add((section, -1 if value is None else int(value)), int(n))
    for sex, n in engine.rows("SELECT sex, count(*) FROM case_like GROUP BY sex"):
        counts.add(("sex", sex), int(n))
    for days, in_time, known, n in engine.rows(_DIED):
        counts.add(("patients",), int(n))
        if "deaths" in numbers.not_charted:
            continue
        if days is None:
            counts.add(("no death",), int(n))
        else:
            counts.add(("deaths", int(days)) if known else ("deaths between two days",), int(n))
            counts.add(("deaths within",), int(n) * int(in_time))
    included = counts.total("cases", "", "")
    for kind, why in numbers.not_charted.items():
        counts.add(("not charted", kind, "cases"), included)
        counts.add(("not charted", kind, "patients"), counts.total("patients"))
        counts.add(("not charted because", kind, why), int(persons))
    for what, why in _unseen(protocol, numbers).items():
        counts.add(("not charted", what, "cases"), included)
        counts.add(("not charted", what, "patients"), counts.total("patients"))
        counts.add(("not charted because", what, why), int(persons))
    for (drug, role), n in count_drugs(engine, protocol, numbers).items():
        counts.add(("drug", drug, role), n)
    for (group, certain), n in count_prior(engine, protocol, numbers).items():
        counts.add(("prior" if certain else "prior not known", group), n)
    return counts


def count_like_by(engine: Engine, protocol: Protocol, numbers: Numbers, groups: str) -> Iterator[tuple[str, Key, int]]:
    """Age, sex, time since diagnosis and earlier treatment of the included cases by their answer: the answer, the key as of all cases, how often.

    `groups` is a table of case_no and answer. Earlier drugs that the source could not tell count as `not charted`, in every case of the group.
    """
    own = f"FROM case_like AS l JOIN {groups} AS g ON g.case_no = l.case_no GROUP BY g.answer"
    for section in ("age", "duration"):
        column = f"l.{_NUMBERS[section]}"
        for answer, value, n in engine.rows(f"SELECT g.answer, {column}, count(*) {own}, {column}"):
            yield answer, (section, -1 if value is None else int(value)), int(n)
    for answer, sex, n in engine.rows(f"SELECT g.answer, l.sex, count(*) {own}, l.sex"):
        yield answer, ("sex", sex), int(n)
    untold = [kind for kind in (*numbers.not_charted, *_unseen(protocol, numbers)) if kind.startswith("other drugs")]
    for answer, n in engine.rows(f"SELECT g.answer, count(*) {own}"):
        yield from ((answer, ("not charted", kind), int(n)) for kind in untold)
    for (answer, group, certain), n in count_prior_by(engine, protocol, numbers, groups).items():
        yield answer, ("prior" if certain else "prior not known", group), n


def tally_others(protocol: Protocol, persons: int) -> Tally:
    """So many more persons, of whom no table was made because none has a row of the index drug or event."""
    counts = Tally()
    counts.add(("persons",), persons)
    counts.add(("cases", no_index(protocol), ""), persons)
    return counts


def _unseen(protocol: Protocol, numbers: Numbers) -> dict[str, str]:
    """What could be seen in nobody, with why: intercurrent events, and groups of earlier drugs where other drugs were charted."""
    told = unseen_events(protocol, numbers.not_charted, numbers.only, pulses_untold=numbers.pulses_untold)
    found = {f"event: {event}": why for event, why in told.items()}
    if "other drugs" not in numbers.not_charted:
        for group in protocol.prior_groups:
            if why := untold_drugs(protocol, numbers.not_charted, numbers.only, group):
                found[f"other drugs: {group}"] = why
    return found


def _age(engine: Engine, *, dated: bool) -> str:
    """SQL for the age in whole years at the index date; NULL where the possible birth days disagree or nothing is known."""
    if not dated:
        return "p.age_years"
    youngest, oldest = (completed_years(engine, f"p.birth_{bound}", "k.index_day") for bound in ("high", "low"))
    return (
        "CASE WHEN p.birth_low IS NULL OR p.birth_high IS NULL THEN p.age_years "
        f"WHEN {youngest} = {oldest} THEN {youngest} END"
    )
