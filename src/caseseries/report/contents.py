"""The order of the report: the article, then its supplement, and the number of every table and figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caseseries.report.article import article
from caseseries.report.exhibits.printed_blocks import Block, Figure, Layer, Section, Table
from caseseries.report.exhibits.words import capital
from caseseries.report.supplement import supplement
from caseseries.summary.model import Summary

#: Titles of the sections of the article by their anchor.
TITLES = {
    "methods": "Methods",
    "patients": "Patients",
    "response": "Response",
    "cases": "Every case",
    "safety": "Safety",
    "robustness": "Robustness",
    "cannot-show": "What this series cannot show",
    "references": "References",
}

#: Titles of the sections of the supplement.
BEHIND = {
    "statistics": "How the numbers were found",
    "selection": "Who was included, and who was not",
    "readings": "Every reading of the rule",
    "verdicts": "What the verdicts rest on",
    "drugs": "Drugs",
    "follow-up": "Follow-up",
    "monitoring": "Monitoring",
    "grid": "Every other choice",
    "timelines": "Timelines",
    "protocol": "The protocol and its history",
    "data": "The data read",
    "checklist": "Reporting checklists",
}


def contents(summary: Summary, figures: Iterable[Figure] = (), *, unshown: str = "") -> tuple[Section, ...]:
    """The sections of the article, then of the supplement, tables and figures numbered in each in the order in which they stand.

    `unshown` are characters that figures for print (PDF, PNG, TIFF) lack.
    """
    drawn = {figure.key: figure for figure in figures}
    called = TITLES | {key: f"Supplement: {title}" for key, title in BEHIND.items()}
    return (
        *numbered(article(summary, drawn), TITLES),
        *numbered(supplement(summary, drawn, called, unshown), BEHIND, "supplement"),
    )


def numbered(
    parts: Mapping[str, Sequence[Block | None]], titles: Mapping[str, str], layer: Layer = "article"
) -> tuple[Section, ...]:
    """Sections of the blocks that are there, with their tables and figures numbered in order; an empty one is left out.

    In the supplement a number begins with S.
    """
    before = "S" if layer == "supplement" else ""
    tables = drawings = 0
    sections = []
    for key, blocks in parts.items():
        kept: list[Block] = []
        for block in blocks:
            if isinstance(block, Table):
                tables += 1
                kept.append(block.numbered(f"{before}{tables}"))
            elif isinstance(block, Figure):
                drawings += 1
                kept.append(block.numbered(f"{before}{drawings}"))
            elif block is not None:
                kept.append(block)
        if kept:
            sections.append(Section(key, titles.get(key, capital(key)), tuple(kept), layer))
    return tuple(sections)


def tables_of(sections: Iterable[Section]) -> tuple[Table, ...]:
    """Every table of the report, in order."""
    return tuple(block for section in sections for block in section.blocks if isinstance(block, Table))
