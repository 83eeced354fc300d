"""The specification curve: every way of reading the study as a point, ordered by how many met the outcome, its choices as a matrix below.

After Simonsohn U, Simmons JP, Nelson LD. Nat Hum Behav 2020;4:1208-14, without its tests: the ways share the same cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_numbers import percent, whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.robustness import Choices, choices_of, ordered, varied
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.axis import CLASSES, HAIR, INK, SOFT, Scale, ticks, y_axis
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Group, Line, Mark, Scene, box
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.summary.model import Cell, Summary
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.wanted import those_met

#: From so many ways on those with one number are drawn together, and a row of the matrix is as dark as many of them make its choice.
MOST_COLUMNS = 400
#: So many different numbers are told in words.
_MOST_TOLD = 60

_WRITTEN, _OTHERWISE = CLASSES["responder"][0], "#D55E00"


def specification_curve(summary: Summary, name: str) -> Drawing | None:
    """The figure of one outcome; None where nothing else is declared, or where a count is a range."""
    outcome = summary.outcomes[name]
    cells = _in_order(ordered(outcome))
    if len(cells) < 2 or any(cell.answers.yes.exact is None or not cell.answers.inside.exact for cell in cells):
        return None
    choices = choices_of(outcome)
    rows = _rows(cells, choices)
    called = capital(those_met(outcome.plan.good))
    scenes = [_scene(cells, choices, rows, called, paper) for paper in PAPERS]
    title = f"{capital(name)} under {whole(len(cells))} ways of reading the study"
    caption = (
        "One column a way, the fewest first; below it the choices it makes. Filled circles: the rule as written; open squares: the rule itself "
        "read otherwise. "
        "The diamond and the dashed line are the protocol as written; a grey line reaches to where the not evaluable would lift a point."
    )
    return drawn(summary, f"specification-curve-{slug(name)}", title, caption, _alt(cells, called), *scenes)


def _in_order(cells: Sequence[Cell]) -> list[Cell]:
    """By the share of those who met it, the rule as written first, then as numbered."""
    return sorted(cells, key=lambda cell: (_share(cell), cell.reading != AS_WRITTEN, cell.spec))


def _share(cell: Cell) -> Fraction:
    return Fraction(cell.answers.yes.low, max(cell.answers.inside.low, 1))


def _rows(cells: Sequence[Cell], choices: Mapping[int, Choices]) -> list[tuple[str, list[str]]]:
    """Each choice that differs between ways, with its values in order; the reading first."""
    names = sorted(varied(choices.values()), key=lambda name: name != "reading")
    numbered = sorted(cells, key=lambda cell: cell.spec)
    return [(name, list(dict.fromkeys(choices[cell.spec].get(name, "–") for cell in numbered))) for name in names]


def _scene(
    cells: Sequence[Cell],
    choices: Mapping[int, Choices],
    rows: Sequence[tuple[str, list[str]]],
    called: str,
    paper: float,
) -> Scene:
    narrow = paper < WIDTH
    totals = {cell.answers.inside.low for cell in cells}
    total = totals.pop() if len(totals) == 1 else 0
    scene = Scene(0, paper)
    beside = not narrow and _beside(rows)
    left = 118.0 if narrow else _LEFT + _VALUES if beside else 200.0
    right, top, height = paper - 12, 26.0, 110.0
    scene.label(8, 12, f"{called} of {whole(total)}" if total else f"{called}, %", size=LEAST, color=SOFT)
    of = total or 100
    up = Scale(Fraction(0), Fraction(of), top + height, top)
    marks = [tick for tick in ticks(Fraction(0), Fraction(of), 4) if tick.denominator == 1]
    y_axis(scene, up, left, right, marks)
    step = (right - left) / len(cells)
    places = {cell.spec: left + step * (place + 0.5) for place, cell in enumerate(cells)}
    primary = next(cell for cell in cells if cell.primary)
    bottom = _matrix_height(rows, left, top + height + 16, beside=beside)
    x = places[primary.spec]
    scene.line((x, top), (x, bottom), stroke=SOFT, width=1, dash=(3, 3))
    size = min(max(step * 0.42, 1.2), 4.0)
    for found in _runs(cells):
        _points(scene, found, places, up, of, size)
    scene.add(Mark(x, up(_share(primary) * of), "diamond", INK, "#ffffff", 5.2, 1))
    y = top + height + 16
    scene.height = _matrix(scene, cells, choices, rows, step, left, y, beside=beside) + 6
    return scene


def _runs(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Neighbours with one number, of one kind of reading."""
    return [
        list(found)
        for _, found in groupby(
            cells, key=lambda cell: (_share(cell), cell.answers.not_evaluable, cell.reading == AS_WRITTEN)
        )
    ]


def _points(scene: Scene, found: Sequence[Cell], places: Mapping[int, float], up: Scale, of: int, size: float) -> None:
    first, answers = found[0], found[0].answers
    y = up(_share(first) * of)
    top = up(Fraction(answers.yes.low + answers.not_evaluable.low, max(answers.inside.low, 1)) * of)
    told = f"{whole(answers.yes.low)} of {whole(answers.inside.low)}"
    told += f", not evaluable {count_text(answers.not_evaluable)}" if answers.not_evaluable.low else ""
    written = first.reading == AS_WRITTEN
    parts: list[Line | Mark | Area] = []
    if size < 1.6:  # so many that points would run together: one bar for the run
        x0, x1 = places[found[0].spec] - size, places[found[-1].spec] + size
        parts.append(
            Area(
                box(x0, y - 2.2, x1 - x0, 4.4), _WRITTEN if written else "#ffffff", _WRITTEN if written else _OTHERWISE
            )
        )
    for cell in found if size >= 1.6 else ():
        x = places[cell.spec]
        if answers.not_evaluable.low:
            parts.append(Line(((x, y), (x, top)), "#a3a9b0", 0.8))
        parts.append(
            Mark(
                x,
                y,
                "circle" if written else "square",
                _WRITTEN if written else "#ffffff",
                _WRITTEN if written else _OTHERWISE,
                size,
                1,
            )
        )
    kind = "rule as written" if written else "rule read otherwise"
    scene.add(Group(f"{told}: {whole(len(found))} with the {kind}", tuple(parts)))


_LINE, _GAP = 13.0, 5.0
#: Where the values of a choice stand if they stand beside its name, and the width that they may have.
_LEFT, _VALUES = 146.0, 168.0


def _beside(rows: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether the name of every choice has its place beside its values, and none is cut."""
    return all(
        text_width(_choice(name), LEAST, bold=True) <= _LEFT - 14
        and all(text_width(capital(value), LEAST) <= _VALUES - 8 for value in values)
        for name, values in rows
    )


def _matrix_height(rows: Sequence[tuple[str, list[str]]], left: float, y: float, *, beside: bool) -> float:
    heights = [_high(_told(value, left, beside=beside)) for _, values in rows for value in values]
    return y + sum(heights) + (_GAP + (0 if beside else _LINE)) * len(rows)


def _high(lines: Sequence[str]) -> float:
    return _LINE * len(lines) + (3 if len(lines) > 1 else 0)


def _told(value: str, left: float, *, beside: bool) -> list[str]:
    """A value in as many lines as it needs: cut, two values could read the same."""
    room = left - (_LEFT if beside else 14.0) - 8
    return [fit(line, room, LEAST) for line in wrap(capital(value), room, LEAST)] or [""]


def _matrix(
    scene: Scene,
    cells: Sequence[Cell],
    choices: Mapping[int, Choices],
    rows: Sequence[tuple[str, list[str]]],
    step: float,
    left: float,
    y: float,
    *,
    beside: bool,
) -> float:
    """The choices of every way, a row for each value; returns the y below. `beside`: the name of a choice stands in the row of its first value."""
    at = _LEFT if beside else 14.0
    for name, values in rows:
        y += _GAP
        room = left - 14 if beside else scene.width - 16
        scene.label(8, y + 8, fit(_choice(name), room, LEAST, bold=True), size=LEAST, bold=True)
        y += 0.0 if beside else _LINE
        for value in values:
            lines = _told(value, left, beside=beside)
            for place, line in enumerate(lines):
                scene.label(at, y + 8 + _LINE * place, line, size=LEAST, color=INK)
            y += _LINE * (len(lines) - 1) / 2
            scene.line((left, y + 5), (left + step * len(cells), y + 5), stroke=HAIR, width=0.6)
            for x, width, share in _stretches([choices[cell.spec].get(name, "–") == value for cell in cells], step):
                shade = "#2b3036" if share == 1 else _grey(share)
                scene.add(Area(box(left + x, y + 1.5, width, 7), shade))
            y += _high(lines) - _LINE * (len(lines) - 1) / 2
    return y


def _stretches(has: Sequence[bool], step: float) -> list[tuple[float, float, Fraction]]:
    """Where a row is dark: (x, width, share); of very many ways in slices of equal width, each as dark as many of it have the value."""
    if len(has) <= MOST_COLUMNS:
        found, at = [], 0
        for value, run in groupby(has):
            n = len(list(run))
            if value:
                gap = min(step * 0.15, 0.6)
                found.append((step * at + gap, max(step * n - 2 * gap, 0.5), Fraction(1)))
            at += n
        return found
    width = len(has) * step / MOST_COLUMNS
    slices = [
        has[place * len(has) // MOST_COLUMNS : (place + 1) * len(has) // MOST_COLUMNS] for place in range(MOST_COLUMNS)
    ]
    return [
        (width * place, width, Fraction(sum(part), len(part)))
        for place, part in enumerate(slices)
        if part and any(part)
    ]


def _grey(share: Fraction) -> str:
    level = round(0xF0 - (0xF0 - 0x2B) * float(share))
    return f"#{level:02x}{level:02x}{level:02x}"


def _choice(name: str) -> str:
    """A choice as the head of its rows: the days of a window are named by it."""
    return capital(name.replace(", take", ", value taken") if name.endswith(", take") else name)


def _alt(cells: Sequence[Cell], called: str) -> str:
    """How many ways give each number, with the rule as written and with it read otherwise."""
    counts = Counter((cell.answers.yes.low, cell.answers.inside.low, cell.reading == AS_WRITTEN) for cell in cells)
    told = [
        f"{whole(yes)} of {whole(total)} ({with_percent(percent(yes, total))}) in {whole(n)} {'as written' if written else 'read otherwise'}"
        for (yes, total, written), n in counts.items()
    ]
    more = [f"{whole(len(told) - _MOST_TOLD)} other numbers"] if len(told) > _MOST_TOLD else []
    return f"Specification curve. {called}: {'; '.join([*told[:_MOST_TOLD], *more])}."
