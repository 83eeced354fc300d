"""Exhibits and how they are rendered; the only place that knows a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from caseseries.report.bundle import refuse
from caseseries.report.exhibits.results import headline
from caseseries.summary.model import Summary

__all__ = ["headline", "html", "notebook_html", "refuse", "write"]

# Figures and templates are imported inside the functions: the command line must start without them.


def write(
    summary: Summary,
    out: Path,
    *,
    inputs: Mapping[str, str] | Sequence[Path] = (),
    run_info: Mapping[str, str] | None = None,
    readable: bool = False,
) -> None:
    """Write the whole results folder, or leave everything as it was; an earlier run's folder is replaced.

    `inputs` are the hashes of the files read, by name, or the files themselves; `run_info` are further facts for run.json,
    which is the one file that may differ between two equal runs. The folder is its owner's alone; with `readable` others of the
    machine may read it, but for patients.csv and findings.csv.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    from caseseries.report.folder import write as write_all

    write_all(summary, out, inputs=inputs, run_info=run_info, readable=readable)


def html(summary: Summary) -> str:
    """The whole report as one self-contained HTML page."""
    from caseseries.report.contents import contents
    from caseseries.report.figures import drawings, unshown
    from caseseries.report.order import in_order
    from caseseries.report.page.render import front, page

    summary = in_order(summary)
    drawn = drawings(summary)
    return page(front(summary), contents(summary, [drawing.figure for drawing in drawn], unshown=unshown(drawn)))


def notebook_html(summary: Summary) -> str:
    """The headline and the main tables, for a notebook cell."""
    from caseseries.report.contents import contents
    from caseseries.report.order import in_order
    from caseseries.report.page.render import front, notebook

    summary = in_order(summary)
    return notebook(front(summary), contents(summary))
