"""The headline of a population and the sentences on changes, drawn from its results."""

from __future__ import annotations

from caseseries.report.exhibits.change import change_line
from caseseries.report.exhibits.charted import unseen_words
from caseseries.report.exhibits.count_words import answer_words, count_text, evaluable, inside, of_words, unplaced
from caseseries.report.exhibits.follow_up import lengths_words
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.population_data import every_change, findings_words, without_values
from caseseries.report.exhibits.population_limits import IN_SHORT
from caseseries.report.exhibits.population_safety import rate_words, years_words
from caseseries.report.exhibits.responders import reading_name
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.exhibits.selection import nobody_words
from caseseries.report.exhibits.source import no_rows
from caseseries.report.exhibits.words import capital, seen
from caseseries.summary.model import Summary
from caseseries.verdict.denominator import denominator_words


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
        told.append(lengths_words(population, population.follow_up).text.rstrip("."))
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
    found = dict.fromkeys(
        change_line(population, change, windows=True) for change in every_change(population) if change.n
    )
    shown = list(found)[:MOST_CHANGES]
    rest = len(found) - len(shown)
    return [*shown, f"{rest} further changes: see Response"] if rest else shown


def headline(population: Summary) -> str:
    """The run in a few lines, for the terminal."""
    first = [f"{INVENTED}."] if population.invented else []
    empty = [capital(found.message) for found in population.findings if found.rule == "empty window"]
    loud = [
        *empty,
        *without_values(population),
        *no_rows(population.measures, [(found.rule, found.message) for found in population.findings]),
    ]
    told = [*first, *loud, *(f"{name}: {text}" for name, text in heads(population)), *lines(population), IN_SHORT]
    return "\n".join(seen(line) for line in told)
