"""From statistics to rows of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from caseseries import stats
from caseseries.stats.estimate import NOTHING_OBSERVED
from caseseries.summary.result import Result


def of_estimate(
    result_id: str, label: str, found: stats.Estimate, *, total: int | None = None, unit: str = ""
) -> Result:
    """A row from an estimate with its interval; `n` counts what it rests on. Of an interval without an upper end it says why."""
    because = found.absent_because or found.interval_absent_because or found.upper_open_because
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


#: Why a change of nobody has no number: values may have been there all the same, as limits or on one side only.
NO_PAIR = "no case has both values (n = 0)"


def without_pairs(results: Mapping[str, Result]) -> dict[str, Result]:
    """Rows about the change of a measure of which no case has both values: that is said, not that nothing was observed."""
    return {
        key: replace(found, absent_because=NO_PAIR) if found.absent_because == NOTHING_OBSERVED else found
        for key, found in results.items()
    }


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


#: The parts of a description, in the order printed: key, words, and how each is found where no convention decides.
PARTS = (
    ("mean", "mean", "arithmetic mean"),
    ("sd", "SD", "standard deviation (n - 1)"),
    ("median", "median", "median (the mean of the two middle values of an even number)"),
    ("lower_quartile", "lower quartile", ""),
    ("upper_quartile", "upper quartile", ""),
    ("minimum", "minimum", "smallest value"),
    ("maximum", "maximum", "largest value"),
)


def description(prefix: str, label: str, values: stats.Values, unit: str) -> dict[str, Result]:
    """Mean, SD, median, quartiles and range of exact values, each absent with a reason where undefined.

    Only the quartiles depend on a type of quantile, and only they name it.

    >>> found = description("x", "x", [1, 2, 4], "points")
    >>> found["mean"].method, found["lower_quartile"].method
    ('arithmetic mean', 'quantile type 7 (R and Excel default: position 1 + p(n - 1))')
    """
    found = stats.describe(values)
    return {
        key: of_statistic(
            f"{prefix}/{key}", f"{label}, {words}", getattr(found, key), found.n, unit, method or found.convention
        )
        for key, words, method in PARTS
    }


#: The tests of a change, in the order printed: key, words, test.
TESTS: tuple[tuple[str, str, Callable[[stats.Values], stats.HypothesisTest]], ...] = (
    ("signed_rank", "signed rank test", stats.signed_rank),
    ("sign_flip", "sign-flip test", stats.sign_flip),
    ("sign", "sign test", stats.sign_test),
)


def change_tests(prefix: str, label: str, changes: stats.Values) -> tuple[Result, ...]:
    """The tests of changes, few or many; a label says how p was found: exact, Monte Carlo or by a normal approximation.

    >>> [found.label for found in change_tests("x", "CMAS", [1, 2, 4])]
    ['CMAS, exact signed rank test', 'CMAS, exact sign-flip test', 'CMAS, exact sign test']
    """
    rows = []
    for key, words, test in TESTS:
        found = test(changes)
        how = "" if found.p is None else f"{found.kind} "
        rows.append(
            Result(
                f"{prefix}/change/{key}",
                f"{label}, {how}{words}",
                found.p,
                n=found.n,
                unit="p",
                method=found.method,
                absent_because=found.absent_because,
            )
        )
    return tuple(rows)


def paired_t_rows(prefix: str, label: str, changes: stats.Moments, level: Fraction, unit: str) -> dict[str, Result]:
    """The mean change with its interval by Student's t, t, and p of the paired t test; from exact sums, also where sites told bins.

    >>> from caseseries.stats import Moments, frequencies
    >>> found = paired_t_rows("x", "CMAS", Moments.of(frequencies([1, 2, 4])), Fraction(95, 100), "points")
    >>> [round(float(one.estimate), 3) for one in found.values()], found["t"].unit
    ([2.333, 2.646, 0.118], 't, 2 degrees of freedom')
    """
    found = stats.paired_t(changes, level=level)
    degrees = f"t, {found.degrees_of_freedom} degrees of freedom"
    return {
        "mean_by_t": of_estimate(f"{prefix}/mean_by_t", f"{label}, mean change, paired t", found.mean, unit=unit),
        "t": of_statistic(f"{prefix}/t", f"{label}, t", found.t, changes.n, degrees, found.method),
        "paired_t": of_statistic(
            f"{prefix}/paired_t", f"{label}, paired t test", found.p, changes.n, "p", found.method
        ),
    }
