"""What was found in the files: tables with their probable kind, visits, measures and courses, before anything is written of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from caseseries.form.profile import Looked

TableKind = Literal["patients", "visits", "long", "side by side", "drugs", "events", "diagnoses", "deaths", "screening"]
MeasureKind = Literal["instrument", "quantity", "judgement", "dose", "grades"]


@dataclass(frozen=True, slots=True)
class MeasureGuess:
    """A column, or a word of a long table, that is probably a measure.

    `instrument` is a key of the catalogue, or empty with the `choices` to decide among. Of a quantity `unit` and `better` are empty where
    the heading does not tell them. `seen` says in few words what stands in the column, `ends` the least and the greatest number, and
    `only` that the unit is the only one in which they are possible. `words` gives words of a judgement their meaning, yes or no. `grades` are
    those that stand in the column, from the lowest to the highest.
    """

    measure: str
    column: str
    kind: MeasureKind
    instrument: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    needs_unit: bool = False
    split: str = ""
    part: int = 0
    better: str = ""
    label: str = ""
    seen: str = ""
    in_cell: bool = False
    ends: tuple[Fraction, Fraction] | None = None
    only: bool = False
    words: tuple[tuple[str, str], ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitGuess:
    """One of several visits that stand beside each other: its date column, or its planned day where the name tells one."""

    name: str
    measures: tuple[MeasureGuess, ...]
    date: str = ""
    nominal: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CourseGuess:
    """The columns of one drug beside others: what the heading calls it, its first and last day.

    Without `start` no column says when the drug was begun, and `why` names one that may.
    """

    name: str
    drug: str
    start: str
    stop: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class TableGuess:
    """A table with its probable kind, its columns by role, its measures, visits and courses.

    `labels` are the words of a column of visits, each with its planned day (empty where it is not known). `several_rows` says that the
    rows of a patient add up to one, `separated` which signs stand between several drugs or events in one cell. `happened` are the
    columns of yes and no of events.
    """

    name: str
    kind: TableKind
    looked: Looked
    roles: Mapping[str, str]
    measures: tuple[MeasureGuess, ...] = ()
    visits: tuple[VisitGuess, ...] = ()
    courses: tuple[CourseGuess, ...] = ()
    words: Mapping[str, MeasureGuess | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    several_rows: bool = False
    separated: tuple[str, ...] = ()
    happened: Mapping[str, str] = field(default_factory=dict)

    @property
    def undated_drugs(self) -> bool:
        """Whether it holds drugs without columns for their days."""
        return self.kind == "drugs" and bool(self.separated) and not self.roles.get("start")

    @property
    def written_kind(self) -> str:
        """The kind as the chart description says it."""
        beside = (self.kind == "drugs" and len(self.courses) > 1) or bool(self.happened)
        return f"{self.kind} side by side" if beside else self.kind

    @property
    def all_measures(self) -> tuple[MeasureGuess, ...]:
        """The measures of the table and of its visits."""
        beside = tuple(measure for visit in self.visits for measure in visit.measures)
        return (*self.measures, *beside, *(one for one in self.words.values() if one is not None))

    @property
    def columns(self) -> frozenset[str]:
        """The columns that its measures, visits and courses take."""
        found = {measure.column for measure in self.all_measures} | {visit.date for visit in self.visits}
        for course in self.courses:
            found |= {course.start, course.stop}
        return frozenset((found | set(self.happened.values())) - {""})
