"""What a document must hold, told from the blocks it was made from and not from how it was written."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.report.documents.printed_text import plain_again
from caseseries.report.exhibits.printed_blocks import Figure, Paragraph, Points, Section, Table


def titles(table: Table) -> list[str]:
    return [plain_again(column.title) for column in table.columns]


def cells(table: Table) -> list[list[str]]:
    """The cells of every row; of a row that names others its one."""
    rows = [[plain_again(cell.text) for cell in (row.cells[:1] if row.heading else row.cells)] for row in table.rows]
    return rows or [["None"]]


def tables(sections: Iterable[Section]) -> list[Table]:
    return [block for section in sections for block in section.blocks if isinstance(block, Table)]


def figures(sections: Iterable[Section]) -> list[Figure]:
    return [block for section in sections for block in section.blocks if isinstance(block, Figure)]


def paragraphs(sections: Iterable[Section]) -> list[str]:
    """Every paragraph outside tables, in order: headings, prose, points, captions, footnotes."""
    found: list[str] = []
    for section in sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Table):
                found += [f"Table {block.number}. {block.title}" if block.number else block.title, *block.footnotes]
            elif isinstance(block, Figure):
                named = f"Figure {block.number}. " if block.number else ""
                found.append(f"{named}{block.title}{f'. {block.caption}' if block.caption else ''}")
            elif isinstance(block, Paragraph):
                found.append(f"{block.label}. {block.text}" if block.label else block.text)
            elif isinstance(block, Points):
                found += [*([block.label] if block.label else []), *block.items]
    return [plain_again(text) for text in found]
