"""The order of the report: which exhibit stands where, and its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caseseries.report.exhibits import (
    adverse_events,
    agreement,
    cannot_show,
    change,
    checklist,
    choices,
    deaths,
    drugs,
    event_count,
    event_rates,
    every_case,
    exposure,
    findings,
    follow_up,
    included,
    intercurrent,
    lab_grades,
    levels,
    methods,
    not_evaluable,
    notices,
    over_time,
    pivotal,
    responders,
    response,
    robustness,
    safety,
    sites_table,
    spells,
    statistics,
    strata,
    table_one,
    time_to,
    times_again,
    trajectory,
    unreported,
    value_at,
)
from caseseries.report.exhibits.printed_blocks import Block, Figure, Section, Table
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import Summary

#: Titles of the sections by their anchor; the checklist points to them.
TITLES = {
    "methods": "Methods",
    "sites": "Sites",
    "patients": "Patients",
    "response": "Response",
    "cases": "Every case",
    "drugs": "Drugs",
    "follow-up": "Follow-up",
    "safety": "Safety",
    "robustness": "Robustness",
    "timelines": "Timelines",
    "cannot-show": "What this series cannot show",
    "protocol": "The protocol and its history",
    "data": "The data read",
    "checklist": "Reporting checklists",
}


def contents(summary: Summary, figures: Iterable[Figure] = (), *, unshown: str = "") -> tuple[Section, ...]:
    """The sections of the report in order, tables and figures numbered in the order in which they stand.

    `unshown` are characters that figures for print (PNG, TIFF) lack.
    """
    drawn = {figure.key: figure for figure in figures}
    parts: dict[str, list[Block | None]] = {
        "methods": [*methods.methods(summary), statistics.statistics_table(summary)],
        "sites": [sites_table.sites_table(summary)],
        "patients": [
            included.patients_words(summary),
            drawn.get("flow"),
            table_one.table_one(summary),
            every_case.attributes_table(summary),
            every_case.excluded_table(summary),
        ],
        "response": _response(summary, drawn),
        "cases": _cases(summary),
        "drugs": [
            drugs.drugs_words(summary),
            drawn.get("taper"),
            drugs.study_drug_table(summary),
            drugs.drugs_table(summary),
            drugs.cases_table(summary),
            exposure.exposure_table(summary),
            exposure.exposure_cases(summary),
        ],
        "follow-up": [
            follow_up.lengths_words(summary),
            follow_up.follow_up_table(summary),
            drawn.get("swimmer"),
            drawn.get("follow-up"),
            follow_up.cases_table(summary),
        ],
        "safety": _safety(summary),
        "robustness": _robustness(summary),
        "timelines": [
            included.not_drawn_words(summary),
            *(figure for key, figure in drawn.items() if key.startswith("timeline")),
        ],
        "cannot-show": [cannot_show.limits(summary), cannot_show.pre_index_trend(summary)],
        "protocol": [*choices.history(summary), choices.choices_table(summary)],
        "data": [
            findings.accounts_table(summary),
            findings.not_used_table(summary),
            findings.findings_table(summary),
            findings.glyphs(unshown),
        ],
        "checklist": [checklist.checklist_table(summary, TITLES)],
    }
    return numbered(parts, TITLES)


def _response(summary: Summary, drawn: dict[str, Figure]) -> list[Block | None]:
    blocks: list[Block | None] = [response.nothing_declared(summary)]
    for declared, outcome, found in levels.in_order(summary):
        name = declared if found is None else outcome.plan.name
        stem = responders.slug(name)
        if found is None:
            blocks += [response.response_words(summary, name), responders.responders_table(summary, name)]
        else:
            blocks += [
                levels.levels_words(summary, declared),
                levels.levels_table(summary, declared),
                drawn.get(f"levels-{responders.slug(declared)}"),
            ]
        blocks += [
            drawn.get(f"readings-{stem}"),
            drawn.get(f"years-{stem}"),
            responders.years_table(summary, name),
            *(
                block
                for verdict in ([plan.name for plan in found.at_least] if found is not None else [name])
                for block in strata.strata_blocks(summary, verdict)
            ),
            *(
                block
                for verdict in ([plan.name for plan in found.at_least] if found is not None else [name])
                for block in (
                    not_evaluable.why_table(summary, verdict),
                    drawn.get(f"not-evaluable-{responders.slug(verdict)}"),
                )
            ),
            intercurrent.events_table(summary, name),
            change.changes_words(summary, name),
            change.change_table(summary, name),
            drawn.get(f"slopes-{stem}"),
            drawn.get(f"waterfall-{stem}"),
            drawn.get(f"change-{stem}"),
        ]
    blocks += over_time.over_time_blocks(summary)
    blocks += agreement.agreement_tables(summary)
    left = unreported.unreported_words(summary)
    blocks += [*notices.paragraphs(summary), change.repeated_words(summary), change.change_outcomes_table(summary)]
    blocks += [value_at.values_at_table(summary), trajectory.trajectories_table(summary)]
    for name in summary.event_counts:
        blocks += [event_count.event_words(summary, name), event_count.event_table(summary, name)]
    for name in summary.spells:
        blocks += [
            spells.spell_words(summary, name),
            spells.states_table(summary, name),
            spells.following_table(summary, name),
            drawn.get(f"spells-{responders.slug(name)}"),
        ]
    for name in summary.times:
        blocks += [
            time_to.time_words(summary, name),
            time_to.time_table(summary, name),
            times_again.again_table(summary, name),
            drawn.get(f"time-{responders.slug(name)}"),
        ]
    return [*blocks, drawn.get("change"), left]


def _cases(summary: Summary) -> list[Block | None]:
    blocks: list[Block | None] = []
    for declared, outcome, found in levels.in_order(summary) if summary.cases is not None else ():
        name = declared if found is None else outcome.plan.name
        of_readings = (
            every_case.other_readings_table(summary, name)
            if found is None
            else levels.readings_table(summary, declared)
        )
        blocks += [every_case.patients_table(summary, name), of_readings, pivotal.pivotal_table(summary, name)]
    if summary.cases is not None:
        blocks += [over_time.over_time_cases(summary, found) for found in summary.over_time]
        blocks += over_time.furthest_levels(summary)
        blocks += [spells.spells_table(summary, name) for name in summary.spells]
        blocks += [time_to.times_table(summary, name) for name in summary.times]
    return blocks


def _safety(summary: Summary) -> list[Block | None]:
    return [
        safety.safety_words(summary),
        adverse_events.events_table(summary),
        adverse_events.grades_table(summary),
        event_rates.rate_table(summary),
        event_rates.not_counted_table(summary),
        event_rates.monitoring_table(summary),
        lab_grades.lab_grades_words(summary),
        lab_grades.lab_grades_table(summary),
        lab_grades.lab_grades_cases(summary),
        deaths.deaths_table(summary),
    ]


def _robustness(summary: Summary) -> list[Block | None]:
    blocks: list[Block | None] = [robustness.not_varied_paragraph(summary)]
    for name, outcome in summary.outcomes.items():
        blocks += [
            robustness.robustness_words(summary, name),
            # The verdicts on the levels of one outcome rest on the same values: those changes are told once.
            robustness.changes_table(summary, name) if outcome.plan.part is None or outcome.plan.part.widest else None,
            robustness.grid_table(summary, name),
            robustness.flips_table(summary, name),
        ]
    return blocks


def numbered(parts: Mapping[str, Sequence[Block | None]], titles: Mapping[str, str]) -> tuple[Section, ...]:
    """Sections of the blocks that are there, with their tables and figures numbered in order; an empty one is left out."""
    tables = drawings = 0
    sections = []
    for key, blocks in parts.items():
        kept: list[Block] = []
        for block in blocks:
            if isinstance(block, Table):
                tables += 1
                kept.append(block.numbered(tables))
            elif isinstance(block, Figure):
                drawings += 1
                kept.append(block.numbered(drawings))
            elif block is not None:
                kept.append(block)
        if kept:
            sections.append(Section(key, titles.get(key, capital(key)), tuple(kept)))
    return tuple(sections)


def tables_of(sections: Iterable[Section]) -> tuple[Table, ...]:
    """Every table of the report, in order."""
    return tuple(block for section in sections for block in section.blocks if isinstance(block, Table))
