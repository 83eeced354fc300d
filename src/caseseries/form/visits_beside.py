"""Visits that stand beside each other on a patient's row: which columns are one measure before and after, and where their dates are."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from caseseries.form.column_look import Column
from caseseries.form.drug_columns import drug_of, is_course_day
from caseseries.form.found import MeasureGuess, VisitGuess
from caseseries.form.heading import plain, words
from caseseries.form.measure_names import few_own, measures_of
from caseseries.form.profile import Looked
from caseseries.form.visit_words import AFTER, BASELINE, LAST, VisitNamed, same_visit, visit_in

_Key = tuple[str, int]
_DATE_WORDS = words("date datum fecha dat day tag of de der del visit visite visita besuch d du la")
_NUMBERED = re.compile(r"(?P<stem>.*?[a-z%)])[ _]?(?P<n>\d{1,3})(?P<date>[ _]?(?:date|datum|fecha))?")
_VALUES = frozenset(["number", "pair", "yes or no", "empty"])


@dataclass(frozen=True, slots=True)
class _Cell:
    column: Column
    visit: VisitNamed
    why: str = ""


def visits_beside(looked: Looked, taken: Collection[str]) -> tuple[VisitGuess, ...]:
    """The visits of a sheet with a row per patient, in the order of time as far as it is known; none where there is only one."""
    columns = [column for column in looked.columns if column.name not in taken]
    named = [_Cell(column, visit) for column in columns if (visit := _visit_of(column, looked)) is not None]
    values = [cell for cell in named if _holds_value(cell)]
    stems: dict[str, set[_Key]] = {}
    for cell in values:
        if cell.column.kind != "empty" or cell.column.broken:
            stems.setdefault(cell.visit.stem, set()).add(cell.visit.key)
    repeated = {stem for stem, keys in stems.items() if len(keys) > 1 and _plausible(stem, keys)}
    if not repeated:
        values, repeated = _numbered(columns), {""}
        named = values
        if not values:
            return ()
        repeated = {cell.visit.stem for cell in values}
    keys = {cell.visit.key for cell in values if cell.visit.stem in repeated}
    kept = [
        cell
        for cell in values
        if cell.visit.stem in repeated or (cell.visit.key in keys and _sure(cell.column, cell.visit.stem))
    ]
    kept += _unnamed_first(columns, repeated, keys)
    return _made(looked, _one_after(kept, named), named)


def _plausible(stem: str, keys: set[_Key]) -> bool:
    """Columns that are called by their visits alone count only where one of them is the first."""
    return bool(stem) or BASELINE in keys or ("visit", 1) in keys


def _sure(column: Column, stem: str) -> bool:
    return any(measure.kind != "quantity" for measure in measures_of(column, stem))


def _holds_value(cell: _Cell) -> bool:
    kind = cell.column.kind
    return kind in _VALUES or (kind in {"words", "text"} and bool(measures_of(cell.column, cell.visit.stem)))


def _visit_of(column: Column, looked: Looked) -> VisitNamed | None:
    upper, _, lower = column.name.rpartition(" / ")
    if upper and lower:
        over = visit_in(upper)
        if over is not None and (not over.stem or _of_a_drug(upper, over)):
            return replace(over, label=upper, stem=plain(lower))
        joined = visit_in(column.name)
        if joined is not None:
            return joined
        same = {one.name.rpartition(" / ")[0] for one in looked.columns if one.name.rpartition(" / ")[2] == lower}
        if len(same) > 1:  # blocks of the same columns under names that tell no time
            order = list(dict.fromkeys(one.name.rpartition(" / ")[0] for one in looked.columns if " / " in one.name))
            return VisitNamed(("block", order.index(upper) + 1), upper, plain(lower))
        return None
    if column.repeat:
        base = column.name.rsplit(" ", 1)[0] if column.repeat > 1 else column.name
        return VisitNamed(("visit", column.repeat), f"visit {column.repeat}", plain(base))
    return visit_in(column.name)


def _of_a_drug(text: str, visit: VisitNamed) -> bool:
    """Whether a heading over several columns says before or after which drug they were, and nothing else: `before MMF`."""
    return visit.key in (BASELINE, AFTER) and plain(text) == f"{visit.label} {visit.stem}" and bool(drug_of(visit.stem))


def _numbered(columns: list[Column]) -> list[_Cell]:
    """Columns such as crp0 and crp3, whose unit of time nobody says; none where all of them may be names with a number."""
    groups: dict[str, list[_Cell]] = {}
    for column in columns:
        match = _NUMBERED.fullmatch(plain(column.name))
        if match is None or column.kind not in {"number", "pair", "date"}:
            continue
        number, stem = int(match["n"]), match["stem"].strip()
        key = BASELINE if number == 0 else ("number", number)
        cell = _Cell(column, VisitNamed(key, match["n"], stem), "the heading says 0" if number == 0 else "")
        groups.setdefault(f"{stem} date" if column.kind == "date" else stem, []).append(cell)
    found = []
    for cells in groups.values():
        numbers = {cell.visit.key for cell in cells}
        if len(numbers) > 1 and (BASELINE in numbers or ("number", 1) in numbers):
            found += cells
    values = [cell for cell in found if cell.column.kind != "date"]
    return found if len({cell.visit.key for cell in values}) > 1 else []


def _unnamed_first(columns: list[Column], stems: set[str], keys: set[_Key]) -> list[_Cell]:
    """A column `mmt` beside `mmt_3m`: the value before, unless there is one already."""
    if BASELINE in keys or ("visit", 1) in keys:
        return []
    why = "the heading names no visit"
    return [
        _Cell(column, VisitNamed(BASELINE, "baseline", plain(column.name)), why)
        for column in columns
        if plain(column.name) in stems and column.kind in {"number", "pair"}
    ]


def _one_after(kept: list[_Cell], named: list[_Cell]) -> list[_Cell]:
    """The cells with `after` and `last` as one visit, where no measure has both and neither has a date."""
    stems = {key: {cell.visit.stem for cell in kept if cell.visit.key == key} for key in (AFTER, LAST)}
    dated = any(cell.column.kind == "date" and cell.visit.key in (AFTER, LAST) for cell in named)
    if dated or not stems[LAST] or not stems[AFTER] or stems[AFTER] & stems[LAST]:
        return kept
    return [replace(cell, visit=replace(cell.visit, key=AFTER)) if cell.visit.key == LAST else cell for cell in kept]


def _made(looked: Looked, kept: list[_Cell], named: list[_Cell]) -> tuple[VisitGuess, ...]:
    dates = _dates(named)
    order = sorted({cell.visit.key for cell in kept}, key=_in_time)
    names = _names(order, kept)
    visits: list[VisitGuess] = []
    for key in order:
        cells = [cell for cell in kept if cell.visit.key == key]
        measures = _measures(looked, cells)
        if not measures:
            continue
        nominal, why = _nominal(key, order, cells)
        own = _own_dates(cells, dates)
        for date, group in _by_date(measures, own):
            name = names[key] if date is None or len(own) < 2 else f"{names[key]} {group[0].measure}"
            visits.append(VisitGuess(name, tuple(group), date or "", nominal, why))
    kept_names = {one.measure for one in few_own(tuple({m.measure: m for v in visits for m in v.measures}.values()))}
    visits = [replace(visit, measures=tuple(m for m in visit.measures if m.measure in kept_names)) for visit in visits]
    visits = [visit for visit in visits if visit.measures]
    return tuple(visits) if len({visit.name for visit in visits}) > 1 else ()


def _dates(named: list[_Cell]) -> list[_Cell]:
    """The columns of dates of visits, what is left of their headings without words for a date."""
    found = []
    for cell in named:
        if cell.column.kind == "date" and not is_course_day(cell.column):
            stem = " ".join(word for word in cell.visit.stem.split() if word not in _DATE_WORDS)
            found.append(replace(cell, visit=replace(cell.visit, stem=stem)))
    return found


def _own_dates(cells: list[_Cell], dates: list[_Cell]) -> list[tuple[str, str]]:
    """The columns of dates that belong to a visit: what else their headings say is nothing, one of its measures, or said at other visits too."""
    found = []
    for date in dates:
        if not any(same_visit(date.visit, cell.visit) for cell in cells):
            continue
        stem = date.visit.stem
        of_measure = any(cell.visit.stem.startswith(stem) for cell in cells)
        elsewhere = any(other.visit.stem == stem and other.visit.key != date.visit.key for other in dates)
        if not stem or of_measure or elsewhere:
            found.append((stem, date.column.name))
    return found


def _in_time(key: _Key) -> tuple[int, float]:
    unit, number = key
    if key == BASELINE:
        return 0, 0
    if key in (AFTER, LAST):
        return 2, (AFTER, LAST).index(key)
    return 1, number * {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}.get(unit, 1)


def _names(order: list[_Key], kept: list[_Cell]) -> dict[_Key, str]:
    names: dict[_Key, str] = {}
    for key in order:
        label = next(cell.visit.label for cell in kept if cell.visit.key == key)
        names[key] = label if label not in names.values() else f"{label} {key[0]} {key[1]}"
    return names


def _nominal(key: _Key, order: list[_Key], cells: list[_Cell]) -> tuple[str, str]:
    """The planned day of a visit, and why, where the name alone does not say it."""
    nominal = cells[0].visit.nominal
    why = next((cell.why for cell in cells if cell.why), "")
    if not nominal and key == order[0] and key[0] in {"visit", "number", "block"}:
        return "0 days", "the first visit, taken for the one before the drug"
    return nominal, why


def _measures(looked: Looked, cells: list[_Cell]) -> list[MeasureGuess]:
    """The measures of one visit, none twice; a column that is called by its visit alone measures what the sheet is called."""
    found: dict[str, MeasureGuess] = {}
    for cell in cells:
        stem = cell.visit.stem
        if not stem:
            column = replace(cell.column, name=looked.title)
            titled = [one for one in measures_of(column) if one.kind == "instrument"]
            whole = titled or list(measures_of(cell.column, "value"))
            made = tuple(replace(one, column=cell.column.name) for one in whole)
        else:
            made = measures_of(cell.column, stem)
            if not made and cell.column.broken:
                made = measures_of(replace(cell.column, kind="number"), stem)
        for one in made:
            found.setdefault(one.measure, one)
    return list(found.values())


def _by_date(measures: list[MeasureGuess], dates: list[tuple[str, str]]) -> list[tuple[str | None, list[MeasureGuess]]]:
    """The measures of a visit by their column of dates: one for all, or each its own where their names say so."""
    if not dates:
        return [(None, measures)]
    if len(dates) == 1:
        return [(dates[0][1], measures)]
    general = next((column for stem, column in dates if not stem), dates[0][1])
    groups: dict[str, list[MeasureGuess]] = {}
    for measure in measures:
        own = next((column for stem, column in dates if stem and plain(measure.measure).startswith(stem)), general)
        groups.setdefault(own, []).append(measure)
    return list(groups.items())
