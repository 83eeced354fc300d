"""Verdicts and values as counts that add up: answers, reasons, events, flips, and values under the protocol as written.

Sections, each with the outcome first: answer, why, decided, occurred, flip, value, absent. All but value and absent leave out cases outside
the denominator, except that answer counts them as `outside`, and those of whom that is not known by their answer. Value and absent
are of the denominator too. A change outcome that has a denominator of its own counts it as answers: yes for those inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.assessment.absent import words
from caseseries.assessment.compile import Compiled
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measures import all_measures
from caseseries.protocol.percent import Percent, percent_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, pairs_of
from caseseries.protocol.tree import Slot
from caseseries.response.settle import BASELINE, Evaluation, event_names, lay_out, members_sql, why_not_evaluable
from caseseries.stats.tally import Tally, value_key
from caseseries.verdict.trace import Truth

#: Doses are counted to 4 decimals, percents to 2: of millions of cases as many would differ otherwise, and no report prints more.
QUOTIENT, PERCENT = 100, 10_000

#: What a case is counted under: its answer in the denominator; outside it; or its answer where it is not known whether it belongs to it.
OUTSIDE = "outside"
UNPLACED: dict[Truth, str] = {True: "unplaced yes", False: "unplaced no", None: "unplaced not evaluable"}

ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}
FLIPS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}

_VERDICTS = """
SELECT spec, year, inside, truth, decided, events, why, count(*)
FROM (
    SELECT v.spec, CASE WHEN v.spec = 0 THEN {year} ELSE 0 END AS year, v.inside, v.truth, v.decided, v.events,
        CASE WHEN v.truth IS NULL AND v.decided = 0 THEN v.why ELSE '' END AS why
    FROM verdict AS v JOIN included_case AS k ON k.case_no = v.case_no
) AS told
GROUP BY spec, year, inside, truth, decided, events, why
"""

_FLIPS = """
SELECT v.spec, p.truth, v.truth, count(*)
FROM verdict AS v JOIN verdict AS p ON p.case_no = v.case_no
WHERE p.spec = 0 AND v.spec <> 0 AND v.inside
  AND CASE WHEN v.truth THEN 1 WHEN v.truth IS NULL THEN 2 ELSE 0 END <> CASE WHEN p.truth THEN 1 WHEN p.truth IS NULL THEN 2 ELSE 0 END
GROUP BY v.spec, p.truth, v.truth
"""


def tally(engine: Engine, protocol: Protocol, compiled: Compiled, *, dated: bool, exact: bool = False) -> Tally:
    """Count what :func:`~caseseries.response.settle.settle` left of one outcome with a rule; answers by calendar year in a dated source.

    The values of a sheet are counted for all outcomes at once (``caseseries.response.value_counts``). With `exact` quotients (doses, percents and
    means) are counted as the fractions they are, which is for few cases; else as rounded as no report prints them.
    """
    plan, counts = compiled.plan, Tally()
    year = f"CAST(extract(YEAR FROM {engine.dialect.date('k.index_day')}) AS INT)" if dated else "0"
    for spec, in_year, inside, truth, decided, events, why, n in engine.rows(_VERDICTS.format(year=year)):
        times = int(n)
        counts.add(("answer", plan.name, spec, int(in_year), placed_answer(truth, inside)), times)
        if not inside:
            continue
        if truth is None:
            counts.add(("why", plan.name, spec, why_not_evaluable(plan, decided, why)), times)
        if decided > 0:
            counts.add(("decided", plan.name, spec, list(EVENT_WORDS.values())[decided - 1]), times)
        for event in event_names(events):
            counts.add(("occurred", plan.name, spec, event), times)
    if len(plan.specs) > 1:
        for spec, before, after, n in engine.rows(_FLIPS):
            counts.add(("flip", plan.name, spec, FLIPS[before], FLIPS[after]), int(n))
    if compiled.laid:
        return counts
    wide = "case_wide"
    if plan.among is not None:
        wide = (
            "(SELECT c.* FROM case_wide AS c JOIN verdict AS v ON v.case_no = c.case_no WHERE v.spec = 0 AND v.inside)"
        )
    measures, evaluation = all_measures(protocol), Evaluation.again(engine, protocol, plan, compiled.whole)
    for measure in pairs_of(plan.slots, plan.at, BASELINE):
        if measures[measure].kind != "judgement":
            pair = Slot(measure, BASELINE), Slot(measure, plan.at)
            counts.merge(_changes(engine, protocol, compiled, evaluation, *pair, wide=wide, exact=exact))
    return counts


def placed_answer(truth: Truth, inside: Truth) -> str:
    """What a case is counted under.

    >>> placed_answer(True, True), placed_answer(True, False), placed_answer(None, None)
    ('yes', 'outside', 'unplaced not evaluable')
    """
    return ANSWERS[truth] if inside else OUTSIDE if inside is False else UNPLACED[truth]


def change_tally(engine: Engine, protocol: Protocol, compiled: Compiled, *, exact: bool = False) -> Tally:
    """Count the values of an outcome that asks for a change and has no rule; needs ``quantity`` of it. `exact` is as for :func:`tally`."""
    before, after = compiled.plan.values
    evaluation, wide = lay_out(engine, protocol, compiled), "case_wide"
    if compiled.plan.among is not None:
        engine.keep("change_member", members_sql(engine, protocol, compiled.plan, evaluation))
        wide = "(SELECT c.* FROM case_wide AS c JOIN change_member AS g ON g.case_no = c.case_no WHERE g.truth)"
    counts = _changes(engine, protocol, compiled, evaluation, before, after, wide=wide, exact=exact)
    if compiled.plan.among is not None:
        counts.merge(count_members(engine, compiled.plan, "change_member"))
    return counts


def count_members(engine: Engine, plan: OutcomePlan, table: str) -> Tally:
    """How many cases belong to the denominator of a change outcome, as its answers; `table` has case_no and truth."""
    counts = Tally()
    for inside, n in engine.rows(f"SELECT truth, count(*) FROM {table} GROUP BY truth"):
        counts.add(("answer", plan.name, 0, 0, placed_answer(inside, inside)), int(n))
    return counts


_PAIR = """
SELECT CASE WHEN b_absent <> 0 THEN 0 ELSE 1 END AS missing_after, CASE WHEN b_absent <> 0 THEN b_absent ELSE a_absent END AS absent, {values}
FROM (SELECT {columns} FROM {wide} AS w) AS pair
"""

_COUNT = "SELECT '{part}' AS part, {part} AS value, count(*) AS n FROM value_pair WHERE absent = 0 AND {part} IS NOT NULL GROUP BY {part}"


def _changes(
    engine: Engine,
    protocol: Protocol,
    compiled: Compiled,
    evaluation: Evaluation,
    before: Slot,
    after: Slot,
    *,
    wide: str,
    exact: bool,
) -> Tally:
    """The values of one measure before and after, from ``case_wide`` or those of its cases that the outcome is limited to."""
    plan, counts, dialect = compiled.plan, Tally(), engine.dialect
    percent = percent_of(protocol, plan.name, after.measure)
    chosen = {"b": compiled.choice(protocol, plan.primary, before), "a": compiled.choice(protocol, plan.primary, after)}
    dose = all_measures(protocol)[after.measure].kind == "dose"
    columns = [
        f"{evaluation.of_choice(choice, name)} AS {letter}_{name}"
        for letter, choice in chosen.items()
        for name in ("num", "den", "absent")
    ]
    if exact:
        _exact_changes(engine, counts, (plan.name, after.measure), columns, wide, percent)
        _absences(engine, counts, plan.name, before, after, ", ".join(columns), wide, "NULL AS nothing")
        return counts
    step = QUOTIENT if dose else 1
    if not dose and evaluation.parted.isdisjoint(chosen.values()):
        columns += [f"w.n{choice} AS {letter}_whole" for letter, choice in chosen.items()]
        parts = {"before": "b_whole", "after": "a_whole", "change": "a_whole - b_whole"}
    else:
        parts = {
            "before": millionths(dialect, "b_num", "b_den", step),
            "after": millionths(dialect, "a_num", "a_den", step),
            "change": millionths(dialect, "(a_num * b_den - b_num * a_den)", "(a_den * b_den)", step),
        }
    if percent:
        fall = "b_num * a_den - a_num * b_den"
        moved = fall if percent == "decrease" else f"-({fall})"
        hundred = millionths(dialect, f"(100 * ({moved}))", "(b_num * a_den)", PERCENT)
        parts["percent"] = f"CASE WHEN b_num > 0 THEN {hundred} END"
    values = ", ".join(f"{value} AS {part}" for part, value in parts.items())
    _absences(engine, counts, plan.name, before, after, ", ".join(columns), wide, values)
    for part, value, n in engine.rows(" UNION ALL ".join(_COUNT.format(part=part) for part in parts)):
        counts.add(("value", plan.name, after.measure, part, int(value)), int(n))
    return counts


def _absences(
    engine: Engine, counts: Tally, outcome: str, before: Slot, after: Slot, columns: str, wide: str, values: str
) -> None:
    """Keep ``value_pair`` with these values, and count why pairs are not complete."""
    engine.keep("value_pair", _PAIR.format(values=values, columns=columns, wide=wide))
    missing = "SELECT missing_after, absent, count(*) FROM value_pair WHERE absent <> 0 GROUP BY missing_after, absent"
    for missing_after, absent, n in engine.rows(missing):
        window = after.window if missing_after else before.window
        counts.add(("absent", outcome, after.measure, window, words(absent)), int(n))


def _exact_changes(
    engine: Engine, counts: Tally, of: tuple[str, str], columns: Sequence[str], wide: str, percent: Percent
) -> None:
    """Count every complete pair as the fractions that its values are."""
    pairs = engine.rows(
        f"SELECT b_num, b_den, a_num, a_den, count(*) FROM (SELECT {', '.join(columns)} FROM {wide} AS w) AS pair "
        "WHERE b_absent = 0 AND a_absent = 0 GROUP BY b_num, b_den, a_num, a_den"
    )
    for b_num, b_den, a_num, a_den, n in pairs:
        parts = exact_parts(Fraction(int(b_num), int(b_den)), Fraction(int(a_num), int(a_den)), percent)
        for part, value in parts.items():
            counts.add(("value", *of, part, value_key(value)), int(n))


def exact_parts(before: Fraction, after: Fraction, percent: Percent) -> dict[str, Fraction]:
    """The numbers of one pair: before, after, change, and of a value before above 0 the percent by which it fell, or changed.

    >>> exact_parts(Fraction(8), Fraction(6), "decrease")["percent"], exact_parts(Fraction(8), Fraction(6), "change")["percent"]
    (Fraction(25, 1), Fraction(-25, 1))
    """
    parts = {"before": before, "after": after, "change": after - before}
    if percent and before > 0:
        parts["percent"] = 100 * ((before - after) if percent == "decrease" else (after - before)) / before
    return parts


def round_value(value: Fraction, step: int = 1) -> int:
    """The whole number of millionths nearest to a value that is a multiple of `step`, a half away from zero; as :func:`millionths`.

    >>> round_value(Fraction(40, 3), QUOTIENT), round_value(Fraction(-1, 2_000_000))
    (13333300, -1)
    """
    whole = int(abs(value) * MILLIONTH / step + Fraction(1, 2)) * step
    return whole if value >= 0 else -whole


def millionths(dialect: Dialect, num: str, den: str, step: int = 1) -> str:
    """SQL for num/den in whole millionths, rounded half away from zero to a multiple of `step`; `den` above 0."""
    one, unit = f"CAST({MILLIONTH // step} AS {dialect.wide})", f"(2 * {den})"
    twice = f"(2 * abs({num}) * {one} + {den})"
    whole = dialect.divide(f"({twice} - mod({twice}, {unit}))", unit)
    return f"(CASE WHEN {num} < 0 THEN -{step} ELSE {step} END * {whole})"
