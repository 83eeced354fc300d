"""The headline of a population and the sentences on changes, drawn from its results."""

from __future__ import annotations

from caseseries.report.exhibits.change import change_sentence, table_of
from caseseries.report.exhibits.model import Paragraph, Table
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import absence, capital, counted, listed
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.verdict.denominator import among_words
from caseseries.verdict.names import short_name


def changes_words(population: Summary, name: str) -> Paragraph | None:
    """The changes behind one outcome."""
    found = [change for change in population.outcomes[name].changes if change.n]
    if not found:
        return None
    return Paragraph(" ".join(change_sentence(population, change, windows=True) for change in found), "Change")


def change_table(population: Summary, name: str) -> Table | None:
    """Before, after and change of the measures behind one outcome; nothing where no case has both values."""
    found = [change for change in population.outcomes[name].changes if change.n]
    among = among_words(population.outcomes[name].plan, population.measures)
    title = f"Before, after and change of the measures behind {name}" + (f", cases {among}" if among else "")
    return table_of(population, found, f"change-{slug(name)}", title, _absences(population, found)) if found else None


def change_outcomes_table(population: Summary) -> Table | None:
    """The outcomes that the protocol declares as changes, where they are not the same numbers as behind a verdict outcome."""
    found = [change for change in population.change_outcomes if change.n and not repeated(population, change)]
    return table_of(population, found, "change", "Change outcomes", _absences(population, found)) if found else None


def repeated_words(population: Summary) -> Paragraph | None:
    """Which declared changes stand in a table of a verdict outcome already."""
    same = [change for change in population.change_outcomes if change.n and repeated(population, change)]
    if not same:
        return None
    names = listed(
        dict.fromkeys(
            short_name(population.measures[change.measure]) + (f" in cases {change.among}" if change.among else "")
            for change in same
        )
    )
    return Paragraph(
        f"The change of {names}, declared as an outcome by itself, has the same values and stands in the tables above."
    )


def repeated(population: Summary, change: ChangeSummary) -> bool:
    """Whether a declared change has the very values of one behind a verdict outcome."""
    behind = [found for outcome in population.outcomes.values() for found in outcome.changes]
    return any(
        (found.measure, found.before_window, found.after_window, found.among, found.spreads)
        == (change.measure, change.before_window, change.after_window, change.among, change.spreads)
        for found in behind
    )


def _absences(population: Summary, changes: list[ChangeSummary]) -> list[str]:
    notes = []
    for change in changes:
        if change.absent:
            parts = [
                f"{absence(f'{window} {change.measure}: {reason}', population.measures, population.protocol.windows)} ({whole(n)})"
                for window, reason, n in change.absent
            ]
            total = sum(n for _, _, n in change.absent)
            name = capital(short_name(population.measures[change.measure]))
            name += f", cases {change.among}" if change.among else ""
            name += f", {change.days}" if change.days else ""
            notes.append(f"{name}: no change for {counted(total, 'case')}: {'; '.join(parts)}.")
        if change.withheld:
            notes.append(f"Sites with {counted(change.withheld, 'included case')} told nothing of this measure.")
    return notes
