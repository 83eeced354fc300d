"""What a measure was on one day: equal rows once, different ones by the declared rule, and what a limit leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from caseseries.chart.tables import Measurement
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.window import SameDay

Choice = Literal["restart_after", "history", "same_day", "tie", "if_zero_baseline", "outside_courses", "rescue_restart"]

DIFFERENT: Final = "different values on one day"


@dataclass(frozen=True, slots=True)
class DayValue:
    """What a measure was on one day: a number, or absent because the day's values differ.

    `record` is None for a mean. `needs` is the choice that the day asks for and the window does not make. `censor` is `<`, `<=`, `>` or
    `>=` where the number is only a bound, `<>` where bounds of both kinds entered a mean and nothing is known.
    """

    day: int
    value: Fraction | None
    censor: str = ""
    record: int | None = None
    absent: str = ""
    needs: tuple[Choice, ...] = ()


def distinct(rows: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """One row for each different value and censoring, the smallest record of each, in order of record.

    Rows are of one measure and one day.
    """
    smallest: dict[tuple[Fraction | None, str], Measurement] = {}
    for row in sorted(rows, key=lambda row: row.record):
        smallest.setdefault((row.value, row.censor), row)
    return tuple(smallest.values())


def day_value(rows: Sequence[Measurement], same_day: SameDay | None, facts: MeasureFacts) -> DayValue:
    """The value of one day from its candidates."""
    different = distinct(rows)
    day = different[0].day
    if len(different) > 1:
        if same_day is None:
            return DayValue(day, None, absent=DIFFERENT, needs=("same_day",))
        if same_day == "not evaluable":
            return DayValue(day, None, absent=DIFFERENT)
        if same_day == "mean":
            return DayValue(
                day, mean_of([_number(row) for row in different]), censor_of_mean(row.censor for row in different)
            )
        options = [DayValue(day, row.value, row.censor, row.record) for row in different]
        return extreme(options, upward(same_day, facts.sign), facts)
    return DayValue(day, different[0].value, different[0].censor, different[0].record)


def extreme(options: Sequence[DayValue], up: int, facts: MeasureFacts) -> DayValue:
    """What is known of the highest of the values (`up` 1) or the lowest (-1), with the day and record of the one that says it.

    One that may be beyond its limit (`>` where the highest is wanted) makes the answer a bound: at least the greatest of the numbers and of
    such limits, and more than that where it is such a limit itself that is not reached. Without one, the highest is the greatest number, at
    most where an upper limit is greater. Of equal options the first, in the order of record or day.
    """
    if facts.censored == "limit":
        order: tuple[str, ...] = ("", "<=", ">=", "<", ">") if options[0].day == options[-1].day else ()
        most = max(up * _of(option) for option in options)
        equal = [option for option in options if up * _of(option) == most]
        return min(equal, key=lambda option: order.index(option.censor) if order else 0)
    unknown = next((option for option in options if option.censor == "<>"), None)
    if unknown is not None:
        return unknown
    beyond, short = (">", "<") if up > 0 else ("<", ">")
    exceeded = any(option.censor.startswith(beyond) for option in options)
    offered = [option for option in options if not (exceeded and option.censor.startswith(short))]
    most = max(up * _of(option) for option in offered)
    ranks = (beyond, "", f"{beyond}=", f"{short}=", short)
    won = min((one for one in offered if up * _of(one) == most), key=lambda one: ranks.index(one.censor))
    return replace(won, censor=f"{beyond}=") if exceeded and won.censor != beyond else won


@dataclass(frozen=True, slots=True)
class Between:
    """What is known of a quantity that is never negative: it lies between two numbers, each of which it may reach or not."""

    low: Fraction
    low_open: bool
    high: Fraction | None
    high_open: bool

    def above(self, other: Between) -> bool:
        """Whether each possible value is above each of the other.

        >>> more, five = Between(Fraction(5), True, None, False), Between(Fraction(5), False, Fraction(5), False)
        >>> more.above(five), five.above(five)
        (True, False)
        """
        if other.high is None:
            return False
        return self.low > other.high or (self.low == other.high and (self.low_open or other.high_open))


def between(rows: Sequence[Measurement], same_day: SameDay | None) -> Between | None:
    """What is known of the dose of one day from its rows with a value; None where there is none.

    Of different values the rule of the window picks, and where it picks none, each of them may be it.
    """
    parts = [_limits(row) for row in distinct(rows)]
    if not parts:
        return None
    lows = [(part.low, part.low_open) for part in parts]
    ends = [(part.high, not part.high_open) for part in parts if part.high is not None]
    endless = len(ends) < len(parts)
    if same_day == "mean":
        low, high = mean_of([part.low for part in parts]), None if endless else mean_of([end for end, _ in ends])
        return Between(low, any(part.low_open for part in parts), high, any(part.high_open for part in parts))
    up = 0 if same_day is None or same_day == "not evaluable" else upward(same_day, -1)
    low, low_open = max(lows) if up > 0 else min(lows)
    if endless and (up >= 0 or not ends):
        return Between(low, low_open, None, False)
    end, reached = min(ends) if up < 0 else max(ends)
    return Between(low, low_open, end, not reached)


def _limits(row: Measurement) -> Between:
    value = _number(row)
    if row.censor.startswith("<"):
        return Between(Fraction(0), False, value, row.censor == "<")
    if row.censor.startswith(">"):
        return Between(value, row.censor == ">", None, False)
    return Between(value, False, value, False)


def _of(option: DayValue) -> Fraction:
    assert option.value is not None, "only values are compared"
    return option.value


def _number(row: Measurement) -> Fraction:
    assert row.value is not None, "a candidate has a value"
    return row.value


def upward(word: str, sign: int) -> int:
    """+1 where the word asks for the larger number, -1 for the smaller; higher is best where no direction is known."""
    better = -1 if sign < 0 else 1
    return {"highest": 1, "lowest": -1, "best": better, "better": better, "worst": -better, "worse": -better}[word]


def censor_of_mean(censors: Iterable[str]) -> str:
    """What a mean is when some of its numbers are bounds: below where all these are upper ones, above where all are lower ones."""
    bounds = [censor for censor in censors if censor]
    kinds = {kind for censor in bounds for kind in censor if kind != "="}
    if len(kinds) > 1:
        return "<>"
    return "".join(kinds) + ("=" if bounds and all(censor.endswith("=") for censor in bounds) else "")


def mean_of(values: Sequence[Fraction]) -> Fraction:
    """The exact mean."""
    return sum(values, Fraction(0)) / len(values)
