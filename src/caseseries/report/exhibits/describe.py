"""Cells for described numbers: mean (SD), median (IQR), range, and an estimate with its interval.

A described quantity arrives as results under the names in :data:`PARTS`; `hodges_lehmann` carries its own interval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.protocol.written import zeros
from caseseries.report.exhibits.p_values import p_value
from caseseries.report.exhibits.printed_blocks import Cell
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    extremes,
    interval,
    joined_words,
    number,
    places_for,
    rounded,
    span,
)
from caseseries.stats import too_few_words
from caseseries.summary.grade_results import BETWEEN
from caseseries.summary.result import Number, Result
from caseseries.verdict.number_style import style_in_force

#: The names under which the parts of a description are looked up.
PARTS = ("mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "hodges_lehmann")


#: More decimals than a measure of medicine has.
_MOST_PLACES = 9


def places(*descriptions: Mapping[str, Result]) -> int:
    """Decimals for the means of one line, or of lines that belong together; one at least from 100 values on.

    A spread that is not 0 is never printed as 0.
    """
    kept = [found[name] for found in descriptions for name in ("minimum", "maximum") if name in found]
    found = places_for(value for end in kept for value in (end.estimate, end.lower, end.upper))
    if any(count(description) >= 100 for description in descriptions):
        found = max(found, 1)
    spreads = [one["sd"].estimate for one in descriptions if "sd" in one]
    seen = [zeros(spread) + 1 for spread in spreads if spread and not rounded(spread, found)]
    return min(max(found, *seen) if seen else found, _MOST_PLACES)


def count(results: Mapping[str, Result]) -> int:
    """How many values a description rests on."""
    return max((result.n or 0 for result in results.values()), default=0)


def _part(results: Mapping[str, Result], name: str) -> Result:
    return results.get(name) or Result(name, name, None, absent_because="")


def binned_note() -> str:
    """What stands under every table with numbers from binned values."""
    return (
        f"Numbers joined by {joined_words()}, or by “between” and “and”, are ends between which the number lies, from "
        "binned values."
    )


_N = re.compile(r", n = [0-9,]+")


def method_words(method: str) -> str:
    """A method without the n it was used on, and with an en dash between two people's names.

    >>> method_words("Hodges-Lehmann estimate; normal approximation, n = 1,200")
    'Hodges–Lehmann estimate; normal approximation'
    >>> method_words("standard deviation (n - 1)")
    'standard deviation (n − 1)'
    """
    joined = method
    for names in ("Hodges-Lehmann", "Clopper-Pearson", "Kaplan-Meier", "Aalen-Johansen"):
        joined = joined.replace(names, names.replace("-", "–"))
    return _N.sub("", joined).replace(" - ", " − ")


def known(result: Result, decimals: int, *, signed: bool = False) -> str:
    """The number, or the two ends between which it lies where sites told bins; empty where there is neither.

    >>> known(Result("x", "", None, 3.0, 4.0), 1), known(Result("x", "", 3.0, 1.0, 9.0), 0)
    ('3.0–4.0', '3')
    """
    if result.words or result.estimate is not None:
        return result.words or number(result.estimate or 0, decimals, signed=signed)
    return interval(result, decimals, signed=signed)


def binned(results: Mapping[str, Result]) -> bool:
    """Whether some part of a description is known only as a range."""
    return any(
        found.estimate is None and found.lower is not None and found.absent_because != BETWEEN
        for found in results.values()
    )


def _naming(cell: Cell, results: Mapping[str, Result], *parts: str) -> Cell:
    """The cell as one that prints these parts of a description."""
    return cell.naming(*map(results.get, parts))


def one(results: Mapping[str, Result], name: str, decimals: int, *, signed: bool = False) -> Cell:
    """One part of a description."""
    return _naming(_one(results, name, decimals, signed=signed), results, name)


def _one(results: Mapping[str, Result], name: str, decimals: int, *, signed: bool = False) -> Cell:
    found = _part(results, name)
    printed = known(found, decimals, signed=signed)
    return Cell(printed, _number(found)) if printed else Cell(absent(found.absent_because))


def _number(result: Result) -> Number | None:
    """The number of a cell for programs; None where it is told in words."""
    return None if result.words else result.estimate


def mean_sd(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    """Mean (SD)."""
    return _naming(_mean_sd(results, decimals, signed=signed), results, "mean", "sd")


def _mean_sd(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    mean, sd = _part(results, "mean"), _part(results, "sd")
    if mean.estimate is None:
        return Cell(absent(mean.absent_because))
    spread = "not estimable" if sd.estimate is None else number(sd.estimate, decimals)
    return Cell(f"{number(mean.estimate, decimals, signed=signed)} ({spread})")


def median_iqr(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    """Median (lower to upper quartile)."""
    return _naming(_median_iqr(results, decimals, signed=signed), results, "median", "lower_quartile", "upper_quartile")


def _median_iqr(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    median, low, high = (_part(results, name) for name in ("median", "lower_quartile", "upper_quartile"))
    printed, first, last = (known(part, decimals, signed=signed) for part in (median, low, high))
    if not printed:
        return Cell(absent(median.absent_because))
    if not first or not last or median.n == 1:
        return Cell(printed, _number(median))
    apart = binned({"low": low, "high": high}) or " " in f"{low.words}{high.words}"
    quartiles = f"{first}, {last}" if apart else span(first, last)
    return Cell(f"{printed} ({quartiles})")


def full_range(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    """Smallest to largest, with the decimals of the line; of binned values the lower end of the first bin to the upper of the last."""
    return _naming(_full_range(results, decimals, signed=signed), results, "minimum", "maximum")


def _full_range(results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Cell:
    low, high = _part(results, "minimum"), _part(results, "maximum")
    if low.words and high.words:
        return Cell(extremes(low.words, high.words))
    first = low.estimate if low.estimate is not None else low.lower
    last = high.estimate if high.estimate is not None else high.upper
    if first is None or last is None:
        return Cell(absent(low.absent_because))
    alone = first if first == last else None
    return Cell(extremes(*(number(end, decimals, signed=signed) for end in (first, last))), alone)


def with_interval(result: Result | None, decimals: int, *, signed: bool = False) -> Cell:
    """An estimate with its interval, or the reason why there is no estimate; the table says below why there is no interval."""
    return _with_interval(result, decimals, signed=signed).naming(result)


def _with_interval(result: Result | None, decimals: int, *, signed: bool = False) -> Cell:
    if result is None:
        return Cell("")
    between = interval(result, decimals, signed=signed)
    if result.estimate is None and result.lower is not None and result.upper is not None:
        low, high = (number(end, decimals, signed=signed) for end in (result.lower, result.upper))
        return Cell(f"{low} (no interval)" if low == high else f"between {low} and {high}")
    if result.estimate is None:
        return Cell(absent(result.absent_because))
    printed = number(result.estimate, decimals, signed=signed)
    return Cell(f"{printed} ({between})" if between else f"{printed} (no interval)")


def grouped(results: Mapping[str, Result]) -> dict[str, dict[str, Result]]:
    """Results keyed `quantity/part`, gathered by quantity, in the order given."""
    found: dict[str, dict[str, Result]] = {}
    for key, result in results.items():
        quantity, _, part = key.rpartition("/")
        found.setdefault(quantity or part, {})[part] = result
    return found


def no_interval(typical: Result, level: str) -> str:
    """Why an estimate has no interval: that of too few values is told again, since it has percents."""
    exact_level = Fraction(level) / 100
    if not typical.n or typical.absent_because != too_few_words(typical.n, exact_level):
        return typical.absent_because
    return too_few_words(typical.n, exact_level, style_in_force().percent)


def p_cell(tests: Sequence[Result]) -> Cell:
    """P of the first test, which stands in the row of the change; the others are footnotes."""
    if not tests:
        return Cell(NOT_ESTIMABLE)
    test = tests[0]
    told = Cell(absent(test.absent_because)) if test.estimate is None else Cell(p_value(test.estimate), test.estimate)
    return told.naming(test)
