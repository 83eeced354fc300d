"""The order of a population's report: which exhibit stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.report.contents import TITLES, numbered
from caseseries.report.exhibits import (
    choices,
    drugs,
    findings,
    follow_up,
    notices,
    patients,
    population_checklist,
    population_limits,
    population_methods,
    population_response,
    population_results,
    population_safety,
    results,
    statistics,
    table_one,
    unreported,
)
from caseseries.report.exhibits.model import Block, Figure, Paragraph, Section
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.sites import sites_table
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
        "methods": [*population_methods.methods(population), statistics.statistics_table(population)],
        "sites": [sites_table(population)],
        "patients": [
            results.patients_words(population),
            drawn.get("flow"),
            table_one.table_one(population),
            patients.excluded_table(population),
        ],
        "response": _response(population, drawn),
        "drugs": [drugs.drugs_words(population), drugs.drugs_table(population)],
        "follow-up": [
            follow_up.lengths_words(population),
            follow_up.follow_up_table(population),
            drawn.get("follow-up"),
        ],
        "safety": _safety(population),
        "robustness": _robustness(population),
        "cannot-show": [population_limits.limits(population, population.included)],
        "protocol": [*choices.history(population), choices.choices_table(population)],
        "data": [
            findings.accounts_table(population),
            findings.not_used_table(population),
            findings.findings_table(population),
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
            population_response.response_words(population, name),
            population_response.answers_table(population, name),
            drawn.get(f"readings-{stem}"),
            drawn.get(f"years-{stem}"),
            population_response.years_table(population, name),
            population_response.why_table(population, name),
            drawn.get(f"not-evaluable-{stem}"),
            population_response.events_table(population, name),
            population_results.changes_words(population, name),
            population_results.change_table(population, name),
            drawn.get(f"change-{stem}"),
        ]
    blocks += notices.paragraphs(population)
    repeated = population_results.repeated_words(population)
    left = unreported.unreported_words(population)
    return [*blocks, repeated, population_results.change_outcomes_table(population), drawn.get("change"), left]


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
            population_response.robustness_words(population, name),
            population_response.grid_table(population, name),
            population_response.flips_table(population, name),
        ]
    return blocks
