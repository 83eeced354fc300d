"""Each patient's rows side by side, and what the protocol says about them, looked up once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from caseseries.chart.natural import natural
from caseseries.chart.sexes import M_MAY_BE_FEMALE, SEX_WORDS
from caseseries.chart.tables import Chart, Course, Fact, FactKind, Measurement, Person, UnreadCourse
from caseseries.protocol import measures
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.reference.derived import with_derived


@dataclass(frozen=True, slots=True)
class PatientRows:
    """All rows of one patient: measurements by measure in order of day, courses in order of start.

    `observed` are the periods (first and last day) in which the patient was observed; None where the source does not say. `unread` are
    the patient's drug rows that became no course.
    """

    person: Person
    measurements: Mapping[str, tuple[Measurement, ...]]
    courses: tuple[Course, ...]
    facts: tuple[Fact, ...]
    observed: tuple[tuple[int, int], ...] | None = None
    unread: tuple[UnreadCourse, ...] = ()

    def facts_of(self, kind: FactKind) -> tuple[Fact, ...]:
        """The facts of one kind."""
        return tuple(fact for fact in self.facts if fact.kind == kind)

    def courses_of(self, drugs: frozenset[str]) -> tuple[Course, ...]:
        """The courses of any of these ingredients, those of a dose of 0 too."""
        return tuple(course for course in self.courses if course.drug in drugs)

    def taken_of(self, drugs: frozenset[str]) -> tuple[Course, ...]:
        """The courses of any of these ingredients that were taken: a dose of 0 is none."""
        return tuple(course for course in self.courses_of(drugs) if course.amount is None or course.amount > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A protocol and a chart, with everything that is looked up more than once.

    `memo` only keeps answers that depend on nothing but the protocol and the chart.
    """

    protocol: Protocol
    chart: Chart
    measures: Mapping[str, MeasureFacts]
    patients: Mapping[str, PatientRows]
    memo: dict[Any, Any] = field(default_factory=dict)

    def drugs(self, name: str) -> frozenset[str]:
        """The ingredients that a drug or group stands for."""
        key = ("drugs", name)
        if key not in self.memo:
            self.memo[key] = drugs_of(self.protocol, name)
        found: frozenset[str] = self.memo[key]
        return found

    def dose_factor(self, measure: DailyDose, unit: str, drug: str) -> Fraction | None:
        """What a milligram of an ingredient counts in a daily dose; None where it has no equivalent."""
        key = ("dose factor", measure, unit, drug)
        if key not in self.memo:
            self.memo[key] = measures.dose_factor(self.protocol, measure, unit, drug)
        found: Fraction | None = self.memo[key]
        return found

    @property
    def study_drug(self) -> frozenset[str]:
        """The ingredients whose first exposure is the index date; none where the index date is something else."""
        index_date = self.protocol.case.index_date
        return self.drugs(index_date.first_exposure) if isinstance(index_date, FirstExposure) else frozenset()


class _Same:
    """Compares by identity, so that a protocol and a chart (which hold mappings) can key a cache."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing


def indexed(protocol: Protocol, chart: Chart) -> Indexed:
    """The chart grouped by patient; the last few pairs of protocol and chart are remembered."""
    return _indexed(_Same(protocol), _Same(chart))


@lru_cache(maxsize=4)
def _indexed(protocol: _Same, chart: _Same) -> Indexed:
    return _group(protocol.thing, chart.thing)


def _group(protocol: Protocol, chart: Chart) -> Indexed:
    measured: dict[str, dict[str, list[Measurement]]] = {person.patient: {} for person in chart.people}
    courses: dict[str, list[Course]] = {person.patient: [] for person in chart.people}
    facts: dict[str, list[Fact]] = {person.patient: [] for person in chart.people}
    for row in chart.measurements:
        measured[row.patient].setdefault(row.measure, []).append(row)
    for course in chart.courses:
        courses[course.patient].append(course)
    for fact in chart.facts:
        if fact.patient in facts:  # a screening log also names patients whose chart was not found
            facts[fact.patient].append(fact)
    unread: dict[str, list[UnreadCourse]] = {person.patient: [] for person in chart.people}
    for row_ in chart.unread:
        if row_.patient in unread:
            unread[row_.patient].append(row_)
    observed: dict[str, list[tuple[int, int]]] = {person.patient: [] for person in chart.people}
    for period in chart.observed or ():
        if period.patient in observed:
            observed[period.patient].append((period.start, period.end))
    facts_of_measures = all_measures(protocol)
    patients = {
        person.patient: PatientRows(
            person,
            {
                name: tuple(sorted(rows, key=lambda row: (row.day, row.record)))
                for name, rows in with_derived(protocol, facts_of_measures, measured[person.patient]).items()
            },
            tuple(sorted(courses[person.patient], key=lambda course: (course.start, course.record))),
            tuple(sorted(facts[person.patient], key=lambda fact: fact.record)),
            None if chart.observed is None else _together(observed[person.patient]),
            tuple(unread[person.patient]),
        )
        for person in sorted(chart.people, key=lambda person: natural(person.patient))
    }
    return Indexed(protocol, chart, facts_of_measures, patients)


def _together(periods: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Periods that overlap, or of which the next begins the day after, as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(periods):
        if found and start - found[-1][1] <= 1:
            first, last = found.pop()
            start, end = first, max(last, end)
        found.append((start, end))
    return tuple(found)


def sex_of(study: Indexed, person: Person) -> str:
    """F or M, as a database has it or the chart says it; empty where it is not recorded or another word, or where it may be either.

    `M` is a woman in a chart of hombre and mujer, varón and mujer, or vrouw and man, as far as its words can tell.
    """
    if "sexes" not in study.memo:
        study.memo["sexes"] = {one.sex.casefold() for one in study.chart.people}
    word = person.sex.casefold()
    if word == "m" and study.memo["sexes"] & M_MAY_BE_FEMALE:
        return ""
    return "F" if word in SEX_WORDS["female"] else "M" if word in SEX_WORDS["male"] else ""


def folded(text: str) -> str:
    """A term without what people vary: case and spacing.

    >>> folded("Juvenile  dermatomyositis ")
    'juvenile dermatomyositis'
    """
    return " ".join(text.split()).casefold()
