"""The flow diagram: from case finding to those analysed, with everyone who left and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.chart.personal_words import without_dates
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import people_words, reason_words
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.axis import INK, SOFT
from caseseries.report.figures.scene import NARROW, WIDTH, Area, Scene
from caseseries.report.figures.text_width import wrap
from caseseries.summary.model import Summary
from caseseries.summary.result import FlowStep

_LINE, _PAD = 14.5, 11.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where boxes stand: those who stay from `left` on, those who leave from `side_left` on, `spine` the line between boxes."""

    paper: float
    left: float
    main: float
    spine: float
    side_left: float
    side: float

    @property
    def stacked(self) -> bool:
        """Whether boxes of those who leave stand below those of those who stay."""
        return self.side_left < self.left + self.main


_WIDE = _Plan(WIDTH, 20.0, 290.0, 165.0, 366.0, 294.0)
_NARROW = _Plan(NARROW, 4.0, NARROW - 8, 24.0, 48.0, NARROW - 52)


def flow_scene(summary: Summary, *, narrow: bool = False) -> Scene:
    """Boxes downwards for those who stay, boxes to the right for those who leave; on narrow paper these stand below.

    In the box of the included of a study per course stands `9 courses in 7 patients`.
    """
    plan = _NARROW if narrow else _WIDE
    scene = Scene(0, plan.paper)
    y = 12.0
    middle = plan.spine
    people = people_words(summary)
    branches = [step for step in summary.flow if step.outcome]
    steps = [step for step in summary.flow if not step.outcome]
    free = 0.0  # below it nothing stands at the side
    for place, step in enumerate(steps):
        bottom = _box(scene, plan.left, y, plan.main, [(_counted(step, people), True)], centred=True)
        turn = bottom + 13
        if step.removed:
            turn, free = _side(summary, scene, step, plan, bottom, free)
        under = max(turn, free) if plan.stacked else turn
        if place == len(steps) - 1:
            y = under + 3 if step.removed else bottom
            break
        following = under + 15
        _arrow(scene, (middle, bottom), (middle, following))
        y = following
    y = _branches(summary, scene, branches, y, plan) if branches else y
    scene.height = max(y, free) + 14
    return scene


def _branches(summary: Summary, scene: Scene, branches: Sequence[FlowStep], y: float, plan: _Plan) -> float:
    """A box for each outcome below the included, with its answers; the not evaluable are counted there, and not removed."""
    trunk, above = plan.left + 14, y
    for step in branches:
        lines = [(f"{capital(without_dates(step.label))}, of n = {whole(step.n)}", True)]
        lines += [(f"{told}: {whole(n)}", False) for told, n in step.parts]
        lines += [
            (f"{capital(reason_words(summary, reason))}, no part of n: {whole(n)}", False) for reason, n in step.removed
        ]
        top = y + 14
        y = _box(scene, plan.left + 34, top, plan.main - 34, lines)
        at = min(top + 14, (top + y) / 2)
        scene.line((trunk, above), (trunk, at), stroke=INK, width=1.1)
        _arrow(scene, (trunk, at), (plan.left + 34, at))
        above = at
    return y


def _counted(step: FlowStep, people: str) -> str:
    """What stands in a box: `Included (n = 8)`."""
    return f"{without_dates(step.label)} ({_count(step, people)})"


def _count(step: FlowStep, people: str) -> str:
    """n of a box; for the included of a study per course also the number of patients."""
    return f"n = {people}" if people and step.label == "Included" else f"n = {whole(step.n)}"


def _side(
    summary: Summary, scene: Scene, step: FlowStep, plan: _Plan, above: float, free: float
) -> tuple[float, float]:
    """The box of those who leave a box that ends at `above`, below `free`: where the line to it turns, and where it ends."""
    turn = above + 13
    total = sum(n for _, n in step.removed)
    lines = [
        (f"Removed: n = {whole(total)}", True),
        *((f"{capital(reason_words(summary, reason))}: {whole(n)}", False) for reason, n in step.removed),
    ]
    top = turn if plan.stacked else max(turn - _height(lines, plan.side) / 2, free + 8, 2.0)
    turn = max(turn, top + 12)
    bottom = _box(scene, plan.side_left, top, plan.side, lines, fill="#f6f7f9")
    scene.line((plan.spine, above), (plan.spine, turn), stroke=INK, width=1.1)
    _arrow(scene, (plan.spine, turn), (plan.side_left, turn))
    return turn, bottom


def _box(
    scene: Scene,
    x: float,
    y: float,
    width: float,
    texts: list[tuple[str, bool]],
    *,
    fill: str = "#ffffff",
    centred: bool = False,
) -> float:
    lines, height = _lines(texts, width), _height(texts, width)
    scene.rectangle(x, y, width, height, fill, INK if centred else SOFT, 1.1)
    for place, (line, bold) in enumerate(lines):
        at = y + _PAD + 9 + place * _LINE
        if centred:
            scene.label(x + width / 2, at, line, anchor="middle", bold=bold)
        else:
            scene.label(x + _PAD, at, line, bold=bold)
    return y + height


def _lines(texts: list[tuple[str, bool]], width: float) -> list[tuple[str, bool]]:
    return [(line, bold) for text, bold in texts for line in wrap(text, width - 2 * _PAD, bold=bold)]


def _height(texts: list[tuple[str, bool]], width: float) -> float:
    return len(_lines(texts, width)) * _LINE + 2 * _PAD - 3


def _arrow(scene: Scene, start: tuple[float, float], end: tuple[float, float]) -> None:
    (x, y), down = end, start[0] == end[0]
    head = ((x, y), (x - 4, y - 7), (x + 4, y - 7)) if down else ((x, y), (x - 7, y - 4), (x - 7, y + 4))
    scene.line(start, (x, y - 6) if down else (x - 6, y), stroke=INK, width=1.1)
    scene.add(Area(head, INK))


def flow_alt(summary: Summary) -> str:
    """The diagram in words."""
    parts, people = [], people_words(summary)
    for step in summary.flow:
        parts.append(f"{without_dates(step.label)}: {_count(step, people).removeprefix('n = ')}")
        parts += [f"{told}: {whole(n)}" for told, n in step.parts]
        if step.outcome:
            parts += [f"{reason_words(summary, reason)}, no part of these: {whole(n)}" for reason, n in step.removed]
            continue
        parts += [f"removed, {reason_words(summary, reason)}: {whole(n)}" for reason, n in step.removed]
    return f"Flow diagram. {'; '.join(parts)}."
