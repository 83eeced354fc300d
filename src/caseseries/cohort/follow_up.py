"""Follow-up: how long each case was observed, and how long on the drug.

    followed = index_case + observed_first, observed_last, death_low, death_high, seen_end, seen_high, follow_end, follow_high,
        on_drug_end, on_drug_low, on_drug_high

Grain: case; days of the chart. Something is known of the patient up to some day in seen_end..seen_high; follow-up of the case ends then, or
where the patient's next course begins, on some day in follow_end..follow_high, and on_drug_end is NULL where on_drug_low and
on_drug_high differ, because the last day of the drug is not known. `observed_first` and `observed_last` bound the index period; they are NULL
where the source does not say when patients were observed, and for a case whose index date lies in no period.
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
SELECT patient, max(low) AS seen_low, max(high) AS seen_high
FROM (
    SELECT patient, max(low) AS low, max(high) AS high FROM measurement WHERE value IS NOT NULL GROUP BY patient
    UNION ALL
    SELECT patient, max(coalesce(low, day)) AS low, max(coalesce(high, day)) AS high FROM fact
    WHERE kind IN ('visit', 'event') AND day IS NOT NULL GROUP BY patient
) AS seen
GROUP BY patient
"""
#: Whoever is seen after the earliest possible day of death was then alive.
_UNTIL_SEEN = f"""
SELECT i.*, CAST(NULL AS INT) AS observed_first, CAST(NULL AS INT) AS observed_last, d.death_low, d.death_high,
    coalesce(d.death_low, s.seen_low, i.index_day) AS last_low, coalesce(d.death_high, s.seen_high, i.index_day) AS last_high
FROM index_case AS i
LEFT JOIN ({_LAST_SEEN}) AS s ON s.patient = i.patient
LEFT JOIN (
    SELECT one.patient, one.death_high, least(one.death_high, greatest(one.death_low, coalesce(seen.seen_low, one.death_low))) AS death_low
    FROM died AS one LEFT JOIN ({_LAST_SEEN}) AS seen ON seen.patient = one.patient
) AS d ON d.patient = i.patient
"""
#: Elsewhere it ends with the period of the index date, or with the death if that is earlier.
_UNTIL_PERIOD = """
SELECT i.*, o.first AS observed_first, o.last AS observed_last, d.death_low, d.death_high,
    CASE WHEN o.last IS NULL THEN i.index_day WHEN d.death_low < o.last THEN d.death_low ELSE o.last END AS last_low,
    CASE WHEN o.last IS NULL THEN i.index_day WHEN d.death_high < o.last THEN d.death_high ELSE o.last END AS last_high
FROM index_case AS i
LEFT JOIN died AS d ON d.patient = i.patient
LEFT JOIN observed AS o ON o.patient = i.patient AND o.first <= i.index_day AND o.last >= i.index_day
"""

_FOLLOWED = """
WITH died AS (
    SELECT patient, min(coalesce(low, day)) AS death_low, min(coalesce(high, day)) AS death_high FROM fact
    WHERE kind = 'death' AND day IS NOT NULL GROUP BY patient
),
ended AS ({ended}),
bounded AS (
    SELECT case_no, patient, episode, index_day, index_high, joins, end_low, end_high, ongoing, previous_end, previous_high, next_low, next_high,
        observed_first, observed_last, death_low, death_high, greatest(index_day, least(last_low, {cutoff})) AS seen_end,
        greatest(index_day, least(last_high, {cutoff})) AS seen_high
    FROM ended
),
parted AS (
    SELECT bounded.*, least(seen_end, coalesce(next_low, seen_end)) AS follow_end, least(seen_high, coalesce(next_high, seen_high)) AS follow_high
    FROM bounded
),
treated AS (
    SELECT parted.*, CASE WHEN ongoing THEN seen_end WHEN end_low IS NOT NULL THEN least(end_low, seen_end) END AS on_drug_low,
        CASE WHEN ongoing THEN seen_end WHEN end_low IS NOT NULL THEN least(coalesce(end_high, seen_end), seen_end) END AS on_drug_high
    FROM parted
)
SELECT treated.*, CASE WHEN on_drug_low = on_drug_high THEN on_drug_low END AS on_drug_end
FROM treated
"""


def follow(engine: Engine, protocol: Protocol, numbers: Numbers, *, dated: bool) -> None:
    """Keep ``followed``; reads ``measurement`` only where the source does not say when patients were observed."""
    cutoff = protocol.period.data_cutoff if dated else None
    ended = _UNTIL_PERIOD if numbers.observed else _UNTIL_SEEN
    engine.keep("followed", _FOLLOWED.format(ended=ended, cutoff=day_number(cutoff) if cutoff else _NO_CUTOFF))
