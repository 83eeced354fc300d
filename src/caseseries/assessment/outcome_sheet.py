"""The sheet: the values of every outcome at once, for runs over very many patients.

    value_case(case_no, measure, n<window>, a<way>, ...)      grain: included case x measure, as ``sheet_values`` says
    case_day(case_no, day<variant>, ...)                      grain: included case; days since the index date
    case_sheet(case_no, n<choice>, a<choice>, d<choice>, ...) grain: included case; d of doses and means alone: the others are of a million
    case_wide(case_no, n<choice>, d<choice>, a<choice>)       a view of it: value n/d, absent code; n in 64 bits but of doses and means
    anchor(case_no, variant, kind, day)                       a view: the assessment day of each window

The long table holds every value that any outcome asks for; one row per case holds those that a rule compares, and the doses.

What does not fit into a packed number goes the general way (``assess``): `better` and `worse` ties, takes by value. Both ways are held to the
reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caseseries.assessment.absent import CODES, NUMBERED
from caseseries.assessment.compile import Compiled, compile_doses, dose_unit, fixed_day, kind_of
from caseseries.assessment.sheet_doses import Asked, lay_doses
from caseseries.assessment.sheet_packing import day_of, packs
from caseseries.assessment.sheet_values import count_different, lay_values, values_fit, windows_of
from caseseries.assessment.sheet_visits import Way
from caseseries.chart.derived import parted
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.counted import Counted
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.window import Window


@dataclass(frozen=True, slots=True)
class Variant:
    """A window in force, with the measures whose days make its assessment day."""

    name: str
    window: Window
    kind: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that is asked for: of which measure, in which window, and at a visit of which measures, by their numbers; none, by itself."""

    window: Window
    together: tuple[int, ...]
    measure: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in ``value_case``: the place of its window and of the way that is used, and the number of its measure.

    `mean` says that the value is a quotient, the sum of so many values.
    """

    window: int
    way: int
    measure: int
    mean: bool


@dataclass(slots=True)
class Sheet:
    """What is asked of a sheet: windows, values and doses by their numbers, and how each outcome calls them.

    `compared` are the choices of values that rules compare, `dated` the variants whose day somebody asks for. `ways` are the columns in which
    the values stand, once all are known.
    """

    numbers: Numbers
    variants: dict[Variant, int] = field(default_factory=dict)
    values: dict[Wanted, int] = field(default_factory=dict)
    doses: dict[tuple[int, str, str], int] = field(default_factory=dict)
    compiled: dict[str, Compiled] = field(default_factory=dict)
    compared: set[int] = field(default_factory=set)
    dated: set[int] = field(default_factory=set)
    ways: tuple[Way, ...] = ()

    def together(self, variant: Variant) -> tuple[int, ...]:
        """The numbers of the measures that share a visit in this window in force; none where each is taken by itself."""
        measures = variant.measures if variant.kind == "visit" else ()
        return tuple(sorted({self.numbers.measures.get(measure, 0) for measure in measures}))

    def way(self, window: Window, together: tuple[int, ...]) -> int:
        """The place of the way in which the measures `together` are taken in a window."""
        return next(
            place
            for place, way in enumerate(self.ways)
            if way.window == window and (together in way.groups if together else not way.groups)
        )

    def place(self, choice: int) -> Place:
        """Where a choice of values stands in ``value_case``."""
        (asked,) = (asked for asked, number in self.values.items() if number == choice)
        number, mean = self.numbers.measures.get(asked.measure, 0), asked.window.same_day == "mean"
        return Place(windows_of(self.ways).index(asked.window), self.way(asked.window, asked.together), number, mean)


def fits(protocol: Protocol, plans: Sequence[OutcomePlan]) -> bool:
    """Whether every window of every outcome can be chosen by one packed number, as far as the protocol says."""
    if protocol.partial_dates == "bounds" or any(dose.source == "visits" for dose in protocol.doses.values()):
        return False
    if any(one.questions or one.limited for one in plans) or parted(protocol):
        return False
    if any(isinstance(protocol.measures[slot.measure], Counted) for one in plans for slot in one.slots):
        return False
    return all(
        packs(spec.windows[name])
        for one in plans
        for spec in one.specs
        for name in {*one.visit_measures, *(slot.window for slot in one.slots)}
    )


def compile_sheet(engine: Engine, protocol: Protocol, numbers: Numbers, plans: Sequence[OutcomePlan]) -> Sheet:
    """Number the windows, values and doses of all outcomes, and write ``variant`` and the tables of the doses."""
    sheet = Sheet(numbers)
    for plan in plans:
        variants: dict[tuple[str, Window], int] = {}
        choices: dict[tuple[int, str, str], int] = {}
        together: dict[int, tuple[int, ...]] = {}
        for spec in plan.specs:
            for name in dict.fromkeys([*plan.visit_measures, *(slot.window for slot in plan.slots)]):
                window = spec.windows[name]
                variant = Variant(name, window, kind_of(plan, name, window), plan.visit_measures.get(name, ()))
                variants[name, window] = sheet.variants.setdefault(variant, len(sheet.variants) + 1)
                together[variants[name, window]] = sheet.together(variant)
            for slot in plan.slots:
                window, unit = spec.windows[slot.window], dose_unit(protocol, spec, slot.measure)
                number = variants[slot.window, window]
                following = len(sheet.values) + len(sheet.doses) + 1
                if visit_measure(protocol, slot.measure):
                    asked = Wanted(window, together[number], slot.measure)
                    choices[number, slot.measure, unit] = sheet.values.setdefault(asked, following)
                else:
                    key = (number, slot.measure, unit)
                    choices[key] = sheet.doses.setdefault(key, following)
        for variant in list(sheet.variants):
            for measure in variant.measures:
                asked = Wanted(variant.window, sheet.together(variant), measure)
                sheet.values.setdefault(asked, len(sheet.values) + len(sheet.doses) + 1)
        sheet.compiled[plan.name] = Compiled(plan, variants, choices)
        _note(sheet, sheet.compiled[plan.name])
    sheet.ways = _ways(sheet.values)
    whole = frozenset(number for asked, number in sheet.values.items() if asked.window.same_day != "mean")
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


def _ways(values: Iterable[Wanted]) -> tuple[Way, ...]:
    """The ways in which these values are taken, as few as they can be laid out in: no measure is in two visits of one way."""
    ways: dict[Window, list[list[tuple[int, ...]]]] = {}
    for window, together in dict.fromkeys((asked.window, asked.together) for asked in values):
        of_window = ways.setdefault(window, [])
        if not together:
            of_window.append([])
            continue
        free = (way for way in of_window if not any(set(group) & set(together) for group in way))
        way = next(free, None)
        if way is None:
            of_window.append([together])
        else:
            way.append(together)
    return tuple(Way(window, tuple(groups)) for window, of_window in ways.items() for groups in of_window)


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
        lay_values(engine, protocol, numbers, sheet.ways, [asked.measure for asked in sheet.values])
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
    numbers, dialect = sheet.numbers, engine.dialect
    dated = {number: variant for variant, number in sheet.variants.items() if number in sheet.dated}
    found, days, visits = [], [], False
    for number, variant in dated.items():
        if variant.kind == "each":
            place = windows_of(sheet.ways).index(variant.window)
            way = sheet.way(variant.window, ())
            listed = ", ".join(str(one) for one in sorted({numbers.measures.get(name, 0) for name in variant.measures}))
            known = f"a{way} IN ({NUMBERED}, {CODES['censored']})"
            found.append(f"max(CASE WHEN measure IN ({listed}) AND {known} THEN t{place} END) AS day{number}")
            days.append(f"f.day{number}")
        elif variant.kind == "visit":
            together, visits = sheet.together(variant), True
            way = sheet.way(variant.window, together)
            visit = f"v.v{way}_{sheet.ways[way].groups.index(together)}"
            days.append(f"CAST({day_of(variant.window, visit, dialect)} AS INT) AS day{number}")
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
    joined += " JOIN case_visit AS v ON v.case_no = k.case_no" if visits else ""
    engine.keep("case_day", f"SELECT {', '.join(['k.case_no', *days])} FROM included_case AS k {joined}")
    engine.forget("case_visit")
    anchors = [
        f"SELECT case_no, {number} AS variant, '{variant.kind}' AS kind, day{number} AS day FROM case_day"
        for number, variant in dated.items()
    ]
    none = "SELECT case_no, 0 AS variant, 'none' AS kind, CAST(NULL AS INT) AS day FROM case_day WHERE FALSE"
    engine.view("anchor", " UNION ALL ".join(anchors or [none]))


def _lay_cases(engine: Engine, sheet: Sheet, doses: Sequence[str]) -> None:
    """``case_sheet``: the values that rules compare, beside the doses of ``dose_sheet``; `doses` names its columns."""
    wide = engine.dialect.wide
    of_measure: dict[int, dict[int, Place]] = {}
    for choice in sorted(sheet.compared):
        place = sheet.place(choice)
        of_measure.setdefault(place.measure, {})[choice] = place
    columns, joins, viewed = [], [], list(doses)
    for measure, asked in sorted(of_measure.items()):
        named = []
        for choice, place in asked.items():
            named += [f"n{place.window} AS n{choice}", f"a{place.way} AS a{choice}"]
            columns.append(f"v{measure}.a{choice}")
            if place.mean:
                named.append(f"d{place.window} AS d{choice}")
                columns.append(f"CAST(v{measure}.n{choice} AS {wide}) AS n{choice}")
                columns.append(f"CAST(v{measure}.d{choice} AS {wide}) * {MILLIONTH} AS d{choice}")
            else:
                columns.append(f"v{measure}.n{choice}")
            parts = f"d{choice}" if place.mean else f"CAST({MILLIONTH} AS {wide}) AS d{choice}"
            number = f"CAST(n{choice} AS {wide})" if place.mean else f"n{choice}"
            present = f"CASE WHEN a{choice} IN ({NUMBERED}) THEN {number} END AS n{choice}"
            viewed += [present, parts, f"a{choice}"]
        joins.append(
            f"JOIN (SELECT case_no, {', '.join(named)} FROM value_case WHERE measure = {measure}) AS v{measure} ON v{measure}.case_no = k.case_no"
        )
    if doses:
        joins.append("JOIN dose_sheet AS x ON x.case_no = k.case_no")
    columns += [f"x.{name}" for name in doses]
    selected = ", ".join(["k.case_no", *columns])
    engine.keep("case_sheet", f"SELECT {selected} FROM included_case AS k\n" + "\n".join(joins))
    engine.forget("dose_sheet")
    engine.view("case_wide", f"SELECT {', '.join(['case_no', *viewed])} FROM case_sheet")


def open_on_sheet(engine: Engine, protocol: Protocol, sheet: Sheet) -> Mapping[tuple[str, str], int]:
    """How many cases ask for `same_day`, by kind of choice and place, under the protocol as written."""
    asked: dict[tuple[int, int], list[str]] = {}
    for compiled in sheet.compiled.values():
        spec = compiled.plan.primary
        for slot in compiled.plan.slots:
            choice = compiled.choice(protocol, spec, slot)
            if spec.windows[slot.window].same_day is None and choice in sheet.values.values():
                place = sheet.place(choice)
                asked.setdefault((place.way, place.measure), []).append(f"{slot.window} {slot.measure}")
    opened: dict[tuple[str, str], int] = {}
    for way_and_measure, n in count_different(engine, list(asked)).items():
        for where in asked[way_and_measure]:
            opened["same_day", where] = max(n, opened.get(("same_day", where), 0))
    return opened
