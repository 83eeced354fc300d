"""The order of a population's report: which exhibit stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.report.contents import TITLES, numbered
from caseseries.report.exhibits import (
    cannot_show,
    change,
    checklist,
    choices,
    deaths,
    drugs,
    event_rates,
    findings,
    follow_up,
    intercurrent,
    methods,
    not_evaluable,
    notices,
    patients,
    responders,
    response,
    results,
    robustness,
    safety,
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
        "methods": [*methods.methods(population), statistics.statistics_table(population)],
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
        "cannot-show": [cannot_show.limits(population)],
        "protocol": [*choices.history(population), choices.choices_table(population)],
        "data": [
            findings.accounts_table(population),
            findings.not_used_table(population),
            findings.findings_table(population),
            findings.glyphs(unshown),
        ],
        "checklist": [checklist.checklist_table(population, _TITLES)],
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
    blocks += notices.paragraphs(population)
    left = unreported.unreported_words(population)
    repeated = change.repeated_words(population)
    return [*blocks, repeated, change.change_outcomes_table(population), drawn.get("change"), left]


def _safety(population: Summary) -> list[Block | None]:
    return [
        safety.safety_words(population),
        event_rates.rate_table(population),
        event_rates.not_counted_table(population),
        event_rates.monitoring_table(population),
        deaths.deaths_table(population),
    ]


def _robustness(population: Summary) -> list[Block | None]:
    blocks: list[Block | None] = []
    for name in population.outcomes:
        blocks += [
            robustness.robustness_words(population, name),
            robustness.grid_table(population, name),
            robustness.flips_table(population, name),
        ]
    return blocks
