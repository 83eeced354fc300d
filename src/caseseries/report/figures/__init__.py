"""The figures, drawn once as a scene and written as SVG and as PNG."""

from caseseries.report.figures.draw import drawings, png_files, unshown

__all__ = ["drawings", "png_files", "unshown"]
