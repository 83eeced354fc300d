"""The values of a sheet: which of a case's values each window takes, for all windows in one grouped pass.

    value_case(case_no, measure, n<window>, d<window>, t<window>, a<way>)      grain: included case x measure

`n` is the value in millionths and `t` its day, by the place of the window; where `same_day` takes the mean, `n` is the sum of `d` values. `a` is
the absent code (0: there is a value), by the place of the way in which the window is used (:class:`~caseseries.assessment.sheet_visits.Way`):
whether a value stands at the visit of its measure depends on the others of the visit, what it is does not.

A window's choice is packed into one whole number, of which the least is kept (``sheet_packing``). Where two values of the chosen day differ
and `same_day` does not pick one, the same number with the value mirrored (``q``) shows it. Where `same_day` picks one and some are known only as
above or below a limit, `e` is the least number without those that stay short of their limit, and `r` the first day on which one may be beyond
its limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.assessment.absent import CODES, OF_CENSOR
from caseseries.assessment.sheet_means import differs, lay_means
from caseseries.assessment.sheet_packing import (
    CODE_BITS,
    EMPTY,
    OFFSET,
    RANKS,
    SHIFT,
    day_of,
    inside,
    near,
    order,
    order_of,
    place,
)
from caseseries.assessment.sheet_visits import Way, lay_visits, without_number
from caseseries.assessment.window import LAST_SEEN, derived_numbers
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window

_PICKS = ("best", "worst", "highest", "lowest")


def values_fit(engine: Engine) -> bool:
    """Whether every value is small enough to be packed."""
    bound = OFFSET - 1
    return not engine.rows(f"SELECT 1 FROM measurement WHERE value NOT BETWEEN {-bound} AND {bound} LIMIT 1")


@dataclass(frozen=True, slots=True)
class _Laying:
    """What is laid out: the windows and the ways in which they are used, and the numbers of the measures.

    Of the measures `limited` a censored value counts as its limit. `bounded` says that some value is known only as above or below a limit,
    `blank` that some was noted without a number.
    """

    protocol: Protocol
    numbers: Numbers
    dialect: Dialect
    windows: tuple[Window, ...]
    ways: tuple[Way, ...]
    used: tuple[int, ...]
    limited: tuple[int, ...]
    bounded: bool
    blank: bool

    @property
    def visits(self) -> bool:
        """Whether some measures must come from one visit."""
        return any(way.groups for way in self.ways)

    @property
    def means(self) -> bool:
        """Whether a window takes the mean of a day."""
        return any(window.same_day == "mean" for window in self.windows)


def lay_values(
    engine: Engine, protocol: Protocol, numbers: Numbers, ways: Sequence[Way], measures: Sequence[str]
) -> None:
    """Keep ``value_case`` for these ways and measures, and ``case_visit`` where some have visits.

    Windows have the order in which the ways use them first. Measures of which the source has no row share the number 0.
    """
    used = tuple(sorted({numbers.measures.get(measure, 0) for measure in measures}))
    engine.table("sheet_measure", [("measure", "INT")], [(number,) for number in used])
    limited = {
        numbers.measures.get(measure, 0) for measure in measures if all_measures(protocol)[measure].censored == "limit"
    }
    listed = ", ".join(map(str, used))
    ((bounds, blanks),) = engine.rows(
        "SELECT max(CASE WHEN censor <> '' THEN 1 ELSE 0 END), max(CASE WHEN value IS NULL THEN 1 ELSE 0 END) FROM measurement "
        f"WHERE measure IN ({listed})"
    )
    laying = _Laying(
        protocol,
        numbers,
        engine.dialect,
        windows_of(ways),
        tuple(ways),
        used,
        tuple(sorted(limited)),
        bool(bounds),
        bool(blanks),
    )
    packed, joins = f"({_packed(laying)})", []
    if laying.visits or laying.means:
        engine.keep("sheet_packed", _packed(laying))
        packed = "sheet_packed"
    if laying.visits:
        lay_visits(engine, numbers, laying.ways, laying.windows)
        joins.append("LEFT JOIN case_visit AS x ON x.case_no = k.case_no")
    if laying.visits and laying.blank:
        blank = without_number(engine, numbers, laying.ways, used)
        joins.append(f"LEFT JOIN ({blank}) AS z ON z.place = {place('k.case_no', 'g.measure')}")
    if laying.means:
        lay_means(engine, numbers, laying.windows, used)
        joins.append(f"LEFT JOIN sheet_mean AS m ON m.place = {place('k.case_no', 'g.measure')}")
    seen = "k.observed_first - k.index_day" if numbers.observed else "CAST(NULL AS INT)"
    offered = f"""
    SELECT k.case_no, g.measure, {seen} AS seen_first, {LAST_SEEN} AS seen_last, {", ".join(_joined(laying))}
    FROM included_case AS k
    CROSS JOIN sheet_measure AS g
    LEFT JOIN {packed} AS r ON r.place = {place("k.case_no", "g.measure")}
    {" ".join(joins)}"""
    columns = [column for number in range(len(laying.windows)) for column in _value(laying, number)]
    columns += [f"{_absent(laying, number, way)} AS a{number}" for number, way in enumerate(laying.ways)]
    engine.keep("value_case", f"SELECT case_no, measure, {', '.join(columns)} FROM ({offered}) AS v")
    engine.forget("sheet_packed", "sheet_mean")


def windows_of(ways: Sequence[Way]) -> tuple[Window, ...]:
    """The different windows of values, in the order of their places in ``value_case``."""
    return tuple(dict.fromkeys(way.window for way in ways))


def _joined(laying: _Laying) -> list[str]:
    """What the values are made of, from the tables joined to each case and measure."""
    columns = [
        f"r.{letter}{number}"
        for number, window in enumerate(laying.windows)
        for letter in _letters(window, laying.bounded)
    ]
    for number, way in enumerate(laying.ways):
        columns += [f"x.v{number}_{one}" for one in range(len(way.groups))]
        if way.groups and laying.blank:
            columns.append(f"z.z{number}")
    means = [number for number, window in enumerate(laying.windows) if window.same_day == "mean"]
    return columns + [f"m.{letter}{number}" for number in means for letter in "sck"]


def _value(laying: _Laying, number: int) -> list[str]:
    """Value and day of the window of this place."""
    window, dialect = laying.windows[number], laying.dialect
    packed = _taken(laying, number)
    bits = dialect.shift(f"({packed} & {2**SHIFT - 1})", CODE_BITS)
    value = f"CAST(({bits} - {OFFSET}) * {_upward(laying.protocol, laying.numbers, window)} AS BIGINT)"
    day = f"CAST({day_of(window, order_of(f'p{number}', dialect), dialect)} AS INT) AS t{number}"
    if window.same_day != "mean":
        return [f"{value} AS n{number}", day]
    return [f"coalesce(s{number}, {value}) AS n{number}", f"coalesce(c{number}, 1) AS d{number}", day]


def _taken(laying: _Laying, number: int) -> str:
    """SQL for the packed number that holds the value of a window."""
    exceeded = _exceeded(laying, number)
    return f"(CASE WHEN {exceeded} THEN e{number} ELSE p{number} END)" if exceeded else f"p{number}"


def _letters(window: Window, bounded: bool) -> str:
    """The packed numbers of a window; `bounded` says that some value is known only as above or below a limit."""
    if window.same_day not in _PICKS:
        return "pq"
    return "per" if bounded else "p"


def _exceeded(laying: _Laying, number: int) -> str:
    """SQL for whether some value of the day taken may be beyond its limit; empty where no value is a limit or none is picked."""
    if laying.windows[number].same_day not in _PICKS or not laying.bounded:
        return ""
    return f"coalesce(r{number} = {order_of(f'p{number}', laying.dialect)}, FALSE)"


def _beyond(up: str) -> str:
    """SQL for whether a row may be beyond its limit, in the direction in which its window picks; see ``absent.CENSORED``."""
    return f"(code & CASE WHEN {up} < 0 THEN 2 ELSE 1 END) <> 0"


def _rank(up: str, pick: bool) -> str:
    """SQL for the place of a row among those of equal numbers. Where none is picked, a place of its own for each kind of limit."""
    if not pick:
        return "CASE WHEN code >= 5 THEN code - 2 ELSE code END"
    short = "WHEN code >= 5 THEN 4 ELSE 3"
    return f"CASE WHEN code = 0 THEN 1 WHEN {_beyond(up)} THEN CASE WHEN code >= 5 THEN 0 ELSE 2 END {short} END"


def _packed(laying: _Laying) -> str:
    """The query of the packed choices: `place` (case and measure in one number), and a row where any value is near any window."""
    ways = [(_upward(laying.protocol, laying.numbers, window), window.same_day in _PICKS) for window in laying.windows]
    tails = list(dict.fromkeys(ways))
    columns: list[str] = []
    for number, window in enumerate(laying.windows):
        there, letters = inside(window), _letters(window, laying.bounded)
        above = f"{order(window)} * CAST({2**SHIFT} AS BIGINT)"
        way = tails.index(ways[number])
        tail = f"tail{way}"
        columns.append(
            f"min(CASE WHEN {there} THEN CASE WHEN {tail} = {EMPTY} THEN {EMPTY} ELSE {above} + {tail} END END) AS p{number}"
        )
        if "q" in letters:
            columns.append(
                f"min(CASE WHEN {there} THEN {above} + ({OFFSET} - value) * {RANKS} + 4 - rank{way} END) AS q{number}"
            )
        if "e" in letters:
            columns.append(
                f"min(CASE WHEN {there} AND value IS NOT NULL AND rank{way} < 3 THEN {above} + {tail} END) AS e{number}"
            )
            columns.append(f"min(CASE WHEN {there} AND rank{way} IN (0, 2) THEN {order(window)} END) AS r{number}")
    packed = [
        f"coalesce(({OFFSET} + {up} * value) * {RANKS} + rank{number}, {EMPTY}) AS tail{number}, rank{number}"
        for number, (up, _) in enumerate(tails)
    ]
    counted = f"CASE WHEN measure IN ({_listed(laying.limited)}) THEN 0 ELSE code END" if laying.limited else "code"
    ranks = [
        (_rank(up, pick).replace("code", f"({counted})") if pick else _rank(up, pick)) + f" AS rank{number}"
        for number, (up, pick) in enumerate(tails)
    ]
    rows = near(laying.numbers, laying.windows, laying.used)
    ranked = f"SELECT place, measure, rel, value, {', '.join(ranks)} FROM ({rows}) AS near"
    tailed = f"SELECT place, rel, value, {', '.join(packed)} FROM ({ranked}) AS ranked"
    return f"SELECT place, {', '.join(columns)} FROM ({tailed}) AS packed GROUP BY place"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _upward(protocol: Protocol, numbers: Numbers, window: Window) -> str:
    """SQL for +1 where the lower of two values of a day is taken, -1 where the higher is."""
    if window.same_day not in _PICKS:
        return "1"
    if window.same_day in ("highest", "lowest"):
        return "-1" if window.same_day == "highest" else "1"
    falls = [
        numbers.measures.get(name, 0)
        for name, facts in all_measures(protocol).items()
        if ((facts.sign or 1) > 0) == (window.same_day == "best")
    ]
    return f"CASE WHEN measure IN ({_listed(falls)}) THEN -1 ELSE 1 END" if falls else "1"


def _leaves(numbers: Numbers, window: Window) -> str:
    """SQL for whether the window leaves the observed time of the case; as ``window.LEAVES``."""
    return f"({window.from_} < seen_first OR {window.to} > seen_last)" if numbers.observed else "FALSE"


def _absent(laying: _Laying, number: int, way: Way) -> str:
    """SQL for why there is no value in a window, used in the way of this number; 0 where there is one."""
    window = laying.windows.index(way.window)
    packed = _taken(laying, window)
    if way.groups:
        cases = _absent_at_visit(laying, number, way, window)
    else:
        nothing = (
            f"CASE WHEN {_leaves(laying.numbers, way.window)} THEN {CODES['unobserved']} ELSE {CODES['no_value']} END"
        )
        cases = [f"WHEN {packed} IS NULL THEN {nothing}", f"WHEN {packed} = {EMPTY} THEN {CODES['no_number']}"]
    if way.window.same_day == "mean":
        cases.append(f"WHEN c{window} IS NOT NULL THEN {_limit_of_mean(laying, window)}")
    elif way.window.same_day not in _PICKS:
        cases.append(f"WHEN {differs(window)} THEN {CODES['different']}")
    return f"CASE {' '.join([*cases, *_limits(laying, window, packed)])} ELSE 0 END"


def _absent_at_visit(laying: _Laying, number: int, way: Way, window: int) -> list[str]:
    """SQL for why there is no value where it must be of the day of a visit: there is no visit, or the choice of the measure is of another day."""
    visit = way.visit(number)
    leaves = f"CASE WHEN {_leaves(laying.numbers, way.window)} THEN {CODES['unobserved']} ELSE {CODES['no_visit']} END"
    other = str(CODES["not_at_visit"])
    if laying.blank:
        other = f"CASE WHEN z{number} = 1 THEN {CODES['no_number']} ELSE {other} END"
    there = f"coalesce({order_of(f'p{window}', laying.dialect)} = {visit}, FALSE)"
    cases = [f"WHEN {visit} IS NULL THEN {leaves}", f"WHEN NOT {there} THEN {other}"]
    derived = derived_numbers(laying.protocol, laying.numbers)
    if derived and laying.blank:
        some = f"measure IN ({_listed(derived)}) AND coalesce(p{window} = {EMPTY}, FALSE)"
        cases.insert(0, f"WHEN {visit} IS NULL AND {some} THEN {CODES['no_number']}")
    return cases


def _limit_of_mean(laying: _Laying, window: int) -> str:
    """SQL for what is known of a mean of different values: the number, or a limit of it, or nothing where it has limits of both kinds."""
    known = " ".join(f"WHEN {code} THEN {absent}" for code, absent in {0: 0, **OF_CENSOR}.items())
    limit = f"CASE k{window} {known} ELSE {CODES['censored']} END"
    return f"CASE WHEN measure IN ({_listed(laying.limited)}) THEN 0 ELSE {limit} END" if laying.limited else limit


def _limits(laying: _Laying, window: int, packed: str) -> list[str]:
    """The cases in which the value in `packed` is only known as a limit."""
    rank = f"({packed} & {RANKS - 1})"
    names = ("at_most", "at_least", "below", "above")
    if laying.windows[window].same_day not in _PICKS:
        counted = f" AND measure NOT IN ({_listed(laying.limited)})" if laying.limited else ""
        return [f"WHEN {rank} = {place}{counted} THEN {CODES[name]}" for place, name in enumerate(names, 1)]
    exceeded = _exceeded(laying, window)
    if not exceeded:
        return []
    up = _upward(laying.protocol, laying.numbers, laying.windows[window])
    at_most, at_least, below, above = (CODES[name] for name in names)
    limits = {"0": (above, below), "1, 2": (at_least, at_most)}
    cases = [
        f"WHEN {exceeded} AND {rank} IN ({ranks}) THEN CASE WHEN {up} < 0 THEN {highest} ELSE {lowest} END"
        for ranks, (highest, lowest) in limits.items()
    ]
    short = {3: (at_most, at_least), 4: (below, above)}
    return cases + [
        f"WHEN {rank} = {number} THEN CASE WHEN {up} < 0 THEN {highest} ELSE {lowest} END"
        for number, (highest, lowest) in short.items()
    ]


def count_different(engine: Engine, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How many cases have different values on the chosen day, for each (place of a way, number of a measure) with any."""
    parts = [
        f"SELECT {way} AS way, measure, count(*) AS n FROM value_case "
        f"WHERE measure = {measure} AND a{way} = {CODES['different']} GROUP BY measure"
        for way, measure in asked
    ]
    if not parts:
        return {}
    return {(way, measure): int(n) for way, measure, n in engine.rows(" UNION ALL ".join(parts))}
