"""A scene as SVG text: searchable letters, a name and a description for screen readers, ids of its own."""

from __future__ import annotations

from html import escape

from caseseries.report.exhibits.words import seen
from caseseries.report.figures.scene import Area, Group, Item, Label, Line, Mark, Scene, outline

#: Verdana is as wide as DejaVu Sans; anything narrower leaves room.
FONT = "DejaVu Sans, Verdana, sans-serif"


def coordinate(value: float) -> str:
    """A number with at most two decimals.

    >>> coordinate(12.0), coordinate(-0.001), coordinate(3.14159)
    ('12', '0', '3.14')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def svg_text(scene: Scene, key: str, title: str, alt: str) -> str:
    """The whole figure; `key` begins every id, so that several figures can stand in one page."""
    width, height = coordinate(scene.width), coordinate(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="{key}-title {key}-desc" font-family="{FONT}" font-size="11">',
        f'<title id="{key}-title">{_words(title)}</title>',
        f'<desc id="{key}-desc">{_words(alt)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for item in scene.items:
        if isinstance(item, Group):
            lines.append(f"<g><title>{_words(item.title)}</title>")
            lines += [_item(part) for part in item.items]
            lines.append("</g>")
        else:
            lines.append(_item(item))
    return "\n".join([*lines, "</svg>"])


def _words(text: str) -> str:
    return escape(seen(text), quote=True)


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)


def _stroke(stroke: str, width: float) -> str:
    return "" if stroke == "none" else f' stroke="{stroke}" stroke-width="{coordinate(width)}"'


def _item(item: Item) -> str:
    if isinstance(item, Line):
        dash = f' stroke-dasharray="{" ".join(coordinate(part) for part in item.dash)}"' if item.dash else ""
        return f'<polyline points="{_points(item.points)}" fill="none"{_stroke(item.stroke, item.width)}{dash}/>'
    if isinstance(item, Area):
        return f'<polygon points="{_points(item.points)}" fill="{item.fill}"{_stroke(item.stroke, item.width)}/>'
    if isinstance(item, Mark):
        drawn = f' fill="{item.fill}"{_stroke(item.stroke, item.width)}/>'
        if item.shape == "circle":
            return f'<circle cx="{coordinate(item.x)}" cy="{coordinate(item.y)}" r="{coordinate(item.r)}"{drawn}'
        return f'<polygon points="{_points(outline(item))}"{drawn}'
    return _label(item)


def _label(item: Label) -> str:
    x, y = coordinate(item.x), coordinate(item.y)
    extra = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    extra += "" if item.size == 11 else f' font-size="{coordinate(item.size)}"'
    extra += ' font-weight="bold"' if item.bold else ""
    extra += f' transform="rotate({-item.angle} {x} {y})"' if item.angle else ""
    return f'<text x="{x}" y="{y}" fill="{item.color}"{extra}>{_words(item.text)}</text>'
