"""The values of a sheet: which of a case's values each window takes, for all windows in one grouped pass.

    value_case(case_no, measure, a<window>, n<window>, t<window>)      grain: included case x measure

`a` is the absent code (0: there is a value), `n` the value in millionths, `t` its day; windows are numbered by their place in ``Sheet.windows``.

A window's choice is packed into one whole number, of which the least is kept: the order of the day (how far from the target, or from the edge
that `take` names), then the value in the direction of `same_day`, then its censoring. Where two values of the chosen day differ and `same_day`
does not settle that, the same number with the value mirrored (``q``) shows it. Where `same_day` picks one and some are known only as above or
below a limit, `e` is the least number without those that stay short of their limit, and `r` the first day on which one may be beyond its limit.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.assessment.absent import CENSOR_CODE, CODES
from caseseries.assessment.window import LAST_SEEN
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window

#: Bits of a packed number: 3 for censoring, 43 for the value and its sign, 17 above them for the order of the day.
VALUE_BITS, ORDER_BITS = 43, 17
_CODE_BITS = 3
_SHIFT = VALUE_BITS + _CODE_BITS
_OFFSET = 2 ** (VALUE_BITS - 1)
_RANKS = 2**_CODE_BITS
_BOTH = 2 * _RANKS * _OFFSET + 4  # a packed value and its mirror, where all values of the day are one

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
    limited = [
        str(numbers.measures.get(measure, 0))
        for measure in measures
        if all_measures(protocol)[measure].censored == "limit"
    ]
    bounded = bool(
        engine.rows(
            f"SELECT 1 FROM measurement WHERE censor <> '' AND measure IN ({', '.join(map(str, used))}) LIMIT 1"
        )
    )
    packs = [f"r.{letter}{place}" for place, window in enumerate(windows) for letter in _letters(window, bounded)]
    seen = "k.observed_first - k.index_day" if numbers.observed else "CAST(NULL AS INT)"
    offered = f"""
    SELECT k.case_no, g.measure, {seen} AS seen_first, {LAST_SEEN} AS seen_last, {", ".join(packs)}
    FROM included_case AS k
    CROSS JOIN sheet_measure AS g
    LEFT JOIN ({_packed(protocol, numbers, windows, used, limited, bounded)}) AS r ON r.place = {_place("k.case_no", "g.measure")}"""
    columns = []
    for place, window in enumerate(windows):
        up = _upward(protocol, numbers, window)
        exceeded = _exceeded(place, engine.dialect) if len(_letters(window, bounded)) == 3 else ""
        packed = f"(CASE WHEN {exceeded} THEN e{place} ELSE p{place} END)" if exceeded else f"p{place}"
        bits = f"({packed} & {2**_SHIFT - 1})"
        value = f"(({engine.dialect.shift(bits, _CODE_BITS)} - {_OFFSET}) * {up})"
        columns += [
            f"{_absent(numbers, window, place, limited, packed, up, exceeded)} AS a{place}",
            f"CAST({value} AS BIGINT) AS n{place}",
            f"CAST({_day(window, f'p{place}', engine.dialect)} AS INT) AS t{place}",
        ]
    engine.keep("value_case", f"SELECT case_no, measure, {', '.join(columns)} FROM ({offered}) AS v")


def _letters(window: Window, bounded: bool) -> str:
    """The packed numbers of a window; `bounded` says that some value is known only as above or below a limit."""
    if window.same_day not in _PICKS:
        return "pq"
    return "per" if bounded else "p"


def _exceeded(place: int, dialect: Dialect) -> str:
    """SQL for whether some value of the day taken may be beyond its limit."""
    return f"coalesce(r{place} = {dialect.shift(f'p{place}', _SHIFT)}, FALSE)"


def _beyond(up: str) -> str:
    """SQL for whether a row may be beyond its limit, in the direction in which its window picks; see ``absent.CENSORED``."""
    return f"(code & CASE WHEN {up} < 0 THEN 2 ELSE 1 END) <> 0"


def _rank(up: str, pick: bool) -> str:
    """SQL for the place of a row among those of equal numbers. Where none is picked, a place of its own for each kind of limit."""
    if not pick:
        return "CASE WHEN code >= 5 THEN code - 2 ELSE code END"
    short = "WHEN code >= 5 THEN 4 ELSE 3"
    return f"CASE WHEN code = 0 THEN 1 WHEN {_beyond(up)} THEN CASE WHEN code >= 5 THEN 0 ELSE 2 END {short} END"


def _packed(
    protocol: Protocol,
    numbers: Numbers,
    windows: Sequence[Window],
    used: Sequence[int],
    limited: Sequence[str],
    bounded: bool,
) -> str:
    """The query of the packed choices: `place` (case and measure in one number), and a row where any value is near any window."""
    ways = [(_upward(protocol, numbers, window), window.same_day in _PICKS) for window in windows]
    tails = list(dict.fromkeys(ways))
    columns: list[str] = []
    for place, window in enumerate(windows):
        inside = f"rel BETWEEN {window.from_} AND {window.to}"
        order = f"{_order(window)} * CAST({2**_SHIFT} AS BIGINT)"
        way = tails.index(ways[place])
        tail = f"tail{way}"
        columns.append(
            f"min(CASE WHEN {inside} THEN CASE WHEN {tail} = {_EMPTY} THEN {_EMPTY} ELSE {order} + {tail} END END) AS p{place}"
        )
        if "q" in _letters(window, bounded):
            columns.append(
                f"min(CASE WHEN {inside} THEN {order} + ({_OFFSET} - value) * {_RANKS} + 4 - rank{way} END) AS q{place}"
            )
        if "e" in _letters(window, bounded):
            columns.append(
                f"min(CASE WHEN {inside} AND value IS NOT NULL AND rank{way} < 3 THEN {order} + {tail} END) AS e{place}"
            )
            columns.append(f"min(CASE WHEN {inside} AND rank{way} IN (0, 2) THEN {_order(window)} END) AS r{place}")
    seen = " AND m.day BETWEEN k.observed_first AND k.observed_last" if numbers.observed else ""
    low, high = min(window.from_ for window in windows), max(window.to for window in windows)
    packed = [
        f"coalesce(({_OFFSET} + {up} * value) * {_RANKS} + rank{number}, {_EMPTY}) AS tail{number}, rank{number}"
        for number, (up, _) in enumerate(tails)
    ]
    near = f"""
            SELECT {_place("k.case_no", "m.measure")} AS place, m.measure, m.value, m.day - k.index_day AS rel,
                {CENSOR_CODE} AS code
            FROM measurement AS m JOIN included_case AS k ON k.patient = m.patient
            WHERE m.measure IN ({", ".join(map(str, used))}) AND m.day - k.index_day BETWEEN {low} AND {high}{seen}"""
    counted = f"CASE WHEN measure IN ({', '.join(limited)}) THEN 0 ELSE code END" if limited else "code"
    ranks = [
        (_rank(up, pick).replace("code", f"({counted})") if pick else _rank(up, pick)) + f" AS rank{number}"
        for number, (up, pick) in enumerate(tails)
    ]
    ranked = f"SELECT place, measure, rel, value, {', '.join(ranks)} FROM ({near}) AS near"
    rows = f"SELECT place, rel, value, {', '.join(packed)} FROM ({ranked}) AS ranked"
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


def _absent(
    numbers: Numbers, window: Window, place: int, limited: Sequence[str], packed: str, up: str, exceeded: str
) -> str:
    """SQL for why a window has no value, 0 where it has one. The measures `limited` count a censored value at its limit.

    `packed` is the number that holds the value, `exceeded` says whether it may be beyond that; the latter is empty where no value is a limit or
    none is picked.
    """
    nothing = f"CASE WHEN {_leaves(numbers, window)} THEN {CODES['unobserved']} ELSE {CODES['no_value']} END"
    cases = [f"WHEN {packed} IS NULL THEN {nothing}", f"WHEN {packed} = {_EMPTY} THEN {CODES['no_number']}"]
    if window.same_day not in _PICKS:
        cases.append(
            f"WHEN ({packed} & {2**_SHIFT - 1}) + (q{place} & {2**_SHIFT - 1}) <> {_BOTH} THEN {CODES['different']}"
        )
    rank = f"({packed} & {_RANKS - 1})"
    names = ("at_most", "at_least", "below", "above")
    if window.same_day not in _PICKS:
        counted = f" AND measure NOT IN ({', '.join(limited)})" if limited else ""
        cases += [f"WHEN {rank} = {number}{counted} THEN {CODES[name]}" for number, name in enumerate(names, 1)]
    elif exceeded:
        at_most, at_least, below, above = (CODES[name] for name in names)
        limits = {"0": (above, below), "1, 2": (at_least, at_most)}
        cases += [
            f"WHEN {exceeded} AND {rank} IN ({ranks}) THEN CASE WHEN {up} < 0 THEN {highest} ELSE {lowest} END"
            for ranks, (highest, lowest) in limits.items()
        ]
        short = {3: (at_most, at_least), 4: (below, above)}
        cases += [
            f"WHEN {rank} = {number} THEN CASE WHEN {up} < 0 THEN {highest} ELSE {lowest} END"
            for number, (highest, lowest) in short.items()
        ]
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
