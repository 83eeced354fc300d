"""Exhibits and how they are rendered; the only place that knows a format."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from caseseries.report.bundle import refuse
from caseseries.report.documents.word_styles import Template, read_template
from caseseries.report.exhibits.headline import headline
from caseseries.report.formats import Figures, Format
from caseseries.summary.model import Summary
from caseseries.verdict.number_style import PLAIN, Style, in_style

__all__ = ["headline", "html", "notebook_html", "read_template", "refuse", "write"]

# Figures and templates are imported inside the functions: the command line must start without them.


def write(
    summary: Summary,
    out: Path,
    *,
    patients: Mapping[str, Path] | None = None,
    inputs: Mapping[str, str] | Sequence[Path] = (),
    run_info: Mapping[str, str] | None = None,
    readable: bool = False,
    figures: Figures = "svg",
    formats: Collection[Format] = (),
    template: Template | None = None,
    style: Style = PLAIN,
) -> None:
    """Write the whole results folder, or leave everything as it was; an earlier run's folder is replaced.

    `patients` are finished files of the patients of a run that counted its cases, by their path in the folder: `patients.parquet`.
    `inputs` are the hashes of the files read, by name, or the files themselves; `run_info` are further facts for run.json,
    which is the one file that may differ between two equal runs. The folder is its owner's alone; with `readable` others of the
    machine may read it, but for the patients and findings.csv. Figures are SVG; with `figures` "print" also PDF, PNG and TIFF at 600 dots an inch.
    `formats` are the further formats of the report; `template` gives Word documents their styles.
    Numbers are printed in `style`, which no file for programs follows.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    from caseseries.report.folder import write as write_all

    write_all(
        summary,
        out,
        patients=patients or {},
        inputs=inputs,
        run_info=run_info or {},
        readable=readable,
        figures=figures,
        formats=formats,
        template=template,
        style=style,
    )


def html(summary: Summary, style: Style = PLAIN) -> str:
    """The whole report as one self-contained HTML page, its numbers in this style."""
    from caseseries.report.folder import page_of

    with in_style(style):
        return page_of(summary)[0]


def notebook_html(summary: Summary) -> str:
    """The headline and the main tables, for a notebook cell."""
    from caseseries.report.contents import contents
    from caseseries.report.order import in_order
    from caseseries.report.page.render import front, notebook

    summary = in_order(summary)
    return notebook(front(summary), contents(summary))
