"""A verdict's trace as lines: every part of the rule with its answer, its values and their days."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Node, Tree
from caseseries.protocol.written import decimal_text
from caseseries.verdict.leaf import Seen, brief, edge_of, reason, required, values_text
from caseseries.verdict.narrator import Told
from caseseries.verdict.numbers import day_text
from caseseries.verdict.question_words import found_words, why_open
from caseseries.verdict.rule_text import describe_part
from caseseries.verdict.score_words import asked_words, sum_words
from caseseries.verdict.trace import Quantity, Truth, Verdict
from caseseries.verdict.wanted import answered

_MARKS: dict[Truth, str] = {True: "✓", False: "✗", None: "?"}
_LEFT_OUT = "–"
#: What stands before the parts of a `when`.
_SIDES = ("where ", "then ", "otherwise ")


#: In the labels of a trace, what an event that decides gives, in place of the answer to the rule.
EVENT = "event"


def trace_lines(
    tree: Tree,
    verdict: Verdict,
    measures: Mapping[str, MeasureFacts],
    protocol: Protocol,
    spec: Spec,
    between: Mapping[str, str] = {},
    labels: Mapping[str, str] = {},
) -> list[str]:
    """The rule as an indented tree: ✓ yes, ✗ no, ? not evaluable, – left out of a count, with every value and its day; `labels` name nodes,
    such as levels, and under `EVENT` what an event that decides gives."""
    told = Told(tree, verdict, measures, protocol, spec, between)
    lines = []
    whens = (zip(node.children, _SIDES, strict=True) for node in tree.nodes if node.kind == "when")
    sides = dict(pair for pairs in whens for pair in pairs)
    banded: dict[str, str] = {}  # of several bands of one measure the first stands for all
    for node in tree.nodes:
        for places in node.points.parts if node.points is not None else ():
            assert node.points is not None
            gave = _gave(told, node, places)
            banded |= dict.fromkeys((node.children[place] for place in places), "")
            banded[node.children[places[0]]] = gave
    for node in tree.nodes:
        if node.id in banded and node.leaf is not None and node.leaf.kind != "is":
            lines += [f"{'  ' * node.id.count('.')}{banded[node.id]}"] * bool(banded[node.id])
            continue
        if node.id in banded:
            sides[node.id] = f"{banded[node.id].partition(' ')[2]}: "
        indent = "  " * node.id.count(".")
        mark = _LEFT_OUT if told.left_out(node) else _MARKS[told.truth[node.id]]
        label = f"{labels[node.id]}: " if node.id in labels else ""
        label += f"{node.named}: " if node.named else ""
        lines.append(f"{indent}{mark} {label}{sides.get(node.id, '')}{_line(told, node)}")
    for event in verdict.events:
        given = labels.get(EVENT) or answered(verdict.truth, told.good)
        decided = f", decides: {given}" if event == verdict.decided_by else ", decides nothing"
        lines.append(f"! {told.happened(event)}{decided}")
    for event in verdict.unsure:
        matters = ", on which the verdict depends" if event == told.open_event() else ""
        lines.append(f"? {told.happened(event)}: not known whether it happened{matters}")
    return lines


def _gave(told: Told, node: Node, places: range) -> str:
    """What one part of a score gave: of bands its points and the values, of a rule its points alone."""
    assert node.points is not None
    children = told.children(node)
    truths = [told.truth[child.id] for child in children]
    low, high = node.points.between(truths, places)
    most = decimal_text(sum((node.points.worth[place] for place in places), Fraction(0)))
    mark = _MARKS[True if low == high > 0 else False if not high else None]
    gave = f"{mark} {sum_words(node.points, truths, places)} of {most} points"
    bands = children[places.start : places.stop]
    if bands[0].leaf is None or bands[0].leaf.kind == "is":
        return gave
    one = told.leaves[max(bands, key=lambda child: len(told.short(child))).id]
    if one.absent:
        counted = "" if one.truth is None else f", counted as {'met' if one.truth else 'not met'}"
        return f"{gave}: {reason(one, told.spec, told.verdict.day, told.at)}{counted}"
    return f"{gave}: {one.name}{one.where} {_days_of(one)}"


def _line(told: Told, node: Node) -> str:
    """One node of the trace."""
    if node.question is not None:
        answer = told.answers[node.id]
        said = (
            why_open(node.question, answer, told.spec.windows) if answer.absent else found_words(node.question, answer)
        )
        counted = (
            f", counted as {'met' if answer.truth else 'not met'}" if answer.absent and answer.truth is not None else ""
        )
        return f"{describe_part(node, told.measures, at=told.at)}: {said}{counted}"
    if node.leaf is None:
        if node.points is not None:
            truths = [told.truth[child] for child in node.children]
            return f"a score of {asked_words(node.points)}: {sum_words(node.points, truths)}"
        if node.kind == "count":
            word = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}[node.bound]
            n, held = len(node.children), told.counted_parts(node)
            few = (
                ""
                if held == n
                else f", {n - held} left out: at least {node.needed(held)} of {held}"
                if held
                else ", all left out"
            )
            return f"{word} {node.k} of {n}{few}"
        return {"all": "all of", "any": "any of", "not": "not", "when": "by a condition"}[node.kind]
    one = told.leaves[node.id]
    if one.leaf.kind == "is":
        text = f"{one.facts.label}{one.where}"
        values = "" if one.after.value is None else f": {'yes' if one.after.value == 1 else 'no'}{_on(one.after)}"
    else:
        needs = required(one.leaf, one.unit, direction=True, edge=edge_of(one)).removeprefix("a ").removeprefix("an ")
        name = f"{one.name}{one.where}"
        text = f"{name} {needs}" if one.leaf.kind == "value" else f"{needs} {_on_or_in(one)} {name}"
        values = f": {_days_of(one)}" if one.truth is not None and not one.absent else ""
    if one.absent:
        why = reason(one, told.spec, told.verdict.day, told.at)
        values = (
            f": {why}"
            + (", left out" if told.left_out(node) else "")
            + ("" if one.truth is None else f", counted as {'met' if one.truth else 'not met'}")
        )
    return f"{text}{values}"


def _days_of(one: Seen) -> str:
    text = brief(one)
    value = values_text(one) if one.leaf.kind == "change" else text
    days = [
        day_text(quantity.day)
        for quantity in (one.before, one.after)
        if quantity is not None and quantity.day is not None
    ]
    name = f"{one.name}{one.where} "
    moved, body = text.removeprefix(name), value.removeprefix(name)
    tail = "" if moved == body or not moved.startswith(("+", "−")) else f", {moved}"
    return f"{body}{tail}" + (f" ({' → '.join(days)})" if days else "")


def _on_or_in(one: Seen) -> str:
    return "on" if one.unit == "points" and one.leaf.basis == "points" else "in"


def _on(quantity: Quantity) -> str:
    return "" if quantity.day is None else f" ({day_text(quantity.day)})"
