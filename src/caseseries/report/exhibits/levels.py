"""An outcome with levels: how many have each, how many at least each, and which level every case has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.count_words import (
    count_cell,
    count_spelled,
    count_text,
    ends_text,
    interval_words,
    of_text,
    of_words,
    percent_told,
    range_notes,
)
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.printed_numbers import EN_DASH, ci_title
from caseseries.report.exhibits.responders import of_removed, reading_name, slug
from caseseries.report.exhibits.selection import nobody_words
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.case_levels import levels_of_cases
from caseseries.summary.levels import LevelCounts, LevelsSummary
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.rule_text import describe_rule


def in_order(summary: Summary) -> Iterator[tuple[str, OutcomeSummary, LevelsSummary | None]]:
    """Each outcome once, in the order declared: its name, its verdict, and its levels; then the verdict asks for any level but the last."""
    for name, outcome in summary.outcomes.items():
        part = outcome.plan.part
        if part is None:
            yield name, outcome, None
        elif part.widest:
            yield outcome.plan.outcome, outcome, summary.levels[outcome.plan.outcome]


def shares_words(summary: Summary, found: LevelsSummary) -> str:
    """Every level with its share: `good in 3 of 8 (37.5 %, 95 % CI 8.5–75.5), moderate in ...`."""
    counts, level, nobody = found.readings[0], summary.protocol.reporting.level, nobody_words(summary)
    if not counts.inside.high:
        return interval_words(counts.inside, counts.inside, counts.levels[0].of_included, level, nobody)
    return listed(
        f"{one.name} in {interval_words(one.exactly, counts.inside, one.of_included, level, nobody)}"
        for one in counts.levels
    )


def at_least_words(summary: Summary, found: LevelsSummary) -> str:
    """The levels from the second on with those above: `at least moderate in 5 of 8 (62.5 %, ...)`; empty of two levels."""
    counts, level = found.readings[0], summary.protocol.reporting.level
    return listed(
        f"at least {one.name} in {interval_words(one.at_least, counts.inside, one.at_least_of_included, level)}"
        for one in counts.levels[1:]
        if one.at_least_of_included is not None
    )


def readings_words(found: LevelsSummary) -> list[str]:
    """Under each other reading how many have each level."""
    told = []
    for counts in found.readings[1:]:
        each = listed(f"{one.name} in {of_words(one.exactly, counts.inside)}" for one in counts.levels)
        lost = f" ({count_text(counts.not_evaluable)} not evaluable)" if counts.not_evaluable.high else ""
        told.append(f"under “{reading_name(counts.reading).lower()}” {each}{lost}")
    return told


def levels_words(summary: Summary, name: str) -> Paragraph:
    """The headline of the levels, those not evaluable, and the other readings."""
    found = summary.levels[name]
    counts = found.readings[0]
    if not counts.inside.high:
        return Paragraph(f"{capital(name)}: {shares_words(summary, found)}.")
    of = denominator_words(found.widest, summary.measures)
    told = f"Of {of}, {name} was {shares_words(summary, found)}."
    at_least = at_least_words(summary, found)
    told += f" It was {at_least}." if at_least else ""
    if counts.not_evaluable.high:
        share = f" ({percent_told(counts.not_evaluable, counts.inside.exact)})" if counts.inside.exact else ""
        told += f" In {count_spelled(counts.not_evaluable, 'case', 'cases').lower()}{share} the {found.one} was not evaluable."
    else:
        told += f" The {found.one} of every case was known."
    if counts.outside.high:
        told += f" {count_spelled(counts.outside, 'case lies', 'cases lie')} outside the denominator of this outcome."
    if counts.unplaced.high:
        told += f" Of {count_text(counts.unplaced)} it is not known whether they belong to it."
    others = readings_words(found)
    told += f" With other rules for the same {_several(found)}, it was {'; '.join(others)}." if others else ""
    return Paragraph(told)


def levels_table(summary: Summary, name: str) -> Table:
    """One row per level and one for the not evaluable, under every reading."""
    found = summary.levels[name]
    among = among_words(found.widest, summary.measures)
    interval = f"{ci_title(summary.protocol.reporting.level)}, %"
    at_least = numbers("n/N (%)", interval, over=("At least this level",)) if found.ordered else ()
    columns = (
        Column(capital(found.one)),
        *numbers("n/N (%)", interval, over=(f"Of the included {among}" if among else "Of all included",)),
        *numbers("n/N (%)", interval, over=(f"Of those whose {found.one} is known",)),
        *at_least,
        Column("May have it" if found.ordered else "Its rule not evaluable", "number"),
    )
    rows: list[Row] = []
    for counts in found.readings:
        if len(found.readings) > 1:
            rows.append(heading(reading_name(counts.reading)))
        rows += _rows(counts, int(len(found.readings) > 1), ordered=found.ordered)
    return Table(
        f"levels-{slug(name)}", f"{capital(name)} by {found.one}", columns, tuple(rows), _notes(summary, found)
    )


def _rows(counts: LevelCounts, indent: int, *, ordered: bool) -> list[Row]:
    known, rows = counts.levels, []
    evaluable = known[0].exactly
    for one in known[1:]:
        evaluable += one.exactly
    for one in known:
        result = one.at_least_of_included
        reached = (
            Cell(EN_DASH if result is None else of_text(one.at_least, counts.inside)).naming(result),
            Cell(EN_DASH if result is None else ends_text(result)).naming(result),
        )
        rows.append(
            Row(
                (
                    Cell(capital(one.name), strong=counts.reading == AS_WRITTEN),
                    Cell(of_text(one.exactly, counts.inside)).naming(one.of_included),
                    Cell(ends_text(one.of_included)).naming(one.of_included),
                    Cell(of_text(one.exactly, evaluable)).naming(one.of_evaluable),
                    Cell(ends_text(one.of_evaluable)).naming(one.of_evaluable),
                    *(reached if ordered else ()),
                    count_cell(one.perhaps),
                ),
                indent,
            )
        )
    lacking = Cell(of_text(counts.not_evaluable, counts.inside))
    rows.append(Row((Cell("Not evaluable"), lacking, *(Cell(EN_DASH) for _ in range(len(rows[0].cells) - 2))), indent))
    return rows


def _notes(summary: Summary, found: LevelsSummary) -> tuple[str, ...]:
    ways = summary.protocol.levels[found.name].ways
    results = [
        result for counts in found.readings for one in counts.levels for result in (one.of_included, one.of_evaluable)
    ]
    notes = [
        f"CI, confidence interval: {method}."
        for method in dict.fromkeys(method_words(result.method) for result in results if result.method)
    ]
    notes.append(
        "At least this level: this one or one above it, also of cases of which it is not known which. May have it: cases that are not evaluable, "
        "of which this level is still possible; one case may stand in several rows."
        if found.ordered
        else "A case has the category whose rule holds. Its rule not evaluable: cases of which the rule of this category has no answer, also where "
        "another holds."
    )
    how = "the first level that holds" if found.ordered else "categories of which no two hold at once"
    for reading, rules in ways.items():
        notes.append(f"{reading_name(reading or AS_WRITTEN)}, {how}: {rules_words(summary, found, rules)}.")
    for removed in of_removed(summary.outcomes[found.widest.name]):
        notes.append(
            f"Those removed by minimum follow-up counted with the others: {found.widest.part.suffix.strip() if found.widest.part else ''} in "
            f"{removed.yes} of {removed.yes + removed.no + removed.not_evaluable}."
        )
    if found.widest.among is not None:
        notes.append(f"Denominator: {denominator_words(found.widest, summary.measures)}; the others are outside it.")
    counts = [n for one in found.readings for level in one.levels for n in (level.exactly, level.perhaps)]
    return (*notes, *range_notes([*counts, *(one.not_evaluable for one in found.readings)]))


def rules_words(summary: Summary, found: LevelsSummary, rules: Sequence[Any]) -> str:
    """What each level asks for: `good: ...; moderate: ...; none: all others`."""
    named = zip(found.names[:-1], rules, strict=True)
    told: list[str] = []
    added = ""
    for name, rule in named:
        head, points, how = describe_rule(rule, summary.measures, at=found.widest.at).partition(" points: ")
        told.append(f"{name}: {head}" + (f"{points}{how}" if how != added or not how else " of these points"))
        added = added or how
    return "; ".join([*told, f"{found.names[-1]}: all others"])


def _several(found: LevelsSummary) -> str:
    return "levels" if found.ordered else "categories"


def readings_table(summary: Summary, name: str) -> Table | None:
    """Which cases have another level under another reading."""
    found = summary.levels[name]
    if len(found.readings) < 2:
        return None
    by_reading = [levels_of_cases(found, summary.shown, counts.reading, summary.measures) for counts in found.readings]
    columns = (
        Column("Case"),
        *(Column("As written" if one.reading == AS_WRITTEN else capital(one.reading)) for one in found.readings),
    )
    rows = []
    for case in summary.shown.included:
        words = [told.get(case.case_id, EN_DASH) for told in by_reading]
        cells = (Cell(word, strong=place > 0 and word != words[0]) for place, word in enumerate(words))
        rows.append(Row((Cell(case.case_id), *cells)))
    note = f"Bold: another {found.one} than as written."
    return Table(f"readings-{slug(name)}", f"{capital(name)} under every reading", columns, tuple(rows), (note,))
