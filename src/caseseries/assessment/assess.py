"""Assess: which value stands before and after, for every case and every choice.

    quantity(case_no, choice, num, den, day, record, absent)

Grain: included case x choice. The value is num/den, exact and in lowest terms; absent values say why.
"""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.assessment.compile import Compiled, compile_outcome, dose_number
from caseseries.assessment.dose import answer_doses, no_doses
from caseseries.assessment.window import take_values
from caseseries.chart.store import MILLIONTH
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan

_ANCHOR = """
CREATE OR REPLACE TEMP TABLE anchor AS
SELECT k.case_no, v.variant, v.kind, CASE WHEN v.kind = 'fixed' THEN v.fixed_day END AS fixed_day,
    CASE v.kind
        WHEN 'fixed' THEN CASE WHEN k.index_day + v.fixed_day <= k.follow_end THEN v.fixed_day END
        WHEN 'visit' THEN (SELECT day FROM visit_day AS d WHERE d.case_no = k.case_no AND d.variant = v.variant)
        WHEN 'each' THEN (
            SELECT max(t.day) FROM taken AS t JOIN choice USING (choice)
            WHERE t.case_no = k.case_no AND choice.variant = v.variant AND t.absent = ''
        )
    END AS day
FROM included_case AS k CROSS JOIN variant AS v
"""

_ASK = """
CREATE OR REPLACE TEMP TABLE dose_ask AS
SELECT a.case_no, c.dose, c.per_kg, a.day
FROM anchor AS a JOIN choice AS c USING (variant)
WHERE c.kind = 'dose' AND a.day IS NOT NULL
"""

_WEIGHT_ASK = """
CREATE OR REPLACE TEMP TABLE weight_ask AS
SELECT t.case_no, c.choice, t.day, r.weight, r.within
FROM taken AS t JOIN choice AS c USING (choice) JOIN dose_rule AS r USING (dose)
WHERE c.kind = 'value' AND c.per_kg AND t.absent = ''
"""

_QUANTITY = """
CREATE OR REPLACE TEMP TABLE quantity AS
WITH weighed AS (
    SELECT case_no, choice, weight_num, weight_den,
        row_number() OVER (PARTITION BY case_no, choice ORDER BY abs(weight_day - day), weight_day) AS place
    FROM (
        SELECT w.case_no, w.choice, w.day, m.day - k.index_day AS weight_day, sum(DISTINCT m.value) AS weight_num,
            count(DISTINCT m.value) * CAST({millionth} AS {wide}) AS weight_den
        FROM weight_ask AS w
        JOIN included_case AS k USING (case_no)
        JOIN measurement AS m ON m.patient = k.patient AND m.measure = w.weight
        WHERE m.value > 0 AND m.censor = '' AND abs(m.day - k.index_day - w.day) <= w.within
        GROUP BY w.case_no, w.choice, w.day, m.day - k.index_day
    ) AS weights
),
together AS (
    SELECT t.case_no, t.choice, t.num * coalesce(w.weight_den, 1) AS num, t.den * coalesce(w.weight_num, 1) AS den, t.day, t.record,
        CASE WHEN t.absent = '' AND c.per_kg AND w.choice IS NULL THEN 'no weight' ELSE t.absent END AS absent
    FROM taken AS t JOIN choice AS c USING (choice)
    LEFT JOIN (SELECT * FROM weighed WHERE place = 1) AS w ON w.case_no = t.case_no AND w.choice = t.choice
    UNION ALL
    SELECT a.case_no, c.choice, d.num, d.den, coalesce(a.day, a.fixed_day), CAST(NULL AS BIGINT),
        CASE WHEN a.day IS NOT NULL THEN d.absent WHEN a.kind = 'fixed' THEN 'after the end of follow-up' ELSE 'no visit in window' END
    FROM anchor AS a JOIN choice AS c USING (variant)
    LEFT JOIN dose_answer AS d ON d.case_no = a.case_no AND d.dose = c.dose AND d.per_kg = c.per_kg AND d.day = a.day
    WHERE c.kind = 'dose'
)
SELECT case_no, choice, day, record, absent,
    CASE WHEN absent = '' THEN num // gcd(num, den) END AS num, CASE WHEN absent = '' THEN den // gcd(num, den) END AS den
FROM together
"""


@dataclass(frozen=True, slots=True)
class Assessments:
    """What assess leaves: the compiled rows; the values stand in the engine's table ``quantity``."""

    compiled: Compiled


def assess(engine: Engine, protocol: Protocol, cohort: Cohort, plan: OutcomePlan) -> Assessments:
    """Fill ``quantity`` for every choice that any spec of this outcome needs."""
    compiled = compile_outcome(engine, protocol, cohort, plan)
    take_values(engine, protocol)
    engine.run(_ANCHOR)
    if any(dose_number(protocol, measure, unit) for _, measure, unit in compiled.choices):
        engine.run(_ASK)
        answer_doses(engine, "dose_ask", "dose_answer")
    else:
        no_doses(engine, "dose_answer")
    engine.run(_WEIGHT_ASK)
    engine.run(_QUANTITY.format(wide=engine.dialect.wide, millionth=MILLIONTH))
    (rows,) = engine.rows("SELECT count(*), count(DISTINCT (case_no, choice)) FROM quantity")
    assert rows[0] == rows[1] == len(cohort.included) * len(compiled.choices), (
        "quantity has one row per case and choice"
    )
    return Assessments(compiled)
