"""The measures and outcomes of a protocol to start from."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries import catalogue
from caseseries.form.dose_names import dose_written
from caseseries.form.found import MeasureGuess
from caseseries.form.outline import Outline
from caseseries.form.quote import quoted
from caseseries.form.start_windows import SUGGESTED, WindowPlan
from caseseries.protocol.undecided import TO_DECIDE

_OUTSIDE = f"  outside_courses: zero   {SUGGESTED}: the dose on days between recorded courses: zero or not evaluable"
#: What hardly any rule begins with.
_SIZE = frozenset(["weight", "height"])
#: Changes that are written out for every window; of more, those at the window of the response alone.
MOST_CHANGES = 16


def measure_lines(out: Outline) -> list[str]:
    """A line or more for each measure; only the direction of the one that the rule begins with is asked."""
    first = rule_measure(out.measures)
    lines: list[str] = []
    for one in out.measures:
        name = quoted(one.measure)
        if one.kind == "judgement":
            lines.append(
                f"{name}: {{judgement: {quoted(one.label or one.column)}, since: {TO_DECIDE}, recorded: not stated}}   "
                "# since: index date or last visit"
            )
        elif one.kind == "dose":
            lines += _dose(one, out)
        elif one.kind == "grades":
            grades = ", ".join(f'"{grade}"' for grade in one.grades)
            lines.append(
                f"{name}: {{grades: [{grades}], better: {TO_DECIDE}}}   # grades: those in the cells, from the lowest to the highest; add those "
                "that nobody has, for each is a step; better: low or high"
            )
        elif one.kind == "quantity":
            lines.append(f"{name}: {_quantity(one, asked=one is first)}")
        elif one.instrument and one.measure in out.units_asked:
            units = ", ".join(catalogue.instrument(one.instrument).accepted_units)
            seen = f"; seen: {one.seen}" if one.seen else ""
            lines.append(
                f"{name}: {{instrument: {quoted(one.instrument)}, unit: {TO_DECIDE}}}   # the unit of its columns, one of: {units}{seen}"
            )
        elif one.instrument:
            lines.append(f"{name}: {{instrument: {quoted(one.instrument)}}}   {SUGGESTED}")
        else:
            seen = f"; seen: {one.seen}" if one.seen else ""
            lines.append(f"{name}: {{instrument: {TO_DECIDE}}}   # one of: {', '.join(one.choices)}{seen}")
    if not lines:
        lines.append(
            f"{TO_DECIDE}: {{instrument: {TO_DECIDE}}}   # your name for it and an entry of `caseseries catalogue`: cmas: {{instrument: CMAS}}"
        )
    return lines


def _quantity(one: MeasureGuess, *, asked: bool) -> str:
    """A measure of the study's own. What nobody's rule asks for needs no direction."""
    unit = quoted(one.unit) if one.unit else TO_DECIDE
    better = one.better or (TO_DECIDE if asked else "none")
    what = [f"unit: in which the column is written{f'; seen: {one.seen}' if one.seen else ''}"] if not one.unit else []
    if better == TO_DECIDE:
        what.append("better: high, low or none")
    mark = f"{SUGGESTED}: the catalogue does not know it"
    if better != TO_DECIDE:
        mark += "; better: high, low or none"
    comment = f"# {'; '.join(what)}" if what else mark
    return f"{{quantity: {quoted(one.label or one.measure)}, unit: {unit}, better: {better}}}   {comment}"


def _dose(one: MeasureGuess, out: Outline) -> list[str]:
    courses = out.dose_from_courses
    source = (
        f"courses   {SUGGESTED}: added up from the drug rows"
        if courses
        else f"visits   {SUGGESTED}: as written at the visit"
    )
    unit, drug = dose_written(one.column)
    kinds = "prednisone mg/day, prednisone mg/kg/day, mg/day or mg/kg/day"
    said = unit and drug == "prednisone" and (unit == "mg/day" or not courses)
    as_ = f"prednisone {unit}   {SUGGESTED}: {kinds}" if said else f"{TO_DECIDE}   # {kinds}"
    return [
        f"{quoted(one.measure)}:",
        "  daily_dose: systemic glucocorticoids",
        f"  as: {as_}",
        f"  source: {source}",
        *([_OUTSIDE] if courses else []),
        f"  pulses: apart   {SUGGESTED}: apart from the daily dose, or included",
        f"  if_zero_baseline: not evaluable   {SUGGESTED}: a percent of a dose of 0 before: not evaluable, not met or any rise counts",
        "  # weight: weight   # for mg/kg: the measure of body weight",
        "  # weight_within: 30 days   # and how far from the day of the dose it may be",
    ]


def rule_measure(measures: Sequence[MeasureGuess]) -> MeasureGuess | None:
    """The measure that the rule begins with: the first score of which more or less is better, else another value, a judgement, a dose."""
    values = [
        one for one in measures if one.kind in {"instrument", "quantity", "grades"} and one.instrument not in _SIZE
    ]
    for some in (
        [one for one in values if has_direction(one) and _is_scale(one)],
        [one for one in values if has_direction(one) and (one.kind == "instrument" or _may_lead(one, values))],
        values,
        [one for one in measures if one.kind == "judgement"],
        [one for one in measures if one.kind == "dose"],
        measures,
    ):
        if some:
            return some[0]
    return None


def _is_scale(one: MeasureGuess) -> bool:
    return bool(one.choices) or (bool(one.instrument) and catalogue.instrument(one.instrument).kind == "scale")


def _may_lead(one: MeasureGuess, values: Sequence[MeasureGuess]) -> bool:
    """Whether a quantity stands before every value that the catalogue knows: what a study is about mostly comes first."""
    return not any(other.kind == "instrument" for other in values[: values.index(one)])


def has_direction(one: MeasureGuess) -> bool:
    """Whether more or less of a measure is better, as far as is known; what is left to decide counts as such."""
    return one.kind != "instrument" or not one.instrument or catalogue.instrument(one.instrument).better != "none"


def rule_lines(out: Outline) -> list[str]:
    """A rule of one condition, on the first measure of which more or less is better; else the direction is left to decide."""
    one = rule_measure(out.measures)
    if one is None:
        return [f"      improves: {TO_DECIDE}", _at_least(None)]
    if one.kind == "judgement":
        return [f"      is: {quoted(one.measure)}   {SUGGESTED}"]
    if one.kind == "dose":
        return [f"      decrease: {quoted(one.measure)}   {SUGGESTED}", _at_least(one)]
    if has_direction(one):
        return [f"      improves: {quoted(one.measure)}   {SUGGESTED}", _at_least(one)]
    why = "rises or falls: neither more nor less of it is always better"
    return [f"      {TO_DECIDE}: {quoted(one.measure)}   # {why}", _at_least(one)]


def _at_least(one: MeasureGuess | None) -> str:
    if one is not None and one.kind == "grades":
        such = "2 steps"
    elif one is None or not one.instrument or catalogue.instrument(one.instrument).unit == "points":
        such = "4 points, 20 % of baseline"
    else:
        such = f"20 % of baseline, or so many {catalogue.instrument(one.instrument).unit}"
    return f"      at_least: {TO_DECIDE}   # such as {such}"


def _at_one_visit(one: MeasureGuess, out: Outline) -> bool:
    """Whether a measure stands at one visit only of those beside each other, and nowhere else."""
    beside = [
        visit for table in out.guesses for visit in table.visits if one.measure in {m.measure for m in visit.measures}
    ]
    elsewhere = any(
        one.measure == other.measure
        for table in out.guesses
        for other in (*table.measures, *(word for word in table.words.values() if word is not None))
    )
    return len(beside) == 1 and not elsewhere


def change_lines(out: Outline, windows: Sequence[WindowPlan], at: str) -> list[str]:
    """The change of every measure since baseline, at each window, or at that of the response where this would be many."""
    numbers = [one for one in out.measures if one.kind != "judgement" and not _at_one_visit(one, out)]
    later = [window.name for window in windows if window.name != "baseline"]
    if len(numbers) * len(later) > MOST_CHANGES:
        later = [at]
    lines = []
    for one in numbers:
        for window in later:
            name = f"{one.measure} change" if len(later) == 1 else f"{one.measure} change at {window}"
            lines.append(f"  {quoted(name)}: {{change: {quoted(one.measure)}, at: {quoted(window)}}}   {SUGGESTED}")
    return lines
