"""How many of very many responded: by reading, by year, and why not; with ranges where sites told no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from caseseries.protocol.specs import AS_WRITTEN, OutcomePlan
from caseseries.report.exhibits import robustness
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.model import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.numbers import percent_interval
from caseseries.report.exhibits.population_words import (
    answer_words,
    best,
    count_cell,
    count_text,
    ends_text,
    evaluable,
    event_text,
    inside,
    of_text,
    percent_text,
    reasons_words,
    share_text,
    share_words,
    unplaced,
    worst,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.selection import nobody_words
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.model import Cell as GridCell
from caseseries.summary.population_model import Answers, Count, Population, PopulationCell, PopulationOutcome
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.wanted import counted_as, extremes, in_words, those_met

#: So many reasons stand in a table; the others are added up in its last row.
MOST = 20


def reading_name(reading: str) -> str:
    """A reading as it is printed."""
    return "As written (primary)" if reading == AS_WRITTEN else capital(reading)


def response_words(population: Population, name: str) -> Paragraph:
    """The headline, its other denominators, and the other readings."""
    outcome = population.outcomes[name]
    head, level = outcome.answers[0], population.protocol.reporting.level
    if not inside(head).high:
        return Paragraph(f"{capital(name)}: {answer_words(head, level, nobody_words(population))}.")
    told = f"{capital(name)} was seen in {answer_words(head, level)} of {denominator_words(outcome.plan, population.measures)}."
    if head.not_evaluable.high:
        total = inside(head).exact
        lost = share_words(head.not_evaluable, total) if total is not None else count_text(head.not_evaluable)
        told += f" Not evaluable were {lost}"
        if evaluable(head).exact:
            told += f"; of the evaluable, {share_words(head.yes, evaluable(head).exact or 0)} {'responded' if outcome.plan.good else 'met it'}"
        told += "."
        first = next(iter(outcome.why.get(0, ())), None)
        if first is not None:
            told += f" The most frequent reason was: {reasons_words(population, first.words, outcome.plan.at)} ({count_text(first.n)})."
    else:
        told += " All were evaluable."
    if head.outside.high:
        lie = "case lies" if head.outside.exact == 1 else "cases lie"
        told += f" {capital(count_text(head.outside))} {lie} outside the denominator of this outcome."
    if unplaced(head).high:
        told += f" Of {count_text(unplaced(head))} it is not known whether they belong to it."
    others = [
        f"{share_words(found.yes, total)} under “{reading_name(found.reading).lower()}”"
        for found in outcome.answers[1:]
        if (total := inside(found).exact) is not None
    ]
    if others:
        told += f" Read in other ways, the same rule was met in {listed(others)}."
    return Paragraph(told)


def answers_table(population: Population, name: str) -> Table:
    """One row per reading of one outcome; the protocol as written comes first and is marked."""
    outcome, level = population.outcomes[name], population.protocol.reporting.level
    columns: tuple[Column, ...] = (
        Column("Reading"),
        *numbers(
            f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=(_of(population, outcome),)
        ),
        *numbers(f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=("Of the evaluable",)),
        Column("Not evaluable", "number"),
        Column(f"All not evaluable counted as {counted_as(True, outcome.plan.good)}, n/N (%)", "number"),
    )
    outside = any(found.outside.high for found in outcome.answers)
    open_ = any(unplaced(found).high for found in outcome.answers)
    if outside or open_:
        columns = (*columns, Column("Outside the denominator", "number"))
    if open_:
        columns = (
            *columns,
            Column("Membership not known", "number"),
            Column(f"{capital(extremes(outcome.plan.good)[0])} case, n/N (%)", "number"),
        )
    rows = [_answers_row(found, len(columns)) for found in outcome.answers]
    for extra in outcome.responders:
        if extra.spec == 0 and extra.reading != AS_WRITTEN:  # those removed by a minimum follow-up
            yes, total = extra.yes, extra.yes + extra.no + extra.not_evaluable
            cells = [Cell(capital(extra.reading)), Cell(share_text(Count(yes, yes), total)), Cell(percent_interval(extra.of_included))]  # fmt: skip
            rows.append(Row((*cells, *(Cell("") for _ in columns[3:]))))
    notes = [f"CI, confidence interval: {method_words(method)}." for method in _methods(outcome)]
    if outcome.plan.among is None:
        lost = counted_as(False, outcome.plan.good)
        notes.append(f"All cases that are not evaluable counted as {lost} gives the numbers of all included.")
    else:
        notes.append(
            f"Denominator: {denominator_words(outcome.plan, population.measures)}; the others are outside it. A case of which that is not "
            "known stands in the worst and in the best case, inside or outside, whichever makes the share smaller, or larger."
        )
    trees = {spec.reading: spec.tree for spec in outcome.plan.specs}
    notes += [
        f"{reading_name(found.reading)}: {describe_rule(trees[found.reading], population.measures, at=outcome.plan.at)}."
        for found in outcome.answers
    ]
    notes += _ranged(count for found in outcome.answers for count in (found.yes, found.no, found.not_evaluable))
    return Table(
        f"responders-{slug(name)}",
        f"{capital(name)} under every reading of the rule",
        columns,
        tuple(rows),
        tuple(notes),
    )


def _of(population: Population, outcome: PopulationOutcome) -> str:
    among = among_words(outcome.plan, population.measures)
    return f"Of the included {among}" if among else "Of all included"


def _methods(outcome: PopulationOutcome) -> list[str]:
    found = [result.method for answers in outcome.answers for result in (answers.of_included, answers.of_evaluable)]
    return list(dict.fromkeys(method for method in found if method))


def _ranged(counts: Iterable[Count]) -> list[str]:
    if all(count.exact is not None for count in counts):
        return []
    return [
        "Two numbers joined by a dash are the ends of a range: a site did not tell its small counts. Ranges have no interval."
    ]


def _answers_row(found: Answers, width: int) -> Row:
    primary = found.reading == AS_WRITTEN
    cells = [
        Cell(reading_name(found.reading), strong=primary),
        Cell(of_text(found.yes, inside(found)), strong=primary),
        Cell(ends_text(found.of_included, found.yes), strong=primary),
        Cell(of_text(found.yes, evaluable(found))),
        Cell(ends_text(found.of_evaluable, found.yes)),
        count_cell(found.not_evaluable),
        Cell(of_text(*best(found))),
        count_cell(found.outside),
        count_cell(unplaced(found)),
        Cell(of_text(*worst(found))),
    ]
    return Row(tuple(cells[:width]))


def years_table(population: Population, name: str) -> Table | None:
    """Responders by the year of the index date."""
    outcome, level = population.outcomes[name], population.protocol.reporting.level
    if not outcome.years:
        return None
    columns = (
        Column("Year of the index date"),
        *numbers(
            f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=(_of(population, outcome),)
        ),
        *numbers(f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{level} % CI, %", over=("Of the evaluable",)),
        Column("Not evaluable", "number"),
    )
    rows = tuple(
        Row(
            (
                Cell(str(found.year) if found.year else "Not told by year"),
                Cell(of_text(found.yes, inside(found))),
                Cell(ends_text(found.of_included, found.yes)),
                Cell(of_text(found.yes, evaluable(found))),
                Cell(ends_text(found.of_evaluable, found.yes)),
                count_cell(found.not_evaluable),
            )
        )
        for found in outcome.years
    )
    notes = [
        "Differences between years can come from who was treated and who was measured, as well as from the drug. In late years "
        "follow-up may be too short for the outcome to be seen.",
        *(["Not told by year: years in which a site had too few cases."] if any(not found.year for found in outcome.years) else []),
        *_ranged(count for found in outcome.years for count in (found.yes, found.no, found.not_evaluable)),
    ]  # fmt: skip
    return Table(f"years-{slug(name)}", f"{capital(name)} by year", columns, rows, tuple(notes))


def why_table(population: Population, name: str) -> Table | None:
    """Why cases were not evaluable under the protocol as written, the most frequent reason first."""
    outcome = population.outcomes[name]
    found = outcome.why.get(0, ())
    if not found:
        return None
    total = population.included if outcome.plan.among is None else inside(outcome.answers[0]).high
    rows = [
        Row(
            (
                Cell(capital(reasons_words(population, reason.words, outcome.plan.at))),
                count_cell(reason.n),
                Cell(percent_text(reason.n, total)),
            )
        )
        for reason in found[:MOST]
    ]
    rest = found[MOST:]
    if rest:
        n = _sum(reason.n for reason in rest)
        rows.append(Row((Cell(f"{len(rest)} further reasons"), count_cell(n), Cell(percent_text(n, total)))))
    of = "% of all included" if outcome.plan.among is None else "% of the denominator"
    columns = (Column("Why not evaluable", "sentences"), *numbers("Cases", of))
    notes = (
        "A case with several values missing has one row that names them all.",
        *_ranged(reason.n for reason in found),
    )
    return Table(f"not-evaluable-{slug(name)}", f"Why {name} was not evaluable", columns, tuple(rows), notes)


def _sum(counts: Iterable[Count]) -> Count:
    total = Count(0, 0)
    for count in counts:
        total += count
    return total


def events_table(population: Population, name: str) -> Table | None:
    """Events between the index date and the assessment: in how many cases they occurred, and how many verdicts they decided."""
    outcome = population.outcomes[name]
    occurred, decided = outcome.occurred.get(0, ()), outcome.decided.get(0, ())
    if not occurred and not decided:
        return None
    names = dict.fromkeys([*(found.words for found in occurred), *(found.words for found in decided)])
    counts = [{found.words: found.n for found in rows} for rows in (occurred, decided)]
    rows = tuple(
        Row(
            (
                Cell(capital(event_text(population, one, outcome.plan.at))),
                *(count_cell(found.get(one, Count(0, 0))) for found in counts),
            )
        )
        for one in names
    )
    columns = (Column("Event"), *numbers("Cases in which it occurred", "Verdicts it decided"))
    title = f"Events between the index date and the assessment: {name}"
    note = "A case may have several events; the first that the protocol names decides."
    return Table(f"events-{slug(name)}", title, columns, rows, (note,))


@dataclass(frozen=True, slots=True)
class _Grid:
    """The grid of one outcome as cells of known counts."""

    plan: OutcomePlan
    grid: tuple[GridCell, ...]


def _known_grid(outcome: PopulationOutcome) -> _Grid | None:
    """The cells as they are printed for a small series; None where some count is a range."""
    cells = []
    for cell in outcome.grid:
        yes, lost, total = cell.answers.yes.exact, cell.answers.not_evaluable.exact, inside(cell.answers).exact
        if yes is None or lost is None or total is None:
            return None
        flips = tuple((reason.words, count_text(reason.n)) for reason in cell.flips)
        cells.append(
            GridCell(
                cell.spec, cell.reading, cell.windows, cell.missing, cell.dose, yes, lost, total, flips, {}, cell.spec == 0, cell.varied,
            )
        )  # fmt: skip
    return _Grid(outcome.plan, tuple(cells))


def robustness_words(population: Population, name: str) -> Paragraph | None:
    """How far the headline depends on choices."""
    known = _known_grid(population.outcomes[name])
    told = robustness.robustness_words(known) if known is not None else ""
    return Paragraph(f"{told} These cells are not probabilities.") if told else None


def grid_table(population: Population, name: str) -> Table | None:
    """Responders in each cell of the grid; a plain list where some counts are ranges."""
    outcome = population.outcomes[name]
    known = _known_grid(outcome)
    if known is not None:
        table = robustness.grid_table(known, name)
        if table is None:
            return None
        return replace(
            table, footnotes=tuple(note.replace("the same patients", "the same cases") for note in table.footnotes)
        )
    columns = (
        Column("Reading and other choices", "sentences"),
        *numbers(f"{capital(those_met(outcome.plan.good))}, n/N (%)", "Not evaluable"),
    )
    rows = tuple(
        Row(
            (
                Cell(_cell_words(cell.reading, cell.varied)),
                Cell(of_text(cell.answers.yes, inside(cell.answers))),
                count_cell(cell.answers.not_evaluable),
            )
        )
        for cell in outcome.grid
    )
    title = f"{capital(name)} under {counted(len(rows), 'way', 'ways')} of reading the study"
    return Table(f"robustness-{slug(name)}", title, columns, rows, compact=True)


def _cell_words(reading: str, varied: tuple[str, ...]) -> str:
    return f"{reading_name(reading)}; other: {listed(varied)}" if varied else reading_name(reading)


def flips_table(population: Population, name: str) -> Table | None:
    """How many verdicts differ from the protocol as written under each reading, and from what to what."""
    outcome = population.outcomes[name]
    found = [cell for cell in outcome.grid if cell.role == "reading"]
    if not found:
        return None
    rows: list[Row] = []
    for cell in found:
        rows.append(heading(reading_name(cell.reading)))
        rows += [
            Row(
                (
                    Cell(capital(in_words(reason.words, outcome.plan.good))),
                    count_cell(reason.n),
                    Cell(percent_text(reason.n, population.included)),
                ),
                1,
            )
            for reason in cell.flips
        ] or [Row((Cell("No verdict differs"), Cell("0", 0), Cell("")), 1)]
    columns = (Column("Verdict as written → under this reading"), *numbers("Cases", "% of all included"))
    return Table(
        f"flips-{slug(name)}", f"Verdicts on {name} that differ from the protocol as written", columns, tuple(rows)
    )


def one_at_a_time(outcome: PopulationOutcome, most: int = 24) -> tuple[tuple[str, PopulationCell], ...]:
    """The cells in which one choice alone, not the reading, is another one, with that choice in words; at most so many."""
    known = _Grid(outcome.plan, tuple(_blank(cell) for cell in outcome.grid))
    by_spec = {cell.spec: cell for cell in outcome.grid}
    return tuple((told, by_spec[cell.spec]) for told, cell in robustness.one_at_a_time(known)[1:][:most])


def _blank(cell: PopulationCell) -> GridCell:
    """The choices of a cell without its counts."""
    return GridCell(
        cell.spec, cell.reading, cell.windows, cell.missing, cell.dose, 0, 0, 0, (), {}, cell.spec == 0, cell.varied
    )
