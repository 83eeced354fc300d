"""Daily dose: what was taken on arrival, summed over courses, as whole-number pairs.

    dose_answer(case_no, dose, per_kg, day, num, den, absent)

Grain: one (case, dose measure, per kg, relative day) asked. The dose is num/den mg/day or mg/kg/day.
"""

from __future__ import annotations

import math
from fractions import Fraction

from caseseries.assessment.compile import compile_doses, dose_number
from caseseries.chart.store import MILLIONTH
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

_ANSWER = """
CREATE OR REPLACE TEMP TABLE {answer} AS
WITH asked AS (SELECT DISTINCT case_no, dose, per_kg, day FROM {ask}),
counted AS (
    SELECT asked.*, course.amount, course.unit, course.per_day_num, course.per_day_den, factor_num, factor_den
    FROM asked
    JOIN included_case AS k USING (case_no)
    JOIN dose_rule USING (dose)
    JOIN dose_drug USING (dose)
    JOIN course ON course.patient = k.patient AND course.drug = dose_drug.drug
    WHERE course.systemic AND (dose_rule.pulses OR NOT course.pulse)
      AND course.first - k.index_day < asked.day
      AND (course.last IS NULL OR course.last - k.index_day >= asked.day - 1)
),
summed AS (
    SELECT case_no, dose, per_kg, day,
        bool_or(amount IS NULL OR per_day_num IS NULL OR unit NOT IN ('mg', 'mg/kg')) AS unrecorded,
        bool_or(factor_num IS NULL) AS unknown_factor,
        bool_or(unit = 'mg') AS some_mg, bool_or(unit = 'mg/kg') AS some_per_kg,
        coalesce(sum(CASE WHEN unit = 'mg' THEN amount * per_day_num * factor_num * ({parts} // (per_day_den * factor_den)) END), 0) AS mg,
        coalesce(sum(CASE WHEN unit = 'mg/kg' THEN amount * per_day_num * factor_num * ({parts} // (per_day_den * factor_den)) END), 0) AS mg_per_kg
    FROM counted GROUP BY case_no, dose, per_kg, day
),
weighed AS (
    SELECT case_no, dose, per_kg, day, weight_num, weight_den,
        row_number() OVER (PARTITION BY case_no, dose, per_kg, day ORDER BY abs(weight_day - day), weight_day) AS place
    FROM (
        SELECT asked.case_no, asked.dose, asked.per_kg, asked.day, m.day - k.index_day AS weight_day,
            sum(DISTINCT m.value) AS weight_num, count(DISTINCT m.value) * CAST({millionth} AS {wide}) AS weight_den
        FROM asked
        JOIN included_case AS k USING (case_no)
        JOIN dose_rule USING (dose)
        JOIN measurement AS m ON m.patient = k.patient AND m.measure = dose_rule.weight
        WHERE m.value > 0 AND m.censor = '' AND abs(m.day - k.index_day - asked.day) <= dose_rule.within
        GROUP BY asked.case_no, asked.dose, asked.per_kg, asked.day, m.day - k.index_day
    ) AS weights
),
judged AS (
    SELECT asked.*, mg, mg_per_kg, weight_num, weight_den,
        CASE
            WHEN summed.case_no IS NULL AND NOT EXISTS (
                SELECT 1 FROM course JOIN dose_drug USING (drug)
                WHERE course.patient = k.patient AND dose_drug.dose = asked.dose AND course.systemic AND NOT course.pulse
            ) THEN CASE WHEN EXISTS (
                SELECT 1 FROM fact JOIN dose_never USING (term)
                WHERE fact.patient = k.patient AND fact.kind = 'never' AND dose_never.dose = asked.dose
            ) THEN '' ELSE 'no course recorded' END
            WHEN summed.case_no IS NULL AND NOT zero_outside THEN 'between courses'
            WHEN summed.case_no IS NULL THEN ''
            WHEN unrecorded THEN 'dose not recorded'
            WHEN unknown_factor THEN 'no equivalence'
            WHEN weight_num IS NULL AND CASE WHEN asked.per_kg THEN some_mg ELSE some_per_kg END THEN 'no weight'
            ELSE ''
        END AS absent
    FROM asked
    JOIN included_case AS k USING (case_no)
    JOIN dose_rule USING (dose)
    LEFT JOIN summed USING (case_no, dose, per_kg, day)
    LEFT JOIN (SELECT * FROM weighed WHERE place = 1) AS nearest USING (case_no, dose, per_kg, day)
),
paired AS (
    SELECT case_no, dose, per_kg, day, absent,
        CASE
            WHEN absent <> '' THEN NULL WHEN mg IS NULL THEN 0
            WHEN per_kg THEN mg * coalesce(weight_den, 0) + mg_per_kg * coalesce(weight_num, 1)
            ELSE mg * coalesce(weight_den, 1) + mg_per_kg * coalesce(weight_num, 0)
        END AS num,
        CASE
            WHEN absent <> '' THEN NULL WHEN mg IS NULL THEN 1
            ELSE CAST({scale} AS {wide}) * CASE WHEN per_kg THEN coalesce(weight_num, 1) ELSE coalesce(weight_den, 1) END
        END AS den
    FROM judged
)
SELECT case_no, dose, per_kg, day, absent, num // gcd(num, den) AS num, den // gcd(num, den) AS den
FROM paired
"""


def answer_doses(engine: Engine, ask: str, answer: str) -> None:
    """Answer every dose asked in table ``ask(case_no, dose, per_kg, day)``.

    Sums are exact: amounts are millionths of a unit, and every factor and frequency is brought to one common denominator first.
    """
    frequencies = [
        int(row[0])
        for row in engine.rows("SELECT DISTINCT per_day_den FROM course WHERE per_day_den IS NOT NULL ORDER BY 1")
    ]
    factors = [
        int(row[0])
        for row in engine.rows("SELECT DISTINCT factor_den FROM dose_drug WHERE factor_den IS NOT NULL ORDER BY 1")
    ]
    parts = math.lcm(1, *frequencies) * math.lcm(1, *factors)
    engine.run(
        _ANSWER.format(
            ask=ask, answer=answer, parts=parts, millionth=MILLIONTH, scale=parts * MILLIONTH, wide=engine.dialect.wide
        )
    )


_SERIES = "SELECT case_no, day - 1, num, den FROM series_answer WHERE absent = '' ORDER BY case_no, day"

_SERIES_ASK = """
CREATE OR REPLACE TEMP TABLE series_ask AS
SELECT DISTINCT k.case_no, {dose} AS dose, FALSE AS per_kg, change.day - k.index_day AS day
FROM included_case AS k
JOIN (
    SELECT patient, first + 1 AS day FROM course JOIN dose_drug USING (drug) WHERE dose = {dose} AND systemic
    UNION
    SELECT patient, last + 2 FROM course JOIN dose_drug USING (drug) WHERE dose = {dose} AND systemic AND last IS NOT NULL
) AS change USING (patient)
WHERE change.day - 1 <= k.follow_end
"""


def no_doses(engine: Engine, answer: str) -> None:
    """An empty table of answers, where no dose is asked for."""
    wide = engine.dialect.wide
    columns = [
        ("case_no", "INTEGER"),
        ("dose", "INTEGER"),
        ("per_kg", "BOOLEAN"),
        ("day", "INTEGER"),
        ("absent", "VARCHAR"),
    ]
    engine.table(answer, [*columns, ("num", wide), ("den", wide)], [])


def dose_steps(engine: Engine, protocol: Protocol, cohort: Cohort) -> dict[str, tuple[tuple[int, Fraction], ...]]:
    """The daily dose of each included case as steps: (first relative day of the dose, mg/day), for the first daily dose declared.

    Stretches of unknown dose are left out. Empty without a daily dose from courses.
    """
    name = next((name for name, dose in protocol.doses.items() if dose.source == "courses"), None)
    if name is None:
        return {}
    compile_doses(engine, protocol, cohort)
    engine.run(_SERIES_ASK.format(dose=dose_number(protocol, name, protocol.doses[name].as_)))
    answer_doses(engine, "series_ask", "series_answer")
    case_ids = {case.number: case.case_id for case in cohort.included}
    steps: dict[str, list[tuple[int, Fraction]]] = {}
    for case_no, day, num, den in engine.rows(_SERIES):
        dose, before = Fraction(int(num), int(den)), steps.setdefault(case_ids[case_no], [])
        if not before or before[-1][1] != dose:
            before.append((day, dose))
    return {case_id: tuple(found) for case_id, found in steps.items()}
