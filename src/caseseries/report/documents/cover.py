"""What a document has around its sections: title, abstract, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries import __version__
from caseseries.report.exhibits.printed_blocks import Block, Paragraph, Points, Section
from caseseries.report.page.render import Front

#: More outcomes stand in a table of the abstract, and not above it.
_MOST_HEADS = 3


@dataclass(frozen=True, slots=True)
class Cover:
    """The first and last lines of a document: `running` stands above every page, `audience` (who it is for) below every page, `first` before its
    sections, `made_from` at the end."""

    title: str
    kind: str
    running: str
    invented: str
    audience: str = ""
    citation: str = ""
    first: tuple[Section, ...] = ()
    made_from: str = ""


def article_cover(front: Front) -> Cover:
    """The cover of the article: its abstract and its caveat, and what a reader must know before any number."""
    heads = [Paragraph(text, name) for name, text in front.heads] if len(front.heads) <= _MOST_HEADS else []
    blocks: list[Block] = [*heads, *front.abstract, Paragraph(front.in_short)]
    blocks += [Points(front.notices, "To know before reading")] if front.notices else []
    prints = "; ".join(f"{name} {value[:16]}" for name, value in front.prints)
    told = f"Made by caseseries {__version__} from {front.made_from}. Fingerprints (the first 16 characters of SHA-256): {prints}."
    return Cover(
        front.study,
        front.kind,
        front.study,
        front.invented,
        front.audience,
        front.citation,
        (Section("abstract", "Abstract", tuple(blocks)),),
        f"{told} {front.print_note}",
    )


def supplement_cover(front: Front) -> Cover:
    """The cover of the supplement."""
    running = f"Supplement to {front.study}"
    return Cover(f"Supplement: {front.study}", front.kind, running, front.invented, front.audience)
