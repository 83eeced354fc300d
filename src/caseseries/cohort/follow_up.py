"""Follow-up: how long each case was observed, and how long on the drug.

    followed = index_case + observed_first, observed_last, death_day, follow_end, on_drug_end        (days of the chart)

Grain: case. `observed_first` and `observed_last` bound the index period; they are NULL where the source does not say when
patients were observed, and for a case whose index date lies in no period.
"""

from __future__ import annotations

from caseseries.chart.store import Numbers
from caseseries.chart.tables import day_number
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

#: Later than any day of a chart.
_NO_CUTOFF = 2_000_000

#: A chart without observed time ends with the death, or else with the latest value, visit or event; a missing code observes nobody.
_LAST_SEEN = """
SELECT patient, max(day) AS last_seen
FROM (
    SELECT patient, max(day) AS day FROM measurement WHERE value IS NOT NULL GROUP BY patient
    UNION ALL
    SELECT patient, max(day) AS day FROM fact WHERE kind IN ('visit', 'event') GROUP BY patient
) AS seen
GROUP BY patient
"""
_UNTIL_SEEN = f"""
SELECT i.*, CAST(NULL AS INT) AS observed_first, CAST(NULL AS INT) AS observed_last, d.death_day,
    coalesce(d.death_day, s.last_seen, i.index_day) AS last_day
FROM index_case AS i
LEFT JOIN died AS d ON d.patient = i.patient
LEFT JOIN ({_LAST_SEEN}) AS s ON s.patient = i.patient
"""
#: Elsewhere it ends with the period of the index date, or with the death if that is earlier.
_UNTIL_PERIOD = """
SELECT i.*, o.first AS observed_first, o.last AS observed_last, d.death_day,
    CASE WHEN o.last IS NULL THEN i.index_day WHEN d.death_day < o.last THEN d.death_day ELSE o.last END AS last_day
FROM index_case AS i
LEFT JOIN died AS d ON d.patient = i.patient
LEFT JOIN observed AS o ON o.patient = i.patient AND o.first <= i.index_day AND o.last >= i.index_day
"""

_FOLLOWED = """
WITH died AS (
    SELECT patient, min(day) AS death_day FROM fact WHERE kind = 'death' AND day IS NOT NULL GROUP BY patient
),
ended AS ({ended}),
bounded AS (
    SELECT case_no, patient, episode, index_day, episode_end, ongoing, previous_end, observed_first, observed_last, death_day,
        greatest(index_day, least(last_day, {cutoff})) AS follow_end
    FROM ended
)
SELECT bounded.*,
    CASE WHEN ongoing THEN follow_end WHEN episode_end IS NOT NULL THEN least(episode_end, follow_end) END AS on_drug_end
FROM bounded
"""


def follow(engine: Engine, protocol: Protocol, numbers: Numbers, *, dated: bool) -> None:
    """Keep ``followed``; reads ``measurement`` only where the source does not say when patients were observed."""
    cutoff = protocol.period.data_cutoff if dated else None
    ended = _UNTIL_PERIOD if numbers.observed else _UNTIL_SEEN
    engine.keep("followed", _FOLLOWED.format(ended=ended, cutoff=day_number(cutoff) if cutoff else _NO_CUTOFF))
