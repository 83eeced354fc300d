"""Whether the blank days of a measure can be days of 0: where the days of a window are added up or averaged, and nowhere else."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.derived import Derived
from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.extremes import EXTREMES
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import Notes
from caseseries.protocol.values_taken import comparisons, pairs, read_daily, taken
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START, decimal_text
from caseseries.protocol.yaml import Loc

#: Where they may be.
_BLANKS = ("sum", "mean")
_DO = "leave `blank_days` out, or take it in another window"


def check_blank_days(draft: Draft, notes: Notes) -> None:
    """Every measure that says `blank_days: zero`, and everything that is made of it."""
    blank = {name: facts for name, facts in draft.facts.items() if facts.blank_zero}
    if not blank:
        return
    for name, facts in blank.items():
        _range(notes, name, facts)
    told: set[tuple[str, str]] = set()
    for name, measure, loc in taken(draft):
        window = draft.windows.get(name)
        if window is not None and measure in blank and (name, measure) not in told:
            told.add((name, measure))
            _window(draft, notes, loc, measure, name, window)
    _single_days(draft, notes, set(blank))


def _range(notes: Notes, name: str, facts: MeasureFacts) -> None:
    if facts.minimum is not None and facts.minimum > Fraction(0):
        what = f"no day of {name} is one of 0: its range begins at {decimal_text(facts.minimum)}"
        notes.wrong(("measures", name, "blank_days"), what, "zero", do="mend the range, or leave `blank_days` out")


def _window(draft: Draft, notes: Notes, loc: Loc, measure: str, name: str, window: Window) -> None:
    """A window in which it is taken, and the other ways of reading it: every blank day is counted, so that it has ends."""
    if window.take not in _BLANKS:
        what = f"the blank days of {measure} are days of 0 where days are added up, and the window {name!r} takes {window.take}"
        notes.wrong(loc, what, measure, "take: sum, take: mean", _DO)
    elif window.from_ <= OPEN_START or window.to >= OPEN_END:
        what = f"the blank days of {measure} are days of 0, and the window {name!r} is open: nobody knows how many they are"
        notes.wrong(loc, what, measure, "a window with a first and a last day")
    for place, take in enumerate(listed(mapping(draft.data, "robustness", "take"), name)):
        if window.take in _BLANKS and take not in _BLANKS:
            what = f"the blank days of {measure} are days of 0 where days are added up, and this takes {take}"
            notes.wrong(("robustness", "take", name, place), what, str(take), ", ".join(_BLANKS))


def _single_days(draft: Draft, notes: Notes, blank: set[str]) -> None:
    """Where single days are read, they are those that are written down: as though a day without an entry had not been."""
    for leaf, _ in comparisons(draft):
        if read_daily(leaf) and leaf.measure in blank:
            what = f"the blank days of {leaf.measure} are days of 0, and here only the days with an entry are read"
            notes.wrong(
                leaf.measure_loc,
                what,
                leaf.measure,
                do="give the comparison a window of its own (`at:`), or leave `blank_days` out",
            )
    for loc, measure, before, _ in pairs(draft):
        if before in EXTREMES and measure in blank:
            what = f"the blank days of {measure} are days of 0, and the {before} is that of the days with an entry"
            notes.wrong((*loc, "from"), what, before, "baseline, or another window")
    for name, outcome in mapping(draft.data, "outcomes").items():
        measure = str(mapping(outcome).get("trajectory"))
        if measure in blank:
            what = f"the blank days of {measure} are days of 0, and a line over time is drawn through the days with an entry"
            notes.wrong(
                ("outcomes", name, "trajectory"),
                what,
                measure,
                do="leave `blank_days` out, or ask for a change between two windows",
            )
    for side in ("include", "exclude"):
        for place, line in enumerate(listed(draft.data, side)):
            asked = mapping(line).get("recorded")
            if asked in blank:
                what = f"the blank days of {asked} are days of 0, and `recorded` asks for an entry: who had none in the window would be left out"
                do = f"write `value: {asked}` with `more_than: 0`, if that is meant, or leave the line out"
                notes.wrong((side, place, "recorded"), what, str(asked), do=do)
    for name, one in draft.measures.items():
        for part in one.parts if isinstance(one, Derived) else ():
            if part in blank:
                what = f"the blank days of {part} are days of 0, and {name} has a value only on a day on which each of its parts has an entry"
                notes.wrong(
                    ("measures", name),
                    what,
                    part,
                    do="leave `blank_days` out, or declare the total itself as a measure",
                    key=True,
                )
