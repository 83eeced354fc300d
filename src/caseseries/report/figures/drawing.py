"""A figure with its scene: marked where the data are invented, written as SVG, and for print as PDF, PNG and TIFF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_blocks import Figure
from caseseries.report.figures.axis import FAINT
from caseseries.report.figures.ink import for_print, lacking
from caseseries.report.figures.scene import LEAST, NARROW, WIDTH, Group, Label, Scene
from caseseries.report.figures.svg import svg_text
from caseseries.summary.model import Summary

#: A page, and a narrow one.
PAPERS = (WIDTH, NARROW)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with the scene it was written from, for further formats."""

    figure: Figure
    scene: Scene


def drawn(
    summary: Summary, key: str, title: str, caption: str, alt: str, scene: Scene, narrow: Scene | None = None
) -> Drawing:
    """A figure from its scene, and from the scene for a narrow page where there is one; marked where the data are invented."""
    if summary.invented:
        alt = f"{INVENTED}. {alt}"
    small = "" if narrow is None else svg_text(_marked(summary, narrow), f"{key}-narrow", title, alt)
    return Drawing(
        Figure(key, title, caption, alt, svg_text(_marked(summary, scene), key, title, alt), narrow=small), scene
    )


def _marked(summary: Summary, scene: Scene) -> Scene:
    """The scene with a line that says so where the data are invented."""
    if summary.invented:
        scene.line((20, scene.height + 2), (scene.width - 20, scene.height + 2), stroke=FAINT, width=0.6)
        scene.label(scene.width / 2, scene.height + 15, INVENTED, size=LEAST, anchor="middle", color="#8a3b00")
        scene.height += 22
    return scene


def unshown(drawings: Iterable[Drawing]) -> str:
    """The characters of the figures that the PDF, PNG and TIFF files cannot show, because their font lacks them."""
    texts = [
        part.text
        for drawing in drawings
        for item in drawing.scene.items
        for part in (item.items if isinstance(item, Group) else (item,))
        if isinstance(part, Label)
    ]
    return lacking("".join(texts))


def printed_files(shown: Iterable[Drawing]) -> Iterator[dict[str, bytes]]:
    """Each figure as PDF, PNG and TIFF by the ending of the name, 180 mm wide; the last two at 600 dots an inch."""
    return for_print(drawing.figure.svg for drawing in shown)
