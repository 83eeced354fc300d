"""Sections as PDF/UA-1, set by typst: bookmarks, embedded fonts, tagged tables whose headings come again, figures as lines and letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from importlib import resources

from caseseries.errors import ensure
from caseseries.report.documents.cover import Cover
from caseseries.report.documents.layout import (
    INDENT,
    MARGIN,
    PAPER,
    TALL,
    UPRIGHT,
    Heading,
    Layout,
    in_pages,
    laid_out,
    parts_of,
)
from caseseries.report.documents.printed_text import DAY, printed
from caseseries.report.exhibits.printed_blocks import Block, Cell, Figure, Paragraph, Points, Row, Section, Table
from caseseries.report.figures.ink import fonts, literal, size_of
from caseseries.report.figures.text_width import text_width
from caseseries.report.page.render import spanners

_REFERENCE = re.compile(r"\b(Table|Figure)\u00a0(S?[0-9]+)\b")
#: A word without a place to break is broken by this.
_BREAK = "\u200b"
_LONGEST = 60
#: A row of more lines may be split between pages, since it might not fit on one.
_HIGH = 40
#: Footnotes of more characters may be split between pages too.
_LONG_NOTES = 2500


def pdf_document(cover: Cover, sections: Sequence[Section]) -> bytes:
    """The document as the bytes of a PDF file; the same blocks give the same bytes."""
    import typst

    source = "\n".join(_source(cover, sections))
    made, warnings = typst.compile_with_warnings(
        source.encode(),
        format="pdf",
        pdf_standards="ua-1",
        font_paths=fonts(),
        ignore_system_fonts=True,
        timestamp=int(DAY.timestamp()),
    )
    ensure(not any("font" in one.message for one in warnings), "a font of the PDF is missing")
    ensure(made, "a PDF without a page")
    return bytes(made)


def _source(cover: Cover, sections: Sequence[Section]) -> Iterator[str]:
    numbered = [block for section in sections for block in section.blocks if isinstance(block, Table | Figure)]
    drawn = {one.key for one in sections if all(isinstance(block, Figure) for block in one.blocks)}
    writer = _Writer({_target(one) for one in numbered if one.number}, drawn)
    yield f"#set document(title: {_words(cover.title)}, author: {_words('caseseries')}, date: none)"
    yield resources.files("caseseries.report.documents").joinpath("pdf.typ").read_text(encoding="utf-8")
    invented = f'text(fill: rgb("#8a3b00"), {_words(cover.invented + ". ")})' if cover.invented else '""'
    below = f"{printed(cover.audience)} · " if cover.audience else ""
    yield (
        f'#set page(paper: "a4", margin: (x: {MARGIN}pt, top: 20mm, bottom: 18mm), header: soft({invented} + {_words(cover.running)}), '
        f"footer: context align(center, soft([#{literal(below)}Page #counter(page).display() of #counter(page).final().first()])))"
    )
    yield f"#notice({_words(cover.invented + '.')})" if cover.invented else ""
    yield f"#soft({_words(cover.kind)})\n#title({_words(cover.title)})"
    yield f"#prose({_words(cover.citation)})" if cover.citation else ""
    sideways = f"#set page(flipped: true, margin: (x: {(PAPER[1] - 720) / 2:.2f}pt, top: 20mm, bottom: 18mm))"
    for turned, items in in_pages([*cover.first, *sections]):
        body = "\n".join(writer.item(item) for item in items)
        yield f"#[\n{sideways}\n{body}\n]" if turned else body
    yield f"#v(1em)\n#prose(soft({_words(cover.made_from)}))" if cover.made_from else ""


def _words(text: str) -> str:
    """Text as typst reads it, with a place to break words that are too long for a line."""
    return literal(" ".join(_broken(word, _LONGEST) for word in printed(text).split(" ")))


def _broken(word: str, longest: int) -> str:
    if len(word) <= longest:
        return word
    return _BREAK.join(word[place : place + longest] for place in range(0, len(word), longest))


def _target(block: Table | Figure) -> str:
    return f"{'table' if isinstance(block, Table) else 'figure'}-{block.number}"


class _Writer:
    """Blocks as typst's text; `targets` are the tables and figures that a text may point to, `drawn` the sections of nothing but figures."""

    def __init__(self, targets: Collection[str], drawn: Collection[str]) -> None:
        self.targets, self.sections = targets, drawn
        self.drawn = 0
        self.stays = False

    def item(self, item: Heading | Block) -> str:
        """A heading or a block."""
        if isinstance(item, Heading):
            # No text of such a section could go on below the mention of a figure: its heading would stand alone.
            self.stays = item.key in self.sections
            return f"{'#place.flush()' if self.stays else ''}\n#heading({_words(item.title)})"
        if isinstance(item, Paragraph):
            label = f"strong({_words(f'{item.label}. ')}) + " if item.label else ""
            return f"#prose({label}{self.prose(item.text)})"
        if isinstance(item, Points):
            label = f"#lead({_words(item.label)})\n" if item.label else ""
            marker = "marker: none, indent: 0pt, body-indent: 0pt, spacing: 0.5em, " if item.numbered else ""
            made = f"list({marker}{', '.join(self.prose(one) for one in item.items)})"
            return f"{label}#prose({f'text(size: 8pt, {made})' if item.numbered else made})"
        return self.table(item) if isinstance(item, Table) else self.figure(item)

    def prose(self, text: str) -> str:
        """A text whose tables and figures are links."""
        kept, rest, parts = printed(text), 0, []
        for named in _REFERENCE.finditer(kept):
            target = f"{named[1].lower()}-{named[2]}"
            if target in self.targets:
                parts += [_words(kept[rest : named.start()])] if named.start() > rest else []
                parts.append(f"link(<{target}>, {_words(named[0])})")
                rest = named.end()
        parts += [_words(kept[rest:])] if rest < len(kept) or not parts else []
        return f"[{''.join(f'#{part}' for part in parts)}]"

    def figure(self, figure: Figure) -> str:
        """A figure with its caption, as lines and letters that can be searched."""
        self.drawn += 1
        width, height = size_of(figure.svg)
        scale = min(UPRIGHT / width, TALL / height, 1.0)
        told = f"{figure.title}. {figure.caption}" if figure.caption else figure.title
        image = f'image(bytes({literal(figure.svg)}), format: "svg", width: {width * scale:.2f}pt, alt: {_words(figure.alt)})'
        caption = _caption("Figure", figure.number, told)
        made = f"figure(kind: image, placement: place, caption: {caption}, [#metadata({self.drawn}) <drawn> #{image}])"
        shown = f"place => [#{made}{_label(figure)}]"
        return f"#({shown})(none)" if self.stays else f"#drawn({self.drawn}, {UPRIGHT:.2f}pt, {shown})"

    def table(self, table: Table) -> str:
        """A table with title, three rules and footnotes; whole on a page where it is short."""
        layout = laid_out(table)
        columns = ", ".join(f"{width:.2f}pt" for width in layout.widths)
        align = ", ".join("right" if column.kind == "number" else "left" for column in table.columns)
        content = ",\n".join(["heavy", _headings(table), *_rows(table, layout), "heavy"])
        made = f"table(columns: ({columns},), align: ({align},), inset: (x: {layout.padding}pt, y: 2.6pt),\n{content})"
        caption = _caption("Table", table.number, table.title)
        sized = f"text(size: {layout.size}pt, {made})"
        long = sum(map(len, table.footnotes)) > _LONG_NOTES
        told = ", ".join([f"split: {str(long).lower()}", *map(self.prose, table.footnotes)])
        notes = f"#notes({told})" if table.footnotes else ""
        figure = f"#figure(kind: table, caption: {caption}, {sized}){_label(table)}"
        return f"#{'whole' if layout.short and not long else 'long'}[\n{figure}\n{notes}\n]"


def _label(block: Table | Figure) -> str:
    return f" <{_target(block)}>" if block.number else ""


def _caption(kind: str, number: str, text: str) -> str:
    if not number:
        return f"strong({_words(text)})"
    return f"[#strong({_words(f'{kind} {number}. ')})#{_words(text)}]"


def _headings(table: Table) -> str:
    parts: list[str] = []
    for line in spanners(table):
        for text, width in line:
            told = f"over(strong({_words(text)}))" if text else '""'
            parts.append(f"table.cell(colspan: {width}, align: center + bottom, {told})")
    parts += [
        f"table.cell(align: {_side(column.kind)} + bottom, strong({_words(column.title)}))" for column in table.columns
    ]
    return f"table.header({', '.join(parts)}, fine)"


def _side(kind: str) -> str:
    return "right" if kind == "number" else "left"


def _rows(table: Table, layout: Layout) -> Iterator[str]:
    if not table.rows:
        yield f"table.cell(colspan: {len(table.columns)}, {_words('None')})"
    for row, lines in zip(table.rows, layout.lines, strict=True):
        if row.across:
            told = _words(row.cells[0].text)
            head = f"strong({told})" if row.heading else told
            cell = f"table.cell(colspan: {len(table.columns)}{_inset(row, layout)}, {head})"
            # A heading among the rows goes with the one below it.
            yield f"table.header(level: {2 + row.indent}, repeat: false, {cell})" if row.heading else cell
            continue
        cells = [
            _cell(cell, width - 2 * layout.padding, layout.size)
            for cell, width in zip(row.cells, layout.widths, strict=True)
        ]
        split = ", breakable: true" if lines > _HIGH else ""
        if row.indent or split:
            cells = [
                f"table.cell({text}{_inset(row, layout) if place == 0 else ''}{split})"
                for place, text in enumerate(cells)
            ]
        yield ", ".join(cells)


def _inset(row: Row, layout: Layout) -> str:
    return (
        f", inset: (left: {layout.padding + INDENT * row.indent}pt, right: {layout.padding}pt, y: 2.6pt)"
        if row.indent
        else ""
    )


def _narrow(word: str, width: float, size: float, *, bold: bool) -> str:
    """A word with places to break where it is wider than its column."""
    wide = text_width(word, size, bold=bold)
    return _broken(word, max(1, int(len(word) * width / wide) - 1)) if wide > width > 0 else word


def _cell(cell: Cell, width: float, size: float) -> str:
    """A cell's text; a word that is wider than its column is broken."""
    found = []
    for word in printed(cell.text).split(" "):
        if text_width(word, size, bold=cell.strong) > width:
            word = _BREAK.join(_narrow(part, width, size, bold=cell.strong) for part in parts_of(word))
        found.append(word)
    told = literal(" ".join(found))
    return f"strong({told})" if cell.strong else told
