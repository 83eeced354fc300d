"""What stands in the supplement: everything behind the article, for who wants to check it."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.report.exhibits import (
    checklist,
    choices,
    drugs,
    event_rates,
    every_case,
    exposure,
    findings,
    follow_up,
    included,
    intercurrent,
    lab_grades,
    levels,
    not_evaluable,
    over_time,
    pivotal,
    responders,
    robustness,
    spells,
    statistics,
    thresholds,
    time_to,
    times_again,
)
from caseseries.report.exhibits.printed_blocks import Block, Figure
from caseseries.summary.model import Summary


def supplement(
    summary: Summary, drawn: Mapping[str, Figure], titles: Mapping[str, str], unshown: str
) -> dict[str, list[Block | None]]:
    """The blocks of the supplement by the key of their section; `titles` name the sections that the checklist points to."""
    return {
        "statistics": [statistics.statistics_table(summary)],
        "selection": [every_case.attributes_table(summary), every_case.excluded_table(summary)],
        "readings": _readings(summary, drawn),
        "verdicts": _verdicts(summary),
        "drugs": [
            drawn.get("taper"),
            drugs.study_drug_table(summary),
            drugs.drugs_table(summary),
            drugs.cases_table(summary),
            exposure.exposure_cases(summary),
        ],
        "follow-up": [follow_up.follow_up_table(summary), follow_up.cases_table(summary)],
        "monitoring": [
            event_rates.not_counted_table(summary),
            event_rates.monitoring_table(summary),
            lab_grades.lab_grades_cases(summary),
        ],
        "grid": _grid(summary, drawn),
        "timelines": [
            included.not_drawn_words(summary),
            *(figure for key, figure in drawn.items() if key.startswith("timeline")),
        ],
        "protocol": [*choices.history(summary), choices.choices_table(summary)],
        "data": [
            findings.accounts_table(summary),
            findings.not_used_table(summary),
            findings.findings_table(summary),
            findings.glyphs(unshown),
        ],
        "checklist": [checklist.checklist_table(summary, titles)],
    }


def _readings(summary: Summary, drawn: Mapping[str, Figure]) -> list[Block | None]:
    blocks: list[Block | None] = []
    for declared, outcome, found in levels.in_order(summary):
        name = declared if found is None else outcome.plan.name
        stem = responders.slug(name)
        verdicts = [plan.name for plan in found.at_least] if found is not None else [name]
        blocks += [responders.responders_table(summary, name)] if found is None else []
        blocks += [drawn.get(f"years-{stem}"), responders.years_table(summary, name)]
        for verdict in verdicts:
            blocks += [
                not_evaluable.why_table(summary, verdict),
                drawn.get(f"not-evaluable-{responders.slug(verdict)}"),
            ]
        blocks += [intercurrent.events_table(summary, name), drawn.get(f"slopes-{stem}")]
    blocks += [spells.following_table(summary, name) for name in summary.spells]
    return [*blocks, *(times_again.again_table(summary, name) for name in summary.times)]


def _verdicts(summary: Summary) -> list[Block | None]:
    """What the verdicts of single cases rest on; nothing where cases are only counted."""
    blocks: list[Block | None] = []
    if summary.cases is None:
        return blocks
    for declared, outcome, found in levels.in_order(summary):
        name = declared if found is None else outcome.plan.name
        of_readings = (
            every_case.other_readings_table(summary, name)
            if found is None
            else levels.readings_table(summary, declared)
        )
        blocks += [of_readings, pivotal.pivotal_table(summary, name)]
    blocks += [over_time.over_time_cases(summary, found) for found in summary.over_time]
    blocks += over_time.furthest_levels(summary)
    blocks += [spells.spells_table(summary, name) for name in summary.spells]
    return [*blocks, *(time_to.times_table(summary, name) for name in summary.times)]


def _grid(summary: Summary, drawn: Mapping[str, Figure]) -> list[Block | None]:
    blocks: list[Block | None] = []
    for name, outcome in summary.outcomes.items():
        blocks += [
            thresholds.threshold_paragraph(summary, name),
            drawn.get(f"thresholds-{responders.slug(name)}"),
            # The verdicts on the levels of one outcome rest on the same values: those changes are told once.
            robustness.changes_table(summary, name) if outcome.plan.part is None or outcome.plan.part.widest else None,
            robustness.grid_table(summary, name),
            robustness.flips_table(summary, name),
        ]
    return blocks
