"""Why one case has its laboratory grade: the value, the limits of normal and the value before, each with its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.tables import Chart
from caseseries.errors import Place
from caseseries.protocol.lab_grades import lab_grade_plans
from caseseries.protocol.written import decimal_text
from caseseries.summary.cases import CaseRow, Cases
from caseseries.summary.compare import disagreement, same_grades
from caseseries.summary.explain import Normally, cell, cell_of_limit
from caseseries.summary.model import Summary
from caseseries.verdict.lab_grades import NONE_GRADABLE, CaseGrade, GradedValue
from caseseries.verdict.numbers import bounded, day_text


@dataclass(frozen=True, slots=True)
class SeenValue:
    """A laboratory value with its unit, its cell, and the limits of normal that hold for it; a limit of the protocol has no cell."""

    value: GradedValue
    unit: str
    place: Place
    limits: tuple[Normally, ...]


@dataclass(frozen=True, slots=True)
class GradeExplained:
    """The worst laboratory grade of one case under one line of `safety: graded`, in a sentence, with what it rests on.

    `words` are those that CTCAE has for the grade, empty for grade 0 and where there is none.
    """

    case: CaseRow
    grade: CaseGrade
    term: str
    words: str
    sentence: str
    seen: SeenValue | None
    before: SeenValue | None

    def __repr__(self) -> str:
        """Which term and version it is about; the patient stands in `case`."""
        return f"<GradeExplained of {self.term!r}, CTCAE {self.grade.version}>"


def explain_grades(summary: Summary, cases: Cases, chart: Chart, case: CaseRow) -> tuple[GradeExplained, ...]:
    """Explain the laboratory grades of one case, computed again by the reference; none of an excluded case.

    Raises:
        Disagreement: the stages and the reference differ.
    """
    found = tuple(one for one in cases.graded if one.case_id == case.case_id)
    if not same_grades(summary.protocol, chart, case.case_id, found):
        raise disagreement("laboratory grades")
    plans = {plan.key: plan for plan in lab_grade_plans(summary.protocol)}
    explained = []
    for one in found:
        term, unit = plans[one.measure, one.version].term, summary.measures[one.measure].unit
        seen, before = (_seen(chart, value, unit) for value in (one.seen, one.baseline))
        words = "; ".join(row.words for row in term.grades if row.grade == one.worst)
        explained.append(GradeExplained(case, one, term.key, words, _sentence(one, term.key, unit), seen, before))
    return tuple(explained)


def _seen(chart: Chart, value: GradedValue | None, unit: str) -> SeenValue | None:
    if value is None:
        return None
    sides: tuple[Literal["lower", "upper"], ...] = ("lower", "upper")
    limits = tuple(
        Normally(side, limit, cell_of_limit(chart, value.record, side, limit))
        for side in sides
        if (limit := getattr(value, side)) is not None
    )
    return SeenValue(value, unit, cell(chart, value.record), limits)


def _sentence(one: CaseGrade, term: str, unit: str) -> str:
    told = f"{term}, CTCAE {one.version}: "
    if one.worst is None or one.seen is None:
        because = one.none if one.none == NONE_GRADABLE else f"there is {one.none}"
        return f"{told}no grade, because {because}{_further(one)}."
    told += f"grade {one.worst} at worst, with {_value(one.seen, unit)}"
    low, high = one.before
    if one.baseline is not None:
        grade = f"grade {low}" if low == high else f"grade {low} to {high}"
        told += f"; before, {_value(one.baseline, unit)}, {grade}"
    words = {
        "yes": "worse than before",
        "no": "not worse than before",
        "not known": "not known whether worse than before",
    }
    told += f"; {words[one.emergent]}" if one.worst else ""
    told += f"; {'not known what became of it' if one.fate == 'not known' else one.fate}" if one.fate else ""
    return f"{told}{_further(one)}."


def _further(one: CaseGrade) -> str:
    """The values that are in no worst grade, and how bad they may be."""
    told = f"; {one.ungraded} more without a grade" if one.ungraded and one.worst is not None else ""
    told += f"; {one.perhaps} more that may be on treatment or not" if one.perhaps else ""
    return f"{told}; may be grade {one.reach}" if one.reach > (one.worst or 0) else told


def _value(seen: GradedValue, unit: str) -> str:
    when = day_text(seen.low) if seen.low == seen.high else f"{day_text(seen.low)} to {day_text(seen.high)}"
    return f"{bounded(seen.censor, decimal_text(seen.value))} {unit} on {when}"
