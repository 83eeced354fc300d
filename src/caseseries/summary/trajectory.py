"""Trajectories from counts: a straight line over the days of a window in cases that each have their own level, before the index date and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from caseseries.brief import brief
from caseseries.chart.store import MILLIONTH
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.stats import CrossProducts, RandomIntercept, random_intercept_of_sums
from caseseries.summary.result import Result
from caseseries.summary.result_rows import of_estimate, of_statistic
from caseseries.summary.tally_reader import TallyReader

#: With fewer cases that have values on two days or more there is no slope: a variance between so few is anybody's guess.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Slope:
    """One window of a trajectory. `cases` have a value on `days` days together, `repeated` of them on two days or more.

    `per_month` is the slope with its interval, `p` its two-sided p, `between` and `within` are standard deviations: of the levels of cases,
    and about their lines. `absent` counts days on which a value does not count, by the reason; `withheld` the cases of sites that told nothing.
    """

    window: str
    cases: int
    repeated: int
    days: int
    per_month: Result
    p: Result
    degrees_of_freedom: Result
    between: Result
    within: Result
    absent: tuple[tuple[str, int], ...]
    withheld: int = 0

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class TrajectorySummary:
    """A measure over time: the slope of each window, that before the index date first. `included` are all cases."""

    outcome: str
    measure: str
    included: int
    slopes: tuple[Slope, ...]

    __repr__ = brief


def trajectory_summary(
    protocol: Protocol, reader: TallyReader, name: str, included: int, level: Fraction
) -> TrajectorySummary:
    """One outcome that is a trajectory."""
    outcome = protocol.trajectories[name]
    unit = all_measures(protocol)[outcome.trajectory].change_unit
    slopes = tuple(_slope(reader, name, outcome.trajectory, window, unit, level) for window in outcome.windows)
    return TrajectorySummary(name, outcome.trajectory, included, slopes)


def _slope(reader: TallyReader, name: str, measure: str, window: str, unit: str, level: Fraction) -> Slope:
    counted: dict[int, dict[str, int]] = {}
    for (what, days), count in reader.under("trajectory", name, window).items():
        assert count.exact is not None and isinstance(days, int), "sums of products are told exactly"
        counted.setdefault(days, {})[str(what)] = count.exact
    sums = sums_of(counted)
    cases = sum(of_days["cases"] for of_days in counted.values())
    repeated = sum(of_days["cases"] for days, of_days in counted.items() if days > 1)
    found = random_intercept_of_sums(sums, level=level)
    why = found.absent_because
    if not why and repeated < FEWEST:
        why = f"fewer than {FEWEST} cases have values on two days or more"
    prefix, label = f"{name}/0/{measure}/{window}", f"{measure} at {window}"
    absent = {str(reason): count.low for (reason,), count in reader.under("trajectory absent", name, window).items()}
    return Slope(
        window,
        cases,
        repeated,
        sums.n,
        *_results(found, why, prefix, label, unit),
        tuple(sorted(absent.items(), key=lambda one: (-one[1], one[0]))),
        reader.withheld("trajectory", name),
    )


def _results(
    found: RandomIntercept, why: str, prefix: str, label: str, unit: str
) -> tuple[Result, Result, Result, Result, Result]:
    slope = found.effects[1]
    told = f"{label}, slope per month"
    if why:
        units = (f"{unit} per month", "p", "degrees of freedom", unit, unit)
        parts = ("slope", "p", "degrees_of_freedom", "between", "within")
        absent = [
            Result(
                f"{prefix}/{part}",
                f"{told}, {part}",
                None,
                n=found.n,
                unit=one,
                method=found.method,
                absent_because=why,
            )
            for part, one in zip(parts, units, strict=True)
        ]
        return absent[0], absent[1], absent[2], absent[3], absent[4]
    between, within = (one.value for one in (found.between_variance, found.within_variance))
    assert between is not None and within is not None
    return (
        of_estimate(f"{prefix}/slope", told, slope.estimate, unit=f"{unit} per month"),
        of_statistic(f"{prefix}/p", f"{told}, p", slope.p, found.n, "p", found.method),
        of_statistic(
            f"{prefix}/degrees_of_freedom",
            f"{told}, df",
            slope.degrees_of_freedom,
            found.n,
            "degrees of freedom",
            found.method,
        ),
        Result(
            f"{prefix}/between",
            f"{label}, SD of levels",
            float(between) ** 0.5,
            n=found.n,
            unit=unit,
            method=found.method,
        ),
        Result(
            f"{prefix}/within",
            f"{label}, SD about the lines",
            float(within) ** 0.5,
            n=found.n,
            unit=unit,
            method=found.method,
        ),
    )


def sums_of(counted: Mapping[int, Mapping[str, int]]) -> CrossProducts:
    """The sums of products of 1, time in months and value, from what was counted by the number of days of a case.

    >>> counted = {2: {"cases": 1, "t +": 30, "y +": 3_000_000, "tt +": 900, "ty +": 60_000_000, "yy +": 5_000_000_000_000,
    ...     "t t +": 900, "t y +": 90_000_000, "y y +": 9_000_000_000_000}}
    >>> found = sums_of(counted)
    >>> found.n, found.groups, str(found.total[2][2]), str(found.between[2][2][2])
    (2, {2: 1}, '5', '9/2')
    """
    groups, within, between = dict[int, int](), [[Fraction(0)] * 3 for _ in range(3)], dict[int, list[list[Fraction]]]()
    month, part = 1 / DAYS_PER_UNIT["month"], Fraction(1, MILLIONTH)
    for days, of_days in sorted(counted.items()):

        def signed(what: str, of_days: Mapping[str, int] = of_days) -> int:
            return of_days.get(f"{what} +", 0) - of_days.get(f"{what} -", 0)

        cases = of_days["cases"]
        t, y = signed("t") * month, signed("y") * part
        tt, ty, yy = (
            signed(what) * scale for what, scale in (("tt", month * month), ("ty", month * part), ("yy", part * part))
        )
        of_t, of_ty, of_y = (
            signed(what) * scale
            for what, scale in (("t t", month * month), ("t y", month * part), ("y y", part * part))
        )
        n = Fraction(cases * days)
        total = [[n, t, y], [t, tt, ty], [y, ty, yy]]
        means = [[n, t, y], [t, of_t / days, of_ty / days], [y, of_ty / days, of_y / days]]
        groups[days], between[days] = cases, means
        for i in range(3):
            for j in range(3):
                within[i][j] += total[i][j] - means[i][j]
    return CrossProducts(sum(days * n for days, n in groups.items()), groups, within, between)
