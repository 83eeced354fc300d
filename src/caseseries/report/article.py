"""What stands in the article: the exhibits that a reader needs to judge the series, in the order of a journal."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.report.exhibits import (
    adverse_events,
    agreement,
    cannot_show,
    change,
    deaths,
    drugs,
    event_count,
    event_rates,
    every_case,
    exposure,
    follow_up,
    included,
    lab_grades,
    levels,
    methods,
    notices,
    over_time,
    references,
    responders,
    response,
    robustness,
    safety,
    sites_table,
    spells,
    spread_words,
    strata,
    table_one,
    time_to,
    trajectory,
    unreported,
    value_at,
)
from caseseries.report.exhibits.printed_blocks import Block, Figure
from caseseries.summary.model import Summary


def article(summary: Summary, drawn: Mapping[str, Figure]) -> dict[str, list[Block | None]]:
    """The blocks of the article by the key of their section; None where a run has nothing to say there."""
    sources = references.cited(summary)
    return {
        "methods": references.with_numbers(methods.methods(summary), sources),
        "patients": [
            included.patients_words(summary),
            drawn.get("flow"),
            table_one.table_one(summary),
            sites_table.sites_table(summary),
        ],
        "response": _response(summary, drawn),
        "cases": _cases(summary, drawn),
        "safety": [
            safety.safety_words(summary),
            adverse_events.events_table(summary),
            adverse_events.grades_table(summary),
            event_rates.rate_table(summary),
            lab_grades.lab_grades_words(summary),
            lab_grades.lab_grades_table(summary),
            deaths.deaths_table(summary),
        ],
        "robustness": [
            robustness.not_varied_paragraph(summary),
            *(
                block
                for name in summary.outcomes
                for block in (
                    spread_words.robustness_words(summary, name),
                    drawn.get(f"specification-curve-{responders.slug(name)}"),
                )
            ),
        ],
        "cannot-show": [cannot_show.limits(summary), cannot_show.pre_index_trend(summary)],
        "references": [references.references(sources)],
    }


def _response(summary: Summary, drawn: Mapping[str, Figure]) -> list[Block | None]:
    blocks: list[Block | None] = [response.nothing_declared(summary)]
    for declared, outcome, found in levels.in_order(summary):
        name = declared if found is None else outcome.plan.name
        stem = responders.slug(name)
        if found is None:
            blocks += [response.response_words(summary, name), drawn.get(f"readings-{stem}")]
        else:
            blocks += [
                levels.levels_words(summary, declared),
                levels.levels_table(summary, declared),
                drawn.get(f"levels-{responders.slug(declared)}"),
            ]
        verdicts = [plan.name for plan in found.at_least] if found is not None else [name]
        blocks += [
            *(block for verdict in verdicts for block in strata.strata_blocks(summary, verdict)),
            drawn.get(f"waterfall-{stem}"),
            change.changes_words(summary, name),
            change.change_table(summary, name),
            drawn.get(f"change-{stem}"),
        ]
    blocks += over_time.over_time_blocks(summary)
    blocks += agreement.agreement_tables(summary)
    blocks += [*notices.paragraphs(summary), change.repeated_words(summary), change.change_outcomes_table(summary)]
    blocks += [drawn.get("change"), value_at.values_at_table(summary), trajectory.trajectories_table(summary)]
    for name in summary.event_counts:
        blocks += [event_count.event_words(summary, name), event_count.event_table(summary, name)]
    for name in summary.spells:
        blocks += [
            spells.spell_words(summary, name),
            spells.states_table(summary, name),
            drawn.get(f"spells-{responders.slug(name)}"),
        ]
    for name in summary.times:
        blocks += [
            time_to.time_words(summary, name),
            time_to.time_table(summary, name),
            drawn.get(f"time-{responders.slug(name)}"),
        ]
    return [*blocks, unreported.unreported_words(summary)]


def _cases(summary: Summary, drawn: Mapping[str, Figure]) -> list[Block | None]:
    """Every case in one table and on one axis; drugs and follow-up where cases are only counted."""
    blocks: list[Block | None] = []
    for declared, outcome, found in levels.in_order(summary) if summary.cases is not None else ():
        name = declared if found is None else outcome.plan.name
        blocks.append(every_case.patients_table(summary, name, context=not blocks))
    blocks += [follow_up.lengths_words(summary), drugs.drugs_words(summary)]
    return [*blocks, drawn.get("swimmer"), drawn.get("follow-up"), exposure.exposure_table(summary)]
