"""Settle: the answer of every case under every spec, in the engine alone.

    case_wide(case_no, n<choice>, a<choice>, d<choice>)     one row per included case: value num/den, reason; without d: of a million
    verdict(case_no, spec, truth, rule_truth, decided, events, day, inside, why, among_why)

Grain of ``verdict``: included case x spec. `truth` is the answer after intercurrent events, `decided` the place of the event that
decided (1 for the first of :data:`~caseseries.protocol.intercurrent.EVENT_WORDS`, 0 for none; below 0: that event would decide, and it is not
known whether it occurred), `events` has the bit 2^(place - 1) of each that
occurred, `inside` says whether the case is in the denominator (always, without `among`); `why` and `among_why` are as
:func:`~caseseries.response.rule_sql.root_sql` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caseseries.assessment.absent import BOUNDS, words
from caseseries.assessment.compile import Compiled
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.counted import Counted
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE as BASELINE
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.tree import Question, Slot, Tree
from caseseries.response.intercurrent import find_events
from caseseries.response.leaf_sql import NORMAL, RANGE, Known
from caseseries.response.questions import asked, asked_of
from caseseries.response.rule_sql import root_sql
from caseseries.verdict.trace import Truth

#: Whether the answer without an event, ``plainly``, is another than the event's.
_OTHER: dict[Truth, str] = {
    True: "coalesce(NOT plainly, TRUE)", False: "coalesce(plainly, TRUE)", None: "plainly IS NOT NULL",
}  # fmt: skip

#: A rise that is not known is no reason where the rule itself is not evaluable, most often for want of the same visit.
_UNNAMED = {"raised": " AND NOT (decided = 0 AND rule_truth IS NULL)"}

#: Before the name of an event of which nobody knows whether it occurred, where the verdict depends on it.
NOT_KNOWN = "event not known: "

_SQL: dict[Truth, str] = {True: "TRUE", False: "FALSE", None: "CAST(NULL AS BOOLEAN)"}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The specs of an outcome as rows of the engine, and the trees they follow.

    `choices` are those that may fill each slot; `parted` those of which some value is not a whole number of millionths; `small` says that
    the others are of a sheet, on which no value is larger than :data:`~caseseries.response.leaf_sql.SMALL`. `bounds` are the codes of bounds
    that occur, by choice; `questions` is how many there are besides values (``caseseries.response.questions``). `limited` are the slots whose
    values are compared with a limit of normal, `counted` those that count events.
    """

    trees: tuple[Tree, ...]
    choices: tuple[tuple[int, ...], ...]
    parted: frozenset[int]
    wide: str
    small: bool
    bounds: Mapping[int, frozenset[int]]
    questions: int = 0
    limited: frozenset[int] = frozenset()
    counted: frozenset[int] = frozenset()

    @property
    def known(self) -> Known:
        """What that says of the slots, by their places."""
        small = [place for place, choices in enumerate(self.choices) if self._is_small(choices)]
        bounds = {
            place: frozenset[int]().union(*(self.bounds.get(choice, ()) for choice in choices))
            for place, choices in enumerate(self.choices)
        }
        return Known(frozenset(small), bounds, self.counted)

    def _is_small(self, choices: Sequence[int]) -> bool:
        return self.small and not self.parted.intersection(choices)

    def column(self, place: int, name: str) -> str:
        """SQL for a value's numerator, denominator or reason in one slot, of case ``w`` under spec ``s``."""
        choices = self.choices[place]
        if len(choices) == 1:
            return self.of_choice(choices[0], name)
        cases = " ".join(f"WHEN {choice} THEN {self.of_choice(choice, name)}" for choice in choices)
        return f"CASE s.slot_{place} {cases} END"

    def of_choice(self, choice: int, name: str) -> str:
        """SQL for the numerator (``num``), denominator (``den``) or reason (``absent``) of one choice of case ``w``."""
        if name == "absent":
            return f"w.a{choice}"
        if name in NORMAL or name in RANGE:
            return f"w.{name}{choice}"
        if choice in self.parted:
            return f"w.{name[0]}{choice}"
        if name == "den":
            return f"CAST({MILLIONTH} AS {self.wide})"
        return f"w.n{choice}" if self.small else f"CAST(w.n{choice} AS {self.wide})"

    def valued(self, specs: str) -> str:
        """The query of the values of each case in each slot, under each of the specs: ``v<slot>_num``, ``_den`` (of small ones none), ``_absent``."""
        columns = "".join(
            f", {self.column(place, name)} AS v{place}_{name}"
            for place, choices in enumerate(self.choices)
            for name in (
                *(("num", "absent") if self._is_small(choices) else ("num", "den", "absent")),
                *(NORMAL if place in self.limited else ()),
                *(RANGE if place in self.counted else ()),
            )
        )
        joined = ""
        for place in range(self.questions):
            columns += f", a{place}.truth AS q{place}, a{place}.why AS q{place}_why"
            joined += (
                f" JOIN answer AS a{place} ON a{place}.case_no = w.case_no AND a{place}.asked = s.question_{place}"
            )
        return f"SELECT w.case_no, s.spec, s.not_met{columns} FROM case_wide AS w CROSS JOIN {specs} AS s{joined}"

    @classmethod
    def again(
        cls, engine: Engine, protocol: Protocol, plan: OutcomePlan, whole: frozenset[int] | None = None
    ) -> Evaluation:
        """The specs as they were laid out last; `whole` are the choices of a sheet that are whole millionths."""
        used = tuple(
            tuple(
                choice for (choice,) in engine.rows(f"SELECT DISTINCT slot_{place} FROM spec_row ORDER BY slot_{place}")
            )
            for place in range(len(plan.slots))
        )
        parted = (
            _parted(engine) if whole is None else frozenset(choice for of_slot in used for choice in of_slot) - whole
        )
        trees = plan.trees
        return cls(
            trees,
            used,
            parted,
            engine.dialect.wide,
            whole is not None,
            _bounds(engine, used, laid=whole is not None),
            len(plan.questions),
            _limited(plan),
            _counted(protocol, plan),
        )

    def of_tree(self, *places: int) -> str:
        """The specs that follow these trees, as a derived table."""
        return f"(SELECT * FROM spec_row WHERE reading IN ({', '.join(map(str, places))}))"

    def alike(self) -> list[tuple[int, ...]]:
        """The places of the trees that differ in thresholds alone, together: they are answered by one query."""
        found: dict[Tree, list[int]] = {}
        for place, tree in enumerate(self.trees):
            found.setdefault(tree.without_thresholds, []).append(place)
        return [tuple(places) for places in found.values()]


def lay_out(engine: Engine, protocol: Protocol, compiled: Compiled) -> Evaluation:
    """Write ``spec_row`` and ``case_wide`` of the outcome that was assessed last; the latter not where there is a sheet."""
    plan = compiled.plan
    trees = plan.trees
    columns = [
        ("spec", "INT"),
        ("reading", "INT"),
        ("not_met", "BOOLEAN"),
        ("at_variant", "INT"),
        ("base_variant", "INT"),
    ]
    columns += [(f"slot_{place}", "INT") for place in range(len(plan.slots))]
    columns += [(f"question_{place}", "INT") for place in range(len(plan.questions))]
    ways = asked_of(protocol, plan)
    has_baseline = any(slot.window == BASELINE for slot in plan.slots)
    rows = [
        (
            spec.number,
            trees.index(spec.tree),
            spec.missing == "not met",
            compiled.variant(spec, plan.at),
            compiled.variant(spec, BASELINE) if has_baseline else 0,
            *(compiled.choice(protocol, spec, slot) for slot in plan.slots),
            *(ways.index(asked(protocol, spec, one)) for one in plan.questions),
        )
        for spec in plan.specs
    ]
    engine.table("spec_row", columns, rows)
    used = tuple(tuple(sorted({compiled.choice(protocol, spec, slot) for spec in plan.specs})) for slot in plan.slots)
    if compiled.whole is not None:
        of_sheet = frozenset(choice for choices in used for choice in choices) - compiled.whole
        return Evaluation(trees, used, of_sheet, engine.dialect.wide, True, _bounds(engine, used, laid=True))
    parted = _parted(engine)
    widened = []
    for choice in sorted({choice for choices in used for choice in choices}):
        num = "num" if choice in parted else "CAST(num AS BIGINT)"
        widened.append(f"max(CASE WHEN choice = {choice} THEN {num} END) AS n{choice}")
        widened.append(f"max(CASE WHEN choice = {choice} THEN absent END) AS a{choice}")
        if choice in parted:
            widened.append(f"max(CASE WHEN choice = {choice} THEN den END) AS d{choice}")
    limited = _limited(plan)
    for choice in sorted({choice for place in limited for choice in used[place]}):
        widened += [f"max(CASE WHEN choice = {choice} THEN {name} END) AS {name}{choice}" for name in NORMAL]
    counted = _counted(protocol, plan)
    for choice in sorted({choice for place in counted for choice in used[place]}):
        widened += [f"max(CASE WHEN choice = {choice} THEN {name} END) AS {name}{choice}" for name in RANGE]
    beside = ["normal_limit"] * bool(limited) + ["count_range"] * bool(counted)
    known = f"SELECT * FROM quantity {' '.join(f'LEFT JOIN {table} USING (case_no, choice)' for table in beside)}"
    of_rows = f"({known}) AS known" if beside else "quantity"
    values = f"SELECT {', '.join(['case_no', *widened])} FROM {of_rows} GROUP BY case_no"
    engine.keep("case_wide", values if widened else "SELECT case_no FROM included_case")
    bounds = _bounds(engine, used, laid=False)
    return Evaluation(trees, used, parted, engine.dialect.wide, False, bounds, len(plan.questions), limited, counted)


def _limited(plan: OutcomePlan) -> frozenset[int]:
    """The places of the slots whose values are compared with a limit of normal."""
    return frozenset(place for place, slot in enumerate(plan.slots) if slot in plan.limited)


def _counted(protocol: Protocol, plan: OutcomePlan) -> frozenset[int]:
    """The places of the slots that count events, of which a range may be known."""
    return frozenset(
        place for place, slot in enumerate(plan.slots) if isinstance(protocol.measures[slot.measure], Counted)
    )


def _bounds(engine: Engine, used: Sequence[Sequence[int]], *, laid: bool) -> Mapping[int, frozenset[int]]:
    """The codes of bounds that the values of each choice have: few if any, and a rule need not think of the others."""
    choices = sorted({choice for choices in used for choice in choices})
    if not laid:
        found = engine.rows(
            f"SELECT DISTINCT choice, absent FROM quantity WHERE absent IN ({', '.join(map(str, BOUNDS))})"
        )
    elif choices:
        pairs = [(choice, code) for choice in choices for code in BOUNDS]
        seen = ", ".join(f"max(CASE WHEN a{choice} = {code} THEN 1 ELSE 0 END)" for choice, code in pairs)
        (flags,) = engine.rows(f"SELECT {seen} FROM case_sheet")
        found = [pair for pair, flag in zip(pairs, flags, strict=True) if flag]
    else:
        found = []
    return {choice: frozenset(code for one, code in found if one == choice) for choice in choices}


def _parted(engine: Engine) -> frozenset[int]:
    query = f"SELECT DISTINCT choice FROM quantity WHERE den <> {MILLIONTH}"
    return frozenset(choice for (choice,) in engine.rows(query))


def settle(engine: Engine, protocol: Protocol, numbers: Numbers, compiled: Compiled) -> Evaluation:
    """Fill ``verdict`` for the outcome that was assessed last, which has a rule; what was laid out for it is handed on."""
    plan = compiled.plan
    evaluation = lay_out(engine, protocol, compiled)
    find_events(engine, protocol, numbers, laid=compiled.laid)
    together = evaluation.alike()
    for place, places in enumerate(together):
        valued = evaluation.valued(evaluation.of_tree(*places))
        of_specs = {spec.number: spec.tree for spec in plan.specs} if len(places) > 1 else {}
        trees = [evaluation.trees[one] for one in places]
        engine.keep(
            f"rule_{place}",
            root_sql(
                trees[0],
                plan.slots,
                engine.dialect,
                valued,
                trees[0].against(plan.good),
                evaluation.known,
                plan.questions,
                {number: tree for number, tree in of_specs.items() if tree in trees},
            ),
        )
    rules = " UNION ALL ".join(f"SELECT case_no, spec, truth, why FROM rule_{place}" for place in range(len(together)))
    inside, among_why, joined = "TRUE", "''", ""
    if plan.among is not None:
        valued = evaluation.valued("spec_row")
        engine.keep(
            "rule_among",
            root_sql(
                plan.among,
                plan.slots,
                engine.dialect,
                valued,
                known=evaluation.known,
                questions=plan.questions,
            ),
        )
        joined = "JOIN rule_among AS g ON g.case_no = r.case_no AND g.spec = r.spec"
        inside, among_why = "g.truth", "g.why"
    deciding = [
        (place, getattr(protocol.intercurrent, event).verdict) for place, event in enumerate(EVENT_WORDS, start=1)
    ]
    effective = [
        (place, event, protocol.verdicts[plan.name].after(effect))
        for (place, effect), event in zip(deciding, EVENT_WORDS, strict=True)
        if effect != "as observed"
    ]
    decided = " ".join(f"WHEN o.{event} THEN {place}" for place, event, _ in effective)
    effects = " ".join(f"WHEN {place} THEN {_SQL[effect]}" for place, _, effect in effective)
    open_ = " ".join(
        f"WHEN {event} IS NULL AND (decided = 0 OR decided > {place}) AND {_OTHER[effect]}{_UNNAMED.get(event, '')} THEN -{place}"
        for place, event, effect in effective
    )
    happened = "".join(f", o.{event}" for event in EVENT_WORDS)
    mask = " + ".join(f"CASE WHEN o.{event} THEN {2**bit} ELSE 0 END" for bit, event in enumerate(EVENT_WORDS))
    at = ", ".join(str(number) for number in sorted({compiled.variant(spec, plan.at) for spec in plan.specs}))
    engine.keep(
        "verdict",
        f"""
SELECT case_no, spec, CASE WHEN decided >= 0 THEN plainly END AS truth, rule_truth, decided, events, day, inside, why, among_why
FROM (
    SELECT case_no, spec, plainly, rule_truth, {f"CASE {open_} ELSE decided END" if open_ else "decided"} AS decided, events, day, inside, why,
        among_why
    FROM (
        SELECT answered.*, {f"CASE decided {effects} ELSE rule_truth END" if effects else "rule_truth"} AS plainly
        FROM (
            SELECT r.case_no, r.spec, r.truth AS rule_truth, {f"CASE {decided} ELSE 0 END" if decided else "0"} AS decided, {mask} AS events,
                a.day, {inside} AS inside, r.why, {among_why} AS among_why{happened}
            FROM ({rules}) AS r
            JOIN spec_row AS s ON s.spec = r.spec
            JOIN occurred AS o ON o.case_no = r.case_no AND o.at_variant = s.at_variant AND o.base_variant = s.base_variant
            JOIN (SELECT case_no, variant, day FROM anchor WHERE variant IN ({at})) AS a ON a.case_no = r.case_no AND a.variant = s.at_variant
            {joined}
        ) AS answered
    ) AS plain
) AS known
""",
    )
    return evaluation


def members_sql(engine: Engine, protocol: Protocol, plan: OutcomePlan, evaluation: Evaluation) -> str:
    """The query of who belongs to the denominator of an outcome that was laid out, spec by spec: case_no, spec, truth, why."""
    assert plan.among is not None
    valued = evaluation.valued("spec_row")
    return root_sql(plan.among, plan.slots, engine.dialect, valued, known=evaluation.known, questions=plan.questions)


def keep_members(engine: Engine, protocol: Protocol, compiled: Compiled, table: str) -> None:
    """Keep who belongs to the denominator under the protocol as written, as ``table(case_no, truth)``.

    Of an outcome with a rule after :func:`settle`; of a change outcome at any time after its values are there.
    """
    if compiled.plan.primary.tree.nodes:
        engine.keep(table, "SELECT case_no, inside AS truth FROM verdict WHERE spec = 0")
    else:
        evaluation = lay_out(engine, protocol, compiled)
        engine.keep(
            table, f"SELECT case_no, truth FROM ({members_sql(engine, protocol, compiled.plan, evaluation)}) AS g"
        )


def reason_words(slots: Sequence[Slot], why: str, questions: Sequence[Question] = ()) -> str:
    """The different reasons of the leaves that are not evaluable, in the order of the tree.

    >>> reason_words((Slot("mmt", "baseline"), Slot("mmt", "month 3")), "0,107,107")
    'month 3 mmt: no value in window'
    """
    found = []
    for number in map(int, why.split(",")):
        place = number // 100
        if number and place < len(slots):
            found.append(f"{slots[place].window} {slots[place].measure}: {words(number % 100)}")
        elif number:
            one = questions[place - len(slots)]
            found.append(f"{one.window} {one.named}: {words(number % 100)}")
    return "; ".join(dict.fromkeys(found))


def event_names(events: int) -> tuple[str, ...]:
    """The words of the events of a bit mask, in the order in which they decide.

    >>> event_names(0b1001)
    ('death', 'drug stopped')
    """
    return tuple(name for bit, name in enumerate(EVENT_WORDS.values()) if events >> bit & 1)


def why_not_evaluable(plan: OutcomePlan, decided: int, why: str) -> str:
    """Why a verdict is not evaluable: the event that decided so, the one that is not known, or the values that were absent."""
    if decided < 0:
        return f"{NOT_KNOWN}{list(EVENT_WORDS.values())[-decided - 1]}"
    return (
        f"event: {list(EVENT_WORDS.values())[decided - 1]}"
        if decided
        else reason_words(plan.slots, why, plan.questions)
    )
