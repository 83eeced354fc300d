"""From statistics to rows of the report."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.summary.model import Result


def of_estimate(
    result_id: str, label: str, found: stats.Estimate, *, total: int | None = None, unit: str = ""
) -> Result:
    """A row from an estimate with its interval; `n` counts what it rests on."""
    because = found.absent_because or found.interval_absent_because
    return Result(
        result_id,
        label,
        found.estimate,
        found.lower,
        found.upper,
        found.n,
        total,
        unit or found.unit,
        found.method,
        because,
    )


def of_statistic(result_id: str, label: str, found: stats.Statistic, n: int, unit: str, method: str = "") -> Result:
    """A row from one number."""
    return Result(result_id, label, found.value, n=n, unit=unit, method=method, absent_because=found.absent_because)


def proportion(
    result_id: str, label: str, count: int, total: int, level: Fraction, method: str = "clopper_pearson"
) -> Result:
    """count of total with its interval; `n` is the count and `total` the denominator."""
    found = {"clopper_pearson": stats.clopper_pearson, "wilson": stats.wilson, "mid_p": stats.mid_p}[method](
        count, total, level=level
    )
    because = found.absent_because or found.interval_absent_because
    return Result(
        result_id, label, found.estimate, found.lower, found.upper, count, total, "proportion", found.method, because
    )


#: The parts of a description, in the order printed: key, words.
PARTS = (
    ("mean", "mean"),
    ("sd", "SD"),
    ("median", "median"),
    ("lower_quartile", "lower quartile"),
    ("upper_quartile", "upper quartile"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
)


def description(prefix: str, label: str, values: Sequence[Fraction], unit: str) -> dict[str, Result]:
    """Mean, SD, median, quartiles and range of exact values, each absent with a reason where undefined."""
    found = stats.describe(values)
    return {
        key: of_statistic(f"{prefix}/{key}", f"{label}, {words}", getattr(found, key), found.n, unit, found.convention)
        for key, words in PARTS
    }
