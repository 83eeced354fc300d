"""The tables of drugs and of adverse events of a chart description to start from."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries import catalogue
from caseseries.chart.sheet import blank, shown
from caseseries.form.found import CourseGuess, TableGuess
from caseseries.form.measure_names import written_units
from caseseries.form.outline import Outline
from caseseries.form.overlapping import overlapping
from caseseries.form.quote import listed, quoted
from caseseries.form.several import is_earlier, parts_of
from caseseries.form.start_lines import SUGGESTED, day_line, roles_lines
from caseseries.protocol.undecided import TO_DECIDE

_NO_DRUG = "the study drug: no heading names it"
_OVERLAPS = "replace (the later start ends the earlier course on the day before), or add (both are taken)"


def course_lines(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """A table of drugs: a row per course, the columns of one or more drugs on a patient's row, or several drugs in one cell."""
    read |= one.columns
    if one.undated_drugs:
        return _in_one_cell(one, read, out)
    if len(one.courses) > 1:
        return _beside(one, out)
    if one.courses:
        return _only(one.courses[0], one, read, out)
    roles = one.roles
    lines = roles_lines(one, read, "drug") + _days(one, read, "start", "stop")
    if one.separated:
        several = f"{{column: {quoted(roles['drug'])}, separated_by: {listed(list(one.separated))}}}"
        lines[0] = f"    drug: {several}   {SUGGESTED}: a cell holds several"
    lines += _ends(one, [(roles["start"], roles.get("stop", ""))])
    if out.dose_from_courses and overlapping(one):
        lines.append(f"    overlaps: {TO_DECIDE}   # courses of one drug overlap: {_OVERLAPS}")
    else:
        lines.append(
            f"    # overlaps: replace   # needed once courses of one drug overlap and a daily dose is made of them: {_OVERLAPS}"
        )
    return (
        lines
        + _dose(one, read)
        + roles_lines(one, read, "frequency", "route", "stop_reason", "pulse")
        + _unknown(_names(one), out)
    )


def _days(one: TableGuess, read: set[str], *names: str) -> list[str]:
    return [day_line(name, one, one.roles[name], read) for name in names if one.roles.get(name)]


def _dose(one: TableGuess, read: set[str]) -> list[str]:
    lines = roles_lines(one, read, "dose", "unit")
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


def _ends(one: TableGuess, columns: Sequence[tuple[str, str]]) -> list[str]:
    """What a last day and a blank one mean, of pairs of columns of first and last days; asked where there are such cells."""
    cells = one.looked.cells
    if not any(stop for _, stop in columns):
        return [f"    blank_stop: not known   {SUGGESTED}: no column says until when; or ongoing (still taken)"]
    ended = any(not blank(cell) for _, stop in columns if stop for cell in cells[stop])
    open_ = any(
        not blank(begun) and (not stop or blank(cells[stop][at]))
        for start, stop in columns
        for at, begun in enumerate(cells[start])
    )
    means = f"    stop_means: {TO_DECIDE}   # last day taken, or first day without"
    if not ended:
        means = f"    stop_means: last day taken   {SUGGESTED}: no last day is recorded; or first day without"
    if open_:
        return [
            means,
            f"    blank_stop: {TO_DECIDE}   # ongoing (blank means still taken), not known (until when), or refused",
        ]
    return [
        means,
        f"    blank_stop: refused   {SUGGESTED}: no course is without a last day; or ongoing (blank means still taken)",
    ]


def _beside(one: TableGuess, out: Outline) -> list[str]:
    """Drugs in columns beside each other."""
    lines = _ends(one, [(course.start, course.stop) for course in one.courses])
    lines += [
        f"    blank_start: not taken   {SUGGESTED}: a blank first day means that the drug was never taken; or refused",
        f"    courses:   {SUGGESTED}",
    ]
    for course in one.courses:
        stop = f", stop: {quoted(course.stop)}" if course.stop else ""
        columns = f"start: {quoted(course.start)}{stop}"
        lines.append(f"      {quoted(course.name)}: {{drug: {{value: {quoted(course.name)}}}, {columns}}}")
    return lines + _unknown([course.name for course in one.courses], out)


def _only(course: CourseGuess, one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """One drug on a patient's row."""
    if not course.start:
        maybe = f"; {course.why} where that is the day of the visit before it" if course.why else ""
        return [
            f"    drug: {_drug(course, one, read)}",
            f"    start: {TO_DECIDE}   # no column says when the study drug was started{maybe}",
            f"    blank_stop: not known   {SUGGESTED}: no column says until when; or ongoing (still taken)",
        ]
    why = f": {course.why}" if course.why else ""
    lines = [
        f"    drug: {_drug(course, one, read)}",
        f"    start: {quoted(course.start)}   {SUGGESTED}{why}",
        *([f"    stop: {quoted(course.stop)}   {SUGGESTED}"] if course.stop else []),
    ]
    if _once_each(one, course.start):
        lines.append(
            f"    blank_start: not taken   {SUGGESTED}: it stands on one row of each patient; the others tell no course"
        )
    elif any(blank(cell) for cell in one.looked.cells[course.start]):
        meant = "not taken (a blank first day means that the drug was never taken), before index date, or refused"
        lines.append(f"    blank_start: {TO_DECIDE}   # {meant}")
    lines += _ends(one, [(course.start, course.stop)])
    return lines + _unknown([course.name] if course.name else _names(one), out)


def _once_each(one: TableGuess, start: str) -> bool:
    """Whether a first day stands on one of several rows of every patient, and is blank on the others."""
    said: dict[str, list[bool]] = {}
    for who, cell in zip(one.looked.cells.get(one.roles.get("patient", ""), ()), one.looked.cells[start], strict=False):
        said.setdefault(shown(who).casefold(), []).append(not blank(cell))
    return any(len(rows) > 1 for rows in said.values()) and all(sum(rows) == 1 for rows in said.values())


def _drug(course: CourseGuess, one: TableGuess, read: set[str]) -> str:
    if not course.name and one.roles.get("drug"):
        read.add(one.roles["drug"])
        return f"{quoted(one.roles['drug'])}   {SUGGESTED}"
    if not course.name:
        return f"{{value: {TO_DECIDE}}}   # {_NO_DRUG}; as `first_exposure` of the protocol calls it"
    return f"{{value: {quoted(course.name)}}}   {SUGGESTED}"


def _in_one_cell(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """Earlier drugs of which one cell holds several."""
    column = one.roles["drug"]
    read.add(column)
    before = "before index date"
    named = one.looked.column(column)
    if named is not None and not is_earlier(column):
        return [
            f"    drug: {{column: {quoted(column)}, separated_by: {listed(list(one.separated))}}}   {SUGGESTED}",
            f"    blank_start: {TO_DECIDE}   # no column says when these were begun: before index date, or refused where a cell does not say it",
            f"    blank_stop: {TO_DECIDE}   # ongoing, not known (until when), or before index date",
            f"    stop_means: last day taken   {SUGGESTED}: where a cell says until when; or first day without",
            *_unknown(sorted(set(_names(one))), out),
        ]
    return [
        f"    drug: {{column: {quoted(column)}, separated_by: {listed(list(one.separated))}}}   {SUGGESTED}",
        f"    blank_start: {before}   {SUGGESTED}: the heading speaks of earlier drugs",
        f"    blank_stop: {before}   {SUGGESTED}: over by the index date; or ongoing, not known",
        f"    stop_means: last day taken   {SUGGESTED}: where a cell says until when; or first day without",
        *_unknown(sorted(set(_names(one))), out),
    ]


def _names(one: TableGuess) -> Sequence[str]:
    column = one.looked.column(one.roles.get("drug", ""))
    names = column.names if column is not None else ()
    return [part for name in names for part in parts_of(name, one.separated)] if one.separated else names


def _unknown(names: Sequence[str], out: Outline) -> list[str]:
    """Names of drugs that nobody knows or that stand for several, each to be said once."""
    lines = []
    for name in names:
        if name == out.drug and out.declared:
            continue  # the protocol declares it
        try:
            catalogue.written_drug(name)
        except catalogue.CatalogueMiss:
            if not catalogue.other_medicine(name) and not catalogue.drug_class(name):
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
    if one.happened:
        return [*_happened(one, read), fatal]
    lines = roles_lines(one, read, "event") + _days(one, read, *dates)
    lines += roles_lines(one, read, "grade", "serious", "outcome", "attributed_to", "action")
    if one.separated:
        several = f"{{column: {quoted(one.roles['event'])}, separated_by: {listed(list(one.separated))}}}"
        lines[0] = f"    event: {several}   {SUGGESTED}: a cell holds several"
    return [*lines, fatal]


def _happened(one: TableGuess, read: set[str]) -> list[str]:
    """Events in columns of yes and no beside each other."""
    read |= one.columns
    blanks = any(blank(cell) for column in one.happened.values() for cell in one.looked.cells[column])
    meant = f"    blank_event: never   {SUGGESTED}: no cell is blank; or not known"
    if blanks:
        meant = f"    blank_event: {TO_DECIDE}   # what a blank means: never (it did not happen), or not known"
    lines = [
        f"      {quoted(name)}: {{event: {{value: {quoted(name)}}}, happened: {quoted(column)}}}"
        for name, column in one.happened.items()
    ]
    return [meant, f"    events:   {SUGGESTED}", *lines]
