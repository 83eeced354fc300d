"""The formats in which parts of a report are written, where there is a choice."""

from __future__ import annotations

from typing import Literal

#: Figures as SVG, or for print as PDF, PNG and TIFF too.
Figures = Literal["svg", "print"]

#: What the report is written as beside the page: article and supplement as Word documents and as PDF, tables as an Excel workbook.
Format = Literal["word", "pdf", "excel"]
