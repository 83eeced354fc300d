"""Whether a change from the nadir or the peak can be meant."""

from __future__ import annotations

from caseseries.protocol.draft import Draft, LeafDraft
from caseseries.protocol.extremes import BEGINS, EXTREMES
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import Change

_UP, _DOWN = {"gain", "rises"}, {"decrease", "falls"}


def check_extreme(draft: Draft, notes: Notes, leaf: LeafDraft, at: object) -> None:
    """One change `from: nadir` or `from: peak`: of a number or grade, away from it, up to a value that comes after baseline."""
    word, loc, facts = str(leaf.written["from"]), (*leaf.loc, "from"), draft.facts.get(leaf.measure)
    if facts is not None and (facts.kind in {"dose", "judgement"} or facts.counted):
        kind = "count of events" if facts.counted else "daily dose" if facts.kind == "dose" else "judgement"
        what = f"{facts.name} is a {kind}, of which there is no {word}"
        notes.wrong(loc, what, word, "baseline, or another window")
        return
    if facts is not None and isinstance(leaf.rule, Change):
        up = leaf.word in _UP or facts.sign == {"improves": 1, "worsens": -1}.get(leaf.word)
        down = leaf.word in _DOWN or facts.sign == {"improves": -1, "worsens": 1}.get(leaf.word)
        if (word == "nadir" and down) or (word == "peak" and up):
            end, other = ("lowest", "peak") if word == "nadir" else ("highest", "nadir")
            what = f"no value lies {'below' if down else 'above'} the {word}, which is the {end} value up to it"
            notes.wrong(loc, what, word, other, f"write `from: {other}`, or a change in the other direction")
    name = leaf.window(at)
    window, begin = draft.windows.get(name), draft.windows.get(BEGINS)
    if BEGINS not in draft.windows and "windows" not in notes.missing:
        what = f"the {word} is looked for from the window {BEGINS!r} on, which is not declared"
        notes.wrong(loc, what, word, do="declare it")
    if window is None or begin is None:
        return
    if window.same_day is None:
        what = f"two different values of one day need a rule: the window {name!r} has no `same_day`"
        notes.wrong(loc, what, word, do="write `same_day: worst`, `not evaluable`, ... in the window")
    if name == BEGINS:
        notes.wrong(loc, f"at {BEGINS!r} the {word} is the value itself, and the change is always 0", word)
    elif window.from_ < begin.from_:
        what = f"the window {name!r} begins before the window {BEGINS!r}, from which the {word} is looked for"
        notes.wrong(loc, what, word, do=f"judge the change in a window after {BEGINS!r}")


def check_names(draft: Draft, notes: Notes) -> None:
    """A window has no name that `from` understands as the nadir or the peak."""
    for name in draft.windows:
        if name in EXTREMES or any(name.startswith(f"{word} up to ") for word in EXTREMES):
            what = (
                f"`from: {name.split()[0]}` means the {EXTREMES[name.split()[0]]} value since baseline, and no window"
            )
            notes.wrong(("windows", name), what, name, do="give the window another name", key=True)
