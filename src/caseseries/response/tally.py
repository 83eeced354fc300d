"""Verdicts and values as counts that add up: answers, reasons, events, flips, and values under the protocol as written.

Sections, each with the outcome first: answer, why, decided, occurred, flip, value, absent. All but value and absent leave out cases outside
the denominator, except that answer counts them as `outside`.
"""

from __future__ import annotations

from caseseries.assessment.absent import words
from caseseries.assessment.compile import Compiled
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import pairs_of
from caseseries.protocol.tree import Slot
from caseseries.response.settle import BASELINE, event_names, why_not_evaluable
from caseseries.stats.tally import Tally
from caseseries.verdict.trace import Truth

ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}
FLIPS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}

_VERDICTS = """
SELECT spec, year, inside, truth, decided, events, why, count(*)
FROM (
    SELECT v.spec, CASE WHEN v.spec = 0 THEN {year} ELSE 0 END AS year, coalesce(v.inside, FALSE) AS inside, v.truth, v.decided, v.events,
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


def tally(engine: Engine, protocol: Protocol, compiled: Compiled, *, dated: bool) -> Tally:
    """Count what :func:`~caseseries.response.settle.settle` left of one outcome with a rule; answers by calendar year in a dated source."""
    plan, counts = compiled.plan, Tally()
    year = f"CAST(extract('year' FROM {engine.dialect.date('k.index_day')}) AS INT)" if dated else "0"
    for spec, in_year, inside, truth, decided, events, why, n in engine.rows(_VERDICTS.format(year=year)):
        times = int(n)
        counts.add(("answer", plan.name, spec, int(in_year), ANSWERS[truth] if inside else "outside"), times)
        if not inside:
            continue
        if truth is None:
            counts.add(("why", plan.name, spec, why_not_evaluable(plan, decided, why)), times)
        if decided:
            counts.add(("decided", plan.name, spec, list(EVENT_WORDS.values())[decided - 1]), times)
        for event in event_names(events):
            counts.add(("occurred", plan.name, spec, event), times)
    if len(plan.specs) > 1:
        for spec, before, after, n in engine.rows(_FLIPS):
            counts.add(("flip", plan.name, spec, FLIPS[before], FLIPS[after]), int(n))
    measures = all_measures(protocol)
    for measure in pairs_of(plan.slots, plan.at, BASELINE):
        if measures[measure].kind != "judgement":
            counts.merge(_changes(engine, protocol, compiled, Slot(measure, BASELINE), Slot(measure, plan.at)))
    return counts


def change_tally(engine: Engine, protocol: Protocol, compiled: Compiled) -> Tally:
    """Count the values of an outcome that asks for a change and has no rule; needs ``quantity`` of it."""
    before, after = compiled.plan.slots
    return _changes(engine, protocol, compiled, before, after)


_PAIR = """
SELECT CASE WHEN b.absent <> 0 THEN 0 ELSE 1 END AS missing_after, CASE WHEN b.absent <> 0 THEN b.absent ELSE a.absent END AS absent,
    b.num AS b_num, b.den AS b_den, a.num AS a_num, a.den AS a_den
FROM quantity AS b JOIN quantity AS a ON a.case_no = b.case_no
WHERE b.choice = {before} AND a.choice = {after}
"""

#: The same from a sheet.
_PAIR_LAID = """
SELECT CASE WHEN a{before} <> 0 THEN 0 ELSE 1 END AS missing_after, CASE WHEN a{before} <> 0 THEN a{before} ELSE a{after} END AS absent,
    n{before} AS b_num, {b_den} AS b_den, n{after} AS a_num, {a_den} AS a_den
FROM {sheet}
"""

_MILLIONTHS = """
SELECT '{part}' AS part, {value} AS value, count(*) AS n FROM {pairs} WHERE absent = 0{only} GROUP BY {value}
"""


def _changes(engine: Engine, protocol: Protocol, compiled: Compiled, before: Slot, after: Slot) -> Tally:
    plan, counts, dialect = compiled.plan, Tally(), engine.dialect
    dose = all_measures(protocol)[after.measure].kind == "dose"
    one, other = (compiled.choice(protocol, plan.primary, slot) for slot in (before, after))
    whole = compiled.whole is not None and {one, other} <= compiled.whole
    pairs = "value_pair"
    if compiled.laid:
        pairs = "laid_pair"
        told = ("1", "1", "case_sheet") if whole else (f"d{one}", f"d{other}", "case_wide")
        engine.view(pairs, _PAIR_LAID.format(before=one, after=other, b_den=told[0], a_den=told[1], sheet=told[2]))
    else:
        engine.keep(pairs, _PAIR.format(before=one, after=other))
    if whole:
        parts = [("before", "b_num", ""), ("after", "a_num", ""), ("change", "a_num - b_num", "")]
    else:
        parts = [
            ("before", millionths(dialect, "b_num", "b_den"), ""),
            ("after", millionths(dialect, "a_num", "a_den"), ""),
            ("change", millionths(dialect, "(a_num * b_den - b_num * a_den)", "(a_den * b_den)"), ""),
        ]
    if dose:
        hundred = "(100 * (b_num * a_den - a_num * b_den))"
        parts.append(("percent", millionths(dialect, hundred, "(b_num * a_den)"), " AND b_num > 0"))
    queries = [_MILLIONTHS.format(part=part, value=value, only=only, pairs=pairs) for part, value, only in parts]
    for part, value, n in engine.rows(" UNION ALL ".join(queries)):
        counts.add(("value", plan.name, after.measure, part, int(value)), int(n))
    missing = f"SELECT missing_after, absent, count(*) FROM {pairs} WHERE absent <> 0 GROUP BY missing_after, absent"
    for missing_after, absent, n in engine.rows(missing):
        window = after.window if missing_after else before.window
        counts.add(("absent", plan.name, after.measure, window, words(absent)), int(n))
    return counts


def millionths(dialect: Dialect, num: str, den: str) -> str:
    """SQL for num/den in whole millionths, rounded half away from zero; `den` above 0."""
    twice = f"(abs({num}) * CAST({2 * MILLIONTH} AS {dialect.wide}) + {den})"
    whole = dialect.divide(f"({twice} - mod({twice}, 2 * {den}))", f"(2 * {den})")
    return f"(CASE WHEN {num} < 0 THEN -1 ELSE 1 END * {whole})"
