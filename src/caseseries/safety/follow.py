"""Safety: adverse events on treatment, and the time during which they could have been seen.

at_risk = included_case + until, next_index, place          days of the chart; grain: included case
adverse(case_no, record, term, relative_day, relative_last, why_not, patient)      a query; grain: included case x event fact
"""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

#: Each included case with the days at risk: until the lag after its last dose, the end of follow-up, or the patient's next case.
_AT_RISK = """
SELECT k.*, least(coalesce(k.on_drug_end, k.follow_end) + {lag}, k.follow_end) AS until,
    lead(k.index_day) OVER (PARTITION BY k.patient ORDER BY k.index_day) AS next_index,
    row_number() OVER (PARTITION BY k.patient ORDER BY k.index_day) AS place
FROM included_case AS k
"""

ADVERSE = """
SELECT k.case_no, f.record, f.term, f.day - k.index_day AS relative_day, f.last - k.index_day AS relative_last,
    CASE
        WHEN f.day IS NULL THEN 'no date'
        WHEN f.day < k.index_day THEN 'before the index date'
        WHEN f.day > k.follow_end THEN 'after the end of follow-up'
        WHEN f.day > coalesce(k.on_drug_end, k.follow_end) + {lag} THEN 'more than {lag} days after the last dose'
        ELSE ''
    END AS why_not, k.patient
FROM at_risk AS k
JOIN fact AS f ON f.patient = k.patient
WHERE f.kind = 'event' AND CASE
    WHEN f.day IS NULL OR f.day < k.index_day THEN k.place = 1
    ELSE k.next_index IS NULL OR f.day < k.next_index
END
"""

_CONCURRENT = """
SELECT DISTINCT k.case_no, f.record, c.drug
FROM included_case AS k
JOIN fact AS f ON f.patient = k.patient
JOIN course AS c ON c.patient = k.patient
LEFT JOIN study_drug AS s ON s.drug = c.drug
WHERE f.kind = 'event' AND s.drug IS NULL AND c.first <= f.day AND coalesce(c.last >= f.day, TRUE)
"""

PERSON_TIME = "SELECT case_no, greatest(0, least(until, coalesce(next_index, until)) - index_day) AS days FROM at_risk"

MONITORED = """
SELECT k.case_no, m.record, m.day - k.index_day AS relative_day, m.value, m.censor, k.patient
FROM at_risk AS k
JOIN measurement AS m ON m.patient = k.patient
WHERE m.measure = {measure} AND m.value IS NOT NULL AND m.day >= k.index_day AND m.day <= k.until
  AND (k.next_index IS NULL OR m.day < k.next_index)
"""


@dataclass(frozen=True, slots=True)
class Adverse:
    """One event of one included case; `record` finds its fact. `why_not` is empty for events on treatment."""

    case_id: str
    record: int
    day: int | None
    end: int | None
    why_not: str
    concurrent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Monitored:
    """Values of a monitored count while on treatment: (case, day, millionths, censoring)."""

    measure: str
    values: tuple[tuple[str, int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Safety:
    """Events, days at risk by case, and monitored counts."""

    events: tuple[Adverse, ...]
    days_at_risk: dict[str, int]
    monitored: tuple[Monitored, ...]


def find_at_risk(engine: Engine, protocol: Protocol) -> str:
    """Keep ``at_risk``; the query for the adverse events of each case. The protocol declares safety."""
    assert protocol.safety is not None
    lag = int(protocol.safety.until_after_last_dose)
    engine.keep("at_risk", _AT_RISK.format(lag=lag))
    return ADVERSE.format(lag=lag)


def follow(engine: Engine, protocol: Protocol, cohort: Cohort) -> Safety | None:
    """Adverse events over person-time; None where the protocol declares no safety."""
    if protocol.safety is None:
        return None
    case_ids = {case.number: case.case_id for case in cohort.included}
    drugs = {number: key for key, number in cohort.numbers.drugs.items()}
    concurrent: dict[tuple[int, int], list[str]] = {}
    for case_no, record, drug in engine.rows(f"{_CONCURRENT} ORDER BY case_no, record, drug"):
        concurrent.setdefault((case_no, record), []).append(drugs[drug])
    adverse = find_at_risk(engine, protocol)
    events = tuple(
        Adverse(case_ids[case_no], record, day, last, why_not, tuple(concurrent.get((case_no, record), ())))
        for case_no, record, _, day, last, why_not, _ in engine.rows(
            f"{adverse} ORDER BY case_no, relative_day NULLS LAST, record"
        )
    )
    days = {case_ids[case_no]: int(at_risk) for case_no, at_risk in engine.rows(f"{PERSON_TIME} ORDER BY case_no")}
    monitored = tuple(
        Monitored(
            count.measure,
            tuple(
                (case_ids[case_no], day, int(value), censor)
                for case_no, _, day, value, censor, _ in engine.rows(
                    MONITORED.format(measure=cohort.numbers.measures.get(count.measure, 0))
                    + "ORDER BY case_no, relative_day, record"
                )
            ),
        )
        for count in protocol.safety.monitored
    )
    return Safety(events, days, monitored)
