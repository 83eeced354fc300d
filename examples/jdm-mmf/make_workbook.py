"""Write chart.xlsx from the CSV files: the same chart as a clinician keeps it, with real dates and a title above each table.

Run from anywhere: ``python examples/jdm-mmf/make_workbook.py``. The bytes are the same on every run.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
MARK = "INVENTED - not patient data"
TABLES = ("patients", "visits", "drugs", "events", "screening")
#: A fixed moment, so that the file does not change from one run to the next.
MOMENT = dt.datetime(2012, 3, 1)  # noqa: DTZ001

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"\d+(\.\d+)?")


def write(target: Path) -> None:
    """The workbook with one sheet per table: title, empty row, header, rows."""
    book = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": f"Mycophenolate mofetil in JDM: {MARK}", "comments": MARK, "created": MOMENT})
    title = book.add_format({"bold": True, "font_color": "#B00020"})
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for table in TABLES:
        sheet = book.add_worksheet(table.capitalize())
        sheet.write_string(0, 0, f"{table.capitalize()}: {MARK}", title)
        with (HERE / "chart" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row, cells in enumerate(csv.reader(stream), 2):
                for column, cell in enumerate(cells):
                    if row == 2:
                        sheet.write_string(row, column, cell, bold)
                    elif DATE.fullmatch(cell):
                        sheet.write_datetime(row, column, dt.datetime.fromisoformat(cell), day)
                    elif NUMBER.fullmatch(cell):
                        sheet.write_number(row, column, float(cell))
                    elif cell:
                        sheet.write_string(row, column, cell)
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 12, 16)
    book.close()


if __name__ == "__main__":
    write(HERE / "chart.xlsx")
