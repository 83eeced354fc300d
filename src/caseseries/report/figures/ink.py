"""A scene as PNG, drawn by matplotlib's Agg renderer with its own DejaVu Sans; and the width of a text in that font.

Only the renderer is used: no pyplot, no state, no font chosen by the machine.
"""

from __future__ import annotations

import functools
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseseries.report.exhibits.words import seen
from caseseries.report.figures.scene import Area, Group, Item, Label, Line, Mark, Scene, outline

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

#: Sharp at the printed width of 180 mm; the SVG beside it has no limit.
DPI = 240
_MEASURED = 64.0
_POINTS = 0.75  # a unit of the scene, 1/96 inch, in points of 1/72 inch


@functools.cache
def _font(size: float, bold: bool) -> FontProperties:
    import matplotlib
    from matplotlib.font_manager import FontProperties

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FontProperties(fname=str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size=size)


def _renderer(width: int, height: int, dpi: int) -> Any:
    from matplotlib.backends import backend_agg

    made: Any = backend_agg.RendererAgg  # matplotlib's own types leave it open
    return made(width, height, dpi)


@functools.cache
def _ruler() -> Any:
    return _renderer(1, 1, 72)


@functools.lru_cache(maxsize=4096)
def _relative_width(text: str, bold: bool) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that the font lacks is drawn as a box, and reported elsewhere
        width, _, _ = _ruler().get_text_width_height_descent(text, _font(_MEASURED, bold), ismath=False)
    return float(width) / _MEASURED


def text_width(text: str, size: float = 11.0, *, bold: bool = False) -> float:
    """The width of a text in units of the scene."""
    return _relative_width(seen(text), bold) * size


def wrap(text: str, width: float, size: float = 11.0, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`; a word that is wider by itself is cut."""
    lines: list[str] = []
    for word in seen(text).split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, bold=bold) <= width:
            lines[-1] = joined
            continue
        while text_width(word, size, bold=bold) > width and len(word) > 1:
            fits = max(1, int(len(word) * width / text_width(word, size, bold=bold)))
            while fits > 1 and text_width(word[:fits], size, bold=bold) > width:
                fits -= 1
            lines.append(word[:fits])
            word = word[fits:]
        lines.append(word)
    return lines or [""]


def fit(text: str, width: float, size: float = 11.0, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is too wide."""
    kept = seen(text)
    if text_width(kept, size, bold=bold) <= width:
        return kept
    while kept and text_width(f"{kept}…", size, bold=bold) > width:
        kept = kept[: max(0, min(len(kept) - 1, int(len(kept) * width / text_width(kept, size, bold=bold))))]
    return f"{kept.rstrip()}…"


def lacking(text: str) -> str:
    """The characters of a text that DejaVu Sans cannot draw, each once, in order."""
    from matplotlib.font_manager import get_font

    glyphs = get_font(str(_font(11, False).get_file())).get_charmap()
    return "".join(dict.fromkeys(char for char in text if ord(char) not in glyphs and not char.isspace()))


def png(scene: Scene, dpi: int = DPI) -> bytes:
    """The figure as a PNG file; the same scene gives the same bytes."""
    import numpy as np

    scale = dpi / 96
    renderer = _renderer(round(scene.width * scale), round(scene.height * scale), dpi)
    pen = _Pen(renderer, scale)
    renderer.draw_path(
        pen.context("none", 0),
        pen.path(((0, 0), (scene.width, 0), (scene.width, scene.height), (0, scene.height))),
        pen.identity,
        (1, 1, 1),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for item in scene.items:
            for part in item.items if isinstance(item, Group) else (item,):
                pen.draw(part)
    return _png_file(np.asarray(renderer.buffer_rgba())[:, :, :3], dpi)


def _png_file(pixels: Any, dpi: int) -> bytes:
    """Pixels as a PNG file without a date or a program's name; rows unfiltered, which suits flat drawings and is fast."""
    import numpy as np

    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    per_metre = round(dpi / 0.0254)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.tobytes(), 2)),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class _Pen:
    """Draws the items of a scene with one renderer."""

    def __init__(self, renderer: Any, scale: float) -> None:
        from matplotlib.transforms import IdentityTransform

        self.renderer, self.scale, self.identity = renderer, scale, IdentityTransform()

    def context(self, stroke: str, width: float, dash: tuple[float, ...] = ()) -> Any:
        context = self.renderer.new_gc()
        context.set_linewidth(0 if stroke == "none" else width * _POINTS)
        context.set_foreground("#000000" if stroke == "none" else stroke)
        context.set_joinstyle("miter")
        if dash:
            context.set_dashes(0, [part * _POINTS for part in dash])
        return context

    def path(self, points: tuple[tuple[float, float], ...], *, closed: bool = True) -> Any:
        from matplotlib.path import Path as Outline

        height = self.renderer.height
        corners = [(x * self.scale, height - y * self.scale) for x, y in points]
        return Outline([*corners, corners[0]] if closed else corners, closed=closed)

    def draw(self, item: Item) -> None:
        if isinstance(item, Line):
            self.renderer.draw_path(
                self.context(item.stroke, item.width, item.dash), self.path(item.points, closed=False), self.identity
            )
        elif isinstance(item, Area):
            self.fill(self.path(item.points), item.fill, item.stroke, item.width)
        elif isinstance(item, Mark):
            self.fill(
                self.circle(item) if item.shape == "circle" else self.path(outline(item)),
                item.fill,
                item.stroke,
                item.width,
            )
        else:
            self.text(item)

    def fill(self, path: Any, fill: str, stroke: str, width: float) -> None:
        from matplotlib.colors import to_rgb

        self.renderer.draw_path(
            self.context(stroke, width), path, self.identity, None if fill == "none" else to_rgb(fill)
        )

    def circle(self, mark: Mark) -> Any:
        from matplotlib.path import Path as Outline

        center = (mark.x * self.scale, self.renderer.height - mark.y * self.scale)
        return Outline.circle(center, mark.r * self.scale)

    def text(self, item: Label) -> None:
        text = seen(item.text)
        font = _font(item.size * _POINTS, item.bold)
        context = self.context("none", 0)
        context.set_foreground(item.color)
        width = text_width(text, item.size, bold=item.bold) * {"start": 0.0, "middle": 0.5, "end": 1.0}[item.anchor]
        x, y = (item.x, item.y + width) if item.angle == 90 else (item.x - width, item.y)
        self.renderer.draw_text(context, x * self.scale, y * self.scale, text, font, item.angle, ismath=False)
