"""What stands behind one number of the report: the cases that count in it, and the cells of the chart that each of them brings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from caseseries.brief import brief
from caseseries.errors import Place
from caseseries.summary.explain import Rested
from caseseries.summary.result import Result

#: Whether a case counts in a number: in what is counted, in the total alone, in the total without it being known whether it is counted, in neither.
Part = Literal["counted", "in the total", "not known", "left out"]

#: What one entry of a trace is: a case, a patient with all of their cases, or a spell of a case.
Grain = Literal["case", "patient", "spell"]


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A row of the chart that a case brings to a number: what it is, what it says, its day relative to the index date, its place.

    The place is a cell where one cell says it, else the row; it is empty where nothing in the chart does, and `value` then says so.
    """

    what: str
    value: str
    day: int | None
    place: Place

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class TracedCase:
    """One case (of a number of patients or spells, one of these) and its part in a number. Grain: that of the :class:`Traced`.

    `how` is its answer in words (`yes`, `no`, `not evaluable: ...`, `8 years`). `value` is what it brings where the number is made of values: its
    change, its years, how many events; `most` is the most that it may be where `value` is the least. `days` are the days that were looked at for it,
    `most_days` those of which that is not known too. `values` are the values of the chart that this rests on with their cells, as
    :meth:`Results.explain` tells them, and `rows` are further rows: courses, events, the row of the patient.
    """

    case_id: str
    patient: str
    part: Part
    how: str
    value: Fraction | None = None
    most: Fraction | None = None
    days: int | None = None
    most_days: int | None = None
    values: tuple[Rested, ...] = ()
    rows: tuple[TracedRow, ...] = ()

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Traced:
    """One number of the report traced to the chart.

    `told` says what it was computed from. `cases` are all included cases, each once with its part in it; `grain` says whether they are cases,
    patients or spells. They are empty where cases cannot be shown, or where the number is computed from other `results` alone (their ids);
    `not_shown` then says why, and what can be done.

    >>> one = TracedCase("P1", "P1", "counted", "yes")
    >>> found = Traced(Result("x/0/of_included", "of all included", Fraction(1), n=1, total=1), "yes of all", (one,))
    >>> found.counted, found.total
    (1, 1)
    """

    result: Result
    told: str
    cases: tuple[TracedCase, ...] = ()
    grain: Grain = "case"
    results: tuple[str, ...] = ()
    not_shown: str = ""

    def __repr__(self) -> str:
        """Which number it is of, and how many cases count; none of them is named."""
        return f"<Traced {self.result.id!r}: {self.counted} of {self.total} {self.grain}s>"

    @property
    def counted(self) -> int:
        """How many cases are counted in it."""
        return sum(one.part == "counted" for one in self.cases)

    @property
    def total(self) -> int:
        """How many stand in its total: all but those left out."""
        return sum(one.part != "left out" for one in self.cases)
