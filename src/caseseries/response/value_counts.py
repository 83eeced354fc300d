"""The values of every outcome of a sheet as counts that add up, a few statements for all of them.

Sections value and absent, each with outcome and measure, under the protocol as written; as
:func:`~caseseries.response.verdict_counts.tally` makes them of one outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from caseseries.assessment.absent import CODES, words
from caseseries.assessment.compile import Compiled
from caseseries.assessment.open_choices import Choice, percents
from caseseries.assessment.outcome_sheet import Place, Sheet
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.percent import Percent, percent_of
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
    percent: Percent


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a value stands in a table: n, its absent code, and of a quotient its denominator."""

    n: str
    absent: str
    d: str = ""


#: Two values of one table, and for each measure (0 for a dose) the pairs that are counted from them.
_Columns = Mapping[tuple[_Column, _Column], Mapping[int, Sequence[_Pair]]]


def count_values(
    engine: Engine, protocol: Protocol, sheet: Sheet, members: Mapping[str, str] | None = None, *, exact: bool = False
) -> Tally:
    """Count before, after, change (and of doses percent) of every pair, and why pairs are not complete.

    Outcomes that compare the same values are counted once, and all measures of two windows in one statement. `members` names the table
    of each outcome that is limited to some cases (:func:`~caseseries.response.settle.keep_members`): these are counted by themselves.
    `exact` is as for :func:`~caseseries.response.verdict_counts.tally`.
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
    values: dict[tuple[_Column, _Column], dict[int, list[_Pair]]] = {}
    doses: dict[tuple[_Column, _Column], dict[int, list[_Pair]]] = {}
    for pair in pairs:
        if pair.dose:
            both = _of_dose(pair.one), _of_dose(pair.other)
            doses.setdefault(both, {}).setdefault(0, []).append(pair)
        else:
            before, after = sheet.place(pair.one), sheet.place(pair.other)
            both = _of_value(before), _of_value(after)
            values.setdefault(both, {}).setdefault(before.measure, []).append(pair)

    def value_parts(dialect: Dialect, before: _Column, after: _Column) -> dict[str, str]:
        return _value_parts(dialect, before, after, percent=_in_percent(values[before, after]))

    if values:
        quotients = {both for both, found in values.items() if both[0].d or both[1].d or _in_percent(found)}
        means = {both: found for both, found in values.items() if exact and both in quotients}
        plain = {both: found for both, found in values.items() if both not in means}
        if plain:
            _count(engine, counts, of.format("value_case"), "measure", plain, value_parts)
        if means:
            _count_exactly(engine, counts, of.format("value_case"), "measure", means, MILLIONTH)
    if doses and exact:
        _count_exactly(engine, counts, of.format("case_sheet"), "0", doses, 1)
    elif doses:
        _count(engine, counts, of.format("case_sheet"), "0", doses, _dose_parts)


def _of_dose(choice: int) -> _Column:
    return _Column(f"n{choice}", f"a{choice}", f"d{choice}")


def _of_value(place: Place) -> _Column:
    return _Column(f"n{place.window}", f"a{place.way}", f"d{place.window}" if place.mean else "")


def _count(
    engine: Engine,
    counts: Tally,
    table: str,
    measure: str,
    columns: _Columns,
    parts: Callable[[Dialect, _Column, _Column], Mapping[str, str]],
) -> None:
    """Count the pairs of a table in which `measure` says whose values a row holds; `parts` has what is counted of a pair, in whole millionths."""
    selected, missing = [], []
    for place, ((before, after), pairs) in enumerate(columns.items()):
        of_pairs = f"{measure} IN ({', '.join(str(number) for number in sorted(pairs))})"
        both = f"{before.absent} = 0 AND {after.absent} = 0"
        for part, value in parts(engine.dialect, before, after).items():
            above = f" AND {before.n} > 0" if part == "percent" else ""
            selected.append(
                f"SELECT {place} AS pair, '{part}' AS part, measure, value, count(*) AS n FROM (SELECT {measure} AS measure, {value} AS value "
                f"FROM {table} WHERE {of_pairs} AND {both}{above}) AS v GROUP BY measure, value"
            )
        missing.append(
            f"SELECT {place} AS pair, side, measure, code, count(*) AS n FROM (SELECT {measure} AS measure, "
            f"CASE WHEN {before.absent} <> 0 THEN 0 ELSE 1 END AS side, "
            f"CASE WHEN {before.absent} <> 0 THEN {before.absent} ELSE {after.absent} END AS code "
            f"FROM {table} WHERE {of_pairs} AND NOT ({both})) AS v GROUP BY side, measure, code"
        )
    listed = list(columns.values())
    if selected:
        _add_values(counts, listed, engine.rows(" UNION ALL ".join(selected)))
    _add_missing(counts, listed, engine.rows(" UNION ALL ".join(missing)))


def _count_exactly(engine: Engine, counts: Tally, table: str, measure: str, columns: _Columns, scale: int) -> None:
    """Count the pairs of quotients as the fractions that they are; a numerator stands in parts of `scale`."""
    _count(engine, counts, table, measure, columns, lambda *_: {})
    for (before, after), pairs in columns.items():
        named = ", ".join([measure, before.n, before.d or "1", after.n, after.d or "1"])
        of_pairs = f"{measure} IN ({', '.join(str(number) for number in sorted(pairs))})"
        query = (
            f"SELECT number, n1, d1, n2, d2, count(*) FROM (SELECT {named} FROM {table} "
            f"WHERE {of_pairs} AND {before.absent} = 0 AND {after.absent} = 0) AS v (number, n1, d1, n2, d2) "
            "GROUP BY number, n1, d1, n2, d2"
        )
        for row in engine.rows(query):
            number, n1, d1, n2, d2, n = map(int, row)
            before_value, after_value = Fraction(n1, d1 * scale), Fraction(n2, d2 * scale)
            for pair in pairs[number]:
                for part, value in exact_parts(before_value, after_value, pair.percent).items():
                    counts.add(("value", pair.outcome, pair.after.measure, part, value_key(value)), n)


def _add_values(counts: Tally, pairs: Sequence[Mapping[int, Sequence[_Pair]]], rows: Iterable[Sequence[Any]]) -> None:
    tables: dict[tuple[int, str, int], list[tuple[int, int]]] = {}
    for place, part, measure, value, n in rows:
        tables.setdefault((place, part, measure), []).append((int(value), n))
    for (place, part, measure), table in tables.items():
        for pair in pairs[place][measure]:
            if part == "percent" and not pair.percent:
                continue
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
    elif len(plan.values) == 2:
        before, after = plan.values
        slots = [(before, after)]
    else:
        return
    for before, after in slots:
        kind = measures[after.measure].kind
        if kind != "judgement":
            one, other = (compiled.choice(protocol, plan.primary, slot) for slot in (before, after))
            percent = percent_of(protocol, plan.name, after.measure)
            yield _Pair(plan.name, before, after, one, other, kind == "dose", percent)


def _in_percent(pairs: Mapping[int, Sequence[_Pair]]) -> bool:
    """Whether the change of some measure of these columns is told in percent."""
    return any(pair.percent for of_measure in pairs.values() for pair in of_measure)


def _value_parts(dialect: Dialect, before: _Column, after: _Column, *, percent: bool) -> dict[str, str]:
    """What is counted of two values that are no doses: whole millionths, or sums of them to be divided by how many they are."""
    found = {
        "before": _rounded(dialect, before.n, before.d),
        "after": _rounded(dialect, after.n, after.d),
        "change": _difference(dialect, before, after),
    }
    if percent:
        one, other = (column.d or "1" for column in (before, after))
        n = f"CAST({before.n} AS {dialect.wide})"
        moved = f"(100 * (CAST({after.n} AS {dialect.wide}) * {one} - {n} * {other}))"
        found["percent"] = millionths(dialect, moved, f"({n} * {other})", PERCENT)
    return found


def _difference(dialect: Dialect, before: _Column, after: _Column) -> str:
    plain, parts = f"{after.n} - {before.n}", [one.d for one in (before, after) if one.d]
    if not parts:
        return plain
    one, other = (column.d or "1" for column in (before, after))
    num = f"(CAST({after.n} AS {dialect.wide}) * {one} - CAST({before.n} AS {dialect.wide}) * {other})"
    return _of_means(dialect, plain, num, f"({one} * {other})", parts)


def _rounded(dialect: Dialect, n: str, d: str) -> str:
    return _of_means(dialect, n, f"CAST({n} AS {dialect.wide})", d, [d]) if d else n


def _of_means(dialect: Dialect, plain: str, num: str, den: str, parts: Sequence[str]) -> str:
    """SQL for `num` / `den` rounded to a whole number, which is `plain` where no mean is taken; most values are none, and need no wide numbers."""
    rounded = millionths(dialect, num, f"(CAST({den} AS {dialect.wide}) * {MILLIONTH})")
    single = " AND ".join(f"{part} = 1" for part in parts)
    return f"CASE WHEN {single} THEN {plain} ELSE CAST({rounded} AS BIGINT) END"


def _dose_parts(dialect: Dialect, before: _Column, after: _Column) -> dict[str, str]:
    """What is counted of two doses, which are quotients; the percent only of a dose above 0."""
    fall = f"({before.n} * {after.d} - {after.n} * {before.d})"
    return {
        "before": millionths(dialect, before.n, before.d, QUOTIENT),
        "after": millionths(dialect, after.n, after.d, QUOTIENT),
        "change": millionths(dialect, f"(-{fall})", f"({before.d} * {after.d})", QUOTIENT),
        "percent": millionths(dialect, f"(100 * {fall})", f"({before.n} * {after.d})", PERCENT),
    }


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
