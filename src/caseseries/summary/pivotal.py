"""What the verdicts hang on: the judgement, worsened components, ceilings, a dose raised just before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import Leaf, Slot, Tree
from caseseries.protocol.written import decimal_text
from caseseries.summary.cases import Pivotal
from caseseries.verdict.leaf import beyond_reach, moved_unit
from caseseries.verdict.names import short_name
from caseseries.verdict.pivot import (
    answer_with,
    judged_yes,
    measured_suffices,
    rests_on_judgement,
    rests_on_judgement_alone,
)
from caseseries.verdict.trace import Quantity, Verdict

#: A rise of the dose in this many days before the index date makes a later taper only a return to the old dose (design section 4).
RAISED_WITHIN_DAYS = 60

#: What is said of a case that the judgement alone kept from meeting the rule: one that was no, or one that was yes where the rule asks for no.
SUFFICED = "what was measured would have sufficed; only the judgement was no"
STOOD_AGAINST = "what was measured would have sufficed; only the judgement stood against it"


def pivotal(
    protocol: Protocol,
    tree: Tree,
    verdicts: Sequence[Verdict],
    measures: Mapping[str, MeasureFacts],
    doses: Mapping[str, Sequence[tuple[int, Fraction | None]]],
    begun: Mapping[str, frozenset[int]] = {},
    at_visits: Mapping[str, Sequence[tuple[int, Fraction | None]]] = {},
    unit: str = "mg/day",
) -> tuple[Pivotal, ...]:
    """Every case a reader should look at twice, by kind and then case.

    `doses` gives each case's daily dose as steps (first day of the dose, dose; None where it is not known), `begun` the days on which a dose
    was begun after days without any course. `at_visits` gives the doses written at visits, in `unit`, where none is added up from courses.
    """
    found: list[Pivotal] = []
    for verdict in verdicts:
        values = {quantity.slot: quantity for quantity in verdict.quantities}
        found += _judgement(tree, verdict)
        found += _worsened(tree, verdict, values, measures)
        found += _out_of_reach(tree, verdict, values, measures)
        found += _raised_before(verdict, doses.get(verdict.case_id, ()), begun.get(verdict.case_id, frozenset()))
        found += _raised_at_visits(verdict, at_visits.get(verdict.case_id, ()), unit)
        if verdict.decided_by:
            found.append(Pivotal("decided by event", verdict.case_id, verdict.decided_by))
    order = (
        "judgement alone",
        "judgement",
        "worsened component",
        "threshold out of reach",
        "raised before index",
        "decided by event",
    )
    return tuple(sorted(found, key=lambda row: order.index(row.kind)))


def _judgement(tree: Tree, verdict: Verdict) -> list[Pivotal]:
    """The rule would answer otherwise without the judgement; with it alone, or with something that was measured beside it."""
    if not rests_on_judgement(tree, verdict):
        return []
    without, alone = answer_with(tree, verdict, reverse=True), rests_on_judgement_alone(tree, verdict)
    answered = "met" if verdict.rule_truth else "not met"
    if measured_suffices(tree, verdict):
        detail = STOOD_AGAINST if judged_yes(tree, verdict) else SUFFICED
    else:
        detail = f"{answered} by the judgement {'alone' if alone else 'together with what was measured'}"
    if without is None:
        detail += "; with the other answer it could not be told, because something else is missing"
    return [Pivotal("judgement alone" if alone else "judgement", verdict.case_id, detail)]


def _changes(tree: Tree) -> list[Leaf]:
    leaves = [node.leaf for node in tree.leaves if node.leaf is not None and node.leaf.kind == "change"]
    return list({(leaf.before, leaf.after): leaf for leaf in leaves}.values())


def _worsened(
    tree: Tree, verdict: Verdict, values: Mapping[Slot, Quantity], measures: Mapping[str, MeasureFacts]
) -> list[Pivotal]:
    if verdict.truth is not True:
        return []
    rows = []
    for leaf in _changes(tree):
        assert leaf.before is not None
        before, after, facts = values[leaf.before].value, values[leaf.after].value, measures[leaf.after.measure]
        if before is not None and after is not None and facts.sign and (after - before) * facts.sign < 0:
            rows.append(
                Pivotal(
                    "worsened component",
                    verdict.case_id,
                    f"{short_name(facts)} {_told(before, facts)} → {_told(after, facts)}",
                )
            )
    return rows


def _told(value: Fraction, facts: MeasureFacts) -> str:
    return told_grade(facts.grades, value) if facts.grades else decimal_text(value)


def _out_of_reach(
    tree: Tree, verdict: Verdict, values: Mapping[Slot, Quantity], measures: Mapping[str, MeasureFacts]
) -> list[Pivotal]:
    rows = {}
    apart = tree.ruled_out({answer.node: answer.truth for answer in verdict.trace})
    added = {child for node in tree.nodes if node.points is not None for child in node.children}  # no band is needed
    apart |= added
    for leaf in (node.leaf for node in tree.leaves if node.leaf is not None and node.id not in apart):
        if leaf.before is None:
            continue
        before, facts = values[leaf.before].value, measures[leaf.after.measure]
        if before is None or not beyond_reach(leaf, facts, before):
            continue
        end = facts.maximum if leaf.sign > 0 else facts.minimum
        assert end is not None
        needed = {
            "points": leaf.threshold,
            "baseline": leaf.threshold * before / 100,
            "range": leaf.threshold * (leaf.width or 0) / 100,
        }[leaf.basis]
        was = (
            f"{_told(before, facts)} of {_told(end, facts)}"
            if leaf.sign > 0
            else f"{_told(before, facts)}, the least is {_told(end, facts)},"
        )
        steps = moved_unit(facts.unit, needed) if facts.grades else ""
        detail = f"{short_name(facts)} was {was} before: a change of {decimal_text(needed)}{steps} could not be reached"
        rows[detail] = Pivotal("threshold out of reach", verdict.case_id, detail)
    return list(rows.values())


def _raised_before(
    verdict: Verdict, steps: Sequence[tuple[int, Fraction | None]], begun: frozenset[int]
) -> list[Pivotal]:
    """A dose raised, or begun from none, within so many days before the index date."""
    before: Fraction | None = None
    for day, dose in steps:
        if -RAISED_WITHIN_DAYS <= day <= 0 and dose is not None:
            detail = ""
            if day in begun:
                detail = f"daily dose begun at {decimal_text(dose)} mg/day from day {day}, after none"
            elif before is not None and dose > before:
                detail = f"daily dose raised from {decimal_text(before)} to {decimal_text(dose)} mg/day from day {day}"
            if detail:
                return [Pivotal("raised before index", verdict.case_id, detail)]
        before = dose
    return []


def _raised_at_visits(verdict: Verdict, doses: Sequence[tuple[int, Fraction | None]], unit: str) -> list[Pivotal]:
    """A dose that was written down higher than the one before it, within so many days before the index date."""
    for (earlier, before), (day, dose) in pairwise(doses):
        if before is not None and dose is not None and dose > before and -RAISED_WITHIN_DAYS <= day <= 0:
            detail = f"daily dose {decimal_text(before)} {unit} at day {earlier} and {decimal_text(dose)} {unit} at day {day}"
            return [Pivotal("raised before index", verdict.case_id, detail)]
    return []
