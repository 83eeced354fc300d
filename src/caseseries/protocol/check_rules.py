"""Whether outcomes, their rules and the robustness grid fit the measures and windows of the study."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, get_args

from caseseries.protocol.check_by_name import check_by_name
from caseseries.protocol.check_drug import check_drug
from caseseries.protocol.check_event import check_event
from caseseries.protocol.check_event_count import check_event_count
from caseseries.protocol.check_extremes import check_extreme
from caseseries.protocol.check_held import check_free_of, check_held
from caseseries.protocol.check_levels import check_levels, check_names_of_levels, check_no_responder
from caseseries.protocol.check_reach import check_reach
from caseseries.protocol.check_spells import check_spells
from caseseries.protocol.check_thresholds import check_threshold
from caseseries.protocol.check_time_to import check_time_to
from caseseries.protocol.check_trajectory import check_trajectory
from caseseries.protocol.check_windows import BASELINE, day_count, days_of
from caseseries.protocol.draft import Draft, LeafDraft, leaves, listed, mapping, parts_with, rules_by_day, rules_of
from caseseries.protocol.extremes import EXTREMES
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.notes import Notes
from caseseries.protocol.rule import DIRECTIONS, Is
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.protocol.window import DAY_TAKES, Take, Window
from caseseries.protocol.yaml import Loc

#: Cells of the robustness grid beyond which a reader is told how many there will be.
MANY_CELLS = 500


def check_outcomes(draft: Draft, notes: Notes) -> None:
    """Every outcome: its windows and measures, its rule, its readings, its `among`."""
    check_names_of_levels(mapping(draft.data, "outcomes"), notes)
    for name, outcome in mapping(draft.data, "outcomes").items():
        loc: Loc = ("outcomes", name)
        if not isinstance(outcome, Mapping):
            continue
        check_window(draft, notes, (*loc, "at"), outcome.get("at"))
        for place, window in enumerate(listed(outcome, "also_at")):
            check_window(draft, notes, (*loc, "also_at", place), window)
        if {"rule", "levels", "categories"} & outcome.keys():
            _verdict(draft, notes, loc, outcome)
            for window in listed(outcome, "also_at"):
                told = Notes(notes.locate, notes.missing, notes.made)
                _verdict(draft, told, loc, {**outcome, "at": window})
                notes.errors += [one for one in told.errors if one not in notes.errors]
                notes.warnings += [one for one in told.warnings if one not in notes.warnings]
        elif "change" in outcome:
            _change_outcome(draft, notes, loc, outcome)
        elif "trajectory" in outcome:
            check_measure(draft, notes, (*loc, "trajectory"), outcome["trajectory"])
            for field in ("in", "pre_index"):
                check_window(draft, notes, (*loc, field), outcome.get(field))
            check_trajectory(draft, notes, loc, outcome)
        elif "describe" in outcome:
            check_measure(draft, notes, (*loc, "describe"), outcome["describe"])
            _denominator(draft, notes, loc, outcome)
            at = str(outcome.get("at"))
            beside = [leaf for leaf in leaves(outcome.get("among"), (*loc, "among")) if leaf.window(at) == at]
            taken = [str(outcome["describe"]), *(leaf.measure for leaf in beside)]
            check_day(draft, notes, loc, at, [draft.measures.get(name) for name in taken])
        elif "time_to" in outcome and "pending" not in outcome:
            _read_by_day(draft, notes, loc, outcome)
            check_time_to(draft, notes, loc, outcome)
        elif "spells" in outcome:
            _read_by_day(draft, notes, loc, outcome)
            check_spells(draft, notes, loc, outcome)
        elif "count" in outcome and "pending" not in outcome:
            check_event_count(draft, notes, loc, outcome)
        elif outcome.get("pending") in ("no", False):
            notes.wrong(
                (*loc, "pending"), "this kind of outcome is not computed yet", "no", "yes", "write `pending: yes`"
            )


def _read_by_day(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    """What the rules of a time to an event, or of spells, compare and ask, those of who belongs to it too."""
    for reading, rule in mapping(outcome, "readings").items():
        _reading(notes, (*loc, "readings", reading), reading, same=rule == outcome.get("time_to"), field="rule")
    for rule_loc, rule in rules_by_day(outcome, loc):
        for leaf in leaves(rule, rule_loc, str(outcome.get("in"))):
            _leaf(draft, notes, leaf, leaf.home)
        for part_loc, part in parts_with("criterion", rule, rule_loc):
            check_by_name(draft, notes, part_loc, part)
        for part_loc, part in parts_with("occurs", rule, rule_loc):
            _occurs(draft, notes, part_loc, part, by_day=True)
        for part_loc, part in parts_with("unchanged", rule, rule_loc):
            _unchanged(draft, notes, part_loc, part)
    among = list(leaves(outcome.get("among"), (*loc, "among")))
    for leaf in among:
        if "at" not in leaf.written and not leaf.home and BASELINE not in draft.windows:
            what = f"this is asked in the window {BASELINE!r}, which is not declared"
            notes.wrong(
                leaf.loc, what, allowed=", ".join(draft.windows), do="declare it, or write `at:` with another window"
            )
    _among(draft, notes, among, BASELINE)
    _questions(draft, notes, (*loc, "among"), outcome.get("among"))
    _dose_anchor(draft, notes, (*loc, "among"), among, BASELINE)


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
        if window.components == "same visit" and take not in DAY_TAKES:
            what = "with `components: same visit` a whole visit is chosen, not the best of single values"
            notes.wrong((*loc, place), what, str(take), ", ".join(DAY_TAKES))
        if take == "nearest" and window.target is None:
            notes.wrong(
                (*loc, place),
                "`nearest` needs a `target` in the window itself",
                "nearest",
                do="add a target to the window",
            )


def _other_widths(notes: Notes, loc: Loc, window: Window, others: list[Any], takes: list[Any]) -> None:
    for place, width in enumerate(others):
        start, end = days_of(mapping(width).get("from")), days_of(mapping(width).get("to"))
        if start is None or end is None:
            continue
        found = f"{day_count(start)} to {day_count(end)}"
        if start > end:
            notes.wrong((*loc, place), "the window ends before it begins", found, "from <= to")
        elif window.recorded is not None and window.recorded > end - start + 1:
            what = (
                f"so many days as `recorded` of the window asks for ({day_count(window.recorded)}) this width has not"
            )
            notes.wrong((*loc, place), what, found, f"{day_count(window.recorded)} or more")
        elif window.target is not None and "nearest" in takes and not start <= window.target <= end:
            notes.wrong(
                (*loc, place),
                "the target lies outside this width",
                found,
                f"a width around {day_count(window.target)}",
            )


def _cells(draft: Draft, widths: Mapping[str, Any], takes: Mapping[str, Any]) -> int:
    per_window = [(1 + len(listed(widths, name))) * (1 + len(listed(takes, name))) for name in draft.windows]
    readings = [len(mapping(outcome, "readings")) for outcome in mapping(draft.data, "outcomes").values()]
    dose, missing = listed(draft.data, "robustness", "dose"), listed(draft.data, "robustness", "missing")
    return prod(per_window) * (1 + max(readings, default=0)) * (1 + len(dose)) * (1 + len(missing))


def _verdict(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    at = outcome.get("at")
    field = next((one for one in ("levels", "categories") if one in outcome), "rule")
    for reading, rule in mapping(outcome, "readings").items():
        _reading(notes, (*loc, "readings", reading), reading, same=rule == outcome[field], field=field)
    if field != "rule":
        check_levels(notes, (*loc, field), mapping(outcome, field))
    check_reach(draft, notes, loc, field, outcome)
    if field == "categories":
        check_no_responder(draft, notes)
    found = [leaf for rule_loc, rule in rules_of(outcome, loc) for leaf in leaves(rule, rule_loc)]
    among = list(leaves(outcome.get("among"), (*loc, "among")))
    for leaf in found:
        _leaf(draft, notes, leaf, at)
    for rule_loc, rule in rules_of(outcome, loc):
        _questions(draft, notes, rule_loc, rule)
    _among(draft, notes, among, at)
    _questions(draft, notes, (*loc, "among"), outcome.get("among"))
    _dose_anchor(draft, notes, (*loc, field), [*found, *among], str(at))


def _reading(notes: Notes, loc: Loc, reading: str, *, same: bool, field: str) -> None:
    """A reading has a name of its own, and says something else than the rule itself."""
    if reading == AS_WRITTEN:
        notes.wrong(loc, "this is the name of the rule itself", reading, do="name the reading", key=True)
    if same:
        notes.warn(loc, f"this reading is the same as the {field}", reading, key=True)


def _occurs(draft: Draft, notes: Notes, loc: Loc, part: Mapping[str, Any], *, by_day: bool) -> None:
    """An event that nobody declares may be a slip of the pen, and would then never occur; looking back needs a day to look back from."""
    if "since" in part and not by_day:
        what = "`since` looks back from the visits of a rule that is read visit by visit, and this rule is read once"
        notes.wrong((*loc, "since"), what, str(part["since"]), "in: WINDOW", "write `in` with a window in place of it")
    check_window(draft, notes, (*loc, "in"), part.get("in"))
    check_event(draft, notes, (*loc, "occurs"), part.get("occurs"))


def _questions(draft: Draft, notes: Notes, loc: Loc, rule: object) -> None:
    """What a rule asks besides values: other rules that are held, events, and criteria of the catalogue."""
    for part_loc, part in parts_with("when", rule, loc):
        if "then" in part and part.get("then") == part.get("otherwise"):
            what = "both branches are the same rule, so that the condition changes nothing"
            notes.wrong(
                (*part_loc, "otherwise"),
                what,
                do="write the rule alone, or another one where the condition does not hold",
                key=True,
            )
    for part_loc, part in parts_with("criterion", rule, loc):
        check_by_name(draft, notes, part_loc, part)
    for part_loc, part in parts_with("held", rule, loc):
        check_held(draft, notes, part_loc, part)
    for part_loc, part in parts_with("occurs", rule, loc):
        _occurs(draft, notes, part_loc, part, by_day=bool({"held", "free_of"}.intersection(part_loc[len(loc) :])))
    for part_loc, part in parts_with("unchanged", rule, loc):
        _unchanged(draft, notes, part_loc, part)
    for part_loc, part in parts_with("free_of", rule, loc):
        check_free_of(draft, notes, part_loc, part)


def _unchanged(draft: Draft, notes: Notes, loc: Loc, part: Mapping[str, Any]) -> None:
    """A drug that is known, over a time in which it can change."""
    check_window(draft, notes, (*loc, "in"), part.get("in"))
    check_drug(draft, notes, (*loc, "unchanged"), part.get("unchanged"))
    window = draft.windows.get(str(part.get("in")))
    if window is not None and window.from_ == window.to:
        what = "in a window of one day nothing changes: a dose counts from the day after it was changed"
        notes.wrong((*loc, "in"), what, str(part.get("in")), do="name a window of two days or more")


def _among(draft: Draft, notes: Notes, among: list[LeafDraft], at: object) -> None:
    """Who belongs to the denominator is best known at the index date."""
    for leaf in among:
        _leaf(draft, notes, leaf, at)
        window = draft.windows.get(leaf.window(at))
        if window is not None and window.to > 0:
            what = "who is in the denominator depends on something after the index date"
            notes.warn(leaf.loc, what, do="write `at:` with a window before it, if that was meant")


def _dose_anchor(draft: Draft, notes: Notes, loc: Loc, found: list[LeafDraft], at: str) -> None:
    """A dose added up from courses needs a day: that of a visit, or one the window names."""
    measures: dict[str, list[Any]] = {}
    for leaf in found:
        if leaf.home and "at" not in leaf.written:
            continue  # read on each day
        windows = [leaf.window(at)]
        since = str(leaf.written.get("from", BASELINE))
        windows += [BASELINE if since in EXTREMES else since] if leaf.word in DIRECTIONS else []
        for name in windows:
            measures.setdefault(name, []).append(draft.measures.get(leaf.measure))
    for name, taken in measures.items():
        check_day(draft, notes, loc, name, taken)


def check_day(draft: Draft, notes: Notes, loc: Loc, name: str, taken: list[Any]) -> None:
    """A window in which nothing but doses from courses is taken names their day."""
    window = draft.windows.get(name)
    only_courses = all(isinstance(one, DailyDose) and one.source == "courses" for one in taken)
    if only_courses and window is not None and window.components != "same visit" and window.take not in DAY_TAKES:
        what = f"in the window {name!r} only a dose from courses is taken, so `take: {window.take}` names no day"
        notes.wrong(loc, what, allowed=", ".join(DAY_TAKES), key=True)


def _change_outcome(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    check_measure(draft, notes, (*loc, "change"), outcome["change"])
    if "from" in outcome:
        check_window(draft, notes, (*loc, "from"), outcome["from"])
    elif BASELINE not in draft.windows:
        _no_baseline(draft, notes, loc)
    _denominator(draft, notes, loc, outcome)
    facts = draft.facts.get(str(outcome["change"]))
    if facts is not None and facts.kind == "judgement":
        notes.wrong(
            (*loc, "change"), "a judgement has no change", facts.name, _of_kind(draft, "number", "grade", "dose")
        )
    for field, what in (
        ("percent", "of grades there are steps, and no percent"),
        ("paired_t", "grades have no mean to test"),
    ):
        if facts is not None and facts.grades and outcome.get(field) in ("yes", True):
            notes.wrong((*loc, field), what, facts.name, do="leave it out")
    asked = outcome.get("paired_t") in ("yes", True)
    if asked and mapping(draft.data, "reporting").get("p_values") not in ("yes", True):
        what = "the paired t test gives a P value, and P values are off"
        notes.wrong((*loc, "paired_t"), what, "yes", do="write `p_values: yes` under `reporting`, or leave it out")


def _denominator(draft: Draft, notes: Notes, loc: Loc, outcome: Mapping[str, Any]) -> None:
    _among(draft, notes, list(leaves(outcome.get("among"), (*loc, "among"))), outcome.get("at"))
    _questions(draft, notes, (*loc, "among"), outcome.get("among"))


def _leaf(draft: Draft, notes: Notes, leaf: LeafDraft, at: object) -> None:
    for field in ("at", "from"):
        if field in leaf.written and not (field == "from" and leaf.written[field] in EXTREMES):
            check_window(draft, notes, (*leaf.loc, field), leaf.written[field])
    if leaf.word in DIRECTIONS and "from" not in leaf.written and BASELINE not in draft.windows:
        _no_baseline(draft, notes, leaf.loc)
    check_measure(draft, notes, leaf.measure_loc, leaf.written[leaf.word])
    if leaf.written.get("from") in EXTREMES:
        check_extreme(draft, notes, leaf, at)
    check_comparison(draft, notes, leaf, at)


def check_comparison(draft: Draft, notes: Notes, leaf: LeafDraft, at: object = "") -> None:
    """One comparison of an outcome or line at a window: a number has a threshold that can be meant, a judgement has none."""
    written = mapping(draft.data, "measures", leaf.measure)
    if leaf.word == "is" and written and "judgement" not in written:
        what = f"`is` asks for a judgement, and this measure is {'graded' if 'grades' in written else 'a number'}"
        do = "use value" if leaf.loc[0] in ("include", "exclude") else "use value, gain or decrease"
        notes.wrong(leaf.measure_loc, what, leaf.measure, _of_kind(draft, "judgement"), do)
        return
    facts = draft.facts.get(leaf.measure)
    if facts is None:
        return
    if leaf.word != "is" and facts.kind == "judgement":
        what = f"a judgement is yes or no: `{leaf.word}` does not apply"
        notes.wrong(
            leaf.measure_loc,
            what,
            facts.name,
            _of_kind(draft, "number", "grade", "dose"),
            f"write {{is: {facts.name}}}",
        )
    elif leaf.rule is not None and not isinstance(leaf.rule, Is):
        check_threshold(draft, notes, leaf, leaf.rule, facts, leaf.window(at))


def check_measure(draft: Draft, notes: Notes, loc: Loc, written: object) -> None:
    """A measure is declared."""
    if isinstance(written, str) and written not in draft.measures:
        notes.unknown(loc, "measure", written, draft.measures)


def check_window(draft: Draft, notes: Notes, loc: Loc, written: object) -> None:
    """A window is declared."""
    if isinstance(written, str) and written not in draft.windows:
        notes.unknown(loc, "window", written, draft.windows)


def _no_baseline(draft: Draft, notes: Notes, loc: Loc) -> None:
    if "windows" in notes.missing:
        return
    what = f"the change starts from the window {BASELINE!r}, which is not declared"
    notes.wrong(loc, what, allowed=", ".join(draft.windows), do="declare it, or write `from:` with another window")


def _of_kind(draft: Draft, *kinds: str) -> str:
    return ", ".join(name for name, facts in draft.facts.items() if facts.kind in kinds) or "none is declared"
