"""Scales, ticks, colours, legends and labels that must not overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.protocol.grades import told_grade
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.report.exhibits.printed_numbers import plain
from caseseries.report.figures.scene import LEAST, Label, Mark, Scene, Shape
from caseseries.report.figures.text_width import fit, text_width

INK, SOFT, FAINT, HAIR = "#1a1c1f", "#565c64", "#a3a9b0", "#dfe3e7"

#: Okabe-Ito colours, each with a shape and a fill of its own: (line, fill, shape).
CLASSES: dict[str, tuple[str, str, Shape]] = {
    "responder": ("#0072B2", "#0072B2", "circle"),
    "non-responder": ("#D55E00", "#ffffff", "square"),
    # Of an outcome of which nobody said that it is wanted: neither the colour of success nor that of failure.
    "met": ("#4d4d4d", "#4d4d4d", "circle"),
    "not met": ("#4d4d4d", "#ffffff", "square"),
    "met (unwanted)": ("#D55E00", "#D55E00", "circle"),
    "avoided": ("#0072B2", "#ffffff", "square"),
    "not evaluable": ("#6e747b", "#c9cdd2", "diamond"),
    "membership not known": ("#6e747b", "#ffffff", "diamond"),
    "outside the denominator": ("#8a9098", "#ffffff", "cross"),
}
DRUG, DRUG_LIGHT, OTHER, EVENT = "#009E73", "#8fd3bf", "#56B4E9", "#CC3311"


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values between `low` and `high` to positions between `start` and `end`."""

    low: Fraction
    high: Fraction
    start: float
    end: float

    def __call__(self, value: Fraction | int) -> float:
        """The position of a value."""
        return (self.start + self.end) / 2 if self.high == self.low else self.place(self.share(value))

    def share(self, value: Fraction | int) -> float:
        """How much of the way from `low` to `high` a value lies."""
        return float((Fraction(value) - self.low) / (self.high - self.low))

    def place(self, share: float) -> float:
        """The position at a share of the way."""
        return self.start + share * (self.end - self.start)


_STEPS = (1, 2, 5, 10)


def ticks(low: Fraction, high: Fraction, about: int = 5) -> list[Fraction]:
    """Round values from `low` to `high`, about so many.

    >>> [int(tick) for tick in ticks(Fraction(0), Fraction(60), 4)]
    [0, 20, 40, 60]
    """
    width = (high - low) / max(about, 1) if high > low else Fraction(1)
    power = Fraction(1)
    while power > width:
        power /= 10
    while power * 10 <= width:
        power *= 10
    step = next(power * part for part in _STEPS if power * part >= width)
    return _multiples(low, high, step)


@dataclass(frozen=True, slots=True)
class TimeTicks:
    """The ticks of an axis of time: days from its zero, with what is written below them, and in what unit."""

    days: tuple[Fraction, ...]
    labels: tuple[str, ...]
    unit: str


#: Up to so many days an axis is in days; longer ones in months, and from so many on in years.
_IN_DAYS, _IN_YEARS = 62, 3000
_TIME_STEPS = {"day": (1, 2, 5, 7, 14, 28), "month": (1, 2, 3, 6, 12, 24, 48), "year": (1, 2, 5, 10, 20)}


def time_ticks(low: int, high: int, about: int = 8) -> TimeTicks:
    """Ticks at times that clinicians think in: days, months of 30.4375 days, or years, about so many.

    >>> found = time_ticks(-100, 792, 6)
    >>> found.unit, found.labels, [float(day) for day in found.days][1]
    ('Months', ('0', '6', '12', '18', '24'), 182.625)
    """
    span = high - low
    unit = "day" if span <= _IN_DAYS else "month" if span <= _IN_YEARS else "year"
    length, steps = DAYS_PER_UNIT[unit], _TIME_STEPS[unit]
    wanted = Fraction(span, max(about, 1)) / length
    step = Fraction(next((step for step in steps if step >= wanted), steps[-1]))
    found = _multiples(low / length, high / length, step)
    return TimeTicks(
        tuple(value * length for value in found), tuple(plain(value) for value in found), f"{unit}s".capitalize()
    )


def time_axis(scene: Scene, scale: Scale, y: float, marks: TimeTicks, origin: str = "the index date") -> None:
    """A line with the ticks of :func:`time_ticks`."""
    scene.line((scale.start, y), (scale.end, y), stroke=INK, width=1)
    for value, label in zip(marks.days, marks.labels, strict=True):
        x = scale(value)
        scene.line((x, y), (x, y + 4), stroke=INK, width=1)
        scene.label(x, y + 15, label, size=LEAST, anchor="middle", color=SOFT)
    scene.label(
        (scale.start + scale.end) / 2, y + 30, f"{marks.unit} from {origin}", size=LEAST, anchor="middle", color=SOFT
    )


def _multiples(low: Fraction, high: Fraction, step: Fraction) -> list[Fraction]:
    first = -((-low) // step)
    return [step * place for place in range(int(first), int(high // step) + 1)]


def padded(values: Iterable[Fraction], *, zero: bool = False) -> tuple[Fraction, Fraction]:
    """The range of the values with a twentieth of room on both sides."""
    found = [*values, *([Fraction(0)] if zero else [])]
    low, high = min(found, default=Fraction(0)), max(found, default=Fraction(1))
    room = (high - low) / 20 or Fraction(1)
    return (low if zero and low == 0 else low - room), (high if zero and high == 0 else high + room)


def class_mark(group: str, x: float, y: float, r: float = 4.0) -> Mark:
    """The mark of a class of cases."""
    line, fill, shape = CLASSES[group]
    return Mark(x, y, shape, fill, line, r)


def tick_places(values: Sequence[Fraction]) -> int:
    """Decimals that tell the ticks of one axis apart.

    >>> tick_places(ticks(Fraction("249.99"), Fraction("250.01"), 4)), tick_places(ticks(Fraction(0), Fraction(60), 4))
    (3, 0)
    """
    return next((at for at in range(9) if all((value * 10**at).denominator == 1 for value in values)), 9)


def value_ticks(low: Fraction, high: Fraction, grades: Sequence[str], about: int = 5) -> list[Fraction]:
    """Round values for an axis; of grades whole places, each of which is a grade.

    >>> [int(tick) for tick in value_ticks(Fraction(0), Fraction(5), ["0", "0.5+", "1+", "2+", "3+", "4+"])]
    [0, 1, 2, 3, 4, 5]
    """
    if not grades:
        return ticks(low, high, about)
    step = 1 + (len(grades) - 1) // (about + 1)
    return [Fraction(place) for place in range(0, len(grades), step) if low <= place <= high]


def value_label(value: Fraction, places: int, grades: Sequence[str] = ()) -> str:
    """A value as it stands in a figure: as recorded, or as its grade."""
    return told_grade(grades, value) if grades else plain(value, places)


def y_axis(
    scene: Scene, scale: Scale, x: float, right: float, values: Sequence[Fraction], grades: Sequence[str] = ()
) -> None:
    """Tick labels left of x and hairlines to the right."""
    decimals = tick_places(values)
    for value in values:
        y = scale(value)
        scene.line((x, y), (right, y), stroke=HAIR, width=0.8)
        told = fit(value_label(value, decimals, grades), 34, LEAST) if grades else plain(value, decimals)
        scene.label(x - 6, y + 3.6, told, size=LEAST, anchor="end", color=SOFT)


def x_axis(scene: Scene, scale: Scale, y: float, values: Sequence[Fraction], title: str = "") -> None:
    """A line with ticks and labels below it."""
    scene.line((scale.start, y), (scale.end, y), stroke=INK, width=1)
    decimals = tick_places(values)
    for value in values:
        x = scale(value)
        scene.line((x, y), (x, y + 4), stroke=INK, width=1)
        scene.label(x, y + 15, plain(value, decimals), size=LEAST, anchor="middle", color=SOFT)
    if title:
        scene.label((scale.start + scale.end) / 2, y + 30, title, size=LEAST, anchor="middle", color=SOFT)


Entry = tuple[str, Callable[[float, float], Sequence[Mark | Label]]]


def legend(
    scene: Scene, y: float, entries: Sequence[tuple[str, Callable[[Scene, float, float], None]]], *, x: float = 20.0
) -> float:
    """Entries in a row, broken where the paper ends; each draws its own symbol. Returns the y below it."""
    left = x
    for text, symbol in entries:
        width = 30 + text_width(text, LEAST) + 16
        if left > x and left + width > scene.width - 10:
            left, y = x, y + 17
        symbol(scene, left + 10, y - 3.5)
        scene.label(left + 26, y, text, size=LEAST, color=INK)
        left += width
    return y + 17


def class_entries(groups: Sequence[str]) -> list[tuple[str, Callable[[Scene, float, float], None]]]:
    """Legend entries of the classes with their counts; a class without a case is named with 0, and stays true."""
    pairs = (("responder", "non-responder"), ("met", "not met"), ("met (unwanted)", "avoided"))
    of_outcome = next((pair for pair in pairs if set(pair) & set(groups)), pairs[0])
    named = {*of_outcome, "not evaluable", *groups}
    shown = [name for name in CLASSES if name in named]

    def symbol(name: str) -> Callable[[Scene, float, float], None]:
        return lambda scene, x, y: scene.add(class_mark(name, x, y, 4.2))

    return [(f"{name.capitalize()} ({groups.count(name)})", symbol(name)) for name in shown]


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Positions at least `apart` from each other, as near as may be to those wanted, in the same order as given.

    >>> spread([10, 11, 40], 8, 0, 100)
    [10, 18, 40]
    """
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    placed = [0.0] * len(wanted)
    last = low - apart
    for place in order:
        last = placed[place] = max(wanted[place], last + apart)
    limit = high
    for place in reversed(order):
        if placed[place] > limit:
            placed[place] = limit
        limit = placed[place] - apart
    return placed
