"""The parts a report is made of: frozen values that hold the number and the printed text, and know no format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from caseseries.chart.personal_words import without_dates
from caseseries.errors import ensure
from caseseries.summary.result import Result

#: The article, and the supplement with everything behind it.
Layer = Literal["article", "supplement"]

Raw = Fraction | float | int | str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the raw value, for files that are read by programs, and the text that is printed.

    `value` None means that the cell is words, or more than the one number, as one with its interval is: files then hold the text.
    `strong` marks what the eye should find first (the primary choice). `ids` are those of the results
    that it prints, by which they can be traced.

    >>> Cell("−20 %", Fraction(-20)).value
    Fraction(-20, 1)
    """

    text: str
    value: Raw = None
    strong: bool = False
    ids: tuple[str, ...] = ()

    def naming(self, *results: Result | None) -> Cell:
        """The cell as one that prints these results; an id in which a chart wrote a date is left out.

        >>> Cell("6/8 (75)").naming(Result("good response/0/of_included", "", Fraction(3, 4))).ids
        ('good response/0/of_included',)
        """
        ids = (one.id for one in results if one is not None)
        return replace(self, ids=tuple(one for one in ids if without_dates(one) == one))


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Numbers are set flush right, words flush left, sentences get room; `over` are spanning headings.

    `again` is how a sentence that stands below the row says what stands here, `{}` being the text of the cell: on paper, where width is dear,
    such a column is left out if the sentences of all rows do.
    """

    title: str
    kind: Literal["words", "sentences", "number"] = "words"
    over: tuple[str, ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `indent` sets its first cell in; `heading` is a row that names the rows below it, `aside` one of running text about the row above."""

    cells: tuple[Cell, ...]
    indent: int = 0
    heading: bool = False
    aside: bool = False

    @property
    def across(self) -> bool:
        """Whether its one cell goes over the whole width."""
        return self.heading or self.aside


@dataclass(frozen=True, slots=True)
class Table:
    """A table: title above, footnotes below. `key` names its file; `number` is empty until the report numbers it: `1`, in the supplement `S1`.

    With `below` the last cell of a row stands under it, over the whole width.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    footnotes: tuple[str, ...] = ()
    number: str = ""
    compact: bool = False
    below: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            ensure(row.across or len(row.cells) == len(self.columns), f"table {self.key}: a row of another width")

    def numbered(self, number: str) -> Table:
        """The table with its number."""
        return replace(self, number=number)

    @property
    def unfolded(self) -> Table:
        """The table as it is printed: with `below` the last cell of every row is a row of its own, and says what it can say alone."""
        if not self.below:
            return self
        kept = [place for place in range(len(self.columns) - 1) if place not in self.said_again]
        rows: list[Row] = []
        for row in self.rows:
            rows.append(row if row.across else replace(row, cells=tuple(row.cells[place] for place in kept)))
            if not row.across and row.cells[-1].text:
                rows.append(Row(row.cells[-1:], row.indent + 1, aside=True))
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=tuple(rows), below=False)

    @property
    def said_again(self) -> frozenset[int]:
        """The columns of whose every cell that is more than a dash the sentence below says the same."""
        return frozenset(place for place, column in enumerate(self.columns) if column.again and self._again(place))

    def _again(self, place: int) -> bool:
        again = self.columns[place].again
        texts = [(row.cells[place].text, row.cells[-1].text) for row in self.rows if not row.across]
        asked = [(text, below) for text, below in texts if text != "–"]
        return bool(asked) and all(
            re.search(rf"(?<!\w){re.escape(again.format(text))}(?!\w|[.,–-]\d)", below) for text, below in asked
        )

    @property
    def stem(self) -> str:
        """The name of its files without an ending: they sort as the tables stand.

        >>> Table("flow", "Flow", (), (), number="S3").stem
        'S03-flow'
        """
        supplement = self.number.startswith("S")
        return f"{'S' * supplement}{self.number.removeprefix('S'):0>2}-{self.key}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a complete SVG text; `alt` says in words what it shows, made from the same data.

    `narrow` is the same figure in fewer columns for a narrow page, empty where there is none.
    """

    key: str
    title: str
    caption: str
    alt: str
    svg: str
    number: str = ""
    narrow: str = ""

    def numbered(self, number: str) -> Figure:
        """The figure with its number."""
        return replace(self, number=number)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose; `label` is set before it in bold."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short statements; with `numbered` each begins with its own number, by which it is pointed to."""

    items: tuple[str, ...]
    label: str = ""
    numbered: bool = False


Block = Table | Figure | Paragraph | Points


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; `key` is its anchor, `layer` where it belongs."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    layer: Layer = "article"


def of_layer(sections: Iterable[Section], layer: Layer) -> tuple[Section, ...]:
    """The sections of the article, or those of the supplement."""
    return tuple(section for section in sections if section.layer == layer)


def row(*cells: Cell | str, indent: int = 0) -> Row:
    """A row of cells; bare texts are words."""
    return Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells), indent)


def heading(text: str, indent: int = 0) -> Row:
    """A row that names the rows below it."""
    return Row((Cell(text),), indent, heading=True)


def words(*titles: str) -> tuple[Column, ...]:
    """Columns of words."""
    return tuple(Column(title) for title in titles)


def numbers(*titles: str, over: Sequence[str] = ()) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(title, "number", tuple(over)) for title in titles)
