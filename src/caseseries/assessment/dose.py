"""Daily dose: what was taken on arrival, summed over courses, as whole-number pairs.

    dose_answer(case_no, dose, per_kg, day, num, den, absent)

Grain: one (case, dose measure, per kg, relative day) asked. The dose is num/den mg/day or mg/kg/day, in lowest terms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries import catalogue
from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import compile_doses, dose_number
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.cohort.look_back import SUPPLY, supply_not_known
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.errors import EngineError
from caseseries.protocol.protocol import Protocol

#: Into how many parts a milligram's millionth may be divided so that every dose is whole; sums of doses then stay within 38 digits.
MOST_PARTS = 10**9

#: What is asked, once.
_ASKED = "SELECT DISTINCT case_no, dose, per_kg, day FROM {ask}"

#: Every course of every dose, each an exact number of parts a day, in days since the index date.
_COURSES = """
SELECT k.case_no, d.dose, c.first_low - k.index_day AS first_low, c.first_high - k.index_day AS first_high,
    c.last_low - k.index_day AS last_low, c.last_high - k.index_day AS last_high, c.unit,
    (c.amount IS NULL OR c.per_day_num IS NULL OR c.unit NOT IN ('mg', 'mg/kg')) AS unrecorded, d.factor_num IS NULL AS unknown_factor,
    c.amount * CAST(c.per_day_num AS {wide}) * d.factor_num * {share} AS part
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
JOIN dose_drug AS d ON d.drug = c.drug
JOIN dose_rule AS r ON r.dose = d.dose
WHERE d.dose IN ({doses}) AND c.systemic AND (r.pulses OR NOT c.pulse)
"""

#: A course counts for certain where each of its possible days says so, perhaps where one does. A dose is known where those that count perhaps
#: add nothing.
_SUMMED = """
SELECT case_no, dose, day, bool_or(sure) AS some_sure, bool_or(sure AND unrecorded) AS unrecorded, bool_or(sure AND unknown_factor) AS unknown_factor,
    bool_or(NOT sure AND (unrecorded OR unknown_factor OR part <> 0)) AS unsure,
    bool_or(sure AND unit = 'mg') AS some_mg, bool_or(sure AND unit = 'mg/kg') AS some_per_kg,
    CAST(coalesce(sum(CASE WHEN sure AND unit = 'mg' THEN part END), 0) AS {wide}) AS mg,
    CAST(coalesce(sum(CASE WHEN sure AND unit = 'mg/kg' THEN part END), 0) AS {wide}) AS mg_per_kg
FROM (
    SELECT a.case_no, a.dose, a.day, c.unit, c.unrecorded, c.unknown_factor, c.part,
        (c.first_high < a.day AND coalesce(c.last_low >= a.day - 1, TRUE)) AS sure
    FROM (SELECT DISTINCT case_no, dose, day FROM dose_asked) AS a
    JOIN ({courses}) AS c ON c.case_no = a.case_no AND c.dose = a.dose
    WHERE c.first_low < a.day AND (c.last_high IS NULL OR c.last_high >= a.day - 1)
) AS counting
GROUP BY case_no, dose, day
"""

#: The days that a drug row may have covered of which nobody knows the dose, or whether it belongs to the group.
_UNREAD = """
SELECT DISTINCT a.case_no, a.dose, a.day
FROM dose_asked AS a
JOIN included_case AS k ON k.case_no = a.case_no
JOIN unread_course AS u ON u.patient = k.patient
LEFT JOIN dose_drug AS d ON d.dose = a.dose AND d.drug = u.drug
WHERE (u.drug IS NULL OR d.drug IS NOT NULL) AND coalesce(u.first - k.index_day < a.day, TRUE) AND coalesce(u.last - k.index_day >= a.day - 1, TRUE)
"""

#: The days on which a weight is needed, and those on which the nearest weight was taken; equally near: the earlier.
_WEIGHT_ASK = """
SELECT a.case_no, k.patient, k.index_day, a.dose, a.per_kg, a.day, r.weight, r.within
FROM dose_asked AS a
JOIN included_case AS k ON k.case_no = a.case_no
JOIN dose_sum AS s ON s.case_no = a.case_no AND s.dose = a.dose AND s.day = a.day
JOIN dose_rule AS r ON r.dose = a.dose
WHERE CASE WHEN a.per_kg THEN s.some_mg ELSE s.some_per_kg END
"""

#: ``{ask}`` has a patient, an index day, a day, a weight and how far it may be; the rank of a weight is 2 x its distance, plus 1 after the day.
#: The patient stands in it, so that both joins have one: an engine that could pair the days of all cases with the weights of all patients did so.
_NEAREST = """
WITH nearest AS (
    SELECT {keys}, w.patient, w.index_day, w.day, w.weight,
        min(2 * abs(m.day - w.index_day - w.day) + CASE WHEN m.day - w.index_day > w.day THEN 1 ELSE 0 END) AS rank
    FROM {ask} AS w
    JOIN measurement AS m ON m.patient = w.patient AND m.measure = w.weight
    WHERE m.value > 0 AND m.censor = '' AND m.low = m.high AND abs(m.day - w.index_day - w.day) <= w.within
    GROUP BY {keys}, w.patient, w.index_day, w.day, w.weight
),
dated AS (
    SELECT {keys}, w.patient, w.day, w.weight,
        w.index_day + CASE WHEN mod(w.rank, 2) = 1 THEN w.day + (w.rank >> 1) ELSE w.day - (w.rank >> 1) END AS weight_day
    FROM nearest AS w
)
SELECT {keys}, w.day, CAST(sum(DISTINCT m.value) AS {wide}) AS weight_num, count(DISTINCT m.value) * CAST({millionth} AS {wide}) AS weight_den
FROM dated AS w
JOIN measurement AS m ON m.patient = w.patient AND m.measure = w.weight AND m.day = w.weight_day
WHERE m.value > 0 AND m.censor = '' AND m.low = m.high
GROUP BY {keys}, w.day
"""

_ANSWER = """
WITH recorded AS (
    SELECT DISTINCT c.patient, d.dose FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug WHERE c.systemic AND NOT c.pulse
),
never AS (
    SELECT DISTINCT f.patient, n.dose FROM fact AS f JOIN dose_never AS n ON n.term = f.term WHERE f.kind = 'never'
),
judged AS (
    SELECT a.case_no, a.dose, a.per_kg, a.day, s.mg, s.mg_per_kg, w.weight_num, w.weight_den,
        CASE
            WHEN s.unrecorded THEN {no_dose}
            WHEN s.unknown_factor THEN {no_equivalence}
            WHEN s.unsure OR (NOT s.some_sure AND NOT r.zero_outside) THEN {unsure}
            WHEN u.case_no IS NOT NULL THEN {unread}
            WHEN s.case_no IS NULL AND recorded.patient IS NULL THEN CASE WHEN never.patient IS NULL THEN {no_course} ELSE 0 END
            WHEN NOT coalesce(s.some_sure, FALSE) AND {not_known} THEN {unsupplied}
            WHEN s.case_no IS NULL AND NOT r.zero_outside THEN {between}
            WHEN s.case_no IS NULL THEN 0
            WHEN w.weight_num IS NULL AND CASE WHEN a.per_kg THEN s.some_mg ELSE s.some_per_kg END THEN {no_weight}
            ELSE 0
        END AS absent
    FROM dose_asked AS a
    JOIN included_case AS k ON k.case_no = a.case_no
    JOIN dose_rule AS r ON r.dose = a.dose
    {people}
    LEFT JOIN dose_sum AS s ON s.case_no = a.case_no AND s.dose = a.dose AND s.day = a.day
    LEFT JOIN dose_weight AS w ON w.case_no = a.case_no AND w.dose = a.dose AND w.per_kg = a.per_kg AND w.day = a.day
    LEFT JOIN dose_unread AS u ON u.case_no = a.case_no AND u.dose = a.dose AND u.day = a.day
    LEFT JOIN recorded ON recorded.patient = k.patient AND recorded.dose = a.dose
    LEFT JOIN never ON never.patient = k.patient AND never.dose = a.dose
),
paired AS (
    SELECT case_no, dose, per_kg, day, absent,
        CASE
            WHEN absent <> 0 THEN NULL WHEN mg IS NULL THEN CAST(0 AS {wide})
            WHEN per_kg THEN mg * coalesce(weight_den, 0) + mg_per_kg * coalesce(weight_num, 1)
            ELSE mg * coalesce(weight_den, 1) + mg_per_kg * coalesce(weight_num, 0)
        END AS num,
        CASE
            WHEN absent <> 0 THEN NULL WHEN mg IS NULL THEN CAST(1 AS {wide})
            ELSE CAST({scale} AS {wide}) * CASE WHEN per_kg THEN coalesce(weight_num, 1) ELSE coalesce(weight_den, 1) END
        END AS den
    FROM judged
),
common AS (SELECT case_no, dose, per_kg, day, absent, num, den, {gcd} AS shared FROM paired)
SELECT case_no, dose, per_kg, day, absent, {num} AS num, {den} AS den FROM common
"""

_FREQUENCIES = """
SELECT DISTINCT c.per_day_den
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
JOIN (SELECT DISTINCT drug FROM dose_drug) AS d ON d.drug = c.drug
WHERE c.per_day_den IS NOT NULL
ORDER BY c.per_day_den
"""


def _parts(engine: Engine) -> int:
    """The common denominator of every frequency and factor.

    Raises:
        EngineError: it is too large for exact sums.
    """
    frequencies = [int(row[0]) for row in engine.rows(_FREQUENCIES)]
    factors = [
        int(row[0])
        for row in engine.rows("SELECT DISTINCT factor_den FROM dose_drug WHERE factor_den IS NOT NULL ORDER BY 1")
    ]
    return whole_parts(math.lcm(1, *frequencies) * math.lcm(1, *factors))


def whole_parts(parts: int) -> int:
    """A common denominator of doses, where it is small enough for exact sums.

    Raises:
        EngineError: it is too large.

    >>> whole_parts(14)
    14
    """
    if parts > MOST_PARTS:
        raise EngineError(
            "Times a day and factors of equivalence have no common denominator small enough for exact sums of doses.",
            do="Write frequencies such as 1/7 or 2, and equivalences with few digits; nothing was decided.",
        )
    return parts


def nearest_weights(engine: Engine, ask: str, name: str, keys: Sequence[str]) -> None:
    """Keep the weight nearest to each day of table ``ask`` (keys, patient, index_day, day, weight, within) as ``weight_num`` / ``weight_den`` kg."""
    listed = ", ".join(f"w.{key}" for key in keys)
    engine.keep(name, _NEAREST.format(ask=ask, keys=listed, wide=engine.dialect.wide, millionth=MILLIONTH))


def answer_doses(engine: Engine, numbers: Numbers, ask: str, answer: str) -> None:
    """Answer every dose asked in table ``ask(case_no, dose, per_kg, day)``.

    Sums are exact: amounts are millionths of a unit, and every factor and frequency is brought to one common denominator first.

    Raises:
        EngineError: the common denominator is too large.
    """
    wide, divide = engine.dialect.wide, engine.dialect.divide
    engine.keep("dose_asked", _ASKED.format(ask=ask))
    asked = [str(dose) for (dose,) in engine.rows("SELECT DISTINCT dose FROM dose_asked ORDER BY dose")]
    parts = _parts(engine)
    share = divide(f"CAST({parts} AS {wide})", f"(c.per_day_den * CAST(d.factor_den AS {wide}))")
    courses = _COURSES.format(wide=wide, share=share, doses=", ".join(asked) or "0")
    engine.keep("dose_sum", _SUMMED.format(wide=wide, courses=courses))
    engine.keep("dose_unread", _UNREAD)
    engine.keep("dose_weight_ask", _WEIGHT_ASK)
    nearest_weights(engine, "dose_weight_ask", "dose_weight", ("case_no", "dose", "per_kg"))
    not_known = supply_not_known(numbers, "a.day")
    engine.keep(
        answer,
        _ANSWER.format(
            scale=parts * MILLIONTH,
            wide=wide,
            gcd=engine.dialect.gcd("num", "den"),
            num=divide("num", "shared"),
            den=divide("den", "shared"),
            not_known=not_known or "FALSE",
            people="JOIN person AS p ON p.patient = k.patient" if not_known else "",
            **CODES,
        ),
    )
    engine.forget("dose_asked", "dose_sum", "dose_unread", "dose_weight_ask", "dose_weight")


_SERIES = "SELECT case_no, day - 1, num, den, absent FROM series_answer ORDER BY case_no, day"

_SERIES_ASK = """
SELECT DISTINCT k.case_no, {dose} AS dose, FALSE AS per_kg, change.day - k.index_day AS day
FROM included_case AS k JOIN ({change}) AS change ON change.patient = k.patient
WHERE change.day - 1 <= k.seen_end
"""

_CHANGES = """
SELECT c.patient, c.first_low + 1 AS day FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug WHERE d.dose = {dose} AND c.systemic
UNION
SELECT c.patient, c.first_high + 1 FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug
WHERE d.dose = {dose} AND c.systemic AND c.first_high <> c.first_low
UNION
SELECT c.patient, c.last_low + 2 FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug
WHERE d.dose = {dose} AND c.systemic AND c.last_low <> coalesce(c.last_high, c.last_low + 1)
UNION
SELECT c.patient, c.last_high + 2 FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug WHERE d.dose = {dose} AND c.systemic AND {ends}
UNION
SELECT c.patient, c.last_high + 2 FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug
JOIN (
    SELECT DISTINCT patient FROM course WHERE first_low <> first_high OR last_low <> coalesce(last_high, last_low + 1)
) AS unsure ON unsure.patient = c.patient
WHERE d.dose = {dose} AND c.systemic AND c.last_high IS NOT NULL
UNION
SELECT u.patient, u.first + 1 FROM unread_course AS u WHERE u.first IS NOT NULL
UNION
SELECT u.patient, u.last + 2 FROM unread_course AS u WHERE u.last IS NOT NULL
"""
#: The end of a course that was known throughout lowers the dose, and changes nothing in what is known.
_KNOWN_AGAIN = "(c.last_low <> c.last_high OR c.amount IS NULL OR c.per_day_num IS NULL OR d.factor_num IS NULL OR coalesce(c.unit, '') <> 'mg')"


#: Where a supply collected before observation may still be taken, the end of a course leaves the dose not known.
_ENDS_EARLY = """
UNION
SELECT c.patient, c.last_high + 2 FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug JOIN included_case AS k ON k.patient = c.patient
WHERE d.dose = {dose} AND c.systemic AND c.last_high IS NOT NULL AND c.last_high + 2 < k.observed_first + {days}
"""
#: The first day of observation, and that from which every supply is on record.
_OBSERVING = """
UNION
SELECT k.patient, k.observed_first FROM included_case AS k WHERE k.observed_first IS NOT NULL
UNION
SELECT k.patient, k.observed_first + {days} FROM included_case AS k WHERE k.observed_first IS NOT NULL
"""


def change_days(numbers: Numbers, dose: int, *, falls: bool) -> str:
    """The query of the days (patient, day) on which a dose may change, or become known or unknown; without `falls` not those where it only falls."""
    changes = _CHANGES.format(dose=dose, ends="c.last_high IS NOT NULL" if falls else _KNOWN_AGAIN)
    if supply_not_known(numbers, "0") is None:
        return changes
    days = int(catalogue.constant(SUPPLY).value or 0)
    return changes + (_OBSERVING if falls else _ENDS_EARLY).format(dose=dose, days=days)


def no_doses(engine: Engine, answer: str) -> None:
    """An empty table of answers, where no dose is asked for."""
    wide = engine.dialect.wide
    columns = [("case_no", "INT"), ("dose", "INT"), ("per_kg", "BOOLEAN"), ("day", "INT"), ("absent", "INT")]
    engine.table(answer, [*columns, ("num", wide), ("den", wide)], [])


#: The daily dose of a case as steps: first relative day, dose in mg/day; None from where it is not known.
Steps = tuple[tuple[int, Fraction | None], ...]


@dataclass(frozen=True, slots=True)
class DosesOverTime:
    """The daily dose of each included case as steps, and the days on which one was begun after days without any course."""

    steps: Mapping[str, Steps]
    begun: Mapping[str, frozenset[int]]


def dose_steps(engine: Engine, protocol: Protocol, cohort: Cohort) -> DosesOverTime:
    """The daily dose of each included case over time, for the first daily dose declared; cases of which no dose is known are left out.

    Empty without a daily dose from courses.
    """
    name = next((name for name, dose in protocol.doses.items() if dose.source == "courses"), None)
    if name is None:
        return DosesOverTime({}, {})
    compile_doses(engine, protocol, cohort.numbers)
    number = dose_number(protocol, name, protocol.doses[name].as_)
    engine.keep("series_ask", _SERIES_ASK.format(dose=number, change=change_days(cohort.numbers, number, falls=True)))
    answer_doses(engine, cohort.numbers, "series_ask", "series_answer")
    case_ids = {case.number: case.case_id for case in cohort.included}
    steps: dict[str, list[tuple[int, Fraction | None]]] = {}
    begun: dict[str, set[int]] = {}
    without = dict.fromkeys(case_ids.values(), True)
    for case_no, day, num, den, absent in engine.rows(_SERIES):
        case_id = case_ids[case_no]
        dose, before = None if absent else Fraction(int(num), int(den)), steps.setdefault(case_id, [])
        if dose and without[case_id]:
            begun.setdefault(case_id, set()).add(day)
        without[case_id] = absent in {CODES["between"], CODES["no_course"]} or dose == 0
        if not before and absent == CODES["unsupplied"]:
            continue  # nothing is known yet
        if not before or before[-1][1] != dose:
            before.append((day, dose))
    known = {case_id: found for case_id, found in steps.items() if any(dose is not None for _, dose in found)}
    return DosesOverTime(
        {case_id: tuple(found) for case_id, found in known.items()},
        {case_id: frozenset(days) for case_id, days in begun.items()},
    )
