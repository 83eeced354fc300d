"""Index dates: episodes of the study drug, and one case per patient or per episode.

    study_drug(drug)
    episode(patient, episode, first, last, previous_end)
    index_case(case_no, patient, episode, index_day, episode_end, ongoing, previous_end)

Grain of both: patient x episode; an index event or a nominal day is the one episode of its patient. Patients without any
have no row. The number of a case is that of its patient; where every episode is a case, cases are numbered in the order of
patients and episodes.
"""

from __future__ import annotations

from caseseries.chart.store import Numbers, plain
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol

#: The last day of a course that has none: after every study.
NEVER_ENDS = 10_000_000

_EPISODES = """
WITH used AS (
    SELECT c.patient, c.first, coalesce(c.last, {never}) AS last
    FROM course AS c JOIN study_drug AS s ON s.drug = c.drug
),
reached AS (
    SELECT patient, first, last, max(last) OVER (
        PARTITION BY patient ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest_before
    FROM used
),
opened AS (
    SELECT patient, first, last,
        CASE WHEN latest_before IS NULL OR first - latest_before - 1 > {restart_after} THEN 1 ELSE 0 END AS opens
    FROM reached
),
counted AS (
    SELECT patient, first, last,
        CAST(sum(opens) OVER (PARTITION BY patient ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS INT) AS episode
    FROM opened
),
joined AS (
    SELECT patient, episode, min(first) AS first, max(last) AS last FROM counted GROUP BY patient, episode
)
SELECT patient, episode, first, last, {previous_end} AS previous_end
FROM joined
"""
_PREVIOUS_END = "lag(last) OVER (PARTITION BY patient ORDER BY episode)"
_NOTHING = "CAST(NULL AS INT)"

_EVENTS = """
SELECT f.patient, 1 AS episode, min(f.day) AS first, CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS previous_end
FROM fact AS f JOIN index_term AS t ON t.term = f.term
WHERE f.day IS NOT NULL
GROUP BY f.patient
"""

_NOMINAL = """
SELECT patient, 1 AS episode, {day} AS first, CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS previous_end
FROM person
"""

_CASES = """
SELECT {case_no} AS case_no, patient, episode, first AS index_day,
    CASE WHEN last >= {never} THEN NULL ELSE last END AS episode_end, coalesce(last >= {never}, FALSE) AS ongoing, previous_end
FROM episode
WHERE {wanted}
"""

_GAPS = "SELECT DISTINCT patient FROM episode WHERE episode > 1"


def find_index(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep ``study_drug``, ``episode`` and ``index_case``."""
    index, every_episode = protocol.case.index_date, protocol.case.per == "course"
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()
    engine.table(
        "study_drug", [("drug", "INT")], [(numbers.drugs[key],) for key in sorted(studied & set(numbers.drugs))]
    )
    if isinstance(index, FirstExposure):
        previous_end = _PREVIOUS_END if every_episode else _NOTHING
        restart_after = int(index.restart_after or 0)
        engine.keep(
            "episode", _EPISODES.format(never=NEVER_ENDS, restart_after=restart_after, previous_end=previous_end)
        )
    elif isinstance(index, FirstEvent):
        wanted = [
            number
            for (kind, term), number in sorted(numbers.terms.items())
            if kind in {"event", "diagnosis"} and term == plain(index.first_event)
        ]
        engine.table("index_term", [("term", "INT")], [(number,) for number in wanted])
        engine.keep("episode", _EVENTS)
    else:
        engine.keep("episode", _NOMINAL.format(day=int(index.nominal_day)))
    case_no, wanted_rows = (
        ("row_number() OVER (ORDER BY patient, episode)", "TRUE") if every_episode else ("patient", "episode = 1")
    )
    engine.keep("index_case", _CASES.format(never=NEVER_ENDS, case_no=case_no, wanted=wanted_rows))


def _restart_open(protocol: Protocol) -> bool:
    index = protocol.case.index_date
    return isinstance(index, FirstExposure) and index.restart_after is None


def patients_with_gaps(engine: Engine, protocol: Protocol) -> list[int]:
    """Patients (by number) whose courses of the study drug leave at least one day between them, while `restart_after` is open.

    Needs ``episode``: with no gap allowed, whoever has a gap has a second one.
    """
    return [patient for (patient,) in engine.rows(f"{_GAPS} ORDER BY patient")] if _restart_open(protocol) else []


def count_gaps(engine: Engine, protocol: Protocol) -> int:
    """How many patients :func:`patients_with_gaps` would list."""
    if not _restart_open(protocol):
        return 0
    ((count,),) = engine.rows(f"SELECT count(*) FROM ({_GAPS}) AS gaps")
    return int(count)
