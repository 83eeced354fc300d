"""The headline under every other choice: a compact matrix of responders, and who changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from caseseries.protocol.specs import AS_WRITTEN, OutcomePlan, Spec
from caseseries.report.exhibits.change import dose_days_words
from caseseries.report.exhibits.describe import places
from caseseries.report.exhibits.model import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.numbers import NOT_ESTIMABLE, number, whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, days_range, measure_name
from caseseries.summary.model import Cell as GridCell
from caseseries.summary.model import Summary
from caseseries.verdict.wanted import in_words, those_met

_PRIMARY = "■"
_MISSING = "not recorded"

Choices = Mapping[str, str]
"""One cell's choices, by the name of the choice: reading, window days, window take, missing policy, dose unit."""


class Gridded(Protocol):
    """An outcome whose grid is to be printed."""

    @property
    def plan(self) -> OutcomePlan:
        """The outcome compiled."""

    @property
    def grid(self) -> tuple[GridCell, ...]:
        """The cells."""


def ordered(outcome: Gridded) -> tuple[GridCell, ...]:
    """The cells of the grid, the primary one first."""
    return tuple(sorted(outcome.grid, key=lambda cell: cell.spec))


def _choices(outcome: Gridded) -> dict[int, Choices]:
    """The choices of every cell, by its number."""
    specs, against = {spec.number: spec for spec in outcome.plan.specs}, _less_likely(outcome)
    found = dict[int, Choices]()
    for cell in outcome.grid:
        spec = specs.get(cell.spec)
        windows = _windows(spec) if spec is not None else dict(cell.windows)
        missing = cell.missing if cell.missing == "not evaluable" or not against else against
        found[cell.spec] = windows | {_MISSING: missing, "doses in": cell.dose, "reading": cell.reading}
    return found


def _less_likely(outcome: Gridded) -> str:
    """What a component that was not recorded counts as where that makes what is wanted less likely; empty where it is never met."""
    good, counts = outcome.plan.good, set[bool | None]()
    for tree in {id(spec.tree): spec.tree for spec in outcome.plan.specs}.values():  # readings share few trees
        against = tree.against(good)
        counts |= {against[leaf.id] for leaf in tree.leaves}
    if counts == {False}:
        return ""
    if counts == {True}:
        return "met"
    return "what makes the outcome less likely" if good is None else "what is less favourable"


def _met(outcome: Gridded) -> str:
    """The heading of those of whom the outcome is met."""
    return capital(those_met(outcome.plan.good))


def _windows(spec: Spec) -> dict[str, str]:
    found = {}
    for name in sorted(spec.windows, key=lambda name: (spec.windows[name].from_, name)):
        window = spec.windows[name]
        found[name] = days_range(window)
        found[f"{name}, take"] = window.take
    return found


def grid_table(outcome: Gridded, name: str) -> Table | None:
    """Responders in each cell: readings down, windows across, missing policy and dose unit as row groups."""
    grid = ordered(outcome)
    if len(grid) < 2:
        return None
    choices = _choices(outcome)
    across_names = [key for key in _varied(choices.values()) if key not in {_MISSING, "doses in", "reading"}]
    seen = _values(choices, grid)
    places = {key: list(seen[key]) for key in across_names}
    across = sorted(
        {tuple(choices[cell.spec].get(key, "") for key in across_names) for cell in grid},
        key=lambda values: [places[key].index(value) for key, value in zip(across_names, values, strict=True)],
    )
    columns = tuple(_column(across_names, values, outcome) for values in across)
    down = list(dict.fromkeys((choices[cell.spec][_MISSING], cell.dose) for cell in grid))
    readings = list(dict.fromkeys(cell.reading for cell in grid))
    found = {
        (
            choices[cell.spec][_MISSING],
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
        "*: the same number, but not the same patients" if any(_other_patients(cell, grid[0]) for cell in grid) else "",
        "?: some case not evaluable" if any(cell.not_evaluable for cell in grid) else "",
    ]
    notes = (
        f"{'; '.join(mark for mark in marks if mark)}. {capital(counted(grid[0].total, 'included case'))}.",
        "The cells share the same patients and are not independent: how many cells agree is not a probability.",
    )
    title = f"{capital(name)} under {counted(len(grid), 'way', 'ways')} of reading the study"
    return Table(f"robustness-{slug(name)}", title, (Column("Reading"), *columns), tuple(rows), notes, compact=True)


def _varied(choices: Iterable[Choices]) -> list[str]:
    """The names of the choices that differ between cells, in order."""
    found: dict[str, dict[str, None]] = {}
    for one in choices:
        for key, value in one.items():
            found.setdefault(key, {}).setdefault(value)
    return [key for key, values in found.items() if len(values) > 1]


def _column(names: Sequence[str], values: Sequence[str], outcome: Gridded) -> Column:
    if not names:
        return Column(_met(outcome), "number")
    told = [
        f"{capital(name.removesuffix(', take'))}: {value}" if name.endswith(", take") and name.removesuffix(", take") not in names
        else capital(value) if name.endswith(", take") else f"{capital(name)}: {value}"
        for name, value in zip(names, values, strict=True)
    ]  # fmt: skip
    return Column(told[-1], "number", tuple(told[:-1]))


def _group(missing: str, dose: str, down: Sequence[tuple[str, str]]) -> str:
    parts = []
    if len({policy for policy, _ in down}) > 1:
        parts.append(f"A component not recorded {'is' if missing == 'not evaluable' else 'counts as'} {missing}")
    if len({unit for _, unit in down}) > 1:
        parts.append(f"doses in {dose}")
    return capital("; ".join(parts))


def _other_patients(cell: GridCell, primary: GridCell) -> bool:
    return bool(cell.flips) and cell.yes == primary.yes


def _cell(cell: GridCell | None, primary: GridCell) -> Cell:
    if cell is None:
        return Cell("–")
    mark = f"{_PRIMARY} " if cell.primary else ""
    tail = ("?" if cell.not_evaluable else "") + ("*" if _other_patients(cell, primary) else "")
    return Cell(f"{mark}{whole(cell.yes)}{tail}", cell.yes, strong=cell.primary or cell.yes != primary.yes)


def one_at_a_time(outcome: Gridded) -> tuple[tuple[str, GridCell], ...]:
    """The primary cell, then every cell in which one choice alone is another one, with that choice in words.

    Days and take of a window are two choices. Readings are left out: they change no value, only the rule.
    """
    grid = ordered(outcome)
    if not grid:
        return ()
    choices = _choices(outcome)
    written = choices[grid[0].spec]
    found = [("As written (primary)", grid[0])]
    for cell in grid[1:]:
        other = {key: value for key, value in choices[cell.spec].items() if value != written.get(key)}
        if len(other) == 1 and "reading" not in other:
            ((key, value),) = other.items()
            found.append((capital(f"{key.replace(', take', ' takes')}: {value}"), cell))
    return tuple(found)


def changes_table(summary: Summary, name: str) -> Table | None:
    """Mean changes and responders when one other choice is made and all else is as written."""
    found = one_at_a_time(summary.outcomes[name])
    if len(found) < 2:
        return None
    measures = list(dict.fromkeys(key for _, cell in found for key in cell.changes))
    described = {change.measure: change.change for change in summary.outcomes[name].changes if change.spec == 0}
    decimals = {
        key: 1 if key.endswith(_DECREASE) else places(described.get(key.removesuffix(" change"), {}))
        for key in measures
    }
    columns = (
        Column("Choice made otherwise", "sentences"),
        *(Column(_mean_of(summary, key), "number") for key in measures),
        Column(_met(summary.outcomes[name]), "number"),
        Column("Not evaluable", "number"),
    )
    rows = tuple(
        Row(
            (
                Cell(told, strong=cell.primary),
                *(_mean(cell, key, decimals[key]) for key in measures),
                Cell(f"{whole(cell.yes)}/{whole(cell.total)}", strong=cell.primary),
                Cell(whole(cell.not_evaluable), cell.not_evaluable, cell.primary),
            )
        )
        for told, cell in found
    )
    notes = (
        "Every row makes one choice otherwise and leaves all others as written. A mean is over the cases with both values.",
        *(["Change is after minus before; a decrease is counted as positive."] if measures else []),
        *([days] if (days := dose_days_words(summary, summary.outcomes[name].changes)) else []),
    )
    return Table(
        f"one-at-a-time-{slug(name)}", f"Changes under the other choices, one at a time: {name}", columns, rows, notes
    )


_DECREASE = " percent decrease"


def _mean_of(summary: Summary, key: str) -> str:
    measure = key.removesuffix(_DECREASE).removesuffix(" change")
    told = "mean decrease, % of baseline" if key.endswith(_DECREASE) else "mean change"
    return f"{capital(measure_name(summary.measures, measure))}, {told}"


def _mean(cell: GridCell, key: str, decimals: int) -> Cell:
    value = cell.changes.get(key)
    if value is None:
        return Cell(NOT_ESTIMABLE)
    return Cell(number(value, decimals, signed=not key.endswith(_DECREASE)), value, cell.primary)


def flips_table(summary: Summary, name: str) -> Table | None:
    """Who answers differently from the protocol as written, and under which choices; equal changes share a row."""
    outcome = summary.outcomes[name]
    grid = ordered(outcome)
    if len(grid) < 2:
        return None
    changed: dict[tuple[str, tuple[tuple[str, str], ...]], list[GridCell]] = defaultdict(list)
    for cell in grid[1:]:
        changed[cell.reading, cell.flips].append(cell)
    choices = _choices(outcome)
    everywhere = _values(choices, grid)
    rows: list[Row] = []
    for reading in dict.fromkeys(cell.reading for cell in grid[1:]):
        rows.append(heading("As written" if reading == AS_WRITTEN else capital(reading)))
        found = [(flips, cells) for (at, flips), cells in changed.items() if at == reading]
        for flips, cells in sorted(found, key=lambda item: (len(item[0]), item[1][0].spec)):
            who = (
                "; ".join(f"{case}: {in_words(text, outcome.plan.good)}" for case, text in flips) if flips else "nobody"
            )
            counts = ", ".join(str(n) for n in sorted({cell.yes for cell in cells}))
            where = _where(_values(choices, cells), everywhere) if len(found) > 1 else "all cells"
            rows.append(Row((Cell(capital(where)), Cell(str(len(cells)), len(cells)), Cell(counts), Cell(who)), 1))
    columns = (
        Column("Reading and other choices", "sentences"),
        Column("Cells", "number"),
        Column(_met(outcome), "number"),
        Column("Whose verdict changes", "sentences"),
    )
    title = f"Whose verdict on {name} differs from the protocol as written"
    note = "Cells: ways of reading the study other than the protocol as written, which is not counted here."
    return Table(f"flips-{slug(name)}", title, columns, tuple(rows), (note,))


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


def robustness_words(outcome: Gridded) -> str:
    """One sentence: between how many and how many responders the grid spans, and where the primary stands."""
    grid = ordered(outcome)
    if len(grid) < 2:
        return ""
    low, high = min(cell.yes for cell in grid), max(cell.yes for cell in grid)
    primary = grid[0]
    same = sum(not cell.flips for cell in grid[1:])
    spread = f"{whole(low)} in each" if low == high else f"{whole(low)} to {whole(high)}"
    called = "responders" if outcome.plan.good else "cases that met it"
    return (
        f"Under {len(grid)} ways of reading the study, the number of {called} is {spread} of {whole(primary.total)} "
        f"({whole(primary.yes)} as written); in {same} of the {len(grid) - 1} others every case has the same verdict as written."
    )
