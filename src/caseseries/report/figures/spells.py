"""The spells of every case in the states of an outcome: one lane a case, a bar from the first visit of a spell to its last, a mark on each visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby

from caseseries.protocol.time_to import OUTSIDE
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, planned
from caseseries.report.figures.axis import FAINT, SOFT, Scale, legend, time_axis, time_ticks
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.scene import LEAST, WIDTH, Area, Group, Item, Line, Mark, Scene, Shape, box
from caseseries.report.figures.text_width import fit
from caseseries.summary.model import Summary
from caseseries.verdict.spells import CaseSpells, spell_text, visit_lines

#: Okabe-Ito colours in the order of the states, each with a lighter one for its bars and a shape of its own.
_LOOKS: tuple[tuple[str, str, Shape], ...] = (
    ("#0072B2", "#b5d4e7", "circle"),
    ("#D55E00", "#f3c9ab", "square"),
    ("#009E73", "#b3e0d2", "triangle"),
    ("#8f4f78", "#e3c3d6", "diamond"),
    ("#6b5d00", "#ece3a6", "bar"),
    ("#4d4d4d", "#d2d2d2", "cross"),
)
#: More states than can be told apart stand in the tables alone.
MOST_STATES = len(_LOOKS)
#: Marks of one state that are nearer than this lie on each other.
_APART = 9.0
_NONE, _UNKNOWN = Mark(0, 0, "circle", "#ffffff", SOFT, 3.4, 1.1), Mark(0, 0, "cross", FAINT, SOFT, 3.6, 0.8)


def spells(summary: Summary, name: str) -> Drawing | None:
    """The spells of one outcome; none where no visit of any case was read, or where there are more states than can be told apart."""
    found = [one for one in summary.shown.spells[name] if one.because != OUTSIDE]
    states = summary.spells[name].outcome.states
    if not any(one.visits for one in found) or len(states) > MOST_STATES:
        return None
    gap = counted(summary.spells[name].outcome.gap, "day")
    caption = (
        f"One lane a case, a mark on each visit that was read. A bar is a spell: from the first visit in one state to the last, no two of them "
        f"more than {gap} apart. Between bars nobody knows when one state went over into another."
    )
    if any(one.because is not None for one in found):
        caption += " A lane without a mark: not evaluable."
    caption += "".join(f" {note}" for note in planned(summary))
    scenes = (_scene(summary, name, found, paper) for paper in PAPERS)
    return drawn(summary, f"spells-{slug(name)}", f"Spells of {name}", caption, _alt(found), *scenes)


def _scene(summary: Summary, name: str, found: list[CaseSpells], paper: float = WIDTH) -> Scene:
    scene = Scene(0, paper)
    states = summary.spells[name].outcome.states
    row = 24.0 if len(found) <= 20 else 17.0
    left, right, top = (92.0 if paper >= WIDTH else 58.0), paper - 26, 12.0
    days = [day for one in found for day, _ in one.visits]
    across = Scale(Fraction(min(days)), Fraction(max(max(days), min(days) + 1)), left, right)
    bottom = top + row * len(found) + 4
    marks = time_ticks(min(days), max(days), 8 if paper >= WIDTH else 4)
    for value in marks.days:
        scene.line((across(value), top), (across(value), bottom), stroke="#edf0f2", width=0.8)
    for place, one in enumerate(found):
        y = top + row * (place + 0.5)
        scene.label(left - 10, y + 3.6, fit(one.case_id, left - 16, LEAST), size=LEAST, anchor="end")
        if one.visits:
            scene.add(Group(_lane_title(one), tuple(_lane(one, states, y, row, across))))
        else:
            scene.label(left + 4, y + 3.6, fit(f"{one.because}", right - left - 8, LEAST), size=LEAST, color=SOFT)
    time_axis(scene, across, bottom, marks)
    scene.height = legend(scene, bottom + 54, _entries(found, states)) - 2
    return scene


def _lane_title(one: CaseSpells) -> str:
    return f"{one.case_id}: {'; '.join(visit_lines(one))}"


def _lane(one: CaseSpells, states: tuple[str, ...], y: float, row: float, across: Scale) -> list[Item]:
    first, last = one.visits[0][0], one.visits[-1][0]
    parts: list[Item] = [Line(((across(first), y), (across(last), y)), FAINT, 0.9)]
    thick = row * 0.55
    for spell in one.spells:
        x, end = across(spell.first), across(spell.last)
        parts.append(Area(box(x - 4, y - thick / 2, end - x + 8, thick), _LOOKS[states.index(spell.state)][1]))
    return [*parts, *_marks(one, states, y, across)]


def _marks(one: CaseSpells, states: tuple[str, ...], y: float, across: Scale) -> Iterator[Mark]:
    """A mark on each visit; of neighbours of one state that would lie on each other (a dose of every day) the first, the last and a few between."""
    for state, days in groupby(one.visits, key=lambda visit: visit[1]):
        places = [across(day) for day, _ in days]
        drawn_at: float | None = None
        for x in places:
            if drawn_at is None or x - drawn_at >= _APART or x == places[-1]:
                yield _mark(state, states, x, y)
                drawn_at = x


def _mark(state: str | None, states: tuple[str, ...], x: float, y: float) -> Mark:
    if state:
        line, _, shape = _LOOKS[states.index(state)]
        return Mark(x, y, shape, line, line, 3.4, 0.8)
    kept = _UNKNOWN if state is None else _NONE
    return Mark(x, y, kept.shape, kept.fill, kept.stroke, kept.r, kept.width)


def _entries(
    found: list[CaseSpells], states: tuple[str, ...]
) -> list[tuple[str, Callable[[Scene, float, float], None]]]:
    """Every state, also one that was not seen; and what else stands on a visit."""

    def symbol(state: str | None) -> Callable[[Scene, float, float], None]:
        def draw(scene: Scene, x: float, y: float) -> None:
            if state:
                scene.rectangle(x - 10, y - 5, 20, 10, _LOOKS[states.index(state)][1])
            scene.add(_mark(state, states, x, y))

        return draw

    entries = []
    for state in states:
        n = sum(spell.state == state for one in found for spell in one.spells)
        entries.append((f"{capital(state)} ({counted(n, 'spell')})", symbol(state)))
    read = {state for one in found for _, state in one.visits}
    entries += [
        (words, symbol(state)) for state, words in (("", "None of the states"), (None, "Not known")) if state in read
    ]
    return entries


def _alt(found: list[CaseSpells]) -> str:
    """Every lane in words."""
    told = []
    for one in found:
        if one.because is not None:
            told.append(f"{one.case_id}: not evaluable, {one.because}")
        else:
            told.append(f"{one.case_id}: {'; '.join(map(spell_text, one.spells)) or 'no spell'}")
    return f"Lanes of the cases with the days of their spells. {'. '.join(told)}."
