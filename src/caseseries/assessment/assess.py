"""Assess: which value stands before and after, for every case and every choice.

    quantity(case_no, choice, num, den, day, record, absent)

Grain: included case x choice. The value is num/den, exact, not always in lowest terms; absent values have the code that says why. Limits of
normal, where some are asked for, stand in ``normal_limit`` (``caseseries.assessment.normal_limits``).
"""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.assessment.absent import CODES, NUMBERED
from caseseries.assessment.compile import Compiled, compile_outcome, dose_number
from caseseries.assessment.contenders import ENDS, PLACE, in_bounds
from caseseries.assessment.counted import QUANTITY as COUNTS
from caseseries.assessment.counted import take_counts
from caseseries.assessment.dose import answer_doses, nearest_weights, no_doses
from caseseries.assessment.extremes import Begins, take_extremes
from caseseries.assessment.normal_limits import OF_ROW, find_limits
from caseseries.assessment.recorded_days import require_days
from caseseries.assessment.window import leaves, take_values
from caseseries.chart.derived import parted
from caseseries.chart.store import Numbers
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.errors import ensure
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure

_ANCHOR = """
SELECT k.case_no, v.variant, v.kind, CASE WHEN v.kind = 'fixed' THEN v.fixed_day END AS fixed_day, {leaves} AS leaves, {before} AS before_observed,
    CASE v.kind
        WHEN 'fixed' THEN CASE WHEN k.index_day + v.fixed_day <= k.seen_end AND NOT {before} THEN v.fixed_day END
        WHEN 'visit' THEN d.day
        WHEN 'each' THEN latest.day
    END AS day,
    CASE WHEN v.kind = 'each' THEN latest.low ELSE w.low END AS low, CASE WHEN v.kind = 'each' THEN latest.high ELSE w.high END AS high,
    coalesce(w.perhaps, FALSE) AS perhaps
FROM included_case AS k
CROSS JOIN variant AS v
LEFT JOIN visit_day AS d ON d.case_no = k.case_no AND d.variant = v.variant
LEFT JOIN (
    SELECT t.case_no, c.variant, max(t.day) AS day, max(coalesce(p.low, t.day)) AS low, max(coalesce(p.high, t.day)) AS high
    FROM taken AS t JOIN choice AS c ON c.choice = t.choice
    LEFT JOIN partly_choice AS p ON p.case_no = t.case_no AND p.choice = t.choice
    WHERE t.absent IN ({censored}, {numbered})
    GROUP BY t.case_no, c.variant
) AS latest ON latest.case_no = k.case_no AND latest.variant = v.variant
LEFT JOIN partly_visit AS w ON w.case_no = k.case_no AND w.variant = v.variant AND v.kind = 'visit'
"""

#: Whether the day of an anchor is one of several.
PARTLY = "({anchor}.perhaps OR coalesce({anchor}.low <> {anchor}.high, FALSE))"

_ASK = """
SELECT a.case_no, c.dose, c.per_kg, a.day
FROM anchor AS a JOIN choice AS c ON c.variant = a.variant
WHERE c.kind = 'dose' AND a.day IS NOT NULL
"""

#: Where the day is one of several, the dose of each of them.
_ASK_EACH = """
UNION
SELECT a.case_no, c.dose, c.per_kg, a.low + s.shift
FROM anchor AS a JOIN choice AS c ON c.variant = a.variant JOIN anchor_shift AS s ON a.low + s.shift <= a.high
WHERE c.kind = 'dose' AND a.day IS NOT NULL AND a.low <> a.high
"""
#: Whether the dose is the same on each of these days.
_STEADY = """
SELECT a.case_no, a.variant, d.dose, d.per_kg,
    min(d.absent) = max(d.absent)
        AND CASE WHEN count(d.num) = 0 THEN TRUE ELSE count(d.num) = count(*) AND min(d.num) = max(d.num) AND min(d.den) = max(d.den) END AS steady
FROM anchor AS a JOIN dose_answer AS d ON d.case_no = a.case_no AND d.day BETWEEN a.low AND a.high
WHERE a.low <> a.high
GROUP BY a.case_no, a.variant, d.dose, d.per_kg
"""

_WEIGHT_ASK = """
SELECT t.case_no, k.patient, k.index_day, c.choice, t.day, r.weight, r.within
FROM taken AS t
JOIN included_case AS k ON k.case_no = t.case_no
JOIN choice AS c ON c.choice = t.choice
JOIN dose_rule AS r ON r.dose = c.dose
WHERE c.kind = 'value' AND c.per_kg AND t.absent = 0
"""

#: Values as they were taken, where no dose written at visits is divided by a weight.
_PLAIN = "SELECT case_no, choice, num, den, day, record, absent FROM taken"

_PER_KG = """
SELECT t.case_no, t.choice, t.num * coalesce(w.weight_den, 1) AS num, t.den * coalesce(w.weight_num, 1) AS den, t.day, t.record,
    CASE WHEN t.absent = 0 AND c.per_kg AND coalesce(p.low <> p.high, v.low <> v.high, FALSE) THEN {not_exact}
         WHEN t.absent = 0 AND c.per_kg AND w.choice IS NULL THEN {no_weight} ELSE t.absent END AS absent
FROM taken AS t
JOIN choice AS c ON c.choice = t.choice
LEFT JOIN partly_choice AS p ON p.case_no = t.case_no AND p.choice = t.choice
LEFT JOIN partly_visit AS v ON v.case_no = t.case_no AND v.variant = c.variant AND c.window_kind = 'visit'
LEFT JOIN weighed AS w ON w.case_no = t.case_no AND w.choice = t.choice
"""

_REDUCED = """
SELECT case_no, choice, {num} AS num, {den} AS den, day, record, absent
FROM (SELECT case_no, choice, num, den, day, record, absent, {gcd} AS shared FROM ({values}) AS exact) AS shared
"""

_DOSES = """
SELECT a.case_no, c.choice, d.num, d.den, coalesce(a.day, a.fixed_day) AS day, CAST(NULL AS BIGINT) AS record,
    CASE
        WHEN a.perhaps OR NOT coalesce(s.steady, TRUE) THEN {not_exact}
        WHEN a.day IS NOT NULL THEN d.absent
        WHEN a.kind = 'fixed' THEN CASE WHEN a.before_observed THEN {unobserved} ELSE {after_end} END
        WHEN a.leaves THEN {unobserved}
        ELSE {no_visit}
    END AS absent
FROM anchor AS a
JOIN choice AS c ON c.variant = a.variant
LEFT JOIN dose_answer AS d ON d.case_no = a.case_no AND d.dose = c.dose AND d.per_kg = c.per_kg AND d.day = a.day
LEFT JOIN ({steady}) AS s ON s.case_no = a.case_no AND s.variant = a.variant AND s.dose = c.dose AND s.per_kg = c.per_kg
WHERE c.kind = 'dose'
"""

_QUANTITY = """
SELECT case_no, choice, day, record, absent, CASE WHEN absent IN ({numbered}) THEN num END AS num,
    CASE WHEN absent IN ({numbered}) THEN den END AS den
FROM ({together}) AS together
"""

_GRAIN = """
SELECT (SELECT count(*) FROM included_case) * (SELECT count(*) FROM choice), count(*), coalesce(max(times), 1)
FROM (SELECT case_no, choice, count(*) AS times FROM quantity GROUP BY case_no, choice) AS cells
"""


@dataclass(frozen=True, slots=True)
class Assessments:
    """What assess leaves: the compiled rows; the values stand in the engine's table ``quantity``."""

    compiled: Compiled


def assess(
    engine: Engine, protocol: Protocol, cohort: Cohort | Numbers, plan: OutcomePlan, begins: Begins | None = None
) -> Assessments:
    """Fill ``quantity`` for every choice that any spec of this outcome needs; `begins` says where a nadir or peak up to a visit day begins."""
    numbers = cohort.numbers if isinstance(cohort, Cohort) else cohort
    compiled = compile_outcome(engine, protocol, numbers, plan)
    divide = engine.dialect.divide
    limited = limited_measures(protocol)
    partial = in_bounds(protocol, numbers)
    beside = (OF_ROW if limited else "") + (PLACE if partial else ENDS if compiled.extremes else "")
    parts = take_values(engine, protocol, numbers, beside)
    require_days(engine, protocol, numbers, compiled)
    if compiled.extremes:
        kept = (OF_ROW.replace("m.", "d.") if limited else "") + (", d.low, d.high, d.source_row" if partial else "")
        take_extremes(engine, protocol, numbers, compiled, parts, begins, kept)
        require_days(engine, protocol, numbers, compiled)  # again: every value was taken anew
    if limited:
        find_limits(engine, protocol, numbers)
    before = "k.index_day + v.fixed_day < k.observed_first" if numbers.observed else "FALSE"
    engine.keep("anchor", _ANCHOR.format(leaves=leaves(numbers, "v"), before=f"({before})", numbered=NUMBERED, **CODES))
    reduced = {
        "gcd": engine.dialect.gcd("num", "den"),
        "num": divide("num", "shared"),
        "den": divide("den", "shared"),
    }
    if any(unit.endswith("/kg/day") and number for number, unit in _asked(protocol, compiled, at_visits=True)):
        engine.keep("weight_ask", _WEIGHT_ASK)
        nearest_weights(engine, "weight_ask", "weighed", ("case_no", "choice"))
        values = _REDUCED.format(values=_PER_KG.format(**CODES), **reduced)
    else:
        values = _REDUCED.format(values=_PLAIN, **reduced) if parts > 1 or parted(protocol) else _PLAIN
    if any(number for number, _ in _asked(protocol, compiled, at_visits=False)):
        ((widest,),) = engine.rows("SELECT coalesce(max(high - low), 0) FROM anchor") if partial else ((0,),)
        engine.table("anchor_shift", [("shift", "INT")], [(shift,) for shift in range(int(widest) + 1)])
        engine.keep("dose_ask", f"{_ASK}{_ASK_EACH}" if widest else _ASK)
        answer_doses(engine, numbers, "dose_ask", "dose_answer")
    else:
        no_doses(engine, "dose_answer")
    parts_of = [values, _DOSES.format(steady=_STEADY, **CODES)]
    if take_counts(engine, protocol, numbers, compiled):
        parts_of.append(COUNTS.format(wide=engine.dialect.wide))
    engine.keep("quantity", _QUANTITY.format(together="\nUNION ALL\n".join(parts_of), numbered=NUMBERED))
    ((expected, found, times),) = engine.rows(_GRAIN)
    ensure(expected == found and times == 1, "quantity has one row per case and choice")
    return Assessments(compiled)


def _asked(protocol: Protocol, compiled: Compiled, *, at_visits: bool) -> list[tuple[int, str]]:
    """The doses asked for, (number, unit): those written at visits, or those added up from courses."""
    return [
        (dose_number(protocol, measure, unit), unit)
        for _, measure, unit in compiled.choices
        if measure in protocol.doses and visit_measure(protocol, measure) is at_visits
    ]
