-- The demo study of an OMOP database (examples/omop-demo/protocol.yaml) by hand, for DuckDB: written from the protocol and
-- docs/meaning.md, without this package. The tables are views of those names. Answers are rows (what, n) or (what, n, total).
--
-- Numbers are decimals with six places, as a value is a whole number of millionths there; nothing is decided on a binary float.

-- Who has an index date: the first day of a course of mycophenolate mofetil.
CREATE OR REPLACE TEMP VIEW course AS
SELECT drug_exposure_id AS record, person_id, ingredient_concept_id AS ingredient, drug_exposure_start_date AS began,
       coalesce(drug_exposure_end_date, drug_exposure_start_date + days_supply - 1) AS ended,
       quantity, amount_value, coalesce(route_concept_id, 0) <> 4184451 AS systemic
FROM drug_exposure JOIN drug_strength USING (drug_concept_id)
WHERE coalesce(drug_exposure_end_date, drug_exposure_start_date + days_supply - 1) >= drug_exposure_start_date
   OR coalesce(drug_exposure_end_date, drug_exposure_start_date + days_supply - 1) IS NULL;

-- Rows whose end lies before their start may have covered any day.
CREATE OR REPLACE TEMP VIEW refused AS
SELECT person_id, ingredient_concept_id AS ingredient
FROM drug_exposure JOIN drug_strength USING (drug_concept_id)
WHERE drug_exposure_end_date < drug_exposure_start_date AND coalesce(route_concept_id, 0) <> 4184451;

CREATE OR REPLACE TEMP TABLE period AS
SELECT person_id, min(began) AS began, max(ended) AS ended
FROM (SELECT *, sum(opens) OVER (PARTITION BY person_id ORDER BY began, ended) AS number
      FROM (SELECT person_id, observation_period_start_date AS began, observation_period_end_date AS ended,
                   CASE WHEN observation_period_start_date <= 1 + max(observation_period_end_date) OVER (
                     PARTITION BY person_id ORDER BY observation_period_start_date, observation_period_end_date
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens
            FROM observation_period) AS marked) AS numbered
GROUP BY person_id, number;

CREATE OR REPLACE TEMP TABLE index_case AS
SELECT start.person_id, index_date, period.began AS observed_first, period.ended AS observed_last, death_date,
       least(period.ended, coalesce(death_date, period.ended)) AS follow_end
FROM (SELECT person_id, min(began) AS index_date FROM course WHERE ingredient = 19003999 GROUP BY person_id) AS start
LEFT JOIN period ON period.person_id = start.person_id AND index_date BETWEEN period.began AND period.ended
LEFT JOIN (SELECT person_id, min(death_date) AS death_date FROM death GROUP BY person_id) AS died
  ON died.person_id = start.person_id;

-- Values of the measures that are read: units of the protocol only, no nulls, no NaN, possible dates, inside the index period.
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT person_id, measure, day, value, worst_first
FROM (
  SELECT m.person_id, wanted.measure, m.day - index_date AS day, wanted.better,
         CASE WHEN m.unit = 8739 THEN round(m.value * 0.45359237, 6) ELSE m.value END::DECIMAL(18, 6) AS value,
         CASE WHEN wanted.better = 'low' THEN -1 ELSE 1 END * value AS worst_first
  FROM (
    SELECT person_id, measurement_concept_id AS concept, measurement_date AS day, unit_concept_id AS unit,
           value_as_number::DECIMAL(18, 6) AS value
    FROM measurement WHERE value_as_number IS NOT NULL AND NOT isnan(value_as_number) AND measurement_date >= DATE '1900-01-01'
    UNION ALL
    SELECT person_id, observation_concept_id, observation_date, 0, value_as_number::DECIMAL(18, 6)
    FROM observation WHERE value_as_number IS NOT NULL
  ) AS m
  JOIN (VALUES ('strength', 2000000001, [0], 'high'), ('skin', 2000000002, [0], 'low'), ('ck', 3007220, [8645], 'low'),
               ('alt', 3006923, [8645], 'low'), ('ast', 3013721, [8645], 'low'), ('crp', 3020460, [8751], 'low'),
               ('weight', 3025315, [9529, 8739], 'high'), ('neutrophils', 3013650, [9444], 'high'),
               ('physician global', 2000000011, [0], 'low'), ('patient global', 2000000012, [0], 'low'),
               ('extramuscular', 2000000013, [0], 'low')) AS wanted (measure, concept, units, better)
    ON m.concept = wanted.concept AND list_contains(wanted.units, coalesce(m.unit, 0))
  JOIN index_case ON m.person_id = index_case.person_id AND m.day BETWEEN observed_first AND observed_last
) AS read;

-- Eligibility, in the order of the protocol; the first that fails is the reason. An age that cannot be decided excludes too.
CREATE OR REPLACE TEMP TABLE judged AS
SELECT index_case.*,
  CASE WHEN index_date NOT BETWEEN DATE '2012-01-01' AND DATE '2021-12-31' THEN '1 index date outside the study period'
       WHEN observed_first IS NULL THEN '2 index date outside observed time'
       WHEN diagnosed IS NULL OR diagnosed > index_date THEN '3 diagnosis'
       WHEN NOT old_enough THEN '4 age'
       WHEN index_date - observed_first < 180 THEN '5 observed before'
       WHEN strength IS NULL THEN '6 strength in baseline'
       ELSE '0 included' END AS status
FROM index_case
LEFT JOIN (SELECT person_id, min(condition_start_date) AS diagnosed FROM condition_occurrence
           JOIN concept_ancestor ON descendant_concept_id = condition_concept_id AND ancestor_concept_id = 80182
           GROUP BY person_id) AS diagnosis USING (person_id)
LEFT JOIN (SELECT person_id, 1 AS strength FROM candidate WHERE measure = 'strength' AND day BETWEEN -90 AND 0
           GROUP BY person_id) AS recorded USING (person_id)
LEFT JOIN (
  -- Yes when even the latest possible day of birth makes 18 years by the index date. Who is born on 29 February turns 18 on 1 March.
  SELECT person_id, CASE
    WHEN month_of_birth IS NULL THEN make_date(year_of_birth, 12, 31)
    WHEN day_of_birth IS NULL THEN last_day(make_date(year_of_birth, month_of_birth, 1))
    ELSE make_date(year_of_birth, month_of_birth, day_of_birth) END AS latest_birth
  FROM person) AS born USING (person_id)
CROSS JOIN LATERAL (SELECT (latest_birth + INTERVAL 18 YEAR)::DATE
                      + CASE WHEN month(latest_birth) = 2 AND day(latest_birth) = 29 THEN 1 ELSE 0 END <= index_date AS old_enough) AS age;

CREATE OR REPLACE TEMP VIEW included AS SELECT * FROM judged WHERE status = '0 included';

-- One value per case, measure and window: nearest to the target, the earlier of two, the worst of one day.
CREATE OR REPLACE TEMP TABLE picked AS
SELECT person_id, measure, "window", day, value
FROM (SELECT person_id, measure, "window", day, value,
             row_number() OVER (PARTITION BY person_id, measure, "window" ORDER BY abs(day - target), day, worst_first) AS place
      FROM candidate SEMI JOIN included USING (person_id)
      JOIN (VALUES (0, -90, 0, 0), (3, 45, 137, 91), (6, 138, 228, 183), (12, 305, 425, 365)) AS w ("window", "from", "to", target)
        ON day BETWEEN w."from" AND w."to"
      WHERE measure <> 'neutrophils') AS ranked
WHERE place = 1;

CREATE OR REPLACE TEMP TABLE wide AS
SELECT person_id, index_date, follow_end, death_date
  {picks}
FROM included LEFT JOIN picked USING (person_id)
GROUP BY person_id, index_date, follow_end, death_date;

-- Doses of glucocorticoid, mg of prednisone per kg: on the fixed day of a window, and on the day of the values of the first outcome.
CREATE OR REPLACE TEMP TABLE asked AS
SELECT person_id, index_date, follow_end, 'fixed' AS kind, "window", target AS day
FROM included CROSS JOIN (VALUES (0, 0), (3, 91), (6, 183), (12, 365)) AS w ("window", target)
WHERE index_date + target <= follow_end
UNION ALL
SELECT person_id, index_date, follow_end, 'visit', 0, greatest(day_strength_0, day_skin_0) FROM wide
UNION ALL
SELECT person_id, index_date, follow_end, 'visit', 6, greatest(day_strength_6, day_skin_6) FROM wide;

CREATE OR REPLACE TEMP TABLE dose AS
WITH steroid AS (
  -- A course lasts until the next of the same product begins; without any end it may last for ever, and its amount a day is not known.
  SELECT person_id, began, least(coalesce(ended, DATE '2999-12-31'), coalesce(next, DATE '2999-12-31') - 1) AS ended,
         CASE ingredient WHEN 1506270 THEN 1.25 ELSE 1 END AS factor,
         round(amount_value::DECIMAL(9, 3) * quantity::DECIMAL(9, 3) / (ended - began + 1), 6)::DECIMAL(18, 6) AS daily
  FROM (SELECT *, min(began) OVER (PARTITION BY person_id, ingredient, amount_value ORDER BY began
                                   RANGE BETWEEN INTERVAL 1 DAY FOLLOWING AND UNBOUNDED FOLLOWING)::DATE AS next
        FROM course WHERE ingredient IN (1551099, 1550557, 1506270) AND systemic) AS taken
  UNION ALL
  SELECT person_id, DATE '1900-01-01', DATE '2999-12-31', 1, NULL FROM refused WHERE ingredient IN (1551099, 1550557, 1506270)
), kilograms AS (
  SELECT person_id, kind, "window", kg
  FROM (SELECT asked.person_id, kind, "window", w.value AS kg,
               row_number() OVER (PARTITION BY asked.person_id, kind, "window" ORDER BY abs(w.day - asked.day), w.day) AS place
        FROM asked JOIN (SELECT person_id, day, avg(DISTINCT value) AS value FROM candidate
                         WHERE measure = 'weight' AND value > 0 GROUP BY person_id, day) AS w
          ON asked.person_id = w.person_id AND abs(w.day - asked.day) <= 90) AS near
  WHERE place = 1
), added AS (
  SELECT asked.person_id, kind, "window", count(*) AS courses, bool_or(daily IS NULL) AS unknown, sum(daily * factor) AS milligrams
  FROM asked JOIN steroid ON asked.person_id = steroid.person_id
    AND began - index_date < day AND ended - index_date >= day - 1
  GROUP BY asked.person_id, kind, "window"
)
SELECT asked.person_id, kind, "window",
       CASE WHEN day IS NULL OR ever.person_id IS NULL OR unknown THEN NULL
            WHEN courses IS NULL THEN 0
            ELSE milligrams / kg END AS per_kg
FROM asked
LEFT JOIN added USING (person_id, kind, "window")
LEFT JOIN kilograms USING (person_id, kind, "window")
LEFT JOIN (SELECT DISTINCT person_id FROM steroid) AS ever ON ever.person_id = asked.person_id;

-- The three rules; a part that is not known is NULL, and AND, OR, NOT of SQL are those of Kleene.
CREATE OR REPLACE TEMP TABLE ruled AS
SELECT *,
  (gain_strength_6 >= 8 OR -gain_skin_6 >= 5) AND falls_steroid AS good,
  CASE WHEN yes >= 3 THEN true WHEN yes + unknown < 3 THEN false END AS core,
  physician_global_3 <= 3 AND (skin_3 <= 14 OR strength_3 >= 70 OR ck_3 <= 150) AND NOT (crp_3 - crp_0 > 5) AS quiet
FROM (
  SELECT *, strength_6 - strength_0 AS gain_strength_6, skin_6 - skin_0 AS gain_skin_6,
         CASE WHEN dose_0 > 0 THEN 100 * (dose_0 - dose_6) > 20 * dose_0 END AS falls_steroid,
         coalesce(i1, false)::INT + coalesce(i2, false)::INT + coalesce(i3, false)::INT
           + coalesce(i4, false)::INT + coalesce(i5, false)::INT + coalesce(i6, false)::INT AS yes,
         (i1 IS NULL)::INT + (i2 IS NULL)::INT + (i3 IS NULL)::INT
           + (i4 IS NULL)::INT + (i5 IS NULL)::INT + (i6 IS NULL)::INT AS unknown
  FROM (
    SELECT wide.*, before.per_kg AS dose_0, after.per_kg AS dose_6,
           CASE WHEN strength_0 > 0 THEN 100 * (strength_12 - strength_0) >= 20 * strength_0 END AS i1,
           CASE WHEN skin_0 > 0 THEN 100 * (skin_0 - skin_12) >= 20 * skin_0 END AS i2,
           CASE WHEN ck_0 > 0 THEN 100 * (ck_0 - ck_12) >= 20 * ck_0 END AS i3,
           CASE WHEN physician_global_0 > 0
                THEN 100 * (physician_global_0 - physician_global_12) >= 20 * physician_global_0 END AS i4,
           CASE WHEN patient_global_0 > 0 THEN 100 * (patient_global_0 - patient_global_12) >= 20 * patient_global_0 END AS i5,
           CASE WHEN extramuscular_0 > 0 THEN 100 * (extramuscular_0 - extramuscular_12) >= 20 * extramuscular_0 END AS i6
    FROM wide
    LEFT JOIN dose AS before ON before.person_id = wide.person_id AND before.kind = 'visit' AND before."window" = 0
    LEFT JOIN dose AS after ON after.person_id = wide.person_id AND after.kind = 'visit' AND after."window" = 6
  ) AS parts
) AS counted;

-- Intercurrent events: death by the horizon, lost, a rescue drug begun by then that was not taken on the index day. The horizon is the
-- latest day of the values at the window of the outcome, and its last day where there are none. GREATEST leaves out what is NULL.
CREATE OR REPLACE TEMP TABLE verdict AS
WITH asked AS (
  SELECT person_id, index_date, follow_end, death_date, 'good' AS outcome, good AS truth, 138 AS "from", 228 AS "to",
         greatest(day_strength_6, day_skin_6) AS assessed FROM ruled
  UNION ALL
  SELECT person_id, index_date, follow_end, death_date, 'core', core, 305, 425,
         greatest(day_strength_12, day_skin_12, day_ck_12, day_physician_global_12, day_patient_global_12, day_extramuscular_12)
  FROM ruled
  UNION ALL
  SELECT person_id, index_date, follow_end, death_date, 'quiet', quiet, 45, 137,
         greatest(day_physician_global_3, day_skin_3, day_strength_3, day_ck_3, day_crp_3) FROM ruled
), running AS (
  SELECT DISTINCT person_id, ingredient FROM course JOIN included USING (person_id)
  WHERE began <= index_date AND coalesce(ended, DATE '2999-12-31') >= index_date
), rescue AS (
  SELECT person_id, outcome, true AS rescued
  FROM asked JOIN course USING (person_id) ANTI JOIN running USING (person_id, ingredient)
  WHERE ingredient IN (1305058, 19014878) AND began > index_date AND began - index_date < coalesce(assessed, "to" + 1)
  GROUP BY person_id, outcome
)
SELECT person_id, outcome,
       CASE WHEN death_date - index_date <= coalesce(assessed, "to") THEN false
            WHEN assessed IS NULL AND follow_end - index_date < "from" THEN NULL
            WHEN rescued THEN false
            ELSE truth END AS truth
FROM asked LEFT JOIN rescue USING (person_id, outcome);

-- What is counted.
SELECT what, n, total FROM (
  SELECT 'persons' AS what, count(*) AS n, NULL::DECIMAL(38, 6) AS total FROM person
  UNION ALL SELECT 'with an index date', count(*), NULL FROM index_case
  UNION ALL SELECT 'status ' || status, count(*), NULL FROM judged GROUP BY status
  UNION ALL SELECT 'value ' || measure || ' ' || "window", count(*), sum(value) FROM picked GROUP BY measure, "window"
  UNION ALL SELECT 'pair ' || a.measure || ' ' || a."window", count(*), sum(a.value - b.value)
            FROM picked AS a JOIN picked AS b ON b.person_id = a.person_id AND b.measure = a.measure AND b."window" = 0
            WHERE a."window" > 0 GROUP BY a.measure, a."window"
  UNION ALL SELECT 'dose ' || "window", count(per_kg), round(sum(per_kg), 3) FROM dose WHERE kind = 'fixed' GROUP BY "window"
  UNION ALL SELECT 'pair steroid ' || a."window", count(a.per_kg - b.per_kg), round(sum(a.per_kg - b.per_kg), 3)
            FROM dose AS a JOIN dose AS b ON b.person_id = a.person_id AND b.kind = 'fixed' AND b."window" = 0
            WHERE a.kind = 'fixed' AND a."window" > 0 GROUP BY a."window"
  UNION ALL SELECT 'rule good ' || coalesce(good::VARCHAR, 'unknown'), count(*), NULL FROM ruled GROUP BY good
  UNION ALL SELECT 'rule core ' || coalesce(core::VARCHAR, 'unknown'), count(*), NULL FROM ruled GROUP BY core
  UNION ALL SELECT 'rule quiet ' || coalesce(quiet::VARCHAR, 'unknown'), count(*), NULL FROM ruled GROUP BY quiet
  UNION ALL SELECT 'verdict ' || outcome || ' ' || coalesce(truth::VARCHAR, 'unknown'), count(*), NULL
            FROM verdict GROUP BY outcome, truth
  UNION ALL SELECT 'neutrophils below 1.5', count(DISTINCT person_id), NULL
            FROM candidate SEMI JOIN included USING (person_id) WHERE measure = 'neutrophils' AND day > 0 AND value < 1.5
) AS answers ORDER BY what;
