"""Index dates: episodes of the study drug, and one case per patient or per episode.

    study_drug(drug)
    episode(patient, episode, first, first_high, last, last_high, joins, previous_end, previous_high)
    index_case(case_no, patient, episode, index_day, index_high, joins, end_low, end_high, ongoing, previous_end, previous_high, next_low, next_high)

Where days are not known to the day, an episode began on some day in first..first_high (index_day..index_high), and its last day lies in
last..last_high (end_low..end_high; NULL: without end); `joins` says that it may only go on with the one before. Where every episode is a case,
the patient's next one begins on some day in next_low..next_high (NULL: none, or perhaps none).

Grain of both: patient x episode; an index event or a nominal day is the one episode of its patient. Patients without any have no row.
Cases are numbered from 1 in the order of patients and episodes: ids may be large and far apart, and joins by small numbers are quick.
"""

from __future__ import annotations

from caseseries.chart.store import TAKEN, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded

#: The last day of a course that has none: after every study.
NEVER_ENDS = 10_000_000

#: An episode may begin where a course begins too long after the earliest possible end of those before it, and begins for certain where
#: that holds of the latest possible end too. What may be one episode is a chain.
_EPISODES = """
WITH used AS (
    SELECT c.patient, c.first_low, c.first_high, coalesce(c.last_low, {never}) AS last_low, coalesce(c.last_high, {never}) AS last_high
    FROM course AS c JOIN study_drug AS s ON s.drug = c.drug WHERE {taken}
),
reached AS (
    SELECT used.*,
        max(last_low) OVER (
            PARTITION BY patient ORDER BY first_low, first_high, last_low, last_high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS low_before,
        max(last_high) OVER (
            PARTITION BY patient ORDER BY first_low, first_high, last_low, last_high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS high_before
    FROM used
),
opened AS (
    SELECT reached.*,
        CASE WHEN low_before IS NULL OR first_high - low_before - 1 > {restart_after} THEN 1 ELSE 0 END AS opens,
        CASE WHEN low_before IS NULL OR first_low - high_before - 1 > {restart_after} THEN 1 ELSE 0 END AS surely
    FROM reached
),
counted AS (
    SELECT patient, first_low, first_high, last_low, last_high, opens, surely,
        CAST(sum(opens) OVER (PARTITION BY patient ORDER BY first_low, first_high, last_low, last_high ROWS UNBOUNDED PRECEDING) AS INT) AS episode,
        CAST(sum(surely) OVER (PARTITION BY patient ORDER BY first_low, first_high, last_low, last_high ROWS UNBOUNDED PRECEDING) AS INT) AS chain
    FROM opened
),
joined AS (
    SELECT patient, episode, min(chain) AS chain, min(first_low) AS first, min(first_high) AS first_high, max(last_low) AS last,
        max(last_high) AS last_high, max(opens - surely) = 1 AS joins
    FROM counted
    GROUP BY patient, episode
),
chained AS (
    SELECT patient, episode, first, first_high, last, max(last_high) OVER (PARTITION BY patient, chain) AS last_high, joins FROM joined
)
SELECT chained.*, {previous} FROM chained
"""
_LAG = "lag({0}) OVER (PARTITION BY patient ORDER BY episode) AS {1}"
_PREVIOUS = f"{_LAG.format('last', 'previous_end')}, {_LAG.format('last_high', 'previous_high')}"
_NO_PREVIOUS = "CAST(NULL AS INT) AS previous_end, CAST(NULL AS INT) AS previous_high"

_EVENTS = f"""
SELECT f.patient, 1 AS episode, min(coalesce(f.low, f.day)) AS first, min(coalesce(f.high, f.day)) AS first_high,
    CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS last_high, FALSE AS joins, {_NO_PREVIOUS}
FROM fact AS f JOIN index_term AS t ON t.term = f.term
WHERE f.day IS NOT NULL
GROUP BY f.patient
"""

_NOMINAL = f"""
SELECT patient, 1 AS episode, {{day}} AS first, {{day}} AS first_high, CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS last_high, FALSE AS joins,
    {_NO_PREVIOUS}
FROM person
"""

_CASES = """
SELECT row_number() OVER (ORDER BY patient, episode) AS case_no, patient, episode, first AS index_day, first_high AS index_high, joins,
    CASE WHEN last >= {never} THEN NULL ELSE last END AS end_low, CASE WHEN last_high >= {never} THEN NULL ELSE last_high END AS end_high,
    coalesce(last >= {never}, FALSE) AS ongoing, previous_end, previous_high, {following}
FROM episode
WHERE {wanted}
"""

_NEXT = (
    "lead(first) OVER (PARTITION BY patient ORDER BY episode) AS next_low, "
    "lead(CASE WHEN joins THEN NULL ELSE first_high END) OVER (PARTITION BY patient ORDER BY episode) AS next_high"
)
_NO_NEXT = "CAST(NULL AS INT) AS next_low, CAST(NULL AS INT) AS next_high"

_GAPS = "SELECT DISTINCT patient FROM episode WHERE episode > 1"


def find_index(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep ``study_drug``, ``episode`` and ``index_case``."""
    index, every_episode = protocol.case.index_date, protocol.case.per == "course"
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()
    engine.table(
        "study_drug", [("drug", "INT")], [(numbers.drugs[key],) for key in sorted(studied & set(numbers.drugs))]
    )
    if isinstance(index, FirstExposure):
        previous = _PREVIOUS if every_episode else _NO_PREVIOUS
        restart_after = int(index.restart_after or 0)
        engine.keep(
            "episode", _EPISODES.format(never=NEVER_ENDS, taken=TAKEN, restart_after=restart_after, previous=previous)
        )
    elif isinstance(index, FirstEvent):
        wanted = [
            number
            for (kind, term), number in sorted(numbers.terms.items())
            if kind in {"event", "diagnosis"} and term == folded(index.first_event)
        ]
        engine.table("index_term", [("term", "INT")], [(number,) for number in wanted])
        engine.keep("episode", _EVENTS)
    else:
        engine.keep("episode", _NOMINAL.format(day=int(index.nominal_day)))
    wanted_rows = "TRUE" if every_episode else "episode = 1"
    following = _NEXT if every_episode else _NO_NEXT
    engine.keep("index_case", _CASES.format(never=NEVER_ENDS, wanted=wanted_rows, following=following))


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
