"""Three states of a kind of fact, told apart wherever one is printed: recorded, none recorded, and not charted."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.chart.tables import Kind
from caseseries.cohort.unseen import unseen_events
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.report.exhibits.selection import of_database
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import Summary
from caseseries.summary.population_model import Population

#: What a cell holds in place of a number of something that was not charted.
NOT_CHARTED = "not charted"


def charted(summary: Summary, kind: Kind) -> bool:
    """Whether anything is known of this kind of fact, if only that there was none."""
    return kind not in summary.not_charted


def uncharted_words(kind: Kind, because: str) -> str:
    """A sentence in place of every number.

    >>> uncharted_words("deaths", "the table death is missing")
    'Deaths were not charted (the table death is missing): nothing is known of them, and no number is given.'
    """
    return f"{capital(kind)} were not charted ({because}): nothing is known of them, and no number is given."


def none_words(summary: Summary, kind: Kind) -> str:
    """What stands where no row is shown: `none recorded`, of which names alone, or that the kind was not charted."""
    if not charted(summary, kind):
        return NOT_CHARTED
    only = summary.only.get(kind)
    return f"none recorded; only {listed(only)} could be charted" if only else "none recorded"


def unseen(run: Summary | Population) -> dict[str, str]:
    """The intercurrent events that decide something and could be seen in nobody, or in some sources in nobody, each with why."""
    if isinstance(run, Summary):
        return unseen_events(run.protocol, run.not_charted, run.only, database=of_database(run))
    found = {}
    for event in EVENT_WORDS.values():
        lacking = run.not_charted.get(f"event: {event}")
        if lacking is not None:
            some = "" if lacking.cases == run.included else f"for {lacking.cases} of {run.included} cases: "
            found[event] = some + "; ".join(lacking.because)
    return found


def unseen_lines(run: Summary | Population) -> list[str]:
    """One line of the headline: which events nobody could be seen to have had; none where each that decides could be told."""
    told = "; ".join(f"{listed(events)} ({why})" for why, events in by_reason(unseen(run)).items())
    return [f"Could not be told, so that the verdicts stand without them: {told}"] if told else []


def by_reason(events: Mapping[str, str]) -> dict[str, list[str]]:
    """Events that could not be told, those of one reason together.

    >>> by_reason({"death": "a", "rescue added": "b", "lost": "a"})
    {'a': ['death', 'lost'], 'b': ['rescue added']}
    """
    found: dict[str, list[str]] = {}
    for event, why in events.items():
        found.setdefault(why, []).append(event)
    return found


def some_words(population: Population, kind: Kind) -> str:
    """That some sites could not tell a kind of fact, so that it is told of the others alone; empty where all could, or none."""
    lacking = population.not_charted.get(kind)
    if lacking is None or population.nowhere(kind):
        return ""
    return (
        f"{capital(kind)} were not charted for {lacking.cases} of the {population.included} cases "
        f"({'; '.join(lacking.because)}), who count in no number of them."
    )


def nowhere_words(population: Population, kind: Kind) -> str:
    """That no site could tell a kind of fact; empty where one could."""
    if not population.nowhere(kind):
        return ""
    return uncharted_words(kind, "; ".join(population.not_charted[kind].because))
