"""Whether a line of `include` or `exclude` that asks for a value can be meant; as a comparison of a rule is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from caseseries.protocol.amount import value_amount
from caseseries.protocol.check_rules import check_comparison, check_day, check_measure, check_window
from caseseries.protocol.draft import Draft, LeafDraft, leaves
from caseseries.protocol.eligibility import LOWER, OTHER_WORDS
from caseseries.protocol.grades import grade_place
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import COMPARISONS, Is, Value
from caseseries.protocol.yaml import Loc


def check_criterion(draft: Draft, notes: Notes, loc: Loc, written: Mapping[str, Any]) -> None:
    """The measure, the window and every threshold of one line; a line that asks for no value is passed over."""
    word = next((one for one in ("value", "is") if one in written), None)
    if word is None:
        if {"all", "any", "of"} & written.keys():
            _check_rule(draft, notes, loc, written)
        return
    name, window = written[word], written.get("in")
    check_measure(draft, notes, (*loc, word), name)
    check_window(draft, notes, (*loc, "in"), window)
    if not isinstance(name, str) or not isinstance(window, str):
        return  # the schema says so
    if name in draft.measures:
        check_day(draft, notes, loc, window, [draft.measures[name]])
    _early(draft, notes, loc, window)
    if word == "is":
        check_comparison(draft, notes, LeafDraft(loc, {"is": name}, Is(is_=name)), window)
        return
    bounds: dict[bool, Value] = {}
    for bound, comparison in (*((one, one) for one in COMPARISONS), *OTHER_WORDS.items()):
        rule = _rule(name, comparison, written.get(bound))
        if rule is not None:
            check_comparison(draft, notes, LeafDraft(loc, {"value": name, bound: written[bound]}, rule, bound), window)
            bounds[comparison in LOWER] = rule
    grades = draft.facts[name].grades if name in draft.facts else ()
    if len(bounds) == 2 and _empty(bounds[True], bounds[False], grades):
        found = f"{bounds[True].threshold} to {bounds[False].threshold}"
        notes.wrong(loc, f"no value of {name} lies in this range", found, "the lower end, then the higher")


def _check_rule(draft: Draft, notes: Notes, loc: Loc, written: Mapping[str, Any]) -> None:
    """The window of a line that is a rule, and each of its comparisons."""
    window, found = written.get("in"), list(leaves(written, loc))
    check_window(draft, notes, (*loc, "in"), window)
    for leaf in found:
        check_measure(draft, notes, leaf.measure_loc, leaf.written[leaf.word])
        check_comparison(draft, notes, leaf, window)
    if isinstance(window, str):
        check_day(draft, notes, loc, window, [draft.measures.get(leaf.measure) for leaf in found])
        _early(draft, notes, loc, window)


def _early(draft: Draft, notes: Notes, loc: Loc, window: str) -> None:
    """Who is included is best known at the index date."""
    if (declared := draft.windows.get(window)) is not None and declared.to > 0:
        what = "who is included depends on something after the index date"
        notes.warn(loc, what, do="write `in:` with a window before it, if that was meant")


def _empty(lower: Value, upper: Value, grades: tuple[str, ...]) -> bool:
    """Whether no number, or no grade, meets both; not known of a number of points and a percent of the range."""
    if grades:
        first, last = grade_place(grades, lower.threshold), grade_place(grades, upper.threshold)
        if first is None or last is None:
            return False  # told where the threshold is checked
        return last - first < (lower.comparison == "more_than") + (upper.comparison == "less_than")
    if lower.threshold.basis != upper.threshold.basis:
        return False
    touching = lower.comparison == "at_least" and upper.comparison == "at_most"
    low, high = lower.threshold.value, upper.threshold.value
    return low > high or (low == high and not touching)


def _rule(name: str, comparison: str, written: Any) -> Value | None:
    if written is None:
        return None
    try:
        return Value.model_validate({"value": name, comparison: value_amount(written)})
    except (ValidationError, ValueError):
        return None  # the schema says so
