"""A time to an event under its other readings and in the other cells of the grid: how many had it, and by when."""

from __future__ import annotations

from caseseries.protocol.specs import AS_WRITTEN, Spec
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    between_words,
    number,
    percent_interval,
    plain,
    whole,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, days_range, planned
from caseseries.summary.model import Summary
from caseseries.summary.result import Reason, Result
from caseseries.summary.time_to import COMPETING, TimeSummary
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.time_to import time_name


def choices_of(found: TimeSummary, spec: Spec) -> dict[str, str]:
    """What one cell chooses, of all that any cell of this time chooses otherwise than the protocol as written."""
    varied = {word for one in found.again for word in one.spec.varied}
    told = {"reading": spec.reading} if "reading" in varied else {}
    for name, window in spec.windows.items():
        if f"window {name}" in varied:
            told[name] = f"{days_range(window)}, {window.take}"
    return told | ({"doses in": spec.dose} if "dose" in varied and spec.dose is not None else {})


def again_table(summary: Summary, name: str) -> Table | None:
    """One row a reading or cell, the protocol as written first; None where nothing is read otherwise."""
    found = summary.times[name]
    if not found.again:
        return None
    competes = found.median.absent_because == COMPETING
    days = found.outcome.times
    rows = [_row(found, found.plan.primary, found.n, found.events, found.median, found.shares, found.without)]
    rows += [_row(found, one.spec, one.n, one.events, one.median, one.shares, one.without) for one in found.again]
    columns = (
        Column("Read as"),
        Column("At risk", "number"),
        Column("Had it", "number"),
        *(() if competes else (Column("Median time, days", "number"),)),
        *(Column(f"By day {at}, %", "number") for at in days),
        Column("Without a time"),
    )
    notes = (
        f"{capital(name)} of the cases at risk; {with_percent(summary.protocol.reporting.level)} confidence intervals in brackets. "
        "The first row is the protocol as written; the others are other ways to read the same cases.",
        "A visit of which it is not known is no visit in every row; the windows whose visits are read one by one are not varied.",
    )
    return Table(
        f"times-again-{slug(name)}",
        f"{time_name(name)} under other choices",
        columns,
        tuple(rows),
        (*notes, *planned(summary)),
    )


def _row(
    found: TimeSummary,
    spec: Spec,
    n: int,
    events: int,
    median: Result,
    shares: tuple[Result, ...],
    without: tuple[Reason, ...],
) -> Row:
    chosen = choices_of(found, spec)
    words = [capital(one) if name == "reading" else f"{name}: {one}" for name, one in chosen.items()]
    told = "; ".join(words) if words else capital(AS_WRITTEN)
    medians = () if median.absent_because == COMPETING else (Cell(_median(median)).naming(median),)
    return Row(
        (
            Cell(told, strong=spec.primary),
            Cell(whole(n), n),
            Cell(whole(events), events),
            *medians,
            *(Cell(_share(one)).naming(one) for one in shares),
            Cell("; ".join(f"{one.words}: {count_text(one.n)}" for one in without)),
        )
    )


def _median(median: Result) -> str:
    if median.estimate is None:
        return absent(median.absent_because)
    if median.lower is None:
        return plain(median.estimate)
    lower = plain(median.lower)
    ends = f"{lower} to not reached" if median.upper is None else between_words(lower, plain(median.upper))
    return f"{plain(median.estimate)} ({ends})"


def _share(share: Result) -> str:
    if share.estimate is None:
        return absent(share.absent_because)
    return f"{number(100 * share.estimate)} ({percent_interval(share) or NOT_ESTIMABLE})"
