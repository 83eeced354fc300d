"""The flow diagram: from case finding to those analysed, with everyone who left and why."""

from __future__ import annotations

from caseseries.report.exhibits.selection import people_words, reason_words
from caseseries.report.exhibits.words import capital, without_dates
from caseseries.report.figures.axis import INK, SOFT
from caseseries.report.figures.ink import wrap
from caseseries.report.figures.scene import Area, Scene
from caseseries.summary.model import FlowStep, Summary

_LEFT, _MAIN, _SIDE_X, _SIDE = 20.0, 290.0, 366.0, 294.0
_LINE, _PAD = 14.5, 11.0


def flow_scene(summary: Summary) -> Scene:
    """Boxes downwards for those who stay, boxes to the right for those who leave."""
    scene = Scene(0)
    y = 12.0
    middle = _LEFT + _MAIN / 2
    for place, step in enumerate(summary.flow):
        texts = [(without_dates(step.label), False), (_count(summary, step), True)]
        bottom = _box(scene, _LEFT, y, _MAIN, texts, centred=True)
        if place == len(summary.flow) - 1:
            y = bottom
            if step.removed:
                y = max(bottom, _side(summary, scene, step, bottom + 12, middle, bottom))
            break
        side_bottom = _side(summary, scene, step, bottom + 14, middle, bottom) if step.removed else bottom
        following = max(bottom + 30, side_bottom + 14)
        _arrow(scene, (middle, bottom), (middle, following))
        y = following
    scene.height = y + 14
    return scene


def _count(summary: Summary, step: FlowStep) -> str:
    """n of a box; for the included of a study per course also the number of patients."""
    people = people_words(summary) if step.label == "Included" else ""
    return f"n = {people}" if people else f"n = {step.n}"


def _side(summary: Summary, scene: Scene, step: FlowStep, y: float, middle: float, above: float) -> float:
    total = sum(n for _, n in step.removed)
    lines = [
        (f"Removed: n = {total}", True),
        *((f"{capital(reason_words(summary, reason))}: {n}", False) for reason, n in step.removed),
    ]
    bottom = _box(scene, _SIDE_X, y, _SIDE, lines, fill="#f6f7f9")
    turn = (y + bottom) / 2
    scene.line((middle, above), (middle, turn), stroke=INK, width=1.1)
    _arrow(scene, (middle, turn), (_SIDE_X, turn))
    return bottom


def _box(
    scene: Scene, x: float, y: float, width: float, texts: list[tuple[str, bool]], *, fill: str = "#ffffff", centred: bool = False
) -> float:  # fmt: skip
    lines = [(line, bold) for text, bold in texts for line in wrap(text, width - 2 * _PAD, bold=bold)]
    height = len(lines) * _LINE + 2 * _PAD - 3
    scene.rectangle(x, y, width, height, fill, INK if centred else SOFT, 1.1)
    for place, (line, bold) in enumerate(lines):
        at = y + _PAD + 9 + place * _LINE
        if centred:
            scene.label(x + width / 2, at, line, anchor="middle", bold=bold)
        else:
            scene.label(x + _PAD, at, line, bold=bold)
    return y + height


def _arrow(scene: Scene, start: tuple[float, float], end: tuple[float, float]) -> None:
    (x, y), down = end, start[0] == end[0]
    head = ((x, y), (x - 4, y - 7), (x + 4, y - 7)) if down else ((x, y), (x - 7, y - 4), (x - 7, y + 4))
    scene.line(start, (x, y - 6) if down else (x - 6, y), stroke=INK, width=1.1)
    scene.add(Area(head, INK))


def flow_alt(summary: Summary) -> str:
    """The diagram in words."""
    parts = []
    for step in summary.flow:
        parts.append(f"{without_dates(step.label)}: {_count(summary, step).removeprefix('n = ')}")
        parts += [f"removed, {reason_words(summary, reason)}: {n}" for reason, n in step.removed]
    return f"Flow diagram. {'; '.join(parts)}."
