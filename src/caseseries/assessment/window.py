"""Windows applied: candidate rows, one value a day, one day a window.

candidate(case_no, choice, record, day, value, censor, straddles)     every row that lies, or may lie, in the window
day_value(case_no, choice, day, num, record, censor, kinds, absent)   one per day; num in parts of a millionth
visit_day(case_no, variant, day, open_tie, distance)                          the chosen visit, for components: same visit
taken(case_no, choice, num, den, day, record, censor, absent)         one per case and choice
"""

from __future__ import annotations

import math

from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

_CANDIDATE = """
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT k.case_no, c.choice, m.record, m.day - k.index_day AS day, m.value, m.censor,
    {bounds} AND m.low <> m.high AND (m.low - k.index_day < v.low OR m.high - k.index_day > v.high) AS straddles
FROM included_case AS k
CROSS JOIN (choice AS c JOIN variant AS v USING (variant))
JOIN measurement AS m ON m.patient = k.patient AND m.measure = c.measure
WHERE c.kind = 'value' AND m.value IS NOT NULL
  AND CASE WHEN {bounds} THEN m.low - k.index_day <= v.high AND m.high - k.index_day >= v.low
           ELSE m.day - k.index_day BETWEEN v.low AND v.high END
"""

#: How many different values days hold of which the mean is taken: their common multiple keeps every such mean whole.
_KINDS = """
SELECT DISTINCT kinds
FROM (
    SELECT count(DISTINCT (value, censor)) AS kinds
    FROM candidate JOIN choice USING (choice) JOIN variant USING (variant)
    WHERE NOT straddles AND same_day = 'mean'
    GROUP BY case_no, choice, day
) AS days
ORDER BY kinds
"""

_DAY_VALUE = """
CREATE OR REPLACE TEMP TABLE day_value AS
WITH different AS (
    SELECT case_no, choice, day, value, censor, min(record) AS record
    FROM candidate WHERE NOT straddles
    GROUP BY case_no, choice, day, value, censor
),
directed AS (
    SELECT different.*, v.same_day,
        CASE WHEN v.same_day = 'highest' OR v.same_day = 'best' AND c.sign > 0 OR v.same_day = 'worst' AND c.sign < 0 THEN -1 ELSE 1 END AS up
    FROM different JOIN choice AS c USING (choice) JOIN variant AS v USING (variant)
),
placed AS (
    SELECT *,
        count(*) OVER same AS kinds, sum(value) OVER same AS total, max(censor) OVER same AS any_censor,
        row_number() OVER (PARTITION BY case_no, choice, day ORDER BY up * value, censor, record) AS place
    FROM directed
    WINDOW same AS (PARTITION BY case_no, choice, day)
)
SELECT case_no, choice, day, kinds,
    CASE
        WHEN kinds = 1 THEN value * {parts}
        WHEN same_day IS NULL OR same_day = 'not evaluable' THEN NULL
        WHEN same_day = 'mean' THEN total * ({parts} // kinds)
        ELSE value * {parts}
    END AS num,
    CASE WHEN kinds > 1 AND (same_day IS NULL OR same_day IN ('mean', 'not evaluable')) THEN NULL ELSE record END AS record,
    CASE WHEN kinds > 1 AND same_day = 'mean' THEN any_censor ELSE censor END AS censor,
    CASE WHEN kinds > 1 AND (same_day IS NULL OR same_day = 'not evaluable') THEN 'different values on one day' ELSE '' END AS absent
FROM placed
WHERE place = 1
"""

_VISIT_DAY = """
CREATE OR REPLACE TEMP TABLE visit_day AS
WITH written AS (
    SELECT DISTINCT case_no, variant, day FROM candidate JOIN choice USING (choice) WHERE NOT straddles
),
visited AS (
    SELECT DISTINCT k.case_no, v.variant, f.day - k.index_day AS day
    FROM included_case AS k
    CROSS JOIN variant AS v
    JOIN fact AS f ON f.patient = k.patient
    WHERE f.kind = 'visit' AND f.day - k.index_day BETWEEN v.low AND v.high
      AND NOT EXISTS (SELECT 1 FROM written AS w WHERE w.case_no = k.case_no AND w.variant = v.variant)
),
offered AS (
    SELECT case_no, variant, day, v.take, v.tie,
        CASE v.take WHEN 'nearest' THEN abs(day - v.target) WHEN 'last' THEN -day ELSE day END AS distance
    FROM (SELECT * FROM written UNION ALL SELECT * FROM visited) AS days
    JOIN variant AS v USING (variant)
    WHERE v.kind = 'visit'
),
placed AS (
    SELECT *,
        count(*) OVER (PARTITION BY case_no, variant, distance) AS equally_near,
        row_number() OVER (
            PARTITION BY case_no, variant ORDER BY distance, CASE WHEN tie = 'later' THEN -day ELSE day END
        ) AS place
    FROM offered
)
SELECT case_no, variant, CASE WHEN equally_near > 1 AND tie IS NULL THEN NULL ELSE day END AS day, equally_near > 1 AND tie IS NULL AS open_tie,
    distance
FROM placed
WHERE place = 1
"""

#: Days equally near the target where no tie rule is declared: each of them may raise a choice of its own.
_TIED_DAY = """
CREATE OR REPLACE TEMP TABLE tied_day AS
WITH nearest AS (
    SELECT vd.case_no, vd.variant, v.target, min(abs(d.day - v.target)) AS distance
    FROM visit_day AS vd
    JOIN variant AS v USING (variant)
    JOIN choice AS c USING (variant)
    JOIN day_value AS d ON d.case_no = vd.case_no AND d.choice = c.choice
    WHERE vd.open_tie
    GROUP BY vd.case_no, vd.variant, v.target
)
SELECT DISTINCT d.case_no, d.choice
FROM nearest
JOIN choice AS c USING (variant)
JOIN day_value AS d ON d.case_no = nearest.case_no AND d.choice = c.choice
WHERE d.absent <> '' AND abs(d.day - nearest.target) = nearest.distance
"""

_TAKEN = """
CREATE OR REPLACE TEMP TABLE taken AS
WITH offered AS (
    SELECT d.*, c.sign, v.take, v.tie, v.target, v.kind,
        CASE
            WHEN v.take = 'nearest' THEN abs(d.day - v.target)
            WHEN v.take = 'last' THEN -d.day
            WHEN v.take = 'first' THEN d.day
            WHEN v.take = 'best' THEN -c.sign * d.num
            WHEN v.take = 'worst' THEN c.sign * d.num
            WHEN v.take = 'highest' THEN -d.num
            WHEN v.take = 'lowest' THEN d.num
            ELSE 0
        END AS distance,
        max(d.absent) OVER (PARTITION BY d.case_no, d.choice) AS some_absent
    FROM day_value AS d JOIN choice AS c USING (choice) JOIN variant AS v USING (variant)
    WHERE v.kind = 'each'
),
placed AS (
    SELECT *,
        min(distance) OVER (PARTITION BY case_no, choice) AS nearest,
        row_number() OVER (
            PARTITION BY case_no, choice
            ORDER BY distance,
                CASE WHEN take <> 'nearest' THEN day WHEN tie = 'later' THEN -day WHEN tie = 'better' THEN -sign * num
                     WHEN tie = 'worse' THEN sign * num ELSE day END NULLS LAST,
                day
        ) AS place
    FROM offered
),
each AS (
    SELECT case_no, choice,
        max(CASE WHEN place = 1 THEN num END) AS one_num, max(CASE WHEN place = 1 THEN day END) AS one_day,
        max(CASE WHEN place = 1 THEN record END) AS one_record, max(CASE WHEN place = 1 THEN censor END) AS one_censor,
        max(CASE WHEN place = 1 THEN absent END) AS one_absent, max(some_absent) AS some_absent,
        max(take) AS take, max(tie) AS tie, count(*) AS days, sum(num) AS total, max(day) AS last_day, max(censor) AS any_censor,
        sum(CASE WHEN distance = nearest THEN 1 ELSE 0 END) AS near, sum(CASE WHEN distance = nearest THEN num END) AS near_total,
        min(CASE WHEN distance = nearest THEN day END) AS near_day, max(CASE WHEN distance = nearest THEN censor END) AS near_censor,
        max(CASE WHEN distance = nearest THEN absent END) AS near_absent
    FROM placed GROUP BY case_no, choice
),
chosen AS (
    SELECT case_no, choice,
        CASE WHEN take = 'mean' THEN total WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN near_total ELSE one_num END AS num,
        CASE WHEN take = 'mean' THEN days WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN near ELSE 1 END AS parts,
        CASE
            WHEN take IN ('best', 'worst', 'highest', 'lowest', 'mean') AND some_absent <> '' THEN NULL
            WHEN take = 'mean' THEN last_day
            WHEN take = 'nearest' AND near > 1 AND tie IS NULL THEN NULL
            WHEN take = 'nearest' AND near > 1 AND (tie = 'mean' OR tie IN ('better', 'worse') AND near_absent <> '') THEN near_day
            ELSE one_day
        END AS day,
        CASE WHEN take = 'mean' OR take = 'nearest' AND tie = 'mean' AND near > 1 THEN NULL ELSE one_record END AS record,
        CASE WHEN take = 'mean' THEN any_censor WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN near_censor ELSE one_censor END AS censor,
        CASE
            WHEN take IN ('best', 'worst', 'highest', 'lowest', 'mean') THEN some_absent
            WHEN take = 'nearest' AND near > 1 AND tie IS NULL THEN 'two days equally near'
            WHEN take = 'nearest' AND near > 1 AND tie IN ('mean', 'better', 'worse') THEN near_absent
            ELSE one_absent
        END AS absent,
        CASE
            WHEN take IN ('best', 'worst', 'highest', 'lowest', 'mean') THEN some_absent
            WHEN take = 'nearest' AND near > 1 AND (tie IS NULL OR tie IN ('mean', 'better', 'worse')) THEN near_absent
            ELSE one_absent
        END <> '' AS differs
    FROM each
    UNION ALL
    SELECT d.case_no, d.choice, d.num, 1, d.day, d.record, d.censor, d.absent, d.absent <> ''
    FROM day_value AS d JOIN choice AS c USING (choice) JOIN visit_day AS vd ON vd.case_no = d.case_no AND vd.variant = c.variant AND vd.day = d.day
),
unsure AS (SELECT DISTINCT case_no, choice FROM candidate WHERE straddles),
blank AS (
    SELECT DISTINCT k.case_no, c.choice, m.day - k.index_day AS day
    FROM included_case AS k
    CROSS JOIN (choice AS c JOIN variant AS v USING (variant))
    JOIN measurement AS m ON m.patient = k.patient AND m.measure = c.measure
    WHERE c.kind = 'value' AND m.value IS NULL AND m.day - k.index_day BETWEEN v.low AND v.high
),
joined AS (
    SELECT k.case_no, c.choice, chosen.num, chosen.parts, chosen.record, chosen.censor,
        CASE WHEN v.kind = 'visit' THEN vd.day ELSE chosen.day END AS day,
        CASE
            WHEN unsure.choice IS NOT NULL THEN 'partial date at the edge of the window'
            WHEN vd.open_tie THEN 'two days equally near'
            WHEN v.kind = 'visit' AND vd.day IS NULL THEN 'no visit in window'
            WHEN chosen.choice IS NULL AND EXISTS (
                SELECT 1 FROM blank WHERE blank.case_no = k.case_no AND blank.choice = c.choice AND (v.kind = 'each' OR blank.day = vd.day)
            ) THEN 'recorded without a number'
            WHEN chosen.choice IS NULL AND v.kind = 'visit' THEN 'not recorded at this visit'
            WHEN chosen.choice IS NULL THEN 'no value in window'
            WHEN chosen.absent <> '' THEN chosen.absent
            WHEN chosen.censor <> '' AND NOT c.bound_counts THEN 'censored'
            ELSE ''
        END AS absent,
        unsure.choice IS NULL AND v.same_day IS NULL AND coalesce(chosen.differs, tied.choice IS NOT NULL) AS open_same_day
    FROM included_case AS k
    CROSS JOIN (choice AS c JOIN variant AS v USING (variant))
    LEFT JOIN chosen ON chosen.case_no = k.case_no AND chosen.choice = c.choice
    LEFT JOIN visit_day AS vd ON vd.case_no = k.case_no AND vd.variant = c.variant
    LEFT JOIN tied_day AS tied ON tied.case_no = k.case_no AND tied.choice = c.choice
    LEFT JOIN unsure ON unsure.case_no = k.case_no AND unsure.choice = c.choice
    WHERE c.kind = 'value'
)
SELECT case_no, choice, absent, open_same_day,
    CASE WHEN absent = '' THEN num END AS num,
    CASE WHEN absent = '' THEN CAST({scale} AS {wide}) * parts END AS den,
    CASE WHEN absent <> 'partial date at the edge of the window' THEN day END AS day,
    CASE WHEN absent IN ('', 'censored') THEN record END AS record
FROM joined
"""


def take_values(engine: Engine, protocol: Protocol) -> None:
    """Fill ``candidate``, ``day_value``, ``visit_day`` and ``taken`` for the choices compiled before."""
    bounds = "TRUE" if protocol.partial_dates == "bounds" else "FALSE"
    engine.run(_CANDIDATE.format(bounds=bounds))
    parts = math.lcm(1, *(int(kinds) for (kinds,) in engine.rows(_KINDS)))
    engine.run(_DAY_VALUE.format(parts=parts))
    engine.run(_VISIT_DAY)
    engine.run(_TIED_DAY)
    engine.run(_TAKEN.format(scale=parts * MILLIONTH, wide=engine.dialect.wide))
