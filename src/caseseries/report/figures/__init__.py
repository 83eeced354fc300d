"""The figures, drawn once as a scene and written as SVG and as PNG."""

from caseseries.report.figures.draw import drawings
from caseseries.report.figures.drawing import Drawing, png_files, unshown

__all__ = ["Drawing", "drawings", "png_files", "unshown"]
