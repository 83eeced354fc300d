"""The chart description: where the rows of one source are and how its cells are written (`chart.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import PrivateAttr, model_validator

from caseseries.chart.columns import DateColumn, DateOrder, Decimal, History, Hundred
from caseseries.chart.described import (
    AnyTable,
    EventsSideBySideTable,
    EventsTable,
    LongTable,
    PatientsTable,
    SideBySideTable,
    VisitsTable,
)
from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.tables import Kind
from caseseries.errors import ChartError, Place, in_numbers
from caseseries.protocol.problems import validate
from caseseries.protocol.undecided import with_questions
from caseseries.protocol.written import Count, Date, Written, YesNo, mistake
from caseseries.protocol.yaml import Document, read

#: What every chart takes for yes and no unless it says otherwise, case ignored.
YES, NO = ("yes", "true"), ("no", "false")


class Accepted(Written):
    """A person's decision about one cell; it holds only while the cell holds what was `found`.

    Exactly one of: `read_as` (read it as if this were written), `not_evaluable` (nothing can be known from it, for this reason), `as_found: yes` (it
    is right although it looks wrong). `read_as` is written as the column is, or plainly: a decimal point, a date year-month-day. Where no order of
    dates is declared any is taken that leaves one reading; what can be read in two ways is refused. `column` is the header or, in a workbook, the
    letter.
    """

    file: str | None = None
    sheet: str | None = None
    row: Count
    column: str
    found: str | None = None
    read_as: str | None = None
    not_evaluable: str | None = None
    as_found: YesNo = False
    by: str
    on: Date
    because: str
    _line: Place = PrivateAttr(default=Place())

    @property
    def line(self) -> Place:
        """Where the decision stands in the chart description."""
        return self._line

    @model_validator(mode="after")
    def _one(self) -> Accepted:
        if sum([self.read_as is not None, self.not_evaluable is not None, self.as_found]) != 1:
            raise mistake("an accepted cell needs one decision", "read_as, not_evaluable, as_found: yes")
        return self


class Doubtful(Written):
    """A cell that is read as it stands although it may mean something else; every run says so."""

    file: str | None = None
    sheet: str | None = None
    row: Count
    column: str
    found: str
    could_be: str = ""
    because: str
    _line: Place = PrivateAttr(default=Place())

    @property
    def line(self) -> Place:
        """Where the note stands in the chart description."""
        return self._line


class Description(Written):
    """Where one source's rows are: a folder of CSV files or a workbook, its tables, and how its cells are written.

    `dates` is the order in which dates are written as text, and is never guessed; `two_digit_years_from` the first of the
    hundred years in which years of two digits lie. `missing` gives each code for a
    missing value its meaning; blank always means not recorded. `seen` lists those of them that say the patient was
    seen although there is no value (`not done`, but not `dropped out`): a visit that holds nothing but other codes did
    not take place. `history` says what the rows before an index date
    cover, which a study needs that looks back: everything (`complete`), or each patient's time since a date of the
    patients table or since the first entry. `in_order` lists pairs of measures of which, on one row, the first must
    be lower than the second. `accept` holds decisions about single cells, `doubtful` cells that may have been copied
    wrongly. `shifted_dates: yes` says that dates were moved to hide who the patients are, and may lie in the future.
    `redcap` names the files of a REDCap export, whose forms are then the sheets.
    `encoding` and `delimiter` concern CSV files. `charted` says of a kind of fact whether it was looked for in every
    chart: with `yes` a table without any row of it means that there was none, otherwise that it was not charted.
    """

    source: str
    invented: YesNo = False
    dated: YesNo = True
    shifted_dates: YesNo = False
    dates: DateOrder | None = None
    two_digit_years_from: Hundred | None = None
    decimal: Decimal = "point"
    redcap: RedcapProject | None = None
    encoding: Literal["utf-8", "cp1252", "latin-1"] = "utf-8"
    delimiter: Literal[",", ";", "tab", "|"] | None = None
    missing: dict[str, str] = {}
    seen: tuple[str, ...] = ()
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    tables: dict[str, AnyTable]
    history: History | None = None
    charted: dict[Kind, YesNo] = {}
    in_order: tuple[tuple[str, str], ...] = ()
    accept: tuple[Accepted, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Description:
        if not any(isinstance(table, PatientsTable) for table in self.tables.values()):
            raise mistake("no table lists the patients", "one table of kind: patients")
        if self.history is not None and isinstance(self.history.since, DateColumn) and not self.dated:
            raise mistake(
                "a chart without dates has no date since when it knows a patient",
                "complete; {since: first entry}",
                at=("history",),
            )
        if {word.strip().casefold() for word in self.seen} - _codes(self.model_dump()):
            raise mistake("`seen` lists what is no missing code", "codes that stand under `missing`", at=("seen",))
        for name, table in self.tables.items() if self.dated else ():
            wrong = [field for field, column in _dates_needed(table) if column.relative]
            if wrong:
                raise mistake(
                    "a date of the calendar is needed here: only visits, values and events may stand on days counted from the index date",
                    "a column of dates",
                    at=("tables", name, wrong[0]),
                )
        for name, table in self.tables.items() if self.dated else ():
            lost = next(
                (field for field, column in dates_of(table) if column.in_ != "days" and column.counted is None), None
            )
            if lost is not None:
                raise mistake(
                    "weeks, months or years in a chart with dates are counted from the index date, and it is not said how",
                    "counted: study days, planned days",
                    at=("tables", name, lost),
                )
        both = {word.casefold() for word in self.yes} & {word.casefold() for word in self.no}
        if both:
            raise mistake("one word cannot mean yes and no", "different words under yes and no")
        return self


def dates_of(table: AnyTable) -> list[tuple[str, DateColumn]]:
    """Every date that a table declares, with the field in which it is."""

    def within(value: Any) -> Iterator[DateColumn]:
        if isinstance(value, DateColumn):
            yield value
        elif isinstance(value, dict):
            for one in value.values():
                yield from within(one)
        elif isinstance(value, tuple):
            for one in value:
                yield from within(one)
        elif isinstance(value, Written):
            for field in type(value).model_fields:
                yield from within(getattr(value, field))

    return [(name, column) for name in type(table).model_fields for column in within(getattr(table, name))]


def _dates_needed(table: AnyTable) -> list[tuple[str, DateColumn]]:
    """The dates of a table that say when a patient was born, died, was diagnosed, screened or took a drug."""
    if isinstance(table, VisitsTable | LongTable | SideBySideTable | EventsTable | EventsSideBySideTable):
        return []
    return dates_of(table)


def relative_days(declared: Description) -> tuple[str, ...]:
    """The kinds of day counted from the index date on which rows stand: `planned days`, `study days`, both or none."""
    columns = [
        column
        for table in declared.tables.values()
        if isinstance(table, VisitsTable | LongTable | SideBySideTable | EventsTable | EventsSideBySideTable)
        for _, column in dates_of(table)
    ]
    kinds = {column.counted or "planned days" for column in columns if column.relative or not declared.dated}
    return tuple(sorted(kinds))


def _codes(written: Any) -> set[str]:
    """Every missing code of a description, whether of the chart, a table or a column."""
    if isinstance(written, list | tuple):
        return set().union(*(_codes(one) for one in written))
    if not isinstance(written, dict):
        return set()
    own = written.get("missing")
    found = {str(code).strip().casefold() for code in own} if isinstance(own, dict) else set()
    return found.union(*(_codes(one) for one in written.values()))


def missing_codes(description: Description) -> frozenset[str]:
    """Every missing code of a description, case folded, whether of the chart, a table or a column."""
    return frozenset(_codes(description.model_dump()))


def measured_columns(description: Description) -> frozenset[str]:
    """The columns that hold the values of measures at visits."""
    found: set[str] = set()
    for table in description.tables.values():
        if isinstance(table, LongTable):
            found.add(table.value.column)
        elif isinstance(table, VisitsTable | SideBySideTable):
            visits = [table] if isinstance(table, VisitsTable) else list(table.visits.values())
            found |= {column.column for visit in visits for column in visit.measures.values()}
    return frozenset(found)


def texts_of(description: Description) -> frozenset[str]:
    """Every text that the tables say, the names of columns among them."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        for one in (
            (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        ):
            yield from within(one)

    return frozenset(within({name: table.model_dump() for name, table in description.tables.items()}))


def located(description: Description, document: Document) -> None:
    """Let each decision about a cell know its line."""
    sections: dict[str, tuple[Accepted | Doubtful, ...]] = {
        "accept": description.accept,
        "doubtful": description.doubtful,
    }
    for section, decisions in sections.items():
        for number, decision in enumerate(decisions):
            found = document.locate((section, number))
            decision._line = Place(found.file, line=found.line)


def load_description(path: Path) -> Description:
    """The chart description in a YAML file.

    Raises:
        ChartError: the file is not readable, says something unknown, or leaves something to decide; every mistake and question with its line.
    """
    return described(read(path, error=ChartError))


def described(document: Document) -> Description:
    """The chart description in a document that is read.

    Raises:
        ChartError: as :func:`load_description`.
    """
    try:
        description, wrong = validate(Description, document, error=ChartError), []
    except ChartError as refused:
        description, wrong = None, list(refused.problems)
    if problems := with_questions(document, wrong):
        raise ChartError(f"{document.file} has {in_numbers(problems)}.", problems, do="Nothing was run.")
    assert description is not None  # a refused description has a reason
    located(description, document)
    return description
