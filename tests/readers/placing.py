"""Grids on sheets: headings, what stands above and below a table, several tables on one sheet, and what Excel hides."""

from __future__ import annotations

from typing import Any

from tests.readers.book import Book, Cell, Row, Sheet, Spot, X, letters
from tests.readers.choosing import Chooser
from tests.readers.deciding import decide
from tests.readers.facts import SHIFTED, Facts, draw_facts
from tests.readers.layouts import LAYOUTS, Column, Grid, Layout
from tests.readers.spellings import CSV, SPELLINGS, XLSX, Speller

MEDIA = ("csv", "xlsx")


def draw_book(choose: Chooser, facts: Facts | None = None) -> Book:
    """The files of a drawn chart."""
    medium = choose.aspect("medium", MEDIA)
    facts = facts or draw_facts(choose)
    layout = Layout(choose, facts)
    speller = Speller(choose, medium, facts.dated, layout.seen, SHIFTED * facts.shifted)
    book = Placing(choose, medium, speller).place(layout.lay_out(), layout.said)
    book.dose, book.shifted, book.counted = facts.dose, facts.shifted, layout.counted
    book.replaces, book.not_charted = facts.overlaps == "replace", layout.not_charted
    if layout.history == "since the first entry":
        book.first_entries = first_entries(book)
    return decide(choose, book)


class Placing:
    """Puts the grids of one chart on sheets."""

    def __init__(self, choose: Chooser, medium: str, speller: Speller) -> None:
        self.choose, self.speller = choose, speller
        self.book = Book(medium)

    def place(self, grids: list[Grid], said: dict[str, Any]) -> Book:
        """Every grid on its sheet, and the description of them all."""
        choose, book = self.choose, self.book
        self._made()
        tables: dict[str, Any] = {}
        homes: dict[str, tuple[str, dict[str, Any]]] = {}
        one_sheet = choose.aspect("sheets", LAYOUTS["sheets"]) == "below each other"
        for grid in grids:
            if grid.shares:
                name, where = homes[grid.shares]
                self._share(grid, name)
            else:
                name = "all.csv" if one_sheet else f"{grid.name}.csv"
                name = name if book.medium == "csv" else name.removesuffix(".csv").title()
                sheet = book.sheets.setdefault(name, Sheet(name))
                where = self._grid(sheet, grid, below=bool(sheet.cells))
                homes[grid.name] = (name, where)
            tables[grid.name] = {**self._declared(grid, where), ("file" if book.medium == "csv" else "sheet"): name}
        book.declared = {
            "source": "data" if book.medium == "csv" else "chart.xlsx",
            **self.speller.chart(),
            **self._options(),
            **said,
            "tables": tables,
        }
        self._excel()
        return book

    # --- Files as a whole -------------------------------------------------------------------------------------------

    def _made(self) -> None:
        choose, made = self.choose, self.book.made
        if self.book.medium == "xlsx":
            made["epoch"] = self.speller.epoch
            for name in ("targets", "references", "dimension"):
                made[name] = choose.aspect(name, XLSX[name])
            return
        made["delimiter"] = choose.aspect("delimiter", CSV["delimiter"])
        made["declared"] = choose.aspect("delimiter declared", CSV["delimiter declared"])
        encoding = choose.aspect("encoding", CSV["encoding"])
        made["encoding"], made["bom"] = encoding.removesuffix(" with a mark"), encoding.endswith("mark")
        line_end = choose.aspect("line end", CSV["line end"])
        made["newline"] = {"line feed": "\n", "carriage return": "\r"}.get(line_end, "\r\n")
        made["quote"] = "all" if choose.aspect("quotation", CSV["quotation"]) == "everywhere" else "needed"
        made["final"] = choose.aspect("last line", CSV["last line"]) == "ended"
        made["empty lines"] = choose.one(["empty", "delimiters"])

    def _options(self) -> dict[str, Any]:
        made = self.book.made
        if self.book.medium == "xlsx":
            return {}
        options = {} if made["encoding"] == "utf-8" else {"encoding": made["encoding"]}
        plain_header = all(
            sheet.widths.get(1) and sheet.widths[1] == sheet.widths.get(2, sheet.widths[1])
            for sheet in self.book.sheets.values()
        )
        if made["declared"] == "yes" or not plain_header or not made.get("simple", True):
            options["delimiter"] = made["delimiter"]
        return options

    def _excel(self) -> None:
        if self.book.medium != "xlsx":
            return
        choose = self.choose
        for sheet in self.book.sheets.values():
            sheet.state = choose.aspect("a sheet", XLSX["a sheet"])
            shown = choose.aspect("rows of a sheet", XLSX["rows of a sheet"])
            if shown != "all shown":
                sheet.filtered = shown == "filtered"
                sheet.hidden_rows = {choose.one(sorted(sheet.rows))} if sheet.rows else set()
            if choose.aspect("columns of a sheet", XLSX["columns of a sheet"]) == "some hidden":
                sheet.hidden_columns = {choose.number(1, 4)}
        if (
            all(sheet.state != "visible" for sheet in self.book.sheets.values())
            or choose.aspect("other sheets", XLSX["other sheets"]) == "yes"
        ):
            self.book.sheets["Notes"] = Sheet(
                "Notes", {(1, 1): X("s", "nothing here"), (2, 1): X("n", "39000", "dd/mm/yyyy")}
            )

    # --- One grid ---------------------------------------------------------------------------------------------------

    def _grid(self, sheet: Sheet, grid: Grid, *, below: bool) -> dict[str, Any]:
        """Write the grid on its sheet; what chart.yaml must say of where it is."""
        choose, book, where = self.choose, self.book, {}
        start = sheet.last + 2 if below else 1
        shape = choose.aspect("header", LAYOUTS["header"])
        around = choose.aspect("around", LAYOUTS["around"])
        for column in grid.columns:
            self.speller.prepare(column, [line.cells.get(column.key) for line in grid.lines])
        self._twin(grid)
        if shape == "title above":
            self._put(sheet, start, 1, f"Table of {grid.name}")
            sheet.widths[start] = len(grid.columns)
            start += 2
        header = [start, start + 1] if shape == "two rows" else [start]
        named = self._header(sheet, grid, header, shape)
        if header != [1]:
            where["header"] = [str(row) for row in header]
        if named:
            where["names"] = named
        row = header[-1] + 1
        if shape == "a row of explanations below":
            for place, _ in enumerate(grid.columns, 1):
                self._put(sheet, row, place, "how it is coded")
            sheet.widths[row] = len(grid.columns)
            row += 1
            where["first_row"] = str(row)
        skipped = []
        for number, line in enumerate(grid.lines):
            if number and around == "blank rows between" and choose.yes():
                sheet.widths[row] = len(grid.columns)
                row += 1
            if number == 1 and around == "a row left out":
                self._put(sheet, row, 1, "Mean")
                sheet.widths[row] = len(grid.columns)
                skipped.append(str(row))
                row += 1
            sheet.widths[row] = len(grid.columns)
            sheet.rows[row] = Row(grid.name, line.patient, line.status, list(line.records))
            for place, column in enumerate(grid.columns, 1):
                said = line.cells.get(column.key)
                cell = self.speller.spell(column, said)
                if cell is not None and cell != "":
                    sheet.cells[row, place] = cell
                sheet.spots[row, place] = Spot(
                    grid.name,
                    column.kind,
                    column.key,
                    self._name(column, header),
                    said,
                    column.measure,
                    number,
                    line.of.get(column.key),
                    column.unit,
                    column.spelt.get("rounded") == "to two decimals",
                )
            row += 1
        if skipped:
            where["skip_rows"] = skipped
        if around == "a note below":
            where["last_row"] = str(row - 1)
            self._put(sheet, row + 1, 1, "Mean of all")
            sheet.widths[row + 1] = len(grid.columns)
        elif below:
            pass
        if book.medium == "xlsx":
            self._merge_ids(sheet, grid, where)
        if "expand_merged" not in where:
            self._once_per_block(sheet, grid, where)
        self._until_next(sheet, grid, where, row - 1)
        return where

    def _until_next(self, sheet: Sheet, grid: Grid, where: dict[str, Any], last: int) -> None:
        """Where several tables stand below each other each one says where it ends."""
        if sheet.name in ("all.csv", "All"):
            where.setdefault("last_row", str(last))

    def _twin(self, grid: Grid) -> None:
        """A column that nothing reads, whose header differs from one that is read in its letters only."""
        if grid.name == "patients" or len(grid.columns) < 3 or any(column.key == "twin" for column in grid.columns):
            return
        if self.choose.aspect("a header", SPELLINGS["a header"]) == "a twin in other letters":
            model = self.choose.one(grid.columns)
            twin = Column("twin", (model.header[-1].swapcase(),), "note", read=False)
            if twin.header != model.header:
                for line in grid.lines:
                    line.cells["twin"] = "77"
                grid.columns.insert(self.choose.number(0, len(grid.columns)), twin)

    def _header(self, sheet: Sheet, grid: Grid, rows: list[int], shape: str) -> dict[str, str]:
        choose, named = self.choose, {}
        merged = (
            len(rows) == 2
            and self.book.medium == "xlsx"
            and choose.aspect("merged heading", XLSX["merged heading"]) == "yes"
        )
        half = max(1, len(grid.columns) // 2)
        for place, column in enumerate(grid.columns, 1):
            column.header = column.header[-1:]
            name = column.header[0]
            dress = choose.aspect("a header", SPELLINGS["a header"])
            written = {"spaces in it": f" {name.replace(' ', '  ')} ", "a line break": name.replace(" ", "\n")}.get(
                dress, name
            )
            if shape == "by letter" and column.read and column.key != "id" and choose.yes():
                # a workbook has no columns beyond its last cell, so that the last one keeps a heading
                heading = "same heading" if not named and choose.yes() else "last" if place == len(grid.columns) else ""
                self._put(sheet, rows[-1], place, heading)
                named[letters(place) if self.book.medium == "xlsx" or choose.yes() else str(place)] = name
            else:
                self._put(sheet, rows[-1], place, written)
            sheet.headers[grid.name, column.key] = (rows[-1], place)
        if len(rows) == 2:
            for place, column in enumerate(grid.columns, 1):
                top = "Who" if place <= half else "What"
                column.header = (top, column.header[0])
            self._put(sheet, rows[0], 1, "Who")
            if half < len(grid.columns):
                self._put(sheet, rows[0], half + 1, "What")
            if merged and half > 1:
                sheet.merged.append((rows[0], rows[0], 1, half))
            if merged and len(grid.columns) > half + 1:
                sheet.merged.append((rows[0], rows[0], half + 1, len(grid.columns)))
        for row in rows:
            sheet.widths[row] = len(grid.columns)
        return named

    def _once_per_block(self, sheet: Sheet, grid: Grid, where: dict[str, Any]) -> None:
        """The id of several rows of one patient in the first of them alone."""
        place, column = next((place, column) for place, column in enumerate(grid.columns, 1) if column.key == "id")
        rows = sorted(row for row, what in sheet.rows.items() if what.table == grid.name)
        below = [
            row for row in rows
            if row - 1 in rows and sheet.spots[row - 1, place].said == sheet.spots[row, place].said
        ]  # fmt: skip
        if not below or self.choose.aspect("ids of rows", LAYOUTS["ids of rows"]) == "in every row":
            return
        where["same_as_above"] = [self._name(column, [])]
        for row in below:
            sheet.cells.pop((row, place), None)

    def _merge_ids(self, sheet: Sheet, grid: Grid, where: dict[str, Any]) -> None:
        """Ids of several rows of one patient as one merged block."""
        place = next(place for place, column in enumerate(grid.columns, 1) if column.key == "id")
        rows = sorted(row for row, what in sheet.rows.items() if what.table == grid.name)
        blocks = []
        for row in rows:
            same = (
                blocks
                and blocks[-1][-1] == row - 1
                and sheet.spots[blocks[-1][-1], place].said == sheet.spots[row, place].said
            )
            if same:
                blocks[-1].append(row)
            else:
                blocks.append([row])
        long = [block for block in blocks if len(block) > 1]
        if not long or self.choose.aspect("merged ids", XLSX["merged ids"]) == "no":
            return
        where["expand_merged"] = "yes"
        for block in long:
            sheet.merged.append((block[0], block[-1], place, place))
            for row in block[1:]:
                sheet.cells.pop((row, place), None)

    def _share(self, grid: Grid, name: str) -> None:
        sheet = self.book.sheets[name]
        for row, what in list(sheet.rows.items()):
            if what.table != grid.shares:
                continue
            line = next(line for line in grid.lines if line.patient == what.patient)
            status = what.status if line.status == "used" else line.status
            sheet.rows[row] = Row(what.table, what.patient, status, [*what.records, *line.records])

    def _name(self, column: Column, header: list[int]) -> str:
        return " / ".join(" ".join(part.split()) for part in column.header)

    def _declared(self, grid: Grid, where: dict[str, Any]) -> dict[str, Any]:
        def name(key: str) -> Any:
            column = grid.column(key)
            written = self._name(column, [])
            return {"column": written, **column.said} if column.said and column.kind != "id" else written

        declared = {**self.speller.table(), **where, **grid.declare(name)}
        ids = [grid.column(key) for key in ("id", "id2") if any(column.key == key for column in grid.columns)]
        declared["patient"] = [self._name(column, []) for column in ids]
        if grid.ignore:
            declared["ignore"] = [self._name(grid.column(key), []) for key in grid.ignore]
        return declared

    def _put(self, sheet: Sheet, row: int, place: int, text: str) -> None:
        cell: Cell = text if self.book.medium == "csv" else X("s", text) if text else None
        if cell:
            sheet.cells[row, place] = cell


def first_entries(book: Book) -> dict[str, int]:
    """The latest possible day of each patient's first value or visit."""
    first: dict[str, int] = {}
    for sheet in book.sheets.values():
        for row in sheet.rows.values():
            for record in row.records:
                value = record[0] == "value" and record[5] is not None
                if value or record[:3:2] == ("fact", "visit"):
                    day = record[4] if value else record[5]
                    first[record[1]] = min(day, first.get(record[1], day))
    return first
