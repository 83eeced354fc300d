"""Tables of drugs: a course a row, or the drugs of a patient beside each other."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from caseseries.chart.columns import Cells, ListedText, Text, When
from caseseries.chart.described_table import Table, fields_of
from caseseries.protocol.written import Written, mistake

#: What two courses of one drug at the same time are.
Overlaps = Literal["replace", "add"]


class CourseColumns(Written):
    """The columns of a course: which drug, from when to when, how much, how often, by which route.

    `drug` with `separated_by` reads several from one cell; a date behind a name is then its start, or its start and stop (`MTX 2006-2007`).
    `dose` is per administration and `frequency` says how often; a unit such as mg/day is the total of a day.
    """

    drug: ListedText
    start: When | None = None
    stop: When | None = None
    dose: Cells | None = None
    unit: Text | None = None
    frequency: Text | None = None
    route: Text | None = None
    stop_reason: Text | None = None
    pulse: Text | None = None

    @property
    def start_header(self) -> str | None:
        """The column of the first day; None where there is none."""
        return self.start.columns[0] if self.start is not None and self.start.columns else None

    @property
    def stop_header(self) -> str | None:
        """The column of the last day; None where there is none."""
        return self.stop.columns[0] if self.stop is not None and self.stop.columns else None


class CourseMeanings(Table):
    """What the cells of courses mean.

    `stop_means` says whether the drug was still taken on the day of `stop`. A blank `stop` means still taken (`blank_stop: ongoing`), that
    nobody knows until when (`not known`), that it was over before the index date, or is refused; `ongoing` lists words and dates that mean still
    taken. A blank `start` is refused, or means that the drug was `not taken` where dose and stop are blank too, or taken some time
    `before index date`. `frequencies` gives administrations per day of words the catalogue does not know, `drugs` the names of drugs. `overlaps`
    says what becomes of a course when the next of its drug begins by the same route: `replace` ends it on the day before, with `add` both are
    taken; needed once such courses overlap of which a daily dose is made. `depot_without_route` says whether a glucocorticoid that is a depot
    or an injection counts as `systemic` or `local` where no route is written; needed once a daily dose is made of it.
    `reason_without_stop` says what a row is that gives a reason for stopping and no last day: stopped on a day that is `not known`, or
    `ongoing`. `fatal` says what a reason is that tells a death of a patient without a recorded one: `death`, on the last day, or `no death`.
    """

    stop_means: Literal["last day taken", "first day without"] | None = None
    blank_stop: Literal["ongoing", "not known", "before index date", "refused"]
    blank_start: Literal["refused", "not taken", "before index date"] = "refused"
    overlaps: Overlaps | None = None
    depot_without_route: Literal["systemic", "local"] | None = None
    reason_without_stop: Literal["not known", "ongoing"] | None = None
    fatal: Literal["death", "no death"] | None = None
    ongoing: tuple[str, ...] = ()
    drugs: dict[str, str] = {}
    frequencies: dict[str, str] = {}


def _course(columns: CourseColumns, meanings: CourseMeanings) -> None:
    """Refuse columns of a course that need a meaning which is not declared."""
    if columns.stop is not None and meanings.stop_means is None:
        raise mistake(
            "what the last day of a course means is not said",
            "last day taken, first day without",
            "add `stop_means: last day taken`",
        )
    if columns.start is None and columns.drug.separated_by is None and meanings.blank_start != "before index date":
        raise mistake(
            "a course has no column for its first day",
            "start: COLUMN; `blank_start: before index date` where the drugs were taken some time before",
        )
    fixed = columns.drug.value is not None
    if fixed and columns.drug.separated_by is not None:
        raise mistake("several drugs are read from the cells of a column", "column, separated_by", at=("drug",))


class DrugsTable(CourseMeanings, CourseColumns):
    """One row per course of a drug at one dose, or of a taper in words."""

    kind: Literal["drugs"]

    @model_validator(mode="after")
    def _days(self) -> DrugsTable:
        _course(self, self)
        return self


class DrugsSideBySideTable(CourseMeanings):
    """One row per patient with the drugs next to each other, each with its own columns."""

    kind: Literal["drugs side by side"]
    courses: dict[str, CourseColumns]

    @model_validator(mode="after")
    def _days(self) -> DrugsSideBySideTable:
        if not self.courses:
            raise mistake(
                "no drug is named", "courses: {MTX: {drug: {value: methotrexate}, start: MTX start}}", at=("courses",)
            )
        for columns in self.courses.values():
            _course(columns, self)
        return self

    def each(self) -> dict[str, DrugsTable]:
        """The table of each of its courses, by name."""
        shared = fields_of(self, "kind", "courses")
        return {
            name: DrugsTable.model_construct(**shared, **fields_of(one), kind="drugs")
            for name, one in self.courses.items()
        }
