"""The report as documents that leave the program: the same blocks as on the page, article and supplement each a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from caseseries.report.documents.cover import Cover, article_cover, supplement_cover
from caseseries.report.documents.word_styles import Template
from caseseries.report.exhibits.printed_blocks import Layer, Section, of_layer
from caseseries.report.formats import Format
from caseseries.report.page.render import Front


def document_files(
    front: Front, sections: Sequence[Section], formats: Collection[Format], template: Template | None = None
) -> dict[str, bytes]:
    """The documents of the formats asked for, by name; an article without a supplement is alone."""
    covers: dict[Layer, Cover] = {"article": article_cover(front), "supplement": supplement_cover(front)}
    found: dict[str, bytes] = {}
    for name, cover in covers.items():
        kept = of_layer(sections, name)
        if kept and "word" in formats:
            from caseseries.report.documents.word import word_document

            found[f"{name}.docx"] = word_document(cover, kept, template)
    return found
