"""How many responded: under every reading, of every denominator, and by year, with exact intervals where counts are exact."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.count_words import (
    best,
    count_cell,
    ends_text,
    evaluable,
    of_text,
    range_notes,
    unplaced,
    worst,
)
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import NOT_ESTIMABLE, ci_title, percent_interval, percent_range, share
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import Answers, OutcomeSummary, Responders, Summary
from caseseries.summary.result import Count, Result
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.wanted import counted_as, those_met


def responders_table(summary: Summary, name: str) -> Table:
    """One row per reading of one outcome; the protocol as written comes first and is marked."""
    outcome = summary.outcomes[name]
    columns = (
        Column("Reading"),
        *share_columns(summary, outcome),
        Column("Not evaluable", "number"),
        *numbers(*_cases(outcome), over=("If not evaluable counted, n/N (%)",)),
    )
    unsure = any(unplaced(answers).high for answers in outcome.answers)
    if unsure or any(answers.outside.high for answers in outcome.answers):
        columns = (*columns, Column("Outside the denominator", "number"))
    if unsure:
        columns = (*columns, Column("Membership not known", "number"))
    rows = [
        *(_row(outcome, answers) for answers in outcome.answers),
        *(_row_of_removed(found) for found in of_removed(outcome)),
    ]
    return Table(
        f"responders-{slug(name)}",
        f"{capital(name)} under every reading of the rule",
        columns,
        tuple(Row(cells[: len(columns)]) for cells in rows),
        _notes(summary, outcome),
    )


def years_table(summary: Summary, name: str) -> Table | None:
    """Responders by the year of the index date, where the cases have more than one."""
    outcome = summary.outcomes[name]
    if len(outcome.years) < 2:
        return None
    columns = (Column("Year of the index date"), *share_columns(summary, outcome), Column("Not evaluable", "number"))
    rows = tuple(
        Row(
            (
                Cell(str(answers.year) if answers.year else "Not told by year"),
                *share_cells(answers),
                count_cell(answers.not_evaluable),
            )
        )
        for answers in outcome.years
    )
    notes = [
        "Differences between years can come from who was treated and who was measured, as well as from the drug. In late years "
        "follow-up may be too short for the outcome to be seen.",
        *(
            ["Not told by year: years in which a site had too few cases."]
            if any(not one.year for one in outcome.years)
            else []
        ),
        *range_notes(_counts(outcome.years)),
    ]
    return Table(f"years-{slug(name)}", f"{capital(name)} by year", columns, rows, tuple(notes))


def share_columns(summary: Summary, outcome: OutcomeSummary) -> tuple[Column, ...]:
    """The columns of the two shares with their intervals: of all included, and of the evaluable."""
    titles = f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{ci_title(summary.protocol.reporting.level)}, %"
    among = among_words(outcome.plan, summary.measures)
    of = f"Of the included {among}" if among else "Of all included"
    return (*numbers(*titles, over=(of,)), *numbers(*titles, over=("Of the evaluable",)))


def share_cells(answers: Answers, *, strong: bool = False) -> tuple[Cell, ...]:
    """The cells below those columns."""
    return (
        Cell(of_text(answers.yes, answers.inside), strong=strong).naming(answers.of_included),
        Cell(ends_text(answers.of_included), strong=strong).naming(answers.of_included),
        Cell(of_text(answers.yes, evaluable(answers))).naming(answers.of_evaluable),
        Cell(ends_text(answers.of_evaluable)).naming(answers.of_evaluable),
    )


def readings(outcome: OutcomeSummary) -> tuple[Responders, ...]:
    """The primary reading, then the others, in the order of the run; those alone whose counts are exact."""
    return tuple(sorted(outcome.responders, key=lambda found: found.reading != AS_WRITTEN))


def of_removed(outcome: OutcomeSummary) -> tuple[Responders, ...]:
    """The headline with those removed by a minimum follow-up, which is no reading of the rule; empty where nobody was."""
    return tuple(found for found in outcome.responders if found.spec == 0 and found.reading != AS_WRITTEN)


def slug(name: str) -> str:
    """A name as part of a file name: ASCII letters, digits and hyphens.

    >>> slug("good response"), slug("Étude / β")
    ('good-response', 'tude')
    """
    kept = "".join(char if char.isascii() and char.isalnum() else " " for char in name.lower())
    return "-".join(kept.split())[:60].strip("-") or "unnamed"


def reading_name(reading: str) -> str:
    """A reading as it is printed.

    >>> reading_name("as written"), reading_name("dose alone suffices")
    ('As written (primary)', 'Dose alone suffices')
    """
    return "As written (primary)" if reading == AS_WRITTEN else capital(reading)


def _row(outcome: OutcomeSummary, answers: Answers) -> tuple[Cell, ...]:
    primary = answers.reading == AS_WRITTEN
    least, most = of_text(*worst(answers)), of_text(*best(answers))
    first, second = (least, most) if outcome.plan.good is not False else (most, least)
    same = (answers.spec, answers.reading)
    exact = next((one for one in outcome.responders if (one.spec, one.reading) == same), None)
    ends = (None, None) if exact is None else (exact.worst_case, exact.best_case)
    return (
        Cell(reading_name(answers.reading), strong=primary),
        *share_cells(answers, strong=primary),
        count_cell(answers.not_evaluable),
        Cell(first).naming(ends[0]),
        Cell(second).naming(ends[1]),
        count_cell(answers.outside),
        count_cell(unplaced(answers)),
    )


def _row_of_removed(found: Responders) -> tuple[Cell, ...]:
    return (
        Cell(reading_name(found.reading)),
        Cell(_count_of(found.of_included)).naming(found.of_included),
        Cell(ends_text(found.of_included)).naming(found.of_included),
        Cell(_count_of(found.of_evaluable)).naming(found.of_evaluable),
        Cell(ends_text(found.of_evaluable)).naming(found.of_evaluable),
        count_cell(Count.of(found.not_evaluable)),
        Cell(_count_of(found.worst_case)).naming(found.worst_case),
        Cell(_count_of(found.best_case)).naming(found.best_case),
        count_cell(Count.of(found.outside)),
        count_cell(Count.of(found.unplaced)),
    )


def _count_of(result: Result) -> str:
    """n/N (%) of a result that counts."""
    return share(result.n, result.total) if result.n is not None and result.total is not None else NOT_ESTIMABLE


def _cases(outcome: OutcomeSummary) -> tuple[str, str]:
    """The extremes as they stand in the columns: worst and best; lowest and highest where nobody said what is wanted."""
    return ("Worst", "Best") if outcome.plan.good is not None else ("Lowest", "Highest")


def _counts(found: Iterable[Answers]) -> list[Count]:
    return [count for answers in found for count in (answers.yes, answers.no, answers.not_evaluable)]


def _notes(summary: Summary, outcome: OutcomeSummary) -> tuple[str, ...]:
    shares = [result for answers in outcome.answers for result in (answers.of_included, answers.of_evaluable)]
    methods = dict.fromkeys(method_words(result.method) for result in shares if result.method)
    notes = [f"CI, confidence interval: {method}." for method in methods]
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
    trees = {spec.number: spec.tree for spec in outcome.plan.specs}
    notes += [
        f"{reading_name(answers.reading)}: {describe_rule(trees[answers.spec], summary.measures, at=outcome.plan.at)}."
        for answers in outcome.answers
    ]
    others = [
        f"{result.method or result.label} {percent_range(result)}"
        for found in readings(outcome)
        if found.reading == AS_WRITTEN
        for result in found.intervals
        if percent_interval(result) and result.method != found.of_included.method
    ]
    if others:
        of = "all included" if outcome.plan.among is None else "the same denominator"
        notes.append(f"Other intervals of the primary reading, {of}: {'; '.join(others)}.")
    notes += [
        f"{reading_name(found.reading)}: {NOT_ESTIMABLE}, {found.of_included.absent_because}."
        for found in readings(outcome)
        if found.of_included.absent_because
    ]
    return (*notes, *range_notes(_counts(outcome.answers)))
