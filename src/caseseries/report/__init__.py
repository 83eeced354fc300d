"""Exhibits and how they are rendered; the only place that knows a format."""

from __future__ import annotations

from caseseries.report.contents import contents
from caseseries.report.exhibits.results import headline_lines
from caseseries.summary.model import Summary

__all__ = ["headline", "html", "notebook_html"]


def headline(summary: Summary) -> str:
    """The run in a few lines, for the terminal: responders with exact interval, changes, follow-up, safety."""
    from caseseries.report.html.page import INVENTED, IN_SHORT

    lines = [*([f"{INVENTED}."] if summary.invented else []), *headline_lines(summary), IN_SHORT]
    return "\n".join(lines)


def html(summary: Summary) -> str:
    """The whole report as one self-contained HTML page."""
    from caseseries.report.html.page import page

    return page(summary, contents(summary))


def notebook_html(summary: Summary) -> str:
    """The headline and the main tables, for a notebook."""
    from caseseries.report.html.page import notebook

    return notebook(summary, contents(summary))
