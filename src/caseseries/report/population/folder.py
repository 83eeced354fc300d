"""The results folder of a population: page, tables, figures, findings, results for programs, run.json, and the patients' files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from caseseries.report import bundle
from caseseries.report.contents import tables_of
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.model import Section
from caseseries.report.exhibits.population_data import notices
from caseseries.summary.model import Site
from caseseries.report.exhibits.population_limits import IN_SHORT
from caseseries.report.exhibits.population_results import heads, lines
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.figures.drawing import Drawing, png_bytes, unshown
from caseseries.report.figures.population import drawings
from caseseries.report.files.csv_file import csv_text, table_csv
from caseseries.report.files.run_file import Inputs, run_text
from caseseries.report.page.render import Front, page
from caseseries.report.population.contents import contents
from caseseries.report.population.results_file import results_text
from caseseries.summary.model import Summary


def front(population: Summary, sites: Sequence[Site]) -> Front:
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
