"""Values at one time as counts that add up: of each outcome that describes a measure, by the answer of the first verdict.

    verdict_group(case_no, answer)    grain: included case; of the first verdict, under the protocol as written

Section `described`, with the outcome, the answer, the measure and the value; section `described absent`, with the outcome, the answer
and why there is no value. The answer is empty where the protocol has no verdict. Both are of the denominator of the outcome.
"""

from __future__ import annotations

from fractions import Fraction

from caseseries.assessment.absent import words
from caseseries.assessment.compile import Compiled
from caseseries.assessment.outcome_sheet import Sheet
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.response.agreement_counts import ANSWER_BESIDE
from caseseries.response.settle import Evaluation, keep_members, lay_out
from caseseries.response.verdict_counts import QUOTIENT, count_members, millionths
from caseseries.stats.tally import Tally, value_key

GROUP = "verdict_group"


def keep_group(engine: Engine, protocol: Protocol, outcome: str) -> None:
    """Keep the answers of the verdict that was settled last, where it is the first one and values are told by it."""
    if protocol.described and outcome == next(iter(protocol.verdicts)):
        engine.keep(GROUP, ANSWER_BESIDE)


def forget_group(engine: Engine, protocol: Protocol) -> None:
    """Leave the kept answers behind."""
    if protocol.described and protocol.verdicts:
        engine.forget(GROUP)


def value_tally(
    engine: Engine, protocol: Protocol, compiled: Compiled, sheet: Sheet | None = None, *, exact: bool = False
) -> Tally:
    """Count the values of an outcome that describes a measure, and why they are absent.

    Needs ``quantity`` of it, or the `sheet`. `exact` is as for :func:`caseseries.response.verdict_counts.tally`.
    """
    plan, counts = compiled.plan, Tally()
    (slot,) = plan.values
    choice, dose = compiled.choice(protocol, plan.primary, slot), all_measures(protocol)[slot.measure].kind == "dose"
    where = ["TRUE"]
    if sheet is None:
        evaluation: Evaluation = lay_out(engine, protocol, compiled)
        num, den, absent = (evaluation.of_choice(choice, name) for name in ("num", "den", "absent"))
        of = "case_wide"
    elif not dose:
        place = sheet.place(choice)
        num, den, absent = f"w.n{place.window}", str(MILLIONTH), f"w.a{place.way}"
        den = f"(w.d{place.window} * {MILLIONTH})" if place.mean else den
        of = "value_case"
        where = [f"w.measure = {place.measure}"]
    else:
        num, den, absent, of = f"w.n{choice}", f"w.d{choice}", f"w.a{choice}", "case_sheet"
    joined, answer = "", "''"
    if protocol.verdicts:
        joined, answer = f"JOIN {GROUP} AS g ON g.case_no = w.case_no", "g.answer"
    if plan.among is not None:
        keep_members(engine, protocol, compiled, "value_member")
        counts.merge(count_members(engine, plan, "value_member"))
        joined += " JOIN value_member AS m ON m.case_no = w.case_no"
        where.append("m.truth")
    if not exact:
        num, den = millionths(engine.dialect, num, den, QUOTIENT if dose else 1), str(MILLIONTH)
    rows = engine.rows(f"""
SELECT answer, num, den, absent, count(*)
FROM (
    SELECT {answer} AS answer, CASE WHEN {absent} = 0 THEN {num} END AS num, CASE WHEN {absent} = 0 THEN {den} END AS den, {absent} AS absent
    FROM {of} AS w {joined} WHERE {" AND ".join(where)}
) AS told GROUP BY answer, num, den, absent
""")
    for group, found, parts, why, n in rows:
        if why:
            counts.add(("described absent", plan.name, group, words(why)), int(n))
        else:
            value = value_key(Fraction(int(found), int(parts))) if exact else int(found)
            counts.add(("described", plan.name, group, slot.measure, value), int(n))
    if plan.among is not None:
        engine.forget("value_member")
    return counts
