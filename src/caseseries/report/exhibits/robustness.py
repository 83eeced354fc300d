"""The headline under every other choice: a compact matrix of responders, and who changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries.protocol.not_varied import not_varied
from caseseries.protocol.specs import AS_WRITTEN, Spec
from caseseries.report.exhibits.change import dose_days_words
from caseseries.report.exhibits.count_words import count_cell, count_text, percent_text, range_notes
from caseseries.report.exhibits.describe import places
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import NOT_ESTIMABLE, number
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, days_range, listed, measure_name
from caseseries.summary.model import Cell as GridCell
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.verdict.wanted import in_words, those_met

_PRIMARY = "■"
#: What a component counts as that was not recorded, as the name of a choice.
NOT_RECORDED = "not recorded"

Choices = Mapping[str, str]
"""One cell's choices, by the name of the choice: reading, window days, window take, missing policy, dose unit."""


def ordered(outcome: OutcomeSummary) -> tuple[GridCell, ...]:
    """The cells of the grid, the primary one first."""
    return tuple(sorted(outcome.grid, key=lambda cell: cell.spec))


def choices_of(outcome: OutcomeSummary) -> dict[int, Choices]:
    """The choices of every cell, by its number."""
    specs, against = {spec.number: spec for spec in outcome.plan.specs}, _less_likely(outcome)
    found = dict[int, Choices]()
    for cell in outcome.grid:
        spec = specs.get(cell.spec)
        windows = _windows(spec) if spec is not None else dict(cell.windows)
        missing = cell.missing if cell.missing == "not evaluable" or not against else against
        found[cell.spec] = windows | {NOT_RECORDED: missing, "doses in": cell.dose, "reading": cell.reading}
    return found


def _less_likely(outcome: OutcomeSummary) -> str:
    """What a component that was not recorded counts as where that makes what is wanted less likely; empty where it is never met."""
    good, counts = outcome.plan.good, set[bool | None]()
    for tree in outcome.plan.trees:
        against = tree.against(good)
        counts |= {against[one.id] for one in tree.answered}
    if counts == {False}:
        return ""
    if counts == {True}:
        return "met"
    return "what makes the outcome less likely" if good is None else "what is less favourable"


def _met(outcome: OutcomeSummary) -> str:
    """The heading of those of whom the outcome is met."""
    return capital(those_met(outcome.plan.good))


def _windows(spec: Spec) -> dict[str, str]:
    found = {}
    for name in sorted(spec.windows, key=lambda name: (spec.windows[name].from_, name)):
        window = spec.windows[name]
        found[name] = days_range(window)
        found[f"{name}, take"] = window.take
    return found


def grid_table(summary: Summary, name: str) -> Table | None:
    """Responders in each cell: readings down, windows across, missing policy and dose unit as row groups."""
    outcome = summary.outcomes[name]
    grid = ordered(outcome)
    if len(grid) < 2:
        return None
    choices = choices_of(outcome)
    across_names = [key for key in varied(choices.values()) if key not in {NOT_RECORDED, "doses in", "reading"}]
    seen = _values(choices, grid)
    places = {key: list(seen[key]) for key in across_names}
    across = sorted(
        {tuple(choices[cell.spec].get(key, "") for key in across_names) for cell in grid},
        key=lambda values: [places[key].index(value) for key, value in zip(across_names, values, strict=True)],
    )
    columns = tuple(_column(across_names, values, outcome) for values in across)
    down = list(dict.fromkeys((choices[cell.spec][NOT_RECORDED], cell.dose) for cell in grid))
    readings = list(dict.fromkeys(cell.reading for cell in grid))
    found = {
        (
            choices[cell.spec][NOT_RECORDED],
            cell.dose,
            cell.reading,
            tuple(choices[cell.spec].get(key, "") for key in across_names),
        ): cell
        for cell in grid
    }
    rows: list[Row] = []
    for missing, dose in down:
        if len(down) > 1:
            rows.append(heading(_group(missing, dose, down)))
        for reading in readings:
            cells = [_cell(found.get((missing, dose, reading, values)), grid[0]) for values in across]
            rows.append(
                Row((Cell("As written" if reading == AS_WRITTEN else capital(reading)), *cells), int(len(down) > 1))
            )
    marks = [
        f"{_met(outcome)} in each cell",
        f"{_PRIMARY} the protocol as written" if grid[0].primary else "",
        "bold: another number than as written",
        "*: the same number, but not the same cases" if any(_other_cases(cell, grid[0]) for cell in grid) else "",
        "?: some case not evaluable" if any(cell.answers.not_evaluable.high for cell in grid) else "",
    ]
    total = grid[0].answers.inside
    notes = (
        f"{'; '.join(mark for mark in marks if mark)}. {count_text(total)} included {'case' if total.exact == 1 else 'cases'}.",
        "The cells share the same cases and are not independent: how many cells agree is not a probability.",
        *range_notes(cell.answers.yes for cell in grid),
    )
    title = f"{capital(name)} under {counted(len(grid), 'way', 'ways')} of reading the study"
    return Table(f"robustness-{slug(name)}", title, (Column("Reading"), *columns), tuple(rows), notes, compact=True)


def varied(choices: Iterable[Choices]) -> list[str]:
    """The names of the choices that differ between cells, in order."""
    found: dict[str, dict[str, None]] = {}
    for one in choices:
        for key, value in one.items():
            found.setdefault(key, {}).setdefault(value)
    return [key for key, values in found.items() if len(values) > 1]


def _column(names: Sequence[str], values: Sequence[str], outcome: OutcomeSummary) -> Column:
    if not names:
        return Column(_met(outcome), "number")
    told = [
        f"{capital(name.removesuffix(', take'))}: {value}"
        if name.endswith(", take") and name.removesuffix(", take") not in names
        else capital(value)
        if name.endswith(", take")
        else f"{capital(name)}: {value}"
        for name, value in zip(names, values, strict=True)
    ]
    return Column(told[-1], "number", tuple(told[:-1]))


def _group(missing: str, dose: str, down: Sequence[tuple[str, str]]) -> str:
    parts = []
    if len({policy for policy, _ in down}) > 1:
        parts.append(f"A component not recorded {'is' if missing == 'not evaluable' else 'counts as'} {missing}")
    if len({unit for _, unit in down}) > 1:
        parts.append(f"doses in {dose}")
    return capital("; ".join(parts))


def same_verdicts(cell: GridCell) -> bool:
    """Whether every case has the same verdict as under the protocol as written."""
    return not any(reason.n.high for reason in cell.flips)


def _other_cases(cell: GridCell, primary: GridCell) -> bool:
    """Whether it is known to be the same number, of other cases."""
    yes = cell.answers.yes.exact
    return yes is not None and yes == primary.answers.yes.exact and not same_verdicts(cell)


def _cell(cell: GridCell | None, primary: GridCell) -> Cell:
    if cell is None:
        return Cell("–")
    mark, yes = f"{_PRIMARY} " if cell.primary else "", cell.answers.yes
    tail = ("?" if cell.answers.not_evaluable.high else "") + ("*" if _other_cases(cell, primary) else "")
    strong = cell.primary or yes != primary.answers.yes
    return Cell(f"{mark}{count_text(yes)}{tail}", yes.exact, strong).naming(cell.answers.of_included)


def one_at_a_time(outcome: OutcomeSummary) -> tuple[tuple[str, GridCell], ...]:
    """The primary cell, then every cell in which one choice alone is another one, with that choice in words.

    Days and take of a window are two choices. Readings are left out: they change no value, only the rule.
    """
    grid = ordered(outcome)
    if not grid:
        return ()
    choices = choices_of(outcome)
    written = choices[grid[0].spec]
    found = [("As written (primary)", grid[0])]
    for cell in grid[1:]:
        other = {key: value for key, value in choices[cell.spec].items() if value != written.get(key)}
        if len(other) == 1 and "reading" not in other:
            ((key, value),) = other.items()
            found.append((capital(f"{key.replace(', take', ' takes')}: {value}"), cell))
    return tuple(found)


def changes_table(summary: Summary, name: str) -> Table | None:
    """Mean changes and responders when one other choice is made and all else is as written; for runs that show single cases."""
    outcome = summary.outcomes[name]
    cells = one_at_a_time(outcome)
    if summary.cases is None or len(cells) < 2:
        return None
    means = summary.shown.outcomes[name].mean_changes
    measures = list(dict.fromkeys(key for _, cell in cells for key in means[cell.spec]))
    described = {change.measure: change.change for change in outcome.changes}
    decimals = {
        key: 1 if key.endswith(_DECREASE) else places(described.get(key.removesuffix(" change"), {}))
        for key in measures
    }
    columns = (
        Column("Choice made otherwise", "sentences"),
        *(Column(_mean_of(summary, key), "number") for key in measures),
        Column(_met(outcome), "number"),
        Column("Not evaluable", "number"),
    )
    rows = tuple(
        Row(
            (
                Cell(told, strong=cell.primary),
                *(_mean(means[cell.spec].get(key), key, decimals[key], strong=cell.primary) for key in measures),
                Cell(f"{count_text(cell.answers.yes)}/{count_text(cell.answers.inside)}", strong=cell.primary).naming(
                    cell.answers.of_included
                ),
                replace(count_cell(cell.answers.not_evaluable), strong=cell.primary),
            )
        )
        for told, cell in cells
    )
    notes = (
        "Every row makes one choice otherwise and leaves all others as written. A mean is over the cases with both values.",
        *(["Change is after minus before; a decrease is counted as positive."] if measures else []),
        *([days] if (days := dose_days_words(summary, outcome.changes)) else []),
    )
    return Table(
        f"one-at-a-time-{slug(name)}", f"Changes under the other choices, one at a time: {name}", columns, rows, notes
    )


_DECREASE = " percent decrease"


def _mean_of(summary: Summary, key: str) -> str:
    measure = key.removesuffix(_DECREASE).removesuffix(" change")
    told = "mean decrease, % of baseline" if key.endswith(_DECREASE) else "mean change"
    return f"{capital(measure_name(summary.measures, measure))}, {told}"


def _mean(value: Fraction | None, key: str, decimals: int, *, strong: bool) -> Cell:
    if value is None:
        return Cell(NOT_ESTIMABLE)
    return Cell(number(value, decimals, signed=not key.endswith(_DECREASE)), value, strong)


def flips_table(summary: Summary, name: str) -> Table | None:
    """How many verdicts differ from the protocol as written, and under which choices; equal differences share a row.

    Of a run that shows single cases also whose.
    """
    outcome = summary.outcomes[name]
    grid = ordered(outcome)
    if len(grid) < 2:
        return None
    of_cases = summary.cases.outcomes[name].flips if summary.cases is not None else {}
    rows: list[Row] = []
    choices = choices_of(outcome)
    everywhere = _values(choices, grid)
    for reading in dict.fromkeys(cell.reading for cell in grid[1:]):
        rows.append(heading("As written" if reading == AS_WRITTEN else capital(reading)))
        alike: dict[Hashable, list[GridCell]] = defaultdict(list)
        for cell in grid[1:]:
            if cell.reading == reading:
                alike[of_cases.get(cell.spec, cell.flips)].append(cell)
        groups = sorted(alike.values(), key=lambda cells: (_differing(cells[0]), cells[0].spec))
        for cells in groups:
            counts = ", ".join(dict.fromkeys(count_text(n) for n in sorted(cell.answers.yes for cell in cells)))
            where = _where(_values(choices, cells), everywhere) if len(groups) > 1 else "all cells"
            row = [
                Cell(capital(where)),
                Cell(str(len(cells)), len(cells)),
                Cell(counts),
                Cell(_how_many(summary, outcome, cells[0])),
            ]
            if summary.cases is not None:
                who = (f"{case}: {in_words(text, outcome.plan.good)}" for case, text in of_cases[cells[0].spec])
                row.append(Cell("; ".join(who) or "nobody"))
            rows.append(Row(tuple(row), 1))
    columns = (
        Column("Reading and other choices", "sentences"),
        Column("Cells", "number"),
        Column(_met(outcome), "number"),
        Column("Verdicts that differ (% of all included)", "sentences"),
        *([Column("Whose verdict changes", "sentences")] if summary.cases is not None else []),
    )
    title = f"Verdicts on {name} that differ from the protocol as written"
    notes = (
        "Cells: ways of reading the study other than the protocol as written, which is not counted here.",
        *range_notes(reason.n for cell in grid for reason in cell.flips),
    )
    return Table(f"flips-{slug(name)}", title, columns, tuple(rows), notes)


def _differing(cell: GridCell) -> int:
    return sum(reason.n.high for reason in cell.flips)


def _how_many(summary: Summary, outcome: OutcomeSummary, cell: GridCell) -> str:
    told = [
        f"{in_words(reason.words, outcome.plan.good)}: {count_text(reason.n)} ({percent_text(reason.n, summary.included)})"
        for reason in cell.flips
        if reason.n.high
    ]
    return "; ".join(told) or "none"


def _values(choices: Mapping[int, Choices], cells: Sequence[GridCell]) -> dict[str, dict[str, None]]:
    """Every choice with the values it takes in these cells, in order."""
    found: dict[str, dict[str, None]] = {}
    for cell in cells:
        for key, value in choices[cell.spec].items():
            found.setdefault(key, {}).setdefault(value)
    return found


def _where(here: Mapping[str, Mapping[str, None]], everywhere: Mapping[str, Mapping[str, None]]) -> str:
    """The choices that are narrower in these cells than in the whole grid, in words."""
    narrower = [key for key in everywhere if key in here and len(here[key]) < len(everywhere[key]) and key != "reading"]
    parts = [f"{key.replace(', take', ' takes')}: {' or '.join(here[key])}" for key in narrower]
    return "; ".join(parts) or "the remaining choices"


def not_varied_paragraph(summary: Summary) -> Paragraph | None:
    """Of which windows other widths or takes are declared that no number of the grid rests on; None where there is none."""
    told = [f"other {_FIELDS[field]} of the window {name}" for field, name in not_varied(summary.protocol)]
    if not told:
        return None
    return Paragraph(
        f"Declared and not varied: {listed(told)}, because no verdict reads that window, and no time to an event a value in it."
    )


_FIELDS = {"windows": "widths", "take": "takes"}
