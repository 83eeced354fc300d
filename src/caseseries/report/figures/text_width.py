"""How wide a text is, its lines where it is wrapped, and what is left of it where it is cut: in DejaVu Sans, whatever fonts the machine has."""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path
from typing import Any

from caseseries.report.exhibits.words import seen

#: The family of the font.
FAMILY = "DejaVu Sans"

#: The em of DejaVu Sans in units of the font: at this size widths are whole and nothing is rounded.
_EM = 2048


@functools.cache
def font_file(bold: bool) -> Path:
    """The font, which comes with matplotlib; that itself is not loaded, because a page needs nothing else of it."""
    package = importlib.util.find_spec("matplotlib")
    assert package is not None and package.origin is not None, "the package depends on it"
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / name


@functools.cache
def _font(bold: bool) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file(bold)), _EM, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=4096)
def _relative_width(text: str, bold: bool) -> float:
    return float(_font(bold).getlength(text)) / _EM


def text_width(text: str, size: float = 11.0, *, bold: bool = False) -> float:
    """The width of a text in units of the scene: of its letters one by one, so that letters that lean together take less."""
    return _relative_width(seen(text), bold) * size


#: Words, and a number with the colon before it, which stays on its line.
_WORDS = re.compile(r"\S+: [0-9][0-9,–]*(?!\S)|\S+")


def wrap(text: str, width: float, size: float = 11.0, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`; a word that is wider by itself is cut."""
    lines: list[str] = []
    for word in _WORDS.findall(seen(text)):
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
