"""The Methods of a study of a database, written from the protocol and from the methods that were really used."""

from __future__ import annotations

from caseseries.chart.tables import KINDS, Kind
from caseseries.report.exhibits.charted import unseen_words
from caseseries.report.exhibits.choices import fixed, knew
from caseseries.report.exhibits.findings import rows_words
from caseseries.report.exhibits.methods import (
    OBSERVED,
    ROUNDING,
    looked_for,
    safety_methods,
    shared,
    studied,
)
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.selection import courses_words
from caseseries.report.exhibits.words import listed
from caseseries.summary.model import ChangeSummary, Summary


def methods(population: Summary) -> tuple[Paragraph, ...]:
    """Design, data, cases, measures, outcomes, statistics: one paragraph each."""
    plans = {name: outcome.plan for name, outcome in population.outcomes.items()}
    return (
        Paragraph(_design(population), "Design"),
        Paragraph(_data(population), "Data"),
        *shared(population, plans, [change.measure for change in population.change_outcomes], unseen_words(population)),
        Paragraph(safety_methods(population, _not_charted(population)), "Safety and other drugs"),
        Paragraph(_statistics(population), "Statistics"),
    )


def _not_charted(population: Summary) -> dict[Kind, str]:
    """The kinds of fact that no source could tell, and those that some could not, with for how many cases."""
    found: dict[Kind, str] = {}
    for kind in KINDS:
        lacking = population.not_charted.get(kind)
        if lacking is not None:
            some = (
                ""
                if population.nowhere(kind)
                else f"for {whole(lacking.cases)} of {whole(population.included)} cases: "
            )
            found[kind] = some + "; ".join(lacking.because)
    return found


def _design(population: Summary) -> str:
    told = "This was a retrospective study of data recorded for care: a case series comparing values before and after, without a control group."
    parts = [told, looked_for(population), studied(population), fixed(population), knew(population)]
    return " ".join(part for part in parts if part)


def _data(population: Summary) -> str:
    return f"{OBSERVED} {rows_words(population)}".strip()


def _statistics(population: Summary) -> str:
    protocol = population.protocol
    level = protocol.reporting.level
    told = (
        f"Proportions and rates are given with {level} % confidence intervals; the headline denominator is all included cases, with the "
        "evaluable only and both extremes beside it. Counts, means, quartiles and thresholds were computed exactly, from whole numbers and "
        f"fractions. {ROUNDING}"
    )
    approximate = _approximate(population)
    if approximate:
        told += f" Approximate, by a normal distribution because of the number of cases, are: {listed(approximate)}."
    else:
        told += " No interval rests on a normal approximation."
    if any("Monte Carlo" in test.method for change in _changes(population) for test in change.tests):
        told += " Some P values were found by Monte Carlo, from random sign patterns."
    told += " The table of statistics names the method of each kind of number and on how many cases it rests."
    courses = courses_words(population, "intervals")
    told += f" {courses}" if courses else ""
    if protocol.reporting.p_values:
        told += (
            " P values compare after with before in the same patients and are not adjusted; they do not test the drug against no drug, "
            "and among so many cases a difference too small to matter has a small P."
        )
    else:
        told += " No p values are given: there is no group to compare with."
    return told


def _approximate(population: Summary) -> list[str]:
    changes = _changes(population)
    found = [
        "the interval of the typical change (Hodges–Lehmann)"
        for change in changes
        if (typical := change.change.get("hodges_lehmann")) is not None and "normal" in typical.method
    ]
    found += ["P values" for change in changes for test in change.tests if "normal" in test.method]
    return list(dict.fromkeys(found))


def _changes(population: Summary) -> list[ChangeSummary]:
    behind = [change for outcome in population.outcomes.values() for change in outcome.changes]
    return [*population.change_outcomes, *behind]
