"""The headline of a population and the sentences on changes, drawn from its results."""

from __future__ import annotations

from caseseries.report.exhibits.change import change_line, change_sentence, table_of
from caseseries.report.exhibits.charted import unseen_words
from caseseries.report.exhibits.count_words import answer_words, count_text, evaluable, inside, of_words, unplaced
from caseseries.report.exhibits.findings import findings_words
from caseseries.report.exhibits.follow_up import lengths_words
from caseseries.report.exhibits.model import Paragraph, Table
from caseseries.report.exhibits.notices import loud_words
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.population_limits import IN_SHORT
from caseseries.report.exhibits.population_response import reading_name
from caseseries.report.exhibits.population_safety import rate_words, years_words
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.exhibits.selection import nobody_words
from caseseries.report.exhibits.words import absence, capital, counted, listed, seen
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.names import short_name


def heads(population: Summary) -> tuple[tuple[str, str], ...]:
    """Each verdict outcome with its headline."""
    level = population.protocol.reporting.level
    return tuple(
        (
            capital(name),
            answer_words(outcome.answers[0], level, nobody_words(population))
            + (f" of {denominator_words(outcome.plan, population.measures)}" if outcome.plan.among is not None else ""),
        )
        for name, outcome in population.outcomes.items()
    )


def lines(population: Summary) -> tuple[str, ...]:
    """The rest of the headline box: denominators, readings, changes, follow-up, safety, findings."""
    told: list[str] = []
    for name, outcome in population.outcomes.items():
        head = outcome.answers[0]
        if inside(head).high:
            about = f"{capital(name)}: " if len(population.outcomes) > 1 else ""
            told.append(
                f"{about}of the evaluable {of_words(head.yes, evaluable(head))}, not evaluable {count_text(head.not_evaluable)}"
                + (f", outside {count_text(head.outside)}" if head.outside.high else "")
                + (f", membership not known {count_text(unplaced(head))}" if unplaced(head).high else "")
            )
            others = [
                f"{reading_name(found.reading).lower()} {of_words(found.yes, inside(found))}"
                for found in outcome.answers[1:]
            ]
            told += [f"Other readings: {'; '.join(others)}"] if others else []
    told += _change_lines(population)
    if population.included:
        told.append(lengths_words(population).text.rstrip("."))
    untold = unseen_words(population) if population.included else ""
    told += [untold] if untold else []
    safety = population.safety
    if population.included and population.nowhere("adverse events"):
        told.append(f"Adverse events: not charted ({'; '.join(population.not_charted['adverse events'].because)})")
    elif safety is not None and population.included:
        undated = f"; {count_text(safety.undated)} without a date" if safety.undated.high else ""
        how = "with a date" if undated else "recorded"
        told.append(
            f"Adverse events on treatment: {count_text(safety.events)} {how} in {years_words(safety)} patient-years "
            f"({rate_words(population, safety.rate)}){undated}"
        )
    findings = findings_words(population)
    return (f"Cases included: {whole(population.included)}", *told, *([findings] if findings else []))


#: So many changes stand in the headline; all of them are in the tables.
MOST_CHANGES = 8


def _change_lines(population: Summary) -> list[str]:
    """The changes, those behind the verdict outcomes first, each once."""
    found = dict.fromkeys(change_line(population, change, windows=True) for change in population.changes if change.n)
    shown = list(found)[:MOST_CHANGES]
    rest = len(found) - len(shown)
    return [*shown, f"{rest} further changes: see Response"] if rest else shown


def headline(population: Summary) -> str:
    """The run in a few lines, for the terminal."""
    first = [f"{INVENTED}."] if population.invented else []
    empty = [capital(found.message) for found in population.findings if found.rule == "empty window"]
    loud = [
        *empty,
        *loud_words(population),
    ]
    told = [*first, *loud, *(f"{name}: {text}" for name, text in heads(population)), *lines(population), IN_SHORT]
    return "\n".join(seen(line) for line in told)


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
