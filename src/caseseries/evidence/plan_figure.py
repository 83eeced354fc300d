"""How many patients the next study needs, over every share that the series leaves possible."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from caseseries.evidence.plan_words import percent_of, within
from caseseries.evidence.planned import Planned
from caseseries.report.exhibits.printed_numbers import ci_title, whole
from caseseries.report.figures.axis import HAIR, INK, SOFT, Scale, legend, ticks, x_axis
from caseseries.report.figures.scene import LEAST, WIDTH, Group, Mark, Scene
from caseseries.report.figures.text_width import text_width, wrap
from caseseries.stats import SingleArm, TwoStages

BLUE, ORANGE, SHADE = "#0072B2", "#D55E00", "#f1f2f4"

#: Ticks of the logarithmic axis of patients.
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def sizes_scene(found: Planned, paper: float = WIDTH) -> Scene:
    """Patients on a logarithmic axis against the alternative, from the lower to the upper limit of the series; the null and the plan marked."""
    narrow = paper < WIDTH
    scene = Scene(0, paper)
    top, height = 34.0, 240.0
    x0, x1 = 52.0, paper - 18
    ends = [each.alternative for each in found.across]
    low, high = min(ends[0], found.null), max(ends[-1], found.alternative)
    low, high = max(Fraction(0), low - Fraction(2, 100)), min(Fraction(1), high + Fraction(2, 100))
    across = Scale(low * 100, high * 100, x0, x1)
    sizes = _sizes(found)
    most = next(tick for tick in _TICKS if tick >= max(sizes, default=10))
    least = max(tick for tick in _TICKS if tick <= min(sizes, default=1))
    least, most = (least, most) if least < most else (1, 10)

    def up(n: int) -> float:
        return top + height * (1 - math.log(n / least) / math.log(most / least))

    null_x = across(found.null * 100)
    if null_x > x0:
        scene.rectangle(x0, top, null_x - x0, height, SHADE)
    for tick in _TICKS:
        if least <= tick <= most:
            scene.line((x0, up(tick)), (x1, up(tick)), stroke=HAIR, width=0.8)
            scene.label(x0 - 6, up(tick) + 3.6, whole(tick), size=LEAST, anchor="end", color=SOFT)
    scene.label(8, 14, "Patients (logarithmic)", size=LEAST, color=SOFT)
    scene.line((null_x, top), (null_x, top + height), stroke=INK, width=1, dash=(4, 3))
    _named(scene, null_x, top - 6, f"null {percent_of(found.null)}", x0, x1)
    _points(scene, found, across, up)
    _series(scene, found, across, top + height - 10)
    y = top + height
    x_axis(
        scene,
        across,
        y,
        ticks(low * 100, high * 100, 4 if narrow else 8),
        "True share of responders under the alternative, %",
    )
    scene.height = legend(scene, y + 52, _entries(found), x=x0 - 12)
    if null_x - x0 > 90:
        for place, line in enumerate(wrap("not above the null", null_x - x0 - 12, LEAST)):
            scene.label((x0 + null_x) / 2, top + 16 + 12 * place, line, size=LEAST, anchor="middle", color=SOFT)
    return scene


def _sizes(found: Planned) -> list[int]:
    one = [each.one.n for each in found.across if isinstance(each.one, SingleArm)]
    two = [each.two.optimal.n for each in found.across if isinstance(each.two, TwoStages)]
    return [*one, *two, found.one.n]


def _points(scene: Scene, found: Planned, across: Scale, up: Callable[[int], float]) -> None:
    for each in found.across:
        x, planned = across(each.alternative * 100), each.alternative == found.alternative
        if isinstance(each.two, TwoStages):
            best = each.two.optimal
            told = f"{percent_of(each.alternative)}: {best.n1} patients, then {best.n} in all"
            mark = Mark(x, up(best.n), "square", ORANGE if planned else "#ffffff", ORANGE, 4.4 if planned else 3.4)
            scene.add(Group(f"Two stages, {told}", (mark,)))
        if isinstance(each.one, SingleArm):
            told = f"{percent_of(each.alternative)}: {each.one.n} patients, at least {each.one.r} responders"
            mark = Mark(x, up(each.one.n), "circle", BLUE, BLUE, 4.6 if planned else 2.2)
            scene.add(Group(f"One stage, {told}", (mark,)))


def _series(scene: Scene, found: Planned, across: Scale, y: float) -> None:
    """The interval of the series just above the axis."""
    low, high = (across(end * 100) for end in within(found))
    share = Fraction(found.series.responders, found.series.n)
    told = f"This series: {found.series.responders} of {found.series.n}"
    line = Mark(across(share * 100), y, "diamond", INK, INK, 4)
    scene.line((low, y), (high, y), stroke=INK, width=1.6)
    scene.add(Group(told, (line,)))


def _named(scene: Scene, x: float, y: float, text: str, x0: float, x1: float) -> None:
    half = text_width(text, LEAST) / 2
    scene.label(min(max(x, x0 + half), x1 - half), y, text, size=LEAST, anchor="middle", color=INK)


def _entries(found: Planned) -> list[tuple[str, Callable[[Scene, float, float], None]]]:
    def marked(mark: Callable[[float, float], Mark]) -> Callable[[Scene, float, float], None]:
        return lambda scene, x, y: scene.add(mark(x, y))

    series = found.series
    return [
        ("One stage", marked(lambda x, y: Mark(x, y, "circle", BLUE, BLUE, 3))),
        ("Two stages (optimal), at most", marked(lambda x, y: Mark(x, y, "square", "#ffffff", ORANGE, 3.6))),
        (
            f"Planned: {percent_of(found.alternative)} (filled, larger)",
            marked(lambda x, y: Mark(x, y, "circle", BLUE, BLUE, 4.6)),
        ),
        (
            f"This series: {series.responders} of {series.n}, exact {ci_title('95')}",
            marked(lambda x, y: Mark(x, y, "diamond", INK, INK, 4)),
        ),
    ]


def sizes_alt(found: Planned) -> str:
    """Every size of one stage that has a name, in words."""
    told = [
        f"{percent_of(each.alternative)} ({each.why}): "
        + (f"{each.one.n} patients" if isinstance(each.one, SingleArm) else each.one.because)
        for each in found.across
        if each.why
    ]
    return f"Number of patients of a study in one stage by the true share of responders. {'; '.join(told)}."
