"""How a table fits on paper: upright or turned, the size of its letters, and the width of each column from what stands in it."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from caseseries.report.documents.printed_text import printed
from caseseries.report.exhibits.printed_blocks import Block, Row, Section, Table
from caseseries.report.figures.text_width import text_width
from caseseries.report.page.render import spanners

#: A4 in points of 1/72 inch, with margins that leave 180 mm: figures then have the size for which they were drawn.
PAPER = (595.28, 841.89)
MARGIN = 42.52
#: What is free between the margins of a page upright, and turned: a Letter, which is shorter than A4, has this too.
UPRIGHT, TURNED = PAPER[0] - 2 * MARGIN, 720.0
#: The height that a figure may have, with room for its caption.
TALL = PAPER[1] - 2 * MARGIN - 110
#: Room at the left and the right of a cell's text, and in a table of so many columns that width is dear.
PADDING, TIGHT, MANY = 4.0, 3.0, 11
#: How far a level is set in.
INDENT = 9.0

#: Sizes of letters that are tried in turn, upright and turned.
_TRIED = ((8.0, False), (7.5, False), (8.0, True), (7.5, True), (7.0, False), (7.0, True), (6.5, True), (6.0, True))
#: Of a table with very many columns, which a turned page would part from the text about it.
_TRIED_WIDE = ((8.0, False), (7.5, False), (7.0, False), (6.5, False), (8.0, True), (7.5, True), (7.0, True), (6.5, True), (6.0, True))  # fmt: skip
#: The letters of a table that is declared compact.
_COMPACT = 7.0
#: A number is not broken unless it is a text with an interval that is longer than this.
_WHOLE = 24
#: A table that is lower than this stays whole.
_ONE_PAGE = 330.0
#: A row of so many lines is read more easily on a turned page.
_LINES = 6
_SAMPLE = 80
#: A word with its hyphens and dashes, which are where only a very long one is broken.
_LONG = 12
_BREAKS = re.compile(r"[^\-–/]*[\-–/]?")


@dataclass(frozen=True, slots=True)
class Layout:
    """Widths of the columns and the size of letters in points, and whether the page is turned.

    `lines` are about how many lines each row takes, `padding` the room at the left and the right of a cell's text.
    """

    widths: tuple[float, ...]
    size: float
    turned: bool
    lines: tuple[int, ...] = ()
    padding: float = PADDING

    @property
    def short(self) -> bool:
        """Whether the table has its place on one page, with its title and footnotes."""
        return sum(self.lines) * 1.5 * self.size < _ONE_PAGE


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section, which stands on the page of what follows it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class _Column:
    least: float  # no word is broken
    most: float  # no line is
    texts: tuple[float, ...]


@functools.lru_cache(maxsize=512)
def laid_out(table: Table) -> Layout:
    """The layout of a table: the first of some sizes, upright before turned, in which no word is broken and no row is very high."""
    columns = _measured(table)
    padding, tried = (TIGHT, _TRIED_WIDE) if len(columns) >= MANY else (PADDING, _TRIED)
    for size, turned in [one for one in tried if one[0] <= _COMPACT or not table.compact]:
        free = (TURNED if turned else UPRIGHT) - 2 * padding * len(columns)
        scaled = [
            _Column(one.least * size, one.most * size, tuple(text * size for text in one.texts)) for one in columns
        ]
        if sum(one.least for one in scaled) > free and size > tried[-1][0]:
            continue
        widths = _shared(scaled, free)
        high = _highest(scaled, widths)
        if not turned and high > _LINES and _highest(scaled, _shared(scaled, free + TURNED - UPRIGHT)) < 0.65 * high:
            continue
        break
    widths = _wide_enough(table, widths, size, free)
    lines = tuple(_lines(row, widths, size) for row in table.rows)
    return Layout(tuple(width + 2 * padding for width in widths), size, turned, lines, padding)


def _wide_enough(table: Table, widths: list[float], size: float, free: float) -> list[float]:
    """The widths, of which the last of texts has more room where a text that stands across them all then takes fewer lines."""
    across = [text_width(printed(row.cells[0].text), size) for row in table.rows if row.across]
    more = min(free, 1.05 * max(across, default=0.0)) - sum(widths)
    last = max((place for place, one in enumerate(table.columns) if one.kind != "number"), default=0)
    return [width + more * (place == last) for place, width in enumerate(widths)] if more > 0 else widths


def _lines(row: Row, widths: Sequence[float], size: float) -> int:
    """The lines of a row, about: a line that ends early makes one more of long texts."""
    if row.across:
        return math.ceil(1.1 * text_width(printed(row.cells[0].text), size) / max(sum(widths), 1.0)) or 1
    return max(
        (
            math.ceil(1.1 * text_width(printed(cell.text), size, bold=cell.strong) / max(width, 1.0))
            for cell, width in zip(row.cells, widths, strict=True)
        ),
        default=1,
    )


def _measured(table: Table) -> list[_Column]:
    """How wide each column would be, in sizes of its letters."""
    rows = [row for row in table.rows if not row.across][:_SAMPLE]
    found = []
    for place, column in enumerate(table.columns):
        cells = [
            (printed(row.cells[place].text), row.indent if place == 0 else 0, row.cells[place].strong) for row in rows
        ]
        texts = [text_width(text, 1.0, bold=strong) + indent for text, indent, strong in cells]
        title = printed(column.title)
        least = max((text_width(word, 1.0, bold=True) for word in _words(title)), default=0.0)
        for (text, indent, strong), whole in zip(cells, texts, strict=True):
            unbroken = column.kind == "number" and len(text) <= _WHOLE
            parts = (whole,) if unbroken else tuple(text_width(word, 1.0, bold=strong) for word in _words(text))
            least = max(least, max(parts, default=0.0) + indent)
        least, heading = least + 0.2, text_width(title, 1.0, bold=True)
        found.append(_Column(least, max([least, min(heading, max(6.0, heading / 2)), *texts]) + 0.2, tuple(texts)))
    return _under_spanners(table, found)


def _under_spanners(table: Table, columns: list[_Column]) -> list[_Column]:
    """The columns, wide enough for the words of the headings that span them."""
    for line in spanners(table):
        start = 0
        for text, width in line:
            part = columns[start : start + width]
            need = max((text_width(word, 1.0, bold=True) for word in _words(printed(text))), default=0.0) + 0.2
            short = (need - sum(one.least for one in part)) / width
            if short > 0:
                columns[start : start + width] = [
                    _Column(one.least + short, max(one.most, one.least + short), one.texts) for one in part
                ]
            start += width
    return columns


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in text.split(" "):
        found += [word] if len(word) <= _LONG else parts_of(word)
    return found


def parts_of(word: str) -> list[str]:
    """A word as the parts between which it may be broken.

    >>> parts_of("non-responder"), parts_of("2012–2014")
    (['non-', 'responder'], ['2012–', '2014'])
    """
    return [part for part in _BREAKS.findall(word) if part]


def _shared(columns: Sequence[_Column], free: float) -> list[float]:
    """Widths within what is free: of long texts those columns get more that save most lines by it."""
    if sum(one.most for one in columns) <= free:
        return [one.most for one in columns]
    widths = [one.least for one in columns]
    if sum(widths) >= free:
        return [width * free / sum(widths) for width in widths]
    step = (free - sum(widths)) / 24
    for _ in range(24):
        gains = [
            sum(min(text / width, 40) - min(text / (width + step), 40) for text in one.texts if text > width)
            for one, width in zip(columns, widths, strict=True)
        ]
        best = max(range(len(widths)), key=lambda place: (gains[place], -place))
        widths[best] += step
    return widths


def _highest(columns: Sequence[_Column], widths: Sequence[float]) -> float:
    """The lines of the highest row, about."""
    return max((text / width for one, width in zip(columns, widths, strict=True) for text in one.texts), default=0.0)


def in_pages(sections: Iterable[Section]) -> list[tuple[bool, list[Heading | Block]]]:
    """Headings and blocks in order, in runs of pages that are upright or turned; a heading goes with what follows it."""
    placed: list[tuple[bool, Heading | Block]] = []
    for section in sections:
        turned = [isinstance(block, Table) and laid_out(block).turned for block in section.blocks]
        placed.append((turned[0] if turned else False, Heading(section.key, section.title)))
        placed += zip(turned, section.blocks, strict=True)
    return [(turned, [item for _, item in run]) for turned, run in groupby(placed, key=lambda one: one[0])]
