"""A table in Word as journals print it: three rules, headings that span columns, a stub set in, nothing shaded."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.report.documents.layout import INDENT, Layout
from caseseries.report.documents.word_text import Align, Writer, attribute, paragraph, run
from caseseries.report.exhibits.printed_blocks import Row, Table
from caseseries.report.page.render import spanners

_HEAVY, _FINE = 8, 4  # eighths of a point
_SIZE = 8.0


def table_xml(writer: Writer, table: Table, layout: Layout) -> str:
    """The table without its caption and footnotes; its last row stays with the footnotes."""
    widths = [_twips(width) for width in layout.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    around = "".join(
        f'<w:{side} w:val="single" w:sz="{_HEAVY}" w:space="0" w:color="000000"/>' for side in ("top", "bottom")
    )
    margins = "".join(f'<w:{side} w:w="{_twips(layout.padding)}" w:type="dxa"/>' for side in ("left", "right"))
    about = (
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{around}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar>{margins}</w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        f' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={attribute(table.title)}/>'
    )
    rows = [*_headings(writer, table, widths, layout.size), *_rows(writer, table, widths, layout.size, layout.short)]
    return f"<w:tbl><w:tblPr>{about}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _twips(points: float) -> int:
    return round(20 * points)


def _headings(writer: Writer, table: Table, widths: list[int], size: float) -> Iterator[str]:
    style = writer.style("Table Text")
    for line in spanners(table):
        cells, start = [], 0
        for text, width in line:
            words = run(text, bold=True, size=_other(size))
            told = paragraph(style, words, keep=True, align="center", rule=bool(text))
            cells.append(_cell(told, sum(widths[start : start + width]), width, top=False))
            start += width
        yield _row(cells, heading=True)
    cells = []
    for column, width in zip(table.columns, widths, strict=True):
        align: Align = "right" if column.kind == "number" else "left"
        told = paragraph(style, run(column.title, bold=True, size=_other(size)), keep=True, align=align)
        cells.append(_cell(told, width, 1, rule=True, top=False))
    yield _row(cells, heading=True)


def _rows(writer: Writer, table: Table, widths: list[int], size: float, whole: bool) -> Iterator[str]:
    style = writer.style("Table Text")
    if not table.rows:
        yield _row([_cell(paragraph(style, run("None", size=_other(size))), sum(widths), len(widths))])
    last = len(table.rows) - 1
    for place, row in enumerate(table.rows):
        told_below = place < last and table.rows[place + 1].aside
        near = whole or row.heading or told_below or place in {0, last - 1}
        keep = bool(table.footnotes) if place == last else near
        if row.across:
            words = run(row.cells[0].text, bold=row.heading, size=_other(size))
            told = paragraph(style, words, keep=keep, indent=_indent(row))
            yield _row([_cell(told, sum(widths), len(widths))])
            continue
        cells: list[str] = []
        for column, cell, width in zip(table.columns, row.cells, widths, strict=True):
            align: Align = "right" if column.kind == "number" else "left"
            words = run(cell.text, bold=cell.strong, size=_other(size))
            indent = (0, 0) if cells else _indent(row)
            cells.append(_cell(paragraph(style, words, keep=keep, align=align, indent=indent), width, 1))
        yield _row(cells)


def _other(size: float) -> float:
    return 0.0 if size == _SIZE else size


def _indent(row: Row) -> tuple[int, int]:
    return (_twips(INDENT * row.indent + INDENT / 2), _twips(INDENT / 2)) if row.indent else (0, 0)


def _cell(content: str, width: int, span: int, *, rule: bool = False, top: bool = True) -> str:
    about = f'<w:tcW w:w="{width}" w:type="dxa"/>' + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
    if rule:
        below = f'<w:bottom w:val="single" w:sz="{_FINE}" w:space="0" w:color="000000"/>'
        about += f"<w:tcBorders>{below}</w:tcBorders>"
    about += "" if top else '<w:vAlign w:val="bottom"/>'
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{content}</w:tc>"


def _row(cells: list[str], *, heading: bool = False) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * heading}</w:trPr>{''.join(cells)}</w:tr>"
