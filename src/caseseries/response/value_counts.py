"""The values of every outcome of a sheet as counts that add up, a few statements for all of them.

Sections value and absent, each with outcome and measure, under the protocol as written; as
:func:`~caseseries.response.tally.tally` makes them of one outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from caseseries.assessment.absent import CODES, words
from caseseries.assessment.compile import Compiled
from caseseries.assessment.open_choices import Choice, percents
from caseseries.assessment.sheet import Sheet
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import pairs_of
from caseseries.protocol.tree import Slot
from caseseries.response.settle import BASELINE
from caseseries.response.verdict_counts import PERCENT, QUOTIENT, exact_parts, millionths
from caseseries.stats.tally import Tally, value_key


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of one measure that an outcome compares, by their choices on the sheet."""

    outcome: str
    before: Slot
    after: Slot
    one: int
    other: int
    dose: bool


#: Two columns of one table, and for each measure (0 for a dose) the pairs that are counted from them.
_Columns = Mapping[tuple[int, int], Mapping[int, Sequence[_Pair]]]


def count_values(
    engine: Engine, protocol: Protocol, sheet: Sheet, members: Mapping[str, str] | None = None, *, exact: bool = False
) -> Tally:
    """Count before, after, change (and of doses percent) of every pair, and why pairs are not complete.

    Outcomes that compare the same values are counted once, and all measures of two windows in one statement. `members` names the table
    of each outcome that is limited to some cases (:func:`~caseseries.response.settle.keep_members`): these are counted by themselves.
    `exact` is as for :func:`~caseseries.response.tally.tally`.
    """
    members, counts = members or {}, Tally()
    every = [compiled for name, compiled in sheet.compiled.items() if name not in members]
    pairs = [pair for compiled in every for pair in _pairs(protocol, compiled)]
    _count_pairs(engine, counts, sheet, pairs, "{}", exact=exact)
    for name, table in members.items():
        limited = f"(SELECT t.* FROM {{}} AS t JOIN {table} AS g ON g.case_no = t.case_no WHERE g.truth) AS limited"
        _count_pairs(engine, counts, sheet, list(_pairs(protocol, sheet.compiled[name])), limited, exact=exact)
    return counts


def _count_pairs(engine: Engine, counts: Tally, sheet: Sheet, pairs: Sequence[_Pair], of: str, *, exact: bool) -> None:
    """Count these pairs; `of` is the table whose rows count, with the name of the sheet's table in its place."""
    values: dict[tuple[int, int], dict[int, list[_Pair]]] = {}
    doses: dict[tuple[int, int], dict[int, list[_Pair]]] = {}
    for pair in pairs:
        if pair.dose:
            doses.setdefault((pair.one, pair.other), {}).setdefault(0, []).append(pair)
        else:
            (before, measure), (after, _) = sheet.place(pair.one), sheet.place(pair.other)
            values.setdefault((before, after), {}).setdefault(measure, []).append(pair)
    if values:
        _count(engine, counts, of.format("value_case"), "measure", values, _PLAIN)
    if doses and exact:
        _count_exactly(engine, counts, of.format("case_sheet"), doses)
    elif doses:
        _count(engine, counts, of.format("case_sheet"), "0", doses, _quotients(engine.dialect))


def _count(
    engine: Engine, counts: Tally, table: str, measure: str, columns: _Columns, parts: Sequence[tuple[str, str, bool]]
) -> None:
    """Count the pairs of a table in which `measure` says whose values a row holds."""
    selected, missing = [], []
    for place, ((before, after), pairs) in enumerate(columns.items()):
        of_pairs = f"{measure} IN ({', '.join(str(number) for number in sorted(pairs))})"
        both = f"a{before} = 0 AND a{after} = 0"
        for part, value, only_above in parts:
            told = value.format(n1=f"n{before}", n2=f"n{after}", d1=f"d{before}", d2=f"d{after}")
            above = f" AND n{before} > 0" if only_above else ""
            selected.append(
                f"SELECT {place} AS pair, '{part}' AS part, measure, value, count(*) AS n FROM (SELECT {measure} AS measure, {told} AS value "
                f"FROM {table} WHERE {of_pairs} AND {both}{above}) AS v GROUP BY measure, value"
            )
        missing.append(
            f"SELECT {place} AS pair, side, measure, code, count(*) AS n FROM (SELECT {measure} AS measure, "
            f"CASE WHEN a{before} <> 0 THEN 0 ELSE 1 END AS side, CASE WHEN a{before} <> 0 THEN a{before} ELSE a{after} END AS code "
            f"FROM {table} WHERE {of_pairs} AND NOT ({both})) AS v GROUP BY side, measure, code"
        )
    listed = list(columns.values())
    if selected:
        _add_values(counts, listed, engine.rows(" UNION ALL ".join(selected)))
    _add_missing(counts, listed, engine.rows(" UNION ALL ".join(missing)))


def _count_exactly(engine: Engine, counts: Tally, table: str, columns: _Columns) -> None:
    """Count the pairs of doses as the fractions that they are."""
    _count(engine, counts, table, "0", columns, ())
    for (before, after), pairs in columns.items():
        query = (
            f"SELECT n{before}, d{before}, n{after}, d{after}, count(*) FROM {table} WHERE a{before} = 0 AND a{after} = 0 "
            f"GROUP BY n{before}, d{before}, n{after}, d{after}"
        )
        for row in engine.rows(query):
            n1, d1, n2, d2, n = map(int, row)
            parts = exact_parts(Fraction(n1, d1), Fraction(n2, d2), dose=True)
            for pair in pairs[0]:
                for part, value in parts.items():
                    counts.add(("value", pair.outcome, pair.after.measure, part, value_key(value)), n)


def _add_values(counts: Tally, pairs: Sequence[Mapping[int, Sequence[_Pair]]], rows: Iterable[Sequence[Any]]) -> None:
    tables: dict[tuple[int, str, int], list[tuple[int, int]]] = {}
    for place, part, measure, value, n in rows:
        tables.setdefault((place, part, measure), []).append((int(value), n))
    for (place, part, measure), table in tables.items():
        for pair in pairs[place][measure]:
            counts.add_values(("value", pair.outcome, pair.after.measure, part), table)


def _add_missing(counts: Tally, pairs: Sequence[Mapping[int, Sequence[_Pair]]], rows: Iterable[Sequence[Any]]) -> None:
    for place, side, measure, code, n in rows:
        for pair in pairs[place][measure]:
            window = pair.after.window if side else pair.before.window
            counts.add(("absent", pair.outcome, pair.after.measure, window, words(code)), int(n))


def _pairs(protocol: Protocol, compiled: Compiled) -> Iterator[_Pair]:
    plan, measures = compiled.plan, all_measures(protocol)
    if plan.primary.tree.nodes:
        slots = [(Slot(name, BASELINE), Slot(name, plan.at)) for name in pairs_of(plan.slots, plan.at, BASELINE)]
    else:
        before, after = plan.slots[:2]
        slots = [(before, after)]
    for before, after in slots:
        kind = measures[after.measure].kind
        if kind != "judgement":
            one, other = (compiled.choice(protocol, plan.primary, slot) for slot in (before, after))
            yield _Pair(plan.name, before, after, one, other, kind == "dose")


#: Name and SQL of each number of a pair, and whether it is asked only above 0; values that are no doses are whole millionths on a sheet.
_PLAIN = (("before", "{n1}", False), ("after", "{n2}", False), ("change", "{n2} - {n1}", False))


def _quotients(dialect: Dialect) -> tuple[tuple[str, str, bool], ...]:
    """The same of doses, which are quotients."""
    fall = "({n1} * {d2} - {n2} * {d1})"
    return (
        ("before", millionths(dialect, "{n1}", "{d1}", QUOTIENT), False),
        ("after", millionths(dialect, "{n2}", "{d2}", QUOTIENT), False),
        ("change", millionths(dialect, f"(-{fall})", "({d1} * {d2})", QUOTIENT), False),
        ("percent", millionths(dialect, f"(100 * {fall})", "({n1} * {d2})", PERCENT), True),
    )


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
