"""Laboratory values graded by CTCAE: the worst grade of each case, what is worse than before, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.lab_grades import lab_grade_plans
from caseseries.report.exhibits.count_words import count_cell, count_text, of_text, of_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    ci_title,
    exact,
    number,
    percent_interval,
    percent_range,
    plain,
    share,
)
from caseseries.report.exhibits.words import capital, counted, day, listed, measure_name, unit_of
from caseseries.summary.lab_grades import SEVERE, LabGradesSummary, WorstGrade
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Count, Result
from caseseries.verdict.lab_grades import CaseGrade, GradedValue
from caseseries.verdict.number_style import with_percent

#: What becomes of a grade, in the order of the columns.
_FATES = (("transient", "Transient"), ("recurrent", "Recurrent"), ("persistent", "Persistent"))
_UNTOLD = ("no later value", "not known")


def lab_grades_words(summary: Summary) -> Paragraph | None:
    """One sentence for each measure and version; nothing where none is graded."""
    if not summary.graded:
        return None
    told = [_sentence(summary, found) for found in summary.graded]
    return Paragraph(" ".join(told))


def title(found: LabGradesSummary) -> str:
    """The adverse event with the version of CTCAE."""
    return f"{found.term.key} (CTCAE {found.term.version})"


def _sentence(summary: Summary, found: LabGradesSummary) -> str:
    measure = measure_name(summary.measures, found.measure)
    if not found.gradable.high:
        told = f"{title(found)}: no case has a value of {measure} on treatment that could be graded, which is not the same as no event"
        return f"{told}{_not_certain(found)}."
    new, severe = found.at_least(1), found.at_least(SEVERE)
    told = f"{title(found)}, worse than before the index date: "
    told += f"{of_words(new.new, found.gradable)} of the cases with a gradable value of {measure}"
    if any(row.grade >= SEVERE for row in found.term.grades):
        told += f", of grade 3 or more in {count_text(severe.new)}"
    if new.perhaps.high:
        told += f"; in {count_text(new.perhaps)} more a grade of 1 or more may have been there before"
    if found.none_gradable.high:
        cases = "case has" if found.none_gradable.exact == 1 else "cases have"
        told += f"; {count_text(found.none_gradable)} further {cases} values that could not be graded"
    told += _not_certain(found)
    if ends := percent_range(found.shares[0]) if found.shares[0].estimate is None else "":
        told += f", so that of all with a value it is {ends}"
    limit = next((one for one in found.limits if one.id.endswith("new/upper limit")), None)
    if limit is not None:
        level = summary.protocol.reporting.level
        told += (
            f"; none was seen, so that the share is at most {_percent(limit)} (one-sided {with_percent(level)} limit)"
        )
    return f"{told}."


def _not_certain(found: LabGradesSummary) -> str:
    """The cases whose values all may be on treatment or not; empty where there are none."""
    if not found.none_certain.high:
        return ""
    cases = "case has" if found.none_certain.exact == 1 else "cases have"
    return f"; {count_text(found.none_certain)} further {cases} only values that may be on treatment or not"


def _percent(limit: Result) -> str:
    assert limit.upper is not None
    return with_percent(number(exact(limit.upper) * 100))


def lab_grades_table(summary: Summary) -> Table | None:
    """Cases by their worst grade, with those in whom it is worse than before and what became of these."""
    if not summary.graded:
        return None
    level = summary.protocol.reporting.level
    columns = (
        Column("Worst grade on treatment"),
        *numbers("Cases, n/N (%)"),
        *numbers(
            "n/N (%)",
            "May be",
            "Of all with a value",
            f"{ci_title(level)}, %",
            over=("Worse than before the index date",),
        ),
        *numbers(*(words for _, words in _FATES), "Not known", over=("Of those worse",)),
    )
    rows: list[Row] = []
    for found in summary.graded:
        rows.append(heading(f"{title(found)}: {measure_name(summary.measures, found.measure)}"))
        rows += [_row(found, f"Grade {one.grade}", one, one.perhaps, None) for one in found.worst]
        for place, (grade, words) in enumerate(((1, "Any grade of 1 or more"), (SEVERE, "Grade 3 or more"))):
            if place < len(found.shares):
                rows.append(_row(found, words, found.at_least(grade), found.possible[place], found.shares[place]))
    return Table(
        "lab-grades",
        "Laboratory values graded by CTCAE",
        columns,
        tuple(rows),
        tuple(_notes(summary)),
    )


def _row(found: LabGradesSummary, words: str, one: WorstGrade, may_be: Count, of_all: Result | None) -> Row:
    became = [count_cell(one.became.get(word, NONE)) for word, _ in _FATES]
    became.append(count_cell(sum((one.became.get(word, NONE) for word in _UNTOLD), NONE)))
    none = Cell("–")
    return Row(
        (
            Cell(words, strong=of_all is not None),
            Cell(of_text(one.cases, found.gradable)),
            Cell(of_text(one.new, found.gradable)) if one.grade else none,
            count_cell(may_be) if one.grade else none,
            *(cell.naming(of_all) for cell in _of_all(of_all)),
            *(became if one.grade else [none] * len(became)),
        ),
        1,
    )


def _of_all(found: Result | None) -> tuple[Cell, Cell]:
    """The share of the cases with a value and its interval; the two ends between which it lies, without one."""
    if found is None:
        return Cell(""), Cell("")
    ends = percent_interval(found)
    if found.estimate is None or found.n is None or found.total is None:
        return Cell(percent_range(found) or absent(found.absent_because)), Cell(NOT_ESTIMABLE)
    return Cell(share(found.n, found.total)), Cell(ends or NOT_ESTIMABLE)


def _notes(summary: Summary) -> Iterable[str]:
    yield (
        "N: cases with at least one value on treatment, after the index date, that could be graded. A value without the limit of normal or the "
        "baseline that its grade needs has no grade, which is not grade 0. The share of all cases with a value lies, where some could not be graded "
        "or may be on treatment or not, between two ends without an interval: from those known to those that may be worse than before."
    )
    yield (
        "May be: beside those that are, the cases with this worst grade of which it is not known; in the last rows all further cases with a value "
        "that may be of such a grade, also one that could not be graded, or that may be on treatment or not."
    )
    yield (
        "Worse than before: than the grade of the last value up to the index date, which is no treatment-emergent event by itself. Transient: after "
        "the last value as bad, one has a lower grade; recurrent: as bad again in the end after a lower grade; persistent: as bad in every later "
        "value; else no later value, or none that tells."
    )
    for found in summary.graded:
        yield from _of_measure(summary, found)
    for limit in (limit for found in summary.graded for limit in found.limits):
        yield (
            f"{capital(limit.label.removesuffix(', upper limit'))}: none seen in {counted(limit.total or 0, 'case')}; at most {_percent(limit)} "
            f"({limit.method}, {with_percent(summary.protocol.reporting.level)})."
        )


def _of_measure(summary: Summary, found: LabGradesSummary) -> Iterable[str]:
    parts = []
    if found.no_value.high:
        parts.append(f"{count_text(found.no_value)} without a value on treatment")
    if found.none_gradable.high:
        parts.append(f"{count_text(found.none_gradable)} whose values could not be graded")
    if found.none_certain.high:
        parts.append(f"{count_text(found.none_certain)} with values that all may be on treatment or not")
    if found.withheld:
        parts.append(f"{counted(found.withheld, 'case')} of sites that did not tell")
    told = (
        f"{title(found)}: {measure_name(summary.measures, found.measure)} before the index date is the last value of "
    )
    told += counted(found.within, "day")
    told += (
        f" and of the index day. Not in N: {listed(parts)} of {count_text(_all(found))} cases."
        if parts
        else " and of the index day."
    )
    if found.ungraded:
        whys = "; ".join(f"{count_text(reason.n)} {reason.words}" for reason in found.ungraded)
        told += f" Values that could not be graded: {whys}, beside {count_text(found.values)} that could."
    if found.perhaps.high:
        told += f" Values of which it is not known whether they were on treatment, and in no worst grade: {count_text(found.perhaps)}."
    if found.partly.high:
        told += f" Of the cases in N {count_text(found.partly)} also have such values, which may be worse."
    told += f" {capital(found.term.note)}." if found.term.note else ""
    yield told


def _all(found: LabGradesSummary) -> Count:
    return found.gradable + found.no_value + found.none_gradable + found.none_certain


def lab_grades_cases(summary: Summary) -> Table | None:
    """The cases with a grade of 1 or more one by one, and those with one that may be on treatment or not: the value, its limit, the value before;
    nothing where cases are counted."""
    cases = summary.cases
    if cases is None or not summary.graded:
        return None
    terms = {plan.key: plan.term.key for plan in lab_grade_plans(summary.protocol)}
    order = {case.case_id: place for place, case in enumerate(cases.included)}
    found = sorted(
        (one for one in cases.graded if one.worst or (one.perhaps and one.reach)), key=lambda one: order[one.case_id]
    )
    if not found:
        return None
    columns = (
        Column("Case"),
        Column("Event"),
        *numbers("Grade", "Day"),
        Column("Value"),
        Column("Before the index date"),
        Column("Worse than before"),
        Column("Later"),
    )
    rows = tuple(_case(summary, one, terms[one.measure, one.version]) for one in found)
    notes = ["The first value of the worst grade, with the limits of normal that hold for it."]
    if any(one.reach > (one.worst or 0) for one in found):
        notes.append(
            "May be grade: the highest of a value that could not be graded, or that may be on treatment or not; such a value is in no worst grade."
        )
    return Table(
        "lab-grades-cases", "Cases with a laboratory grade of 1 or more on treatment", columns, rows, tuple(notes)
    )


def _case(summary: Summary, one: CaseGrade, term: str) -> Row:
    before = "no value, or several"
    if one.baseline is not None:
        low, high = one.before
        grade = f"grade {low}" if low == high else "grade not known"
        before = f"{value_text(summary, one.measure, one.baseline)} on day {day(one.baseline.low)}, {grade}"
    emergent: list[str] = [one.emergent] if one.worst else []
    emergent += [f"may be grade {one.reach}"] if one.reach > (one.worst or 0) else []
    return Row(
        (
            Cell(one.case_id),
            Cell(f"{term} (CTCAE {one.version})"),
            *_worst(summary, one),
            Cell(before),
            Cell("; ".join(emergent)),
            Cell(one.fate),
        )
    )


def _worst(summary: Summary, one: CaseGrade) -> tuple[Cell, Cell, Cell]:
    """The worst grade, with the day and the value that has it; why there is none."""
    if one.seen is None or one.worst is None:
        return Cell("–"), Cell("–"), Cell(one.none)
    when = day(one.seen.low) if one.seen.low == one.seen.high else f"{day(one.seen.low)} to {day(one.seen.high)}"
    return (
        Cell(str(one.worst), one.worst),
        Cell(when, one.seen.low if one.seen.low == one.seen.high else None),
        Cell(value_text(summary, one.measure, one.seen)),
    )


def value_text(summary: Summary, measure: str, seen: GradedValue) -> str:
    """A value with its unit and the limits of normal that hold for it."""
    sign = seen.censor.replace("<=", "≤").replace(">=", "≥")
    told = f"{sign}{plain(seen.value, 6)} {unit_of(summary.measures[measure])}".strip()
    ends = [
        f"{side} limit {plain(end, 6)}"
        for side, end in (("lower", seen.lower), ("upper", seen.upper))
        if end is not None
    ]
    return f"{told} ({', '.join(ends)})" if ends else told


def methods_words(summary: Summary) -> str:
    """What is graded by which version, for the Methods; empty where nothing is."""
    plans = lab_grade_plans(summary.protocol)
    if not plans:
        return ""
    parts = [
        f"{measure_name(summary.measures, plan.measure)} ({plan.term.key}, CTCAE {plan.term.version}; "
        f"value before within {counted(plan.within, 'day')})"
        for plan in plans
    ]
    return (
        f"Laboratory values on treatment were graded as adverse events: {listed(parts)}. Limits of normal are those that stand with each value, then "
        "those of the protocol; a value that is known only as above or below a number has a grade where every number that it may be has it."
    )
