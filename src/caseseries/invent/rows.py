"""SQL of each clinical table: rows of invented patients in the columns of CDM 5.4, with the defects that real data have."""

from __future__ import annotations

from caseseries.invent import concept_ids as c
from caseseries.invent.persons import VISITS

#: The measures of a visit, in slots 0 to 7: concept, unit, decimals.
MEASURED = (
    (c.MMT8, 0, 0),
    (c.CDASI, 0, 0),
    (c.CK, c.UNIT_PER_LITRE, 0),
    (c.ALT, c.UNIT_PER_LITRE, 0),
    (c.AST, c.UNIT_PER_LITRE, 0),
    (c.CRP, c.MG_PER_LITRE, 1),
    (c.WEIGHT, c.KILOGRAM, 1),
    (c.NEUTROPHILS, c.BILLION_PER_LITRE, 2),
)
#: Measures that no study here asks for.
OTHER = ((c.CREATININE, c.MG_PER_DL, 2), (c.HAEMOGLOBIN, c.G_PER_DL, 1), (c.PLATELETS, c.BILLION_PER_LITRE, 0))
_ALL = (*MEASURED, *OTHER)

#: The visits at which the three global assessments are written down.
_ASSESSED = (2, 4, 5, 7)


def person() -> str:
    """Persons; the day of birth is unknown for some, the month for fewer, the sex for very few."""
    return f"""
    SELECT p AS person_id,
           CASE WHEN chance(p, 21) < 0.002 THEN 0 WHEN male THEN {c.MALE} ELSE {c.FEMALE} END::INTEGER AS gender_concept_id,
           year(born)::INTEGER AS year_of_birth,
           CASE WHEN chance(p, 22) >= 0.02 THEN month(born) END::INTEGER AS month_of_birth,
           CASE WHEN chance(p, 22) >= 0.1 THEN day(born) END::INTEGER AS day_of_birth,
           NULL::TIMESTAMP AS birth_datetime, 0 AS race_concept_id, 0 AS ethnicity_concept_id,
           NULL::BIGINT AS location_id, NULL::BIGINT AS provider_id, NULL::BIGINT AS care_site_id,
           'invented ' || p AS person_source_value,
           NULL::VARCHAR AS gender_source_value, 0 AS gender_source_concept_id,
           NULL::VARCHAR AS race_source_value, 0 AS race_source_concept_id,
           NULL::VARCHAR AS ethnicity_source_value, 0 AS ethnicity_source_concept_id
    FROM patient
    """


def observation_period() -> str:
    """One period for most; some have an earlier one apart from it, some two that touch."""
    return f"""
    SELECT p * 2 + k AS observation_period_id, p AS person_id,
           CASE WHEN kind = 'apart' AND k = 0 THEN observed_first - 900 WHEN kind = 'touching' AND k = 1 THEN observed_first + 15
                ELSE observed_first END AS observation_period_start_date,
           CASE WHEN kind = 'apart' AND k = 0 THEN observed_first - 200 WHEN kind = 'touching' AND k = 0 THEN observed_first + 14
                ELSE observed_last END AS observation_period_end_date,
           {c.FROM_RECORD} AS period_type_concept_id
    FROM (SELECT *, unnest(CASE WHEN kind = 'one' THEN [1] ELSE [0, 1] END) AS k
          FROM (SELECT *, CASE WHEN chance(p, 23) < 0.03 THEN 'apart'
                               WHEN chance(p, 23) < 0.05 AND observed_last > observed_first + 15 THEN 'touching'
                               ELSE 'one' END AS kind FROM patient) AS kinds) AS periods
    """


def visit_occurrence() -> str:
    """A visit for each day the patient was seen."""
    return f"""
    SELECT p * 8 + v AS visit_occurrence_id, p AS person_id, {c.OUTPATIENT} AS visit_concept_id,
           anchor + visit_day(p, v) AS visit_start_date, NULL::TIMESTAMP AS visit_start_datetime,
           anchor + visit_day(p, v) AS visit_end_date, NULL::TIMESTAMP AS visit_end_datetime,
           {c.FROM_RECORD} AS visit_type_concept_id, NULL::BIGINT AS provider_id, NULL::BIGINT AS care_site_id,
           NULL::VARCHAR AS visit_source_value, 0 AS visit_source_concept_id,
           0 AS admitted_from_concept_id, NULL::VARCHAR AS admitted_from_source_value,
           0 AS discharged_to_concept_id, NULL::VARCHAR AS discharged_to_source_value,
           NULL::BIGINT AS preceding_visit_occurrence_id
    FROM (SELECT *, unnest(range({len(VISITS)})) AS v FROM patient) AS visits
    WHERE chance(p, 520 + v) >= 0.03
      AND anchor + visit_day(p, v) <= observed_last
      AND (anchor + visit_day(p, v) >= observed_first OR chance(p, 530 + v) < 0.2)
    """


def measurement() -> str:
    """About 60 rows a patient.

    Slots 0 to 63 are eight measures at eight visits, 64 to 68 measures that nobody asks for, 69 an exact copy of another row under
    its own id, 70 a second, different value on the day of another row. A value may be null or no number, its unit missing or
    another, its day impossible or outside observed time.
    """
    ids, units, digits = ([entry[i] for entry in _ALL] for i in range(3))
    return f"""
    SELECT p * 128 + k AS measurement_id, p AS person_id, concept::INTEGER AS measurement_concept_id,
           CASE WHEN odd >= 0.50 AND odd < 0.50002 THEN DATE '1800-01-01' ELSE measured END AS measurement_date,
           NULL::TIMESTAMP AS measurement_datetime, NULL::VARCHAR AS measurement_time,
           {c.FROM_RECORD} AS measurement_type_concept_id,
           CASE WHEN concept = {c.CRP} AND exact < 1 THEN {c.LESS_THAN} END::INTEGER AS operator_concept_id,
           CASE WHEN odd < 0.01 THEN NULL WHEN odd < 0.0102 THEN 'NaN'::DOUBLE
                WHEN concept = {c.CRP} AND exact < 1 THEN 1
                WHEN concept = {c.WEIGHT} AND odd >= 0.30 AND odd < 0.302 THEN round(exact * 2.2046, 1)
                WHEN k = 70 THEN round(exact * 1.05 + 1, 1)
                ELSE exact END AS value_as_number,
           NULL::INTEGER AS value_as_concept_id,
           CASE WHEN odd >= 0.20 AND odd < 0.201 THEN 0
                WHEN concept = {c.WEIGHT} AND odd >= 0.30 AND odd < 0.302 THEN {c.POUND}
                WHEN unit <> 0 AND odd >= 0.40 AND odd < 0.401 THEN {c.PERCENT}
                ELSE unit END::INTEGER AS unit_concept_id,
           NULL::DOUBLE AS range_low, NULL::DOUBLE AS range_high, NULL::BIGINT AS provider_id,
           CASE WHEN slot < 64 THEN p * 8 + v END AS visit_occurrence_id, NULL::BIGINT AS visit_detail_id,
           NULL::VARCHAR AS measurement_source_value, 0 AS measurement_source_concept_id,
           NULL::VARCHAR AS unit_source_value, 0 AS unit_source_concept_id, NULL::VARCHAR AS value_source_value,
           NULL::BIGINT AS measurement_event_id, NULL::INTEGER AS meas_event_field_concept_id
    FROM (
      SELECT p, k, slot, v, concept, unit, odd, measured, observed_first, observed_last,
             round(greatest(least(CASE m
               WHEN 0 THEN 74 - 34 * severity + 4 * z + after * CASE WHEN treated THEN 3 + 14 * luck ELSE 3 * luck END
               WHEN 1 THEN 6 + 30 * severity + 3 * z - after * CASE WHEN treated THEN 2 + 12 * luck ELSE 2 * luck END
               WHEN 2 THEN 60 + 1400 * severity * severity + 60 * z - after * 150 * severity
               WHEN 3 THEN 22 + 60 * severity + 9 * z
               WHEN 4 THEN 24 + 70 * severity + 9 * z
               WHEN 5 THEN 0.5 + 14 * severity + 4 * z
               WHEN 6 THEN kilograms + 1.2 * z + 0.8 * after
               WHEN 7 THEN 4.2 + 1.1 * z - CASE WHEN treated THEN 0.8 * after ELSE 0 END
               WHEN 8 THEN 0.8 + 0.15 * z
               WHEN 9 THEN 12.8 + 1.1 * z
               ELSE 260 + 50 * z END, {[80, 100, 9000, 2000, 2000, 400, 300, 60, 20, 25, 1500]}[m + 1]),
               {[0, 0, 10, 4, 4, 0.1, 25, 0.1, 0.2, 4, 10]}[m + 1]), {digits}[m + 1]) AS exact
      FROM (
        SELECT p, k, slot, v, m, treated, severity, luck, kilograms, observed_first, observed_last,
               {ids}[m + 1] AS concept, {units}[m + 1] AS unit, unit(h) AS odd, bell(draw(p, 200 + slot)) AS z,
               anchor + relative AS measured,
               CASE WHEN relative <= 0 THEN 0 ELSE least(relative, 180) / 180.0 END AS after
        FROM (
          SELECT *, CASE WHEN slot >= 64 THEN between_days(-400, 700, chance(p, 400 + slot))
                         WHEN m BETWEEN 2 AND 5 AND (h & 7) = 0 THEN visit_day(p, v) - between_days(1, 4, chance(p, 540 + v))
                         ELSE visit_day(p, v) END AS relative
          FROM (
            SELECT *, (slot // 8)::INTEGER AS v, CASE WHEN slot < 64 THEN slot % 8 ELSE 8 + slot % 3 END::INTEGER AS m,
                   draw(p, 100 + slot) AS h
            FROM (SELECT *, CASE WHEN k < 69 THEN k ELSE (draw(p, 90 + k) % 64)::BIGINT END AS slot
                  FROM (SELECT *, unnest(range(71)) AS k FROM patient) AS numbered
                  WHERE k < 69 OR (k = 69 AND chance(p, 31) < 0.15) OR (k = 70 AND chance(p, 32) < 0.1)) AS slots
          ) AS placed
          WHERE slot >= 64 OR (chance(p, 520 + v) >= 0.03 AND (h >> 32) % 100 >= 5)
        ) AS dated
      ) AS told
    ) AS valued
    WHERE (measured BETWEEN observed_first AND observed_last) OR draw(p, 600 + k) % 100 < 15
    """


def observation() -> str:
    """The three global assessments, 0 to 10; `assessed` says how often they are written down, with the drug and without."""
    return f"""
    SELECT p * 16 + k AS observation_id, p AS person_id,
           {[c.PHYSICIAN_GLOBAL, c.PATIENT_GLOBAL, c.EXTRAMUSCULAR]}[g + 1]::INTEGER AS observation_concept_id,
           anchor + relative AS observation_date, NULL::TIMESTAMP AS observation_datetime,
           {c.FROM_RECORD} AS observation_type_concept_id,
           CASE WHEN unit(h) < 0.01 THEN NULL
                ELSE round(greatest(0, least(10, 1 + 6 * severity + 0.9 * bell(draw(p, 320 + k))
                     - least(greatest(relative, 0), 180) / 180.0 * CASE WHEN treated THEN 0.5 + 2.5 * luck ELSE luck END)), 1)
                END AS value_as_number,
           NULL::VARCHAR AS value_as_string, NULL::INTEGER AS value_as_concept_id, NULL::INTEGER AS qualifier_concept_id,
           NULL::INTEGER AS unit_concept_id, NULL::BIGINT AS provider_id, p * 8 + v AS visit_occurrence_id,
           NULL::BIGINT AS visit_detail_id, NULL::VARCHAR AS observation_source_value, 0 AS observation_source_concept_id,
           NULL::VARCHAR AS unit_source_value, NULL::VARCHAR AS qualifier_source_value, NULL::VARCHAR AS value_source_value,
           NULL::BIGINT AS observation_event_id, NULL::INTEGER AS obs_event_field_concept_id
    FROM (SELECT *, visit_day(p, v) AS relative, draw(p, 300 + k) AS h
          FROM (SELECT *, (k % 3)::INTEGER AS g, {list(_ASSESSED)}[k // 3 + 1] AS v
                FROM (SELECT *, unnest(range(12)) AS k FROM patient) AS numbered) AS placed) AS dated
    WHERE chance(p, 520 + v) >= 0.03 AND chance(p, 340 + k) < CASE WHEN treated THEN 0.9 ELSE $untreated END
      AND anchor + relative BETWEEN observed_first AND observed_last
    """


def drug_exposure() -> str:
    """About 10.8 rows a patient.

    Slots 0 to 5 are prescriptions of a glucocorticoid that tapers, 6 to 10 the study drug (or, without it, another drug), 11 and 12
    other drugs before and after the anchor; a few had the study drug before. An end, a number of days or a quantity may be missing, an
    end may lie before the start.
    """
    tablets = [
        [c.PREDNISONE_20, c.PREDNISOLONE_20, c.METHYLPREDNISOLONE_16],
        [c.PREDNISONE_5, c.PREDNISOLONE_5, c.METHYLPREDNISOLONE_4],
        [c.PREDNISONE_1, c.PREDNISOLONE_1, c.METHYLPREDNISOLONE_4],
    ]
    milligrams = [[20, 20, 16], [5, 5, 4], [1, 1, 4]]
    others = [c.METHOTREXATE_10, c.HYDROXYCHLOROQUINE_200, c.AZATHIOPRINE_50, c.PARACETAMOL_500]
    return f"""
    SELECT p * 16 + k AS drug_exposure_id, p AS person_id, drug::INTEGER AS drug_concept_id,
           anchor + relative AS drug_exposure_start_date, NULL::TIMESTAMP AS drug_exposure_start_datetime,
           CASE WHEN odd < 0.03 THEN NULL WHEN odd < 0.031 THEN anchor + relative - 5
                ELSE anchor + relative + days - 1 END::DATE AS drug_exposure_end_date,
           NULL::TIMESTAMP AS drug_exposure_end_datetime, NULL::DATE AS verbatim_end_date,
           {c.PRESCRIBED} AS drug_type_concept_id, NULL::VARCHAR AS stop_reason, 0 AS refills,
           CASE WHEN odd >= 0.10 AND odd < 0.11 THEN NULL ELSE tablets * days END::DOUBLE AS quantity,
           CASE WHEN odd >= 0.02 AND odd < 0.05 THEN NULL ELSE days END::INTEGER AS days_supply,
           NULL::VARCHAR AS sig, CASE WHEN odd >= 0.20 AND odd < 0.203 THEN NULL WHEN odd >= 0.30 AND odd < 0.302
                THEN {c.OPHTHALMIC} ELSE {c.ORAL} END::INTEGER AS route_concept_id,
           NULL::VARCHAR AS lot_number, NULL::BIGINT AS provider_id, NULL::BIGINT AS visit_occurrence_id,
           NULL::BIGINT AS visit_detail_id, NULL::VARCHAR AS drug_source_value, 0 AS drug_source_concept_id,
           NULL::VARCHAR AS route_source_value, NULL::VARCHAR AS dose_unit_source_value
    FROM (
      SELECT p, k, anchor, observed_last, odd, relative, days,
             CASE WHEN steroid THEN {tablets}[strength][ingredient] WHEN treated AND (k BETWEEN 6 AND 10 OR (k = 11 AND chance(p, 45) < 0.03))
                       THEN {c.MYCOPHENOLATE_500}
                  ELSE {others}[other] END AS drug,
             CASE WHEN steroid THEN greatest(1, round(daily / {milligrams}[strength][ingredient]))
                  WHEN k BETWEEN 6 AND 10 AND treated THEN CASE WHEN severity < 0.4 THEN 4 ELSE 6 END ELSE 2 END::INTEGER AS tablets
      FROM (
        SELECT *, CASE WHEN daily >= 30 THEN 1 WHEN daily >= 5 THEN 2 ELSE 3 END AS strength,
               CASE WHEN chance(p, 42) < 0.7 THEN 1 WHEN chance(p, 42) < 0.9 THEN 2 ELSE 3 END AS ingredient,
               CASE WHEN k < 6 OR steroid THEN 4 WHEN k = 11 AND chance(p, 43) < 0.5 THEN 1
                    WHEN k = 12 AND chance(p, 44) < 0.08 THEN 3 WHEN k = 12 THEN 4 ELSE (h % 4 + 1)::INTEGER END AS other,
               CASE WHEN k < 6 THEN -78 + 75 * k + between_days(0, 5, chance(p, 740 + k))
                    WHEN k < 11 THEN 90 * (k - 6) + CASE WHEN k = 6 THEN 0 ELSE between_days(-3, 9, chance(p, 740 + k)) END
                    WHEN k = 11 THEN -between_days(60, 500, chance(p, 740 + k))
                    ELSE between_days(10, 360, chance(p, 740 + k)) END::INTEGER AS relative,
               CASE WHEN k < 6 THEN [75, 75, 78, 70][((h >> 40) % 4 + 1)::INTEGER] WHEN k < 11 THEN 90
                    ELSE between_days(10, 120, chance(p, 760 + k)) END AS days
        FROM (
          SELECT *, k < 6 AND chance(p, 41) >= 0.12 AS steroid, unit(h) AS odd,
                 greatest(0.4, (8 + 42 * severity) * {[1.0, 1.0, 0.8, 0.6, 0.45, 0.35]}[least(k, 5) + 1]
                   - CASE WHEN treated THEN 14 * luck * greatest(k - 1, 0) / 4.0 ELSE 0 END) AS daily
          FROM (SELECT *, draw(p, 700 + k) AS h FROM (SELECT *, unnest(range(13)) AS k FROM patient) AS numbered) AS drawn
        ) AS dosed
        WHERE NOT (k BETWEEN 6 AND 10 AND treated AND k - 6 >= stops) AND NOT (steroid AND daily < 1)
      ) AS placed
      WHERE (k = 6 OR chance(p, 720 + k) >= CASE WHEN k < 11 THEN 0.02 ELSE 0.45 END) AND anchor + relative <= observed_last
    ) AS written
    """


def condition_occurrence() -> str:
    """About 2.6 rows a patient: the diagnosis, other diseases, and what may be an adverse event."""
    kinds = [c.DERMATOMYOSITIS, c.DERMATOMYOSITIS, c.HYPERTENSION, c.DIABETES, c.PNEUMONIA, c.ZOSTER, c.NEUTROPENIA]
    kinds += [c.DIARRHOEA, c.NAUSEA]
    treated = [1, 0.75, 0.45, 0.2, 0.07, 0.06, 0.04, 0.16, 0.1]
    untreated = [1, 0.75, 0.45, 0.2, 0.05, 0.03, 0.015, 0.05, 0.05]
    return f"""
    SELECT p * 16 + k AS condition_occurrence_id, p AS person_id,
           CASE WHEN k < 2 AND chance(p, 50) < 0.2 THEN {c.DERMATOMYOSITIS_WITH_LUNG} ELSE {kinds}[k + 1] END::INTEGER
             AS condition_concept_id,
           began AS condition_start_date, NULL::TIMESTAMP AS condition_start_datetime,
           NULL::DATE AS condition_end_date, NULL::TIMESTAMP AS condition_end_datetime,
           {c.FROM_RECORD} AS condition_type_concept_id, 0 AS condition_status_concept_id, NULL::VARCHAR AS stop_reason,
           NULL::BIGINT AS provider_id, NULL::BIGINT AS visit_occurrence_id, NULL::BIGINT AS visit_detail_id,
           NULL::VARCHAR AS condition_source_value, 0 AS condition_source_concept_id,
           NULL::VARCHAR AS condition_status_source_value
    FROM (SELECT *, CASE WHEN k = 0 THEN diagnosed WHEN k = 1 THEN diagnosed + between_days(0, 400, chance(p, 800))
                         WHEN k < 4 THEN anchor - between_days(-200, 2000, chance(p, 800 + k))
                         ELSE anchor + between_days(-60, 500, chance(p, 800 + k)) END AS began
          FROM (SELECT *, unnest(range({len(kinds)})) AS k FROM patient) AS numbered) AS dated
    WHERE began IS NOT NULL AND (k < 4 OR began <= observed_last)
      AND chance(p, 820 + k) < CASE WHEN treated THEN {treated}[k + 1] ELSE {untreated}[k + 1] END
    """


def death() -> str:
    """Deaths; some of them up to 20 days after the end of observed time."""
    return f"""
    SELECT p AS person_id, died AS death_date, NULL::TIMESTAMP AS death_datetime,
           {c.FROM_RECORD} AS death_type_concept_id, 0 AS cause_concept_id, NULL::VARCHAR AS cause_source_value,
           0 AS cause_source_concept_id
    FROM patient WHERE died IS NOT NULL
    """
