"""Rules and windows in plain words, for the Methods of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import EACH_VISIT, HeldRule, Leaf, Node, Tree, grow
from caseseries.protocol.window import VALUE_TAKES, Window
from caseseries.protocol.written import decimal_text, in_words
from caseseries.verdict.leaf import comparison_of, required, windows_named
from caseseries.verdict.names import long_name, short_name, window_days
from caseseries.verdict.numbers import day_text, listed
from caseseries.verdict.question_words import fact_words, held_words
from caseseries.verdict.score_words import asked_words, bands_words

_TAKES = {
    "last": "the last {}",
    "first": "the first {}",
    "best": "the best value",
    "worst": "the worst value",
    "highest": "the highest value",
    "lowest": "the lowest value",
    "mean": "the mean of all values",
    "sum": "the sum of its days",
}
_TIES = {
    "earlier": "the earlier of two equally near",
    "later": "the later of two equally near",
    "better": "the better of two equally near",
    "worse": "the worse of two equally near",
    "mean": "the mean of two equally near",
}
_SAME_DAY = {"mean": "the mean is taken", "not evaluable": "none is taken, and the value is not evaluable"}
_COUNTS = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}


def describe_window(window: Window) -> str:
    """A window as a Methods section says it.

    >>> describe_window(Window(from_=75, to=105, target=91, take="nearest", tie="earlier"))
    'days 75 to 105, the visit nearest day 91 (the earlier of two equally near)'
    >>> describe_window(Window(from_=-20, to=0, take="mean", components="nearest each"))
    'days −20 to 0, for each measure the mean of all values'
    >>> describe_window(Window(from_=-28, to=-1, take="sum", components="nearest each", recorded=21))
    'days −28 to −1, for each measure the sum of its days with a value where at least 21 days have one'
    """
    visit = window.components == "same visit"
    thing = "visit" if visit else "value"
    if window.take == "nearest":
        assert window.target is not None
        taken = f"the {thing} nearest {day_text(window.target)}"
        taken += f" ({_TIES[window.tie]})" if window.tie else ""
    else:
        taken = _TAKES[window.take].format(thing)
    if window.take == "sum":
        taken += (
            " where every day has a value"
            if window.recorded is None
            else f" with a value where at least {in_words(window.recorded)} have one"
        )
    elif window.recorded is not None and window.take in VALUE_TAKES:
        taken += f" where at least {in_words(window.recorded)} have one"
    return f"{window_days(window)}, {'' if visit else 'for each measure '}{taken}{_same_day(window)}"


def describe_days(window: Window) -> str:
    """A window all of whose visits count.

    >>> describe_days(Window(from_=30, to=180, take="last", same_day="worst"))
    'days 30 to 180; of different values on one day the worst is taken'
    """
    return f"{window_days(window)}{_same_day(window)}"


def _same_day(window: Window) -> str:
    if not window.same_day:
        return ""
    return f"; of different values on one day {_SAME_DAY.get(window.same_day, f'the {window.same_day} is taken')}"


def describe_rule(rule: Any, measures: Mapping[str, MeasureFacts], *, at: str = "") -> str:
    """A rule in plain words; `rule` as declared or as a tree.

    `at` is the window of the outcome: other windows, and changes from another one than `baseline`, are named.
    """
    tree = rule if isinstance(rule, Tree) else grow(rule, at, measures)
    home = at or _commonest(tree)
    return _node(tree, tree.nodes[0], measures, home, top=True)


def describe_part(node: Node, measures: Mapping[str, MeasureFacts], *, at: str = "") -> str:
    """A part of a rule that has an answer of its own: a comparison, or a rule read on visit days."""
    asked = node.question
    if isinstance(asked, HeldRule):
        return held_words(asked, _node(asked.tree, asked.tree.nodes[0], measures, EACH_VISIT), measures)
    if asked is not None:
        return fact_words(asked)
    assert node.leaf is not None
    return _leaves([node.leaf], measures, at)


def describe_read(held: HeldRule, measures: Mapping[str, MeasureFacts]) -> str:
    """What is asked of one visit by a rule that is read on every one."""
    return _node(held.tree, held.tree.nodes[0], measures, EACH_VISIT, top=True)


def _node(tree: Tree, node: Node, measures: Mapping[str, MeasureFacts], at: str, *, top: bool = False) -> str:
    if node.named:
        inner = _node(tree, replace(node, named=""), measures, at, top=True)
        return f"{node.named}: {inner}" if top else f"({node.named}: {inner})"
    if not node.children:
        return describe_part(node, measures, at=at)
    children = [tree.node(child) for child in node.children]
    if len(children) == 1 and node.kind in {"all", "any"}:
        return _node(tree, children[0], measures, at, top=top)
    if node.kind == "not":
        return f"not {_bracketed(_node(tree, children[0], measures, at))}"
    if node.kind == "when":
        condition, then, otherwise = (_node(tree, child, measures, at) for child in children)
        text = f"where {condition}: {then}; otherwise: {otherwise}"
        return text if top else f"({text})"
    if node.points is not None:
        text = f"a score of {asked_words(node.points)}: {'; '.join(_worth(tree, node, measures, at))}"
        return text if top else f"({text})"
    parts = _parts(tree, children, measures, at, merge=node.kind == "all")
    if node.kind == "count":
        told = _choice(children, measures, at) or "; ".join(parts)
        text = f"{_COUNTS[node.bound]} {node.k} of these {len(children)}{_skipped(node, children, measures)}: {told}"
        return text if top else f"({text})"
    if len(parts) == 1:
        return parts[0]
    if node.kind == "any":
        return f"{'either' if len(parts) == 2 else 'any of'} {listed(parts, 'or')}"
    if top:
        return f"{', '.join(parts[:-1])}, and {parts[-1]}"
    return f"({', '.join(parts[:-1])} and {parts[-1]})"


def _worth(tree: Tree, node: Node, measures: Mapping[str, MeasureFacts], at: str) -> list[str]:
    """What each part of a score gives, in words."""
    assert node.points is not None
    told = []
    for places in node.points.parts:
        children = [tree.node(node.children[place]) for place in places]
        leaves = [child.leaf for child in children if child.leaf is not None and child.leaf.kind != "is"]
        worth = [node.points.worth[place] for place in places]
        if len(leaves) == len(children):
            told.append(bands_words(leaves, worth, measures) + windows_named(leaves[0], at))
        else:
            told.append(f"{decimal_text(worth[0])} points for {_node(tree, children[0], measures, at)}")
    return told


def _skipped(node: Node, children: list[Node], measures: Mapping[str, MeasureFacts]) -> str:
    """Which parts of a count are left out where they were not measured, and how many of the others are then needed."""
    if not node.skipped:
        return ""
    names = dict.fromkeys(short_name(measures[one.leaf.after.measure]) for one in children if one.skip and one.leaf)
    which = "each" if all(one.skip for one in children) else listed(list(names))
    needed = "as many are" if node.skipped == "keep count" else "as large a share, rounded up, is"
    return f" ({which} left out where not measured, and of the others {needed} needed)"


def _parts(
    tree: Tree, children: list[Node], measures: Mapping[str, MeasureFacts], at: str, *, merge: bool
) -> list[str]:
    """The children in words; under `all`, leaves that differ in the measure only are said together."""
    groups: list[list[Node]] = []
    for child in children:
        home = next((group for group in groups if merge and _alike(group[0], child, measures)), None)
        if home is None:
            groups.append([child])
        else:
            home.append(child)
    parts = []
    for group in groups:
        leaves = [child.leaf for child in group if child.leaf is not None]
        parts.append(_leaves(leaves, measures, at) if leaves else _node(tree, group[0], measures, at))
    return parts


def _choice(children: list[Node], measures: Mapping[str, MeasureFacts], at: str) -> str:
    """One comparison of which so many measures have to meet it, said once: `a gain of at least 4 points on MMT, CMAS`; else empty."""
    leaves = [child.leaf for child in children if child.leaf is not None and _alike(children[0], child, measures)]
    if len(leaves) < max(2, len(children)):
        return ""
    return _leaves(leaves, measures, at, joined=", ".join(long_name(measures[leaf.after.measure]) for leaf in leaves))


def _leaves(leaves: list[Leaf], measures: Mapping[str, MeasureFacts], at: str, *, joined: str = "") -> str:
    first = leaves[0]
    facts = measures[first.after.measure]
    names = [long_name(measures[leaf.after.measure]) for leaf in leaves]
    together = names[0] if len(names) == 1 else f"{'both' if len(names) == 2 else 'each of'} {listed(names)}"
    joined = joined or together
    where = windows_named(first, at)
    if first.kind == "is":
        return f"{facts.label}{where}"
    needs = required(first, first.unit or facts.unit, direction=True)
    if first.kind == "value":
        return f"{joined} {needs}{where}"
    scores = first.basis != "baseline" and facts.kind == "number" and facts.unit == "points"
    return f"{needs} {'on' if scores else 'in'} {joined}{where}"


def _alike(first: Node, second: Node, measures: Mapping[str, MeasureFacts]) -> bool:
    if first.leaf is None or second.leaf is None or "is" in {first.leaf.kind, second.leaf.kind}:
        return False

    def key(leaf: Leaf) -> tuple[object, ...]:
        facts = measures[leaf.after.measure]
        share = leaf.basis in {"baseline", "nadir", "peak"}  # a share of a value has no unit
        return comparison_of(leaf, "" if share else leaf.unit or facts.unit, facts)

    return key(first.leaf) == key(second.leaf)


def _bracketed(text: str) -> str:
    return text if text.startswith("(") else f"({text})"


def _commonest(tree: Tree) -> str:
    windows = [node.leaf.after.window for node in tree.leaves if node.leaf is not None]
    windows += [node.question.window for node in tree.answered if node.question is not None]
    return max(dict.fromkeys(windows), key=windows.count)
