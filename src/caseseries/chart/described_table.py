"""Where the rows of a table are: on which sheets of which files, from which row to which, and who each row is about."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from caseseries.chart.columns import DateOrder, Hundred, Names, Rows
from caseseries.chart.sheet import column_number
from caseseries.protocol.written import Count, Written, YesNo, mistake

#: In place of a cell: what the sheet or the file is called.
SHEET_NAME, FILE_NAME = "sheet name", "file name"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def _all(value: Any) -> Any:
    return value if value == "all" else [value] if isinstance(value, str) else value


#: All there are, or some by name.
Several = Annotated[tuple[str, ...] | Literal["all"], BeforeValidator(_all)]


def cell_address(text: str) -> tuple[int, int]:
    """Row and column, from 1, of a cell of a sheet.

    >>> cell_address("B3"), cell_address("AA10")
    ((3, 2), (10, 27))
    """
    found = _CELL.fullmatch(text)
    column = column_number(found[1]) if found else None
    if found is None or column is None:
        raise ValueError("not a cell")
    return int(found[2]), column


class Table(Written):
    """Where the rows of one table are, and who each row is about.

    `file` names a file of the source folder, `sheet` a sheet of the workbook (`file` and `sheet` where the source is a folder of
    workbooks). Where the same table stands on several sheets, `sheets` lists them, or says `all` with those under `except_sheets` left
    out; so do `files` and `except_files` for a folder with a file per patient. `cells` gives a name to one cell of each sheet (`{born: B2}`),
    or to what the sheet or the file is called (`{id: sheet name}`): a column that holds the same in every row of the sheet.
    `one_row: yes` makes one row of each sheet from its `cells` alone.

    Rows are counted as the user sees them, from 1. `header` is the row of column names, or several rows that are joined (`Visit 1 / BP`).
    Rows before `first_row` (by default the one after the header), after `last_row` or in `skip_rows` are not read. `names` gives a
    column a name of its own by its letter or number. `patient` is the id column, or several that are joined with `-`. A blank in a column
    of `same_as_above` means what stands above it. `ignore` lists columns that are knowingly not read; others that nothing reads are noted.
    `expand_merged: yes` repeats the value of merged cells. `other_patients` says what becomes of rows about someone who is not among the
    patients.
    """

    file: str | None = None
    files: Several = ()
    except_files: Names = ()
    sheet: str | None = None
    sheets: Several = ()
    except_sheets: Names = ()
    header: Rows = (1,)
    first_row: Count | None = None
    last_row: Count | None = None
    skip_rows: Rows = ()
    one_row: YesNo = False
    names: dict[str, str] = {}
    cells: dict[str, str] = {}
    patient: Names
    same_as_above: Names = ()
    ignore: Names = ()
    dates: DateOrder | None = None
    two_digit_years_from: Hundred | None = None
    missing: dict[str, str] = {}
    expand_merged: YesNo = False
    other_patients: Literal["refused", "out of scope"] = "refused"

    @model_validator(mode="after")
    def _place(self) -> Table:
        for one, several in (("file", "files"), ("sheet", "sheets")):
            if getattr(self, one) and getattr(self, several):
                raise mistake(
                    f"`{one}` and `{several}` say the same twice",
                    f"{one}, {several}",
                    "write one of the two",
                    at=(several,),
                )
            if getattr(self, f"except_{several}") and getattr(self, several) != "all":
                raise mistake(
                    f"`except_{several}` leaves some of all out", f"{several}: all", at=(f"except_{several}",)
                )
        if not self.header or 0 in self.header or 0 in self.skip_rows:
            raise mistake("rows are counted from 1, and one of them holds the column names", "header: 1")
        if not self.patient:
            raise mistake("no column says which patient a row is about", "patient: patient_id")
        for name, cell in self.cells.items():
            if cell not in (SHEET_NAME, FILE_NAME) and not _CELL.fullmatch(cell):
                raise mistake("not a cell of a sheet", f"such as B2; {SHEET_NAME}; {FILE_NAME}", at=("cells", name))
        if self.one_row and not self.cells:
            raise mistake(
                "one row of each sheet is made of single cells, and none is named", "cells: {sex: B2}", at=("one_row",)
            )
        if self.one_row and self.same_as_above:
            raise mistake(
                "a sheet with one row has nothing above it", "leave `same_as_above` out", at=("same_as_above",)
            )
        return self

    @property
    def first(self) -> int:
        """The first row that is read."""
        return self.first_row or max(self.header) + 1

    def reads(self, row: int) -> bool:
        """Whether a row, as the user counts it, is one of the table."""
        return self.first <= row and (self.last_row is None or row <= self.last_row) and row not in self.skip_rows


def fields_of(model: Written, *but: str) -> dict[str, Any]:
    """What a model says field by field, some left out."""
    return {name: getattr(model, name) for name in type(model).model_fields if name not in but}
