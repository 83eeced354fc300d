"""For how long: the share of the cases that reach each length of time, as falling steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.report.exhibits.printed_numbers import number, plain, whole
from caseseries.report.figures.axis import DRUG, SOFT, Scale, legend, ticks, x_axis, y_axis
from caseseries.report.figures.distribution import quantile_of
from caseseries.report.figures.scene import LEAST, WIDTH, Line, Scene
from caseseries.summary.model import Summary

_HEIGHT = 190.0
#: Colour and dashes of the curves, in their order.
STROKES: tuple[tuple[str, tuple[float, ...]], ...] = (("#0072B2", ()), (DRUG, (6, 3)), ("#D55E00", (2, 2)))


@dataclass(frozen=True, slots=True)
class Lasting:
    """One curve: lengths with how many cases have each, in order; `unknown` cases have none."""

    label: str
    counts: tuple[tuple[Fraction, int], ...]
    unknown: int = 0

    @property
    def n(self) -> int:
        """How many cases have a length."""
        return sum(count for _, count in self.counts)


#: What the curves of follow-up do not say.
AS_RECORDED = (
    "Percent of the included cases observed, and on the study drug, for at least so long. These are lengths as they were recorded, not "
    "estimates of persistence: those still observed at the end of the data had no chance to be followed longer."
)


def lasting(summary: Summary) -> tuple[Lasting, ...]:
    """The curves of observed time and of time on the study drug, in months; of which nothing is known there is none."""
    return tuple(
        Lasting(label, spread.counts(), summary.included - spread.n)
        for key, label in (("observed", "Observed"), ("on drug", "On the study drug"))
        if (spread := summary.spreads.get(key)) is not None and spread.n
    )


def reach(curve: Lasting, length: Fraction) -> Fraction:
    """Percent of the cases that lasted at least so long.

    >>> reach(Lasting("x", ((Fraction(1), 1), (Fraction(3), 3))), Fraction(2))
    Fraction(75, 1)
    """
    return Fraction(100 * sum(n for value, n in curve.counts if value >= length), curve.n)


def lasting_scene(curves: Sequence[Lasting], unit: str, paper: float = WIDTH) -> Scene:
    """Falling steps; the axis ends where all but half a percent of the cases have ended."""
    scene = Scene(0, paper)
    x0, x1, top = 44.0, paper - 18, 30.0
    high = max(quantile_of(curve.counts, Fraction(199, 200)) for curve in curves) or Fraction(1)
    across, up = Scale(Fraction(0), high, x0, x1), Scale(Fraction(0), Fraction(100), top + _HEIGHT, top)
    y_axis(scene, up, x0, x1, ticks(Fraction(0), Fraction(100), 5))
    for curve, (stroke, dash) in zip(curves, STROKES, strict=False):
        scene.add(Line(tuple(_steps(curve, across, up)), stroke, 1.8, dash))
    scene.label(8, top - 2, "%", size=LEAST, color=SOFT)
    x_axis(scene, across, top + _HEIGHT, _month_ticks(high, 10 if paper >= WIDTH else 5), unit)

    legend(scene, 14, [(curve.label, _symbol(place)) for place, curve in enumerate(curves)], x=x0 - 10)
    scene.height = top + _HEIGHT + 40
    return scene


def _month_ticks(high: Fraction, most: int) -> list[Fraction]:
    """Months as people count them: quarters, halves and whole years."""
    step = next((step for step in (1, 2, 3, 6, 12, 24, 36, 60, 120) if high / step <= most), 240)
    return [Fraction(step * place) for place in range(int(high // step) + 1)]


def _symbol(place: int) -> Callable[[Scene, float, float], None]:
    stroke, dash = STROKES[place]
    return lambda scene, x, y: scene.line((x - 9, y), (x + 11, y), stroke=stroke, width=1.8, dash=dash)


def _steps(curve: Lasting, across: Scale, up: Scale) -> list[tuple[float, float]]:
    """The corners; steps nearer than a quarter of a unit of the paper are drawn as one."""
    total = left = curve.n
    points = [(across(0), up(100))]
    for value, n in curve.counts:
        if value > across.high:
            break
        x, before = across(max(value, Fraction(0))), points[-1]
        left -= n
        y = up(Fraction(100 * left, total))
        if x - before[0] < 0.25 and len(points) > 1:
            points[-1] = (before[0], y)
        else:
            points += [(x, before[1]), (x, y)]
    return points if points[-1][0] >= across.end else [*points, (across.end, points[-1][1])]


def lasting_alt(curves: Sequence[Lasting], unit: str) -> str:
    """Each curve in words, at its quartiles."""
    parts = []
    for curve in curves:
        low, middle, high = (quantile_of(curve.counts, Fraction(part, 4)) for part in (1, 2, 3))
        told = f"{curve.label}: {whole(curve.n)} cases, half of them for more than {plain(middle, 1)} {unit}, "
        told += f"the middle half {number(low)} to {number(high)} {unit}"
        parts.append(told + (f"; {whole(curve.unknown)} without a length" if curve.unknown else ""))
    return f"Falling steps. {'. '.join(parts)}."
