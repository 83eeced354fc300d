"""The kinds of table a chart description may name, and the columns of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag, model_validator

from caseseries.chart.columns import Cells, DateOrder, Hundred, Names, Rows, Text, When
from caseseries.protocol.words import Count, Written, YesNo, known_kind, mistake


class Table(Written):
    """Where the rows of one table are, and who each row is about.

    `file` names a CSV file of the source folder, `sheet` a sheet of the workbook. Rows are counted as the user sees them,
    from 1. `header` is the row of column names, or several rows that are joined (`Visit 1 / BP`). Rows before `first_row`
    (by default the one after the header), after `last_row` or in `skip_rows` are not read. `names` gives a column a name of
    its own by its letter or number. `patient` is the id column, or several that are joined with `-`. `ignore` lists columns
    that are knowingly not read; others that nothing reads are noted. `expand_merged: yes` repeats the value of merged cells.
    `other_patients` says what becomes of rows about someone who is not among the patients.
    """

    file: str | None = None
    sheet: str | None = None
    header: Rows = (1,)
    first_row: Count | None = None
    last_row: Count | None = None
    skip_rows: Rows = ()
    names: dict[str, str] = {}
    patient: Names
    ignore: Names = ()
    dates: DateOrder | None = None
    two_digit_years_from: Hundred | None = None
    missing: dict[str, str] = {}
    expand_merged: YesNo = False
    other_patients: Literal["refused", "out of scope"] = "refused"

    @model_validator(mode="after")
    def _place(self) -> Table:
        if self.file and self.sheet:
            raise mistake(
                "a table is in a file or on a sheet, not both", "file, sheet", "write one of the two", at=("sheet",)
            )
        if not self.header or 0 in self.header or 0 in self.skip_rows:
            raise mistake("rows are counted from 1, and one of them holds the column names", "header: 1")
        if not self.patient:
            raise mistake("no column says which patient a row is about", "patient: patient_id")
        return self

    @property
    def first(self) -> int:
        """The first row that is read."""
        return self.first_row or max(self.header) + 1

    def reads(self, row: int) -> bool:
        """Whether a row, as the user counts it, is one of the table."""
        return self.first <= row and (self.last_row is None or row <= self.last_row) and row not in self.skip_rows


class DiagnosisColumns(Written):
    """A diagnosis and its date on a patient's row; `{diagnosis: {value: JDM}, date: onset}` gives every row the same one."""

    diagnosis: Text
    date: When | None = None


class PatientsTable(Table):
    """One row per patient.

    `birth` may be partial. `age` is the age in years at the index date, for charts without birth dates. `never` maps a drug or
    drug group to a yes/no column that says the patient never had it. `attributes` are further columns to keep, by name. `terms` says
    what a diagnosis means that is written nearly as one asked for.
    """

    kind: Literal["patients"]
    sex: Text | None = None
    birth: When | None = None
    age: Cells | None = None
    diagnoses: tuple[DiagnosisColumns, ...] = ()
    death: When | None = None
    never: dict[str, Text] = {}
    attributes: dict[str, Text] = {}
    terms: dict[str, str] = {}


class VisitsTable(Table):
    """One row per visit; `measures` maps each measure of the protocol to its column."""

    kind: Literal["visits"]
    date: When
    measures: dict[str, Cells]


class LongTable(Table):
    """One row per value: a column says what was measured, another holds the value.

    `measures` translates the words of the `measure` column to measures of the protocol; other words must be in `other`.
    """

    kind: Literal["long"]
    date: When
    measure: Text
    value: Cells
    unit: Text | None = None
    measures: dict[str, str]
    other: tuple[str, ...] = ()


class SideVisit(Written):
    """One of several visits that stand next to each other on a patient's row."""

    date: When
    measures: dict[str, Cells]


class SideBySideTable(Table):
    """One row per patient with the visits next to each other, each with its own columns."""

    kind: Literal["side by side"]
    visits: dict[str, SideVisit]


#: What two courses of one drug at the same time are.
Overlaps = Literal["replace", "add"]


class DrugsTable(Table):
    """One row per course of a drug at one dose.

    `dose` is per administration and `frequency` says how often; a unit such as mg/day is the total of a day. A blank `stop`
    means still taken (`blank_stop: ongoing`) or is refused; `ongoing` lists words and dates that mean the same. `stop_means` says
    whether the drug was still taken on that day. `frequencies` gives administrations per day of words the catalogue
    does not know, `drugs` the names of drugs. `overlaps` says what becomes of a course when the next of its drug begins by the same route:
    `replace` ends it on the day before, with `add` both are taken; needed once such courses overlap of which a daily dose is made.
    `depot_without_route` says whether a glucocorticoid that is a depot or an injection counts as `systemic` or `local` where no route is
    written; needed once a daily dose is made of it. `reason_without_stop` says what a row is that gives a reason for stopping and no
    last day: stopped on a day that is `not known`, or `ongoing`. `fatal` says what a reason is that tells a death of a patient without
    a recorded one: `death`, on the last day, or `no death`.
    """

    kind: Literal["drugs"]
    drug: Text
    start: When
    stop: When | None = None
    stop_means: Literal["last day taken", "first day without"]
    blank_stop: Literal["ongoing", "refused"]
    overlaps: Overlaps | None = None
    depot_without_route: Literal["systemic", "local"] | None = None
    reason_without_stop: Literal["not known", "ongoing"] | None = None
    fatal: Literal["death", "no death"] | None = None
    ongoing: tuple[str, ...] = ()
    dose: Cells | None = None
    unit: Text | None = None
    frequency: Text | None = None
    route: Text | None = None
    stop_reason: Text | None = None
    pulse: Text | None = None
    drugs: dict[str, str] = {}
    frequencies: dict[str, str] = {}


class EventsTable(Table):
    """One row per adverse event. `attributes` are further columns to keep, by name.

    `fatal` says what an event is that tells a death (grade 5, a fatal outcome) of a patient without a recorded one: `death`, on the last day
    of the event, or on its day where it has no other; or `no death`.
    """

    kind: Literal["events"]
    event: Text
    date: When | None = None
    until: When | None = None
    grade: Text | None = None
    serious: Text | None = None
    outcome: Text | None = None
    attributed_to: Text | None = None
    fatal: Literal["death", "no death"] | None = None
    attributes: dict[str, Text] = {}
    terms: dict[str, str] = {}


class DiagnosesTable(Table):
    """One row per diagnosis. `terms` says what a name means that is written nearly as one asked for."""

    kind: Literal["diagnoses"]
    diagnosis: Text
    date: When | None = None
    terms: dict[str, str] = {}


class DeathsTable(Table):
    """One row per patient who died."""

    kind: Literal["deaths"]
    date: When
    cause: Text | None = None


class ScreeningTable(Table):
    """One row per person met while looking for cases.

    The words of `result` are sorted into `found` (a chart was found: the person has a row among the patients),
    `chart_missing`, and `excluded` (not a case for the reason written, seen before the chart was abstracted).
    """

    kind: Literal["screening"]
    result: Text
    found: Names
    chart_missing: Names = ()
    excluded: Names = ()
    date: When | None = None
    list: Text | None = None
    reason: Text | None = None


_KINDS = ("patients", "visits", "long", "side by side", "drugs", "events", "diagnoses", "deaths", "screening")


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if kind in _KINDS else None


AnyTable = Annotated[
    Annotated[PatientsTable, Tag("patients")]
    | Annotated[VisitsTable, Tag("visits")]
    | Annotated[LongTable, Tag("long")]
    | Annotated[SideBySideTable, Tag("side by side")]
    | Annotated[DrugsTable, Tag("drugs")]
    | Annotated[EventsTable, Tag("events")]
    | Annotated[DiagnosesTable, Tag("diagnoses")]
    | Annotated[DeathsTable, Tag("deaths")]
    | Annotated[ScreeningTable, Tag("screening")],
    Discriminator(_kind),
    known_kind(_kind, "what kind of table this is, is not said", ", ".join(_KINDS), "write for example kind: visits"),
]
