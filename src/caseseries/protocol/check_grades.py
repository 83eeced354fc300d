"""Whether what is asked of graded measures can be meant: grades that they have, changes in steps, no means (of ratios neither)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from caseseries import catalogue
from caseseries.protocol.amount import without_unit
from caseseries.protocol.draft import Draft, LeafDraft, listed, mapping
from caseseries.protocol.grades import STEPS, grade_place
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import LISTED, Notes
from caseseries.protocol.rule import Change, Value
from caseseries.protocol.yaml import Loc

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STEP_UNITS = frozenset({"step", STEPS})


def check_order(notes: Notes, loc: Loc, grades: tuple[str, ...]) -> None:
    """Grades that begin with numbers stand from the lowest to the highest; where they do not, one of them is out of place."""
    found = [_NUMBER.match(grade) for grade in grades]
    numbers = [Fraction(one[0]) for one in found if one is not None]
    if len(numbers) == len(grades) and numbers != sorted(numbers):
        what = "the numbers of these grades do not rise, and grades stand from the lowest to the highest"
        notes.warn(loc, what, ", ".join(grades), do="put them in order, if that was not meant")


def graded_threshold(notes: Notes, leaf: LeafDraft, rule: Change | Value, facts: MeasureFacts, loc: Loc) -> bool:
    """Whether the threshold of a graded measure can be read: steps of a change, and of a value a grade; told where not."""
    threshold = rule.threshold
    steps = threshold.basis == "points" and threshold.unit in _STEP_UNITS
    if isinstance(rule, Change):
        if steps and threshold.value.denominator == 1:
            return True
        what = "the change of a graded measure is counted in whole steps"
        notes.wrong(loc, what, str(threshold), "2 steps", "write so many steps between one grade and another")
        return False
    as_points = (
        threshold.basis == "points"
        and not threshold.unit
        and not without_unit(leaf.written.get(leaf.bound or rule.comparison))
    )
    if grade_place(facts.grades, threshold) is not None and not as_points:
        return True
    if threshold.basis == "range" or as_points:
        what, do = f"{facts.name} is graded: it has no points and no percent", "write one of its grades"
    elif steps:
        what, do = (
            "steps are those of a change, and this asks for a value",
            "write one of its grades, or improves, gain or decrease",
        )
    else:
        what, do = f"{facts.name} has no such grade", _nearest(str(threshold), facts.grades)
    notes.wrong(loc, what, str(threshold), _listed(facts.grades), do)
    return False


def _nearest(written: str, grades: tuple[str, ...]) -> str:
    """The grades spelt most alike; of a number those with its digits."""
    digits = [grade for grade in grades if written and written in (grade.rstrip("+-"), grade.strip("+-"))]
    near = digits or list(catalogue.nearest(written, grades))
    return f"write {' or '.join(near[:2])}" if near else "write one of its grades"


def _listed(grades: tuple[str, ...]) -> str:
    return ", ".join(grades[:LISTED]) + (", ..." if len(grades) > LISTED else "")


def check_means(draft: Draft, notes: Notes, taken: Mapping[str, list[str]]) -> None:
    """A window in which a graded measure or a ratio is taken (`taken`, by window) asks for no mean of it."""
    for name, measures in taken.items():
        window = draft.windows.get(name)
        meanless = next((one for one in measures if one in draft.facts and _meanless(draft.facts[one])), None)
        if window is None or meanless is None:
            continue
        for loc, word in _choices(draft, name, window):
            if word == "mean":
                what = f"{meanless} {_meanless(draft.facts[meanless])}"
                notes.wrong(loc, what, "mean", _ALLOWED.get(str(loc[-1]), _ALLOWED["take"]), "choose one of the values")


def _meanless(facts: MeasureFacts) -> str:
    """Why a measure has no mean; empty where it has one. A mean of ratios depends on how they are weighed."""
    if facts.grades:
        return "is graded, and grades have no mean"
    return "is a ratio, and no mean of ratios is taken" if facts.ratio else ""


_ALLOWED = {
    "take": "nearest, last, first, best, worst, highest, lowest",
    "tie": "earlier, later, better, worse",
    "same_day": "best, worst, highest, lowest, not evaluable",
}


def _choices(draft: Draft, name: str, window: Any) -> Iterator[tuple[Loc, object]]:
    for field in ("take", "tie", "same_day"):
        yield ("windows", name, field), getattr(window, field)
    for place, take in enumerate(listed(mapping(draft.data, "robustness", "take"), name)):
        yield ("robustness", "take", name, place), take
