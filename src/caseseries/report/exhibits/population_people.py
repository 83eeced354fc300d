"""Who the cases of a population are: selection, Table 1, follow-up, other drugs."""

from __future__ import annotations

import itertools

from caseseries.report.exhibits.charted import nowhere_words, some_words
from caseseries.report.exhibits.count_words import count_text, percent_text
from caseseries.report.exhibits.describe import BINNED_NOTE, method_words
from caseseries.report.exhibits.follow_up import IN_A_DATABASE, lengths_table
from caseseries.report.exhibits.model import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.numbers import percent_interval, plain, share, share_in_words, whole
from caseseries.report.exhibits.selection import in_sentence, reason_words
from caseseries.report.exhibits.table_one import described_rows
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.model import Summary
from caseseries.summary.result import Result


def patients_words(population: Summary) -> Paragraph:
    """How many were found, excluded and included, and how they had been treated."""
    first, included = population.flow[0], counted(population.included, "case was", "cases were")
    if first.label == "Included":
        told = f"{capital(included)} included; how many were looked at, and why others were not included, was not told."
    else:
        told = f"{first.label} numbered {whole(first.n)}; {included} included."
        before = itertools.takewhile(lambda step: step.label != "Included", population.flow)
        removed = [
            f"{in_sentence(reason_words(population, why))}, n = {whole(n)}"
            for step in before
            for why, n in step.removed
        ]
        told += f" The others were not included for these reasons: {'; '.join(removed)}." if removed else ""
    if population.protocol.case.per == "course":
        patients = f"{count_text(population.patients)} patient{'' if population.patients.exact == 1 else 's'}"
        told += f" A case is a course of treatment: {counted(population.included, 'course')} in {patients}."
    prior = [
        f"{result.label.removesuffix(' before the index date')} in {share_in_words(result.n, result.total)}"
        for result in population.prior
        if result.n is not None and result.total
    ]
    return Paragraph(told + (f" Treatments before the index date were {listed(prior)}." if prior else ""))


def table_one(population: Summary) -> Table:
    """Characteristics at the index date, and earlier treatment."""
    rows = list(described_rows(population.table_one))
    if population.prior:
        rows.append(heading("Treated before the index date with"))
        rows += [
            Row((Cell(capital(found.label.removesuffix(" before the index date"))), _prior(found)), 1)
            for found in population.prior
        ]
    columns = (Column("Characteristic"), Column(f"All included (n = {whole(population.included)})", "number"))
    notes = [
        "IQR, interquartile range; SD, standard deviation. Counts are n/N (%) with N the cases for which the item is known; "
        "percentages are rounded and may not add up to 100.",
        "Ages are whole years by birthday; where only the month or year of birth is recorded, an age is given where it is certain.",
    ]
    notes += _dose_note(population)
    if any(found.estimate is None and found.lower is not None for found in population.table_one):
        notes.append(BINNED_NOTE)
    return Table("table-1", "Included cases at the index date", columns, tuple(rows), tuple(notes))


def _dose_note(population: Summary) -> list[str]:
    """Whose dose before is told, or why none is."""
    if not population.protocol.doses or not population.included:
        return []
    every = [change for outcome in population.outcomes.values() for change in outcome.changes]
    told = None
    if told is None:
        return [
            "The dose before is not told: of very many cases it is counted where an outcome compares it with a dose later."
        ]
    return [
        f"Glucocorticoid before: in the {counted(told.n, 'case')} with a daily dose at {told.before_window} and at {told.after_window}."
    ]


def _prior(found: Result) -> Cell:
    if found.n is not None and found.total is not None:
        return Cell(share(found.n, found.total))
    if found.lower is not None and found.upper is not None:
        return Cell(f"{percent_interval(found)} %")
    return Cell(found.absent_because)


def follow_up_table(population: Summary) -> Table:
    """Observed and on-drug follow-up of the included cases."""
    return lengths_table(population, population.follow_up, IN_A_DATABASE)


def drugs_words(population: Summary) -> Paragraph | None:
    """That other drugs were not charted, or that none was recorded; nothing where the table tells them."""
    if population.nowhere("other drugs"):
        return Paragraph(nowhere_words(population, "other drugs"))
    if population.drugs or not population.included:
        return None
    told = "No course of another drug that the protocol names was recorded, which is not the same as none."
    return Paragraph(f"{told} {some_words(population, 'other drugs')}".strip())


def drugs_table(population: Summary) -> Table | None:
    """Other drugs of the included cases, the most frequent first."""
    if population.nowhere("other drugs") or not population.drugs:
        return None
    charted = population.charted("other drugs")
    shown = population.drugs[:60]
    unclear = any(found.unclear.high for found in population.drugs)
    rows = tuple(
        Row(
            (
                Cell(capital(found.name)),
                Cell(", ".join(found.groups) or "–"),
                *(
                    Cell(f"{count_text(n)} ({percent_text(n, charted)})", n.exact)
                    for n in (found.earlier, found.background, found.added, *([found.unclear] * unclear))
                ),
            )
        )
        for found in shown
    )  # fmt: skip
    columns = (
        Column("Drug"), Column("Group"),
        *numbers("Earlier", "At the index date", "Added later", *(("Not known",) if unclear else ()), over=("Cases, n (%)",)),
    )  # fmt: skip
    notes = [
        "Courses of a drug without a longer gap are one: earlier where they ended before the index date, added where they began after it. A case "
        "stands once in each column that fits. Only drugs that the protocol names are looked for."
    ]
    notes += ["Not known: it depends on days that were not recorded."] if unclear else []
    some = some_words(population, "other drugs")
    notes += [some] if some else []
    if len(population.drugs) > len(shown):
        notes.append(f"The {len(shown)} most frequent of {whole(len(population.drugs))} drugs.")
    return Table("drugs", "Other drugs of the included cases", columns, rows, tuple(notes))


def statistics_table(population: Summary) -> Table:
    """By which method each kind of number was found, exact or approximate, and on how many cases it rests."""
    found: dict[tuple[str, str], list[int]] = {}

    def add(what: str, result: Result | None) -> None:
        if result is not None and result.method and (result.estimate is not None or result.lower is not None):
            found.setdefault((what, method_words(result.method)), []).append(result.total or result.n or 0)

    for outcome in population.outcomes.values():
        for answers in outcome.answers:
            add("Proportions of responders", answers.of_included)
            add("Proportions of responders", answers.of_evaluable)
        for answers in outcome.years:
            add("Proportions of responders by year", answers.of_included)
    changes = [
        *population.change_outcomes,
        *(change for outcome in population.outcomes.values() for change in outcome.changes),
    ]
    for change in changes:
        add("Typical change", change.change.get("hodges_lehmann"))
        for part, what in (("mean", "Means"), ("sd", "Standard deviations"), ("median", "Medians")):
            add(what, change.change.get(part))
        add("Quartiles", change.change.get("lower_quartile"))
        for test in change.tests:
            add("P values", test)
    if population.safety is not None:
        add("Share with an adverse event", population.safety.with_event)
        add("Rate of adverse events", population.safety.rate)
        for term in population.safety.terms:
            add("Rates of single adverse events", term.rate)
    rows = tuple(
        Row((Cell(what), Cell(capital(method)), Cell(_exactly(method)), Cell(_sizes(sizes))))
        for (what, method), sizes in found.items()
    )
    columns = (Column("Numbers"), Column("Method", "sentences"), Column("Exact or approximate"), Column("n", "number"))
    notes = (
        "Exact: from the distribution itself or from whole numbers and fractions; approximate: by a normal distribution, as the method says; "
        "Monte Carlo: from random sign patterns, (b + 1)/(B + 1), never 0; "
        "between two ends: sites told their values in bins. n: cases, or events for a rate.",
    )
    return Table("statistics", "How the numbers were found", columns, rows, notes)


def _exactly(method: str) -> str:
    if method.endswith("from bins"):
        return "between two ends"
    if "Monte Carlo" in method:
        return "Monte Carlo"
    return "approximate" if "normal" in method else "exact"


def _sizes(sizes: list[int]) -> str:
    low, high = min(sizes), max(sizes)
    return plain(low) if low == high else f"{plain(low)} to {plain(high)}"
