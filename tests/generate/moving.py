"""Windows whose last day differs from case to case, in drawn protocols: what a rule asks besides values is asked in them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: The windows that it adds: of the past, and the one that moves.
PAST, MOVES = "past", "moves"

_WORDS = ("occurs", "held", "free_of")


@st.composite
def moving(draw: st.DrawFn, windows: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """In one study of two that ask for events, or for rules that are held: another window that moves, and some of them in it."""
    asked = [part for rule in rules for part in _parts(rule)]
    if not asked or draw(st.booleans()):
        return
    first = draw(st.sampled_from([1, 1, 0, 5]))
    windows[MOVES] = {
        "from": f"{first} days",
        "to": f"{draw(st.sampled_from([60, 120, 200]))} days",
        "take": "last",
        "same_day": "worst",
        "overlap": "yes",
    }
    if draw(st.booleans()):
        windows[MOVES]["until"] = draw(st.sampled_from(["fever", "fever", "biopsy"]))
    else:
        windows[PAST] = {"from": "-100 days", "to": "-1 days", "take": "last", "overlap": "yes"}
        length = {"longest_between": "fever", "in": PAST, "times": draw(st.sampled_from(["1", "2", "2.5", "4"]))}
        windows[MOVES]["length"] = length | draw(st.sampled_from([{}, {"at_least": "28 days"}]))
    for part in asked:
        if draw(st.integers(0, 3)):
            part["in"] = MOVES


def _parts(rule: Any) -> list[dict[str, Any]]:
    """Every part of a rule that asks for an event or is held, those within others too."""
    if isinstance(rule, list):
        return [found for one in rule for found in _parts(one)]
    if not isinstance(rule, dict):
        return []
    here = [rule] if any(word in rule for word in _WORDS) and "since" not in rule else []
    return here + [found for one in rule.values() for found in _parts(one)]
