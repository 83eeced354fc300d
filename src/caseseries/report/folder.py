"""The results folder: page, tables, figures, patients, findings, results for programs, and run.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from caseseries.report import bundle
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.figures import drawings, png_files, unshown
from caseseries.report.files.csv_file import findings_csv, patients_csv, table_csv
from caseseries.report.files.results_file import results_text
from caseseries.report.files.run_file import Inputs, run_text
from caseseries.report.order import in_order
from caseseries.report.page.render import front, page
from caseseries.summary.model import Summary


def write(
    summary: Summary,
    out: Path,
    *,
    inputs: Inputs = (),
    run_info: Mapping[str, str] | None = None,
    readable: bool = False,
) -> None:
    """Write the whole results folder, or leave everything as it was.

    `inputs` are the hashes of the files read, by name, or the files themselves; `run_info` are further facts for run.json,
    which is the one file that may differ between two equal runs.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    paths = () if isinstance(inputs, Mapping) else tuple(inputs)
    bundle.refuse(out, inputs=paths)
    made = files(summary)
    made["run.json"] = run_text(summary, made, inputs, run_info or {}).encode("utf-8", "backslashreplace")
    bundle.write_folder(out, made, inputs=paths, readable=readable)


def files(summary: Summary) -> dict[str, bytes]:
    """Every file but run.json, by its path in the folder; equal runs give equal bytes."""
    summary = in_order(summary)
    note = INVENTED if summary.invented else ""
    drawn = drawings(summary)
    sections = contents(summary, [drawing.figure for drawing in drawn], unshown=unshown(drawn))
    found: dict[str, str | bytes] = {"report.html": page(front(summary), sections)}
    for table in tables_of(sections):
        found[f"tables/{table.number:02d}-{table.key}.csv"] = table_csv(table, note)
    for drawing, png in zip(drawn, png_files(drawn), strict=True):
        found[f"figures/{drawing.figure.key}.svg"] = f"{drawing.figure.svg}\n"
        found[f"figures/{drawing.figure.key}.png"] = png
    found["patients.csv"] = patients_csv(summary, note)
    found["findings.csv"] = findings_csv(summary.findings, note)
    found["results.json"] = results_text(summary)
    return {name: data if isinstance(data, bytes) else data.encode("utf-8", "replace") for name, data in found.items()}
