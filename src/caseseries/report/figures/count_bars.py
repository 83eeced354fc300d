"""Counts as horizontal bars, the most frequent first: why cases were not evaluable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.report.exhibits.printed_numbers import percent, whole
from caseseries.report.figures.axis import CLASSES, HAIR, INK, SOFT, Scale, ticks, x_axis
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Group, Scene, box
from caseseries.report.figures.text_width import text_width, wrap
from caseseries.verdict.number_style import with_percent

#: So many reasons are drawn; the others stand in the table.
MOST = 12


@dataclass(frozen=True, slots=True)
class Count:
    """One bar; `hidden` is what stands for a count too small to be told."""

    label: str
    n: int
    hidden: str = ""


def count_words(count: Count, total: int) -> str:
    """One count with its share: `1204 (12.0 %)`."""
    if count.hidden:
        return count.hidden
    return f"{whole(count.n)} ({with_percent(percent(count.n, total))})" if total else whole(count.n)


def shortened(counts: Sequence[Count], most: int = MOST) -> tuple[Count, ...]:
    """The most frequent first, and the rest as one.

    >>> [(count.label, count.n) for count in shortened([Count("a", 1), Count("b", 5), Count("c", 2)], 2)]
    [('b', 5), ('2 further reasons', 3)]
    """
    ordered = sorted(counts, key=lambda count: (-count.n, count.label))
    if len(ordered) <= most:
        return tuple(ordered)
    rest = ordered[most - 1 :]
    return (*ordered[: most - 1], Count(f"{len(rest)} further reasons", sum(count.n for count in rest)))


def counts_scene(counts: Sequence[Count], total: int, axis: str, paper: float = WIDTH) -> Scene:
    """A bar for each, with its name above it on narrow paper and beside it otherwise."""
    scene = Scene(0, paper)
    narrow = paper < WIDTH
    names = paper - 24 if narrow else paper * 0.42
    told = [count_words(count, total) for count in counts]
    right = max((text_width(text, LEAST) for text in told), default=0) + 14
    x0 = 12.0 if narrow else names + 16
    x1 = paper - 10 - right
    high = Fraction(max((count.n for count in counts), default=1) or 1)
    scale = Scale(Fraction(0), high, x0, x1)
    y = 8.0
    rows = []
    for count, text in zip(counts, told, strict=True):
        lines = wrap(count.label, names - 6, LEAST)
        rows.append((count, text, lines, y))
        y += 13.0 * len(lines) + (26 if narrow else 9 if len(lines) > 1 else 14)
    marks = [tick for tick in ticks(Fraction(0), high, 3 if narrow else 4) if tick.denominator == 1]
    for tick in marks:
        scene.line((scale(tick), 6), (scale(tick), y), stroke=HAIR, width=0.8)
    for count, text, lines, top in rows:
        for place, line in enumerate(lines):
            scene.label(8, top + 11 + 13 * place, line, size=LEAST, color=INK)
        bar = top + (13 * len(lines) + 3 if narrow else 13 * (len(lines) - 1) / 2 + 1)
        line_, fill, _ = CLASSES["not evaluable"]
        if count.n:
            area = Area(box(x0, bar, max(scale(count.n) - x0, 0.8), 13), fill, line_, 1)
            scene.add(Group(f"{count.label}: {text}", (area,)))
        scene.label(max(scale(count.n), x0) + 6, bar + 10.5, text, size=LEAST, color=SOFT)
    x_axis(scene, scale, y, marks, axis)
    scene.height = y + 38
    return scene


def counts_alt(counts: Sequence[Count], total: int) -> str:
    """Every bar in words."""
    return f"Bars. {'; '.join(f'{count.label}: {count_words(count, total)}' for count in counts)}."
