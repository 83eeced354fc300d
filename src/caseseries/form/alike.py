"""Sheets or files that look alike, one for each patient: read as one table, the patient by the name of the tab, of the file, or by a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseseries.chart.described_table import cell_address
from caseseries.chart.sheet import Raw, blank, letter, shown
from caseseries.form.column_look import column_profile
from caseseries.form.drug_columns import is_course_day
from caseseries.form.heading import all_said, says
from caseseries.form.profile import Looked
from caseseries.form.roles import nearly_unique
from caseseries.form.visit_words import visit_in

#: What a cell above the table may say of the patient.
_OF_PATIENT = ("patient", "sex", "birth", "age", "diagnosis", "diagnosis date", "death")
#: So many sheets or files that look alike are one for each patient.
FEWEST = 2
ID = "id"


def together(tables: Sequence[Looked]) -> list[Looked]:
    """The tables, those that stand alike on a sheet or in a file of each patient made one, with the cells above them as the list of patients."""
    groups: dict[object, list[Looked]] = {}
    for looked in tables:
        groups.setdefault(_shape(looked), []).append(looked)
    found: list[Looked] = []
    for shape, group in groups.items():
        if shape is None or len(group) < FEWEST or len({_title(one) for one in group}) < len(group):
            found += group
        else:
            found += _one(group)
    return found


def _title(looked: Looked) -> str:
    return f"{looked.file}/{looked.sheet}" if looked.book and looked.sheet else looked.title


def _shape(looked: Looked) -> object:
    """What must be alike: the place of the header and the names; None for a table that says by itself who each row is about, or is a visit."""
    names = tuple(column.name for column in looked.columns)
    if any(says(name, "patient") for name in names) or visit_in(looked.title) is not None:
        return None
    first = looked.columns[0]
    ids = first.kind != "date" and not all_said(first.name) and nearly_unique(first)
    days = any(column.kind == "date" or says(column.name, "visit") for column in looked.columns)
    if ids or not days:
        return None
    several_files = bool(looked.book) and looked.file in looked.book
    return looked.header, names, looked.sheet if several_files else looked.file if looked.sheet else ""


def _one(group: Sequence[Looked]) -> list[Looked]:
    """One table of all rows, and one of the patients from the cells above it."""
    first = group[0]
    by_sheet = bool(first.sheet) and len({one.file for one in group}) == 1
    places = tuple(one.sheet if by_sheet else one.file for one in group)
    cells_of = _cells(group)
    of_id = next(
        (at for label, at in cells_of.items() if says(label, "patient")), "sheet name" if by_sheet else "file name"
    )
    people = {label: at for label, at in cells_of.items() if not says(label, "patient")}
    ids = [_id(one, of_id, by_sheet=by_sheet) for one in group]
    cells: dict[str, tuple[Raw, ...]] = {
        ID: tuple(who for one, who in zip(group, ids, strict=True) for _ in range(one.rows)),
        **{column.name: tuple(cell for one in group for cell in one.cells[column.name]) for column in first.columns},
    }
    columns = tuple(
        column_profile(name, [cell for cell in found if not blank(cell)], _repeat(first, name))
        for name, found in cells.items()
    )
    rows = sum(one.rows for one in group)
    table = replace(
        first,
        sheet="" if by_sheet else first.sheet,
        sheets=places if by_sheet else (),
        files=() if by_sheet else places,
        rows=rows,
        columns=columns,
        last_row=None,
        cells=cells,
        fixed={ID: of_id},
    )
    heads = {ID: tuple(ids), **{label: tuple(_at(one, at) for one in group) for label, at in people.items()}}
    profiles = tuple(column_profile(name, [cell for cell in found if not blank(cell)]) for name, found in heads.items())
    listed = replace(
        table,
        rows=len(group),
        columns=profiles,
        cells=heads,
        fixed={ID: of_id, **people},
        one_row=True,
        renamed={},
    )
    return [listed, table]


def _repeat(looked: Looked, name: str) -> int:
    column = looked.column(name)
    return 0 if column is None else column.repeat


def _id(looked: Looked, of_id: str, *, by_sheet: bool) -> str:
    if of_id == "sheet name":
        return looked.sheet
    if of_id == "file name":
        return Path(looked.file).stem
    return shown(_at(looked, of_id))


def _cells(group: Sequence[Looked]) -> dict[str, str]:
    """The cells to the right of labels above the table that say something of the patient, by the label; alike on every sheet."""
    found: dict[str, str] = {}
    for row, cells in group[0].head:
        for at, cell in enumerate(cells[:-1]):
            label = shown(cell).strip(" :")
            address = f"{letter(at + 2)}{row}"
            if not isinstance(cell, str) or not (
                set(all_said(label)) & set(_OF_PATIENT) or _is_course_day(label, [_at(one, address) for one in group])
            ):
                continue
            same = all(_label(one, row, at) == label for one in group)
            if same and label not in found and any(not blank(_at(one, address)) for one in group):
                found[label] = address
    return found


def _is_course_day(label: str, cells: Sequence[Raw]) -> bool:
    """Whether the cells beside a label are the days on which a drug was begun or stopped: `Adalimumab start`, `Beginn`."""
    column = column_profile(label, [cell for cell in cells if not blank(cell)])
    return column.kind == "date" and (is_course_day(column) or says(label, "start") or says(label, "stop"))


def _label(looked: Looked, row: int, at: int) -> str:
    cells = dict(looked.head).get(row, ())
    return shown(cells[at]).strip(" :") if at < len(cells) else ""


def _at(looked: Looked, address: str) -> Raw:
    row, column = cell_address(address)
    cells = dict(looked.head).get(row, ())
    return cells[column - 1] if column <= len(cells) else None
