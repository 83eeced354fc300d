"""Intercurrent events: what happened between the index date and the assessment.

    occurred(case_no, at_variant, base_variant, death, lost, rescue, stopped, raised, pulse)

Grain: included case x windows in force. Truths are yes or no; an event that the record cannot show did not occur.
"""

from __future__ import annotations

from caseseries.assessment.compile import dose_number
from caseseries.assessment.dose import answer_doses
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol

_BETWEEN = """
CREATE OR REPLACE TEMP TABLE between_days AS
SELECT k.case_no, k.patient, k.index_day, k.death_day - k.index_day AS death, k.follow_end - k.index_day AS seen,
    k.episode_end - k.index_day AS stopped, p.at_variant, p.base_variant, v.low, v.high, v.same_day, base_v.same_day AS base_same_day,
    at_anchor.day AS assessed, coalesce(at_anchor.day, v.high) AS horizon, base_anchor.day AS base
FROM included_case AS k
CROSS JOIN (SELECT DISTINCT at_variant, base_variant FROM spec_row) AS p
JOIN variant AS v ON v.variant = p.at_variant
LEFT JOIN variant AS base_v ON base_v.variant = p.base_variant
LEFT JOIN anchor AS at_anchor ON at_anchor.case_no = k.case_no AND at_anchor.variant = p.at_variant
LEFT JOIN anchor AS base_anchor ON base_anchor.case_no = k.case_no AND base_anchor.variant = p.base_variant
"""

_ASK_RAISED = """
CREATE OR REPLACE TEMP TABLE raised_ask AS
WITH change AS (
    SELECT patient, first + 1 AS day FROM course JOIN dose_drug USING (drug) WHERE dose = {dose} AND systemic
    UNION
    SELECT patient, last + 2 FROM course JOIN dose_drug USING (drug) WHERE dose = {dose} AND systemic AND last IS NOT NULL
    UNION
    SELECT c.patient, m.day + spread.shift FROM course AS c JOIN dose_drug USING (drug) JOIN dose_rule AS r USING (dose)
    JOIN measurement AS m ON m.patient = c.patient AND m.measure = r.weight
    CROSS JOIN (SELECT unnest(range(-{spread}, {spread} + 1)) AS shift) AS spread
    WHERE dose = {dose} AND c.unit = 'mg/kg'
)
SELECT b.case_no, {dose} AS dose, FALSE AS per_kg, change.day - b.index_day AS day
FROM between_days AS b JOIN change ON change.patient = b.patient
WHERE change.day - b.index_day > b.base AND change.day - b.index_day <= b.assessed
UNION
SELECT case_no, {dose}, FALSE, base FROM between_days WHERE base IS NOT NULL AND assessed IS NOT NULL
"""

_DOSE_SERIES = "SELECT case_no, CAST(NULL AS VARCHAR) AS rule, day, num, den FROM raised_answer WHERE absent = ''"

_VISIT_SERIES = """
SELECT case_no, rule, day,
    CASE WHEN rule IN ('highest', 'worst') THEN highest WHEN rule IN ('lowest', 'best') THEN lowest ELSE total END AS num,
    CASE WHEN rule = 'mean' THEN kinds ELSE 1 END AS den
FROM (
    SELECT case_no, rule, day, max(value) AS highest, min(value) AS lowest, sum(value) AS total, count(*) AS kinds,
        CASE WHEN rule IN ('highest', 'worst') THEN arg_max(bounded, value) WHEN rule IN ('lowest', 'best') THEN arg_min(bounded, value)
             ELSE bool_or(bounded) END AS bounded
    FROM (
        SELECT b.case_no, b.rule, m.day - b.index_day AS day, m.value, bool_and(m.censor <> '') AS bounded
        FROM (
            SELECT DISTINCT case_no, patient, index_day, coalesce(same_day, '') AS rule FROM between_days
            UNION
            SELECT DISTINCT case_no, patient, index_day, coalesce(base_same_day, '') FROM between_days
        ) AS b
        JOIN measurement AS m ON m.patient = b.patient
        WHERE m.measure = {measure} AND m.value IS NOT NULL
        GROUP BY b.case_no, b.rule, m.day - b.index_day, m.value
    ) AS different
    GROUP BY case_no, rule, day
) AS days
WHERE (kinds = 1 OR rule IN ('highest', 'lowest', 'best', 'worst', 'mean')) AND NOT bounded
"""

_OCCURRED = """
CREATE OR REPLACE TEMP TABLE occurred AS
WITH series AS ({series})
SELECT b.case_no, b.at_variant, b.base_variant,
    coalesce(b.death <= b.horizon, FALSE) AS death,
    b.assessed IS NULL AND NOT coalesce(b.death <= b.horizon, FALSE) AND b.seen < b.low AS lost,
    EXISTS (
        SELECT 1 FROM course AS c JOIN rescue_drug USING (drug)
        WHERE c.patient = b.patient AND c.first > b.index_day
          AND CASE WHEN b.assessed IS NULL THEN c.first - b.index_day <= b.horizon ELSE c.first - b.index_day < b.assessed END
          AND NOT EXISTS (
              SELECT 1 FROM course AS taken
              WHERE taken.patient = c.patient AND taken.drug = c.drug AND taken.first <= b.index_day AND coalesce(taken.last >= b.index_day, TRUE)
          )
    ) AS rescue,
    coalesce(b.stopped < coalesce(b.assessed - 1, b.horizon), FALSE) AS stopped,
    EXISTS (
        SELECT 1 FROM series AS before JOIN series AS later USING (case_no)
        WHERE before.case_no = b.case_no AND before.day = b.base AND later.day > b.base AND later.day <= b.assessed
          AND coalesce(before.rule = coalesce(b.base_same_day, ''), TRUE) AND coalesce(later.rule = coalesce(b.same_day, ''), TRUE)
          AND later.num * before.den > before.num * later.den
    ) AS raised,
    EXISTS (
        SELECT 1 FROM course AS c
        WHERE c.patient = b.patient AND c.pulse AND c.first - b.index_day <= b.assessed
          AND coalesce(c.last - b.index_day >= b.assessed - {within}, TRUE)
    ) AS pulse
FROM between_days AS b
"""


def find_events(engine: Engine, protocol: Protocol, cohort: Cohort) -> None:
    """Fill ``occurred`` for the windows of every row of ``spec_row``."""
    numbers = cohort.numbers
    engine.run(_BETWEEN)
    index = protocol.case.index_date
    studied = ingredients(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()
    rescue = (
        frozenset[str]().union(*(ingredients(protocol, drug) for drug in protocol.intercurrent.rescue.drugs)) - studied
    )
    engine.table(
        "rescue_drug", [("drug", "INTEGER")], [(numbers.drugs[key],) for key in sorted(rescue & set(numbers.drugs))]
    )
    series = "SELECT 0 AS case_no, '' AS rule, 0 AS day, 0 AS num, 1 AS den WHERE FALSE"
    name = protocol.intercurrent.raised.dose
    if name is None and len(protocol.doses) == 1:
        (name,) = protocol.doses
    if name is not None:
        measure = protocol.measures[name]
        assert isinstance(measure, DailyDose)
        if measure.source == "visits":
            series = _VISIT_SERIES.format(measure=numbers.measures.get(name, 0))
        else:
            engine.run(
                _ASK_RAISED.format(
                    dose=dose_number(protocol, name, measure.as_), spread=int(measure.weight_within or 0) * 2 + 2
                )
            )
            answer_doses(engine, "raised_ask", "raised_answer")
            series = _DOSE_SERIES
    engine.run(_OCCURRED.format(series=series, within=int(protocol.intercurrent.pulse.within or 0)))
