"""How values are distributed where there are too many for a mark each: histograms with the line that the rule asks for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from caseseries.errors import ensure
from caseseries.protocol.grades import STEPS
from caseseries.report.exhibits.printed_numbers import alike, number, percent, plain, whole
from caseseries.report.exhibits.words import capital, counted
from caseseries.report.figures.axis import HAIR, INK, SOFT, Scale, ticks, x_axis, y_axis
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Group, Scene, box
from caseseries.report.figures.text_width import fit, text_width
from caseseries.verdict.number_style import in_unit, with_percent

Value = TypeVar("Value", int, Fraction)

_HEIGHT = 150.0
#: Bars of values that meet the line, of those that do not, and of those where no line is drawn.
MEETS, MISSES, PLAIN = ("#0072B2", "#0072B2"), ("#ffffff", "#D55E00"), ("#c9d3dc", "#565c64")


@dataclass(frozen=True, slots=True)
class Spread:
    """One panel: values with how often each occurs, and the line of the rule where it has one on this scale.

    `line` is where a value begins to meet the rule; `above` says on which side, `at_line` whether the line itself meets it.
    `binned` values stand at the middle of the bins that a site told.
    """

    title: str
    unit: str
    counts: tuple[tuple[Fraction, int], ...]
    line: Fraction | None = None
    above: bool = True
    at_line: bool = True
    asked: str = ""
    binned: bool = False

    @property
    def n(self) -> int:
        """How many values."""
        return sum(count for _, count in self.counts)

    def meets(self, value: Fraction) -> bool:
        """Whether a value lies on the side that the rule asks for."""
        if self.line is None:
            return False
        if value == self.line:
            return self.at_line
        return (value > self.line) is self.above


@dataclass(frozen=True, slots=True)
class Bar:
    """Values from `low` to `high`; `open_low` and `open_high` mark the end bars that hold all further values."""

    low: Fraction
    high: Fraction
    n: int
    meets: bool
    open_low: bool = False
    open_high: bool = False


def quantile_of(counts: Sequence[tuple[Value, int]], share: Fraction) -> Value:
    """The smallest value that at least this share of the values does not exceed; `counts` in order.

    >>> quantile_of([(Fraction(1), 3), (Fraction(2), 1)], Fraction(3, 4))
    Fraction(1, 1)
    """
    wanted, seen = share * sum(n for _, n in counts), 0
    for value, n in counts:
        seen += n
        if seen >= wanted:
            return value
    return counts[-1][0]


def bars_of(spread: Spread, about: int = 24) -> tuple[Bar, ...]:
    """Equal bars of a round width; the line of the rule is always an edge, so that no bar lies on both sides of it.

    Values beyond the outer half percent are gathered in two further end bars where they would stretch the axis.

    >>> shown = bars_of(Spread("x", "", tuple((Fraction(v), 1) for v in range(4)), Fraction(2)), about=4)
    >>> [(int(bar.low), int(bar.high), bar.n, bar.meets) for bar in shown]
    [(0, 1, 1, False), (1, 2, 1, False), (2, 3, 1, True), (3, 4, 1, True)]
    """
    line = spread.line
    parts = math.lcm(*(value.denominator for value, _ in spread.counts), 1 if line is None else line.denominator)
    counts = sorted((_whole(value, parts), n) for value, n in spread.counts)  # whole numbers of 1/parts
    low, high = quantile_of(counts, Fraction(1, 200)), quantile_of(counts, Fraction(199, 200))
    origin = 0 if line is None else _whole(line, parts)
    if line is not None:
        low, high = min(low, origin), max(high, origin)
    room, (least, _), (most, _) = high - low, counts[0], counts[-1]
    low = least if 4 * (low - least) <= room else low
    high = most if 4 * (most - high) <= room else high
    step = _round_step(Fraction(high - low, parts * about)) if high > low else Fraction(1)
    different = [value for value, _ in counts if low <= value <= high]
    if len(different) > 1:  # a bar narrower than the values are apart would draw gaps that are not there
        gap = Fraction(min(second - first for first, second in itertools.pairwise(different)), parts)
        step = max(step, gap) if Fraction(high - low, parts) / gap <= 60 else step
    closed_low = line is None or spread.above is spread.at_line
    wide, of = step.numerator * parts, step.denominator

    def place_of(value: int) -> int:
        """The bar of a value: bars hold their lower edge, or their upper one where the rule asks for more than the line."""
        return (value - origin) * of // wide if closed_low else -((origin - value) * of // wide) - 1

    places: dict[int, int] = {}
    first, last = place_of(low), place_of(high)
    for value, n in counts:
        place = min(max(place_of(value), first - 1), last + 1)
        places[place] = places.get(place, 0) + n
    found, edge = [], line or Fraction(0)
    for place in range(min(first, *places), max(last, *places) + 1):
        inside = line is not None and ((place >= 0) if spread.above else (place < 0))
        begin, end = edge + place * step, edge + (place + 1) * step
        found.append(Bar(begin, end, places.get(place, 0), inside, place < first, place > last))
    ensure(sum(bar.n for bar in found) == spread.n)
    return tuple(found)


def _whole(value: Fraction, parts: int) -> int:
    """A value as a whole number of 1/parts."""
    return value.numerator * (parts // value.denominator)


def _round_step(width: Fraction) -> Fraction:
    """The next of 1, 2, 5 times a power of ten."""
    power = Fraction(1)
    while power > width:
        power /= 10
    while power * 10 <= width:
        power *= 10
    return next(power * part for part in (1, 2, 5, 10) if power * part >= width)


def distribution_scene(shown: Sequence[Spread], paper: float = WIDTH) -> Scene:
    """A panel for each: two in a row on a page, one on a narrow one."""
    scene = Scene(0, paper)
    across = 1 if paper < WIDTH or len(shown) == 1 else 2
    width = paper / across
    top = 6.0
    for start in range(0, len(shown), across):
        for place, spread in enumerate(shown[start : start + across]):
            _panel(scene, spread, place * width, top, width)
        top += 66 + _HEIGHT + 44
    scene.height = top
    return scene


def _panel(scene: Scene, spread: Spread, left: float, top: float, width: float) -> None:
    scene.label(left + 8, top + 14, fit(spread.title, width - 24, 11, bold=True), size=11, bold=True)
    if spread.line is not None:
        asked, _, met = _beside_line(spread).partition("; ")
        scene.line((left + 8, top + 25.5), (left + 24, top + 25.5), stroke=INK, width=1.2, dash=(5, 3))
        scene.label(left + 29, top + 29, fit(asked, width - 40, LEAST), size=LEAST, color=SOFT)
        scene.label(left + 29, top + 41.5, fit(met, width - 40, LEAST), size=LEAST, color=SOFT)
    else:
        scene.label(
            left + 8, top + 41.5, fit(f"{counted(spread.n, 'value')}", width - 16, LEAST), size=LEAST, color=SOFT
        )
    y0, y1 = top + 56, top + 56 + _HEIGHT
    found = bars_of(spread)
    most = max(bar.n for bar in found)
    tall = Scale(Fraction(0), Fraction(most) * Fraction(21, 20), y1, y0)
    marks = [tick for tick in ticks(Fraction(0), tall.high, 4) if tick.denominator == 1]
    room = max(text_width(plain(tick), LEAST) for tick in marks) + 12
    x0, x1 = left + 8 + room, left + width - 14
    y_axis(scene, tall, x0, x1, marks)
    across = Scale(found[0].low, found[-1].high, x0, x1)
    for bar in found:
        if bar.n:
            a, b, y = across(bar.low), across(bar.high), tall(bar.n)
            fill, stroke = PLAIN if spread.line is None else MEETS if bar.meets else MISSES
            gap = 0.5 if b - a > 3 else 0.0
            y = min(y, y1 - 0.8)  # a few among very many stay visible
            area = Area(box(a + gap, y, max(b - a - 2 * gap, 0.5), y1 - y), fill, stroke, 0.9)
            scene.add(Group(f"{in_unit(bar_words(bar), spread.unit)}: {whole(bar.n)}".replace("  ", " "), (area,)))
    marks = ticks(across.low, across.high, 6 if width > 300 else 4)
    if spread.unit == STEPS:
        marks = [mark for mark in marks if mark.denominator == 1]
    numbers = _apart(across, marks)
    x_axis(scene, across, y1, numbers, spread.unit)
    if across.low < 0 < across.high:
        scene.line((across(0), y0), (across(0), y1), stroke=HAIR, width=1)
    if spread.line is not None:
        scene.line((across(spread.line), y0 - 6), (across(spread.line), y1), stroke=INK, width=1.3, dash=(5, 3))


def _apart(scale: Scale, values: Sequence[Fraction]) -> list[Fraction]:
    """Every tick, or every second, so that their labels do not touch."""
    for step in range(1, len(values) + 1):
        kept = list(values[::step])
        wide = [text_width(plain(value), LEAST) / 2 + 3 for value in kept]
        if all(
            scale(kept[place]) + wide[place] <= scale(kept[place + 1]) - wide[place + 1]
            for place in range(len(kept) - 1)
        ):
            return kept
    return list(values[:1])


def _beside_line(spread: Spread) -> str:
    meets = sum(count for value, count in spread.counts if spread.meets(value))
    if spread.binned:
        return f"needed: {spread.asked}; about {with_percent(number(Fraction(100 * meets, spread.n), 0))} of {whole(spread.n)}, from bins"
    return f"needed: {spread.asked}; {whole(meets)} of {whole(spread.n)} ({with_percent(percent(meets, spread.n))})"


def bar_words(bar: Bar) -> str:
    """The values of a bar."""
    if bar.open_low:
        return f"up to {plain(bar.high, 6)}"
    if bar.open_high:
        return f"{plain(bar.low, 6)} and further"
    return f"{plain(bar.low, 6)} to {plain(bar.high, 6)}"


def gathered(shown: Iterable[Spread]) -> bool:
    """Whether an end bar of any panel holds values beyond its edge."""
    return any(bar.open_low or bar.open_high for spread in shown for bar in bars_of(spread))


def distribution_alt(shown: Sequence[Spread]) -> str:
    """Each panel in words: number, quartiles, the share that meets the line."""
    parts = []
    for spread in shown:
        counts = sorted(spread.counts)
        low, middle, high = (quantile_of(counts, Fraction(part, 4)) for part in (1, 2, 3))
        half, first, third, least, most = alike([middle, low, high, counts[0][0], counts[-1][0]])
        told = f"{capital(spread.title)}: {counted(spread.n, 'value')}, half of them at most {half}, "
        told += f"the middle half {first} to {third}, all {least} to {most}"
        if spread.line is not None:
            told += f"; {_beside_line(spread)}"
        parts.append(told)
    return f"Histograms. {'. '.join(parts)}."
