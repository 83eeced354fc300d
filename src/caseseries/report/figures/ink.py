"""A scene as PNG and TIFF, drawn by matplotlib's Agg renderer with its own DejaVu Sans.

Only the renderer is used: no pyplot, no state, no font chosen by the machine.
"""

from __future__ import annotations

import functools
import io
import math
import struct
import warnings
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from caseseries.report.exhibits.words import seen
from caseseries.report.figures.scene import Area, Group, Item, Label, Line, Mark, Scene, outline
from caseseries.report.figures.text_width import font_file

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

#: What journals ask of line drawings at the printed width of 180 mm; the SVG beside it has no limit.
DPI = 600
_MEASURED = 64.0
_AT_ONCE = 2  # figures drawn that wait to be compressed, each of some megabytes
_EDGE = 4  # pixels of room around a text, for letters that lean out of their box
_POINTS = 0.75  # a unit of the scene, 1/96 inch, in points of 1/72 inch


@functools.cache
def _font(size: float, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file(bold)), size=size)


def _renderer(width: int, height: int, dpi: int) -> Any:
    from matplotlib.backends import backend_agg

    made: Any = backend_agg.RendererAgg  # matplotlib's own types leave it open
    return made(width, height, dpi)


@functools.cache
def _ruler_at(dpi: int) -> Any:
    return _renderer(1, 1, dpi)


@functools.lru_cache(maxsize=4096)
def _drawn_width(text: str, size: float, bold: bool) -> float:
    """The width of a text as it is drawn, with letters that lean together, in units of the scene."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that the font lacks is drawn as a box, and reported elsewhere
        width, _, _ = _ruler_at(72).get_text_width_height_descent(text, _font(_MEASURED, bold), ismath=False)
    return float(width) / _MEASURED * size


def lacking(text: str) -> str:
    """The characters of a text that DejaVu Sans cannot draw, each once, in order."""
    from matplotlib.font_manager import get_font

    glyphs = get_font(str(_font(11, False).get_file())).get_charmap()
    return "".join(dict.fromkeys(char for char in text if ord(char) not in glyphs and not char.isspace()))


def rasters(scenes: Iterable[Scene], dpi: int = DPI) -> Iterator[dict[str, bytes]]:
    """Each figure as files by the ending of their name, `png` and `tiff`; the same scene gives the same bytes.

    One is compressed while the next is drawn.
    """
    with ThreadPoolExecutor(1, "caseseries-figures") as pool:
        waiting: deque[Future[dict[str, bytes]]] = deque()
        for scene in scenes:
            waiting.append(pool.submit(_files, _pixels(scene, dpi), dpi))
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _files(pixels: Any, dpi: int) -> dict[str, bytes]:
    return {"png": _png_file(pixels, dpi), "tiff": _tiff_file(pixels, dpi)}


def _pixels(scene: Scene, dpi: int) -> Any:
    """The figure as an array of rows, columns and the four bytes of a pixel: red, green, blue, and one that is left out."""
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
    return np.asarray(renderer.buffer_rgba())


def _png_file(pixels: Any, dpi: int) -> bytes:
    """Pixels as a PNG file without a date or a program's name; rows unfiltered, which suits flat drawings and is fast."""
    import numpy as np

    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    for color in range(3):  # three long copies take a tenth of the time of one that goes pixel by pixel
        rows[:, 1 + color :: 3] = pixels[:, :, color]
    per_metre = round(dpi / 0.0254)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.data, 2)),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _tiff_file(pixels: Any, dpi: int) -> bytes:
    """Pixels as a TIFF file, compressed without loss; it holds no date and no name of a program."""
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(pixels[:, :, :3]).save(written, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return written.getvalue()


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
        """Blend the letters in; equal texts are drawn once, because letters take most of the time of a figure."""
        import numpy as np
        from matplotlib.colors import to_rgb

        mask, rise = _letters(seen(item.text), item.size * _POINTS, item.bold, round(self.scale * 96))
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[item.anchor]
        width = _drawn_width(seen(item.text), item.size, item.bold) * before
        if item.angle == 90:
            mask = np.rot90(mask)
            left = round(item.x * self.scale) - rise
            top = round((item.y + width) * self.scale) + _EDGE - mask.shape[0]
        else:
            left, top = round((item.x - width) * self.scale) - _EDGE, round(item.y * self.scale) - rise
        y0, x0 = max(top, 0), max(left, 0)
        paper = np.asarray(self.renderer.buffer_rgba())[y0 : top + mask.shape[0], x0 : left + mask.shape[1], :3]
        ink = mask[y0 - top :, x0 - left :][: paper.shape[0], : paper.shape[1], None]
        paper[:] = np.rint(paper * (1 - ink) + np.array(to_rgb(item.color)) * 255 * ink)


@functools.lru_cache(maxsize=2048)
def _letters(text: str, points: float, bold: bool, dpi: int) -> tuple[Any, int]:
    """How much ink each pixel of a text gets, from 0 to 1, and how far its baseline lies below the top."""
    import numpy as np

    font = _font(points, bold)
    width, height, descent = _ruler_at(dpi).get_text_width_height_descent(text, font, ismath=False)
    rise = math.ceil(height - descent) + _EDGE
    small = _renderer(math.ceil(width) + 2 * _EDGE, rise + math.ceil(descent) + _EDGE, dpi)
    small.draw_text(small.new_gc(), _EDGE, rise, text, font, 0, ismath=False)
    return np.asarray(small.buffer_rgba())[:, :, 3].astype(float) / 255, rise
