"""The order of a population's report: which exhibit stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.report.contents import TITLES, numbered
from caseseries.report.exhibits import (
    change,
    choices,
    findings,
    follow_up,
    intercurrent,
    not_evaluable,
    population_checklist,
    population_data,
    population_limits,
    population_methods,
    population_people,
    population_safety,
    responders,
    response,
    robustness,
    unreported,
)
from caseseries.report.exhibits.model import Block, Figure, Paragraph, Section
from caseseries.report.exhibits.responders import slug
from caseseries.summary.model import Site, Summary

_TITLES = {key: TITLES[key] for key in TITLES if key not in {"cases", "timelines"}} | {"sites": "Sites"}


def contents(
    population: Summary,
    figures: Iterable[Figure] = (),
    *,
    sites: Sequence[Site] = (),
    unshown: str = "",
) -> tuple[Section, ...]:
    """The sections in order, tables and figures numbered; `unshown` are characters that the PNG figures lack."""
    drawn = {figure.key: figure for figure in figures}
    parts: dict[str, list[Block | None]] = {
        "methods": [*population_methods.methods(population), population_people.statistics_table(population)],
        "sites": [population_data.sites_table(sites)],
        "patients": [
            population_people.patients_words(population),
            drawn.get("flow"),
            population_people.table_one(population),
        ],
        "response": _response(population, drawn),
        "drugs": [population_people.drugs_words(population), population_people.drugs_table(population)],
        "follow-up": [
            follow_up.lengths_words(population, population.follow_up),
            population_people.follow_up_table(population),
            drawn.get("follow-up"),
        ],
        "safety": _safety(population),
        "robustness": _robustness(population),
        "cannot-show": [population_limits.limits(population, population.included)],
        "protocol": [*choices.history(population), choices.choices_table(population)],
        "data": [
            population_data.accounts_table(population),
            population_data.not_used_table(population),
            population_data.findings_table(population),
            findings.glyphs(unshown),
        ],
        "checklist": [population_checklist.checklist_table(population, _TITLES)],
    }
    return numbered(parts, _TITLES)


def _response(population: Summary, drawn: dict[str, Figure]) -> list[Block | None]:
    blocks: list[Block | None] = []
    if not population.outcomes and not population.change_outcomes:
        blocks.append(
            Paragraph(
                "The protocol declares no outcome before and after; this run tells who was treated and their safety."
            )
        )
    for name in population.outcomes:
        stem = slug(name)
        blocks += [
            response.response_words(population, name),
            responders.responders_table(population, name),
            drawn.get(f"readings-{stem}"),
            drawn.get(f"years-{stem}"),
            responders.years_table(population, name),
            not_evaluable.why_table(population, name),
            drawn.get(f"not-evaluable-{stem}"),
            intercurrent.events_table(population, name),
            change.changes_words(population, name),
            change.change_table(population, name),
            drawn.get(f"change-{stem}"),
        ]
    blocks += [Paragraph(told) for told in population_data.without_values(population)]
    repeated = change.repeated_words(population)
    plans = {name: outcome.plan for name, outcome in population.outcomes.items()}
    left = unreported.unreported_words(population, plans, [found.measure for found in population.change_outcomes])
    return [*blocks, repeated, change.change_outcomes_table(population), drawn.get("change"), left]


def _safety(population: Summary) -> list[Block | None]:
    blocks: list[Block | None] = [population_safety.safety_words(population)]
    if population.safety is not None:
        blocks += [
            population_safety.rates_table(population, population.safety),
            population_safety.not_counted_table(population.safety),
            population_safety.monitoring_table(population, population.safety),
        ]
    return blocks


def _robustness(population: Summary) -> list[Block | None]:
    blocks: list[Block | None] = []
    for name in population.outcomes:
        blocks += [
            robustness.robustness_words(population, name),
            robustness.grid_table(population, name),
            robustness.flips_table(population, name),
        ]
    return blocks
