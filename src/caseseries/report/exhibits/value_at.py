"""Values at one time: a table of every outcome that describes a measure, of all cases and by the answer of the first verdict."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.describe import binned, binned_note, full_range, mean_sd, median_iqr, places
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import (
    EN_DASH,
    absent,
    ci_title,
    percent_ends,
    share_in_words,
    whole,
)
from caseseries.report.exhibits.words import absence, capital, counted, listed, unit_of, value_name, with_unit
from caseseries.summary.model import Summary
from caseseries.summary.value_at import ValueGroup, ValueSummary
from caseseries.verdict.names import short_name


def values_at_table(summary: Summary) -> Table | None:
    """Each described value under its name: n with a value of all, mean, median, range; of judgements how many were yes."""
    if not summary.values_at:
        return None
    judged = any(summary.measures[found.measure].kind == "judgement" for found in summary.values_at)
    columns = [
        Column("Cases"),
        Column("n of N", "number"),
        Column("Mean (SD)", "number"),
        Column("Median (IQR)", "number"),
        Column("Range", "number"),
    ]
    if judged:
        columns.append(Column(f"Yes ({ci_title(summary.protocol.reporting.level)})", "number"))
    rows: list[Row] = []
    notes: list[str] = []
    for found in summary.values_at:
        facts = summary.measures[found.measure]
        rows.append(heading(capital(_named(found, with_unit(facts, scale=not found.days)))))
        decimals = places(found.all.results) if found.all.results else 0
        rows += [_row(group, facts, decimals, judged=judged) for group in found.groups]
        notes += _notes(summary, found, facts)
    return Table("values-at", "Values at one time", tuple(columns), tuple(rows), (*_first(summary), *notes))


def _named(found: ValueSummary, name: str) -> str:
    told = f"{name}, at {found.window}"
    told += f", cases {found.among}" if found.among else ""
    return told + (f", {found.days}" if found.days else "")


def _row(group: ValueGroup, facts: MeasureFacts, decimals: int, *, judged: bool) -> Row:
    cells = [Cell(capital(group.words)), Cell(f"{whole(group.n)} of {whole(group.total)}")]
    if group.yes is not None:
        cells += [Cell(EN_DASH)] * 3
        yes = group.yes
        told = share_in_words(yes.n or 0, yes.total or 0)
        ends = percent_ends(yes)
        said = f"{told}{f'; {ends}' if ends else ''}" if yes.total else absent(yes.absent_because)
        cells.append(Cell(said).naming(yes))
        return Row(tuple(cells), indent=1)
    mean = Cell(EN_DASH) if facts.grades else mean_sd(group.results, decimals)
    cells += [mean, median_iqr(group.results, decimals), full_range(group.results, decimals)]
    return Row((*cells, *([Cell("")] if judged else [])), indent=1)


def _first(summary: Summary) -> list[str]:
    notes = ["n of N, cases with a value of all cases of the row; IQR, interquartile range; SD, standard deviation."]
    verdict = summary.values_at[0].verdict
    if any(len(found.groups) > 1 for found in summary.values_at):
        notes.append(
            f"Rows below “All” are the answers to {verdict} under the protocol as written. They are described, not compared."
        )
        outcome = summary.outcomes.get(verdict)
        rule = {slot.measure for slot in outcome.plan.measured} if outcome is not None else set()
        names = dict.fromkeys(
            short_name(summary.measures[one.measure]) for one in summary.values_at if one.measure in rule
        )
        if names:
            part = "is a part" if len(names) == 1 else "are parts"
            notes.append(
                f"{capital(listed(names))} {part} of that rule, so that its answers differ by what they are made of."
            )
    if any(binned(group.results) for found in summary.values_at for group in found.groups):
        notes.append(binned_note())
    return notes


def _notes(summary: Summary, found: ValueSummary, facts: MeasureFacts) -> Iterator[str]:
    """Why cases have no value, in which rows; how many cases have each grade; and what sites did not tell."""
    name = capital(_named(found, short_name(facts)))
    rows = found.groups[1:] or found.groups
    without = [(group, _reasons(summary, found, group)) for group in rows if group.absent]
    if without:
        told = "; ".join(
            f"{counted(group.total - group.n, 'case')} ({f'{group.words}; ' if group.answer else ''}{why})"
            for group, why in without
        )
        yield f"{name}: no value for {told}."
    if facts.grades and found.all.n and found.all.values.lows == found.all.values.highs:
        each = "; ".join(
            f"{group.words}: {', '.join(f'{told_grade(facts.grades, place)} in {whole(n)}' for place, n in group.values.counts())}"
            for group in found.groups
            if group.n
        )
        yield f"{name}, cases with each grade: {each}."
    if found.all.withheld:
        apart = ", so that no rows by the answer of a verdict stand" if found.verdict else ""
        yield f"{name}: sites with {counted(found.all.withheld, 'included case')} told nothing{apart}."
    if found.not_apart:
        yield f"{name}: {counted(found.not_apart, 'case')} of other sites are told together, not by the answer of a verdict."


def _reasons(summary: Summary, found: ValueSummary, group: ValueGroup) -> str:
    told = []
    for code, n in group.absent:
        why = absence(f"{found.window} {found.measure}: {code}", summary.measures, summary.protocol.windows)
        told.append(f"{why}: {whole(n)}")
    return ", ".join(told)


def value_at_lines(summary: Summary) -> Iterator[str]:
    """Each described value of all cases as a line: median, quartiles, range and of how many; of a judgement how many were yes."""
    for found in summary.values_at:
        facts, group = summary.measures[found.measure], found.all
        name = capital(_named(found, value_name(summary.measures, found.measure)))
        of = f"n = {whole(group.n)} of {whole(group.total)}"
        if not group.n:
            why = _reasons(summary, found, group)
            yield f"{name}: no value in {counted(group.total, 'case')}{f' ({why})' if why else ''}"
        elif group.yes is not None:
            yield f"{name}: yes in {share_in_words(group.yes.n or 0, group.n)} with an answer ({of})"
        else:
            unit = (
                f" {unit_of(facts)}"
                if facts.unit not in {"", "points"} and not facts.grades and facts.kind != "dose"
                else ""
            )
            decimals = places(group.results)
            median = median_iqr(group.results, decimals).text
            yield f"{name}: median (IQR) {median}{unit}, range {full_range(group.results, decimals).text} ({of})"


def described_words(summary: Summary) -> str:
    """The sentence of the methods."""
    parts = [_named(found, value_name(summary.measures, found.measure)) for found in summary.values_at]
    told = f"Described at one time {'is' if len(parts) == 1 else 'are'} {listed(parts)}"
    verdict = summary.values_at[0].verdict
    told += f", of all cases and by the answer to {verdict}" if verdict else ""
    return f"{told}; a case without a value is told with its reason and in no description."
