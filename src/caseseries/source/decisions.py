"""What a person decided about single cells: accepted readings, and cells that are in doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from caseseries.chart.cells import NumberReader, Quantity
from caseseries.chart.columns import DateOrder
from caseseries.chart.date_cells import DateReader
from caseseries.chart.dates import Span
from caseseries.chart.described import Table
from caseseries.chart.description import Accepted, Description, Doubtful
from caseseries.chart.findings import Findings
from caseseries.chart.header import place_of
from caseseries.chart.refusal import Refusal
from caseseries.chart.sheet import Raw, Sheet, column_number, shown
from caseseries.chart.tables import calendar_date
from caseseries.errors import Place
from caseseries.protocol.written import decimal_text

#: Row number and position of a cell on a sheet.
Cell = tuple[int, int]
#: The single cells of a sheet that have a name.
Singles = Mapping[str, Cell | None]

#: What is said of these cells; what a person wrote about one may name a patient, and stands apart.
ACCEPTED, DOUBTFUL = "a person decided about this cell, under `accept`", "in doubt, read as it stands"


def decisions_on(
    sheet: Sheet,
    table: Table,
    positions: Mapping[str, int],
    singles: Singles,
    description: Description,
    findings: Findings,
) -> dict[Cell, Accepted]:
    """The accepted cells of the rows of a table; one that no longer holds what was accepted is an error. Doubtful cells are warned of."""
    accepted: dict[Cell, Accepted] = {}
    for decision in description.accept:
        cell = _cell(sheet, table, positions, singles, decision)
        if cell is None:
            continue
        place = _place(sheet, positions, cell)
        found = _found(sheet, cell)
        if found != (decision.found or "").strip():
            findings.add(
                "error",
                "accepted cell",
                f"this decision is about {place}, which no longer holds what was `found`",
                decision.line,
                value=found,
                allowed="what the cell holds now under `found`, after another look; or no decision",
            )
            continue
        accepted[cell] = decision
        why = f"accepted by {decision.by} on {decision.on.isoformat()}: {decision.because}"
        findings.add(
            "note", "accepted cell", ACCEPTED, place, value=found, proposal=decision.read_as or "", because=why
        )
    for doubt in description.doubtful:
        cell = _cell(sheet, table, positions, singles, doubt)
        if cell is None:
            continue
        place, found = _place(sheet, positions, cell), _found(sheet, cell)
        if found != doubt.found.strip():
            findings.add(
                "error",
                "doubtful cell",
                f"this note is about {place}, which no longer holds what was `found` in doubt",
                doubt.line,
                value=found,
                allowed="what the cell holds now under `found`, after another look; or no note",
            )
            continue
        findings.add(
            "warning", "doubtful cell", DOUBTFUL, place, value=found, proposal=doubt.could_be, because=doubt.because
        )
    return accepted


def without_effect(
    description: Description, tables: Collection[tuple[Sheet, Table, Mapping[str, int], Singles]], findings: Findings
) -> None:
    """A decision about a cell that no table reads would have no effect, so it is an error."""
    for rule, decisions in (("accepted cell", description.accept), ("doubtful cell", description.doubtful)):
        for decision in decisions:
            if all(_cell(*where, decision) is None for where in tables):
                where = f"{decision.sheet or decision.file or 'no sheet or file'}, row {decision.row}, column {decision.column}"
                allowed = "the sheet or file, row and column as a finding prints them"
                what = f"a decision is about a cell in no table that is read: {where}"
                findings.add("error", rule, what, decision.line, allowed=allowed)


def _cell(
    sheet: Sheet, table: Table, positions: Mapping[str, int], singles: Singles, decision: Accepted | Doubtful
) -> Cell | None:
    if (decision.sheet and decision.sheet != sheet.name) or (decision.file and decision.file != sheet.file):
        return None
    if not (decision.sheet if sheet.lettered else decision.file or (sheet.name and decision.sheet)):
        return None
    single = singles.get(decision.column)
    if single is not None:
        return single if single[0] == decision.row else None
    position = positions.get(decision.column)
    if position is None and sheet.lettered:
        number = column_number(decision.column)
        position = None if number is None else number - 1
    if position is None:
        return None
    cell = decision.row, position
    reads = not table.one_row and table.reads(decision.row)
    return cell if reads or cell in singles.values() else None


def _found(sheet: Sheet, cell: Cell) -> str:
    cells = sheet.rows.get(cell[0], [])
    return shown(cells[cell[1]]) if cell[1] < len(cells) else ""


def _place(sheet: Sheet, positions: Mapping[str, int], cell: Cell) -> Place:
    name = next((name for name, position in positions.items() if position == cell[1]), "")
    return place_of(sheet, cell[0], cell[1], name)


def plainly(reader: Any) -> Any:
    """The reader for what a person accepted: as the column is written, or plainly (a decimal point, a date year-month-day).

    >>> dates = plainly(DateReader({}, "day-month-year"))
    >>> dates.read("05/03/2009") == dates.read("2009-03-05")
    True
    >>> plainly(DateReader({}, None)).read("05/03/2009").proposal
    '2009-03-05 or 2009-05-03'
    """
    if isinstance(reader, NumberReader):
        return _Plain(reader, replace(reader, comma=False)) if reader.comma else reader
    if isinstance(reader, DateReader) and reader.dated:
        return _Plain(reader, replace(reader, order="year-month-day"))
    return reader


@dataclass(frozen=True, slots=True)
class _Plain:
    """Reads what a person wrote in place of a cell, in the column's own form or plainly; never where the two say different things."""

    own: NumberReader | DateReader
    plain: NumberReader | DateReader

    def read(self, raw: Raw) -> Any:
        """The value; refused where it can be read in two ways."""
        if isinstance(self.own, DateReader) and self.own.order is None:
            readers: list[NumberReader | DateReader] = [replace(self.own, order=order) for order in get_args(DateOrder)]
        else:
            readers = [self.own, self.plain]
        readings = [reader.read(raw) for reader in readers]
        found = list(dict.fromkeys(one for one in readings if not isinstance(one, Refusal)))
        if not found:
            plain = self.plain.read(raw)
            return (
                replace(plain, allowed=f"{plain.allowed}; or as the column is written")
                if isinstance(plain, Refusal)
                else plain
            )
        grouped = isinstance(self.own, NumberReader) and isinstance(raw, str) and _GROUPED.fullmatch(raw.strip())
        if len(found) == 1 and not grouped:
            return found[0]
        both = sorted({_told(one) for one in found} | ({re.sub("[.,]", "", str(raw).strip())} if grouped else set()))
        plainest = "a number without a mark between thousands" if grouped else "a date as year-month-day"
        return Refusal("what is written can be read in two ways", plainest, " or ".join(both), "accepted cell")


_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def _told(value: Any) -> str:
    if isinstance(value, Span):
        return calendar_date(value.low).isoformat()
    return decimal_text(value.value) if isinstance(value, Quantity) else str(value)
