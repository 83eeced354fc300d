"""Before and after, one line a case: everyone is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.every_case import primary_verdicts, quantities, value_pairs
from caseseries.report.exhibits.words import capital, group, measure_name, small, with_unit
from caseseries.report.figures.axis import (
    CLASSES,
    FAINT,
    INK,
    SOFT,
    Scale,
    class_entries,
    class_mark,
    legend,
    padded,
    spread,
    value_label,
    value_ticks,
    y_axis,
)
from caseseries.report.figures.scene import LEAST, WIDTH, Group, Line, Scene
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.summary.model import Summary

_HEIGHT, _LABELLED = 230.0, 14
#: A panel is no wider, so that one alone does not make slopes look flat.
WIDEST = 400.0
#: Letters in the colour of a class, darker where they would have a contrast with white below 4.5 (WCAG 2.2, 1.4.3).
_LETTERS = {"#D55E00": "#b04d00"}
#: The classes of those of whom the outcome is met: their lines are not dashed.
FILLED = ("responder", "met", "met (unwanted)")

#: The classes of those who are not known to be in the denominator.
_ASIDE = ("outside the denominator", "membership not known")

#: Hollow and rare marks are drawn last, so that a filled one does not hide them.
_ON_TOP = (
    "outside the denominator",
    "membership not known",
    "responder",
    "met",
    "met (unwanted)",
    "non-responder",
    "not met",
    "avoided",
    "not evaluable",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One case's values of one measure in two windows; either may be absent."""

    case_id: str
    group: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure with everyone's values."""

    facts: MeasureFacts
    windows: tuple[str, str]
    pairs: tuple[Pair, ...]

    @property
    def medians(self) -> tuple[Fraction, Fraction, int] | None:
        """The medians before and after, of the cases in the denominator with both values, and how many these are; None of fewer than two."""
        both = [
            (pair.before, pair.after)
            for pair in self.pairs
            if pair.before is not None and pair.after is not None and pair.group not in _ASIDE
        ]
        if len(both) < 2:
            return None
        return median(before for before, _ in both), median(after for _, after in both), len(both)

    @property
    def shown(self) -> bool:
        """Whether any case has a value."""
        return any(pair.before is not None or pair.after is not None for pair in self.pairs)


def panels(summary: Summary, name: str) -> tuple[Panel, ...]:
    """The measures that the rule as written compares, with everyone's values."""
    outcome = summary.outcomes[name]
    verdicts = primary_verdicts(summary.shown.outcomes[name])
    found = []
    for before, after in value_pairs(outcome):
        if before is None:
            continue
        pairs = []
        for case in summary.shown.included:
            verdict = verdicts.get(case.case_id)
            if verdict is None:
                continue
            values = quantities(verdict)
            first, second = values.get(before), values.get(after)
            pairs.append(
                Pair(
                    case.case_id,
                    group(verdict, outcome.plan.good),
                    first.value if first else None,
                    second.value if second else None,
                )
            )
        found.append(Panel(summary.measures[after.measure], (before.window, after.window), tuple(pairs)))
    return tuple(panel for panel in found if panel.shown)


def slopes_scene(shown: tuple[Panel, ...], paper: float = WIDTH) -> Scene:
    """Up to three panels in a row, on narrow paper one."""
    scene = Scene(0, paper)
    groups = [pair.group for pair in shown[0].pairs] if shown else []
    across = 1 if paper < WIDTH else min(len(shown), 3)
    width = min(scene.width / across, WIDEST)
    top = 8.0
    for start in range(0, len(shown), across):
        for place, panel in enumerate(shown[start : start + across]):
            _panel(scene, panel, place * width, top, width)
        top += _HEIGHT + 104
    scene.height = legend(scene, top + 4, class_entries(groups)) - 4
    return scene


def _panel(scene: Scene, panel: Panel, left: float, top: float, width: float) -> None:
    summed = panel.windows[1] in panel.facts.summed
    for place, line in enumerate(
        wrap(capital(with_unit(panel.facts, scale=not summed)), width - 24, 11, bold=True)[:2]
    ):
        scene.label(left + 8, top + 14 + 13 * place, line, size=11, bold=True)
    if told := _median_words(panel):
        _bold_line(scene, (left + 8, top + 42.5), (left + 26, top + 42.5))
        scene.label(left + 31, top + 46, fit(told, width - 40, LEAST), size=LEAST, color=INK)
    y0, y1 = top + 58, top + 58 + _HEIGHT
    values = [value for pair in panel.pairs for value in (pair.before, pair.after) if value is not None]
    low, high = padded(values)
    if panel.facts.minimum is not None and min(values) >= panel.facts.minimum:
        low = max(low, panel.facts.minimum)
    if panel.facts.grades:  # the whole scale, as there is nothing between two grades
        low, high = Fraction(0), Fraction(len(panel.facts.grades) - 1)
    scale = Scale(low, high, y1, y0)
    named = len(panel.pairs) <= _LABELLED
    x0, x1 = left + 62, left + width - (58 if named else 24)
    y_axis(scene, scale, left + 40, x1 + 8, value_ticks(low, high, panel.facts.grades), panel.facts.grades)
    for x, window in ((x0, panel.windows[0]), (x1, panel.windows[1])):
        scene.line((x, y0), (x, y1), stroke=FAINT, width=0.8)
        told = fit(capital(window), (x1 - x0) * 0.9, LEAST)
        half = text_width(told, LEAST) / 2
        middle = min(max(x, left + 4 + half), left + width - 4 - half)
        scene.label(middle, y1 + 16, told, size=LEAST, anchor="middle", color=SOFT)
    for pair in sorted(panel.pairs, key=lambda pair: _ON_TOP.index(pair.group)):
        _pair(scene, pair, scale, x0, x1, panel.facts.grades)
    if (found := panel.medians) is not None:
        _bold_line(scene, (x0, scale(found[0])), (x1, scale(found[1])))
    if named:
        ended = [pair for pair in panel.pairs if pair.after is not None]
        wanted = [scale(pair.after) for pair in ended if pair.after is not None]
        for pair, at, y in zip(ended, wanted, spread(wanted, 11, y0 + 2, y1), strict=True):
            scene.line((x1 + 6, at), (x1 + 13, y), stroke=FAINT, width=0.7)
            color = CLASSES[pair.group][0]
            scene.label(x1 + 15, y + 3.3, fit(pair.case_id, 41, LEAST), size=LEAST, color=_LETTERS.get(color, color))


def _pair(scene: Scene, pair: Pair, scale: Scale, x0: float, x1: float, grades: Sequence[str]) -> None:
    color = CLASSES[pair.group][0]
    told = f"{pair.case_id}, {pair.group}: {_value(pair.before, grades)} → {_value(pair.after, grades)}"
    marks = [
        class_mark(pair.group, x, scale(value), 3.6)
        for x, value in ((x0, pair.before), (x1, pair.after))
        if value is not None
    ]
    if pair.before is not None and pair.after is not None:
        dash = () if pair.group in FILLED else (5.0, 3.0)
        scene.add(Group(told, (Line(((x0, scale(pair.before)), (x1, scale(pair.after))), color, 1.5, dash), *marks)))
    elif marks:
        scene.add(Group(told, tuple(marks)))


def _bold_line(scene: Scene, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The line of the medians, with a light edge that keeps it apart from those of the cases."""
    scene.line(start, end, stroke="#ffffff", width=6.0)
    scene.line(start, end, stroke=INK, width=3.4)


def _median_words(panel: Panel) -> str:
    """The medians with the number of pairs; between two grades there is no word for one."""
    if panel.medians is None:
        return ""
    before, after, n = panel.medians
    if panel.facts.grades and not (before.denominator == after.denominator == 1):
        return f"Median (n = {n})"
    grades = panel.facts.grades
    return f"Median {value_label(before, 2, grades)} to {value_label(after, 2, grades)} (n = {n})"


def _value(value: Fraction | None, grades: Sequence[str]) -> str:
    return "no value" if value is None else value_label(value, 2, grades)


def slopes_alt(summary: Summary, shown: tuple[Panel, ...]) -> str:
    """Every line in words."""
    parts = []
    for panel in shown:
        told = "; ".join(
            f"{pair.case_id} {_value(pair.before, panel.facts.grades)} to {_value(pair.after, panel.facts.grades)} ({pair.group})"
            for pair in panel.pairs
        )
        of = (
            f"{capital(measure_name(summary.measures, panel.facts.name))} from {panel.windows[0]} to {panel.windows[1]}"
        )
        middle = _median_words(panel)
        parts.append(f"{of}: {f'{small(middle)}; ' if middle else ''}{told}")
    return f"Values before and after, one line a case. {'. '.join(parts)}."
