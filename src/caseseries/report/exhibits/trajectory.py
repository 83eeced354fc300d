"""Trajectories: the slope of a measure per month over the days of a window, beside that before the index date."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.p_values import p_value
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import absent, ci_title, interval, number, places_for, whole
from caseseries.report.exhibits.words import (
    absence,
    capital,
    change_unit,
    counted,
    days_range,
    listed,
    value_name,
    with_unit,
)
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.summary.trajectory import Slope, TrajectorySummary
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import style_in_force


def trajectories_table(summary: Summary) -> Table | None:
    """Each measure over time: slope per month with its interval, and how many cases and days it rests on."""
    if not summary.trajectories:
        return None
    tested = summary.protocol.reporting.p_values
    columns = [
        Column("Window"),
        Column("Cases", "number"),
        Column("With two days or more", "number"),
        Column("Days", "number"),
        Column(f"Slope per month ({ci_title(summary.protocol.reporting.level)})", "number"),
        Column("df", "number"),
        Column("SD of levels", "number"),
        Column("SD about the lines", "number"),
    ]
    rows: list[Row] = []
    notes: list[str] = []
    for found in summary.trajectories:
        rows.append(heading(capital(with_unit(summary.measures[found.measure]))))
        for slope in found.slopes:
            cells = _cells(summary, found, slope)
            rows.append(Row((*cells, *([_p(slope.p)] if tested else [])), indent=1))
            notes += _notes(summary, found, slope)
    columns += [Column(style_in_force().p, "number")] if tested else []
    method = next((slope.per_month.method for found in summary.trajectories for slope in found.slopes), "")
    first = (
        f"Of {counted(summary.included, 'included case')}. Slope: {method_words(method)}: one straight line for all cases, each with a level "
        "of its own; a case with one day tells of the levels alone. A month is 30.4375 days. SD, standard deviation; df, degrees of freedom."
    )
    second = (
        "A line is assumed, and that whether a value was recorded does not hang on what it was. A slope after the index date is no effect "
        "of the drug: the one before it shows what was under way."
    )
    return Table("trajectory", "Slopes over time", tuple(columns), tuple(rows), (first, second, *notes))


def _cells(summary: Summary, found: TrajectorySummary, slope: Slope) -> tuple[Cell, ...]:
    window = summary.protocol.windows[slope.window]
    name = f"{capital(slope.window)} ({days_range(window)})"
    decimals = _places(slope)
    told = _slope_text(slope) or absent(slope.per_month.absent_because)
    return (
        Cell(name),
        Cell(whole(slope.cases), slope.cases),
        Cell(whole(slope.repeated), slope.repeated),
        Cell(whole(slope.days), slope.days),
        Cell(told).naming(slope.per_month),
        _one(slope.degrees_of_freedom, 1),
        _one(slope.between, decimals),
        _one(slope.within, decimals),
    )


def _places(slope: Slope) -> int:
    one = slope.per_month
    return max(2, places_for((one.estimate, one.lower, one.upper))) if one.estimate is not None else 2


def _slope_text(slope: Slope) -> str:
    """`+1.25 (+0.40 to +2.10)`; empty where there is none."""
    one = slope.per_month
    if one.estimate is None:
        return ""
    decimals = _places(slope)
    return f"{number(one.estimate, decimals, signed=True)} ({interval(one, decimals, signed=True)})"


def _one(result: Result, decimals: int) -> Cell:
    return (
        Cell("") if result.estimate is None else Cell(number(result.estimate, decimals), result.estimate).naming(result)
    )


def _p(result: Result) -> Cell:
    return Cell("") if result.estimate is None else Cell(p_value(result.estimate), result.estimate).naming(result)


def _notes(summary: Summary, found: TrajectorySummary, slope: Slope) -> Iterator[str]:
    """On which days a value does not count, and why; and what sites did not tell."""
    name = f"{capital(short_name(summary.measures[found.measure]))}, {slope.window}"
    if slope.absent:
        told = "; ".join(
            f"{absence(f'{slope.window} {found.measure}: {code}', summary.measures, summary.protocol.windows)} ({whole(n)})"
            for code, n in slope.absent
        )
        yield f"{name}: {counted(sum(n for _, n in slope.absent), 'day')} left out: {told}."
    if slope.withheld:
        yield f"{name}: sites with {counted(slope.withheld, 'included case')} told nothing."


def trajectory_lines(summary: Summary) -> Iterator[str]:
    """Each slope as a line, with the cases and days that it rests on, or why there is none."""
    for found in summary.trajectories:
        unit = change_unit(summary.measures[found.measure])
        for slope in found.slopes:
            name = f"{capital(value_name(summary.measures, found.measure))}, {slope.window}"
            of = f"{counted(slope.repeated, 'case')} with two days or more, {counted(slope.days, 'day')}"
            text = _slope_text(slope)
            told = f"slope {text} {unit} per month" if text else f"slope {absent(slope.per_month.absent_because)}"
            yield f"{name}: {told} ({of})"


def trajectories_words(summary: Summary) -> str:
    """The sentence of the methods."""
    parts = []
    for found in summary.trajectories:
        windows = [f"{slope.window} ({days_range(summary.protocol.windows[slope.window])})" for slope in found.slopes]
        parts.append(f"{value_name(summary.measures, found.measure)} over {listed(windows)}")
    partial = ["a date that is not known to the day"] if summary.protocol.partial_dates == "bounds" else []
    left = listed(["a limit", *partial, "a day of different values that the window does not settle"])
    return (
        f"Slopes per month of {listed(parts)} are from a linear model with a random intercept for each case (restricted maximum "
        f"likelihood, Satterthwaite degrees of freedom), of one value a day; {left} do not count."
    )
