"""The threshold map: how many met an outcome at each pair of thresholds of its rule, the protocol's own framed; of one threshold a row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_numbers import number, plain, whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.thresholds import axes_words, cell_words, thresholds_of, unplaced_words, written_words
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.axis import CLASSES, INK, SOFT, tick_places
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.scene import LEAST, Area, Group, Label, Line, Scene, box
from caseseries.report.figures.text_width import text_width, wrap
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.summary.model import Summary
from caseseries.verdict.wanted import answered, those_met

_ROW, _GAP = 30.0, 1.5
#: The most that a cell is wide.
_WIDEST = 92.0


def threshold_map(summary: Summary, name: str) -> Drawing | None:
    """The figure of one outcome; None where its rule has no threshold, where cases are only counted, or where every cell is the same."""
    found = thresholds_of(summary, name)
    total = summary.outcomes[name].answers[0].inside
    if found is None or len(set(found.cells)) < 2 or not total.high:
        return None
    called = f"{capital(those_met(summary.outcomes[name].plan.good))} of {count_text(total)}"
    scenes = [_scene(summary, name, found, total.high, called, paper) for paper in PAPERS]
    caption = (
        "How many met it at other thresholds of the rule, all else as written. The thresholds are regular steps around those of the protocol, whose "
        "cell is framed; cells share the same cases and are not probabilities."
    )
    if any(unknown for _, unknown in found.cells):
        caption += " A range reaches to where the not evaluable would lift a count."
    if found.fixed:
        caption += (
            f" {whole(found.fixed)} further {'threshold stays' if found.fixed == 1 else 'thresholds stay'} as written."
        )
    caption += unplaced_words(summary, name)
    title = f"{capital(name)} at other thresholds of the rule"
    return drawn(summary, f"thresholds-{slug(name)}", title, caption, _alt(summary, name, found, called), *scenes)


def _scene(summary: Summary, name: str, found: ThresholdCounts, total: int, called: str, paper: float) -> Scene:
    outcome = summary.outcomes[name]
    color = CLASSES[answered(True, outcome.plan.good)][0]
    rows, columns = (found.axes[0], found.axes[1]) if len(found.axes) > 1 else (None, found.axes[0])
    named = axes_words(found, summary.measures, outcome.plan.at)
    scene = Scene(0, paper)
    y = 14.0
    if rows is not None:
        for line in wrap(named[0], paper - 16, LEAST):
            scene.label(8, y, line, size=LEAST, color=SOFT)
            y += 14
    ticks = _ticks(rows.values) if rows is not None else [""]
    below = _ticks(columns.values)
    left = 18 + max(text_width(tick, LEAST, bold=True) for tick in ticks)
    across, down = len(columns.values), len(ticks)
    wide = min((paper - 12 - left) / across, _WIDEST)
    top = y
    for place, cell in enumerate(found.cells):
        row, column = divmod(place, across)
        x, at = left + wide * column, top + _ROW * (down - 1 - row)
        values = [below[column]] if rows is None else [ticks[row], below[column]]
        _cell(scene, cell, (x, at, wide), color, total, primary=place == found.primary, values=values)
    for row, tick in enumerate(ticks if rows is not None else ()):
        at = top + _ROW * (down - 1 - row) + _ROW / 2 + 4
        written = rows is not None and row == rows.written
        scene.label(left - 7, at, tick, size=LEAST, anchor="end", color=INK if written else SOFT, bold=written)
    bottom = top + _ROW * down
    for column, tick in enumerate(below):
        written = column == columns.written
        middle = left + wide * (column + 0.5)
        color_of = INK if written else SOFT
        scene.label(middle, bottom + 15, tick, size=LEAST, anchor="middle", color=color_of, bold=written)
    row, column = divmod(found.primary, across)
    x, at = left + wide * column, top + _ROW * (down - 1 - row)
    frame = box(x + 0.5, at + 0.5, wide - 1, _ROW - 1)
    scene.line(*frame, frame[0], stroke=INK, width=2.6)  # last, above its neighbours
    y = bottom + 32
    for line in wrap(named[-1], paper - 16, LEAST):
        scene.label(max(left, 8), y, line, size=LEAST, color=SOFT)
        y += 14
    return _legend(scene, summary, found, called, color, total, y + 8)


def _ticks(values: Sequence[Fraction]) -> list[str]:
    """The values with as many decimals as tell them apart."""
    decimals = tick_places(values)
    return [number(value, decimals) for value in values]


def _cell(
    scene: Scene,
    cell: tuple[int, int],
    place: tuple[float, float, float],
    color: str,
    total: int,
    *,
    primary: bool,
    values: list[str],
) -> None:
    x, y, wide = place
    fill = _shade(color, Fraction(cell[0], total))
    told = cell_words(cell)
    if text_width(told, LEAST, bold=primary) > wide - 4:
        told = f"{whole(cell[0])}?"
    area = Area(box(x + _GAP / 2, y + _GAP / 2, wide - _GAP, _ROW - _GAP), fill)
    label = Label(x + wide / 2, y + _ROW / 2 + 4, told, LEAST, "middle", _readable(fill), primary)
    scene.add(Group(f"{' and '.join(values)}: {cell_words(cell)}", (area, label)))


def _legend(
    scene: Scene, summary: Summary, found: ThresholdCounts, called: str, color: str, total: int, y: float
) -> Scene:
    """The frame with the protocol's thresholds, and the shades from nobody to all."""
    scene.add(Line((*(corners := box(9, y - 9, 14, 11)), corners[0]), INK, 2.0))
    count = cell_words(found.cells[found.primary])
    for line in wrap(f"As written: {written_words(found, summary.measures)} ({count})", scene.width - 40, LEAST):
        scene.label(30, y, line, size=LEAST, color=INK)
        y += 14
    y += 4
    scene.label(8, y, called, size=LEAST, color=SOFT)
    x = 20 + text_width(called, LEAST)
    scene.label(x, y, "0", size=LEAST, color=SOFT)
    x += text_width("0", LEAST) + 5
    for part in range(5):
        scene.rectangle(x + 16 * part, y - 9, 16, 11, _shade(color, Fraction(part, 4)), SOFT, 0.4)
    scene.label(x + 16 * 5 + 5, y, whole(total), size=LEAST, color=SOFT)
    scene.height = y + 10
    return scene


def _shade(color: str, share: Fraction) -> str:
    """From nearly white, where nobody met it, to the colour, where all did."""
    at = 0.06 + 0.94 * float(share)
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * at):02x}" for part in parts)


def _light(color: str) -> float:
    """The relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(fill: str) -> str:
    """Letters with the greater contrast on a shade: at least 4.5 to 1 on every one."""
    light = _light(fill)
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def _alt(summary: Summary, name: str, found: ThresholdCounts, called: str) -> str:
    """Every row in words."""
    at = summary.outcomes[name].plan.at
    axes = axes_words(found, summary.measures, at)
    across = found.axes[-1].values
    columns = f"{axes[-1]} {', '.join(plain(value, 6) for value in across)}"
    rows = []
    for start in range(0, len(found.cells), len(across)):
        told = ", ".join(map(cell_words, found.cells[start : start + len(across)]))
        before = f"{axes[0]} {plain(found.axes[0].values[start // len(across)], 6)}: " if len(axes) > 1 else ""
        rows.append(f"{before}{told}")
    written = f"As written ({written_words(found, summary.measures)}): {cell_words(found.cells[found.primary])}"
    return f"Threshold map. {called}. {written}. Columns, {columns}. {'. '.join(rows)}."
