"""The forest plot: this run and the published series, each with its definition of response, and the pooled share."""

from __future__ import annotations

from fractions import Fraction

from caseseries.evidence.compare_words import ends_words, interval_words, row_words
from caseseries.evidence.plan_words import percent_of
from caseseries.evidence.side_by_side import Compared, SeriesRow
from caseseries.report.exhibits.printed_numbers import exact
from caseseries.report.figures.axis import HAIR, INK, SOFT, Scale, ticks, x_axis
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Group, Line, Mark, Scene
from caseseries.report.figures.text_width import wrap
from caseseries.stats import Estimate

BLUE, GREY = "#0072B2", "#4d4d4d"


def comparison_scene(found: Compared, paper: float = WIDTH) -> Scene:
    """A row for each series, its definition below it in small letters; at the foot the pooled share as a diamond, and its prediction interval."""
    scene, narrow = Scene(0, paper), paper < WIDTH
    left, right = (8.0, paper - 14) if narrow else (paper * 0.3, paper - 176)
    scale = Scale(Fraction(0), Fraction(100), left, right)
    y, marks = 12.0, ticks(Fraction(0), Fraction(100), 4)
    middles: list[tuple[SeriesRow, float]] = []
    for row in found.rows:
        name = f"{row.label}{f', {row.drug}' if row.drug else ''}{' (this run)' if row.own else ''}"
        lines = wrap(name, (paper - 16) if narrow else left - 18, LEAST, bold=row.own)
        for place, line in enumerate(lines):
            scene.label(8, y + 10 + 13 * place, line, size=LEAST, bold=row.own)
        if narrow:
            y += 13 * len(lines)
            scene.label(8, y + 10, row_words(row), size=LEAST, color=SOFT)
            y += 15
            middles.append((row, y + 7))
            y += 17
        else:
            scene.label(
                paper - 8,
                y + 10,
                f"{row.responders}/{row.n}   {_numbers(row.interval)}",
                size=LEAST,
                anchor="end",
                bold=row.own,
            )
            middles.append((row, y + 6.5))
            y += 13 * len(lines) + 2
        for line in wrap(row.rule or "definition not known", paper - 24, LEAST):
            scene.label(8, y + 9, line, size=LEAST, color=SOFT)
            y += 12
        y += 9
    foot = y
    y = _pooled(scene, found, scale, y, narrow)
    under = list(scene.items)
    scene.items.clear()
    for tick in marks:
        for _, middle in middles:
            scene.line((scale(tick), middle - 7), (scale(tick), middle + 7), stroke=HAIR, width=0.8)
    scene.items.extend(under)
    for row, middle in middles:
        _drawn(scene, row, scale, middle)
    if foot < y:
        scene.line((8, foot), (paper - 8, foot), stroke=HAIR, width=0.8)
    x_axis(scene, scale, y + 4, marks, "Responders, %")
    scene.height = y + 42
    return scene


def _numbers(found: Estimate) -> str:
    return f"{percent_of(exact(found.estimate or 0))} ({ends_words(found)})"


def _drawn(scene: Scene, row: SeriesRow, scale: Scale, y: float) -> None:
    color, interval = BLUE if row.own else GREY, row.interval
    assert interval.lower is not None and interval.upper is not None and interval.estimate is not None
    ends = [scale(exact(end) * 100) for end in (interval.lower, interval.upper)]
    mark = Mark(scale(exact(interval.estimate) * 100), y, "square" if row.own else "circle", color, color, 4)
    scene.add(Group(f"{row.label}: {row_words(row)}", (Line(((ends[0], y), (ends[1], y)), color, 1.6), mark)))


def _pooled(scene: Scene, found: Compared, scale: Scale, y: float, narrow: bool) -> float:
    """The diamond and the line of the prediction interval; returns the y below them."""
    pooled, ahead = found.pooled.pooled, found.pooled.prediction
    if pooled.estimate is None or pooled.lower is None or pooled.upper is None:
        return y
    y += 6
    title = "Pooled, definitions differ" if found.rules > 1 else "Pooled"
    scene.label(8, y + 10, title, size=LEAST, bold=True)
    if narrow:
        y += 15
        scene.label(8, y + 10, f"{_numbers(pooled)}", size=LEAST, color=SOFT)
        y += 14
    else:
        scene.label(scene.width - 8, y + 10, _numbers(pooled), size=LEAST, anchor="end", bold=True)
    middle = y + 7
    low, mean, high = (scale(exact(value) * 100) for value in (pooled.lower, pooled.estimate, pooled.upper))
    if ahead.lower is not None and ahead.upper is not None:
        ends = [scale(exact(end) * 100) for end in (ahead.lower, ahead.upper)]
        scene.add(
            Group(
                f"Prediction interval {interval_words(ahead)}",
                (Line(((ends[0], middle), (ends[1], middle)), INK, 1, (3, 2)),),
            )
        )
    diamond = ((low, middle), (mean, middle - 5.5), (high, middle), (mean, middle + 5.5))
    scene.add(Group(f"Pooled: {_numbers(pooled)}", (Area(diamond, INK),)))
    return y + 22


def comparison_alt(found: Compared) -> str:
    """Every series in words."""
    told = "; ".join(f"{row.label}: {row_words(row)}" for row in found.rows)
    pooled = f"; pooled: {_numbers(found.pooled.pooled)}" if found.pooled.pooled.estimate is not None else ""
    return f"Forest plot of the share of responders. {told}{pooled}."
