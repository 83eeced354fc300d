"""Whether the outcomes whose verdicts are set side by side, or by which Table 1 describes the cases, are declared and have one verdict each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_agree(draft: Draft, notes: Notes) -> None:
    """Every pair of `reporting: agree`, `table_one_by`; and that P values of the paired t test are not asked for while P values are off."""
    reporting = mapping(draft.data, "reporting")
    if reporting.get("paired_t") in ("yes", True) and reporting.get("p_values") not in ("yes", True):
        what = "the paired t test gives a P value, and P values are off"
        notes.wrong(("reporting", "paired_t"), what, "yes", do="write `p_values: yes`, or leave it out")
    outcomes = mapping(draft.data, "outcomes")
    ruled = [name for name, one in outcomes.items() if isinstance(one, Mapping) and "rule" in one]
    _table_one(reporting.get("table_one_by"), outcomes, ruled, notes)
    seen: list[set[str]] = []
    for place, pair in enumerate(listed(draft.data, "reporting", "agree")):
        loc: Loc = ("reporting", "agree", place)
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            continue  # the schema says so
        for at, name in enumerate(pair):
            if name not in outcomes:
                notes.unknown((*loc, at), "outcome", name, ruled)
            elif name not in ruled:
                what = "an outcome with one rule has one verdict to compare"
                notes.wrong((*loc, at), what, name, ", ".join(ruled) or "none", "give a level its own outcome")
        if pair[0] == pair[1]:
            notes.wrong(loc, "an outcome is compared with itself", str(pair[0]), do="name two outcomes")
        elif set(pair) in seen:
            notes.wrong(loc, "these two are compared already", " and ".join(pair), do="leave it out")
        seen.append(set(pair))


def _table_one(asked: object, outcomes: Mapping[str, object], ruled: Sequence[str], notes: Notes) -> None:
    """`reporting: table_one_by` names an outcome with a rule, or is `yes` for the first one."""
    loc: Loc = ("reporting", "table_one_by")
    if not isinstance(asked, str):
        return
    if asked in outcomes:
        if asked not in ruled:
            what = "only an outcome with one rule has cases that meet it and cases that do not"
            notes.wrong(loc, what, asked, ", ".join(ruled) or "none", "give a level its own outcome")
    elif asked not in ("yes", "no"):
        notes.unknown(loc, "outcome", asked, ruled)
    elif asked == "yes" and not ruled:
        notes.wrong(loc, "no outcome has a rule that cases could meet", asked, do="leave it out")
