"""A count and a condition in words, from the words of their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.protocol.tree import Node
from caseseries.verdict.trace import Truth

_COUNTS = {"at_least": "at least {} needed", "at_most": "at most {} allowed", "exactly": "exactly {} needed"}
_NOT_WANTED = {
    "at_least": "at least {} not allowed",
    "at_most": "more than {} needed",
    "exactly": "exactly {} not allowed",
}
_LEFT_OUT = {"keep count": ", left out or not", "in proportion": " in proportion"}


def count_words(
    node: Node, parts: Mapping[Truth, Sequence[str]], out: Sequence[str] = (), *, negated: bool = False
) -> str:
    """How many were met of how many, and which; `out` are those left out.

    >>> node = Node("1", "count", ("1.1", "1.2", "1.3"), "at_least", 1, skipped="in proportion")
    >>> count_words(node, {True: ["MMT +4"], False: ["CMAS +1"], None: []}, ["VAS not known"])
    '1 of the 2 counted met, at least 1 needed (at least 1 of 3 in proportion; met: MMT +4; not met: CMAS +1; left out: VAS not known)'
    """
    lists = [(parts[True], "met"), (parts[False], "not met"), (parts[None], "not known"), (out, "left out")]
    told = "; ".join(f"{words}: {', '.join(listing)}" for listing, words in lists if listing)
    held = sum(map(len, parts.values()))
    needed = (_NOT_WANTED if negated else _COUNTS)[node.bound].format(node.needed(held))
    if not out:
        return f"{len(parts[True])} of {held} met, {needed} ({told})"
    asked = f"at least {node.k} of {held + len(out)}{_LEFT_OUT[node.skipped]}"
    return f"{len(parts[True])} of the {held} counted met, {needed} ({asked}; {told})"


def condition_words(holds: Truth, condition: Sequence[str], answer: Sequence[str]) -> str:
    """Whether the condition holds, or why that is not known, and what then made the answer.

    >>> condition_words(False, ["CRP 4 mg/L (more than 10 mg/L needed)"], ["MMT 50 → 54 (+4; at least 2 points needed)"])
    'the condition does not hold: CRP 4 mg/L (more than 10 mg/L needed), so: MMT 50 → 54 (+4; at least 2 points needed)'
    """
    told, then = "; ".join(condition), "; ".join(dict.fromkeys(answer))
    if holds is None:
        return f"whether the condition holds is not known: {told}; either way: {then}"
    return f"the condition {'holds' if holds else 'does not hold'}: {told}, so: {then}"
