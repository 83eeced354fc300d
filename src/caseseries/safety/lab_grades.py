"""Laboratory values graded by CTCAE: the worst grade of each case on treatment, and whether it is worse than before the index date.

    grade_value(number, case_no, index_day, low, high, day, value, censor, record, taken, followed, lower, upper)
                                                                    grain: case x different value of one day
    grade_scenario(case_no, number, base, floor, ceiling, present, can_one, can_other, mildest, severest)
                                                                    grain: case x value that may be the baseline
    grade_of(number, case_no, low, high, taken, followed, mildest, severest)
                                                                    grain: value that is, or may be on treatment, after the index date
    grade_case(case_no, any_value, worst, ungraded, perhaps, mildest, severest, reach, fate, seen, baseline)    grain: included case

Days are those of the chart; values, limits of normal and baselines whole millionths. A grade lies from `mildest` to `severest`: it is known where
the two are one, whatever the limits of normal, the baseline, or the number behind a bound may be. A grade holds from where its range begins, at
the milder end: what lies beyond its other end has a higher one. `taken` is 2 where every day which the value may have lies on treatment, after the
index date, 1 where some do or perhaps do, else 0; `followed` says that all of them lie after the index date and within follow-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from caseseries.assessment.normal_limits import agree_limits
from caseseries.catalogue import Bound, Grade, GradedTerm
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.lab_grades import LabGradePlan, lab_grade_plans
from caseseries.protocol.protocol import Protocol
from caseseries.verdict.lab_grades import (
    NO_BASELINE,
    NO_NORMAL,
    NO_VALUE,
    NONE_CERTAIN,
    NONE_GRADABLE,
    ONLY_A_LIMIT,
    PARTLY,
    PERHAPS,
    CaseGrade,
    GradedValue,
)

#: Values up to the index date that may be the one before, and all that may lie after it until the end of follow-up or the patient's next case.
_FOUND = """
SELECT CAST(row_number() OVER (ORDER BY case_no, low, high, day, value, censor) AS INT) AS number, f.*
FROM (
    SELECT k.case_no, k.patient, k.index_day, m.low, m.high, m.day, m.value, m.censor, min(m.record) AS record,
        max(CASE WHEN t.certain AND m.low > k.index_day AND m.low >= t.first AND m.high <= t.last THEN 2
            WHEN t.case_no IS NOT NULL THEN 1 ELSE 0 END) AS taken,
        max(CASE WHEN m.low > k.index_day AND m.high <= k.follow_end THEN 1 ELSE 0 END) AS followed
    FROM at_risk AS k
    JOIN measurement AS m ON m.patient = k.patient
    LEFT JOIN (
        SELECT case_no, first, last, TRUE AS certain FROM treated UNION ALL SELECT case_no, first, last, FALSE FROM treated_perhaps
    ) AS t ON t.case_no = k.case_no AND m.high > k.index_day AND t.first <= m.high AND t.last >= greatest(m.low, k.index_day + 1)
    WHERE m.measure = {measure} AND m.value IS NOT NULL AND CASE
        WHEN m.low <= k.index_day THEN m.high >= k.index_day - {within}
        ELSE m.low <= k.follow_high AND (k.next_index IS NULL OR m.low < k.next_index)
    END
    GROUP BY k.case_no, k.patient, k.index_day, m.low, m.high, m.day, m.value, m.censor
) AS f
"""
_GIVING = """
SELECT DISTINCT f.case_no, f.number AS choice, m.measure, f.patient, f.day, m.lower, m.upper
FROM grade_found AS f
JOIN measurement AS m ON m.patient = f.patient AND m.low = f.low AND m.high = f.high AND m.day = f.day AND m.value = f.value AND m.censor = f.censor
WHERE m.measure = {measure}
"""
_VALUES = """
SELECT f.number, f.case_no, f.index_day, f.low, f.high, f.day, f.value, f.censor, f.record, f.taken, f.followed, n.lower, n.upper
FROM grade_found AS f LEFT JOIN grade_limit AS n ON n.case_no = f.case_no AND n.choice = f.number
"""
#: The latest day on which a value before the index date certainly lies, if any: what ends before it is not the last.
_LATEST = """
SELECT k.case_no, k.index_day, max(v.low) AS latest
FROM at_risk AS k
LEFT JOIN grade_value AS v ON v.case_no = k.case_no AND v.low >= k.index_day - {within} AND v.high <= k.index_day
GROUP BY k.case_no, k.index_day
"""
_SCENARIOS = """
SELECT b.case_no, b.number, CASE WHEN b.censor = '' AND b.value > 0 THEN b.value END AS base, b.upper AS floor, b.lower AS ceiling,
    TRUE AS present, {can_one} AS can_one, {can_other} AS can_other, {least} AS mildest, {most} AS severest
FROM grade_value AS b
JOIN grade_latest AS l ON l.case_no = b.case_no
WHERE b.low <= l.index_day AND b.high >= coalesce(l.latest, l.index_day - {within})
UNION ALL
SELECT l.case_no, CAST(NULL AS INT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), FALSE, TRUE, TRUE, 0, {highest}
FROM grade_latest AS l WHERE l.latest IS NULL
"""
#: A value that may be the one before the index date as well is graded by the others: where it lies after that day it is not.
_GRADES = """
SELECT number, case_no, low, high, taken, followed, min(mildest) AS mildest, max(severest) AS severest
FROM (
    SELECT v.number, v.case_no, v.low, v.high, v.taken, v.followed, {least} AS mildest, {most} AS severest
    FROM grade_value AS v JOIN grade_scenario AS s ON s.case_no = v.case_no AND (s.number IS NULL OR s.number <> v.number)
    WHERE v.followed = 1 OR v.taken = 1
) AS g
GROUP BY number, case_no, low, high, taken, followed
"""
#: A case with its worst grade; `fate` 1: a later value is lower, 2: not known, 4: lower in between, 3: later values are as bad, 0: none is later.
_CASES = """
WITH worst AS (
    SELECT case_no, max(CASE WHEN mildest = severest THEN mildest END) AS worst, sum(CASE WHEN mildest < severest THEN 1 ELSE 0 END) AS ungraded,
        max(severest) AS highest
    FROM grade_of WHERE taken = 2 GROUP BY case_no
),
perhaps AS (SELECT case_no, count(*) AS n, max(severest) AS highest FROM grade_of WHERE taken = 1 GROUP BY case_no),
seen AS (
    SELECT g.case_no, max(CASE WHEN g.mildest >= w.worst THEN g.high END) AS last_high,
        max(CASE WHEN g.mildest >= w.worst THEN g.low END) AS last_low,
        min(CASE WHEN g.taken = 2 AND g.mildest = w.worst AND g.severest = w.worst THEN g.high END) AS first_high,
        min(CASE WHEN g.taken = 2 AND g.mildest = w.worst AND g.severest = w.worst THEN g.number END) AS seen
    FROM grade_of AS g JOIN worst AS w ON w.case_no = g.case_no
    WHERE g.followed = 1
    GROUP BY g.case_no
),
later AS (
    SELECT g.case_no, max(CASE WHEN g.severest < w.worst THEN 1 ELSE 0 END) AS lower,
        max(CASE WHEN g.severest >= w.worst THEN 1 ELSE 0 END) AS unclear
    FROM grade_of AS g JOIN worst AS w ON w.case_no = g.case_no JOIN seen AS s ON s.case_no = g.case_no
    WHERE g.followed = 1 AND g.low > s.last_high
    GROUP BY g.case_no
),
inside AS (
    SELECT DISTINCT g.case_no
    FROM grade_of AS g JOIN worst AS w ON w.case_no = g.case_no JOIN seen AS s ON s.case_no = g.case_no
    WHERE g.followed = 1 AND g.severest < w.worst AND g.low > s.first_high AND g.high < s.last_low
),
before AS (
    SELECT case_no, min(mildest) AS mildest, max(severest) AS severest, CASE WHEN count(*) = 1 THEN min(number) END AS baseline
    FROM grade_scenario GROUP BY case_no
)
SELECT k.case_no, w.case_no IS NOT NULL AS any_value, w.worst, CAST(coalesce(w.ungraded, 0) AS INT) AS ungraded,
    CAST(coalesce(p.n, 0) AS INT) AS perhaps,
    b.mildest, b.severest, CASE WHEN greatest(coalesce(w.highest, 0), coalesce(p.highest, 0)) > b.mildest
        THEN greatest(coalesce(w.highest, 0), coalesce(p.highest, 0)) ELSE 0 END AS reach,
    CASE WHEN l.lower = 1 THEN 1 WHEN l.unclear = 1 THEN 2 WHEN i.case_no IS NOT NULL THEN 4
        WHEN s.last_low > s.first_high THEN 3 ELSE 0 END AS fate, s.seen, b.baseline
FROM at_risk AS k
JOIN before AS b ON b.case_no = k.case_no
LEFT JOIN worst AS w ON w.case_no = k.case_no
LEFT JOIN perhaps AS p ON p.case_no = k.case_no
LEFT JOIN seen AS s ON s.case_no = k.case_no
LEFT JOIN later AS l ON l.case_no = k.case_no
LEFT JOIN inside AS i ON i.case_no = k.case_no
"""
_FATES = {1: "transient", 2: "not known", 4: "recurrent", 3: "persistent", 0: "no later value"}

#: A case in words: its worst grade or why there is none, whether that is new, what became of it.
_TOLD = f"""
SELECT c.*,
    CASE WHEN NOT any_value AND perhaps = 0 THEN '{NO_VALUE}' WHEN NOT any_value THEN '{NONE_CERTAIN}'
        WHEN worst IS NULL THEN '{NONE_GRADABLE}' ELSE '' END AS nothing,
    CASE WHEN worst IS NULL THEN '' WHEN worst > severest THEN 'yes' WHEN worst <= mildest THEN 'no' ELSE 'not known' END AS emergent,
    CASE WHEN coalesce(worst, 0) = 0 THEN '' {" ".join(f"WHEN fate = {n} THEN '{words}'" for n, words in _FATES.items())} END AS became
FROM grade_case AS c
"""
_COUNTED = f"SELECT nothing, worst, emergent, became, reach, count(*) FROM ({_TOLD}) AS t GROUP BY nothing, worst, emergent, became, reach"
_PARTLY = "SELECT count(*) FROM grade_case WHERE worst IS NOT NULL AND ungraded + perhaps > 0"
_WHY = """
SELECT CASE WHEN g.taken = 1 THEN '{perhaps}' WHEN g.mildest = g.severest THEN '' WHEN v.censor <> '' THEN '{only}'
        WHEN {unlimited} THEN '{normal}' ELSE '{baseline}' END AS why,
    count(*)
FROM grade_of AS g JOIN grade_value AS v ON v.number = g.number
WHERE g.taken > 0
GROUP BY 1
"""
_ROW = "{0}.low - {0}.index_day, {0}.high - {0}.index_day, {0}.value, {0}.censor, {0}.lower, {0}.upper, {0}.record"
_LISTED = f"""
SELECT t.case_no, t.nothing, t.worst, t.emergent, t.became, t.mildest, t.severest, t.ungraded, t.perhaps, t.reach,
    {_ROW.format("v")}, {_ROW.format("b")}
FROM ({_TOLD}) AS t
LEFT JOIN grade_value AS v ON v.number = t.seen
LEFT JOIN grade_value AS b ON b.number = t.baseline
ORDER BY t.case_no
"""


@dataclass(frozen=True, slots=True)
class _Operands:
    """Where the numbers of a comparison stand: of a value `v` after the index date with its baseline `s`, or of a baseline `v` by itself."""

    alone: bool
    wide: str


def count_grades(engine: Engine, protocol: Protocol, numbers: Numbers) -> Iterator[tuple[tuple[str, ...], int]]:
    """The counts under the section `graded`: measure, version, then `case` (grade or why none, worse than before, what became of it, reach; or that
    other values have no grade) or `value` (why it could not be graded, empty where it was); needs ``at_risk`` and ``treated``."""
    for plan in lab_grade_plans(protocol):
        _grade(engine, protocol, numbers, plan)
        for nothing, worst, emergent, became, reach, n in engine.rows(_COUNTED):
            yield (*plan.key, "case", nothing or str(worst), emergent, became, str(reach)), int(n)
        ((partly,),) = engine.rows(_PARTLY)
        yield (*plan.key, "case", PARTLY), int(partly)
        limits = {"lln": "v.lower IS NULL", "uln": "v.upper IS NULL"}
        unlimited = [text for of, text in limits.items() if of in plan.term.limits]
        why = _WHY.format(
            perhaps=PERHAPS,
            only=ONLY_A_LIMIT,
            normal=NO_NORMAL,
            baseline=NO_BASELINE,
            unlimited=" OR ".join(unlimited) or "FALSE",
        )
        for reason, n in engine.rows(why):
            yield (*plan.key, "value", reason), int(n)


def graded_cases(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[CaseGrade, ...]:
    """The worst grade of each included case, by measure and version in the order of the protocol; needs ``at_risk`` and ``treated``."""
    case_ids = {case.number: case.case_id for case in cohort.included}
    found = []
    for plan in lab_grade_plans(protocol):
        _grade(engine, protocol, cohort.numbers, plan)
        for case_no, nothing, worst, emergent, became, least, most, ungraded, perhaps, reach, *rows in engine.rows(
            _LISTED
        ):
            worst_seen, baseline = (_value(rows[:7]), _value(rows[7:]))
            before = (int(least), int(most))
            told = None if worst is None else int(worst)
            found.append(
                CaseGrade(
                    case_ids[case_no],
                    *plan.key,
                    told,
                    nothing,
                    emergent,
                    became,
                    worst_seen,
                    baseline,
                    before,
                    int(ungraded),
                    int(perhaps),
                    int(reach),
                )
            )
    return tuple(found)


def _value(row: list[int | str | None]) -> GradedValue | None:
    low, high, value, censor, lower, upper, record = row
    if low is None:
        return None
    assert isinstance(value, int) and isinstance(high, int) and isinstance(low, int)

    def of(limit: object) -> Fraction | None:
        return Fraction(limit, MILLIONTH) if isinstance(limit, int) else None

    return GradedValue(
        low,
        high,
        Fraction(value, MILLIONTH),
        str(censor),
        of(lower),
        of(upper),
        record if isinstance(record, int) else 0,
    )


def _grade(engine: Engine, protocol: Protocol, numbers: Numbers, plan: LabGradePlan) -> None:
    """Keep the tables of one measure and version."""
    measure = numbers.measures.get(plan.measure, 0)
    engine.keep("grade_found", _FOUND.format(measure=measure, within=plan.within))
    agree_limits(engine, protocol, numbers, [plan.measure], _GIVING.format(measure=measure), "grade_limit")
    engine.keep("grade_value", _VALUES)
    engine.keep("grade_latest", _LATEST.format(within=plan.within))
    own, between = (_Operands(alone, engine.dialect.wide) for alone in (True, False))
    one, other = _states(plan.term)
    high = _above_limit(plan.term, own)
    least, most = (_grade_sql(plan.term, own, sure=sure) for sure in (True, False))
    engine.keep(
        "grade_scenario",
        _SCENARIOS.format(
            can_one=high[1] if one else "TRUE",
            can_other=f"NOT {high[0]}" if other else "TRUE",
            least=least,
            most=most,
            within=plan.within,
            highest=max(row.grade for row in plan.term.grades),
        ),
    )
    least, most = (_grade_sql(plan.term, between, sure=sure) for sure in (True, False))
    engine.keep("grade_of", _GRADES.format(least=least, most=most))
    engine.keep("grade_case", _CASES)
    engine.forget("grade_found", "grade_limit", "grade_latest")


def _states(term: GradedTerm) -> tuple[str, str]:
    """The two states of the baseline that decide which grades are meant: beyond the limit, and not; empty where none does."""
    return {"uln": ("abnormal", "normal"), "lln": ("low", "not low")}.get(term.split, ("", ""))


def _above_limit(term: GradedTerm, of: _Operands) -> tuple[str, str]:
    """SQL for a baseline `b` beyond the limit that splits the term: for certain, and perhaps."""
    if not term.split:
        return "FALSE", "TRUE"
    edge = Bound("above" if term.split == "uln" else "below", Fraction(1), term.split)
    return _compared(edge, of, "b", sure=True), _compared(edge, of, "b", sure=False)


def _grade_sql(term: GradedTerm, of: _Operands, *, sure: bool) -> str:
    """SQL for the grade that a value has for certain, or at most, over both states that its baseline may have."""
    row = "b" if of.alone else "v"
    one, other = _states(term)
    ends = [_ladder(term, name, of, row, sure=sure) for name in (one, other)]
    if not one:
        return ends[0]
    can_one, can_other = ("s.can_one", "s.can_other")
    if of.alone:
        high = _above_limit(term, of)
        can_one, can_other = high[1], f"NOT {high[0]}"
    pick = "least" if sure else "greatest"
    return f"CASE WHEN NOT ({can_one}) THEN {ends[1]} WHEN NOT ({can_other}) THEN {ends[0]} ELSE {pick}({ends[0]}, {ends[1]}) END"


def _ladder(term: GradedTerm, state: str, of: _Operands, row: str, *, sure: bool) -> str:
    """The highest grade whose range has begun, of a patient whose baseline is in this state."""
    steps = []
    for grade in sorted(term.grades, key=lambda one: -one.grade):
        if grade.baseline in {"", state}:
            begun = " OR ".join(_compared(bound, of, row, sure=sure, state=state) for bound in beginnings(grade))
            steps.append(f"WHEN {begun} THEN {grade.grade}")
    return f"(CASE {' '.join(steps)} ELSE 0 END)"


def beginnings(grade: Grade) -> tuple[Bound, ...]:
    """Where a grade begins, at its milder end: above or below which a value has at least this grade.

    >>> from caseseries.catalogue import graded_term
    >>> [str(bound.number) for bound in beginnings(graded_term("CPK increased", "5.0").grades[1])]
    ['5/2']
    >>> [(bound.op, bound.of) for bound in beginnings(graded_term("neutrophils", "5.0").grades[0])]
    [('below', 'lln')]
    """
    falls = any(bound.op == "below" for group in grade.any_of for bound in group)
    wanted = {"below"} if falls else {"above", "at_least"}
    return tuple(next(bound for bound in group if bound.op in wanted) for group in grade.any_of)


def _compared(bound: Bound, of: _Operands, row: str, *, sure: bool, state: str = "") -> str:
    """SQL for a value on the worse side of a bound: for certain, or perhaps."""
    if bound.of == "base":
        if of.alone:  # a baseline is once itself, whatever its number
            holds = Fraction(1) > bound.number or (bound.op == "at_least" and bound.number == 1)
            return "TRUE" if holds else "FALSE"
        known = _side(bound, "s.base", of, row, sure=sure)
        unknown = "FALSE" if sure else "TRUE"
        if state == "abnormal" and not sure:  # the baseline is above its limit, without one above that of this value
            least = "CASE WHEN s.present THEN s.floor ELSE v.upper END"
            unknown = (
                f"coalesce({_side(Bound('above', bound.number, 'base'), f'({least})', of, row, sure=False)}, TRUE)"
            )
        elif state == "low" and sure:
            most = "CASE WHEN s.present THEN s.ceiling ELSE v.lower END"
            unknown = (
                f"coalesce({_side(Bound('at_least', bound.number, 'base'), f'({most})', of, row, sure=True)}, FALSE)"
            )
        return f"(CASE WHEN s.base IS NULL THEN {unknown} ELSE {known} END)"
    if of.alone and state == "normal" and bound.of == "uln":
        return "FALSE"  # that it is at most its limit is what the state says, whatever the limit
    limit = {"": f"CAST({MILLIONTH} AS BIGINT)", "lln": f"{row}.lower", "uln": f"{row}.upper"}[bound.of]
    return f"coalesce({_side(bound, limit, of, row, sure=sure)}, {'FALSE' if sure else 'TRUE'})"


def _side(bound: Bound, limit: str, of: _Operands, row: str, *, sure: bool) -> str:
    """SQL for a value, or each or some number that its sign leaves, above, at least or below a multiple of `limit`; NULL where that is not known."""
    left = f"CAST({row}.value AS {of.wide}) * {bound.number.denominator}"
    right = f"CAST({limit} AS {of.wide}) * {bound.number.numerator}"
    sign = f"{row}.censor"

    def where(*signs: str) -> str:
        return f"{sign} IN ({', '.join(repr(one) for one in signs)})"

    against: dict[str, Callable[[], str]] = {
        "above": lambda: (
            f"CASE WHEN {where('<', '<=')} THEN FALSE WHEN {where('>')} THEN {left} >= {right} ELSE {left} > {right} END"
            if sure
            else f"CASE WHEN {where('>', '>=')} THEN TRUE ELSE {left} > {right} END"
        ),
        "at_least": lambda: (
            f"CASE WHEN {where('<', '<=')} THEN FALSE ELSE {left} >= {right} END"
            if sure
            else f"CASE WHEN {where('>', '>=')} THEN TRUE WHEN {where('<')} THEN {left} > {right} ELSE {left} >= {right} END"
        ),
        "below": lambda: (
            f"CASE WHEN {where('>', '>=')} THEN FALSE WHEN {where('<')} THEN {left} <= {right} ELSE {left} < {right} END"
            if sure
            else f"CASE WHEN {where('<', '<=')} THEN TRUE ELSE {left} < {right} END"
        ),
    }
    return f"({against[bound.op]()})"
