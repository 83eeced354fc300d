"""The values of every outcome of a sheet as counts that add up, in two statements for all of them.

Sections value and absent, each with outcome and measure, under the protocol as written; as
:func:`~caseseries.response.tally.tally` makes them of one outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caseseries.assessment.absent import CODES, words
from caseseries.assessment.choices import Choice, percents
from caseseries.assessment.compile import Compiled
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import pairs_of
from caseseries.protocol.tree import Slot
from caseseries.response.settle import BASELINE
from caseseries.response.tally import PERCENT, QUOTIENT, millionths
from caseseries.stats.tally import Tally


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of one measure that an outcome compares, by their choices on the sheet."""

    outcome: str
    before: Slot
    after: Slot
    one: int
    other: int
    dose: bool


def count_values(engine: Engine, protocol: Protocol, compiled: Sequence[Compiled]) -> Tally:
    """Count before, after, change (and of doses percent) of every pair, and why pairs are not complete."""
    counts = Tally()
    pairs = [pair for one in compiled for pair in _pairs(protocol, one)]
    if not pairs:
        return counts
    values, missing = [], []
    for place, pair in enumerate(pairs):
        both = f"a{pair.one} = 0 AND a{pair.other} = 0"
        for part, value, only in _parts(engine.dialect, pair):
            values.append(
                f"SELECT {place} AS pair, '{part}' AS part, {value} AS value, count(*) AS n FROM case_sheet WHERE {both}{only} GROUP BY {value}"
            )
        side = f"CASE WHEN a{pair.one} <> 0 THEN 0 ELSE 1 END"
        code = f"CASE WHEN a{pair.one} <> 0 THEN a{pair.one} ELSE a{pair.other} END"
        missing.append(
            f"SELECT {place} AS pair, {side} AS side, {code} AS code, count(*) AS n FROM case_sheet WHERE NOT ({both}) GROUP BY {side}, {code}"
        )
    for place, part, value, n in engine.rows(" UNION ALL ".join(values)):
        pair = pairs[place]
        counts.add(("value", pair.outcome, pair.after.measure, part, int(value)), int(n))
    for place, side, code, n in engine.rows(" UNION ALL ".join(missing)):
        pair = pairs[place]
        window = pair.after.window if side else pair.before.window
        counts.add(("absent", pair.outcome, pair.after.measure, window, words(code)), int(n))
    return counts


def _pairs(protocol: Protocol, compiled: Compiled) -> Iterator[_Pair]:
    plan, measures = compiled.plan, all_measures(protocol)
    if plan.primary.tree.nodes:
        slots = [(Slot(name, BASELINE), Slot(name, plan.at)) for name in pairs_of(plan.slots, plan.at, BASELINE)]
    else:
        before, after = plan.slots
        slots = [(before, after)]
    for before, after in slots:
        kind = measures[after.measure].kind
        if kind != "judgement":
            one, other = (compiled.choice(protocol, plan.primary, slot) for slot in (before, after))
            yield _Pair(plan.name, before, after, one, other, kind == "dose")


def _parts(dialect: Dialect, pair: _Pair) -> list[tuple[str, str, str]]:
    """Name, SQL and further condition of each number of a pair; values that are no doses are whole millionths on a sheet."""
    before, after = f"n{pair.one}", f"n{pair.other}"
    if not pair.dose:
        return [("before", before, ""), ("after", after, ""), ("change", f"({after} - {before})", "")]
    below, beneath = f"d{pair.one}", f"d{pair.other}"
    fall = f"({before} * {beneath} - {after} * {below})"
    return [
        ("before", millionths(dialect, before, below, QUOTIENT), ""),
        ("after", millionths(dialect, after, beneath, QUOTIENT), ""),
        ("change", millionths(dialect, f"(-{fall})", f"({below} * {beneath})", QUOTIENT), ""),
        ("percent", millionths(dialect, f"(100 * {fall})", f"({before} * {beneath})", PERCENT), f" AND {before} > 0"),
    ]


def open_doses(engine: Engine, protocol: Protocol, compiled: Compiled) -> dict[tuple[Choice, str], int]:
    """How many cases ask for `outside_courses` and `if_zero_baseline`, on a sheet; as ``open_counts`` does without one."""
    spec = compiled.plan.primary
    counts: dict[tuple[Choice, str], int] = {}
    for name, dose in protocol.doses.items():
        asked = [compiled.choice(protocol, spec, slot) for slot in compiled.plan.slots if slot.measure == name]
        outside = [f"a{choice} = {CODES['between']}" for choice in asked if dose.outside_courses is None]
        pairs = percents(protocol, compiled, name) if dose.if_zero_baseline is None else set()
        zero = [f"(a{one} = 0 AND a{other} = 0 AND n{one} = 0)" for one, other in sorted(pairs)]
        kinds: tuple[tuple[Choice, list[str]], ...] = (("outside_courses", outside), ("if_zero_baseline", zero))
        for choice, conditions in kinds:
            if conditions:
                ((cases,),) = engine.rows(f"SELECT count(*) FROM case_sheet WHERE {' OR '.join(conditions)}")
                if cases:
                    counts[choice, name] = int(cases)
    return counts
