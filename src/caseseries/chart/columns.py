"""How the cells of one column are written: text, number, date or nominal day.

A column is named by its header. Where nothing but the name is to be said, the name alone is enough (`mmt: mmt`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from caseseries.protocol.written import Count, Days, Written, YesNo, mistake, whole

#: The years that a chart may hold; a spreadsheet shows the small number 5 in a date cell as 1900-01-05.
FIRST_YEAR, LAST_YEAR = 1905, 2100

DateOrder = Literal["year-month-day", "day-month-year", "month-day-year"]
Decimal = Literal["point", "comma"]


def _hundred(value: Any) -> int:
    first = whole(value)
    if not FIRST_YEAR <= first <= LAST_YEAR - 99:
        raise mistake(
            "not the first of a hundred years that a chart may hold",
            f"{FIRST_YEAR} to {LAST_YEAR - 99}",
            "write 1950 where 50 to 99 are 1950 to 1999, and 00 to 49 are 2000 to 2049",
        )
    return first


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


#: One name or a list of names.
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
#: The first of the hundred years in which years of two digits lie.
Hundred = Annotated[int, BeforeValidator(_hundred)]


class TextColumn(Written):
    """A column of words, or one word that holds for every row (`{value: oral}`).

    `words` says what each written word means, case and outer spaces ignored; a word that is not listed is then refused.
    `missing` adds to the missing codes of the whole chart.
    """

    column: str | None = None
    value: str | None = None
    words: dict[str, str] | None = None
    missing: dict[str, str] = {}

    @model_validator(mode="after")
    def _one(self) -> TextColumn:
        if (self.column is None) == (self.value is None):
            raise mistake("a text comes from a column or is one fixed value", "column, value", "write one of the two")
        return self


class ListedColumn(TextColumn):
    """A column of words of which a cell may hold several, with one of the signs or words of `separated_by` between them."""

    separated_by: Names | None = None


class NumberColumn(Written):
    """A column of numbers, of yes and no where the measure is a judgement, or of grades.

    `unit` is the unit the column is written in; it is converted by the catalogue to the measure's unit, or refused.
    `split` and `part` take one number out of several in a cell: `{column: BP, split: /, part: 1}` reads 167 from 167/92.
    `round_to` rounds computed cells with many decimals, half up; without it more than 6 decimals are refused.
    `unit_in_cell` allows the unit to stand behind the number (`7.5 mg`), and refuses any other.
    `drug` is the glucocorticoid that a dose written at a visit is in, prednisone where it is its equivalents already. `formatted` says which number
    counts where a workbook's number format shows another one than the cell holds (62 % for 0.62, 12.5 for 12500, nothing for 0).
    `lower` and `upper` are the columns of the laboratory's limits of normal for the value of the row, in the unit of the value; they are
    kept with it.
    `words` says what a word stands for: a number, yes or no where the measure is a judgement (`{better: yes, same: no, worse: no}`), or a
    grade where it has grades (`{trace: 0.5+}`).
    """

    column: str
    unit: str | None = None
    decimal: Decimal | None = None
    missing: dict[str, str] = {}
    split: str | None = None
    part: Count | None = None
    parts: Count = 2
    round_to: Count | None = None
    unit_in_cell: YesNo = False
    formatted: Literal["as shown", "as stored"] | None = None
    drug: str | None = None
    words: dict[str, str] = {}
    lower: str | None = None
    upper: str | None = None

    @model_validator(mode="after")
    def _check(self) -> NumberColumn:
        if (self.split is None) != (self.part is None):
            raise mistake("`split` and `part` belong together", "{column: BP, split: /, part: 1}")
        if self.part is not None and not 1 <= self.part <= self.parts:
            raise mistake(
                "there is no such part", f"1 to {self.parts}", "say with `parts` how many there are", at=("part",)
            )
        if self.round_to is not None and self.round_to > 6:
            raise mistake("values have at most 6 decimals", "0 to 6", at=("round_to",))
        return self


class DateColumn(Written):
    """A column of dates, three columns of year, month and day, or a nominal day.

    `dates` is the order in which they are written, where it differs from the rest of the chart. In an undated chart
    (`dated: no`) the column holds whole nominal days, or labels that `days` translates (`{baseline: 0 days}`);
    `nominal_day` gives the day itself. `serials: yes` reads a plain number in a workbook as the date that Excel keeps under it.
    In a chart with dates, `nominal_day`, `days` and a column of whole days that is `counted` count from the index date of
    the case; `course` says from which, where the patient has several. `counted: study days` are the days since the index
    date on which something happened, `planned days` those for which it was planned (as `nominal_day` and `days` are). `in: months` says that
    the column counts months (weeks, years) and not days.
    `two_digit_years_from` is the first of the hundred years in which years of two digits lie, where it differs from the rest of the chart.
    `date_cells` settles a column in which a spreadsheet seems to have changed dates: they count `as they stand`, or with
    `day and month swapped` in those that it turned into dates.
    """

    column: str | None = None
    year: str | None = None
    month: str | None = None
    day: str | None = None
    nominal_day: Days | None = None
    dates: DateOrder | None = None
    two_digit_years_from: Hundred | None = None
    days: dict[str, Days] | None = None
    missing: dict[str, str] = {}
    serials: YesNo = False
    counted: Literal["study days", "planned days"] | None = None
    in_: Literal["days", "weeks", "months", "years"] = Field("days", alias="in")
    course: Literal["first", "last"] | None = None
    date_cells: Literal["as they stand", "day and month swapped"] | None = None

    @model_validator(mode="after")
    def _one(self) -> DateColumn:
        parts = (self.year, self.month, self.day)
        ways = [self.column is not None, any(parts), self.nominal_day is not None]
        if sum(ways) != 1:
            raise mistake(
                "a date comes from one column, from three, or is a nominal day",
                "column; year, month, day; nominal_day",
                "write one of them",
            )
        if any(parts) and not self.year:
            raise mistake("a date in parts needs a column for the year", "year, month, day")
        if self.day and not self.month:
            raise mistake("a date in parts with a day needs a column for the month", "year, month, day")
        if self.counted is not None and any(parts):
            raise mistake("a year is no day counted from the index date", "column, counted")
        if self.counted == "study days" and self.nominal_day is not None:
            raise mistake("a nominal day is a planned one", "counted: planned days, or leave it out")
        if self.in_ != "days" and (
            self.column is None or self.days is not None or self.dates is not None or self.serials
        ):
            raise mistake(f"{self.in_} are counted in one column of numbers", "column, in", at=("in",))
        if self.course is not None and not self.relative:
            raise mistake("`course` belongs to days counted from the index date", "nominal_day, days, or counted")
        return self

    @property
    def relative(self) -> bool:
        """Whether its days are counted from the index date, in a chart that has dates."""
        return self.nominal_day is not None or self.days is not None or self.counted is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers it reads."""
        return tuple(name for name in (self.column, self.year, self.month, self.day) if name)


def _by_name(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _history(value: Any) -> Any:
    if value == "complete":
        return {"since": None}
    if not isinstance(value, dict) or value.get("since") is None:
        raise mistake("what the history covers is not said", "complete; {since: COLUMN}; {since: first entry}")
    return value


def _since(value: Any) -> Any:
    return FIRST_ENTRY if value == FIRST_ENTRY else _by_name(value)


#: Said where a patient's history is known from the first visit or value on.
FIRST_ENTRY = "first entry"


class HistoryCovers(Written):
    """What the rows before an index date cover: everything (`complete`), each patient's time since a date, or since the first entry."""

    since: Annotated[DateColumn | Literal["first entry"] | None, BeforeValidator(_since)]


History = Annotated[HistoryCovers, BeforeValidator(_history)]
Text = Annotated[TextColumn, BeforeValidator(_by_name)]
ListedText = Annotated[ListedColumn, BeforeValidator(_by_name)]
Cells = Annotated[NumberColumn, BeforeValidator(_by_name)]
When = Annotated[DateColumn, BeforeValidator(_by_name)]
#: One row number or a list of them, as the user sees them.
Rows = Annotated[tuple[Count, ...], BeforeValidator(_listed)]
