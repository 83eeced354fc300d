"""Whether a threshold can be meant: it has its unit, it is more than nothing, and it can be met and missed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries import catalogue
from caseseries.catalogue.instrument import unit_fold
from caseseries.protocol.amount import AMOUNTS, SIDES, Amount, without_unit
from caseseries.protocol.check_grades import graded_threshold
from caseseries.protocol.check_limits import check_multiple
from caseseries.protocol.draft import Draft, LeafDraft
from caseseries.protocol.grades import grade_place
from caseseries.protocol.measure import Instrument
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import Change, Value
from caseseries.protocol.written import decimal_text
from caseseries.protocol.yaml import Loc

#: Percents that a reader would take for a slip of the pen (0.2 for 20, 2000 for 20): told, not refused. Ours, from no source.
ODD_BELOW, ODD_ABOVE = Fraction(1), Fraction(200)

_DOWN = {"decrease", "falls"}
_OPPOSITE = {"gain": "decrease", "rises": "falls", "decrease": "gain", "falls": "rises", "improves": "worsens"}


def check_threshold(
    draft: Draft, notes: Notes, leaf: LeafDraft, rule: Change | Value, facts: MeasureFacts, window: str
) -> None:
    """One comparison of a number, of this window, with its threshold."""
    threshold, bound = rule.threshold, leaf.bound or rule.comparison
    loc = leaf.threshold_loc or (*leaf.loc, bound)
    if threshold.basis in SIDES:
        check_multiple(notes, loc, threshold, facts)
        return
    if isinstance(rule, Change) and rule.direction in {"improves", "worsens"} and facts.sign == 0:
        what = f"neither higher nor lower {facts.name} is better, so `{leaf.word}` says nothing"
        notes.wrong(leaf.measure_loc, what, facts.name, do="write gain or decrease, or give the measure `better:`")
    if facts.grades and not graded_threshold(notes, leaf, rule, facts, loc):
        return
    if facts.grades:
        _of_grades(notes, loc, rule, facts)
        return
    if threshold.basis == "grade":
        do = f"write 1 x {str(threshold).upper()}" if str(threshold).upper() in SIDES else ""
        notes.wrong(loc, "not a threshold", str(threshold), AMOUNTS, do)
        return
    units = _units(facts)
    known = {unit_fold(unit) for unit in units}
    if without_unit(leaf.written.get(bound)) and not facts.counted and not (notes.made and facts.unit == "points"):
        _no_unit(notes, loc, rule, facts, units)
        return
    if threshold.unit and unit_fold(threshold.unit) not in known:
        allowed = ", ".join(dict.fromkeys(["points", *units, "% of baseline", "% of range"]))
        do = "`steps` are those of a measure with `grades:`" if threshold.unit in {"step", "steps"} else ""
        notes.wrong(loc, f"{facts.name} is not measured in this unit", threshold.unit, allowed, do)
        return
    if threshold.basis == "range" and window in facts.summed:
        return  # told where sums are checked
    low, high = facts.ends_in(window) if window in facts.summed else _scale(draft, facts)
    if threshold.basis == "range" and (low is None or high is None):
        what = f"{facts.name} has no range, so percent of range says nothing"
        notes.wrong(loc, what, str(threshold), "points, % of baseline", "give the measure a `range:`")
    elif isinstance(rule, Change) and _no_change(rule):
        _nothing(notes, loc, rule, facts)
    else:
        _reach(notes, loc, rule, threshold, low, high, facts)


def _of_grades(notes: Notes, loc: Loc, rule: Change | Value, facts: MeasureFacts) -> None:
    """A threshold of a graded measure that can be met and missed."""
    if isinstance(rule, Change) and _no_change(rule):
        _nothing(notes, loc, rule, facts)
        return
    highest = Fraction(len(facts.grades) - 1)
    ends = (-highest, highest) if isinstance(rule, Change) else (Fraction(0), highest)
    value = (
        Fraction(grade_place(facts.grades, rule.threshold) or 0) if isinstance(rule, Value) else rule.threshold.value
    )
    if answers := decided(rule.comparison, value, *ends):
        reach = f" ({facts.grades[0]} to {facts.grades[-1]})"
        what = f"{'no value' if answers == 'never' else 'every value'} of {facts.name}{reach} "
        what += "can meet this" if answers == "never" else "meets this"
        notes.wrong(
            loc, what, str(rule.threshold), do="write a threshold that can be met and missed, or mend the grades"
        )


def _no_unit(notes: Notes, loc: Loc, rule: Change | Value, facts: MeasureFacts, units: list[str]) -> None:
    number = decimal_text(rule.threshold.value)
    forms = [f"{number} {unit}" for unit in dict.fromkeys([*units[-1:], "points"]) if unit]
    if isinstance(rule, Change):
        forms.append(f"{number} % of baseline")
    if facts.width is not None:
        forms.append(f"{number} % of range")
    what = f"the threshold for {facts.name} has no unit"
    notes.wrong(loc, what, number, ", ".join(forms), f"write {forms[0]}, if that is what is meant")


def _no_change(rule: Change) -> bool:
    """Whether a change of nothing, or one in the other direction, would decide: 70 → 70 is no gain."""
    value = rule.threshold.value
    return value < 0 if rule.comparison == "at_most" else value <= 0


def _nothing(notes: Notes, loc: Loc, rule: Change, facts: MeasureFacts) -> None:
    word = rule.direction
    if rule.threshold.value == 0 and rule.comparison in {"at_least", "more_than"}:
        what = f"a {_noun(word)} of nothing: a threshold is more than 0"
        least = "1 step" if facts.grades else f"1 {facts.unit or 'points'}"
        do = f"write the smallest change of {facts.name} that counts, such as at_least: {least}"
    else:
        what = f"a {_noun(word)} of less than nothing: a threshold is more than 0"
        do = f"write `{_OPPOSITE.get(word, 'improves')}` for a change in the other direction"
    notes.wrong(loc, what, str(rule.threshold), "more than 0", do)


def _noun(word: str) -> str:
    nouns = {"gain": "gain", "rises": "rise", "decrease": "decrease", "falls": "fall", "worsens": "worsening"}
    return nouns.get(word, "change to the better")


def _reach(
    notes: Notes,
    loc: Loc,
    rule: Change | Value,
    threshold: Amount,
    low: Fraction | None,
    high: Fraction | None,
    facts: MeasureFacts,
) -> None:
    """Thresholds that nobody, or everybody, can reach are refused; odd ones are told."""
    least, most = _ends(rule, threshold, low, high, facts)
    if answers := decided(rule.comparison, threshold.value, least, most):
        reach = f" ({decimal_text(low)} to {decimal_text(high)})" if low is not None and high is not None else ""
        what = f"{'no value' if answers == 'never' else 'every value'} of {facts.name}{reach} "
        what += "can meet this" if answers == "never" else "meets this"
        notes.wrong(loc, what, str(threshold), do="write a threshold that can be met and missed, or mend the range")
        return
    if isinstance(rule, Value) and low is None and high is None and facts.minimum is not None:
        plausible = decided(rule.comparison, threshold.value, facts.minimum, facts.maximum)
        if plausible:
            what = f"{facts.name} is plausible from {decimal_text(facts.minimum)}"
            what += f" to {decimal_text(facts.maximum)}" if facts.maximum is not None else ""
            notes.warn(loc, f"{what}, and this lies beyond", str(threshold), do="check the threshold and its unit")
    if threshold.basis != "points":
        if 0 < threshold.value < ODD_BELOW:
            times = decimal_text(100 * threshold.value)
            what = f"less than {decimal_text(ODD_BELOW)} % is next to nothing"
            notes.warn(loc, what, str(threshold), do=f"write {times} % if {times} % is meant")
        if threshold.value > ODD_ABOVE:
            what = f"more than {decimal_text(ODD_ABOVE)} % is {decimal_text(1 + threshold.value / 100)} times as much"
            notes.warn(loc, what, str(threshold), do="check the threshold")


def _ends(
    rule: Change | Value, threshold: Amount, low: Fraction | None, high: Fraction | None, facts: MeasureFacts
) -> tuple[Fraction | None, Fraction | None]:
    """The least and the most that the compared number can be; None where it has no end."""
    if threshold.basis == "range":
        return (Fraction(-100), Fraction(100)) if isinstance(rule, Change) else (Fraction(0), Fraction(100))
    if isinstance(rule, Value):
        return low, high
    if threshold.basis == "points":
        width = None if low is None or high is None else high - low
        return (None, None) if width is None else (-width, width)
    down = rule.direction in _DOWN or facts.sign == {"improves": -1, "worsens": 1}.get(rule.direction)
    return percent_ends(low, high, down=down)


def percent_ends(low: Fraction | None, high: Fraction | None, *, down: bool) -> tuple[Fraction | None, Fraction | None]:
    """The least and the most that a change in percent of the value before can be, of a measure between these ends; `down` where a fall is more."""
    below_zero = low is not None and low < 0
    fall = None if below_zero else Fraction(100) if not low or not high else 100 * (high - low) / high
    rise = 100 * (high - low) / low if low is not None and high is not None and low > 0 else None
    return (None if rise is None else -rise, fall) if down else (None if fall is None else -fall, rise)


def decided(comparison: str, value: Fraction, least: Fraction | None, most: Fraction | None) -> str:
    """`never`, `always`, or '' where the comparison can hold and fail between these ends."""
    never: Mapping[str, bool] = {
        "at_least": most is not None and value > most,
        "more_than": most is not None and value >= most,
        "at_most": least is not None and value < least,
        "less_than": least is not None and value <= least,
    }
    always: Mapping[str, bool] = {
        "at_least": least is not None and value <= least,
        "more_than": least is not None and value < least,
        "at_most": most is not None and value >= most,
        "less_than": most is not None and value > most,
    }
    return "never" if never[comparison] else "always" if always[comparison] else ""


def _scale(draft: Draft, facts: MeasureFacts) -> tuple[Fraction | None, Fraction | None]:
    """The ends beyond which no value exists; limits that are only plausible are no ends."""
    written = draft.measures[facts.name]
    if isinstance(written, Instrument) and written.range is None:
        entry = catalogue.instrument(written.instrument)
        return (entry.minimum, entry.maximum) if entry.limits == "scale" else (None, None)
    low, high = facts.minimum, facts.maximum
    upside_down = low is not None and high is not None and low >= high  # told where the range is declared
    return (None, None) if upside_down else (low, high)


def _units(facts: MeasureFacts) -> list[str]:
    if facts.counted:
        return [facts.unit, facts.unit.replace("events", "event", 1)]
    return list(dict.fromkeys([facts.unit, facts.unit.removeprefix("prednisone ")]))
