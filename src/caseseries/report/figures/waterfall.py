"""Everyone's change, in one order in every panel, with the line that the rule asks for and the published important difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries import catalogue
from caseseries.chart.natural import natural
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.measure import Instrument
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
from caseseries.report.figures.scene import LEAST, NARROW, WIDTH, Area, Group, Item, Scene, box
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import in_unit

_HEIGHT = 190.0
_DOTS = (1.5, 2.5)
#: So many bars have their names beside each other on narrow paper.
_MOST_NARROW = 26


@dataclass(frozen=True, slots=True)
class Bars:
    """The changes of one comparison of the rule: after minus before, in points or in percent of baseline.

    `between` names the windows, where the rule compares between others too. `order` are the cases with a change in any panel, in the order of the
    figure. `important` is the published important difference as sizes of a change, with its words.
    """

    facts: MeasureFacts
    leaf: Leaf
    unit: str
    line: Fraction
    bars: tuple[tuple[str, str, Fraction], ...]
    missing: tuple[str, ...]
    between: str = ""
    order: tuple[str, ...] = ()
    important: tuple[tuple[Fraction, ...], str] = ((), "")

    @property
    def named(self) -> str:
        """The measure, and between which windows it changed where that must be said."""
        return f"{capital(short_name(self.facts))}{self.between and f', {self.between}'}"


def bars(summary: Summary, name: str) -> tuple[Bars, ...]:
    """One panel per comparison of a change in the rule as written.

    All have the cases in one order: that of the first panel, the change that the rule asks for first; then those without a value there.
    """
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
        unit = "% of baseline" if leaf.basis == "baseline" else change_unit(facts)
        key = (leaf.before.window, leaf.after.window, facts.name, leaf.basis, line)
        important = _important(summary, leaf)
        found.setdefault(key, Bars(facts, leaf, unit, line, tuple(changes), tuple(missing), important=important))
    several = len({key[:2] for key in found}) > 1
    panels = [replace(one, between=f"{key[0]} to {key[1]}") if several else one for key, one in found.items()]
    return _in_one_order([panel for panel in panels if panel.bars])


def _in_one_order(panels: list[Bars]) -> tuple[Bars, ...]:
    if not panels:
        return ()
    first = panels[0]
    by_change = sorted(
        first.bars, key=lambda bar: -first.leaf.sign * bar[2]
    )  # equal ones stay in the order of the cases
    others = sorted(
        {case for panel in panels for case, _, _ in panel.bars} - {case for case, _, _ in by_change}, key=natural
    )
    order = (*(case for case, _, _ in by_change), *others)
    return tuple(
        replace(panel, order=order, bars=tuple(sorted(panel.bars, key=lambda bar: order.index(bar[0]))))
        for panel in panels
    )


def _important(summary: Summary, leaf: Leaf) -> tuple[tuple[Fraction, ...], str]:
    """The published important difference of an instrument that is no worsening, where it is in what the rule compares."""
    written = summary.protocol.measures.get(leaf.after.measure)
    if not isinstance(written, Instrument):
        return (), ""
    unit = "% of baseline" if leaf.basis == "baseline" else "points"
    for mid in catalogue.instrument(written.instrument).mids:
        if mid.kind != "worsening" and mid.unit == unit:
            sizes = tuple(dict.fromkeys((mid.low, mid.high)))
            return sizes, " to ".join(plain(size) for size in sizes)
    return (), ""


def _change(leaf: Leaf, before: Fraction | None, after: Fraction | None) -> Fraction | None:
    if before is None or after is None or (leaf.basis == "baseline" and before <= 0):
        return None
    return 100 * (after - before) / before if leaf.basis == "baseline" else after - before


def narrow_waterfall(shown: tuple[Bars, ...], groups: list[str]) -> Scene | None:
    """The bars on narrow paper; None of so many that their names would stand upon each other."""
    return waterfall_scene(shown, groups, NARROW) if len(shown[0].order) <= _MOST_NARROW else None


def waterfall_scene(shown: tuple[Bars, ...], groups: list[str], paper: float = WIDTH) -> Scene:
    """Up to three panels in a row while cases are few, else one below the other, as on narrow paper."""
    scene = Scene(0, paper)
    most = len(shown[0].order)
    across = 1 if paper < WIDTH else min(len(shown), 3 if most <= 10 else 2 if most <= 16 else 1)
    width = scene.width / across
    foot = max(_foot(panel, (width - 60) / max(most, 1)) for panel in shown)
    head = 74.0 if any(panel.important[1] for panel in shown) else 60.0
    top = 8.0
    for start in range(0, len(shown), across):
        for place, panel in enumerate(shown[start : start + across]):
            _panel(scene, panel, place * width, top, width, head)
        top += head + _HEIGHT + foot + (14 if paper < WIDTH else 0)
    scene.height = legend(scene, top + 10, class_entries(groups)) - 4
    return scene


def _foot(panel: Bars, step: float) -> float:
    return 64.0 if _turned(panel, step) else 24.0


def _turned(panel: Bars, step: float) -> bool:
    return any(text_width(case, LEAST) > step - 3 for case in panel.order)


def _panel(scene: Scene, panel: Bars, left: float, top: float, width: float, head: float) -> None:
    title = f"{panel.named}, change in {panel.unit}"
    for place, line in enumerate(wrap(title, width - 24, 11, bold=True)[:2]):
        scene.label(left + 8, top + 14 + 13 * place, line, size=11, bold=True)
    scene.line((left + 8, top + 38), (left + 24, top + 38), stroke=INK, width=1.2, dash=(5, 3))
    scene.label(
        left + 29,
        top + 41.5,
        fit(f"needed: {threshold_words(panel.leaf, panel.facts).removesuffix(' of baseline')}", width - 36, LEAST),
        size=LEAST,
        color=SOFT,
    )
    sizes, words = panel.important
    if words:
        scene.line((left + 8, top + 52.5), (left + 24, top + 52.5), stroke=SOFT, width=1.4, dash=_DOTS)
        scene.label(
            left + 29, top + 56, fit(f"important difference: {words}", width - 36, LEAST), size=LEAST, color=SOFT
        )
    y0, y1 = top + head, top + head + _HEIGHT
    important = [panel.leaf.sign * size for size in sizes]
    low, high = padded([*(change for _, _, change in panel.bars), panel.line, *important], zero=True)
    scale = Scale(low, high, y1, y0)
    x0, x1 = left + 44, left + width - 12
    marks = ticks(low, high, 5)
    y_axis(scene, scale, x0, x1, [mark for mark in marks if mark.denominator == 1] if panel.facts.grades else marks)
    step = (x1 - x0) / len(panel.order)
    thick = min(step * 0.72, 34)
    changes = {case: (name, change) for case, name, change in panel.bars}
    for place, case in enumerate(panel.order):
        middle = x0 + step * (place + 0.5)
        if case in changes:
            name, change = changes[case]
            stroke, fill, _ = CLASSES[name]
            at, zero = scale(change), scale(0)
            bar = Area(box(middle - thick / 2, min(at, zero), thick, abs(at - zero)), fill, stroke, 1.6)
            # The mark of the class at the end of its bar; without a bar it shows that the case is there.
            mark = class_mark(name, middle, at, min(4.0, 0.45 * thick))
            if change and fill == stroke:
                mark = replace(mark, stroke="#ffffff", width=1.1)
            parts: list[Item] = [*([bar] if change else []), mark]
            scene.add(Group(f"{case}, {name}: {in_unit(_printed(panel, change), panel.unit)}", tuple(parts)))
        else:
            scene.label(middle, scale(0) - 4, "–", size=LEAST, anchor="middle", color=SOFT)
        if _turned(panel, step):
            scene.label(middle + 3, y1 + 10, fit(case, 54, LEAST), size=LEAST, anchor="end", color=SOFT, angle=90)
        else:
            scene.label(middle, y1 + 14, case, size=LEAST, anchor="middle", color=SOFT)
    scene.line((x0, scale(0)), (x1, scale(0)), stroke=INK, width=1.1)
    for size in important:
        scene.line((x0, scale(size)), (x1, scale(size)), stroke=SOFT, width=1.4, dash=_DOTS)
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
        important = f", important difference {panel.important[1]}" if panel.important[1] else ""
        needed = f"needed {threshold_words(panel.leaf, panel.facts)}{important}"
        parts.append(f"{panel.named}, {panel.unit}, {needed}: {told}{missing}")
    return f"Change of every case, {first_in_order(shown, good)}. {'. '.join(parts)}."


def first_in_order(shown: tuple[Bars, ...], good: bool | None) -> str:
    """The order of the bars: of an outcome that is wanted the largest improvement first, else the largest change that the rule asks for; of several
    panels that of the first one.

    A rule may bound what is a worsening of its measure (a rise of a pressure of at most 5 mmHg); that is no improvement either.
    """
    first = shown[0]
    kind = "improvement" if good and first.leaf.sign != -first.facts.sign else "change in the direction of the rule"
    where = f" of {short_name(first.facts)}" if len(shown) > 1 else ""
    return f"the largest {kind}{where} first{' and in the same order in every panel' if where else ''}"
