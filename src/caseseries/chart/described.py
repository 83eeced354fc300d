"""The kinds of table a chart description may name, and the columns of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from caseseries.chart.columns import Cells, ListedText, Names, Text, When
from caseseries.chart.described_drugs import DrugsSideBySideTable, DrugsTable, Overlaps
from caseseries.chart.described_events import EventsSideBySideTable, EventsTable
from caseseries.chart.described_table import Table
from caseseries.protocol.written import Written, known_kind

__all__ = [
    "AnyTable", "DeathsTable", "DiagnosesTable", "DiagnosisColumns", "DrugsSideBySideTable", "DrugsTable", "EventsSideBySideTable", "EventsTable",
    "LongTable", "Overlaps", "PatientsTable", "ScreeningTable", "SideBySideTable", "SideVisit", "Table", "VisitsTable",
]  # fmt: skip


class DiagnosisColumns(Written):
    """A diagnosis and its date on a patient's row; `{diagnosis: {value: JDM}, date: onset}` gives every row the same one."""

    diagnosis: Text
    date: When | None = None


class PatientsTable(Table):
    """One row per patient, or several that add up to one (`rows_per_patient: several`): the first of each column that is not blank counts, and
    two that differ are refused. Where the rows are those of visits too this is so unless `one` is said.

    `birth` may be partial. `age` is the age in years at the index date, for charts without birth dates. `never` maps a drug or
    drug group to a yes/no column that says the patient never had it. `attributes` are further columns to keep, by name. `terms` says
    what a diagnosis means that is written nearly as one asked for.
    """

    kind: Literal["patients"]
    rows_per_patient: Literal["one", "several"] | None = None
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


class DiagnosesTable(Table):
    """One row per diagnosis, or several in one cell (`separated_by`). `terms` says what a name means that is written nearly as one asked for."""

    kind: Literal["diagnoses"]
    diagnosis: ListedText
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


_KINDS = (
    "patients", "visits", "long", "side by side", "drugs", "drugs side by side", "events", "events side by side", "diagnoses", "deaths", "screening",
)  # fmt: skip


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if kind in _KINDS else None


AnyTable = Annotated[
    Annotated[PatientsTable, Tag("patients")]
    | Annotated[VisitsTable, Tag("visits")]
    | Annotated[LongTable, Tag("long")]
    | Annotated[SideBySideTable, Tag("side by side")]
    | Annotated[DrugsTable, Tag("drugs")]
    | Annotated[DrugsSideBySideTable, Tag("drugs side by side")]
    | Annotated[EventsTable, Tag("events")]
    | Annotated[EventsSideBySideTable, Tag("events side by side")]
    | Annotated[DiagnosesTable, Tag("diagnoses")]
    | Annotated[DeathsTable, Tag("deaths")]
    | Annotated[ScreeningTable, Tag("screening")],
    Discriminator(_kind),
    known_kind(_kind, "what kind of table this is, is not said", ", ".join(_KINDS), "write for example kind: visits"),
]
