"""The figures, drawn once as a scene and written as SVG and as PNG."""

from caseseries.report.figures.draw import drawings
from caseseries.report.figures.drawing import Drawing, png_bytes, unshown

__all__ = ["Drawing", "drawings", "png_bytes", "unshown"]
