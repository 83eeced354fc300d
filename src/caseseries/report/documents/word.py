"""Sections as a Word document: real headings, captions, lists and tables, and figures that stay with their captions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from caseseries.report.documents.cover import Cover
from caseseries.report.documents.layout import TALL, UPRIGHT, Heading, in_pages, laid_out
from caseseries.report.documents.printed_text import DAY, printed
from caseseries.report.documents.word_styles import A4, Template, joined
from caseseries.report.documents.word_table import table_xml
from caseseries.report.documents.word_text import NAMESPACES, Writer, anchor, attribute, field_of, paragraph, run
from caseseries.report.exhibits.printed_blocks import Block, Figure, Paragraph, Points, Section, Table
from caseseries.report.figures.ink import png, size_of

if TYPE_CHECKING:
    from docx.document import Document

#: The dots of a figure an inch; those of `--figures print` have 600.
DPI = 300
_EMU = 12700  # of a point


def word_document(cover: Cover, sections: Sequence[Section], template: Template | None = None) -> bytes:
    """The document as the bytes of a .docx file, in our own styles or those of a template; the same blocks give the same bytes."""
    document = _empty(template)
    styles, lists, ids = joined(template)
    _take(document, styles, lists, template)
    numbered = [block for section in sections for block in section.blocks if isinstance(block, (Table, Figure))]
    targets = {anchor("Table" if isinstance(one, Table) else "Figure", one.number) for one in numbered}
    writer = Writer(ids, targets)
    body = _Body(document, writer, template.paper if template else A4)
    body.add(_cover(writer, cover))
    for turned, items in in_pages([*cover.first, *sections]):
        body.turn(turned)
        for item in items:
            body.add(_item(document, writer, item))
    if cover.made_from:
        body.turn(False)
        body.add(writer.text("Fine Print", cover.made_from))
    body.end()
    _around(document, writer, cover)
    core = document.core_properties
    core.title, core.author, core.comments = printed(cover.title), "caseseries", printed(cover.invented)
    core.created = core.modified = DAY
    core.last_modified_by, core.revision, core.language = "caseseries", 1, "en-GB"
    kept = io.BytesIO()
    document.save(kept)
    return fixed(kept.getvalue())


def _empty(template: Template | None) -> Document:
    """A document without text, without the picture of itself and the parts of a program that python-docx brings along."""
    import docx

    document = docx.Document()
    for owner in (document.part.package, document.part):
        for key, one in list(owner.rels.items()):
            kept = ("styles", "settings", "numbering", "theme", "fontTable", "officeDocument", "core-properties")
            if one.reltype.rpartition("/")[2] not in kept:
                del owner.rels[key]
    for element in list(document.element.body):
        document.element.body.remove(element)
    return document


_COMPATIBLE = (
    '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-GB"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
)


def _take(document: Document, styles: Any, lists: Any, template: Template | None) -> None:
    """Put styles, lists, settings and colours into the document."""
    from docx.oxml.parser import parse_xml

    part: Any = document.part
    found = {one.reltype.rpartition("/")[2]: one.target_part for one in part.rels.values()}
    found["styles"]._element, found["numbering"]._element = styles, lists
    found["settings"]._element = parse_xml(_COMPATIBLE)
    if template is not None and template.theme:
        found["theme"]._blob = template.theme


class _Body:
    """The body as it grows: each run of pages is a section of Word's, upright or turned."""

    def __init__(self, document: Document, writer: Writer, paper: tuple[int, int]) -> None:
        self.body, self.writer, self.paper, self.turned = document.element.body, writer, paper, False

    def add(self, xml: str) -> None:
        from docx.oxml.parser import parse_xml

        for element in list(parse_xml(f"<w:body {NAMESPACES}>{xml}</w:body>")):
            self.body.append(element)

    def turn(self, turned: bool) -> None:
        """Begin pages of this orientation: the paragraph before them ends the section."""
        from docx.oxml.parser import parse_xml

        if turned != self.turned and len(self.body):
            if not self.body[-1].tag.endswith("}p"):
                self.add(paragraph(self.writer.style("Table Note")))
            about = self.body[-1].find(f"{self.body[-1].tag.removesuffix('p')}pPr")
            for keep in [one for one in about if one.tag.endswith("}keepNext")]:
                about.remove(keep)
            about.append(parse_xml(self._section()))
        self.turned = turned

    def end(self) -> None:
        """The last section, which stands in the body itself."""
        if len(self.body) and not self.body[-1].tag.endswith("}p"):
            self.add(paragraph(self.writer.style("Table Note")))
        self.add(self._section())

    def _section(self) -> str:
        width, height = self.paper
        side = (width - round(20 * UPRIGHT)) // 2
        turned = ' w:orient="landscape"' if self.turned else ""
        size = (height, width) if self.turned else (width, height)
        sides = (height - 20 * 720) // 2 if self.turned else side
        return (
            f'<w:sectPr {NAMESPACES}><w:pgSz w:w="{size[0]}" w:h="{size[1]}"{turned}/><w:pgMar w:top="1134" w:right="{sides}" '
            f'w:bottom="1020" w:left="{sides}" w:header="510" w:footer="454" w:gutter="0"/></w:sectPr>'
        )


def _cover(writer: Writer, cover: Cover) -> str:
    """What stands before the first section."""
    parts = [writer.text("Notice", f"{cover.invented}.")] if cover.invented else []
    parts += [writer.text("Subtitle", cover.kind), writer.text("Title", cover.title)]
    parts += [writer.text("Body Text", cover.citation)] if cover.citation else []
    return "".join(parts)


def _item(document: Document, writer: Writer, item: Heading | Block) -> str:
    if isinstance(item, Heading):
        return writer.text("heading 1", item.title)
    if isinstance(item, Paragraph):
        return writer.text("Body Text", item.text, f"{item.label}." if item.label else "")
    if isinstance(item, Points):
        return _points(writer, item)
    return _table(writer, item) if isinstance(item, Table) else _figure(document, writer, item)


def _points(writer: Writer, points: Points) -> str:
    label = [writer.text("Body Text", "", points.label, keep=True, after=40)] if points.label else []
    return "".join(
        [*label, *(writer.text("Body Text" if points.numbered else "List Bullet", one) for one in points.items)]
    )


def _table(writer: Writer, table: Table) -> str:
    last = len(table.footnotes) - 1
    notes = "".join(writer.text("Table Note", one, keep=place < last) for place, one in enumerate(table.footnotes))
    return (
        writer.caption("Table", table.number, table.title, keep=True)
        + table_xml(writer, table, laid_out(table))
        + notes
        + paragraph(writer.style("Table Note"))
    )


def _figure(document: Document, writer: Writer, figure: Figure) -> str:
    width, height = size_of(figure.svg)
    scale = min(UPRIGHT / width, TALL / height, 1.0)
    part: Any = document.part
    image, _ = part.get_or_add_image(io.BytesIO(png(figure.svg, DPI)))
    extent = f'cx="{round(width * scale * _EMU)}" cy="{round(height * scale * _EMU)}"'
    number = next(writer.numbers)
    named = f'id="{number}" name="Figure {figure.number}" descr={attribute(figure.alt)}'
    drawing = (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/><wp:docPr {named}/>'
        f'<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f"<pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{image}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        f"</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    told = f"{figure.title}. {figure.caption}" if figure.caption else figure.title
    picture = paragraph(writer.style("Illustration"), f"<w:r>{drawing}</w:r>", keep=True)
    return picture + writer.caption("Figure", figure.number, told, keep=False, after=280)


def _around(document: Document, writer: Writer, cover: Cover) -> None:
    """The line above every page, which says so where the data are invented, and the one below: who it is for, and the number of the page."""
    above = [run(f"{cover.invented}. ", color="8A3B00")] if cover.invented else []
    above.append(run(cover.running))
    pages = [run(f"{cover.audience} · ")] if cover.audience else []
    pages += [run("Page "), field_of("PAGE", "1"), run(" of "), field_of("NUMPAGES", "1")]
    first = document.sections[0]
    for place, style, runs in ((first.header, "header", above), (first.footer, "footer", pages)):
        place.is_linked_to_previous = False
        _replace(place, paragraph(writer.style(style), *runs))


def _replace(place: Any, xml: str) -> None:
    from docx.oxml.parser import parse_xml

    for element in list(place._element):
        place._element.remove(element)
    place._element.append(parse_xml(xml.replace("<w:p>", f"<w:p {NAMESPACES}>", 1)))


def fixed(package: bytes) -> bytes:
    """A zip file with its parts in the order of their names, without a time."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as written:
        names = sorted(read.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            written.writestr(about, read.read(name))
    return kept.getvalue()
