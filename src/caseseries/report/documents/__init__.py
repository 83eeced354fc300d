"""The report as documents that leave the program: the same blocks as on the page, article and supplement each a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from caseseries.report.documents.cover import Cover, article_cover, supplement_cover
from caseseries.report.documents.word_styles import Template
from caseseries.report.exhibits.printed_blocks import Figure, Layer, Paragraph, Section, Table, of_layer
from caseseries.report.formats import Format
from caseseries.report.page.render import Front, shortened


def document_files(
    front: Front, sections: Sequence[Section], formats: Collection[Format], template: Template | None = None
) -> dict[str, bytes]:
    """The documents of the formats asked for, by name; an article without a supplement is alone."""
    found: dict[str, bytes] = {}
    if "excel" in formats:
        from caseseries.report.documents.tables_workbook import workbook

        found["tables.xlsx"] = workbook(front.study, front.invented, sections, front.audience)
    covers: dict[Layer, Cover] = {"article": article_cover(front), "supplement": supplement_cover(front)}
    for name, cover in covers.items():
        kept = tuple(as_printed(shortened(section)) for section in of_layer(sections, name))
        if not kept:
            continue
        if "word" in formats:
            from caseseries.report.documents.word import word_document

            found[f"{name}.docx"] = word_document(cover, kept, template)
        if "pdf" in formats:
            from caseseries.report.documents.pdf import pdf_document

            found[f"{name}.pdf"] = pdf_document(cover, kept)
    return found


def as_printed(section: Section) -> Section:
    """The section with tables as they are printed."""
    blocks = tuple(block.unfolded if isinstance(block, Table) else block for block in section.blocks)
    return replace(section, blocks=blocks)


def texts_of(front: Front, sections: Sequence[Section]) -> Iterator[str]:
    """Every text of the documents outside figures."""
    for cover in (article_cover(front), supplement_cover(front)):
        yield from (cover.title, cover.kind, cover.citation, cover.made_from)
        for section in (*cover.first, *sections):
            yield section.title
            for block in section.blocks:
                if isinstance(block, Table):
                    yield from (
                        block.title,
                        *block.footnotes,
                        *(text for one in block.columns for text in (one.title, *one.over)),
                    )
                    yield from (cell.text for row in block.rows for cell in row.cells)
                elif isinstance(block, Figure):
                    yield from (block.title, block.caption)
                else:
                    yield from (block.label, *((block.text,) if isinstance(block, Paragraph) else block.items))
        sections = ()  # of both, once
