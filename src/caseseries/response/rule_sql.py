"""A rule tree as SQL: one three-valued column per node.

Comparisons are those of ``caseseries.response.leaf_sql``. SQL's AND, OR and NOT over TRUE, FALSE and NULL are Kleene's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import lcm
from types import MappingProxyType

from caseseries.engine.dialect import Dialect
from caseseries.protocol.score import Points
from caseseries.protocol.tree import Leaf, Node, Question, Slot, Tree
from caseseries.response.leaf_sql import UNKNOWN, Known, leaf_sql, left_out_sql, reason_sql


def column(node_id: str) -> str:
    """The column of a node: `1.2` becomes `n_1_2`."""
    return "n_" + node_id.replace(".", "_")


def _left_out_column(node_id: str) -> str:
    return "o_" + node_id.replace(".", "_")


def node_sql(node: Node, may_be_left_out: Collection[str] = ()) -> str:
    """The answer of an inner node over the columns of its children."""
    children = [column(child) for child in node.children]
    if node.kind == "when":
        condition, then, otherwise = children
        return f"(CASE WHEN {condition} THEN {then} WHEN NOT {condition} THEN {otherwise} WHEN {then} = {otherwise} THEN {then} END)"
    if node.kind == "all":
        return f"({' AND '.join(children)})"
    if node.kind == "any":
        return f"({' OR '.join(children)})"
    if node.kind == "not":
        return f"(NOT {children[0]})"
    if node.points is not None:
        return _score_sql(node.points, children)
    yes = " + ".join(f"CASE WHEN {child} THEN 1 ELSE 0 END" for child in children)
    unknown = " + ".join(f"CASE WHEN {child} IS NULL THEN 1 ELSE 0 END" for child in children)
    k = int(node.k)
    if node.skipped:
        n, out = (
            len(children),
            " + ".join(_left_out_column(child) for child in node.children if child in may_be_left_out),
        )
        share, needed = (n, f"{k} * ({n} - ({out}))") if node.skipped == "in proportion" else (1, f"{k}")
        return (
            f"(CASE WHEN {out} = {n} THEN NULL WHEN {share} * ({yes}) >= {needed} THEN TRUE "
            f"WHEN {share} * ({yes} + {unknown} - ({out})) < {needed} THEN FALSE END)"
        )
    if node.bound == "at_least":
        return f"(CASE WHEN {yes} >= {k} THEN TRUE WHEN {yes} + {unknown} < {k} THEN FALSE END)"
    if node.bound == "at_most":
        return f"(CASE WHEN {yes} + {unknown} <= {k} THEN TRUE WHEN {yes} > {k} THEN FALSE END)"
    return f"(CASE WHEN {yes} > {k} OR {yes} + {unknown} < {k} THEN FALSE WHEN {unknown} = 0 THEN TRUE END)"


def _score_sql(points: Points, children: Sequence[str]) -> str:
    """Whether a sum of points is as asked, in whole numbers: the least sum counts what holds, the most also what is not known."""
    scale = lcm(points.limit.denominator, *(one.denominator for one in points.worth))
    worth = [int(one * scale) for one in points.worth]
    limit = int(points.limit * scale)
    pairs = list(zip(children, worth, strict=True))
    least = " + ".join(f"CASE WHEN {child} THEN {each} ELSE 0 END" for child, each in pairs)
    most = " + ".join(f"CASE WHEN NOT {child} THEN 0 ELSE {each} END" for child, each in pairs)
    yes, no = {
        "at_least": (f"{least} >= {limit}", f"{most} < {limit}"),
        "more_than": (f"{least} > {limit}", f"{most} <= {limit}"),
        "at_most": (f"{most} <= {limit}", f"{least} > {limit}"),
        "less_than": (f"{most} < {limit}", f"{least} >= {limit}"),
    }[points.comparison]
    return f"(CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END)"


#: What a node that is not evaluable counts as under `missing: not met` (:meth:`caseseries.protocol.tree.Tree.against`), by its id.
Against = Mapping[str, bool | None]

#: For a rule whose nodes stay not evaluable.
NOTHING: Against = MappingProxyType({})

#: The rules of specs that differ from one in thresholds alone, by the number of the spec.
Others = Mapping[int, Tree]

#: For a rule that all specs share.
ALONE: Others = MappingProxyType({})

_TRUTH: Mapping[bool | None, str] = {True: "TRUE", False: "FALSE"}


def tree_sql(
    tree: Tree,
    slots: Sequence[Slot],
    dialect: Dialect,
    valued: str,
    against: Against = NOTHING,
    questions: Sequence[Question] = (),
    known: Known = UNKNOWN,
) -> str:
    """The query of one rule over the query ``valued``: case_no, spec, then one column per node in tree order.

    `questions` are what is asked besides values, whose answers stand in ``valued`` as ``q<place>`` and, where there is none, why as ``q<place>_why``.
    """
    columns = ", ".join(column(node.id) for node in tree.nodes)
    steps, last = _steps(tree, slots, dialect, valued, against, known, questions)
    return f"WITH {steps}\nSELECT case_no, spec, {columns} FROM {last} ORDER BY spec, case_no"


def root_sql(
    tree: Tree,
    slots: Sequence[Slot],
    dialect: Dialect,
    valued: str,
    against: Against = NOTHING,
    known: Known = UNKNOWN,
    questions: Sequence[Question] = (),
    others: Others = ALONE,
) -> str:
    """The query of one rule's answer: case_no, spec, truth and, where it is not evaluable, why.

    `others` are the rules of specs that ask for the same with other thresholds.

    `why` has one number per leaf in tree order, with commas between: 100 x the place of the absent value among the slots plus the code
    of the reason; 0 for a leaf that was answered. Questions stand after the slots. Empty where the rule was answered.
    """
    steps, last = _steps(tree, slots, dialect, valued, against, known, questions, others, reasons=True)
    root = column(tree.nodes[0].id)
    listed = " || ',' || ".join(f"CAST({_why(node.id)} AS {dialect.text})" for node in tree.answered)
    return f"WITH {steps}\nSELECT case_no, spec, {root} AS truth, CASE WHEN {root} IS NULL THEN {listed} ELSE '' END AS why FROM {last}"


def _counted(answer: str, counts: bool | None) -> str:
    """An answer that counts as another where it is not evaluable and ``not_met`` asks for that."""
    return (
        answer if counts is None else f"CASE WHEN not_met THEN coalesce({answer}, {_TRUTH[counts]}) ELSE {answer} END"
    )


def _leaf(node: Node, slots: Sequence[Slot], dialect: Dialect, known: Known, others: Others) -> str:
    """A comparison; where specs have different thresholds in it, that of each."""
    found: dict[Leaf, list[int]] = {}
    for number, tree in others.items():
        leaf = tree.node(node.id).leaf
        assert leaf is not None
        found.setdefault(leaf, []).append(number)
    if len(found) < 2:
        assert node.leaf is not None
        return leaf_sql(node.leaf, slots, dialect, known)
    cases = (
        f"WHEN spec IN ({', '.join(map(str, numbers))}) THEN {leaf_sql(leaf, slots, dialect, known)}"
        for leaf, numbers in found.items()
    )
    return f"(CASE {' '.join(cases)} END)"


def _why(node_id: str) -> str:
    return "w_" + node_id.replace(".", "_")


def _steps(
    tree: Tree,
    slots: Sequence[Slot],
    dialect: Dialect,
    valued: str,
    against: Against,
    known: Known = UNKNOWN,
    questions: Sequence[Question] = (),
    others: Others = ALONE,
    *,
    reasons: bool = False,
) -> tuple[str, str]:
    """The steps of the query, one per level of the tree from the leaves up, so that each node is computed once; and the last one's name.

    A rule that is not evaluable although its leaves were counted (below an `exactly`) counts as its root would.
    """
    steps, leaves, root = [f"valued AS ({valued})"], [], tree.nodes[0]
    unsettled = None in against.values()
    for node in tree.answered:
        if node.leaf is not None:
            answer = _leaf(node, slots, dialect, known, others)
            because = reason_sql(node.leaf, slots)
        else:
            assert node.question is not None
            place = questions.index(node.question)
            answer, because = f"q{place}", f"{100 * (len(slots) + place)} + q{place}_why"
        counted = _counted(answer, against.get(node.id))
        leaves.append(f"{counted} AS {column(node.id)}")
        if node.skip and node.leaf is not None:
            leaves.append(f"{left_out_sql(node.leaf, counted, slots)} AS {_left_out_column(node.id)}")
        if reasons:
            leaves.append(f"{because} AS because_{_why(node.id)}")
    steps.append(f"level_0 AS (SELECT case_no, spec, not_met, {', '.join(leaves)} FROM valued)")
    last = "level_0"
    if reasons:
        open_leaves = ", ".join(
            f"CASE WHEN {column(node.id)} IS NULL THEN because_{_why(node.id)} ELSE 0 END AS {_why(node.id)}"
            for node in tree.answered
        )
        steps.append(f"told AS (SELECT level_0.*, {open_leaves} FROM level_0)")
        last = "told"
    inner = [node for node in tree.nodes if node.children]
    may_be_left_out = {node.id for node in tree.leaves if node.skip}
    for depth in sorted({node.id.count(".") for node in inner}, reverse=True):
        nodes = [node for node in inner if node.id.count(".") == depth]
        answers = {node.id: node_sql(node, may_be_left_out) for node in nodes}
        if unsettled and root in nodes:
            answers[root.id] = _counted(answers[root.id], against[root.id])
        added = ", ".join(f"{answer} AS {column(node_id)}" for node_id, answer in answers.items())
        steps.append(f"depth_{depth} AS (SELECT {last}.*, {added} FROM {last})")
        last = f"depth_{depth}"
    return ",\n".join(steps), last
