"""The answer of every case at a glance: one mark a case, of many a bar of shares."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.every_case import primary_verdicts
from caseseries.report.exhibits.included import MOST_DRAWN
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import group
from caseseries.report.figures.axis import CLASSES, INK, SOFT, class_entries, class_mark, legend
from caseseries.report.figures.drawing import Drawing, drawn
from caseseries.report.figures.scene import LEAST, Area, Group, Scene, box
from caseseries.summary.model import Summary
from caseseries.verdict.wanted import answered

#: The step between two marks, and how many stand in a row.
_STEP = 17.0
#: Its paper: the column beside the abstract, at the size of the page.
_PAPER = 272.0
_IN_A_ROW = int((_PAPER - 16) // _STEP)


#: So many outcomes have a strip.
MOST_STRIPS = 3


def strips(summary: Summary) -> tuple[Drawing, ...]:
    """The answers to the first outcomes; those by levels are told by their bars instead."""
    names = [name for name, outcome in summary.outcomes.items() if outcome.plan.part is None]
    return tuple(found for name in names[:MOST_STRIPS] if (found := strip(summary, name)) is not None)


def strip(summary: Summary, name: str) -> Drawing | None:
    """The answers to one outcome, those who met it first; None where nobody is in its denominator."""
    outcome = summary.outcomes[name]
    if not outcome.answers[0].inside.high:
        return None
    title = f"Every case by its answer: {name}"
    if summary.cases is not None and summary.included <= MOST_DRAWN:
        return _marks(summary, name, title)
    return _bar(summary, name, title)


def _marks(summary: Summary, name: str, title: str) -> Drawing:
    good = summary.outcomes[name].plan.good
    verdicts = primary_verdicts(summary.shown.outcomes[name])
    of_cases = [
        (group(verdicts[case.case_id], good), case.case_id)
        for case in summary.shown.included
        if case.case_id in verdicts
    ]
    order = list(CLASSES)
    of_cases.sort(key=lambda one: order.index(one[0]))
    scene = Scene(0, _PAPER)
    for place, (called, case) in enumerate(of_cases):
        row, column = divmod(place, _IN_A_ROW)
        mark = class_mark(called, 16 + _STEP * column, 14 + _STEP * row, 6.2)
        scene.add(Group(f"{case}: {called}", (mark,)))
    rows = -(-len(of_cases) // _IN_A_ROW)
    scene.height = legend(scene, 14 + _STEP * rows + 6, class_entries([one for one, _ in of_cases]), x=8) - 6
    alt = "; ".join(f"{case}: {called}" for called, case in of_cases)
    return drawn(summary, f"strip-{slug(name)}", title, "", f"One mark a case. {alt}.", scene)


def _bar(summary: Summary, name: str, title: str) -> Drawing | None:
    good, head = summary.outcomes[name].plan.good, summary.outcomes[name].answers[0]
    counts = [
        (answered(truth, good), n) for truth, n in ((True, head.yes), (False, head.no), (None, head.not_evaluable))
    ]
    total = sum(n.low for _, n in counts)
    if not total or any(n.exact is None for _, n in counts):
        return None  # a range has no length; the sentence tells it
    scene, x = Scene(0, _PAPER), 8.0
    width = _PAPER - 16
    for called, n in counts:
        line, fill, _ = CLASSES[called]
        part = width * n.low / total
        if n.low:
            scene.add(Group(f"{called}: {whole(n.low)}", (Area(box(x, 8, part, 16), fill, line, 1.2),)))
        x += part
    y = 44.0
    for called, n in counts:
        scene.add(class_mark(called, 16, y - 3.6, 4.2))
        scene.label(28, y, f"{called.capitalize()} ({count_text(n)})", size=LEAST, color=INK if n.low else SOFT)
        y += 16
    scene.height = y - 8
    alt = "; ".join(f"{called}: {count_text(n)}" for called, n in counts)
    return drawn(summary, f"strip-{slug(name)}", title, "", f"A bar of the cases in the denominator. {alt}.", scene)
