"""Which figures a run has, each with title, caption and words for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caseseries.chart.natural import natural
from caseseries.report.exhibits.change import dose_days_words
from caseseries.report.exhibits.model import Figure
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.results import INVENTED, MOST_LINES, MOST_ROWS, MOST_TIMELINES
from caseseries.report.exhibits.run import Finished
from caseseries.report.exhibits.words import planned
from caseseries.report.figures.axis import FAINT
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.ink import lacking, pngs
from caseseries.report.figures.scene import Group, Label, Scene
from caseseries.report.figures.slopes import panels, slopes_alt, slopes_scene
from caseseries.report.figures.svg import svg_text
from caseseries.report.figures.swimmer import swimmer_alt, swimmer_scene
from caseseries.report.figures.taper import taper_alt, taper_scene
from caseseries.report.figures.timeline import timeline_alt, timeline_scene
from caseseries.report.figures.waterfall import bars, first_in_order, waterfall_alt, waterfall_scene
from caseseries.summary.model import Summary


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with the scene it was written from, for further formats."""

    figure: Figure
    scene: Scene


def unshown(shown: Iterable[Drawing]) -> str:
    """The characters of the figures that the PNG files cannot show, because their font lacks them."""
    texts = [
        part.text
        for drawing in shown
        for item in drawing.scene.items
        for part in (item.items if isinstance(item, Group) else (item,))
        if isinstance(part, Label)
    ]
    return lacking("".join(texts))


def png_files(shown: Iterable[Drawing]) -> Iterator[bytes]:
    """Each figure as a PNG file, sharp at the printed width of 180 mm."""
    return pngs(drawing.scene for drawing in shown)


def drawings(summary: Summary) -> tuple[Drawing, ...]:
    """Every figure of the run, in the order of the report."""
    found: list[tuple[str, str, str, str, Scene | None]] = []
    if summary.flow:
        found.append(("flow", "From case finding to analysis", "", flow_alt(summary), flow_scene(summary)))
    n = len(summary.included)
    for name in summary.outcomes if n <= MOST_LINES else ():
        found += _outcome(summary, name)
    undated = "".join(f" {note}" for note in planned(summary))
    taper = (
        "The case named above each panel is drawn in colour, the others in grey. "
        "The dashed line is the index date; marks are the doses that the verdict rests on."
    )
    if n <= MOST_ROWS:
        scene = taper_scene(summary)
        found.append(("taper", "Glucocorticoid dose over time", taper + undated, taper_alt(summary), scene))
    swimmer = (
        "From the index date to the last day observed, the longest on top; the verdict stands on its assessment day."
    )
    if n <= MOST_ROWS:
        title = "Follow-up, study drug, response and events"
        found.append(("swimmer", title, swimmer + undated, swimmer_alt(summary), swimmer_scene(summary)))
    for place, case in enumerate(summary.included if n <= MOST_TIMELINES else (), 1):
        alt = timeline_alt(summary, case)
        found.append(
            (
                f"timeline-{place:02d}",
                f"Timeline of case {case.case_id}",
                undated.strip(),
                alt,
                timeline_scene(summary, case),
            )
        )
    return tuple(_drawing(summary, *parts) for parts in found if parts[-1] is not None)


def _outcome(summary: Summary, name: str) -> list[tuple[str, str, str, str, Scene | None]]:
    stem = slug(name)
    found: list[tuple[str, str, str, str, Scene | None]] = []
    shown = panels(summary, name)
    doses = dose_days_words(summary, summary.outcomes[name].changes)
    doses = f" {doses}" if doses else ""
    if shown:
        caption = f"One line a case; colour, mark and dashes tell the verdict. Axes need not begin at zero.{doses}"
        title = f"Values before and after, by {name}"
        found.append((f"slopes-{stem}", title, caption, slopes_alt(summary, shown), slopes_scene(shown)))
    falls = bars(summary, name)
    if falls:
        groups = [pair.group for pair in shown[0].pairs] if shown else []
        missing = sorted({case for panel in falls for case in panel.missing}, key=natural)
        caption = (
            f"One bar a case, {first_in_order(falls, summary.outcomes[name].plan.good)} first; a mark on the zero line is a change of zero. "
            f"The dashed line is what the rule asks for.{doses}"
        )
        caption += f" Without a value in at least one panel: {', '.join(missing)}." if missing else ""
        title = f"Change of every case against the thresholds of {name}"
        found.append(
            (
                f"waterfall-{stem}",
                title,
                caption,
                waterfall_alt(falls, summary.outcomes[name].plan.good),
                waterfall_scene(falls, groups),
            )
        )
    return found


def _drawing(summary: Summary, key: str, title: str, caption: str, alt: str, scene: Scene | None) -> Drawing:
    assert scene is not None
    return drawn(summary, key, title, caption, alt, scene, _narrow(summary, key))


def drawn(
    run: Finished, key: str, title: str, caption: str, alt: str, scene: Scene, narrow: Scene | None = None
) -> Drawing:
    """A figure from its scene, and from the scene for a narrow page where there is one; marked where the data are invented."""
    if run.invented:
        alt = f"{INVENTED}. {alt}"
    small = "" if narrow is None else svg_text(_marked(run, narrow), f"{key}-narrow", title, alt)
    return Drawing(
        Figure(key, title, caption, alt, svg_text(_marked(run, scene), key, title, alt), narrow=small), scene
    )


def _narrow(summary: Summary, key: str) -> Scene | None:
    """The variant for a narrow page, of the figures that can be set in fewer columns."""
    if key == "flow":
        return flow_scene(summary, narrow=True)
    return taper_scene(summary, narrow=True) if key == "taper" else None


def _marked(run: Finished, scene: Scene) -> Scene:
    """The scene with a line that says so where the data are invented."""
    if run.invented:
        scene.line((20, scene.height + 2), (scene.width - 20, scene.height + 2), stroke=FAINT, width=0.6)
        scene.label(scene.width / 2, scene.height + 15, INVENTED, size=9, anchor="middle", color="#8a3b00")
        scene.height += 22
    return scene
