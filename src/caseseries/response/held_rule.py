"""Held: a rule read on each visit day of a window, and whether it held on as many of them as it must.

Each visit day of a case stands in place of a case for a while, with its own day as the index date: the values and doses of that day are chosen by
the same statements as any other. A day that is no visit is read too where the rule asks for a dose from courses; what is only recorded at
visits then counts as fitting, so that such a day can break what must hold and never make it.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.assess import assess
from caseseries.assessment.compile import Compiled
from caseseries.assessment.extremes import Begins
from caseseries.assessment.window import leaves, seen
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.extremes import BEGINS, extreme_of, stretch
from caseseries.protocol.limited import limited_slots
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, measures_of_visits, visit_measure
from caseseries.protocol.tree import EACH_VISIT, HeldRule, LookedBack, Slot, Tree
from caseseries.protocol.visits_read import reads_visits
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_START
from caseseries.response.leaf_sql import NORMAL
from caseseries.response.occurrence import look_back
from caseseries.response.rule_sql import root_sql
from caseseries.response.way import Asked, tables_of

#: The pseudo-window of a dose that is read on each day.
_EACH_DAY = "each day: dose"

_CASE = "case_no, patient, index_day, observed_first, observed_last, death_low, death_high, seen_end, seen_high"

#: The visit days: days with a value of a measure of the rule, and recorded visits; then, for doses, every other day.
_DAYS = """
SELECT row_number() OVER (ORDER BY case_no, day) AS moment, case_no, day, visited
FROM (
    SELECT case_no, day, bool_or(visited) AS visited
    FROM (
        SELECT k.case_no, m.day - k.index_day AS day, TRUE AS visited
        FROM held_case AS k JOIN measurement AS m ON m.patient = k.patient JOIN held_measure AS h ON h.measure = m.measure
        WHERE m.value IS NOT NULL AND m.day - k.index_day BETWEEN {low} AND {high}{seen_m}
        {visits}
        {every_day}
    ) AS found
    GROUP BY case_no, day
) AS days
"""
_VISITS = """UNION ALL
        SELECT k.case_no, f.day - k.index_day AS day, TRUE AS visited
        FROM held_case AS k JOIN fact AS f ON f.patient = k.patient
        WHERE f.kind = 'visit' AND f.day - k.index_day BETWEEN {low} AND {high}{seen_f}"""
_EVERY_DAY = "UNION ALL SELECT k.case_no, d.day, {visited} AS visited FROM held_case AS k CROSS JOIN held_each_day AS d"

MOMENTS = """
SELECT CAST(d.moment AS INT) AS case_no, k.patient, k.index_day + d.day AS index_day, k.observed_first, k.observed_last, k.death_low, k.death_high,
    k.seen_end, k.seen_high
FROM held_moment AS d JOIN held_case AS k ON k.case_no = d.case_no
"""

#: A partial date of which it is not known whether it lies in the window, or on which of its days: nobody knows on which visits the rule holds.
_UNSURE = """
SELECT DISTINCT k.case_no
FROM held_case AS k JOIN measurement AS m ON m.patient = k.patient JOIN held_measure AS h ON h.measure = m.measure
WHERE m.value IS NOT NULL AND m.low <> m.high AND m.low - k.index_day <= {high} AND m.high - k.index_day >= {low}{seen_m}
"""
#: The same of a recorded visit, where the rule asks for what is recorded at visits.
_UNSURE_VISIT = """
UNION SELECT k.case_no
FROM held_case AS k JOIN fact AS f ON f.patient = k.patient
WHERE f.kind = 'visit' AND f.low <> f.high AND f.low - k.index_day <= {high} AND f.high - k.index_day >= {low}{seen_f}
"""

_READ = """
SELECT d.case_no, d.day, d.visited, r.truth
FROM ({root}) AS r JOIN held_moment AS d ON d.moment = r.case_no
WHERE d.visited OR r.truth IS NULL OR NOT r.truth
"""

#: What was looked back for from each visit, by its place in the rule.
_LOOKED_BACK = """
SELECT d.case_no, {back} AS back, d.day, b.truth, b.why FROM looked_back_{back} AS b JOIN held_moment AS d ON d.moment = b.case_no
"""

_COUNTED = """
SELECT k.case_no, coalesce(c.visits, 0) AS visits, coalesce(c.against, 0) AS against, coalesce(c.unknown, 0) AS unknown,
    coalesce({leaves}, FALSE) AS leaves, u.case_no IS NOT NULL AS unsure
FROM held_case AS k
CROSS JOIN (SELECT CAST({low} AS INT) AS low, CAST({high} AS INT) AS high) AS v
LEFT JOIN (
    SELECT case_no, sum(CASE WHEN visited THEN 1 ELSE 0 END) AS visits,
        sum(CASE WHEN NOT truth THEN 1 ELSE 0 END) AS against, sum(CASE WHEN truth IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM held_read GROUP BY case_no
) AS c ON c.case_no = k.case_no
LEFT JOIN ({unsure}) AS u ON u.case_no = k.case_no
"""

_EVERY = """
SELECT case_no, CASE WHEN against > 0 THEN FALSE WHEN visits = 0 OR leaves OR unsure OR unknown > 0 THEN NULL ELSE TRUE END AS truth,
    CASE WHEN against > 0 THEN 0 WHEN leaves THEN {unobserved} WHEN unsure THEN {edge} WHEN visits = 0 THEN {no_visit}
         WHEN unknown > 0 THEN {unanswered} ELSE 0 END AS why
FROM held_counted
"""

#: `surely` counts unknown days as against, `perhaps` as in favour; what no answer on these days could show is too few visits.
_RUNS = """
SELECT case_no, CASE WHEN sure THEN TRUE WHEN NOT perhaps AND possible AND NOT leaves AND NOT unsure THEN FALSE END AS truth,
    CASE WHEN sure OR NOT perhaps AND possible AND NOT leaves AND NOT unsure THEN 0 WHEN leaves THEN {unobserved} WHEN unsure THEN {edge}
         WHEN visits = 0 THEN {no_visit} WHEN NOT possible THEN {few} ELSE {unanswered} END AS why
FROM (
    SELECT c.case_no, c.leaves, c.unsure, c.visits, s.case_no IS NOT NULL AND NOT ({in_a_row} AND c.unsure) AS sure,
        p.case_no IS NOT NULL AS perhaps, o.case_no IS NOT NULL AS possible
    FROM held_counted AS c
    LEFT JOIN ({surely}) AS s ON s.case_no = c.case_no
    LEFT JOIN ({perhaps}) AS p ON p.case_no = c.case_no
    LEFT JOIN ({possible}) AS o ON o.case_no = c.case_no
) AS shown
"""


#: The days of cases that are read at once where every day is read: what hardly anything of is put aside on disk within the memory of a range.
MOST_DAYS = 500_000

#: What answering leaves and nobody asks for again.
LEFT = (
    "held_case", "held_whole", "held_moment", "held_read", "held_counted", "held_measure", "held_each_day",
)  # fmt: skip


def answer_held(
    engine: Engine, protocol: Protocol, numbers: Numbers, place: int, way: Asked, inner: tuple[int, ...]
) -> None:
    """Keep the tables of an answer (:func:`tables_of`) of one held rule, as ``<table>_<place>``; `inner` are the places of what it asks itself."""
    held, window = way.question, way.window
    assert isinstance(held, HeldRule) and window is not None
    engine.keep("held_whole", "SELECT * FROM included_case")
    parts = _parts(engine, protocol, held, window)
    for part, some in enumerate(parts):
        engine.keep("held_case", f"SELECT {_CASE} FROM held_whole WHERE {some}")
        _answer_some(engine, protocol, numbers, place, way, inner, part)
    for table in tables_of(held):
        of_parts = [f"held_{table}_{part}" for part in range(len(parts))]
        engine.keep(f"{table}_{place}", " UNION ALL ".join(f"SELECT * FROM {one}" for one in of_parts))
        engine.forget(*of_parts)
    engine.keep("included_case", "SELECT * FROM held_whole")
    engine.forget(*LEFT)


def _parts(engine: Engine, protocol: Protocol, held: HeldRule, window: Window) -> list[str]:
    """The cases that are asked about at once, as conditions: all of them, unless so many days would be read."""
    if not _from_courses(protocol, held):
        return ["TRUE"]
    most = max(1, MOST_DAYS // (window.to - window.from_ + 1))
    numbered = "SELECT case_no, row_number() OVER (ORDER BY case_no) AS place FROM held_whole"
    firsts = f"SELECT case_no FROM ({numbered}) AS n WHERE (place - 1) % {most} = 0 ORDER BY case_no"
    first = [int(case_no) for (case_no,) in engine.rows(firsts)]
    if len(first) < 2:
        return ["TRUE"]
    ends = [f" AND case_no < {one}" for one in first[1:]]
    return [f"case_no >= {low}{below}" for low, below in zip(first, [*ends, ""], strict=True)]


def _answer_some(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    place: int,
    way: Asked,
    inner: tuple[int, ...],
    part: int,
) -> None:
    """Keep the tables of an answer (:func:`tables_of`) of the cases in ``held_case``, as ``held_<table>_<part>``."""
    held, window = way.question, way.window
    assert isinstance(held, HeldRule) and window is not None
    said = find_days(engine, protocol, numbers, held, window)
    back = held.tree.looked_back
    for number, asked in enumerate(back):
        look_back(engine, protocol, numbers, number, asked)
    engine.keep("included_case", MOMENTS)
    of_day = day_plan(protocol, held, window, way)
    compiled = assess(engine, protocol, numbers, of_day, _begins(held, place)).compiled
    root = _root(engine, protocol, compiled, of_day.primary, place, held, inner)
    engine.keep("held_read", _READ.format(root=root))
    unsure = "SELECT case_no FROM held_case WHERE FALSE"
    if protocol.partial_dates == "bounds":
        unsure = (_UNSURE + (_UNSURE_VISIT if reads_visits(protocol, held) else "")).format(**said)
    engine.keep("held_counted", _COUNTED.format(unsure=unsure, leaves=leaves(numbers, "v"), **said))
    engine.keep(f"held_answer_day_{part}", "SELECT case_no, day, truth, visited FROM held_read")
    engine.keep(f"held_answer_{part}", _decided(held))
    if back:
        told = (_LOOKED_BACK.format(back=number) for number in range(len(back)))
        engine.keep(f"held_answer_back_{part}", " UNION ALL ".join(told))
        engine.forget(*(f"looked_back_{number}" for number in range(len(back))))


def keep_held_cases(engine: Engine) -> None:
    """Keep the included cases aside, as those whose days are looked for."""
    engine.keep("held_whole", "SELECT * FROM included_case")
    engine.keep("held_case", f"SELECT {_CASE} FROM held_whole")


def keep_fixed(engine: Engine, protocol: Protocol, compiled: Compiled, spec: Spec, place: int, way: Asked) -> None:
    """Keep the values of a held rule that are the same on every day, one row per case: num, den and absent of each."""
    assert isinstance(way.question, HeldRule)
    columns, limited = ["case_no"], limited_slots([way.question.tree])
    for number, slot in enumerate(way.question.tree.slots):
        if not slot.daily:
            choice = compiled.choice(protocol, spec, slot)
            columns += [
                f"max(CASE WHEN choice = {choice} THEN {part} END) AS v{number}_{part}"
                for part in ("num", "den", "absent", "day", *(NORMAL if slot in limited else ()))
            ]
    rows = "(SELECT * FROM quantity LEFT JOIN normal_limit USING (case_no, choice)) AS known" if limited else "quantity"
    engine.keep(f"held_fixed_{place}", f"SELECT {', '.join(columns)} FROM {rows} GROUP BY case_no")


def find_days(
    engine: Engine, protocol: Protocol, numbers: Numbers, held: HeldRule, window: Window, *, visits: bool = True
) -> dict[str, object]:
    """Keep ``held_moment``, the days on which the rule is read; what the statements say of the window.

    Without `visits` a recorded visit is no such day by itself: only the days with a value are.
    """
    at_visits = [slot.measure for slot in held.read if visit_measure(protocol, slot.measure)]
    with_value = measures_of_visits(protocol, held.read) if visits else tuple(dict.fromkeys(at_visits))
    from_courses = _from_courses(protocol, held)
    engine.table("held_measure", [("measure", "INT")], [(numbers.measures.get(name, 0),) for name in with_value])
    engine.table(
        "held_each_day",
        [("day", "INT")],
        [(day,) for day in range(window.from_, window.to + 1)] if from_courses else [],
    )
    every_day = _EVERY_DAY.format(visited="FALSE" if at_visits else "TRUE") if from_courses else ""
    said = {"low": window.from_, "high": window.to, "seen_m": seen(numbers, "m"), "seen_f": seen(numbers, "f")}
    recorded = _VISITS.format(**said) if visits else ""
    engine.keep("held_moment", _DAYS.format(visits=recorded, every_day=every_day, **said))
    return said


def _from_courses(protocol: Protocol, held: HeldRule) -> bool:
    """Whether a dose from courses is asked for, so that every day is read."""
    return not all(visit_measure(protocol, slot.measure) for slot in held.read)


def _begins(held: HeldRule, place: int) -> Begins:
    """For a measure, the query of the day of its baseline value, counted from each visit day, and why there is none."""

    def query(measure: str) -> str:
        number = held.tree.slots.index(Slot(measure, BEGINS))
        day, absent = f"f.v{number}_day - d.day AS day", f"f.v{number}_absent AS absent"
        joined = f"held_moment AS d JOIN held_fixed_{place} AS f ON f.case_no = d.case_no"
        return f"SELECT CAST(d.moment AS INT) AS case_no, {day}, {absent} FROM {joined}"

    return query


def day_plan(protocol: Protocol, held: HeldRule, window: Window, way: Asked) -> OutcomePlan:
    """The values of one day, as an outcome of its own that is asked on the index date."""
    day = window.model_copy(
        update={
            "from_": 0,
            "to": 0,
            "target": None,
            "take": "last",
            "tie": None,
            "components": "nearest each",
            "recorded": None,
        }
    )
    slots = tuple(_placed(protocol, slot) for slot in held.daily)
    named = dict.fromkeys([EACH_VISIT, *(slot.window for slot in slots if extreme_of(slot.window))])
    measures = {name: tuple(slot.measure for slot in slots if slot.window == name) for name in named}
    before = day.model_copy(update={"from_": OPEN_START})
    windows = {EACH_VISIT: day, _EACH_DAY: day}
    windows |= {name: stretch(extreme_of(name), before, day) for name in named if name != EACH_VISIT}
    spec = Spec(0, EACH_VISIT, "", Tree(()), windows, "not evaluable", way.dose, ())
    return OutcomePlan(EACH_VISIT, EACH_VISIT, slots, measures, (spec,))


def _placed(protocol: Protocol, slot: Slot) -> Slot:
    """Where a value of the day is asked: a dose from courses does not wait for a value of that day."""
    return slot if visit_measure(protocol, slot.measure) else Slot(slot.measure, _EACH_DAY)


def _root(
    engine: Engine,
    protocol: Protocol,
    compiled: Compiled,
    spec: Spec,
    place: int,
    held: HeldRule,
    inner: tuple[int, ...],
) -> str:
    """The query of the rule's answer on each day: case_no (the day's number) and truth."""
    slots, columns, joins = held.tree.slots, list[str](), list[str]()
    limited = limited_slots([held.tree])
    for number, slot in enumerate(slots):
        if not slot.daily:
            parts = ("num", "den", "absent", *(NORMAL if slot in limited else ()))
            columns += [f"fixed.v{number}_{part}" for part in parts]
            continue
        choice = compiled.choice(protocol, spec, _placed(protocol, slot))
        joins.append(f"JOIN quantity AS m{number} ON m{number}.case_no = d.moment AND m{number}.choice = {choice}")
        columns += [f"m{number}.{part} AS v{number}_{part}" for part in ("num", "den", "absent")]
        if slot in limited:
            joins.append(
                f"LEFT JOIN normal_limit AS l{number} ON l{number}.case_no = d.moment AND l{number}.choice = {choice}"
            )
            columns += [f"l{number}.{part} AS v{number}_{part}" for part in NORMAL]
    if held.slots:
        joins.append(f"JOIN held_fixed_{place} AS fixed ON fixed.case_no = d.case_no")
    for number, asked in enumerate(inner):
        joins.append(f"JOIN answer_{asked} AS a{number} ON a{number}.case_no = d.case_no")
        columns += [f"a{number}.truth AS q{number}", f"a{number}.why AS q{number}_why"]
    for number in range(len(held.tree.looked_back)):
        q = len(inner) + number
        joins.append(f"LEFT JOIN looked_back_{number} AS b{number} ON b{number}.case_no = d.moment")
        columns += [f"b{number}.truth AS q{q}", f"coalesce(b{number}.why, 0) AS q{q}_why"]
    values = ", ".join(columns)
    valued = f"SELECT CAST(d.moment AS INT) AS case_no, 0 AS spec, NOT d.visited AS not_met, {values} FROM held_moment AS d {' '.join(joins)}"
    fitting = at_no_visit(protocol, held.tree)
    questions = (*held.tree.questions, *held.tree.looked_back)
    return root_sql(held.tree, slots, engine.dialect, valued, fitting, questions=questions)


def at_no_visit(protocol: Protocol, tree: Tree) -> dict[str, bool | None]:
    """What each comparison of a value that is only recorded at visits, and each look back from a visit, counts as on a day that is none: as fits.

    None of what stands below an `exactly` or is a condition: neither answer of it fits better.
    """
    fitting = tree.against(good=False)
    return {
        node.id: fitting[node.id]
        for node in tree.answered
        if fitting[node.id] is not None
        and (
            isinstance(node.question, LookedBack)
            or (
                node.leaf is not None
                and node.leaf.after.window == EACH_VISIT
                and visit_measure(protocol, node.leaf.after.measure)
            )
        )
    }


def _decided(held: HeldRule) -> str:
    """The query of the answer of each case: case_no, truth, why."""
    if not held.times and held.lasting is None:
        return _EVERY.format(**CODES)
    return _RUNS.format(
        surely=_shown(held, "truth", "NOT coalesce(truth, FALSE)"),
        perhaps=_shown(held, "coalesce(truth, TRUE)", "NOT truth"),
        possible=_shown(held, "TRUE", "FALSE"),
        in_a_row="TRUE" if held.consecutive or held.lasting is not None else "FALSE",
        **CODES,
    )


def _shown(held: HeldRule, met: str, against: str) -> str:
    """The query of the cases in which the visits that are `met` show what must hold, where those `against` break a run."""
    broken = against if held.consecutive or held.lasting is not None else "FALSE"
    parted = f"""
SELECT case_no, day, part FROM (
    SELECT case_no, day, visited AND {met} AS met,
        sum(CASE WHEN {broken} THEN 1 ELSE 0 END) OVER (PARTITION BY case_no ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS part
    FROM held_read
) AS placed WHERE met"""
    if held.lasting is not None:
        return f"""
SELECT DISTINCT case_no FROM (
    SELECT case_no, part, run, max(day) - min(day) AS length FROM (
        SELECT case_no, day, part, sum(begun) OVER (PARTITION BY case_no, part ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
        FROM (
            SELECT case_no, day, part,
                CASE WHEN day - lag(day) OVER (PARTITION BY case_no, part ORDER BY day) <= {held.gap} THEN 0 ELSE 1 END AS begun
            FROM ({parted}) AS met_days
        ) AS spaced
    ) AS runs GROUP BY case_no, part, run
) AS lengths WHERE length >= {held.lasting}"""
    reached = f"SELECT case_no, part, min(day) AS day FROM ({parted}) AS first_days GROUP BY case_no, part"
    for step in range(1, held.times):
        reached = f"""
SELECT r{step}.case_no, r{step}.part, min(m{step}.day) AS day FROM ({reached}) AS r{step}
JOIN ({parted}) AS m{step} ON m{step}.case_no = r{step}.case_no AND m{step}.part = r{step}.part AND m{step}.day >= r{step}.day + {held.apart}
GROUP BY r{step}.case_no, r{step}.part"""
    return f"SELECT DISTINCT case_no FROM ({reached}) AS reached"
