"""The values of a sheet: which of a case's values each window takes, for all windows in one grouped pass.

    value_case(case_no, measure, a<window>, n<window>, t<window>)      grain: included case x measure

`a` is the absent code (0: there is a value), `n` the value in millionths, `t` its day; windows are numbered by their place in ``Sheet.windows``.

A window's choice is packed into one whole number, of which the least is kept: the order of the day (how far from the target, or from the edge
that `take` names), then the value in the direction of `same_day`, then its censoring. Where two values of the chosen day differ and `same_day`
does not settle that, the same number with the value mirrored (``q``) shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.assessment.absent import CODES
from caseseries.assessment.window import LAST_SEEN
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window

#: Bits of a packed number: 2 for censoring, 44 for the value and its sign, 17 above them for the order of the day.
VALUE_BITS, ORDER_BITS = 44, 17
_CODE_BITS = 2
_SHIFT = VALUE_BITS + _CODE_BITS
_OFFSET = 2 ** (VALUE_BITS - 1)
_BOTH = 8 * _OFFSET + 2  # a packed value and its mirror, where all values of the day are one

#: What stands in place of a packed number where a row has no value; greater than any.
_EMPTY = 2**63 - 1
#: More than the largest number of a measure.
_MEASURES = 2**20

_PICKS = ("best", "worst", "highest", "lowest")


def values_fit(engine: Engine) -> bool:
    """Whether every value is small enough to be packed."""
    bound = _OFFSET - 1
    return not engine.rows(f"SELECT 1 FROM measurement WHERE value NOT BETWEEN {-bound} AND {bound} LIMIT 1")


def lay_values(
    engine: Engine, protocol: Protocol, numbers: Numbers, windows: Sequence[Window], measures: Sequence[str]
) -> None:
    """Keep ``value_case`` for these windows and measures. Measures of which the source has no row share the number 0."""
    used = sorted({numbers.measures.get(measure, 0) for measure in measures})
    engine.table("sheet_measure", [("measure", "INT")], [(number,) for number in used])
    packs = [f"r.{letter}{place}" for place, window in enumerate(windows) for letter in _letters(window)]
    seen = "k.observed_first - k.index_day" if numbers.observed else "CAST(NULL AS INT)"
    offered = f"""
    SELECT k.case_no, g.measure, {seen} AS seen_first, {LAST_SEEN} AS seen_last, {", ".join(packs)}
    FROM included_case AS k
    CROSS JOIN sheet_measure AS g
    LEFT JOIN ({_packed(protocol, numbers, windows, used)}) AS r ON r.place = {_place("k.case_no", "g.measure")}"""
    limited = [
        str(numbers.measures.get(measure, 0))
        for measure in measures
        if all_measures(protocol)[measure].censored == "limit"
    ]
    columns = []
    for place, window in enumerate(windows):
        bits = f"(p{place} & {2**_SHIFT - 1})"
        value = f"(({engine.dialect.shift(bits, _CODE_BITS)} - {_OFFSET}) * {_upward(protocol, numbers, window)})"
        columns += [
            f"{_absent(numbers, window, place, limited)} AS a{place}",
            f"CAST({value} AS BIGINT) AS n{place}",
            f"CAST({_day(window, f'p{place}', engine.dialect)} AS INT) AS t{place}",
        ]
    engine.keep("value_case", f"SELECT case_no, measure, {', '.join(columns)} FROM ({offered}) AS v")


def _letters(window: Window) -> str:
    return "p" if window.same_day in _PICKS else "pq"


def _packed(protocol: Protocol, numbers: Numbers, windows: Sequence[Window], used: Sequence[int]) -> str:
    """The query of the packed choices: `place` (case and measure in one number), and a row where any value is near any window."""
    upward = [_upward(protocol, numbers, window) for window in windows]
    tails = list(dict.fromkeys(upward))
    columns: list[str] = []
    for place, window in enumerate(windows):
        inside = f"rel BETWEEN {window.from_} AND {window.to}"
        order = f"{_order(window)} * CAST({2**_SHIFT} AS BIGINT)"
        tail = f"tail{tails.index(upward[place])}"
        columns.append(
            f"min(CASE WHEN {inside} THEN CASE WHEN {tail} = {_EMPTY} THEN {_EMPTY} ELSE {order} + {tail} END END) AS p{place}"
        )
        if "q" in _letters(window):
            columns.append(f"min(CASE WHEN {inside} THEN {order} + ({_OFFSET} - value) * 4 + 2 - code END) AS q{place}")
    seen = " AND m.day BETWEEN k.observed_first AND k.observed_last" if numbers.observed else ""
    low, high = min(window.from_ for window in windows), max(window.to for window in windows)
    packed = [
        f"coalesce(({_OFFSET} + {up} * value) * 4 + code, {_EMPTY}) AS tail{number}" for number, up in enumerate(tails)
    ]
    near = f"""
            SELECT {_place("k.case_no", "m.measure")} AS place, m.measure, m.value, m.day - k.index_day AS rel,
                CASE m.censor WHEN '<' THEN 1 WHEN '>' THEN 2 ELSE 0 END AS code
            FROM measurement AS m JOIN included_case AS k ON k.patient = m.patient
            WHERE m.measure IN ({", ".join(map(str, used))}) AND m.day - k.index_day BETWEEN {low} AND {high}{seen}"""
    rows = f"SELECT place, rel, value, code, {', '.join(packed)} FROM ({near}) AS near"
    return f"SELECT place, {', '.join(columns)} FROM ({rows}) AS packed GROUP BY place"


def _place(case: str, measure: str) -> str:
    """SQL for one number of case and measure: grouping by one number is faster than by two."""
    return f"(CAST({case} AS BIGINT) * {_MEASURES} + {measure})"


def _order(window: Window) -> str:
    """SQL for the place of a day among the days of a window, the one to be taken first; never negative."""
    if window.take == "first":
        return f"(rel - ({window.from_}))"
    if window.take == "last":
        return f"({window.to} - rel)"
    target = window.target or 0
    second = f"rel < {target}" if window.tie == "later" else f"rel > {target}"
    return f"(2 * abs(rel - ({target})) + CASE WHEN {second} THEN 1 ELSE 0 END)"


def _day(window: Window, packed: str, dialect: Dialect) -> str:
    """SQL for the day that a packed number stands for."""
    order = dialect.shift(packed, _SHIFT)
    if window.take == "first":
        return f"({window.from_} + {order})"
    if window.take == "last":
        return f"({window.to} - {order})"
    odd, even = ("-", "+") if window.tie == "later" else ("+", "-")
    half = dialect.shift(packed, _SHIFT + 1)
    return f"(CASE WHEN mod({order}, 2) = 1 THEN {window.target or 0} {odd} {half} ELSE {window.target or 0} {even} {half} END)"


def _upward(protocol: Protocol, numbers: Numbers, window: Window) -> str:
    """SQL for +1 where the lower of two values of a day is taken, -1 where the higher is."""
    if window.same_day not in _PICKS:
        return "1"
    if window.same_day in ("highest", "lowest"):
        return "-1" if window.same_day == "highest" else "1"
    falls = [
        str(numbers.measures.get(name, 0))
        for name, facts in all_measures(protocol).items()
        if ((facts.sign or 1) > 0) == (window.same_day == "best")
    ]
    return f"CASE WHEN measure IN ({', '.join(falls)}) THEN -1 ELSE 1 END" if falls else "1"


def _leaves(numbers: Numbers, window: Window) -> str:
    """SQL for whether the window leaves the observed time of the case; as ``window.LEAVES``."""
    return f"({window.from_} < seen_first OR {window.to} > seen_last)" if numbers.observed else "FALSE"


def _absent(numbers: Numbers, window: Window, place: int, limited: Sequence[str]) -> str:
    """SQL for why a window has no value, 0 where it has one. The measures `limited` count a censored value at its limit."""
    packed = f"p{place}"
    nothing = f"CASE WHEN {_leaves(numbers, window)} THEN {CODES['unobserved']} ELSE {CODES['no_value']} END"
    cases = [f"WHEN {packed} IS NULL THEN {nothing}", f"WHEN {packed} = {_EMPTY} THEN {CODES['no_number']}"]
    if "q" in _letters(window):
        cases.append(
            f"WHEN ({packed} & {2**_SHIFT - 1}) + (q{place} & {2**_SHIFT - 1}) <> {_BOTH} THEN {CODES['different']}"
        )
    counted = f" AND measure NOT IN ({', '.join(limited)})" if limited else ""
    cases.append(f"WHEN ({packed} & 3) = 1{counted} THEN {CODES['below']}")
    cases.append(f"WHEN ({packed} & 3) = 2{counted} THEN {CODES['above']}")
    return f"CASE {' '.join(cases)} ELSE 0 END"


def count_different(engine: Engine, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How many cases have different values on the chosen day, for each (place of a window, number of a measure) with any."""
    parts = [
        f"SELECT {place} AS place, measure, count(*) AS n FROM value_case "
        f"WHERE measure = {measure} AND a{place} = {CODES['different']} GROUP BY measure"
        for place, measure in asked
    ]
    if not parts:
        return {}
    return {(place, measure): int(n) for place, measure, n in engine.rows(" UNION ALL ".join(parts))}
