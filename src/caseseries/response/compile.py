"""A rule tree as SQL: one three-valued column per node.

Values arrive as pairs ``b<slot>_num, b<slot>_den`` named by the slot's place in the plan; comparisons multiply whole numbers, so a
fall of exactly 20 % is exactly 20 % on every engine. SQL's AND, OR and NOT over TRUE, FALSE and NULL are Kleene's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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


def tree_sql(tree: Tree, slots: Sequence[Slot], dialect: Dialect, zero_not_met: frozenset[str], specs: str) -> str:
    """The query of one rule over the table of specs ``specs``: case_no, spec, then one column per node in tree order.

    The query is built of steps, one per level of the tree from the leaves up, so that each node is computed once.
    """
    values = ", ".join(f"q{place}.num AS v{place}_num, q{place}.den AS v{place}_den" for place in range(len(slots)))
    joins = "\n".join(
        f"LEFT JOIN quantity AS q{place} ON q{place}.case_no = k.case_no AND q{place}.choice = s.slot_{place}"
        for place in range(len(slots))
    )
    steps = [
        f"valued AS (SELECT k.case_no, s.spec, s.not_met{', ' + values if values else ''} FROM included_case AS k CROSS JOIN {specs} AS s\n{joins})"
    ]
    leaves = []
    for node in tree.leaves:
        assert node.leaf is not None
        answer = leaf_sql(node.leaf, slots, dialect, node.leaf.after.measure in zero_not_met)
        leaves.append(f"CASE WHEN not_met THEN coalesce({answer}, FALSE) ELSE {answer} END AS {column(node.id)}")
    steps.append(f"level_0 AS (SELECT case_no, spec, {', '.join(leaves)} FROM valued)")
    inner = [node for node in tree.nodes if node.kind != "leaf"]
    previous = "level_0"
    for depth in sorted({node.id.count(".") for node in inner}, reverse=True):
        nodes = [node for node in inner if node.id.count(".") == depth]
        added = ", ".join(f"{node_sql(node)} AS {column(node.id)}" for node in nodes)
        steps.append(f"depth_{depth} AS (SELECT *, {added} FROM {previous})")
        previous = f"depth_{depth}"
    columns = ", ".join(column(node.id) for node in tree.nodes)
    joined = ",\n".join(steps)
    return f"WITH {joined}\nSELECT case_no, spec, {columns} FROM {previous} ORDER BY spec, case_no"
