"""Index dates: episodes of the study drug, and one case per patient or per episode."""

from __future__ import annotations

from caseseries.chart.store import Numbers, plain
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol

#: The last day of a course that has none: after every study.
NEVER_ENDS = 10_000_000

_EPISODES = """
CREATE OR REPLACE TEMP TABLE episode AS
WITH used AS (
    SELECT patient, first, coalesce(last, {never}) AS last
    FROM course JOIN study_drug USING (drug)
),
reached AS (
    SELECT *, max(last) OVER (
        PARTITION BY patient ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest_before
    FROM used
),
opened AS (
    SELECT *, CASE WHEN latest_before IS NULL OR first - latest_before - 1 > {restart_after} THEN 1 ELSE 0 END AS opens
    FROM reached
),
counted AS (
    SELECT *, sum(opens) OVER (PARTITION BY patient ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS episode
    FROM opened
)
SELECT patient, CAST(episode AS INTEGER) AS episode, min(first) AS first, max(last) AS last
FROM counted
GROUP BY patient, episode
"""

_GAPS = """
SELECT DISTINCT patient
FROM (
    SELECT patient, first, max(coalesce(last, {never})) OVER (
        PARTITION BY patient ORDER BY first, last NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest_before
    FROM course JOIN study_drug USING (drug)
) AS courses
WHERE first - latest_before - 1 >= 1
ORDER BY patient
"""

_CASES = """
CREATE OR REPLACE TEMP TABLE index_case AS
SELECT
    CAST(row_number() OVER (ORDER BY person.patient, start.episode) AS INTEGER) AS case_no,
    person.patient, coalesce(start.episode, 0) AS episode, start.first AS index_day,
    CASE WHEN start.last >= {never} THEN NULL ELSE start.last END AS episode_end,
    coalesce(start.last >= {never}, FALSE) AS ongoing,
    (SELECT max(before.last) FROM episode AS before WHERE before.patient = person.patient AND before.episode < start.episode)
        AS previous_end
FROM person LEFT JOIN ({starts}) AS start ON start.patient = person.patient
"""


def find_index(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Make the table ``index_case(case_no, patient, episode, index_day, episode_end, ongoing, previous_end)``.

    Grain: patient x index episode; a patient without any has one row without index day. Numbers of cases follow the order of
    patient ids and episodes.
    """
    index = protocol.case.index_date
    studied: frozenset[str] = frozenset()
    restart_after = 0
    if isinstance(index, FirstExposure):
        studied = ingredients(protocol, index.first_exposure)
        restart_after = index.restart_after or 0
    engine.table(
        "study_drug", [("drug", "INTEGER")], [(numbers.drugs[key],) for key in sorted(studied & set(numbers.drugs))]
    )
    engine.run(_EPISODES.format(never=NEVER_ENDS, restart_after=int(restart_after)))
    if isinstance(index, FirstExposure):
        starts = "SELECT * FROM episode" + (" WHERE episode = 1" if protocol.case.per == "patient" else "")
    elif isinstance(index, FirstEvent):
        wanted = [
            number
            for (kind, term), number in numbers.terms.items()
            if kind in {"event", "diagnosis"} and term == plain(index.first_event)
        ]
        engine.table("index_term", [("term", "INTEGER")], [(number,) for number in wanted])
        starts = (
            "SELECT patient, 1 AS episode, min(day) AS first, CAST(NULL AS INTEGER) AS last "
            "FROM fact JOIN index_term USING (term) WHERE day IS NOT NULL GROUP BY patient"
        )
    else:
        starts = f"SELECT patient, 1 AS episode, {int(index.nominal_day)} AS first, CAST(NULL AS INTEGER) AS last FROM person"
    engine.run(_CASES.format(never=NEVER_ENDS, starts=starts))


def patients_with_gaps(engine: Engine, numbers: Numbers) -> list[str]:
    """Patients whose courses of the study drug leave at least one day between them."""
    return [numbers.patient(patient) for (patient,) in engine.rows(_GAPS.format(never=NEVER_ENDS))]
