"""What the report says of all patients of a spec: the lines of its headline on the outcomes, and tables by name."""

from __future__ import annotations

from collections.abc import Sequence

from tests.spec.small import analyse, chart
from tools.manual.markdown import paragraphs, table
from tools.manual.spec_text import SpecText

from caseseries.report import headline
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.printed_blocks import Cell, Table

#: How lines begin that stand in every headline.
_ALWAYS = (
    "Invented data",
    "Cases were observed",
    "Cases included",
    "Adverse events: none charted",
    "A before–after series",
)


def reported(one: SpecText, wanted: Sequence[str]) -> str:
    """`headline`, or the keys of tables, in that order."""
    summary = analyse(one.declared, chart(one.written["chart"], one.declared))
    lines = [line for line in headline(summary).splitlines() if not line.startswith(_ALWAYS)]
    tables = {found.key: found for found in tables_of(contents(summary))}
    said = "\n".join(f"{' ' * (len(line) - len(line.lstrip()))}- {line.lstrip()}" for line in lines)
    return paragraphs(*(said if name == "headline" else _table(tables[name]) for name in wanted))


def _table(found: Table) -> str:
    head = [": ".join((*column.over, column.title)) for column in found.columns]
    rows = [
        [_cell(cell) for cell in row.cells] + [""] * (len(head) - len(row.cells))  # a heading is one cell
        for row in found.rows
    ]
    return paragraphs(f"*{found.title}*", table(head, rows), " ".join(found.footnotes))


def _cell(cell: Cell) -> str:
    return f"**{cell.text}**" if cell.strong and cell.text else cell.text
