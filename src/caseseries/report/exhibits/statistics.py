"""By which method each kind of number was found, exact or approximate, and on how many cases it rests."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table
from caseseries.report.exhibits.printed_numbers import between_words, plain
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import Summary
from caseseries.summary.result import Result


def statistics_table(summary: Summary) -> Table | None:
    """By which method each kind of number was found, exact or approximate, and on how many cases it rests."""
    found: dict[tuple[str, str], list[int]] = {}

    def add(what: str, result: Result | None) -> None:
        if result is not None and result.method and (result.estimate is not None or result.lower is not None):
            found.setdefault((what, method_words(result.method)), []).append(result.total or result.n or 0)

    for outcome in summary.outcomes.values():
        for answers in outcome.answers:
            add("Proportions of responders", answers.of_included)
            add("Proportions of responders", answers.of_evaluable)
        for answers in outcome.years:
            add("Proportions of responders by year", answers.of_included)
    for levels in summary.levels.values():
        for level in (level for counts in levels.readings for level in counts.levels):
            add("Proportions of responders", level.of_included)
            add("Proportions of responders", level.of_evaluable)
    for change in summary.changes:
        add("Typical change", change.change.get("hodges_lehmann"))
        for part, what in (("mean", "Means"), ("sd", "Standard deviations"), ("median", "Medians")):
            add(what, change.change.get(part))
        add("Quartiles", change.change.get("lower_quartile"))
        for test in change.tests:
            add("P values", test)
        add("Mean changes beside the paired t test", change.change.get("mean_by_t"))
    for strata in summary.strata.values():
        for one in strata.strata:
            add("Proportions of responders by stratum", one.of_included)
            add("Proportions of responders by stratum", one.of_evaluable)
        add("P values", strata.test)
    for slope in (slope for found in summary.trajectories for slope in found.slopes):
        add("Slopes over time", slope.per_month)
    for what, result in (*_beside(summary), *_of_safety(summary)):
        add(what, result)
    if not found:
        return None
    rows = tuple(
        Row((Cell(what), Cell(capital(method)), Cell(_exactly(method)), Cell(_sizes(sizes))))
        for (what, method), sizes in found.items()
    )
    columns = (Column("Numbers"), Column("Method", "sentences"), Column("Exact or approximate"), Column("n", "number"))
    notes: tuple[str, ...] = (
        "Exact: from the distribution itself or from whole numbers and fractions; approximate: by a normal distribution, "
        "as the method, a log-log band or a large-sample interval says; "
        "Monte Carlo: from random sign patterns, (b + 1)/(B + 1), never 0; "
        "between two ends: sites told their values in bins. n: cases, or events for a rate.",
    )
    if any("Student" in method for _, method in found):
        notes += ("Student's t takes the changes as normal, and is approximate as far as they are not.",)
    return Table("statistics", "How the numbers were found", columns, rows, notes)


def _beside(summary: Summary) -> Iterator[tuple[str, Result]]:
    """Of several time points, of two verdicts side by side, of times to an event, and of states."""
    for met in (result for course in summary.over_time for result in course.results):
        yield "Proportions who met it at any time point", met
    for agreement in summary.agreements:
        yield "Share with the same answer", agreement.same
        yield "Agreement beyond chance", agreement.kappa
        yield "Agreement beyond chance", agreement.ac1
    for times in summary.times.values():
        yield "Median time to an event", times.median
        for share in times.shares:
            yield "Share with an event by a day", share
    for state in (state for spells in summary.spells.values() for state in spells.states):
        yield "Share that was seen in a state", state.seen


def _of_safety(summary: Summary) -> Iterator[tuple[str, Result]]:
    if summary.safety is not None:
        yield "Share with an adverse event", summary.safety.with_event
        yield "Rate of adverse events", summary.safety.rate
        for term in summary.safety.terms:
            yield "Shares with single adverse events", term.share
            yield "Rates of single adverse events", term.rate
        for limit in summary.safety.limits:
            yield "Upper limits of adverse events that were not seen", limit
    for graded in summary.graded:
        for result in graded.results:
            yield "Shares with a laboratory grade", result


def typical(summary: Summary) -> list[Result]:
    """The estimates of typical changes; grades have none."""
    return [change.change["hodges_lehmann"] for change in summary.changes if "hodges_lehmann" in change.change]


def approximate(summary: Summary) -> list[str]:
    """Which kinds of number rest on a normal distribution."""
    found = [
        "the interval of the typical change (Hodges–Lehmann)" for one in typical(summary) if "normal" in one.method
    ]
    found += ["P values" for change in summary.changes for test in change.tests if "normal" in test.method]
    found += [
        "intervals of kappa and AC1 (large-sample)"
        for agreement in summary.agreements
        if agreement.kappa.lower is not None or agreement.ac1.lower is not None
    ]
    found += ["intervals of times to an event (log-log band)" for times in summary.times.values() if times.n]
    return list(dict.fromkeys(found))


def _exactly(method: str) -> str:
    if method.endswith("from bins"):
        return "between two ends"
    if "Monte Carlo" in method:
        return "Monte Carlo"
    return (
        "approximate"
        if any(word in method for word in ("normal", "log-log band", "large-sample", "Student", "REML"))
        else "exact"
    )


def _sizes(sizes: list[int]) -> str:
    low, high = min(sizes), max(sizes)
    return plain(low) if low == high else between_words(plain(low), plain(high))
