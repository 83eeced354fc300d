"""The column names of a table: one header row, or several joined into `Visit 1 / BP`."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.catalogue.lookup import nearest
from caseseries.chart.described import Table
from caseseries.chart.findings import Findings
from caseseries.chart.sheet import Sheet, blank, column_number, letter, shown
from caseseries.errors import Place


def header_names(sheet: Sheet, rows: tuple[int, ...]) -> list[str]:
    """The name of each column, empty where it has none; spaces are made single.

    With several header rows an upper name covers the columns of its merged block, or those to its right up to the next name.
    """
    width = max((len(sheet.rows.get(row, [])) for row in rows), default=0)
    joined: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(rows):
        cells = sheet.rows.get(row, [])
        names = [" ".join(shown(raw).split()) for raw in cells] + [""] * (width - len(cells))
        if level < len(rows) - 1:
            names = _spread(sheet, row, names)
        for column, name in enumerate(names):
            if name:
                joined[column].append(name)
    return [" / ".join(parts) for parts in joined]


def _spread(sheet: Sheet, row: int, names: list[str]) -> list[str]:
    spread, current, until = [], "", 0
    for column, name in enumerate(names, 1):
        if name:
            block = next((merged for merged in sheet.merged if merged.holds(row, column)), None)
            current, until = name, block.last_column if block else len(names)
        spread.append(current if column <= until else "")
    return spread


def columns_of(sheet: Sheet, table: Table, findings: Findings) -> Mapping[str, int]:
    """The position of each named column, from 0; names that stand twice are refused."""
    names = header_names(sheet, table.header)
    if sheet.rows and not any(names):
        findings.add(
            "error",
            "header",
            "the header row is empty",
            place_of(sheet, table.header[-1]),
            field="header",
            allowed="the row of the column names; say which with `header`",
        )
    for written, name in table.names.items():
        number = column_number(written)
        if number is None or not 1 <= number <= max(len(names), _width(sheet)):
            findings.add(
                "error",
                "header",
                f"there is no column {written}",
                place_of(sheet, table.header[-1]),
                field="names",
                allowed=f"A to {letter(max(1, _width(sheet)))}" if sheet.lettered else f"1 to {_width(sheet)}",
            )
            continue
        names += [""] * (number - len(names))
        names[number - 1] = name
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        if name and name in positions:
            findings.add(
                "error",
                "header",
                "two columns have the same name",
                place_of(sheet, table.header[-1], position, name),
                field=name,
                allowed=f"different names; `names: {{{_label(sheet, position)}: another name}}` gives one of them a name of its own",
            )
        elif name:
            positions[name] = position
    names += [""] * (_width(sheet) - len(names))
    rows = [row for row in sheet.rows if table.first <= row and (table.last_row is None or row <= table.last_row)]
    unnamed = [p for p, name in enumerate(names) if not name and any(_filled(sheet, row, p) for row in rows)]
    for position in unnamed:
        findings.add(
            "warning",
            "header",
            "a column without a name holds values; it is not read",
            place_of(sheet, table.header[-1], position),
            proposal=f"names: {{{_label(sheet, position)}: a name}}",
        )
    return positions


def missing_column(sheet: Sheet, table: Table, positions: Mapping[str, int], wanted: str, findings: Findings) -> None:
    """Note that a declared column is not there, with the nearest name."""
    near = nearest(wanted, positions)
    # Where the header row is declared wrongly its names are patients' cells, so they travel as the value that was found.
    found = f"nearest: {', '.join(near)}" if near else f"columns: {', '.join(list(positions)[:30])}"
    findings.add(
        "error",
        "column",
        f"there is no column {wanted!r}",
        place_of(sheet, table.header[-1]),
        field=wanted,
        value=found,
        allowed="the name of a column as the header row writes it",
    )


def place_of(sheet: Sheet, row: int | None, position: int | None = None, name: str = "") -> Place:
    """The address of a cell as the user sees it: `mmt` in a CSV file, `C (mmt)` in a workbook."""
    row = row or None  # the names of a data frame stand in no row
    within = "" if row is None else sheet.within.get(row, "")
    if position is None:
        return Place(sheet.file, sheet.name, row, within=within)
    label = _label(sheet, position)
    column = f"{label} ({name})" if sheet.lettered and name else name or label
    return Place(sheet.file, sheet.name, row, column, within=within)


def _label(sheet: Sheet, position: int) -> str:
    return letter(position + 1) if sheet.lettered else str(position + 1)


def _width(sheet: Sheet) -> int:
    return max(map(len, sheet.rows.values()), default=0)


def _filled(sheet: Sheet, row: int, position: int) -> bool:
    cells = sheet.rows[row]
    return position < len(cells) and not blank(cells[position])
