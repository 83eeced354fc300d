"""Safety: adverse events on treatment, and the time during which they could have been seen.

at_risk = included_case + until, next_index, place          days of the chart; grain: included case
treated(case_no, patient, first, last)                      grain: included case x stretch of days on treatment, apart by a day or more
treated_perhaps(case_no, patient, first, last)              the same for days on treatment for certain or perhaps
adverse(case_no, record, term, relative_day, relative_last, why_not, patient, relative_low, relative_high)
                                                            a query; grain: included case x event fact

On treatment follows the days on which the drug was taken, not the episode: a gap that `restart_after` bridges is off treatment once the
lag after the last dose before it is over. A date that is known only between two days is on treatment where both ends and all days between
them are, and `POSSIBLE` where only some are, or where it is not known whether the drug was then taken. Days at risk are those on treatment
for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.store import TAKEN
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent
from caseseries.protocol.protocol import Protocol
from caseseries.safety.exposure import exposed_cases
from caseseries.safety.lab_grades import graded_cases
from caseseries.safety.monitored_values import Watched, watched
from caseseries.verdict.exposure import CaseExposure
from caseseries.verdict.lab_grades import CaseGrade

#: Why an event does not count as on treatment.
NO_DATE, BEFORE, AFTER = "no date", "before the index date", "after the end of follow-up"
POSSIBLE = "date not exact, so it may be on treatment or not"
NOT_ASSESSED = "no time on treatment is declared"
NOTHING = (NO_DATE, BEFORE)

Status = Literal["on treatment", "possibly on treatment", "not on treatment", "undated", "not assessed"]


def late(lag: int) -> str:
    """Why an event after the last dose does not count.

    >>> late(30)
    'more than 30 days after the last dose'
    """
    return f"more than {lag} days after the last dose"


def status(why_not: str) -> Status:
    """What is known of an event, by its reason.

    >>> status(""), status(NO_DATE), status(late(30))
    ('on treatment', 'undated', 'not on treatment')
    """
    known: dict[str, Status] = {
        "": "on treatment",
        NO_DATE: "undated",
        POSSIBLE: "possibly on treatment",
        NOT_ASSESSED: "not assessed",
    }
    return known.get(why_not, "not on treatment")


#: Each included case with the days at risk: until the lag after its last dose, the end of follow-up, or the patient's next case.
_AT_RISK = """
SELECT k.*, least(coalesce(k.on_drug_low, k.follow_end) + {lag}, k.follow_end) AS until,
    lead(k.index_day) OVER (PARTITION BY k.patient ORDER BY k.index_day) AS next_index,
    row_number() OVER (PARTITION BY k.patient ORDER BY k.index_day) AS place
FROM included_case AS k
"""

#: The courses of the case's own episode, each with the lag; a case without an episode is on treatment from its index date on.
_TREATED = """
WITH taken AS (
    SELECT k.case_no, k.patient, {first} AS first, least(coalesce({last}, {end}) + {lag}, {end}) AS last
    FROM at_risk AS k
    JOIN course AS c ON c.patient = k.patient
    JOIN study_drug AS s ON s.drug = c.drug
    WHERE c.first_low >= k.index_day AND (k.ongoing OR {own}) AND {taken}
    UNION ALL
    SELECT case_no, patient, index_day AS first, {end} AS last FROM at_risk AS k WHERE on_drug_low IS NULL
),
bounded AS (
    SELECT t.case_no, t.patient, t.first, least(t.last, coalesce(k.next_index, t.last)) AS last
    FROM taken AS t JOIN at_risk AS k ON k.case_no = t.case_no
),
marked AS (
    SELECT case_no, patient, first, last,
        CASE WHEN first <= 1 + max(last) OVER (
            PARTITION BY case_no ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) THEN 0 ELSE 1 END AS opens
    FROM bounded
    WHERE first <= last
),
numbered AS (
    SELECT case_no, patient, first, last, sum(opens) OVER (PARTITION BY case_no ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS stretch
    FROM marked
)
SELECT case_no, patient, CAST(min(first) AS INT) AS first, CAST(max(last) AS INT) AS last FROM numbered GROUP BY case_no, patient, stretch
"""

#: On treatment for certain, whatever the days of the courses that are not known; and perhaps.
_CERTAIN = {"first": "c.first_high", "last": "c.last_low", "own": "c.first_high <= k.end_low", "end": "k.follow_end"}
_PERHAPS = {
    "first": "c.first_low",
    "last": "c.last_high",
    "own": "coalesce(c.first_low <= k.end_high, TRUE)",
    "end": "k.follow_high",
}

#: An event belongs to the latest case that began by its earliest possible day.
_EVENT = """
SELECT k.case_no, k.patient, k.index_day, k.follow_end, f.record, f.term, f.day, f.last,
    coalesce(f.low, f.day) AS low, coalesce(f.high, f.day) AS high
FROM at_risk AS k
JOIN fact AS f ON f.patient = k.patient
WHERE f.kind = 'event' AND CASE
    WHEN f.day IS NULL OR coalesce(f.low, f.day) < k.index_day THEN k.place = 1
    ELSE k.next_index IS NULL OR coalesce(f.low, f.day) < k.next_index
END
"""
#: The event that makes a case is what it is treated for, and no adverse event; a later one of the same name is.
_NOT_THE_INDEX = " AND NOT coalesce(f.day = k.index_day AND f.term IN (SELECT term FROM index_term), FALSE)"

#: How much of the days that an event may have had is on treatment: all of them (2), some or perhaps, or in a later case of the patient (1).
_REACHED = """
SELECT e.case_no, e.low, e.high,
    max(CASE WHEN t.certain AND t.case_no = e.case_no AND t.first <= e.low AND t.last >= e.high THEN 2 ELSE 1 END) AS reach
FROM (SELECT DISTINCT case_no, patient, low, high FROM adverse_event WHERE low IS NOT NULL) AS e
JOIN (
    SELECT case_no, patient, first, last, TRUE AS certain FROM treated
    UNION ALL
    SELECT case_no, patient, first, last, FALSE FROM treated_perhaps
) AS t ON t.patient = e.patient AND t.first <= e.high AND t.last >= e.low
GROUP BY e.case_no, e.low, e.high
"""

ADVERSE = """
SELECT e.case_no, e.record, e.term, e.day - e.index_day AS relative_day, e.last - e.index_day AS relative_last,
    CASE
        WHEN e.low IS NULL THEN '{no_date}'
        WHEN e.high < e.index_day THEN '{before}'
        {on_treatment}
    END AS why_not, e.patient, e.low - e.index_day AS relative_low, e.high - e.index_day AS relative_high
FROM adverse_event AS e
LEFT JOIN adverse_reach AS r ON r.case_no = e.case_no AND r.low = e.low AND r.high = e.high
"""
_ON_TREATMENT = (
    "WHEN r.reach = 2 THEN '' WHEN r.reach = 1 THEN '{possible}' WHEN e.low > e.follow_end THEN '{after}' ELSE '{late}'"
)
_NOT_ASSESSED = "WHEN e.low > e.follow_end THEN '{after}' ELSE '{not_assessed}'"

#: Drugs taken on every day that the event may have had (certain), or on some.
_CONCURRENT = f"""
SELECT e.case_no, e.record, c.drug, max(CASE WHEN c.first_high <= e.low AND coalesce(c.last_low >= e.high, TRUE) THEN 1 ELSE 0 END) AS certain
FROM adverse_event AS e
JOIN course AS c ON c.patient = e.patient
LEFT JOIN study_drug AS s ON s.drug = c.drug
WHERE s.drug IS NULL AND {TAKEN} AND c.first_low <= e.high AND coalesce(c.last_high >= e.low, TRUE)
GROUP BY e.case_no, e.record, c.drug
"""

#: Days at risk: those on treatment less one, because day 0 is where the time begins; for certain, and at most.
PERSON_TIME = """
SELECT k.case_no, CAST(greatest(0, coalesce(sum(CASE WHEN t.certain THEN t.last - t.first + 1 END), 1) - 1) AS INT) AS days,
    CAST(greatest(0, coalesce(sum(CASE WHEN NOT t.certain THEN t.last - t.first + 1 END), 1) - 1) AS INT) AS most
FROM at_risk AS k LEFT JOIN (
    SELECT case_no, first, last, TRUE AS certain FROM treated UNION ALL SELECT case_no, first, last, FALSE FROM treated_perhaps
) AS t ON t.case_no = k.case_no
GROUP BY k.case_no
"""


@dataclass(frozen=True, slots=True)
class Adverse:
    """One event of one included case; `record` finds its fact. `why_not` is empty for events on treatment.

    `low` and `high` are the earliest and the latest day that it may have had. `concurrent` are other drugs taken on all of these days,
    `perhaps` those taken on some.
    """

    case_id: str
    record: int
    day: int | None
    end: int | None
    why_not: str
    concurrent: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Safety:
    """Events, days at risk by case (empty where the protocol declares no safety), and the values of each monitored count.

    `most_days` are the days at risk if every day that may have been on treatment was. `graded` has the worst laboratory grade of each case by
    measure and version, `exposure` its cumulative doses.
    """

    events: tuple[Adverse, ...]
    days_at_risk: dict[str, int]
    monitored: tuple[tuple[Watched, ...], ...]
    most_days: dict[str, int]
    graded: tuple[CaseGrade, ...] = ()
    exposure: tuple[CaseExposure, ...] = ()


def find_at_risk(engine: Engine, protocol: Protocol) -> str:
    """Keep ``at_risk``, ``treated`` and ``adverse_event``; the query for the adverse events of each case.

    Where the protocol declares no safety, no event counts as on treatment, and why is `NOT_ASSESSED`.
    """
    lag = 0 if protocol.safety is None else int(protocol.safety.until_after_last_dose)
    engine.keep("at_risk", _AT_RISK.format(lag=lag))
    engine.keep("treated", _TREATED.format(lag=lag, taken=TAKEN, **_CERTAIN))
    engine.keep("treated_perhaps", _TREATED.format(lag=lag, taken=TAKEN, **_PERHAPS))
    by_event = isinstance(protocol.case.index_date, FirstEvent)
    engine.keep("adverse_event", _EVENT + (_NOT_THE_INDEX if by_event else ""))
    engine.keep("adverse_reach", _REACHED)
    on_treatment = _NOT_ASSESSED.format(after=AFTER, not_assessed=NOT_ASSESSED)
    if protocol.safety is not None:
        on_treatment = _ON_TREATMENT.format(possible=POSSIBLE, after=AFTER, late=late(lag))
    return ADVERSE.format(no_date=NO_DATE, before=BEFORE, on_treatment=on_treatment)


def follow(engine: Engine, protocol: Protocol, cohort: Cohort) -> Safety:
    """Adverse events over person-time; where the protocol declares no safety, the events alone."""
    case_ids = {case.number: case.case_id for case in cohort.included}
    drugs = {number: key for key, number in cohort.numbers.drugs.items()}
    adverse = find_at_risk(engine, protocol)
    concurrent: dict[tuple[int, int, int], list[str]] = {}
    for case_no, record, drug, certain in engine.rows(f"{_CONCURRENT} ORDER BY case_no, record, drug"):
        concurrent.setdefault((case_no, record, int(certain)), []).append(drugs[drug])
    events = tuple(
        Adverse(
            case_ids[case_no],
            record,
            day,
            last,
            why_not,
            tuple(concurrent.get((case_no, record, 1), ())),
            low,
            high,
            tuple(concurrent.get((case_no, record, 0), ())),
        )
        for case_no, record, _, day, last, why_not, _, low, high in engine.rows(
            f"{adverse} ORDER BY case_no, relative_day NULLS LAST, record"
        )
    )
    if protocol.safety is None:
        return Safety(events, {}, (), {})
    times = engine.rows(f"{PERSON_TIME} ORDER BY case_no")
    days = {case_ids[case_no]: int(at_risk) for case_no, at_risk, _ in times}
    most = {case_ids[case_no]: int(at_most) for case_no, _, at_most in times}
    values, grades = watched(engine, protocol, cohort), graded_cases(engine, protocol, cohort)
    return Safety(events, days, values, most, grades, exposed_cases(engine, protocol, cohort))
