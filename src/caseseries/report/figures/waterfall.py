"""Everyone's change, sorted, with the line that the rule asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import Leaf
from caseseries.report.exhibits.every_case import primary_verdicts, quantities
from caseseries.report.exhibits.printed_numbers import plain
from caseseries.report.exhibits.words import capital, change_unit, group, threshold_words
from caseseries.report.figures.axis import (
    CLASSES,
    INK,
    SOFT,
    Scale,
    class_entries,
    class_mark,
    legend,
    padded,
    ticks,
    y_axis,
)
from caseseries.report.figures.scene import Area, Group, Item, Scene, box
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name

_HEIGHT = 190.0


@dataclass(frozen=True, slots=True)
class Bars:
    """The changes of one comparison of the rule: after minus before, in points or in percent of baseline.

    `between` names the windows, where the rule compares between others too.
    """

    facts: MeasureFacts
    leaf: Leaf
    unit: str
    line: Fraction
    bars: tuple[tuple[str, str, Fraction], ...]
    missing: tuple[str, ...]
    between: str = ""

    @property
    def named(self) -> str:
        """The measure, and between which windows it changed where that must be said."""
        return f"{capital(short_name(self.facts))}{self.between and f', {self.between}'}"


def bars(summary: Summary, name: str) -> tuple[Bars, ...]:
    """One panel per comparison of a change in the rule as written, the change that the rule asks for first."""
    outcome = summary.outcomes[name]
    verdicts = primary_verdicts(summary.shown.outcomes[name])
    found: dict[tuple[str, str, str, str, Fraction], Bars] = {}
    for node in outcome.plan.primary.tree.asked_for:
        leaf = node.leaf
        if leaf is None or leaf.before is None or extreme_of(leaf.before.window):
            continue
        facts = summary.measures[leaf.after.measure]
        changes: list[tuple[str, str, Fraction]] = []
        missing: list[str] = []
        for case in summary.shown.included:
            verdict = verdicts.get(case.case_id)
            if verdict is None:
                continue
            values = quantities(verdict)
            first, second = values.get(leaf.before), values.get(leaf.after)
            before, after = first.value if first else None, second.value if second else None
            change = _change(leaf, before, after)
            if change is None:
                missing.append(case.case_id)
            else:
                changes.append((case.case_id, group(verdict, outcome.plan.good), change))
        line = leaf.sign * (leaf.threshold * (leaf.width or 0) / 100 if leaf.basis == "range" else leaf.threshold)
        changes.sort(key=lambda bar: -leaf.sign * bar[2])  # equal ones stay in the order of the cases
        unit = "% of baseline" if leaf.basis == "baseline" else change_unit(facts)
        key = (leaf.before.window, leaf.after.window, facts.name, leaf.basis, line)
        found.setdefault(key, Bars(facts, leaf, unit, line, tuple(changes), tuple(missing)))
    several = len({key[:2] for key in found}) > 1
    panels = [replace(one, between=f"{key[0]} to {key[1]}") if several else one for key, one in found.items()]
    return tuple(panel for panel in panels if panel.bars)


def _change(leaf: Leaf, before: Fraction | None, after: Fraction | None) -> Fraction | None:
    if before is None or after is None or (leaf.basis == "baseline" and before <= 0):
        return None
    return 100 * (after - before) / before if leaf.basis == "baseline" else after - before


def waterfall_scene(shown: tuple[Bars, ...], groups: list[str]) -> Scene:
    """Up to three panels in a row while cases are few, else one below the other."""
    scene = Scene(0)
    most = max(len(panel.bars) for panel in shown)
    across = min(len(shown), 3 if most <= 10 else 2 if most <= 16 else 1)
    width = scene.width / across
    foot = max(_foot(panel, (width - 60) / max(most, 1)) for panel in shown)
    top = 8.0
    for start in range(0, len(shown), across):
        for place, panel in enumerate(shown[start : start + across]):
            _panel(scene, panel, place * width, top, width)
        top += 58 + _HEIGHT + foot
    scene.height = legend(scene, top + 10, class_entries(groups)) - 4
    return scene


def _foot(panel: Bars, step: float) -> float:
    return 64.0 if _turned(panel, step) else 24.0


def _turned(panel: Bars, step: float) -> bool:
    return any(text_width(case, 9) > step for case, _, _ in panel.bars)


def _panel(scene: Scene, panel: Bars, left: float, top: float, width: float) -> None:
    title = f"{panel.named}, change in {panel.unit}"
    for place, line in enumerate(wrap(title, width - 24, 10.5, bold=True)[:2]):
        scene.label(left + 8, top + 14 + 13 * place, line, size=10.5, bold=True)
    scene.line((left + 8, top + 38), (left + 24, top + 38), stroke=INK, width=1.2, dash=(5, 3))
    scene.label(
        left + 29,
        top + 41.5,
        fit(f"needed: {threshold_words(panel.leaf, panel.facts)}", width - 40, 9.5),
        size=9.5,
        color=SOFT,
    )
    y0, y1 = top + 58, top + 58 + _HEIGHT
    low, high = padded([*(change for _, _, change in panel.bars), panel.line], zero=True)
    scale = Scale(low, high, y1, y0)
    x0, x1 = left + 44, left + width - 12
    marks = ticks(low, high, 5)
    y_axis(scene, scale, x0, x1, [mark for mark in marks if mark.denominator == 1] if panel.facts.grades else marks)
    step = (x1 - x0) / len(panel.bars)
    thick = min(step * 0.72, 34)
    for place, (case, name, change) in enumerate(panel.bars):
        middle = x0 + step * (place + 0.5)
        stroke, fill, _ = CLASSES[name]
        at, zero = scale(change), scale(0)
        parts: list[Item] = (
            [Area(box(middle - thick / 2, min(at, zero), thick, abs(at - zero)), fill, stroke, 1.6)] if change else []
        )
        if not change:  # without a bar the mark of the class shows that the case is there
            parts.append(class_mark(name, middle, zero, 3.6))
        scene.add(Group(f"{case}, {name}: {_printed(panel, change)} {panel.unit}", tuple(parts)))
        if _turned(panel, step):
            scene.label(middle + 3, y1 + 10, fit(case, 54, 9), size=9, anchor="end", color=SOFT, angle=90)
        else:
            scene.label(middle, y1 + 14, case, size=9, anchor="middle", color=SOFT)
    scene.line((x0, scale(0)), (x1, scale(0)), stroke=INK, width=1.1)
    scene.line((x0, scale(panel.line)), (x1, scale(panel.line)), stroke=INK, width=1.2, dash=(5, 3))


def _printed(panel: Bars, change: Fraction) -> str:
    """A change as recorded; a percentage with one decimal."""
    return plain(change, 1 if panel.leaf.basis == "baseline" else 2, signed=True)


def waterfall_alt(shown: tuple[Bars, ...], good: bool | None) -> str:
    """Every bar in words."""
    parts = []
    for panel in shown:
        told = ", ".join(f"{case} {_printed(panel, change)} ({name})" for case, name, change in panel.bars)
        missing = f"; no value: {', '.join(panel.missing)}" if panel.missing else ""
        parts.append(f"{panel.named}, {panel.unit}, needed {threshold_words(panel.leaf, panel.facts)}: {told}{missing}")
    return f"Change of every case, {first_in_order(shown, good)} first. {'. '.join(parts)}."


def first_in_order(shown: tuple[Bars, ...], good: bool | None) -> str:
    """Which bar stands first: of an outcome that is wanted the largest improvement, else the largest change that the rule asks for.

    A rule may bound what is a worsening of its measure (a rise of a pressure of at most 5 mmHg); that is no improvement either.
    """
    worsening = any(panel.leaf.sign == -panel.facts.sign for panel in shown)
    return "the largest improvement" if good and not worsening else "the largest change in the direction of the rule"
