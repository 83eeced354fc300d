"""Cells of tables: files hold the raw value of a cell, which is the number that is printed in it, and nothing beside it is lost."""

from __future__ import annotations

import re
from fractions import Fraction

from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.printed_blocks import Cell
from caseseries.summary.model import Summary

_NUMBER = re.compile(r"[+\u2212]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
#: Marks of the grid (`5?`: some are not evaluable) stand beside the number.
#: Behind a count the percent that it is, which whoever reads the count can work out.
_PERCENT = re.compile(r" \([0-9]+(?:\.[0-9])?\)$")
#: A probability is printed without its zero, and the least of them as a bound.
_PROBABILITY = re.compile(r"[<>]? ?\.[0-9]+")


def not_the_number(summary: Summary) -> list[tuple[str, str, object]]:
    """Table, text and value of every cell whose value is not the one number that is printed in it."""
    return [
        (table.key, cell.text, cell.value)
        for table in tables_of(contents(summary))
        for row in table.rows
        for cell in row.cells
        if not _same(cell)
    ]


def _same(cell: Cell) -> bool:
    if cell.value is None or isinstance(cell.value, str) or cell.text.startswith("\u25a0"):
        return True
    text = _PERCENT.sub("", cell.text.rstrip("?*").removesuffix(" %").removesuffix(" d"))
    if _PROBABILITY.fullmatch(text):
        return 0 <= cell.value <= 1
    if not _NUMBER.fullmatch(text):
        return False
    printed = Fraction(text.replace(",", "").replace("\u2212", "-").removeprefix("+"))
    step = Fraction(1, 10 ** len(text.partition(".")[2]))
    return abs(printed - Fraction(cell.value)) <= step / 2 + Fraction(1, 10**9)
