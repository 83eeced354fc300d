"""Respond: each case's verdict under every spec, with the trace that led to it.

Grain of the result: included case x spec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.assessment.absent import BOUNDS, words
from caseseries.assessment.assess import Assessments
from caseseries.assessment.recorded_days import adds_up
from caseseries.chart.store import MILLIONTH
from caseseries.chart.tables import Bound
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.amount import SIDES
from caseseries.protocol.counted import counts_taken
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import Leaf, Question, Slot, Tree
from caseseries.response.intercurrent import find_events
from caseseries.response.questions import Found, answers_of
from caseseries.response.rule_sql import tree_sql
from caseseries.response.settle import BASELINE as BASELINE
from caseseries.response.settle import NOT_KNOWN, Evaluation, lay_out
from caseseries.verdict.bounds import decided
from caseseries.verdict.trace import NodeTruth, Normal, Quantity, Truth, Verdict

_ROWS = """
SELECT case_no, at_variant, base_variant, death, lost, rescue, stopped, raised, pulse
FROM occurred ORDER BY case_no, at_variant, base_variant
"""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A row of ``quantity``; of a value known only as a bound, `bound` and `limit`."""

    value: Fraction | None
    day: int | None
    record: int | None
    absent: str
    bound: Bound
    limit: Fraction | None
    normal: Normal | None = None
    days: int | None = None
    most: Fraction | None = None

    def at(self, slot: Slot) -> Quantity:
        """The chosen value as that of a slot."""
        return Quantity(
            slot,
            self.value,
            self.day,
            self.record,
            self.absent,
            self.bound,
            self.limit,
            normal=self.normal,
            days=self.days if self.value is not None or self.limit is not None else None,
            most=self.most,
        )


def respond(
    engine: Engine, protocol: Protocol, cohort: Cohort, assessments: Assessments, settled: Evaluation | None = None
) -> dict[int, tuple[Verdict, ...]]:
    """Verdicts by spec number, each in case order. `settled` is what :func:`~caseseries.response.settle.settle` handed on, where the same
    outcome was settled before and none since."""
    compiled = assessments.compiled
    plan = compiled.plan
    evaluation = lay_out(engine, protocol, compiled) if settled is None else settled
    has_baseline = any(slot.window == BASELINE for slot in plan.slots)
    base = {spec.number: compiled.variant(spec, BASELINE) if has_baseline else 0 for spec in plan.specs}
    if settled is None:
        find_events(engine, protocol, cohort.numbers)
    chosen = _chosen(engine, protocol)
    occurred = {(row[0], row[1], row[2]): tuple(row[3:]) for row in engine.rows(_ROWS)}
    anchors = {
        (case, variant): day
        for case, variant, day in engine.rows("SELECT case_no, variant, day FROM anchor ORDER BY case_no, variant")
    }
    specs = {spec.number: spec for spec in plan.specs}
    names = {case.number: case.case_id for case in cohort.included}
    variants = {spec.number: compiled.variant(spec, plan.at) for spec in plan.specs}
    asked = {spec.number: tuple(compiled.choice(protocol, spec, slot) for slot in plan.slots) for spec in plan.specs}
    values = _Shared(plan.slots, chosen)
    read = answers_of(engine, protocol, plan)
    verdicts: dict[int, list[Verdict]] = {spec.number: [] for spec in plan.specs}
    for place, tree in enumerate(evaluation.trees):
        valued = evaluation.valued(evaluation.of_tree(place))
        against = tree.against(plan.good)
        sql = tree_sql(tree, plan.slots, engine.dialect, valued, against, plan.questions, evaluation.known)
        alike: dict[tuple[object, ...], Verdict] = {}  # most specs see what others see, and say the same
        for case_no, number, *truths in engine.rows(sql):
            quantities = values.of(case_no, asked[number])
            happened, day = occurred[case_no, variants[number], base[number]], anchors[case_no, variants[number]]
            questions = read.get((case_no, number), {})
            key = (case_no, id(quantities), happened, day, *truths)
            verdict = None if questions else alike.get(key)
            if verdict is None:
                events = dict(zip(EVENT_WORDS, happened, strict=True))
                trace = _trace(tree, truths, {one.slot: one for one in quantities}, questions)
                spec = specs[number]
                verdict = _verdict(protocol, spec, names[case_no], quantities, trace, truths[0], events, day)
                if not questions:  # what was asked besides values is of each spec
                    alike[key] = verdict
            verdicts[number].append(verdict if verdict.spec == number else _under(verdict, number))
    if plan.among is None:  # every case belongs to the denominator
        return {number: tuple(found) for number, found in verdicts.items()}
    placed = among(engine, protocol, plan, verdicts, cohort)
    return {
        number: tuple(
            replace(verdict, inside=inside, outside_because=because)
            for verdict in found
            for inside, because in (placed[number][verdict.case_id],)
        )
        for number, found in verdicts.items()
    }


class _Shared:
    """The values of the slots of an outcome: equal ones are one object, since the specs of a grid share most of theirs."""

    def __init__(self, slots: Sequence[Slot], chosen: Mapping[tuple[int, int], _Chosen]) -> None:
        self.slots, self.chosen = slots, chosen
        self._one: dict[tuple[Slot, _Chosen], Quantity] = {}
        self._of: dict[tuple[int, int, int], Quantity] = {}
        self._all: dict[tuple[int, ...], tuple[Quantity, ...]] = {}
        self._filled: dict[tuple[int, tuple[int, ...]], tuple[Quantity, ...]] = {}

    def of(self, case_no: int, choices: tuple[int, ...]) -> tuple[Quantity, ...]:
        """The values of one case under these choices, one for each slot."""
        found = self._filled.get((case_no, choices))
        if found is None:
            each = tuple(self._quantity(place, case_no, choice) for place, choice in enumerate(choices))
            found = self._all.setdefault(tuple(map(id, each)), each)
            self._filled[case_no, choices] = found
        return found

    def _quantity(self, place: int, case_no: int, choice: int) -> Quantity:
        found = self._of.get((place, case_no, choice))
        if found is None:
            slot, chosen = self.slots[place], self.chosen[case_no, choice]
            found = self._one.get((slot, chosen)) or self._one.setdefault((slot, chosen), chosen.at(slot))
            self._of[place, case_no, choice] = found
        return found


def _under(verdict: Verdict, number: int) -> Verdict:
    """The verdict of a spec that says the same, as that of another; without the walk over its fields that `replace` takes."""
    return Verdict(
        verdict.case_id,
        verdict.outcome,
        number,
        verdict.truth,
        verdict.rule_truth,
        verdict.absent,
        verdict.decided_by,
        verdict.events,
        verdict.day,
        verdict.quantities,
        verdict.trace,
        verdict.inside,
        verdict.outside_because,
        verdict.unsure,
    )


def among(
    engine: Engine, protocol: Protocol, plan: OutcomePlan, verdicts: Mapping[int, Sequence[Verdict]], cohort: Cohort
) -> dict[int, dict[str, tuple[Truth, str]]]:
    """Whether each included case belongs to the outcome's denominator and, where that is unknown, which values are absent.

    By spec number and case id. Without `among` every case belongs. Needs what :func:`respond` left of the same outcome.
    """
    if plan.among is None:
        return {number: {verdict.case_id: (True, "") for verdict in found} for number, found in verdicts.items()}
    values = {
        (verdict.case_id, number): {quantity.slot: quantity for quantity in verdict.quantities}
        for number, found in verdicts.items()
        for verdict in found
    }
    names = {case.number: case.case_id for case in cohort.included}
    inside: dict[int, dict[str, tuple[Truth, str]]] = {spec.number: {} for spec in plan.specs}
    evaluation = Evaluation.again(engine, protocol, plan)
    valued = evaluation.valued("spec_row")
    sql = tree_sql(plan.among, plan.slots, engine.dialect, valued, questions=plan.questions, known=evaluation.known)
    read = answers_of(engine, protocol, plan)
    for case_no, number, *truths in engine.rows(sql):
        trace = _trace(plan.among, truths, values[names[case_no], number], read.get((case_no, number), {}))
        inside[number][names[case_no]] = (truths[0], _open_leaves(trace) if truths[0] is None else "")
    return inside


def members(engine: Engine, protocol: Protocol, cohort: Cohort, assessments: Assessments) -> dict[str, Truth]:
    """Whether each included case belongs to the denominator of an outcome that asks for a change and has no rule."""
    compiled = assessments.compiled
    plan = compiled.plan
    if plan.among is None:
        return {case.case_id: True for case in cohort.included}
    evaluation = lay_out(engine, protocol, compiled)
    valued = evaluation.valued("spec_row")
    names = {case.number: case.case_id for case in cohort.included}
    questions, known = plan.questions, evaluation.known
    rows = engine.rows(tree_sql(plan.among, plan.slots, engine.dialect, valued, questions=questions, known=known))
    return {names[case_no]: truths[0] for case_no, _, *truths in rows}


def chosen_values(
    engine: Engine, protocol: Protocol, cohort: Cohort, assessments: Assessments
) -> list[tuple[str, dict[Slot, Quantity]]]:
    """The values chosen under the protocol as written, by case: for outcomes that ask for a change and no rule."""
    compiled = assessments.compiled
    chosen = _chosen(engine, protocol)
    rows = []
    for case in cohort.included:
        values = {}
        for slot in compiled.plan.slots:
            found = chosen[case.number, compiled.choice(protocol, compiled.plan.primary, slot)]
            values[slot] = found.at(slot)
        rows.append((case.case_id, values))
    return rows


def _chosen(engine: Engine, protocol: Protocol) -> dict[tuple[int, int], _Chosen]:
    normal: dict[tuple[int, int], Normal] = {}
    if limited_measures(protocol):
        for case_no, choice, *ends, no_lower, no_upper in engine.rows(
            "SELECT case_no, choice, lower, upper, lower_why, upper_why FROM normal_limit ORDER BY case_no, choice"
        ):
            lower, upper = (None if end is None else Fraction(int(end), MILLIONTH) for end in ends)
            normal[case_no, choice] = Normal(lower, upper, words(no_lower), words(no_upper))
    days: dict[tuple[int, int], int] = {}
    if adds_up(protocol):
        told = engine.rows("SELECT case_no, choice, days FROM summed_days ORDER BY case_no, choice")
        days = {(case_no, choice): int(n) for case_no, choice, n in told}
    known: dict[tuple[int, int], tuple[Fraction, Fraction | None]] = {}
    if counts_taken(protocol.measures):
        for case_no, choice, least, most, parts, of in engine.rows(
            "SELECT case_no, choice, least, most, parts, days FROM count_range ORDER BY case_no, choice"
        ):
            at_most = None if most is None else Fraction(int(most), int(parts))
            known[case_no, choice] = Fraction(int(least), int(parts)), at_most
            if of is not None:
                days[case_no, choice] = int(of)
    rows = engine.rows("SELECT case_no, choice, num, den, day, record, absent FROM quantity ORDER BY case_no, choice")
    chosen = {}
    for case_no, choice, num, den, day, record, absent in rows:
        value = None if num is None else Fraction(int(num), int(den))
        bound, limit, at_most = BOUNDS.get(absent, ""), value if absent in BOUNDS else None, None
        if absent and (case_no, choice) in known:
            bound, (limit, at_most) = ">=", known[case_no, choice]
        chosen[case_no, choice] = _Chosen(
            None if absent else value,
            day,
            record,
            words(absent),
            bound,
            limit,
            normal.get((case_no, choice)),
            days.get((case_no, choice)),
            at_most,
        )
    return chosen


def _verdict(
    protocol: Protocol,
    spec: Spec,
    case_id: str,
    quantities: tuple[Quantity, ...],
    trace: tuple[NodeTruth, ...],
    rule_truth: Truth,
    events: Mapping[str, Truth],
    day: int | None,
) -> Verdict:
    absent = _open_leaves(trace) if rule_truth is None else ""
    effects = {event: getattr(protocol.intercurrent, event).verdict for event in EVENT_WORDS}
    truth, decided_by = rule_truth, ""
    outcome = protocol.verdicts[spec.outcome]
    answers = {event: outcome.after(effect) for event, effect in effects.items() if effect != "as observed"}
    perhaps: list[str] = []
    for event, happened in events.items():
        if effects[event] == "as observed" or happened is False:
            continue
        if happened is None:
            perhaps.append(event)
            continue
        truth, decided_by = answers[event], EVENT_WORDS[event]
        absent = f"event: {decided_by}" if truth is None else ""
        break
    # An event that is not known matters where the answer without it is another than its own.
    # Where the rule is not evaluable and none decides, a rise that is not known is no further reason.
    if rule_truth is None and not decided_by:
        perhaps = [event for event in perhaps if event != "raised"]
    matters = next((event for event in perhaps if answers[event] is not truth), "")
    if matters:
        truth, decided_by, absent = None, "", f"{NOT_KNOWN}{EVENT_WORDS[matters]}"
    named, unsure = (
        tuple(EVENT_WORDS[event] for event, happened in events.items() if happened is sought) for sought in (True, None)
    )
    return Verdict(
        case_id,
        spec.outcome,
        spec.number,
        truth,
        rule_truth,
        absent,
        decided_by,
        named,
        day,
        quantities,
        trace,
        unsure=unsure,
    )


def _trace(
    tree: Tree,
    truths: Sequence[Truth],
    values: Mapping[Slot, Quantity],
    read: Mapping[Question, Found],
) -> tuple[NodeTruth, ...]:
    return tuple(
        NodeTruth(node.id, truth, *read[node.question])
        if node.question is not None
        else NodeTruth(node.id, truth, leaf_absent(node.leaf, values) if node.leaf else "")
        for node, truth in zip(tree.nodes, truths, strict=True)
    )


def _open_leaves(trace: Sequence[NodeTruth]) -> str:
    """The different reasons of the leaves that are not evaluable, in the order of the tree."""
    return "; ".join(dict.fromkeys(node.absent for node in trace if node.truth is None and node.absent))


def leaf_absent(leaf: Leaf, values: Mapping[Slot, Quantity]) -> str:
    """Why a leaf could not be answered: `window measure: reason`, the earlier value first; empty where it could."""
    reason = _reason(leaf, values)
    if reason and leaf.bounds and decided(leaf, [values[slot] for slot in leaf.slots]) is not None:
        return ""
    return reason


def _reason(leaf: Leaf, values: Mapping[Slot, Quantity]) -> str:
    """What a leaf lacks for an answer, first of all a value; a bound counts as no value here."""
    for slot in leaf.slots:
        if values[slot].absent:
            return f"{slot.window} {slot.measure}: {values[slot].absent}"
    if side := SIDES.get(leaf.basis):
        normal = values[leaf.after].normal
        why = "" if normal is None else normal.of(side)[1]
        return f"{leaf.after.window} {leaf.after.measure}: {why}" if why else ""
    if leaf.basis == "baseline" and leaf.before is not None:
        before = values[leaf.before].value
        assert before is not None
        if before < 0:
            return f"{leaf.before.window} {leaf.before.measure}: negative baseline"
        if before == 0 and not _from_zero(leaf, values[leaf.after]):
            return f"{leaf.before.window} {leaf.before.measure}: zero baseline"
    return ""


def _from_zero(leaf: Leaf, after: Quantity) -> bool:
    """Whether a change in percent of a value of 0 before has an answer, by the value after."""
    falls = leaf.sign < 0 and after.value is not None and after.value < 0
    return leaf.if_zero == "not met" or (leaf.if_zero == "any rise counts" and not falls)
