"""What the rows of persons, periods, drugs and diagnoses become, as queries: days, amounts, and why a row is not used."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.engine.dialect import Dialect

#: Reasons, as they are counted. All refuse a row but two, which leave it out of scope; the last stops the run.
NO_PATIENT = "no person_id"
NOBODY = "the person is not in the table person"
NO_DATE = "no date"
NOT_A_DATE = "not a date between 1900 and 2399"
UNMAPPED = "no concept, so that nobody knows what was recorded"
END_BEFORE_START = "the end is before the start"
NOT_A_NUMBER = "the value is not a number"
OTHER_UNIT = "a unit that the concept set does not give"
NO_UNIT = "no unit"
OTHER_SIGN = "a sign before the value that is none of <, <=, =, >= and >"
OUTSIDE = "outside observed time"
BEFORE_INDEX = "a death before the index date"
AFTER_DEATH = "after the death of the person"
AFTER_CUTOFF = "after the data cut-off"
FUTURE = "after the day of the run; `data_cutoff` in the protocol or `shifted_dates: yes` here would allow that"
OUT_OF_SCOPE = (OUTSIDE, AFTER_CUTOFF)

#: A death so many days after the end of a period still belongs to it.
AFTER_PERIOD = 60

_SHORT_MONTHS = "(4, 6, 9, 11)"


def person(query: str, dialect: Dialect, where: str) -> str:
    """`omop_person(patient, low, high, sex, odd)`: a row of person each; `odd` where a part of the birth date cannot be."""
    male, female = catalogue.meaning("male").id, catalogue.meaning("female").id
    leap = "((y % 4 = 0 AND y % 100 <> 0) OR y % 400 = 0)"
    length = f"CASE WHEN m = 2 THEN CASE WHEN {leap} THEN 29 ELSE 28 END WHEN m IN {_SHORT_MONTHS} THEN 30 ELSE 31 END"

    def start(month: str) -> str:
        return f"CAST({dialect.day(f'make_date(CAST(y AS INT), CAST({month} AS INT), 1)')} AS INT)"

    return f"""
SELECT patient, sex, odd,
    CAST(CASE WHEN y IS NULL THEN NULL WHEN m IS NULL THEN {start("1")} ELSE {start("m")} + coalesce(d, 1) - 1 END AS INT) AS low,
    CAST(CASE WHEN y IS NULL THEN NULL WHEN m IS NULL THEN {start("12")} + 30 ELSE {start("m")} + coalesce(d, {length}) - 1 END AS INT) AS high
FROM (
    SELECT patient, sex, y, m, CASE WHEN m IS NOT NULL AND d BETWEEN 1 AND {length} THEN d END AS d,
        (bad_y OR bad_m OR coalesce(d NOT BETWEEN 1 AND {length}, FALSE)) AS odd
    FROM (
        SELECT person_id AS patient, day_of_birth AS d,
            CASE gender_concept_id WHEN {male} THEN 'M' WHEN {female} THEN 'F' ELSE '' END AS sex,
            CASE WHEN year_of_birth BETWEEN 1850 AND 2399 THEN year_of_birth END AS y,
            CASE WHEN year_of_birth BETWEEN 1850 AND 2399 AND month_of_birth BETWEEN 1 AND 12 THEN month_of_birth END AS m,
            coalesce(year_of_birth NOT BETWEEN 1850 AND 2399, FALSE) AS bad_y, coalesce(month_of_birth NOT BETWEEN 1 AND 12, FALSE) AS bad_m
        FROM ({query}) AS source
    ) AS parts
) AS born
WHERE {where}
"""


PEOPLE = """
SELECT patient, min(low) AS birth_low, max(high) AS birth_high, CAST(NULL AS INT) AS age_years,
    CASE WHEN min(sex) = max(sex) THEN min(sex) ELSE '' END AS sex, CAST(NULL AS INT) AS known_from,
    CASE WHEN min(sex) = max(sex) THEN nullif(min(sex), '') END AS known_sex
FROM omop_person
WHERE patient IS NOT NULL
GROUP BY patient
"""


def born_late(index_days: str) -> str:
    """The persons whose birth is after their first index day."""
    return f"""
SELECT p.patient FROM person AS p
JOIN (SELECT patient, min(index_day) AS index_day FROM ({index_days}) AS c GROUP BY patient) AS i ON i.patient = p.patient
WHERE p.birth_low > i.index_day
"""


def unborn(index_days: str) -> str:
    """`person` without the births that are after the first index day."""
    return f"""
SELECT p.patient, CASE WHEN l.patient IS NULL THEN p.birth_low END AS birth_low, CASE WHEN l.patient IS NULL THEN p.birth_high END AS birth_high,
    p.age_years, p.sex, p.known_from, p.known_sex
FROM person AS p LEFT JOIN ({born_late(index_days)}) AS l ON l.patient = p.patient
"""


def period(query: str, where: str, latest: int, people: str, nobody: str) -> str:
    """`omop_period(patient, first, last, why)`: a row of observation_period each.

    `people` joins whatever shows by `nobody` that the person of a row ``r`` is not in the table person.
    """
    return f"""
SELECT r.patient, first, last,
    CASE
        WHEN r.patient IS NULL THEN '{NO_PATIENT}'
        WHEN {nobody} THEN '{NOBODY}'
        WHEN bad THEN '{NOT_A_DATE}'
        WHEN first IS NULL OR last IS NULL THEN '{NO_DATE}'
        WHEN last < first THEN '{END_BEFORE_START}'
        WHEN last > {latest} THEN '{FUTURE}'
        ELSE ''
    END AS why
FROM (
    SELECT person_id AS patient, observation_period_start_date AS first, observation_period_end_date AS last,
        (coalesce(observation_period_start_date_refused, FALSE) OR coalesce(observation_period_end_date_refused, FALSE)) AS bad
    FROM ({query}) AS source
) AS r
{people}
WHERE {where}
"""


PERIODS = """
SELECT patient, min(first) AS first, max(last) AS last
FROM (
    SELECT patient, first, last, sum(opens) OVER (PARTITION BY patient ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS island
    FROM (
        SELECT patient, first, last,
            CASE WHEN first <= 1 + max(last) OVER (
                PARTITION BY patient ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) THEN 0 ELSE 1 END AS opens
        FROM omop_period
        WHERE why = ''
    ) AS marked
) AS numbered
GROUP BY patient, island
"""


def truncated(dialect: Dialect, above: str, below: str) -> str:
    """SQL for a quotient of positive wide whole numbers, cut to a whole number."""
    if dialect.name == "duckdb":
        return f"({above} // {below})"
    return f"div({above}, {below})" if dialect.name == "postgres" else f"({above} DIV {below})"


def millionths(number: str) -> str:
    """SQL for a float as the nearest whole number of millionths, a half away from zero."""
    # The whole part and the rest apart: both are exact, however large the number is.
    size = f"abs({number})"
    rest = f"CAST(floor(({size} - floor({size})) * 1e6 + 0.5) AS BIGINT)"
    found = f"(CAST(floor({size}) AS BIGINT) * 1000000 + {rest})"
    return f"CASE WHEN {number} < 0 THEN -{found} ELSE {found} END"


def is_whole(number: str, found: str, dialect: Dialect) -> str:
    """SQL for: the float is the one that its millionths, `found`, stand for, so that nothing was rounded."""
    rest = f"((abs({number}) - floor(abs({number}))) * 1e6)"
    return (
        f"CASE WHEN abs({number}) < 4000000000 THEN CAST({found} AS {dialect.double}) / 1e6 = {number} "
        f"ELSE {rest} = floor({rest}) END"
    )


def term(query: str, id_: str, concept: str, day: str) -> str:
    """Rows of the sets of diagnoses and events, equal ones once: record, n, patient, concept, kind, term, day, bad."""
    return f"""
SELECT min(r.record) AS record, count(*) AS n, r.patient, r.concept, t.kind, t.term, r.day, r.bad
FROM (
    SELECT {id_} AS record, person_id AS patient, {concept} AS concept, {day} AS day, coalesce({day}_refused, FALSE) AS bad
    FROM ({query}) AS source
) AS r
JOIN omop_term AS t ON t.concept = r.concept
GROUP BY r.patient, r.concept, t.kind, t.term, r.day, r.bad
"""


def death(query: str, number: int, dialect: Dialect) -> str:
    """Rows of death, equal ones once; the person's id stands for the record's."""
    return f"""
SELECT person_id AS record, count(*) AS n, person_id AS patient, CAST(0 AS BIGINT) AS concept,
    CAST('death' AS {dialect.text}) AS kind, {number} AS term, death_date AS day, coalesce(death_date_refused, FALSE) AS bad
FROM ({query}) AS source
GROUP BY person_id, death_date, coalesce(death_date_refused, FALSE)
"""


def fact(rows: str, cutoff: int, latest: int, *, observed: bool) -> str:
    """`omop_fact(record, n, patient, concept, kind, term, day, bad, source, why)`; events and deaths outside observed time are out of scope.

    An event without a date, or with one that is none (`bad`), is kept without a day, to be listed apart: it happened, and nobody knows when.
    """
    outside = "kind IN ('event', 'death') AND inside = 0" if observed else "FALSE"
    periods = "LEFT JOIN observed AS o ON o.patient = r.patient" if observed else ""
    lag = f"CASE WHEN r.kind = 'death' THEN {AFTER_PERIOD} ELSE 0 END"
    inside = f"max(CASE WHEN r.day BETWEEN o.first AND o.last + {lag} THEN 1 ELSE 0 END)" if observed else "1"
    return f"""
SELECT record, n, patient, concept, kind, term, day, bad, source,
    CASE
        WHEN patient IS NULL THEN '{NO_PATIENT}'
        WHEN nobody THEN '{NOBODY}'
        WHEN bad AND kind <> 'event' THEN '{NOT_A_DATE}'
        WHEN day IS NULL THEN CASE WHEN kind = 'event' THEN '' ELSE '{NO_DATE}' END
        WHEN day > {cutoff} THEN '{AFTER_CUTOFF}'
        WHEN {outside} THEN '{OUTSIDE}'
        WHEN day > {latest} THEN '{FUTURE}'
        ELSE ''
    END AS why
FROM (
    SELECT r.record, max(r.n) AS n, r.patient, r.concept, r.kind, r.term, r.day, r.bad, r.source,
        min(CASE WHEN p.patient IS NULL THEN 1 ELSE 0 END) = 1 AS nobody, {inside} AS inside
    FROM ({rows}) AS r
    LEFT JOIN person AS p ON p.patient = r.patient
    {periods}
    GROUP BY r.record, r.patient, r.concept, r.kind, r.term, r.day, r.bad, r.source
) AS held
"""


def contradicted(index_days: str) -> str:
    """`omop_fact`, deaths before the first index day of their person refused: the dead begin no drug."""
    return f"""
SELECT f.record, f.n, f.patient, f.concept, f.kind, f.term, f.day, f.bad, f.source,
    CASE WHEN f.why = '' AND f.kind = 'death' AND f.day < i.index_day THEN '{BEFORE_INDEX}' ELSE f.why END AS why
FROM omop_fact AS f
LEFT JOIN (SELECT patient, min(index_day) AS index_day FROM ({index_days}) AS c GROUP BY patient) AS i ON i.patient = f.patient
"""


FACT = """
SELECT record, patient, kind, term, day, day AS low, day AS high, CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS last_low,
    CAST(NULL AS INT) AS last_high
FROM omop_fact
WHERE why = '' AND (kind <> 'event' OR day IS NULL)
UNION ALL
SELECT min(record) AS record, patient, kind, term, day, day AS low, day AS high, CAST(NULL AS INT) AS last, CAST(NULL AS INT) AS last_low,
    CAST(NULL AS INT) AS last_high
FROM omop_fact
WHERE why = '' AND kind = 'event' AND day IS NOT NULL
GROUP BY patient, kind, term, day
UNION ALL
SELECT CAST(0 AS BIGINT) AS record, e.patient, 'cohort' AS kind, e.term, e.first AS day, e.first AS low, e.first AS high, e.last, e.last AS last_low,
    e.last AS last_high
FROM omop_entry AS e
JOIN person AS p ON p.patient = e.patient
UNION ALL
SELECT CAST(0 AS BIGINT) AS record, u.patient, 'unread diagnosis' AS kind, u.term, u.day, u.day AS low, u.day AS high, CAST(NULL AS INT) AS last,
    CAST(NULL AS INT) AS last_low, CAST(NULL AS INT) AS last_high
FROM omop_unread_diagnosis AS u
JOIN person AS p ON p.patient = u.patient
"""

#: Rows of a diagnosis asked for whose day is not known are no diagnosis on a day, and not nothing.
UNDATED_DIAGNOSES = f"""
SELECT f.patient, t.term, CAST(NULL AS INT) AS day
FROM omop_fact AS f JOIN omop_unread_term AS t ON t.known = f.term
WHERE f.kind = 'diagnosis' AND f.patient IS NOT NULL AND f.why IN ('{NOT_A_DATE}', '{NO_DATE}')
"""


#: One row of `omop_fact` may stand for several names of the protocol; it is used if it is for any of them. Visits are counted as such.
FACT_ROWS = """
SELECT source, why, sum(n), sum(n - 1)
FROM (
    SELECT source, min(why) AS why, max(n) AS n
    FROM omop_fact
    WHERE source <> 'visit_occurrence'
    GROUP BY source, record, patient, concept, day
) AS row_by_row
GROUP BY source, why
ORDER BY source, why
"""
