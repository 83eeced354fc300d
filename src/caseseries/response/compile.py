"""A rule tree as SQL: one three-valued column per node.

Values arrive as pairs ``v<slot>_num, v<slot>_den`` named by the slot's place in the plan; comparisons multiply whole numbers, so a
fall of exactly 20 % is exactly 20 % on every engine. SQL's AND, OR and NOT over TRUE, FALSE and NULL are Kleene's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.assessment.absent import CODES
from caseseries.engine.dialect import Dialect
from caseseries.protocol.tree import Leaf, Node, Slot, Tree

OPERATORS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}


def column(node_id: str) -> str:
    """The column of a node: `1.2` becomes `n_1_2`."""
    return "n_" + node_id.replace(".", "_")


def leaf_sql(leaf: Leaf, slots: Sequence[Slot], dialect: Dialect, zero_is_not_met: bool) -> str:
    """The answer of a leaf, NULL where a value is absent."""

    def pair(slot: Slot) -> tuple[str, str]:
        place = slots.index(slot)
        return f"v{place}_num", f"v{place}_den"

    def whole(number: int) -> str:
        return f"CAST({number} AS {dialect.wide})"

    after_num, after_den = pair(leaf.after)
    if leaf.kind == "is":
        return f"({after_num} = {after_den})"
    operator = OPERATORS[leaf.comparison]
    threshold_num, threshold_den = whole(leaf.threshold.numerator), whole(leaf.threshold.denominator)
    width = leaf.width or Fraction(1)
    width_num, width_den = whole(width.numerator), whole(width.denominator)
    if leaf.kind == "value":
        if leaf.basis == "points":
            return f"({after_num} * {threshold_den} {operator} {threshold_num} * {after_den})"
        least = leaf.minimum or Fraction(0)
        above = f"({after_num} * {whole(least.denominator)} - {whole(least.numerator)} * {after_den})"
        return (
            f"(100 * {above} * {threshold_den} * {width_den} {operator} "
            f"{threshold_num} * {width_num} * {after_den} * {whole(least.denominator)})"
        )
    assert leaf.before is not None
    before_num, before_den = pair(leaf.before)
    change = f"({leaf.sign} * ({after_num} * {before_den} - {before_num} * {after_den}))"
    if leaf.basis == "points":
        return f"({change} * {threshold_den} {operator} {threshold_num} * {after_den} * {before_den})"
    if leaf.basis == "range":
        return f"(100 * {change} * {threshold_den} * {width_den} {operator} {threshold_num} * {width_num} * {after_den} * {before_den})"
    at_zero = "FALSE" if zero_is_not_met else "NULL"
    return (
        f"(CASE WHEN {before_num} IS NULL OR {after_num} IS NULL OR {before_num} < 0 THEN NULL WHEN {before_num} = 0 THEN {at_zero} "
        f"ELSE 100 * {change} * {threshold_den} {operator} {threshold_num} * {before_num} * {after_den} END)"
    )


def node_sql(node: Node) -> str:
    """The answer of an inner node over the columns of its children."""
    children = [column(child) for child in node.children]
    if node.kind == "all":
        return f"({' AND '.join(children)})"
    if node.kind == "any":
        return f"({' OR '.join(children)})"
    if node.kind == "not":
        return f"(NOT {children[0]})"
    yes = " + ".join(f"CASE WHEN {child} THEN 1 ELSE 0 END" for child in children)
    unknown = " + ".join(f"CASE WHEN {child} IS NULL THEN 1 ELSE 0 END" for child in children)
    k = int(node.k)
    if node.bound == "at_least":
        return f"(CASE WHEN {yes} >= {k} THEN TRUE WHEN {yes} + {unknown} < {k} THEN FALSE END)"
    if node.bound == "at_most":
        return f"(CASE WHEN {yes} + {unknown} <= {k} THEN TRUE WHEN {yes} > {k} THEN FALSE END)"
    return f"(CASE WHEN {yes} > {k} OR {yes} + {unknown} < {k} THEN FALSE WHEN {unknown} = 0 THEN TRUE END)"


def tree_sql(tree: Tree, slots: Sequence[Slot], dialect: Dialect, zero_not_met: frozenset[str], valued: str) -> str:
    """The query of one rule over the query ``valued``: case_no, spec, then one column per node in tree order."""
    columns = ", ".join(column(node.id) for node in tree.nodes)
    steps, last = _steps(tree, slots, dialect, zero_not_met, valued)
    return f"WITH {steps}\nSELECT case_no, spec, {columns} FROM {last} ORDER BY spec, case_no"


def root_sql(tree: Tree, slots: Sequence[Slot], dialect: Dialect, zero_not_met: frozenset[str], valued: str) -> str:
    """The query of one rule's answer: case_no, spec, truth and, where it is not evaluable, why.

    `why` has one number per leaf in tree order, with commas between: 100 x the place of the absent value among the slots plus the code
    of the reason; 0 for a leaf that was answered. Empty where the rule was answered.
    """
    steps, last = _steps(tree, slots, dialect, zero_not_met, valued, reasons=True)
    root = column(tree.nodes[0].id)
    listed = " || ',' || ".join(f"CAST({_why(node.id)} AS {dialect.text})" for node in tree.leaves)
    return f"WITH {steps}\nSELECT case_no, spec, {root} AS truth, CASE WHEN {root} IS NULL THEN {listed} ELSE '' END AS why FROM {last}"


def _why(node_id: str) -> str:
    return "w_" + node_id.replace(".", "_")


def reason_sql(leaf: Leaf, slots: Sequence[Slot], zero_not_met: frozenset[str]) -> str:
    """Why a leaf could not be answered: the slot and the code of the first value that is absent, 0 where none is."""
    places = [slots.index(slot) for slot in leaf.slots]
    cases = [f"WHEN v{place}_absent <> 0 THEN {100 * place} + v{place}_absent" for place in places]
    if leaf.basis == "baseline" and leaf.before is not None:
        place = slots.index(leaf.before)
        cases.append(f"WHEN v{place}_num < 0 THEN {100 * place + CODES['negative']}")
        if leaf.before.measure not in zero_not_met:
            cases.append(f"WHEN v{place}_num = 0 THEN {100 * place + CODES['zero']}")
    return f"CASE {' '.join(cases)} ELSE 0 END"


def _steps(
    tree: Tree,
    slots: Sequence[Slot],
    dialect: Dialect,
    zero_not_met: frozenset[str],
    valued: str,
    *,
    reasons: bool = False,
) -> tuple[str, str]:
    """The steps of the query, one per level of the tree from the leaves up, so that each node is computed once; and the last one's name."""
    steps, leaves = [f"valued AS ({valued})"], []
    for node in tree.leaves:
        assert node.leaf is not None
        answer = leaf_sql(node.leaf, slots, dialect, node.leaf.after.measure in zero_not_met)
        leaves.append(f"CASE WHEN not_met THEN coalesce({answer}, FALSE) ELSE {answer} END AS {column(node.id)}")
        if reasons:
            leaves.append(f"{reason_sql(node.leaf, slots, zero_not_met)} AS because_{_why(node.id)}")
    steps.append(f"level_0 AS (SELECT case_no, spec, {', '.join(leaves)} FROM valued)")
    last = "level_0"
    if reasons:
        open_leaves = ", ".join(
            f"CASE WHEN {column(node.id)} IS NULL THEN because_{_why(node.id)} ELSE 0 END AS {_why(node.id)}"
            for node in tree.leaves
        )
        steps.append(f"told AS (SELECT level_0.*, {open_leaves} FROM level_0)")
        last = "told"
    inner = [node for node in tree.nodes if node.kind != "leaf"]
    for depth in sorted({node.id.count(".") for node in inner}, reverse=True):
        nodes = [node for node in inner if node.id.count(".") == depth]
        added = ", ".join(f"{node_sql(node)} AS {column(node.id)}" for node in nodes)
        steps.append(f"depth_{depth} AS (SELECT {last}.*, {added} FROM {last})")
        last = f"depth_{depth}"
    return ",\n".join(steps), last
