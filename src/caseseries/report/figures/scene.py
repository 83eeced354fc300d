"""A drawing before any format: lines, areas, marks and labels in units of 1/96 inch, y downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "diamond", "triangle", "cross", "bar"]

#: Width of every figure: 180 mm, two columns of a journal.
WIDTH = 680.0

#: The least size of letters: 8 points where the figure is printed 180 mm wide.
LEAST = 10.7

#: Width of a figure's variant for a telephone, where its letters keep their size.
NARROW = 340.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; `dash` are lengths of stroke and gap."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[tuple[float, float], ...]
    fill: str
    stroke: str = "none"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol of half width `r`, so that classes differ by shape and not by colour alone."""

    x: float
    y: float
    shape: Shape
    fill: str
    stroke: str
    r: float = 4.0
    width: float = 1.4


@dataclass(frozen=True, slots=True)
class Label:
    """Text with its baseline at y; `angle` turns it against the clock about its anchor."""

    x: float
    y: float
    text: str
    size: float = 11.0
    anchor: Anchor = "start"
    color: str = "#1a1c1f"
    bold: bool = False
    angle: int = 0


Item = Line | Area | Mark | Label


@dataclass(frozen=True, slots=True)
class Group:
    """Items that share a tooltip."""

    title: str
    items: tuple[Item, ...]


@dataclass(slots=True)
class Scene:
    """What is drawn so far, in order; `width` and `height` are its paper."""

    height: float
    width: float = WIDTH
    items: list[Item | Group] = field(default_factory=list)

    def line(
        self, *points: tuple[float, float], stroke: str = "#1a1c1f", width: float = 1.0, dash: Sequence[float] = ()
    ) -> None:
        """A line through points."""
        self.items.append(Line(points, stroke, width, tuple(dash)))

    def rectangle(
        self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none", line: float = 1.0
    ) -> None:
        """A filled rectangle."""
        self.items.append(Area(box(x, y, width, height), fill, stroke, line))

    def label(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11.0,
        anchor: Anchor = "start",
        color: str = "#1a1c1f",
        bold: bool = False,
        angle: int = 0,
    ) -> None:
        """A text."""
        self.items.append(Label(x, y, text, size, anchor, color, bold, angle))

    def add(self, *items: Item | Group) -> None:
        """Ready-made items."""
        self.items.extend(items)


def box(x: float, y: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    """The corners of a rectangle."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def outline(mark: Mark) -> tuple[tuple[float, float], ...]:
    """The corners of a mark that is not a circle."""
    x, y, r = mark.x, mark.y, mark.r
    match mark.shape:
        case "square":
            return box(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r)
        case "diamond":
            return ((x, y - 1.25 * r), (x + 1.25 * r, y), (x, y + 1.25 * r), (x - 1.25 * r, y))
        case "triangle":
            return ((x, y - 1.15 * r), (x + 1.1 * r, y + 0.85 * r), (x - 1.1 * r, y + 0.85 * r))
        case "bar":
            return box(x - 0.35 * r, y - 1.3 * r, 0.7 * r, 2.6 * r)
        case _:
            a, b = 0.35 * r, r
            return (
                (x - a, y - b),
                (x + a, y - b),
                (x + a, y - a),
                (x + b, y - a),
                (x + b, y + a),
                (x + a, y + a),
                (x + a, y + b),
                (x - a, y + b),
                (x - a, y + a),
                (x - b, y + a),
                (x - b, y - a),
                (x - a, y - a),
            )
