"""What the sheets of a source look like: where the header is, and what each column holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from caseseries.chart.header import header_names
from caseseries.chart.sheet import Raw, Sheet, blank, letter, shown
from caseseries.chart.table_end import filled_cells, says_summary, strange_ids, table_end
from caseseries.form.column_look import Column, column_profile
from caseseries.form.heading import says

#: Rows of a sheet in which the header is looked for.
FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """One sheet or file with its header and columns; `cells` are those of each column, row for row.

    `renamed` gives headings that stand several times a name of their own, by the column's letter or number; `above` are the texts
    above the header, such as a title, `head` the rows there. `book` are all sheets of its workbook, or all files of its folder. A table that
    stands alike on several `sheets` or in several `files` is one: `fixed` then names what holds for each of them (`{id: sheet name}`), and
    `one_row` says that it is made of nothing else. In a column of `same_as_above` a blank means what stands above it. With
    `units_row` the row below the header holds units; `skipped` are rows among those of patients that are totals or the like. `redcap` names the
    files of the records and of the dictionary, on the first form of a REDCap export.
    """

    file: str
    sheet: str
    header: tuple[int, ...]
    rows: int
    columns: tuple[Column, ...]
    delimiter: str = ""
    encoding: str = "utf-8"
    last_row: int | None = None
    cells: Mapping[str, tuple[Raw, ...]] = field(default_factory=dict, repr=False, compare=False)
    renamed: Mapping[str, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    head: tuple[tuple[int, tuple[Raw, ...]], ...] = field(default=(), repr=False, compare=False)
    book: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    one_row: bool = False
    same_as_above: tuple[str, ...] = ()
    from_1904: bool = False
    units_row: bool = False
    skipped: tuple[int, ...] = ()
    redcap: tuple[str, str] = ("", "")

    @property
    def title(self) -> str:
        """The sheet's name, or the file's without its ending."""
        return self.sheet or Path(self.file).stem

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def profile(sheet: Sheet, *, delimiter: str = "", encoding: str = "utf-8") -> Looked | None:
    """A sheet's header and columns; None where it holds no table."""
    header = find_header(sheet)
    if header is None:
        return None
    written = header_names(sheet, header)
    names, turns = _told_apart(written)
    renamed = {
        letter(at) if sheet.lettered else str(at): name
        for at, (name, before) in enumerate(zip(names, written, strict=True), 1)
        if name != before
    }
    below = {row: sheet.rows[row] for row in sheet.rows if row > header[-1] and not all(map(blank, sheet.rows[row]))}
    of_ids = _id_position(names)
    units: Sequence[Raw] = ()
    if below and (first := min(below)) == header[-1] + 1 and _holds_units(below[first], of_ids):
        units = below.pop(first)
    skipped = _between(below, of_ids) if any(says(name, "patient") for name in names) else ()
    below = {row: cells for row, cells in below.items() if row not in skipped}
    ends = (table_end(below, of_ids) or _before_notes(below, of_ids)) if below else None
    rows = [below[row] for row in sorted(below) if ends is None or row <= ends]
    beside = {name: tuple(row[at] if at < len(row) else None for row in rows) for at, name in enumerate(names) if name}
    above = [(row, tuple(sheet.rows[row])) for row in sorted(sheet.rows) if row < header[0]]
    texts = tuple(shown(cell) for _, cells in above for cell in cells if isinstance(cell, str) and not blank(cell))
    return Looked(
        sheet.file,
        sheet.name,
        header,
        len(rows),
        _columns(names, turns, rows, units),
        delimiter,
        encoding,
        ends,
        beside,
        renamed,
        texts,
        tuple(above),
        from_1904=sheet.from_1904,
        units_row=bool(units),
        skipped=skipped,
    )


def _told_apart(written: Sequence[str]) -> tuple[list[str], list[int]]:
    """Names of columns that are all different, and which of several of one name each is; 0 where it is the only one."""
    repeats = Counter(name for name in written if name)
    names, turn_of, turns = list(written), [0] * len(written), Counter[str]()
    for at, name in enumerate(written):
        if repeats[name] > 1:
            turns[name] += 1
            turn_of[at] = turns[name]
            if turns[name] > 1:
                names[at] = _free(f"{name} {turns[name]}", names)
    return names, turn_of


def _columns(
    names: Sequence[str], turns: Sequence[int], rows: Sequence[Sequence[Raw]], units: Sequence[Raw]
) -> tuple[Column, ...]:
    """What each named column holds, with what the row of units says of it."""
    columns = []
    for position, name in enumerate(names):
        if name:
            cells = [row[position] for row in rows if position < len(row) and not blank(row[position])]
            column = column_profile(name, cells, turns[position])
            unit = shown(units[position]) if position < len(units) else ""
            columns.append(replace(column, below=unit.strip("()[] ")) if unit else column)
    return tuple(columns)


_UNIT = re.compile(
    r"[(\[]?([a-zµμ%°0-9^*.]+\s?/\s?[a-zµμ0-9.^²³]+|%|mm|cm|kg|g|mmhg|years?|months?|days?|points?|mm/h|bpm)[)\]]?",
    re.IGNORECASE,
)


def _holds_units(cells: Sequence[Raw], position: int) -> bool:
    """Whether the row below a header holds units, and no id.

    >>> _holds_units([None, None, "mg/L", "(U/L)"], 0), _holds_units(["P1", None, "3"], 0), _holds_units([None, None, "well"], 0)
    (True, False, False)
    """
    filled = [cell for cell in cells if not blank(cell)]
    if position < len(cells) and not blank(cells[position]):
        return False
    return bool(filled) and all(isinstance(cell, str) and _UNIT.fullmatch(cell.strip()) for cell in filled)


#: A shorter word of a summary (SE, MW, N) may be the initials of a patient.
_LONG_ENOUGH = 4


def _between(rows: Mapping[int, Sequence[Raw]], position: int) -> tuple[int, ...]:
    """The rows of totals, means or the like among those of patients, not below them; each holds at most half of what any patient's row does.

    >>> _between({2: ["P1", 3, 4, 5], 3: ["Total 2016", 1], 4: ["P2", 4, 4, 5], 5: ["Mean", 3.5]}, 0)
    (3,)
    >>> _between({2: ["AB", 3, 4, 5], 3: ["SE", 1], 4: ["Total", 4, 4, 5], 5: ["CD", 3, 5, 6]}, 0)
    ()
    """
    named = [row for row in sorted(rows) if position < len(rows[row]) and not blank(rows[row][position])]
    ids = {row: shown(rows[row][position]) for row in named}
    strange = {named[at] for at in strange_ids(list(ids.values()))}
    good = [row for row in named if row not in strange]
    least = min((filled_cells(rows[row]) for row in good), default=0)
    return tuple(
        row
        for row in sorted(strange)
        if row < max(good, default=0)
        and says_summary(ids[row])
        and len(ids[row].split()[0]) >= _LONG_ENOUGH
        and 2 * filled_cells(rows[row]) <= least
    )


def _before_notes(rows: Mapping[int, Sequence[Raw]], position: int) -> int | None:
    """The last row of a table below which, behind an empty row, only rows follow that have no id and hold less.

    >>> _before_notes({2: ["P1", 3], 3: ["P2", 4], 5: [None, "F = female"]}, 0), _before_notes({2: ["P1", 3], 3: [None, 4]}, 0)
    (3, None)
    """
    named = [row for row in rows if position < len(rows[row]) and not blank(rows[row][position])]
    if not named:
        return None
    last = max(named)
    while last + 1 in rows:
        last += 1
    below = [row for row in rows if row > last]
    least = min(filled_cells(rows[row]) for row in named)
    return last if below and all(filled_cells(rows[row]) < least for row in below) else None


def _free(name: str, taken: Sequence[str]) -> str:
    """The name, or it with a sign behind it where a column has it already."""
    return name if name not in taken else _free(f"{name} again", taken)


def _id_position(names: Sequence[str]) -> int:
    """The column that says which patient a row is about: the first whose name tells, or else the first."""
    return next((place for place, name in enumerate(names) if says(name, "patient")), 0)


def find_header(sheet: Sheet) -> tuple[int, ...] | None:
    """The row of column names: the first of the fullest rows that holds words only; with the row above where names repeat.

    The row above counts only where it names several blocks: a title in one cell is none. A list of nothing but ids has one name.
    """
    candidates = []
    for row in sorted(sheet.rows)[:FIRST_ROWS]:
        cells = [cell for cell in sheet.rows[row] if not blank(cell)]
        if len(cells) >= 2 and all(isinstance(cell, str) and not _value_like(cell) for cell in cells):
            candidates.append((len(cells), row))
    if not candidates:
        first = min((row for row in sheet.rows if not all(map(blank, sheet.rows[row]))), default=None)
        if first is not None and len(sheet.rows) > 1 and says(shown(sheet.rows[first][0]), "patient"):
            return (first,)
        return None
    most = max(count for count, _ in candidates)
    row = min(row for count, row in candidates if 5 * count >= 4 * most)
    if most == 2:  # `Sex | F` above a table of two columns is no heading
        below = [
            at
            for _, at in candidates
            if all(map(blank, sheet.rows.get(at - 1, [None]))) and _begins_with_a_day(sheet, at + 1)
        ]
        row = below[0] if below else row
    names = [shown(cell) for cell in sheet.rows[row] if not blank(cell)]
    above = [shown(cell) for cell in sheet.rows.get(row - 1, []) if not blank(cell)]
    if len(set(names)) < len(names) and len(above) > 1:
        return (row - 1, row)
    return (row,)


def _begins_with_a_day(sheet: Sheet, row: int) -> bool:
    cells = sheet.rows.get(row, [])
    return bool(cells) and not blank(cells[0]) and column_profile("", [cells[0]]).kind == "date"


def _value_like(text: str) -> bool:
    return bool(re.fullmatch(r"[<>+-]?\s*\d+([.,]\d+)?|\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?", text.strip()))
