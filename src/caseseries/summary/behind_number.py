"""A number that is told together with the cases behind it: how these are found, and how it is counted again from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.stats.frequency import Frequencies
from caseseries.summary.behind import Grain, TracedCase
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.result import Count, Result
from caseseries.summary.shares import share
from caseseries.summary.spread import Spread, described, spread

#: How the cases behind a number are found.
Find = Callable[[ChartRows], Iterable[TracedCase]]
#: The number once more, from those cases alone; None where they do not make it by themselves.
Again = Callable[[Sequence[TracedCase]], Result | None]


def not_again(cases: Sequence[TracedCase]) -> None:
    """Of a number that the cases do not make by themselves."""


@dataclass(frozen=True, slots=True)
class Behind:
    """One result with what it was computed from, in words; its cases, or the ids of the results that it was computed from."""

    result: Result
    told: str
    find: Find | None = None
    again: Again = not_again
    grain: Grain = "case"
    results: tuple[str, ...] = ()


def counts_of(cases: Sequence[TracedCase]) -> tuple[Count, Count]:
    """How many are counted, at most with those of whom that is not known, and how many stand in the total.

    >>> cases = [TracedCase("a", "a", part, "") for part in ("counted", "in the total", "left out", "not known")]
    >>> counts_of(cases)
    (Count(low=1, high=2), Count(low=3, high=3))
    """
    counted, unsure = (sum(one.part == part for one in cases) for part in ("counted", "not known"))
    return Count(counted, counted + unsure), Count.of(sum(one.part != "left out" for one in cases))


def share_again(result: Result, level: Fraction, method: str = "clopper_pearson") -> Again:
    """The share of the counted in the total, with its interval."""

    def again(cases: Sequence[TracedCase]) -> Result:
        counted, total = counts_of(cases)
        return share(result.id, result.label, counted, total, level, why=result.absent_because or "", method=method)

    return again


def count_again(result: Result) -> Again:
    """How many are counted, of the total."""

    def again(cases: Sequence[TracedCase]) -> Result:
        counted, total = counts_of(cases)
        return replace(result, estimate=Fraction(counted.low), n=counted.low, total=total.low)

    return again


def spread_of(values: Iterable[Fraction]) -> Spread:
    """The spread of exact values.

    >>> spread_of([Fraction(1, 2), Fraction(1, 3), Fraction(1, 3)]).counts()
    ((Fraction(1, 3), 2), (Fraction(1, 2), 1))
    """
    every = list(values)
    parts = math.lcm(*(value.denominator for value in every))
    table: dict[int, int] = {}
    for value in every:
        whole = int(value * parts)
        table[whole] = table.get(whole, 0) + 1
    return spread(table, parts)


def values_of_cases(cases: Sequence[TracedCase]) -> list[Fraction]:
    """The values of the counted cases."""
    return [one.value for one in cases if one.part == "counted" and one.value is not None]


def part_again(result: Result, more: Callable[[dict[str, Result], Spread], dict[str, Result]] | None = None) -> Again:
    """One part of a description (mean, SD, median, quartile, least, most) of the values of the counted cases."""
    prefix, _, part = result.id.rpartition("/")

    def again(cases: Sequence[TracedCase]) -> Result | None:
        found = spread_of(values_of_cases(cases))
        parts = described(prefix, "", found, result.unit)
        return (parts if more is None else more(parts, found)).get(part)

    return again


def frequencies_of(cases: Sequence[TracedCase]) -> Frequencies:
    """How often each value of the counted cases was seen."""
    return spread_of(values_of_cases(cases)).lows
