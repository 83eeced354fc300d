"""Deaths of the included patients: how many died, and how long after the index date."""

from __future__ import annotations

from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.charted import nowhere_words, some_words
from caseseries.report.exhibits.count_words import count_cell, count_text
from caseseries.report.exhibits.describe import binned, binned_note, full_range, known, median_iqr, method_words
from caseseries.report.exhibits.printed_blocks import Cell, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    alike,
    ci_title,
    percent_interval,
    share,
    span,
    whole,
)
from caseseries.report.exhibits.words import counted
from caseseries.summary.model import Deaths, Summary

#: From so many deaths on their days are told as a table.
FEWEST = 5


def deaths_words(summary: Summary) -> str:
    """How many of the included patients died, and how long after the index date; or that deaths were not charted.

    A patient with several cases is counted once, from the index date of the last case before the death.
    """
    if summary.nowhere("deaths"):
        return nowhere_words(summary, "deaths")
    deaths, some = summary.deaths, some_words(summary, "deaths")
    if deaths is None or not deaths.patients:
        return some
    told = _died_words(summary, deaths) if deaths.died else "No death was recorded."
    return f"{told} {some}".strip()


def _died_words(summary: Summary, deaths: Deaths) -> str:
    median, ends = ("", "") if deaths.between else _days(deaths)
    within = "" if deaths.between or deaths.within.exact == deaths.died else count_text(deaths.within)
    since = _since(summary.protocol)
    when = f", {median} days after {since}" if median else ""
    if deaths.died > 1 and median:
        when = f", a median of {median} days after {since}" + (f" (range {ends})" if ends else "")
    followed = f"; {within} of the deaths lie within follow-up" if within else ""
    return f"{whole(deaths.died)} of {counted(deaths.patients, 'included patient')} died{when}{followed}."


def _since(protocol: Protocol) -> str:
    return "the index date of their last case" if protocol.case.per == "course" else "the index date"


def _days(deaths: Deaths) -> tuple[str, str]:
    """The median and the range, all with the decimals of the finest; of binned values the outer ends."""
    first, middle, last = (deaths.days[name] for name in ("minimum", "median", "maximum"))
    low = first.estimate if first.estimate is not None else first.lower
    high = last.estimate if last.estimate is not None else last.upper
    days = [day for day in (middle.estimate, low, high) if day is not None]
    printed = dict(zip(days, alike(days), strict=True))
    ends = "" if low is None or high is None else span(printed[low], printed[high])
    return known(middle, 0) if middle.estimate is None else printed[middle.estimate], ends


def deaths_table(summary: Summary) -> Table | None:
    """The share of patients who died with its interval, and the days of the deaths; of a few deaths nothing, the sentence says it all."""
    deaths = summary.deaths
    if deaths is None or deaths.died < FEWEST or deaths.between:
        return None
    level = summary.protocol.reporting.level
    middle = [deaths.days[name].estimate for name in ("median", "lower_quartile", "upper_quartile")]
    halves = any(day is not None and day != int(day) for day in middle)
    columns = numbers("Died, n/N (%)", f"{ci_title(level)}, %", "Within follow-up")
    columns += numbers("Median (IQR)", "Range", over=(f"Days after {_since(summary.protocol)}",))
    row = Row(
        (
            Cell(share(deaths.died, deaths.patients)).naming(deaths.share),
            Cell(percent_interval(deaths.share) or NOT_ESTIMABLE).naming(deaths.share),
            count_cell(deaths.within),
            median_iqr(deaths.days, int(halves)),
            full_range(deaths.days, 0),
        )
    )
    notes = [f"CI, confidence interval: {method_words(deaths.share.method)}. IQR, interquartile range."]
    notes += [binned_note()] if binned(deaths.days) else []
    return Table("deaths", "Deaths of the included patients", columns, (row,), tuple(notes))
