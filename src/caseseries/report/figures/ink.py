"""Figures on paper: the SVG of a figure, drawn by typst with DejaVu Sans, as PNG, and for print as PDF (lines and letters), PNG and TIFF.

No font of the machine is used, and nothing but the SVG: what the page shows is what is printed.
"""

from __future__ import annotations

import functools
import io
import re
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from caseseries.errors import ensure
from caseseries.report.figures.text_width import FAMILY, font_file

if TYPE_CHECKING:
    from typst import Fonts

#: What journals ask of line drawings at the printed width of 180 mm; the SVG beside it has no limit.
DPI = 600
_NO_TIME = 0  # in place of the time at which a PDF is written
_AT_ONCE = 2  # figures drawn that wait to be compressed, each of some megabytes
_SIZE = re.compile(r'<svg [^>]*?width="([0-9.]+)" height="([0-9.]+)"')


@functools.cache
def fonts() -> Fonts:
    """The fonts that figures and documents are set in; a character that DejaVu Sans lacks is drawn as a box."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_file(False).parent)]
    )


@functools.cache
def _glyphs() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(str(font_file(False)), lazy=True) as font:
        return frozenset(font.getBestCmap())


def lacking(text: str) -> str:
    """The characters of a text that DejaVu Sans cannot draw, each once, in order.

    >>> lacking("5 µg/m² ≥ 患 −1 患")
    '患'
    """
    return "".join(dict.fromkeys(char for char in text if ord(char) not in _glyphs() and not char.isspace()))


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a figure in points of 1/72 inch.

    >>> size_of('<svg xmlns="" width="680" height="96" viewBox="0 0 680 96">')
    (510.0, 72.0)
    """
    found = _SIZE.match(svg)
    ensure(found is not None, "a figure without a size")
    assert found is not None
    return float(found[1]) * 0.75, float(found[2]) * 0.75


def literal(text: str) -> str:
    """A text as typst writes it in its source.

    >>> literal('a "b" c')
    '"a \\\\"b\\\\" c"'
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def png(svg: str, dpi: int = DPI) -> bytes:
    """A figure as a PNG file, with so many dots an inch of its printed width; the same figure gives the same bytes."""
    import typst

    source = _page(svg)
    drawn = typst.compile(source.encode(), format="png", ppi=dpi, font_paths=fonts(), ignore_system_fonts=True)
    return _with_dots(drawn, dpi)


def pdf(svg: str) -> bytes:
    """A figure as a PDF file of its own size: lines, areas and letters with their font; the same figure gives the same bytes."""
    import typst

    source = f"#set document(date: none)\n{_page(svg)}"
    drawn = typst.compile(
        source.encode(), format="pdf", font_paths=fonts(), ignore_system_fonts=True, timestamp=_NO_TIME
    )
    return bytes(drawn)


def _page(svg: str) -> str:
    """The source of a page that is the figure alone."""
    width, height = size_of(svg)
    return (
        f'#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n#set text(font: "{FAMILY}")\n'
        f'#image(bytes({literal(svg)}), format: "svg", width: {width}pt)'
    )


def for_print(svgs: Iterable[str], dpi: int = DPI) -> Iterator[dict[str, bytes]]:
    """Each figure as files by the ending of their name, `pdf`, `png` and `tiff`.

    One is compressed while the next is drawn.
    """
    with ThreadPoolExecutor(1, "caseseries-figures") as pool:
        waiting: deque[Future[dict[str, bytes]]] = deque()
        for svg in svgs:
            waiting.append(pool.submit(_files, pdf(svg), png(svg, dpi), dpi))
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _files(vector: bytes, drawn: bytes, dpi: int) -> dict[str, bytes]:
    from PIL import Image

    kept = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as image:
        image.convert("RGB").save(kept, format="TIFF", dpi=(dpi, dpi), compression="tiff_lzw")
    return {"pdf": vector, "png": drawn, "tiff": kept.getvalue()}


def _with_dots(drawn: bytes, dpi: int) -> bytes:
    """A PNG file that says how many dots it has an inch: a chunk after its header, which is always as long."""
    per_metre = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    return drawn[:33] + struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk)) + drawn[33:]
