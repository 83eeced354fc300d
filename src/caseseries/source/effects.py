"""What each answer to an open question of a chart description does to the files at hand: how many cells it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

from caseseries.chart.cells import NumberReader, Quantity, fold_codes
from caseseries.chart.columns import DateColumn, DateOrder, Decimal, NumberColumn, TextColumn
from caseseries.chart.dates import Span, read_date
from caseseries.chart.described import (
    DrugsSideBySideTable,
    DrugsTable,
    LongTable,
    ScreeningTable,
    SideBySideTable,
    SideVisit,
    Table,
)
from caseseries.chart.description import Description
from caseseries.chart.findings import Findings
from caseseries.chart.header import columns_of
from caseseries.chart.opened import Opened
from caseseries.chart.refusal import Refusal
from caseseries.chart.sheet import Raw, Sheet, blank, shown
from caseseries.chart.tables import Course, calendar_date
from caseseries.protocol.undecided import Undecided

#: An answer, and what it does to the file; an empty answer: what is asked about.
Answers = list[tuple[str, str]]
#: Columns that are named where a code stands in several.
_NAMED = 6


@dataclass(slots=True)
class Cells:
    """The cells of the tables of a description that is not finished, by table and column."""

    declared: Description
    opened: Opened
    positions: dict[str, list[tuple[Sheet, dict[str, int]]]] = field(default_factory=dict)

    def of(self, table: str, header: str | None) -> list[Raw]:
        """The cells of a column in the rows that are read, blank ones included; on every sheet of the table; none where there is no such column."""
        described = self.declared.tables[table]
        if table not in self.positions:
            sheets = self.opened.sheets_of(table)
            self.positions[table] = [
                (sheet, {} if described.one_row else dict(columns_of(sheet, described, Findings()))) for sheet in sheets
            ]
        found: list[Raw] = []
        for sheet, columns in self.positions[table]:
            position = columns.get(header or "")
            if position is not None:
                found += [row[position] if position < len(row) else None for row in _rows(sheet, described)]
        return found

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Every declared column of these tables, with its table."""
        for name in names:
            for column in _columns(self.declared.tables[name]):
                yield name, column


def _rows(sheet: Sheet, table: Table) -> list[list[Raw]]:
    rows = [(number, row) for number, row in sorted(sheet.rows.items()) if table.reads(number)]
    return [row for _, row in rows if not all(blank(cell) for cell in row)]


def _columns(model: Any) -> Iterator[Any]:
    """The columns that are declared anywhere below."""
    if isinstance(model, DateColumn | NumberColumn | TextColumn):
        yield model
    elif isinstance(model, BaseModel):
        for name in type(model).model_fields:
            yield from _columns(getattr(model, name))
    elif isinstance(model, dict | list | tuple):
        for one in model.values() if isinstance(model, dict) else model:
            yield from _columns(one)


@dataclass(frozen=True)
class Asked:
    """One open question of a chart description, before the files that it is about."""

    question: Undecided
    cells: Cells

    @property
    def declared(self) -> Description:
        """The description, provisional as it is."""
        return self.cells.declared

    @cached_property
    def tables(self) -> list[str]:
        """The tables that the question is about."""
        loc = self.question.loc
        if loc[0] != "tables":
            return list(self.declared.tables)
        return [str(loc[1])] if len(loc) > 1 and loc[1] in self.declared.tables else []

    @cached_property
    def around(self) -> Any:
        """The piece of the description in which the question stands; None where that was left out."""
        found: Any = self.declared
        for part in self.question.loc[:-1]:
            if isinstance(found, dict):
                found = found.get(str(part))
            elif isinstance(found, list | tuple):
                found = found[int(part)] if int(part) < len(found) else None
            else:
                found = getattr(found, str(part), None)
        return found

    def codes(self, table: str, column: Any) -> set[str]:
        """What is no value in a column: missing codes, those still to be decided too, and words that mean still taken."""
        described = self.declared.tables[table]
        words = fold_codes(self.declared.missing, described.missing, getattr(column, "missing", {}))
        ongoing = {" ".join(word.split()).casefold() for word in getattr(described, "ongoing", ())}
        return {*words, *ongoing}

    def texts(self, kind: type[DateColumn] | type[NumberColumn]) -> list[str]:
        """The cells of the columns of one kind that are written as text, without codes."""
        inside = list(_columns(self.around)) if self.question.loc[:-1] else []
        found = []
        for table, column in self.cells.columns(self.tables):
            if not isinstance(column, kind) or (inside and not any(column is one for one in inside)):
                continue
            if isinstance(column, DateColumn) and (column.relative or (column.dates and column is not self.around)):
                continue
            codes = self.codes(table, column)
            for raw in self.cells.of(table, column.column):
                if isinstance(raw, str) and not blank(raw) and " ".join(shown(raw).split()).casefold() not in codes:
                    found.append(shown(raw))
        return found

    def rows_with(self, header: str | None) -> tuple[int, int]:
        """How many rows have something in a column, and how many there are."""
        cells = [raw for table in self.tables for raw in self.cells.of(table, header)]
        return sum(not blank(raw) for raw in cells), len(cells)


def effects(asked: Asked, courses: Sequence[Course], answers: Sequence[str]) -> Answers:
    """What each answer does, in numbers of cells and rows; bare `answers` where nothing can be said."""
    say = _SAID_BELOW.get(asked.question.above) or _SAID.get(asked.question.field)
    told: Answers = say(asked, courses) if say is not None and asked.tables and not asked.question.key else []
    given = {answer for answer, _ in told}
    return told + [(answer, "") for answer in answers if answer not in given]


def _dates(asked: Asked, _: Sequence[Course]) -> Answers:
    texts = asked.texts(DateColumn)
    if not texts:
        return [("", "no date is written as text: the line can be deleted")]
    counts = {one: sum(isinstance(read_date(text, one), Span) for text in texts) for one in get_args(DateOrder)}
    best = sorted(counts, key=lambda one: -counts[one])
    unit = _some(len(texts), "date written as text", "dates written as text")
    return [(one, f"{counts[one]} of {unit} can be read") for one in best]


def _decimal(asked: Asked, _: Sequence[Course]) -> Answers:
    texts = asked.texts(NumberColumn)
    if not texts:
        return [("", "no number is written as text: the line can be deleted")]
    told: Answers = []
    for one in get_args(Decimal):
        reader = NumberReader({}, comma=one == "comma")
        read = sum(isinstance(reader.read(text), Quantity) for text in texts)
        told.append(
            (
                str(one),
                f"{read} of {_some(len(texts), 'number written as text', 'numbers written as text')} can be read",
            )
        )
    return sorted(told, key=lambda answer: -int(answer[1].split()[0]))


def _stops(asked: Asked) -> tuple[int, int] | None:
    """How many courses have a last day, and how many there are, of rows or beside each other; None where no column holds last days."""
    table = asked.around
    if isinstance(table, DrugsTable):
        return None if table.stop_header is None else asked.rows_with(table.stop_header)
    if not isinstance(table, DrugsSideBySideTable) or not asked.tables:
        return None
    written, every, there = 0, 0, False
    for one in table.courses.values():
        started = [not blank(raw) for raw in asked.cells.of(asked.tables[0], one.start_header)]
        ended = [not blank(raw) for raw in asked.cells.of(asked.tables[0], one.stop_header)] or [False] * len(started)
        there = there or one.stop_header is not None
        every += sum(started)
        written += sum(first and last for first, last in zip(started, ended, strict=True))
    return (written, every) if there else None


def _blank_stop(asked: Asked, _: Sequence[Course]) -> Answers:
    found = _stops(asked)
    if found is None:
        return []
    written, every = found
    what = f"{every - written} of {_some(every, 'course')} {'has' if every - written == 1 else 'have'} a blank last day"
    return [("ongoing", f"{what} and count as still taken"), ("refused", f"these {every - written} rows stop the run")]


def _stop_means(asked: Asked, _: Sequence[Course]) -> Answers:
    found = _stops(asked)
    if found is None:
        return []
    written, every = found
    some = f"of {_some(every, 'course')} {written} {'has' if written == 1 else 'have'} a last day"
    return [
        ("last day taken", f"{some}: the drug counts on it"),
        ("first day without", f"{some}: the drug counts up to the day before"),
    ]


def _hundred(asked: Asked, _: Sequence[Course]) -> Answers:
    """The years of two digits, and what they become where the hundred years begin in 1950."""
    short = [text for text in asked.texts(DateColumn) if _is_short(text)]
    orders = [one for one in get_args(DateOrder) if all(isinstance(read_date(text, one, 1950), Span) for text in short)]
    if not short or not orders:
        return []
    days = [found.low for text in short if isinstance(found := read_date(text, orders[0], 1950), Span)]
    first, last = (calendar_date(day).year for day in (min(days), max(days)))
    return [("1950", f"{_some(len(short), 'date')} with a year of two digits: from {first} to {last}")]


def _is_short(text: str) -> bool:
    refused = [read_date(text, one) for one in get_args(DateOrder)]
    return any(isinstance(one, Refusal) and one.rule == "two-digit year" for one in refused)


def _overlaps(asked: Asked, courses: Sequence[Course]) -> Answers:
    pairs = _pairs(courses)
    some = f"{_some(pairs, 'pair')} of courses of one drug {'overlaps' if pairs == 1 else 'overlap'}"
    return [
        ("replace", f"{some}: the later start ends the earlier course on the day before"),
        ("add", f"{some}: both are taken, and their doses add up"),
    ]


def _pairs(courses: Sequence[Course]) -> int:
    by_drug: dict[tuple[str, str, str], list[Course]] = {}
    for course in sorted((one for one in courses if one.taken), key=lambda one: (one.start, one.record)):
        by_drug.setdefault((course.patient, course.drug, course.route), []).append(course)
    return sum(
        earlier.end is None or later.start <= earlier.end
        for together in by_drug.values()
        for earlier, later in pairwise(together)
    )


def _word(asked: Asked, _: Sequence[Course]) -> Answers:
    """Where a code or a word stands that is still to be explained."""
    wanted = " ".join(asked.question.field.split()).casefold()
    kinds: tuple[type, ...] = (NumberColumn,) if "measures" in asked.question.loc else (TextColumn,)
    if asked.question.above == "missing":
        kinds = (TextColumn, NumberColumn, DateColumn)
    found: dict[str, int] = {}
    for table, column in asked.cells.columns(asked.tables):
        for header in [column.column] if not isinstance(column, DateColumn) else column.columns:
            if not isinstance(column, kinds) or header is None or header in found:
                continue
            count = sum(" ".join(shown(raw).split()).casefold() == wanted for raw in asked.cells.of(table, header))
            if count:
                found[header] = count
    names = [*list(found)[:_NAMED], *(["..."] if len(found) > _NAMED else [])]
    n = sum(found.values())
    return (
        [("", f"{_some(n, 'cell')} in {', '.join(names)}")]
        if n
        else [("", "no cell holds it: the line can be deleted")]
    )


def _unit(asked: Asked, _: Sequence[Course]) -> Answers:
    if not isinstance(asked.around, NumberColumn):
        return []
    return [("", f"{_some(asked.rows_with(asked.around.column)[0], 'cell')} in {asked.around.column}")]


def _nominal_day(asked: Asked, _: Sequence[Course]) -> Answers:
    if not asked.tables or not isinstance(asked.declared.tables[asked.tables[0]], SideBySideTable):
        return []
    visit = asked.declared.tables[asked.tables[0]]
    named = str(asked.question.loc[3]) if len(asked.question.loc) > 3 else ""
    one = visit.visits.get(named) if isinstance(visit, SideBySideTable) else None
    if not isinstance(one, SideVisit):
        return []
    columns = [asked.cells.of(asked.tables[0], column.column) for column in one.measures.values()]
    rows = [any(not blank(raw) for raw in row) for row in zip(*[cells for cells in columns if cells], strict=True)]
    return [
        (
            "",
            f"{sum(rows)} of {_some(len(rows), 'patient')} {'has' if sum(rows) == 1 else 'have'} a value at this visit",
        )
    ]


def _screened(asked: Asked, _: Sequence[Course]) -> Answers:
    if not isinstance(asked.around, ScreeningTable) or asked.around.result.column is None:
        return []
    words = {" ".join(shown(raw).split()) for raw in asked.cells.of(asked.tables[0], asked.around.result.column)} - {""}
    return [("", f"{_some(len(words), 'different word')} in {asked.around.result.column}")]


def _measure_word(asked: Asked, courses: Sequence[Course]) -> Answers:
    return _word(asked, courses) if isinstance(asked.declared.tables[asked.tables[0]], LongTable) else []


def _some(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


_Say = Callable[[Asked, Sequence[Course]], Answers]
#: Who says what the answers do, by the name of the field.
_SAID: dict[str, _Say] = {
    "dates": _dates, "decimal": _decimal, "blank_stop": _blank_stop, "stop_means": _stop_means, "overlaps": _overlaps, "unit": _unit,
    "two_digit_years_from": _hundred,
    "drug": _unit, "nominal_day": _nominal_day, "found": _screened, "chart_missing": _screened, "excluded": _screened,
}  # fmt: skip
#: The same by the name above it, of entries that the author named.
_SAID_BELOW: dict[str, _Say] = {
    "missing": _word, "words": _word, "drugs": _word, "terms": _word, "frequencies": _word, "measures": _measure_word,
}  # fmt: skip
