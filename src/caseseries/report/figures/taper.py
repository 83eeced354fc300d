"""The daily dose over time, one small panel a case, the others in grey behind it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caseseries.protocol.measure import DailyDose
from caseseries.report.exhibits.every_case import classes, primary_verdicts, quantities
from caseseries.report.exhibits.printed_numbers import plain
from caseseries.report.exhibits.words import capital, day
from caseseries.report.figures.axis import (
    CLASSES,
    FAINT,
    HAIR,
    INK,
    SOFT,
    Scale,
    class_entries,
    class_mark,
    legend,
    tick_places,
    ticks,
    time_ticks,
)
from caseseries.report.figures.scene import LEAST, NARROW, WIDTH, Group, Line, Scene
from caseseries.report.figures.text_width import fit
from caseseries.summary.model import Summary

#: First day and dose; None from where the dose is not known.
Steps = tuple[tuple[int, Fraction | None], ...]
Point = tuple[Fraction, Fraction]
#: The shares of both axes at which the lines of a case bend, the same in every panel: one line a stretch of known doses.
Bends = tuple[tuple[tuple[float, float], ...], ...]
Lines = tuple[tuple[tuple[float, float], ...], ...]
UNKNOWN = "dose unknown"
_BEFORE = -120
_PANEL, _GAP = 118.0, 26.0


def courses(summary: Summary) -> dict[str, tuple[Steps, int]]:
    """Each included case's doses as steps and the last day they are known for."""
    ends = {case.case_id: case.observed_days for case in summary.shown.included}
    return {
        case: (steps, ends[case] or 0)
        for case, steps in summary.shown.doses
        if case in ends and any(dose is not None for _, dose in steps)
    }


def taper_scene(summary: Summary, *, narrow: bool = False) -> Scene | None:
    """Small multiples on common axes; None where no dose above 0 is known: days without a course would stand there alone."""
    known = courses(summary)
    if not any(dose for steps, _ in known.values() for _, dose in steps):
        return None
    scene = Scene(0, NARROW if narrow else WIDTH)
    across = 2 if narrow else 4 if len(known) <= 12 else 5
    last = max(end for _, end in known.values())
    first = max(_BEFORE, min(steps[0][0] for steps, _ in known.values()))
    high = highest(step for steps, end in known.values() for step in _visible(steps, first, end))
    groups, dots = {case: name for case, (name, _) in classes(summary).items()}, _assessed(summary)
    left, width = 46.0, (scene.width - 46.0 - 8.0) / across
    rows = -(-len(known) // across)
    top, until = high * Fraction(21, 20), max(last, first + 1)
    shared = Scale(Fraction(first), Fraction(until), 0, 1), Scale(Fraction(0), top, 0, 1)
    bends = {case: _bends(_visible(steps, first, end), end, *shared) for case, (steps, end) in known.items()}
    dose = drawn_dose(summary)
    scene.label(8, 14, f"{capital(dose.daily_dose)}, {dose.as_}" if dose else "Daily dose", size=11, bold=True)
    months = time_ticks(first, last, 3)
    for place, case in enumerate(known):
        row, column = divmod(place, across)
        x0, y0 = left + column * width, 44 + row * (_PANEL + _GAP)
        across_scale = Scale(Fraction(first), Fraction(until), x0, x0 + width - 14)
        up = Scale(Fraction(0), top, y0 + _PANEL, y0)
        _panel(scene, case, known[case], bends, groups.get(case, "not evaluable"), dots.get(case, ()), across_scale, up)
        if column == 0:
            marks = ticks(Fraction(0), high, 4)
            for value in marks:
                scene.label(
                    x0 - 5, up(value) + 3.4, plain(value, tick_places(marks)), size=LEAST, anchor="end", color=SOFT
                )
        if row == rows - 1 or place + across >= len(known):
            for value, label in zip(months.days, months.labels, strict=True):
                scene.label(across_scale(value), y0 + _PANEL + 13, label, size=LEAST, anchor="middle", color=SOFT)
    bottom = 44 + rows * (_PANEL + _GAP)
    scene.label(
        left + (scene.width - left) / 2,
        bottom + 8,
        f"{months.unit} from the index date",
        size=LEAST,
        anchor="middle",
        color=SOFT,
    )
    scene.height = legend(scene, bottom + 30, class_entries([groups.get(case, "not evaluable") for case in known])) - 4
    if any(dose is None for steps, end in known.values() for _, dose in _visible(steps, first, end)):
        scene.label(8, scene.height + 8, f"A break in a line: {UNKNOWN}", size=LEAST, color=SOFT)
        scene.height += 16
    return scene


def drawn_dose(summary: Summary) -> DailyDose | None:
    """The daily dose whose steps a run holds: the first that is added up from courses."""
    return next((dose for dose in summary.protocol.doses.values() if dose.source == "courses"), None)


def highest(steps: Iterable[tuple[int, Fraction | None]]) -> Fraction:
    """The highest known dose above 0; 1 where none is."""
    return max((dose for _, dose in steps if dose), default=Fraction(1))


def told(steps: Steps) -> str:
    """The doses in words.

    >>> told(((0, Fraction(20)), (12, None)))
    '20 from day 0, dose unknown from day 12'
    """
    return ", ".join(f"{UNKNOWN if dose is None else plain(dose)} from day {day(start)}" for start, dose in steps)


def _panel(
    scene: Scene,
    case: str,
    known: tuple[Steps, int],
    bends: dict[str, Bends],
    name: str,
    dots: tuple[Point, ...],
    across: Scale,
    up: Scale,
) -> None:
    first, last = int(across.low), int(across.high)
    for value in ticks(Fraction(0), up.high, 4):
        scene.line((across.start, up(value)), (across.end, up(value)), stroke=HAIR, width=0.7)
    paths = {one: _placed(points, across, up) for one, points in bends.items()}
    for other, path in paths.items():
        if other != case:
            scene.add(*(Line(part, "#d3d7dc", 0.9) for part in path))
    scene.line((across.start, up.start), (across.end, up.start), stroke=INK, width=1)
    zero = across(0)
    scene.line((zero, up.end), (zero, up.start), stroke=FAINT, width=1, dash=(3, 2))
    steps, end = known
    lines = tuple(Line(part, CLASSES[name][0], 2) for part in paths[case])
    marks = tuple(class_mark(name, across(at), up(dose), 3.4) for at, dose in dots if first <= at <= last)
    scene.add(Group(f"{case}, {name}: {told(_visible(steps, first, end))}", (*lines, *marks)))
    scene.label(
        across.start + 2, up.end - 5, fit(case, across.end - across.start - 4, LEAST, bold=True), size=LEAST, bold=True
    )


def _visible(steps: Steps, first: int, end: int) -> Steps:
    """The steps from `first` on; the dose in force on that day begins there."""
    current = [(start, dose) for start, dose in steps if start <= first][-1:]
    begun = tuple((first, dose) for _, dose in current)
    return begun + tuple((start, dose) for start, dose in steps if first < start <= end)


def _path(steps: Steps, end: int, across: Scale, up: Scale) -> Lines:
    return _placed(_bends(steps, end, across, up), across, up)


def _placed(bends: Bends, across: Scale, up: Scale) -> Lines:
    return tuple(tuple((across.place(x), up.place(y)) for x, y in part) for part in bends)


def _bends(steps: Steps, end: int, across: Scale, up: Scale) -> Bends:
    parts: list[list[tuple[float, float]]] = [[]]
    for place, (start, dose) in enumerate(steps):
        if dose is None:  # what is not known is no line
            parts.append([])
            continue
        until, high = steps[place + 1][0] if place + 1 < len(steps) else max(end, start), up.share(dose)
        parts[-1] += [(across.share(start), high), (across.share(until), high)]
    return tuple(tuple(part) for part in parts if part)


def _assessed(summary: Summary) -> dict[str, tuple[Point, ...]]:
    """The doses that the verdict rests on, for dots: day and dose."""
    first, dose = next(iter(summary.outcomes), None), next(iter(summary.protocol.doses), "")
    if first is None:
        return {}
    return {
        case: tuple(
            (Fraction(quantity.day), quantity.value)
            for slot, quantity in quantities(verdict).items()
            if slot.measure == dose and quantity.day is not None and quantity.value is not None
        )
        for case, verdict in primary_verdicts(summary.shown.outcomes[first]).items()
    }


def taper_alt(summary: Summary) -> str:
    """Every case's doses in words."""
    parts = []
    for case, (steps, end) in courses(summary).items():
        shown = _visible(steps, max(_BEFORE, steps[0][0]), end)
        parts.append(f"{case}: {told(shown)}, followed to day {day(end)}")
    return f"Daily dose over time, one panel a case. {'; '.join(parts)}."
