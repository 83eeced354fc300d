"""Percentages with their intervals: one a row, by reading of the rule; or one a column, by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.report.exhibits.printed_numbers import ends_span, percent, percent_limits, plain, whole
from caseseries.report.figures.axis import CLASSES, FAINT, HAIR, INK, SOFT, Scale, ticks, x_axis, y_axis
from caseseries.report.figures.scene import LEAST, WIDTH, Group, Line, Mark, Scene
from caseseries.report.figures.text_width import text_width, wrap
from caseseries.verdict.number_style import with_percent

BLUE = CLASSES["responder"][0]
#: Below so many cases a percentage is drawn hollow: one case moves it by more than five points.
FEW = 20


@dataclass(frozen=True, slots=True)
class Share:
    """`n` of `total` in percent with its interval; the ends are None where there is no interval, `percent` where total is 0.

    `hidden` is what stands for counts too small to be told.
    """

    label: str
    n: int
    total: int
    percent: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    strong: bool = False
    hidden: str = ""


def share_words(share: Share) -> str:
    """One share: `271 of 400 (67.8 %, 63.0–72.3)`."""
    if share.hidden:
        return share.hidden
    if share.percent is None:
        return f"{whole(share.n)} of {whole(share.total)}"
    ends = _ends(share)
    return f"{whole(share.n)} of {whole(share.total)} ({with_percent(percent(share.n, share.total))}{f', {ends}' if ends else ''})"


def _ends(share: Share) -> str:
    if share.lower is None or share.upper is None:
        return ""
    return ends_span(*percent_limits(share.lower, share.upper, share.total))


def _axis_ends(shown: Sequence[Share]) -> tuple[Fraction, Fraction]:
    """From 0 to 100 percent, or the part that is needed, from 0, where everything is small."""
    most = max((share.upper or share.percent or Fraction(0) for share in shown), default=Fraction(0))
    for top in (5, 10, 20, 40, 60, 80):
        if most * Fraction(11, 10) <= top:
            return Fraction(0), Fraction(top)
    return Fraction(0), Fraction(100)


def forest_scene(shown: Sequence[Share], axis: str, paper: float = WIDTH, color: str = BLUE) -> Scene:
    """A row for each: its name, mark and interval, and the numbers; on narrow paper the numbers stand below the name."""
    scene = Scene(0, paper)
    narrow = paper < WIDTH
    size = LEAST
    numbers = [share_words(share) for share in shown]
    widths = [text_width(told, size, bold=share.strong) for share, told in zip(shown, numbers, strict=True)]
    right = 0.0 if narrow else max(widths, default=0) + 16
    names = paper * (0.4 if narrow else 0.33)
    x0, x1 = names + 14, paper - 16 - right
    low, high = _axis_ends(shown)
    scale = Scale(low, high, x0, x1)
    marks = ticks(low, high, 4 if narrow else 5)
    rows = []
    y = 10.0
    for share, told in zip(shown, numbers, strict=True):
        lines = [(line, share.strong, INK) for line in wrap(share.label, names - 8, size, bold=share.strong)]
        if narrow:
            lines += [(line, False, SOFT) for part in _two_lines(told) for line in wrap(part, names - 8, LEAST)]
        rows.append((share, told, lines, y))
        y += max(len(lines) * 13.0, 16.0) + 7
    for tick in marks:
        scene.line((scale(tick), 6), (scale(tick), y), stroke=HAIR, width=0.8)
    first = shown[0].percent if shown else None
    if first is not None:
        scene.line((scale(first), 6), (scale(first), y), stroke=FAINT, width=1, dash=(3, 3))
    for share, told, lines, top in rows:
        for place, (line, bold, color) in enumerate(lines):
            scene.label(8, top + 11 + 13 * place, line, size=size, bold=bold, color=color)
        middle = top + 7.5
        if share.percent is not None and not share.hidden:
            parts: list[Line | Mark] = []
            if share.lower is not None and share.upper is not None:
                parts.append(Line(((scale(share.lower), middle), (scale(share.upper), middle)), color, 1.8))
            parts.append(_mark(share, scale(share.percent), middle, color))
            scene.add(Group(f"{share.label}: {told}", tuple(parts)))
        if not narrow:
            scene.label(paper - 8, top + 11, told, size=size, anchor="end", bold=share.strong)
    x_axis(scene, scale, y, marks, axis)
    scene.height = y + 38
    return scene


def _two_lines(told: str) -> list[str]:
    """The counts, and below them percentage and interval."""
    counts, _, rest = told.partition(" (")
    return [counts, rest.removesuffix(")")] if rest else [counts]


def _mark(share: Share, x: float, y: float, color: str, r: float = 3.8) -> Mark:
    return Mark(x, y, "square" if share.strong else "circle", color if share.total >= FEW else "#ffffff", color, r)


def years_scene(shown: Sequence[Share], axis: str, paper: float = WIDTH, color: str = BLUE) -> Scene:
    """A column for each year: mark, interval, and the number of cases below, however small."""
    scene = Scene(0, paper)
    top, height = 24.0, 190.0
    low, high = _axis_ends(shown)
    scale = Scale(low, high, top + height, top)
    x0, x1 = 44.0, paper - 14
    y_axis(scene, scale, x0, x1, ticks(low, high, 5))
    scene.label(8, 10, axis, size=LEAST, color=SOFT)
    step = (x1 - x0) / max(len(shown), 1)
    widest = max((text_width(share.label, LEAST) for share in shown), default=0) + 6
    every = max(1, -(-int(widest) // max(int(step), 1)))
    for place, share in enumerate(shown):
        x = x0 + step * (place + 0.5)
        told = share_words(share)
        if share.percent is not None and not share.hidden:
            parts: list[Line | Mark] = []
            if share.lower is not None and share.upper is not None:
                a, b = scale(share.lower), scale(share.upper)
                parts.append(Line(((x, a), (x, b)), color, 1.6))
                if step > 9:
                    parts += [Line(((x - 3, end), (x + 3, end)), color, 1.6) for end in (a, b)]
            parts.append(_mark(share, x, scale(share.percent), color, 3.6))
            scene.add(Group(f"{share.label}: {told}", tuple(parts)))
        scene.line((x, top + height), (x, top + height + 4), stroke=INK, width=1)
        if place % every == 0:
            scene.label(x, top + height + 15, share.label, size=LEAST, anchor="middle", color=SOFT)
    scene.line((x0, top + height), (x1, top + height), stroke=INK, width=1)
    bottom = _numbers_below(scene, shown, x0, step, top + height + 30)
    if any(share.percent is not None and share.total < FEW for share in shown):
        scene.add(Mark(x0 + 6, bottom + 8, "circle", "#ffffff", color, 3.6))
        scene.label(x0 + 16, bottom + 11.5, f"fewer than {FEW} cases", size=LEAST, color=SOFT)
        bottom += 16
    scene.height = bottom + 8
    return scene


def _numbers_below(scene: Scene, shown: Sequence[Share], x0: float, step: float, y: float) -> float:
    """The number of cases of each column; turned where they are too wide for it."""
    texts = [share.hidden or plain(share.total) for share in shown]
    widest = max((text_width(text, LEAST) for text in texts), default=0)
    scene.label(x0 - 6, y, "n", size=LEAST, anchor="end", color=SOFT)
    turned = widest + 4 > step
    for place, text in enumerate(texts):
        x = x0 + step * (place + 0.5)
        if not turned:
            scene.label(x, y, text, size=LEAST, anchor="middle", color=SOFT)
        elif step > 9 or place % 2 == 0:
            scene.label(x + 3, y - 5 + widest, text, size=LEAST, color=SOFT, angle=90)
    return y + (widest if turned else 4)


def shares_alt(kind: str, shown: Sequence[Share]) -> str:
    """Every share in words."""
    return f"{kind}. {'; '.join(f'{share.label}: {share_words(share)}' for share in shown)}."
