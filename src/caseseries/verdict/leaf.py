"""One comparison in words: the values, how far they moved, and what was needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.amount import SIDES
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.grades import GRADE, told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Leaf, Tree
from caseseries.verdict.days_counted import days_words, limit_words
from caseseries.verdict.names import judged, short_name, unit_text, why_absent
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.numbers import bounded, day_text, listed, shown, signed, value_text
from caseseries.verdict.trace import Quantity, Truth, Verdict

#: The window a change starts from where nothing else is declared.
BASELINE = "baseline"

_COMPARED = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_NOUNS = {
    "gain": "a gain", "rises": "a rise", "decrease": "a decrease", "falls": "a fall", "improves": "an improvement",
    "worsens": "a worsening",
}  # fmt: skip
_VALUE_PLACES, _PERCENT_PLACES = 2, 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A leaf with its answer and the values it rests on.

    `unit` is the one in force under the spec; `where` names the windows, where they are not the usual ones. `length` is of how many days a sum
    would be, `averaged` says that it is a mean.
    """

    id: str
    leaf: Leaf
    facts: MeasureFacts
    unit: str
    truth: Truth
    absent: str
    before: Quantity | None
    after: Quantity
    where: str = ""
    length: int = 0
    averaged: bool = False

    @property
    def name(self) -> str:
        """What the measure is called."""
        return short_name(self.facts)

    @property
    def change(self) -> Fraction | None:
        """Value after minus value before; None where one of them is absent."""
        if self.before is None or self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def seen(
    tree: Tree, verdict: Verdict, measures: Mapping[str, MeasureFacts], spec: Spec, at: str = ""
) -> dict[str, Seen]:
    """Every leaf of the tree as it came out for one case, by node id; `at` is the window of the outcome."""
    values = {quantity.slot: quantity for quantity in verdict.quantities}
    answers = {answer.node: answer for answer in verdict.trace}
    found = {}
    for node in tree.leaves:
        assert node.leaf is not None
        leaf, answer, facts = node.leaf, answers[node.id], measures[node.leaf.after.measure]
        unit = spec.dose if facts.kind == "dose" and spec.dose is not None else facts.unit
        before = None if leaf.before is None else values[leaf.before]
        windows = windows_named(leaf, at).strip() if at else ""
        if before is not None and before.day is not None and (word := extreme_of(before.slot.window)):
            windows = windows.replace(f"the {word}", f"the {word} of {day_text(before.day)}", 1)
        where = f" ({windows})" if windows else ""
        window = spec.windows.get(leaf.after.window)
        averaged = window is not None and window.take == "mean" and not facts.counted
        asked = window is not None and (not averaged or window.recorded is not None)
        length = window.days if window is not None and asked and values[leaf.after].days is not None else 0
        found[node.id] = Seen(
            node.id, leaf, facts, unit, answer.truth, answer.absent, before, values[leaf.after], where, length, averaged
        )
    return found


def windows_named(leaf: Leaf, at: str) -> str:
    """The windows of a leaf where they are not `baseline` and the outcome's: ` since month 3 at year 1`."""
    since = ""
    if leaf.before is not None and leaf.before.window != BASELINE:
        word = extreme_of(leaf.before.window)
        since = f" since the {word}" if word else f" since {leaf.before.window}"
    return since + (f" at {leaf.after.window}" if leaf.after.window != at else "")


def percent_of(leaf: Leaf) -> str:
    """What a percent of the value before is called: of baseline, of the nadir or of the peak."""
    word = "" if leaf.before is None else extreme_of(leaf.before.window)
    return f"the {word}" if word else "baseline"


def required(leaf: Leaf, unit: str, *, direction: bool, edge: Fraction | None = None) -> str:
    """The threshold in words, with its direction where the values do not show it; `edge` is the limit of normal that it is a multiple of.

    >>> from caseseries.protocol.tree import Slot
    >>> leaf = Leaf("change", "gain", Slot("mmt", "month 3"), Slot("mmt", "baseline"), threshold=Fraction(4))
    >>> required(leaf, "points", direction=False), required(leaf, "points", direction=True)
    ('at least 4 points', 'a gain of at least 4 points')
    >>> required(leaf, "%", direction=True)
    'a gain of at least 4 percentage points'
    >>> normal = Leaf("value", "value", Slot("ck", "month 3"), comparison="at_most", threshold=Fraction(1), basis="ULN")
    >>> required(normal, "U/L", direction=False, edge=Fraction(190)), required(normal, "U/L", direction=False)
    ('at most 1 × its upper limit of 190 U/L', 'at most 1 × its upper limit of normal')
    """
    number = shown(leaf.threshold, 6)
    if leaf.kind == "value" and leaf.grades:
        return f"{_COMPARED[leaf.comparison]} {told_grade(leaf.grades, leaf.threshold)}"
    if side := SIDES.get(leaf.basis):
        of = f" × its {side} limit of {'normal' if edge is None else f'{shown(edge, 6)}{unit_text(unit)}'}"
    elif leaf.basis == "points":
        of = moved_unit(unit, leaf.threshold) if leaf.kind == "change" else unit_text(unit, leaf.threshold)
        of = "" if unit == "yes/no" else of or (" point" if leaf.threshold == 1 else " points")
    else:
        of = with_percent("") + (f" of {percent_of(leaf)}" if leaf.basis == "baseline" else " of the range")
    text = f"{_COMPARED[leaf.comparison]} {number}{of}"
    return f"{_NOUNS[leaf.word]} of {text}" if direction and leaf.word in _NOUNS else text


def moved_unit(unit: str, size: Fraction) -> str:
    """The unit of a change: of grades it is steps, of a measure in percent percentage points, so that nobody takes it for a percent of the value
    before.

    >>> moved_unit("% predicted", Fraction(5)), moved_unit("%", Fraction(1)), moved_unit("mg/L", Fraction(5)), moved_unit("grade", Fraction(-1))
    (' percentage points', ' percentage point', ' mg/L', ' step')
    """
    if unit == GRADE:
        return " step" + ("" if abs(size) == 1 else "s")
    return unit_text(unit, abs(size)) if "%" not in unit else " percentage point" + ("" if abs(size) == 1 else "s")


def values_text(one: Seen) -> str:
    """The known values of a comparison, before and after where it is a change: `cells 2+ → 0`, and of doses the percent."""
    if one.facts.grades:
        return _with_unit(one)
    name = f"{one.name}{one.where}"  # which may itself have something in brackets
    return name + full(one).removeprefix(name).split(" (")[0]


def brief(one: Seen) -> str:
    """The comparison without its threshold: `MMT +21`, `prednisone 30 → 24 mg/day, 20 % lower`."""
    if not _known(one):
        return _of_bounds(one) or f"{one.name}{one.where} not known"
    if one.leaf.kind == "is":
        return judged(one.facts, yes=one.after.value == 1) + one.where
    if one.leaf.kind == "value":
        return _with_unit(one)
    change = one.change
    assert change is not None
    if one.leaf.basis == "baseline" or one.facts.kind == "dose":
        return _with_unit(one) + _percent(one)
    text = f"{one.name}{one.where} {signed(change, _VALUE_PLACES, *_limits(one))}{moved_unit(one.unit, change)}"
    return text + (f" ({_of_range(one, change)})" if one.leaf.basis == "range" else "")


def full(one: Seen, *, negated: bool = False) -> str:
    """The comparison with its values and what was needed (`negated`: what was not allowed)."""
    if one.absent and one.truth is not None:
        return f"{one.name}{one.where} not known, counted as {'met' if one.truth else 'not met'}"
    if not _known(one) and one.truth is not None and (told := _of_bounds(one)):
        if one.leaf.kind == "value":
            return f"{told} ({_asked(one)} {'not allowed' if negated else _wanted(one.leaf)})"
        return f"{told} ({needed([one], negated=negated)})"
    if not _known(one) or one.leaf.kind == "is":
        return brief(one)
    if one.leaf.kind == "value":
        reach, width, least = "", one.leaf.width, one.leaf.minimum
        if one.leaf.basis == "range" and one.after.value is not None and width and least is not None:
            percent = 100 * (one.after.value - least) / width
            reach = f"{with_percent(shown(percent, _PERCENT_PLACES, one.leaf.threshold))} of the range; "
        return f"{_with_unit(one)} ({reach}{_asked(one)} {'not allowed' if negated else _wanted(one.leaf)})"
    change = one.change
    assert change is not None and one.before is not None and one.before.value is not None
    need = f"{needed([one], negated=negated)}{out_of_reach(one)}"
    if one.leaf.basis == "baseline":
        rose = one.before.value == 0 and change > 0
        if one.before.value == 0 and one.leaf.if_zero != "any rise counts":
            return f"{_with_unit(one)}, and percent of 0 is undefined, counted as not met"
        return f"{_with_unit(one)}{', and any rise from 0 counts' if rose else _percent(one)} ({need})"
    moved = "" if change == 0 and one.facts.kind == "dose" else f"{_moved(one, change)}; "
    return f"{_with_unit(one)} ({moved}{need})"


def together(group: Sequence[Seen], *, negated: bool = False, each: bool = True) -> str:
    """Several comparisons with one threshold: `MMT 51 → 72 (+21) and CMAS 27 → 38 (+11), at least 4 points needed on each`.

    Where one of them is enough (`each` is false) the threshold is needed on either of two, or any of several.
    """
    if len(group) == 1:
        return full(group[0], negated=negated)
    parts = []
    for one in group:
        change = one.change
        assert change is not None
        parts.append(f"{_with_unit(one)} ({_moved(one, change)}{out_of_reach(one)})")
    where = "each" if each or negated else "either" if len(group) == 2 else "any"
    return f"{listed(parts)}, {needed(group, negated=negated)} on {where}"


def grouped(leaves: Sequence[Seen]) -> list[list[Seen]]:
    """Leaves side by side, those with the same threshold in points together; order of first appearance."""
    groups: list[list[Seen]] = []
    for one in leaves:
        home = next((group for group in groups if _alike(group[0], one)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return groups


def needed(group: Sequence[Seen], *, negated: bool = False) -> str:
    """`at least 4 points needed`; with the direction where a value stood still or went the other way."""
    leaf = group[0].leaf
    astray = any(one.change is not None and one.change * leaf.sign <= 0 for one in group)
    plain = leaf.comparison in {"at_least", "more_than"} and not astray and not negated
    text = required(leaf, group[0].unit, direction=not plain)
    told = leaf.basis == "baseline" and all(one.change and _percent(one) for one in group)
    if plain and told and "%" not in group[0].unit:
        text = text.removesuffix(" of baseline")  # stands behind `20 % lower`, which says of what
    return f"{text} {'not allowed' if negated else _wanted(leaf)}"


def out_of_reach(one: Seen) -> str:
    """`, out of reach from 78 of 80` where no value of the scale would have met the threshold; else nothing."""
    if not unreachable(one):
        return ""
    assert one.before is not None and one.before.value is not None
    highest, grades = one.facts.maximum, one.facts.grades
    of = f" of {value_text(grades, highest, 2)}" if one.leaf.sign > 0 and highest is not None else ""
    return f", out of reach from {value_text(grades, one.before.value, _VALUE_PLACES)}{of}"


def unreachable(one: Seen) -> bool:
    """Whether the value before was so near the end of the scale that the threshold could not be met (a ceiling)."""
    return one.before is not None and beyond_reach(one.leaf, one.facts, one.before.value)


def beyond_reach(leaf: Leaf, facts: MeasureFacts, before: Fraction | None) -> bool:
    """Whether no value of the scale would have met a change's threshold from this value before.

    Never where the limits are only plausible ones, and never of a percent of zero, which is undefined and no ceiling.
    """
    end = facts.maximum if leaf.sign > 0 else facts.minimum
    if leaf.after.window in facts.summed:
        end = facts.ends_in(leaf.after.window)[leaf.sign > 0]
    asks = leaf.kind == "change" and leaf.comparison in {"at_least", "more_than"}
    if not asks or before is None or end is None or not facts.scale:
        return False
    room = (end - before) * leaf.sign
    if leaf.basis == "baseline":
        if before <= 0:
            return False
        room = 100 * room / before
    elif leaf.basis == "range":
        if not leaf.width:
            return False
        room = 100 * room / leaf.width
    return room < leaf.threshold or (leaf.comparison == "more_than" and room == leaf.threshold)


def reason(one: Seen, spec: Spec, day: int | None, at: str) -> str:
    """Why a leaf could not be answered, in words."""
    code = one.absent.rpartition(": ")[2]
    slots = [slot for slot in one.leaf.slots if one.absent == f"{slot.window} {slot.measure}: {code}"]
    window = slots[0].window if slots else one.leaf.after.window
    text = why_absent(code, one.facts, window, spec.windows, day if window == at else None)
    for quantity in (one.before, one.after):
        if code == "censored" and quantity is not None and quantity.slot in slots and quantity.limit is not None:
            known = bounded(quantity.bound, value_text(one.facts.grades, quantity.limit, _VALUE_PLACES)) + unit_text(
                one.unit
            )
            return text.replace("as above or below a limit", f"as {known}")
        if code == "recorded without a number" and quantity is not None and quantity.slot in slots and quantity.noted:
            without = "without a grade" if one.facts.grades else "without a number"
            return text.replace(f"noted {without}", f"{without} (“{quantity.noted}”)")
    return text


def _known(one: Seen) -> bool:
    return one.after.value is not None and (one.before is None or one.before.value is not None)


def _of_bounds(one: Seen) -> str:
    """The values where one of them is known only as below or above a limit: `CRP 40 → <5 mg/L`; empty where one is not known at all."""
    values = [quantity for quantity in (one.before, one.after) if quantity is not None]
    grades = one.facts.grades
    told = [
        limit_words(quantity, grades, _VALUE_PLACES)
        if quantity.value is None
        else value_text(grades, quantity.value, _VALUE_PLACES)
        for quantity in values
    ]
    return f"{one.name}{one.where} {' → '.join(told)}{unit_text(one.unit)}{_of_days(one)}" if all(told) else ""


def edge_of(one: Seen) -> Fraction | None:
    """The limit of normal that a value was compared with; None where it is compared with something else, or there is none."""
    side = SIDES.get(one.leaf.basis)
    return None if side is None or one.after.normal is None else one.after.normal.of(side)[0]


def _of_days(one: Seen) -> str:
    return days_words((one.before, one.after), one.length, counted=bool(one.facts.counted), averaged=one.averaged)


def _asked(one: Seen) -> str:
    return required(one.leaf, one.unit, direction=False, edge=edge_of(one))


def _with_unit(one: Seen) -> str:
    after = one.after.value
    assert after is not None
    unit, grades = unit_text(one.unit, after), one.facts.grades
    if one.before is None:
        return (
            f"{one.name}{one.where} {value_text(grades, after, _VALUE_PLACES, *_thresholds(one))}{unit}{_of_days(one)}"
        )
    before = one.before.value
    assert before is not None
    if before == after and one.facts.kind == "dose":
        return f"{one.name}{one.where} unchanged at {shown(after, _VALUE_PLACES)}{unit}"
    moved = f"{value_text(grades, before, _VALUE_PLACES, after)} → {value_text(grades, after, _VALUE_PLACES, before)}"
    return f"{one.name}{one.where} {moved}{unit}{_of_days(one)}"


def _percent(one: Seen) -> str:
    change = one.change
    assert change is not None and one.before is not None and one.before.value is not None
    if change == 0 or one.before.value <= 0:
        return ""
    percent = abs(100 * change / one.before.value)
    limit = [one.leaf.threshold] if one.leaf.basis == "baseline" else []
    of = f" of {percent_of(one.leaf)}" if "%" in one.unit else ""
    return f", {with_percent(shown(percent, _PERCENT_PLACES, *limit))}{of} {'lower' if change < 0 else 'higher'}"


def _moved(one: Seen, change: Fraction) -> str:
    told = "%" in one.unit or one.facts.grades
    moved = signed(change, _VALUE_PLACES, *_limits(one)) + (moved_unit(one.unit, change) if told else "")
    return f"{moved}, {_of_range(one, change)}" if one.leaf.basis == "range" else moved


def _of_range(one: Seen, change: Fraction) -> str:
    assert one.leaf.width is not None
    ensure(one.leaf.width, "a range without a width")
    percent = shown(abs(100 * change / one.leaf.width), _PERCENT_PLACES, one.leaf.threshold)
    return f"{with_percent(percent)} of the range"


def _limits(one: Seen) -> tuple[Fraction, ...]:
    return (one.leaf.sign * one.leaf.threshold,) if one.leaf.basis == "points" else ()


def _thresholds(one: Seen) -> tuple[Fraction, ...]:
    if (edge := edge_of(one)) is not None:
        return (one.leaf.threshold * edge,)
    return (one.leaf.threshold,) if one.leaf.basis == "points" else ()


def _wanted(leaf: Leaf) -> str:
    """A value must be low, a change may be no more than so much."""
    return "needed" if leaf.kind == "value" or leaf.comparison in {"at_least", "more_than"} else "allowed"


def comparison_of(leaf: Leaf, unit: str, facts: MeasureFacts) -> tuple[object, ...]:
    """What a comparison asks, whatever the measure: measures of which the same is asked share a sentence."""
    windows = leaf.after.window, leaf.before.window if leaf.before else ""
    unit = (
        "/".join(leaf.grades) if leaf.kind == "value" and leaf.grades else unit
    )  # the same place may be another grade
    return leaf.kind, leaf.word, leaf.comparison, leaf.threshold, leaf.basis, unit, windows, facts.kind


def _alike(first: Seen, second: Seen) -> bool:
    def key(one: Seen) -> tuple[object, ...]:
        return comparison_of(one.leaf, unit_text(one.unit), one.facts)

    both = first.leaf.kind == "change" and first.leaf.basis == "points" and first.facts.kind == "number"
    return (
        both and _known(first) and _known(second) and not (first.absent or second.absent) and key(first) == key(second)
    )
