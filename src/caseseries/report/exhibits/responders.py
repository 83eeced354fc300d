"""How many responded: every reading, every denominator, with exact intervals."""

from __future__ import annotations

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.model import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.numbers import NOT_ESTIMABLE, percent, percent_interval, share
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import OutcomeSummary, Responders, Result, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.wanted import counted_as, those_met


def responders_table(summary: Summary, name: str) -> Table:
    """One row per reading of one outcome; the protocol as written comes first and is marked."""
    outcome = summary.outcomes[name]
    level = summary.protocol.reporting.level
    columns = (
        Column("Reading"),
        *numbers(
            f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=(_of(summary, outcome),)
        ),
        *numbers(f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=("Of the evaluable",)),
        Column("Not evaluable", "number"),
        *numbers(*_cases(outcome), over=("If not evaluable counted, n/N (%)",)),
    )
    if any(found.outside or found.unplaced for found in outcome.responders):
        columns = (*columns, Column("Outside the denominator", "number"))
    if any(found.unplaced for found in outcome.responders):
        columns = (*columns, Column("Membership not known", "number"))
    rows = tuple(_row(found, len(columns)) for found in readings(outcome))
    return Table(
        f"responders-{slug(name)}",
        f"{capital(name)} under every reading of the rule",
        columns,
        rows,
        _notes(summary, outcome),
    )


def readings(outcome: OutcomeSummary) -> tuple[Responders, ...]:
    """The primary reading, then the others, in the order of the run."""
    return tuple(sorted(outcome.responders, key=lambda found: found.reading != AS_WRITTEN))


def slug(name: str) -> str:
    """A name as part of a file name: ASCII letters, digits and hyphens.

    >>> slug("good response"), slug("Étude / β")
    ('good-response', 'tude')
    """
    kept = "".join(char if char.isascii() and char.isalnum() else " " for char in name.lower())
    return "-".join(kept.split())[:60].strip("-") or "unnamed"


def reading_name(found: Responders) -> str:
    """A reading as it is printed."""
    return "As written (primary)" if found.reading == AS_WRITTEN else capital(found.reading)


def count_of(result: Result) -> str:
    """n/N (%) of a result that counts."""
    return share(result.n, result.total) if result.n is not None and result.total is not None else NOT_ESTIMABLE


def _row(found: Responders, width: int) -> Row:
    primary = found.reading == AS_WRITTEN
    cells = [
        Cell(reading_name(found), strong=primary),
        Cell(count_of(found.of_included), strong=primary),
        Cell(percent_interval(found.of_included) or NOT_ESTIMABLE, strong=primary),
        Cell(count_of(found.of_evaluable)),
        Cell(percent_interval(found.of_evaluable) or NOT_ESTIMABLE),
        Cell(str(found.not_evaluable), found.not_evaluable),
        Cell(count_of(found.worst_case)),
        Cell(count_of(found.best_case)),
        Cell(str(found.outside), found.outside),
        Cell(str(found.unplaced), found.unplaced),
    ]
    return Row(tuple(cells[:width]))


def _cases(outcome: OutcomeSummary) -> tuple[str, str]:
    """The extremes as they stand in the columns: worst and best; lowest and highest where nobody said what is wanted."""
    return ("Worst", "Best") if outcome.plan.good is not None else ("Lowest", "Highest")


def _of(summary: Summary, outcome: OutcomeSummary) -> str:
    among = among_words(outcome.plan, summary.measures)
    return f"Of the included {among}" if among else "Of all included"


def _notes(summary: Summary, outcome: OutcomeSummary) -> tuple[str, ...]:
    notes = [
        f"CI, confidence interval: {method_words(found.of_included.method)}."
        for found in outcome.responders[:1]
        if found.of_included.method
    ]
    first, second = _cases(outcome)
    lost, met = (
        counted_as(truth, outcome.plan.good)
        for truth in ((False, True) if outcome.plan.good is not False else (True, False))
    )
    notes.append(f"{first}: every case that is not evaluable counted as {lost}; {second.lower()}: as {met}.")
    if outcome.plan.among is not None:
        notes.append(
            f"Denominator: {denominator_words(outcome.plan, summary.measures)}; the others are outside it. A case of which that is not known "
            "stands in the worst and in the best case, inside or outside, whichever makes the share smaller, or larger."
        )
    trees = {spec.reading: spec.tree for spec in outcome.plan.specs}
    for found in readings(outcome):
        if found.reading in trees:
            notes.append(
                f"{reading_name(found)}: {describe_rule(trees[found.reading], summary.measures, at=outcome.plan.at)}."
            )
    primary = readings(outcome)[:1]
    others = [
        f"{result.method or result.label} {percent_interval(result)} %"
        for found in primary
        for result in found.intervals
        if percent_interval(result) and result.method != found.of_included.method
    ]
    if others:
        of = "all included" if outcome.plan.among is None else "the same denominator"
        notes.append(f"Other intervals of the primary reading, {of}: {'; '.join(others)}.")
    notes += [
        f"{reading_name(found)}: {NOT_ESTIMABLE}, {found.of_included.absent_because}."
        for found in readings(outcome)
        if found.of_included.absent_because
    ]
    return tuple(notes)


def headline_words(found: Responders, level: str, nobody: str = "") -> str:
    """The headline of one outcome: `6 of 8 (75 %, 95 % CI 34.9–96.8)`; `nobody` says why no case was included."""
    result = found.of_included
    if not result.n and not result.total:
        why = nobody or result.absent_because
        return f"{result.n or 0} of {result.total or 0} ({NOT_ESTIMABLE}{': ' + why if why else ''})"
    assert result.n is not None and result.total is not None
    ends = percent_interval(result)
    interval = f", {level} % CI {ends}" if ends else ", interval not estimable"
    return f"{result.n} of {result.total} ({percent(result.n, result.total)} %{interval})"
