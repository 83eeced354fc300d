"""The tables of drugs and of adverse events of a chart description to start from."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.chart.sheet import blank
from caseseries.form.found import CourseGuess, TableGuess
from caseseries.form.measure_names import written_units
from caseseries.form.outline import Outline
from caseseries.form.overlapping import overlapping
from caseseries.form.quote import quoted
from caseseries.protocol.undecided import TO_DECIDE

SUGGESTED = "# suggested"
_NO_DRUG = "the study drug: no heading names it"


def course_lines(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """A table of drugs: a row per course, or the columns of one or more drugs on a patient's row."""
    read |= one.columns
    if one.courses:
        return _beside(one, out)
    roles = one.roles
    lines = _roles(one, read, "drug", "start", "stop")
    lines += _ends(one, [roles.get("stop", "")], [roles["start"]])
    said = "replace (the later start ends the earlier course on the day before), or add (both are taken)"
    if overlapping(one):
        lines.append(f"    overlaps: {TO_DECIDE}   # courses of one drug overlap: {said}")
    else:
        lines.append(
            f"    # overlaps: replace   # needed once courses of one drug overlap and a daily dose is made of them: {said}"
        )
    return lines + _dose(one, read) + _roles(one, read, "frequency", "route", "stop_reason") + _unknown(one, out)


def _roles(one: TableGuess, read: set[str], *names: str) -> list[str]:
    found = [(name, one.roles[name]) for name in names if one.roles.get(name)]
    read |= {column for _, column in found}
    return [f"    {name}: {quoted(column)}   {SUGGESTED}" for name, column in found]


def _dose(one: TableGuess, read: set[str]) -> list[str]:
    lines = _roles(one, read, "dose", "unit")
    dose = one.roles.get("dose", "")
    if dose and not one.roles.get("unit"):
        units = [unit for unit in written_units(dose) if unit.startswith(("mg", "g"))]
        words = dose.casefold().replace("_", " ").replace("(", " ").replace(")", " ").split()
        unit = units[0] if units else "mg" if "mg" in words else ""
        column = one.looked.column(dose)
        if unit:
            lines.append(f"    unit: {{value: {unit}}}   {SUGGESTED}: as the heading says")
        elif column is not None and column.kind == "number" and not column.in_cell:
            lines.append("    # unit: {value: mg}   # the unit of the dose, which no column and no heading says")
    return lines


def _ends(one: TableGuess, stops: list[str], starts: list[str]) -> list[str]:
    """What a last day and a blank one mean; asked where there are such cells."""
    stops = [stop for stop in stops if stop]
    if not stops:
        no_column = "no column says when it was stopped"
        return [
            f"    stop_means: last day taken   {SUGGESTED}: {no_column}",
            f"    blank_stop: ongoing   {SUGGESTED}: {no_column}",
        ]
    cells = one.looked.cells
    open_, ended = False, False
    for start, stop in zip(starts, stops, strict=False):
        for begun, last in zip(cells[start], cells[stop], strict=True):
            open_ = open_ or (not blank(begun) and blank(last))
            ended = ended or not blank(last)
    open_ = open_ or len(stops) < len(starts)
    lines = [
        f"    stop_means: {TO_DECIDE}   # last day taken, or first day without"
        if ended
        else f"    stop_means: last day taken   {SUGGESTED}: no last day is recorded; or first day without"
    ]
    if open_:
        return [*lines, f"    blank_stop: {TO_DECIDE}   # ongoing (blank means still taken), or refused"]
    return [
        *lines,
        f"    blank_stop: refused   {SUGGESTED}: no course is without a last day; or ongoing (blank means still taken)",
    ]


def _beside(one: TableGuess, out: Outline) -> list[str]:
    courses = one.courses
    only = courses[0]
    lines = [
        f"    drug: {_drug(only, one)}",
        f"    start: {quoted(only.start)}   {SUGGESTED}" + (f": {only.why}" if only.why else ""),
        *([f"    stop: {quoted(only.stop)}   {SUGGESTED}"] if only.stop else []),
    ]
    return lines + _ends(one, [only.stop], [only.start])


def _drug(course: CourseGuess, one: TableGuess) -> str:
    if not course.name and one.roles.get("drug"):
        return f"{quoted(one.roles['drug'])}   {SUGGESTED}"
    if not course.name:
        return f"{{value: {TO_DECIDE}}}   # {_NO_DRUG}; as `first_exposure` of the protocol calls it"
    return f"{{value: {quoted(course.name)}}}   {SUGGESTED}"


def _unknown(one: TableGuess, out: Outline) -> list[str]:
    """Names of drugs that nobody knows or that stand for several, each to be said once."""
    column = one.looked.column(one.roles.get("drug", ""))
    lines = []
    for name in column.names if column is not None else ():
        if name == out.drug and out.declared:
            continue  # the protocol declares it
        try:
            catalogue.written_drug(name)
        except catalogue.CatalogueMiss:
            if not catalogue.other_medicine(name):
                near = catalogue.meant_drugs(name)
                lines.append(
                    f"      {quoted(name)}: {TO_DECIDE}" + (f"   # perhaps {' or '.join(near)}" if near else "")
                )
    if not lines:
        return []
    return [
        "    drugs:   # what each name is that nobody knows: an ingredient, a group such as biologics, or none of these",
        *lines,
    ]


def event_lines(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """A table of adverse events; without dates where the chart has none."""
    dates = ("date", "until") if out.dated else ()
    fatal = "    # fatal: death   # needed once an event is fatal and no death is recorded: death on its last day, or no death"
    names = ("event", *dates, "grade", "serious", "outcome", "attributed_to")
    return [*_roles(one, read, *names), fatal]
