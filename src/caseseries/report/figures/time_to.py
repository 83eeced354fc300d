"""The share who had an event by each day, as rising steps with a band, marks of the censored, and the numbers at risk below."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from caseseries.protocol.time_to import Ending
from caseseries.report.exhibits.printed_numbers import number, plain, whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.time_to import ENDED, called, counts_from
from caseseries.report.exhibits.words import capital, counted
from caseseries.report.figures.axis import INK, SOFT, Scale, legend, ticks, time_axis, time_ticks, y_axis
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Line, Scene
from caseseries.stats.event_curve import EventCurve
from caseseries.summary.model import Summary
from caseseries.summary.time_to import EVENT, TimeSummary
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.time_to import time_name

_HEIGHT = 200.0
_LEFT = 58.0
#: Colour, band and dashes of the event and of what competes with it, in order.
_STROKES: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("#0072B2", "#d6e6f2", ()),
    ("#D55E00", "", (6, 3)),
    ("#6e747b", "", (2, 2)),
)
#: The same where the event is not wanted.
_UNWANTED = (("#D55E00", "#f7e2d3", ()), ("#6e747b", "", (6, 3)), ("#0072B2", "", (2, 2)))


def _strokes(found: TimeSummary) -> tuple[tuple[str, str, tuple[float, ...]], ...]:
    return _UNWANTED if found.outcome.good is False else _STROKES


def times(summary: Summary, name: str) -> Drawing | None:
    """The curve of one time to an event; none where nobody has a time."""
    found = summary.times[name]
    if not found.n:
        return None
    band = f"The shaded band is the pointwise {with_percent(summary.protocol.reporting.level)} interval. "
    caption = (
        f"Share of the {counted(found.n, 'case')} at risk who had it by each day, from {counts_from(found.outcome)}. {band}"
        "Upright marks are cases censored; the numbers below are those still at risk."
    )
    if found.outcome.competing:
        caption += " Dashed: the share who had a competing event first."
    return drawn(
        summary,
        f"time-{slug(name)}",
        time_name(name),
        caption,
        _alt(found),
        *(_scene(found, paper) for paper in PAPERS),
    )


def _scene(found: TimeSummary, paper: float = WIDTH) -> Scene:
    scene = Scene(0, paper)
    x0, x1, top = _LEFT, paper - 22, 34.0
    bottom = top + _HEIGHT
    last = max((int(step.time) for step in found.curve.steps), default=1)
    across = Scale(Fraction(0), Fraction(max(last, 1)), x0, x1)
    up = Scale(Fraction(0), Fraction(100), bottom, top)
    y_axis(scene, up, x0, x1, ticks(Fraction(0), Fraction(100), 5))
    scene.label(x0 - 6, top - 10, "%", size=LEAST, anchor="end", color=SOFT)
    curves: list[tuple[Ending, EventCurve]] = [(EVENT, found.curve), *found.others.items()]
    strokes = _strokes(found)
    _band(scene, found.curve, across, up, strokes[0][1])
    for (_, curve), (stroke, _, dash) in zip(curves, strokes, strict=False):
        scene.add(Line(tuple(_steps(curve, across, up)), stroke, 1.8, dash))
    for step in found.curve.steps:
        if step.censored:
            x, y = across(step.time), up(_percent(step.value))
            scene.line((x, y - 4.5), (x, y + 4.5), stroke=INK, width=1.1)
    marks = time_ticks(0, max(last, 1), 8 if paper >= WIDTH else 4)
    time_axis(scene, across, bottom, marks, counts_from(found.outcome))
    y = bottom + 50
    scene.label(10, y, "At risk", size=LEAST, color=SOFT)
    for mark in marks.days:
        scene.label(across(mark), y + 15, whole(found.curve.at_risk(mark)), size=LEAST, anchor="middle", color=INK)
    entries: list[tuple[str, Callable[[Scene, float, float], None]]] = [
        (capital(called(found)) if one == EVENT else f"{capital(ENDED[one])} first", _symbol(*strokes[place]))
        for place, (one, _) in enumerate(curves)
    ]
    if found.censored:
        entries.append(("Censored", _tick))
    legend(scene, 14, entries, x=x0 - 10)
    scene.height = y + 24
    return scene


def _tick(scene: Scene, x: float, y: float) -> None:
    scene.line((x, y - 4.5), (x, y + 4.5), stroke=INK, width=1.1)


def _symbol(stroke: str, _: str, dash: tuple[float, ...]) -> Callable[[Scene, float, float], None]:
    return lambda scene, x, y: scene.line((x - 9, y), (x + 11, y), stroke=stroke, width=1.8, dash=dash)


def _percent(share: float) -> Fraction:
    return Fraction(share) * 100


def _steps(curve: EventCurve, across: Scale, up: Scale) -> list[tuple[float, float]]:
    """The corners; steps nearer than a quarter of a unit of the paper are drawn as one."""
    points = [(across(0), up(0))]
    for step in curve.steps:
        x, y, before = across(step.time), up(_percent(step.value)), points[-1]
        if x - before[0] < 0.25 and len(points) > 1:
            points[-1] = (before[0], y)
        else:
            points += [(x, before[1]), (x, y)]
    return points


def _band(scene: Scene, curve: EventCurve, across: Scale, up: Scale, color: str) -> None:
    """The band from its first step on to its last; where it has no limits there is none."""
    steps = [step for step in curve.steps if step.lower is not None and step.upper is not None]
    ends = [step.time for step in curve.steps]
    low: list[tuple[float, float]] = []
    high: list[tuple[float, float]] = []
    for step in steps:
        assert step.lower is not None and step.upper is not None
        following = next((time for time in ends if time > step.time), step.time)
        for side, value in ((low, step.lower), (high, step.upper)):
            side += [(across(step.time), up(_percent(value))), (across(following), up(_percent(value)))]
    if low:
        scene.add(Area((*low, *reversed(high)), color))


def _alt(found: TimeSummary) -> str:
    """The curve in words: how many, and the share at its quarters."""
    curve, told = found.curve, []
    last = max((int(step.time) for step in curve.steps), default=0)
    for part in (1, 2, 3, 4):
        at = last * part // 4
        share = curve.at(at).estimate
        if share is not None:
            told.append(f"{with_percent(number(100 * share))} by day {plain(at)} ({whole(curve.at_risk(at))} at risk)")
    return f"Rising steps: {capital(found.name)} in {whole(found.events)} of {whole(found.n)} cases; {'; '.join(told)}."
