"""What stands before the sections of a report without single cases."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.report.exhibits.notices import notices
from caseseries.report.exhibits.population_limits import IN_SHORT
from caseseries.report.exhibits.population_results import heads, lines
from caseseries.report.exhibits.results import INVENTED
from caseseries.report.page.render import Front
from caseseries.summary.model import Site, Summary


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
        notices(population),
    )
