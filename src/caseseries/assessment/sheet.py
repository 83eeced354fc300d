"""The sheet: the values of every outcome at once, for runs over very many patients.

    value_case(case_no, measure, a<window>, n<window>, t<window>)     grain: included case x measure, as ``sheet_values`` says
    case_day(case_no, day<variant>, ...)                              grain: included case; days since the index date
    case_sheet(case_no, n<choice>, a<choice>, d<choice>, ...)         grain: included case; d of doses alone
    case_wide(case_no, n<choice>, d<choice>, a<choice>)               a view of it: value n/d, absent code; n in 64 bits but of doses
    anchor(case_no, variant, kind, day)                               a view: the assessment day of each window

The long table holds every value that any outcome asks for; one row per case holds those that a rule compares, and the doses.

What does not fit into a packed number goes the general way (``assess``): means, `better` and `worse` ties, takes by value, one visit for all
measures. Both ways are held to the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caseseries.assessment.absent import NUMBERED
from caseseries.assessment.compile import Compiled, compile_doses, dose_unit, fixed_day, kind_of
from caseseries.assessment.sheet_doses import Asked, lay_doses
from caseseries.assessment.sheet_values import ORDER_BITS, count_different, lay_values, values_fit
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.window import Window

_TAKES = ("nearest", "first", "last")


@dataclass(frozen=True, slots=True)
class Variant:
    """A window in force, with the measures whose days make its assessment day."""

    name: str
    window: Window
    kind: str
    measures: tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """What is asked of a sheet: windows, values and doses by their numbers, and how each outcome calls them.

    `compared` are the choices of values that rules compare, `dated` the variants whose day somebody asks for.
    """

    numbers: Numbers
    variants: dict[Variant, int] = field(default_factory=dict)
    values: dict[tuple[Window, str], int] = field(default_factory=dict)
    doses: dict[tuple[int, str, str], int] = field(default_factory=dict)
    compiled: dict[str, Compiled] = field(default_factory=dict)
    compared: set[int] = field(default_factory=set)
    dated: set[int] = field(default_factory=set)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The different windows of values, in the order of their places in ``value_case``."""
        return tuple(dict.fromkeys(window for window, _ in self.values))

    def place(self, choice: int) -> tuple[int, int]:
        """Where a choice of values stands in ``value_case``: the place of its window, and the number of its measure."""
        ((window, measure),) = (key for key, number in self.values.items() if number == choice)
        return self.windows.index(window), self.numbers.measures.get(measure, 0)


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
    sheet = Sheet(numbers)
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
        _note(sheet, sheet.compiled[plan.name])
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


def _note(sheet: Sheet, compiled: Compiled) -> None:
    """Note what an outcome needs beyond the values themselves: days, and one row per case where it has a rule."""
    sheet.dated |= {key[0] for key in compiled.choices if key in sheet.doses}
    if compiled.plan.primary.tree.nodes:
        sheet.dated |= set(compiled.variants.values())
    if compiled.plan.primary.tree.nodes or compiled.plan.among is not None:
        sheet.compared |= set(compiled.choices.values()) & set(sheet.values.values())


def lay_sheet(
    engine: Engine,
    protocol: Protocol,
    sheet: Sheet,
    also_asked: str = "",
    *,
    release: Callable[[], None] = lambda: None,
) -> bool:
    """Make the tables of the sheet; False, and nothing done, where a value is too large to be packed.

    `also_asked` is a query of further doses to be answered in ``dose_answer``: case_no, choice (0), dose, per_kg, day. `release` is called once
    the values of the windows are chosen: of ``measurement`` the doses need weights alone.
    """
    if not values_fit(engine):
        return False
    numbers = sheet.numbers
    if sheet.values:
        lay_values(engine, protocol, numbers, sheet.windows, [measure for _, measure in sheet.values])
    release()
    _lay_days(engine, sheet)
    variants = {number: variant for variant, number in sheet.variants.items()}
    asked = [
        Asked(choice, measure, unit, number, variants[number].window, variants[number].kind)
        for (number, measure, unit), choice in sheet.doses.items()
    ]
    doses = lay_doses(engine, protocol, numbers, asked, also_asked)
    _lay_cases(engine, sheet, doses)
    return True


def _lay_days(engine: Engine, sheet: Sheet) -> None:
    """The assessment day of every window that somebody asks the day of, one row per case."""
    numbers = sheet.numbers
    dated = {number: variant for variant, number in sheet.variants.items() if number in sheet.dated}
    found, days = [], []
    for number, variant in dated.items():
        if variant.kind == "each":
            place = sheet.windows.index(variant.window)
            listed = ", ".join(str(one) for one in sorted({numbers.measures.get(name, 0) for name in variant.measures}))
            found.append(
                f"max(CASE WHEN measure IN ({listed}) AND a{place} IN ({NUMBERED}) THEN t{place} END) AS day{number}"
            )
            days.append(f"f.day{number}")
        elif variant.kind == "fixed":
            day = fixed_day(variant.window)
            seen = f" AND coalesce({day} >= k.observed_first - k.index_day, TRUE)" if numbers.observed else ""
            days.append(f"CASE WHEN {day} <= k.seen_end - k.index_day{seen} THEN {day} END AS day{number}")
        else:
            days.append(f"CAST(NULL AS INT) AS day{number}")
    joined = (
        f"JOIN (SELECT case_no, {', '.join(found)} FROM value_case GROUP BY case_no) AS f ON f.case_no = k.case_no"
        if found
        else ""
    )
    engine.keep("case_day", f"SELECT {', '.join(['k.case_no', *days])} FROM included_case AS k {joined}")
    anchors = [
        f"SELECT case_no, {number} AS variant, '{variant.kind}' AS kind, day{number} AS day FROM case_day"
        for number, variant in dated.items()
    ]
    none = "SELECT case_no, 0 AS variant, 'none' AS kind, CAST(NULL AS INT) AS day FROM case_day WHERE FALSE"
    engine.view("anchor", " UNION ALL ".join(anchors or [none]))


def _lay_cases(engine: Engine, sheet: Sheet, doses: Sequence[str]) -> None:
    """``case_sheet``: the values that rules compare, beside the doses of ``dose_sheet``; `doses` names its columns."""
    of_measure: dict[int, list[tuple[int, int]]] = {}
    for choice in sorted(sheet.compared):
        place, measure = sheet.place(choice)
        of_measure.setdefault(measure, []).append((place, choice))
    columns, joins = [], []
    for measure, asked in sorted(of_measure.items()):
        named = [f"n{place} AS n{choice}, a{place} AS a{choice}" for place, choice in asked]
        columns += [f"v{measure}.{letter}{choice}" for _, choice in asked for letter in "na"]
        joins.append(
            f"JOIN (SELECT case_no, {', '.join(named)} FROM value_case WHERE measure = {measure}) AS v{measure} ON v{measure}.case_no = k.case_no"
        )
    if doses:
        joins.append("JOIN dose_sheet AS x ON x.case_no = k.case_no")
    columns += [f"x.{name}" for name in doses]
    selected = ", ".join(["k.case_no", *columns])
    engine.keep("case_sheet", f"SELECT {selected} FROM included_case AS k\n" + "\n".join(joins))
    engine.forget("dose_sheet")
    wide = engine.dialect.wide
    viewed = list(doses)
    for choice in sorted(sheet.compared):
        present = f"CASE WHEN a{choice} IN ({NUMBERED}) THEN n{choice} END AS n{choice}"
        viewed += [present, f"CAST({MILLIONTH} AS {wide}) AS d{choice}", f"a{choice}"]
    engine.view("case_wide", f"SELECT {', '.join(['case_no', *viewed])} FROM case_sheet")


def open_on_sheet(engine: Engine, protocol: Protocol, sheet: Sheet) -> Mapping[tuple[str, str], int]:
    """How many cases ask for `same_day`, by kind of choice and place, under the protocol as written."""
    asked: dict[tuple[int, int], list[str]] = {}
    for compiled in sheet.compiled.values():
        spec = compiled.plan.primary
        for slot in compiled.plan.slots:
            choice = compiled.choice(protocol, spec, slot)
            if spec.windows[slot.window].same_day is None and choice in sheet.values.values():
                asked.setdefault(sheet.place(choice), []).append(f"{slot.window} {slot.measure}")
    found = count_different(engine, list(asked))
    return {("same_day", where): n for place, n in found.items() for where in asked[place]}
