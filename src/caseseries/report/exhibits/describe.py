"""Cells for described numbers: mean (SD), median (IQR), range, and an estimate with its interval.

A described quantity arrives as results under the names in :data:`PARTS`; `hodges_lehmann` carries its own interval.
"""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.report.exhibits.model import Cell
from caseseries.report.exhibits.numbers import absent, extremes, interval, number, places_for, plain, span
from caseseries.summary.model import Result

#: The names under which the parts of a description are looked up.
PARTS = ("mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "hodges_lehmann")


def places(*descriptions: Mapping[str, Result]) -> int:
    """Decimals for the means of one measure, the same before, after and for the change."""
    return places_for(
        found[name].estimate for found in descriptions for name in ("minimum", "maximum") if name in found
    )


def count(results: Mapping[str, Result]) -> int:
    """How many values a description rests on."""
    return max((result.n or 0 for result in results.values()), default=0)


def _part(results: Mapping[str, Result], name: str) -> Result:
    return results.get(name) or Result(name, name, None, absent_because="")


def one(results: Mapping[str, Result], name: str, decimals: int, *, signed: bool = False) -> Cell:
    """One part of a description."""
    found = _part(results, name)
    if found.estimate is None:
        return Cell(absent(found.absent_because))
    return Cell(number(found.estimate, decimals, signed=signed), found.estimate)


def mean_sd(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    """Mean (SD)."""
    mean, sd = _part(results, "mean"), _part(results, "sd")
    if mean.estimate is None:
        return Cell(absent(mean.absent_because))
    spread = "not estimable" if sd.estimate is None else number(sd.estimate, decimals)
    return Cell(f"{number(mean.estimate, decimals, signed=signed)} ({spread})")


def median_iqr(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    """Median (lower to upper quartile)."""
    median, low, high = (_part(results, name) for name in ("median", "lower_quartile", "upper_quartile"))
    if median.estimate is None:
        return Cell(absent(median.absent_because))
    printed = number(median.estimate, decimals, signed=signed)
    if low.estimate is None or high.estimate is None or median.n == 1:
        return Cell(printed, median.estimate)
    ends = span(number(low.estimate, decimals, signed=signed), number(high.estimate, decimals, signed=signed))
    return Cell(f"{printed} ({ends})")


def full_range(results: Mapping[str, Result], decimals: int = 2, *, signed: bool = False) -> Cell:
    """Smallest to largest, as recorded."""
    low, high = _part(results, "minimum"), _part(results, "maximum")
    if low.estimate is None or high.estimate is None:
        return Cell(absent(low.absent_because))
    alone = low.estimate if low.estimate == high.estimate else None
    return Cell(
        extremes(plain(low.estimate, decimals, signed=signed), plain(high.estimate, decimals, signed=signed)), alone
    )


def with_interval(result: Result | None, decimals: int, *, signed: bool = False) -> Cell:
    """An estimate with its interval, or the reason why either is absent."""
    if result is None:
        return Cell("")
    if result.estimate is None:
        return Cell(absent(result.absent_because))
    printed = number(result.estimate, decimals, signed=signed)
    ends = interval(result, decimals, signed=signed)
    return Cell(f"{printed} ({ends})" if ends else f"{printed} (interval {absent(result.absent_because)})")


def grouped(results: Mapping[str, Result]) -> dict[str, dict[str, Result]]:
    """Results keyed `quantity/part`, gathered by quantity, in the order given."""
    found: dict[str, dict[str, Result]] = {}
    for key, result in results.items():
        quantity, _, part = key.rpartition("/")
        found.setdefault(quantity or part, {})[part] = result
    return found
