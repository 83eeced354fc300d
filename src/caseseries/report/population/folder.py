"""The results folder of a population: page, tables, figures, findings, results for programs, run.json, and the patients' files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from caseseries.report import bundle
from caseseries.report.contents import tables_of
from caseseries.report.exhibits.model import Section
from caseseries.report.exhibits.population_data import Site, notices
from caseseries.report.exhibits.population_limits import IN_SHORT
from caseseries.report.exhibits.population_results import heads, lines
from caseseries.report.exhibits.population_words import count_text
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.figures.draw import Drawing, png_files, unshown
from caseseries.report.figures.population import drawings
from caseseries.report.files.csv_file import csv_text, table_csv
from caseseries.report.files.run_file import Inputs, run_text
from caseseries.report.page.render import Front, page
from caseseries.report.population.contents import contents
from caseseries.report.population.results_file import results_text
from caseseries.summary.population_model import Population


def write(
    population: Population,
    out: Path,
    *,
    patients: Mapping[str, Path],
    sites: Sequence[Site],
    inputs: Inputs,
    run_info: Mapping[str, str],
    readable: bool = False,
) -> None:
    """Write the whole folder, or leave everything as it was.

    Raises:
        OutputError: the folder cannot be written, or holds something that is no earlier run.
    """
    paths = () if isinstance(inputs, Mapping) else tuple(inputs)
    bundle.refuse(out, inputs=paths)
    made = files(population, sites)
    made["run.json"] = run_text(population, made, inputs, run_info, patients).encode("utf-8", "backslashreplace")
    bundle.write_folder(out, made, inputs=paths, made_before=patients, readable=readable)


def page_of(population: Population, sites: Sequence[Site]) -> tuple[str, tuple[Section, ...], tuple[Drawing, ...]]:
    """The page with the sections and drawings it was made from."""
    drawn = drawings(population)
    sections = contents(population, [drawing.figure for drawing in drawn], sites=sites, unshown=unshown(drawn))
    return page(front(population, sites), sections), sections, drawn


def files(population: Population, sites: Sequence[Site] = ()) -> dict[str, bytes]:
    """Every file but run.json and the patients', by its path in the folder; equal runs give equal bytes."""
    note = INVENTED if population.invented else ""
    text, sections, drawn = page_of(population, sites)
    found: dict[str, str | bytes] = {"report.html": text}
    for table in tables_of(sections):
        found[f"tables/{table.number:02d}-{table.key}.csv"] = table_csv(table, note)
    for drawing, png in zip(drawn, png_files(drawn), strict=True):
        found[f"figures/{drawing.figure.key}.svg"] = f"{drawing.figure.svg}\n"
        found[f"figures/{drawing.figure.key}.png"] = png
    found["findings.csv"] = _findings(population, note)
    found["results.json"] = results_text(population, sites)
    return {name: data if isinstance(data, bytes) else data.encode("utf-8", "replace") for name, data in found.items()}


def _findings(population: Population, note: str) -> str:
    """Every finding with its count, then the first refused rows of each reason, which hold ids of persons."""
    told = [note] if note else []
    header = ["severity", "rule", "message", "count", "file", "row", "patient", *(["note"] if note else [])]
    rows = [
        [
            found.severity, found.rule, found.message, found.n.exact if found.n.exact is not None else count_text(found.n), "", None, "",
            *told,
        ]
        for found in population.findings
    ]  # fmt: skip
    rows += [["note", "row", one.reason, 1, one.table, one.row, one.person, *told] for one in population.cited]
    return csv_text(header, rows)


def front(population: Population, sites: Sequence[Site]) -> Front:
    """What stands before the sections."""
    return Front(
        population.protocol.study,
        population.protocol.citation,
        f"Treatment case series · routine data{' · several sites' if sites else ''}",
        heads(population),
        lines(population),
        IN_SHORT,
        INVENTED if population.invented else "",
        tuple(population.fingerprints.items()),
        "Ages are in years and days are counted from the index date (day 0).",
        "the protocol and the counts of the sites" if sites else "the protocol and source",
        notices(population, sites),
    )
