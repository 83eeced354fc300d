"""Parts of a Word document as its own XML: runs, paragraphs, fields, captions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from caseseries.report.documents.printed_text import printed

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)

Align = Literal["left", "right", "center"]
_REFERENCE = re.compile(r"\b(Table|Figure)\u00a0(S?[0-9]+)\b")


def attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    return quoteattr(printed(text))


def run(text: str, *, bold: bool = False, size: float = 0.0, color: str = "") -> str:
    """A run of text; `size` in points, 0 for that of the style."""
    return _run(printed(text), bold=bold, size=size, color=color)


def _run(text: str, *, bold: bool = False, size: float = 0.0, color: str = "", inner: str = "") -> str:
    look = "<w:b/><w:bCs/>" * bold + (f'<w:color w:val="{color}"/>' if color else "")
    if size:
        look += f'<w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>'
    kept = inner or f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{kept}</w:r>"


def field_of(instruction: str, shown: str, *, bold: bool = False) -> str:
    """A field with the text that it shows until somebody lets Word count anew."""
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    asked = f'<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText>'
    begin, told, separate, end = (_run("", bold=bold, inner=inner) for inner in (marks[0], asked, marks[1], marks[2]))
    return f"{begin}{told}{separate}{_run(shown, bold=bold)}{end}"


def paragraph(
    style: str,
    *runs: str,
    keep: bool = False,
    align: Align = "left",
    indent: tuple[int, int] = (0, 0),
    after: int | None = None,
    rule: bool = False,
) -> str:
    """A paragraph of a style; `keep` holds it with the next, `indent` is left and hanging, `after` the space below, in twentieths of a point.

    `rule` is a line below it, as wide as the text may be.
    """
    about = f'<w:pStyle w:val="{style}"/>' + "<w:keepNext/>" * keep
    about += '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="000000"/></w:pBdr>' * rule
    about += f'<w:spacing w:after="{after}"/>' if after is not None else ""
    about += f'<w:ind w:left="{indent[0]}" w:hanging="{indent[1]}"/>' if any(indent) else ""
    about += f'<w:jc w:val="{align}"/>' if align != "left" else ""
    return f"<w:p><w:pPr>{about}</w:pPr>{''.join(runs)}</w:p>"


@dataclass(slots=True)
class Writer:
    """The styles of a document by their names, and what it counts: `targets` are the tables and figures that a text may point to."""

    styles: Mapping[str, str]
    targets: Collection[str]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def style(self, name: str) -> str:
        """The id of a style, whatever the document calls it."""
        return self.styles[name]

    def text(self, style: str, text: str, label: str = "", *, keep: bool = False, after: int | None = None) -> str:
        """A paragraph with its bold label; tables and figures that it names are references."""
        begins = [run(f"{label} ", bold=True)] if label else []
        return paragraph(self.style(style), *begins, *self.runs(text), keep=keep, after=after)

    def runs(self, text: str) -> list[str]:
        """A text as runs and references."""
        found, rest = [], 0
        kept = printed(text)
        for named in _REFERENCE.finditer(kept):
            target = anchor(named[1], named[2])
            if target in self.targets:
                found += [_run(kept[rest : named.start()])] if named.start() > rest else []
                found.append(field_of(f"REF {target} \\h", named[0]))
                rest = named.end()
        return [*found, _run(kept[rest:])] if rest < len(kept) or not found else found

    def caption(self, kind: str, number: str, text: str, *, keep: bool, after: int | None = None) -> str:
        """A caption that Word counts itself, with its number already in it; the supplement's begins with S. Without a number, the title alone."""
        if not number:
            return paragraph(self.style("caption"), run(text, bold=True), keep=keep, after=after)
        before, place = ("S", number[1:]) if number.startswith("S") else ("", number)
        mark, target = next(self.numbers), anchor(kind, number)
        counted = field_of(f"SEQ {kind} \\* ARABIC", place, bold=True)
        kind_words = _run(kind + "\u00a0" + before, bold=True)
        named = f'<w:bookmarkStart w:id="{mark}" w:name="{target}"/>{kind_words}{counted}<w:bookmarkEnd w:id="{mark}"/>'
        return paragraph(self.style("caption"), named, run(". ", bold=True), run(text), keep=keep, after=after)


def anchor(kind: str, number: str) -> str:
    """The bookmark of a table or figure.

    >>> anchor("Table", "S3")
    'table_S3'
    """
    return f"{kind.lower()}_{number}"
