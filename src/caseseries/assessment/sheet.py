"""The sheet: the values of every outcome at once, one row per case, for runs over very many patients.

    value_row(case_no, measure, p<variant>, q<variant>, z<variant>)      grain: included case x measure
    case_sheet(case_no, n<choice>, a<choice>, t<choice>, ...)            grain: included case
    case_wide(case_no, n<choice>, d<choice>, a<choice>, t<choice>)       a view of it: value n/d, absent code, day
    anchor(case_no, variant, kind, day)                                  a view: the assessment day of each window

A window's choice is packed into one whole number, of which the least is kept: the order of the day (how far from the target, or from the edge that
`take` names), then the value in the direction of `same_day`, then its censoring. One grouped pass over the values thus chooses for all windows.
Where two values of the chosen day differ and `same_day` does not settle that, the same number with the value mirrored (``q``) shows it.

What does not fit into such a number goes the general way (``assess``): means, `better` and `worse` ties, takes by value, one visit for all measures.
Both ways are held to the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled, compile_doses, dose_number, dose_unit, fixed_day, kind_of
from caseseries.assessment.dose import answer_doses
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.window import Window

#: Bits of a packed number: 2 for censoring, 44 for the value and its sign, 17 above them for the order of the day.
VALUE_BITS, ORDER_BITS = 44, 17
_CODE_BITS = 2
_SHIFT = VALUE_BITS + _CODE_BITS
_OFFSET = 2 ** (VALUE_BITS - 1)
_BOTH = 8 * _OFFSET + 2  # a packed value and its mirror, where all values of the day are one

_TAKES = ("nearest", "first", "last")
_PICKS = ("best", "worst", "highest", "lowest")


@dataclass(frozen=True, slots=True)
class Variant:
    """A window in force, with the measures whose days make its assessment day."""

    name: str
    window: Window
    kind: str
    measures: tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """What is asked of a sheet: windows, values and doses by their numbers, and how each outcome calls them."""

    variants: dict[Variant, int]
    values: dict[tuple[Window, str], int]
    doses: dict[tuple[int, str, str], int]
    compiled: dict[str, Compiled]


def fits(protocol: Protocol, plans: Sequence[OutcomePlan]) -> bool:
    """Whether every window of every outcome can be chosen by one packed number, as far as the protocol says."""
    if protocol.partial_dates == "bounds" or any(dose.source == "visits" for dose in protocol.doses.values()):
        return False
    return all(
        kind_of(one, name, spec.windows[name]) != "visit" and _simple(spec.windows[name])
        for one in plans
        for spec in one.specs
        for name in {*one.visit_measures, *(slot.window for slot in one.slots)}
    )


def _simple(window: Window) -> bool:
    if window.take not in _TAKES or window.same_day == "mean":
        return False
    furthest = max(abs(day - (window.target or 0)) for day in (window.from_, window.to)) + window.to - window.from_
    if 2 * furthest + 2 >= 2**ORDER_BITS:
        return False
    return window.take != "nearest" or window.tie in {"earlier", "later"} or not _may_tie(window)


def _may_tie(window: Window) -> bool:
    return window.target is None or window.from_ < window.target < window.to


def compile_sheet(engine: Engine, protocol: Protocol, numbers: Numbers, plans: Sequence[OutcomePlan]) -> Sheet:
    """Number the windows, values and doses of all outcomes, and write ``variant`` and the tables of the doses."""
    sheet = Sheet({}, {}, {}, {})
    for plan in plans:
        variants: dict[tuple[str, Window], int] = {}
        choices: dict[tuple[int, str, str], int] = {}
        for spec in plan.specs:
            for name in dict.fromkeys([*plan.visit_measures, *(slot.window for slot in plan.slots)]):
                window = spec.windows[name]
                variant = Variant(name, window, kind_of(plan, name, window), plan.visit_measures.get(name, ()))
                variants[name, window] = sheet.variants.setdefault(variant, len(sheet.variants) + 1)
            for slot in plan.slots:
                window, unit = spec.windows[slot.window], dose_unit(protocol, spec, slot.measure)
                number = variants[slot.window, window]
                following = len(sheet.values) + len(sheet.doses) + 1
                if visit_measure(protocol, slot.measure):
                    choices[number, slot.measure, unit] = sheet.values.setdefault((window, slot.measure), following)
                else:
                    key = (number, slot.measure, unit)
                    choices[key] = sheet.doses.setdefault(key, following)
        for variant in list(sheet.variants):
            for measure in variant.measures:
                sheet.values.setdefault((variant.window, measure), len(sheet.values) + len(sheet.doses) + 1)
        sheet.compiled[plan.name] = Compiled(plan, variants, choices)
    whole = frozenset(sheet.values.values())
    sheet.compiled = {name: replace(one, whole=whole) for name, one in sheet.compiled.items()}
    text = engine.dialect.text
    engine.table(
        "variant",
        [("variant", "INT"), ("low", "INT"), ("high", "INT"), ("same_day", text)],
        [
            (number, variant.window.from_, variant.window.to, variant.window.same_day)
            for variant, number in sheet.variants.items()
        ],
    )
    compile_doses(engine, protocol, numbers)
    return sheet


def lay_sheet(engine: Engine, protocol: Protocol, numbers: Numbers, sheet: Sheet) -> bool:
    """Fill ``case_sheet`` and name ``case_wide`` and ``anchor``; False, and nothing done, where a value is too large to be packed."""
    if not _values_fit(engine):
        return False
    windows = tuple(dict.fromkeys(window for window, _ in sheet.values))
    used = sorted({numbers.measures.get(measure, 0) for _, measure in sheet.values})
    if windows:
        engine.keep("value_row", _value_rows(protocol, numbers, windows, used))
    _lay_values(engine, protocol, numbers, sheet, windows)
    engine.forget("value_row")
    _lay_doses(engine, protocol, numbers, sheet)
    return True


def _values_fit(engine: Engine) -> bool:
    bound = _OFFSET - 1
    return not engine.rows(f"SELECT 1 FROM measurement WHERE value NOT BETWEEN {-bound} AND {bound} LIMIT 1")


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


def _value_rows(protocol: Protocol, numbers: Numbers, windows: Sequence[Window], used: Sequence[int]) -> str:
    columns: list[str] = []
    for place, window in enumerate(windows):
        inside = f"rel BETWEEN {window.from_} AND {window.to}"
        order = f"{_order(window)} * CAST({2**_SHIFT} AS BIGINT)"
        up = _upward(protocol, numbers, window)
        columns.append(f"min(CASE WHEN {inside} THEN {order} + ({_OFFSET} + {up} * value) * 4 + code END) AS p{place}")
        if window.same_day not in _PICKS:
            columns.append(f"min(CASE WHEN {inside} THEN {order} + ({_OFFSET} - value) * 4 + 2 - code END) AS q{place}")
        columns.append(f"max(CASE WHEN value IS NULL AND {inside} THEN 1 END) AS z{place}")
    seen = " AND m.day BETWEEN k.observed_first AND k.observed_last" if numbers.observed else ""
    low, high = min(window.from_ for window in windows), max(window.to for window in windows)
    inner = f"""
    SELECT k.case_no, m.measure, m.value, m.day - k.index_day AS rel, CASE m.censor WHEN '<' THEN 1 WHEN '>' THEN 2 ELSE 0 END AS code
    FROM measurement AS m JOIN included_case AS k ON k.patient = m.patient
    WHERE m.measure IN ({", ".join(map(str, used))}) AND m.day - k.index_day BETWEEN {low} AND {high}{seen}"""
    return f"SELECT case_no, measure, {', '.join(columns)} FROM ({inner}) AS seen GROUP BY case_no, measure"


def _leaves(numbers: Numbers, window: Window) -> str:
    """SQL for whether the window leaves the observed time of the case ``k``; as ``window.LEAVES``."""
    if not numbers.observed:
        return "FALSE"
    return (
        f"({window.from_} < k.observed_first - k.index_day "
        f"OR {window.to} > least(k.follow_end, coalesce(k.death_day, k.follow_end)) - k.index_day)"
    )


def _lay_values(engine: Engine, protocol: Protocol, numbers: Numbers, sheet: Sheet, windows: Sequence[Window]) -> None:
    columns, joins = [], []
    facts = all_measures(protocol)
    # Measures of which the source has no row share the number 0.
    for number in sorted({numbers.measures.get(measure, 0) for _, measure in sheet.values}):
        joins.append(
            f"LEFT JOIN (SELECT * FROM value_row WHERE measure = {number}) AS r{number} ON r{number}.case_no = k.case_no"
        )
    for (window, measure), choice in sheet.values.items():
        place, row = windows.index(window), f"r{numbers.measures.get(measure, 0)}"
        packed = f"{row}.p{place}"
        bits = f"({packed} & {2**_SHIFT - 1})"
        up = _upward(protocol, numbers, window).replace("measure IN", f"{numbers.measures.get(measure, 0)} IN")
        value = f"(({engine.dialect.shift(bits, _CODE_BITS)} - {_OFFSET}) * {up})"
        absent = [
            f"WHEN {packed} IS NULL THEN CASE WHEN {row}.z{place} = 1 THEN {CODES['no_number']} "
            f"WHEN {_leaves(numbers, window)} THEN {CODES['unobserved']} ELSE {CODES['no_value']} END"
        ]
        if window.same_day not in _PICKS:
            differs = f"{bits} + ({row}.q{place} & {2**_SHIFT - 1}) <> {_BOTH}"
            absent.append(f"WHEN {differs} THEN {CODES['different']}")
        if facts[measure].censored != "limit":
            absent.append(f"WHEN ({packed} & 3) <> 0 THEN {CODES['censored']}")
        columns += [
            f"CASE {' '.join(absent)} ELSE 0 END AS a{choice}",
            f"CAST({value} AS BIGINT) AS n{choice}",
            f"CAST({_day(window, packed, engine.dialect)} AS INT) AS t{choice}",
        ]
    last = "least(k.follow_end, coalesce(k.death_day, k.follow_end))"
    fixed = [f"k.follow_end - k.index_day AS follow_end, {last} - k.index_day AS last_seen"]
    fixed.append(
        "k.observed_first - k.index_day AS observed_first"
        if numbers.observed
        else "CAST(NULL AS INT) AS observed_first"
    )
    engine.keep(
        "value_sheet",
        f"SELECT {', '.join(['k.case_no', *fixed, *columns])} FROM included_case AS k\n" + "\n".join(joins),
    )
    days = []
    for variant, number in sheet.variants.items():
        days.append(f"{_assessed(sheet, variant)} AS day{number}")
    engine.keep("case_day", f"SELECT {', '.join(['s.case_no', *days])} FROM value_sheet AS s")
    engine.view(
        "anchor",
        " UNION ALL ".join(
            f"SELECT case_no, {number} AS variant, '{variant.kind}' AS kind, day{number} AS day FROM case_day"
            for variant, number in sheet.variants.items()
        ),
    )


def _assessed(sheet: Sheet, variant: Variant) -> str:
    """SQL for the assessment day of a window, from a row ``s`` of the values."""
    if variant.kind == "each":
        days = [
            f"CASE WHEN s.a{choice} = 0 THEN s.t{choice} END"
            for measure in variant.measures
            for choice in (sheet.values[variant.window, measure],)
        ]
        return f"greatest({', '.join(days)})" if len(days) > 1 else days[0]
    if variant.kind == "fixed":
        day = fixed_day(variant.window)
        return f"CASE WHEN {day} <= s.follow_end AND coalesce({day} >= s.observed_first, TRUE) THEN {day} END"
    return "CAST(NULL AS INT)"


def _lay_doses(engine: Engine, protocol: Protocol, numbers: Numbers, sheet: Sheet) -> None:
    """Add the doses; every dose that is asked for on a day is answered once, whoever asks."""
    variants = {number: variant for variant, number in sheet.variants.items()}
    asks, picks, columns, wide = [], [], [], []
    dialect = engine.dialect
    for (number, measure, unit), choice in sheet.doses.items():
        dose, per_kg = dose_number(protocol, measure, unit), "TRUE" if unit.endswith("/kg/day") else "FALSE"
        asks.append(
            f"SELECT case_no, {choice} AS choice, {dose} AS dose, {per_kg} AS per_kg, day{number} AS day FROM case_day "
            f"WHERE day{number} IS NOT NULL"
        )
        picks += [
            f"max(CASE WHEN a.choice = {choice} THEN d.{column} END) AS {letter}{choice}"
            for letter, column in (("n", "num"), ("d", "den"), ("a", "absent"))
        ]
        variant = variants[number]
        if variant.kind == "fixed":
            day = str(fixed_day(variant.window))
            nothing = f"CASE WHEN {day} < s.observed_first THEN {CODES['unobserved']} ELSE {CODES['after_end']} END"
            shown = f"coalesce(c.day{number}, {day})"
        else:
            window, shown = variant.window, f"c.day{number}"
            outside = (
                f"({window.from_} < s.observed_first OR {window.to} > s.last_seen)" if numbers.observed else "FALSE"
            )
            nothing = f"CASE WHEN {outside} THEN {CODES['unobserved']} ELSE {CODES['no_visit']} END"
        absent = f"CASE WHEN c.day{number} IS NOT NULL THEN x.a{choice} ELSE {nothing} END"
        columns += [
            f"x.n{choice}", f"x.d{choice}", f"{absent} AS a{choice}", f"CAST({shown} AS INT) AS t{choice}",
        ]  # fmt: skip
        wide += [f"n{choice}", f"d{choice}", f"a{choice}", f"t{choice}"]
    if asks:
        engine.keep("dose_ask", " UNION ALL ".join(asks))
        answer_doses(engine, "dose_ask", "dose_answer")
        engine.keep(
            "dose_sheet",
            f"SELECT a.case_no, {', '.join(picks)} FROM dose_ask AS a JOIN dose_answer AS d "
            "ON d.case_no = a.case_no AND d.dose = a.dose AND d.per_kg = a.per_kg AND d.day = a.day GROUP BY a.case_no",
        )
        engine.keep(
            "case_sheet",
            f"SELECT s.*, {', '.join(columns)} FROM value_sheet AS s JOIN case_day AS c ON c.case_no = s.case_no "
            "LEFT JOIN dose_sheet AS x ON x.case_no = s.case_no",
        )
        engine.forget("value_sheet", "dose_sheet", "dose_ask", "dose_answer")
    else:
        engine.view("case_sheet", "SELECT * FROM value_sheet")
    for choice in sheet.values.values():
        present = f"CASE WHEN a{choice} = 0 THEN CAST(n{choice} AS {dialect.wide}) END AS n{choice}"
        wide += [present, f"CAST({MILLIONTH} AS {dialect.wide}) AS d{choice}", f"a{choice}", f"t{choice}"]
    engine.view("case_wide", f"SELECT {', '.join(['case_no', *wide])} FROM case_sheet")


def open_on_sheet(engine: Engine, protocol: Protocol, sheet: Sheet) -> Mapping[tuple[str, str], int]:
    """How many cases ask for `same_day`, by kind of choice and place, under the protocol as written."""
    counts: dict[tuple[str, str], int] = {}
    for compiled in sheet.compiled.values():
        spec = compiled.plan.primary
        for slot in compiled.plan.slots:
            window = spec.windows[slot.window]
            choice = compiled.choice(protocol, spec, slot)
            if window.same_day is None and choice in sheet.values.values():
                query = f"SELECT count(*) FROM case_sheet WHERE a{choice} = {CODES['different']}"
                ((cases,),) = engine.rows(query)
                if cases:
                    where = f"{slot.window} {slot.measure}"
                    counts["same_day", where] = max(int(cases), counts.get(("same_day", where), 0))
    return counts
