"""Whether outcomes, their rules and the robustness grid fit the measures and windows of the study."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any, get_args

from caseseries import catalogue
from caseseries.catalogue.instrument import unit_fold
from caseseries.protocol.draft import Draft, LeafDraft, leaves, listed, mapping
from caseseries.protocol.measure import DailyDose, Instrument
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import DIRECTIONS, Amount, Change, Is, Value
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.protocol.window import Take, Window
from caseseries.protocol.words import days, decimal_text
from caseseries.protocol.yaml import Loc

#: How a day is chosen when all components come from one visit.
OF_A_VISIT = ("nearest", "last", "first")

#: The window a change starts from where nothing else is written.
BASELINE = "baseline"

#: Cells of the robustness grid beyond which a reader is told how many there will be.
MANY_CELLS = 500

NEAREST_EACH = "write `components: nearest each`, or take nearest, last or first"


def check_outcomes(draft: Draft, notes: Notes) -> None:
    """Every outcome: its windows and measures, its rule, its readings, its `among`."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        loc: Loc = ("outcomes", name)
        if not isinstance(outcome, Mapping):
            continue
        _window(draft, notes, (*loc, "at"), outcome.get("at"))
        if "rule" in outcome:
            _verdict(draft, notes, loc, outcome)
        elif "change" in outcome:
            _change_outcome(draft, notes, loc, outcome)
        elif outcome.get("pending") in ("no", False):
            notes.wrong(
                (*loc, "pending"), "this kind of outcome is not computed yet", "no", "yes", "write `pending: yes`"
            )


def check_windows(draft: Draft, notes: Notes) -> None:
    """Every window: whether its `take` and `tie` fit the way components are taken, and what its days mean."""
    starts = _starts(draft)
    for name, window in draft.windows.items():
        loc: Loc = ("windows", name)
        if window is None:
            continue
        if window.components == "same visit":
            if window.take not in OF_A_VISIT:
                what = "with `components: same visit` a whole visit is chosen, not the best of single values"
                notes.wrong((*loc, "take"), what, window.take, ", ".join(OF_A_VISIT), NEAREST_EACH)
            if window.tie not in {None, "earlier", "later"}:
                what = "with `components: same visit` a tie between visits is settled by their days"
                notes.wrong((*loc, "tie"), what, str(window.tie), "earlier, later")
        if name in starts and window.to > 0:
            notes.warn(
                (*loc, "to"), f"values up to {_day_count(window.to)} after the index date count as before", do="check"
            )
    for before, after, loc in _pairs(draft):
        if before == after:
            notes.wrong(loc, "a change from a window to itself is always 0", after, do="name two different windows")
            continue
        first, second = draft.windows.get(before), draft.windows.get(after)
        if first is not None and second is not None and second.from_ <= first.to:
            notes.warn(
                loc, f"the windows {before!r} and {after!r} overlap: one value may be both before and after", do="check"
            )


def check_robustness(draft: Draft, notes: Notes) -> None:
    """The robustness grid: declared windows, possible takes, dose units that the measures can give."""
    loc: Loc = ("robustness",)
    widths, takes = mapping(draft.data, "robustness", "windows"), mapping(draft.data, "robustness", "take")
    for field, written in (("windows", widths), ("take", takes)):
        for name in written:
            if name not in draft.windows:
                notes.unknown((*loc, field, name), "window", name, draft.windows, key=True)
    for name, window in draft.windows.items():
        if window is not None:
            others = [take for take in listed(takes, name) if take in get_args(Take)]
            _other_takes(notes, (*loc, "take", name), window, listed(takes, name))
            _other_widths(notes, (*loc, "windows", name), window, listed(widths, name), [window.take, *others])
    doses = {name: one for name, one in draft.measures.items() if isinstance(one, DailyDose)}
    for place, unit in enumerate(listed(draft.data, "robustness", "dose")):
        if not doses:
            notes.warn((*loc, "dose", place), "no measure is a daily dose, so there is no unit to vary", str(unit))
        for name, dose in doses.items():
            if str(unit).endswith("mg/kg/day") and dose.weight is None:
                do = f"add `weight:` and `weight_within:` to the measure {name}"
                notes.wrong(
                    (*loc, "dose", place), "a dose per kg needs to know which measure is the weight", str(unit), do=do
                )
            if str(unit).startswith("prednisone") != dose.equivalents:
                what = f"the measure {name} is in {dose.as_}; a grid does not turn equivalents on or off"
                notes.wrong((*loc, "dose", place), what, str(unit))
    cells = _cells(draft, widths, takes)
    if cells > MANY_CELLS:
        notes.warn(
            loc, f"the grid of one outcome has {cells} cells", do="leave out what no reader would ask about", key=True
        )


def _other_takes(notes: Notes, loc: Loc, window: Window, others: list[Any]) -> None:
    for place, take in enumerate(others):
        if take not in get_args(Take):
            continue  # the schema says so
        if window.components == "same visit" and take not in OF_A_VISIT:
            what = "with `components: same visit` a whole visit is chosen, not the best of single values"
            notes.wrong((*loc, place), what, str(take), ", ".join(OF_A_VISIT))
        if take == "nearest" and window.target is None:
            notes.wrong(
                (*loc, place),
                "`nearest` needs a `target` in the window itself",
                "nearest",
                do="add a target to the window",
            )


def _other_widths(notes: Notes, loc: Loc, window: Window, others: list[Any], takes: list[Any]) -> None:
    for place, width in enumerate(others):
        start, end = _days(mapping(width).get("from")), _days(mapping(width).get("to"))
        if start is None or end is None:
            continue
        found = f"{_day_count(start)} to {_day_count(end)}"
        if start > end:
            notes.wrong((*loc, place), "the window ends before it begins", found, "from <= to")
        elif window.target is not None and "nearest" in takes and not start <= window.target <= end:
            notes.wrong(
                (*loc, place),
                "the target lies outside this width",
                found,
                f"a width around {_day_count(window.target)}",
            )


def _cells(draft: Draft, widths: Mapping[str, Any], takes: Mapping[str, Any]) -> int:
    per_window = [(1 + len(listed(widths, name))) * (1 + len(listed(takes, name))) for name in draft.windows]
    readings = [len(mapping(outcome, "readings")) for outcome in mapping(draft.data, "outcomes").values()]
    dose, missing = listed(draft.data, "robustness", "dose"), listed(draft.data, "robustness", "missing")
    return prod(per_window) * (1 + max(readings, default=0)) * (1 + len(dose)) * (1 + len(missing))


def _verdict(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    at = outcome.get("at")
    rules: list[tuple[Loc, Any]] = [((*loc, "rule"), outcome["rule"])]
    for reading, rule in mapping(outcome, "readings").items():
        rules.append(((*loc, "readings", reading), rule))
        if reading == AS_WRITTEN:
            notes.wrong(
                (*loc, "readings", reading),
                "this is the name of the rule itself",
                reading,
                do="name the reading",
                key=True,
            )
        if rule == outcome["rule"]:
            notes.warn((*loc, "readings", reading), "this reading is the same as the rule", reading, key=True)
    found = [leaf for rule_loc, rule in rules for leaf in leaves(rule, rule_loc)]
    among = list(leaves(outcome.get("among"), (*loc, "among")))
    for leaf in (*found, *among):
        _leaf(draft, notes, leaf)
    for leaf in among:
        window = draft.windows.get(str(leaf.written.get("at", at)))
        if window is not None and window.to > 0:
            what = "who is in the denominator depends on something after the index date"
            notes.warn(leaf.loc, what, do="write `at:` with a window before it, if that was meant")
    _dose_anchor(draft, notes, loc, [*found, *among], str(at))


def _dose_anchor(draft: Draft, notes: Notes, loc: Loc, found: list[LeafDraft], at: str) -> None:
    """A dose added up from courses needs a day: that of a visit, or one the window names."""
    measures: dict[str, list[Any]] = {}
    for leaf in found:
        windows = [str(leaf.written.get("at", at))]
        windows += [str(leaf.written.get("from", BASELINE))] if leaf.word in DIRECTIONS else []
        for name in windows:
            measures.setdefault(name, []).append(draft.measures.get(leaf.measure))
    for name, taken in measures.items():
        window = draft.windows.get(name)
        only_courses = all(isinstance(one, DailyDose) and one.source == "courses" for one in taken)
        if only_courses and window is not None and window.components != "same visit" and window.take not in OF_A_VISIT:
            what = f"in the window {name!r} only a dose from courses is taken, so `take: {window.take}` names no day"
            notes.wrong((*loc, "rule"), what, allowed=", ".join(OF_A_VISIT), key=True)


def _change_outcome(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    _measure(draft, notes, (*loc, "change"), outcome["change"])
    if "from" in outcome:
        _window(draft, notes, (*loc, "from"), outcome["from"])
    elif BASELINE not in draft.windows:
        _no_baseline(draft, notes, loc)
    facts = draft.facts.get(str(outcome["change"]))
    if facts is not None and facts.kind == "judgement":
        notes.wrong((*loc, "change"), "a judgement has no change", facts.name, _of_kind(draft, "number", "dose"))


def _leaf(draft: Draft, notes: Notes, leaf: LeafDraft) -> None:
    for field in ("at", "from"):
        if field in leaf.written:
            _window(draft, notes, (*leaf.loc, field), leaf.written[field])
    if leaf.word in DIRECTIONS and "from" not in leaf.written and BASELINE not in draft.windows:
        _no_baseline(draft, notes, leaf.loc)
    _measure(draft, notes, (*leaf.loc, leaf.word), leaf.written[leaf.word])
    written = mapping(draft.data, "measures", leaf.measure)
    if leaf.word == "is" and written and "judgement" not in written:
        what = "`is` asks for a judgement, and this measure is a number"
        notes.wrong((*leaf.loc, "is"), what, leaf.measure, _of_kind(draft, "judgement"), "use value, gain or decrease")
        return
    facts = draft.facts.get(leaf.measure)
    if facts is None:
        return
    if leaf.word != "is" and facts.kind == "judgement":
        what = f"a judgement is yes or no: `{leaf.word}` does not apply"
        notes.wrong(
            (*leaf.loc, leaf.word), what, facts.name, _of_kind(draft, "number", "dose"), f"write {{is: {facts.name}}}"
        )
    elif leaf.rule is not None and not isinstance(leaf.rule, Is):
        _threshold(draft, notes, leaf, leaf.rule, facts)


def _threshold(draft: Draft, notes: Notes, leaf: LeafDraft, rule: Change | Value, facts: MeasureFacts) -> None:
    threshold, loc = rule.threshold, (*leaf.loc, rule.comparison)
    if isinstance(rule, Change) and rule.direction in {"improves", "worsens"} and facts.sign == 0:
        what = f"neither higher nor lower {facts.name} is better, so `{leaf.word}` says nothing"
        notes.wrong(
            (*leaf.loc, leaf.word), what, facts.name, do="write gain or decrease, or give the measure `better:`"
        )
    units = _units(facts)
    if threshold.unit and unit_fold(threshold.unit) not in {unit_fold(unit) for unit in units}:
        allowed = ", ".join(dict.fromkeys(["points", *units, "% of baseline", "% of range"]))
        notes.wrong(loc, f"{facts.name} is not measured in this unit", threshold.unit, allowed)
    low, high = scale(draft, facts)
    if threshold.basis == "range" and (low is None or high is None):
        what = f"{facts.name} has no range, so percent of range says nothing"
        notes.wrong(loc, what, str(threshold), "points, % of baseline", "give the measure a `range:`")
    elif not threshold.unit or unit_fold(threshold.unit) in {unit_fold(unit) for unit in units}:
        _reach(notes, loc, rule, threshold, low, high, facts)


def _reach(
    notes: Notes,
    loc: Loc,
    rule: Change | Value,
    threshold: Amount,
    low: Fraction | None,
    high: Fraction | None,
    facts: MeasureFacts,
) -> None:
    """Thresholds that nobody, or everybody, can reach."""
    least: Fraction | None
    most: Fraction | None
    if threshold.basis == "range":
        least, most = (Fraction(-100), Fraction(100)) if isinstance(rule, Change) else (Fraction(0), Fraction(100))
    elif isinstance(rule, Value):
        least, most = low, high
    elif threshold.basis == "points":
        width = None if low is None or high is None else high - low
        least, most = (None, None) if width is None else (-width, width)
    else:
        down = rule.direction in {"decrease", "falls"} or facts.sign == {"improves": -1, "worsens": 1}.get(
            rule.direction
        )
        least, most = None, Fraction(100) if down and low is not None and low >= 0 else None
    value, comparison = threshold.value, rule.comparison
    never = {
        "at_least": most is not None and value > most,
        "more_than": most is not None and value >= most,
        "at_most": least is not None and value < least,
        "less_than": least is not None and value <= least,
    }[comparison]
    always = {
        "at_least": least is not None and value <= least,
        "more_than": least is not None and value < least,
        "at_most": most is not None and value >= most,
        "less_than": most is not None and value > most,
    }[comparison]
    if never or always:
        reach = f" ({decimal_text(low)} to {decimal_text(high)})" if low is not None and high is not None else ""
        what = (
            f"{'no value' if never else 'every value'} of {facts.name}{reach} {'can meet' if never else 'meets'} this"
        )
        notes.warn(loc, what, str(threshold), do="check the threshold and the range")


def scale(draft: Draft, facts: MeasureFacts) -> tuple[Fraction | None, Fraction | None]:
    """The ends beyond which no value exists; limits that are only plausible are no ends."""
    written = draft.measures[facts.name]
    if isinstance(written, Instrument) and written.range is None:
        entry = catalogue.instrument(written.instrument)
        return (entry.minimum, entry.maximum) if entry.limits == "scale" else (None, None)
    return facts.minimum, facts.maximum


def _units(facts: MeasureFacts) -> list[str]:
    return list(dict.fromkeys([facts.unit, facts.unit.removeprefix("prednisone ")]))


def _pairs(draft: Draft) -> list[tuple[str, str, Loc]]:
    """Every (before, after) window pair that a change is taken over, with the first place that says so."""
    found: dict[tuple[str, str], Loc] = {}
    for name, outcome in mapping(draft.data, "outcomes").items():
        at, loc = mapping(outcome).get("at"), ("outcomes", name)
        if "change" in mapping(outcome):
            found.setdefault((str(mapping(outcome).get("from", BASELINE)), str(at)), (*loc, "at"))
        rules: list[tuple[Loc, Any]] = [((*loc, field), mapping(outcome).get(field)) for field in ("rule", "among")]
        rules += [((*loc, "readings", reading), rule) for reading, rule in mapping(outcome, "readings").items()]
        for rule_loc, rule in rules:
            for leaf in leaves(rule, rule_loc):
                if leaf.word in DIRECTIONS:
                    pair = (str(leaf.written.get("from", BASELINE)), str(leaf.written.get("at", at)))
                    found.setdefault(pair, leaf.loc)
    return [(before, after, loc) for (before, after), loc in found.items()]


def _starts(draft: Draft) -> set[str]:
    return {before for before, _, _ in _pairs(draft)}


def _measure(draft: Draft, notes: Notes, loc: Loc, written: object) -> None:
    if isinstance(written, str) and written not in draft.measures:
        notes.unknown(loc, "measure", written, draft.measures)


def _window(draft: Draft, notes: Notes, loc: Loc, written: object) -> None:
    if isinstance(written, str) and written not in draft.windows:
        notes.unknown(loc, "window", written, draft.windows)


def _no_baseline(draft: Draft, notes: Notes, loc: Loc) -> None:
    if "windows" in notes.missing:
        return
    what = f"the change starts from the window {BASELINE!r}, which is not declared"
    notes.wrong(loc, what, allowed=", ".join(draft.windows), do="declare it, or write `from:` with another window")


def _of_kind(draft: Draft, *kinds: str) -> str:
    return ", ".join(name for name, facts in draft.facts.items() if facts.kind in kinds) or "none is declared"


def _days(written: Any) -> int | None:
    try:
        return days(written) if isinstance(written, str | int) else None
    except ValueError:
        return None


def _day_count(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
