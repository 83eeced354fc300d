"""Follow-up: how long each case was observed, and how long on the drug."""

from __future__ import annotations

from caseseries.chart.tables import day_number
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

_FOLLOW_UP = """
CREATE OR REPLACE TEMP TABLE followed AS
WITH seen AS (
    SELECT patient, day FROM measurement
    UNION ALL
    SELECT patient, day FROM fact WHERE kind IN ('visit', 'event') AND day IS NOT NULL
),
ends AS (
    SELECT
        index_case.*,
        (SELECT min(day) FROM fact WHERE fact.patient = index_case.patient AND kind = 'death' AND day IS NOT NULL) AS death_day,
        (SELECT max(day) FROM seen WHERE seen.patient = index_case.patient) AS last_seen
    FROM index_case
),
bounded AS (
    SELECT *, greatest(index_day, least(coalesce(death_day, last_seen, index_day), {cutoff})) AS follow_end FROM ends
)
SELECT *, CASE WHEN episode_end IS NULL AND NOT ongoing THEN NULL WHEN ongoing THEN follow_end ELSE least(episode_end, follow_end) END AS on_drug_end
FROM bounded
WHERE index_day IS NOT NULL
"""


def follow(engine: Engine, protocol: Protocol, *, dated: bool) -> None:
    """Make the table ``followed``: ``index_case`` with death_day, last_seen, follow_end and on_drug_end (days)."""
    cutoff = protocol.period.data_cutoff if dated else None
    engine.run(_FOLLOW_UP.format(cutoff=day_number(cutoff) if cutoff else 2_000_000))
