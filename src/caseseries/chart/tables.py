"""The tables that every source becomes: rows with their address, and days as whole numbers.

A day is days since 1970-01-01 in a dated chart, and the nominal day in an undated one, so that the days between two
rows are a subtraction. A partial date keeps its earliest and latest possible day. Values are exact fractions of
decimals with at most six places.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import field as dataclass_field
from fractions import Fraction
from typing import Literal, get_args

from caseseries.brief import brief
from caseseries.errors import Place, ensure

Severity = Literal["error", "warning", "note"]
RowStatus = Literal["used", "out of scope", "refused"]
#: What a source says its history covers: nothing more than its observed time (``""``; all of it where it has none), all of it by
#: declaration, each patient's from `Person.known_from` on, or nothing yet although it should.
History = Literal["", "complete", "since", "open"]
FactKind = Literal["diagnosis", "event", "death", "visit", "screening", "never", "cohort", "unread diagnosis"]

#: Kinds of fact that a source may hold or not. Of one that is not charted nothing is known, not even that there was none.
Kind = Literal["adverse events", "other drugs", "deaths", "diagnoses"]
KINDS: tuple[Kind, ...] = get_args(Kind)

EPOCH = dt.date(1970, 1, 1)


def day_number(date: dt.date) -> int:
    """Days since 1970-01-01.

    >>> day_number(dt.date(1970, 1, 2))
    1
    """
    return (date - EPOCH).days


def calendar_date(day: int) -> dt.date:
    """The date of a day number.

    >>> calendar_date(1)
    datetime.date(1970, 1, 2)
    """
    return EPOCH + dt.timedelta(days=day)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row that was read, and what became of it. Grain: one row of one sheet or file."""

    row_id: int
    file: str
    sheet: str
    row: int
    table: str
    native_key: str
    status: RowStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One patient. Grain: patient.

    The birth day lies between `birth_low` and `birth_high` (equal where known to the day). `age` is the age in years as recorded
    at the index date, for charts without birth dates. `known_from` is the first day that the patient's history covers, in a chart that
    declares one; None where that is not known.
    """

    patient: str
    row_id: int
    sex: str = ""
    birth_low: int | None = None
    birth_high: int | None = None
    age: Fraction | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    known_from: int | None = None


#: What a number is: itself, or a limit below (above) which, or at most (at least) at which, the value lies.
Bound = Literal["", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One recorded value of one measure. Grain: one cell (or one long row).

    `measure` is the measure's name in the protocol. A judgement is 1 for yes and 0 for no. `value` is None where only a missing
    code was recorded (`missing` holds it). `censor` is `<`, `<=`, `>` or `>=` where the value is a bound. `lower` and `upper` are the
    laboratory's limits of normal that stand with the value, in its unit, `lower_column` and `upper_column` where they stand.
    """

    record: int
    row_id: int
    column: str
    patient: str
    measure: str
    day: int
    low: int
    high: int
    value: Fraction | None
    censor: Bound = ""
    missing: str = ""
    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_column: str = ""
    upper_column: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """The days on which a course may have begun, and those on which it may have ended.

    The first day is some day in `first_low..first_high`, the last one some day in `last_low..last_high`. `last_high` None: it may
    still go on. `last_low` None: it goes on for certain (then `last_high` is None too). Of nothing but a first day (no last day, no
    days of supply) it is known that it was taken on that day: `Ends(day, day, day, None)`.
    """

    first_low: int
    first_high: int
    last_low: int | None
    last_high: int | None

    def __post_init__(self) -> None:
        ensure(self.first_low <= self.first_high, "the earliest first day lies after the latest")
        ensure(
            self.last_high is None or (self.last_low is not None and self.last_low <= self.last_high), "the last days"
        )
        ensure(self.last_low is None or self.first_low <= self.last_low, "a course that ends before it may begin")

    def relative_to(self, day: int) -> Ends:
        """The days counted from another day.

        >>> Ends(3, 5, 9, None).relative_to(3)
        Ends(first_low=0, first_high=2, last_low=6, last_high=None)
        """
        last_low, last_high = (None if end is None else end - day for end in (self.last_low, self.last_high))
        return Ends(self.first_low - day, self.first_high - day, last_low, last_high)


@dataclass(frozen=True, slots=True)
class Course:
    """One course of one drug at one dose. Grain: one row of the drug table, or one step of a taper in it.

    `drug` is the catalogue's ingredient key, or the name as written (lower case) where unknown. `end` is the last day taken;
    None means ongoing at the end of the record. `amount` is per administration in `unit` (`mg` or `mg/kg`, others kept as
    written) and `per_day` the administrations per day. `pulse` marks an intravenous glucocorticoid pulse.

    `possible` holds the days on which it may have begun and ended where they are not known to the day; then `start` is a day
    between, `end` too (or None where nothing bounds it): both only for lists and drawings, no decision rests on them.
    """

    record: int
    row_id: int
    patient: str
    drug: str
    start: int
    end: int | None
    amount: Fraction | None
    unit: str
    per_day: Fraction | None
    route: str
    systemic: bool
    pulse: bool = False
    schedule: str = ""
    stop_reason: str = ""
    possible: Ends | None = None

    @property
    def ends(self) -> Ends:
        """The days on which it may have begun and ended; of an exact course one each.

        >>> Course(1, 1, "a", "prednisone", 3, None, None, "mg", None, "", True).ends
        Ends(first_low=3, first_high=3, last_low=None, last_high=None)
        """
        return self.possible or Ends(self.start, self.start, self.end, self.end)

    @property
    def taken(self) -> bool:
        """Whether the row says that the drug was taken: one of a dose of 0 says that it was not.

        >>> Course(1, 1, "a", "adalimumab", 3, None, Fraction(0), "mg", None, "", True).taken
        False
        """
        return self.amount is None or self.amount > 0


@dataclass(frozen=True, slots=True)
class UnreadCourse:
    """A row of a drug that was refused, or whose drug or dose nobody can tell, of a patient who is known. Grain: one such row.

    `drug` is None where it may be any. It may have covered any day from `first` to `last`; None where nothing bounds that side.
    Daily doses to which it may belong are not known on those days.
    """

    patient: str
    drug: str | None
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A diagnosis, event, death, visit, screening entry, "never on this drug group", or time in a cohort. Grain: one row.

    `start` is None where no date was recorded; `low` and `high` bound a partial date. So does `until` for `end`, the last day,
    where that is not known to the day.
    """

    record: int
    row_id: int
    patient: str
    kind: FactKind
    term: str
    start: int | None
    low: int | None
    high: int | None
    end: int | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    until: tuple[int, int] | None = None

    @property
    def last_low(self) -> int | None:
        """The earliest day that may have been the last; None where no last day was recorded."""
        return self.end if self.until is None else self.until[0]

    @property
    def last_high(self) -> int | None:
        """The latest day that may have been the last; None where no last day was recorded."""
        return self.end if self.until is None else self.until[1]

    def attribute(self, name: str) -> str:
        """An attribute such as grade, serious, outcome, attributed_to or action; empty where not recorded."""
        return dict(self.attributes).get(name, "")


@dataclass(frozen=True, slots=True)
class Observed:
    """A period in which a patient was observed, both days included. Grain: one period; periods may overlap or touch."""

    patient: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at, with the cell it was found in.

    `message`, `field` and `allowed` hold no cell and no free text, because they are counted, exported and pasted; the cell, its patient, the
    proposed reading and what a person wrote about it (`because`) stand in findings.csv and on the user's own terminal only.
    """

    severity: Severity
    rule: str
    message: str
    place: Place = Place()
    patient: str = dataclass_field(default="", repr=False)
    field: str = ""
    value: str = dataclass_field(default="", repr=False)
    allowed: str = ""
    proposal: str = dataclass_field(default="", repr=False)
    because: str = dataclass_field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TakenWord:
    """A word of a column that is read, how many cells hold it, and what it was taken for."""

    table: str
    column: str
    field: str
    word: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that was read. Each table is sorted by its record, which does not depend on the order of rows.

    `observed` is None where the source does not say when its patients were observed. `counted` holds the rows of tables
    that the source counted without listing them in `rows`: by table, then by status; `unlisted` is the number of persons whom it counted without
    listing them in `people`. `unread` are drug rows that became no course. `history`
    says what the rows before an index date cover. `not_charted` holds the kinds of fact that the source could not tell, each with why;
    None where it does not say. `only` names, of a kind whose tables hold fixed words, those words: of others nothing is known. `relative`
    tells on which days counted from the index date rows stand: `planned days`, `study days`, or none. `words` are the words of the columns that
    were read, with what they were taken for. `pulses_untold` says why nobody could tell a pulse from other doses; empty where that could be told.
    """

    dated: bool
    invented: bool
    rows: tuple[SourceRow, ...]
    people: tuple[Person, ...]
    measurements: tuple[Measurement, ...]
    courses: tuple[Course, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    observed: tuple[Observed, ...] | None = None
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unread: tuple[UnreadCourse, ...] = ()
    history: History = ""
    not_charted: Mapping[Kind, str] | None = None
    only: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    relative: tuple[str, ...] = ()
    words: tuple[TakenWord, ...] = ()
    unlisted: int = 0
    pulses_untold: str = ""

    __repr__ = brief

    def unknown(self) -> Mapping[Kind, str]:
        """The kinds of fact that were not charted, each with why. Where the source does not say, those without any row.

        >>> Chart(True, True, (), (), (), (), ()).unknown()["deaths"]
        'no row says anything of it'
        """
        if self.not_charted is not None:
            return self.not_charted
        kinds = {fact.kind for fact in self.facts}
        held: dict[Kind, bool] = {
            "adverse events": "event" in kinds,
            "other drugs": len({course.drug for course in self.courses}) > 1,
            "deaths": "death" in kinds,
            "diagnoses": "diagnosis" in kinds,
        }
        return {kind: "no row says anything of it" for kind, there in held.items() if not there}

    def account(self) -> dict[str, dict[str, int]]:
        """Rows per table, listed and counted: read = used + out of scope + refused."""
        accounts: dict[str, dict[str, int]] = {}
        for table in (*(row.table for row in self.rows), *self.counted):
            accounts.setdefault(table, dict.fromkeys(("read", *get_args(RowStatus)), 0))
        for row in self.rows:
            accounts[row.table]["read"] += 1
            accounts[row.table][row.status] += 1
        for table, counts in self.counted.items():
            for status in get_args(RowStatus):
                accounts[table]["read"] += counts.get(status, 0)
                accounts[table][status] += counts.get(status, 0)
        return dict(sorted(accounts.items()))
