"""Derived measures become rows of ``measurement``: each day of a part is a day of the measure, with a value where every part has one.

    derived_row(record, patient, measure, day, low, high, value, den, censor, missing)

A value is value/den millionths, in lowest terms where a ratio stands in it; `measurement` has the column `den` where some derived measure needs
one (:func:`parted`). A part of several values on a day gives as many values of the measure, from which a window picks as from any. Where a
part has none, or one of the values cannot be computed, there is a row without a value, as for a missing code. No row has a record: what a value
rests on are the rows of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from math import lcm

from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.errors import EngineError
from caseseries.protocol.derived import (
    Added,
    Derived,
    Divided,
    Formula,
    Highest,
    Mean,
    Part,
    denominator,
    derived_measures,
    recorded_parts,
    required_parts,
)
from caseseries.protocol.lab_grades import limits_read
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol

#: So many different values a day are computed at most; a day of more is not used.
MOST_VALUES = 1000
#: What a 64-bit whole number holds.
_LARGEST = 2**63 - 1
_MOMENT = ("patient", "day", "low", "high", "source_row")
_COLUMNS = "record, patient, measure, day, low, high, value, {den}censor, missing{ends}"
#: A derived value has no limits of normal.
_NO_ENDS = ", CAST(NULL AS BIGINT) AS lower, CAST(NULL AS BIGINT) AS upper"

#: Each different value of the parts on its day; the row of the source tells apart visits of which the day is not known.
_PARTS = """
SELECT DISTINCT m.patient, m.day, {low} AS low, {high} AS high, {source_row} AS source_row, m.measure, m.value, {censor} AS censor
FROM measurement AS m WHERE m.measure IN ({measures})
"""

_DAYS = """
SELECT {moment}, {columns}
FROM derived_part GROUP BY {moment}
"""

#: What a value is when it is a bound: the bits are 1 for an upper limit, 2 for a lower one, 4 for one that is not reached.
_SIGNS = {1: "<=", 2: ">=", 5: "<", 6: ">"}
#: Why a value cannot be computed: any other number than 0.
_NOT_COMPUTED = 1


def parted(protocol: Protocol) -> bool:
    """Whether some derived measure has values that are no whole number of millionths, so that `measurement` has the column `den`."""
    return any(denominator(one) != 1 for one in derived_measures(protocol.measures).values())


def with_derived(protocol: Protocol, numbers: Numbers) -> Numbers:
    """The numbers with one for each derived measure."""
    last = max(numbers.measures.values(), default=0)
    own = {name: number for number, name in enumerate(derived_measures(protocol.measures), last + 1)}
    return replace(numbers, measures={**numbers.measures, **own}) if own else numbers


def derive(engine: Engine, protocol: Protocol, numbers: Numbers, source: str = "") -> None:
    """Add the rows of every derived measure to ``measurement``; `numbers` are those of :func:`with_derived`.

    `source` is the query of which ``measurement`` is a view, where it is one.

    Raises:
        EngineError: a value does not fit into 64 bits.
    """
    measures = derived_measures(protocol.measures)
    if not measures:
        return
    limits = not source or bool(limits_read(protocol))  # a chart always has them, a database where they are asked for
    bounds, rows = protocol.partial_dates == "bounds" and not source, []
    for place, (name, of) in enumerate(measures.items()):
        engine.keep(f"derived_{place}", _rows_of(engine, protocol, numbers, name, of, bounds=bounds))
        ((large,),) = engine.rows(
            f"SELECT count(*) FROM derived_{place} WHERE abs(num) > {_LARGEST} OR abs(den) > {_LARGEST}"
        )
        if large:
            raise EngineError(
                f"Values of the derived measure {name} are too large to be held exactly.",
                do="Look for a value with far too many digits; nothing was decided.",
            )
        den = f"CAST(den AS {engine.dialect.wide}) AS den, " if parted(protocol) else ""
        rows.append(
            f"SELECT CAST(NULL AS BIGINT) AS record, patient, CAST({numbers.measures[name]} AS INT) AS measure, day, low, high, "
            f"CAST(num AS BIGINT) AS value, {den}censor, missing{_NO_ENDS if limits else ''}{'' if source else ', source_row'} FROM derived_{place}"
        )
    engine.keep("derived_row", " UNION ALL ".join(rows))
    engine.forget("derived_part", "derived_day", *(f"derived_{place}" for place in range(len(measures))))
    one = f"CAST(1 AS {engine.dialect.wide}) AS den, " if parted(protocol) else ""
    ends = ", lower, upper" if limits else ""
    ends += "" if source else ", source_row"
    own = _COLUMNS.format(den=one, ends=ends)
    den = _COLUMNS.format(den="den, " if parted(protocol) else "", ends=ends)
    if source:
        engine.view("measurement", f"SELECT {own} FROM ({source}) AS r UNION ALL SELECT {den} FROM derived_row")
    else:
        engine.keep("recorded", "SELECT * FROM measurement")
        engine.keep("measurement", f"SELECT {own} FROM recorded UNION ALL SELECT {den} FROM derived_row")
        engine.forget("recorded")


def _rows_of(engine: Engine, protocol: Protocol, numbers: Numbers, name: str, of: Formula, *, bounds: bool) -> str:
    """The query of one measure's rows: the moment, num/den in millionths, censor, missing."""
    parts = recorded_parts(of)
    listed = [numbers.measures.get(part, 0) for part in parts]
    counted = [n for part, n in zip(parts, listed, strict=True) if measure_facts(protocol, part).censored == "limit"]
    engine.keep(
        "derived_part",
        _PARTS.format(
            low="m.low" if bounds else "m.day",
            high="m.high" if bounds else "m.day",
            source_row="CASE WHEN m.low <> m.high THEN m.source_row ELSE 0 END" if bounds else "CAST(0 AS BIGINT)",
            censor=_bits(counted),
            measures=", ".join(map(str, listed)),
        ),
    )
    columns = []
    for place, number in enumerate(listed):
        here = f"measure = {number} AND value IS NOT NULL"
        columns += [
            f"sum(CASE WHEN {here} THEN 1 ELSE 0 END) AS k{place}",
            f"max(CASE WHEN {here} THEN value END) AS v{place}",
            f"max(CASE WHEN {here} THEN censor END) AS c{place}",
        ]
    engine.keep("derived_day", _DAYS.format(moment=", ".join(_MOMENT), columns=", ".join(columns)))
    return _query(engine, protocol, name, of, listed)


def _query(engine: Engine, protocol: Protocol, name: str, of: Formula, listed: Sequence[int]) -> str:
    wide, moment = engine.dialect.wide, ", ".join(_MOMENT)
    every, several = range(len(listed)), [f"k{place} > 1" for place in range(len(listed))]
    needed = {place for place, part in enumerate(recorded_parts(of)) if part in required_parts(of)}
    whole = " AND ".join(f"k{place} > 0" for place in needed) or "TRUE"
    values = " * ".join(f"CAST(greatest(k{place}, 1) AS {wide})" for place in every)
    of_parts = ", ".join(f"v{place}, c{place}" for place in every)
    single = " AND ".join(f"k{place} <= 1" for place in every)
    together = f"SELECT {moment}, {of_parts} FROM derived_day WHERE {whole} AND {single}"
    if engine.rows(f"SELECT 1 FROM derived_day WHERE {whole} AND ({' OR '.join(several)}) LIMIT 1"):
        joins = " ".join(
            f"{'' if place in needed else 'LEFT '}JOIN derived_part AS p{place} ON p{place}.measure = {number} AND p{place}.value IS NOT NULL AND "
            + " AND ".join(f"p{place}.{column} = d.{column}" for column in _MOMENT)
            for place, number in enumerate(listed)
        )
        chosen = ", ".join(f"p{place}.value AS v{place}, p{place}.censor AS c{place}" for place in every)
        of_day = ", ".join(f"d.{column}" for column in _MOMENT)
        together += (
            f" UNION ALL SELECT {of_day}, {chosen} FROM derived_day AS d {joins} "
            f"WHERE {whole} AND ({' OR '.join(several)}) AND {values} <= {MOST_VALUES}"
        )
    computed, last = _Steps(engine.dialect).all(
        of, recorded_parts(of), f"SELECT {moment}, {of_parts} FROM ({together}) AS t"
    )
    return _FOUND.format(
        moment=moment,
        computed=computed,
        whole=whole,
        values=values,
        most=MOST_VALUES,
        wide=wide,
        why=f"CASE WHEN {last.why} <> 0 OR {_outside(protocol, name, last)} THEN {_NOT_COMPUTED} ELSE 0 END",
        num=last.num,
        den=last.den,
        bits=last.bits,
        censor=" ".join(f"WHEN {bits} THEN '{sign}'" for bits, sign in _SIGNS.items()),
    )


_FOUND = """
WITH computed AS (SELECT {moment}, {num} AS num, {den} AS den, {bits} AS bits, {why} AS why FROM ({computed}) AS c),
told AS (
    SELECT {moment}, num, den, bits, max(why) OVER (PARTITION BY {moment}) AS why FROM computed
)
SELECT DISTINCT patient, day, low, high, source_row, CAST(num AS {wide}) AS num, CAST(den AS {wide}) AS den,
    CASE bits {censor} ELSE '' END AS censor, '' AS missing
FROM told WHERE why = 0
UNION ALL
SELECT DISTINCT patient, day, low, high, source_row, CAST(NULL AS {wide}) AS num, CAST(1 AS {wide}) AS den, '' AS censor, 'not computed' AS missing
FROM told WHERE why <> 0
UNION ALL
SELECT patient, day, low, high, source_row, CAST(NULL AS {wide}) AS num, CAST(1 AS {wide}) AS den, '' AS censor, 'a part is missing' AS missing
FROM derived_day WHERE NOT ({whole}) OR {values} > {most}
"""


def _bits(counted: Sequence[int]) -> str:
    """SQL for what a row is as a bound; 0 for a number, and where the limit counts as the value."""
    signs = " ".join(f"WHEN '{sign}' THEN {bits}" for bits, sign in _SIGNS.items())
    coded = f"CASE m.censor {signs} ELSE 0 END"
    return f"CASE WHEN m.measure IN ({', '.join(map(str, counted))}) THEN 0 ELSE {coded} END" if counted else coded


def _outside(protocol: Protocol, name: str, last: _Step) -> str:
    """SQL for: the value is a number beyond the range that the measure declares."""
    measure = protocol.measures[name]
    assert isinstance(measure, Derived)
    if measure.range is None:
        return "FALSE"
    low, high = (end * MILLIONTH for end in measure.range)
    beyond = [
        f"{last.num} * {end.denominator} {sign} {end.numerator} * CAST({last.den} AS {last.wide})"
        for end, sign in ((Fraction(low), "<"), (Fraction(high), ">"))
    ]
    return f"({last.bits} = 0 AND ({' OR '.join(beyond)}))"


@dataclass(frozen=True, slots=True)
class _Step:
    """SQL for one value on the way: num/den in millionths, the bits of a bound, and why it cannot be computed (0: it can)."""

    num: str
    den: str
    bits: str
    why: str
    wide: str


class _Steps:
    """The steps of a formula, each a query around the one before, so that no expression is written twice."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.next = count()

    def all(self, of: Formula, parts: Sequence[str], query: str) -> tuple[str, _Step]:
        """The query that computes a formula from the columns v and c of its parts, and where it stands in it."""
        places = {part: place for place, part in enumerate(parts)}
        self.query = query
        last = self._step(of, places)
        if denominator(of) is None:
            last = self._lowest(last)
        return self.query, last

    def _step(self, of: Formula, places: Mapping[str, int]) -> _Step:
        wide = self.dialect.wide
        if isinstance(of, Part):
            place = places[of.measure]
            return _Step(f"CAST(v{place} AS {wide})", "1", f"c{place}", "0", wide)
        if isinstance(of, Added):
            return self._added([(weight, self._step(one, places)) for weight, one in of.terms])
        if isinstance(of, Mean):
            return self._mean(of, places)
        assert isinstance(of, Divided)
        return self._divided(self._step(of.above, places), self._step(of.below, places))

    def _around(self, columns: Mapping[str, str]) -> dict[str, str]:
        """Put a query around, with these columns under new names; where each stands."""
        number = next(self.next)
        named = {name: f"{name}_{number}" for name in columns}
        listed = ", ".join(f"{sql} AS {named[name]}" for name, sql in columns.items())
        self.query = f"SELECT s{number}.*, {listed} FROM ({self.query}) AS s{number}"
        return named

    def _added(self, terms: Sequence[tuple[Fraction, _Step]]) -> _Step:
        """The sum over one denominator; limits of both directions leave nothing known."""
        wide = self.dialect.wide
        common, dens = (
            lcm(*(weight.denominator for weight, _ in terms)),
            [one.den for _, one in terms if one.den != "1"],
        )
        sums = []
        for place, (weight, one) in enumerate(terms):
            others = [other.den for number, (_, other) in enumerate(terms) if number != place and other.den != "1"]
            sums.append(" * ".join([f"CAST({int(weight * common)} AS {wide})", one.num, *others]))
        bits = [one.bits if weight > 0 else _turned(one.bits) for weight, one in terms]
        upper, lower, open_ = (" OR ".join(f"({one} & {bit}) <> 0" for one in bits) for bit in (1, 2, 4))
        named = self._around(
            {
                "num": " + ".join(sums),
                "den": " * ".join([f"CAST({common} AS {wide})", *dens]),
                "bits": f"CASE WHEN {upper} THEN 1 ELSE 0 END + CASE WHEN {lower} THEN 2 ELSE 0 END + CASE WHEN {open_} THEN 4 ELSE 0 END",
                "why": " + ".join(one.why for _, one in terms),
            }
        )
        both = self._around({"why": f"CASE WHEN {named['why']} <> 0 OR ({named['bits']} & 3) = 3 THEN 1 ELSE 0 END"})
        return _Step(named["num"], named["den"], named["bits"], both["why"], wide)

    def _divided(self, above: _Step, below: _Step) -> _Step:
        """The ratio, in lowest terms; none by 0, nor by a number of which only a limit is known."""
        wide = self.dialect.wide
        turned = f"{below.num} < 0"
        plain = self._around(
            {
                "num": f"CASE WHEN {turned} THEN -1 ELSE 1 END * {above.num} * CAST({below.den} AS {wide}) * {MILLIONTH}",
                "den": f"CASE WHEN {below.num} = 0 THEN 1 ELSE CAST({above.den} AS {wide}) * abs({below.num}) END",
                "bits": f"CASE WHEN {turned} THEN {_turned(above.bits)} ELSE {above.bits} END",
                "why": f"CASE WHEN {above.why} + {below.why} <> 0 OR {below.num} = 0 OR {below.bits} <> 0 THEN 1 ELSE 0 END",
            }
        )
        return self._lowest(_Step(plain["num"], plain["den"], plain["bits"], plain["why"], wide))

    def _mean(self, of: Mean, places: Mapping[str, int]) -> _Step:
        """The mean of the scores of which an item was recorded, over the denominator that serves however many they are."""
        wide, common = self.dialect.wide, denominator(of)
        assert common is not None
        columns: dict[str, str] = {}
        for place, one in enumerate(of.of):
            columns |= {f"{name}{place}": sql for name, sql in _ends(self.dialect, one, places).items()}
        named, every = self._around(columns), range(len(of.of))
        answered = self._around(
            {
                "n": " + ".join(f"CASE WHEN {named[f'n{place}']} > 0 THEN 1 ELSE 0 END" for place in every),
                "sum": " + ".join(
                    f"CASE WHEN {named[f'n{place}']} > 0 THEN {named[f'low{place}']} ELSE 0 END" for place in every
                ),
                "open": " + ".join(
                    f"CASE WHEN {named[f'n{place}']} > 0 AND {named[f'low{place}']} <> {named[f'high{place}']} THEN 1 ELSE 0 END"
                    for place in every
                ),
            }
        )
        n, total = answered["n"], answered["sum"]
        why = f"CASE WHEN {n} < {of.least} OR {answered['open']} > 0 THEN 1 ELSE 0 END"
        found = self._around(
            {"why": why, "num": f"CASE WHEN {why} = 0 THEN {_mean_of(self.dialect, total, n, common)} ELSE 0 END"}
        )
        return _Step(found["num"], f"CAST({common} AS {wide})", "0", found["why"], wide)

    def _lowest(self, one: _Step) -> _Step:
        """A step in lowest terms, so that equal values are equal numbers."""
        shared = self._around({"gcd": self.dialect.gcd(one.num, one.den)})["gcd"]
        lowest = self._around(
            {"num": self.dialect.divide(one.num, shared), "den": self.dialect.divide(one.den, shared)}
        )
        return _Step(lowest["num"], lowest["den"], one.bits, one.why, one.wide)


def _turned(bits: str) -> str:
    """SQL for the bits of a bound of a value that is taken away."""
    return f"(CASE {bits} & 3 WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE {bits} & 3 END + ({bits} & 4))"


def _ends(dialect: Dialect, of: Highest, places: Mapping[str, int]) -> dict[str, str]:
    """How many items of a domain were recorded, and the lowest and the highest score that it may have."""
    items, aids = [places[item] for item in of.items], [places[aid] for aid in of.aids]
    unclear = [f"(v{item} IS NOT NULL AND (c{item} <> 0 OR v{item} % {MILLIONTH} <> 0))" for item in items]
    lowest = [
        f"CASE WHEN v{item} IS NULL OR {odd} THEN 0 ELSE {dialect.divide(f'CAST(v{item} AS {dialect.wide})', str(MILLIONTH))} END"
        for item, odd in zip(items, unclear, strict=True)
    ]
    absent = [] if of.answered else [f"v{item} IS NULL" for item in items]
    low = f"greatest(0, {', '.join(lowest)})"
    high = f"CASE WHEN {' OR '.join([*unclear, *absent])} THEN {int(of.top)} ELSE {low} END"
    if aids:
        used = " OR ".join(f"coalesce(v{aid}, 0) > 0" for aid in aids)
        perhaps = " OR ".join(f"coalesce(v{aid}, 1) > 0" for aid in aids)
        low = f"CASE WHEN {used} THEN greatest({low}, {int(of.aided)}) ELSE {low} END"
        high = f"CASE WHEN {perhaps} THEN greatest({high}, {int(of.aided)}) ELSE {high} END"
    n = " + ".join(f"CASE WHEN v{item} IS NULL THEN 0 ELSE 1 END" for item in items)
    return {"n": n, "low": low, "high": high}


def _mean_of(dialect: Dialect, total: str, n: str, common: int) -> str:
    """SQL for a sum of whole scores by how many they are, in parts of a millionth."""
    wide = dialect.wide
    return dialect.divide(f"(CAST({total} AS {wide}) * {common} * {MILLIONTH})", f"CAST(greatest({n}, 1) AS {wide})")
