"""The rows and cells of the chart behind the values of single cases, for whoever traces a number to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from caseseries.chart.of_patient import each_patient
from caseseries.chart.tables import Chart, Course, Fact, SourceRow, day_number
from caseseries.errors import Place
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.written import decimal_text, folded
from caseseries.summary.behind import TracedRow
from caseseries.summary.cases import CaseRow, Cases
from caseseries.summary.co_medication import drug_name
from caseseries.summary.explain import Rested, cell, rested
from caseseries.summary.from_reference import (
    CaseAnswer,
    answer_of,
    candidates_of,
    courses_of_dose,
    with_derived,
)
from caseseries.summary.model import Summary
from caseseries.verdict.numbers import bounded
from caseseries.verdict.trace import Quantity

#: A value with its cell, and the rows that it is made of where it has none of its own.
Found = tuple[tuple[Rested, ...], tuple[TracedRow, ...]]


class ChartRows:
    """The chart of a run that shows its cases, looked into case by case; what is asked for twice is read once."""

    def __init__(self, summary: Summary, cases: Cases, chart: Chart) -> None:
        self.summary, self.cases, self.chart = summary, cases, chart
        self.protocol, self.included = summary.protocol, cases.included
        self._answers: dict[str, CaseAnswer] = {}
        self._derived: dict[str, Chart] = {}

    @cached_property
    def _alone(self) -> dict[str, Chart]:
        return each_patient(self.chart, {case.patient for case in self.cases.rows})

    @cached_property
    def _rows(self) -> dict[int, SourceRow]:
        return {row.row_id: row for row in self.chart.rows}

    def of(self, case: CaseRow) -> Chart:
        """The chart of the patient of a case alone."""
        return self._alone[case.patient]

    def answer(self, case: CaseRow) -> CaseAnswer:
        """The days of a case."""
        if case.case_id not in self._answers:
            self._answers[case.case_id] = answer_of(self.protocol, self.of(case), case.case_id)
        return self._answers[case.case_id]

    def index(self, case: CaseRow) -> int:
        """The index date of an included case, as a day of the chart."""
        if self.chart.dated:
            return day_number(dt.date.fromisoformat(case.index_date))
        return int(case.index_date)

    def place(self, row_id: int, column: str = "") -> Place:
        """Where a row stands, or one of its cells; of a row that the source counted and did not list, nothing."""
        row = self._rows.get(row_id)
        return Place() if row is None else Place(row.file, row.sheet, row.row, column)

    def value(self, case: CaseRow, plan: OutcomePlan, spec: Spec, quantity: Quantity) -> Found:
        """A value with its cell. One that has none of its own (a dose added up from courses, a mean, a sum) comes with the rows that make it."""
        alone, answer = self.of(case), self.answer(case)
        if case.patient not in self._derived:
            self._derived[case.patient] = with_derived(self.protocol, alone)
        found = rested(self.summary, alone, self._derived[case.patient], answer, plan, spec, quantity)
        return (replace(found, passed=()),), tuple(self._made_of(case, plan, spec, found))

    def values(self, case: CaseRow, plan: OutcomePlan, spec: Spec, quantities: Iterable[Quantity]) -> Found:
        """Several values as :meth:`value` gives them."""
        found = [self.value(case, plan, spec, one) for one in quantities]
        return tuple(value for values, _ in found for value in values), tuple(row for _, rows in found for row in rows)

    def _made_of(self, case: CaseRow, plan: OutcomePlan, spec: Spec, found: Rested) -> Iterable[TracedRow]:
        quantity, facts = found.quantity, self.summary.measures[found.quantity.slot.measure]
        slot, index = quantity.slot, self.index(case)
        if str(found.place) or found.parts or quantity.value is None:
            return
        if slot.measure in self.protocol.doses and quantity.day is not None:
            day = index + quantity.day
            for course in courses_of_dose(self.protocol, self.of(case), case.patient, slot.measure, day):
                yield replace(
                    self.course(course, index), what=f"{slot.measure} at {slot.window}: {drug_name(course.drug)}"
                )
            return
        if facts.counted:
            return
        for one in candidates_of(self.protocol, self.of(case), self.answer(case), plan, spec, slot):
            if not one.lost:
                said = f"{bounded(one.censor, decimal_text(one.value))} {facts.unit}".strip()
                yield TracedRow(f"{slot.measure} at {slot.window}", said, one.day, cell(self.of(case), one.record))

    def course(self, course: Course, index: int) -> TracedRow:
        """The row of a course, with its dose as it is known and its last day."""
        amount = (
            "" if course.amount is None else f"{decimal_text(course.amount)} {course.unit} {course.schedule}".strip()
        )
        until = "ongoing" if course.end is None else f"to day {course.end - index}"
        told = ", ".join(part for part in (amount, until) if part)
        return TracedRow(drug_name(course.drug), told, course.start - index, self.place(course.row_id))

    def fact(self, fact: Fact, index: int, what: str = "") -> TracedRow:
        """The row of an event, a diagnosis, a death."""
        told = ", ".join(f"{name} {word}" for name, word in fact.attributes if word)
        day = None if fact.start is None else fact.start - index
        named = f"{what or fact.kind} {fact.term}".strip()
        return TracedRow(named, told or ("no date" if day is None else "recorded"), day, self.place(fact.row_id))

    def facts(self, case: CaseRow, kinds: Sequence[str], terms: Iterable[str] = ()) -> list[Fact]:
        """The facts of a patient of these kinds; with `terms`, of these alone, as they are compared."""
        wanted = frozenset(terms)
        return [one for one in self.of(case).facts if one.kind in kinds and (not wanted or folded(one.term) in wanted)]

    def last_seen(self, case: CaseRow, day: int) -> tuple[TracedRow, ...]:
        """The rows that say that the patient was seen on a day (relative to the index date): each source row once."""
        alone, on = self.of(case), self.index(case) + day
        found = {row.row_id: "a value" for row in alone.measurements if row.low == on and row.value is not None}
        for fact in alone.facts:
            low = fact.start if fact.low is None else fact.low
            if low == on and fact.kind in {"visit", "event", "death"}:
                found[fact.row_id] = fact.kind
        return tuple(TracedRow("seen", what, day, self.place(row_id)) for row_id, what in sorted(found.items()))

    def person(self, case: CaseRow, what: str, value: str) -> TracedRow:
        """The row of the patient, for what it says."""
        (person,) = self.of(case).people
        return TracedRow(what, value, None, self.place(person.row_id))
