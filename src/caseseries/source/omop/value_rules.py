"""What the rows near the index dates become, as queries: visits, and values in millionths of the measure's unit."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.engine.dialect import Dialect
from caseseries.source.omop.rules import (
    AFTER_CUTOFF,
    AFTER_DEATH,
    FUTURE,
    NO_DATE,
    NO_UNIT,
    NOT_A_DATE,
    NOT_A_NUMBER,
    OTHER_SIGN,
    OTHER_UNIT,
    OUTSIDE,
    is_whole,
    millionths,
    truncated,
)

#: Two ways to say that a day is not observed: outside every period of the patient, or outside the one of the index date.
NO_PERIOD = "o.patient IS NULL"
NOT_IN_INDEX_PERIOD = "coalesce(r.day NOT BETWEEN s.seen_first AND s.seen_last, TRUE)"
PERIOD_OF_ROW = "LEFT JOIN observed AS o ON o.patient = r.patient AND r.day BETWEEN o.first AND o.last"

#: What became of a row of values, as a number: below 10 it is used.
PLAIN, BELOW, ABOVE, AT_MOST, AT_LEAST, WITHOUT, REFUSED = 0, 1, 2, 3, 4, 5, 10
#: The operators of a value by their names in the catalogue; any other is none.
_OPERATORS = {
    "less than": BELOW, "less than or equal": AT_MOST, "greater than": ABOVE, "greater than or equal": AT_LEAST,
}  # fmt: skip
CODES = {
    11: NOT_A_DATE,
    12: NO_DATE,
    13: OUTSIDE,
    14: NOT_A_NUMBER,
    15: NO_UNIT,
    16: OTHER_UNIT,
    17: AFTER_CUTOFF,
    18: FUTURE,
    19: AFTER_DEATH,
    20: OTHER_SIGN,
}
_OTHER_UNIT = 16
#: What stands for a unit that is written as no concept id.
NO_ID = -1
#: Those of a row on a day that can be told, whose value was not read.
REFUSED_VALUES = (14, 15, 16, 20)
#: What stands as missing code of a row without a value.
NO_VALUE = "no value"


def visit(query: str, where: str, number: int, outside: str, cutoff: int, latest: int, dialect: Dialect) -> str:
    """`omop_visit(record, n, patient, day, why)`: starts of visits of the patients that are looked at, equal ones once."""
    return f"""
SELECT r.record, r.n, r.patient, CAST('visit' AS {dialect.text}) AS kind, {number} AS term, r.day,
    CASE
        WHEN r.bad THEN '{NOT_A_DATE}'
        WHEN r.day IS NULL THEN '{NO_DATE}'
        WHEN r.day > {cutoff} THEN '{AFTER_CUTOFF}'
        WHEN {outside} THEN '{OUTSIDE}'
        WHEN r.day > s.dead THEN '{AFTER_DEATH}'
        WHEN r.day > {latest} THEN '{FUTURE}'
        ELSE ''
    END AS why
FROM (
    SELECT min(visit_occurrence_id) AS record, count(*) AS n, person_id AS patient, visit_start_date AS day,
        coalesce(visit_start_date_refused, FALSE) AS bad
    FROM ({query}) AS source
    WHERE {where}
    GROUP BY person_id, visit_start_date, coalesce(visit_start_date_refused, FALSE)
) AS r
JOIN omop_span AS s ON s.patient = r.patient AND (r.day IS NULL OR r.day BETWEEN s.first + s.low AND s.last + s.high)
{PERIOD_OF_ROW if outside == NO_PERIOD else ""}
"""


def value(
    query: str,
    id_: str,
    concept: str,
    day: str,
    where: str,
    outside: str,
    cutoff: int,
    latest: int,
    *,
    judged: bool,
    plain: bool,
    once: bool,
    limits: bool,
    dialect: Dialect,
) -> str:
    """Rows of one table of values: `record, patient, measure, day, value, code, rounded`, and with `limits` `lower, upper, contrary`.

    With `once` equal rows are one, with their smallest id as `record` and their number `n`; else only a refused row has its id. Of a row in a unit
    without factor the value is that unit. `plain` says that no unit needs a factor, `judged` that some measure is a judgement. `lower` and `upper`
    are the limits of normal of the row, in the unit of the measure; of those that contradict each other (`contrary` is 1) none is kept.
    """
    codes = {catalogue.meaning(word).id: code for word, code in _OPERATORS.items()}
    operators = " ".join(f"WHEN {concept} THEN {code}" for concept, code in codes.items())
    known = ", ".join(map(str, (0, catalogue.meaning("equal").id, *codes)))
    sign = f"coalesce(r.operator, 0) NOT IN ({known})"
    in_unit, exact = _in_unit(plain=plain, dialect=dialect)
    number, refused = "r.number IS NULL", "r.bad"
    has_unit = "u.num IS NOT NULL"
    answers = ""
    if judged:
        answers = "LEFT JOIN omop_answer AS a ON a.measure = c.measure AND a.concept = r.answer"
        in_unit, exact = f"CASE WHEN judgement THEN given ELSE {in_unit} END", f"(judgement OR {exact})"
        number = "CASE WHEN c.judgement THEN a.value IS NULL ELSE r.number IS NULL END"
        sign = f"NOT c.judgement AND {sign}"
        refused, has_unit = "(NOT c.judgement AND r.bad)", "(c.judgement OR u.num IS NOT NULL)"
    ends = ", ".join(("lower", "upper", "contrary")) if limits else ""
    beside, also = (f", {ends}", f", {_limits(plain=plain, dialect=dialect)}") if limits else ("", "")
    counted = (
        f"min(record) AS record, count(*) AS n, patient, measure, day, value, code, max(rounded) AS rounded{beside}"
    )
    # Of rows that are read one by one only the refused are cited; ids of the others would take more room than all the rest.
    alone = (
        f"CASE WHEN code >= {REFUSED} THEN record END AS record, patient, measure, day, value, code, rounded{beside}"
    )
    return f"""
SELECT {counted if once else alone}
FROM (
    SELECT record, patient, measure, day, CASE WHEN code < {WITHOUT} THEN {in_unit} WHEN code = {_OTHER_UNIT} THEN unit END AS value,
        code, CASE WHEN code < {WITHOUT} AND NOT ({exact}) THEN 1 ELSE 0 END AS rounded{also}
    FROM (
        SELECT r.record, r.patient, c.measure, c.judgement, r.day, r.number, r.unit, u.num, u.den, {"a.value" if judged else "0"} AS given,
            {millionths("r.number")} AS m,{_OF_ROW if limits else ""}
            CASE
                WHEN r.late THEN 11
                WHEN r.day IS NULL THEN 12
                WHEN r.day > {cutoff} THEN 17
                WHEN {outside} THEN 13
                WHEN r.day > s.dead THEN 19
                WHEN r.day > {latest} THEN 18
                WHEN {refused} THEN 14
                WHEN {number} THEN {WITHOUT}
                WHEN {sign} THEN 20
                WHEN {has_unit} THEN CASE r.operator {operators} ELSE {PLAIN} END
                WHEN r.unit = 0 THEN 15
                ELSE {_OTHER_UNIT}
            END AS code
        FROM (
            SELECT {id_} AS record, person_id AS patient, {concept} AS concept, {day} AS day, coalesce({day}_refused, FALSE) AS late,
                value_as_number AS number, coalesce(value_as_number_refused, FALSE) AS bad, value_as_concept_id AS answer,
                CASE WHEN coalesce(unit_concept_id_refused, FALSE) THEN {NO_ID} ELSE coalesce(unit_concept_id, 0) END AS unit,
                operator{", range_low, range_high" if limits else ""}
            FROM ({query}) AS source
            WHERE {where}
        ) AS r
        JOIN omop_measure AS c ON c.concept = r.concept
        JOIN omop_span AS s ON s.patient = r.patient AND (r.day IS NULL OR r.day BETWEEN s.first + c.low AND s.last + c.high)
        LEFT JOIN omop_unit AS u ON u.measure = c.measure AND u.unit = r.unit
        {answers}
        {PERIOD_OF_ROW if outside == NO_PERIOD else ""}
    ) AS sorted
) AS valued
{f"GROUP BY patient, measure, day, value, code{beside}" if once else ""}
"""


#: The limits of normal of a row as they are written, in millionths.
_OF_ROW = f"""
            r.range_low, r.range_high, {millionths("r.range_low")} AS low_m, {millionths("r.range_high")} AS high_m,"""


def _limits(*, plain: bool, dialect: Dialect) -> str:
    """SQL for the limits of normal in the unit of the measure, where there is a value, and for whether they contradict each other."""
    contrary = f"(code < {WITHOUT} AND range_low IS NOT NULL AND range_high IS NOT NULL AND range_low > range_high)"
    ends = (
        f"CASE WHEN code < {WITHOUT} AND NOT {contrary} THEN {_in_unit(plain=plain, dialect=dialect, number=end, m=m)[0]} END AS {name}"
        for end, m, name in (("range_low", "low_m", "lower"), ("range_high", "high_m", "upper"))
    )
    return f"{', '.join(ends)}, CASE WHEN {contrary} THEN 1 ELSE 0 END AS contrary"


def _in_unit(*, plain: bool, dialect: Dialect, number: str = "number", m: str = "m") -> tuple[str, str]:
    """SQL for `number`, which is `m` millionths, times num / den in millionths, and for: nothing was rounded."""
    as_it_is, exact = m, f"({is_whole(number, m, dialect)})"
    if plain:
        return as_it_is, exact
    wide = dialect.wide

    def scaled(kind: str) -> tuple[str, str]:
        product = f"CAST({as_it_is} AS {kind}) * CAST(num AS {kind})"
        half = f"(CAST(2 AS {kind}) * abs({product}) + CAST(den AS {kind}))"
        size = f"CAST({truncated(dialect, half, f'(CAST(2 AS {kind}) * CAST(den AS {kind}))')} AS BIGINT)"
        return (
            f"CASE WHEN {number} < 0 THEN -{size} ELSE {size} END",
            f"{product} % CAST(den AS {kind}) = CAST(0 AS {kind})",
        )

    (small, small_rest), (large, large_rest) = scaled("BIGINT"), scaled(wide)
    fits = f"abs({number}) * num < 4000000000000 AND den < 1000000000000000000"
    value = f"CASE WHEN num = den THEN {as_it_is} WHEN {fits} THEN {small} ELSE {large} END"
    rest = f"CASE WHEN num = den THEN TRUE WHEN {fits} THEN {small_rest} ELSE {large_rest} END"
    return value, f"({exact} AND {rest})"


MEASUREMENT = f"""
SELECT record, patient, measure, day, day AS low, day AS high, CASE WHEN code = {WITHOUT} THEN NULL ELSE value END AS value,
    CASE code WHEN {BELOW} THEN '<' WHEN {ABOVE} THEN '>' WHEN {AT_MOST} THEN '<=' WHEN {AT_LEAST} THEN '>=' ELSE '' END AS censor,
    CASE code WHEN {WITHOUT} THEN '{NO_VALUE}' ELSE '' END AS missing, lower, upper
FROM omop_value
WHERE code < {REFUSED}
"""
