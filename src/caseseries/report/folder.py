"""The results folder: page, tables, figures, patients, findings, results for programs, run.json; whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from caseseries.report import bundle
from caseseries.report.contents import contents, tables_of
from caseseries.report.documents import document_files, texts_of
from caseseries.report.documents.word_styles import Template
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_blocks import Section
from caseseries.report.exhibits.references import cited
from caseseries.report.figures import Drawing, drawings, printed_files, strips, unshown
from caseseries.report.figures.ink import lacking
from caseseries.report.files.bibliography import bibliography_files
from caseseries.report.files.csv_file import csv_text, findings_csv, patients_csv, spells_csv, table_csv
from caseseries.report.files.results_file import results_text
from caseseries.report.files.run_file import Inputs, run_text
from caseseries.report.formats import Figures, Format
from caseseries.report.order import in_order
from caseseries.report.page.render import front, page
from caseseries.summary.model import Summary
from caseseries.verdict.number_style import PLAIN, Style, in_style


def write(
    summary: Summary,
    out: Path,
    *,
    patients: Mapping[str, Path],
    inputs: Inputs,
    run_info: Mapping[str, str],
    readable: bool = False,
    figures: Figures = "svg",
    formats: Collection[Format] = (),
    template: Template | None = None,
    style: Style = PLAIN,
) -> None:
    """Write the whole folder, or leave everything as it was.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    paths = () if isinstance(inputs, Mapping) else tuple(inputs)
    bundle.refuse(out, inputs=paths)
    made = files(summary, figures, formats, template, style)
    made["run.json"] = run_text(summary, made, inputs, run_info, patients, style).encode("utf-8", "backslashreplace")
    bundle.write_folder(out, made, inputs=paths, made_before=patients, readable=readable)


def page_of(
    summary: Summary, figures: Figures = "svg", formats: Collection[Format] = ()
) -> tuple[str, tuple[Section, ...], tuple[Drawing, ...]]:
    """The page with the sections and drawings it was made from."""
    summary = in_order(summary)
    drawn = drawings(summary)
    shown = [drawing.figure for drawing in drawn]
    before = front(summary, [one.figure for one in strips(summary)])
    sections = contents(summary, shown)
    missing = unshown(drawn) if figures == "print" or formats else ""
    if "pdf" in formats:
        missing = lacking("".join((missing, *texts_of(before, sections))))
    if missing:
        sections = contents(summary, shown, unshown=missing)
    return page(before, sections), sections, drawn


def files(
    summary: Summary,
    figures: Figures = "svg",
    formats: Collection[Format] = (),
    template: Template | None = None,
    style: Style = PLAIN,
) -> dict[str, bytes]:
    """Every file but run.json and patients made before, by its path in the folder; equal runs give equal bytes.

    What is read by people is printed in the style; tables as CSV, and every other file for programs, are the same whatever it is.
    """
    summary = in_order(summary)
    note = INVENTED if summary.invented else ""
    with in_style(style):
        text, sections, drawn = page_of(summary, figures, formats)
        found: dict[str, str | bytes] = {"report.html": text}
        found |= document_files(front(summary), sections, formats, template)
    with in_style(PLAIN):
        found |= _for_programs(summary, sections if style == PLAIN else contents(summary), note)
    for drawing in drawn:
        found[f"figures/{drawing.figure.key}.svg"] = f"{drawing.figure.svg}\n"
    for drawing, written in zip(drawn, printed_files(drawn), strict=True) if figures == "print" else ():
        found |= {f"figures/{drawing.figure.key}.{ending}": data for ending, data in written.items()}
    return {name: data if isinstance(data, bytes) else data.encode("utf-8", "replace") for name, data in found.items()}


def _for_programs(summary: Summary, sections: tuple[Section, ...], note: str) -> dict[str, str]:
    """The files that programs read, from sections in the style `plain`."""
    found: dict[str, str] = {}
    for table in tables_of(sections):
        found[f"tables/{table.stem}.csv"] = table_csv(table, note)
    if summary.cases is not None:
        found["patients.csv"] = patients_csv(summary, note)
        inside = summary.audience == "internal"  # the cells of findings are for those who hold the chart
        found["findings.csv"] = findings_csv(summary.cases.findings, note) if inside else _findings(summary, note)
        if summary.spells:
            found["spells.csv"] = spells_csv(summary, note)
    else:
        found["findings.csv"] = _findings(summary, note)
    found["results.json"] = results_text(summary)
    return {**found, **bibliography_files(cited(summary))}


def _findings(summary: Summary, note: str) -> str:
    """Every finding with its count, then the first refused rows of each reason, which hold ids of persons."""
    told = [note] if note else []
    header = ["severity", "rule", "message", "count", "file", "row", "patient", *(["note"] if note else [])]
    rows = [
        [
            found.severity,
            found.rule,
            found.message,
            found.n.low if found.n.exact is not None else count_text(found.n),
            "",
            None,
            "",
            *told,
        ]
        for found in summary.findings
    ]
    rows += [["note", "row", one.reason, 1, one.table, one.row, one.person, *told] for one in summary.cited]
    return csv_text(header, rows)
