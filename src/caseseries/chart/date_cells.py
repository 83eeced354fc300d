"""Dates in cells, and days counted from the index date: read exactly as their column is declared, or refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from caseseries.chart.cells import COMMA, POINT
from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, excel_epoch, excel_serial, read_date, span
from caseseries.chart.refusal import Missing, Refusal
from caseseries.chart.sheet import Bad, Formatted, Raw, Shortened, blank, number_text, shown
from caseseries.chart.tables import day_number
from caseseries.protocol.written import DAYS_PER_UNIT, round_half_up


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of one column, or its nominal days in an undated chart (`order` is None then)."""

    codes: Mapping[str, str]
    order: DateOrder | None
    dated: bool = True
    days: Mapping[str, int] | None = None
    serials: bool = False
    from_1904: bool = False
    date_cells: Literal["as they stand", "day and month swapped"] | None = None
    hundred: int | None = None
    counted_in: str = "days"
    comma: bool = False
    known: dict[str, Span | Missing | Refusal | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def read(self, raw: Raw) -> Span | Missing | Refusal | None:
        """The earliest and latest day the cell can mean; a text that was read before is not read again."""
        if not isinstance(raw, str):
            return self._read(raw)
        if raw not in self.known:
            self.known[raw] = self._read(raw)
        return self.known[raw]

    def _read(self, raw: Raw) -> Span | Missing | Refusal | None:
        if blank(raw):
            return None
        if isinstance(raw, Bad):
            return Refusal(raw.what, raw.allowed, rule="broken cell")
        text = shown(raw)
        if text.casefold() in self.codes:
            return Missing(self.codes[text.casefold()])
        if not self.dated:
            return self._nominal(text)
        if isinstance(raw, Shortened):
            return self._shortened(raw)
        if isinstance(raw, dt.datetime | dt.date):
            return self._calendar(raw)
        if isinstance(raw, Formatted):
            return Refusal("a number formatted as no date", "a date", rule="date")
        if isinstance(raw, bool | dt.time | dt.timedelta):
            return Refusal("not a date", "a date", rule="date")
        if isinstance(raw, int | float | Decimal):
            return self._serial(raw)
        if self.order is None:
            return Refusal(
                "a date written as text, but the order of its parts is not declared",
                "`dates: year-month-day`, day-month-year or month-day-year in the chart description",
                rule="date order",
            )
        return read_date(text, self.order, self.hundred)

    def _calendar(self, raw: dt.datetime | dt.date) -> Span | Refusal:
        day = raw.date() if isinstance(raw, dt.datetime) else raw
        year = (day - excel_epoch(from_1904=self.from_1904)).days
        if 1905 <= year <= 2100:  # a year typed into a cell that is formatted as a date
            return Refusal(
                "a date of 1905 to 1909; is it a year typed into a cell formatted as a date?",
                "a date",
                str(year),
                "date",
            )
        if self.date_cells == "day and month swapped" and day.day <= 12:
            day = dt.date(day.year, day.day, day.month)
        timed = isinstance(raw, dt.datetime) and raw.time() != dt.time()
        return span(day.year, day.month, day.day, note="the time of day is not used" if timed else "")

    def _shortened(self, raw: Shortened) -> Span | Refusal:
        """A date that shows its month or its year only is known no better, unless dates are declared to count as they stand."""
        if raw.hides == "year" or self.date_cells == "as they stand":
            return self._calendar(raw.day)
        return span(raw.day.year, raw.day.month if raw.hides == "day" else None, None)

    def _serial(self, raw: float | Decimal) -> Span | Refusal:
        whole = int(raw) if raw == int(raw) else None
        meant = None if whole is None else excel_serial(whole, from_1904=self.from_1904)
        if whole is not None and 1905 <= whole <= 2100:  # a bare year is far likelier than a day of 1905
            return Refusal("a plain number where a date belongs; is it a year?", "a date", number_text(raw), "date")
        if meant is None:
            return Refusal("a plain number where a date belongs", "a date", rule="date")
        if self.serials:
            number = day_number(meant)
            return Span(number, number)
        return Refusal(
            "a plain number where a date belongs; Excel keeps dates as such numbers",
            "a date, or `serials: yes`",
            meant.isoformat(),
            "date serial",
        )

    def _nominal(self, text: str) -> Span | Refusal:
        if self.days is not None:
            wanted = " ".join(text.split()).casefold()
            if wanted in self.days:
                return Span(self.days[wanted], self.days[wanted])
            return Refusal("not one of the declared visits", ", ".join(self.days), rule="visit")
        if self.counted_in != "days":
            return self._counted(text)
        if re.fullmatch(r"[+-]?[0-9]{1,6}", text):
            return Span(int(text), int(text))
        return Refusal("not a nominal day", "a whole number of days, or labels declared under `days`", rule="visit")

    def _counted(self, text: str) -> Span | Refusal:
        """Weeks, months or years as days, a half away from zero, as everywhere else."""
        found = (COMMA if self.comma else POINT).fullmatch(text)
        if found is None or found[1]:
            allowed = f"a number of {self.counted_in}, or labels declared under `days`"
            return Refusal(f"not a number of {self.counted_in}", allowed, rule="visit")
        number = Fraction(f"{found[2]}{found[3]}.{found[4] or 0}")
        day = round_half_up(number * DAYS_PER_UNIT[self.counted_in.removesuffix("s")])
        return Span(day, day)
