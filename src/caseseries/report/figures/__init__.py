"""The figures, drawn once as a scene and written as SVG, and for print as PDF, PNG and TIFF."""

from caseseries.report.figures.draw import drawings
from caseseries.report.figures.drawing import Drawing, printed_files, unshown
from caseseries.report.figures.strip import strips

__all__ = ["Drawing", "drawings", "printed_files", "strips", "unshown"]
